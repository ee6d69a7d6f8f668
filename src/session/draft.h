/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_DRAFT_H
#define SESSION_DRAFT_H

/*
 * What a foreign log becomes while it is read: events and commits that are in
 * no journal yet.
 *
 * A line of which no event speaks is kept in a note: lines that follow each
 * other in one, up to DRAFT_NOTE_MAX bytes, with the number of the first one.
 * A note's wording says how its text becomes lines again: NULL, it is lines
 * and lacks the last newline; "open", it lacks nothing: the line goes on
 * behind it; "escaped" and "escaped-open", there may be NULs, which stand in
 * it as "\0", and backslashes as "\\".
 *
 * Nothing here knows a format.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "engine/event.h"

struct graph;

enum {
	DRAFT_NOTE_MAX = 64 * 1024,
	DRAFT_EVENTS_MAX = 20000, /* then everything is notes */
};

/* A line of a log. */
struct line {
	const char *bytes; /* without its newline; may hold anything */
	size_t length;
	int64_t number; /* 1, 2, 3... */
	bool ended;	/* by a newline, not by the end of the log */
	size_t quoted;	/* so many bytes before these a mail put there */
};

struct draft_commit {
	struct oid oid;
	char *subject, *author; /* or NULL */
	int64_t author_date;	/* seconds since 1970, 0: not told */
	int runs;		/* that it has so far */
};

/* Who knows what a name meant; false: nobody does. */
struct draft_names {
	bool (*find)(void *data, const char *name, struct oid *out);
	void *data;
};

struct draft {
	const struct draft_names *repository; /* borrowed, or NULL */
	struct event *events;		      /* without seq */
	size_t count, room;
	struct graph *names; /* by which commits are found, no more */
	struct draft_commit *commits;
	size_t commit_count, commit_room;
	int64_t at; /* the latest time that the log told, in ms; 0: none */

	struct buf note; /* that is being written */
	int64_t note_line;
	bool noting, note_escaped, note_open;

	int64_t unsure_line; /* where reading became unsure; 0: nowhere */
	char unsure[200];    /* why */
	char link[200]; /* where the log is that a mail only names, or "" */
};

void draft_init(struct draft *draft);
void draft_release(struct draft *draft);

/* Room for no more than notes? */
bool draft_is_full(const struct draft *draft);

/*
 * Append an event; it is taken, with its texts, and gets BY_IMPORT and the
 * latest time.  What is returned is good until the next one.
 */
struct event *draft_take(struct draft *draft, struct event *event);
struct event *draft_add(struct draft *draft, enum event_kind kind);

/* The last event, or NULL: before any, or when a note is being written. */
struct event *draft_last(struct draft *draft);

/* The whole line, as it stands in the log. */
void draft_note(struct draft *draft, const struct line *line);

/* No more lines: the last note is whole. */
void draft_end(struct draft *draft);

/* The commit of this name, added if it was not known; good until the next. */
struct draft_commit *draft_commit(struct draft *draft, const struct oid *oid);
/* A text that is told first stays. */
void draft_tell_subject(struct draft *draft, const struct oid *oid,
			const char *subject);

/* A reason why what follows may be misread: that of the first line stays. */
void draft_unsure(struct draft *draft, int64_t line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* "line\n" of a note's text as it stood in the log. */
void draft_write_note(const struct event *note, struct buf *out);

#endif
