/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/past.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/graph.h"
#include "session/journal.h"

/* Of the two sides of a load of commits one steps back and forth over. */
#define KEPT 2

struct past {
	struct journal *journal;
	struct {
		struct graph *graph; /* NULL: none yet */
		size_t loads;	     /* that made it */
	} kept[KEPT];		     /* the one in use first */
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

static void swap(struct past *past)
{
	struct graph *graph = past->kept[0].graph;
	size_t loads = past->kept[0].loads;

	past->kept[0] = past->kept[1];
	past->kept[1].graph = graph;
	past->kept[1].loads = loads;
}

/* Bring the graph of so many loads to the front. */
static int find_graph(struct past *past, struct event *const *events,
		      size_t count, struct error *err)
{
	size_t loads = count_loads(events, count);
	struct graph *graph;

	if (past->kept[0].graph && past->kept[0].loads == loads)
		return 0;
	if (!past->kept[1].graph || past->kept[1].loads != loads) {
		if (load(past, events, count, &graph, err) < 0)
			return -1;
		graph_free(past->kept[1].graph);
		past->kept[1].graph = graph;
		past->kept[1].loads = loads;
	}
	swap(past);
	return 0;
}

int past_go(struct past *past, struct event *const *events, size_t count,
	    const struct engine *like, struct error *err)
{
	if (find_graph(past, events, count, err) < 0)
		return -1;
	engine_free(past->engine);
	past->engine =
		engine_new_after(past->kept[0].graph,
				 (const struct event *const *)(uintptr_t)events,
				 count, like);
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
