/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_COMMITGRAPH_H
#define REPO_COMMITGRAPH_H

/*
 * git's commit-graph of a repository: parents, dates and generations of most
 * commits, mapped from one file or from a chain of them.
 *
 * It is used where git would use it: from the first object folder that has
 * one, alternates too; not where core.commitGraph is off, nor where history
 * is not what the objects say (shallow clones, grafts, replaced commits).
 *
 * Commits have places, 0, 1, 2... in the whole chain.  A place's ancestors
 * are in the graph too, so whoever found one commit needs no object below it.
 * It may be stale: newer commits are not in it.
 */

#include <stdbool.h>
#include <stdint.h>

struct commitgraph;
struct error;
struct repo;

/* A commit's entry. */
struct commitgraph_commit {
	int64_t date; /* committer's */
	/* Greater than each parent's; or COMMITGRAPH_NO_LEVEL */
	uint32_t level;
	uint32_t first, second; /* for commitgraph_parents */
};

/* It was not computed, or is beyond what the file can say. */
#define COMMITGRAPH_NO_LEVEL 0

/*
 * *out is NULL where there is none that git would use.  Fails where there is
 * one that makes no sense, and where history was altered by grafts or replaced
 * objects, with a sentence that says so and what to do.
 */
int commitgraph_open(struct repo *repo, struct commitgraph **out,
		     struct error *err);
void commitgraph_close(struct commitgraph *graph); /* NULL is fine */

/* id: the raw bytes, as in a git_oid. */
bool commitgraph_find(const struct commitgraph *graph, const unsigned char *id,
		      uint32_t *place);

const unsigned char *commitgraph_id(const struct commitgraph *graph,
				    uint32_t place);

void commitgraph_read(const struct commitgraph *graph, uint32_t place,
		      struct commitgraph_commit *out);

/*
 * The places of the parents of a commit that was read; returns how many.  They
 * are good until the next call.  Fails where the entry makes no sense, with
 * the sentence as above.
 */
int commitgraph_parents(struct commitgraph *graph, uint32_t place,
			const struct commitgraph_commit *commit,
			const uint32_t **parents, struct error *err);

/* How many commits there are: places are below that. */
uint32_t commitgraph_count(const struct commitgraph *graph);

/* It may not be asked for long: its pages are given back until it is. */
void commitgraph_rest(const struct commitgraph *graph);

/* The same sentence for what the caller found: "what", lower case. */
int commitgraph_wrong(const struct commitgraph *graph, const char *what,
		      struct error *err);

#endif
