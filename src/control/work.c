/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "control/target.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "run/runner.h"
#include "session/session.h"

/*
 * Builds.
 */

static void build_ended(struct place *place, const struct build_end *end)
{
	struct control *control = place->control;
	bool own = place->number == 0;
	int commit = place->building;
	/* git bisect has checked out something else, who knows when */
	bool lost = end->cancelled || place->slept ||
		    (own && gitwatch_touched(control));
	const char *why = place->slept ? control->slept : NULL;
	struct event event = {
		.kind = lost ? EVENT_BUILD_STOPPED : EVENT_BUILD,
		.commit = *control_oid(control, commit),
		.build = end->result,
		.signature = control_text(end->signature),
		.text = control_text(lost ? why : end->text),
		.number = lost ? 0 : end->patch,
		.exit_status = end->exit_status,
		.duration_ms = end->duration_ms,
		.errands = (struct errand *)(uintptr_t)end->errands,
		.errand_count = lost ? 0 : end->errand_count,
	};

	place->building = -1;
	place->cancelled = false;
	place->slept = false;
	place->ahead = false;
	if (own)
		gitwatch_built(control);
	place->dirty |= lost || end->exit_status >= 256;
	if (!lost && end->result == BUILD_OK)
		places_add_product(place, commit);
	control_append(control, &event);
	control_pump_soon(control);
}

/* What was read in the first moment after a sleep was from before it. */
static void on_build(void *data, const struct build_end *end)
{
	struct place *place = data;

	control_look_for_sleep(place->control);
	build_ended(place, end);
}

static int choose_fixups(struct place *place, const struct oid *oid,
			 struct error *err)
{
	struct control *control = place->control;
	struct fixup_choice choice;
	int ret = fixup_choose(control->session, control->repo, oid, &choice,
			       err);

	if (ret < 0)
		fixup_choice_init(&choice);
	fixup_choice_release(&place->fixups);
	place->fixups = choice;
	return ret;
}

static bool changes_fixups(enum event_kind kind)
{
	return kind == EVENT_FIXUP || kind == EVENT_FIXUP_DROP ||
	       kind == EVENT_UNDO || kind == EVENT_REDO;
}

/* Was a fixup added or taken away since they were looked at? */
static bool fixups_moved(struct control *control)
{
	const struct engine *engine = session_engine(control->session);
	int64_t from = control->fixups_at;

	control->fixups_at = control_last_seq(control);
	for (size_t i = engine_event_count(engine); i-- > 0;) {
		const struct event *event = engine_event(engine, i);

		if (event->seq <= from)
			break;
		if (changes_fixups(event->kind))
			return true;
	}
	return false;
}

/* Would a build of this commit have these fixups now? */
static bool has_fixups(struct control *control, int commit, const char *numbers)
{
	struct fixup_choice now;
	bool same;

	if (fixup_choose(control->session, control->repo,
			 control_oid(control, commit), &now, NULL) < 0)
		return false; /* what is wrong is said by a build */
	same = str_equal(now.numbers.text ? now.numbers.text : "",
			 numbers ? numbers : "");
	fixup_choice_release(&now);
	return same;
}

/* A run is always of a build with the fixups that are in force. */
void build_look_at_fixups(struct control *control)
{
	bool moved = fixups_moved(control);

	for (size_t i = control->product_count; i-- > 0;) {
		struct product *product = &control->products[i];

		if (product->looked && !moved)
			continue;
		product->looked =
			has_fixups(control, product->commit, product->fixups);
		if (!product->looked)
			places_drop_product(control, i);
	}
}

static void end_as_infra(struct place *place, const struct error *err)
{
	on_build(place, &(struct build_end){ .result = BUILD_INFRA,
					     .cancelled = place->cancelled,
					     .text = err->text });
}

