/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/fold.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/str.h"
#include "engine/graph.h"

#define MORE_MAX       1000
#define RUN_NUMBER_MAX 1000000

bool fold_is_new(const struct engine *engine, enum verdict verdict)
{
	return (verdict == VERDICT_BAD) !=
	       (engine->start && engine->start->fix);
}

long fold_place(const struct engine *engine, int64_t seq)
{
	size_t low = 0, high = engine->event_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (engine->events[middle]->seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == engine->event_count || engine->events[low]->seq != seq)
		return -1;
	return (long)low;
}

struct folded_step *fold_step_of(const struct engine *engine, int commit)
{
	if (commit < 0 || (size_t)commit >= engine->step_of_count ||
	    engine->step_of[commit] < 0)
		return NULL;
	return engine->steps[engine->step_of[commit]];
}

bool fold_has_content(const struct folded_step *step)
{
	return step->person || step->shown.recorded || step->shown.build ||
	       step->shown.build_begin || step->shown.run_count > 0 ||
	       step->shown.extra_runs > 0;
}

bool fold_is_skipped(const struct engine *engine, int commit)
{
	for (int i = 0; i < engine->ends.skip_count; i++)
		if (engine->ends.skips[i] == commit)
			return true;
	return false;
}

static struct folded_step *step_make(struct engine *engine, int commit)
{
	struct folded_step *step = fold_step_of(engine, commit);
	size_t known = engine->step_of_count;

	if (step)
		return step;
	if ((size_t)commit >= known) {
		engine->step_of_count = (size_t)graph_count(engine->graph);
		engine->step_of = xreallocarray(
			engine->step_of, engine->step_of_count, sizeof(int));
		for (size_t i = known; i < engine->step_of_count; i++)
			engine->step_of[i] = -1;
	}
	step = xcalloc(1, sizeof(*step));
	step->shown.commit = commit;
	step->shown.same_as = -1;
	step->shown.left_after = -1;
	step->shown.steps_after = -1;
	array_grow(engine->steps, engine->step_count + 1, &engine->step_room);
	engine->step_of[commit] = (int)engine->step_count;
	engine->steps[engine->step_count++] = step;
	for (size_t i = 0; i < engine->release_count; i++)
		if (engine->releases[i].commit == commit)
			step->shown.release = engine->releases[i].name;
	return step;
}

static struct run_state *run_find(const struct folded_step *step,
				  int64_t number)
{
	for (int i = 0; step && i < step->shown.run_count; i++)
		if (step->shown.runs[i].number == number)
			return &step->shown.runs[i];
	return NULL;
}

/* The run with this number, made where there is none; kept in order. */
static struct run_state *run_make(struct folded_step *step, int number)
{
	struct run_state *run = run_find(step, number);
	int at = step->shown.run_count;

	if (run)
		return run;
	array_grow(step->shown.runs, (size_t)at + 1, &step->run_room);
	while (at > 0 && step->shown.runs[at - 1].number > number) {
		step->shown.runs[at] = step->shown.runs[at - 1];
		at--;
	}
	step->shown.run_count++;
	step->shown.runs[at] = (struct run_state){ .number = number };
	return &step->shown.runs[at];
}

static void run_drop(struct folded_step *step, int64_t number)
{
	struct run_state *run = run_find(step, number);
	int at;

	if (!run || run->fact)
		return;
	at = (int)(run - step->shown.runs);
	step->shown.run_count--;
	memmove(run, run + 1,
		(size_t)(step->shown.run_count - at) * sizeof(*run));
}

/* An engine came or went: what was in flight never ended. */
static void drop_flights(struct engine *engine)
{
	for (size_t i = 0; i < engine->step_count; i++) {
		struct folded_step *step = engine->steps[i];

		step->shown.build_begin = NULL;
		for (int k = step->shown.run_count - 1; k >= 0; k--)
			if (step->shown.runs[k].running)
				run_drop(step, step->shown.runs[k].number);
	}
}

