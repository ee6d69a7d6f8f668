/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/xalloc.h"
#include "engine/fold.h"
#include "engine/graph.h"
#include "engine/prior.h"
#include "engine/span.h"

/*
 * The prior of a session: what it was told of its commits' files, and when it
 * wants to be told.
 */

void fold_touched(struct engine *engine, const struct event *event)
{
	const char *text = event->text ? event->text : "";
	enum touch touch;
	int commit;

	engine->touched = event;
	free(engine->touch);
	engine->touch_count = graph_count(engine->graph);
	engine->touch = xcalloc((size_t)engine->touch_count + 1, 1);
	while (touch_read(&text, engine->graph, &commit, &touch))
		if (commit < engine->touch_count)
			engine->touch[commit] = (unsigned char)touch;
}

/* A finished run that shows what is looked for, by what is known today. */
static bool shows_bug(const struct run_state *run)
{
	return run && run->fact && run->same && !run->open &&
	       (run->outcome == OUTCOME_CRASHED ||
		run->outcome == OUTCOME_BOOT_FAILED);
}

static bool is_of_bug(const struct engine *engine, const struct event *fact)
{
	int commit = oid_is_none(&fact->commit)
			     ? -1
			     : graph_find(engine->graph, &fact->commit);

	return shows_bug(
		fold_run_find(fold_step_of(engine, commit), fact->number));
}

void engine_prior(struct engine *engine, struct prior *out)
{
	const struct event *fact = engine->touched;

	*out = (struct prior){
		.wanted = engine->prior,
		.fact = fact,
		.files = fact && is_of_bug(engine, fact),
	};
	out->used = out->wanted && fact && fact->text &&
		    engine->symptom != SYMPTOM_NO_BUILD;
}

enum touch engine_touch(const struct engine *engine, int commit)
{
	return commit >= 0 && commit < engine->touch_count
		       ? (enum touch)engine->touch[commit]
		       : TOUCH_OTHER;
}

double *fold_prior(struct engine *engine, const struct span *span)
{
	struct prior prior;
	double *weights;

	engine_prior(engine, &prior);
	if (!prior.used || span_count(span) == 0)
		return NULL;
	weights = xcalloc((size_t)graph_count(engine->graph), sizeof(double));
	prior_weights(engine->touch, engine->touch_count, prior.files,
		      span_commits(span), span_count(span), weights);
	return weights;
}

/* The first one, which was seen where the bug is known to be. */
static const struct run_state *first_showing(const struct engine *engine,
					     int *commit)
{
	const struct run_state *first = NULL;

	for (size_t i = 0; i < engine->step_count; i++) {
		const struct folded_step *step = engine->steps[i];

		for (int k = 0; k < step->shown.run_count; k++) {
			const struct run_state *run = &step->shown.runs[k];

			if (fold_is_scratch(step) || !shows_bug(run) ||
			    (first && first->fact->seq < run->fact->seq))
				continue;
			first = run;
			*commit = step->shown.commit;
		}
	}
	return first;
}

/*
 * What the commits touch has to be found out: for the range as it is, by a run
 * that shows the bug.  Once, as long as both stay what they are.
 */
void wish_touched(struct engine *engine)
{
	const struct event *fact = engine->touched;
	const struct run_state *run;
	int commit = -1;

	if (!engine->prior || engine->plan.state != PLAN_TEST ||
	    engine->symptom == SYMPTOM_NO_BUILD || engine->ends.bad < 0 ||
	    engine->ends.good_count == 0 ||
	    (fact && fact->seq > engine->loaded && is_of_bug(engine, fact)))
		return;
	run = first_showing(engine, &commit);
	if (run)
		wish_add(engine, WISH_TOUCHED, commit)->run = run->number;
}
