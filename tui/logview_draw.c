/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/logview.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "tui/grid.h"
#include "tui/match.h"
#include "tui/quiet.h"

#define WIDTH_MAX 4000 /* cells of a line that can be gone to sideways */

/*
 * What a row says.
 */

static char *text_of(struct logview *view, const struct logfile_line *line)
{
	const struct logtext how = {
		.stamps = view->stamps,
		.raw = view->raw,
		.ascii = view->ascii,
		.colours = view->colours,
		.columns = view->left + WIDTH_MAX,
	};
	char *bytes = xmalloc(line->length + 1);
	size_t length =
		logfile_read(&view->file, line->start,
			     line->start + (int64_t)line->length, bytes);
	struct buf text;
	char *taken;

	buf_init(&text, 0);
	logtext_make(&text, &how, bytes, length);
	free(bytes);
	taken = buf_take(&text);
	buf_release(&text);
	return taken;
}

static int rows_of(struct logview *view, struct spot spot, struct area area)
{
	struct logfile_line line;
	char *text;
	int rows;

	if (!view->wrap || spot.mark ||
	    !logfile_line(&view->file, spot.offset, &line))
		return 1;
	text = text_of(view, &line);
	rows = (text_width(text) + area.width - 1) / area.width;
	free(text);
	return rows < 1 ? 1 : rows > area.height ? area.height : rows;
}

/*
 * The first row.
 */

static int compare(struct spot a, struct spot b)
{
	if (a.offset != b.offset)
		return a.offset < b.offset ? -1 : 1;
	return (int)b.mark - (int)a.mark;
}

/* So that `rows` rows end with this spot. */
static struct spot above(struct logview *view, struct spot spot, int rows,
			 struct area area)
{
	struct spot before = spot;

	rows -= rows_of(view, spot, area);
	while (rows > 0 && logview_previous(view, &before)) {
		rows -= rows_of(view, before, area);
		if (rows >= 0)
			spot = before;
	}
	return spot;
}

/* Is the chosen row on the page that begins here?  *rows: how many there are
   up to the end of the log or of the page. */
static bool is_on_page(struct logview *view, struct spot top, struct area area,
		       int *rows)
{
	bool found = false;

	*rows = 0;
	do {
		*rows += rows_of(view, top, area);
		if (*rows <= area.height && compare(top, view->at) == 0)
			found = true;
	} while (*rows < area.height && logview_next(view, &top));
	return found;
}

static void place_top(struct logview *view, struct area area)
{
	int rows;

	if (view->follow)
		view->at = logview_last(view);
	if (view->follow || !is_on_page(view, view->top, area, &rows)) {
		if (view->follow)
			rows = area.height;
		else if (view->jumped)
			rows = area.height / 3 + 1;
		else
			rows = compare(view->at, view->top) < 0 ? 1
								: area.height;
		view->top = above(view, view->at, rows, area);
	}
	view->jumped = false;
	/* no empty rows below while there are lines above */
	is_on_page(view, view->top, area, &rows);
	if (rows < area.height)
		view->top = above(view, logview_last(view), area.height, area);
}

/*
 * Drawing.
 */

/* Where the cell at x of a line stands. */
struct pen {
	struct grid *grid;
	struct area area; /* of the line */
	int left;
	bool wrap;
};

static bool cell_at(const struct pen *pen, int x, int *column, int *row)
{
	x -= pen->left;
	*column = pen->area.x + x;
	*row = pen->area.y;
	if (pen->wrap) {
		*column = pen->area.x + x % pen->area.width;
		*row = pen->area.y + x / pen->area.width;
		return x >= 0 && x / pen->area.width < pen->area.height;
	}
	return x >= 0 && x < pen->area.width;
}

static void draw_text(const struct pen *pen, const char *text, enum role role)
{
	struct text_reader reader = { .next = text };
	struct text_cell cell;
	int column, row, last = pen->area.x + pen->area.width - 1;

	for (int x = 0; text_next(&reader, &cell); x += cell.width) {
		if (cell_at(pen, x, &column, &row))
			grid_text(pen->grid, column, row, cell.width,
				  grid_role(pen->grid, &cell, role),
				  cell.bytes);
		else if (x >= pen->left) {
			grid_text(pen->grid, last,
				  pen->area.y + pen->area.height - 1, 1, role,
				  "~");
			return;
		}
	}
}

