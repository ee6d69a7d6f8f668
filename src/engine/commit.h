/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_COMMIT_H
#define ENGINE_COMMIT_H

/*
 * What is told of a commit beside its place in the graph: the repository
 * reads it, the session stores it.  Data only.
 */

#include <stdbool.h>
#include <stdint.h>

#include "engine/oid.h"

/* A commit of the range as the session stores it. */
struct commit_record {
	struct oid oid;
	const struct oid *parents; /* parent_count of them */
	int parent_count;
	bool expanded; /* false: known by name only, parents not known */
	int64_t date;  /* committer's, seconds since 1970 */
	int64_t author_date;
	const char *author;  /* "Name <mail>", as in the commit: any bytes */
	const char *subject; /* any bytes, without newline */
};

#endif