static void fold_build(struct engine *engine, struct folded_step *step,
		       const struct event *event)
{
	(void)engine;
	step->shown.built_from = step->shown.build_begin;
	step->shown.build_begin = NULL;
	step->shown.build = event;
	step->shown.build_again = false;
	step->shown.evidence_seq = event->seq;
}

static void fold_run_begin(struct folded_step *step, const struct event *event)
{
	struct run_state *run = run_make(step, (int)event->number);

	run->running = true;
	run->begin = event;
	run->seen = NULL;
}

static void fold_run_crash(struct folded_step *step, const struct event *event)
{
	struct run_state *run = run_find(step, event->number);

	if (run && run->running)
		run->seen = event;
}

/* Which crash it was matters only where crashes are looked for. */
static struct bug_run judge_fact(const struct engine *engine,
				 const struct event *run)
{
	struct bug_run as = { .outcome = run->outcome };

	if (engine->symptom == SYMPTOM_CRASH)
		return bug_judge(&engine->bug, run);
	as.same = run->outcome == OUTCOME_BOOT_FAILED;
	as.crash = run->crash_count > 0 ? &run->crashes[0] : NULL;
	return as;
}

/* What the fact of a run comes to, unless a person judged it. */
static bool judge_run(const struct engine *engine, struct run_state *run)
{
	struct run_state before = *run;
	struct bug_run as;

	if (!run->fact || run->judge)
		return false;
	as = judge_fact(engine, run->fact);
	run->outcome = as.outcome;
	run->open = as.open;
	run->same = as.same;
	run->other = as.other;
	run->crash = as.crash;
	return run->outcome != before.outcome || run->open != before.open;
}

/* The titles mean something else now: what do all runs come to? */
static void judge_all(struct engine *engine, int64_t seq)
{
	for (size_t i = 0; i < engine->step_count; i++) {
		struct step *step = &engine->steps[i]->shown;

		for (int k = 0; k < step->run_count; k++)
			if (judge_run(engine, &step->runs[k]))
				step->evidence_seq = seq;
	}
}

static void fold_run(struct engine *engine, struct folded_step *step,
		     const struct event *event)
{
	struct run_state *run = run_make(step, (int)event->number);
	int commit = step->shown.commit;

	run->running = false;
	run->fact = event;
	run->counts = true;
	step->shown.evidence_seq = event->seq;
	if (engine->first_tested < 0)
		engine->first_tested = commit;
	if (bug_learn(&engine->bug, event, commit == engine->first_tested))
		judge_all(engine, event->seq);
	judge_run(engine, run);
}

/* What was learnt from the runs is learnt again under the new rule. */
static void learn_again(struct engine *engine, int64_t seq)
{
	bug_forget(&engine->bug);
	for (size_t i = 0; i < engine->event_count; i++) {
		const struct event *event = engine->events[i];

		if (event->seq >= seq)
			break;
		if (event->kind == EVENT_RUN)
			bug_learn(&engine->bug, event,
				  graph_find(engine->graph, &event->commit) ==
					  engine->first_tested);
	}
	judge_all(engine, seq);
}

static void fold_ruling(struct engine *engine, const struct event *event)
{
	bug_rule(&engine->bug, event->title,
		 event->kind == EVENT_SAME    ? BEARING_BUG
		 : event->kind == EVENT_OTHER ? BEARING_OTHER
					      : BEARING_NOISE);
	learn_again(engine, event->seq);
}

static void fold_matching(struct engine *engine, const struct event *event)
{
	matching_parse(&engine->bug.matching, event->policy, NULL);
	judge_all(engine, event->seq);
}

/* Every build and every run bears on something else now. */
static void look_again(struct engine *engine, int64_t seq)
{
	for (size_t i = 0; i < engine->step_count; i++) {
		struct step *step = &engine->steps[i]->shown;

		if (step->build || step->run_count > 0)
			step->evidence_seq = seq;
	}
}

