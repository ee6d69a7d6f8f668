/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/range_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/suspects.h"
#include "session/session.h"
#include "tui/field.h"
#include "tui/input.h"
#include "tui/match.h"

#define MARGIN 64 /* rows beyond what is seen whose texts are read */

void range_page_init(struct range_page *page)
{
	memset(page, 0, sizeof(*page));
	outline_init(&page->outline);
	page->anchor = page->from = page->to = -1;
}

void range_page_release(struct range_page *page)
{
	outline_release(&page->outline);
	suspects_free(page->suspects);
	match_free(page->match);
	free(page->members);
	free(page->texts);
	range_page_init(page);
}

/* Rows are counted from the newest, lines as they are shown. */
static int turn(const struct range_page *page, int row)
{
	return page->oldest_first ? page->outline.row_count - 1 - row : row;
}

const struct outline_row *range_page_row(const struct range_page *page,
					 int line)
{
	if (line < 0 || line >= page->outline.row_count)
		return NULL;
	return &page->outline.rows[turn(page, line)];
}

int range_page_chosen(const struct range_page *page)
{
	const struct outline_row *row = range_page_row(page, page->line);

	return row ? row->commit : -1;
}

const char *range_page_text(const struct range_page *page, int line)
{
	int place = line - page->texts_top;

	return place < 0 || place >= page->text_count ? "" : page->texts[place];
}

static int commit_at(const struct range_page *page, int place)
{
	return page->outline.strata.commits[place];
}

/*
 * Where one is.
 */

void range_page_scroll(struct range_page *page, int rows)
{
	int last = page->outline.row_count - rows;

	page->rows = rows;
	if (page->line < page->top)
		page->top = page->line;
	if (page->line >= page->top + rows)
		page->top = page->line - rows + 1;
	if (page->top > last)
		page->top = last;
	if (page->top < 0)
		page->top = 0;
}

/* The anchor's row may be another one now. */
static void find_line(struct range_page *page)
{
	int commit = page->anchor >= 0 ? page->anchor : page->outline.next;
	int row = outline_find(&page->outline, commit);

	page->line = row < 0 ? 0 : turn(page, row);
}

static void go_to_line(struct range_page *page, int line)
{
	const struct outline_row *row;

	if (line >= page->outline.row_count)
		line = page->outline.row_count - 1;
	page->line = line < 0 ? 0 : line;
	row = range_page_row(page, page->line);
	if (row)
		page->anchor = commit_at(page, row->first);
	if (page->anchor == page->outline.next)
		page->anchor = -1;
}

void range_page_go_to(struct range_page *page, int commit)
{
	int row = outline_find(&page->outline, commit);

	if (row >= 0)
		go_to_line(page, turn(page, row));
}

static void read_texts(struct range_page *page, struct session *session,
		       bool ascii)
{
	int top = page->top - MARGIN, end;

	top = top < 0 ? 0 : top;
	end = page->top + page->rows + MARGIN;
	if (end > page->outline.row_count)
		end = page->outline.row_count;
	if (end - top > RANGE_TEXTS)
		end = top + RANGE_TEXTS;
	if (!page->texts)
		page->texts = xcalloc(RANGE_TEXTS, sizeof(*page->texts));
	page->texts_top = top;
	page->text_count = 0;
	for (int line = top; line < end; line++) {
		int commit = range_page_row(page, line)->commit;

		text_copy(page->texts[page->text_count++], RANGE_TEXT,
			  commit < 0 ? "" : session_subject(session, commit),
			  ascii);
	}
}

/*
 * The mark.
 */

void range_page_unmark(struct range_page *page)
{
	page->marking = false;
	page->from = page->to = -1;
}

bool range_page_is_marked(const struct range_page *page,
			  const struct outline_row *row)
{
	if (!page->marking || page->from < 0)
		return false;
	for (int i = 0; i < row->count; i++)
		if (page->members[commit_at(page, row->first + i)])
			return true;
	return false;
}

