/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_SAVE_H
#define TUI_SAVE_H

/*
 * Writes what is shown to a file of the person's choice: asks for its name on
 * the status row.  A file that is there already is never overwritten.
 */

#include <stdbool.h>
#include <stddef.h>

struct error;
struct grid;

struct save {
	bool asking; /* then every key is its own */
	char path[512];
};

enum save_answer {
	SAVE_ASKS,
	SAVE_CANCELLED,
	SAVE_NAMED, /* write it to `path` */
};

/* Begins to ask, with this name written already. */
void save_ask(struct save *save, const char *name);
enum save_answer save_key(struct save *save, int key);
void save_draw(struct grid *grid, int y, const struct save *save);

/* ~/ is the home folder. */
int save_write(const struct save *save, const char *bytes, size_t length,
	       struct error *err);

#endif
