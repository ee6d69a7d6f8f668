/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What was built ahead of time, until it is taken.  Such a build makes no
 * step: that a commit does not compile says nothing as long as nobody asked
 * for it, or git's choice would change under a test.
 */

#include "engine/fold.h"

#include <string.h>

#include "base/array.h"

struct ahead_build *stock_find(const struct engine *engine, int commit)
{
	for (size_t i = 0; i < engine->stock_count; i++)
		if (engine->stock[i].commit == commit)
			return &engine->stock[i];
	return NULL;
}

static void drop(struct engine *engine, struct ahead_build *build)
{
	size_t place = (size_t)(build - engine->stock);

	engine->stock_count--;
	memmove(build, build + 1,
		(engine->stock_count - place) * sizeof(*build));
}

static void begin(struct engine *engine, int commit, const struct event *event)
{
	struct ahead_build *build = stock_find(engine, commit);

	if (build)
		drop(engine, build);
	array_grow(engine->stock, engine->stock_count + 1, &engine->stock_room);
	engine->stock[engine->stock_count++] =
		(struct ahead_build){ .commit = commit, .begin = event };
}

bool stock_event(struct engine *engine, int commit, const struct event *event)
{
	struct ahead_build *build = stock_find(engine, commit);

	if (event->kind == EVENT_BUILD_BEGIN) {
		if (event->number == BUILD_AHEAD) {
			begin(engine, commit, event);
			return true;
		}
		if (build && event->number != BUILD_TAKEN)
			drop(engine, build);
		return false;
	}
	if (!build || build->fact)
		return false;
	if (event->kind == EVENT_BUILD)
		build->fact = event;
	else if (event->kind == EVENT_BUILD_STOPPED)
		drop(engine, build);
	else
		return false;
	return true;
}

bool stock_take(struct engine *engine, int commit, struct ahead_build *out)
{
	struct ahead_build *build = stock_find(engine, commit);

	if (!build)
		return false;
	*out = *build;
	drop(engine, build);
	return true;
}

void stock_drop_flights(struct engine *engine)
{
	for (size_t i = engine->stock_count; i-- > 0;)
		if (!engine->stock[i].fact)
			drop(engine, &engine->stock[i]);
}

int engine_ahead_count(const struct engine *engine)
{
	return (int)engine->stock_count;
}

const struct ahead_build *engine_ahead(const struct engine *engine, int place)
{
	return place >= 0 && (size_t)place < engine->stock_count
		       ? &engine->stock[place]
		       : NULL;
}

const struct ahead_build *engine_ahead_of(const struct engine *engine,
					  int commit)
{
	return stock_find(engine, commit);
}