/* What is from the beginning of the mark to the chosen row, and its cost. */
static void measure(struct range_page *page, struct session *session)
{
	const struct outline_row *row = range_page_row(page, page->line);
	const struct strata *strata = &page->outline.strata;
	const struct graph *graph = session_graph(session);
	int newest, oldest, last;
	const int *parents;

	page->from = page->to = -1;
	if (!row)
		return;
	newest = strata_place(strata, page->mark_newest);
	oldest = strata_place(strata, page->mark_oldest);
	last = row->first + row->count - 1;
	newest = row->first < newest ? row->first : newest;
	oldest = last > oldest ? last : oldest;
	if (newest < 0 ||
	    !graph_is_ancestor(graph, commit_at(page, oldest),
			       commit_at(page, newest)) ||
	    graph_parents(graph, commit_at(page, oldest), &parents) == 0)
		return;
	page->from = parents[0];
	page->to = commit_at(page, newest);
	if (!page->suspects)
		page->suspects = engine_suspects(session_engine(session));
	page->members =
		xreallocarray(page->members, (size_t)graph_count(graph), 1);
	skip_cost_find(&page->cost, session_engine(session), graph,
		       page->suspects, page->from, page->to, page->members);
}

static void toggle_mark(struct range_page *page)
{
	const struct outline_row *row = range_page_row(page, page->line);

	if (page->marking || !row) {
		range_page_unmark(page);
		return;
	}
	page->marking = true;
	page->mark_newest = commit_at(page, row->first);
	page->mark_oldest = commit_at(page, row->first + row->count - 1);
}

/*
 * Building.
 */

static void build(struct range_page *page, struct session *session)
{
	struct engine *engine = session_engine(session);
	const struct graph *graph = session_graph(session);

	if (page->events == engine_event_count(engine) &&
	    page->commits == graph_count(graph))
		return;
	page->events = engine_event_count(engine);
	page->commits = graph_count(graph);
	outline_build(&page->outline, engine, graph);
	suspects_free(page->suspects);
	page->suspects = NULL;
	if (strata_place(&page->outline.strata, page->anchor) < 0)
		page->anchor = -1;
	find_line(page);
	if (!page->marking)
		return;
	if (strata_place(&page->outline.strata, page->mark_newest) < 0 ||
	    strata_place(&page->outline.strata, page->mark_oldest) < 0)
		range_page_unmark(page);
	else
		measure(page, session);
}

void range_page_update(struct range_page *page, struct session *session,
		       int rows, bool ascii)
{
	build(page, session);
	range_page_scroll(page, rows > 0 ? rows : 1);
	read_texts(page, session, ascii);
}

/*
 * Search, among all commits of the range, folded or not.
 */

static bool matches(const struct range_page *page, struct session *session,
		    int place)
{
	int commit = commit_at(page, place);
	const char *subject = session_subject(session, commit);
	const char *hex = graph_oid(session_graph(session), commit)->hex;
	struct match_span span;

	return match_find(page->match, subject, strlen(subject), 0, &span) ||
	       match_find(page->match, hex, strlen(hex), 0, &span);
}

/* Which way older commits lie: 1 is down the line. */
static void find(struct range_page *page, struct session *session, bool back)
{
	const struct outline_row *row = range_page_row(page, page->line);
	int count = page->outline.strata.count, at, begin;
	bool older = back == page->oldest_first;

	page->said[0] = '\0';
	if (!page->match) {
		str_copy(page->said, sizeof(page->said),
			 "press / and say what to find");
		return;
	}
	if (!row)
		return;
	begin = older ? row->first + row->count - 1 : row->first;
	/* a fold has been passed only when something in it was */
	if (row->commit < 0)
		begin = older ? row->first - 1 : row->first + row->count;
	at = begin;
	for (int i = 0; i < count; i++) {
		at = (at + (older ? 1 : count - 1) + count) % count;
		if (!matches(page, session, at))
			continue;
		if (older ? at <= begin : at >= begin)
			str_copy(page->said, sizeof(page->said),
				 "went on from the other end");
		outline_show(&page->outline, commit_at(page, at));
		range_page_go_to(page, commit_at(page, at));
		return;
	}
	snprintf(page->said, sizeof(page->said), "nothing matches '%s'",
		 page->wanted);
}

static void begin_search(struct range_page *page, struct session *session,
			 bool ascii)
{
	struct error err = ERROR_INIT;

	match_free(page->match);
	page->match = NULL;
	if (!*page->wanted)
		return;
	if (match_new(page->wanted, &page->match, &err) < 0)
		text_copy(page->said, sizeof(page->said), err.text, ascii);
	else
		find(page, session, false);
}

