/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_REVERT_H
#define REPO_REVERT_H

/*
 * What a commit of the repository would be like without an earlier one: that
 * one is reverted on top of it by git, in a linked worktree which is only for
 * this.  No branch is touched, and no hook of the user's is run.
 *
 * Where that conflicts, the worktree is left as git left it; asked again for
 * the same, what a person has done there since is taken up: mended files, a
 * commit made with `git revert --continue`.  Whatever else is asked meanwhile
 * is made in another worktree beside it.
 *
 * What git makes by itself is the same commit each time, so that one which
 * nobody refers to, and git has thrown away since, can be made again.  What a
 * person mended is kept by a ref.
 *
 * It waits for git, and is called from a thread.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "engine/event.h"
#include "engine/oid.h"

struct error;

/* All is borrowed. */
struct revert_spec {
	const char *common_dir; /* of the repository */
	const char *path;	/* the worktree, absolute; made where missing,
				   and further ones as PATH-2, PATH-3... */
	struct oid base;	/* on top of this */
	struct oid commit;	/* this is taken back */
	int parent;		/* of a merge, the one that is kept, from 1;
				   0: it is none */
	const char *group;	/* of refs (repo/keepref) */
};

struct reverted {
	enum made made;
	struct oid oid, tree; /* MADE_OK */
	struct buf paths;     /* MADE_CONFLICT: with ", " between them */
	char *where;	      /* likewise: the worktree */
};

void reverted_init(struct reverted *out);
void reverted_release(struct reverted *out);

/* -1: it could not be tried, or git failed otherwise. */
int revert_make(const struct revert_spec *spec, struct reverted *out,
		struct error *err);

/*
 * Remove the worktrees, but none in which a person has begun to mend something:
 * those are added to kept, each with a newline.
 */
int revert_clean(const char *common_dir, const char *path, struct buf *kept,
		 struct error *err);

/* Does the repository still have what was made? */
int revert_is_there(const char *common_dir, const struct oid *commit, bool *out,
		    struct error *err);

#endif
