/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/prospects.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"

static int64_t last_verdict(const struct engine *engine)
{
	for (size_t i = engine_event_count(engine); i-- > 0;) {
		const struct event *event = engine_event(engine, i);

		if (event->kind == EVENT_VERDICT)
			return event->seq;
	}
	return 0;
}

/*
 * What is behind the commit under test is looked at when that has the bug of
 * the newer end, the rest when it has not.
 */
static void find_verdicts(struct session *session, struct prospect *found,
			  int count)
{
	struct engine *engine = session_engine(session);
	const struct graph *graph = session_graph(session);
	const struct plan *plan = engine_plan(engine);
	bool fix = engine_is_fix(engine);
	unsigned char *marks;

	if (count == 0 || plan->state != PLAN_TEST || plan->commit < 0 ||
	    plan->confirming || plan->merge_base || plan->release)
		return;
	marks = xcalloc((size_t)graph_count(graph), 1);
	graph_mark_ancestors(graph, &plan->commit, 1, marks, 1);
	for (int i = 0; i < count; i++)
		found[i].after = (marks[found[i].commit] != 0) != fix
					 ? VERDICT_BAD
					 : VERDICT_GOOD;
	free(marks);
}

int prospects_find(struct session *session, struct prospect out[PROSPECTS_MAX])
{
	struct engine *engine = session_engine(session);
	const struct ahead_build *build;
	int64_t since = 0;
	int count = 0;

	if (engine_ahead_count(engine))
		since = last_verdict(engine);
	for (int done = 0; done < 2; done++) {
		for (int i = 0; (build = engine_ahead(engine, i)); i++) {
			if ((build->fact != NULL) != done ||
			    (done && build->begin->seq < since) ||
			    count == PROSPECTS_MAX)
				continue;
			out[count++] =
				(struct prospect){ .commit = build->commit,
						   .begin = build->begin,
						   .fact = build->fact };
		}
	}
	find_verdicts(session, out, count);
	return count;
}

void prospects_say(struct session *session, struct buf *out)
{
	struct prospect found[PROSPECTS_MAX];
	int count = prospects_find(session, found);

	for (int i = 0; i < count; i++) {
		const struct prospect *it = &found[i];

		buf_printf(out, "%s %.*s", i ? "," : "ahead:", OID_SHORT,
			   graph_oid(session_graph(session), it->commit)->hex);
		if (it->after != VERDICT_NONE)
			buf_printf(out, " if %s", verdict_name(it->after));
		if (!it->fact)
			buf_puts(out, " (building)");
		else if (it->fact->build != BUILD_OK)
			buf_printf(out, " (%s)",
				   it->fact->build == BUILD_FAILED
					   ? "does not build"
					   : "could not be built");
	}
}
