/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_GRAPH_H
#define ENGINE_GRAPH_H

/*
 * The commits that a session knows, as a directed acyclic graph by index.
 *
 * Commits are numbered 0, 1, 2... in the order in which they were added and
 * keep their number.  A commit may be known by name only: then it is not
 * *expanded*, its parents count as none.  The graph never reads a repository;
 * somebody who does fills it.
 */

#include <stdbool.h>
#include <stdint.h>

struct oid;

struct graph;

struct graph *graph_new(void);
void graph_free(struct graph *graph);
void graph_clear(struct graph *graph); /* as a new one */

/* There will be so many commits in all; without this it grows by itself. */
void graph_reserve(struct graph *graph, int commits);

/*
 * The number of the commit, which is added if it was not known.  date is the
 * committer's, in seconds since 1970; the first date given stays.
 */
int graph_add(struct graph *graph, const struct oid *oid, int64_t date);

/*
 * Add one whose name the caller keeps until somebody asks for it: a walk over
 * a million commits needs the names of a few.  Then graph_name tells it, once.
 * Until then graph_find does not find it, and graph_oid may not be asked.
 */
int graph_add_nameless(struct graph *graph, int64_t date);
void graph_name(struct graph *graph, int commit, const struct oid *oid);
bool graph_is_named(const struct graph *graph, int commit);

/*
 * Say which parents a commit has, in git's order.  The numbers are copied.
 * A second call for the same commit changes nothing.
 */
void graph_expand(struct graph *graph, int commit, const int *parents,
		  int count);

int graph_count(const struct graph *graph);
int graph_find(const struct graph *graph, const struct oid *oid); /* or -1 */
/* Borrowed until the next graph_add or graph_name. */
const struct oid *graph_oid(const struct graph *graph, int commit);
int64_t graph_date(const struct graph *graph, int commit);
bool graph_is_expanded(const struct graph *graph, int commit);

/* The number of parents; *parents is borrowed until the next graph_expand. */
int graph_parents(const struct graph *graph, int commit, const int **parents);

/*
 * Set marks[c] |= bit for each of the commits and all their ancestors.
 * marks has graph_count elements; where the bit is already set the walk
 * stops, so one array can collect several calls.
 */
void graph_mark_ancestors(const struct graph *graph, const int *commits,
			  int count, unsigned char *marks, unsigned char bit);

/* The same for one commit, but the walk stops where a bit of `wall` is, too. */
void graph_mark_until(const struct graph *graph, int commit,
		      unsigned char *marks, unsigned char bit,
		      unsigned char wall);

/*
 * Is a commit among its own parents, or theirs, and so on?  git makes no such
 * thing, and nothing else here expects it.
 */
bool graph_has_circle(const struct graph *graph);

/* Every commit is its own ancestor here. */
bool graph_is_ancestor(const struct graph *graph, int ancestor, int commit);

#endif
