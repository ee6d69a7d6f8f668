/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_SUSPECTS_H
#define ENGINE_SUSPECTS_H

/*
 * Which commits can still be the culprit, and which of them to test next:
 * the very commit that git bisect would choose, with its numbers.
 *
 * "bad" and "good" are meant as git means them: bad is the newer end.  (In a
 * search for the fixing commit the caller swaps them.)  Nothing here knows of
 * runs or verdicts.
 *
 * Source of the rules: git's bisect.c and limit_list in revision.c (2.39),
 * as described in `git help rev-list`, --bisect.
 */

#include <stdbool.h>

struct graph;
struct limited;

struct suspects_query {
	int bad;
	const int *goods;
	int good_count;
	const int *skips; /* anywhere in the graph; outside the range too */
	int skip_count;
	bool first_parent;
	/*
	 * Gives a commit its name, where the graph has commits without: equals
	 * are told by their names when something is skipped.  NULL: all have.
	 */
	void (*name)(void *data, int commit);
	void *data;
};

struct suspects {
	int *commits; /* in git's order: the one listed last comes first */
	int *weights; /* how many suspects each one reaches, itself included */
	int count;
	bool whole; /* as limit.h has it: the graph has all that it takes */
};

/*
 * The suspects of a query; suspects_free when done.  count is 0 when bad is
 * an ancestor of a good commit (with dates that lie git, and so this, may miss
 * that).
 */
struct suspects *suspects_find(const struct graph *graph,
			       const struct suspects_query *query);

/* The same for whoever walked already; its commits are taken. */
struct suspects *suspects_of(const struct graph *graph,
			     const struct limited *listed_taken,
			     bool first_parent);
struct suspects *suspects_copy(const struct suspects *suspects);
void suspects_free(struct suspects *suspects); /* NULL is fine */

enum midpoint_kind {
	MIDPOINT_NONE,	       /* there are no suspects */
	MIDPOINT_TEST,	       /* test commit */
	MIDPOINT_FOUND,	       /* commit is the first bad one */
	MIDPOINT_ONLY_SKIPPED, /* bad and skipped commits are all there is */
};

struct midpoint {
	enum midpoint_kind kind;
	int commit; /* -1 for MIDPOINT_NONE and MIDPOINT_ONLY_SKIPPED */
	int all;    /* suspects */
	/*
	 * How many suspects git's best candidate reaches.  With skips that
	 * may be another commit than the one chosen, as in git.
	 */
	int reaches;
	int left;  /* git's "N revisions left to test after this" */
	int steps; /* git's "roughly N steps" */
};

/* What `git bisect next` would test among these suspects. */
struct midpoint suspects_midpoint(const struct graph *graph,
				  const struct suspects_query *query,
				  const struct suspects *suspects);

/* git's estimate for that many suspects (estimate_bisect_steps). */
int suspects_steps(int all);

#endif
