/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_TIDY_H
#define RUN_TIDY_H

/*
 * Makes bytes of unknown origin harmless, in place.  Nothing here allocates,
 * and no text gets longer.
 */

#include <stddef.h>

/*
 * Make a text of these bytes: NULs and what is not UTF-8 become '?', carriage
 * returns go.  There must be room for a NUL behind them.  Returns the length.
 */
size_t tidy_utf8(char *bytes, size_t length);

/* Control characters (C0, DEL, C1) of a tidy text become '?'. */
void tidy_controls(char *text);

/* Cut a tidy text to at most `size` bytes, at the border of a character. */
void tidy_cut(char *text, size_t size);

/* Without blanks and tabs at both ends. */
void tidy_trim(char *text);

#endif
