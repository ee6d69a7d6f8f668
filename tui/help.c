/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/help.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "control/command.h"
#include "tui/field.h"
#include "tui/grid.h"
#include "tui/input.h"
#include "tui/keymap.h"

#define KEY_WIDTH    14
#define COLUMN_WIDTH 44
#define MARGIN	     3

#define PAGE 8 /* lines */

#define NO_GROUP GROUP_COUNT

struct entry {
	const char *key; /* NULL: text is a heading; "": a line without */
	const char *text;
	int length;	   /* of text that is shown here */
	const char *order; /* without a key: the words for the palette */
};

/* The screen's own keys, which are no commands. */
static const struct entry move[] = {
	{ "j k Down Up", "next, previous", 0, NULL },
	{ "C-d C-u", "half a page", 0, NULL },
	{ "g G", "first, last", 0, NULL },
	{ "Tab S-Tab", "next, previous pane", 0, NULL },
	{ "Enter", "open", 0, NULL },
	{ "Esc", "back to the steps", 0, NULL },
	{ NULL, NULL, 0, NULL },
};

static const struct entry look[] = {
	{ "1 2 3", "steps, range, runs", 0, NULL },
	{ "4 5", "build of a step, console of a run", 0, NULL },
	{ "6 7 9", "evidence, commit, log", 0, NULL },
	{ "8 0", "replay: at any time; beside another past", 0, NULL },
	{ "d", "the diff of the commit", 0, NULL },
	{ "F", "follow the output", 0, NULL },
	{ "/ n N", "find in a page, next, previous", 0, NULL },
	{ "C-l", "draw the page again", 0, NULL },
	{ NULL, NULL, 0, NULL },
};

static const struct entry range[] = {
	{ "Enter", "unfold, or open the commit", 0, NULL },
	{ "z", "fold again", 0, NULL },
	{ "o", "oldest or newest first", 0, NULL },
	{ "s", "skip the chosen commit", 0, NULL },
	{ "V s", "mark a range, skip it", 0, NULL },
	{ NULL, NULL, 0, NULL },
};

static const struct entry logs[] = {
	{ "!", "first line of the crash, first error", 0, NULL },
	{ "&", "only lines that match", 0, NULL },
	{ "@", "to a line, 50% or 43.9s", 0, NULL },
	{ "z Z", "fold this part, all parts", 0, NULL },
	{ "T", "time stamps whole, as seconds, none", 0, NULL },
	{ "r w", "every byte, wrap long lines", 0, NULL },
	{ "S", "save in a new file", 0, NULL },
	{ "[ ]", "previous, next run or step", 0, NULL },
	{ "o", "what a reproducer said, the console", 0, NULL },
	{ NULL, NULL, 0, NULL },
};

static const struct entry replay[] = {
	{ "Space", "play, stop", 0, NULL },
	{ ". ,", "next, previous event", 0, NULL },
	{ "j k", "next, previous step", 0, NULL },
	{ "[ ]", "previous, next turning point", 0, NULL },
	{ "< >", "slower, faster", 0, NULL },
	{ "c", "pauses as they were, or every step alike", 0, NULL },
	{ ":12", "to step 12", 0, NULL },
	{ "d", "compare with another past", 0, NULL },
	{ "L", "continue from here for real", 0, NULL },
	{ "K -", "keep what is imagined, one less", 0, NULL },
	{ NULL, NULL, 0, NULL },
};

static const struct entry runs[] = {
	{ "R", "run once more", 0, NULL },
	{ "s", "sort by number, result, time, title", 0, NULL },
	{ "[ ]", "the step before, behind", 0, NULL },
	{ NULL, NULL, 0, NULL },
};

static const struct entry evidence[] = {
	{ "c", "the console of the crash", 0, NULL },
	{ "m", "the report as a mail", 0, NULL },
	{ "S", "save the report", 0, NULL },
	{ "y", "the whole hash, to copy", 0, NULL },
	{ "r", "run ten times more", 0, NULL },
	{ "w", "the runs that would help most", 0, NULL },
	{ NULL, NULL, 0, NULL },
};

