/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/help.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "control/command.h"
#include "tui/grid.h"
#include "tui/input.h"

#define KEY_WIDTH    14
#define COLUMN_WIDTH 42
#define MARGIN	     3

struct entry {
	const char *key; /* NULL: text is a heading; "" and "": a gap */
	const char *text;
};

static const struct entry before[] = {
	{ NULL, "Move" },
	{ "j k Down Up", "next, previous" },
	{ "C-d C-u", "half a page" },
	{ "g G", "first, last" },
	{ "Tab S-Tab", "next, previous pane" },
	{ "Enter", "open" },
	{ "Esc", "back to the steps" },
	{ "", "" },
	{ NULL, "Look" },
	{ "F", "follow the output" },
	{ "C-l", "draw the page again" },
	{ "", "" },
	{ NULL, "Decide" },
	{ "v", "verdict: g b s r e" },
	{ "a", "accept what it leans to" },
	{ "x", "leave the run out" },
	{ "", "" },
};

static const struct entry after[] = {
	{ NULL, "Leave" },
	{ "q", "detach, the engine goes on" },
	{ "C-z", "suspend" },
	{ "R", "start an engine" },
};

struct entries {
	struct entry *items;
	size_t count, room;
};

static void add(struct entries *entries, const char *key, const char *text)
{
	array_grow(entries->items, entries->count + 1, &entries->room);
	entries->items[entries->count++] = (struct entry){ key, text };
}

/* The commands of one group that have a key. */
static void add_group(struct entries *entries, enum command_group group)
{
	bool any = false;

	for (const struct command *command = commands; command->name;
	     command++) {
		if (command->group != group || !command->key)
			continue;
		if (!any)
			add(entries, NULL, command_group_name(group));
		any = true;
		add(entries, command->key, command->summary);
	}
	if (any)
		add(entries, "", "");
}

static void collect(struct entries *entries)
{
	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++)
		add(entries, before[i].key, before[i].text);
	for (int group = 0; group < GROUP_COUNT; group++)
		add_group(entries, (enum command_group)group);
	for (size_t i = 0; i < sizeof(after) / sizeof(*after); i++)
		add(entries, after[i].key, after[i].text);
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
	grid_text(grid, x + KEY_WIDTH, y, width - KEY_WIDTH, ROLE_PLAIN,
		  entry->text);
}

/* Break the columns at a gap, so that a group stays together. */
static size_t half(const struct entries *entries)
{
	size_t best = entries->count;

	for (size_t i = 0; i < entries->count; i++) {
		const struct entry *entry = &entries->items[i];

		if (entry->key && !*entry->key && i >= entries->count / 2) {
			best = i + 1;
			break;
		}
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
	int lines, height, room;

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
	grid_box(grid, x, (grid->rows - height) / 2, width, height, "Keys");
	for (size_t i = 0; i < list.count; i++) {
		bool second = i >= split;
		int line = (int)(second ? i - split : i) - help->top;

		if (line < 0 || line >= room)
			continue;
		draw_entry(grid, x + MARGIN + (second ? COLUMN_WIDTH : 0),
			   (grid->rows - height) / 2 + (height > 4 ? 2 : 1) +
				   line,
			   two ? COLUMN_WIDTH - 1 : width - 2 * MARGIN,
			   &list.items[i]);
	}
	free(list.items);
}
