/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_HANDLE_H
#define REPO_HANDLE_H

/*
 * The inside of a struct repo, for the files of this layer only.
 */

#include <git2.h>

struct error;
struct oid;

struct repo {
	git_repository *git;
	char *common_dir;
	char *workdir; /* NULL when bare */
	char *misled;  /* why the commit-graph is not used; or NULL */
};

/* libgit2's last complaint as our error.  Returns -1. */
int handle_failed(struct error *err);

/* An id's digits as its bytes.  Fails on what are not 40 digits. */
int handle_oid(git_oid *id, const struct oid *oid, struct error *err);

#endif
