/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/orders.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "control/command.h"
#include "control/describe.h"
#include "control/orders_inside.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/preview.h"
#include "session/session.h"

#define UNDO_MAX 1000

static int64_t target_of(const struct order *order, enum event_kind kind)
{
	const struct engine *engine = session_engine(order->session);

	return kind == EVENT_UNDO ? engine_undo_target(engine)
				  : engine_redo_target(engine);
}

/* The decision that is turned back: an undo stands for what it undid. */
static const struct event *decision_of(const struct engine *engine, int64_t seq)
{
	for (size_t i = engine_event_count(engine); i-- > 0;) {
		const struct event *event = engine_event(engine, i);

		if (event->seq != seq)
			continue;
		if (event->kind != EVENT_UNDO)
			return event;
		seq = event->number;
	}
	return NULL;
}

static void add_count(struct buf *out, int count, const char *what)
{
	if (count)
		buf_printf(out, "; %d %s%s", count, what,
			   count == 1 ? "" : "s");
}

/* What else it changes than the decision itself. */
static void say_changes(const struct order *order, const struct preview *seen,
			const struct event *decision)
{
	int counts[PREVIEW_GONE + 1] = { 0 };

	for (int i = 0; i < seen->change_count; i++) {
		const struct preview_change *change = &seen->changes[i];

		if (!oid_equal(graph_oid(session_graph(order->session),
					 change->commit),
			       &decision->commit))
			counts[change->kind]++;
	}
	add_count(order->say, counts[PREVIEW_AGAIN], "verdict");
	if (counts[PREVIEW_AGAIN])
		buf_printf(order->say, " count%s again",
			   counts[PREVIEW_AGAIN] == 1 ? "s" : "");
	add_count(order->say, counts[PREVIEW_ASIDE], "verdict");
	if (counts[PREVIEW_ASIDE])
		buf_puts(order->say, " set aside");
	add_count(order->say, counts[PREVIEW_OTHER] + counts[PREVIEW_GONE],
		  "verdict");
	if (counts[PREVIEW_OTHER] + counts[PREVIEW_GONE])
		buf_puts(order->say, " anew");
	add_count(order->say, seen->runs_changed, "run");
	if (seen->runs_changed)
		buf_puts(order->say, " judged anew");
}

/* What was taken back or brought back, and what came of it. */
static void say_target(const struct order *order, enum event_kind kind,
		       int64_t seq, const struct preview *seen)
{
	const struct engine *engine = session_engine(order->session);
	const struct event *decision = decision_of(engine, seq);
	int64_t ago;

	if (!decision)
		return;
	/* the undo or redo itself is there by now */
	ago = engine_event(engine, engine_event_count(engine) - 1)->seq -
	      decision->seq;
	buf_puts(order->say, kind == EVENT_UNDO ? "undone: " : "redone: ");
	describe_decision(order->session, decision, order->say);
	buf_printf(order->say, " (%" PRId64 " event%s ago)", ago,
		   ago == 1 ? "" : "s");
	if (seen)
		say_changes(order, seen, decision);
	buf_putc(order->say, '\n');
}

static int turn_one(const struct order *order, enum event_kind kind,
		    struct error *err)
{
	struct event event = orders_event_by(order, kind);
	struct preview seen;
	bool is_seen;
	int ret;

	event.number = target_of(order, kind);
	if (event.number == 0)
		return error_set(err, ERROR_STATE, "there is nothing to %s",
				 event_kind_name(kind));
	is_seen = preview_make(&seen, session_engine(order->session), &event,
			       NULL) == 0;
	ret = session_append(order->session, &event, 1, err);
	if (ret == 0)
		say_target(order, kind, event.number, is_seen ? &seen : NULL);
	if (is_seen)
		preview_release(&seen);
	return ret;
}

static int turn_back(struct order *order, enum event_kind kind,
		     const char *usage, struct error *err)
{
	int64_t count = 1;

	if (orders_expect(order, 0, 1, usage, err) < 0)
		return -1;
	if (order->argc == 1 &&
	    !str_number(order->argv[0], 1, UNDO_MAX, &count))
		return error_set(err, ERROR_USAGE, "usage: culprit %s", usage);
	if (session_refresh(order->session, NULL, err) < 0)
		return -1;
	for (int64_t i = 0; i < count; i++) {
		if (i > 0 && target_of(order, kind) == 0)
			break; /* that was all there is */
		if (turn_one(order, kind, err) < 0)
			return -1;
	}
	return orders_follow_up(order, err);
}

int order_undo(struct order *order, struct error *err)
{
	return turn_back(order, EVENT_UNDO, "undo [N]", err);
}

int order_redo(struct order *order, struct error *err)
{
	return turn_back(order, EVENT_REDO, "redo [N]", err);
}
