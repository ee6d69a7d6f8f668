/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/audit_inside.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/graph.h"
#include "session/import.h"
#include "session/session.h"

/* A step that leaves more of what was left than this gained next to nothing:
   a midpoint leaves half. */
#define GAIN_NOTHING_PERCENT 85

/* A verdict that a kernel with the other one gets as often as this is weak. */
#define WEAK 0.02

#define NAMED_MAX 4 /* titles in one sentence */

void audit_look_at_reading(struct look *look)
{
	const struct event *totals = engine_said(look->engine, "totals");
	struct imported imported;

	if (look->fragment && totals)
		audit_find(look, AUDIT_READING, true,
			   "its beginning is missing: of %" PRId64 " revisions "
			   "that were tested %d are told",
			   totals->number, look->tests);
	else if (look->fragment)
		audit_find(look, AUDIT_READING, true,
			   "its beginning is missing: %d tested revision%s "
			   "told",
			   look->tests, look->tests == 1 ? " is" : "s are");
	if (!import_recall(look->session, &imported))
		return;
	if (imported.cut)
		audit_find(look, AUDIT_READING, true,
			   "it is longer than %d MB: the rest was not read",
			   IMPORT_MAX / 1024 / 1024);
	if (!imported.unsure_line)
		return;
	audit_find(look, AUDIT_READING, true,
		   "reading became unsure at line %" PRId64 ": %s",
		   imported.unsure_line, imported.unsure);
}

/* As far as the result; what was tested after it does not bear on it. */
static int newest_mark(const struct look *look)
{
	int found = -1;

	for (int i = 0; i < look->count; i++) {
		enum verdict verdict = look->judged[i].verdict->verdict;

		if (look->judged[i].verdict->seq > look->end->seq)
			break;

		if (verdict != VERDICT_SKIP &&
		    (verdict == VERDICT_BAD) != engine_is_fix(look->engine))
			found = look->judged[i].commit;
	}
	return found;
}

static bool look_at_left(struct look *look)
{
	bool fine = true;
	char id[13];

	for (int i = 0; i < look->count; i++) {
		const struct judged *judged = &look->judged[i];

		if (judged->left_before < 0 || judged->left_after < 0 ||
		    judged->left_after <= judged->left_before)
			continue;
		audit_find(look, AUDIT_NUMBERS, true,
			   "after step %d, %s, more is left than before: %d, "
			   "then %d",
			   judged->step, audit_short(look, judged->commit, id),
			   judged->left_before, judged->left_after);
		fine = false;
	}
	return fine;
}

static bool look_at_totals(struct look *look)
{
	const struct event *totals = engine_said(look->engine, "totals");

	/* until the end of 2020 what did not build was counted */
	if (!totals || totals->number == look->tests ||
	    (look->fragment && totals->number > look->tests) ||
	    totals->number == look->tests + look->unbuilt)
		return true;
	audit_find(look, AUDIT_NUMBERS, true,
		   "it says that %" PRId64 " revisions were tested, but %d are "
		   "told",
		   totals->number, look->tests);
	return false;
}

static bool look_at_culprit(struct look *look)
{
	int mark = look->result == RESULT_FOUND ? newest_mark(look) : -1,
	    commit;
	char id[13], other[13];

	if (mark < 0)
		return true;
	commit = graph_find(look->graph, &look->end->commit);
	if (commit == mark)
		return true;
	audit_find(look, AUDIT_NUMBERS, true,
		   "the culprit %s is not the commit that was marked last, %s",
		   audit_short(look, commit, id),
		   audit_short(look, mark, other));
	return false;
}

static bool look_at_own_signature(struct look *look)
{
	const struct event *said =
		engine_said(look->engine, "culprit-signature");
	const struct step *step;

	if (!said || look->result != RESULT_FOUND)
		return true;
	step = engine_step_of(look->engine,
			      graph_find(look->graph, &look->end->commit));
	if (look->fragment && (!step || !step->build))
		return true;
	if (step && step->build &&
	    str_equal(step->build->signature, said->signature))
		return true;
	audit_find(look, AUDIT_NUMBERS, true,
		   "the culprit's signature is not that of its test");
	return false;
}

