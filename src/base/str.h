/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_STR_H
#define BASE_STR_H

/*
 * Small questions about strings.  Nothing here allocates.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool str_equal(const char *a, const char *b); /* NULL equals only NULL */
bool str_starts(const char *text, const char *prefix); /* NULL does not */
bool str_ends(const char *text, const char *suffix);   /* nor end so */
bool str_empty(const char *text);		       /* NULL or "" */

/*
 * A whole decimal number, nothing before or after it; false when it is not
 * one or lies outside low..high, and then *out is not touched.
 */
bool str_number(const char *text, int64_t low, int64_t high, int64_t *out);

/* Are these all hexadecimal digits in lower case, at least one? */
bool str_hex(const char *text);

/* Copy with a cut at size - 1 bytes.  Returns out. */
char *str_copy(char *out, size_t size, const char *text);

/* One more word of "a, b, c", cut where there is no room.  Returns out. */
char *str_list(char *out, size_t size, const char *word);

/*
 * Milliseconds as a person reads them: "0:07", "1:53:10".  out needs 24
 * bytes; returns out.
 */
char *str_duration(char *out, int64_t ms);

/*
 * Bytes likewise: "812 bytes", "104.8 MB", at most 9 columns.  out needs 24
 * bytes; returns out.
 */
char *str_size(char *out, int64_t bytes);

#endif
