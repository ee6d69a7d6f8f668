/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/span.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "engine/graph.h"
#include "engine/span_inside.h"

enum { IS_GOOD = 1, IS_BAD = 2, IS_SEEN = 4 };

struct visit {
	int commit, next; /* the parent to go to next */
};

/*
 * Give places, parents first.  What a merge brings stands just before it, so
 * that finding its side seldom goes far.
 */
static void number(struct span *span, unsigned char *marks)
{
	struct visit *stack = NULL;
	size_t depth = 0, room = 0;

	if (marks[span->bad] != IS_BAD)
		return;
	array_grow(stack, 1, &room);
	stack[depth++] = (struct visit){ span->bad, 0 };
	marks[span->bad] |= IS_SEEN;
	while (depth) {
		struct visit *top = &stack[depth - 1];
		const int *parents;
		int n = graph_parents(span->graph, top->commit, &parents);

		if (top->next == n) {
			span->places[top->commit] = span->count;
			span->commits[span->count++] = top->commit;
			depth--;
		} else if (marks[parents[top->next]] != IS_BAD) {
			top->next++;
		} else {
			int parent = parents[top->next++];

			marks[parent] |= IS_SEEN;
			array_grow(stack, depth + 1, &room);
			stack[depth++] = (struct visit){ parent, 0 };
		}
	}
	free(stack);
}

static void find_commits(struct span *span)
{
	size_t all = (size_t)graph_count(span->graph);
	unsigned char *marks = xcalloc(all + 1, 1);

	graph_mark_ancestors(span->graph, span->goods, span->good_count, marks,
			     IS_GOOD);
	graph_mark_ancestors(span->graph, &span->bad, 1, marks, IS_BAD);
	span->places = xcalloc(all + 1, sizeof(int));
	span->place_count = (int)all;
	for (size_t i = 0; i < all; i++)
		span->places[i] = -1;
	span->commits = xcalloc(all + 1, sizeof(int));
	number(span, marks);
	free(marks);
}

static void find_parents(struct span *span)
{
	size_t count = 0, room = 0;

	array_grow(span->parents, 1, &room); /* none is an array too */
	span->first_parent = xcalloc((size_t)span->count + 1, sizeof(int));
	for (int i = 0; i < span->count; i++) {
		const int *parents;
		int n = graph_parents(span->graph, span->commits[i], &parents);

		array_grow(span->parents, count + (size_t)n, &room);
		for (int k = 0; k < n; k++)
			if (span->places[parents[k]] >= 0)
				span->parents[count++] =
					span->places[parents[k]];
		span->first_parent[i + 1] = (int)count;
	}
}

struct span *span_new(const struct graph *graph, int bad, const int *goods,
		      int good_count)
{
	struct span *span = xcalloc(1, sizeof(*span));

	span->graph = graph;
	span->users = 1;
	span->bad = bad;
	span->good_count = good_count;
	span->goods = xcalloc((size_t)good_count + 1, sizeof(int));
	for (int i = 0; i < good_count; i++)
		span->goods[i] = goods[i];
	find_commits(span);
	find_parents(span);
	span_find_sides(span);
	return span;
}

struct span *span_hold(struct span *span)
{
	span->users++;
	return span;
}

void span_drop(struct span *span)
{
	if (!span || --span->users)
		return;
	for (size_t i = 0; i < span->side_count; i++)
		free(span->sides[i].bits);
	span_forget(span);
	free(span->goods);
	free(span->commits);
	free(span->places);
	free(span->first_parent);
	free(span->parents);
	free(span->base);
	free(span->reach);
	free(span->sides);
	free(span->side_places);
	free(span);
}

bool span_is(const struct span *span, int bad, const int *goods, int good_count)
{
	return span->bad == bad && span->good_count == good_count &&
	       (!good_count || memcmp(span->goods, goods,
				      (size_t)good_count * sizeof(int)) == 0);
}

int span_count(const struct span *span)
{
	return span->count;
}

int span_bad(const struct span *span)
{
	return span->bad;
}

int span_goods(const struct span *span, const int **goods)
{
	*goods = span->goods;
	return span->good_count;
}

const int *span_commits(const struct span *span)
{
	return span->commits;
}

int span_place(const struct span *span, int commit)
{
	return commit >= 0 && commit < span->place_count ? span->places[commit]
							 : -1;
}

int span_parents(const struct span *span, int place, const int **parents)
{
	*parents = span->parents + span->first_parent[place];
	return span->first_parent[place + 1] - span->first_parent[place];
}

int span_reach(const struct span *span, int place)
{
	return span->reach[place];
}