static void fold_symptom(struct engine *engine, const struct event *event)
{
	symptom_parse(&engine->symptom, event->policy, NULL);
	judge_all(engine, event->seq);
	look_again(engine, event->seq);
}

static void fold_verdict(struct engine *engine, struct folded_step *step,
			 const struct event *event)
{
	(void)engine;
	if (event->by == BY_PERSON || event->by == BY_START)
		step->person = event;
	else
		step->shown.recorded = event;
}

int fold_count_runs(const struct step *step)
{
	int count = 0;

	for (int i = 0; i < step->run_count; i++)
		count += step->runs[i].fact && step->runs[i].counts;
	return count;
}

/*
 * The person's verdict goes first; then the policy's own, which asks for as
 * many new runs as it wanted before, or it would only say the same again.
 * One that had no runs of its own gets them.
 */
static void fold_retract(struct engine *engine, struct folded_step *step,
			 const struct event *event)
{
	step->shown.evidence_seq = event->seq;
	if (step->person) {
		step->person = NULL;
	} else if (step->shown.recorded) {
		step->shown.recorded = NULL;
		if (fold_count_runs(&step->shown) > 0)
			step->shown.extra_runs += engine->policy.runs;
		else
			step->own = true;
		if (step->shown.build &&
		    (step->shown.build->build == BUILD_FAILED ||
		     engine->symptom == SYMPTOM_NO_BUILD))
			step->shown.build_again = true;
	} else {
		step->unskipped = event->seq;
	}
}

static void fold_judge(struct engine *engine, struct folded_step *step,
		       const struct event *event)
{
	struct run_state *run = run_find(step, event->number);

	(void)engine;
	if (!run)
		return;
	run->judge = event;
	run->outcome = event->outcome;
	run->open = run->other = false;
	run->same = event->outcome == OUTCOME_CRASHED;
	if (run->outcome != OUTCOME_INFRA)
		run->counts = true;
	step->shown.evidence_seq = event->seq;
}

/* Resuming says: the trouble is mended.  What it spoilt is done again. */
static void fold_resume(struct engine *engine, const struct event *event)
{
	engine->paused = false;
	engine->resumed = event->seq;
	for (size_t i = 0; i < engine->step_count; i++) {
		struct step *step = &engine->steps[i]->shown;

		if (step->build && step->build->build == BUILD_INFRA)
			step->build_again = true;
		for (int k = 0; k < step->run_count; k++) {
			struct run_state *run = &step->runs[k];

			if (run->fact && run->outcome == OUTCOME_INFRA)
				run->counts = false;
		}
	}
}

static bool is_ruling(enum event_kind kind)
{
	return kind == EVENT_SAME || kind == EVENT_OTHER || kind == EVENT_NOISE;
}

/* Of every commit on which something crashed. */
static void look_again_at_crashes(struct engine *engine, int64_t seq)
{
	for (size_t i = 0; i < engine->step_count; i++) {
		struct step *step = &engine->steps[i]->shown;

		for (int k = 0; k < step->run_count; k++)
			if (!str_empty(run_title(&step->runs[k])))
				step->evidence_seq = seq;
	}
}

/* The evidence of a commit changes too when a decision on it is undone. */
static void fold_undo(struct engine *engine, const struct event *event)
{
	const struct event *target = event;
	struct folded_step *step;

	while (target->kind == EVENT_UNDO || target->kind == EVENT_REDO)
		target = engine->events[fold_place(engine, target->number)];
	if (is_ruling(target->kind) || target->kind == EVENT_MATCHING) {
		look_again_at_crashes(engine, event->seq);
		return;
	}
	if (target->kind == EVENT_SYMPTOM)
		look_again(engine, event->seq);
	if (oid_is_none(&target->commit))
		return;
	step = fold_step_of(engine, graph_find(engine->graph, &target->commit));
	if (step)
		step->shown.evidence_seq = event->seq;
}

