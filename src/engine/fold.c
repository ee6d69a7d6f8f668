/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "engine/graph.h"
#include "engine/losses.h"

/* Where the policy has no number of its own. */
#define RETRACTED_RUNS 10

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

bool fold_is_scratch(const struct folded_step *step)
{
	return step->revert;
}

bool fold_is_unbuilt(const struct folded_step *step)
{
	return step->shown.build && !step->shown.build_again &&
	       step->shown.build->build == BUILD_FAILED;
}

bool fold_has_content(const struct folded_step *step)
{
	return step->person || step->shown.recorded || step->shown.build ||
	       step->shown.build_begin || step->shown.run_count > 0 ||
	       step->shown.extra_runs > 0;
}

bool fold_is_replay(const struct engine *engine)
{
	return engine->start && engine->start->by == BY_IMPORT &&
	       !engine->recorded.departed;
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
	step->shown.said_left = -1;
	step->shown.said_steps = -1;
	array_grow(engine->steps, engine->step_count + 1, &engine->step_room);
	engine->step_of[commit] = (int)engine->step_count;
	engine->steps[engine->step_count++] = step;
	for (size_t i = 0; i < engine->release_count; i++)
		if (engine->releases[i].commit == commit)
			step->shown.release = engine->releases[i].name;
	return step;
}

struct run_state *fold_run_find(const struct folded_step *step, int64_t number)
{
	for (int i = 0; step && i < step->shown.run_count; i++)
		if (step->shown.runs[i].number == number)
			return &step->shown.runs[i];
	return NULL;
}

