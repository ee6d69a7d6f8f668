/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "engine/adaptive.h"
#include "engine/graph.h"
#include "engine/merge_bases.h"
#include "engine/suspects.h"

const char *plan_state_name(enum plan_state state)
{
	static const char *const names[] = {
		[PLAN_NEEDS_BAD] = "needs-bad",
		[PLAN_NEEDS_GOOD] = "needs-good",
		[PLAN_NEEDS_RANGE] = "needs-range",
		[PLAN_TEST] = "test",
		[PLAN_FOUND] = "found",
		[PLAN_ONLY_SKIPPED] = "only-skipped",
		[PLAN_MERGE_BASE_BAD] = "merge-base-bad",
	};

	return names[state];
}

bool plan_has_work(const struct plan *plan)
{
	for (int i = 0; i < plan->wish_count; i++)
		if (plan->wishes[i].kind != WISH_ASK &&
		    plan->wishes[i].kind != WISH_TOUCHED)
			return !plan->paused;
	return false;
}

bool plan_resumes(const struct plan *plan)
{
	bool asks = plan->paused;

	for (int i = 0; i < plan->wish_count && plan->needs_person; i++)
		asks = asks || (plan->wishes[i].kind == WISH_ASK &&
				plan->wishes[i].resumes);
	return asks;
}

bool plan_wants(const struct plan *plan, int commit, enum wish_kind kind)
{
	for (int i = 0; i < plan->wish_count; i++)
		if (plan->wishes[i].kind == kind &&
		    plan->wishes[i].commit == commit)
			return true;
	return false;
}

/* The next release to try, or -1. */
static int next_release(const struct engine *engine)
{
	for (size_t i = 0; i < engine->release_count; i++) {
		int commit = engine->releases[i].commit;
		const struct folded_step *step = fold_step_of(engine, commit);

		if ((!step || step->shown.verdict == VERDICT_NONE) &&
		    !fold_is_skipped(engine, commit))
			return commit;
	}
	return -1;
}

static void plan_test(struct engine *engine, int commit)
{
	engine->plan.state = PLAN_TEST;
	engine->plan.commit = commit;
	wish_runs(engine, commit);
}

static void plan_without_good(struct engine *engine)
{
	int release = next_release(engine);

	if (release >= 0) {
		engine->plan.release = true;
		plan_test(engine, release);
		return;
	}
	engine->plan.state = PLAN_NEEDS_GOOD;
	if (engine->release_count > 0)
		wish_ask(engine, -1,
			 "no release is good down to %s: give a good commit",
			 engine->releases[engine->release_count - 1].name);
	else
		wish_ask(engine, -1, "a %s commit is needed",
			 engine->start->fix ? "bad (still broken)" : "good");
}

enum { BELOW_NEW = 1, BELOW_OLD = 2, CHECKED = 4 };

/* Is a good commit no ancestor of any bad one? */
static bool has_strays(const struct engine *engine, unsigned char *marks)
{
	const struct ends *ends = &engine->ends;
	bool strays = false;

	graph_mark_ancestors(engine->graph, ends->news, ends->new_count, marks,
			     BELOW_NEW);
	for (int i = 0; i < ends->good_count; i++)
		strays |= !(marks[ends->goods[i]] & BELOW_NEW);
	return strays;
}

/*
 * git looks for strays once, while the ends are as they were given; on the
 * way it trusts what it found.  So a merge base needs no test that lies below
 * a good commit which is no stray, or below a skipped commit that was such a
 * base itself.
 */
static void mark_checked(const struct engine *engine, unsigned char *marks)
{
	const struct graph *graph = engine->graph;
	const struct ends *ends = &engine->ends;

	graph_mark_ancestors(graph, ends->goods, ends->good_count, marks,
			     BELOW_OLD);
	for (int i = 0; i < ends->good_count; i++)
		if (marks[ends->goods[i]] & BELOW_NEW)
			graph_mark_ancestors(graph, &ends->goods[i], 1, marks,
					     CHECKED);
	for (int i = 0; i < ends->skip_count; i++)
		if ((marks[ends->skips[i]] & (BELOW_NEW | BELOW_OLD)) ==
		    (BELOW_NEW | BELOW_OLD))
			graph_mark_ancestors(graph, &ends->skips[i], 1, marks,
					     CHECKED);
}

static void merge_base_is_bad(struct engine *engine, int base)
{
	engine->plan.state = PLAN_MERGE_BASE_BAD;
	engine->plan.merge_base = true;
	engine->plan.commit = base;
	wish_ask(engine, base,
		 "the merge base %.*s is bad: the bug was fixed between it and "
		 "the "
		 "good commit",
		 OID_SHORT, graph_oid(engine->graph, base)->hex);
}

