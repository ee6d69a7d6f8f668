/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "engine/fold_inside.h"
#include "engine/graph.h"

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

bool fold_is_skipped(const struct engine *engine, int commit)
{
	for (int i = 0; i < engine->ends.skip_count; i++)
		if (engine->ends.skips[i] == commit)
			return true;
	return false;
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
		fold_step_make(engine,
			       graph_find(engine->graph, &event->commit))
			->revert = event;
}

static void fold_commit_event(struct engine *engine, const struct event *event)
{
	int commit = graph_find(engine->graph, &event->commit);
	struct folded_step *step;

	if (commit < 0 || stock_event(engine, commit, event))
		return;
	step = fold_step_make(engine, commit);
	fold_follow_log(engine, event, commit);
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
		fold_run_drop(step, event->number, event->seq);
		break;
	case EVENT_VERDICT:
		fold_verdict(engine, step, event);
		break;
	case EVENT_RETRACT:
		fold_retract(engine, step, event);
		break;
	case EVENT_JUDGE:
		fold_judge(step, event);
		break;
	case EVENT_MORE:
		fold_more(step, (int)event->number);
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

/* Events that change what is believed, or may. */
static bool is_news(const struct event *event)
{
	return event->kind == EVENT_RUN ||
	       (event_is_decision(event->kind) && event->by != BY_POLICY &&
		event->kind != EVENT_NOTE && event->kind != EVENT_PAUSE);
}

static void follow_builds(struct engine *engine, const struct event *event)
{
	if (is_news(event))
		engine->awaited = NULL;
	else if (event->kind == EVENT_BUILD_BEGIN &&
		 event->number != BUILD_AHEAD)
		engine->awaited = event;
}

void fold_event(struct engine *engine, size_t place)
{
	const struct event *event = engine->events[place];

	engine->ends.valid = false;
	engine->plan_valid = false;
	kept_forget(engine);
	if (engine->undone[place])
		return;
	engine->recorded.departed |= fold_departs(event);
	follow_builds(engine, event);
	/* clang-format off */
	switch (event->kind) {
	case EVENT_START:
		fold_start(engine, event);
		break;
	case EVENT_ENGINE: case EVENT_ENGINE_GONE:
		if (event->steps > 0)
			engine->slots = event->steps;
		engine->process = event;
		fold_drop_flights(engine, event->seq);
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
	engine->process = NULL;
	engine->awaited = NULL;
	engine->recorded = (struct recorded){ .testing = -1, .judged = -1 };
	bug_release(&engine->bug);
	policy_parse(&engine->policy, "exit-code", NULL);
	for (size_t i = 0; i < engine->event_count; i++)
		fold_event(engine, i);
}
