/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

/*
 * Makes any bytes harmless to look at.
 *
 * Consoles, build output, subjects, names and titles come from outside and
 * may hold anything.  All of it passes here on its way to the screen, once,
 * and what comes out holds printable characters of known width only:
 *
 *	C0, DEL, C1 (both forms), bytes that are not UTF-8	^[ ^? <9b> <ff>
 *	bidi controls, zero width, tags, private use		<U+202E>
 *	CSI, OSC, DCS, APC, PM, SOS up to 4 KiB, in one line	nothing
 *	the same, longer or cut off				^[ and the rest
 *	CR, backspace						overwrite
 *	tab							spaces to 8
 *
 * A visible stand-in is put between TEXT_MARK_ON and TEXT_MARK_OFF, so that
 * the screen can draw it unlike the text around it.  Colours, where the caller
 * wants them, are told by TEXT_COLOUR_PLAIN and the eight that follow it.
 * Those are the only control characters in clean text.
 *
 * Widths are wcwidth's: the caller has set LC_CTYPE.  Nothing is ever sent to
 * a terminal.
 */

#include <stdbool.h>
#include <stddef.h>

struct buf;

#define TEXT_MARK_ON	  '\x01'
#define TEXT_MARK_OFF	  '\x02'
#define TEXT_COLOUR_PLAIN '\x10' /* then black, red, ... white */
#define TEXT_CELL_BYTES	  24	 /* a character, four combining ones, NUL */

/* Of a longer line only so many bytes are looked at: show it in pieces. */
#define TEXT_LINE_MAX (64 * 1024)

enum {
	TEXT_ASCII = 1,	 /* what is not ASCII becomes '?'; `true` will do */
	TEXT_COLOUR = 2, /* tell the colours that CSI ... m asks for */
};

/*
 * Append the clean form of one line (a newline in it is shown as ^J), at
 * most `columns` characters of it.
 */
void text_clean(struct buf *out, const char *bytes, size_t length, int columns,
		unsigned flags);

/* The same for a string into an array; cut between cells.  Returns out. */
char *text_copy(char *out, size_t size, const char *text, bool ascii);
/* Of its first line only; NULL is empty. */
char *text_copy_line(char *out, size_t size, const char *text, bool ascii);

/* Reads clean text cell by cell. */
struct text_reader {
	const char *next;
	bool mark;  /* inside a stand-in */
	int colour; /* as in a cell */
};

struct text_cell {
	char bytes[TEXT_CELL_BYTES]; /* UTF-8, NUL-terminated */
	int width;		     /* 1 or 2 */
	bool mark;
	int colour; /* 0 plain, 1 black, 2 red, ... 8 white */
};

/* false at the end. */
bool text_next(struct text_reader *reader, struct text_cell *cell);

/* Columns of a clean text. */
int text_width(const char *text);

#endif
