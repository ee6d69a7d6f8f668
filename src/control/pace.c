/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/pace.h"

#include <stdlib.h>

#include "base/array.h"
#include "engine/engine.h"

struct times {
	int64_t *items;
	size_t count, room;
};

static void add(struct times *times, int64_t ms)
{
	if (ms < 0)
		return;
	array_grow(times->items, times->count + 1, &times->room);
	times->items[times->count++] = ms;
}

static int by_length(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Of an even number the mean of the two in the middle.  Frees the times. */
static int64_t median(struct times *times, int *count)
{
	size_t middle = times->count / 2;
	int64_t ms = -1;

	*count = (int)times->count;
	if (times->count) {
		qsort(times->items, times->count, sizeof(*times->items),
		      by_length);
		ms = times->items[middle];
		if (times->count % 2 == 0)
			ms = (ms + times->items[middle - 1]) / 2;
	}
	free(times->items);
	return ms;
}

struct span {
	int64_t begin, end; /* -1: nothing had an end */
	int runs;
};

static struct span runs_of(const struct step *step)
{
	struct span span = { -1, -1, 0 };

	for (int i = 0; i < step->run_count; i++) {
		const struct event *fact = step->runs[i].fact;
		int64_t begin;

		if (step->runs[i].running || !fact)
			continue;
		begin = step->runs[i].begin ? step->runs[i].begin->at
					    : fact->at - fact->duration_ms;
		if (span.begin < 0 || begin < span.begin)
			span.begin = begin;
		if (fact->at > span.end)
			span.end = fact->at;
		span.runs++;
	}
	return span;
}

int64_t pace_took(const struct step *step)
{
	struct span span = runs_of(step);

	if (step->build) {
		span.begin = step->build->at - step->build->duration_ms;
		/* ahead of time: until then others were tested */
		if (step->taken && step->taken->at > span.begin)
			span.begin = step->taken->at;
		if (step->build->at > span.end)
			span.end = step->build->at;
	}
	return span.begin < 0 || span.end <= span.begin ? -1
							: span.end - span.begin;
}

void pace_find(struct engine *engine, struct pace *out)
{
	struct times builds = { NULL, 0, 0 }, runs = { NULL, 0, 0 },
		     boots = { NULL, 0, 0 }, each = { NULL, 0, 0 },
		     steps = { NULL, 0, 0 };
	const struct step *step;
	int ignored;

	for (size_t i = 0; i < engine_event_count(engine); i++) {
		const struct event *event = engine_event(engine, i);

		/* no time at all: it was kept */
		if (event->kind == EVENT_BUILD && event->build != BUILD_INFRA)
			add(&builds,
			    event->duration_ms ? event->duration_ms : -1);
		if (event->kind != EVENT_RUN || event->outcome == OUTCOME_INFRA)
			continue;
		add(&runs, event->duration_ms);
		add(&boots, event->boot_ms ? event->boot_ms : -1);
	}
	for (int i = 0; (step = engine_step(engine, i)); i++) {
		struct span span = runs_of(step);

		if (span.runs)
			add(&each, (span.end - span.begin) / span.runs);
		if (step->verdict != VERDICT_NONE)
			add(&steps, pace_took(step));
	}
	out->build_ms = median(&builds, &out->builds);
	out->run_ms = median(&runs, &out->runs);
	out->boot_ms = median(&boots, &out->boots);
	out->each_ms = median(&each, &ignored);
	out->step_ms = median(&steps, &out->steps);
}

int64_t pace_left(const struct pace *pace, int steps, int64_t spent_ms)
{
	int64_t rest;

	if (pace->step_ms < 0)
		return -1;
	rest = spent_ms < 0 ? 0 : pace->step_ms - spent_ms;
	return pace->step_ms * steps + (rest > 0 ? rest : 0);
}

int64_t pace_runs(const struct pace *pace, int runs, int builds)
{
	if ((runs && pace->each_ms < 0) || (builds && pace->build_ms < 0))
		return -1;
	return (runs ? runs * pace->each_ms : 0) +
	       (builds ? builds * pace->build_ms : 0);
}
