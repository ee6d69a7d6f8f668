/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_GITSEARCH_H
#define SESSION_GITSEARCH_H

/*
 * The searches that one log of git bisect tells of: most often one, but people
 * append a second one, or show a terminal and then the log of it.  Which terms
 * each has, which of them is followed, and which verdict a term was.
 *
 * Works on the events of a draft; reads no text.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct draft;
struct gitwords;

struct gitsearch {
	size_t event; /* its first one */
	int64_t line; /* where it starts */
	int marks;
	char *newer, *older; /* the terms it was started with, or NULL */
	char *found;	     /* the newer one, by what was found, or NULL */
	bool first_parent;
	int64_t unsure_line; /* 0: nowhere */
	char unsure[160];
};

struct gitsearches {
	struct draft *draft; /* borrowed */
	struct gitsearch *items;
	size_t count, room;
};

void gitsearches_init(struct gitsearches *searches, struct draft *draft);

/* `git bisect start`: another search, unless nothing was marked yet. */
void gitsearches_begin(struct gitsearches *searches, size_t event,
		       int64_t line);

/* These speak of the search that goes on. */
void gitsearches_term(struct gitsearches *searches, bool newer,
		      const char *term, struct gitwords *words);
void gitsearches_first(struct gitsearches *searches, const char *term,
		       size_t length);
void gitsearches_first_parent(struct gitsearches *searches);
void gitsearches_mark(struct gitsearches *searches);
void gitsearches_unsure(struct gitsearches *searches, int64_t line,
			const char *why, const char *word);

/* git refused a command: what it marked since this event is none. */
void gitsearches_refuse(struct gitsearches *searches, size_t event,
			int64_t line);

/* The term of a side; is that a term, or "skip"? */
const char *gitsearches_word(const struct gitsearches *searches, bool newer);
bool gitsearches_knows(const struct gitsearches *searches, const char *term);

/*
 * All is read: the events of the search that is followed become verdicts and
 * results, those of others what is said.  Gives back what it holds.
 */
void gitsearches_end(struct gitsearches *searches);

#endif
