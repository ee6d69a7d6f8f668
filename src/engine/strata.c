/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/strata.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/limit.h"
#include "engine/suspects.h"

/* A verdict that counts, and what it did. */
struct decision {
	int commit;
	int step; /* position */
	int64_t seq;
};

struct decisions {
	struct decision *items;
	int count;
	size_t room;
};

struct search {
	struct engine *engine;
	const struct graph *graph;
	int total; /* commits of the graph */
	bool first_parent;
	struct decisions news, olds; /* verdicts, in the order given */
	struct decisions ends;	     /* what was the newer end, one by one */
	int *last_end;	/* by commit: the last of ends that has it, or -1 */
	int *first_old; /* by commit: the first of olds that has it, or -1 */
	int *weights;	/* by commit */
	unsigned char *flags;
};

enum {
	MEMBER = 1,	/* is in the line */
	LISTED = 2,	/* between the ends */
	UNDER_TEST = 4, /* the commit under test has it, or is it */
};

static void add_decision(struct decisions *list, struct decision decision)
{
	array_grow(list->items, (size_t)list->count + 1, &list->room);
	list->items[list->count++] = decision;
}

static int by_seq(const void *a, const void *b)
{
	const struct decision *x = a, *y = b;

	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void collect(struct search *search)
{
	struct engine *engine = search->engine;
	enum verdict newer = engine_is_fix(engine) ? VERDICT_GOOD : VERDICT_BAD;
	int count = engine_step_count(engine);

	for (int i = 0; i < count; i++) {
		const struct step *step = engine_step(engine, i);

		search->flags[step->commit] |= MEMBER;
		if (step->set_aside || step->verdict == VERDICT_NONE ||
		    step->verdict == VERDICT_SKIP)
			continue;
		add_decision(step->verdict == newer ? &search->news
						    : &search->olds,
			     (struct decision){ step->commit, step->position,
						step->given->seq });
	}
	if (search->news.count)
		qsort(search->news.items, (size_t)search->news.count,
		      sizeof(struct decision), by_seq);
	if (search->olds.count)
		qsort(search->olds.items, (size_t)search->olds.count,
		      sizeof(struct decision), by_seq);
}

/*
 * Which of the commits have which others below them: lower[i * count + k], k
 * below i.  The caller frees.
 */
static bool *compare(const struct search *search, const struct decisions *list)
{
	size_t count = (size_t)list->count;
	unsigned char *below = xmalloc((size_t)search->total + 1);
	bool *lower = xcalloc(count * count + 1, sizeof(bool));

	for (size_t i = 0; i < count; i++) {
		memset(below, 0, (size_t)search->total);
		graph_mark_ancestors(search->graph, &list->items[i].commit, 1,
				     below, 1);
		for (size_t k = 0; k < count; k++)
			lower[i * count + k] =
				k != i && below[list->items[k].commit];
	}
	free(below);
	return lower;
}

/* Has the i-th of them none of the first `count` below it? */
static bool is_lowest(const struct decisions *list, const bool *lower, int i,
		      int count)
{
	for (int k = 0; k < count; k++)
		if (lower[i * list->count + k])
			return false;
	return true;
}

/*
 * The newer end after each verdict, by the rule of settle.c: of those with no
 * other one below them, the one given last.
 */
static void follow_end(struct search *search)
{
	const struct decisions *news = &search->news;
	bool *lower = compare(search, news);

	for (int i = 0; i < news->count; i++) {
		const struct decisions *ends = &search->ends;
		int end = i;

		while (!is_lowest(news, lower, end, i + 1))
			end--;
		if (ends->count && ends->items[ends->count - 1].commit ==
					   news->items[end].commit)
			continue;
		add_decision(&search->ends,
			     (struct decision){ news->items[end].commit,
						news->items[i].step, 0 });
	}
	free(lower);
}

/* value for the commit and all its ancestors that have none yet. */
static void spread(const struct search *search, int *values, int commit,
		   int value)
{
	int *stack = NULL;
	size_t count = 0, room = 0;

	if (values[commit] >= 0)
		return;
	array_grow(stack, 1, &room);
	stack[count++] = commit;
	values[commit] = value;
	while (count > 0) {
		const int *parents;
		int n = graph_parents(search->graph, stack[--count], &parents);

		array_grow(stack, count + (size_t)n, &room);
		for (int i = 0; i < n; i++) {
			if (values[parents[i]] >= 0)
				continue;
			values[parents[i]] = value;
			stack[count++] = parents[i];
		}
	}
	free(stack);
}

static void attribute(struct search *search)
{
	for (int i = search->ends.count; i-- > 0;)
		spread(search, search->last_end, search->ends.items[i].commit,
		       i);
	for (int i = 0; i < search->olds.count; i++)
		spread(search, search->first_old, search->olds.items[i].commit,
		       i);
}

/* The older ends that have no other one below them: where the range began. */
static int *lowest_olds(const struct search *search, int *count)
{
	const struct decisions *olds = &search->olds;
	bool *lower = compare(search, olds);
	int *lowest = xmalloc(((size_t)olds->count + 1) * sizeof(int));

	*count = 0;
	for (int i = 0; i < olds->count; i++)
		if (is_lowest(olds, lower, i, olds->count))
			lowest[(*count)++] = olds->items[i].commit;
	free(lower);
	return lowest;
}

/* What git lists between the ends as they were when the range was widest. */
static void find_members(struct search *search)
{
	struct limit_query query = { .first_parent = search->first_parent };
	int *lowest = lowest_olds(search, &query.good_count);

	query.goods = lowest;
	for (int i = 0; i < search->ends.count; i++) {
		struct limited members = { .commits = NULL };

		query.bad = search->ends.items[i].commit;
		if (search->flags[query.bad] & LISTED)
			continue;
		limit_walk(search->graph, &query, &members, NULL);
		for (int k = 0; k < members.count; k++)
			if (graph_is_expanded(search->graph,
					      members.commits[k]))
				search->flags[members.commits[k]] |=
					MEMBER | LISTED;
		free(members.commits);
	}
	free(lowest);
}

static void find_suspects(struct search *search, struct strata *strata)
{
	const struct plan *plan = engine_plan(search->engine);
	struct suspects *suspects = engine_suspects(search->engine);

	strata->suspects = suspects ? suspects->count : 0;
	for (int i = 0; i < strata->suspects; i++) {
		search->weights[suspects->commits[i]] = suspects->weights[i];
		search->flags[suspects->commits[i]] |= MEMBER;
	}
	suspects_free(suspects);
	if (plan->state != PLAN_TEST)
		return;
	search->flags[plan->commit] |= MEMBER;
	graph_mark_ancestors(search->graph, &plan->commit, 1, search->flags,
			     UNDER_TEST);
}

/*
 * Which stratum a commit belongs to, as a number in the order of the line;
 * what it is like goes to *out.
 */
static int classify(const struct search *search, int commit,
		    struct stratum *out)
{
	int end = search->last_end[commit], old = search->first_old[commit];

	*out = (struct stratum){ STRATUM_SUSPECT, 0, 0, 0 };
	if (search->weights[commit] > 0 ||
	    (end >= 0 && end == search->ends.count - 1 && !search->olds.count))
		return search->ends.count +
		       !!(search->flags[commit] & UNDER_TEST);
	if (old >= 0) {
		out->kind = STRATUM_OLDER;
		out->step = search->olds.items[old].step;
		return search->ends.count + 1 + search->olds.count - old;
	}
	if (end >= 0 && end + 1 < search->ends.count) {
		out->kind = STRATUM_NEWER;
		out->step = search->ends.items[end + 1].step;
		return end + 1;
	}
	out->kind = STRATUM_BESIDE;
	return 0;
}

/* The members into strata, in any order inside of them. */
static void sort_in(const struct search *search, struct strata *strata)
{
	int kinds = search->ends.count + search->olds.count + 2;
	struct stratum *all = xcalloc((size_t)kinds, sizeof(*all)), one;
	int *number = xcalloc((size_t)kinds, sizeof(int));

	for (int c = 0; c < search->total; c++) {
		if (!(search->flags[c] & MEMBER))
			continue;
		kinds = classify(search, c, &one);
		one.count = all[kinds].count + 1;
		all[kinds] = one;
		strata->count++;
	}
	kinds = search->ends.count + search->olds.count + 2;
	strata->items = xcalloc((size_t)kinds, sizeof(*strata->items));
	for (int i = 0, first = 0; i < kinds; i++) {
		if (!all[i].count)
			continue;
		all[i].first = first;
		first += all[i].count;
		number[i] = strata->item_count;
		strata->items[strata->item_count] = all[i];
		strata->items[strata->item_count++].count = 0;
	}
	strata->commits = xcalloc((size_t)strata->count + 1, sizeof(int));
	strata->stratum = xcalloc((size_t)strata->count + 1, sizeof(int));
	for (int c = 0; c < search->total; c++) {
		struct stratum *item;
		int place;

		if (!(search->flags[c] & MEMBER))
			continue;
		place = number[classify(search, c, &one)];
		item = &strata->items[place];
		strata->place[c] = item->first + item->count++;
		strata->commits[strata->place[c]] = c;
		strata->stratum[strata->place[c]] = place;
	}
	free(number);
	free(all);
}

/* Older ones first: they are taken from the end. */
static int by_date(const void *a, const void *b, void *data)
{
	const struct graph *graph = data;
	int x = *(const int *)a, y = *(const int *)b;
	int64_t date = graph_date(graph, x), other = graph_date(graph, y);

	if (date != other)
		return date < other ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* children[c] += by, for the parents of the commit in its own stratum. */
static void count_children(const struct strata *strata,
			   const struct graph *graph, int place, int *children)
{
	const int *parents;
	int n = graph_parents(graph, strata->commits[place], &parents);

	for (int i = 0; i < n; i++) {
		int other = strata->place[parents[i]];

		if (other >= 0 &&
		    strata->stratum[other] == strata->stratum[place])
			children[parents[i]]++;
	}
}

/* git's sort_in_topological_order, in graph order, for one stratum. */
static void sort_stratum(struct strata *strata, const struct graph *graph,
			 const struct stratum *item, int *children)
{
	int *stack = xmalloc((size_t)item->count * sizeof(int));
	int depth = 0, done = item->first;

	for (int i = 0; i < item->count; i++)
		if (!children[strata->commits[item->first + i]])
			stack[depth++] = strata->commits[item->first + i];
	qsort_r(stack, (size_t)depth, sizeof(int), by_date,
		(void *)(uintptr_t)graph);
	while (depth > 0) {
		int commit = stack[--depth], n;
		const int *parents;

		strata->commits[done++] = commit;
		n = graph_parents(graph, commit, &parents);
		for (int i = 0; i < n; i++) {
			int other = strata->place[parents[i]];

			if (other < item->first ||
			    other >= item->first + item->count ||
			    --children[parents[i]])
				continue;
			stack[depth++] = parents[i];
		}
	}
	free(stack);
}

static void sort_all(struct strata *strata, const struct graph *graph)
{
	int *children = xcalloc((size_t)strata->place_count + 1, sizeof(int));

	for (int i = 0; i < strata->count; i++)
		count_children(strata, graph, i, children);
	for (int i = 0; i < strata->item_count; i++)
		sort_stratum(strata, graph, &strata->items[i], children);
	for (int i = 0; i < strata->count; i++)
		strata->place[strata->commits[i]] = i;
	free(children);
}

static void search_init(struct search *search, struct engine *engine,
			const struct graph *graph)
{
	const struct event *start = engine_start_event(engine);
	size_t total = (size_t)graph_count(graph);

	memset(search, 0, sizeof(*search));
	search->engine = engine;
	search->graph = graph;
	search->total = (int)total;
	search->first_parent = start && start->first_parent;
	search->last_end = xmalloc((total + 1) * sizeof(int));
	search->first_old = xmalloc((total + 1) * sizeof(int));
	memset(search->last_end, -1, total * sizeof(int));
	memset(search->first_old, -1, total * sizeof(int));
	search->weights = xcalloc(total + 1, sizeof(int));
	search->flags = xcalloc(total + 1, 1);
}

static void search_release(struct search *search)
{
	free(search->news.items);
	free(search->olds.items);
	free(search->ends.items);
	free(search->last_end);
	free(search->first_old);
	free(search->weights);
	free(search->flags);
}

void strata_find(struct strata *strata, struct engine *engine,
		 const struct graph *graph)
{
	struct search search;

	memset(strata, 0, sizeof(*strata));
	search_init(&search, engine, graph);
	strata->place_count = search.total;
	strata->place = xmalloc(((size_t)search.total + 1) * sizeof(int));
	memset(strata->place, -1, (size_t)search.total * sizeof(int));
	find_suspects(&search, strata);
	collect(&search);
	follow_end(&search);
	attribute(&search);
	find_members(&search);
	sort_in(&search, strata);
	sort_all(strata, graph);
	strata->weights = xcalloc((size_t)strata->count + 1, sizeof(int));
	for (int i = 0; i < strata->count; i++)
		strata->weights[i] = search.weights[strata->commits[i]];
	search_release(&search);
}

void strata_release(struct strata *strata)
{
	free(strata->commits);
	free(strata->stratum);
	free(strata->weights);
	free(strata->place);
	free(strata->items);
	memset(strata, 0, sizeof(*strata));
}

int strata_place(const struct strata *strata, int commit)
{
	return commit < 0 || commit >= strata->place_count
		       ? -1
		       : strata->place[commit];
}
