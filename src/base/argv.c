/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/argv.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/xalloc.h"

void argv_take(struct argv *argv, char *word)
{
	array_grow(argv->items, argv->count + 2, &argv->room);
	argv->items[argv->count++] = word;
	argv->items[argv->count] = NULL;
}

void argv_add(struct argv *argv, const char *word)
{
	argv_take(argv, xstrdup(word));
}

void argv_add_all(struct argv *argv, const char *const *list)
{
	for (; list && *list; list++)
		argv_add(argv, *list);
}

char **argv_copy(const char *const *list)
{
	struct argv copy = ARGV_INIT;

	argv_add_all(&copy, list);
	return copy.items ? copy.items : xcalloc(1, sizeof(*copy.items));
}

size_t argv_count(const char *const *list)
{
	size_t count = 0;

	while (list && list[count])
		count++;
	return count;
}

void argv_free(char **list)
{
	for (char **word = list; word && *word; word++)
		free(*word);
	free(list);
}
