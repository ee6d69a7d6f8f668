/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/tidy.h"

#include <stdint.h>
#include <string.h>

/*
 * The bytes that the character at the front takes, or 0 when it is none
 * (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
 */
static size_t character(const char *text, size_t left)
{
	const unsigned char *byte = (const unsigned char *)text;
	unsigned char low = 0x80, high = 0xbf;
	size_t size;

	if (byte[0] < 0x80)
		return 1;
	if (byte[0] < 0xc2 || byte[0] > 0xf4)
		return 0;
	size = byte[0] < 0xe0 ? 2 : byte[0] < 0xf0 ? 3 : 4;
	if (byte[0] == 0xe0)
		low = 0xa0;
	else if (byte[0] == 0xed)
		high = 0x9f;
	else if (byte[0] == 0xf0)
		low = 0x90;
	else if (byte[0] == 0xf4)
		high = 0x8f;
	if (left < size || byte[1] < low || byte[1] > high)
		return 0;
	for (size_t i = 2; i < size; i++) {
		if (byte[i] < 0x80 || byte[i] > 0xbf)
			return 0;
	}
	return size;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* How many bytes at the beginning stay as they are: ASCII, in most logs all;
   looked at by eights, and told short rather than long. */
static size_t plain(const char *bytes, size_t length)
{
	size_t done = 0;

	for (; length - done >= 8; done += 8) {
		uint64_t eight, returns, odd;

		memcpy(&eight, bytes + done, 8);
		returns = eight ^ EACH('\r');
		odd = eight | ((eight - EACH(1)) & ~eight) |
		      ((returns - EACH(1)) & ~returns);
		if (odd & EACH(0x80))
			break;
	}
	return done;
}

size_t tidy_utf8(char *bytes, size_t length)
{
	size_t from = 0, to = 0;

	while (from < length) {
		size_t size = plain(bytes + from, length - from);

		if (size > 0) {
			if (to < from)
				memmove(bytes + to, bytes + from, size);
			from += size;
			to += size;
			continue;
		}
		size = character(bytes + from, length - from);

		if (size == 0 || bytes[from] == '\0') {
			bytes[to++] = '?';
			from++;
		} else if (bytes[from] == '\r') {
			from++;
		} else {
			while (size-- > 0)
				bytes[to++] = bytes[from++];
		}
	}
	bytes[to] = '\0';
	return to;
}

void tidy_controls(char *text)
{
	char *to = text;

	while (*text) {
		unsigned char byte = (unsigned char)*text;

		if (byte < 0x20 || byte == 0x7f) {
			*to++ = '?';
			text++;
		} else if (byte == 0xc2 && (unsigned char)text[1] < 0xa0) {
			*to++ = '?';
			text += 2;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

void tidy_cut(char *text, size_t size)
{
	if (strlen(text) <= size)
		return;
	while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
		size--;
	text[size] = '\0';
}

void tidy_trim(char *text)
{
	size_t front = strspn(text, " \t"), length = strlen(text + front);

	memmove(text, text + front, length + 1);
	while (length > 0 && strchr(" \t", text[length - 1]))
		text[--length] = '\0';
}
