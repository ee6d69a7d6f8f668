/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_PAGER_H
#define TUI_PAGER_H

/*
 * Lines to read: one of them is chosen, and may be opened; they scroll both
 * ways and are searched by a regular expression.
 *
 * Holds clean text only, and knows nothing of what it says.  Whoever fills it
 * may do so again at any time: the chosen line stays where it was, or at the
 * end if it followed.
 */

#include <stdbool.h>
#include <stddef.h>

#include "tui/grid.h"
#include "tui/line.h"
#include "tui/panes.h"

struct match;

#define PAGER_LINE 2000 /* cells kept of one */

struct pager_line {
	char *text; /* clean */
	struct line_piece *pieces;
	int piece_count;
	char *remark; /* of a ruler, at its right end; else NULL */
	int link;     /* what opening it opens: the filler's; -1: nothing */
};

struct pager {
	struct pager_line *lines;
	size_t count, room;
	size_t line; /* the chosen one */
	size_t top;  /* the first that is shown */
	int left;    /* cells that are off to the left */
	bool follow; /* the last line is chosen, also of those to come */

	bool asking; /* for what to find */
	char wanted[128];
	struct match *match; /* what is looked for, or NULL */
	char said[160];	     /* about the search; "" for nothing */

	int rows; /* of lines, as drawn last */
};

enum pager_answer {
	PAGER_NOT_OURS, /* the key means nothing here */
	PAGER_DONE,
	PAGER_OPEN, /* the chosen line */
};

/* Begins as all zeroes, at its first line. */
void pager_release(struct pager *pager);

/* No lines; where one was is not forgotten. */
void pager_clear(struct pager *pager);
/* One more line, of any bytes. */
void pager_add(struct pager *pager, enum role role, int link, const char *bytes,
	       size_t length, bool ascii);

/* One in pieces, which is empty afterwards. */
void pager_add_line(struct pager *pager, int link, struct line *line);
/* A ruler with a title, across the page. */
void pager_add_ruler(struct pager *pager, const char *title,
		     const char *remark);
/* An empty line. */
void pager_add_gap(struct pager *pager);

/* While pager->asking every key is its own. */
enum pager_answer pager_key(struct pager *pager, int key);

/* What opening the chosen line opens, or -1. */
int pager_link(const struct pager *pager);

/* Another line is chosen; above the last one it does not follow any more. */
void pager_choose(struct pager *pager, int line);

/* Each line is one to click on (tui/grid.h). */
void pager_draw(struct grid *grid, struct area area, struct pager *pager);
/* The same as a pane of a view; without the focus no line is marked. */
void pager_draw_in(struct grid *grid, struct area area, struct pager *pager,
		   int pane, bool focused);

/* "line 3 of 20", the question, or what became of the search. */
void pager_status(struct grid *grid, int y, const struct pager *pager);

#endif
