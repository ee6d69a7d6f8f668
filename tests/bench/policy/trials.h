/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_BENCH_POLICY_TRIALS_H
#define TESTS_BENCH_POLICY_TRIALS_H

/*
 * Many worlds of a cell, searched by a policy: how often it was right, what it
 * took, and how much of that may be chance.
 */

#include <stdbool.h>

#include "tests/bench/policy/sim.h"

struct rule;

/* What is to be run. */
struct plan {
	struct cell cell;
	int trials, jobs;
	bool each; /* a row for each world */
};

/* One world's end. */
struct trial {
	bool right, named;
	bool enclosed; /* what is left is all that anybody can say */
	bool fair; /* the culprit can be told apart: it and its parents build */
	int builds, runs;
	double minutes, vm_minutes, claimed;
	double thought, longest; /* CPU seconds of its decisions */
	int decisions;
};

/* A mean and its standard error. */
struct mean {
	double value, error;
};

struct summary {
	int trials, named;
	struct mean right, wrong, builds, runs, minutes, vm_minutes;
	struct mean right_of_fair, enclosed_of_unfair;
	int unfair;
	double slow; /* nine of ten are quicker */
	/* of those that were named: what was claimed, less what was so */
	struct mean claimed, excess;
	/* CPU seconds: of a decision, and of the longest one */
	double decision, longest;
	int decisions;
};

void trials_run(const struct plan *plan, const struct rule *rule,
		struct trial *trials);
struct summary trials_sum(const struct trial *trials, int count);

/* Run a policy by its name, print its row, and return what that says. */
struct summary trials_of(const struct plan *plan, const char *name,
			 struct trial *trials);

/* The cell, and what the columns of its rows are. */
void trials_head(const struct plan *plan);

/* In the same worlds: how much quicker than another, and how much righter. */
void trials_differ(const struct trial *ours, const struct trial *others,
		   int count, const char *name);

#endif
