/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_RANGE_H
#define REPO_RANGE_H

/*
 * Reads the commits that matter for a bisection into a graph.
 *
 * What is loaded: every commit that git's own walk of `bad ^good...` touches
 * (limit_list in git's revision.c: by committer date, newest first, with its
 * five commits of slop), along first parents too, so that the engine's walk
 * over the graph sees just what git would see (limited.whole in limit.h: the
 * walk of wider ends may need more); and, where a good commit is not an ancestor of bad,
 * everything from their merge bases up to it, so that ancestry and merge
 * bases of the ends can be told from the graph alone.
 *
 * All that was walked over is expanded.  The parents of the outermost ones
 * are in the graph with their dates, but not expanded.
 */

#include <stddef.h>

struct commit_record;
struct error;
struct graph;
struct oid;
struct repo;

/*
 * Adds to graph; what is expanded there already is not read again.  The ends
 * themselves are always expanded.  Without goods all of bad's history is
 * loaded.  After a failure graph may hold a part.
 *
 * Parents and dates come from git's commit-graph where it has them
 * (commitgraph.h), else from the objects: with the same result.  One that
 * makes no sense is left alone from then on, and range_remark says so; only
 * where graph was not empty this fails, and is to be begun anew.
 */
int range_load(struct repo *repo, const struct oid *bad,
	       const struct oid *goods, size_t good_count, struct graph *graph,
	       struct error *err);

/*
 * A sentence for the person, or NULL: why the commit-graph that is there is
 * not used.  Borrowed from repo, until it is closed.
 */
const char *range_remark(const struct repo *repo);

/*
 * For each commit of the graph from number `first` on, those that are not
 * expanded too: read subject, author and date, and hand them to `take` in
 * graph order.  The record is valid during the call.  Stops when take returns
 * non-zero, and returns that.  Fails where the graph is not what the objects
 * say; if there is a range_remark then that was not there before, the graph
 * can be loaded again, without what misled it.
 *
 * The subject is the message's first paragraph on one line, as in git; it
 * and the author are cut at 1000 bytes.
 */
int range_describe(struct repo *repo, const struct graph *graph, int first,
		   int (*take)(void *data, const struct commit_record *record),
		   void *data, struct error *err);

#endif
