/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FUZZ_FOLD_H
#define TESTS_FUZZ_FOLD_H

/*
 * What a draft of a log must stand: the engine takes every event, and has a
 * plan after each tenth of them.  The caller frees the engine.
 */

#include <stdlib.h>

#include "base/error.h"
#include "engine/engine.h"
#include "session/draft.h"

static inline struct engine *fold_draft(struct draft *draft)
{
	struct engine *engine = engine_new(draft->names);
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < draft->count; i++) {
		draft->events[i].seq = (int64_t)i + 1;
		if (engine_apply(engine, &draft->events[i], &err) < 0)
			abort();
		if (i % 10 == 0)
			engine_plan(engine);
	}
	engine_plan(engine);
	engine_step(engine, 0);
	return engine;
}

#endif