static void draw_matches(const struct pen *pen, const char *text,
			 struct match *match)
{
	struct text_reader reader = { .next = text };
	size_t from = 0, length = strlen(text);
	struct match_span span;
	struct text_cell cell;
	int x = 0, column, row;

	while (from < length && match_find(match, text, length, from, &span)) {
		while (reader.next < text + span.start &&
		       text_next(&reader, &cell))
			x += cell.width;
		for (;
		     reader.next < text + span.end && text_next(&reader, &cell);
		     x += cell.width)
			if (cell_at(pen, x, &column, &row))
				grid_recolour(pen->grid, column, row,
					      cell.width, 1, ROLE_MATCH);
		from = span.end > span.start ? span.end : span.end + 1;
	}
}

static bool is_crash(const struct logview *view, int64_t start, int64_t end)
{
	const struct log_index *index = &view->file.index;

	for (size_t i = 0; i < index->mark_count; i++)
		if (index->marks[i].kind == LOG_CRASH &&
		    index->marks[i].offset >= start &&
		    index->marks[i].offset < end)
			return true;
	return false;
}

static void draw_line(struct grid *grid, struct area area, struct logview *view,
		      int64_t offset)
{
	const struct pen pen = { grid, area, view->left, view->wrap };
	struct logfile_line line;
	enum role role;
	char *text;

	if (!logfile_line(&view->file, offset, &line))
		return;
	text = text_of(view, &line);
	role = is_crash(view, line.start, line.end) ? ROLE_BAD
						    : logtext_role(text);
	draw_text(&pen, text, role);
	if (view->search.match)
		draw_matches(&pen, text, view->search.match);
	if (view->filter.match)
		draw_matches(&pen, text, view->filter.match);
	free(text);
}

/* Of what is short the tenths count. */
static char *say_time(char *out, int64_t ms)
{
	if (ms >= 10000)
		return str_duration(out, ms);
	snprintf(out, 24, "%d.%ds", (int)(ms / 1000), (int)(ms / 100 % 10));
	return out;
}

/* Lines and time of a phase, as far as they are known. */
static void say_size(struct logview *view, int phase, char *out, size_t size)
{
	const struct phase *now = &view->phases[phase];
	bool last = phase + 1 == view->phase_count;
	const struct log_record *end = logfile_mark(&view->file, LOG_END);
	int64_t stop = last ? view->file.size : view->phases[phase + 1].start;
	int64_t until =
		last ? (end ? end->value : -1) : view->phases[phase + 1].at_ms;
	int64_t from, to;
	size_t length = 0;
	char time[24];

	out[0] = '\0';
	if (logfile_lines_before(&view->file, now->start, &from) &&
	    logfile_lines_before(&view->file, stop, &to))
		length =
			(size_t)snprintf(out, size, "%" PRId64 " %s", to - from,
					 to - from == 1 ? "line" : "lines");
	if (until > now->at_ms && length < size)
		snprintf(out + length, size - length, "%s%s",
			 length ? ", " : "",
			 say_time(time, until - now->at_ms));
}

/* How much is folded where lines only warn. */
static void say_warnings(struct logview *view, int64_t offset, char *out,
			 size_t size)
{
	struct spot spot = { offset, true };
	int64_t end = logview_next(view, &spot) ? spot.offset : view->file.size;
	int warnings = 0, lines = 0;
	struct logfile_line line;

	for (; offset < end && logfile_line(&view->file, offset, &line);
	     offset = line.end) {
		warnings += quiet_warning(&view->file, offset);
		lines++;
	}
	snprintf(out, size, "%d %s, %d %s", warnings,
		 warnings == 1 ? "warning" : "warnings", lines,
		 lines == 1 ? "line" : "lines");
}