static void fold_commit_event(struct engine *engine, const struct event *event)
{
	int commit = graph_find(engine->graph, &event->commit);
	struct folded_step *step;

	if (commit < 0)
		return;
	step = step_make(engine, commit);
	/* clang-format off */
	switch (event->kind) {
	case EVENT_BUILD_BEGIN:
		step->shown.build_begin = event;
		break;
	case EVENT_BUILD:
		fold_build(engine, step, event);
		break;
	case EVENT_BUILD_STOPPED:
		step->shown.build_begin = NULL;
		break;
	case EVENT_RUN_BEGIN:
		fold_run_begin(step, event);
		break;
	case EVENT_RUN_CRASH:
		fold_run_crash(step, event);
		break;
	case EVENT_RUN:
		fold_run(engine, step, event);
		break;
	case EVENT_RUN_STOPPED:
		run_drop(step, event->number);
		break;
	case EVENT_VERDICT:
		fold_verdict(engine, step, event);
		break;
	case EVENT_RETRACT:
		fold_retract(engine, step, event);
		break;
	case EVENT_JUDGE:
		fold_judge(engine, step, event);
		break;
	case EVENT_MORE:
		step->shown.extra_runs += (int)event->number;
		break;
	case EVENT_START: case EVENT_ENGINE: case EVENT_ENGINE_GONE:
	case EVENT_RANGE: case EVENT_RELEASE: case EVENT_SKIP_RANGE:
	case EVENT_PICK: case EVENT_POLICY: case EVENT_PAUSE:
	case EVENT_SAME: case EVENT_OTHER: case EVENT_NOISE:
	case EVENT_MATCHING: case EVENT_SYMPTOM: case EVENT_CONFIRM:
	case EVENT_RESUME: case EVENT_NOTE: case EVENT_UNDO:
	case EVENT_REDO: case EVENT_FIXUP: case EVENT_FIXUP_DROP:
	case EVENT_KIND_COUNT:
		break;
	}
	/* clang-format on */
}

static void fold_release_tag(struct engine *engine, const struct event *event)
{
	int commit = graph_find(engine->graph, &event->commit);
	struct folded_step *step = fold_step_of(engine, commit);

	array_grow(engine->releases, engine->release_count + 1,
		   &engine->release_room);
	engine->releases[engine->release_count++] =
		(struct release_event){ commit, event->text };
	if (step)
		step->shown.release = event->text;
}

static void fold_start(struct engine *engine, const struct event *event)
{
	engine->start = event;
	engine->bug.title = event->title;
	if (event->policy)
		policy_parse(&engine->policy, event->policy, NULL);
}

static void fold_skip_range(struct engine *engine, const struct event *event)
{
	array_grow(engine->skip_ranges, engine->skip_range_count + 1,
		   &engine->skip_range_room);
	engine->skip_ranges[engine->skip_range_count++] = event;
}

static void fold_fixup(struct engine *engine, const struct event *event)
{
	array_grow(engine->fixups, engine->fixup_count + 1,
		   &engine->fixup_room);
	engine->fixups[engine->fixup_count++] = event;
}

/* Its place among the fixups in force, or -1. */
static int find_fixup(const struct engine *engine, int64_t number)
{
	for (size_t i = 0; i < engine->fixup_count; i++)
		if (engine->fixups[i]->number == number)
			return (int)i;
	return -1;
}

static void fold_fixup_drop(struct engine *engine, const struct event *event)
{
	int place = find_fixup(engine, event->number);

	if (place < 0) /* its fixup was undone since */
		return;
	engine->fixup_count--;
	memmove(&engine->fixups[place], &engine->fixups[place + 1],
		(engine->fixup_count - (size_t)place) *
			sizeof(*engine->fixups));
}

