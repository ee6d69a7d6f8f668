/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/array.h"
#include "base/buf.h"

#define SEQUENCE_MAX  4096
#define COMBINING_MAX 4
#define TAB	      8
#define COPY_COLUMNS  512
#define NOT_UTF8      UINT32_MAX

/* A line under the pen: one cell a character, whatever its width. */
struct line {
	struct text_cell *cells;
	size_t count, room;
	size_t pen;
	size_t columns; /* cells kept */
	int column;	/* of the pen, for tabs */
};

struct span {
	uint32_t first, last;
};

/* Printable for wcwidth, but they hide or reorder what stands around them. */
static const struct span deceiving[] = {
	{ 0x00ad, 0x00ad },    { 0x034f, 0x034f }, { 0x061c, 0x061c },
	{ 0x115f, 0x1160 },    { 0x17b4, 0x17b5 }, { 0x180b, 0x180f },
	{ 0x200b, 0x200f },    { 0x2028, 0x202e }, { 0x2060, 0x206f },
	{ 0x3164, 0x3164 },    { 0xe000, 0xf8ff }, { 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff },    { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb },
	{ 0xe0000, 0x10ffff },
};

static bool is_deceiving(uint32_t c)
{
	for (size_t i = 0; i < sizeof(deceiving) / sizeof(*deceiving); i++) {
		if (c >= deceiving[i].first && c <= deceiving[i].last)
			return true;
	}
	return false;
}

/*
 * The character at bytes, NOT_UTF8 when there is none: overlong forms,
 * surrogates and numbers past Unicode are none.  *used is 1 then.
 */
static uint32_t decode(const char *bytes, size_t length, size_t *used)
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
		return NOT_UTF8;
	c = lead & (0x7fu >> size);
	for (size_t i = 1; i < size; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if ((byte & 0xc0) != 0x80)
			return NOT_UTF8;
		c = c << 6 | (byte & 0x3f);
	}
	if (c < least[size] || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		return NOT_UTF8;
	*used = size;
	return c;
}

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

