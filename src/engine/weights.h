/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_WEIGHTS_H
#define ENGINE_WEIGHTS_H

/*
 * How many commits of a set each one of them reaches, itself included: git's
 * weights, which it counts by a walk for every merge.  Here they are exact
 * too, in two ways that give the same numbers:
 *
 * Clocks.  The commits are cut into chains along first parents.  What a commit
 * reaches is then, for each chain, a position up to which it reaches it; only
 * where a merge makes one higher is that written down, the rest is looked up
 * at the commit that a chain forked from.  Near linear on real histories.
 *
 * Matrix.  512 commits at a time, a set of bits for each commit is the union
 * of its parents'.  Commits times commits by 512, whatever the history.
 *
 * Clocks come first, with as many steps as the matrix would take; where that
 * is not enough, the matrix does it.
 */

#include <stdbool.h>

struct graph;

enum weights_way {
	WEIGHTS_BEST,
	WEIGHTS_CLOCKS, /* for tests: without a limit, */
	WEIGHTS_MATRIX, /* and this one only */
};

/*
 * weights[i] becomes the weight of commits[i], numbers of the graph without
 * repetition.  The last one should reach most of them.
 */
void weights_find(const struct graph *graph, const int *commits, int count,
		  bool first_parent, enum weights_way way, int *weights);

#endif
