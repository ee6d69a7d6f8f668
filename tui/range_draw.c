/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/range_draw.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "control/sure.h"
#include "control/weighed.h"
#include "engine/belief.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/oid.h"
#include "engine/suspects.h"
#include "session/session.h"
#include "tui/frame.h"
#include "tui/grid.h"
#include "tui/home.h"
#include "tui/model.h"
#include "tui/panes.h"
#include "tui/peek.h"
#include "tui/range_page.h"

#define PEEK_COLUMNS 150 /* from here on there is a preview */
#define PEEK_WIDTH   73
#define NARROW	     60 /* below it there is room for few words */
#define CHANCE_WIDTH 7
#define CHANCE_LEAST 0.0005
#define HEAD_ROWS    16 /* from here on there are column heads */

/* Where the columns of a row stand; a width of 0: there is none. */
struct columns {
	int verdict, id, id_width, graph, text;
	int runs, runs_width;
	int chance_end; /* 0: there is no such column */
};

static struct columns columns_for(int width, bool believed)
{
	struct columns at = { 3, 9, 8, 18, 21, 0, 0, 0 };

	if (width >= NARROW)
		at = (struct columns){ 3, 11, OID_SHORT, 25, 28, 0, 0, 0 };
	if (width >= 84)
		at = (struct columns){ 3,	  12,
				       OID_SHORT, 26,
				       32,	  width - 13,
				       12,	  believed ? width - 15 : 0 };
	return at;
}

static bool is_believed(const struct range_view *view)
{
	return engine_belief(session_engine(view->session)) != NULL;
}

bool range_draw_peeks(int columns)
{
	return columns >= PEEK_COLUMNS;
}

int range_draw_rows(int columns, int rows)
{
	(void)columns;
	return rows - 5 - (rows >= HEAD_ROWS);
}

/*
 * Rows.
 */

static enum glyph glyph_of(enum outline_sign sign)
{
	return sign == OUTLINE_NEXT   ? GLYPH_DIAMOND
	       : sign == OUTLINE_DOTS ? GLYPH_DOTTED
				      : GLYPH_VLINE;
}

static void draw_sign(struct grid *grid, int x, int y, enum role role,
		      enum outline_sign sign)
{
	const char *letter = sign == OUTLINE_STEP      ? "o"
			     : sign == OUTLINE_MERGE   ? "M"
			     : sign == OUTLINE_RELEASE ? "T"
						       : NULL;

	if (letter)
		grid_text(grid, x, y, 1, role, letter);
	else
		grid_glyph(grid, x, y, role, glyph_of(sign));
}

static const struct model_row *step_of(const struct model *model, int commit)
{
	for (int i = 0; i < model->row_count; i++)
		if (model->rows[i].commit == commit)
			return &model->rows[i];
	return NULL;
}

/* The first column: a verdict, or how a commit stands without one. */
static void draw_verdict(struct grid *grid, int x, int y,
			 const struct range_page *page,
			 const struct outline_row *row,
			 const struct model_row *step)
{
	bool begun = step && (*step->letters || step->building);

	if (step && (step->verdict != VERDICT_NONE || begun))
		grid_printf(grid, x, y, 6, panes_verdict_role(step->verdict),
			    "%s%s", verdict_word(step->verdict),
			    step->by_person ? "*" : "");
	else if (page->outline.skipped[row->first])
		grid_text(grid, x, y, 6, ROLE_SKIP, "skip");
	else if (row->commit == page->outline.next)
		grid_text(grid, x, y, 6, ROLE_RUNNING, "NEXT");
	else if (page->outline.strata.weights[row->first])
		grid_text(grid, x, y, 6, ROLE_DIM, "?");
}

static enum role text_role(const struct outline_row *row,
			   const struct model_row *step)
{
	if (step && step->culprit)
		return ROLE_TITLE;
	return step || row->kind == STRATUM_SUSPECT ||
			       row->sign >= OUTLINE_RELEASE
		       ? ROLE_PLAIN
		       : ROLE_DIM;
}

/* "v5.18, Linux 5.18": a release's name, or that it is the reported one. */
static void put_subject(struct buf *out, const struct range_view *view,
			int line, const struct outline_row *row,
			const struct model_row *step)
{
	const char *subject = range_page_text(view->page, line);
	const char *name = outline_tag_of(&view->page->outline, row->commit);
	char clean[64];

	if (name)
		buf_puts(out, text_copy(clean, sizeof(clean), name, false));
	else if (step && *step->note)
		buf_puts(out, step->note);
	if (out->length && *subject)
		buf_puts(out, ", ");
	buf_puts(out, subject);
}

