/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/orders.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "control/command.h"
#include "control/extend.h"
#include "control/orders_inside.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/graph.h"
#include "repo/repo.h"
#include "repo/tags.h"
#include "session/session.h"

/*
 * A range that is too narrow: its older ends are not relied on any more, and
 * older commits are tested until one has not the bug.
 */

static const char usage[] = "widen [COMMIT] [-m WHY]";

/* Older commits to try, the newest first. */
struct older {
	struct tag *tags; /* that git has, or NULL */
	int tag_count;
	struct event *events;
	size_t count, room;
};

static struct event *add(struct older *older, struct event event)
{
	array_grow(older->events, older->count + 1, &older->room);
	older->events[older->count] = event;
	return &older->events[older->count++];
}

/* Is it to be tried already, or was it? */
static bool is_tried(const struct order *order, const struct oid *commit)
{
	const struct engine *engine = session_engine(order->session);

	for (size_t i = 0; i < engine_event_count(engine); i++) {
		const struct event *event = engine_event(engine, i);

		if (event->kind == EVENT_RELEASE &&
		    oid_equal(&event->commit, commit))
			return true;
	}
	return false;
}

static void add_release(const struct order *order, const struct oid *commit,
			const char *name, struct older *older)
{
	struct event event = orders_event_by(order, EVENT_RELEASE);

	event.commit = *commit;
	event.text = (char *)(uintptr_t)name;
	if (!is_tried(order, commit))
		add(older, event);
}

static int find_releases(const struct order *order, int end,
			 struct older *older, struct error *err)
{
	const struct oid *oid = graph_oid(session_graph(order->session), end);

	if (engine_is_fix(session_engine(order->session)))
		return error_set(err, ERROR_USAGE,
				 "to widen a search for a fix, name an older "
				 "commit that still has the bug");
	if (tags_releases(order->repo, oid, &older->tags, &older->tag_count,
			  err) < 0)
		return -1;
	for (int i = 0; i < older->tag_count; i++)
		add_release(order, &older->tags[i].commit, older->tags[i].name,
			    older);
	if (older->count)
		return 0;
	return error_set(err, ERROR_STATE,
			 "there is no further release tag (vX.Y) before %.*s "
			 "to try: name an older commit, culprit widen COMMIT",
			 OID_SHORT, oid->hex);
}

static int find_named(const struct order *order, struct older *older,
		      struct error *err)
{
	const struct graph *graph = session_graph(order->session);
	const struct plan *plan = engine_plan(session_engine(order->session));
	struct oid oid;
	int known;

	if (repo_resolve(order->repo, order->argv[0], &oid, err) < 0)
		return -1;
	known = graph_find(graph, &oid);
	for (int i = 0; known >= 0 && i < plan->good_count; i++)
		if (graph_is_ancestor(graph, plan->goods[i], known))
			return error_set(err, ERROR_STATE,
					 "%.*s is not older than the end %.*s",
					 OID_SHORT, oid.hex, OID_SHORT,
					 graph_oid(graph, plan->goods[i])->hex);
	add_release(order, &oid, order->argv[0], older);
	if (older->count)
		return 0;
	return error_set(err, ERROR_STATE, "%.*s is to be tried already",
			 OID_SHORT, oid.hex);
}

/* What was told of them is not relied on, and counts again by an undo. */
static void let_go(const struct order *order, struct older *older)
{
	static const char why[] = "the range may be too narrow";
	const struct plan *plan = engine_plan(session_engine(order->session));
	const struct graph *graph = session_graph(order->session);

	for (int i = 0; i < plan->good_count; i++) {
		struct event event = orders_event_by(order, EVENT_VERDICT);

		event.commit = *graph_oid(graph, plan->goods[i]);
		event.verdict = VERDICT_SKIP;
		if (str_empty(event.text))
			event.text = (char *)(uintptr_t)why;
		add(older, event);
	}
}

static int name_commits(const struct order *order, const struct older *older,
			struct error *err)
{
	struct oid *names = xcalloc(older->count + 1, sizeof(*names));
	int ret;

	for (size_t i = 0; i < older->count; i++)
		names[i] = older->events[i].commit;
	ret = extend_names(order->session, order->repo, names, older->count,
			   err);
	free(names);
	return ret;
}

static int carry_out(const struct order *order, struct older *older,
		     struct error *err)
{
	size_t tried = older->count;

	if (name_commits(order, older, err) < 0)
		return -1;
	let_go(order, older);
	if (session_append(order->session, older->events, older->count, err) <
	    0)
		return -1;
	buf_printf(order->say,
		   "the older end does not count any more: %zu older commit%s "
		   "to try, from %s on\n",
		   tried, tried == 1 ? " is" : "s are", older->events[0].text);
	return orders_follow_up(order, err);
}

int order_widen(struct order *order, struct error *err)
{
	const struct plan *plan = engine_plan(session_engine(order->session));
	struct older older = { NULL, 0, NULL, 0, 0 };
	int ret;

	if (orders_expect(order, 0, 1, usage, err) < 0)
		return -1;
	if (!order->repo)
		return error_set(err, ERROR_STATE,
				 "the repository is not at hand: nothing older "
				 "can be found");
	if (plan->good_count == 0)
		return error_set(err, ERROR_STATE,
				 "the range has no older end that could be "
				 "moved");
	ret = order->argc
		      ? find_named(order, &older, err)
		      : find_releases(order, plan->nearest_good, &older, err);
	if (ret == 0)
		ret = carry_out(order, &older, err);
	tags_free(older.tags, older.tag_count);
	free(older.events);
	return ret;
}