void audit_look_at_numbers(struct look *look)
{
	bool fine = look_at_left(look);

	fine &= look_at_totals(look);
	fine &= look_at_culprit(look);
	fine &= look_at_own_signature(look);
	if (fine && !look->tests && !look->unbuilt)
		audit_find(look, AUDIT_NUMBERS, false,
			   "%d verdict%s, no tests are told", look->count,
			   look->count == 1 ? "" : "s");
	else if (fine)
		audit_find(
			look, AUDIT_NUMBERS, false,
			"%d verdict%s, %d revision%s tested%s: they agree with "
			"each other",
			look->count, look->count == 1 ? "" : "s", look->tests,
			look->tests == 1 ? "" : "s",
			look->unbuilt ? ", some did not build" : "");
}

/* The policy's word on a test that had so many runs as it had. */
static enum verdict judge(const struct look *look, const struct judged *judged,
			  const struct around *around)
{
	struct policy policy = *look->policy;

	if (judged->build_fails)
		return VERDICT_SKIP;
	if (judged->tally.total == 0)
		return VERDICT_NONE;
	policy.runs = policy.first_runs = judged->tally.total;
	return policy_judge(&policy, &judged->tally, around).verdict;
}

static void say_flip(struct look *look, const struct judged *judged)
{
	const int *outcomes = judged->tally.outcomes;
	struct buf runs;
	char id[13];

	buf_init(&runs, 0);
	for (int i = 0; i < OUTCOME_COUNT; i++)
		if (outcomes[i])
			buf_printf(&runs, "%s%d %s", runs.length ? ", " : "",
				   outcomes[i], outcome_name((enum outcome)i));
	audit_find(look, AUDIT_RULE, true,
		   "step %d, %s: recorded %s, today's rule says %s (%s)",
		   judged->step, audit_short(look, judged->commit, id),
		   verdict_name(judged->verdict->verdict),
		   verdict_name(judged->today), runs.text);
	buf_release(&runs);
}

void audit_look_at_rule(struct look *look)
{
	struct around around = { .flaky = false };
	int can = 0;

	for (int i = 0; i < look->count; i++) {
		struct judged *judged = &look->judged[i];

		judged->today = judge(look, judged, &around);
		can += judged->today != VERDICT_NONE;
		if (judged->verdict->verdict == VERDICT_BAD &&
		    judged->tally.outcomes[OUTCOME_CRASHED] > 0) {
			struct record record;

			around.flaky |= policy_is_flaky(&judged->tally);
			tally_record(&judged->tally, &record);
			record_add(&around.known, &record);
		}
		if (judged->today == VERDICT_NONE ||
		    judged->today == judged->verdict->verdict)
			continue;
		look->audit->flips++;
		say_flip(look, judged);
	}
	if (can && !look->audit->flips)
		audit_find(look, AUDIT_RULE, false,
			   "today's rule (%s) would have given %s%d verdict%s "
			   "that rest%s on runs or builds",
			   policy_version(look->policy),
			   can == 1 ? "the " : "all ", can, can == 1 ? "" : "s",
			   can == 1 ? "s" : "");
}

static bool has_title(const struct judged *judged, const char *title)
{
	for (int i = 0; i < judged->title_count; i++)
		if (str_equal(judged->titles[i], title))
			return true;
	return false;
}

static bool shares_title(const struct judged *a, const struct judged *b)
{
	for (int i = 0; i < a->title_count; i++)
		if (has_title(b, a->titles[i]))
			return true;
	return false;
}

static void name_titles(const struct judged *judged, struct buf *out)
{
	for (int i = 0; i < judged->title_count && i < NAMED_MAX; i++)
		buf_printf(out, "%s'%s'", i ? ", " : "", judged->titles[i]);
	if (judged->title_count > NAMED_MAX)
		buf_printf(out, " and %d more",
			   judged->title_count - NAMED_MAX);
}

static void say_drift(struct look *look, const struct judged *first,
		      const struct judged *drifted, int bad)
{
	struct buf before, after;

	buf_init(&before, 0);
	buf_init(&after, 0);
	name_titles(first, &before);
	name_titles(drifted, &after);
	audit_find(
		look, AUDIT_TITLES, true,
		"the title drifts: step %d crashed with %s, but %d of the %d "
		"bad steps after it with none of that, from step %d on %s",
		first->step, before.text, look->drifted, bad, drifted->step,
		after.text);
	buf_release(&before);
	buf_release(&after);
}

