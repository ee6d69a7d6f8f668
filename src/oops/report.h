/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_REPORT_H
#define OOPS_REPORT_H

/*
 * One crash on a console: what it is called, and what it says.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oops/rules.h"

struct report {
	char *title;	   /* never empty */
	struct texts alts; /* other titles of the same bug, sorted */
	const char *type;  /* borrowed from the rules */
	char *frame;	   /* the function in the title, or "" */
	struct texts near; /* the first functions of the stack */
	bool corrupted;	   /* the text is not to be relied on */
	const char *why;   /* it is corrupted, or NULL */
	uint64_t start;	   /* where the line of the oops begins, in bytes of
			      the whole console */
	uint64_t skip;	   /* and ends */
	uint64_t end;	   /* of the last line of an oops on the console */
	char *text;	   /* the report, without prefixes */
	size_t text_length;
	char executor[48]; /* "proc=N, id=M", or "" */
	bool panicked;	   /* the console tells of a panic, anywhere */
	bool suppressed;   /* it tells of what explains the crash: not the
			      kernel's fault */
};

/*
 * Fill a zeroed report from the lines around an oops.  The `line` bytes at
 * `start` are one by rules_oops.  The offsets are the caller's to fill.
 */
void report_make(struct report *report, const struct rules *rules,
		 const char *text, size_t length, size_t start, size_t line);
void report_release(struct report *report);

#endif
