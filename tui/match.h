/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_MATCH_H
#define TUI_MATCH_H

/*
 * Regular expressions (pcre2's) of a person, on any bytes.  A pattern in small
 * letters finds capitals too.  ^ and $ are the ends of lines, wherever they
 * are in the text.
 *
 * However evil pattern and text are, a try ends soon: it is given up rather
 * than carried on for ever.  Nothing else knows pcre2.
 */

#include <stdbool.h>
#include <stddef.h>

struct error;
struct match;

/* ERROR_INPUT says what is wrong with the pattern. */
int match_new(const char *pattern, struct match **out, struct error *err);
void match_free(struct match *match);

struct match_span {
	size_t start, end;
};

/* The first one at `from` or behind it. */
bool match_find(struct match *match, const char *bytes, size_t length,
		size_t from, struct match_span *span);

/* Was one of the tries given up?  Then what was not found may be there. */
bool match_gave_up(const struct match *match);

#endif