void fold_event(struct engine *engine, size_t place)
{
	const struct event *event = engine->events[place];

	engine->ends.valid = false;
	engine->plan_valid = false;
	if (engine->undone[place])
		return;
	/* clang-format off */
	switch (event->kind) {
	case EVENT_START:
		fold_start(engine, event);
		break;
	case EVENT_ENGINE: case EVENT_ENGINE_GONE:
		drop_flights(engine);
		break;
	case EVENT_RELEASE:
		fold_release_tag(engine, event);
		break;
	case EVENT_SKIP_RANGE:
		fold_skip_range(engine, event);
		break;
	case EVENT_PICK:
		engine->pick = event;
		break;
	case EVENT_POLICY:
		policy_parse(&engine->policy, event->policy, NULL);
		break;
	case EVENT_SAME: case EVENT_OTHER: case EVENT_NOISE:
		fold_ruling(engine, event);
		break;
	case EVENT_MATCHING:
		fold_matching(engine, event);
		break;
	case EVENT_SYMPTOM:
		fold_symptom(engine, event);
		break;
	case EVENT_CONFIRM:
		engine->confirm = true;
		break;
	case EVENT_PAUSE:
		engine->paused = true;
		break;
	case EVENT_RESUME:
		fold_resume(engine, event);
		break;
	case EVENT_UNDO: case EVENT_REDO:
		fold_undo(engine, event);
		break;
	case EVENT_FIXUP:
		fold_fixup(engine, event);
		break;
	case EVENT_FIXUP_DROP:
		fold_fixup_drop(engine, event);
		break;
	case EVENT_BUILD_BEGIN: case EVENT_BUILD: case EVENT_BUILD_STOPPED:
	case EVENT_RUN_BEGIN: case EVENT_RUN_CRASH: case EVENT_RUN:
	case EVENT_RUN_STOPPED: case EVENT_VERDICT: case EVENT_RETRACT:
	case EVENT_JUDGE: case EVENT_MORE:
		fold_commit_event(engine, event);
		break;
	case EVENT_RANGE: case EVENT_NOTE: case EVENT_KIND_COUNT:
		break;
	}
	/* clang-format on */
}

void fold_release(struct engine *engine)
{
	for (size_t i = 0; i < engine->step_count; i++) {
		free(engine->steps[i]->shown.runs);
		free(engine->steps[i]);
	}
	engine->step_count = 0;
	for (size_t i = 0; i < engine->step_of_count; i++)
		engine->step_of[i] = -1;
	engine->skip_range_count = 0;
	engine->release_count = 0;
	engine->fixup_count = 0;
}

void fold_all(struct engine *engine)
{
	fold_release(engine);
	engine->start = NULL;
	engine->symptom = SYMPTOM_CRASH;
	engine->confirm = false;
	engine->paused = false;
	engine->resumed = 0;
	engine->pick = NULL;
	engine->first_tested = -1;
	bug_release(&engine->bug);
	policy_parse(&engine->policy, "exit-code", NULL);
	for (size_t i = 0; i < engine->event_count; i++)
		fold_event(engine, i);
}

/*
 * The checks.  They say in words of the user's what does not fit.
 */

static int check_undo(const struct engine *engine, const struct event *event,
		      struct error *err)
{
	long place = fold_place(engine, event->number);
	const struct event *target;

	if (place < 0)
		return error_set(err, ERROR_STATE,
				 "there is no event %" PRId64 " to %s",
				 event->number, event_kind_name(event->kind));
	target = engine->events[place];
	if (event->kind == EVENT_REDO) {
		if (target->kind != EVENT_UNDO || engine->undone[place])
			return error_set(err, ERROR_STATE,
					 "event %" PRId64
					 " is not an undo that can be taken "
					 "back",
					 event->number);
		return 0;
	}
	if (!event_is_decision(target->kind) || target->by == BY_START ||
	    target->kind == EVENT_UNDO || target->kind == EVENT_REDO)
		return error_set(err, ERROR_STATE,
				 "event %" PRId64
				 " (%s) is not a decision that can be undone",
				 event->number, event_kind_name(target->kind));
	if (engine->undone[place])
		return error_set(err, ERROR_STATE,
				 "event %" PRId64 " is undone already",
				 event->number);
	return 0;
}

