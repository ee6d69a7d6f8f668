/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_VIEWS_H
#define TUI_VIEWS_H

/*
 * The views of the screen, of which one is shown: the steps, and the pages of
 * lines.  Each has a digit, the same for good, whichever are there.
 *
 * A page is filled when it is brought up and whenever something has changed;
 * what it is about does not change while somebody reads it.
 */

#include <stdbool.h>

struct app;
struct grid;
struct view;

const struct view *views_find(int digit); /* or NULL */
void views_go(struct app *app, const struct view *view);

/* Something has changed. */
void views_update(struct app *app);

/* Is a text asked for, so that every key belongs to the view? */
bool views_ask(const struct app *app);

void views_key(struct app *app, int key);
void views_draw(struct app *app, struct grid *grid);

#endif
