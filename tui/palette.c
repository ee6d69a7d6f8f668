/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/palette.h"

#include <stdio.h>
#include <string.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "control/command.h"
#include "tui/field.h"
#include "tui/grid.h"
#include "tui/input.h"
#include "tui/model.h"
#include "tui/panes.h"

#define SHOWN_MAX 12
#define NAME	  14 /* columns of what fits, with the gap behind it */

/* Something that fits what is written: what it would be, what it says. */
struct fit {
	const char *word, *arguments, *says;
};

struct fits {
	struct fit items[SHOWN_MAX];
	int count;
};

int palette_words(const char *text, struct argv *words, struct error *err)
{
	struct buf word;
	char quote = '\0';
	bool inside = false;

	buf_init(&word, 0);
	for (; *text; text++) {
		bool blank = *text == ' ' && !quote;

		if (blank && inside)
			argv_take(words, buf_take(&word));
		inside = !blank;
		if (*text == '\\' && text[1] && quote != '\'')
			buf_putc(&word, *++text);
		else if (quote ? *text == quote : *text == '\'' || *text == '"')
			quote = quote ? '\0' : *text;
		else if (!blank)
			buf_putc(&word, *text);
	}
	if (inside && !quote)
		argv_take(words, buf_take(&word));
	buf_release(&word);
	if (!quote)
		return 0;
	argv_free(words->items);
	*words = (struct argv)ARGV_INIT;
	return error_set(err, ERROR_INPUT, "the quote %c is not closed", quote);
}

/* The word that is being written: behind the last blank. */
static const char *last_word(const char *text)
{
	const char *blank = strrchr(text, ' ');

	return blank ? blank + 1 : text;
}

static void add_fit(struct fits *fits, const char *word, const char *arguments,
		    const char *says)
{
	if (fits->count < SHOWN_MAX)
		fits->items[fits->count++] =
			(struct fit){ word, arguments, says };
}

static const struct command *command_of(const char *text)
{
	char name[32];
	size_t length = strcspn(text, " ");

	if (length >= sizeof(name) || text[length] != ' ')
		return NULL;
	memcpy(name, text, length);
	name[length] = '\0';
	return command_find(name);
}

/*
 * Most that only a front end carries out make no sense on the screen, and
 * before there is a culprit none can be verified.
 */
static bool can_be_written(const struct command *command,
			   const struct model *model)
{
	if (str_equal(command->name, "verify") && model->culprit < 0)
		return false;
	return command->carry_out || str_equal(command->name, "take-over") ||
	       str_equal(command->name, "what-if") ||
	       str_equal(command->name, "compare");
}

static void find_fits(const struct palette *palette, const struct model *model,
		      struct fits *fits)
{
	const struct command *command = command_of(palette->text);
	const char *word = last_word(palette->text);

	fits->count = 0;
	if (command && strstr(command->arguments, "COMMIT"))
		for (int i = model->row_count; i-- > 0;)
			if (str_starts(model->rows[i].id, word))
				add_fit(fits, model->rows[i].id, "",
					model->rows[i].subject);
	if (strchr(palette->text, ' '))
		return;
	for (const struct command *at = commands; at->name; at++)
		if (can_be_written(at, model) && str_starts(at->name, word))
			add_fit(fits, at->name, at->arguments, at->summary);
}

/* Put the fit in the place of what is written of it. */
static void take(struct palette *palette, const struct fits *fits)
{
	int which = palette->chosen < 0 ? 0 : palette->chosen;
	size_t before = (size_t)(last_word(palette->text) - palette->text);

	if (which >= fits->count)
		return;
	snprintf(palette->text + before, sizeof(palette->text) - before, "%s ",
		 fits->items[which].word);
	palette->chosen = -1;
}

static void choose(struct palette *palette, const struct fits *fits, int step)
{
	int chosen = palette->chosen + step;

	if (chosen < -1)
		chosen = fits->count - 1;
	palette->chosen = chosen >= fits->count ? -1 : chosen;
}

void palette_open(struct palette *palette)
{
	*palette = (struct palette){ .open = true, .chosen = -1 };
}

void palette_open_with(struct palette *palette, const char *text)
{
	palette_open(palette);
	str_copy(palette->text, sizeof(palette->text), text);
}