static int check_run(const struct engine *engine, const struct event *event,
		     struct error *err)
{
	int commit = graph_find(engine->graph, &event->commit);
	struct run_state *run =
		run_find(fold_step_of(engine, commit), event->number);

	if (event->number < 0 || event->number > RUN_NUMBER_MAX)
		return error_set(err, ERROR_STATE,
				 "%" PRId64 " is not a run's number",
				 event->number);
	if (event->kind == EVENT_JUDGE) {
		if (run && run->fact)
			return 0;
		return error_set(err, ERROR_STATE,
				 "commit %.*s has no finished run %" PRId64,
				 OID_SHORT, event->commit.hex, event->number);
	}
	if (run && run->fact)
		return error_set(err, ERROR_STATE,
				 "run %" PRId64 " of %.*s has ended already",
				 event->number, OID_SHORT, event->commit.hex);
	return 0;
}

static int check_retract(const struct engine *engine, const struct event *event,
			 struct error *err)
{
	int commit = graph_find(engine->graph, &event->commit);
	const struct folded_step *step = fold_step_of(engine, commit);

	if (step && (step->person || step->shown.recorded))
		return 0;
	if (fold_is_skipped(engine, commit))
		return 0;
	return error_set(err, ERROR_STATE,
			 "commit %.*s has no verdict to take back", OID_SHORT,
			 event->commit.hex);
}

static int check_pick(const struct engine *engine, const struct event *event,
		      struct error *err)
{
	int commit = graph_find(engine->graph, &event->commit);
	const struct folded_step *step = fold_step_of(engine, commit);

	if (step && (step->person || step->shown.recorded))
		return error_set(err, ERROR_STATE,
				 "commit %.*s has a verdict already: retract "
				 "it, or ask for more runs",
				 OID_SHORT, event->commit.hex);
	if (fold_is_skipped(engine, commit))
		return error_set(err, ERROR_STATE,
				 "commit %.*s is skipped with its range: "
				 "retract it first",
				 OID_SHORT, event->commit.hex);
	return 0;
}

static bool needs_commit(enum event_kind kind)
{
	return kind == EVENT_BUILD_BEGIN || kind == EVENT_BUILD ||
	       kind == EVENT_BUILD_STOPPED || kind == EVENT_RUN_BEGIN ||
	       kind == EVENT_RUN_CRASH || kind == EVENT_RUN ||
	       kind == EVENT_RUN_STOPPED || kind == EVENT_VERDICT ||
	       kind == EVENT_SKIP_RANGE || kind == EVENT_RETRACT ||
	       kind == EVENT_JUDGE || kind == EVENT_MORE ||
	       kind == EVENT_PICK || kind == EVENT_RELEASE;
}

/* The bug that is looked for cannot be another one than itself. */
static int check_ruling(const struct engine *engine, const struct event *event,
			struct error *err)
{
	if (str_empty(event->title))
		return error_set(err, ERROR_STATE, "a title is missing");
	if (event->kind != EVENT_SAME &&
	    str_equal(engine->bug.title, event->title))
		return error_set(err, ERROR_STATE,
				 "'%s' is the title of the bug that is looked "
				 "for",
				 event->title);
	return 0;
}

static int check_known(const struct engine *engine, const struct oid *oid,
		       struct error *err)
{
	if (graph_find(engine->graph, oid) >= 0)
		return 0;
	return error_set(err, ERROR_STATE,
			 "commit %.*s is not one of the session's", OID_SHORT,
			 oid->hex);
}

static int check_verdict(const struct event *event, struct error *err)
{
	if (event->verdict == VERDICT_NONE)
		return error_set(err, ERROR_STATE,
				 "a verdict is good, bad or skip");
	return 0;
}

