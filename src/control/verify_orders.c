/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/orders.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "control/command.h"
#include "control/desk.h"
#include "control/orders_inside.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/verify.h"
#include "session/session.h"

static const char usage[] = "verify [--runs N] [--no-revert] [-m WHY]";

struct wanted {
	int64_t runs; /* 0: not said */
	bool no_revert;
};

static int take_words(const struct order *order, struct wanted *wanted,
		      struct error *err)
{
	*wanted = (struct wanted){ 0, false };
	for (int i = 0; i < order->argc; i++) {
		const char *word = order->argv[i];

		if (str_equal(word, "--no-revert")) {
			wanted->no_revert = true;
		} else if (str_equal(word, "--runs") && i + 1 < order->argc) {
			if (!str_number(order->argv[++i], 1, 1000,
					&wanted->runs))
				return error_set(err, ERROR_USAGE,
						 "'%s' is not a number of "
						 "runs (1 to 1000)",
						 order->argv[i]);
		} else {
			return error_set(err, ERROR_USAGE, "usage: culprit %s",
					 usage);
		}
	}
	return 0;
}

/* Is there a culprit, and can anything be built and run here? */
static int may_verify(const struct order *order, struct error *err)
{
	const struct plan *plan = engine_plan(session_engine(order->session));

	if (plan->state != PLAN_FOUND)
		return error_set(err, ERROR_STATE,
				 "no culprit is known yet that could be "
				 "verified");
	if (plan->recorded)
		return error_set(
			err, ERROR_STATE,
			"the culprit is what a log says: to verify it, "
			"start a session in the repository with "
			"settings that can build and test");
	if (!session_repository(order->session))
		return error_set(err, ERROR_STATE,
				 "this session has no repository in which the "
				 "culprit could be built and taken back");
	if (!desk_can_run(order->session))
		return error_set(err, ERROR_STATE,
				 "this session has no test command that could "
				 "be run");
	return 0;
}

/* What was ordered before stays as it is, but for what is said now. */
static int fill(const struct order *order, const struct wanted *wanted,
		struct event *event, struct error *err)
{
	struct engine *engine = session_engine(order->session);
	struct verify verify;
	bool before = engine_verify(engine, &verify) && verify.current;

	event->number = wanted->runs ? wanted->runs
			: before     ? verify.runs
				     : VERIFY_RUNS;
	if (wanted->no_revert)
		event->policy = (char *)(uintptr_t)VERIFY_NO_REVERT;
	event->commit = *graph_oid(session_graph(order->session),
				   engine_plan(engine)->commit);
	if (!before || verify.runs < event->number ||
	    verify.reverts == wanted->no_revert)
		return 0;
	return error_set(err, ERROR_STATE,
			 "that is %s already, with %d runs of each: --runs N "
			 "asks for more",
			 verify.is_done ? "verified" : "being verified",
			 verify.runs);
}

static void say_work(const struct order *order, const struct event *event)
{
	struct engine_process engine;
	bool builds = engine_symptom(session_engine(order->session)) ==
		      SYMPTOM_NO_BUILD;

	buf_puts(order->say, event->policy
				     ? "the culprit and its parent are "
				     : "the culprit, its parent and what is "
				       "left without it are ");
	if (builds)
		buf_puts(order->say, "built again");
	else
		buf_printf(order->say, "run %" PRId64 " time%s each",
			   event->number, event->number == 1 ? "" : "s");
	desk_engine(order->session, &engine);
	buf_puts(order->say, engine.alive || order->at_once
				     ? "\n"
				     : ": 'culprit run' does it\n");
}

int order_verify(struct order *order, struct error *err)
{
	struct event event = orders_event_by(order, EVENT_VERIFY);
	struct wanted wanted;

	if (take_words(order, &wanted, err) < 0 || may_verify(order, err) < 0 ||
	    fill(order, &wanted, &event, err) < 0 ||
	    session_append(order->session, &event, 1, err) < 0)
		return -1;
	say_work(order, &event);
	return orders_follow_up(order, err);
}
