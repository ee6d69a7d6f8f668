/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/escape.h"
#include "base/utf8.h"

#define COMBINING_MAX 4
#define TAB	      8
#define COPY_COLUMNS  512

/* A line under the pen: one cell a character, whatever its width. */
struct line {
	struct text_cell *cells;
	size_t count, room;
	size_t pen;
	size_t columns; /* cells kept */
	int column;	/* of the pen, for tabs */
	int colour;
};

/* What stands next in a line, and what it does to the pen. */
enum piece_kind {
	PIECE_NOTHING,	 /* a sequence that is swallowed */
	PIECE_TEXT,	 /* one character */
	PIECE_COMBINING, /* one that goes to the character before it */
	PIECE_MARK,	 /* a stand-in, all of ASCII */
	PIECE_TAB,
	PIECE_BACK,  /* a cell back */
	PIECE_START, /* to the start of the line */
	PIECE_COLOUR,
};

struct piece {
	enum piece_kind kind;
	const char *bytes; /* of TEXT and COMBINING */
	size_t used;	   /* bytes of the line */
	int width;
	int colour;
	char shown[16]; /* of MARK */
};

static void take_sequence(struct piece *piece, const char *bytes,
			  unsigned flags)
{
	const char *last = bytes + piece->used - 1;

	piece->kind = PIECE_NOTHING;
	if (!(flags & TEXT_COLOUR) || bytes[1] != '[' || *last != 'm')
		return;
	piece->colour = escape_colour(bytes + 2, last);
	if (piece->colour >= 0)
		piece->kind = PIECE_COLOUR;
}

static void show_byte(struct piece *piece, unsigned char byte)
{
	static const char digits[] = "0123456789abcdef";

	piece->kind = PIECE_MARK;
	if (byte < 0x20 || byte == 0x7f) {
		piece->shown[0] = '^';
		piece->shown[1] = (char)(byte ^ 0x40);
		piece->shown[2] = '\0';
		return;
	}
	piece->shown[0] = '<';
	piece->shown[1] = digits[byte >> 4];
	piece->shown[2] = digits[byte & 15];
	piece->shown[3] = '>';
	piece->shown[4] = '\0';
}

static void take_wide(struct piece *piece, uint32_t c, unsigned flags)
{
	if (flags & TEXT_ASCII) {
		piece->kind = PIECE_TEXT;
		piece->bytes = "?";
		piece->width = 1;
		return;
	}
	piece->width = utf8_deceives(c) ? -1 : wcwidth((wchar_t)c);
	piece->kind = piece->width < 0	  ? PIECE_MARK
		      : piece->width == 0 ? PIECE_COMBINING
					  : PIECE_TEXT;
	if (piece->width < 0)
		snprintf(piece->shown, sizeof(piece->shown), "<U+%04X>", c);
}

static void take_piece(struct piece *piece, const char *bytes, size_t length,
		       unsigned flags)
{
	uint32_t c = utf8_decode(bytes, length, &piece->used);
	size_t sequence;

	piece->bytes = bytes;
	if (c >= 0x20 && c < 0x7f) {
		piece->kind = PIECE_TEXT;
		piece->width = 1;
	} else if (c == '\033' && (sequence = escape_length(bytes, length))) {
		piece->used = sequence;
		take_sequence(piece, bytes, flags);
	} else if (c == '\r') {
		piece->kind = PIECE_START;
	} else if (c == '\b') {
		piece->kind = PIECE_BACK;
	} else if (c == '\t') {
		piece->kind = PIECE_TAB;
	} else if (c == UTF8_NONE) {
		show_byte(piece, (unsigned char)bytes[0]);
	} else if (c < 0xa0) {
		show_byte(piece, (unsigned char)c);
	} else {
		take_wide(piece, c, flags);
	}
}

/* How a text piece is written: '?' is none of the line's own bytes. */
static size_t size_of(const struct piece *piece)
{
	return *piece->bytes == '?' ? 1 : piece->used;
}

/*
 * The two ways to write a line.  Where the pen only goes forward, pieces are
 * appended as they come.  Where it goes back, cells are needed.
 */

struct writer {
	struct buf *out;
	bool mark;
	int colour;
};

/* Whatever is appended next has this look. */
static void look(struct writer *writer, bool mark, int colour)
{
	if (mark != writer->mark)
		buf_putc(writer->out, mark ? TEXT_MARK_ON : TEXT_MARK_OFF);
	if (colour != writer->colour)
		buf_putc(writer->out, (char)(TEXT_COLOUR_PLAIN + colour));
	writer->mark = mark;
	writer->colour = colour;
}

