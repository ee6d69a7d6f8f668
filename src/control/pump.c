/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/inside.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "control/extend.h"
#include "engine/engine.h"
#include "run/compile.h"
#include "run/runner.h"
#include "session/session.h"

static void check_invariants(const struct control *control)
{
	assert(control_builds(control) <= control->settings.ahead.slots);
	assert((int)control->flight_count <= control_room(control, false));
	/* what runs need is not built over */
	for (size_t i = 0; i < control->flight_count; i++) {
		const struct flight *flight = control->flights[i];

		assert(!flight->needs_place ||
		       control->places[flight->place].building < 0);
	}
}

int control_room(const struct control *control, bool ahead)
{
	const struct runner *runner = control->runner;

	return runner->room && !ahead ? runner->room : runner->slots;
}

int control_builds(const struct control *control)
{
	int count = 0;

	for (int i = 0; i < control->place_count; i++)
		count += control->places[i].building >= 0;
	return count;
}

int control_flights(const struct control *control, int commit)
{
	int count = 0;

	for (size_t i = 0; i < control->flight_count; i++)
		count += control->flights[i]->commit == commit;
	return count;
}

void control_cancel_build(struct control *control, struct place *place)
{
	if (place->building < 0 || place->cancelled)
		return;
	place->cancelled = true;
	/* git is not cut short: it would leave its lock */
	if (!place->preparing)
		control->runner->ops->cancel(
			control->runner,
			control_oid(control, place->building)->hex);
}

void control_cancel_runs(struct control *control, int commit)
{
	bool any = false;

	for (size_t i = 0; i < control->flight_count; i++) {
		struct flight *flight = control->flights[i];

		if (flight->commit != commit || flight->cancelled)
			continue;
		flight->cancelled = any = true;
	}
	if (any)
		control->runner->ops->cancel(control->runner,
					     control_oid(control, commit)->hex);
}

/* Done ahead, it may go on as long as it is likely to be wanted. */
static bool may_go_on(const struct control *control, const struct plan *plan,
		      int commit, bool ahead)
{
	return (plan->paused && ahead) || foresight_find(control, commit) >= 0;
}

/* Stop what the plan does not want any more, all of it while halted. */
static void cancel_unwished(struct control *control, const struct plan *plan)
{
	for (int i = 0; i < control->place_count; i++) {
		struct place *place = &control->places[i];

		if (place->building >= 0 &&
		    (plan->halted ||
		     (!plan_wants(plan, place->building, WISH_BUILD) &&
		      !plan_wants(plan, place->building, WISH_RUNS) &&
		      !may_go_on(control, plan, place->building,
				 place->ahead))))
			control_cancel_build(control, place);
	}
	for (size_t i = 0; i < control->flight_count; i++) {
		struct flight *flight = control->flights[i];

		if (!plan->halted &&
		    (plan_wants(plan, flight->commit, WISH_RUNS) ||
		     may_go_on(control, plan, flight->commit, flight->ahead)))
			continue;
		control_cancel_runs(control, flight->commit);
	}
}

void control_cancel_all(struct control *control)
{
	bool any = control->flight_count > 0;

	for (int i = 0; i < control->place_count; i++) {
		if (control->places[i].building < 0)
			continue;
		control->places[i].cancelled = true;
		any |= !control->places[i].preparing;
	}
	for (size_t i = 0; i < control->flight_count; i++)
		control->flights[i]->cancelled = true;
	if (any)
		control->runner->ops->cancel(control->runner, NULL);
}

void control_look_for_sleep(struct control *control)
{
	struct slept slept;

	asleep_look(&control->asleep, &slept);
	if (!slept.ms)
		return;
	snprintf(control->slept, sizeof(control->slept),
		 slept.alone ? "the engine was stopped for %" PRId64 " s"
			     : "this machine slept for %" PRId64 " s",
		 slept.ms / 1000);
	for (int i = 0; slept.alone && i < control->place_count; i++)
		control->places[i].slept = control->places[i].building >= 0;
	for (size_t i = 0; i < control->flight_count; i++)
		control->flights[i]->slept = true;
}

void control_cancel_slept(struct control *control)
{
	for (int i = 0; i < control->place_count; i++)
		if (control->places[i].slept)
			control_cancel_build(control, &control->places[i]);
	for (size_t i = 0; i < control->flight_count; i++)
		if (control->flights[i]->slept)
			control_cancel_runs(control,
					    control->flights[i]->commit);
}

