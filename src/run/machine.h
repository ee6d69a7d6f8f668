/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_MACHINE_H
#define RUN_MACHINE_H

/*
 * Target `ssh`: what was built is the kernel of a real machine, which is
 * reached over ssh and can be rebooted.  One run at a time.
 *
 *     built -> brought up      [bringup.h: installed, rebooted, asked]
 *     brought up -> visited    [visit.h: copied to, checked, reproduced]
 *     any -> ended             [judge.h]
 *
 * The three are one trial (trial.h), whose program is a command that shows the
 * machine's console; without one nothing is seen but what ssh tells.  A
 * machine that a run left in a bad way is brought up again by the next run.
 */

#include "run/bringup.h"
#include "run/local.h"
#include "run/visit.h"

struct machine_spec {
	struct local_spec local; /* with one slot */
	/* Without what belongs to one run (env, commit, kernel, folder, keeper
	   and cwd), memory, calls, and the time to boot. */
	struct bringup_spec bringup;
	const struct visit_spec *visit; /* the peer is the bringup's */
	const char *console;		/* a shell command, or NULL */
};

/*
 * All of the spec is borrowed, for as long as the runner lives.  ERROR_INPUT
 * for a bad regular expression.
 */
int machine_runner_new(uv_loop_t *loop, const struct machine_spec *spec,
		       struct runner **out, struct error *err);

#endif