static void asking_key(struct range_page *page, struct session *session,
		       int key, bool ascii)
{
	if (key == INPUT_ENTER) {
		page->asking = false;
		begin_search(page, session, ascii);
	} else if (key == INPUT_ESCAPE || key == INPUT_CTRL('c') ||
		   (key == INPUT_BACKSPACE && !*page->wanted)) {
		page->asking = false;
	} else {
		field_key(page->wanted, sizeof(page->wanted), key);
	}
}

/*
 * Keys.
 */

static bool moving_key(struct range_page *page, int key)
{
	int whole = page->rows > 1 ? page->rows - 1 : 1;

	switch (key) {
	case 'j':
	case INPUT_DOWN:
		go_to_line(page, page->line + 1);
		return true;
	case 'k':
	case INPUT_UP:
		go_to_line(page, page->line - 1);
		return true;
	case INPUT_CTRL('d'):
		go_to_line(page, page->line + (whole + 1) / 2);
		return true;
	case INPUT_CTRL('u'):
		go_to_line(page, page->line - (whole + 1) / 2);
		return true;
	case ' ':
	case INPUT_PAGE_DOWN:
		go_to_line(page, page->line + whole);
		return true;
	case 'b':
	case INPUT_PAGE_UP:
		go_to_line(page, page->line - whole);
		return true;
	case 'g':
	case INPUT_HOME:
		go_to_line(page, 0);
		return true;
	case 'G':
	case INPUT_END:
		go_to_line(page, page->outline.row_count - 1);
		return true;
	default:
		return false;
	}
}

static void fold_again(struct range_page *page)
{
	const struct outline_row *row = range_page_row(page, page->line);
	int place = row ? row->first : -1;

	if (place < 0)
		return;
	if (!outline_close(&page->outline, turn(page, page->line))) {
		str_copy(page->said, sizeof(page->said),
			 "nothing is unfolded here");
		return;
	}
	range_page_go_to(page, commit_at(page, place));
}

static void turn_order(struct range_page *page)
{
	page->oldest_first = !page->oldest_first;
	find_line(page);
	page->top = page->line - page->rows / 2;
}

static enum range_answer open_row(struct range_page *page)
{
	const struct outline_row *row = range_page_row(page, page->line);
	int place;

	if (!row)
		return RANGE_DONE;
	if (row->commit >= 0)
		return RANGE_OPEN;
	place = page->oldest_first ? row->first + row->count - 1 : row->first;
	outline_open(&page->outline, turn(page, page->line));
	range_page_go_to(page, commit_at(page, place));
	return RANGE_DONE;
}

static enum range_answer other_key(struct range_page *page,
				   struct session *session, int key)
{
	switch (key) {
	case INPUT_ENTER:
		return open_row(page);
	case 'z':
		fold_again(page);
		return RANGE_DONE;
	case 'o':
		turn_order(page);
		return RANGE_DONE;
	case 'V':
		toggle_mark(page);
		return RANGE_DONE;
	case '/':
		page->asking = true;
		page->wanted[0] = '\0';
		return RANGE_DONE;
	case 'n':
	case 'N':
		find(page, session, key == 'N');
		return RANGE_DONE;
	case INPUT_ESCAPE:
		if (!page->marking)
			return RANGE_NOT_OURS;
		range_page_unmark(page);
		return RANGE_DONE;
	default:
		return RANGE_NOT_OURS;
	}
}

/* After any change of what is chosen. */
static void settle_down(struct range_page *page, struct session *session,
			bool ascii)
{
	range_page_scroll(page, page->rows);
	if (page->marking)
		measure(page, session);
	read_texts(page, session, ascii);
}

void range_page_choose(struct range_page *page, struct session *session,
		       int line, bool ascii)
{
	page->said[0] = '\0';
	go_to_line(page, line);
	settle_down(page, session, ascii);
}

enum range_answer range_page_key(struct range_page *page,
				 struct session *session, int key, bool ascii)
{
	enum range_answer answer = RANGE_DONE;

	page->said[0] = '\0';
	if (page->asking)
		asking_key(page, session, key, ascii);
	else if (!moving_key(page, key))
		answer = other_key(page, session, key);
	settle_down(page, session, ascii);
	return answer;
}
