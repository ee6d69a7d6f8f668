/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/oid.h"

#include <string.h>

#include "base/str.h"

bool oid_parse(struct oid *oid, const char *text)
{
	size_t length = strlen(text);

	if ((length != 40 && length != 64) || !str_hex(text))
		return false;
	memcpy(oid->hex, text, length + 1);
	return true;
}

bool oid_equal(const struct oid *a, const struct oid *b)
{
	return strcmp(a->hex, b->hex) == 0;
}

bool oid_is_none(const struct oid *oid)
{
	return oid->hex[0] == '\0';
}
