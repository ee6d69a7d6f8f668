/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_TITLE_H
#define OOPS_TITLE_H

/*
 * Titles: made free of what differs from one crash to the next, and given a
 * type.  They are compared by the engine (engine/crash.h).
 */

#include <stdbool.h>
#include <stddef.h>

#include "oops/pattern.h"

struct buf;
struct rules;

enum { TITLE_MAX = 120 };

/* Replace text in place: addresses, numbers, names of processes. */
void title_replace(const struct rules *rules, struct buf *title);

/* The same, and make it a line of at most TITLE_MAX printable ASCII. */
void title_scrub(const struct rules *rules, struct buf *title);

/* Borrowed from the rules; "UNKNOWN" when no type has such titles. */
const char *title_type(const struct rules *rules, const char *title);

/* Append a template of a rule: {1} is what the match caught in text. */
void title_fill(struct buf *out, const char *template, const char *text,
		const struct match *match, const char *function,
		const char *origin);

#endif
