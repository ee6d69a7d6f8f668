/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/merge_bases.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/array.h"
#include "engine/graph.h"
#include "engine/queue.h"

enum { OF_COMMIT = 1, OF_OTHERS = 2, OF_BOTH = 3, BELOW = 4 };

/* In the order of their numbers.  BELOW are all the others that are common. */
static size_t find(const struct graph *graph, int commit, const int *others,
		   int count, int **out)
{
	size_t all = (size_t)graph_count(graph), found = 0, room = 0;
	unsigned char *marks = xcalloc(all, 1);

	*out = NULL;
	graph_mark_ancestors(graph, &commit, 1, marks, OF_COMMIT);
	graph_mark_ancestors(graph, others, count, marks, OF_OTHERS);
	/* A common ancestor is a base unless a child of it is common too. */
	for (size_t i = 0; i < all; i++) {
		const int *parents;
		int n;

		if ((marks[i] & OF_BOTH) != OF_BOTH)
			continue;
		n = graph_parents(graph, (int)i, &parents);
		graph_mark_ancestors(graph, parents, n, marks, BELOW);
	}
	for (size_t i = 0; i < all; i++) {
		if (marks[i] != OF_BOTH)
			continue;
		array_grow(*out, found + 1, &room);
		(*out)[found++] = (int)i;
	}
	free(marks);
	return found;
}

struct base {
	int commit;
	int64_t date;
	size_t met; /* how many of them git met before */
};

static int newer_first(const void *a, const void *b)
{
	const struct base *x = a, *y = b;

	if (x->date != y->date)
		return x->date > y->date ? -1 : 1;
	return x->met < y->met ? -1 : x->met > y->met;
}

static bool one_second(const struct base *bases, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (bases[i].date == bases[i - 1].date)
			return true;
	return false;
}

/* How many of the bases were met so far, with this one if it is one. */
static size_t meet(struct base *bases, size_t count, int commit, size_t met)
{
	for (size_t i = 0; i < count; i++)
		if (bases[i].commit == commit && bases[i].met == SIZE_MAX)
			bases[i].met = met++;
	return met;
}

/*
 * The walk of git's paint_down_to_common (commit-reach.c): from both sides at
 * once by date, and again below a commit that the other side came to later.
 * It finds the bases one by one; here they are known.
 */
static void meet_all(const struct graph *graph, int commit, const int *others,
		     int count, struct base *bases, size_t base_count)
{
	unsigned char *marks = xcalloc((size_t)graph_count(graph), 1);
	struct queue queue = { .heap = NULL };
	size_t met = 0;

	marks[commit] = OF_COMMIT;
	queue_push(&queue, commit, graph_date(graph, commit));
	for (int i = 0; i < count; i++) {
		marks[others[i]] |= OF_OTHERS;
		queue_push(&queue, others[i], graph_date(graph, others[i]));
	}
	while (met < base_count && queue.count > 0) {
		int at = queue_pop(&queue), n;
		unsigned char mark = marks[at];
		const int *parents;

		if ((mark & OF_BOTH) == OF_BOTH) {
			mark |= BELOW;
			met = meet(bases, base_count, at, met);
		}
		n = graph_parents(graph, at, &parents);
		for (int i = 0; i < n; i++) {
			if ((marks[parents[i]] & mark) == mark)
				continue;
			marks[parents[i]] |= mark;
			queue_push(&queue, parents[i],
				   graph_date(graph, parents[i]));
		}
	}
	queue_release(&queue);
	free(marks);
}

int merge_bases_find(const struct graph *graph, int commit, const int *others,
		     int count, int **out)
{
	size_t found = find(graph, commit, others, count, out);
	struct base *bases = xcalloc(found + 1, sizeof(*bases));

	for (size_t i = 0; i < found; i++)
		bases[i] =
			(struct base){ (*out)[i], graph_date(graph, (*out)[i]),
				       SIZE_MAX };
	qsort(bases, found, sizeof(*bases), newer_first);
	if (one_second(bases, found)) {
		meet_all(graph, commit, others, count, bases, found);
		qsort(bases, found, sizeof(*bases), newer_first);
	}
	for (size_t i = 0; i < found; i++)
		(*out)[i] = bases[i].commit;
	free(bases);
	return (int)found;
}