/* The worktree is there. */
static void build_go_on(struct place *place)
{
	struct control *control = place->control;
	const struct oid *oid = control_oid(control, place->building);
	int like = place->like < 0 ? place->building : place->like;
	char *log = session_build_log(control->session, oid);
	struct build_request request = { .commit = oid->hex,
					 .place = place->number,
					 .ahead = place->ahead,
					 .log = log };
	struct error err = ERROR_INIT;

	if (target_choose(control->target, place->number, oid,
			  control_oid(control, like), &place->fixups,
			  &request.choice, &err) < 0 ||
	    control->runner->ops->build(control->runner, &request, on_build,
					place, &err) < 0)
		end_as_infra(place, &err);
	free(log);
}

void build_prepared(struct place *place)
{
	if (place->cancelled || place->trouble.code != ERROR_NONE)
		end_as_infra(place, &place->trouble);
	else
		build_go_on(place);
}

static void build_here(struct place *place)
{
	if (!place->made || place->dirty)
		place_prepare(place);
	else
		build_go_on(place);
}

static void on_vacated(void *data)
{
	struct place *place = data;

	place->preparing = false;
	place->dirty = true; /* they were cut short */
	if (place->cancelled)
		end_as_infra(place, &place->trouble);
	else
		build_here(place);
}

/* An earlier engine's jobs may be in the place; or be what is wanted. */
static void build_vacate(struct place *place)
{
	struct control *control = place->control;
	const struct runner_ops *ops = control->runner->ops;
	const char *hex = control_oid(control, place->building)->hex;
	int taken = ops->vacate ? ops->vacate(control->runner, place->number,
					      hex, on_vacated, place)
				: 0;

	place->trouble.code = ERROR_NONE;
	place->trouble.text[0] = '\0';
	if (taken == 2)
		place->preparing = true;
	else if (taken == 1)
		build_go_on(place);
	else
		build_here(place);
}

void build_start(struct place *place, int commit, int like, bool ahead)
{
	struct control *control = place->control;
	struct oid oid = *control_oid(control, commit);
	struct event event = { .kind = EVENT_BUILD_BEGIN,
			       .commit = oid,
			       .number = ahead ? BUILD_AHEAD : 0 };
	struct error err = ERROR_INIT;
	int chosen = choose_fixups(place, &oid, &err);

	control->came_back = false;
	if (place->number == 0)
		control->shown = commit;
	if (like >= 0)
		event.other = *control_oid(control, like);
	if (place->fixups.count)
		event.text = place->fixups.numbers.text;
	if (!control_append(control, &event))
		return;
	place->building = commit;
	place->like = like;
	place->ahead = ahead;
	if (chosen < 0)
		end_as_infra(place, &err);
	else
		build_vacate(place);
}

/* What was built ahead with other fixups is built anew. */
static bool may_take(struct control *control, int commit)
{
	const struct ahead_build *ahead =
		engine_ahead_of(session_engine(control->session), commit);

	if (!ahead)
		return false;
	if (ahead->fact && ahead->fact->build == BUILD_OK &&
	    places_built(control, commit, -1) < 0)
		return false;
	if (ahead->fact && ahead->fact->build == BUILD_INFRA)
		return false;
	return has_fixups(control, commit, ahead->begin->text);
}

bool build_take(struct control *control, int commit)
{
	struct place *place = places_building(control, commit);
	struct event event = { .kind = EVENT_BUILD_BEGIN,
			       .commit = *control_oid(control, commit),
			       .number = BUILD_TAKEN };

	if (!may_take(control, commit))
		return false;
	if (place)
		place->ahead = false;
	control->came_back = false;
	control_append(control, &event);
	control_pump_soon(control);
	return true;
}

/*
 * Runs.
 */

static void drop_flight(struct control *control, struct flight *flight)
{
	size_t at = 0;

	while (control->flights[at] != flight)
		at++;
	control->flights[at] = control->flights[--control->flight_count];
	free(flight);
}

static void on_seen(void *data, const char *title)
{
	struct flight *flight = data;
	struct event event = { .kind = EVENT_RUN_CRASH,
			       .commit = flight->oid,
			       .number = flight->number,
			       .title = control_text(title) };

	control_append(flight->control, &event);
}

