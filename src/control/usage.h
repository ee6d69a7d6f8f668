/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_USAGE_H
#define CONTROL_USAGE_H

/*
 * What may stand behind a command, read from its line of usage in the command
 * table: "[COMMIT|A..B...] [-m WHY]".  Options begin with a dash, words that
 * are meant as they are have small letters, and what is to be put in has
 * capitals only.
 *
 * Reads a text, and knows nothing of what commits or files there are.
 */

enum usage_kind {
	USAGE_OPTION, /* "--json" */
	USAGE_WORD,   /* "family" */
	USAGE_PLACE,  /* "COMMIT", "COMMIT#RUN", "A..B" */
};

/* The word is good during the call. */
typedef void usage_take(void *data, enum usage_kind kind, const char *word);

/*
 * Each thing that may come next, once or more often.  previous: the word
 * before it, or NULL.  Behind an option that wants a value that is what the
 * value may be, else everything that the line has but values.
 */
void usage_next(const char *arguments, const char *previous, usage_take *take,
		void *data);

#endif
