/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_CUT_H
#define OOPS_CUT_H

/*
 * Cuts the report of one oops out of a console: the lines of the same
 * caller, without their time stamps, without guesses of the unwinder,
 * without what a second report put between them.
 */

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct rules;

enum { CALLER_MAX = 16 };

/* Who printed a line. */
struct caller {
	char name[CALLER_MAX]; /* "T123", "C1"; "console": a time, no caller;
				  "": no prefix at all */
};

/* Takes a line's prefix off; *line is moved past it. */
struct caller cut_prefix(const char **line, size_t *length);

/*
 * Is it the line with which registers begin that stand before their crash?
 * ARCH=um prints them, and the function, before it panics.
 */
bool cut_is_registers(const char *line, size_t length);

enum { CUT_REGISTERS = 12 }; /* so many lines before the crash, at most */

struct cut {
	struct buf *shown;  /* the report as a person sees it */
	struct buf *report; /* what title and function are made of */
	size_t before;	    /* bytes of shown that stand before the oops */
};

/*
 * text holds lines from somewhere before the oops on; start is where the
 * line of the oops begins.  Both buffers are appended to.
 */
void cut_report(struct cut *cut, const struct rules *rules, const char *text,
		size_t length, size_t start);

#endif
