/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"

void replay_release(struct replay *replay)
{
	free(replay->events);
	free(replay->steps);
	memset(replay, 0, sizeof(*replay));
}

/* The search went another way than it would have without this. */
static bool is_turn(const struct event *event)
{
	if (event->kind == EVENT_BUILD)
		return event->build != BUILD_OK;
	if (event->kind == EVENT_NOTE || event->kind == EVENT_MORE)
		return false;
	return event_is_decision(event->kind);
}

/* What git said after a verdict is still of that step. */
static int step_about(struct engine *engine, const struct graph *graph,
		      const struct event *event)
{
	const struct step *step = NULL;
	int commit = -1;

	if (!oid_is_none(&event->commit) && event->kind != EVENT_NEXT)
		commit = graph_find(graph, &event->commit);
	if (commit >= 0)
		step = engine_step_of(engine, commit);
	return step ? step->position - 1 : -1;
}

static void read_steps(struct replay *replay, struct session *session,
		       bool ascii)
{
	struct engine *engine = session_engine(session);

	replay->step_count = engine_step_count(engine);
	replay->steps =
		xcalloc((size_t)replay->step_count + 1, sizeof(*replay->steps));
	for (int i = 0; i < replay->step_count; i++) {
		const struct step *step = engine_step(engine, i);
		struct replay_step *out = &replay->steps[i];

		out->commit = step->commit;
		out->verdict = step->verdict;
		str_copy(out->id, sizeof(out->id),
			 graph_oid(session_graph(session), step->commit)->hex);
		text_copy(out->subject, sizeof(out->subject),
			  session_subject(session, step->commit), ascii);
	}
}

/* A step ends with its first verdict, or else with what came last. */
static void read_end(struct replay *replay, size_t place, int about,
		     const struct event *event, bool *ended)
{
	if (ended[about])
		return;
	replay->steps[about].end = place + 1;
	ended[about] = event->kind == EVENT_VERDICT;
}

void replay_read(struct replay *replay, struct session *session, bool ascii)
{
	struct engine *engine = session_engine(session);
	bool at_end = replay_at_end(replay), *ended;
	int step = -1;

	free(replay->events);
	free(replay->steps);
	read_steps(replay, session, ascii);
	replay->count = session_event_count(session);
	ended = xcalloc((size_t)replay->step_count + 1, sizeof(*ended));
	replay->events = xcalloc(replay->count + 1, sizeof(*replay->events));
	for (size_t i = 0; i < replay->count; i++) {
		const struct event *event = session_event(session, i);
		int about = step_about(engine, session_graph(session), event);

		if (about >= 0) {
			step = about;
			read_end(replay, i, about, event, ended);
		} else if (step >= 0 && event->kind == EVENT_NEXT) {
			replay->steps[step].end = i + 1;
		}
		replay->events[i] = (struct replay_event){ event->at, step,
							   is_turn(event) };
	}
	if (at_end)
		replay->place = replay->count;
	free(ended);
}

bool replay_at_end(const struct replay *replay)
{
	return replay->place >= replay->count;
}

int replay_step(const struct replay *replay)
{
	return replay->place ? replay->events[replay->place - 1].step : -1;
}

static void go(struct replay *replay, size_t place)
{
	replay->playing = false;
	replay->place = place > replay->count ? replay->count : place;
}

/* Before the first event there is nothing to see. */
void replay_move(struct replay *replay, int events)
{
	int64_t place = (int64_t)replay->place + events;

	go(replay, place < 1 ? 1 : (size_t)place);
}

void replay_turn(struct replay *replay, int direction)
{
	size_t place = replay->place;

	if (direction > 0) {
		while (place < replay->count && !replay->events[place].turn)
			place++;
		go(replay, place + 1);
		return;
	}
	if (place > 1)
		place--;
	while (place > 1 && !replay->events[place - 1].turn)
		place--;
	go(replay, place);
}

void replay_jump(struct replay *replay, int step)
{
	if (step < 0 || !replay->step_count)
		go(replay, 1);
	else if (step >= replay->step_count)
		go(replay, replay->count);
	else
		go(replay, replay->steps[step].end);
}

/* Milliseconds at 1x from the event before `place` until its own. */
static int64_t pause_before(const struct replay *replay, size_t place)
{
	int step = replay->events[place].step;
	int64_t pause, events = 0;

	if (replay->by_clock) {
		pause = replay->events[place].at -
			(place ? replay->events[place - 1].at : 0);
		return pause < 0		? 0
		       : pause > REPLAY_STEP_MS ? REPLAY_STEP_MS
						: pause;
	}
	for (size_t i = 0; i < replay->count; i++)
		events += replay->events[i].step == step;
	return REPLAY_STEP_MS / (events ? events : 1);
}

static int64_t at_speed(const struct replay *replay, int64_t ms)
{
	return replay->speed >= 0 ? ms >> replay->speed : ms << -replay->speed;
}

static void set_due(struct replay *replay, int64_t now)
{
	replay->due =
		now + at_speed(replay, pause_before(replay, replay->place));
}

void replay_toggle(struct replay *replay, int64_t now)
{
	replay->playing = !replay->playing && replay->count > 0;
	if (!replay->playing)
		return;
	if (replay_at_end(replay))
		replay->place = 0;
	set_due(replay, now);
}

void replay_speed(struct replay *replay, int by, int64_t now)
{
	replay->speed += by;
	if (replay->speed < REPLAY_SLOWEST)
		replay->speed = REPLAY_SLOWEST;
	if (replay->speed > REPLAY_FASTEST)
		replay->speed = REPLAY_FASTEST;
	if (replay->playing)
		set_due(replay, now);
}

/* What should have happened by now happens at once. */
bool replay_tick(struct replay *replay, int64_t now)
{
	size_t before = replay->place;

	while (replay->playing && now >= replay->due) {
		int64_t due = replay->due;

		replay->place++;
		if (replay_at_end(replay))
			replay->playing = false;
		else
			set_due(replay, due);
	}
	return replay->place != before;
}

char *replay_speed_word(char *out, const struct replay *replay)
{
	if (replay->speed >= 0)
		snprintf(out, 16, "%dx", 1 << replay->speed);
	else
		snprintf(out, 16, "%.2gx", 1.0 / (1 << -replay->speed));
	return out;
}
