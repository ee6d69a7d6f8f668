/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_COMMIT_TEXT_H
#define REPO_COMMIT_TEXT_H

/*
 * A commit object as its parts.  It may hold any bytes: what makes no sense is
 * an error, or counts as git has it count.  Never looks at another commit.
 */

#include <stddef.h>
#include <stdint.h>

#include <git2.h>

struct error;
struct oid;

/* The parts; they point into the object. */
struct commit_text {
	const char *parents; /* the first "parent" line */
	int parent_count;    /* ... of so many, all of one length */
	const char *author;  /* "Name <mail>" */
	size_t author_length;
	int64_t author_date;
	int64_t date;
	const char *message;
	size_t message_length;
};

/*
 * Read one commit object.  text points into *object, which the caller frees
 * with git_odb_object_free; it is NULL on failure.
 */
int commit_text_read(git_odb *odb, const git_oid *id, git_odb_object **object,
		     struct commit_text *text, struct error *err);

/* The same, by the id's digits. */
int commit_text_named(git_odb *odb, const struct oid *oid,
		      git_odb_object **object, struct commit_text *text,
		      struct error *err);

/* The i-th parent: GIT_OID_HEXSZ bytes that should be digits, and no NUL. */
const char *commit_text_parent(const struct commit_text *text, int i);

#endif
