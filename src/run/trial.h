/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_TRIAL_H
#define RUN_TRIAL_H

/*
 * One run of one commit: a program whose output is the console, from its
 * start to an outcome.  The program is a test command, or what runs a guest.
 *
 *     bringing up -> booting [on_brought: the machine runs its kernel]
 *     bringing up -> stopping [on_brought: it does not]
 *     booting -> testing    [on_output: it came up]
 *     booting -> stopping   [its time to boot is over; it is up, and that is
 *                            all that is asked for]
 *     testing -> stopping   [its time is over; the visit is]
 *     any -> stopping       [trial_cancel; the watch: a crash that decides,
 *                            silence; a record that cannot be written]
 *     any -> syncing        [on_end: the program and all it started are gone]
 *     syncing -> ended      [on_synced: the disk has its console]
 *
 * With a bringup (bringup.h), for a real machine, the program only shows what
 * that has on its console, or nothing.  The console counts from the moment
 * that its own kernel starts, and ends no run before the machine is up.
 *
 * With a visit (visit.h) it is up when the visit says so, and the visit keeps
 * the time of the test.  Without a boot limit there is one time limit for all,
 * and it begins in `testing`.  How it is judged says judge.h.
 */

#include <stdbool.h>
#include <stdint.h>

#include "engine/outcome.h"
#include "run/runner.h"

struct bringup_spec;
struct console_rules;
struct error;
struct trial;
struct visit_spec;
typedef struct uv_loop_s uv_loop_t;

/* How long a run may take, and how much it may say. */
struct trial_limits {
	int64_t boot_ms;    /* to come up; 0: counted as testing */
	int64_t timeout_ms; /* to test; 0: none */
	int64_t silence_ms; /* without output; 0: as long as it likes */
	int64_t settle_ms;  /* of quiet after a crash */
	int64_t output_max; /* bytes; more ends it, and of what a reproducer
			       says over ssh more is left out; 0: none */
	enum outcome on_timeout;
};

struct trial_spec {
	const char *keeper;	 /* program that keeps the child; absolute */
	const char *const *argv; /* ended by NULL */
	const char *worktree;	 /* where it runs */
	const char *session;
	int slot;   /* from 1 */
	bool guest; /* the program runs a guest, which says by its words how
		       far it is (console.h) */
	struct trial_limits limits;
	const struct console_rules *rules; /* borrowed */
	const struct visit_spec *visit;	   /* over ssh; or NULL.  Its calls are
					   ours to fill */
	/* Before the visit, or NULL; its calls and its surroundings are ours
	   to fill.  Both must last as long as the trial then. */
	const struct bringup_spec *bringup;
	bool mute;		/* the program shows no console */
	const char *const *env; /* more changes to the environment, as child.h
				   has them; or NULL */
};

/*
 * What is borrowed may go after the call, but for the rules.  done is called
 * once, from the loop, and then the trial is gone.  -1: nothing was started,
 * and no call comes.
 */
int trial_start(uv_loop_t *loop, const struct trial_spec *spec,
		const struct run_request *request, run_done *done, void *data,
		struct trial **out, struct error *err);

/* It ends by what its console shows so far. */
void trial_enough(struct trial *trial);

/* It ends as cancelled.  Twice is harmless. */
void trial_cancel(struct trial *trial);

#endif
