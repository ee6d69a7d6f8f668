/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/fold_inside.h"

#include "base/str.h"
#include "engine/graph.h"

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

bool fold_bug_judge(const struct engine *engine, struct run_state *run)
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

void fold_bug_judge_all(struct engine *engine, int64_t seq)
{
	for (size_t i = 0; i < engine->step_count; i++) {
		struct step *step = &engine->steps[i]->shown;

		for (int k = 0; k < step->run_count; k++)
			if (fold_bug_judge(engine, &step->runs[k]))
				step->evidence_seq = seq;
	}
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
	fold_bug_judge_all(engine, seq);
}

void fold_ruling(struct engine *engine, const struct event *event)
{
	bug_rule(&engine->bug, event->title,
		 event->kind == EVENT_SAME    ? BEARING_BUG
		 : event->kind == EVENT_OTHER ? BEARING_OTHER
					      : BEARING_NOISE);
	learn_again(engine, event->seq);
}

void fold_matching(struct engine *engine, const struct event *event)
{
	matching_parse(&engine->bug.matching, event->policy, NULL);
	fold_bug_judge_all(engine, event->seq);
}

bool fold_speaks_of(const struct engine *engine, const struct event *verdict)
{
	enum symptom symptom = SYMPTOM_CRASH;

	if (verdict->by != BY_POLICY)
		return true;
	if (verdict->policy)
		symptom_parse(&symptom, verdict->policy, NULL);
	return symptom == engine->symptom;
}

void fold_look_again(struct engine *engine, int64_t seq)
{
	for (size_t i = 0; i < engine->step_count; i++) {
		struct step *step = &engine->steps[i]->shown;

		if (step->build || step->run_count > 0)
			step->evidence_seq = seq;
	}
}

void fold_look_again_at_crashes(struct engine *engine, int64_t seq)
{
	for (size_t i = 0; i < engine->step_count; i++) {
		struct step *step = &engine->steps[i]->shown;

		for (int k = 0; k < step->run_count; k++)
			if (!str_empty(run_title(&step->runs[k])))
				step->evidence_seq = seq;
	}
}

void fold_symptom(struct engine *engine, const struct event *event)
{
	symptom_parse(&engine->symptom, event->policy, NULL);
	for (size_t i = 0; i < engine->step_count; i++) {
		struct step *step = &engine->steps[i]->shown;

		if (step->recorded && !fold_speaks_of(engine, step->recorded))
			step->recorded = NULL;
	}
	fold_bug_judge_all(engine, event->seq);
	fold_look_again(engine, event->seq);
}
