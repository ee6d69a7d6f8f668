/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_IMPORT_H
#define SESSION_IMPORT_H

/*
 * Makes a session of the log of somebody else's bisection: syzbot's of all
 * years, or `git bisect log`.  The format is found by itself.
 *
 * Nothing in a log is an error: what is not understood is kept in notes.
 * Verdicts, numbers and the result are what the log says, never worked out
 * again.  Commits are known by name; no repository is needed.
 *
 * Memory is bounded: of a log, IMPORT_MAX bytes are read.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct draft_names;
struct error;
struct session;

enum { IMPORT_MAX = 64 * 1024 * 1024 };

/* What was read. */
struct imported {
	const char *format;  /* "syzbot", "git", or NULL: none that is known */
	int64_t lines;	     /* -1: not known any more */
	int64_t noted;	     /* how many of these are in notes */
	int64_t unsure_line; /* where reading became unsure; 0: nowhere */
	char unsure[200];    /* why, a part of a sentence */
	char link[200];	     /* no log, but where a mail says that one is; "" */
	bool cut;	     /* it is longer than IMPORT_MAX */
};

/*
 * Fill an empty session.  name: what the log is called, for the journal.
 * names: the log's repository, which knows tags and short ids, or NULL.
 * out may be NULL.  Fails only where the session cannot be written.
 */
int import_bytes(struct session *session, const char *name, const char *bytes,
		 size_t length, const struct draft_names *names,
		 struct imported *out, struct error *err);

/* The bytes of a file, "-" for standard input, as far as IMPORT_MAX and one
   more, by which import_bytes knows that there was more. */
int import_load(const char *path, struct buf *out, struct error *err);

/* Both together. */
int import_file(struct session *session, const char *path, struct imported *out,
		struct error *err);

/* What an opened session was made of; false when it is none of a log. */
bool import_recall(struct session *session, struct imported *out);

#endif
