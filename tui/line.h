/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_LINE_H
#define TUI_LINE_H

/*
 * One line of text in pieces, each with a role: what a table or a sentence on
 * a page is put together from.  What is put in is made clean; the columns are
 * those of the screen.
 *
 *     struct line line;
 *
 *     line_init(&line, ascii);
 *     line_put(&line, ROLE_GOOD, "parent");
 *     line_to(&line, 10);
 *     line_printf(&line, ROLE_PLAIN, "%d of %d", 3, 10);
 *     pager_add_line(pager, link, &line);     which empties it
 *     line_release(&line);
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "tui/grid.h"

#define LINE_PIECES 40 /* what comes after them takes the last one's role */

struct line_piece {
	size_t end; /* a byte of the text: where it ends */
	enum role role;
};

struct line {
	struct buf text; /* clean */
	bool ascii;
	int columns; /* so far */
	struct line_piece pieces[LINE_PIECES];
	int piece_count;
};

void line_init(struct line *line, bool ascii);
void line_release(struct line *line);
void line_clear(struct line *line);

/* Text of any bytes; a newline ends it. */
void line_put(struct line *line, enum role role, const char *text);
void line_printf(struct line *line, enum role role, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Of any bytes; where it needs more columns, its last one is '~'. */
void line_put_cut(struct line *line, enum role role, const char *text,
		  int columns);

/* Blanks up to this column; one at least, if the line is there already. */
void line_to(struct line *line, int column);

/* A text that ends before a column, or a blank behind what is there. */
void line_right(struct line *line, int end, enum role role, const char *text);

/*
 * How many bytes of a text (clean or not) go into one line of so many columns,
 * broken at a blank where it has one.
 */
size_t line_fits(const char *text, size_t length, int columns);

/* The letters of runs, at most so many, each in its role. */
void line_letters(struct line *line, int most, const char *letters);

#endif