static void draw_mark(struct grid *grid, struct area area, struct logview *view,
		      int64_t offset)
{
	int phase = logview_phase_of(view, offset), used = 2;
	const struct phase *now = &view->phases[phase < 0 ? 0 : phase];
	char size[64];

	grid_repeat(grid, area.x, area.y, area.width, ROLE_LINE, GLYPH_HLINE);
	if (!logview_starts_phase(view, offset)) {
		say_warnings(view, offset, size, sizeof(size));
		grid_printf(grid, area.x + 2, area.y, area.width - 2, ROLE_SKIP,
			    "+ %s ", size);
		return;
	}
	say_size(view, phase, size, sizeof(size));
	used += grid_printf(grid, area.x + 2, area.y, area.width - 2,
			    ROLE_HEADING, "%c %s", now->folded ? '+' : '-',
			    now->name);
	grid_printf(grid, area.x + used, area.y, area.width - used, ROLE_DIM,
		    "  %s ", size);
}

/* Of a page of a longer log: where it is. */
static void draw_bar(struct grid *grid, struct area area,
		     const struct logview *view, int64_t end)
{
	int64_t size = view->file.size > 0 ? view->file.size : 1;
	int first = (int)(view->top.offset * area.height / size);
	int last = (int)(end * area.height / size);

	if (first > area.height - 1)
		first = area.height - 1;
	for (int i = 0; i < area.height; i++) {
		bool here = i >= first && (i < last || i == first) &&
			    (view->top.offset > 0 || end < view->file.size);

		grid_glyph(grid, area.x + area.width, area.y + i,
			   here ? ROLE_PLAIN : ROLE_LINE,
			   here ? GLYPH_BLOCK : GLYPH_VLINE);
	}
}

/* The chosen row; what was looked for stays visible on it. */
static void mark_row(struct grid *grid, struct area area)
{
	for (int y = area.y; y < area.y + area.height; y++) {
		for (int x = area.x; x < area.x + area.width; x++) {
			const struct cell *cell = grid_at(grid, x, y);

			if (cell && cell->role != ROLE_MATCH &&
			    cell->role != ROLE_ESCAPE)
				grid_recolour(grid, x, y, 1, 1, ROLE_SELECTED);
		}
	}
}

static void draw_nothing(struct grid *grid, struct area area,
			 const struct logview *view)
{
	grid_text(grid, area.x, area.y, area.width, ROLE_DIM,
		  !view->file.path	 ? "nothing has run yet"
		  : view->filter.unknown ? "looking for lines that match"
		  : view->filter.match	 ? "no line matches"
		  : view->file.state == LOGFILE_NONE ? "there is no log here"
						     : "no output yet");
}

/* A row of the page, in so many of the screen's. */
static void draw_row(struct grid *grid, struct area row, struct logview *view,
		     struct spot spot, bool focused)
{
	if (spot.mark)
		draw_mark(grid, row, view, spot.offset);
	else
		draw_line(grid, row, view, spot.offset);
	if (compare(spot, view->at) != 0 || !focused)
		return;
	if (!view->follow)
		mark_row(grid, row);
	grid->cursor_x = row.x;
	grid->cursor_y = row.y;
}

void logview_draw(struct grid *grid, struct area area, struct logview *view,
		  int pane, bool focused)
{
	struct area row;
	struct spot spot;
	int end = area.y + area.height, number = 0;
	bool more;

	area.width--; /* for the bar */
	if (area.width < 1 || area.height < 1)
		return;
	view->rows = area.height;
	view->colours = grid->colours;
	place_top(view, area);
	spot = view->top;
	row = area;
	if (spot.offset >= view->file.size && !spot.mark) {
		draw_nothing(grid, area, view);
		draw_bar(grid, area, view, view->file.size);
		return;
	}
	do {
		row.height = rows_of(view, spot, area);
		if (row.y + row.height > end)
			row.height = end - row.y;
		draw_row(grid, row, view, spot, focused);
		for (int i = 0; i < row.height; i++)
			grid_hot_line(grid, row.x, row.y + i, row.width, pane,
				      number);
		row.y += row.height;
		number++;
		more = logview_next(view, &spot);
	} while (row.y < end && more);
	draw_bar(grid, area, view, more ? spot.offset : view->file.size);
}
