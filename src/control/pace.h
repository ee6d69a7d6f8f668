/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_PACE_H
#define CONTROL_PACE_H

/*
 * How long things take in this session, from its own builds and runs: the one
 * place for "usual" times, for the time left and for what a choice costs.
 *
 * Medians, so that one night between two runs changes nothing.  Reads no
 * clock; all times are milliseconds, -1 where nothing is known yet.
 */

#include <stdint.h>

struct engine;
struct step;

struct pace {
	int64_t build_ms; /* a build that ended by itself, well or not */
	int64_t run_ms;	  /* a run, from its begin to its end */
	int64_t boot_ms;  /* of that until the target is up */
	int64_t each_ms;  /* what one more run of a commit costs: less than a
			     run, where several go on at once */
	int64_t step_ms;  /* a commit, from the begin of its build to the end
			     of its last run */
	int builds, runs, boots, steps; /* how many are behind these */
};

void pace_find(struct engine *engine, struct pace *out);

/* What has gone into a commit so far, -1: nothing that had an end. */
int64_t pace_took(const struct step *step);

/*
 * Until so many more commits are tested, and the one under test, on which
 * spent_ms went so far (-1: none is).
 */
int64_t pace_left(const struct pace *pace, int steps, int64_t spent_ms);

/* Until so many more runs of a commit have ended, build included or not. */
int64_t pace_runs(const struct pace *pace, int runs, int builds);

#endif
