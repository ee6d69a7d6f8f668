/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/costs.h"

#include "engine/fold.h"

/* Of syzbot's bisections: five of them, with 90 builds and 950 runs. */
#define USUAL_BUILD 400e3
#define USUAL_CLEAN 660e3
#define CRASH_SHARE 0.25 /* of a clean run's time, until it crashes */

struct mean {
	double sum;
	int count;
};

static void add(struct mean *mean, int64_t duration)
{
	mean->sum += duration > 0 ? (double)duration : 1;
	mean->count++;
}

static double mean_or(const struct mean *mean, double usual)
{
	return mean->count ? mean->sum / mean->count : usual;
}

static void add_step(const struct engine *engine, const struct step *step,
		     struct mean *build, struct mean *clean, struct mean *crash)
{
	if (step->build && step->build->build == BUILD_OK)
		add(build, step->build->duration_ms);
	for (int i = 0; i < step->run_count; i++) {
		const struct run_state *run = &step->runs[i];
		enum outcome outcome =
			symptom_weigh(engine->symptom, run->outcome);

		if (!run->fact || !run->counts)
			continue;
		if (outcome == OUTCOME_OK)
			add(clean, run->fact->duration_ms);
		else if (outcome == OUTCOME_CRASHED)
			add(crash, run->fact->duration_ms);
	}
}

void costs_find(const struct engine *engine, struct costs *costs)
{
	struct mean build = { 0, 0 }, clean = { 0, 0 }, crash = { 0, 0 };

	for (size_t i = 0; i < engine->step_count; i++)
		add_step(engine, &engine->steps[i]->shown, &build, &clean,
			 &crash);
	costs->build = mean_or(&build, USUAL_BUILD);
	costs->clean =
		mean_or(&clean, crash.count ? mean_or(&crash, 0) / CRASH_SHARE
					    : USUAL_CLEAN);
	costs->crash = mean_or(&crash, costs->clean * CRASH_SHARE);
	costs->now = engine->event_count
			     ? engine->events[engine->event_count - 1]->at
			     : 0;
}
