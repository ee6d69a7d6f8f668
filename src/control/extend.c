/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/extend.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/xalloc.h"
#include "engine/commit.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "repo/range.h"
#include "repo/repo.h"
#include "session/session.h"

struct taker {
	struct session *session;
	struct error *err;
};

static int put(void *data, const struct commit_record *record)
{
	struct taker *taker = data;

	return session_store_one(taker->session, record, taker->err);
}

static int store(struct session *session, struct repo *repo,
		 const struct graph *graph, struct error *err)
{
	struct taker taker = { session, err };
	int ret;

	if (session_store_begin(session, err) < 0)
		return -1;
	ret = range_describe(repo, graph, 0, put, &taker, err);
	return session_store_end(session, ret, err);
}

static int load_and_store(struct session *session, struct repo *repo,
			  const struct oid *bad, const struct oid *goods,
			  size_t good_count, struct error *err)
{
	struct graph *graph = graph_new();
	int ret = range_load(repo, bad, goods, good_count, graph, err);

	if (ret == 0)
		ret = store(session, repo, graph, err);
	graph_free(graph);
	return ret;
}

/* Texts are read last, and may show that the commit-graph was wrong. */
int extend_range(struct session *session, struct repo *repo,
		 const struct oid *bad, const struct oid *goods,
		 size_t good_count, struct error *err)
{
	const char *remark = range_remark(repo);
	int ret = load_and_store(session, repo, bad, goods, good_count, err);

	if (ret < 0 && !remark && range_remark(repo))
		ret = load_and_store(session, repo, bad, goods, good_count,
				     err);
	return ret;
}

int extend_names(struct session *session, struct repo *repo,
		 const struct oid *commits, size_t count, struct error *err)
{
	struct graph *graph = graph_new();
	int ret;

	for (size_t i = 0; i < count; i++)
		graph_add(graph, &commits[i], 0);
	ret = store(session, repo, graph, err);
	graph_free(graph);
	return ret;
}

int extend_for(struct session *session, struct repo *repo,
	       const struct oid *further, bool newer, struct error *err)
{
	const struct plan *plan = engine_plan(session_engine(session));
	const struct graph *graph = session_graph(session);
	struct oid *goods =
		xcalloc((size_t)plan->good_count + 1, sizeof(*goods));
	struct oid bad = { "" };
	size_t count = 0;
	int ret;

	for (int i = 0; i < plan->good_count; i++)
		goods[count++] = *graph_oid(graph, plan->goods[i]);
	if (plan->bad >= 0)
		bad = *graph_oid(graph, plan->bad);
	if (further && newer)
		bad = *further;
	else if (further)
		goods[count++] = *further;
	if (!oid_is_none(&bad) && count > 0)
		ret = extend_range(session, repo, &bad, goods, count, err);
	else
		ret = further ? extend_names(session, repo, further, 1, err)
			      : 0;
	free(goods);
	return ret;
}

static bool lacks_range(struct session *session)
{
	return engine_plan(session_engine(session))->state == PLAN_NEEDS_RANGE;
}

int extend_if_needed(struct session *session, struct repo *repo,
		     struct error *err)
{
	if (!lacks_range(session))
		return 0;
	if (extend_for(session, repo, NULL, false, err) < 0)
		return -1;
	if (lacks_range(session)) /* and would for ever */
		return error_set(err, ERROR_STATE,
				 "the commits between the ends cannot all be "
				 "read from '%s'",
				 repo_common_dir(repo));
	return 0;
}