struct straight {
	struct writer writer;
	size_t cells, columns;
	int column; /* for tabs */
	int colour;
	bool base; /* there is a cell for a combining character */
	int combined;
	size_t cell_bytes;
};

static void append(struct straight *line, const char *bytes, size_t size,
		   int width, bool mark)
{
	line->column += width;
	line->base = line->cells < line->columns;
	line->cells++;
	if (!line->base)
		return;
	look(&line->writer, mark, line->colour);
	buf_add(line->writer.out, bytes, size);
	line->combined = 0;
	line->cell_bytes = size;
}

static void append_combining(struct straight *line, const struct piece *piece)
{
	if (!line->cells)
		append(line, " ", 1, 1, false);
	if (!line->base || line->combined == COMBINING_MAX ||
	    line->cell_bytes + piece->used >= TEXT_CELL_BYTES)
		return;
	line->combined++;
	line->cell_bytes += piece->used;
	buf_add(line->writer.out, piece->bytes, piece->used);
}

static void append_piece(struct straight *line, const struct piece *piece)
{
	switch (piece->kind) {
	case PIECE_TEXT:
		append(line, piece->bytes, size_of(piece), piece->width, false);
		break;
	case PIECE_COMBINING:
		append_combining(line, piece);
		break;
	case PIECE_MARK:
		for (const char *at = piece->shown; *at; at++)
			append(line, at, 1, 1, true);
		break;
	case PIECE_TAB:
		do
			append(line, " ", 1, 1, false);
		while (line->column % TAB);
		break;
	case PIECE_COLOUR:
		line->colour = piece->colour;
		break;
	case PIECE_NOTHING:
	case PIECE_BACK:
	case PIECE_START:
		break;
	}
}

/* Printable ASCII, as most lines are from end to end. */
static size_t plain_run(const char *bytes, size_t length)
{
	const uint64_t ones = 0x0101010101010101, high = 0x80 * ones;
	size_t i = 0;
	uint64_t eight;

	for (; i + sizeof(eight) <= length; i += sizeof(eight)) {
		memcpy(&eight, bytes + i, sizeof(eight));
		/* a byte past ASCII, DEL, or below the blank */
		if ((eight | (eight + ones) | (eight - 0x20 * ones)) & high)
			break;
	}
	while (i < length && bytes[i] >= 0x20 && bytes[i] < 0x7f)
		i++;
	return i;
}

static void append_run(struct straight *line, const char *bytes, size_t length)
{
	size_t room =
		line->cells < line->columns ? line->columns - line->cells : 0;

	if (room) {
		look(&line->writer, false, line->colour);
		buf_add(line->writer.out, bytes, length < room ? length : room);
	}
	line->base = length <= room;
	line->cells += length;
	line->column += (int)length;
	line->combined = 0;
	line->cell_bytes = 1;
}

static void write_straight(struct straight *line, const char *bytes,
			   size_t length, unsigned flags)
{
	struct piece piece;

	while (length && line->cells <= line->columns) {
		size_t run = plain_run(bytes, length);

		if (run) {
			append_run(line, bytes, run);
			piece.used = run;
		} else {
			take_piece(&piece, bytes, length, flags);
			append_piece(line, &piece);
		}
		bytes += piece.used;
		length -= piece.used;
	}
	look(&line->writer, false, 0);
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
	cell->colour = line->colour;
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
	if (!line->count)
		return; /* no column is shown at all */
	cell = &line->cells[line->pen - 1];
	have = strlen(cell->bytes);
	for (size_t i = 1; i < have; i++)
		marks += ((unsigned char)cell->bytes[i] & 0xc0) != 0x80;
	if (marks < COMBINING_MAX && have + size < sizeof(cell->bytes))
		memcpy(cell->bytes + have, bytes, size);
}

static void go_back(struct line *line)
{
	if (line->pen && --line->pen < line->count)
		line->column -= line->cells[line->pen].width;
	else if (line->column)
		line->column--;
}

