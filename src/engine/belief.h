/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_BELIEF_H
#define ENGINE_BELIEF_H

/*
 * How likely each commit of a range is the culprit, by all that was seen at
 * all of them at once: where a verdict says yes or no, this says how sure.
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
struct graph;

/* What the belief is about. */
struct question {
	int bad; /* the newer end */
	const int *goods;
	int good_count;
	bool fix; /* the culprit takes the bug away instead of bringing it */
	const struct record *records; /* one a commit, also outside the range */
	int record_count;
	/*
	 * How likely each commit of the graph is before anything was seen, by
	 * its number, in any measure, none below 0; NULL: all alike.  Only
	 * what lies in the range counts.
	 */
	const double *weights;
};

/* One commit with a record. */
struct believed {
	int commit;
	double bug;	/* the chance that it has the bug */
	double without; /* the same if nothing had been seen at it */
};

struct belief {
	int *commits; /* the candidates: what bad reaches and goods do not */
	double *chances;
	int count;
	double outside; /* the chance that the culprit is none of them, but
			   older, or that the older end was told wrongly */
	int best;	/* the likeliest: its place among them, -1 for none */
	int likely;	/* how many of the likeliest have 95 % together */
	double bits;	/* what is not known yet: 0 when all is */
	double rate;	/* how often the bug shows where it is, expected */
	/* the chance of so many clean runs in a row where the bug is */
	double clean[21];
	struct believed *records; /* as they were given */
	int record_count;
};

/* Nothing to believe where bad is below a good one: count is 0. */
void belief_make(struct belief *belief, const struct graph *graph,
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

/* The record of a commit, NULL if it has none. */
const struct believed *belief_record(const struct belief *belief, int commit);

#endif
