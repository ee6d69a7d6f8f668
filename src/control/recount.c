/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/recount.h"

#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"

#define DETAIL_MAX 48 /* columns of what a run said */

/* Further tests after a skip that are looked at together. */
#define SLOW_TESTS 3

static void add_first_line(struct buf *out, const char *lead, const char *text)
{
	if (!str_empty(text))
		buf_printf(out, "%s%.*s", lead, (int)strcspn(text, "\n"), text);
}

static void tell_build(const struct step *step, struct buf *out)
{
	const struct event *build = step->build;
	char time[24];

	if (step->build_begin) {
		buf_puts(out, "It is being built.\n");
		return;
	}
	if (!build)
		return;
	switch (build->build) {
	case BUILD_OK:
		if (build->duration_ms > 0)
			buf_printf(out, "Built in %s.\n",
				   str_duration(time, build->duration_ms));
		return;
	case BUILD_FAILED:
		buf_puts(out, build_refused(build) ? "A fixup does not apply"
						   : "It does not build");
		break;
	case BUILD_INFRA:
	case BUILD_RESULT_COUNT:
		buf_puts(out, "The build failed for reasons of our own");
		break;
	}
	add_first_line(out, ": ", build->text);
	buf_puts(out, ".\n");
}

static const char *word_of(const struct run_state *run)
{
	if (run->running)
		return "running";
	return run->open ? "crashed" : outcome_name(run->outcome);
}

static bool is_alike(const struct run_state *a, const struct run_state *b)
{
	const char *one = run_title(a), *two = run_title(b);

	return str_equal(word_of(a), word_of(b)) &&
	       str_equal(one ? one : "", two ? two : "") &&
	       !a->judge == !b->judge;
}

static void add_detail(struct buf *out, const char *text)
{
	int length = (int)strcspn(text, "\n");

	if (length > DETAIL_MAX)
		buf_printf(out, " (%.*s...)", DETAIL_MAX - 3, text);
	else
		buf_printf(out, " (%.*s)", length, text);
}

/* "runs 1-9 ok", "run 0 test-failed (no such file), judged by hand" */
static void tell_alike(const struct run_state *first,
		       const struct run_state *last, const char *lead,
		       struct buf *out)
{
	const char *title = run_title(first);

	if (first == last)
		buf_printf(out, "%s %d ", lead, first->number);
	else
		buf_printf(out, "%ss %d-%d ", lead, first->number,
			   last->number);
	buf_puts(out, word_of(first));
	if (!str_empty(title))
		buf_printf(out, " (%s)", title);
	else if (first == last && first->fact && !str_empty(first->fact->text))
		add_detail(out, first->fact->text);
	if (first->judge)
		buf_puts(out, " as judged by hand");
}

static void tell_runs(const struct step *step, struct buf *out)
{
	int first = 0;

	if (step->same_runs)
		buf_printf(out,
			   "%d run%s of an equal kernel count%s here too.\n",
			   step->same_runs, step->same_runs == 1 ? "" : "s",
			   step->same_runs == 1 ? "s" : "");
	if (!step->run_count)
		return;
	for (int i = 0; i < step->run_count; i++) {
		if (i + 1 < step->run_count &&
		    is_alike(&step->runs[first], &step->runs[i + 1]))
			continue;
		tell_alike(&step->runs[first], &step->runs[i],
			   first ? ", run" : "Run", out);
		first = i + 1;
	}
	buf_puts(out, ".\n");
}

static void tell_verdict(const struct step *step, struct buf *out)
{
	const struct event *given = step->given, *before = step->recorded;

	if (!given || step->verdict == VERDICT_NONE)
		return;
	buf_printf(out, "It is %s, says %s", verdict_name(step->verdict),
		   given->by == BY_IMPORT ? "the log"
		   : given->who		  ? given->who
					  : actor_name(given->by));
	add_first_line(out, ": ", given->text);
	if (before && before != given && before->verdict != step->verdict)
		buf_printf(out, "; recorded was %s",
			   verdict_name(before->verdict));
	buf_puts(out, step->set_aside ? "; but that is set aside, since it "
					"contradicts stronger verdicts."
				      : ".");
}

/* The number left before this step, -1 where none is known. */
static int left_before(struct engine *engine, int position)
{
	for (int i = position - 2; i >= 0; i--) {
		const struct step *before = engine_step(engine, i);

		if (before->left_after >= 0)
			return before->left_after;
	}
	return -1;
}

static void tell_progress(struct session *session, const struct step *step,
			  struct buf *out)
{
	struct engine *engine = session_engine(session);
	int before = left_before(engine, step->position);
	const struct plan *plan = engine_plan(engine);

	if (plan->state == PLAN_FOUND && plan->commit >= 0 &&
	    step->position == engine_step_count(engine)) {
		buf_printf(out, "  With that %.*s is the first %s commit.",
			   OID_SHORT,
			   graph_oid(session_graph(session), plan->commit)->hex,
			   engine_is_fix(engine) ? "fixed" : "bad");
		return;
	}
	if (step->verdict == VERDICT_NONE || step->left_after < 0 || before < 0)
		return;
	if (step->left_after >= before)
		buf_printf(out, "  That took nothing off: %d are left.",
			   step->left_after);
	else
		buf_printf(out, "  That left %d of %d.", step->left_after,
			   before);
}

/*
 * Git leaves the midpoint after a skip.  Where some tests since then took
 * less than one midpoint would have, that is worth a sentence.
 */
static void tell_detour(struct engine *engine, const struct step *step,
			struct buf *out)
{
	int skip = step->position - 1, before;

	while (skip > 0 &&
	       engine_step(engine, skip - 1)->verdict != VERDICT_SKIP)
		skip--;
	if (skip == 0 || step->position - skip < SLOW_TESTS)
		return;
	before = left_before(engine, skip + 1);
	if (before < 0 || step->left_after < 0 ||
	    step->left_after * 2 <= before + 1)
		return;
	buf_printf(out,
		   "Step %d was skipped, and git then tests away from the "
		   "midpoint: %d tests went from %d to %d left, where one at "
		   "the midpoint halves it.\n",
		   skip, step->position - skip, before, step->left_after);
}

void recount_step(struct session *session, const struct step *step,
		  struct buf *out)
{
	struct engine *engine = session_engine(session);

	tell_build(step, out);
	tell_runs(step, out);
	tell_verdict(step, out);
	tell_progress(session, step, out);
	if (step->given && step->verdict != VERDICT_NONE)
		buf_putc(out, '\n');
	tell_detour(engine, step, out);
}
