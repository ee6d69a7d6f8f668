/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_LOGTEXT_H
#define TUI_LOGTEXT_H

/*
 * How one line of a log looks: clean, with the kernel's time stamp as it
 * stands, as seconds or left out; or every byte of it, for who must know.
 */

#include <stdbool.h>
#include <stddef.h>

#include "tui/grid.h"

struct buf;

enum logtext_stamps {
	STAMPS_WHOLE,	/* "[   41.337120][  T27] " */
	STAMPS_SECONDS, /* "  41.33 " */
	STAMPS_NONE,
	STAMPS_COUNT,
};

struct logtext {
	enum logtext_stamps stamps;
	bool raw; /* what is not printable ASCII as ^[ and <ff> */
	bool ascii;
	int columns;  /* of a line, at most */
	bool colours; /* tell those that the line asks for */
};

/* Append a line in clean text. */
void logtext_make(struct buf *out, const struct logtext *how, const char *bytes,
		  size_t length);

/* What a clean line says at first sight: an alarm, a landmark, or nothing. */
enum role logtext_role(const char *line);

/*
 * Fold the stamp of a clean line: `stamp` gets the seconds and a blank, or ""
 * where there is none.  Returns the rest of the line.
 */
const char *logtext_fold(const char *line, char *stamp, size_t size);

/* The kernel's time at the beginning of a line; false: it has none. */
bool logtext_time(const char *bytes, size_t length, double *seconds);

#endif
