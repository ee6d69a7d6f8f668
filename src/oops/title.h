/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_TITLE_H
#define OOPS_TITLE_H

/*
 * Titles: made free of what differs from one crash to the next, given a
 * type, and compared.
 */

#include <stdbool.h>
#include <stddef.h>

#include "oops/pattern.h"

struct buf;
struct report;
struct rules;

enum { TITLE_MAX = 120 };

/* Replace text in place: addresses, numbers, names of processes. */
void title_scrub(const struct rules *rules, struct buf *title);

/* Borrowed from the rules; "UNKNOWN" when no type has such titles. */
const char *title_type(const struct rules *rules, const char *title);

/* Append a template of a rule: {1} is what the match caught in text. */
void title_fill(struct buf *out, const char *template, const char *text,
		const struct match *match, const char *function,
		const char *origin);

/* How much two crashes look like one bug; the first that holds. */
enum title_likeness {
	TITLE_SAME,	 /* the same title */
	TITLE_ALIAS,	 /* titles and other titles have one in common */
	TITLE_FRAMES,	 /* the same type, and functions in common */
	TITLE_DIFFERENT, /* another bug, as far as can be seen */
};

enum title_likeness title_compare(const struct report *a,
				  const struct report *b);

#endif
