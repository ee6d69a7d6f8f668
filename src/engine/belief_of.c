/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/belief.h"

#include <stdlib.h>

#include "base/array.h"
#include "engine/fold.h"
#include "engine/graph.h"
#include "engine/span.h"
#include "engine/warnings.h"

/* From the steps of a session to a question. */
struct asking {
	struct engine *engine;
	struct record *records;
	size_t record_count, record_room;
	int *goods;
	size_t good_count, good_room;
	int bad;
	bool any_run, settled;
	const struct record *imagined; /* or NULL */
};

static bool is_said(const struct step *step)
{
	return step->given &&
	       (step->given->by == BY_PERSON || step->given->by == BY_GIT);
}

/* Where builds are looked at, a build is the one run. */
static struct record seen_at(const struct engine *engine,
			     const struct step *step, bool settled)
{
	struct record record = { .commit = step->commit };
	struct showing showing;

	if (engine_symptom(engine) != SYMPTOM_NO_BUILD) {
		weigh_record(engine, fold_step_of(engine, step->commit),
			     settled, &record);
		return record;
	}
	showing = warnings_showing(engine, step);
	record.showing = showing.bug;
	record.clean = showing.valid - showing.bug;
	return record;
}

/* Without runs of its own: a verdict, or what an equal kernel has shown. */
static int word_on(const struct asking *asking, const struct step *step)
{
	const struct step *equal =
		step->same_as >= 0
			? engine_step_of(asking->engine, step->same_as)
			: NULL;
	struct showing showing = warnings_showing(asking->engine, equal);

	if (step->verdict == VERDICT_BAD || step->verdict == VERDICT_GOOD)
		return (step->verdict == VERDICT_BAD ? 1 : -1) *
		       (verdict_pinned(step->given) ? 2 : 1);
	if (step->verdict == VERDICT_SKIP || !showing.valid)
		return 0;
	return showing.bug ? 1 : -1;
}

/*
 * What counts is what was seen; a person's word counts instead, and anybody's
 * where nothing was seen.
 */
static void add_record(struct asking *asking, const struct step *step)
{
	struct record record = seen_at(asking->engine, step, asking->settled);
	bool seen = !record_is_empty(&record);

	asking->any_run = asking->any_run || seen;
	if (step->verdict == VERDICT_SKIP && is_said(step))
		return;
	if (!seen || is_said(step)) {
		record = (struct record){ .commit = step->commit,
					  .said = word_on(asking, step) };
		if (!record.said)
			return;
	}
	if (asking->imagined && asking->imagined->commit == step->commit)
		record_add(&record, asking->imagined);
	array_grow(asking->records, asking->record_count + 1,
		   &asking->record_room);
	asking->records[asking->record_count++] = record;
}

/* Where nothing was seen or said yet, what is imagined is all there is. */
static void add_imagined(struct asking *asking)
{
	const struct record *imagined = asking->imagined;

	for (size_t i = 0; imagined && i < asking->record_count; i++)
		if (asking->records[i].commit == imagined->commit)
			return;
	if (!imagined)
		return;
	array_grow(asking->records, asking->record_count + 1,
		   &asking->record_room);
	asking->records[asking->record_count++] = *imagined;
}

/*
 * The range at its widest: from the first commit of the newer side down to
 * those of the older side that were given at the start, or the first that was
 * found.
 */
static void add_end(struct asking *asking, const struct step *step)
{
	bool counts =
		!step->set_aside && step->given &&
		(step->verdict == VERDICT_GOOD || step->verdict == VERDICT_BAD);

	if (!counts)
		return;
	if (fold_is_new(asking->engine, step->verdict)) {
		if (asking->bad < 0)
			asking->bad = step->commit;
	} else if (!asking->good_count || step->given->by == BY_START) {
		array_grow(asking->goods, asking->good_count + 1,
			   &asking->good_room);
		asking->goods[asking->good_count++] = step->commit;
	}
}

/* The span of these ends, which the engine keeps while they are the same. */
static struct span *span_of(const struct asking *asking)
{
	struct engine *engine = asking->engine;
	int count = (int)asking->good_count;

	if (!engine->span ||
	    !span_is(engine->span, asking->bad, asking->goods, count)) {
		span_drop(engine->span);
		engine->span = span_new(engine->graph, asking->bad,
					asking->goods, count);
	}
	return engine->span;
}

static bool believe(struct belief *belief, struct asking *asking)
{
	struct engine *engine = asking->engine;

	belief->count = 0;
	if (asking->bad >= 0 && asking->good_count &&
	    graph_is_expanded(engine->graph, asking->bad)) {
		struct span *span = span_of(asking);
		double *weights = fold_prior(engine, span);
		const struct question question = {
			.fix = engine_is_fix(engine),
			.records = asking->records,
			.record_count = (int)asking->record_count,
			.weights = weights,
		};

		belief_make(belief, span, &question);
		free(weights);
		if (!belief->count)
			belief_release(belief);
	}
	return belief->count > 0;
}

static void ask(struct asking *asking)
{
	const struct step *step;

	asking->bad = -1;
	for (int i = 0; (step = engine_step(asking->engine, i)); i++) {
		add_record(asking, step);
		add_end(asking, step);
	}
	add_imagined(asking);
}

static void forget(struct asking *asking)
{
	free(asking->records);
	free(asking->goods);
}

bool belief_has_runs(struct engine *engine)
{
	struct asking asking = { .engine = engine };

	ask(&asking);
	forget(&asking);
	return asking.any_run;
}

bool belief_of(struct belief *belief, struct engine *engine,
	       const struct record *imagined)
{
	struct asking asking = { .engine = engine, .imagined = imagined };
	bool there;

	ask(&asking);
	belief->count = 0;
	there = asking.any_run && believe(belief, &asking);
	forget(&asking);
	return there;
}

bool belief_for_plan(struct belief *belief, struct engine *engine, bool settled,
		     bool *any_run)
{
	struct asking asking = { .engine = engine, .settled = settled };
	bool there;

	ask(&asking);
	there = believe(belief, &asking);
	if (any_run)
		*any_run = asking.any_run;
	forget(&asking);
	return there;
}