/* The first wish that is for the machine to fulfil. */
static const struct wish *first_job(const struct plan *plan)
{
	for (int i = 0; i < plan->wish_count; i++)
		if (plan->wishes[i].kind == WISH_BUILD ||
		    plan->wishes[i].kind == WISH_RUNS)
			return &plan->wishes[i];
	return NULL;
}

void control_start_runs(struct control *control, int commit, int wanted,
			int place, bool ahead)
{
	/* starting one changes the plan only when it could not be started */
	while (!control->failed && !control->leaving &&
	       (int)control->flight_count < control_room(control, ahead) &&
	       control_flights(control, commit) < wanted) {
		size_t before = control->flight_count;

		run_start(control, commit, place, ahead);
		if (control->flight_count == before)
			break;
	}
}

/*
 * The session's own worktree; but where kernels are kept the one in which they
 * are built ahead, or each of two would compile what the other one has.  NULL:
 * it is taken.
 */
static struct place *place_to_build_in(struct control *control)
{
	if (control->place_count == 1 ||
	    !settings_keep_kernels(&control->settings))
		return &control->places[0];
	for (int i = 1; i < control->place_count; i++)
		if (!place_is_busy(&control->places[i]))
			return &control->places[i];
	return NULL;
}

/* As soon as a place and a slot are free. */
static void want_build(struct control *control, const struct wish *job)
{
	struct place *place = place_to_build_in(control);

	if (!place)
		foresight_yield_build(control);
	else if (place->building >= 0)
		control_cancel_build(control, place);
	else if (place_is_busy(place))
		return;
	else if (reverting_again(control, job->commit))
		return;
	else if (control_builds(control) < control->settings.ahead.slots)
		build_start(place, job->commit, job->like, false);
	else
		foresight_yield_build(control);
}

static void want_runs(struct control *control, const struct wish *job,
		      int place)
{
	control_start_runs(control, job->commit, job->runs, place, false);
	if (control_flights(control, job->commit) < job->runs)
		foresight_yield_run(control, job->commit);
}

/* What the plan wants first. */
static void work_on(struct control *control, const struct wish *job)
{
	struct place *place = places_building(control, job->commit);
	int built = places_built(control, job->commit, job->like);

	if (place && (place->cancelled || place->like != job->like)) {
		control_cancel_build(control, place);
	} else if (place) {
		if (place->ahead && !build_take(control, job->commit))
			control_cancel_build(control, place);
	} else if (job->kind == WISH_RUNS && built >= 0) {
		want_runs(control, job, built);
	} else if (job->kind == WISH_RUNS || job->like >= 0 ||
		   !build_take(control, job->commit)) {
		want_build(control, job);
	}
}

/* That needs neither the session's worktree nor a place to run. */
static void start_revert(struct control *control, const struct plan *plan)
{
	if (control->reverting || plan->paused)
		return;
	for (int i = 0; i < plan->wish_count; i++)
		if (plan->wishes[i].kind == WISH_REVERT) {
			reverting_start(control, &plan->wishes[i]);
			return;
		}
}

/* It needs no slot either. */
static void start_touching(struct control *control, const struct plan *plan)
{
	if (control->touching || plan->paused)
		return;
	for (int i = 0; i < plan->wish_count; i++)
		if (plan->wishes[i].kind == WISH_TOUCHED) {
			touching_start(control, &plan->wishes[i]);
			return;
		}
}

/* The user's view of it: git's HEAD is the commit under test. */
static void show_tested(struct control *control, const struct plan *plan,
			const struct wish *job)
{
	if (job && plan->state == PLAN_TEST && job->commit == plan->commit &&
	    (places_built(control, job->commit, job->like) >= 0 ||
	     places_building(control, job->commit)))
		places_show(control, job->commit);
}

/*
 * Returns whether anything is being done or was begun.  What was begun made
 * events, and with them another plan: what there is room for beside it is
 * begun on the next turn.
 */
