/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_PATCHES_H
#define REPO_PATCHES_H

/*
 * Patches as texts: made of a commit, or looked at.  Both by git itself; no
 * file is touched.
 */

#include <stddef.h>

struct buf;
struct error;
struct oid;
struct repo;

/*
 * What a commit changes, binary files too, as a cherry-pick would take it over.
 * ERROR_INPUT for a merge, and for one that changes nothing.
 */
int patches_of_commit(struct repo *repo, const struct oid *commit,
		      struct buf *out, struct error *err);

/* ERROR_GIT, with git's words, when there is no patch in a text. */
int patches_check(const char *text, size_t length, struct error *err);

#endif