void audit_look_at_titles(struct look *look)
{
	const struct judged *first, *drifted = NULL;
	int bad = 0;

	if (look->first_bad < 0)
		return;
	first = &look->judged[look->first_bad];
	for (int i = look->first_bad + 1; i < look->count; i++) {
		const struct judged *judged = &look->judged[i];

		if (judged->verdict->verdict != VERDICT_BAD ||
		    judged->title_count == 0)
			continue;
		bad++;
		if (judged->title_count >= 3)
			audit_find(look, AUDIT_TITLES, true,
				   "step %d is bad with %d different titles",
				   judged->step, judged->title_count);
		if (shares_title(judged, first))
			continue;
		look->drifted++;
		if (!drifted)
			drifted = judged;
	}
	if (drifted)
		say_drift(look, first, drifted, bad);
	else if (bad)
		audit_find(look, AUDIT_TITLES, false,
			   "all bad steps crash with a title of step %d's",
			   first->step);
}

static bool gains_nothing(const struct judged *judged)
{
	return judged->left_before > 8 && judged->left_after >= 0 &&
	       (int64_t)judged->left_after * 100 >
		       (int64_t)judged->left_before * GAIN_NOTHING_PERCENT;
}

/* A stretch of steps, and the skip before it if that is why. */
static void say_waste(struct look *look, int from, int to)
{
	const struct judged *first = &look->judged[from];
	const struct judged *last = &look->judged[to];
	int skip = -1;

	for (int i = from - 1; i >= 0 && skip < 0; i--)
		if (look->judged[i].verdict->verdict == VERDICT_SKIP)
			skip = i;
	if (first->verdict->verdict == VERDICT_SKIP && from == to)
		return;
	if (to - from < 2 && skip < 0)
		return;
	if (skip >= 0)
		audit_find(
			look, AUDIT_WASTE, true,
			"%d steps (%d to %d) after the skip of step %d "
			"gained next to nothing: from %d to %d left, where a "
			"midpoint halves",
			to - from + 1, first->step, last->step,
			look->judged[skip].step, first->left_before,
			last->left_after);
	else
		audit_find(
			look, AUDIT_WASTE, true,
			"%d steps (%d to %d) gained next to nothing: from %d "
			"to %d left, where a midpoint halves",
			to - from + 1, first->step, last->step,
			first->left_before, last->left_after);
}

void audit_look_at_waste(struct look *look)
{
	int from = -1;

	for (int i = 0; i <= look->count; i++) {
		bool idle = i < look->count && gains_nothing(&look->judged[i]);

		/* the skip itself gains nothing by its nature */
		if (idle && from < 0 &&
		    look->judged[i].verdict->verdict == VERDICT_SKIP)
			continue;
		if (idle && from < 0)
			from = i;
		if (idle || from < 0)
			continue;
		say_waste(look, from, i - 1);
		from = -1;
	}
}

static double power(double base, int exponent)
{
	double out = 1;

	while (exponent-- > 0)
		out *= base;
	return out;
}

/* How easily a kernel of the other kind gets the same runs: roughly. */
static double weakness(const struct look *look, const struct judged *judged)
{
	int crashed = judged->tally.outcomes[OUTCOME_CRASHED];

	if (judged->verdict->verdict == VERDICT_GOOD)
		return power(1 - (look->rate < 0 ? 0.5 : look->rate),
			     judged->tally.outcomes[OUTCOME_OK]);
	return power(0.2, crashed);
}

void audit_look_at_weakest(struct look *look)
{
	const struct judged *weakest;
	double most = -1;
	char id[13];

	for (int i = 0; i < look->count; i++) {
		struct judged *judged = &look->judged[i];

		if (judged->verdict->verdict == VERDICT_SKIP ||
		    judged->tally.total == 0)
			continue;
		judged->miss = weakness(look, judged);
		if (judged->miss > most) {
			most = judged->miss;
			look->weakest = i;
		}
	}
	if (look->weakest < 0)
		return;
	weakest = &look->judged[look->weakest];
	if (weakest->verdict->verdict == VERDICT_GOOD && look->rate >= 0)
		audit_find(look, AUDIT_WEAKEST, most > WEAK,
			   "step %d, %s good on %d ok runs of %d: with the bug "
			   "in about %.0f%% of the runs a bad one looks so in "
			   "%.2g%% of tests",
			   weakest->step,
			   audit_short(look, weakest->commit, id),
			   weakest->tally.outcomes[OUTCOME_OK],
			   weakest->tally.total, look->rate * 100, most * 100);
	else
		audit_find(look, AUDIT_WEAKEST, most > WEAK,
			   "step %d, %s %s with %d crashed of %d valid runs",
			   weakest->step,
			   audit_short(look, weakest->commit, id),
			   verdict_name(weakest->verdict->verdict),
			   weakest->tally.outcomes[OUTCOME_CRASHED],
			   audit_valid(weakest));
}