static const struct entry decide[] = {
	{ ":", "any order, in words", 0, NULL },
	{ "v", "verdict, with a reason", 0, NULL },
	{ "a", "accept what it leans to", 0, NULL },
	{ NULL, NULL, 0, NULL },
};

static const struct entry leave[] = {
	{ "q", "detach, the engine goes on", 0, NULL },
	{ "C-z", "suspend", 0, NULL },
	{ NULL, NULL, 0, NULL },
};

static const struct {
	const char *heading; /* NULL: the group's name */
	const struct entry *own;
	enum command_group group;
} sections[] = {
	{ "Move", move, NO_GROUP },	{ NULL, look, GROUP_LOOK },
	{ "Leave", leave, NO_GROUP },	{ NULL, NULL, GROUP_TIME },
	{ "Range", range, NO_GROUP },	{ "Logs", logs, NO_GROUP },
	{ "Replay", replay, NO_GROUP }, { NULL, decide, GROUP_DECIDE },
	{ NULL, NULL, GROUP_ENGINE },	{ NULL, NULL, GROUP_BEGIN },
	{ "Runs", runs, NO_GROUP },	{ "Evidence", evidence, NO_GROUP },
};

/* Where the keys of one view, or of some, mean what they say. */
static const struct {
	const struct entry *own;
	const char *where;
} elsewhere[] = {
	{ range, "the range (2)" },   { runs, "the runs (3)" },
	{ logs, "the logs (4, 5)" },  { evidence, "the evidence (6)" },
	{ replay, "the replay (8)" },
};

static const char *keys_word(const struct keymap *keys, const char *word,
			     char *out, size_t size)
{
	return keys ? keymap_hint(keys, word, out, size) : word;
}

static bool has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	while (*words) {
		size_t next = strcspn(words, " ");

		if (next == length && strncmp(words, word, length) == 0)
			return true;
		words += next;
		words += strspn(words, " ");
	}
	return false;
}

static const struct entry *find_key(const struct entry *own, const char *word)
{
	for (; own->key; own++)
		if (has_word(own->key, word))
			return own;
	return NULL;
}

void help_say_unused(int key, const struct keymap *keys, struct buf *out)
{
	char word[16], pressed[32];
	const char *name = keymap_word(key, word, sizeof(word));
	const char *shown = keys_word(keys, name, pressed, sizeof(pressed));

	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(*elsewhere); i++) {
		const struct entry *entry = find_key(elsewhere[i].own, name);

		if (!entry)
			continue;
		buf_printf(out, "%s is a key of %s: %s", shown,
			   elsewhere[i].where, entry->text);
		return;
	}
	buf_printf(out, "%s does nothing here; ? lists the keys", shown);
}

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
	entries->items[entries->count++] =
		(struct entry){ key, text, length, NULL };
	if (text[length])
		add(entries, "", text + length + strspn(text + length, " "));
}

/* One that no key has is written. */
static void add_command(struct entries *entries, const struct command *command)
{
	size_t before = entries->count;

	add(entries, command->key ? command->key : ":", command->summary);
	if (!command->key)
		entries->items[before].order = command->name;
}

static bool is_wanted(const char *wanted, const char *key, const char *text)
{
	return strcasestr(key, wanted) || strcasestr(text, wanted);
}

/* Nothing of a section in which nothing is wanted. */
static void add_section(struct entries *entries, size_t section,
			const char *wanted)
{
	const struct entry *own = sections[section].own;
	enum command_group group = sections[section].group;
	const char *heading = sections[section].heading;
	size_t before = entries->count;

	add(entries, NULL, heading ? heading : command_group_name(group));
	for (; own && own->key; own++)
		if (is_wanted(wanted, own->key, own->text))
			add(entries, own->key, own->text);
	for (const struct command *command = commands; command->name;
	     command++) {
		if (command->group == group &&
		    (command->key || command->carry_out) &&
		    is_wanted(wanted, command->name, command->summary))
			add_command(entries, command);
	}
	if (entries->count == before + 1)
		entries->count = before;
	else
		add(entries, "", "");
}

