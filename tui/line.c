/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/line.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/panes.h"

#define CELLS_MAX 2000

void line_init(struct line *line, bool ascii)
{
	buf_init(&line->text, 0);
	line->ascii = ascii;
	line->columns = line->piece_count = 0;
}

void line_release(struct line *line)
{
	buf_release(&line->text);
}

void line_clear(struct line *line)
{
	buf_clear(&line->text);
	line->columns = line->piece_count = 0;
}

/* The text has grown by something in this role. */
static void close_piece(struct line *line, enum role role)
{
	struct line_piece *last =
		line->piece_count ? &line->pieces[line->piece_count - 1] : NULL;

	if (last && (last->role == role || line->piece_count == LINE_PIECES)) {
		last->end = line->text.length;
		return;
	}
	line->pieces[line->piece_count++] =
		(struct line_piece){ line->text.length, role };
}

void line_put(struct line *line, enum role role, const char *text)
{
	size_t before = line->text.length;

	if (line->columns >= CELLS_MAX)
		return;
	text_clean(&line->text, text, strcspn(text, "\n"),
		   CELLS_MAX - line->columns, line->ascii);
	if (line->text.length == before)
		return;
	line->columns += text_width(line->text.text + before);
	close_piece(line, role);
}

void line_printf(struct line *line, enum role role, const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	line_put(line, role, text);
	free(text);
}

void line_put_cut(struct line *line, enum role role, const char *text,
		  int columns)
{
	size_t before = line->text.length, length = strcspn(text, "\n");
	struct buf clean;

	buf_init(&clean, 0);
	text_clean(&clean, text, length, columns + 1, line->ascii);
	if (text_width(clean.text) > columns) {
		text_clean(&line->text, text, length, columns - 1, line->ascii);
		buf_putc(&line->text, '~');
	} else {
		buf_puts(&line->text, clean.text);
	}
	buf_release(&clean);
	line->columns += text_width(line->text.text + before);
	if (line->text.length > before)
		close_piece(line, role);
}

void line_to(struct line *line, int column)
{
	int blanks = column - line->columns;

	if (blanks < 1)
		blanks = line->columns > 0;
	for (int i = 0; i < blanks; i++)
		buf_putc(&line->text, ' ');
	line->columns += blanks;
	if (blanks)
		close_piece(line, ROLE_PLAIN);
}

void line_right(struct line *line, int end, enum role role, const char *text)
{
	line_to(line, end - text_width(text));
	line_put(line, role, text);
}

void line_letters(struct line *line, int most, const char *letters)
{
	int count = (int)strlen(letters);

	for (int i = 0; i < count && i < most; i++) {
		char text[2] = { letters[i], '\0' };
		bool more = i == most - 1 && count > most;

		line_put(line, more ? ROLE_DIM : panes_letter_role(letters[i]),
			 more ? "+" : text);
	}
}

size_t line_fits(const char *text, size_t length, int columns)
{
	size_t fits = 0;

	for (size_t i = 0; i <= length; i++) {
		struct buf part;
		int used;

		if (i < length && text[i] != ' ')
			continue;
		buf_init(&part, 0);
		text_clean(&part, text, i, 4000, false);
		used = text_width(part.text);
		buf_release(&part);
		if (used > columns)
			return fits ? fits : i;
		fits = i;
	}
	return length;
}
