/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_GITNAMES_H
#define SESSION_GITNAMES_H

/*
 * Which commit a word of a log of git bisect means: an id in full, one that
 * is cut, when the log itself has only one that begins so, or a name that the
 * log's repository knows.
 *
 * Adds nothing to the draft.
 */

#include <stdbool.h>
#include <stddef.h>

struct draft;
struct oid;

struct gitnames {
	const struct draft *draft; /* borrowed, with its repository */
	const char *bytes;	   /* borrowed: the whole log */
	size_t length;
	int lookups; /* short ids that were looked for in all of it */
};

/* An id, in full or cut; not found: false, and out stays. */
bool gitnames_id(struct gitnames *names, const char *word, struct oid *out);

/* A name that only the repository knows: a tag, a branch, HEAD~4. */
bool gitnames_name(struct gitnames *names, const char *word, struct oid *out);

#endif
