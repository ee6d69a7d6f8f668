/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_LISTING_H
#define REPO_LISTING_H

/*
 * What git lists for `bad ^good...`, read from a repository for one question:
 * which of these is the midpoint.  Nothing is loaded that this does not need
 * (range.h loads what a session does), and commits get names only when they
 * are asked for: most never are.
 */

#include <stdbool.h>
#include <stddef.h>

#include "engine/limit.h"

struct commits;
struct error;
struct graph;
struct oid;
struct repo;

struct listing_query {
	struct oid *bad;
	struct oid *goods, *skips;
	size_t good_count, skip_count;
	bool first_parent;
};

struct listing {
	struct graph *graph;
	int bad;
	int *goods, *skips;    /* as many as were asked for */
	struct limited listed; /* its commits may be taken */
	struct commits *reader;
};

/*
 * A commit-graph that makes no sense is not used, and range_remark says so, as
 * for range_load.  On success listing_release when done.
 */
int listing_load(struct listing *listing, struct repo *repo,
		 const struct listing_query *query, struct error *err);
void listing_release(struct listing *listing);

/* So that graph_oid may be asked for a commit. */
void listing_name(struct listing *listing, int commit);

#endif
