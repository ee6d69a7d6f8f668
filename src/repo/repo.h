/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_REPO_H
#define REPO_REPO_H

/*
 * A git repository, read through libgit2.
 *
 * Nothing here writes to the user's checkout, index, stash or refs.  The one
 * thing that writes at all is the session's own worktree (worktree.h), and
 * that is done by git itself.
 *
 * A struct repo is for one thread at a time.
 */

#include <stdbool.h>

struct error;
struct oid;
struct repo;

/*
 * Open the repository that `path` lies in ("." or any folder below it, a
 * bare one, or a linked worktree).  What libgit2 cannot read (SHA-256,
 * reftable), or will not (a repository of another user, unless safe.directory
 * allows it), is said in one sentence.  A shallow clone is opened: ask
 * repo_is_shallow, its history ends too early.
 */
int repo_open(const char *path, struct repo **out, struct error *err);
void repo_close(struct repo *repo); /* NULL is fine */

/* Absolute paths, with no slash at the end.  workdir is NULL when bare. */
const char *repo_common_dir(const struct repo *repo);
const char *repo_workdir(const struct repo *repo);

/* The git folder of the worktree that it was opened in: that of its HEAD. */
char *repo_git_dir(const struct repo *repo); /* the caller frees */

/* A revision as git understands it, peeled to a commit. */
int repo_resolve(struct repo *repo, const char *spec, struct oid *oid,
		 struct error *err);

/*
 * "A..B" to its two ends, HEAD for one that is left out; ERROR_INPUT when it
 * is not a range.
 */
int repo_resolve_range(struct repo *repo, const char *spec, struct oid *from,
		       struct oid *to, struct error *err);

bool repo_is_shallow(struct repo *repo);

/*
 * Does the checkout have changes of tracked files that are in no commit?
 * Looks at every file of it: a second for a kernel.  false for a bare one, and
 * where it cannot be told.
 */
bool repo_is_changed(struct repo *repo);

/* The id of a commit's tree: what its sources are. */
int repo_tree(struct repo *repo, const struct oid *commit, struct oid *out,
	      struct error *err);

#endif