static void collect(struct entries *entries, const char *wanted)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++)
		add_section(entries, i, wanted);
	if (entries->count)
		entries->count--; /* no gap at the end */
	else
		add(entries, "", "nothing has that in it");
}

static bool scroll_key(struct help *help, int key)
{
	switch (key) {
	case INPUT_DOWN:
	case INPUT_CTRL('n'):
		help->top++;
		return true;
	case INPUT_UP:
	case INPUT_CTRL('p'):
		help->top--;
		return true;
	case INPUT_PAGE_DOWN:
	case INPUT_CTRL('d'):
		help->top += PAGE;
		return true;
	case INPUT_PAGE_UP:
		help->top -= PAGE;
		return true;
	default:
		return false;
	}
}

bool help_key(struct help *help, int key)
{
	bool empty = !*help->wanted;

	if (scroll_key(help, key))
		return true;
	if (key == '?' || key == INPUT_CTRL('c') ||
	    (empty && (key == 'q' || key == INPUT_ESCAPE))) {
		help->open = false;
		return false;
	}
	help->top = 0;
	if (key == INPUT_ESCAPE)
		help->wanted[0] = '\0';
	else if (key != INPUT_ENTER && !(empty && (key == '/' || key == ' ')))
		field_key(help->wanted, sizeof(help->wanted), key);
	return true;
}

static void draw_entry(struct grid *grid, int x, int y, int width,
		       const struct entry *entry)
{
	const char *key = entry->key;
	char shown[32];

	if (!entry->key) {
		grid_text(grid, x, y, width, ROLE_TITLE, entry->text);
		return;
	}
	key = grid->keys && !entry->order
		      ? keymap_hint(grid->keys, key, shown, sizeof(shown))
		      : key;
	grid_printf(grid, x + 1, y, KEY_WIDTH - 2, ROLE_KEY, "%s%s", key,
		    entry->order ? entry->order : "");
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

/* In the lower edge: what is looked for, or what to do. */
static void draw_foot(struct grid *grid, int x, int y, int width,
		      const struct help *help, bool more)
{
	if (!*help->wanted) {
		grid->cursor_x = x + 1;
		grid->cursor_y = y;
		grid_text(grid, x, y, width, ROLE_TITLE,
			  more ? " type to find, Up Down for the rest "
			       : " type to find ");
		return;
	}
	x += grid_printf(grid, x, y, width, ROLE_TITLE, " find: %s",
			 help->wanted);
	grid->cursor_x = x;
	grid->cursor_y = y;
	grid_text(grid, x, y, 1, ROLE_TITLE, " ");
}

static int lines_of(const struct entries *list, size_t split)
{
	return (int)(split > list->count - split ? split : list->count - split);
}

/* Rows that all keys take: what is found among them moves nothing. */
static int lines_of_all(int width, bool two)
{
	struct entries all = { .width = width };
	int lines;

	collect(&all, "");
	lines = lines_of(&all, two ? half(&all) : all.count);
	free(all.items);
	return lines;
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
	collect(&list, help->wanted);
	split = two && !*help->wanted ? half(&list) : list.count;
	lines = lines_of(&list, split);
	height = lines_of_all(list.width, two) + 4;
	if (height > grid->rows)
		height = grid->rows;
	room = height > 4 ? height - 4 : height - 2;
	if (help->top > lines - room)
		help->top = lines - room;
	if (help->top < 0)
		help->top = 0;
	grid_recolour(grid, 0, 0, grid->columns, grid->rows, ROLE_DIM);
	y = (grid->rows - height) / 2;
	grid_box(grid, x, y, width, height, "Keys");
	draw_foot(grid, x + MARGIN, y + height - 1, width - 2 * MARGIN, help,
		  lines > room && height > 4);
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
