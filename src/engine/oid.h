/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_OID_H
#define ENGINE_OID_H

/*
 * The name of a commit as git writes it: 40 (SHA-1) or 64 (SHA-256) digits
 * in lower case, or "" for none.
 */

#include <stdbool.h>
#include <stddef.h>

#define OID_HEX_MIN 40
#define OID_HEX_MAX 64
#define OID_SHORT   12 /* digits shown to a person */

struct oid {
	char hex[OID_HEX_MAX + 1];
};

/* false, and oid untouched, unless text is 40 or 64 lower case digits. */
bool oid_parse(struct oid *oid, const char *text);

/* The bytes that a name stands for: count is 20 or 32. */
void oid_from_bytes(struct oid *oid, const unsigned char *bytes, size_t count);

bool oid_equal(const struct oid *a, const struct oid *b);
bool oid_is_none(const struct oid *oid);

#endif