/* The run with this number, made where there is none; kept in order. */
static struct run_state *run_make(struct folded_step *step, int number)
{
	struct run_state *run = fold_run_find(step, number);
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

/* A run that ended without an end: what it was cut short by is not known. */
static void run_drop(struct folded_step *step, int64_t number, int64_t seq)
{
	struct run_state *run = fold_run_find(step, number);
	int at;

	if (!run || run->fact)
		return;
	if (run->begin) {
		array_grow(step->stops, step->stop_count + 1, &step->stop_room);
		step->stops[step->stop_count++] =
			(struct stop){ run->wave, run->begin->seq, seq };
	}
	at = (int)(run - step->shown.runs);
	step->shown.run_count--;
	memmove(run, run + 1,
		(size_t)(step->shown.run_count - at) * sizeof(*run));
}

/* An engine came or went: what was in flight never ended. */
static void drop_flights(struct engine *engine, int64_t seq)
{
	stock_drop_flights(engine);
	for (size_t i = 0; i < engine->step_count; i++) {
		struct folded_step *step = engine->steps[i];

		step->shown.build_begin = NULL;
		for (int k = step->shown.run_count - 1; k >= 0; k--)
			if (step->shown.runs[k].running)
				run_drop(step, step->shown.runs[k].number, seq);
	}
}

/*
 * With the compiler of another commit that it fails says nothing of this one,
 * as long as it builds with its own.
 */
static bool is_only_a_check(const struct engine *engine,
			    const struct folded_step *step,
			    const struct event *build)
{
	const struct event *begin = step->shown.build_begin;

	return begin && !oid_is_none(&begin->other) && step->shown.build &&
	       build->build != BUILD_OK &&
	       (build->build == BUILD_INFRA ||
		engine->symptom != SYMPTOM_NO_BUILD);
}

static void fold_build(struct engine *engine, struct folded_step *step,
		       const struct event *event)
{
	bool check = is_only_a_check(engine, step, event);

	if (step->shown.build_begin &&
	    !oid_is_none(&step->shown.build_begin->other))
		step->check_build = event;
	if (check) {
		step->shown.build_begin = NULL;
		return;
	}
	step->shown.built_from = step->shown.build_begin;
	step->shown.build_begin = NULL;
	step->shown.build = event;
	step->shown.compiler = event->title;
	step->shown.build_again = false;
	step->shown.evidence_seq = event->seq;
}

static void fold_build_begin(struct engine *engine, struct folded_step *step,
			     const struct event *event)
{
	struct ahead_build ahead;

	step->shown.build_begin = event;
	step->shown.taken = NULL;
	if (event->number != BUILD_TAKEN ||
	    !stock_take(engine, step->shown.commit, &ahead))
		return;
	step->shown.build_begin = ahead.begin;
	step->shown.taken = event;
	if (!ahead.fact)
		return;
	fold_build(engine, step, ahead.fact);
	step->shown.evidence_seq = event->seq;
}

/* A wave lasts as long as one of its runs is in flight. */
static void fold_run_begin(struct folded_step *step, const struct event *event)
{
	bool begins = true;
	struct run_state *run;

	for (int i = 0; i < step->shown.run_count; i++)
		begins = begins && !step->shown.runs[i].running;
	step->wave += begins;
	run = run_make(step, (int)event->number);
	run->running = true;
	run->wave = step->wave;
	run->begin = event;
	run->seen = NULL;
}

static void fold_run_crash(struct folded_step *step, const struct event *event)
{
	struct run_state *run = fold_run_find(step, event->number);

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

/* A policy's verdict speaks of what was looked for when it was given. */
static bool speaks_of(const struct engine *engine, const struct event *verdict)
{
	enum symptom symptom = SYMPTOM_CRASH;

	if (verdict->by != BY_POLICY)
		return true;
	if (verdict->policy)
		symptom_parse(&symptom, verdict->policy, NULL);
	return symptom == engine->symptom;
}

static void fold_symptom(struct engine *engine, const struct event *event)
{
	symptom_parse(&engine->symptom, event->policy, NULL);
	for (size_t i = 0; i < engine->step_count; i++) {
		struct step *step = &engine->steps[i]->shown;

		if (step->recorded && !speaks_of(engine, step->recorded))
			step->recorded = NULL;
	}
	judge_all(engine, event->seq);
	look_again(engine, event->seq);
}

static void fold_verdict(struct engine *engine, struct folded_step *step,
			 const struct event *event)
{
	if (event->by == BY_PERSON || event->by == BY_START ||
	    event->by == BY_GIT)
		step->person = event;
	else if (speaks_of(engine, event))
		step->shown.recorded = event;
}

int fold_count_runs(const struct step *step)
{
	int count = 0;

	for (int i = 0; i < step->run_count; i++)
		count += step->runs[i].fact && step->runs[i].counts;
	return count;
}

int fold_count_running(const struct step *step)
{
	int count = 0;

	for (int i = 0; i < step->run_count; i++)
		count += step->runs[i].running;
	return count;
}

/* Beyond those the policy wants, or beyond those there are. */
static void want_runs(struct folded_step *step, int runs)
{
	int done = fold_count_runs(&step->shown);

	step->shown.extra_runs += runs;
	if (step->shown.until_runs < done)
		step->shown.until_runs = done;
	step->shown.until_runs += runs;
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
			want_runs(step, policy_counts_runs(&engine->policy)
						? engine->policy.runs
						: RETRACTED_RUNS);
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
	struct run_state *run = fold_run_find(step, event->number);

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

/* What was lost in one go by our own side is not the commit's. */
static void forgive(struct folded_step *step, const struct event *event)
{
	const struct event *recorded = step->shown.recorded;

	step->shown.evidence_seq = event->seq;
	if (recorded && recorded->by == BY_POLICY &&
	    recorded->verdict == VERDICT_SKIP)
		step->shown.recorded = NULL;
}

/* Resuming says: the trouble is mended.  What it spoilt is done again. */
static void fold_resume(struct engine *engine, const struct event *event)
{
	struct run_state **spoilt = NULL;
	size_t count = 0, room = 0;
	struct trouble trouble;

	engine->paused = engine->halted = false;
	engine->resumed = event->seq;
	losses_trouble(engine, &trouble);
	for (size_t i = 0; i < engine->step_count; i++) {
		struct step *step = &engine->steps[i]->shown;
		bool forgiven = false;

		if (step->build && step->build->build == BUILD_INFRA)
			step->build_again = true;
		for (int k = 0; k < step->run_count; k++) {
			struct run_state *run = &step->runs[k];
			bool lost = losses_spoilt(engine, &trouble,
						  engine->steps[i], run);

			if (!run->fact ||
			    (!lost && run->outcome != OUTCOME_INFRA))
				continue;
			forgiven = forgiven || lost;
			array_grow(spoilt, count + 1, &room);
			spoilt[count++] = run;
		}
		if (forgiven)
			forgive(engine->steps[i], event);
	}
	/* not before all were found: each is judged beside the others */
	for (size_t i = 0; i < count; i++)
		spoilt[i]->counts = false;
	free(spoilt);
}

static void fold_verify(struct engine *engine, const struct event *event)
{
	if (!engine->verify ||
	    !oid_equal(&engine->verify->commit, &event->commit))
		engine->verify_since = event->seq;
	engine->verify = event;
}

static void fold_revert(struct engine *engine, const struct event *event)
{
	array_grow(engine->reverts, engine->revert_count + 1,
		   &engine->revert_room);
	engine->reverts[engine->revert_count++] = event;
	if (!oid_is_none(&event->commit))
		step_make(engine, graph_find(engine->graph, &event->commit))
			->revert = event;
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

/* What a foreign log adds to what it says of itself. */
static void fold_recorded(struct engine *engine, const struct event *event)
{
	struct recorded *recorded = &engine->recorded;
	int commit = oid_is_none(&event->commit)
			     ? -1
			     : graph_find(engine->graph, &event->commit);
	struct folded_step *step = fold_step_of(engine, recorded->judged);

	if (event->kind == EVENT_RESULT) {
		result_parse(&recorded->result, event->policy);
		recorded->end = event;
		recorded->testing = -1;
		return;
	}
	recorded->next = event;
	recorded->testing = commit;
	if (step && event->number >= 0) {
		step->shown.said_left = (int)event->number;
		step->shown.said_steps = event->steps;
	}
}

/* Which commit a log is at. */
static void follow_log(struct engine *engine, const struct event *event,
		       int commit)
{
	if (event->by != BY_IMPORT)
		return;
	if (event->kind == EVENT_BUILD_BEGIN) {
		engine->recorded.testing = commit;
	} else if (event->kind == EVENT_VERDICT) {
		engine->recorded.testing = -1;
		engine->recorded.judged = commit;
	}
}

/* Decisions by which a recorded search is no longer what would be. */
static bool departs(const struct event *event)
{
	return event->by != BY_IMPORT && event_is_decision(event->kind) &&
	       event->kind != EVENT_NOTE && event->kind != EVENT_VERIFY &&
	       event->kind != EVENT_PAUSE && event->kind != EVENT_RESUME &&
	       event->kind != EVENT_UNDO && event->kind != EVENT_REDO;
}

static void fold_commit_event(struct engine *engine, const struct event *event)
{
	int commit = graph_find(engine->graph, &event->commit);
	struct folded_step *step;

	if (commit < 0 || stock_event(engine, commit, event))
		return;
	step = step_make(engine, commit);
	follow_log(engine, event, commit);
	/* clang-format off */
	switch (event->kind) {
	case EVENT_BUILD_BEGIN:
		fold_build_begin(engine, step, event);
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
		run_drop(step, event->number, event->seq);
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
		want_runs(step, (int)event->number);
		break;
	case EVENT_START: case EVENT_ENGINE: case EVENT_ENGINE_GONE:
	case EVENT_RANGE: case EVENT_RELEASE: case EVENT_SKIP_RANGE:
	case EVENT_SAID: case EVENT_NEXT: case EVENT_RESULT:
	case EVENT_PICK: case EVENT_POLICY: case EVENT_PAUSE:
	case EVENT_SAME: case EVENT_OTHER: case EVENT_NOISE:
	case EVENT_MATCHING: case EVENT_SYMPTOM: case EVENT_CONFIRM:
	case EVENT_RESUME: case EVENT_NOTE: case EVENT_UNDO:
	case EVENT_REDO: case EVENT_FIXUP: case EVENT_FIXUP_DROP:
	case EVENT_REVERT: case EVENT_VERIFY: case EVENT_TOUCHED:
	case EVENT_PRIOR: case EVENT_KIND_COUNT:
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

int fold_find_fixup(const struct engine *engine, int64_t number)
{
	for (size_t i = 0; i < engine->fixup_count; i++)
		if (engine->fixups[i]->number == number)
			return (int)i;
	return -1;
}

static void fold_fixup_drop(struct engine *engine, const struct event *event)
{
	int place = fold_find_fixup(engine, event->number);

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
	kept_forget(engine);
	if (engine->undone[place])
		return;
	engine->recorded.departed |= departs(event);
	/* clang-format off */
	switch (event->kind) {
	case EVENT_START:
		fold_start(engine, event);
		break;
	case EVENT_ENGINE: case EVENT_ENGINE_GONE:
		if (event->steps > 0)
			engine->slots = event->steps;
		drop_flights(engine, event->seq);
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
	case EVENT_PRIOR:
		engine->prior = str_equal(event->policy, PRIOR_BY_FILES);
		break;
	case EVENT_TOUCHED:
		fold_touched(engine, event);
		break;
	case EVENT_RANGE:
		engine->loaded = event->seq;
		break;
	case EVENT_PAUSE:
		engine->paused = true;
		engine->halted = event->number == PAUSE_NOW;
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
	case EVENT_NEXT: case EVENT_RESULT:
		fold_recorded(engine, event);
		break;
	case EVENT_VERIFY:
		fold_verify(engine, event);
		break;
	case EVENT_REVERT:
		fold_revert(engine, event);
		break;
	case EVENT_NOTE: case EVENT_SAID:
	case EVENT_KIND_COUNT:
		break;
	}
	/* clang-format on */
}

void fold_release(struct engine *engine)
{
	for (size_t i = 0; i < engine->step_count; i++) {
		free(engine->steps[i]->shown.runs);
		free(engine->steps[i]->stops);
		free(engine->steps[i]);
	}
	engine->step_count = 0;
	for (size_t i = 0; i < engine->step_of_count; i++)
		engine->step_of[i] = -1;
	engine->skip_range_count = 0;
	engine->release_count = 0;
	engine->fixup_count = 0;
	engine->stock_count = 0;
	engine->revert_count = 0;
}

void fold_all(struct engine *engine)
{
	fold_release(engine);
	engine->start = NULL;
	engine->symptom = SYMPTOM_CRASH;
	engine->prior = false;
	engine->touched = NULL;
	engine->touch_count = 0;
	engine->loaded = 0;
	engine->confirm = false;
	engine->paused = engine->halted = false;
	engine->resumed = 0;
	engine->slots = 0;
	engine->pick = NULL;
	engine->verify = NULL;
	engine->first_tested = -1;
	engine->recorded = (struct recorded){ .testing = -1, .judged = -1 };
	bug_release(&engine->bug);
	policy_parse(&engine->policy, "exit-code", NULL);
	for (size_t i = 0; i < engine->event_count; i++)
		fold_event(engine, i);
}