static int check_more(const struct event *event, struct error *err)
{
	if (event->number >= 1 && event->number <= MORE_MAX)
		return 0;
	return error_set(err, ERROR_STATE,
			 "between 1 and %d more runs can be asked for, not "
			 "%" PRId64,
			 MORE_MAX, event->number);
}

static int check_fixup(const struct engine *engine, const struct event *event,
		       struct error *err)
{
	if (event->kind == EVENT_FIXUP_DROP) {
		if (find_fixup(engine, event->number) >= 0)
			return 0;
		return error_set(err, ERROR_STATE, "there is no fixup %" PRId64,
				 event->number);
	}
	if (str_empty(event->signature) || str_empty(event->title))
		return error_set(err, ERROR_STATE,
				 "a fixup needs a name and its patch's hash");
	if (event->number == engine_next_fixup(engine))
		return 0;
	return error_set(err, ERROR_STATE,
			 "the next fixup is number %" PRId64 ", not %" PRId64
			 ": add it again",
			 engine_next_fixup(engine), event->number);
}

static int check_policy(const struct event *event, struct error *err)
{
	struct policy policy;

	if (!event->policy && event->kind == EVENT_START)
		return 0;
	return policy_parse(&policy, event->policy ? event->policy : "", err);
}

int fold_check(const struct engine *engine, const struct event *event,
	       struct error *err)
{
	enum matching matching;
	enum symptom symptom;

	if (engine->event_count > 0 &&
	    event->seq <= engine->events[engine->event_count - 1]->seq)
		return error_set(err, ERROR_STATE,
				 "event %" PRId64 " comes out of order",
				 event->seq);
	if (event->kind == EVENT_START && engine->start)
		return error_set(err, ERROR_STATE,
				 "the bisection has begun already");
	if (event->kind != EVENT_START && event->kind != EVENT_RANGE &&
	    event->kind != EVENT_NOTE && !engine->start)
		return error_set(err, ERROR_STATE,
				 "the bisection has not begun yet");
	if (needs_commit(event->kind) &&
	    check_known(engine, &event->commit, err) < 0)
		return -1;
	/* clang-format off */
	switch (event->kind) {
	case EVENT_START: case EVENT_POLICY:
		return check_policy(event, err);
	case EVENT_SAME: case EVENT_OTHER: case EVENT_NOISE:
		return check_ruling(engine, event, err);
	case EVENT_MATCHING:
		return matching_parse(&matching, event->policy, err);
	case EVENT_SYMPTOM:
		return symptom_parse(&symptom, event->policy, err);
	case EVENT_RUN_BEGIN: case EVENT_RUN: case EVENT_JUDGE:
		return check_run(engine, event, err);
	case EVENT_VERDICT:
		return check_verdict(event, err);
	case EVENT_RETRACT:
		return check_retract(engine, event, err);
	case EVENT_MORE:
		return check_more(event, err);
	case EVENT_PICK:
		return check_pick(engine, event, err);
	case EVENT_SKIP_RANGE:
		return check_known(engine, &event->other, err);
	case EVENT_UNDO: case EVENT_REDO:
		return check_undo(engine, event, err);
	case EVENT_FIXUP: case EVENT_FIXUP_DROP:
		return check_fixup(engine, event, err);
	case EVENT_ENGINE: case EVENT_ENGINE_GONE: case EVENT_RANGE:
	case EVENT_RELEASE: case EVENT_BUILD_BEGIN: case EVENT_BUILD:
	case EVENT_BUILD_STOPPED: case EVENT_RUN_CRASH:
	case EVENT_RUN_STOPPED: case EVENT_CONFIRM: case EVENT_PAUSE:
	case EVENT_RESUME: case EVENT_NOTE: case EVENT_KIND_COUNT:
		break;
	}
	/* clang-format on */
	return 0;
}
