/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_BELIEF_H
#define ENGINE_BELIEF_H

/*
 * How likely each commit of a range is the culprit, by all that was seen at
 * all of them at once: where a verdict says yes or no, this says how sure.
 * What to do about it is engine/advice.h.
 *
 * Exact on the graph, without any approximation by a line.  A pure function of
 * its input: the order of records does not matter, and what is judged
 * otherwise today counts as it is judged today.
 *
 * The model and its numbers are from simulations of bisections of flaky bugs;
 * runs are taken to be independent of each other.
 */

#include <stdbool.h>

#include "engine/likelihood.h"

struct engine;
struct posterior;
struct span;

/* What was seen between the ends of a span. */
struct question {
	bool fix; /* the culprit takes the bug away instead of bringing it */
	const struct record *records; /* one a commit, also outside the span */
	int record_count;
	/*
	 * How likely each commit of the graph is before anything was seen, by
	 * its number, in any measure, none below 0; NULL: all alike.  Only
	 * what lies in the span counts.
	 */
	const double *weights;
};

/* One commit with a record. */
struct believed {
	int commit;
	double bug; /* the chance that it has the bug */
};

struct belief {
	const int *commits; /* the candidates, older ones first */
	double *chances;
	int count;
	double outside; /* the chance that the culprit is none of them, but
			   older, or that the older end was told wrongly */
	int best;	/* the likeliest: its place among them, -1 for none */
	int likely;	/* how many of the likeliest have 95 % together */
	double bits;	/* what is not known yet: 0 when all is */
	double rates[RATES_MAX]; /* how likely each of likelihood_rates is */
	double rate;  /* how often the bug shows where it is, expected */
	double stray; /* how often the same crash comes without it */
	struct believed *records; /* as they were given */
	int record_count;
	struct weighed **weighed;    /* by record: once somebody asked */
	struct posterior *posterior; /* for those who go on from here */
};

/*
 * Of an empty span nothing is believed, and count is 0.  The span is held;
 * weights are copied.
 */
void belief_make(struct belief *belief, struct span *span,
		 const struct question *question);
void belief_release(struct belief *belief);

/*
 * The belief of a session, in the range as it was at the start.  False, and
 * nothing to release, while there is no such range or there was no run at all:
 * then all that is known is what was said.  imagined: what more might be seen
 * at a commit, or NULL.
 */
bool belief_of(struct belief *belief, struct engine *engine,
	       const struct record *imagined);

/* The chance that it is this commit; 0 for one that is no candidate. */
double belief_chance(const struct belief *belief, int commit);

/* What it had before anything was seen; 0 likewise. */
double belief_prior(const struct belief *belief, int commit);

/* The record of a commit, NULL if it has none. */
const struct believed *belief_record(const struct belief *belief, int commit);

/*
 * The smallest set of candidates that has this chance together, likeliest
 * first, as places among the candidates; all of them if they have less.
 * *places is the caller's to free.  Returns how many.
 */
int belief_likeliest(const struct belief *belief, double chance, int **places);

/* The chance of so many clean runs in a row where the bug is. */
double belief_clean(const struct belief *belief, int runs);

/* How many clean runs in a row have at most this chance; 1000 at most. */
int belief_runs(const struct belief *belief, double chance);

/* What one record does, beside all the others. */
struct weighed {
	double without; /* the chance of the bug if nothing were seen there */
	/* The natural logarithm of the odds that it adds; > 0: for the bug. */
	double tilt;
	/* The chance of what was seen there by all other records, through its
	   chance on the better of both sides.  Under 0.01 is a surprise. */
	double fit;
	/* Without the bug, and all hangs on it: likelier than any one commit
	   being the culprit is that this one has the bug all the same. */
	bool bearing;
};

/* Dear for hundreds of records; worked out once, and lives with the belief. */
const struct weighed *belief_weigh(const struct belief *belief, int record);

/*
 * Two records (places in belief->records) that exclude each other: the older
 * commit speaks for the newer side, its descendant for the older one.  One of
 * them is wrong, or the bug came, went and came again.
 */
struct contradiction {
	int older, newer;
};

/* *list is the caller's to free; returns how many. */
int belief_contradictions(const struct belief *belief,
			  struct contradiction **list);

#endif
