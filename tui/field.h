/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_FIELD_H
#define TUI_FIELD_H

/*
 * A line of text that a person writes in a dialog.  The text is UTF-8 and
 * lies with the dialog.
 */

#include <stdbool.h>
#include <stddef.h>

struct grid;

#define FIELD_LABEL 12 /* columns, with the gap behind it */

/* How one is drawn. */
struct field {
	const char *label;
	const char *text;
	const char *hint; /* while it is empty */
	bool focused;	  /* the pen is in it */
};

/* A character is added, Backspace, C-w and C-u take away. */
void field_key(char *text, size_t size, int key);

/*
 * The UTF-8 of a key that is a visible character, and its length; 0 and
 * nothing written when it is none, or does not fit with the NUL behind it.
 */
size_t field_encode(int key, char *out, size_t size);

/* In one row; of a text that is too long the end is shown. */
void field_draw(struct grid *grid, int x, int y, int width,
		const struct field *field);

#endif
