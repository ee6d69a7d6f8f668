/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/fold.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "engine/adaptive.h"
#include "engine/belief.h"

/*
 * What is dear to work out, kept until the next event: the belief, and how
 * much was not known at an earlier time.
 */

struct kept {
	bool asked, known; /* belief */
	bool any_run;
	struct belief belief;
	int64_t before; /* the event before which there were `bits`; or 0 */
	double bits;
};

static struct kept *kept_of(struct engine *engine)
{
	if (!engine->kept)
		engine->kept = xcalloc(1, sizeof(*engine->kept));
	return engine->kept;
}

void kept_forget(struct engine *engine)
{
	adaptive_drop(engine); /* it holds the belief */
	if (!engine->kept)
		return;
	if (engine->kept->known)
		belief_release(&engine->kept->belief);
	free(engine->kept);
	engine->kept = NULL;
}

const struct belief *kept_belief(struct engine *engine)
{
	struct kept *kept = kept_of(engine);

	if (!kept->asked) {
		kept->asked = true;
		kept->known = belief_for_plan(&kept->belief, engine, false,
					      &kept->any_run);
	}
	return kept->known ? &kept->belief : NULL;
}

/*
 * Before the first run all that is known is what was said, and what that comes
 * to is not worked out: in a range of a million commits it takes a second.
 */
const struct belief *engine_belief(struct engine *engine)
{
	const struct belief *belief;

	if (!kept_of(engine)->asked && !belief_has_runs(engine))
		return NULL;
	belief = kept_belief(engine);

	return belief && engine->kept->any_run ? belief : NULL;
}

double engine_bits_before(struct engine *engine, int64_t seq)
{
	struct kept *kept = kept_of(engine);
	size_t count = 0;
	struct engine *then;

	if (kept->before == seq)
		return kept->bits;
	while (count < engine->event_count && engine->events[count]->seq < seq)
		count++;
	then = engine_new_after(engine->graph, engine->events, count, engine);
	kept->before = seq;
	kept->bits = engine_belief(then) ? engine_belief(then)->bits : -1;
	engine_free(then);
	return kept->bits;
}