static bool work(struct control *control, const struct plan *plan,
		 const struct wish *first)
{
	size_t events = session_event_count(control->session);
	bool wanted = first && !plan->paused, waits;
	struct wish job = { .commit = -1 };

	if (first)
		job = *first;
	start_revert(control, plan);
	if (session_event_count(control->session) != events)
		return true; /* it asks for another turn */
	start_touching(control, plan);
	if (session_event_count(control->session) != events)
		return true;
	waits = touching_holds(control) && !plan->confirming;
	if (wanted && !waits) {
		show_tested(control, plan, first);
		work_on(control, &job);
	}
	if (session_event_count(control->session) == events && !plan->paused &&
	    !waits)
		foresight_work(control, plan, first ? &job : NULL);
	if (session_event_count(control->session) != events)
		control_pump_soon(control);
	return wanted || control->flight_count > 0 || control->reverting ||
	       control->touching || !places_are_quiet(control);
}

static bool give_verdict(struct control *control, const struct wish *wish)
{
	const struct policy *policy =
		engine_policy(session_engine(control->session));
	struct event event = {
		.kind = EVENT_VERDICT,
		.by = BY_POLICY,
		.who = control_text(policy_version(policy)),
		.commit = *control_oid(control, wish->commit),
		.verdict = wish->verdict,
		.text = control_text(wish->why),
	};
	char why[sizeof(wish->why)];
	enum symptom symptom = engine_symptom(session_engine(control->session));

	if (symptom != SYMPTOM_CRASH)
		event.policy = control_text(symptom_name(symptom));
	control->came_back = false;
	/* the wish lives as long as the plan, the append makes a new one */
	event.text = str_copy(why, sizeof(why), wish->why);
	return control_append(control, &event);
}

/* Do what can be done at once: verdicts, loading.  False on failure. */
static bool follow_plan(struct control *control)
{
	for (;;) {
		const struct plan *plan =
			engine_plan(session_engine(control->session));

		if (plan->wish_count == 0)
			return true;
		if (plan->wishes[0].kind == WISH_VERDICT) {
			if (!give_verdict(control, &plan->wishes[0]))
				return false;
			continue;
		}
		if (plan->state != PLAN_NEEDS_RANGE)
			return true;
		if (extend_if_needed(control->session, control->repo,
				     &control->err) < 0) {
			control_fail(control);
			return false;
		}
		control_tell_new(control);
	}
}

/*
 * The append takes in what others decided just before: should there be work
 * after all, nobody but us would do it.  Who came back and found nothing to do
 * goes for good, whatever the plan says.
 */
static void finish(struct control *control)
{
	struct event event = { .kind = EVENT_ENGINE_GONE, .number = getpid() };
	const struct plan *plan;

	if (control->end == CONTROL_STOPPED)
		event.text = control_text("stopped");
	control_append(control, &event);
	plan = engine_plan(session_engine(control->session));
	if (control->end != CONTROL_STOPPED && !control->failed &&
	    plan_has_work(plan) && !control->came_back &&
	    control_say_here(control)) {
		control->came_back = true;
		control->leaving = false;
		control_pump_soon(control);
		return;
	}
	control->gone = true;
	uv_stop(&control->loop);
}

/* Before anything was begun: there is nothing to write. */
static void leave_early(struct control *control)
{
	if (!control->leaving)
		return;
	if (control->compile) {
		compile_stop(control->compile);
		return;
	}
	control->gone = true;
	uv_stop(&control->loop);
}

void control_pump(struct control *control)
{
	const struct plan *plan;
	const struct wish *job;

	if (control->gone) /* a turn was asked for before that */
		return;
	if (!control->announced) {
		leave_early(control);
		return;
	}
	check_invariants(control);
	if (!control->leaving) {
		if (session_refresh(control->session, NULL, &control->err) < 0)
			control_fail(control);
		else
			control_tell_new(control);
	}
	if (!control->leaving)
		gitwatch_sync(control);
	if (!control->leaving && follow_plan(control)) {
		gitwatch_sync(control);
		plan = engine_plan(session_engine(control->session));
		build_look_at_fixups(control);
		job = first_job(plan);
		foresight_look(control, plan, job);
		cancel_unwished(control, plan);
		if (!work(control, plan, job)) {
			if (plan->state == PLAN_FOUND && !plan->needs_person)
				control_leave(control, CONTROL_FOUND);
			else if (!plan->paused || !control->options->stay)
				control_leave(control, CONTROL_NEEDS_PERSON);
		}
	}
	if (control->leaving) {
		control_cancel_all(control);
		if (places_are_quiet(control) && control->flight_count == 0 &&
		    !control->reverting && !control->touching)
			finish(control);
	}
}