/* Where the words of a row end. */
static int end_of(const struct area *area, const struct columns *at)
{
	if (at->chance_end)
		return at->chance_end - CHANCE_WIDTH - 1;
	return area->width - 1 - (at->runs_width ? at->runs_width + 1 : 0);
}

/* That the culprit is this one, or among these; nothing where that is small. */
static void draw_chance(struct grid *grid, struct area area,
			const struct columns *at, const struct range_view *view,
			const struct outline_row *row)
{
	const struct belief *belief =
		engine_belief(session_engine(view->session));
	const int *line = view->page->outline.strata.commits;
	double chance = 0;
	struct buf text;

	if (!belief || !at->chance_end)
		return;
	for (int i = row->first; i < row->first + row->count; i++)
		chance += belief_chance(belief, line[i]);
	if (chance < CHANCE_LEAST)
		return;
	buf_init(&text, 0);
	sure_say_percent(chance, &text);
	grid_right(grid, area.x + at->chance_end, area.y,
		   chance >= 0.5 ? ROLE_TITLE : ROLE_PLAIN, text.text);
	buf_release(&text);
}

static void draw_commit(struct grid *grid, struct area area,
			const struct columns *at, const struct range_view *view,
			int line)
{
	const struct outline_row *row = range_page_row(view->page, line);
	const struct model_row *step = step_of(view->model, row->commit);
	enum role role = text_role(row, step);
	int end = end_of(&area, at);
	struct buf text;

	if (row->sign == OUTLINE_NEXT)
		grid_text(grid, area.x, area.y, 1, ROLE_RUNNING, ">");
	draw_verdict(grid, area.x + at->verdict, area.y, view->page, row, step);
	grid_printf(grid, area.x + at->id, area.y, at->id_width, role, "%.*s",
		    at->id_width,
		    graph_oid(session_graph(view->session), row->commit)->hex);
	draw_sign(grid, area.x + at->graph, area.y,
		  row->sign == OUTLINE_NEXT ? ROLE_RUNNING : ROLE_DIM,
		  row->sign);
	buf_init(&text, 0);
	put_subject(&text, view, line, row, step);
	if (step && *step->doubt) {
		end -= 2;
		grid_text(grid, area.x + end + 1, area.y, 1, ROLE_SKIP, "!");
	}
	grid_text(grid, area.x + at->text, area.y, end - at->text, role,
		  text.text);
	buf_release(&text);
	draw_chance(grid, area, at, view, row);
	if (step && at->runs_width)
		panes_letters(grid, area.x + at->runs, area.y, at->runs_width,
			      step->letters);
}

static void draw_fold(struct grid *grid, struct area area,
		      const struct columns *at, const struct range_view *view,
		      const struct outline_row *row)
{
	const struct range_page *page = view->page;
	struct buf text;

	buf_init(&text, 0);
	outline_say(&page->outline, row, &text);
	draw_sign(grid, area.x + at->graph, area.y, ROLE_DIM, row->sign);
	draw_chance(grid, area, at, view, row);
	grid_text(grid, area.x + at->text, area.y,
		  (at->chance_end ? end_of(&area, at) : area.width - 1) -
			  at->text,
		  row->kind == STRATUM_SUSPECT ? ROLE_PLAIN : ROLE_DIM,
		  text.text);
	buf_release(&text);
}

static void draw_heads(struct grid *grid, struct area area,
		       const struct columns *at)
{
	grid_recolour(grid, area.x, area.y, area.width, 1, ROLE_HEADING);
	grid_text(grid, area.x + at->verdict, area.y, at->id - at->verdict - 1,
		  ROLE_HEADING, at->id - at->verdict > 7 ? "verdict" : "");
	grid_text(grid, area.x + at->id, area.y, at->id_width, ROLE_HEADING,
		  "commit");
	grid_text(grid, area.x + at->graph, area.y, at->text - at->graph - 1,
		  ROLE_HEADING, at->text - at->graph > 5 ? "graph" : "");
	grid_text(grid, area.x + at->text, area.y, 8, ROLE_HEADING, "subject");
	if (at->chance_end)
		grid_right(grid, area.x + at->chance_end, area.y, ROLE_HEADING,
			   "culprit");
	if (at->runs_width)
		grid_text(grid, area.x + at->runs, area.y, 4, ROLE_HEADING,
			  "runs");
}