/*
 * git's check_merge_bases: while a good commit lies beside the bad one, each
 * of their merge bases is tested first.  A skipped one is passed over.
 * Returns whether that settled the plan.
 */
static bool plan_merge_base(struct engine *engine)
{
	const struct ends *ends = &engine->ends;
	unsigned char *marks = xcalloc((size_t)graph_count(engine->graph), 1);
	int *bases = NULL, count = 0;
	bool settled = false;

	if (has_strays(engine, marks)) {
		mark_checked(engine, marks);
		count = merge_bases_find(engine->graph, ends->bad, ends->goods,
					 ends->good_count, &bases);
	}
	for (int i = 0; i < count && !settled; i++) {
		const struct folded_step *step = fold_step_of(engine, bases[i]);
		enum verdict verdict =
			step ? step->shown.verdict : VERDICT_NONE;

		if (fold_is_skipped(engine, bases[i]))
			continue;
		settled = true;
		if (verdict != VERDICT_NONE && fold_is_new(engine, verdict)) {
			merge_base_is_bad(engine, bases[i]);
		} else if (verdict == VERDICT_NONE &&
			   !(marks[bases[i]] & CHECKED)) {
			engine->plan.merge_base = true;
			plan_test(engine, bases[i]);
		} else {
			settled = false;
		}
	}
	free(marks);
	free(bases);
	return settled;
}

static void wish_parent(struct engine *engine, int culprit)
{
	const struct folded_step *step = fold_step_of(engine, culprit), *parent;
	const int *parents;

	if (!step || !step->shown.build ||
	    str_empty(step->shown.build->signature) ||
	    graph_parents(engine->graph, culprit, &parents) != 1)
		return;
	parent = fold_step_of(engine, parents[0]);
	if (!parent || !parent->shown.build || parent->shown.build_again)
		wish_add(engine, WISH_BUILD, parents[0]);
}

void plan_found(struct engine *engine, int culprit)
{
	struct plan *plan = &engine->plan;

	plan->state = PLAN_FOUND;
	plan->commit = culprit;
	plan->left = 0;
	plan->steps = 0;
	wish_parent(engine, culprit);
	wish_verify(engine, culprit);
}

void plan_nothing(struct engine *engine)
{
	engine->plan.state = PLAN_NEEDS_GOOD;
	wish_ask(engine, -1, "there is no commit between the ends");
}

static void plan_midpoint(struct engine *engine)
{
	struct plan *plan = &engine->plan;
	const struct suspects *suspects = settle_suspects(engine);
	const struct midpoint mid = engine->ends.mid;

	plan->suspects = mid.all;
	plan->left = mid.left;
	plan->steps = mid.steps;
	switch (mid.kind) {
	case MIDPOINT_TEST:
		plan_test(engine, mid.commit);
		break;
	case MIDPOINT_FOUND:
		plan_found(engine, mid.commit);
		break;
	case MIDPOINT_ONLY_SKIPPED:
		plan->state = PLAN_ONLY_SKIPPED;
		plan->left = 0;
		plan->candidates = suspects->commits;
		plan->candidate_count = suspects->count;
		wish_ask(engine, -1, "only skipped commits are left to test");
		break;
	case MIDPOINT_NONE:
		plan_nothing(engine);
		break;
	}
}

/*
 * Where more is learnt about the bug all the time, an end that agreed with its
 * test when the search began is not tested again for it.
 */
static bool is_confirmed(const struct engine *engine,
			 const struct folded_step *step,
			 const struct judgement *j)
{
	if (policy_counts_runs(&engine->policy) ||
	    j->leaning != step->person->verdict)
		return false;
	for (size_t i = 0; i < engine->step_count; i++)
		if (!engine->steps[i]->person &&
		    fold_count_runs(&engine->steps[i]->shown) > 0)
			return true;
	return false;
}

/*
 * May the search begin from this end, as far as its own test says?  One that
 * a person gave after the start is meant as it is, and one that tested
 * otherwise is kept when a person resumes.  Returns whether that settled the
 * plan.
 */
