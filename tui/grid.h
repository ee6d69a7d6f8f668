/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_GRID_H
#define TUI_GRID_H

/*
 * A page of character cells, each with a role that says what it means.
 *
 * The views draw here; tui/term puts a grid on a terminal and turns roles
 * into attributes.  So what a view draws can be tested as text, and nothing
 * but term knows curses.  Everything drawn outside the page is dropped.
 *
 * Texts are clean texts (base/text.h) or the program's own words.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct buf;
struct keymap;

enum role {
	ROLE_PLAIN,
	ROLE_DIM,
	ROLE_TITLE,   /* what the eye should find first */
	ROLE_HEADING, /* of columns */
	ROLE_LINE,    /* frames and rules */
	ROLE_GOOD,
	ROLE_BAD,
	ROLE_SKIP, /* skip, and what wants attention */
	ROLE_INFRA,
	ROLE_RUNNING, /* what happens now */
	ROLE_KEY,     /* a key that can be pressed */
	ROLE_SELECTED,
	ROLE_ESCAPE, /* a stand-in for a harmful byte */
	ROLE_LIVE,   /* the badges */
	ROLE_WAIT,
	ROLE_LOST,
	ROLE_DONE,
	ROLE_MATCH, /* what was looked for */
	ROLE_RED,   /* what a guest or a compiler coloured */
	ROLE_GREEN,
	ROLE_YELLOW,
	ROLE_BLUE,
	ROLE_MAGENTA,
	ROLE_CYAN,
	ROLE_COUNT,
};

enum glyph {
	GLYPH_HLINE,
	GLYPH_VLINE,
	GLYPH_DOTTED, /* upright */
	GLYPH_THICK,
	GLYPH_LEFT_END,
	GLYPH_RIGHT_END,
	GLYPH_TICK,
	GLYPH_DIAMOND,
	GLYPH_TEE_DOWN,
	GLYPH_TOP_LEFT,
	GLYPH_TOP_RIGHT,
	GLYPH_BOTTOM_LEFT,
	GLYPH_BOTTOM_RIGHT,
	GLYPH_BLOCK,
	GLYPH_COUNT,
};

struct cell {
	char bytes[TEXT_CELL_BYTES];
	unsigned char width; /* 0: covered by the wide cell before it */
	unsigned char role;
};

/*
 * A part of a row on which one can click: a key, as it is known without
 * settings, or a line of a list.
 */
struct hot {
	int x, y, width;
	int key;	/* INPUT_NONE: it is a line */
	int pane, line; /* which list, and which of its lines */
};

struct grid {
	int columns, rows;
	bool ascii;   /* lines from ASCII */
	bool colours; /* plain text has the colours it asks for */
	struct cell *cells;
	int cursor_x, cursor_y; /* where the terminal's cursor goes */
	bool cursor_seen;	/* a text is written there, or it is wished */
	const struct keymap *keys; /* what hints name, or NULL; borrowed */
	struct hot *hots;
	size_t hot_count, hot_room;
};

struct grid *grid_new(int columns, int rows, bool ascii);
void grid_free(struct grid *grid);

/* To blanks, and perhaps to another size. */
void grid_clear(struct grid *grid, int columns, int rows);

/* The cell, NULL outside the page. */
const struct cell *grid_at(const struct grid *grid, int x, int y);

/*
 * A text in at most `width` columns; where it does not fit its last column
 * is '~'.  Returns the columns used.
 */
int grid_text(struct grid *grid, int x, int y, int width, enum role role,
	      const char *text);
int grid_printf(struct grid *grid, int x, int y, int width, enum role role,
		const char *format, ...) __attribute__((format(printf, 6, 7)));

/* A text that ends before column `end`. */
void grid_right(struct grid *grid, int end, int y, enum role role,
		const char *text);

void grid_glyph(struct grid *grid, int x, int y, enum role role,
		enum glyph glyph);
void grid_repeat(struct grid *grid, int x, int y, int count, enum role role,
		 enum glyph glyph);

/* A frame with an empty inside, and a title in its upper edge. */
void grid_box(struct grid *grid, int x, int y, int width, int height,
	      const char *title);

/* What a cell of a text in this role is drawn in. */
enum role grid_role(const struct grid *grid, const struct text_cell *cell,
		    enum role role);

/* Another role for what stands there. */
void grid_recolour(struct grid *grid, int x, int y, int width, int height,
		   enum role role);

/* Where a click counts.  What is drawn later lies above. */
void grid_hot_key(struct grid *grid, int x, int y, int width, int key);
void grid_hot_line(struct grid *grid, int x, int y, int width, int pane,
		   int line);

/* Something lies above all that was drawn so far. */
void grid_cool(struct grid *grid);

/* What is under a cell, or NULL. */
const struct hot *grid_hot_at(const struct grid *grid, int x, int y);

/* In one row, a role for what is plain: escapes stay what they are. */
void grid_shade(struct grid *grid, int x, int y, int width, enum role role);

/* The page as lines of text, without blanks at their ends. */
void grid_dump_text(const struct grid *grid, struct buf *out);

/* The roles, a letter a cell: ".dTH-GBSIRK@eLW!DMrgybmc" in the order above. */
void grid_dump_roles(const struct grid *grid, struct buf *out);

#endif