static void draw_rows(struct grid *grid, struct area area,
		      const struct range_view *view)
{
	struct columns at = columns_for(area.width, is_believed(view));
	struct range_page *page = view->page;

	range_page_scroll(page, area.height);
	for (int i = 0; i < area.height; i++) {
		const struct outline_row *row =
			range_page_row(page, page->top + i);
		struct area one = { area.x, area.y + i, area.width, 1 };

		if (!row)
			break;
		if (row->commit >= 0)
			draw_commit(grid, one, &at, view, page->top + i);
		else
			draw_fold(grid, one, &at, view, row);
		grid_hot_line(grid, one.x, one.y, one.width, 0, page->top + i);
		if (range_page_is_marked(page, row)) {
			grid_text(grid, one.x + 1, one.y, 1, ROLE_SKIP, "V");
			grid_recolour(grid, one.x + at.text, one.y,
				      one.width - at.text, 1, ROLE_SKIP);
		}
		if (page->top + i != page->line)
			continue;
		grid_recolour(grid, one.x, one.y, one.width, 1, ROLE_SELECTED);
		grid->cursor_x = one.x;
		grid->cursor_y = one.y;
	}
}

/*
 * What can be said of the chosen row.
 */

static void say_suspect(struct buf *out, const struct range_view *view,
			int newer, int older, bool narrow)
{
	bool fix = view->model->fix;
	int after = suspects_steps(newer), before = suspects_steps(older);

	if (view->model->state == PLAN_FOUND) {
		buf_puts(out, fix ? "This is the first fixed commit."
				  : "This is the first bad commit.");
		return;
	}
	if (older == 0) {
		buf_puts(out, "The newer end: the culprit is this one or one "
			      "that it has.");
		return;
	}
	if (narrow)
		buf_printf(out, "%s leaves %d, %s leaves %d.",
			   fix ? "GOOD" : "BAD", newer, fix ? "BAD" : "GOOD",
			   older);
	else
		buf_printf(out,
			   "If %s: %d suspect%s, ~%d step%s.  "
			   "If %s: %d suspect%s, ~%d step%s.",
			   fix ? "GOOD" : "BAD", newer, newer == 1 ? "" : "s",
			   after, after == 1 ? "" : "s", fix ? "BAD" : "GOOD",
			   older, older == 1 ? "" : "s", before,
			   before == 1 ? "" : "s");
}

static void say_row(struct buf *out, const struct range_view *view, bool narrow)
{
	const struct range_page *page = view->page;
	const struct outline_row *row = range_page_row(page, page->line);
	int newer, older;

	if (!row)
		return;
	if (outline_if(&page->outline, row->commit, &newer, &older)) {
		say_suspect(out, view, newer, older, narrow);
		return;
	}
	if (row->commit >= 0) {
		const struct model_row *step =
			step_of(view->model, row->commit);

		outline_why(&page->outline, row, out);
		if (step && *step->doubt)
			buf_printf(out, "; doubtful: %s", step->doubt);
		return;
	}
	outline_say(&page->outline, row, out);
	buf_puts(out,
		 row->count == 1 ? ": Enter shows it" : ": Enter unfolds them");
}

static void say_mark(struct buf *out, const struct range_page *page)
{
	const struct skip_cost *cost = &page->cost;

	if (page->from < 0) {
		buf_puts(out, "No range: the older of the two ends must be "
			      "part of the newer one's history.");
		return;
	}
	buf_printf(out, "Skips %d commit%s", cost->commits,
		   cost->commits == 1 ? "" : "s");
	if (cost->suspects && cost->suspects == cost->commits)
		buf_puts(out,
			 cost->commits == 1 ? ", a suspect" : ", all suspects");
	else
		buf_printf(out, ", %d of them suspect%s", cost->suspects,
			   cost->suspects == 1 ? "" : "s");
	if (!cost->suspects)
		buf_puts(out, ": the search stays as it is.");
	else if (!cost->left)
		buf_puts(out, ": nothing is left to test then.");
	else
		buf_printf(out, "; %d %s left to test", cost->left,
			   cost->left == 1 ? "is" : "are");
	if (cost->suspects && cost->left && cost->steps_more)
		buf_printf(out, ", up to ~%d step%s more", cost->steps_more,
			   cost->steps_more == 1 ? "" : "s");
	if (cost->suspects && cost->left)
		buf_putc(out, '.');
}

