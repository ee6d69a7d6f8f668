/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/fold_inside.h"

void fold_drop_flights(struct engine *engine, int64_t seq)
{
	stock_drop_flights(engine);
	for (size_t i = 0; i < engine->step_count; i++) {
		struct folded_step *step = engine->steps[i];

		step->shown.build_begin = NULL;
		for (int k = step->shown.run_count - 1; k >= 0; k--)
			if (step->shown.runs[k].running)
				fold_run_drop(step, step->shown.runs[k].number,
					      seq);
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

void fold_build(struct engine *engine, struct folded_step *step,
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

void fold_build_begin(struct engine *engine, struct folded_step *step,
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
void fold_run_begin(struct folded_step *step, const struct event *event)
{
	bool begins = true;
	struct run_state *run;

	for (int i = 0; i < step->shown.run_count; i++)
		begins = begins && !step->shown.runs[i].running;
	step->wave += begins;
	run = fold_run_make(step, (int)event->number);
	run->running = true;
	run->wave = step->wave;
	run->begin = event;
	run->seen = NULL;
}

void fold_run_crash(struct folded_step *step, const struct event *event)
{
	struct run_state *run = fold_run_find(step, event->number);

	if (run && run->running)
		run->seen = event;
}

void fold_run(struct engine *engine, struct folded_step *step,
	      const struct event *event)
{
	struct run_state *run = fold_run_make(step, (int)event->number);
	int commit = step->shown.commit;

	run->running = false;
	run->fact = event;
	run->counts = true;
	step->shown.evidence_seq = event->seq;
	if (engine->first_tested < 0)
		engine->first_tested = commit;
	if (bug_learn(&engine->bug, event, commit == engine->first_tested))
		fold_bug_judge_all(engine, event->seq);
	fold_bug_judge(engine, run);
}
