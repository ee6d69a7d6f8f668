/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

/*
 * Characters in bytes that may be anything.  Says nothing of how wide they are
 * on a terminal: that is wcwidth's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_NONE UINT32_MAX

/*
 * The character at bytes, of which there is at least one; UTF8_NONE when
 * there is none: overlong forms, surrogates and numbers past Unicode are
 * none.  *used is 1 then.
 */
uint32_t utf8_decode(const char *bytes, size_t length, size_t *used);

/*
 * Does it hide, or reorder what stands around it, though it passes for
 * printable?  Private use and tags count, for nobody knows.
 */
bool utf8_deceives(uint32_t c);

#endif
