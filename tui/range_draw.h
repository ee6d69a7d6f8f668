/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_RANGE_DRAW_H
#define TUI_RANGE_DRAW_H

/*
 * The range, drawn: the whole page, with a preview of the chosen commit at its
 * right where there is room for one.
 */

#include <stdbool.h>

struct grid;
struct home;
struct model;
struct peek;
struct range_page;
struct session;

/* What a page shows, all of it borrowed. */
struct range_view {
	const struct model *model;
	const struct home *home; /* the toast */
	struct session *session; /* for the ids */
	struct range_page *page;
	const struct peek *peek; /* or NULL */
};

/* Rows of the outline on a page of this size; is there a preview? */
int range_draw_rows(int columns, int rows);
bool range_draw_peeks(int columns);

void range_draw(struct grid *grid, const struct range_view *view);

#endif