/* How long is the escape sequence at bytes?  0: it is none. */
static size_t sequence_length(const char *bytes, size_t length)
{
	size_t i = 1;

	if (length > SEQUENCE_MAX)
		length = SEQUENCE_MAX;
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

static void put(struct line *line, const char *bytes, size_t size, int width,
		bool mark)
{
	struct text_cell *cell;

	line->column += width;
	if (line->pen >= line->columns) {
		line->pen++;
		return;
	}
	array_grow(line->cells, line->pen + 1, &line->room);
	while (line->count <= line->pen) {
		cell = &line->cells[line->count++];
		*cell = (struct text_cell){ .bytes = " ", .width = 1 };
	}
	cell = &line->cells[line->pen++];
	memset(cell, 0, sizeof(*cell));
	memcpy(cell->bytes, bytes, size);
	cell->width = width;
	cell->mark = mark;
}

static void put_mark(struct line *line, const char *text)
{
	for (; *text; text++)
		put(line, text, 1, 1, true);
}

/* A combining character goes to the one before it, at most a few of them. */
static void put_combining(struct line *line, const char *bytes, size_t size)
{
	struct text_cell *cell;
	size_t have, marks = 0;

	if (line->pen > line->columns)
		return;
	if (!line->pen)
		put(line, " ", 1, 1, false);
	cell = &line->cells[line->pen - 1];
	have = strlen(cell->bytes);
	for (size_t i = 1; i < have; i++)
		marks += ((unsigned char)cell->bytes[i] & 0xc0) != 0x80;
	if (marks < COMBINING_MAX && have + size < sizeof(cell->bytes))
		memcpy(cell->bytes + have, bytes, size);
}

/* true: it was one of those that move the pen. */
static bool move_pen(struct line *line, uint32_t c)
{
	switch (c) {
	case '\r':
		line->pen = 0;
		line->column = 0;
		return true;
	case '\b':
		if (line->pen && --line->pen < line->count)
			line->column -= line->cells[line->pen].width;
		else if (line->column)
			line->column--;
		return true;
	case '\t':
		do
			put(line, " ", 1, 1, false);
		while (line->column % TAB);
		return true;
	default:
		return false;
	}
}

static void put_character(struct line *line, const char *bytes, size_t size,
			  uint32_t c, bool ascii)
{
	char shown[16];
	int width;

	if (c == NOT_UTF8 || (c >= 0x80 && c < 0xa0)) {
		snprintf(shown, sizeof(shown), "<%02x>",
			 c == NOT_UTF8 ? (unsigned char)bytes[0] : c);
		put_mark(line, shown);
	} else if (c < 0x20 || c == 0x7f) {
		snprintf(shown, sizeof(shown), "^%c", (char)(c ^ 0x40));
		put_mark(line, shown);
	} else if (c < 0x7f) {
		put(line, bytes, 1, 1, false);
	} else if (ascii) {
		put(line, "?", 1, 1, false);
	} else if (is_deceiving(c) || (width = wcwidth((wchar_t)c)) < 0) {
		snprintf(shown, sizeof(shown), "<U+%04X>", c);
		put_mark(line, shown);
	} else if (width == 0) {
		put_combining(line, bytes, size);
	} else {
		put(line, bytes, size, width, false);
	}
}

void text_clean(struct buf *out, const char *bytes, size_t length, int columns,
		bool ascii)
{
	struct line line = { .columns = columns > 0 ? (size_t)columns : 0 };
	bool mark = false;
	size_t used;

	/* the carriage return of a CR LF is no overwriting */
	while (length && bytes[length - 1] == '\r')
		length--;
	for (; length; bytes += used, length -= used) {
		uint32_t c = decode(bytes, length, &used);

		if (c == '\033' && sequence_length(bytes, length))
			used = sequence_length(bytes, length);
		else if (!move_pen(&line, c))
			put_character(&line, bytes, used, c, ascii);
	}
	for (size_t i = 0; i < line.count; i++) {
		if (line.cells[i].mark != mark)
			buf_putc(out, mark ? TEXT_MARK_OFF : TEXT_MARK_ON);
		mark = line.cells[i].mark;
		buf_puts(out, line.cells[i].bytes);
	}
	if (mark)
		buf_putc(out, TEXT_MARK_OFF);
	free(line.cells);
}

char *text_copy(char *out, size_t size, const char *text, bool ascii)
{
	struct text_reader reader = { 0 };
	struct text_cell cell;
	size_t length = 0;
	struct buf clean;
	bool mark = false;

	buf_init(&clean, 0);
	text_clean(&clean, text, strnlen(text, 4 * COPY_COLUMNS), COPY_COLUMNS,
		   ascii);
	reader.next = clean.text;
	while (text_next(&reader, &cell)) {
		size_t have = strlen(cell.bytes);

		/* room for the mark before, the one after, and the NUL */
		if (length + have + 3 > size)
			break;
		if (cell.mark != mark)
			out[length++] = mark ? TEXT_MARK_OFF : TEXT_MARK_ON;
		mark = cell.mark;
		memcpy(out + length, cell.bytes, have);
		length += have;
	}
	if (mark)
		out[length++] = TEXT_MARK_OFF;
	out[length] = '\0';
	buf_release(&clean);
	return out;
}

static int width_of(uint32_t c)
{
	int width;

	if (c < 0x80)
		return 1;
	width = wcwidth((wchar_t)c);
	return width < 0 ? 1 : width;
}

bool text_next(struct text_reader *reader, struct text_cell *cell)
{
	size_t used, have = 0;
	uint32_t c;

	while (*reader->next == TEXT_MARK_ON || *reader->next == TEXT_MARK_OFF)
		reader->mark = *reader->next++ == TEXT_MARK_ON;
	if (!*reader->next)
		return false;
	memset(cell, 0, sizeof(*cell));
	cell->mark = reader->mark;
	do {
		c = decode(reader->next, strnlen(reader->next, 4), &used);
		if (have + used >= sizeof(cell->bytes))
			break;
		memcpy(cell->bytes + have, reader->next, used);
		have += used;
		reader->next += used;
		if (have == used)
			cell->width = c == NOT_UTF8 ? 1 : width_of(c);
		if ((unsigned char)*reader->next < 0x80)
			break;
		c = decode(reader->next, strnlen(reader->next, 4), &used);
	} while (c != NOT_UTF8 && width_of(c) == 0);
	if (cell->width < 1)
		cell->width = 1;
	return true;
}

int text_width(const char *text)
{
	struct text_reader reader = { .next = text };
	struct text_cell cell;
	int width = 0;

	while (text_next(&reader, &cell))
		width += cell.width;
	return width;
}
