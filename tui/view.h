/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_VIEW_H
#define TUI_VIEW_H

/*
 * What a view is.  Each has a file of its own, tui/view_NAME.c, and a place in
 * struct app for what it holds; the table of them is in tui/views.c.
 */

#include <stdbool.h>

struct app;
struct grid;

struct view {
	int digit; /* the key that brings it up */

	/* It is brought up: what is it about?  Or NULL. */
	void (*enter)(struct app *app);
	/* The session, the time or the choice of a row has changed.  Or NULL. */
	void (*update)(struct app *app);
	/* Have the files that it shows changed?  Reads them; NULL: none. */
	bool (*listen)(struct app *app);
	/* A slice of what it does beside showing, between two keys; false when
	   there was nothing to do.  NULL: never is. */
	bool (*work)(struct app *app);
	/* Is a text asked for, so that every key is its own?  NULL: never. */
	bool (*asks)(const struct app *app);
	void (*key)(struct app *app, int key);
	/* A number was written behind ':', to go there.  NULL: means nothing. */
	void (*number)(struct app *app, int number);
	/* q; NULL: to the steps. */
	void (*leave)(struct app *app);
	/* A line is clicked on (grid_hot_line).  NULL: nothing happens. */
	void (*choose)(struct app *app, int pane, int line);
	/* So many lines down, or up, in the pane under the mouse; NULL: as
	   the arrow keys do. */
	void (*scroll)(struct app *app, int pane, int lines);
	/* Reads nothing, but of a log what is shown. */
	void (*draw)(struct app *app, struct grid *grid);
};

extern const struct view view_steps;
extern const struct view view_range;
extern const struct view view_runs;
extern const struct view view_build;
extern const struct view view_console;
extern const struct view view_evidence;
extern const struct view view_commit;
extern const struct view view_replay;
extern const struct view view_log;
extern const struct view view_beside;

#endif
