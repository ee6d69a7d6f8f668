/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_COMMITS_H
#define REPO_COMMITS_H

/*
 * Reads commits and puts them into a graph: from git's commit-graph those
 * that are in it, the others from their objects, each of which is read once.
 * Never decides which commits matter: range.c does.
 */

struct commit_text;
struct error;
struct graph;
struct oid;
struct repo;

struct commits;

/*
 * repo and graph are borrowed and must outlive it.  Where the graph is empty,
 * what is read has no names in it until they are asked for here, at latest
 * before commits_close.
 */
void commits_open(struct repo *repo, struct graph *graph, struct commits **out);
void commits_close(struct commits *commits);

/* The number of a commit in the graph, which is read if it is not there. */
int commits_find(struct commits *commits, const struct oid *oid, int *out,
		 struct error *err);

/* The same, of one that is there, with a name or without; else -1. */
int commits_known(struct commits *commits, const struct oid *oid);

void commits_name(struct commits *commits, int commit);
void commits_name_all(struct commits *commits);

/* Nothing but names will be asked for: memory for the rest is given back. */
void commits_rest(struct commits *commits);

/*
 * Make sure that the commit is expanded: its parents are in the graph, with
 * their dates, expanded or not.
 */
int commits_expand(struct commits *commits, int commit, struct error *err);

/*
 * Does what the commit-graph said of an expanded commit fit its object?  Fails
 * where it does not; the repository's commit-graph is not used again then.
 * The first reads the object, for one commit; the second is given it.
 */
int commits_verify(struct commits *commits, int commit, struct error *err);
int commits_check(struct repo *repo, const struct graph *graph, int commit,
		  const struct commit_text *text, struct error *err);

/*
 * An end of a search, found and expanded.  Ends are few, so what the
 * commit-graph says of them is held against their objects at once; for others
 * that is done when their texts are read.
 */
int commits_find_end(struct commits *commits, const struct oid *oid, int *out,
		     struct error *err);

#endif
