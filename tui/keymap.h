/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_KEYMAP_H
#define TUI_KEYMAP_H

/*
 * Which key does what, where a person wants it otherwise.
 *
 * Views and orders know each key by what it is without any settings; a keymap
 * stands between them and the person: what is pressed becomes the key that is
 * known, and a hint at a known key becomes the one to press.  Where a text is
 * written no key means anything but itself, and nobody asks a keymap.
 */

#include <stddef.h>

struct error;

enum { KEYMAP_MAX = 64 };

struct keymap {
	int pressed[KEYMAP_MAX];   /* one for each named key, in order */
	unsigned line[KEYMAP_MAX]; /* of the settings, 0: not said */
};

void keymap_init(struct keymap *map);

/*
 * Another key for what has this name: a character, C-x, Space, Tab, F1 to F12.
 * ERROR_INPUT for a name or a key that is none, and for keys that stay what
 * they are (Enter, Esc, digits, C-c, C-l, C-z).
 */
int keymap_set(struct keymap *map, const char *name, const char *key,
	       unsigned line, struct error *err);

/*
 * No two names may have the same key.  ERROR_INPUT names both; *line is that
 * of the one that was said last.
 */
int keymap_check(const struct keymap *map, unsigned *line, struct error *err);

/* What the pressed key is known by; INPUT_NONE when nothing is. */
int keymap_known(const struct keymap *map, int pressed);

/*
 * A hint ("v", "C-r", "n N") with the keys to press.  Words that are no named
 * key stay as they are.  Returns out.
 */
char *keymap_hint(const struct keymap *map, const char *hint, char *out,
		  size_t size);

/* A key in words, "C-r", "Space", "u".  Returns out. */
char *keymap_word(int key, char *out, size_t size);

/* The key of a word, INPUT_NONE when it is none. */
int keymap_key(const char *word);

/* The names in order, NULL behind the last; the key each is known by. */
const char *keymap_name(size_t i);
int keymap_default(size_t i);

#endif
