/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/pager.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "tui/field.h"
#include "tui/input.h"
#include "tui/match.h"

#define SIDEWAYS 16

void pager_clear(struct pager *pager)
{
	for (size_t i = 0; i < pager->count; i++) {
		free(pager->lines[i].text);
		free(pager->lines[i].pieces);
		free(pager->lines[i].remark);
	}
	pager->count = 0;
}

static void forget_search(struct pager *pager)
{
	match_free(pager->match);
	pager->match = NULL;
}

void pager_release(struct pager *pager)
{
	pager_clear(pager);
	forget_search(pager);
	free(pager->lines);
	memset(pager, 0, sizeof(*pager));
}

static struct pager_line *add(struct pager *pager, int link)
{
	struct pager_line *line;

	array_grow(pager->lines, pager->count + 1, &pager->room);
	line = &pager->lines[pager->count++];
	*line = (struct pager_line){ .link = link };
	return line;
}

void pager_add(struct pager *pager, enum role role, int link, const char *bytes,
	       size_t length, bool ascii)
{
	struct pager_line *line = add(pager, link);
	struct buf clean;

	buf_init(&clean, 0);
	text_clean(&clean, bytes, length, PAGER_LINE, ascii);
	line->pieces = xcalloc(1, sizeof(*line->pieces));
	line->pieces[0] = (struct line_piece){ clean.length, role };
	line->piece_count = 1;
	line->text = buf_take(&clean);
	buf_release(&clean);
}

void pager_add_line(struct pager *pager, int link, struct line *from)
{
	struct pager_line *line = add(pager, link);
	size_t size = (size_t)from->piece_count * sizeof(*from->pieces);

	line->pieces = xmalloc(size);
	memcpy(line->pieces, from->pieces, size);
	line->piece_count = from->piece_count;
	line->text = xstrdup(from->text.text);
	line_clear(from);
}

void pager_add_ruler(struct pager *pager, const char *title, const char *remark)
{
	struct pager_line *line = add(pager, -1);

	line->text = xstrdup(title);
	line->remark = xstrdup(remark);
}

void pager_add_gap(struct pager *pager)
{
	add(pager, -1)->text = xstrdup("");
}

int pager_link(const struct pager *pager)
{
	return pager->line < pager->count ? pager->lines[pager->line].link : -1;
}

static void go_to(struct pager *pager, long line)
{
	long last = (long)pager->count - 1;

	if (line > last)
		line = last;
	pager->line = line < 0 ? 0 : (size_t)line;
	pager->follow = pager->follow && line == last;
}

void pager_choose(struct pager *pager, int line)
{
	go_to(pager, line);
}

/*
 * Search.
 */

static bool matches(const struct pager *pager, size_t line)
{
	const char *text = pager->lines[line].text;
	struct match_span span;

	return match_find(pager->match, text, strlen(text), 0, &span);
}

/* The next line that matches, from behind the chosen one, and round again. */
static void find(struct pager *pager, int step)
{
	size_t at = pager->line, count = pager->count;

	if (!pager->match) {
		str_copy(pager->said, sizeof(pager->said),
			 "press / and say what to find");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		at = (at + (step > 0 ? 1 : count - 1)) % count;
		if (!matches(pager, at))
			continue;
		if ((at <= pager->line) == (step > 0) && count > 1)
			snprintf(pager->said, sizeof(pager->said),
				 "went on from the %s",
				 step > 0 ? "first line" : "last line");
		pager->follow = false;
		pager->line = at;
		return;
	}
	snprintf(pager->said, sizeof(pager->said), "nothing matches '%s'",
		 pager->wanted);
}

static void begin_search(struct pager *pager)
{
	struct error err = ERROR_INIT;

	forget_search(pager);
	if (!*pager->wanted)
		return;
	if (match_new(pager->wanted, &pager->match, &err) < 0)
		str_copy(pager->said, sizeof(pager->said), err.text);
	else
		find(pager, 1);
}

static void asking_key(struct pager *pager, int key)
{
	if (key == INPUT_ENTER) {
		pager->asking = false;
		begin_search(pager);
	} else if (key == INPUT_ESCAPE || key == INPUT_CTRL('c') ||
		   (key == INPUT_BACKSPACE && !*pager->wanted)) {
		pager->asking = false;
	} else {
		field_key(pager->wanted, sizeof(pager->wanted), key);
	}
}

static void ask(struct pager *pager)
{
	pager->asking = true;
	pager->wanted[0] = '\0';
}

/*
 * Keys.
 */

static void follow(struct pager *pager)
{
	pager->follow = true;
	go_to(pager, (long)pager->count - 1);
}

