/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Work for slots that are free: commits that are likely to be tested next are
 * built, and then run, before anybody asks for them.  What is wanted now never
 * waits for it.
 */

#include "control/inside.h"

#include <string.h>

#include "engine/engine.h"
#include "run/runner.h"
#include "session/session.h"

int foresight_find(const struct control *control, int commit)
{
	for (int i = 0; i < control->ahead_count; i++)
		if (control->ahead[i].commit == commit)
			return i;
	return -1;
}

static bool is_kept(const struct control *control, int commit)
{
	const struct runner *runner = control->runner;

	for (int i = 0; i < control->place_count; i++)
		if (runner->ops->has(runner, i,
				     control_oid(control, commit)->hex) ==
		    RUNNER_HAS_KEPT)
			return true;
	return false;
}

/*
 * While a question is open what is built is worth something only where it is
 * kept: the engine ends with the builds.
 */
static bool is_worth_it(const struct control *control, const struct plan *plan,
			const struct wish *job)
{
	if (control->settings.ahead.commits == 0 || plan->paused)
		return false;
	return job || (plan->commit >= 0 && is_kept(control, plan->commit));
}

/* What is built stays worth something as long as the same test goes on. */
static void keep_built(struct control *control, const struct ahead *ahead)
{
	if (control->ahead_count < AHEAD_MAX &&
	    foresight_find(control, ahead->commit) < 0 &&
	    places_built(control, ahead->commit, -1) >= 0)
		control->ahead[control->ahead_count++] = *ahead;
}

void foresight_look(struct control *control, const struct plan *plan,
		    const struct wish *job)
{
	struct engine *engine = session_engine(control->session);
	size_t events = engine_event_count(engine);
	struct ahead before[AHEAD_MAX];
	int count;

	if (!is_worth_it(control, plan, job)) {
		control->ahead_count = 0;
		control->ahead_at = 0;
		return;
	}
	if (control->ahead_at == events)
		return;
	count = control->ahead_tested == plan->commit ? control->ahead_count
						      : 0;
	memcpy(before, control->ahead, sizeof(before));
	control->ahead_at = events;
	control->ahead_tested = plan->commit;
	control->ahead_count = ahead_find(engine, control->ahead,
					  control->settings.ahead.commits);
	for (int i = 0; i < count; i++)
		keep_built(control, &before[i]);
}

/* Has it been tried, and did that come to nothing? */
static bool failed(struct control *control, int commit)
{
	struct engine *engine = session_engine(control->session);
	const struct ahead_build *ahead = engine_ahead_of(engine, commit);
	const struct step *step = engine_step_of(engine, commit);
	const struct event *fact = ahead  ? ahead->fact
				   : step ? step->build
					  : NULL;

	if (!fact || fact->build == BUILD_OK)
		return false;
	return fact->build == BUILD_FAILED || fact->seq > control->ahead_seq;
}

/* Is what lies there wanted? */
static bool holds_something(struct control *control, const struct place *place,
			    const struct wish *job)
{
	for (size_t i = 0; i < control->product_count; i++) {
		const struct product *product = &control->products[i];
		int commit = product->commit;

		if (product->place != place->number ||
		    (foresight_find(control, commit) < 0 &&
		     !(job && job->commit == commit)))
			continue;
		if (control->runner->ops->has(
			    control->runner, place->number,
			    control_oid(control, commit)->hex) ==
		    RUNNER_HAS_THERE)
			return true;
	}
	return false;
}

static struct place *free_place(struct control *control, const struct wish *job)
{
	for (int i = 1; i < control->place_count; i++) {
		struct place *place = &control->places[i];

		if (!place_is_busy(place) &&
		    !holds_something(control, place, job))
			return place;
	}
	return NULL;
}

/* One at a time: the event makes a new plan. */
static bool build(struct control *control, const struct wish *job)
{
	for (int i = 0; i < control->ahead_count; i++) {
		int commit = control->ahead[i].commit;
		struct place *place;

		if (control->failed || control->leaving ||
		    control_builds(control) >= control->settings.ahead.slots)
			return false;
		if (places_building(control, commit) ||
		    places_built(control, commit, -1) >= 0 ||
		    failed(control, commit))
			continue;
		place = free_place(control, job);
		if (!place)
			return false;
		build_start(place, commit, -1, true);
		return true;
	}
	return false;
}

/* The first run that ends is looked at as the bug's own. */
static bool has_runs(struct engine *engine)
{
	const struct step *step;

	for (int i = 0; (step = engine_step(engine, i)); i++)
		for (int k = 0; k < step->run_count; k++)
			if (step->runs[k].fact)
				return true;
	return false;
}

static void run(struct control *control, const struct plan *plan)
{
	struct engine *engine = session_engine(control->session);

	if (plan->confirming || plan->release || !has_runs(engine))
		return;
	for (int i = 0; i < control->ahead_count; i++) {
		const struct ahead *ahead = &control->ahead[i];
		int place = places_built(control, ahead->commit, -1);

		if ((int)control->flight_count >= control_room(control, true))
			return;
		if (ahead->runs == 0 || place < 0)
			continue;
		/* then what is wished for may be another */
		if (engine_ahead_of(engine, ahead->commit) &&
		    build_take(control, ahead->commit))
			return;
		control_start_runs(control, ahead->commit, ahead->runs, place,
				   true);
	}
}

void foresight_work(struct control *control, const struct plan *plan,
		    const struct wish *job)
{
	bool waits = job && job->kind == WISH_RUNS &&
		     control_flights(control, job->commit) < job->runs;

	if (!build(control, job) && job && !waits)
		run(control, plan);
}

/* The one that is worth least. */
bool foresight_yield_build(struct control *control)
{
	struct place *least = NULL;

	for (int i = 1; i < control->place_count; i++) {
		struct place *place = &control->places[i];

		if (place->building < 0)
			continue;
		if (place->cancelled)
			return true; /* one makes room already */
		if (!least || foresight_find(control, place->building) >
				      foresight_find(control, least->building))
			least = place;
	}
	if (least)
		control_cancel_build(control, least);
	return least;
}

bool foresight_yield_run(struct control *control, int wanted)
{
	const struct flight *least = NULL;

	for (size_t i = 0; i < control->flight_count; i++) {
		const struct flight *flight = control->flights[i];

		if (flight->commit == wanted)
			continue;
		if (flight->cancelled)
			return true;
		if (foresight_find(control, flight->commit) >= 0 &&
		    (!least || foresight_find(control, flight->commit) >
				       foresight_find(control, least->commit)))
			least = flight;
	}
	if (least)
		control_cancel_runs(control, least->commit);
	return least;
}
