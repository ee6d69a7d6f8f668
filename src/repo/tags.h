/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_TAGS_H
#define REPO_TAGS_H

/*
 * The release tags of a repository.
 *
 * Which tags are merged is asked of git itself: it uses the repository's
 * commit-graph, where libgit2 would read a whole history.
 */

#include "engine/oid.h"

struct error;
struct repo;

struct tag {
	char *name; /* "v5.18" */
	struct oid commit;
};

/*
 * The releases to try, newest first, when `bad` is the only end known: tags
 * vX.Y[.Z] merged into bad and not on it, picked by engine/release.h's rule.
 * *out is freed with tags_free.  No tags is not an error: *count is 0.
 */
int tags_releases(struct repo *repo, const struct oid *bad, struct tag **out,
		  int *count, struct error *err);
void tags_free(struct tag *tags, int count); /* NULL is fine */

/*
 * The release tag vX.Y[.Z] that points at this very commit: its name on the
 * heap, NULL when there is none.
 */
int tags_release_at(struct repo *repo, const struct oid *commit, char **out,
		    struct error *err);

#endif
