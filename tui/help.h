/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_HELP_H
#define TUI_HELP_H

/*
 * The list of keys, over whatever is on the page: the screen's own, and those
 * of the command table.  Behind / only what holds the text that is typed is
 * left of it.
 */

#include <stdbool.h>

struct grid;

struct help {
	bool open;
	int top;	 /* the first line shown */
	bool asking;	 /* keys are text */
	char wanted[64]; /* "" for all */
};

/* false: the key closes it (any of ? q Esc C-c). */
bool help_key(struct help *help, int key);
void help_draw(struct grid *grid, struct help *help);

#endif