static bool confirm_end(struct engine *engine, int commit)
{
	const struct folded_step *step = fold_step_of(engine, commit);
	const char *hex = graph_oid(engine->graph, commit)->hex;
	struct judgement j = weigh_judge(engine, step);
	const char *name = verdict_name(step->person->verdict);
	bool unbuilt = fold_is_unbuilt(step);

	if (engine->symptom == SYMPTOM_NO_BUILD && unbuilt &&
	    !build_refused(step->shown.build))
		unbuilt = false;
	if ((j.verdict == step->person->verdict && !unbuilt) ||
	    commit == engine->assumed || is_confirmed(engine, step, &j))
		return false;
	if ((unbuilt || j.verdict != VERDICT_NONE) &&
	    engine->resumed > weigh_evidence(engine, step))
		return false;
	engine->plan.confirming = true;
	engine->plan.state = PLAN_TEST;
	engine->plan.commit = commit;
	if (unbuilt)
		wish_ask(engine, commit,
			 "the %s commit %.*s does not build, so it cannot be "
			 "confirmed: resume to search all the same, or give "
			 "another one",
			 name, OID_SHORT, hex);
	else if (j.verdict != VERDICT_NONE)
		wish_ask(engine, commit,
			 "the %s commit %.*s is %s by its test, %d of %d valid "
			 "runs "
			 "show the bug: resume to search all the same, or give "
			 "another one",
			 name, OID_SHORT, hex, verdict_name(j.verdict),
			 j.crashes, j.valid);
	else
		wish_runs(engine, commit);
	return true;
}

static bool needs_confirming(const struct engine *engine, int commit,
			     enum verdict verdict)
{
	const struct folded_step *step = fold_step_of(engine, commit);

	return step && step->person && step->person->by == BY_START &&
	       step->person->verdict == verdict;
}

/* What clean runs are worth hangs on how often the bug shows where it is. */
static bool needs_rate(const struct engine *engine, enum verdict verdict)
{
	return !policy_counts_runs(&engine->policy) &&
	       engine->symptom != SYMPTOM_NO_BUILD && verdict == VERDICT_BAD;
}

/*
 * The ends are tested before anything is built on them: who has the bug
 * first, since that also tells how often it shows.
 */
static bool plan_confirm(struct engine *engine)
{
	static const enum verdict order[] = { VERDICT_BAD, VERDICT_GOOD };
	const struct ends *ends = &engine->ends;

	for (int i = 0; i < 2; i++) {
		if (!engine->confirm && !needs_rate(engine, order[i]))
			continue;
		if (ends->bad >= 0 &&
		    needs_confirming(engine, ends->bad, order[i]) &&
		    confirm_end(engine, ends->bad))
			return true;
		for (int k = 0; k < ends->good_count; k++)
			if (needs_confirming(engine, ends->goods[k],
					     order[i]) &&
			    confirm_end(engine, ends->goods[k]))
				return true;
	}
	return false;
}

static void plan_search(struct engine *engine)
{
	const struct ends *ends = &engine->ends;

	if (ends->bad < 0) {
		engine->plan.state = PLAN_NEEDS_BAD;
		wish_ask(engine, -1, "a %s commit is needed",
			 engine->start->fix ? "good (fixed)" : "bad");
	} else if (plan_confirm(engine)) {
		return;
	} else if (ends->good_count == 0) {
		plan_without_good(engine);
	} else if (!settle_has_range(engine)) {
		engine->plan.state = PLAN_NEEDS_RANGE;
		wish_add(engine, WISH_RANGE, -1);
	} else if (plan_merge_base(engine)) {
		return;
	} else if (adaptive_is_at_work(engine)) {
		adaptive_plan(engine);
	} else {
		plan_midpoint(engine);
	}
}

/* The candidates that a log names, each in an event of its own. */
static void recorded_candidates(struct engine *engine)
{
	struct plan *plan = &engine->plan;
	unsigned char *seen = xcalloc((size_t)graph_count(engine->graph), 1);
	size_t room = 0;

	for (size_t i = 0; i < engine->event_count; i++) {
		const struct event *event = engine->events[i];
		int commit;

		if (event->kind != EVENT_RESULT || oid_is_none(&event->commit))
			continue;
		commit = graph_find(engine->graph, &event->commit);
		if (seen[commit]++)
			continue;
		array_grow(engine->candidates,
			   (size_t)plan->candidate_count + 1, &room);
		engine->candidates[plan->candidate_count++] = commit;
	}
	free(seen);
	plan->candidates = engine->candidates;
	wish_ask(engine, -1, "only skipped commits are left to test");
}

