/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_DIGEST_H
#define RUN_DIGEST_H

/*
 * The SHA-256 of a text, by which contents are known.
 */

#include <stddef.h>

#define DIGEST_HEX 64

/* In lower case; out needs DIGEST_HEX + 1 bytes.  Returns out. */
char *digest_of(const char *bytes, size_t length, char *out);

#endif
