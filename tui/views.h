/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_VIEWS_H
#define TUI_VIEWS_H

/*
 * The views of the screen, of which one is shown: the steps, and those that
 * one comes to from there.  Each has a digit, the same for good, whichever are
 * there.
 *
 * A view is updated when it is brought up and whenever something has changed;
 * what it is about does not change while somebody reads it.
 */

#include <stdbool.h>
#include <stddef.h>

#include "tui/pager.h"

struct app;
struct grid;
struct logview;
struct view;

const struct view *views_find(int digit); /* or NULL */
void views_go(struct app *app, const struct view *view);

/* Back to the view that brought this one up, or to the steps. */
void views_leave(struct app *app);

/* The shown one's functions (tui/view.h). */
void views_update(struct app *app);
bool views_listen(struct app *app);

/* A slice of work; false: there was none. */
bool views_work(struct app *app);
bool views_asks(const struct app *app);
void views_key(struct app *app, int key);
void views_draw(struct app *app, struct grid *grid);

/*
 * For views that are a page of lines: a key that moves in them or leaves them
 * is done; one that opens, or means nothing here, is the view's.
 */
enum pager_answer views_page_key(struct app *app, struct pager *pager, int key);

/* For views of a log: the row above the keys. */
void views_log_status(struct app *app, struct grid *grid, int y,
		      struct logview *log);

/* To the steps, to what they know of a commit. */
void views_open_step(struct app *app, int commit);

/* To the console of a run, and to the diff of a commit. */
void views_open_run(struct app *app, int commit, int run);
void views_open_diff(struct app *app, int commit); /* view_commit.c */

/* How many events there are, to see whether something has happened. */
size_t views_event_count(const struct app *app);

#endif
