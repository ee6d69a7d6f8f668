/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/fold_inside.h"

#include <stdlib.h>

#include "base/array.h"
#include "engine/graph.h"
#include "engine/losses.h"

/* Where the policy has no number of its own. */
#define RETRACTED_RUNS 10

void fold_verdict(struct engine *engine, struct folded_step *step,
		  const struct event *event)
{
	if (event->by == BY_PERSON || event->by == BY_START ||
	    event->by == BY_GIT)
		step->person = event;
	else if (fold_speaks_of(engine, event))
		step->shown.recorded = event;
}

void fold_more(struct folded_step *step, int runs)
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
void fold_retract(struct engine *engine, struct folded_step *step,
		  const struct event *event)
{
	step->shown.evidence_seq = event->seq;
	if (step->person) {
		step->person = NULL;
	} else if (step->shown.recorded) {
		step->shown.recorded = NULL;
		if (fold_count_runs(&step->shown) > 0)
			fold_more(step, policy_counts_runs(&engine->policy)
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

void fold_judge(struct folded_step *step, const struct event *event)
{
	struct run_state *run = fold_run_find(step, event->number);

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

void fold_resume(struct engine *engine, const struct event *event)
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

static bool is_ruling(enum event_kind kind)
{
	return kind == EVENT_SAME || kind == EVENT_OTHER || kind == EVENT_NOISE;
}

void fold_undo(struct engine *engine, const struct event *event)
{
	const struct event *target = event;
	struct folded_step *step;

	while (target->kind == EVENT_UNDO || target->kind == EVENT_REDO)
		target = engine->events[fold_place(engine, target->number)];
	if (is_ruling(target->kind) || target->kind == EVENT_MATCHING) {
		fold_look_again_at_crashes(engine, event->seq);
		return;
	}
	if (target->kind == EVENT_SYMPTOM)
		fold_look_again(engine, event->seq);
	if (oid_is_none(&target->commit))
		return;
	step = fold_step_of(engine, graph_find(engine->graph, &target->commit));
	if (step)
		step->shown.evidence_seq = event->seq;
}
