/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_PALETTE_H
#define TUI_PALETTE_H

/*
 * A line on which any order can be written, in the words of the command line,
 * with what fits so far above it: commands of the command table, and ids of
 * the steps where a command takes a commit.
 *
 *	closed --:--> open --Enter--> to be carried out
 *	              open --Esc, C-c, Backspace on an empty line--> closed
 *
 * It carries out nothing; whoever opened it does.
 */

#include <stdbool.h>

struct argv;
struct error;
struct grid;
struct model;

#define PALETTE_TEXT 512

struct palette {
	bool open;
	char text[PALETTE_TEXT]; /* UTF-8 */
	int chosen;	     /* of what fits; -1: none, Tab takes the first */
	char complaint[200]; /* why it was not carried out, "" for nothing */
};

enum palette_answer {
	PALETTE_STAYS,
	PALETTE_CLOSED,
	PALETTE_APPLY,
};

void palette_open(struct palette *palette);

/* The same with the beginning of an order. */
void palette_open_with(struct palette *palette, const char *text);

enum palette_answer palette_key(struct palette *palette,
				const struct model *model, int key);
void palette_draw(struct grid *grid, const struct palette *palette,
		  const struct model *model);

/*
 * The words of a line: blanks between them, quotes of either kind around
 * blanks, a backslash before either.  ERROR_INPUT for a quote that is open;
 * the words, freed by argv_free, are none then.
 */
int palette_words(const char *text, struct argv *words, struct error *err);

#endif
