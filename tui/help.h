/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_HELP_H
#define TUI_HELP_H

/*
 * The list of keys, over whatever is on the page: the screen's own, those of
 * its views, and those of the command table.  Of what is typed only the keys
 * are left that have it in them.
 */

#include <stdbool.h>

struct buf;
struct grid;
struct keymap;

struct help {
	bool open;
	int top;	 /* the first line shown */
	char wanted[64]; /* what was typed; "" for all */
};

/*
 * false: the key closes it.  Esc takes back what was typed first, and q is a
 * letter behind others.
 */
bool help_key(struct help *help, int key);
void help_draw(struct grid *grid, struct help *help);

/*
 * Of a key that did nothing in the view that is shown: where it does, and what
 * there.  keys may be NULL.
 */
void help_say_unused(int key, const struct keymap *keys, struct buf *out);

#endif
