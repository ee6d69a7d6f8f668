/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/pages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"
#include "base/str.h"
#include "control/desk.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tui/frame.h"
#include "tui/home.h"
#include "tui/pager.h"
#include "tui/panes.h"

static enum role build_role(enum build_result result)
{
	switch (result) {
	case BUILD_FAILED:
		return ROLE_SKIP;
	case BUILD_INFRA:
		return ROLE_INFRA;
	case BUILD_OK:
	case BUILD_RESULT_COUNT:
		break;
	}
	return ROLE_PLAIN;
}

static enum role outcome_role(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_CRASHED:
		return ROLE_BAD;
	case OUTCOME_BOOT_FAILED:
		return ROLE_SKIP;
	case OUTCOME_TEST_FAILED:
	case OUTCOME_INFRA:
		return ROLE_INFRA;
	case OUTCOME_OK:
	case OUTCOME_IGNORED:
	case OUTCOME_COUNT:
		break;
	}
	return ROLE_PLAIN;
}

/* What begins is quieter than how it ended; a person's word stands out. */
static enum role event_role(const struct engine *engine,
			    const struct event *event)
{
	if (engine_is_undone(engine, event->seq))
		return ROLE_DIM;
	if (event->kind == EVENT_VERDICT)
		return panes_verdict_role(event->verdict);
	if (event->kind == EVENT_BUILD)
		return build_role(event->build);
	if (event->kind == EVENT_RUN)
		return outcome_role(event->outcome);
	if (event_is_decision(event->kind))
		return ROLE_TITLE;
	return event->kind == EVENT_RUN_CRASH ? ROLE_BAD : ROLE_DIM;
}

static void put_line(struct pager *pager, enum role role, int link,
		     struct buf *line, bool ascii)
{
	for (size_t i = 0; i < line->length; i++)
		if (line->text[i] == '\n')
			line->text[i] = ' ';
	pager_add(pager, role, link, line->text, line->length, ascii);
}

/* The day stands on a line of its own, where it is another one. */
static void put_day(struct pager *pager, const struct tm *when, char *before,
		    size_t size, bool ascii)
{
	char day[32];

	strftime(day, sizeof(day), "%A %Y-%m-%d", when);
	if (str_equal(day, before))
		return;
	str_copy(before, size, day);
	pager_add(pager, ROLE_HEADING, -1, day, strlen(day), ascii);
}

void pages_fill_log(struct pager *pager, struct session *session, bool ascii)
{
	const struct engine *engine = session_engine(session);
	char day[32] = "", clock[16];
	struct buf line;
	struct tm when;

	pager_clear(pager);
	buf_init(&line, 0);
	for (size_t i = 0; i < engine_event_count(engine); i++) {
		const struct event *event = engine_event(engine, i);
		time_t seconds = (time_t)(event->at / 1000);

		localtime_r(&seconds, &when);
		put_day(pager, &when, day, sizeof(day), ascii);
		strftime(clock, sizeof(clock), "%H:%M:%S", &when);
		buf_clear(&line);
		buf_printf(&line, "%4" PRId64 "  %s  %s", event->seq, clock,
			   engine_is_undone(engine, event->seq) ? "(undone) "
								: "");
		desk_describe(session, event, &line);
		put_line(pager, event_role(engine, event),
			 oid_is_none(&event->commit)
				 ? -1
				 : graph_find(session_graph(session),
					      &event->commit),
			 &line, ascii);
	}
	buf_release(&line);
}

/* Bytes in few columns: "912 B", "34 KiB", "5 MiB"; "-" for none. */
static void put_size(struct buf *line, const char *path)
{
	struct stat info;
	long long size;

	if (stat(path, &info) < 0) {
		buf_printf(line, "%8s", "-");
		return;
	}
	size = (long long)info.st_size;
	if (size < 1024)
		buf_printf(line, "%6lld B", size);
	else if (size < 1024 * 1024)
		buf_printf(line, "%4lld KiB", size / 1024);
	else
		buf_printf(line, "%4lld MiB", size / 1024 / 1024);
}

static void put_also(struct pager *pager, const struct run_state *run,
		     struct buf *line, bool ascii)
{
	for (int i = 0; run->fact && i < run->fact->crash_count; i++) {
		const char *title = run->fact->crashes[i].title;

		if (str_equal(title, run_title(run)))
			continue;
		buf_clear(line);
		buf_printf(line, "%37salso %s", "", title);
		put_line(pager, ROLE_DIM, run->number, line, ascii);
	}
}

static void put_judge(struct pager *pager, const struct run_state *run,
		      struct buf *line, bool ascii)
{
	const struct event *judge = run->judge;

