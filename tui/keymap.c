/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/keymap.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "base/error.h"
#include "base/str.h"
#include "base/text.h"
#include "tui/field.h"
#include "tui/input.h"

/* The same key means the same in all views, so it has one name. */
static const struct named {
	const char *name;
	int key;
} names[] = {
	{ "down", 'j' },
	{ "up", 'k' },
	{ "left", 'h' },
	{ "right", 'l' },
	{ "half-down", INPUT_CTRL('d') },
	{ "half-up", INPUT_CTRL('u') },
	{ "page-down", ' ' },
	{ "page-up", 'b' },
	{ "first", 'g' },
	{ "last", 'G' },
	{ "pane", INPUT_TAB },
	{ "help", '?' },
	{ "order", ':' },
	{ "leave", 'q' },
	{ "find", '/' },
	{ "next", 'n' },
	{ "previous", 'N' },
	{ "filter", '&' },
	{ "follow", 'F' },
	{ "crash", '!' },
	{ "before", '[' },
	{ "after", ']' },
	{ "wrap", 'w' },
	{ "times", 'T' },
	{ "raw", 'r' },
	{ "save", 'S' },
	{ "fold", 'z' },
	{ "fold-all", 'Z' },
	{ "turn", 'o' },
	{ "place", '@' },
	{ "step", '.' },
	{ "step-back", ',' },
	{ "slower", '<' },
	{ "faster", '>' },
	{ "diff", 'd' },
	{ "console", 'c' },
	{ "hash", 'y' },
	{ "verdict", 'v' },
	{ "accept", 'a' },
	{ "pick", 't' },
	{ "range", 'V' },
	{ "verify", 'C' },
	{ "skip", 's' },
	{ "judge", 'x' },
	{ "match", 'm' },
	{ "undo", 'u' },
	{ "redo", INPUT_CTRL('r') },
	{ "fork", 'f' },
	{ "run", 'R' },
	{ "pause", 'p' },
	{ "pause-now", 'P' },
	{ "stop", 'Q' },
	{ "take-over", 'O' },
	{ "what-if", 'W' },
	{ "keep", 'K' },
	{ "continue", 'L' },
	{ NULL, INPUT_NONE },
};

enum { COUNT = sizeof(names) / sizeof(*names) - 1 };

_Static_assert((int)COUNT <= (int)KEYMAP_MAX, "all names have a place");

static const struct named words[] = {
	{ "Space", ' ' },
	{ "Tab", INPUT_TAB },
	{ "Enter", INPUT_ENTER },
	{ "Esc", INPUT_ESCAPE },
	{ "Up", INPUT_UP },
	{ "Down", INPUT_DOWN },
	{ "Left", INPUT_LEFT },
	{ "Right", INPUT_RIGHT },
	{ "Home", INPUT_HOME },
	{ "End", INPUT_END },
	{ "PgUp", INPUT_PAGE_UP },
	{ "PgDn", INPUT_PAGE_DOWN },
	{ "S-Tab", INPUT_BACK_TAB },
	{ "Backspace", INPUT_BACKSPACE },
	{ NULL, INPUT_NONE },
};

const char *keymap_name(size_t i)
{
	return i < COUNT ? names[i].name : NULL;
}

int keymap_default(size_t i)
{
	return i < COUNT ? names[i].key : INPUT_NONE;
}

void keymap_init(struct keymap *map)
{
	memset(map, 0, sizeof(*map));
	for (size_t i = 0; i < COUNT; i++)
		map->pressed[i] = names[i].key;
}

/* The only character of a text, INPUT_NONE when there are more, or it is no
   UTF-8. */
static int only_character(const char *text)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t length = strlen(text);
	int c = bytes[0];

	if (length == 1 && c > 0x20 && c < 0x7f)
		return c;
	if (length == 2 && (c & 0xe0) == 0xc0)
		c &= 0x1f;
	else if (length == 3 && (c & 0xf0) == 0xe0)
		c &= 0x0f;
	else if (length == 4 && (c & 0xf8) == 0xf0)
		c &= 0x07;
	else
		return INPUT_NONE;
	for (size_t i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return INPUT_NONE;
		c = c << 6 | (bytes[i] & 0x3f);
	}
	return c >= 0xa0 && c < 0x110000 ? c : INPUT_NONE;
}

