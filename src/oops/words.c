/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/words.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

enum { START, FOUND, FIRST_FREE };

struct words {
	char **list;
	size_t count, room;
	unsigned char class_of[256]; /* 0: a byte that no word has */
	uint32_t classes;
	uint32_t *next; /* state * classes + class gives the next row */
	uint32_t states;
};

struct words *words_new(void)
{
	return xcalloc(1, sizeof(struct words));
}

void words_free(struct words *words)
{
	if (!words)
		return;
	for (size_t i = 0; i < words->count; i++)
		free(words->list[i]);
	free(words->list);
	free(words->next);
	free(words);
}

void words_add(struct words *words, const char *word)
{
	if (!*word)
		return;
	array_grow(words->list, words->count + 1, &words->room);
	words->list[words->count++] = xstrdup(word);
}

static void find_classes(struct words *words, size_t *bytes)
{
	memset(words->class_of, 0, sizeof(words->class_of));
	words->classes = 1;
	*bytes = 0;
	for (size_t i = 0; i < words->count; i++) {
		const char *at = words->list[i];

		for (; *at; at++, ++*bytes) {
			unsigned char *class_of =
				&words->class_of[(unsigned char)*at];

			if (!*class_of)
				*class_of = (unsigned char)words->classes++;
		}
	}
}

/* The tree of all words; 0 is "no such branch yet". */
static void plant(struct words *words)
{
	words->states = FIRST_FREE;
	for (size_t i = 0; i < words->count; i++) {
		const char *at = words->list[i];
		uint32_t state = START;

		for (; *at && state != FOUND; at++) {
			uint32_t *next =
				&words->next[state * words->classes +
					     words->class_of[(
						     unsigned char)*at]];

			if (!at[1])
				*next = FOUND; /* longer words are as found */
			else if (!*next)
				*next = words->states++;
			state = *next;
		}
	}
}

/* Fill the missing branches with where the longest known suffix goes. */
static void link_suffixes(struct words *words)
{
	uint32_t *suffix = xcalloc(words->states, sizeof(*suffix));
	uint32_t *queue = xcalloc(words->states, sizeof(*queue));
	uint32_t head = 0, tail = 0, classes = words->classes;

	queue[tail++] = START;
	while (head < tail) {
		uint32_t state = queue[head++];
		uint32_t *row = words->next + state * classes;
		const uint32_t *back = words->next + suffix[state] * classes;

		for (uint32_t c = 0; c < classes; c++) {
			if (state != START && back[c] == FOUND)
				row[c] = FOUND;
			if (row[c] == FOUND)
				continue;
			if (!row[c]) {
				row[c] = state == START ? START : back[c];
				continue;
			}
			suffix[row[c]] = state == START ? START : back[c];
			queue[tail++] = row[c];
		}
	}
	for (uint32_t c = 0; c < classes; c++)
		words->next[FOUND * classes + c] = FOUND;
	for (uint32_t i = 0; i < words->states * classes; i++)
		words->next[i] *= classes;
	free(suffix);
	free(queue);
}

void words_build(struct words *words)
{
	size_t bytes;

	free(words->next);
	find_classes(words, &bytes);
	words->next = xcalloc((bytes + FIRST_FREE) * words->classes,
			      sizeof(*words->next));
	plant(words);
	link_suffixes(words);
}

static inline uint32_t walk(const struct words *words, uint32_t row,
			    const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		row = words->next[row +
				  words->class_of[(unsigned char)text[i]]];
	return row;
}

bool words_any(const struct words *words, const char *text, size_t length)
{
	return walk(words, START, text, length) == FOUND * words->classes;
}

bool words_name(const struct words *words, const char *name, size_t length)
{
	uint32_t row = walk(words, START, "^", 1);

	row = walk(words, row, name, length);
	return walk(words, row, "$", 1) == FOUND * words->classes;
}
