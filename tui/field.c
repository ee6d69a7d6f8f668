/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/field.h"

#include <string.h>
#include <wchar.h>

#include "base/text.h"
#include "tui/grid.h"
#include "tui/input.h"

size_t field_encode(int key, char *out, size_t size)
{
	char bytes[5];
	size_t used = 0;
	unsigned c = (unsigned)key;

	if (c < 0x20 || c == 0x7f || c >= 0x110000 || wcwidth((wchar_t)c) < 1)
		return 0;
	if (c < 0x80) {
		bytes[used++] = (char)c;
	} else if (c < 0x800) {
		bytes[used++] = (char)(0xc0 | c >> 6);
		bytes[used++] = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		bytes[used++] = (char)(0xe0 | c >> 12);
		bytes[used++] = (char)(0x80 | (c >> 6 & 0x3f));
		bytes[used++] = (char)(0x80 | (c & 0x3f));
	} else {
		bytes[used++] = (char)(0xf0 | c >> 18);
		bytes[used++] = (char)(0x80 | (c >> 12 & 0x3f));
		bytes[used++] = (char)(0x80 | (c >> 6 & 0x3f));
		bytes[used++] = (char)(0x80 | (c & 0x3f));
	}
	if (used >= size)
		return 0;
	memcpy(out, bytes, used);
	out[used] = '\0';
	return used;
}

static bool add_character(char *text, size_t size, int key)
{
	size_t have = strlen(text);

	return field_encode(key, text + have, size - have) > 0;
}

static void drop_character(char *text)
{
	size_t length = strlen(text);

	while (length && ((unsigned char)text[length - 1] & 0xc0) == 0x80)
		length--;
	text[length ? length - 1 : 0] = '\0';
}

static void drop_word(char *text)
{
	size_t length = strlen(text);

	while (length && text[length - 1] == ' ')
		length--;
	while (length && text[length - 1] != ' ')
		length--;
	text[length] = '\0';
}

void field_key(char *text, size_t size, int key)
{
	if (key == INPUT_BACKSPACE || key == INPUT_CTRL('h'))
		drop_character(text);
	else if (key == INPUT_CTRL('u'))
		text[0] = '\0';
	else if (key == INPUT_CTRL('w'))
		drop_word(text);
	else
		add_character(text, size, key);
}

void field_draw(struct grid *grid, int x, int y, int width,
		const struct field *field)
{
	struct text_reader reader = { .next = field->text };
	int room = width - FIELD_LABEL;
	int over = text_width(field->text) + 1 - room;
	struct text_cell cell;
	const char *shown = field->text;

	grid_text(grid, x, y, FIELD_LABEL - 1, ROLE_PLAIN, field->label);
	x += FIELD_LABEL;
	while (over > 0 && text_next(&reader, &cell)) {
		over -= cell.width;
		shown = reader.next;
	}
	grid_recolour(grid, x, y, room, 1, ROLE_HEADING);
	grid_text(grid, x, y, room, ROLE_HEADING, shown);
	if (!*field->text)
		grid_text(grid, x, y, room, ROLE_DIM, field->hint);
	if (!field->focused)
		return;
	grid->cursor_x = x + text_width(shown);
	grid->cursor_y = y;
}