int keymap_key(const char *word)
{
	int64_t number;

	for (size_t i = 0; words[i].name; i++)
		if (str_equal(words[i].name, word))
			return words[i].key;
	if (str_starts(word, "C-") && word[2] >= 'a' && word[2] <= 'z' &&
	    !word[3])
		return INPUT_CTRL(word[2]);
	if (*word == 'F' && str_number(word + 1, 1, INPUT_F_MAX, &number))
		return INPUT_F(number);
	return only_character(word);
}

char *keymap_word(int key, char *out, size_t size)
{
	out[0] = '\0';
	for (size_t i = 0; words[i].name; i++)
		if (words[i].key == key)
			return str_copy(out, size, words[i].name);
	if (key > 0 && key < 0x20)
		snprintf(out, size, "C-%c", key | 0x60);
	else if (key >= INPUT_F(1) && key <= INPUT_F(INPUT_F_MAX))
		snprintf(out, size, "F%d", key - INPUT_F(0));
	else
		field_encode(key, out, size);
	return out;
}

/* Without these nobody would find the way back. */
static bool stays(int key)
{
	return (key >= '0' && key <= '9') || key == INPUT_ENTER ||
	       key == INPUT_ESCAPE || key == INPUT_BACKSPACE ||
	       key == INPUT_CTRL('c') || key == INPUT_CTRL('l') ||
	       key == INPUT_CTRL('z') ||
	       (key >= INPUT_UP && key <= INPUT_BACK_TAB);
}

static int no_name(const char *name, struct error *err)
{
	char known[400] = "";

	for (size_t i = 0; i < COUNT; i++)
		str_list(known, sizeof(known), names[i].name);
	return error_set(err, ERROR_INPUT,
			 "no key is called '%s': expected one of %s", name,
			 known);
}

int keymap_set(struct keymap *map, const char *name, const char *word,
	       unsigned line, struct error *err)
{
	int key = keymap_key(word);

	for (size_t i = 0; i < COUNT; i++) {
		if (!str_equal(names[i].name, name))
			continue;
		if (key == INPUT_NONE)
			return error_set(err, ERROR_INPUT,
					 "%s: '%s' is no key: expected a "
					 "character, C-a to C-z, Space, Tab or "
					 "F1 to F%d",
					 name, word, INPUT_F_MAX);
		if (stays(key))
			return error_set(err, ERROR_INPUT,
					 "%s: %s always stays what it is", name,
					 word);
		map->pressed[i] = key;
		map->line[i] = line;
		return 0;
	}
	return no_name(name, err);
}

int keymap_check(const struct keymap *map, unsigned *line, struct error *err)
{
	char word[16];

	for (size_t i = 0; i < COUNT; i++) {
		for (size_t k = 0; k < i; k++) {
			if (map->pressed[i] != map->pressed[k])
				continue;
			*line = map->line[i] > map->line[k] ? map->line[i]
							    : map->line[k];
			return error_set(err, ERROR_INPUT,
					 "%s and %s have the same key, %s",
					 names[k].name, names[i].name,
					 keymap_word(map->pressed[i], word,
						     sizeof(word)));
		}
	}
	return 0;
}

int keymap_known(const struct keymap *map, int pressed)
{
	int known = pressed;

	for (size_t i = 0; i < COUNT; i++) {
		if (map->pressed[i] == pressed)
			return names[i].key;
		if (names[i].key == pressed)
			known = INPUT_NONE; /* it was moved elsewhere */
	}
	return known;
}

/* The key to press for one that is known. */
static int to_press(const struct keymap *map, int known)
{
	for (size_t i = 0; i < COUNT; i++)
		if (names[i].key == known)
			return map->pressed[i];
	return known;
}

char *keymap_hint(const struct keymap *map, const char *hint, char *out,
		  size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	while (*hint && used + 1 < size) {
		size_t length = strcspn(hint, " ");
		char word[24], key[16];
		int known, press;

		snprintf(word, sizeof(word), "%.*s", (int)length, hint);
		known = keymap_key(word);
		press = to_press(map, known);
		if (known != press)
			str_copy(word, sizeof(word),
				 keymap_word(press, key, sizeof(key)));
		used += (size_t)snprintf(out + used, size - used, "%s%s", word,
					 hint[length] ? " " : "");
		hint += length + (hint[length] == ' ');
	}
	return out;
}
