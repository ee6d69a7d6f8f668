/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_WORDS_H
#define OOPS_WORDS_H

/*
 * A set of literal words, looked for all at once: does a text hold any of
 * them?  One table step a byte, whatever the number of words (Aho-Corasick's
 * automaton, in which a found word is a state that is never left).
 */

#include <stdbool.h>
#include <stddef.h>

struct words;

struct words *words_new(void);
void words_free(struct words *words);

/* Not after words_build.  An empty word is left out. */
void words_add(struct words *words, const char *word);
void words_build(struct words *words);

/* After words_build. */
bool words_any(const struct words *words, const char *text, size_t length);

/*
 * The same for a name, which stands between ^ and $: the word "^do_" is found
 * at its beginning only, "_end$" at its end.
 */
bool words_name(const struct words *words, const char *name, size_t length);

#endif
