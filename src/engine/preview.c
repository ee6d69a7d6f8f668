/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/preview.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "engine/event.h"
#include "engine/fold.h"
#include "engine/graph.h"
#include "engine/imagined.h"
#include "engine/symptom.h"

/*
 * The verdicts of the policy, which an engine process gives before all else.
 * Each commit gets one at most: no verdict changes another's evidence.
 */
static void follow_policy(struct imagined *imagined)
{
	struct engine *engine = imagined->engine;

	for (size_t i = 0; i <= engine->step_count; i++) {
		const struct plan *plan = engine_plan(engine);
		const struct wish *wish = plan->wishes;
		struct event event = { .kind = EVENT_VERDICT, .by = BY_POLICY };

		if (plan->wish_count == 0 || wish->kind != WISH_VERDICT)
			return;
		event.commit = *graph_oid(engine->graph, wish->commit);
		event.verdict = wish->verdict;
		if (engine->symptom != SYMPTOM_CRASH)
			event.policy = (char *)(uintptr_t)symptom_name(
				engine->symptom);
		if (imagine(imagined, &event, NULL) < 0)
			return;
	}
}

static struct preview_end end_of(struct engine *engine)
{
	const struct plan *plan = engine_plan(engine);

	return (struct preview_end){
		.state = plan->state,
		.commit = plan->commit,
		.suspects = plan->suspects,
		.left = plan->left,
		.steps = plan->steps,
		.believed = plan->believed,
		.paused = plan->paused,
		.needs_person = plan->needs_person,
	};
}

static enum verdict counting(const struct folded_step *step)
{
	return !step || step->shown.set_aside ? VERDICT_NONE
					      : step->shown.verdict;
}

static bool is_aside(const struct folded_step *step)
{
	return step && step->shown.set_aside;
}

static void compare_step(struct preview *preview, size_t *room,
			 const struct folded_step *before,
			 const struct folded_step *after)
{
	enum verdict was = counting(before), is = counting(after);
	struct preview_change change = {
		.commit = before ? before->shown.commit : after->shown.commit,
		.before = was,
		.after = is,
	};

	if (was == is) {
		preview->stand += was != VERDICT_NONE;
		return;
	}
	if (is == VERDICT_NONE)
		change.kind = is_aside(after) ? PREVIEW_ASIDE : PREVIEW_GONE;
	else if (was == VERDICT_NONE && is_aside(before) &&
		 before->shown.verdict == is)
		change.kind = PREVIEW_AGAIN;
	else
		change.kind = PREVIEW_OTHER;
	array_grow(preview->changes, (size_t)preview->change_count + 1, room);
	preview->changes[preview->change_count++] = change;
}

static void compare_runs(struct preview *preview,
			 const struct folded_step *before,
			 const struct folded_step *after)
{
	for (int i = 0; before && after && i < before->shown.run_count; i++) {
		const struct run_state *was = &before->shown.runs[i];
		const struct run_state *is =
			was->fact ? fold_run_find(after, was->number) : NULL;

		preview->runs_changed +=
			is && (is->outcome != was->outcome ||
			       is->open != was->open || is->same != was->same);
	}
}

static void compare(struct preview *preview, const struct engine *before,
		    const struct engine *after)
{
	size_t room = 0;

	for (size_t i = 0; i < after->step_count; i++) {
		const struct folded_step *is = after->steps[i];
		const struct folded_step *was =
			fold_step_of(before, is->shown.commit);

		compare_step(preview, &room, was, is);
		compare_runs(preview, was, is);
	}
	for (size_t i = 0; i < before->step_count; i++)
		if (!fold_step_of(after, before->steps[i]->shown.commit))
			compare_step(preview, &room, before->steps[i], NULL);
}

/* The same question that the engine process asks (control/pump.c). */
static void find_stopped(struct preview *preview, const struct engine *before,
			 struct engine *after)
{
	const struct plan *plan = engine_plan(after);

	preview->stopped_commit = -1;
	for (size_t i = 0; i < before->step_count; i++) {
		const struct step *step = &before->steps[i]->shown;
		int runs = 0;

		for (int k = 0; k < step->run_count; k++)
			runs += step->runs[k].running;
		if (runs && !plan->halted &&
		    plan_wants(plan, step->commit, WISH_RUNS))
			runs = 0;
		preview->stopped_runs += runs;
		if (step->build_begin &&
		    (plan->halted ||
		     (!plan_wants(plan, step->commit, WISH_BUILD) &&
		      !plan_wants(plan, step->commit, WISH_RUNS))))
			preview->stopped_build = true;
		else if (runs == 0)
			continue;
		preview->stopped_commit = step->commit;
	}
}

int preview_make(struct preview *out, struct engine *engine,
		 const struct event *event, struct error *err)
{
	struct preview preview = { .stopped_commit = -1 };
	struct imagined before, after;
	int ret;

	imagined_init(&before, engine);
	imagined_init(&after, engine);
	ret = imagine(&after, event, err);
	if (ret == 0) {
		follow_policy(&before);
		follow_policy(&after);
		preview.before = end_of(before.engine);
		preview.after = end_of(after.engine);
		compare(&preview, before.engine, after.engine);
		find_stopped(&preview, before.engine, after.engine);
		*out = preview;
	}
	imagined_release(&before);
	imagined_release(&after);
	return ret;
}

void preview_release(struct preview *preview)
{
	free(preview->changes);
	preview->changes = NULL;
	preview->change_count = 0;
}
