/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_FORMATS_H
#define SESSION_FORMATS_H

/*
 * The formats of foreign logs: each reader is given a log's lines one by one
 * and writes into a draft.  None of them ever fails: what is not understood
 * becomes a note.
 *
 * Nothing here knows a session.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct draft;
struct line;

struct reader_format {
	const char *name; /* "syzbot", "git" */
	bool quotes;	  /* quoted in a mail, its lines are given to it
			     without the marks of that */
	/* does the line show that the log is one of these: 2 yes, 1 perhaps,
	   0 no */
	int (*knows)(const struct line *line);
	/* bytes: the whole log, which stays until the end */
	void *(*begin)(struct draft *draft, const char *bytes, size_t length);
	void (*read)(void *reader, const struct line *line);
	void (*end)(void *reader); /* and frees it */
};

extern const struct reader_format format_syzbot;
extern const struct reader_format format_git;

/*
 * Read a whole log into an empty draft.  Its format is that of the first line
 * which only one has, or that may be of one; NULL: of none, and all is notes.
 * Returns how many lines it has.
 */
int64_t formats_read(struct draft *draft, const char *bytes, size_t length,
		     const struct reader_format **format);

/* ... where it is known to be of this one. */
int64_t formats_read_as(struct draft *draft, const struct reader_format *format,
			const char *bytes, size_t length);

/* The name as a constant; NULL for that of none. */
const char *formats_name(const char *name);

#endif
