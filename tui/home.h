/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_HOME_H
#define TUI_HOME_H

/*
 * The home view: title, strip, ledger, runs, console, status and keys, drawn
 * into a grid from a model.
 *
 *	   columns x rows	what is shown
 *	   140 x 40 and more	all, a console of 20 rows, and the selected
 *				commit: its message and diffstat
 *	   100 x 24		all; three rows of strip from 28 rows on
 *	   80 x 24		a strip of one row, no subjects, one pane
 *	   40 x 10		title, ledger, status and keys
 *	   less			that it is too small
 *
 * Drawing changes nothing and reads no file; the console's lines come in a
 * tail that somebody else has filled.
 */

#include <stdbool.h>

struct grid;
struct model;
struct peek;
struct tail;

enum pane {
	PANE_LEDGER,
	PANE_RUNS,
	PANE_CONSOLE,
	PANE_COUNT,
};

/* Where the person is on the view. */
struct home {
	enum pane focus;
	int line;	 /* of the runs pane: 0 is the build, 1 the first run */
	char toast[512]; /* clean; shown in place of the status, "" for none */
	bool toast_is_error;
	const struct peek *peek; /* at the selected commit; NULL: it is not
				    shown, how wide the page may be */
};

/* Is there room for a commit beside the console? */
bool home_peeks(int columns, int rows);

void home_draw(struct grid *grid, const struct model *model,
	       const struct home *home, const struct tail *tail);

/* Rows of the console pane on a page of this size, to scroll by. */
int home_console_rows(int columns, int rows, const struct model *model);

#endif
