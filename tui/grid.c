/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/grid.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/xalloc.h"
#include "tui/input.h"

static const char role_letters[ROLE_COUNT + 1] = ".dTH-GBSIRK@eLW!DMrgybmc";

static const char *const glyphs[GLYPH_COUNT][2] = {
	[GLYPH_HLINE] = { "─", "-" },	     [GLYPH_VLINE] = { "│", "|" },
	[GLYPH_DOTTED] = { "┆", ":" },	     [GLYPH_THICK] = { "━", "=" },
	[GLYPH_LEFT_END] = { "├", "|" },     [GLYPH_RIGHT_END] = { "┤", "|" },
	[GLYPH_TICK] = { "┿", "+" },	     [GLYPH_DIAMOND] = { "◆", "*" },
	[GLYPH_TEE_DOWN] = { "┬", "+" },     [GLYPH_TOP_LEFT] = { "┌", "+" },
	[GLYPH_TOP_RIGHT] = { "┐", "+" },    [GLYPH_BOTTOM_LEFT] = { "└", "+" },
	[GLYPH_BOTTOM_RIGHT] = { "┘", "+" }, [GLYPH_BLOCK] = { "█", "#" },
};

struct grid *grid_new(int columns, int rows, bool ascii)
{
	struct grid *grid = xcalloc(1, sizeof(*grid));

	grid->ascii = ascii;
	grid_clear(grid, columns, rows);
	return grid;
}

void grid_free(struct grid *grid)
{
	if (!grid)
		return;
	free(grid->cells);
	free(grid->hots);
	free(grid);
}

static struct cell *cell_at(struct grid *grid, int x, int y)
{
	if (x < 0 || y < 0 || x >= grid->columns || y >= grid->rows)
		return NULL;
	return &grid->cells[(size_t)y * (size_t)grid->columns + (size_t)x];
}

const struct cell *grid_at(const struct grid *grid, int x, int y)
{
	if (x < 0 || y < 0 || x >= grid->columns || y >= grid->rows)
		return NULL;
	return &grid->cells[(size_t)y * (size_t)grid->columns + (size_t)x];
}

static void blank(struct cell *cell, enum role role)
{
	memset(cell, 0, sizeof(*cell));
	cell->bytes[0] = ' ';
	cell->width = 1;
	cell->role = (unsigned char)role;
}

void grid_clear(struct grid *grid, int columns, int rows)
{
	size_t count;

	grid->columns = columns < 1 ? 1 : columns;
	grid->rows = rows < 1 ? 1 : rows;
	count = (size_t)grid->columns * (size_t)grid->rows;
	grid->cells = xreallocarray(grid->cells, count, sizeof(*grid->cells));
	for (size_t i = 0; i < count; i++)
		blank(&grid->cells[i], ROLE_PLAIN);
	grid->cursor_x = 0;
	grid->cursor_y = 0;
	grid_cool(grid);
}

/* Half of a wide character is none: the other half becomes a blank. */
static void part(struct grid *grid, int x, int y)
{
	struct cell *cell = cell_at(grid, x, y);
	struct cell *before = cell_at(grid, x - 1, y);
	struct cell *after = cell_at(grid, x + 1, y);

	if (!cell)
		return;
	if (cell->width == 0 && before)
		blank(before, before->role);
	if (cell->width == 2 && after)
		blank(after, after->role);
}

static void set(struct grid *grid, int x, int y, enum role role,
		const struct text_cell *text)
{
	struct cell *cell = cell_at(grid, x, y);
	struct cell *covered = cell_at(grid, x + 1, y);

	if (!cell)
		return;
	part(grid, x, y);
	blank(cell, role);
	if (text->width == 2) {
		if (!covered)
			return;
		part(grid, x + 1, y);
		blank(covered, role);
		covered->bytes[0] = '\0';
		covered->width = 0;
	}
	memcpy(cell->bytes, text->bytes, sizeof(cell->bytes));
	cell->width = (unsigned char)text->width;
}

/* Black and white are nobody's: one of them is the ground. */
enum role grid_role(const struct grid *grid, const struct text_cell *cell,
		    enum role role)
{
	if (cell->mark)
		return ROLE_ESCAPE;
	if (!grid->colours || role != ROLE_PLAIN || cell->colour < 2 ||
	    cell->colour > 7)
		return role;
	return (enum role)(ROLE_RED + cell->colour - 2);
}

int grid_text(struct grid *grid, int x, int y, int width, enum role role,
	      const char *text)
{
	static const struct text_cell cut = { .bytes = "~", .width = 1 };
	static const struct text_cell space = { .bytes = " ", .width = 1 };
	struct text_reader reader = { .next = text };
	struct text_cell cell;
	int all = text_width(text);
	int room = all > width ? width - 1 : width;
	int used = 0;

	if (width <= 0)
		return 0;
	while (text_next(&reader, &cell) && used + cell.width <= room) {
		set(grid, x + used, y, grid_role(grid, &cell, role), &cell);
		used += cell.width;
	}
	if (all <= width)
		return used;
	for (; used < room; used++)
		set(grid, x + used, y, role, &space);
	set(grid, x + used, y, role, &cut);
	return width;
}

