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

#include <stdbool.h>

#define RATES_MAX 52
#define WAVE_MAX  20 /* runs that are in flight together, at most */

/* The share of runs that show the bug, with it and without it. */
struct rate {
	double with, without;
	double weight; /* before anything was seen; they add up to 1 */
};

/* The grid; *count is how many. */
const struct rate *likelihood_rates(int *count);

/*
 * What was seen at one commit.  Runs that were lost to trouble, did not boot or
 * crashed otherwise say nothing and are not in here.
 *
 * A wave is runs that were started together.  Where it was stopped at its first
 * crash, that crash says less than one does: "of m runs one crashed", since the
 * others had not yet.  Counted as a crash of one run it would make the bug look
 * more frequent than it is, and a stray crash decisive (simulated: 71 % right
 * instead of 98 %).  So it is counted in killed[m], m being the runs in flight
 * then, that one included; those of its runs that had ended clean are in
 * `clean`.
 */
struct record {
	int commit;
	int showing; /* runs that showed the bug */
	int clean;   /* runs that could have and did not */
	/* A person's word, or a verdict without runs, which counts instead of
	   all runs: > 0 with the bug, < 0 without it, 0 none; 2 and -2 are
	   beyond doubt. */
	int said;
	int open; /* runs with a crash that may be the bug: half a one */
	int killed[WAVE_MAX + 1]; /* waves, by runs in flight at their end */
};

/*
 * Does it hold anything at all?  One that does not fits everything equally.
 */
bool record_is_empty(const struct record *record);

/*
 * The natural logarithm of the chance of its runs, where each crashes at this
 * rate, above 0 and below 1; without any bound.
 */
double record_fit(const struct record *record, double rate);

/* Of the sum of what these are the logarithms of; count is above 0. */
double logs_together(const double *logs, int count);

/* Count the runs of another one too. */
void record_add(struct record *record, const struct record *more);

/*
 * The natural logarithm of the chance of what was seen, for each rate of the
 * grid: in a kernel with the bug, and in one without.
 */
void likelihood_of(const struct record *record, double with[RATES_MAX],
		   double without[RATES_MAX]);

/*
 * The chance that so many further runs of the same commit all end clean, for
 * each rate, with the bug and without it: after what its record (NULL: none)
 * says of its being silent, or having another source of the crash.
 */
void likelihood_clean(const struct record *record, int runs,
		      double with[RATES_MAX], double without[RATES_MAX]);

/* The same for any commit with the bug, where each rate has such a chance. */
double rates_clean(const double chances[RATES_MAX], int runs);

/* How many clean runs in a row have at most this chance; 1000 at most. */
int rates_runs(const double chances[RATES_MAX], double chance);

#endif