static void put_piece(struct line *line, const struct piece *piece)
{
	switch (piece->kind) {
	case PIECE_TEXT:
		put(line, piece->bytes, size_of(piece), piece->width, false);
		break;
	case PIECE_COMBINING:
		put_combining(line, piece->bytes, piece->used);
		break;
	case PIECE_MARK:
		for (const char *at = piece->shown; *at; at++)
			put(line, at, 1, 1, true);
		break;
	case PIECE_TAB:
		do
			put(line, " ", 1, 1, false);
		while (line->column % TAB);
		break;
	case PIECE_BACK:
		go_back(line);
		break;
	case PIECE_START:
		line->pen = 0;
		line->column = 0;
		break;
	case PIECE_COLOUR:
		line->colour = piece->colour;
		break;
	case PIECE_NOTHING:
		break;
	}
}

static void write_cells(struct buf *out, const struct line *line)
{
	struct writer writer = { .out = out };

	for (size_t i = 0; i < line->count; i++) {
		const struct text_cell *cell = &line->cells[i];

		look(&writer, cell->mark, cell->colour);
		buf_puts(out, cell->bytes);
	}
	look(&writer, false, 0);
}

static void overwrite(struct buf *out, const char *bytes, size_t length,
		      size_t columns, unsigned flags)
{
	struct line line = { .columns = columns };
	struct piece piece;

	for (; length; bytes += piece.used, length -= piece.used) {
		take_piece(&piece, bytes, length, flags);
		put_piece(&line, &piece);
	}
	write_cells(out, &line);
	free(line.cells);
}

void text_clean(struct buf *out, const char *bytes, size_t length, int columns,
		unsigned flags)
{
	struct straight line = { .writer = { .out = out },
				 .columns = columns > 0 ? (size_t)columns : 0 };

	if (length > TEXT_LINE_MAX)
		length = TEXT_LINE_MAX;
	/* the carriage return of a CR LF is no overwriting */
	while (length && bytes[length - 1] == '\r')
		length--;
	if (!length)
		return;
	if (memchr(bytes, '\r', length) || memchr(bytes, '\b', length))
		overwrite(out, bytes, length, line.columns, flags);
	else
		write_straight(&line, bytes, length, flags);
}

static char *copy(char *out, size_t size, const char *text, size_t bytes,
		  bool ascii)
{
	struct text_reader reader = { 0 };
	struct text_cell cell;
	size_t length = 0;
	struct buf clean;
	bool mark = false;

	buf_init(&clean, 0);
	text_clean(&clean, text, bytes, COPY_COLUMNS, ascii ? TEXT_ASCII : 0);
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

char *text_copy(char *out, size_t size, const char *text, bool ascii)
{
	return copy(out, size, text, strnlen(text, 4 * COPY_COLUMNS), ascii);
}

char *text_copy_line(char *out, size_t size, const char *text, bool ascii)
{
	size_t bytes = text ? strnlen(text, 4 * COPY_COLUMNS) : 0;
	const char *end = bytes ? memchr(text, '\n', bytes) : NULL;

	return copy(out, size, text, end ? (size_t)(end - text) : bytes, ascii);
}

static int width_of(uint32_t c)
{
	int width;

	if (c < 0x80)
		return 1;
	width = wcwidth((wchar_t)c);
	return width < 0 ? 1 : width;
}

static void take_look(struct text_reader *reader)
{
	for (;; reader->next++) {
		char c = *reader->next;

		if (c == TEXT_MARK_ON || c == TEXT_MARK_OFF)
			reader->mark = c == TEXT_MARK_ON;
		else if (c >= TEXT_COLOUR_PLAIN && c <= TEXT_COLOUR_PLAIN + 8)
			reader->colour = c - TEXT_COLOUR_PLAIN;
		else
			return;
	}
}

bool text_next(struct text_reader *reader, struct text_cell *cell)
{
	size_t used, have = 0;
	uint32_t c;

	take_look(reader);
	if (!*reader->next)
		return false;
	memset(cell, 0, sizeof(*cell));
	cell->mark = reader->mark;
	cell->colour = reader->colour;
	do {
		c = utf8_decode(reader->next, strnlen(reader->next, 4), &used);
		if (have + used >= sizeof(cell->bytes))
			break;
		memcpy(cell->bytes + have, reader->next, used);
		have += used;
		reader->next += used;
		if (have == used)
			cell->width = c == UTF8_NONE ? 1 : width_of(c);
		if ((unsigned char)*reader->next < 0x80)
			break;
		c = utf8_decode(reader->next, strnlen(reader->next, 4), &used);
	} while (c != UTF8_NONE && width_of(c) == 0);
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