int grid_printf(struct grid *grid, int x, int y, int width, enum role role,
		const char *format, ...)
{
	struct buf text;
	va_list args;
	int used;

	buf_init(&text, 0);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	used = grid_text(grid, x, y, width, role, text.text);
	buf_release(&text);
	return used;
}

void grid_right(struct grid *grid, int end, int y, enum role role,
		const char *text)
{
	int width = text_width(text);

	grid_text(grid, end - width, y, width, role, text);
}

void grid_glyph(struct grid *grid, int x, int y, enum role role,
		enum glyph glyph)
{
	grid_text(grid, x, y, 1, role, glyphs[glyph][grid->ascii ? 1 : 0]);
}

void grid_repeat(struct grid *grid, int x, int y, int count, enum role role,
		 enum glyph glyph)
{
	for (int i = 0; i < count; i++)
		grid_glyph(grid, x + i, y, role, glyph);
}

void grid_box(struct grid *grid, int x, int y, int width, int height,
	      const char *title)
{
	static const struct text_cell space = { .bytes = " ", .width = 1 };
	int right = x + width - 1, bottom = y + height - 1;

	for (int row = y; row <= bottom; row++) {
		for (int column = x; column <= right; column++)
			set(grid, column, row, ROLE_PLAIN, &space);
		grid_glyph(grid, x, row, ROLE_LINE, GLYPH_VLINE);
		grid_glyph(grid, right, row, ROLE_LINE, GLYPH_VLINE);
	}
	grid_repeat(grid, x, y, width, ROLE_LINE, GLYPH_HLINE);
	grid_repeat(grid, x, bottom, width, ROLE_LINE, GLYPH_HLINE);
	grid_glyph(grid, x, y, ROLE_LINE, GLYPH_TOP_LEFT);
	grid_glyph(grid, right, y, ROLE_LINE, GLYPH_TOP_RIGHT);
	grid_glyph(grid, x, bottom, ROLE_LINE, GLYPH_BOTTOM_LEFT);
	grid_glyph(grid, right, bottom, ROLE_LINE, GLYPH_BOTTOM_RIGHT);
	if (*title && width > 8)
		grid_printf(grid, x + 2, y, width - 4, ROLE_TITLE, " %s ",
			    title);
}

void grid_recolour(struct grid *grid, int x, int y, int width, int height,
		   enum role role)
{
	for (int row = y; row < y + height; row++) {
		for (int column = x; column < x + width; column++) {
			struct cell *cell = cell_at(grid, column, row);

			if (cell)
				cell->role = (unsigned char)role;
		}
	}
}

static void add_hot(struct grid *grid, struct hot hot)
{
	array_grow(grid->hots, grid->hot_count + 1, &grid->hot_room);
	grid->hots[grid->hot_count++] = hot;
}

void grid_hot_key(struct grid *grid, int x, int y, int width, int key)
{
	add_hot(grid, (struct hot){ x, y, width, key, 0, 0 });
}

void grid_hot_line(struct grid *grid, int x, int y, int width, int pane,
		   int line)
{
	add_hot(grid, (struct hot){ x, y, width, INPUT_NONE, pane, line });
}

void grid_cool(struct grid *grid)
{
	grid->hot_count = 0;
}

const struct hot *grid_hot_at(const struct grid *grid, int x, int y)
{
	for (size_t i = grid->hot_count; i-- > 0;) {
		const struct hot *hot = &grid->hots[i];

		if (y == hot->y && x >= hot->x && x < hot->x + hot->width)
			return hot;
	}
	return NULL;
}

void grid_shade(struct grid *grid, int x, int y, int width, enum role role)
{
	for (int column = x; column < x + width; column++) {
		struct cell *cell = cell_at(grid, column, y);

		if (cell && cell->role == ROLE_PLAIN)
			cell->role = (unsigned char)role;
	}
}

static const struct cell *row_at(const struct grid *grid, int y)
{
	return &grid->cells[(size_t)y * (size_t)grid->columns];
}

void grid_dump_text(const struct grid *grid, struct buf *out)
{
	for (int y = 0; y < grid->rows; y++) {
		size_t end = out->length;

		for (int x = 0; x < grid->columns; x++) {
			const char *bytes = row_at(grid, y)[x].bytes;

			buf_puts(out, bytes);
			if (*bytes && strcmp(bytes, " ") != 0)
				end = out->length;
		}
		out->length = end;
		buf_putc(out, '\n');
	}
}

void grid_dump_roles(const struct grid *grid, struct buf *out)
{
	for (int y = 0; y < grid->rows; y++) {
		for (int x = 0; x < grid->columns; x++)
			buf_putc(out, role_letters[row_at(grid, y)[x].role]);
		buf_putc(out, '\n');
	}
}
