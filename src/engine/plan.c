/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/fold.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "engine/graph.h"
#include "engine/suspects.h"

static void add_runs(const struct engine *engine,
		     const struct folded_step *step, struct tally *tally)
{
	for (int i = 0; step && i < step->shown.run_count; i++) {
		const struct run_state *run = &step->shown.runs[i];

		if (!run->fact || !run->counts)
			continue;
		if (run->open)
			tally_add_open(tally);
		else
			tally_add(tally,
				  symptom_weigh(engine->symptom, run->outcome));
	}
}

/* The step whose runs count here too, or NULL. */
static const struct folded_step *equal_of(const struct engine *engine,
					  const struct folded_step *step)
{
	return step ? fold_step_of(engine, step->shown.same_as) : NULL;
}

void plan_tally(const struct engine *engine, const struct folded_step *step,
		struct tally *tally)
{
	memset(tally, 0, sizeof(*tally));
	add_runs(engine, step, tally);
	add_runs(engine, equal_of(engine, step), tally);
}

/* The latest event that changed what is known of it. */
static int64_t evidence_seq(const struct engine *engine,
			    const struct folded_step *step)
{
	const struct folded_step *equal = equal_of(engine, step);
	int64_t own = step->shown.evidence_seq;

	return equal && equal->shown.evidence_seq > own
		       ? equal->shown.evidence_seq
		       : own;
}

/* Does another bad commit of the session make the bug a flaky one? */
static bool flaky_beside(const struct engine *engine, int commit)
{
	for (size_t i = 0; i < engine->step_count; i++) {
		const struct folded_step *step = engine->steps[i];
		const struct event *given =
			step->person ? step->person : step->shown.recorded;
		struct tally tally;

		if (step->shown.commit == commit || !given ||
		    given->verdict != VERDICT_BAD)
			continue;
		plan_tally(engine, step, &tally);
		if (tally.outcomes[OUTCOME_CRASHED] > 0 &&
		    policy_is_flaky(&tally))
			return true;
	}
	return false;
}

bool engine_is_flaky(struct engine *engine)
{
	return flaky_beside(engine, -1);
}

/* Where builds are looked at, a build is all there is to say. */
static struct judgement judge_build(const struct folded_step *step)
{
	struct judgement j = { .verdict = VERDICT_NONE };

	if (!step || !step->shown.build || step->shown.build_again)
		return j;
	if (step->shown.build->build == BUILD_OK)
		j.verdict = VERDICT_GOOD;
	else if (step->shown.build->build == BUILD_FAILED)
		j.verdict = VERDICT_BAD;
	j.leaning = j.verdict;
	return j;
}

struct judgement plan_judge(const struct engine *engine,
			    const struct folded_step *step)
{
	int commit = step ? step->shown.commit : -1;
	struct tally tally;
	bool first = engine->first_tested < 0 || engine->first_tested == commit;

	if (engine->symptom == SYMPTOM_NO_BUILD)
		return judge_build(step);
	plan_tally(engine, step, &tally);
	return policy_judge(&engine->policy, &tally, first,
			    flaky_beside(engine, commit),
			    step ? step->shown.extra_runs : 0);
}

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
		if (plan->wishes[i].kind != WISH_ASK)
			return !plan->paused;
	return false;
}

static struct wish *add_wish(struct engine *engine, enum wish_kind kind,
			     int commit)
{
	struct wish *wish;

	array_grow(engine->wishes, engine->wish_count + 1, &engine->wish_room);
	wish = &engine->wishes[engine->wish_count++];
	memset(wish, 0, sizeof(*wish));
	wish->kind = kind;
	wish->commit = commit;
	return wish;
}

