/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_IMAGINED_H
#define ENGINE_IMAGINED_H

/*
 * A fold of our own of what happened and of what may happen: a copy of an
 * engine that is told events which nobody stores.  The engine that it was
 * copied from never hears of them.  Inside of the engine only.
 */

#include <stddef.h>

struct engine;
struct error;
struct event;

struct imagined {
	struct engine *engine;
	struct event **events; /* that only it has */
	size_t count, room;
};

/* The events of the engine are borrowed. */
void imagined_init(struct imagined *imagined, const struct engine *engine);
void imagined_release(struct imagined *imagined);

/* seq of the event is not looked at.  As engine_apply. */
int imagine(struct imagined *imagined, const struct event *event,
	    struct error *err);

#endif
