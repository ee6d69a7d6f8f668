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

#include <stdint.h>

#include "engine/outcome.h"
#include "run/console.h"

struct error;
struct place_spec;
struct runner;
typedef struct uv_loop_s uv_loop_t;

struct command_spec {
	const char *keeper; /* program that keeps the children: culprit;
				   absolute */
	const char *worktree;
	const char *session;
	/* The commit is appended: "git", "-C", worktree, "checkout"...  Ended
	 * by NULL, never NULL itself. */
	const char *const *checkout;
	const struct place_spec *further; /* worktrees, for builds ahead */
	int further_count;
	const char *build;	  /* shell command, or NULL: checkout only */
	int64_t build_timeout_ms; /* 0: none; for the checkout, too */
	int64_t build_output_max; /* bytes kept; more ends the build; 0: none */
	const char *test;
	int64_t test_timeout_ms;
	int64_t test_output_max;
	int64_t silence_ms; /* without output this ends a run; 0: never */
	int64_t settle_ms;
	int slots;
	enum outcome on_timeout;
	struct console_spec console; /* its rules must outlive the runner */
};

/*
 * The strings are copied.  ERROR_INPUT for a bad regular expression.  What it
 * refuses: ERROR_BUSY when a build would meet another job or a run would need
 * a slot too many, ERROR_STATE for a run of a commit that it did not build.
 */
int command_runner_new(uv_loop_t *loop, const struct command_spec *spec,
		       struct runner **out, struct error *err);

#endif