static enum palette_answer enter(struct palette *palette,
				 const struct fits *fits)
{
	if (palette->chosen >= 0) {
		take(palette, fits);
		return PALETTE_STAYS;
	}
	if (palette->text[strspn(palette->text, " ")])
		return PALETTE_APPLY;
	palette->open = false;
	return PALETTE_CLOSED;
}

enum palette_answer palette_key(struct palette *palette,
				const struct model *model, int key)
{
	struct fits fits;

	find_fits(palette, model, &fits);
	palette->complaint[0] = '\0';
	switch (key) {
	case INPUT_ESCAPE:
	case INPUT_CTRL('c'):
		palette->open = false;
		return PALETTE_CLOSED;
	case INPUT_ENTER:
		return enter(palette, &fits);
	case INPUT_TAB:
		take(palette, &fits);
		return PALETTE_STAYS;
	case INPUT_DOWN:
	case INPUT_CTRL('n'):
		choose(palette, &fits, 1);
		return PALETTE_STAYS;
	case INPUT_UP:
	case INPUT_CTRL('p'):
		choose(palette, &fits, -1);
		return PALETTE_STAYS;
	default:
		break;
	}
	if (key == INPUT_BACKSPACE && !*palette->text) {
		palette->open = false;
		return PALETTE_CLOSED;
	}
	field_key(palette->text, sizeof(palette->text), key);
	palette->chosen = -1;
	return PALETTE_STAYS;
}

static void wipe(struct grid *grid, int y)
{
	grid_printf(grid, 0, y, grid->columns, ROLE_PLAIN, "%*s", grid->columns,
		    "");
}

static void draw_fit(struct grid *grid, int y, const struct fit *fit,
		     bool chosen)
{
	int x = 2, end = grid->columns - 1;

	wipe(grid, y);
	grid_text(grid, x, y, NAME - 1, ROLE_KEY, fit->word);
	x += NAME;
	if (*fit->arguments && grid->columns >= 100)
		x += grid_text(grid, x, y, (end - x) / 2, ROLE_DIM,
			       fit->arguments) +
		     2;
	grid_text(grid, x, y, end - x, ROLE_PLAIN, fit->says);
	if (chosen)
		grid_recolour(grid, 0, y, grid->columns, 1, ROLE_SELECTED);
}

/* What is written, in the row of the status; of a long line the end. */
static void draw_line(struct grid *grid, int y, const struct palette *palette)
{
	int width = grid->columns - 3, used = text_width(palette->text);
	const char *text = palette->text;
	struct text_reader reader = { .next = text };
	struct text_cell cell;

	while (used > width && text_next(&reader, &cell)) {
		used -= cell.width;
		text = reader.next;
	}
	wipe(grid, y);
	grid_text(grid, 1, y, 1, ROLE_KEY, ":");
	grid_text(grid, 2, y, width, ROLE_PLAIN, text);
	grid->cursor_x = 2 + used;
	grid->cursor_y = y;
}

void palette_draw(struct grid *grid, const struct palette *palette,
		  const struct model *model)
{
	const struct command *command = command_of(palette->text);
	int y = grid->rows - 2, room = grid->rows - 5;
	struct fits fits;
	int shown;

	find_fits(palette, model, &fits);
	shown = fits.count < room ? fits.count : room < 0 ? 0 : room;
	for (int i = 0; i < shown; i++)
		draw_fit(grid, y - shown + i, &fits.items[i],
			 i == palette->chosen);
	if (y - shown > 1) {
		struct area ruler = { 0, y - shown - 1, grid->columns, 1 };

		panes_ruler(grid, ruler, command ? command->name : "Order",
			    true, command ? command->arguments : "");
	}
	draw_line(grid, y, palette);
	wipe(grid, y + 1);
	if (*palette->complaint)
		grid_text(grid, 1, y + 1, grid->columns - 2, ROLE_BAD,
			  palette->complaint);
	else
		grid_text(grid, 1, y + 1, grid->columns - 2, ROLE_DIM,
			  "Enter orders, Tab completes, Up Down choose, Esc "
			  "leaves, -m gives a reason");
}
