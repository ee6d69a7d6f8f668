/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/pages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/desk.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tui/frame.h"
#include "tui/home.h"
#include "tui/logtext.h"
#include "tui/pager.h"
#include "tui/panes.h"
#include "tui/save.h"

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
		return panes_outcome_role(event->outcome);
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

/* How a command ended: "exit 0", "signal 9", "stopped". */
static void say_status(struct line *line, int status)
{
	if (status == ERRAND_CUT)
		line_printf(line, ROLE_SKIP, "stopped");
	else if (status >= 256)
		line_printf(line, ROLE_BAD, "signal %d", status - 256);
	else
		line_printf(line, status ? ROLE_BAD : ROLE_DIM, "exit %d",
			    status);
}

/* The commands of a build or a run: status and time, then what it was. */
static void put_errands(struct pager *pager, const struct event *event,
			int link, bool ascii)
{
	struct line line;
	char time[24];

	line_init(&line, ascii);
	for (int i = 0; i < event->errand_count; i++) {
		const struct errand *errand = &event->errands[i];

		line_to(&line, 16);
		say_status(&line, errand->exit_status);
		line_right(&line, 34, ROLE_DIM,
			   str_duration(time, errand->duration_ms));
		line_printf(&line, ROLE_DIM, "  $ ");
		line_printf(&line, ROLE_PLAIN, "%s", errand->line);
		if (errand->times > 1)
			line_printf(&line, ROLE_DIM, "  (%d times)",
				    errand->times);
		pager_add_line(pager, link, &line);
	}
	line_release(&line);
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
		int link = oid_is_none(&event->commit)
				   ? -1
				   : graph_find(session_graph(session),
						&event->commit);

		localtime_r(&seconds, &when);
		put_day(pager, &when, day, sizeof(day), ascii);
		strftime(clock, sizeof(clock), "%H:%M:%S", &when);
		buf_clear(&line);
		buf_printf(&line, "%4" PRId64 "  %s  %s", event->seq, clock,
			   engine_is_undone(engine, event->seq) ? "(undone) "
								: "");
		desk_describe(session, event, &line);
		put_line(pager, event_role(engine, event), link, &line, ascii);
		put_errands(pager, event, link, ascii);
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

/* Each line of a text. */
struct lines {
	const char *next, *end;
	const char *line;
	size_t length;
};

static bool next_line(struct lines *lines)
{
	const char *newline;

	if (lines->next >= lines->end)
		return false;
	newline = memchr(lines->next, '\n', (size_t)(lines->end - lines->next));
	lines->line = lines->next;
	lines->length =
		(size_t)((newline ? newline : lines->end) - lines->next);
	lines->next += lines->length + 1;
	return true;
}

static bool begins_diff(const struct lines *lines)
{
	return lines->length > 5 && strncmp(lines->line, "diff ", 5) == 0;
}

size_t pages_find_diff(const char *text, size_t length)
{
	struct lines lines = { .next = text, .end = text + length };

	while (next_line(&lines))
		if (begins_diff(&lines))
			return (size_t)(lines.line - text);
	return length;
}

/* " drivers/x.c | 12 +++--" is a line of the diffstat. */
static bool is_stat(const struct lines *lines, const char **bar)
{
	*bar = memchr(lines->line, '|', lines->length);
	return lines->length > 3 && *lines->line == ' ' &&
	       lines->line[1] != ' ' && *bar;
}

static void add_stat(struct pager *pager, const struct lines *lines,
		     const char *bar, bool ascii)
{
	struct line line;
	char *text = xstrndup(lines->line, lines->length);
	size_t at = (size_t)(bar - lines->line);
	size_t plus = at + strcspn(text + at, "+-");
	size_t minus = plus + strspn(text + plus, "+");

	line_init(&line, ascii);
	line_printf(&line, ROLE_PLAIN, "%.*s", (int)plus, text);
	line_printf(&line, ROLE_GOOD, "%.*s", (int)(minus - plus), text + plus);
	line_put(&line, ROLE_BAD, text + minus);
	pager_add_line(pager, -1, &line);
	line_release(&line);
	free(text);
}

void pages_add_message(struct pager *pager, const char *text, size_t length,
		       bool ascii)
{
	struct lines lines = { .next = text, .end = text + length };
	const char *bar;
	bool head = true;

	while (next_line(&lines)) {
		head = head && lines.length > 0;
		if (!head && is_stat(&lines, &bar))
			add_stat(pager, &lines, bar, ascii);
		else
			pager_add(pager, head ? ROLE_TITLE : ROLE_PLAIN, -1,
				  lines.line, lines.length, ascii);
	}
}

void pages_add_diff(struct pager *pager, const char *text, size_t length,
		    bool ascii)
{
	struct lines lines = { .next = text, .end = text + length };

	while (next_line(&lines))
		pager_add(pager, diff_role(lines.line, lines.length), -1,
			  lines.line, lines.length, ascii);
}

void pages_fill_text(struct pager *pager, const char *text, size_t length,
		     bool ascii)
{
	struct lines lines = { .next = text, .end = text + length };

	pager_clear(pager);
	while (next_line(&lines))
		pager_add(pager, ROLE_PLAIN, -1, lines.line, lines.length,
			  ascii);
}

void pages_fill_console(struct pager *pager, const char *text, size_t length,
			bool ascii)
{
	struct lines lines = { .next = text, .end = text + length };

	pager_clear(pager);
	while (next_line(&lines)) {
		char *line = xstrndup(lines.line, lines.length);

		pager_add(pager, logtext_role(line), -1, lines.line,
			  lines.length, ascii);
		free(line);
	}
}

static void draw_beside(struct grid *grid, const struct page_look *look)
{
	int x = look->width;
	struct area ruler = { x, 1, grid->columns - x, 1 };
	struct area lines = { x + 1, 2, grid->columns - x - 1, grid->rows - 4 };

	panes_ruler(grid, ruler, look->beside_title, look->beside_focused,
		    look->beside_remark ? look->beside_remark : "");
	grid_glyph(grid, x, 1, ROLE_LINE, GLYPH_TEE_DOWN);
	for (int y = 2; y < grid->rows - 2; y++)
		grid_glyph(grid, x, y, ROLE_LINE, GLYPH_VLINE);
	pager_draw_in(grid, lines, look->beside, 1, look->beside_focused);
}

void pages_draw(struct grid *grid, const struct model *model,
		const struct home *home, const struct page_look *look,
		struct pager *pager)
{
	int width = look->width ? look->width : grid->columns;
	struct area ruler = { 0, 1, width, 1 };
	struct area lines = { 0, 2, width, grid->rows - 4 };
	int status = grid->rows - 2;

	if (frame_too_small(grid))
		return;
	frame_title(grid, model);
	panes_ruler(grid, ruler, look->title, !look->beside_focused,
		    look->remark);
	if (look->width)
		draw_beside(grid, look);
	pager_draw_in(grid, lines, pager, 0, !look->beside_focused);
	if (look->save && look->save->asking)
		save_draw(grid, status, look->save);
	else if (*home->toast && !pager->asking)
		frame_toast(grid, status, home);
	else
		pager_status(grid, status,
			     look->beside_focused ? look->beside : pager);
	frame_keys(grid, look->hints, look->hint_count, "back");
}
