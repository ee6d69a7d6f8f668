/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_WORKTREE_H
#define REPO_WORKTREE_H

/*
 * The session's own linked worktree: made, moved and removed by git as a
 * child process, so that hooks, filters, sparse and partial clones behave as
 * the user expects.  The user's own checkout is never touched, nor are other
 * worktrees: git is told which one is meant and never looks for it.
 *
 * These functions wait for git.  A front end or the engine's loop calls them
 * from a thread, or builds the argument list itself (worktree_checkout_argv)
 * and runs it as a child of its own.
 *
 * path is absolute.
 */

#include <stdbool.h>

#include "base/error.h"

struct oid;

/*
 * Make sure that a linked worktree of the repository (its common dir) is at
 * `path`, detached at `oid`.  One that is there and belongs to the repository
 * is taken over: a lock that a killed git left in it is removed, and it is
 * checked out with force.  One whose folder was deleted is made again.
 * Anything else in that place is left alone and is an error.  While another git
 * makes a worktree of the repository for culprit, also one whose engine was
 * killed, it waits for that, up to ten seconds.
 *
 * The caller holds the session's lease: nobody else uses this worktree.
 */
int worktree_ensure(const char *common_dir, const char *path,
		    const struct oid *oid, struct error *err);

/*
 * Where git keeps what belongs to the worktree at `path` alone (its HEAD, its
 * index, its bisect state), for the caller to free; NULL when there is none
 * there, or it is not the repository's.
 */
char *worktree_git_dir(const char *common_dir, const char *path);

/* The commit that it is at; false where that cannot be told. */
bool worktree_head(const char *git_dir, struct oid *oid);

/*
 * Go to a commit as git bisect does: what somebody changed in the files is
 * kept, or git refuses.
 */
int worktree_follow(const char *path, const struct oid *oid, struct error *err);

/*
 * Remove everything that git does not track from the worktree, ignored files
 * too: what a build that was cut short left behind cannot be trusted.
 */
int worktree_clean(const char *path, struct error *err);

/* git checkout -q --force --detach <oid>: tracked files become the commit's. */
int worktree_checkout(const char *path, const struct oid *oid,
		      struct error *err);

/*
 * The same as an argument list for a child process, NULL-terminated; where
 * oid is NULL, all but the commit, which then is to be appended.  Borrows its
 * inputs.  The child must not see what the environment says of another
 * repository (GIT_INDEX_FILE...).
 */
#define WORKTREE_ARGV_MAX 12
void worktree_checkout_argv(const char *path, const struct oid *oid,
			    const char *argv[WORKTREE_ARGV_MAX]);

/*
 * Remove it, with everything in it.  Not there is not an error.  Only a
 * worktree of this repository is removed.
 */
int worktree_remove(const char *common_dir, const char *path,
		    struct error *err);

#endif
