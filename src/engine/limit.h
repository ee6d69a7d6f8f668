/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_LIMIT_H
#define ENGINE_LIMIT_H

/*
 * git's walk of `bad ^good...`: limit_list in revision.c (2.39).
 *
 * It goes by committer dates, not by ancestry, and stops a few commits after
 * the last one it lists; with clocks that were wrong it can therefore list a
 * commit that a good one contains.  That is git's answer, so it is ours.
 *
 * The graph may be filled on the way: whoever reads a repository gives a
 * function that expands a commit just before the walk looks at its parents.
 */

#include <stdbool.h>

struct error;
struct graph;

struct limit_query {
	int bad;
	const int *goods; /* in the order in which git would be given them */
	int good_count;
	bool first_parent;
	/* NULL: the graph is taken as it is.  -1 ends the walk. */
	int (*expand)(void *data, int commit, struct error *err);
	void *data;
};

/* What git lists. */
struct limited {
	int *commits; /* in git's order: newest first; the caller's to free */
	int count;
	/*
	 * Whatever the walk came to is expanded, but for what is older than
	 * all of these.  So nothing was missed, as far as dates are right.
	 */
	bool whole;
};

/* Fails only where expand does. */
int limit_walk(const struct graph *graph, const struct limit_query *query,
	       struct limited *out, struct error *err);

#endif
