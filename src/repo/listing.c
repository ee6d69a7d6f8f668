/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/listing.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "engine/graph.h"
#include "engine/limit.h"
#include "engine/oid.h"
#include "repo/commits.h"
#include "repo/handle.h"

static int expand(void *data, int commit, struct error *err)
{
	return commits_expand(data, commit, err);
}

static int walk(struct listing *listing, const struct listing_query *query,
		struct error *err)
{
	const struct limit_query limit = {
		.bad = listing->bad,
		.goods = listing->goods,
		.good_count = (int)query->good_count,
		.first_parent = query->first_parent,
		.expand = expand,
		.data = listing->reader,
	};

	return limit_walk(listing->graph, &limit, &listing->listed, err);
}

/* Skips may be anywhere; one that was not walked over is known by name only. */
static void find_skips(struct listing *listing,
		       const struct listing_query *query)
{
	for (size_t i = 0; i < query->skip_count; i++) {
		int found = commits_known(listing->reader, &query->skips[i]);

		listing->skips[i] = found >= 0 ? found
					       : graph_add(listing->graph,
							   &query->skips[i], 0);
	}
}

static int load(struct listing *listing, struct repo *repo,
		const struct listing_query *query, struct error *err)
{
	*listing = (struct listing){
		.graph = graph_new(),
		.goods = xcalloc(query->good_count, sizeof(int)),
		.skips = xcalloc(query->skip_count, sizeof(int)),
	};
	commits_open(repo, listing->graph, &listing->reader);
	if (commits_find_end(listing->reader, query->bad, &listing->bad, err) <
	    0)
		goto failed;
	for (size_t i = 0; i < query->good_count; i++)
		if (commits_find_end(listing->reader, &query->goods[i],
				     &listing->goods[i], err) < 0)
			goto failed;
	if (walk(listing, query, err) < 0)
		goto failed;
	find_skips(listing, query);
	commits_rest(listing->reader);
	return 0;
failed:
	listing_release(listing);
	return -1;
}

/*
 * Each commit is read once here, for its parents and its date, so libgit2 need
 * not keep any: without a commit-graph that is another fifth of the time.
 */
static void keep_no_commits(void)
{
	git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_COMMIT,
			 (size_t)0);
}

int listing_load(struct listing *listing, struct repo *repo,
		 const struct listing_query *query, struct error *err)
{
	bool misled = repo->misled;
	int ret;

	keep_no_commits();
	ret = load(listing, repo, query, err);
	if (ret == 0 || misled || !repo->misled)
		return ret;
	return load(listing, repo, query, err);
}

void listing_release(struct listing *listing)
{
	commits_close(listing->reader);
	graph_free(listing->graph);
	free(listing->goods);
	free(listing->skips);
	free(listing->listed.commits);
	*listing = (struct listing){ .graph = NULL };
}

void listing_name(struct listing *listing, int commit)
{
	commits_name(listing->reader, commit);
}
