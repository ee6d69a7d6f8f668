/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/help.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "control/command.h"
#include "tui/grid.h"
#include "tui/input.h"

#define KEY_WIDTH    14
#define COLUMN_WIDTH 44
#define MARGIN	     3

#define NO_GROUP GROUP_COUNT

struct entry {
	const char *key; /* NULL: text is a heading; "": a line without */
	const char *text;
	int length; /* of text that is shown here */
};

/* The screen's own keys, which are no commands. */
static const struct entry move[] = {
	{ "j k Down Up", "next, previous", 0 },
	{ "C-d C-u", "half a page", 0 },
	{ "g G", "first, last", 0 },
	{ "Tab S-Tab", "next, previous pane", 0 },
	{ "Enter", "open", 0 },
	{ "Esc", "back to the steps", 0 },
	{ NULL, NULL, 0 },
};

static const struct entry look[] = {
	{ "1 7 9", "steps, commit, log", 0 },
	{ "F", "follow the output", 0 },
	{ "/ n N", "find in a page, next, previous", 0 },
	{ "C-l", "draw the page again", 0 },
	{ NULL, NULL, 0 },
};

static const struct entry decide[] = {
	{ ":", "any order, in words", 0 },
	{ "v", "verdict, with a reason", 0 },
	{ "a", "accept what it leans to", 0 },
	{ NULL, NULL, 0 },
};

static const struct entry leave[] = {
	{ "q", "detach, the engine goes on", 0 },
	{ "C-z", "suspend", 0 },
	{ NULL, NULL, 0 },
};

static const struct {
	const char *heading; /* NULL: the group's name */
	const struct entry *own;
	enum command_group group;
} sections[] = {
	{ "Move", move, NO_GROUP },	{ NULL, look, GROUP_LOOK },
	{ "Leave", leave, NO_GROUP },	{ NULL, NULL, GROUP_TIME },
	{ NULL, decide, GROUP_DECIDE }, { NULL, NULL, GROUP_ENGINE },
	{ NULL, NULL, GROUP_BEGIN },
};

struct entries {
	struct entry *items;
	size_t count, room;
	int width; /* of their texts */
};

/* A text that is too long goes on in the next line. */
static void add(struct entries *entries, const char *key, const char *text)
{
	int length = (int)strlen(text);

	if (key && length > entries->width) {
		length = entries->width;
		while (length > 1 && text[length] != ' ')
			length--;
	}
	array_grow(entries->items, entries->count + 1, &entries->room);
	entries->items[entries->count++] = (struct entry){ key, text, length };
	if (text[length])
		add(entries, "", text + length + strspn(text + length, " "));
}

static void add_section(struct entries *entries, size_t section)
{
	const struct entry *own = sections[section].own;
	enum command_group group = sections[section].group;
	const char *heading = sections[section].heading;

	add(entries, NULL, heading ? heading : command_group_name(group));
	for (; own && own->key; own++)
		add(entries, own->key, own->text);
	for (const struct command *command = commands; command->name;
	     command++) {
		if (command->group == group && command->key)
			add(entries, command->key, command->summary);
	}
	add(entries, "", "");
}

static void collect(struct entries *entries)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++)
		add_section(entries, i);
	entries->count--; /* no gap at the end */
}

bool help_key(struct help *help, int key)
{
	switch (key) {
	case 'j':
	case INPUT_DOWN:
		help->top++;
		return true;
	case 'k':
	case INPUT_UP:
		help->top--;
		return true;
	case INPUT_PAGE_DOWN:
	case INPUT_CTRL('d'):
		help->top += 8;
		return true;
	case INPUT_PAGE_UP:
	case INPUT_CTRL('u'):
		help->top -= 8;
		return true;
	case '?':
	case 'q':
	case INPUT_ESCAPE:
	case INPUT_CTRL('c'):
		help->open = false;
		return false;
	default:
		return true;
	}
}

static void draw_entry(struct grid *grid, int x, int y, int width,
		       const struct entry *entry)
{
	if (!entry->key) {
		grid_text(grid, x, y, width, ROLE_TITLE, entry->text);
		return;
	}
	grid_text(grid, x + 1, y, KEY_WIDTH - 2, ROLE_KEY, entry->key);
	grid_printf(grid, x + KEY_WIDTH, y, width - KEY_WIDTH, ROLE_PLAIN,
		    "%.*s", entry->length, entry->text);
}

/* Break the columns at a gap, so that a group stays together. */
static size_t half(const struct entries *entries)
{
	size_t best = entries->count, middle = entries->count / 2;

	for (size_t i = 0; i < entries->count; i++) {
		const struct entry *entry = &entries->items[i];
		size_t off = i > middle ? i - middle : middle - i;
		size_t best_off = best > middle ? best - middle : middle - best;

		if (entry->key && !entry->length && off < best_off)
			best = i + 1;
	}
	return best;
}

void help_draw(struct grid *grid, struct help *help)
{
	bool two = grid->columns >= 2 * COLUMN_WIDTH + 2 * MARGIN;
	int width = two ? 2 * COLUMN_WIDTH + 2 * MARGIN : grid->columns;
	int x = (grid->columns - width) / 2;
	struct entries list = { 0 };
	size_t split;
	int lines, height, room, y;

	list.width = (two ? COLUMN_WIDTH - 2 : width - 2 * MARGIN) - KEY_WIDTH;
	if (list.width < 8)
		list.width = 8;
	collect(&list);
	split = two ? half(&list) : list.count;
	lines = (int)(split > list.count - split ? split : list.count - split);
	height = lines + 4 < grid->rows ? lines + 4 : grid->rows;
	room = height > 4 ? height - 4 : height - 2;
	if (help->top > lines - room)
		help->top = lines - room;
	if (help->top < 0)
		help->top = 0;
	grid_recolour(grid, 0, 0, grid->columns, grid->rows, ROLE_DIM);
	y = (grid->rows - height) / 2;
	grid_box(grid, x, y, width, height, "Keys");
	if (lines > room && height > 4)
		grid_text(grid, x + MARGIN, y + height - 1, width - 2 * MARGIN,
			  ROLE_TITLE, " j k for the rest ");
	y += height > 4 ? 2 : 1;
	for (size_t i = 0; i < list.count; i++) {
		bool second = i >= split;
		int line = (int)(second ? i - split : i) - help->top;

		if (line < 0 || line >= room)
			continue;
		draw_entry(grid, x + MARGIN + (second ? COLUMN_WIDTH : 0),
			   y + line,
			   two ? COLUMN_WIDTH - 2 : width - 2 * MARGIN,
			   &list.items[i]);
	}
	free(list.items);
}