static const char *signature_of(struct look *look, int commit)
{
	const struct step *step = engine_step_of(look->engine, commit);

	return step && step->build && step->build->build == BUILD_OK
		       ? step->build->signature
		       : NULL;
}

static void say_equal(struct look *look, const struct judged *a,
		      const struct judged *b)
{
	bool same = a->verdict->verdict == b->verdict->verdict;
	char one[13], two[13];

	audit_find(
		look, AUDIT_SIGNATURES, !same,
		"%s (step %d, %s) and %s (step %d, %s) are the same kernel%s",
		audit_short(look, a->commit, one), a->step,
		verdict_name(a->verdict->verdict),
		audit_short(look, b->commit, two), b->step,
		verdict_name(b->verdict->verdict),
		same ? ": one test was not needed"
		     : ": their verdicts cannot both be right");
}

void audit_look_at_signatures(struct look *look)
{
	const struct event *own =
		engine_said(look->engine, "culprit-signature");
	const struct event *parent =
		engine_said(look->engine, "parent-signature");
	int known = 0, equal = 0;

	for (int i = 0; i < look->count; i++) {
		const char *signature =
			signature_of(look, look->judged[i].commit);

		known += !str_empty(signature);
		for (int k = 0; k < i && !str_empty(signature); k++) {
			if (look->judged[k].commit == look->judged[i].commit ||
			    !str_equal(signature,
				       signature_of(look,
						    look->judged[k].commit)))
				continue;
			say_equal(look, &look->judged[k], &look->judged[i]);
			equal++;
			break;
		}
	}
	if (own && parent && str_equal(own->signature, parent->signature))
		audit_find(
			look, AUDIT_SIGNATURES, true,
			"the culprit makes the same kernel as its parent: it "
			"cannot have changed anything");
	else if (own && parent)
		audit_find(look, AUDIT_SIGNATURES, false,
			   "the culprit makes another kernel than its parent");
	if (known > 1 && !equal)
		audit_find(look, AUDIT_SIGNATURES, false,
			   "%d kernels, no two alike", known);
}

/* What git would test now, by the fold so far, against what was tested. */
static bool compare(struct look *look, struct engine *again,
		    const struct event *event)
{
	const struct plan *plan = engine_plan(again);
	int commit = graph_find(look->graph, &event->commit);
	char own[13], theirs[13];

	if (plan->recorded || plan->state != PLAN_TEST || plan->picked ||
	    commit < 0)
		return true;
	if (event->kind == EVENT_NEXT) {
		if (event->number < 0 || event->number == plan->left ||
		    plan->commit != commit)
			return true;
		audit_find(look, AUDIT_GRAPH, true,
			   "at %s the log has %" PRId64 " left, the graph %d",
			   audit_short(look, commit, own), event->number,
			   plan->left);
		return false;
	}
	if (plan->commit == commit)
		return true;
	audit_find(look, AUDIT_GRAPH, true,
		   "%s was tested where git would have tested %s",
		   audit_short(look, commit, theirs),
		   audit_short(look, plan->commit, own));
	return false;
}

static bool is_known(const struct look *look)
{
	const struct plan *plan = engine_plan(look->engine);

	return plan->bad >= 0 && plan->good_count > 0 &&
	       graph_is_expanded(look->graph, plan->bad);
}

void audit_look_at_graph(struct look *look)
{
	struct engine *again;
	bool fine = true;
	int compared = 0;

	if (!is_known(look))
		return;
	again = engine_new(look->graph);
	for (size_t i = 0; i < engine_event_count(look->engine); i++) {
		const struct event *event = engine_event(look->engine, i);

		if (event->kind == EVENT_VERDICT || event->kind == EVENT_NEXT) {
			fine &= compare(look, again, event);
			compared++;
		}
		if (engine_apply(again, event, NULL) < 0)
			break;
	}
	if (fine && compared)
		audit_find(look, AUDIT_GRAPH, false,
			   "git would have tested the same commits");
	engine_free(again);
}
