/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/inside.h"

#include <assert.h>
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
	/* a build and runs never overlap: they share the worktree */
	assert(control->building < 0 || control->flight_count == 0);
	assert((int)control->flight_count <= control->runner->slots);
}

static bool is_wished(const struct plan *plan, int commit, enum wish_kind kind)
{
	for (int i = 0; i < plan->wish_count; i++)
		if (plan->wishes[i].kind == kind &&
		    plan->wishes[i].commit == commit)
			return true;
	return false;
}

/* Stop what the plan does not want any more, all of it while halted. */
static void cancel_unwished(struct control *control, const struct plan *plan)
{
	if (control->building >= 0 && !control->build_cancelled &&
	    (plan->halted ||
	     (!is_wished(plan, control->building, WISH_BUILD) &&
	      !is_wished(plan, control->building, WISH_RUNS)))) {
		control->build_cancelled = true;
		control->runner->ops->cancel(
			control->runner,
			control_oid(control, control->building)->hex);
	}
	for (size_t i = 0; i < control->flight_count; i++) {
		struct flight *flight = control->flights[i];

		if (flight->cancelled ||
		    (!plan->halted &&
		     is_wished(plan, flight->commit, WISH_RUNS)))
			continue;
		for (size_t k = 0; k < control->flight_count; k++)
			if (control->flights[k]->commit == flight->commit)
				control->flights[k]->cancelled = true;
		control->runner->ops->cancel(control->runner, flight->oid.hex);
	}
}

void control_cancel_all(struct control *control)
{
	control->build_cancelled = control->building >= 0;
	for (size_t i = 0; i < control->flight_count; i++)
		control->flights[i]->cancelled = true;
	if (control->building >= 0 || control->flight_count > 0)
		control->runner->ops->cancel(control->runner, NULL);
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

static int flights_of(const struct control *control, int commit)
{
	int count = 0;

	for (size_t i = 0; i < control->flight_count; i++)
		count += control->flights[i]->commit == commit;
	return count;
}

static void start_runs(struct control *control, int commit, int wanted)
{
	/* starting one changes the plan only when it could not be started */
	while (!control->failed && !control->leaving &&
	       (int)control->flight_count < control->runner->slots &&
	       flights_of(control, commit) < wanted) {
		size_t before = control->flight_count;

		run_start(control, commit);
		if (control->flight_count == before)
			break;
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

/* Returns whether anything is being done or was begun. */
static bool work(struct control *control, const struct plan *plan)
{
	const struct wish *job = first_job(plan);

	start_revert(control, plan);
	if (control->building >= 0)
		return true;
	if (!job || plan->paused)
		return control->flight_count > 0 || control->reverting;
	if (job->kind == WISH_BUILD || job->commit != control->built ||
	    job->like != control->built_like) {
		if (control->flight_count == 0)
			build_start(control, job->commit, job->like);
		return true;
	}
	if (control->flight_count > 0 && flights_of(control, job->commit) == 0)
		return true; /* another commit's runs still end */
	start_runs(control, job->commit, job->runs);
	return true;
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
		if (extend_for(control->session, control->repo, NULL, false,
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
		cancel_unwished(control, plan);
		if (!work(control, plan)) {
			if (plan->state == PLAN_FOUND && !plan->needs_person)
				control_leave(control, CONTROL_FOUND);
			else if (!plan->paused || !control->options->stay)
				control_leave(control, CONTROL_NEEDS_PERSON);
		}
	}
	if (control->leaving) {
		control_cancel_all(control);
		if (control->building < 0 && control->flight_count == 0 &&
		    !control->reverting)
			finish(control);
	}
}