	if (!judge)
		return;
	buf_clear(line);
	buf_printf(line, "%37sjudged %s by %s%s%s; it was %s", "",
		   outcome_name(judge->outcome),
		   judge->who ? judge->who : "somebody",
		   str_empty(judge->text) ? "" : ": ",
		   judge->text ? judge->text : "",
		   outcome_name(run->fact->outcome));
	put_line(pager, ROLE_TITLE, run->number, line, ascii);
}

static void put_run(struct pager *pager, struct session *session,
		    const struct oid *oid, const struct run_state *run,
		    bool ascii)
{
	char *console = session_console(session, oid, run->number);
	const char *what = run_title(run);
	struct buf line;
	char time[24] = "";

	if (run->fact)
		str_duration(time, run->fact->duration_ms);
	if (str_empty(what) && run->fact)
		what = run->fact->text;
	buf_init(&line, 0);
	buf_printf(&line, "%4d  %c %-12s %7s ", run->number,
		   engine_run_letter(run),
		   run->running ? "running" : outcome_name(run->outcome), time);
	put_size(&line, console);
	buf_printf(&line, "  %s%s", run->open ? "(asks) " : "",
		   what ? what : "");
	put_line(pager,
		 run->running ? ROLE_RUNNING : outcome_role(run->outcome),
		 run->number, &line, ascii);
	put_also(pager, run, &line, ascii);
	put_judge(pager, run, &line, ascii);
	buf_release(&line);
	free(console);
}

void pages_fill_runs(struct pager *pager, struct session *session, int commit,
		     bool ascii)
{
	static const char heads[] =
		"   #    outcome         time  console  what";
	struct engine *engine = session_engine(session);
	const struct step *step = engine_step_of(engine, commit);
	struct buf line;

	pager_clear(pager);
	pager_add(pager, ROLE_HEADING, -1, heads, strlen(heads), ascii);
	buf_init(&line, 0);
	if (step && step->same_as >= 0) {
		buf_printf(
			&line, "   =  %d run%s of %.*s, the same kernel",
			step->same_runs, step->same_runs == 1 ? "" : "s",
			OID_SHORT,
			graph_oid(session_graph(session), step->same_as)->hex);
		put_line(pager, ROLE_DIM, -1, &line, ascii);
	}
	for (int i = 0; step && i < step->run_count; i++)
		put_run(pager, session,
			graph_oid(session_graph(session), commit),
			&step->runs[i], ascii);
	if (!step || (!step->run_count && !step->same_runs)) {
		buf_clear(&line);
		buf_puts(&line, "   -  it has not been run");
		put_line(pager, ROLE_DIM, -1, &line, ascii);
	}
	buf_release(&line);
}

/* In the diff; what stands before it is the message and the diffstat. */
static enum role diff_role(const char *line, size_t length)
{
	if (length > 3 &&
	    (strncmp(line, "+++ ", 4) == 0 || strncmp(line, "--- ", 4) == 0))
		return ROLE_TITLE;
	switch (length ? *line : ' ') {
	case '+':
		return ROLE_GOOD;
	case '-':
		return ROLE_BAD;
	case '@':
		return ROLE_RUNNING;
	case 'd':
		return ROLE_TITLE;
	case ' ':
		return ROLE_PLAIN;
	default:
		return ROLE_DIM;
	}
}

void pages_fill_commit(struct pager *pager, const char *text, size_t length,
		       bool ascii)
{
	const char *end = text + length;
	bool diff = false, head = true;

	pager_clear(pager);
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t size = (size_t)((newline ? newline : end) - text);

		head = head && size > 0;
		diff = diff || (size > 5 && strncmp(text, "diff ", 5) == 0);
		pager_add(pager,
			  head	 ? ROLE_TITLE
			  : diff ? diff_role(text, size)
				 : ROLE_PLAIN,
			  -1, text, size, ascii);
		text += size + 1;
	}
}

void pages_draw(struct grid *grid, const struct model *model,
		const struct home *home, const char *title, const char *remark,
		struct pager *pager)
{
	static const struct key_hint hints[] = {
		{ "/", "find" },   { "n", "next" }, { "h l", "sideways" },
		{ "1", "steps" },  { "3", "runs" }, { "6", "evidence" },
		{ "7", "commit" }, { "9", "log" },
	};
	struct area ruler = { 0, 1, grid->columns, 1 };
	struct area lines = { 0, 2, grid->columns, grid->rows - 4 };
	int status = grid->rows - 2;

	if (frame_too_small(grid))
		return;
	frame_title(grid, model);
	panes_ruler(grid, ruler, title, true, remark);
	pager_draw(grid, lines, pager);
	if (*home->toast && !pager->asking)
		grid_text(grid, 1, status, grid->columns - 2,
			  home->toast_is_error ? ROLE_BAD : ROLE_TITLE,
			  home->toast);
	else
		pager_status(grid, status, pager);
	frame_keys(grid, hints, sizeof(hints) / sizeof(*hints), "back");
}
