/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/pages.h"

#include <inttypes.h>
#include <string.h>
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
		{ "/", "find" },  { "n", "next" },     { "h l", "sideways" },
		{ "1", "steps" }, { "6", "evidence" }, { "7", "commit" },
		{ "9", "log" },
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
