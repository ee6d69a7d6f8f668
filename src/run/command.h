/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_COMMAND_H
#define RUN_COMMAND_H

/*
 * Target `command`: a shell command builds the commit in one of the session's
 * worktrees, another one tests it there.
 *
 * Both get CULPRIT_COMMIT, CULPRIT_WORKTREE, CULPRIT_SESSION (the folder) and,
 * for a test, CULPRIT_RUN and CULPRIT_SLOT (the lowest free one from 1) in
 * their environment, without what git puts there for its hooks (GIT_DIR...);
 * /dev/null as input, and one stream for output and errors.  They and all they
 * started are killed when they end, at their limits, on cancel, and when the
 * engine dies.
 *
 * How a build ends says builder.h.
 *
 * How a run is judged, first match wins: the console cannot be written:
 * `infra`; `boot` is set and no line matched it: `boot-failed`, with the
 * crashes that were seen all the same; a crash (console.h; `ignored` when all
 * of them are set aside); the output limit (`test-failed`), the time limit
 * (`on_timeout`) or the limit of silence (`crashed`, "no output from test
 * machine"); then the exit code, as `git bisect run` has it: 0 `ok`, 125
 * `test-failed`, 1-127 `crashed`, anything else `infra`; but 255, ssh's own
 * for a peer that is gone, on a kernel that came up: `crashed`, "lost
 * connection to test machine".
 *
 * A run whose crashes decide (run_request.decides), or whose kernel panicked,
 * is stopped when its console has been quiet for settle_ms, or six times that
 * after the last new crash at the latest.
 */

#include "run/local.h"

/* The supply without a kernel; a build of NULL is the checkout only. */
struct command_spec {
	struct local_spec local;
	const char *test; /* shell command; or NULL: it only builds */
};

/*
 * All of the spec is borrowed, for as long as the runner lives.  ERROR_INPUT
 * for a bad regular expression.  What it refuses: ERROR_BUSY when a build would
 * meet another job or a run would need a slot too many, ERROR_STATE for a run
 * of a commit that it did not build.
 */
int command_runner_new(uv_loop_t *loop, const struct command_spec *spec,
		       struct runner **out, struct error *err);

#endif
