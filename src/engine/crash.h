/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_CRASH_H
#define ENGINE_CRASH_H

/*
 * What a fact says of one crash on a console, and how much two crashes look
 * like one bug.  Where the words come from (oops/, a regular expression, a
 * foreign log) makes no difference here.
 */

#include <stdbool.h>
#include <stddef.h>

enum {
	CRASHES_MAX = 16,      /* kept of one run */
	CRASH_TEXTS_MAX = 32,  /* other titles, functions */
	CRASH_TITLE_MAX = 200, /* bytes of a title */
};

struct crash {
	char *title; /* never NULL, never empty, one line */
	char *type;  /* "KASAN-READ", or NULL: not known */
	char *frame; /* the function to blame, or NULL */
	char **alts; /* other titles of the same bug */
	char **near; /* the first functions of its stack */
	int alt_count, near_count;
	bool corrupted; /* its report is not to be relied on */
};

/* Deep copies on the heap; NULL where there are none. */
struct crash *crashes_copy(const struct crash *crashes, int count);
void crashes_free(struct crash *crashes, int count);

/* What one holds, not itself. */
void crash_release(struct crash *crash);

/*
 * Members from texts, one a line, as crash_join makes them; empty lines do
 * not count, and no more than CRASH_TEXTS_MAX are taken.  The caller frees
 * what crash_join returns; NULL stands for no texts.
 */
char **crash_split(const char *lines, int *count);
char *crash_join(char *const *texts, int count);

/* How much two crashes look like one bug: the first that holds. */
enum crash_likeness {
	CRASH_SAME,	 /* the same title */
	CRASH_ALIAS,	 /* titles and other titles have one in common */
	CRASH_FRAMES,	 /* the same type, and the function that is blamed in
			    one is among the first of the other's stack */
	CRASH_DIFFERENT, /* another bug, as far as can be seen */
};

enum crash_likeness crash_compare(const struct crash *a, const struct crash *b);

/* Is this its title, or one of its other titles? */
bool crash_known_as(const struct crash *crash, const char *title);

#endif
