/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_HITS_H
#define TUI_HITS_H

/*
 * The lines of a log that match an expression, found a block at a time, so
 * that whoever looks for them can do other things in between.
 *
 * Of each block only is kept how many of its lines match: where they are is
 * found out again when somebody goes there.  So a pattern that is in every
 * line of 100 MB costs no more memory than one that is in none.
 *
 * A log that grows is looked at where it grew.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct logfile;
struct match;

struct hits {
	struct logfile *file; /* borrowed */
	struct match *match;  /* NULL: nothing is looked for */
	char *wanted;	      /* the pattern */
	int *counts;	      /* a block each; -1: not looked at */
	size_t count, room;
	size_t unknown; /* blocks not looked at */
	size_t next;	/* none before this one is */
	int64_t total;
	bool gave_up; /* the expression takes too long */

	int64_t size; /* of the file, as looked at */
	unsigned int generation;

	/* the block that was looked at last */
	int64_t block;	/* -1: none */
	int64_t *lines; /* where those of its lines begin that match */
	size_t line_count, line_room;
	char *text;
	size_t text_room;
};

/* All zero is empty.  ERROR_INPUT: the pattern is none. */
int hits_begin(struct hits *hits, struct logfile *file, const char *pattern,
	       struct error *err);
void hits_release(struct hits *hits);

/* The file has changed. */
void hits_refresh(struct hits *hits);

/* Look at up to so many bytes; true when there is more to look at. */
bool hits_work(struct hits *hits, int64_t bytes);

enum hits_answer {
	HITS_FOUND,
	HITS_NONE,
	HITS_BUSY, /* the budget is used up; ask again from *at on */
};

/*
 * The first line that matches and begins at *at or behind it; or the last one
 * that begins before *at.  *bytes is the budget.
 */
enum hits_answer hits_next(struct hits *hits, int64_t *at, int64_t *bytes);
enum hits_answer hits_previous(struct hits *hits, int64_t *at, int64_t *bytes);

/* How many come before this line; false while that is not known. */
bool hits_before(struct hits *hits, int64_t line, int64_t *count);

#endif
