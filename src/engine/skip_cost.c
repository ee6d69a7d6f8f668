/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/skip_cost.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/suspects.h"

enum { TO = 1, FROM = 2, SKIPPED = 4, JUDGED = 8 };

static void mark_range(const struct graph *graph, int from, int to,
		       unsigned char *members)
{
	int total = graph_count(graph);

	memset(members, 0, (size_t)total);
	graph_mark_ancestors(graph, &to, 1, members, TO);
	graph_mark_ancestors(graph, &from, 1, members, FROM);
	for (int c = 0; c < total; c++)
		members[c] = (members[c] & (TO | FROM)) == TO;
}

/* SKIPPED and JUDGED (good or bad, so that no range skips it), by commit. */
static unsigned char *mark_known(struct engine *engine,
				 const struct graph *graph)
{
	unsigned char *known = xcalloc((size_t)graph_count(graph) + 1, 1);
	const int *skips;
	int count = engine_skips(engine, &skips);

	for (int i = 0; i < count; i++)
		known[skips[i]] |= SKIPPED;
	count = engine_step_count(engine);
	for (int i = 0; i < count; i++) {
		const struct step *step = engine_step(engine, i);

		if (!step->set_aside && (step->verdict == VERDICT_GOOD ||
					 step->verdict == VERDICT_BAD))
			known[step->commit] |= JUDGED;
	}
	return known;
}

/* Suspects that are left after the next test when it goes badly. */
static int worst(const struct suspects *suspects, const struct midpoint *mid)
{
	if (mid->kind != MIDPOINT_TEST)
		return 0;
	for (int i = 0; i < suspects->count; i++) {
		int below = suspects->weights[i];

		if (suspects->commits[i] != mid->commit)
			continue;
		return below > mid->all - below ? below : mid->all - below;
	}
	return 0;
}

void skip_cost_find(struct skip_cost *cost, struct engine *engine,
		    const struct graph *graph, const struct suspects *suspects,
		    int from, int to, unsigned char *members)
{
	struct suspects_query query = { .bad = engine_plan(engine)->bad };
	unsigned char *known = mark_known(engine, graph);
	int total = graph_count(graph), before = 0;
	int *skips = xmalloc(((size_t)total + 1) * sizeof(int));
	struct midpoint mid;

	memset(cost, 0, sizeof(*cost));
	mark_range(graph, from, to, members);
	for (int c = 0; c < total; c++)
		cost->commits += members[c] && !known[c];
	/* those of now come first: with them alone it is what is planned */
	for (int i = 0; suspects && i < suspects->count; i++)
		if (known[suspects->commits[i]] & SKIPPED)
			skips[before++] = suspects->commits[i];
	query.skips = skips;
	query.skip_count = before;
	for (int i = 0; suspects && i < suspects->count; i++) {
		int commit = suspects->commits[i];

		cost->left += !known[commit] && !members[commit];
		if (members[commit] && !known[commit])
			skips[query.skip_count++] = commit;
	}
	cost->suspects = query.skip_count - before;
	if (cost->suspects) {
		mid = suspects_midpoint(graph, &query, suspects);
		cost->steps_more = suspects_steps(worst(suspects, &mid));
		query.skip_count = before;
		mid = suspects_midpoint(graph, &query, suspects);
		cost->steps_more -= suspects_steps(worst(suspects, &mid));
		if (cost->steps_more < 0)
			cost->steps_more = 0;
	}
	free(skips);
	free(known);
}
