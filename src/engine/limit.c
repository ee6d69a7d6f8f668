/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/limit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "engine/graph.h"
#include "engine/queue.h"

#define SLOP 5

enum {
	SEEN = 1,    /* was in the queue: git has parsed it */
	GOOD = 2,    /* git's UNINTERESTING */
	WAITING = 4, /* is in the queue */
};

struct walk {
	const struct graph *graph;
	const struct limit_query *query;
	unsigned char *flags; /* by the graph's numbers, flag_count of them */
	size_t flag_count;
	struct queue queue;
	size_t open; /* waiting commits that are not GOOD */
	int64_t cut; /* the newest date of those that lack their parents */
	int *listed;
	size_t listed_count, listed_room;
	int *stack; /* for make_parents_good */
	size_t stack_room;
};

/* The graph grows under the walk. */
static void fit(struct walk *walk)
{
	size_t old = walk->flag_count, want = (size_t)graph_count(walk->graph);

	if (want <= old)
		return;
	walk->flag_count = want + want / 2 + 64;
	walk->flags = xreallocarray(walk->flags, walk->flag_count, 1);
	memset(walk->flags + old, 0, walk->flag_count - old);
}

static int expand(struct walk *walk, int commit, struct error *err)
{
	if (walk->query->expand &&
	    walk->query->expand(walk->query->data, commit, err) < 0)
		return -1;
	fit(walk);
	return 0;
}

static int push(struct walk *walk, int commit, struct error *err)
{
	if (expand(walk, commit, err) < 0)
		return -1;
	if (!graph_is_expanded(walk->graph, commit) &&
	    graph_date(walk->graph, commit) > walk->cut)
		walk->cut = graph_date(walk->graph, commit);
	walk->flags[commit] |= SEEN | WAITING;
	walk->open += !(walk->flags[commit] & GOOD);
	queue_push(&walk->queue, commit, graph_date(walk->graph, commit));
	return 0;
}

static int pop(struct walk *walk)
{
	int commit = queue_pop(&walk->queue);

	walk->flags[commit] &= (unsigned char)~WAITING;
	walk->open -= !(walk->flags[commit] & GOOD);
	return commit;
}

/* Returns whether the commit was not good before. */
static bool make_good(struct walk *walk, int commit)
{
	if (walk->flags[commit] & GOOD)
		return false;
	walk->flags[commit] |= GOOD;
	if (walk->flags[commit] & WAITING)
		walk->open--;
	return true;
}

/*
 * The parents of a commit are good, and through those that git has parsed by
 * now, all of theirs.
 */
static void make_parents_good(struct walk *walk, int commit)
{
	size_t depth = 0;

	array_grow(walk->stack, 1, &walk->stack_room);
	walk->stack[depth++] = commit;
	while (depth > 0) {
		const int *parents;
		int at = walk->stack[--depth], n;

		if (!(walk->flags[at] & SEEN))
			continue;
		n = graph_parents(walk->graph, at, &parents);
		array_grow(walk->stack, depth + (size_t)n, &walk->stack_room);
		for (int i = 0; i < n; i++)
			if (make_good(walk, parents[i]))
				walk->stack[depth++] = parents[i];
	}
}

/* git's process_parents */
static int follow(struct walk *walk, int commit, struct error *err)
{
	bool good = walk->flags[commit] & GOOD;
	const int *parents;
	int n = graph_parents(walk->graph, commit, &parents);

	if (!good && walk->query->first_parent && n > 1)
		n = 1;
	for (int i = 0; i < n; i++) {
		int parent;

		/* expanding one may have moved the array */
		graph_parents(walk->graph, commit, &parents);
		parent = parents[i];
		if (good)
			make_good(walk, parent);
		if (!(walk->flags[parent] & SEEN) &&
		    push(walk, parent, err) < 0)
			return -1;
		if (good)
			make_parents_good(walk, parent);
	}
	return 0;
}

/*
 * Queue the ends: git parses them all, then marks the parents of the good
 * ones, and sorts by date with the given order kept otherwise.
 */
static int push_ends(struct walk *walk, struct error *err)
{
	const struct limit_query *query = walk->query;

	if (expand(walk, query->bad, err) < 0)
		return -1;
	for (int i = 0; i < query->good_count; i++)
		if (expand(walk, query->goods[i], err) < 0)
			return -1;
	walk->flags[query->bad] |= SEEN;
	for (int i = 0; i < query->good_count; i++)
		walk->flags[query->goods[i]] |= SEEN | GOOD;
	for (int i = 0; i < query->good_count; i++)
		make_parents_good(walk, query->goods[i]);
	if (push(walk, query->bad, err) < 0)
		return -1;
	for (int i = 0; i < query->good_count; i++)
		if (!(walk->flags[query->goods[i]] & WAITING) &&
		    push(walk, query->goods[i], err) < 0)
			return -1;
	return 0;
}

/* git's still_interesting: what is left of the slop; 0 ends the walk. */
static int slop_left(struct walk *walk, int64_t date, int slop)
{
	if (walk->queue.count == 0)
		return 0;
	if (walk->open > 0 || date <= queue_date(&walk->queue))
		return SLOP;
	return slop - 1;
}

static int go(struct walk *walk, struct error *err)
{
	int64_t date = INT64_MAX;
	int slop = SLOP;

	while (walk->queue.count > 0 && slop > 0) {
		int commit = pop(walk);

		if (follow(walk, commit, err) < 0)
			return -1;
		if (walk->flags[commit] & GOOD) {
			slop = slop_left(walk, date, slop);
			continue;
		}
		date = graph_date(walk->graph, commit);
		array_grow(walk->listed, walk->listed_count + 1,
			   &walk->listed_room);
		walk->listed[walk->listed_count++] = commit;
	}
	return 0;
}

/* What turned out good after it was listed is dropped. */
static void take_listed(struct walk *walk, struct limited *out)
{
	int kept = 0;

	out->whole = true;
	for (size_t i = 0; i < walk->listed_count; i++) {
		int commit = walk->listed[i];

		if (walk->flags[commit] & GOOD)
			continue;
		walk->listed[kept++] = commit;
		out->whole &= graph_date(walk->graph, commit) > walk->cut;
	}
	out->commits = walk->listed;
	out->count = kept;
	walk->listed = NULL;
}

int limit_walk(const struct graph *graph, const struct limit_query *query,
	       struct limited *out, struct error *err)
{
	struct walk walk = { .graph = graph, .query = query, .cut = INT64_MIN };
	int ret = -1;

	fit(&walk);
	if (push_ends(&walk, err) < 0 || go(&walk, err) < 0)
		goto out;
	take_listed(&walk, out);
	ret = 0;
out:
	queue_release(&walk.queue);
	free(walk.flags);
	free(walk.stack);
	free(walk.listed);
	return ret;
}
