/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/orders.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "control/command.h"
#include "control/describe.h"
#include "control/desk.h"
#include "control/fixup.h"
#include "control/fixup_spec.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"

static const char usage[] =
	"usage: culprit fixup add PATCH [--if-has GUILTY] [--unless-has FIX] "
	"[-m WHY] | list | drop N [-m WHY]";

static int wrong_words(struct error *err)
{
	return error_set(err, ERROR_USAGE, "%s", usage);
}

static char *unconst(const char *text)
{
	return (char *)(uintptr_t)text;
}

/* The words behind `add`; they stay the order's. */
static int read_words(const struct order *order, struct fixup_spec *spec,
		      struct error *err)
{
	for (int i = 1; i < order->argc; i++) {
		const char *word = order->argv[i];
		char **where = &spec->patch;

		if (str_equal(word, "--if-has"))
			where = &spec->if_has;
		else if (str_equal(word, "--unless-has"))
			where = &spec->unless_has;
		else if (word[0] == '-' && word[1])
			return wrong_words(err);
		if (where != &spec->patch && ++i == order->argc)
			return wrong_words(err);
		if (*where || !*order->argv[i])
			return wrong_words(err);
		*where = unconst(order->argv[i]);
	}
	return spec->patch ? 0 : wrong_words(err);
}

/* Is it one of "1, 3"? */
static bool has_number(const char *numbers, int64_t number)
{
	while (numbers && *numbers) {
		if (strtoll(numbers, NULL, 10) == number)
			return true;
		numbers += strcspn(numbers, " ");
		numbers += *numbers == ' ';
	}
	return false;
}

static bool was_built_with(const struct step *step, int64_t number)
{
	return step->built_from && has_number(step->built_from->text, number);
}

/*
 * Facts stay: a commit that was built with other fixups was, and its verdict
 * is as good as it was.  Who wants it tested again says so.
 */
static int say_affected(const struct order *order, const struct event *fixup,
			bool added, struct error *err)
{
	struct engine *engine = session_engine(order->session);
	int count = 0;

	for (int i = 0; i < engine_step_count(engine); i++) {
		const struct step *step = engine_step(engine, i);
		const struct oid *oid =
			graph_oid(session_graph(order->session), step->commit);
		bool holds = was_built_with(step, fixup->number);

		if (added && step->build &&
		    fixup_holds(order->repo, fixup, oid, &holds, err) < 0)
			return -1;
		if (!step->build || !holds)
			continue;
		if (count++ == 0)
			buf_puts(order->say,
				 "commits that were built otherwise "
				 "before:\n");
		buf_printf(order->say, "  %.*s %s%s\n", OID_SHORT, oid->hex,
			   step->given ? verdict_name(step->verdict) : "...",
			   step->build->build == BUILD_FAILED ? ", build fails"
							      : "");
	}
	if (count)
		buf_printf(order->say,
			   "%d commit%s would be built differently now; "
			   "'culprit retract COMMIT' has one built and tested "
			   "again\n",
			   count, count == 1 ? "" : "s");
	return 0;
}

static int append(const struct order *order, struct event *event,
		  struct error *err)
{
	event->by = BY_PERSON;
	event->who = unconst(order->who);
	event->text = unconst(order->why);
	return session_append(order->session, event, 1, err);
}

static int add(const struct order *order, struct error *err)
{
	struct fixup_spec spec = { .patch = NULL };
	struct fixup fixup;
	struct event event;
	int ret = -1;

	if (read_words(order, &spec, err) < 0)
		return -1;
	if (!order->repo)
		return error_set(err, ERROR_STATE,
				 "the repository is not at hand: a fixup's "
				 "commits cannot be looked up");
	if (!desk_can_run(order->session))
		return error_set(err, ERROR_STATE,
				 "this session is tested by hand: nothing is "
				 "built that a fixup could be applied to");
	if (fixup_read(order->repo, &spec, &fixup, err) < 0)
		return -1;
	if (session_refresh(order->session, NULL, err) < 0 ||
	    fixup_keep(order->session, &fixup, err) < 0)
		goto out;
	event = fixup_event(&fixup,
			    engine_next_fixup(session_engine(order->session)));
	if (append(order, &event, err) < 0)
		goto out;
	describe_fixup(&event, order->say);
	buf_putc(order->say, '\n');
	ret = say_affected(order, &event, true, err);
out:
	fixup_release(&fixup);
	return ret;
}

static int drop(const struct order *order, struct error *err)
{
	struct event event = { .kind = EVENT_FIXUP_DROP };

	if (order->argc != 2)
		return wrong_words(err);
	if (!str_number(order->argv[1], 1, INT32_MAX, &event.number))
		return error_set(err, ERROR_USAGE,
				 "'%s' is not the number of a fixup: see "
				 "'culprit fixup list'",
				 order->argv[1]);
	if (append(order, &event, err) < 0)
		return -1;
	buf_printf(order->say, "fixup %" PRId64 " is applied no more\n",
		   event.number);
	return say_affected(order, &event, false, err);
}

static int list(const struct order *order, struct error *err)
{
	const struct engine *engine = session_engine(order->session);

	if (order->argc != 1)
		return wrong_words(err);
	for (int i = 0; i < engine_fixup_count(engine); i++) {
		describe_fixup(engine_fixup(engine, i), order->say);
		buf_putc(order->say, '\n');
	}
	return 0;
}

int order_fixup(struct order *order, struct error *err)
{
	const char *what = order->argc > 0 ? order->argv[0] : "";

	if (str_equal(what, "add"))
		return add(order, err);
	if (str_equal(what, "list"))
		return list(order, err);
	if (str_equal(what, "drop"))
		return drop(order, err);
	return wrong_words(err);
}
