/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/past.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/graph.h"
#include "session/journal.h"
#include "session/journal_commits.h"

/* The times between loads of commits: one steps back and forth over them. */
#define KEPT 4

#define NEAR 64 /* events */

struct kept {
	struct graph *graph; /* NULL: none yet */
	size_t loads;	     /* that made it */
};

struct past {
	struct journal *journal;
	struct kept kept[KEPT]; /* the one in use first */
	struct engine *engine;
};

struct past *past_new(struct journal *journal)
{
	struct past *past = xcalloc(1, sizeof(*past));

	past->journal = journal;
	return past;
}

void past_free(struct past *past)
{
	if (!past)
		return;
	engine_free(past->engine);
	for (int i = 0; i < KEPT; i++)
		graph_free(past->kept[i].graph);
	free(past);
}

static size_t count_loads(struct event *const *events, size_t count)
{
	size_t loads = 0;

	for (size_t i = 0; i < count; i++)
		loads += events[i]->kind == EVENT_RANGE;
	return loads;
}

static int load(struct past *past, struct event *const *events, size_t count,
		struct graph **out, struct error *err)
{
	struct graph *graph = graph_new();
	bool redated;

	for (size_t i = 0; i < count; i++) {
		if (events[i]->kind != EVENT_RANGE)
			continue;
		if (journal_grow(past->journal, events[i]->seq, graph, &redated,
				 err) < 0) {
			graph_free(graph);
			return -1;
		}
	}
	*out = graph;
	return 0;
}

/* The present's, where no commits were loaded since: it need not be read. */
static struct graph *copy(const struct graph *present)
{
	struct graph *graph = graph_new();
	const int *parents;

	graph_reserve(graph, graph_count(present));
	for (int i = 0; i < graph_count(present); i++)
		graph_add(graph, graph_oid(present, i), graph_date(present, i));
	for (int i = 0; i < graph_count(present); i++) {
		int count = graph_parents(present, i, &parents);

		if (graph_is_expanded(present, i))
			graph_expand(graph, i, parents, count);
	}
	return graph;
}

/* Bring this one to the front. */
static void use(struct past *past, int which)
{
	struct kept kept = past->kept[which];

	memmove(&past->kept[1], &past->kept[0],
		(size_t)which * sizeof(past->kept[0]));
	past->kept[0] = kept;
}

/* Bring the graph of so many loads to the front. */
static int find_graph(struct past *past, struct event *const *events,
		      size_t count, const struct past_present *present,
		      struct error *err)
{
	size_t loads = count_loads(events, count);
	struct graph *graph;
	int which = 0;

	while (which < KEPT &&
	       (!past->kept[which].graph || past->kept[which].loads != loads))
		which++;
	if (which == KEPT) {
		if (loads == count_loads(events, present->count))
			graph = copy(present->graph);
		else if (load(past, events, count, &graph, err) < 0)
			return -1;
		which = KEPT - 1;
		graph_free(past->kept[which].graph);
		past->kept[which] = (struct kept){ graph, loads };
	}
	use(past, which);
	return 0;
}

/*
 * Whose numbers to begin with: from one time to the next hardly anything is
 * another one; far ahead the present knows more.
 */
static const struct engine *nearest(const struct past *past, size_t count,
				    const struct past_present *present)
{
	if (past->engine && engine_event_count(past->engine) + NEAR >= count)
		return past->engine;
	return present->engine;
}

int past_go(struct past *past, struct event *const *events, size_t count,
	    const struct past_present *present, struct error *err)
{
	struct engine *engine;

	if (find_graph(past, events, count, present, err) < 0)
		return -1;
	engine =
		engine_new_after(past->kept[0].graph,
				 (const struct event *const *)(uintptr_t)events,
				 count, nearest(past, count, present));
	engine_free(past->engine);
	past->engine = engine;
	return 0;
}

struct engine *past_engine(const struct past *past)
{
	return past->engine;
}

const struct graph *past_graph(const struct past *past)
{
	return past->kept[0].graph;
}
