/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_ARGV_H
#define BASE_ARGV_H

/*
 * Lists of words ended by NULL, as exec and environments want them: built
 * word by word, every word on the heap and the list's own.
 *
 *     struct argv argv = ARGV_INIT;
 *
 *     argv_add(&argv, "make");
 *     argv_take(&argv, xasprintf("-j%d", jobs));
 *     ...
 *     argv_free(argv.items);
 *
 * Knows nothing of shells: a word is never split and never quoted.
 */

#include <stddef.h>

struct argv {
	char **items; /* ended by NULL; itself NULL while there is no word */
	size_t count, room;
};

#define ARGV_INIT          \
	{                  \
		NULL, 0, 0 \
	}

void argv_add(struct argv *argv, const char *word);
void argv_take(struct argv *argv, char *word); /* which is the list's now */

/* All words of a list ended by NULL; NULL has none. */
void argv_add_all(struct argv *argv, const char *const *list);

/* A list of its own, which argv_free frees; never NULL. */
char **argv_copy(const char *const *list);

size_t argv_count(const char *const *list); /* NULL has none */
void argv_free(char **list);		    /* NULL is fine */

#endif
