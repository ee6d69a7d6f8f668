/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_FRAME_H
#define TUI_FRAME_H

/*
 * What every view has: the title above, the keys below, and what is said
 * where there is no room for a view.
 */

#include <stdbool.h>
#include <stddef.h>

struct grid;
struct home;
struct model;

struct key_hint {
	const char *key, *text;
};

/* Says so, and that no view is to be drawn. */
bool frame_too_small(struct grid *grid);

/* The first row: what bug, what mode, how long. */
void frame_title(struct grid *grid, const struct model *model);

/* What was said last, in the row above the keys. */
void frame_toast(struct grid *grid, int y, const struct home *home);

/* A key to press or to click on; returns the columns used. */
int frame_key(struct grid *grid, int x, int y, const char *key);

/* The last row: as many keys as fit; help and `leave` (q) always do. */
void frame_keys(struct grid *grid, const struct key_hint *hints, size_t count,
		const char *leave);

#endif
