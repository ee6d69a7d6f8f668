/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_WORLD_H
#define TESTS_UNIT_WORLD_H

/*
 * A small world for tests of the engine: a graph whose commits have one-letter
 * or short names, and an engine that is told things in few words.
 *
 *     world_init(&w, "a b:a c:b d:b e:c,d");   parents after the colon
 *     world_start(&w, "e", "a");
 *     world_runs(&w, "c", "..X...");
 */

#include <stdbool.h>

#include "base/error.h"
#include "engine/engine.h"

struct graph;

struct world {
	struct graph *graph;
	struct engine *engine;
	struct event **events; /* all that were tried, for freeing */
	size_t event_count, event_room;
	int64_t seq;
	struct error err; /* of the last refused event */
};

void world_init(struct world *world, const char *graph);
void world_release(struct world *world);

/* name -> the made-up id, index; a name is at most 40 letters or digits */
struct oid world_oid(const char *name);
int world_commit(const struct world *world, const char *name);
const char *world_name(const struct world *world, int commit);

/* 0 or -1 as engine_apply; seq and at are filled in. */
int world_apply(struct world *world, struct event event);

int world_start(struct world *world, const char *policy, bool fix);
int world_mark(struct world *world, enum actor by, const char *name,
	       enum verdict verdict);
int world_say(struct world *world, enum event_kind kind, const char *name,
	      int64_t number);

/* The letters . X B T I i are further finished runs of the commit. */
void world_runs(struct world *world, const char *name, const char *letters);
int world_build(struct world *world, const char *name,
		enum build_result result);
int world_undo(struct world *world);
int world_redo(struct world *world);

/*
 * The plan in words: "test c", "found c", "build c", "c is bad", "ask",
 * "range", "only b c", "merge base b is bad".  Valid until the next call.
 */
const char *world_plan(struct world *world);

#endif
