/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_FORMATS_H
#define SESSION_FORMATS_H

/*
 * The formats of foreign logs, for import.c alone: each reader is given a
 * log's lines one by one and writes into a draft.  None of them ever fails:
 * what is not understood becomes a note.
 */

#include <stdbool.h>
#include <stddef.h>

struct draft;
struct line;

struct reader_format {
	const char *name; /* "syzbot", "git" */
	/* does the line show that the log is one of these? */
	bool (*knows)(const struct line *line);
	void *(*begin)(struct draft *draft);
	void (*read)(void *reader, const struct line *line);
	void (*end)(void *reader); /* and frees it */
};

extern const struct reader_format format_syzbot;
extern const struct reader_format format_git;

#endif
