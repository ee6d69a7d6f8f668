/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

/*
 * Escape sequences in text that is to be shown: where one ends, so that it can
 * be passed over, and what colour it asks for.  Nothing is ever obeyed.
 */

#include <stddef.h>

/* One that does not end within so many bytes is none. */
#define ESCAPE_MAX 4096

/*
 * How long is the sequence at bytes, which begin with ESC?  Control sequences,
 * strings (OSC, DCS, APC, PM, SOS) up to BEL or ESC \, and those of two
 * characters or a few.  0: it is none, or it is cut off.
 */
size_t escape_length(const char *bytes, size_t length);

/*
 * The colour of text that the parameters of CSI ... m leave, from bytes to
 * end: 0 plain, 1 black, 2 red, ... 8 white; -1 for as it was.  Of the 256 the
 * first sixteen have one of the eight, others have none.
 */
int escape_colour(const char *bytes, const char *end);

#endif