static void ask(struct engine *engine, int commit, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void ask(struct engine *engine, int commit, const char *format, ...)
{
	struct wish *wish = add_wish(engine, WISH_ASK, commit);
	va_list args;

	va_start(args, format);
	vsnprintf(wish->why, sizeof(wish->why), format, args);
	va_end(args);
	/* trouble with other runs is asked about, and the search goes on */
	if (commit < 0 || commit == engine->plan.commit)
		engine->plan.needs_person = true;
}

/*
 * A crash of which nobody knows whether it is the bug.  Where the verdict
 * hangs on it a person is needed, else it may be answered at any time.
 */
static void ask_title(struct engine *engine, const struct folded_step *step,
		      bool needed)
{
	const struct run_state *first = NULL;
	struct wish *wish;
	int commit = step->shown.commit, count = 0;

	for (int i = 0; i < step->shown.run_count; i++) {
		const struct run_state *run = &step->shown.runs[i];

		if (!run->open || !run->counts)
			continue;
		if (!first)
			first = run;
		count += str_equal(run_title(run), run_title(first));
	}
	if (!first)
		return;
	wish = add_wish(engine, WISH_ASK, commit);
	wish->title = run_title(first);
	wish->run = first->number;
	snprintf(wish->why, sizeof(wish->why),
		 "is it the same bug, another one or noise: '%s', in %d run%s "
		 "of %.*s?",
		 wish->title, count, count == 1 ? "" : "s", OID_SHORT,
		 graph_oid(engine->graph, commit)->hex);
	if (needed && commit == engine->plan.commit)
		engine->plan.needs_person = true;
}

/* What stands before the count: whose runs these are, if another's. */
static size_t name_equal(const struct engine *engine, const struct step *step,
			 struct wish *wish)
{
	if (step->same_as < 0)
		return 0;
	return (size_t)snprintf(wish->why, sizeof(wish->why),
				"the same kernel as %.*s: ", OID_SHORT,
				graph_oid(engine->graph, step->same_as)->hex);
}

static void explain(const struct engine *engine, const struct step *step,
		    const struct judgement *j, struct wish *wish)
{
	const char *one = "crash", *many = "crashes";
	size_t used = name_equal(engine, step, wish);
	char *out = wish->why + used;
	size_t room = sizeof(wish->why) - used;

	if (engine->symptom == SYMPTOM_NO_BOOT) {
		one = "boot failure";
		many = "boot failures";
	}
	if (wish->verdict == VERDICT_SKIP)
		snprintf(out, room, "%d valid runs of %d, %d needed", j->valid,
			 j->wanted, j->valid_needed);
	else
		snprintf(out, room, "%d %s in %d valid run%s", j->crashes,
			 j->crashes == 1 ? one : many, j->valid,
			 j->valid == 1 ? "" : "s");
}

/* Is there anything that a policy could judge? */
static bool has_evidence(const struct engine *engine, const struct step *step)
{
	return step->run_count > 0 || step->same_as >= 0 ||
	       engine->symptom == SYMPTOM_NO_BUILD;
}

static void word_verdict(struct engine *engine, const struct step *step,
			 const struct judgement *j, struct wish *wish)
{
	if (step->build && step->build->build == BUILD_FAILED)
		snprintf(wish->why, sizeof(wish->why), "does not build");
	else if (engine->symptom == SYMPTOM_NO_BUILD)
		snprintf(wish->why, sizeof(wish->why), "builds");
	else
		explain(engine, step, j, wish);
}

/*
 * A verdict by the policy: where there is none yet and the runs are all
 * there, or where the evidence changed since it was given.
 */
static void wish_verdict(struct engine *engine, const struct folded_step *step)
{
	const struct step *shown = &step->shown;
	struct judgement j = plan_judge(engine, step);
	bool unbuilt = shown->build && shown->build->build == BUILD_FAILED &&
		       !shown->build_again;
	bool fresh = !shown->recorded ||
		     evidence_seq(engine, step) > shown->recorded->seq;
	enum verdict verdict = j.verdict;
	struct wish *wish;

	if (unbuilt && engine->symptom != SYMPTOM_NO_BUILD)
		verdict = VERDICT_SKIP;
	if (!step->person && j.undecided && shown->recorded && fresh)
		ask_title(engine, step, false);
	if (step->person || verdict == VERDICT_NONE || !fresh)
		return;
	if (!unbuilt && !has_evidence(engine, shown))
		return;
	if (shown->recorded && shown->recorded->verdict == verdict)
		return;
	wish = add_wish(engine, WISH_VERDICT, shown->commit);
	wish->verdict = verdict;
	word_verdict(engine, shown, &j, wish);
}

/* Build it if need be, run it as often as its judgement wants. */
static void wish_runs(struct engine *engine, int commit)
{
	const struct folded_step *step = fold_step_of(engine, commit);
	const struct event *build = step ? step->shown.build : NULL;
	struct judgement j = plan_judge(engine, step);
	bool again = step && step->shown.build_again;

	if (build && build->build == BUILD_INFRA && !again) {
		ask(engine, commit,
		    "the build of %.*s could not be made here (%s): mend it "
		    "and resume",
		    OID_SHORT, graph_oid(engine->graph, commit)->hex,
		    build->text ? build->text : "no reason given");
		return;
	}
	if (j.stop) {
		ask(engine, commit,
		    "too much infrastructure trouble at %.*s: mend it and "
		    "resume, or give a verdict",
		    OID_SHORT, graph_oid(engine->graph, commit)->hex);
		return;
	}
	if (!build || again)
		add_wish(engine, WISH_BUILD, commit);
	if (j.more_runs > 0)
		add_wish(engine, WISH_RUNS, commit)->runs = j.more_runs;
	if (step)
		ask_title(engine, step, j.undecided);
}

/* Further runs that a person ordered for commits that are not under test. */
static void wish_more(struct engine *engine)
{
	for (size_t i = 0; i < engine->step_count; i++) {
		const struct step *step = &engine->steps[i]->shown;

		if (step->extra_runs > 0 && step->verdict != VERDICT_NONE &&
		    !(step->build && step->build->build == BUILD_FAILED))
			wish_runs(engine, step->commit);
	}
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
		ask(engine, -1,
		    "no release is good down to %s: give a good commit",
		    engine->releases[engine->release_count - 1].name);
	else
		ask(engine, -1, "a %s commit is needed",
		    engine->start->fix ? "bad (still broken)" : "good");
}

static bool range_is_missing(const struct engine *engine)
{
	const struct ends *ends = &engine->ends;

	if (!graph_is_expanded(engine->graph, ends->bad))
		return true;
	for (int i = 0; i < ends->good_count; i++)
		if (!graph_is_expanded(engine->graph, ends->goods[i]))
			return true;
	return false;
}

enum { BELOW_NEW = 1, BELOW_OLD = 2, CHECKED = 4 };

/*
 * Is a good commit no ancestor of any bad one?  git looks for such strays
 * once, while the ends are as they were given; on the way it trusts what it
 * found.  So a merge base needs no test that lies below a good commit which
 * is no stray, or below a skipped commit that was such a base itself.
 */
static bool mark_strays(const struct engine *engine, unsigned char *marks)
{
	const struct graph *graph = engine->graph;
	const struct ends *ends = &engine->ends;
	bool strays = false;

	graph_mark_ancestors(graph, ends->news, ends->new_count, marks,
			     BELOW_NEW);
	graph_mark_ancestors(graph, ends->goods, ends->good_count, marks,
			     BELOW_OLD);
	for (int i = 0; i < ends->good_count; i++) {
		if (marks[ends->goods[i]] & BELOW_NEW)
			graph_mark_ancestors(graph, &ends->goods[i], 1, marks,
					     CHECKED);
		else
			strays = true;
	}
	for (int i = 0; i < ends->skip_count; i++)
		if ((marks[ends->skips[i]] & (BELOW_NEW | BELOW_OLD)) ==
		    (BELOW_NEW | BELOW_OLD))
			graph_mark_ancestors(graph, &ends->skips[i], 1, marks,
					     CHECKED);
	return strays;
}

static void merge_base_is_bad(struct engine *engine, int base)
{
	engine->plan.state = PLAN_MERGE_BASE_BAD;
	engine->plan.merge_base = true;
	engine->plan.commit = base;
	ask(engine, base,
	    "the merge base %.*s is bad: the bug was fixed between it and the "
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

	if (mark_strays(engine, marks))
		count = graph_merge_bases(engine->graph, ends->bad, ends->goods,
					  ends->good_count, &bases);
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

/*
 * Does the culprit change the kernel at all?  Its parent's signature tells,
 * so it is built where it was not.
 */
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
		add_wish(engine, WISH_BUILD, parents[0]);
}

static void plan_midpoint(struct engine *engine)
{
	const struct ends *ends = &engine->ends;
	struct plan *plan = &engine->plan;
	struct suspects_query query = {
		.bad = ends->bad,
		.goods = ends->goods,
		.good_count = ends->good_count,
		.skips = ends->skips,
		.skip_count = ends->skip_count,
		.first_parent = engine->start->first_parent,
	};
	struct suspects *suspects = suspects_find(engine->graph, &query);
	struct midpoint mid =
		suspects_midpoint(engine->graph, &query, suspects);

	plan->suspects = mid.all;
	plan->left = mid.left;
	plan->steps = mid.steps;
	switch (mid.kind) {
	case MIDPOINT_TEST:
		plan_test(engine, mid.commit);
		break;
	case MIDPOINT_FOUND:
		plan->state = PLAN_FOUND;
		plan->commit = mid.commit;
		plan->left = 0;
		plan->steps = 0;
		wish_parent(engine, mid.commit);
		break;
	case MIDPOINT_ONLY_SKIPPED:
		plan->state = PLAN_ONLY_SKIPPED;
		plan->left = 0;
		engine->candidates = suspects->commits;
		plan->candidates = engine->candidates;
		plan->candidate_count = suspects->count;
		suspects->commits = NULL;
		ask(engine, -1, "only skipped commits are left to test");
		break;
	case MIDPOINT_NONE:
		plan->state = PLAN_NEEDS_GOOD;
		ask(engine, -1, "there is no commit between the ends");
		break;
	}
	suspects_free(suspects);
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
	struct judgement j = plan_judge(engine, step);
	const char *name = verdict_name(step->person->verdict);
	bool unbuilt = step->shown.build &&
		       step->shown.build->build == BUILD_FAILED &&
		       !step->shown.build_again;

	if (engine->symptom == SYMPTOM_NO_BUILD)
		unbuilt = false;
	if (j.verdict == step->person->verdict && !unbuilt)
		return false;
	if ((unbuilt || j.verdict != VERDICT_NONE) &&
	    engine->resumed > evidence_seq(engine, step))
		return false;
	engine->plan.confirming = true;
	engine->plan.state = PLAN_TEST;
	engine->plan.commit = commit;
	if (unbuilt)
		ask(engine, commit,
		    "the %s commit %.*s does not build, so it cannot be "
		    "confirmed: resume to search all the same, or give "
		    "another one",
		    name, OID_SHORT, hex);
	else if (j.verdict != VERDICT_NONE)
		ask(engine, commit,
		    "the %s commit %.*s is %s by its test, %d of %d valid runs "
		    "show the bug: resume to search all the same, or give "
		    "another one",
		    name, OID_SHORT, hex, verdict_name(j.verdict), j.crashes,
		    j.valid);
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

/*
 * The ends are tested before anything is built on them: who has the bug
 * first, since that also tells how often it shows.
 */
static bool plan_confirm(struct engine *engine)
{
	static const enum verdict order[] = { VERDICT_BAD, VERDICT_GOOD };
	const struct ends *ends = &engine->ends;

	for (int i = 0; i < 2 && engine->confirm; i++) {
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
		ask(engine, -1, "a %s commit is needed",
		    engine->start->fix ? "good (fixed)" : "bad");
	} else if (plan_confirm(engine)) {
		return;
	} else if (ends->good_count == 0) {
		plan_without_good(engine);
	} else if (range_is_missing(engine)) {
		engine->plan.state = PLAN_NEEDS_RANGE;
		add_wish(engine, WISH_RANGE, -1);
	} else if (!plan_merge_base(engine)) {
		plan_midpoint(engine);
	}
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

void plan_make(struct engine *engine)
{
	struct plan *plan = &engine->plan;
	size_t before;

	free(engine->candidates);
	engine->candidates = NULL;
	engine->wish_count = 0;
	memset(plan, 0, sizeof(*plan));
	plan->commit = -1;
	plan->bad = plan->nearest_good = -1;
	plan->paused = engine->paused;
	settle(engine);
	if (engine->start) {
		plan->bad = engine->ends.bad;
		plan->goods = engine->ends.goods;
		plan->good_count = engine->ends.good_count;
		plan->nearest_good = engine->ends.nearest_good;
		for (size_t i = 0; i < engine->step_count; i++)
			wish_verdict(engine, engine->steps[i]);
		wish_more(engine);
		before = engine->wish_count;
		plan_search(engine);
		plan_pick(engine, before);
	}
	plan->wishes = engine->wishes;
	plan->wish_count = (int)engine->wish_count;
	engine->plan_valid = true;
}
