/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_LIKELIHOOD_H
#define ENGINE_LIKELIHOOD_H

/*
 * How well what was seen at one commit fits a kernel with the bug, and one
 * without.  How often the bug shows where it is (p) and how often the same
 * crash comes from elsewhere (q) is not known: there is a grid of both.
 *
 * No commit weighs without bounds: with the bug it may still be silent, without
 * it there may be another source of the same crash.  Else one lie ends a search
 * at the wrong commit (simulated: 17 to 25 % wrong where 3 % of the bad commits
 * hide the bug, 7 to 8 % with these bounds).
 *
 * Pure arithmetic; nothing here knows commits.
 */

#define RATES_MAX 52

/* The share of runs that show the bug, with it and without it. */
struct rate {
	double with, without;
	double weight; /* before anything was seen; they add up to 1 */
};

/* The grid; *count is how many. */
const struct rate *likelihood_rates(int *count);

/* What was seen at one commit. */
struct record {
	int commit;
	int showing; /* runs that showed the bug */
	int clean;   /* runs that could have and did not */
	/* Without runs, a verdict: > 0 with the bug, < 0 without it, 0 none.
	   What a person says counts instead of the runs. */
	int said;
};

/*
 * The natural logarithm of the chance of what was seen, for each rate of the
 * grid: in a kernel with the bug, and in one without.
 */
void likelihood_of(const struct record *record, double with[RATES_MAX],
		   double without[RATES_MAX]);

#endif
