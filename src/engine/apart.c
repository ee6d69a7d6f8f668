/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/apart.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "engine/engine.h"
#include "engine/fold.h"
#include "engine/graph.h"
#include "engine/merge_bases.h"

/* Of the older ends: how many have no merge base with the newer one. */
struct apart {
	int count, first;
};

/* Most are ancestors, which costs no walk of their own. */
static struct apart find(const struct engine *engine)
{
	const struct graph *graph = engine->graph;
	const struct ends *ends = &engine->ends;
	unsigned char *below = xcalloc((size_t)graph_count(graph), 1);
	struct apart apart = { 0, -1 };

	graph_mark_ancestors(graph, &ends->bad, 1, below, 1);
	for (int i = 0; i < ends->good_count; i++) {
		int *bases = NULL;

		if (below[ends->goods[i]] ||
		    merge_bases_find(graph, ends->bad, &ends->goods[i], 1,
				     &bases) > 0) {
			free(bases);
			continue;
		}
		free(bases);
		if (apart.count++ == 0)
			apart.first = ends->goods[i];
	}
	free(below);
	return apart;
}

static const char *word_of(const struct engine *engine, bool newer)
{
	return newer == engine_is_fix(engine) ? "good" : "bad";
}

bool apart_say(struct engine *engine, struct buf *out)
{
	const struct plan *plan = engine_plan(engine); /* settles the ends */
	const char *old = word_of(engine, false);
	struct apart apart = { 0, -1 };

	if (plan->state != PLAN_NEEDS_RANGE && settle_has_range(engine))
		apart = find(engine);
	if (!apart.count)
		return false;
	buf_printf(out, "%s %.*s", old, OID_SHORT,
		   graph_oid(engine->graph, apart.first)->hex);
	if (apart.count > 1)
		buf_printf(out, " and %d more have", apart.count - 1);
	else
		buf_puts(out, " has");
	buf_printf(out,
		   " no merge base with %s %.*s, their histories are unrelated",
		   word_of(engine, true), OID_SHORT,
		   graph_oid(engine->graph, engine->ends.bad)->hex);
	if (apart.count == engine->ends.good_count)
		buf_printf(out,
			   ": all that is behind the latter is searched; "
			   "'culprit %s COMMIT' with an ancestor of it leaves "
			   "less",
			   old);
	else
		buf_puts(out, ": that leaves out nothing of what is searched");
	return true;
}