static void draw_status(struct grid *grid, int y, const struct range_view *view)
{
	const struct range_page *page = view->page;
	int width = grid->columns - 2;

	if (page->asking) {
		int x = 1 + grid_text(grid, 1, y, width, ROLE_KEY, "/");

		x += grid_text(grid, x, y, width - x, ROLE_PLAIN, page->wanted);
		grid->cursor_x = x;
		grid->cursor_y = y;
		if (!*page->wanted)
			grid_text(grid, x + 1, y, width - x, ROLE_DIM,
				  "subject, author or id; or -- PATH, for what "
				  "touched it");
	} else if (*view->home->toast) {
		frame_toast(grid, y, view->home);
	} else if (*page->said) {
		grid_text(grid, 1, y, width, ROLE_SKIP, page->said);
	} else if (page->marking) {
		grid_text(grid, 1, y, width, ROLE_SKIP,
			  page->from < 0 ? "choose the other end, or Esc"
					 : "s skips what is marked, Esc "
					   "forgets the mark");
	} else {
		grid_printf(grid, 1, y, width, ROLE_DIM, "row %d of %d",
			    page->outline.row_count ? page->line + 1 : 0,
			    page->outline.row_count);
	}
}

static void draw_effect(struct grid *grid, int y, const struct range_view *view)
{
	struct buf text;

	buf_init(&text, 0);
	if (view->page->marking)
		say_mark(&text, view->page);
	else
		say_row(&text, view, grid->columns < NARROW);
	if (text.length && text.text[0] >= 'a' && text.text[0] <= 'z')
		text.text[0] = (char)(text.text[0] - 'a' + 'A');
	grid_text(grid, 1, y, grid->columns - 2,
		  view->page->marking ? ROLE_SKIP : ROLE_PLAIN, text.text);
	buf_release(&text);
}

/*
 * The preview.
 */

static void draw_peek(struct grid *grid, struct area area,
		      const struct range_view *view)
{
	const struct range_page *page = view->page;
	const struct outline_row *row = range_page_row(page, page->line);
	int commit = row ? row->commit : -1;
	struct buf believed, weight;

	for (int y = area.y; y < area.y + area.height; y++)
		grid_glyph(grid, area.x, y, ROLE_LINE, GLYPH_VLINE);
	area.x += 2;
	area.width -= 2;
	if (commit < 0)
		return;
	buf_init(&believed, 0);
	buf_init(&weight, 0);
	sure_tell_at(view->session, commit, &believed);
	weighed_say_at(view->session, commit, &weight);
	peek_draw(grid, area, view->peek,
		  &(struct peek_known){
			  graph_oid(session_graph(view->session), commit)->hex,
			  range_page_text(page, page->line), believed.text,
			  weight.text });
	buf_release(&weight);
	buf_release(&believed);
}

static void remark(char *out, size_t size, const struct range_view *view)
{
	const struct model *model = view->model;
	const struct range_page *page = view->page;
	bool folded = page->outline.row_count < page->outline.strata.count;
	size_t length = 0;

	if (model->state == PLAN_TEST && model->suspects > 0)
		length = (size_t)snprintf(out, size, "%s | ", model->to_go);
	snprintf(out + length, size - length, "%s | %s",
		 folded ? "folded" : "unfolded",
		 page->oldest_first ? "oldest first" : "newest first");
}

void range_draw(struct grid *grid, const struct range_view *view)
{
	static const struct key_hint hints[] = {
		{ "Enter", "open" }, { "t", "test this next" },
		{ "s", "skip" },     { "V", "mark range" },
		{ "v", "verdict" },  { "z", "fold" },
		{ "o", "order" },    { "/", "find" },
		{ "1", "steps" },
	};
	bool peeks = range_draw_peeks(grid->columns) && view->peek;
	int heads = grid->rows >= HEAD_ROWS;
	struct area ruler = { 0, 1, grid->columns, 1 };
	struct area list = { 0, 2, grid->columns - (peeks ? PEEK_WIDTH + 2 : 0),
			     range_draw_rows(grid->columns, grid->rows) };
	char words[128];

	if (frame_too_small(grid))
		return;
	frame_title(grid, view->model);
	remark(words, sizeof(words), view);
	panes_ruler(grid, ruler, "2 Range", true, words);
	if (heads) {
		struct columns at = columns_for(list.width, is_believed(view));

		draw_heads(grid, list, &at);
		list.y++;
	}
	draw_rows(grid, list, view);
	if (peeks)
		draw_peek(grid,
			  (struct area){ list.width, 2, PEEK_WIDTH + 2,
					 list.height + heads },
			  view);
	draw_effect(grid, grid->rows - 3, view);
	draw_status(grid, grid->rows - 2, view);
	frame_keys(grid, hints, sizeof(hints) / sizeof(*hints), "back");
}
