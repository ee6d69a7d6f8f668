/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_REACH_H
#define REPO_REACH_H

/*
 * How old a commit is: which release tags (v*) it has behind it.  Git is asked
 * once, when this is made; then nothing is read any more.  Or whether one
 * commit is behind it.
 */

#include <stdbool.h>

struct error;
struct oid;
struct reach;
struct repo;

/* Freed by the caller.  ERROR_GIT with git's words. */
int reach_new(struct repo *repo, const struct oid *commit, struct reach **out,
	      struct error *err);
void reach_free(struct reach *reach); /* NULL is fine */

/*
 * Is the tag the commit or an ancestor of it?  Also true for a tag that the
 * repository does not have.
 */
bool reach_has(const struct reach *reach, const char *tag);

/*
 * Is `ancestor` the commit or an ancestor of it?  Asks git each time.
 * ERROR_GIT, with git's words, when the repository lacks one of them.
 */
int reach_ancestor(struct repo *repo, const struct oid *ancestor,
		   const struct oid *commit, bool *out, struct error *err);

/*
 * Have two commits an ancestor in common?  Asks git each time, and fails as the
 * one above.
 */
int reach_related(struct repo *repo, const struct oid *one,
		  const struct oid *other, bool *out, struct error *err);

/* How many commits lie behind `bad` and behind none of the goods?  Asks git. */
int reach_count(struct repo *repo, const struct oid *bad,
		const struct oid *goods, int good_count, int *out,
		struct error *err);

#endif