/* What the run would come to if it ended now. */
static bool on_decides(void *data, const struct crash *crashes, int count)
{
	struct flight *flight = data;
	struct engine *engine = session_engine(flight->control->session);
	const struct event run = {
		.kind = EVENT_RUN,
		.outcome = OUTCOME_CRASHED,
		.crashes = (struct crash *)(uintptr_t)crashes,
		.crash_count = count,
	};
	struct bug_run as = bug_judge(engine_bug(engine), &run);

	/* a kernel that crashed on its way may still come up */
	return engine_symptom(engine) == SYMPTOM_CRASH &&
	       as.outcome == OUTCOME_CRASHED && !as.open;
}

static void run_ended(struct flight *flight, const struct run_end *end)
{
	struct control *control = flight->control;
	bool moved = flight->needs_place && flight->place == 0 &&
		     gitwatch_moved(control);
	bool lost = end->cancelled || flight->slept || moved;
	const char *why = flight->slept ? control->slept : NULL;
	struct event event = {
		.kind = lost ? EVENT_RUN_STOPPED : EVENT_RUN,
		.commit = flight->oid,
		.number = flight->number,
		.outcome = end->outcome,
		.title = control_text(end->title),
		.text = control_text(lost ? why : end->text),
		.exit_status = end->exit_status,
		.duration_ms = end->duration_ms,
		.crashes = (struct crash *)(uintptr_t)end->crashes,
		.crash_count = lost ? 0 : end->crash_count,
		.boot_ms = lost ? 0 : end->boot_ms,
		.copy_ms = lost ? 0 : end->copy_ms,
		.errands = (struct errand *)(uintptr_t)end->errands,
		.errand_count = lost ? 0 : end->errand_count,
	};

	if (moved && !end->cancelled)
		places_forget(control, 0);
	drop_flight(control, flight);
	control_append(control, &event);
	control_pump_soon(control);
}

static void on_run(void *data, const struct run_end *end)
{
	struct flight *flight = data;

	control_look_for_sleep(flight->control);
	run_ended(flight, end);
}

/* The lowest number that no run of the commit has, finished or under way. */
static int next_number(struct control *control, int commit)
{
	const struct step *step =
		engine_step_of(session_engine(control->session), commit);
	int number = 0;

	for (int i = 0; step && i < step->run_count; i++)
		if (step->runs[i].number == number)
			number++;
	return number;
}

/* Then a kernel that came up need not do anything more. */
static bool is_boot_sought(const struct control *control)
{
	return engine_symptom(session_engine(control->session)) ==
	       SYMPTOM_NO_BOOT;
}

void run_start(struct control *control, int commit, int place, bool ahead)
{
	struct oid oid = *control_oid(control, commit);
	struct event event = { .kind = EVENT_RUN_BEGIN,
			       .commit = oid,
			       .number = next_number(control, commit) };
	struct run_request request = { .commit = oid.hex,
				       .place = place,
				       .number = (int)event.number,
				       .ahead = ahead,
				       .boot_only = is_boot_sought(control),
				       .seen = on_seen,
				       .decides = on_decides };
	struct flight *flight = xcalloc(1, sizeof(*flight));
	struct error err = ERROR_INIT;
	char *console = session_console(control->session, &oid, request.number);
	char *output = session_output(control->session, &oid, request.number);

	control->came_back = false;
	request.console = console;
	request.output = output;
	*flight = (struct flight){
		.control = control,
		.oid = oid,
		.commit = commit,
		.number = request.number,
		.place = place,
		.ahead = ahead,
		.needs_place =
			control->runner->ops->has(control->runner, place,
						  oid.hex) != RUNNER_HAS_KEPT,
	};
	if (!control_append(control, &event)) {
		free(flight);
		goto out;
	}
	array_grow(control->flights, control->flight_count + 1,
		   &control->flight_room);
	control->flights[control->flight_count++] = flight;
	if (control->runner->ops->run(control->runner, &request, on_run, flight,
				      &err) < 0)
		on_run(flight, &(struct run_end){ .outcome = OUTCOME_INFRA,
						  .text = err.text });
out:
	free(output);
	free(console);
}
