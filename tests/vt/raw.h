/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_VT_RAW_H
#define TESTS_VT_RAW_H

/*
 * What may be written to a terminal by a program that shows other people's
 * bytes: printable text, and the sequences that curses makes of terminfo's
 * xterm-256color, with the parameters that it can have a reason for.  All
 * else came from somewhere it should not.
 *
 * This knows nothing of base/text: what cleans is not what checks.
 */

#include <stddef.h>

struct error;

/* The window was never larger than columns and rows. */
int raw_check(const char *bytes, size_t length, int columns, int rows,
	      struct error *err);

#endif
