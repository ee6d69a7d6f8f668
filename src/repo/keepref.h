/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_KEEPREF_H
#define REPO_KEEPREF_H

/*
 * Refs that keep from git's gc what no branch of the user's has, in
 * refs/culprit/GROUP/COMMIT.  They belong to the repository, since gc asks no
 * worktree for refs of its own.  Names no commit but what it is told to.
 *
 * A group is one part of a ref's name: letters, digits, - and _.
 */

#include "base/error.h"

struct oid;

/* That it is kept already is fine; that there is no such commit is not. */
int keepref_add(const char *common_dir, const char *group,
		const struct oid *commit, struct error *err);

/* Those of a group, all of them; none is fine. */
int keepref_drop(const char *common_dir, const char *group, struct error *err);

/* The names of all groups, ended by NULL; the caller frees them and the list.
 */
int keepref_groups(const char *common_dir, char ***out, struct error *err);

#endif
