/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "control/target.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "repo/worktree.h"
#include "run/runner.h"
#include "session/session.h"

/*
 * Builds.
 */

static void on_build(void *data, const struct build_end *end)
{
	struct control *control = data;
	int commit = control->building;
	/* git bisect has checked out something else, who knows when */
	bool lost = end->cancelled || gitwatch_touched(control);
	struct event event = {
		.kind = lost ? EVENT_BUILD_STOPPED : EVENT_BUILD,
		.commit = *control_oid(control, commit),
		.build = end->result,
		.signature = control_text(end->signature),
		.text = control_text(end->text),
		.number = lost ? 0 : end->patch,
		.exit_status = end->exit_status,
		.duration_ms = end->duration_ms,
		.errands = (struct errand *)(uintptr_t)end->errands,
		.errand_count = lost ? 0 : end->errand_count,
	};

	control->building = -1;
	control->built_like = control->building_like;
	control->build_cancelled = false;
	gitwatch_built(control);
	control->dirty = lost || end->exit_status >= 256;
	if (!lost && end->result == BUILD_OK)
		control->built = commit;
	control_append(control, &event);
	control_pump_soon(control);
}

static int64_t last_seq(const struct control *control)
{
	const struct engine *engine = session_engine(control->session);
	size_t count = engine_event_count(engine);

	return count ? engine_event(engine, count - 1)->seq : 0;
}

static int choose_fixups(struct control *control, const struct oid *oid,
			 struct error *err)
{
	struct fixup_choice choice;
	int ret = fixup_choose(control->session, control->repo, oid, &choice,
			       err);

	if (ret < 0)
		fixup_choice_init(&choice);
	fixup_choice_release(&control->fixups);
	control->fixups = choice;
	control->fixups_at = last_seq(control);
	return ret;
}

static bool changes_fixups(enum event_kind kind)
{
	return kind == EVENT_FIXUP || kind == EVENT_FIXUP_DROP ||
	       kind == EVENT_UNDO || kind == EVENT_REDO;
}

/* Was a fixup added or taken away since they were chosen? */
static bool fixups_moved(struct control *control)
{
	const struct engine *engine = session_engine(control->session);
	int64_t from = control->fixups_at;

	control->fixups_at = last_seq(control);
	for (size_t i = engine_event_count(engine); i-- > 0;) {
		const struct event *event = engine_event(engine, i);

		if (event->seq <= from)
			break;
		if (changes_fixups(event->kind))
			return true;
	}
	return false;
}

/* A run is always of a build with the fixups that are in force. */
void build_look_at_fixups(struct control *control)
{
	struct fixup_choice now;

	if (control->built < 0 || !fixups_moved(control))
		return;
	if (fixup_choose(control->session, control->repo,
			 control_oid(control, control->built), &now,
			 NULL) < 0) {
		control->built = -1; /* what is wrong is said by a build */
		return;
	}
	if (!str_equal(now.numbers.text, control->fixups.numbers.text))
		control->built = -1;
	fixup_choice_release(&now);
}

void build_start(struct control *control, int commit, int like)
{
	struct oid oid = *control_oid(control, commit);
	struct event event = { .kind = EVENT_BUILD_BEGIN, .commit = oid };
	char *log = session_build_log(control->session, &oid);
	struct build_request request = { .commit = oid.hex, .log = log };
	struct error err = ERROR_INIT;
	int chosen = choose_fixups(control, &oid, &err);

	control->came_back = false;
	control->built = -1;
	if (like >= 0)
		event.other = *control_oid(control, like);
	if (control->fixups.count)
		event.text = control->fixups.numbers.text;
	if (!control_append(control, &event))
		goto out;
	control->building = commit;
	control->building_like = like;
	if (chosen < 0)
		goto infra;
	if (control->dirty && worktree_clean(control->worktree, &err) < 0)
		goto infra;
	control->dirty = false;
	if (target_choose(control->target, &oid, like < 0 ? &oid : &event.other,
			  &control->fixups, &request.choice, &err) < 0)
		goto infra;
	if (control->runner->ops->build(control->runner, &request, on_build,
					control, &err) == 0)
		goto out;
infra:
	on_build(control, &(struct build_end){ .result = BUILD_INFRA,
					       .text = err.text });
out:
	free(log);
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

static void on_run(void *data, const struct run_end *end)
{
	struct flight *flight = data;
	struct control *control = flight->control;
	bool lost = end->cancelled || gitwatch_moved(control);
	struct event event = {
		.kind = lost ? EVENT_RUN_STOPPED : EVENT_RUN,
		.commit = flight->oid,
		.number = flight->number,
		.outcome = end->outcome,
		.title = control_text(end->title),
		.text = control_text(end->text),
		.exit_status = end->exit_status,
		.duration_ms = end->duration_ms,
		.crashes = (struct crash *)(uintptr_t)end->crashes,
		.crash_count = lost ? 0 : end->crash_count,
		.boot_ms = lost ? 0 : end->boot_ms,
		.copy_ms = lost ? 0 : end->copy_ms,
		.errands = (struct errand *)(uintptr_t)end->errands,
		.errand_count = lost ? 0 : end->errand_count,
	};

	if (lost && !end->cancelled)
		control->built = -1;
	drop_flight(control, flight);
	control_append(control, &event);
	control_pump_soon(control);
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

void run_start(struct control *control, int commit)
{
	struct oid oid = *control_oid(control, commit);
	struct event event = { .kind = EVENT_RUN_BEGIN,
			       .commit = oid,
			       .number = next_number(control, commit) };
	struct run_request request = { .commit = oid.hex,
				       .number = (int)event.number,
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
	*flight =
		(struct flight){ control, oid, commit, request.number, false };
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
