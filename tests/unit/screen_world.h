/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_SCREEN_WORLD_H
#define TESTS_UNIT_SCREEN_WORLD_H

/*
 * A screen without a terminal, on a session that is told by a tale: it is
 * opened, keys are typed into it, and what it shows is held against pictures.
 */

#include <stdbool.h>

struct app;
struct grid;
struct tale;

/* Nothing is drawn yet, and nothing ordered; to be given to app_release. */
void open_screen(struct app *app, const struct tale *tale, bool ascii);

/*
 * A character a key; \n is Enter, \033 Escape and \t Tab.  What a key begins
 * to search for has been found before the next one.
 */
void type(struct app *app, const char *keys);

/* On what was drawn before, as a terminal has it. */
void draw_screen(struct app *app, struct grid *grid);

/* Hold a page of this size, after these keys, against its picture. */
void picture(struct app *app, const char *name, int columns, int rows,
	     const char *keys);

#endif
