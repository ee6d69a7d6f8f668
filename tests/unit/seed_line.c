/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/seed_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/xalloc.h"
#include "engine/course.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tests/unit/tale.h"

/* A search on a line of made-up commits, which get their names on the way. */
struct naming {
	struct graph *graph;
	struct engine *engine;
	struct event *events;
	size_t count;
	struct tale_name *names;
	int name_count;
};

static void tell(struct naming *naming, struct event event)
{
	struct event *kept = &naming->events[naming->count++];

	*kept = event;
	kept->seq = (int64_t)naming->count;
	assert_return_code(engine_apply(naming->engine, kept, NULL), 0);
}

static void name(struct naming *naming, struct session *session, int commit,
		 const struct course_stop *stop)
{
	int known = graph_find(session_graph(session), &stop->commit);

	naming->names[naming->name_count++] =
		(struct tale_name){ commit, stop->commit.hex,
				    session_subject(session, known) };
	tell(naming, (struct event){ .kind = EVENT_VERDICT,
				     .by = BY_IMPORT,
				     .commit = tale_oid(commit),
				     .verdict = stop->verdict });
}

void tale_line_of_seed(struct tale *tale, int suspects)
{
	size_t count = session_event_count(tale->session);
	const struct event **events = xcalloc(count, sizeof(*events));
	struct naming naming = { .graph = graph_new() };
	struct course course;

	for (size_t i = 0; i < count; i++)
		events[i] = session_event(tale->session, i);
	course_make(&course, session_graph(tale->session), events, count);
	naming.engine = engine_new(naming.graph);
	naming.events = xcalloc(course.count + 1, sizeof(*naming.events));
	naming.names = xcalloc(course.count + 1, sizeof(*naming.names));
	for (int i = 0; i <= suspects; i++) {
		struct oid oid = tale_oid(i);
		int parent = i - 1;

		graph_add(naming.graph, &oid, i);
		graph_expand(naming.graph, i, &parent, i ? 1 : 0);
	}
	tell(&naming, (struct event){ .kind = EVENT_START, .by = BY_IMPORT });
	name(&naming, tale->session, suspects, &course.stops[0]);
	name(&naming, tale->session, 0, &course.stops[1]);
	for (size_t i = 2; i < course.count; i++) {
		const struct plan *plan = engine_plan(naming.engine);

		assert_int_equal(plan->state, PLAN_TEST);
		name(&naming, tale->session, plan->commit, &course.stops[i]);
	}
	tale_commits(tale, suspects + 1, naming.names);
	free(naming.names);
	engine_free(naming.engine);
	free(naming.events);
	graph_free(naming.graph);
	course_release(&course);
	free(events);
}
