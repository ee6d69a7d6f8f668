/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/consoles.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "control/joblist.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tui/grid.h"

static void shown_init(struct shown *shown)
{
	memset(shown, 0, sizeof(*shown));
	shown->commit = shown->run = -1;
	logview_init(&shown->log, LOG_STEP);
}

void consoles_init(struct consoles *consoles)
{
	shown_init(&consoles->main);
	shown_init(&consoles->beside);
	consoles->newest = true;
	consoles->on_beside = false;
}

void consoles_release(struct consoles *consoles)
{
	logview_release(&consoles->main.log);
	logview_release(&consoles->beside.log);
	consoles_init(consoles);
}

/*
 * Which run.
 */

/* At an earlier time there are fewer commits. */
static bool is_known(struct session *session, int commit)
{
	return commit >= 0 && commit < graph_count(session_graph(session));
}

static const struct step *step_of(struct session *session, int commit)
{
	return is_known(session, commit)
		       ? engine_step_of(session_engine(session), commit)
		       : NULL;
}

/* When it began, as far as that is known; what still waits for a node of a
   cluster did not. */
static int64_t began(const struct run_state *run, const struct joblist *jobs,
		     const char *hex)
{
	return run->begin && !joblist_waits(jobs, hex, run->number)
		       ? run->begin->seq
		       : 0;
}

/* The one that began last. */
static int newest_of(struct session *session, int commit)
{
	const struct step *step = step_of(session, commit);
	int number = -1;
	int64_t newest = 0;
	struct joblist jobs;
	const char *hex;

	if (!step)
		return -1;
	hex = graph_oid(session_graph(session), commit)->hex;
	joblist_read(&jobs, session_dir(session));
	for (int i = 0; i < step->run_count; i++) {
		const struct run_state *run = &step->runs[i];
		int64_t seq = began(run, &jobs, hex);

		if (number >= 0 && (seq < newest || (newest && seq == newest)))
			continue;
		number = run->number;
		newest = seq;
	}
	joblist_release(&jobs);
	return number;
}

static void open_log(struct shown *shown, struct session *session)
{
	const struct oid *oid;
	char *path = NULL;

	if (shown->run >= 0 && is_known(session, shown->commit)) {
		oid = graph_oid(session_graph(session), shown->commit);
		path = shown->output
			       ? session_output(session, oid, shown->run)
			       : session_console(session, oid, shown->run);
	}
	logview_open(&shown->log, path);
	free(path);
}

/* A run that was not visited over ssh has a console alone. */
static bool has_output(const struct shown *shown, struct session *session)
{
	bool there = false;
	char *path;

	if (shown->run < 0 || !is_known(session, shown->commit))
		return false;
	path = session_output(session,
			      graph_oid(session_graph(session), shown->commit),
			      shown->run);
	there = access(path, F_OK) == 0;
	free(path);
	return there;
}

bool consoles_turn(struct consoles *consoles, struct session *session)
{
	struct shown *shown = &consoles->main;

	if (!shown->output && !has_output(shown, session))
		return false;
	shown->output = !shown->output;
	open_log(shown, session);
	return true;
}

void consoles_open(struct consoles *consoles, struct session *session,
		   int commit, int run)
{
	struct shown *shown = &consoles->main;

	consoles->newest = run < 0;
	shown->commit = commit;
	shown->run = run < 0 ? newest_of(session, commit) : run;
	open_log(shown, session);
}

bool consoles_step(struct consoles *consoles, struct session *session, int step)
{
	struct shown *shown = &consoles->main;
	const struct step *of = step_of(session, shown->commit);
	int found = -1;

	for (int i = 0; of && i < of->run_count; i++) {
		int number = of->runs[i].number;

		if (step > 0 && number > shown->run &&
		    (found < 0 || number < found))
			found = number;
		if (step < 0 && number < shown->run && number > found)
			found = number;
	}
	if (found < 0)
		return false;
	consoles_open(consoles, session, shown->commit, found);
	return true;
}

static bool is_crash(const struct run_state *run)
{
	return run->fact && run->outcome == OUTCOME_CRASHED;
}

static bool is_fine(const struct run_state *run)
{
	return run->fact && run->outcome == OUTCOME_OK;
}

/* Of all steps the last run that crashed, or that went well. */
static void find_beside(struct consoles *consoles, struct session *session)
{
	struct engine *engine = session_engine(session);
	const struct shown *main = &consoles->main;
	const struct run_state *now =
		step_find_run(step_of(session, main->commit), main->run);
	bool wants_crash = !now || !is_crash(now);
	struct shown *out = &consoles->beside;
	int64_t last = 0;

	out->commit = out->run = -1;
	for (int i = 0; i < engine_step_count(engine); i++) {
		const struct step *step = engine_step(engine, i);

		for (int j = 0; j < step->run_count; j++) {
			const struct run_state *run = &step->runs[j];

			if ((wants_crash ? !is_crash(run) : !is_fine(run)) ||
			    run == now || run->fact->seq < last)
				continue;
			last = run->fact->seq;
			out->commit = step->commit;
			out->run = run->number;
		}
	}
}

