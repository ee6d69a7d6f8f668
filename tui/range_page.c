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

#define MARGIN 64 /* rows beyond what is seen whose texts are read */
#define SLICES 2  /* of a search, while a key waits */

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
	range_find_release(&page->find);
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

/* Where a search that way begins: behind the chosen row, but a fold has been
   passed only when something in it was. */
static int place_behind(const struct range_page *page, bool older)
{
	const struct outline_row *row = range_page_row(page, page->line);

	if (row->commit < 0)
		return older ? row->first - 1 : row->first + row->count;
	return older ? row->first + row->count - 1 : row->first;
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
	if (page->outline.row_count)
		range_find_move(&page->find, &page->outline.strata,
				place_behind(page, page->find.older));
	else
		range_find_stop(&page->find);
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

static void go_to_found(struct range_page *page)
{
	const struct range_find *find = &page->find;

	outline_show(&page->outline, commit_at(page, find->at));
	range_page_go_to(page, commit_at(page, find->at));
	if (find->of_paths)
		snprintf(page->said, sizeof(page->said),
			 find->touches == 1
				 ? "one commit of the range touched it"
				 : "%d commits of the range touched it; "
				   "n goes to the next",
			 find->touches);
}

static void say_trouble(struct range_page *page, bool ascii)
{
	const struct buf *told = &page->find.git.text;
	char *line;

	if (!page->repo) {
		str_copy(page->said, sizeof(page->said),
			 "there is no repository here that knows what touched "
			 "a path");
		return;
	}
	line = xstrndup(told->text, strcspn(told->text, "\n"));
	text_copy(page->said, sizeof(page->said), line, ascii);
	free(line);
}

static void say_found(struct range_page *page, enum range_found found,
		      bool ascii)
{
	const struct range_find *find = &page->find;

	switch (found) {
	case FOUND_NOT_YET:
		str_copy(page->said, sizeof(page->said),
			 find->state == FIND_WAITS
				 ? "git looks for what touched it; Esc stops it"
				 : "looking for it; Esc stops that");
		break;
	case FOUND_NOTHING:
		snprintf(page->said, sizeof(page->said),
			 find->of_paths ? "no commit of the range touched '%s'"
					: "nothing matches '%s'",
			 find->wanted + (find->of_paths ? 3 : 0));
		break;
	case FOUND_FURTHER:
		if (!find->of_paths)
			str_copy(page->said, sizeof(page->said),
				 "went on from the other end");
		break;
	case FOUND_TROUBLE:
		say_trouble(page, ascii);
		break;
	case FOUND_PLACE:
		break;
	}
}

/* A slice or a few, while these take no longer than a key may. */
static void search_on(struct range_page *page, struct session *session,
		      int slices, bool ascii)
{
	enum range_found found = FOUND_NOT_YET;

	page->said[0] = '\0';
	while (found == FOUND_NOT_YET && slices-- > 0 &&
	       range_find_has_work(&page->find))
		found = range_find_slice(&page->find, session,
					 &page->outline.strata);
	if (found == FOUND_PLACE || found == FOUND_FURTHER)
		go_to_found(page);
	say_found(page, found, ascii);
}

/* Which way older commits lie: 1 is down the line. */
static void search(struct range_page *page, struct session *session, bool back,
		   bool ascii)
{
	bool older = back == page->oldest_first;

	if (!range_find_has(&page->find)) {
		str_copy(page->said, sizeof(page->said),
			 "press / and say what to find");
		return;
	}
	if (!range_page_row(page, page->line))
		return;
	range_find_on(&page->find, &page->outline.strata,
		      session_graph(session), page->repo, page->asides, older,
		      place_behind(page, older));
	search_on(page, session, SLICES, ascii);
}

static void begin_search(struct range_page *page, struct session *session,
			 bool ascii)
{
	struct error err = ERROR_INIT;

	range_find_release(&page->find);
	if (!*page->wanted)
		return;
	if (range_find_begin(&page->find, page->wanted, &err) < 0)
		text_copy(page->said, sizeof(page->said), err.text, ascii);
	else
		search(page, session, false, ascii);
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

/* A key ends a search that goes on; Esc does nothing else. */
static bool stop_search(struct range_page *page, int key)
{
	if (page->find.state == FIND_RESTS)
		return false;
	range_find_stop(&page->find);
	str_copy(page->said, sizeof(page->said), "the search was stopped");
	return key == INPUT_ESCAPE;
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
				   struct session *session, int key, bool ascii)
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
		search(page, session, key == 'N', ascii);
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
	if (stop_search(page, key))
		return RANGE_DONE;
	if (page->asking)
		asking_key(page, session, key, ascii);
	else if (!moving_key(page, key))
		answer = other_key(page, session, key, ascii);
	settle_down(page, session, ascii);
	return answer;
}

bool range_page_work(struct range_page *page, struct session *session,
		     bool ascii)
{
	if (!range_find_has_work(&page->find))
		return false;
	search_on(page, session, 1, ascii);
	if (page->find.state == FIND_RESTS)
		settle_down(page, session, ascii);
	return true;
}