/* How a log's search ended, as it says. */
static void recorded_end(struct engine *engine)
{
	const struct recorded *recorded = &engine->recorded;
	struct plan *plan = &engine->plan;
	int commit =
		oid_is_none(&recorded->end->commit)
			? -1
			: graph_find(engine->graph, &recorded->end->commit);

	if (recorded->result == RESULT_FOUND && commit >= 0) {
		plan->state = PLAN_FOUND;
		plan->commit = commit;
	} else if (recorded->result == RESULT_MERGE_BASE_BAD && commit >= 0) {
		merge_base_is_bad(engine, commit);
	} else if (recorded->result == RESULT_ONLY_SKIPPED) {
		plan->state = PLAN_ONLY_SKIPPED;
		recorded_candidates(engine);
	} else {
		plan->state =
			engine->ends.bad < 0 ? PLAN_NEEDS_BAD : PLAN_NEEDS_GOOD;
		wish_ask(engine, -1, "the log ends without a culprit: %s%s%s",
			 result_words(recorded->result),
			 str_empty(recorded->end->text) ? "" : ": ",
			 recorded->end->text ? recorded->end->text : "");
	}
}

static void recorded_test(struct engine *engine)
{
	const struct recorded *recorded = &engine->recorded;
	struct plan *plan = &engine->plan;

	plan->state = PLAN_TEST;
	plan->commit = recorded->testing;
	if (!recorded->next || recorded->next->number < 0 ||
	    !oid_equal(&recorded->next->commit,
		       graph_oid(engine->graph, recorded->testing)))
		return;
	plan->left = (int)recorded->next->number;
	plan->steps = recorded->next->steps;
}

/*
 * Without the graph nothing can be derived of a search that is read from a
 * log: then the plan is what the log says, at each of its events, as long as
 * nobody decides otherwise.
 */
static bool plan_recorded(struct engine *engine)
{
	const struct ends *ends = &engine->ends;
	struct plan *plan = &engine->plan;

	if (!fold_is_replay(engine) || settle_has_range(engine))
		return false;
	plan->recorded = true;
	if (engine->recorded.end)
		recorded_end(engine);
	else if (engine->recorded.testing >= 0)
		recorded_test(engine);
	else if (ends->bad < 0)
		plan->state = PLAN_NEEDS_BAD;
	else if (ends->good_count == 0)
		plan->state = PLAN_NEEDS_GOOD;
	else
		plan->state = PLAN_NEEDS_RANGE;
	return true;
}

/*
 * A commit that a person picked is tested whatever the search would do, also
 * when it is over; then the search goes on from there.
 */
static void plan_pick(struct engine *engine, size_t wishes_before)
{
	struct plan *plan = &engine->plan;
	const struct folded_step *step;
	int commit;

	if (!engine->pick || plan->state == PLAN_NEEDS_RANGE)
		return;
	commit = graph_find(engine->graph, &engine->pick->commit);
	step = fold_step_of(engine, commit);
	if ((step && step->shown.verdict != VERDICT_NONE) ||
	    fold_is_skipped(engine, commit))
		return;
	engine->wish_count = wishes_before;
	plan->needs_person = false;
	plan->merge_base = false;
	plan->release = false;
	plan->confirming = false;
	plan->picked = true;
	plan_test(engine, commit);
}

/* What the ends and the evidence ask for. */
static void plan_wishes(struct engine *engine)
{
	size_t before;

	for (size_t i = 0; i < engine->step_count; i++)
		if (!fold_is_scratch(engine->steps[i]))
			wish_verdict(engine, engine->steps[i]);
	/* behind all verdicts, which are given from the top */
	for (size_t i = 0; i < engine->step_count; i++)
		wish_question(engine, engine->steps[i]);
	wish_more(engine);
	before = engine->wish_count;
	plan_search(engine);
	plan_pick(engine, before);
	wish_touched(engine);
	plan_hold(engine);
}

void plan_make(struct engine *engine)
{
	struct plan *plan = &engine->plan;

	free(engine->candidates);
	engine->candidates = NULL;
	engine->wish_count = 0;
	memset(plan, 0, sizeof(*plan));
	plan->commit = -1;
	plan->bad = plan->nearest_good = -1;
	plan->paused = engine->paused;
	plan->halted = engine->halted;
	settle(engine);
	adaptive_refresh(engine);
	if (engine->start) {
		plan->bad = engine->ends.bad;
		plan->goods = engine->ends.goods;
		plan->good_count = engine->ends.good_count;
		plan->nearest_good = engine->ends.nearest_good;
		if (!plan_recorded(engine))
			plan_wishes(engine);
	}
	plan->wishes = engine->wishes;
	plan->wish_count = (int)engine->wish_count;
	engine->plan_valid = true;
}