static bool moving_key(struct pager *pager, int key)
{
	long line = (long)pager->line;
	int page = pager->rows > 1 ? pager->rows - 1 : 1;

	switch (key) {
	case 'j':
	case INPUT_DOWN:
		go_to(pager, line + 1);
		return true;
	case 'k':
	case INPUT_UP:
		go_to(pager, line - 1);
		return true;
	case INPUT_CTRL('d'):
		go_to(pager, line + (page + 1) / 2);
		return true;
	case INPUT_CTRL('u'):
		go_to(pager, line - (page + 1) / 2);
		return true;
	case ' ':
	case INPUT_PAGE_DOWN:
		go_to(pager, line + page);
		return true;
	case 'b':
	case INPUT_PAGE_UP:
		go_to(pager, line - page);
		return true;
	case 'g':
	case INPUT_HOME:
		go_to(pager, 0);
		return true;
	case 'G':
	case INPUT_END:
	case 'F':
		follow(pager);
		return true;
	case 'l':
	case INPUT_RIGHT:
		pager->left += SIDEWAYS;
		return true;
	case 'h':
	case INPUT_LEFT:
		pager->left -= pager->left < SIDEWAYS ? pager->left : SIDEWAYS;
		return true;
	default:
		return false;
	}
}

enum pager_answer pager_key(struct pager *pager, int key)
{
	pager->said[0] = '\0';
	if (pager->asking) {
		asking_key(pager, key);
		return PAGER_DONE;
	}
	if (moving_key(pager, key))
		return PAGER_DONE;
	switch (key) {
	case '/':
		ask(pager);
		return PAGER_DONE;
	case 'n':
		find(pager, 1);
		return PAGER_DONE;
	case 'N':
		find(pager, -1);
		return PAGER_DONE;
	case INPUT_ENTER:
		return pager_link(pager) >= 0 ? PAGER_OPEN : PAGER_DONE;
	default:
		return PAGER_NOT_OURS;
	}
}

/*
 * Drawing.
 */

/* The text behind its first cells. */
static const char *behind(const char *text, int cells)
{
	struct text_reader reader = { .next = text };
	struct text_cell cell;

	for (int used = 0; used < cells; used += cell.width)
		if (!text_next(&reader, &cell))
			break;
	return reader.next;
}

/* Each piece of what is not off to the left. */
static void draw_pieces(struct grid *grid, int x, int y, int width,
			const struct pager_line *line, int left)
{
	size_t at = (size_t)(behind(line->text, left) - line->text);
	int end = x + width;

	grid_text(grid, x, y, width, ROLE_PLAIN, line->text + at);
	for (int i = 0; i < line->piece_count && x < end; i++) {
		const struct line_piece *piece = &line->pieces[i];
		char *text;
		int used;

		if (piece->end <= at)
			continue;
		text = xstrndup(line->text + at, piece->end - at);
		used = text_width(text);
		free(text);
		grid_shade(grid, x, y, used < end - x ? used : end - x,
			   piece->role);
		x += used;
		at = piece->end;
	}
}

static void draw_line(struct grid *grid, struct area area, int y,
		      const struct pager_line *line, int left)
{
	struct area ruler = { area.x, y, area.width, 1 };

	if (line->remark)
		panes_ruler(grid, ruler, line->text, true, line->remark);
	else
		draw_pieces(grid, area.x + 1, y, area.width - 1, line, left);
}

/* As little as it takes to see the chosen line. */
static void scroll(struct pager *pager, size_t rows)
{
	size_t last = pager->count > rows ? pager->count - rows : 0;

	if (pager->line >= pager->count || pager->follow)
		pager->line = pager->count ? pager->count - 1 : 0;
	if (pager->top > pager->line)
		pager->top = pager->line;
	if (pager->line >= pager->top + rows)
		pager->top = pager->line - rows + 1;
	if (pager->top > last)
		pager->top = last;
}

void pager_draw(struct grid *grid, struct area area, struct pager *pager)
{
	pager_draw_in(grid, area, pager, 0, true);
}

void pager_draw_in(struct grid *grid, struct area area, struct pager *pager,
		   int pane, bool focused)
{
	size_t rows = area.height > 0 ? (size_t)area.height : 0;

	pager->rows = area.height;
	scroll(pager, rows ? rows : 1);
	for (size_t i = 0; i < rows && pager->top + i < pager->count; i++) {
		const struct pager_line *line = &pager->lines[pager->top + i];
		int y = area.y + (int)i;

		draw_line(grid, area, y, line, pager->left);
		grid_hot_line(grid, area.x, y, area.width, pane,
			      (int)(pager->top + i));
		if (!focused || pager->top + i != pager->line)
			continue;
		grid_recolour(grid, area.x, y, area.width, 1, ROLE_SELECTED);
		grid->cursor_x = area.x;
		grid->cursor_y = y;
	}
}

void pager_status(struct grid *grid, int y, const struct pager *pager)
{
	int width = grid->columns - 2;

	if (pager->asking) {
		int x = 1 + grid_printf(grid, 1, y, width, ROLE_KEY, "/");

		x += grid_text(grid, x, y, width - x, ROLE_PLAIN,
			       pager->wanted);
		grid->cursor_x = x;
		grid->cursor_y = y;
	} else if (*pager->said) {
		grid_text(grid, 1, y, width, ROLE_SKIP, pager->said);
	} else if (pager->count) {
		grid_printf(grid, 1, y, width, ROLE_DIM, "line %zu of %zu%s",
			    pager->line + 1, pager->count,
			    pager->follow ? ", following" : "");
	}
}
