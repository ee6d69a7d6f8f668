/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/lines.h"

#include <string.h>

#include "run/tidy.h"

void lines_init(struct lines *lines, lines_take *take, void *data)
{
	lines->length = 0;
	lines->open = false;
	lines->begin = 0;
	lines->fed = 0;
	lines->take = take;
	lines->data = data;
}

static void add(struct lines *lines, const char *bytes, size_t length)
{
	size_t room = LINES_MAX - lines->length;

	if (length > room)
		length = room;
	memcpy(lines->text + lines->length, bytes, length);
	lines->length += length;
	lines->open = true;
}

static void finish(struct lines *lines)
{
	tidy_utf8(lines->text, lines->length);
	lines->length = 0;
	lines->open = false;
	lines->take(lines->data, lines->text);
	lines->begin = lines->fed;
}

void lines_feed(struct lines *lines, const char *bytes, size_t length)
{
	while (length > 0) {
		const char *newline = memchr(bytes, '\n', length);
		size_t part = newline ? (size_t)(newline - bytes) : length;

		add(lines, bytes, part);
		lines->fed += (int64_t)part + (newline != NULL);
		if (!newline)
			return;
		finish(lines);
		bytes += part + 1;
		length -= part + 1;
	}
}

void lines_end(struct lines *lines)
{
	if (lines->open)
		finish(lines);
}
