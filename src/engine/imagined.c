/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/imagined.h"

#include <stdlib.h>

#include "base/array.h"
#include "engine/event.h"
#include "engine/fold.h"

void imagined_init(struct imagined *imagined, const struct engine *engine)
{
	*imagined = (struct imagined){ .engine = engine_copy(engine) };
}

void imagined_release(struct imagined *imagined)
{
	engine_free(imagined->engine);
	for (size_t i = 0; i < imagined->count; i++)
		event_free(imagined->events[i]);
	free(imagined->events);
}

int imagine(struct imagined *imagined, const struct event *event,
	    struct error *err)
{
	struct engine *engine = imagined->engine;
	struct event *copy = event_copy(event);

	copy->seq = engine->event_count
			    ? engine->events[engine->event_count - 1]->seq + 1
			    : 1;
	array_grow(imagined->events, imagined->count + 1, &imagined->room);
	imagined->events[imagined->count++] = copy;
	return engine_apply(engine, copy, err);
}
