/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes made harmless, and drawn: what comes out is printable and as wide
 * as it is said to be, whichever way a line is written, and stays inside the
 * page.  The first two bytes say how.
 */
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/utf8.h"
#include "tui/grid.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	need(setlocale(LC_CTYPE, "C.UTF-8") != NULL);
	return 0;
}

/* Printable, one character with a width and at most four without. */
static void check_cell(const char *bytes, int width)
{
	size_t length = strlen(bytes), used;
	int marks = -1;

	need(length > 0 && length < TEXT_CELL_BYTES);
	for (; length; bytes += used, length -= used) {
		uint32_t c = utf8_decode(bytes, length, &used);
		int wide;

		need(c != UTF8_NONE && c >= 0x20 && c != 0x7f &&
		     !(c >= 0x80 && c < 0xa0) && !utf8_deceives(c));
		wide = wcwidth((wchar_t)c);
		need(wide >= 0 && wide <= 2);
		need(marks < 0 ? wide == width : wide == 0);
		marks++;
	}
	need(marks <= 4);
}

static int check_clean(const char *text, bool ascii)
{
	struct text_reader reader = { .next = text };
	struct text_cell cell;
	int width = 0;

	while (text_next(&reader, &cell)) {
		check_cell(cell.bytes, cell.width);
		need(!ascii || (cell.bytes[0] > 0 && !cell.bytes[1]));
		need(cell.colour >= 0 && cell.colour <= 8);
		width += cell.width;
	}
	need(!reader.mark && !reader.colour);
	need(width == text_width(text));
	return width;
}

/* What goes back only at its end says the same as what does not. */
static void check_ways(const char *bytes, size_t size, int columns,
		       unsigned flags, const struct buf *clean)
{
	struct buf other;
	char *longer;

	if (memchr(bytes, '\r', size) || memchr(bytes, '\b', size) ||
	    size + 1 > TEXT_LINE_MAX)
		return;
	longer = malloc(size + 1);
	need(longer != NULL);
	memcpy(longer, bytes, size);
	longer[size] = '\b';
	buf_init(&other, 0);
	text_clean(&other, longer, size + 1, columns, flags);
	need(strcmp(other.text, clean->text) == 0);
	buf_release(&other);
	free(longer);
}

static void check_drawn(const char *text, int x, int columns)
{
	struct grid *grid = grid_new(columns, 1, false);

	grid_text(grid, x, 0, columns, ROLE_PLAIN, text);
	grid_text(grid, columns / 2, 0, columns, ROLE_BAD, text);
	for (int i = 0; i < columns; i++) {
		const struct cell *cell = grid_at(grid, i, 0);

		if (cell->width)
			check_cell(cell->bytes, cell->width);
		else
			need(i > 0 && grid_at(grid, i - 1, 0)->width == 2);
		need(cell->width < 2 || i + 1 < columns);
	}
	grid_free(grid);
}

static void check_copy(const char *bytes, size_t size, size_t room, bool ascii)
{
	char *text = malloc(size + 1), *out = malloc(room);

	need(text && out);
	memcpy(text, bytes, size);
	text[size] = '\0';
	text_copy(out, room, text, ascii);
	need(memchr(out, '\0', room) != NULL);
	check_clean(out, ascii);
	free(text);
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data + 2;
	struct buf clean;
	unsigned flags;
	int columns;

	if (size < 2)
		return 0;
	size -= 2;
	flags = data[0] & 3;
	columns = data[1];
	buf_init(&clean, 0);
	text_clean(&clean, bytes, size, columns, flags);
	need(check_clean(clean.text, flags & TEXT_ASCII) <= 2 * columns);
	check_ways(bytes, size, columns, flags, &clean);
	check_drawn(clean.text, data[0] >> 4, columns ? columns : 1);
	check_copy(bytes, size, (size_t)columns + 4, flags & TEXT_ASCII);
	buf_release(&clean);
	return 0;
}
