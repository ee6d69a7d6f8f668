/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_TRAILERS_H
#define REPO_TRAILERS_H

/*
 * The trailers of a commit message: "Signed-off-by: A U Thor <a@b>".
 *
 * Pure text.  A message is anybody's: it may be of any length and hold any
 * bytes; nothing is copied, and what is found points into it.  Unlike git,
 * which wants one block at the end, and like syzkaller (pkg/vcs/git.go) every
 * line of the message counts that begins like a trailer: in kernel messages
 * notes in brackets stand between them.
 */

#include <stdbool.h>
#include <stddef.h>

enum trailer_kind {
	TRAILER_SIGNED_OFF,
	TRAILER_CO_DEVELOPED,
	TRAILER_REVIEWED,
	TRAILER_ACKED,
	TRAILER_TESTED, /* also Reported-and-tested-by */
	TRAILER_REPORTED,
	TRAILER_SUGGESTED,
	TRAILER_CC,
	TRAILER_FIXES,
	TRAILER_LINK,
	TRAILER_CLOSES,
	TRAILER_KIND_COUNT,
};

struct trailer {
	enum trailer_kind kind;
	const char *value; /* not ended by a NUL, no blanks around it */
	size_t length;	   /* 1..TRAILER_VALUE_MAX */
};

/* What is longer is no trailer. */
#define TRAILER_VALUE_MAX 1000

/*
 * The next trailer at or behind *at, which is moved past it; begin with 0.
 * false when there is none.  Kinds that are not listed are passed over.
 */
bool trailers_next(const char *message, size_t length, size_t *at,
		   struct trailer *out);

/* Does who stands in it answer for the commit, and so is told of its bugs? */
bool trailer_is_told(enum trailer_kind kind);

#endif
