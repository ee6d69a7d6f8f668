/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/fold_inside.h"

#include <string.h>

#include "base/array.h"
#include "engine/graph.h"

struct folded_step *fold_step_of(const struct engine *engine, int commit)
{
	if (commit < 0 || (size_t)commit >= engine->step_of_count ||
	    engine->step_of[commit] < 0)
		return NULL;
	return engine->steps[engine->step_of[commit]];
}

struct folded_step *fold_step_make(struct engine *engine, int commit)
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

bool fold_has_content(const struct folded_step *step)
{
	return step->person || step->shown.recorded || step->shown.build ||
	       step->shown.build_begin || step->shown.run_count > 0 ||
	       step->shown.extra_runs > 0;
}

bool fold_is_unbuilt(const struct folded_step *step)
{
	return step->shown.build && !step->shown.build_again &&
	       step->shown.build->build == BUILD_FAILED;
}

bool fold_is_scratch(const struct folded_step *step)
{
	return step->revert;
}

struct run_state *fold_run_find(const struct folded_step *step, int64_t number)
{
	for (int i = 0; step && i < step->shown.run_count; i++)
		if (step->shown.runs[i].number == number)
			return &step->shown.runs[i];
	return NULL;
}

struct run_state *fold_run_make(struct folded_step *step, int number)
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

void fold_run_drop(struct folded_step *step, int64_t number, int64_t seq)
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
