/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/oid.h"

#include <string.h>

#include "base/str.h"

bool oid_parse(struct oid *oid, const char *text)
{
	size_t length = strlen(text);

	if ((length != OID_HEX_MIN && length != OID_HEX_MAX) || !str_hex(text))
		return false;
	memcpy(oid->hex, text, length + 1);
	return true;
}

void oid_from_bytes(struct oid *oid, const unsigned char *bytes, size_t count)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < count; i++) {
		oid->hex[i * 2] = digits[bytes[i] >> 4];
		oid->hex[i * 2 + 1] = digits[bytes[i] & 15];
	}
	oid->hex[count * 2] = '\0';
}

bool oid_equal(const struct oid *a, const struct oid *b)
{
	return strcmp(a->hex, b->hex) == 0;
}

bool oid_is_none(const struct oid *oid)
{
	return oid->hex[0] == '\0';
}
