/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/course.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "engine/graph.h"

void course_init(struct course *course, const struct graph *graph)
{
	memset(course, 0, sizeof(*course));
	course->graph = graph;
	course->engine = engine_new(graph);
}

void course_release(struct course *course)
{
	engine_free(course->engine);
	for (size_t i = 0; i < course->event_count; i++)
		event_free(course->events[i]);
	free(course->events);
	free(course->seq_of);
	free(course->stops);
	memset(course, 0, sizeof(*course));
}

bool course_opens(const struct event *event)
{
	if (oid_is_none(&event->commit))
		return false;
	if (event->kind == EVENT_BUILD)
		return event->build == BUILD_FAILED;
	return event->kind == EVENT_RUN_BEGIN || event->kind == EVENT_RUN ||
	       event->kind == EVENT_VERDICT;
}

int course_find(const struct course *course, const struct oid *commit)
{
	for (size_t i = 0; i < course->count; i++)
		if (oid_equal(&course->stops[i].commit, commit))
			return (int)i;
	return -1;
}

/* What the rule asks for just now. */
static void look_at_rule(struct course *course, struct course_stop *stop)
{
	const struct plan *plan = engine_plan(course->engine);

	if (plan->recorded || plan->state != PLAN_TEST || plan->picked)
		return;
	stop->midpoint = *graph_oid(course->graph, plan->commit);
	stop->midpoint_left = plan->left;
	course->known = true;
}

static void add_stop(struct course *course, const struct event *event)
{
	struct course_stop stop = { .commit = event->commit,
				    .midpoint_left = -1,
				    .left = -1,
				    .steps = -1 };

	look_at_rule(course, &stop);
	array_grow(course->stops, course->count + 1, &course->room);
	course->stops[course->count++] = stop;
}

bool course_sets_aside(const struct course *course)
{
	for (size_t i = 0; course && i < course->count; i++)
		if (course->stops[i].aside)
			return true;
	return false;
}

int64_t course_seq(const struct course *course, int64_t seq)
{
	return seq > 0 && (size_t)seq < course->seq_room ? course->seq_of[seq]
							 : 0;
}

static void remember(struct course *course, int64_t seq, int64_t here)
{
	size_t before = course->seq_room;

	if (seq <= 0)
		return;
	array_grow(course->seq_of, (size_t)seq + 1, &course->seq_room);
	for (size_t i = before; i < course->seq_room; i++)
		course->seq_of[i] = 0;
	course->seq_of[seq] = here;
}

static bool is_turn(const struct event *event)
{
	return event->kind == EVENT_UNDO || event->kind == EVENT_REDO;
}

int course_take(struct course *course, const struct event *event,
		struct error *err)
{
	bool opens =
		course_opens(event) && course_find(course, &event->commit) < 0;
	struct event *copy;

	if (is_turn(event) && !course_seq(course, event->number))
		return 0;
	copy = event_copy(event);
	copy->seq = (int64_t)course->event_count + 1;
	if (is_turn(event))
		copy->number = course_seq(course, event->number);
	if (opens)
		add_stop(course, event);
	array_grow(course->events, course->event_count + 1,
		   &course->event_room);
	course->events[course->event_count++] = copy;
	if (engine_apply(course->engine, copy, err) < 0) {
		course->event_count--;
		course->count -= opens;
		event_free(copy);
		return -1;
	}
	remember(course, event->seq, copy->seq);
	return 0;
}

static void finish_stop(struct course *course, struct course_stop *stop)
{
	struct engine *engine = course->engine;
	const struct step *step = engine_step_of(
		engine, graph_find(course->graph, &stop->commit));

	if (!step)
		return;
	stop->position = step->position;
	stop->verdict = step->verdict;
	stop->by = step->given ? step->given->by : BY_ENGINE;
	stop->aside = step->set_aside;
	stop->left = step->left_after;
	stop->steps = step->steps_after;
}

static void finish_end(struct course *course)
{
	struct engine *engine = course->engine;
	const struct plan *plan = engine_plan(engine);
	struct course_end *end = &course->end;

	*end = (struct course_end){
		.state = plan->state,
		.suspects = plan->suspects,
		.left = plan->left,
		.steps = plan->steps,
		.candidate_count = plan->candidate_count,
		.recorded = plan->recorded,
		.result = engine_result(engine, NULL),
		.fix = engine_is_fix(engine),
	};
	if (plan->commit >= 0)
		end->commit = *graph_oid(course->graph, plan->commit);
}

/* A commit whose verdicts were all taken back, and that has no facts, is
   none of the search's. */
static void drop_empty(struct course *course)
{
	size_t kept = 0;

	for (size_t i = 0; i < course->count; i++)
		if (course->stops[i].position > 0)
			course->stops[kept++] = course->stops[i];
	course->count = kept;
}

void course_finish(struct course *course)
{
	for (size_t i = 0; i < course->count; i++)
		finish_stop(course, &course->stops[i]);
	drop_empty(course);
	finish_end(course);
}

void course_let_go(struct course *course)
{
	struct course kept = { .stops = course->stops,
			       .count = course->count,
			       .room = course->room,
			       .end = course->end,
			       .known = course->known };

	course->stops = NULL;
	course_release(course);
	*course = kept;
}

void course_make(struct course *course, const struct graph *graph,
		 const struct event *const *events, size_t count)
{
	course_init(course, graph);
	for (size_t i = 0; i < count; i++)
		course_take(course, events[i], NULL);
	course_finish(course);
}

bool course_follows_rule(const struct course_stop *stop)
{
	return oid_is_none(&stop->midpoint) ||
	       oid_equal(&stop->midpoint, &stop->commit);
}

int course_departures(const struct course *course)
{
	int count = 0;

	for (size_t i = 0; i < course->count; i++)
		count += !course_follows_rule(&course->stops[i]);
	return count;
}

/*
 * Holding two against each other.
 */

bool course_same_end(const struct course_end *one, const struct course_end *two)
{
	return one->state == two->state &&
	       oid_equal(&one->commit, &two->commit) &&
	       (one->state == PLAN_FOUND ||
		one->candidate_count == two->candidate_count);
}

static void count_differences(const struct course *one,
			      const struct course *two, struct parting *out)
{
	for (size_t i = 0; i < one->count; i++) {
		int at = course_find(two, &one->stops[i].commit);

		if (at < 0)
			out->only_one++;
		else
			out->verdicts +=
				two->stops[at].verdict != one->stops[i].verdict;
	}
	for (size_t i = 0; i < two->count; i++)
		out->only_two += course_find(one, &two->stops[i].commit) < 0;
}

struct parting course_part(const struct course *one, const struct course *two)
{
	size_t least = one->count < two->count ? one->count : two->count;
	struct parting out = { .same_end =
				       course_same_end(&one->end, &two->end) };

	for (; out.same < least && !out.kind; out.same++) {
		const struct course_stop *a = &one->stops[out.same];
		const struct course_stop *b = &two->stops[out.same];

		if (!oid_equal(&a->commit, &b->commit))
			out.kind = PARTING_COMMIT;
		else if (a->verdict != b->verdict)
			out.kind = PARTING_VERDICT;
		if (out.kind)
			break;
	}
	if (!out.kind && one->count != two->count)
		out.kind = PARTING_LENGTH;
	else if (!out.kind && !out.same_end)
		out.kind = PARTING_END;
	count_differences(one, two, &out);
	return out;
}