/*
 * What is known of it.
 */

/* For how long; on a cluster also where, or why it waits. */
static void tell_running(struct shown *shown, struct session *session,
			 const struct run_state *run, int64_t now)
{
	const struct joblist_item *job;
	char time[24], where[96];
	struct joblist jobs;

	joblist_read(&jobs, session_dir(session));
	job = joblist_find(&jobs, shown->id, run->number);
	if (job) {
		now += run->begin->at - job->since;
		text_copy_line(shown->where, sizeof(shown->where),
			       joblist_say(job, where, sizeof(where)),
			       shown->log.ascii);
	}
	snprintf(shown->fact, sizeof(shown->fact), "%s %s",
		 job && !str_equal(job->state, "runs") ? "queued" : "running",
		 str_duration(time, now - run->begin->at));
	joblist_release(&jobs);
}

static void describe(struct shown *shown, struct session *session, int64_t now,
		     bool ascii)
{
	const struct run_state *run =
		step_find_run(step_of(session, shown->commit), shown->run);
	char time[24], text[MODEL_TEXT - 64];

	shown->log.ascii = ascii;
	shown->id[0] = shown->where[0] = shown->fact[0] = '\0';
	shown->running = shown->bad = false;
	if (is_known(session, shown->commit))
		str_copy(shown->id, sizeof(shown->id),
			 graph_oid(session_graph(session), shown->commit)->hex);
	if (!run)
		return;
	text_copy_line(shown->where, sizeof(shown->where),
		       run->begin ? run->begin->text : NULL, ascii);
	shown->running = run->running;
	shown->bad = run_title(run) != NULL;
	if (shown->bad) {
		text_copy_line(shown->fact, sizeof(shown->fact), run_title(run),
			       ascii);
	} else if (run->running && run->begin) {
		tell_running(shown, session, run, now);
	} else if (run->fact) {
		text_copy_line(text, sizeof(text), run->fact->text, ascii);
		snprintf(shown->fact, sizeof(shown->fact), "%s after %s%s%s",
			 outcome_name(run->outcome),
			 str_duration(time, run->fact->duration_ms),
			 *text ? ": " : "", text);
	}
}

void consoles_update(struct consoles *consoles, struct session *session,
		     int64_t now, bool ascii)
{
	struct shown *main = &consoles->main;

	/* at an earlier time there may be no such run */
	if (consoles->newest && main->log.follow &&
	    newest_of(session, main->commit) != main->run)
		consoles_open(consoles, session, main->commit, -1);
	find_beside(consoles, session);
	open_log(&consoles->beside, session);
	describe(main, session, now, ascii);
	describe(&consoles->beside, session, now, ascii);
}

/*
 * Drawing.
 */

void shown_draw(struct grid *grid, struct area area, const char *title,
		struct shown *shown, int pane, bool focused)
{
	struct area ruler = { area.x, area.y, area.width, 1 };
	struct area lines = { area.x, area.y + 1, area.width, area.height - 1 };
	char text[160] = "", size[24], remark[64] = "";
	int64_t count;

	if (shown->output)
		title = "Output";
	if (shown->run < 0)
		str_copy(text, sizeof(text), title);
	else
		snprintf(text, sizeof(text), "%s  run %d%s%s  %s", title,
			 shown->run, *shown->where ? "  " : "", shown->where,
			 shown->id);
	if (shown->log.file.path && shown->log.file.state != LOGFILE_NONE &&
	    logfile_lines(&shown->log.file, &count))
		snprintf(remark, sizeof(remark), "%s  %" PRId64 " %s",
			 str_size(size, shown->log.file.size), count,
			 count == 1 ? "line" : "lines");
	panes_ruler(grid, ruler, text, focused, remark);
	logview_draw(grid, lines, &shown->log, pane, focused);
}

void shown_fact(struct grid *grid, struct area area, struct shown *shown)
{
	int64_t line = logview_crash_line(&shown->log);
	int x = area.x + 1, end = area.x + area.width - 1;

	if (!*shown->fact)
		return;
	if (!shown->bad) {
		grid_text(grid, x, area.y, end - x, ROLE_DIM, shown->fact);
		return;
	}
	x += grid_printf(grid, x, area.y, end - x, ROLE_TITLE, "crash: %s",
			 shown->fact);
	if (line)
		grid_printf(grid, x, area.y, end - x, ROLE_PLAIN,
			    "   first at line %" PRId64, line);
}
