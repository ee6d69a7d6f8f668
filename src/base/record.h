/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_RECORD_H
#define BASE_RECORD_H

/*
 * A text of lines "key value", by which one process tells another something
 * in a file.  A key may come more than once, and the order is kept.  Values
 * may hold anything but NUL: newlines and backslashes are escaped.
 *
 * Reads and writes no files.
 */

#include <stdbool.h>
#include <stdint.h>

struct buf;

/* Append a line; a NULL text appends none. */
void record_text(struct buf *out, const char *key, const char *text);
void record_number(struct buf *out, const char *key, int64_t number);

/* The next line of a text that is cut up in place; a last line without its
   end, which is still being written, is none.  *at begins as the text. */
bool record_next(char **at, const char **key, char **value);

/* What is no number, or out of range, is 0. */
int64_t record_value(const char *value);

#endif
