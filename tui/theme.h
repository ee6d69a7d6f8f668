/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_THEME_H
#define TUI_THEME_H

/*
 * What a role looks like: its colours and attributes, by what the terminal
 * can show and what the person wants.  Pure; tui/term makes curses' attributes
 * of it.
 *
 * The background stays the terminal's own, so that 16 colours are good on
 * light and on dark; colour 8 is never used, since some terminals show it as
 * nothing.  Letters and words say it all without any of this.
 */

#include <stdbool.h>

#include "control/screen_settings.h"
#include "tui/grid.h"

struct error;

enum theme_colours {
	THEME_MONO,
	THEME_16,
	THEME_256,
};

enum {
	LOOK_BOLD = 1,
	LOOK_DIM = 2,
	LOOK_UNDERLINE = 4,
	LOOK_REVERSE = 8,
};

#define LOOK_DEFAULT (-1) /* the terminal's own colour */

struct look {
	short foreground, background; /* of 256, or LOOK_DEFAULT */
	unsigned attributes;
};

struct theme {
	enum theme_colours colours;
	bool light; /* the background is; counts with 256 colours */
	/* what the person said */
	struct look own[ROLE_COUNT];
	bool is_own[ROLE_COUNT];
};

/* Begins as all zeroes: without colour. */
struct look theme_look(const struct theme *theme, enum role role);

/*
 * "red bold", "default on 17 underline": at most one colour, one behind "on",
 * and attributes.  ERROR_INPUT for a name that is no role's, or words that
 * are none of these.
 */
int theme_set(struct theme *theme, const char *role, const char *words,
	      struct error *err);

const char *theme_role_name(enum role role);

/*
 * Which set it will be.  no_colour: NO_COLOR is set, which what a person
 * says here overrules; known: how many colours the terminal has.
 */
enum theme_colours theme_colours(enum colour_use use, bool no_colour,
				 int known);

/* Does COLORFGBG ("15;0", "0;default;15") name a light background? */
bool theme_is_light(const char *colorfgbg);

#endif
