/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/escape.h"

#include <stdbool.h>
#include <string.h>

/* The end of ESC ] P _ ^ X ... up to BEL or ESC \; 0 when it has none. */
static size_t string_length(const char *bytes, size_t length)
{
	for (size_t i = 2; i < length; i++) {
		if (bytes[i] == '\a')
			return i + 1;
		if (bytes[i] != '\033')
			continue;
		return i + 1 < length && bytes[i + 1] == '\\' ? i + 2 : 0;
	}
	return 0;
}

size_t escape_length(const char *bytes, size_t length)
{
	size_t i = 1;

	if (length > ESCAPE_MAX)
		length = ESCAPE_MAX;
	if (length < 2)
		return 0;
	if (strchr("]P_^X", bytes[1]) && bytes[1])
		return string_length(bytes, length);
	if (bytes[1] == '[') {
		for (i = 2; i < length && bytes[i] >= 0x30 && bytes[i] <= 0x3f;)
			i++;
	}
	while (i < length && bytes[i] >= 0x20 && bytes[i] <= 0x2f)
		i++;
	if (i >= length || bytes[i] < (bytes[1] == '[' ? 0x40 : 0x30) ||
	    bytes[i] > 0x7e)
		return 0;
	return i + 1;
}

struct reading {
	int colour;
	bool text;  /* behind 38, not 48 */
	int behind; /* numbers since then, 0: there was none */
	int passed; /* red, green and blue: they say nothing */
};

/* 38;5;N is one of the 256; 38;2;R;G;B any. */
static void read_extended(struct reading *in, int number)
{
	if (in->passed) {
		in->behind = --in->passed ? in->behind : 0;
		return;
	}
	if (in->behind++ == 1) {
		in->passed = number == 2 ? 3 : 0;
		if (number != 5 && number != 2)
			in->behind = 0;
		return;
	}
	in->behind = 0;
	if (in->text && number < 16)
		in->colour = number % 8 + 1;
}

static void read_number(struct reading *in, int number)
{
	if (in->behind) {
		read_extended(in, number);
	} else if (number == 38 || number == 48) {
		in->behind = 1;
		in->text = number == 38;
	} else if (number == 0 || number == 39) {
		in->colour = 0;
	} else if (number >= 30 && number <= 37) {
		in->colour = number - 29;
	} else if (number >= 90 && number <= 97) {
		in->colour = number - 89;
	}
}

int escape_colour(const char *bytes, const char *end)
{
	struct reading in = { .colour = -1 };

	for (;; bytes++) {
		int number = 0;

		for (; bytes < end && *bytes >= '0' && *bytes <= '9'; bytes++)
			number = number < 1000 ? number * 10 + *bytes - '0'
					       : number;
		if (bytes < end && *bytes != ';')
			return -1; /* another's */
		read_number(&in, number);
		if (bytes >= end)
			return in.colour;
	}
}
