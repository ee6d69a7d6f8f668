/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_SPAN_H
#define ENGINE_SPAN_H

/*
 * The range between two fixed ends, arranged for sums: what depends only on
 * the graph and the ends, and is kept from one decision to the next.
 *
 * Its commits have places 0, 1, 2..., parents before their children.  For each
 * merge it is known which commits it has beyond its largest parent, so the sum
 * of any weights over a commit and all its ancestors is one walk over the range
 * for all commits at once, exact on any graph.
 *
 * It knows of commits, not of what was seen at them.  What it was asked for
 * once (who is below a commit, classes, distances) it remembers: so it is not
 * const, but always answers the same.
 */

#include <stdbool.h>
#include <stdint.h>

struct graph;
struct span;

/*
 * What bad reaches and no good one does; all of the graph's commits that lie
 * there have to be known.  The graph is borrowed.  A span without commits is
 * one too.  span_drop when done; who wants to keep one that somebody else has,
 * holds it, and drops it as well.
 */
struct span *span_new(const struct graph *graph, int bad, const int *goods,
		      int good_count);
struct span *span_hold(struct span *span); /* returns it */
void span_drop(struct span *span);	   /* NULL is fine */

/* Is it the one between these ends? */
bool span_is(const struct span *span, int bad, const int *goods,
	     int good_count);

int span_count(const struct span *span);
int span_bad(const struct span *span);
/* The older ends as they were given; returns how many. */
int span_goods(const struct span *span, const int **goods);
const int *span_commits(const struct span *span);    /* by place */
int span_place(const struct span *span, int commit); /* -1: not in it */
/* The places of the parents that lie in it; returns how many. */
int span_parents(const struct span *span, int place, const int **parents);
int span_reach(const struct span *span, int place); /* itself, ancestors */

/* How many commits the merges have beyond their largest parents, all in all. */
long span_sides(const struct span *span);

/*
 * For each place the sum of the weights of the commit and all its ancestors in
 * the span.
 */
void span_mass(const struct span *span, const double *weights, double *mass);

#define SPAN_WIDTH 5

/*
 * The same for SPAN_WIDTH weights at once: they are `weights` of the place
 * times those that `table` has for its class, SPAN_WIDTH of them each.  The
 * sums, again side by side, are borrowed until the next call.
 */
const double *span_masses(struct span *span, const double *weights,
			  const int *classes, const double *table);

/*
 * Is the commit at this place a commit, which may lie anywhere in the graph,
 * or one of its ancestors?  One bit for each place.
 */
const uint64_t *span_below(struct span *span, int commit);

static inline bool span_bit(const uint64_t *bits, int place)
{
	return bits[place / 64] >> (place % 64) & 1;
}

/*
 * Places that are below the same ones of some commits are a class.  *classes
 * says which one by place, *members a place of each; both are borrowed until
 * the next call.  There may be more classes than these commits tell apart.
 * Returns how many.
 */
int span_classes(struct span *span, const int *commits, int count,
		 const int **classes, const int **members);

/*
 * How far each place is from the nearest of some commits: in how many commits
 * of the span the two histories differ.  NULL for no commits in the span;
 * borrowed until the next call.
 */
const int *span_distances(struct span *span, const int *commits, int count);

#endif
