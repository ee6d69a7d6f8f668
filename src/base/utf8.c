/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/utf8.h"

struct span {
	uint32_t first, last;
};

/*
 * Printable for wcwidth, but they hide or reorder what stands around them.
 * In order, and the last one ends where Unicode does.
 */
static const struct span deceiving[] = {
	{ 0x00ad, 0x00ad },    { 0x034f, 0x034f },   { 0x061c, 0x061c },
	{ 0x115f, 0x1160 },    { 0x17b4, 0x17b5 },   { 0x180b, 0x180f },
	{ 0x200b, 0x200f },    { 0x2028, 0x202e },   { 0x2060, 0x206f },
	{ 0x3164, 0x3164 },    { 0xe000, 0xf8ff },   { 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff },    { 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },
	{ 0x13430, 0x1343f },  { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0xe0000, 0x10ffff },
};

bool utf8_deceives(uint32_t c)
{
	size_t i = 0;

	while (c > deceiving[i].last)
		i++;
	return c >= deceiving[i].first;
}

uint32_t utf8_decode(const char *bytes, size_t length, size_t *used)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char lead = (unsigned char)bytes[0];
	size_t size = lead < 0x80   ? 1
		      : lead < 0xc2 ? 0
		      : lead < 0xe0 ? 2
		      : lead < 0xf0 ? 3
		      : lead < 0xf5 ? 4
				    : 0;
	uint32_t c;

	*used = 1;
	if (size == 1)
		return lead;
	if (!size || size > length)
		return UTF8_NONE;
	c = lead & (0x7fu >> size);
	for (size_t i = 1; i < size; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if ((byte & 0xc0) != 0x80)
			return UTF8_NONE;
		c = c << 6 | (byte & 0x3f);
	}
	if (c < least[size] || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		return UTF8_NONE;
	*used = size;
	return c;
}
