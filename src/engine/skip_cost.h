/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_SKIP_COST_H
#define ENGINE_SKIP_COST_H

/*
 * What it would cost the search to skip a range of commits, before anybody
 * does it.  Cheap enough for every key press on a range of thousands, unlike
 * preview.h, which folds the whole session.
 */

#include <stdbool.h>

struct engine;
struct graph;
struct suspects;

struct skip_cost {
	int commits;	/* that would be skipped, and are not yet */
	int suspects;	/* of them */
	int left;	/* suspects that could still be tested */
	int steps_more; /* by git's estimate, when the next test goes badly */
};

/*
 * Of skipping what `to` has, itself too, and `from` has not, as
 * EVENT_SKIP_RANGE means it.  suspects are those of the engine, or NULL.
 * members has graph_count elements, which become 1 for the commits of the
 * range and 0 for others.
 */
void skip_cost_find(struct skip_cost *cost, struct engine *engine,
		    const struct graph *graph, const struct suspects *suspects,
		    int from, int to, unsigned char *members);

#endif
