/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/suspects.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "engine/graph.h"
#include "engine/limit.h"
#include "engine/oid.h"
#include "engine/weights.h"

enum {
	SUSPECT = 1, /* is one */
	SKIPPED = 2, /* is marked so */
};

/* git turns its list round: the one listed last comes first. */
static void reverse(int *commits, int count)
{
	for (int i = 0; i < count / 2; i++) {
		int other = commits[i];

		commits[i] = commits[count - 1 - i];
		commits[count - 1 - i] = other;
	}
}

struct suspects *suspects_of(const struct graph *graph,
			     const struct limited *listed_taken,
			     bool first_parent)
{
	struct suspects *found = xcalloc(1, sizeof(*found));

	found->commits = listed_taken->commits;
	found->count = listed_taken->count;
	found->whole = listed_taken->whole;
	reverse(found->commits, found->count);
	found->weights = xcalloc((size_t)found->count, sizeof(int));
	weights_find(graph, found->commits, found->count, first_parent,
		     WEIGHTS_BEST, found->weights);
	return found;
}

struct suspects *suspects_find(const struct graph *graph,
			       const struct suspects_query *query)
{
	const struct limit_query limit = { .bad = query->bad,
					   .goods = query->goods,
					   .good_count = query->good_count,
					   .first_parent =
						   query->first_parent };
	struct limited listed;

	limit_walk(graph, &limit, &listed, NULL);
	return suspects_of(graph, &listed, query->first_parent);
}

struct suspects *suspects_copy(const struct suspects *suspects)
{
	struct suspects *copy = xcalloc(1, sizeof(*copy));
	size_t bytes = (size_t)suspects->count * sizeof(int);

	copy->count = suspects->count;
	copy->whole = suspects->whole;
	copy->commits = xmalloc(bytes + 1);
	copy->weights = xmalloc(bytes + 1);
	if (bytes) {
		memcpy(copy->commits, suspects->commits, bytes);
		memcpy(copy->weights, suspects->weights, bytes);
	}
	return copy;
}

void suspects_free(struct suspects *suspects)
{
	if (!suspects)
		return;
	free(suspects->commits);
	free(suspects->weights);
	free(suspects);
}

/*
 * The choice: git's do_find_bisection (bisect.c), whose early exits make the
 * order of looking part of the answer.
 */

static bool halfway(int weight, int all)
{
	int off = abs(2 * weight - all);

	return off <= 1 || off < all / 1024;
}

static int distance(int weight, int all)
{
	return weight < all - weight ? weight : all - weight;
}

/* Parents that are suspects too; the first only in first-parent mode. */
static int suspect_parents(const struct graph *graph,
			   const unsigned char *flags, int commit,
			   bool first_parent, int *one)
{
	const int *parents;
	int n = graph_parents(graph, commit, &parents), count = 0;

	if (first_parent && n > 1)
		n = 1;
	for (int i = 0; i < n; i++) {
		if (!(flags[parents[i]] & SUSPECT))
			continue;
		*one = parents[i];
		count++;
	}
	return count;
}

/*
 * The place in the list of the commit that git takes without skips: the
 * first merge that lies halfway, else the first other commit that does, else
 * the best.  A commit is looked at once its parent has been.
 */
static int choose(const struct graph *graph, const struct suspects *found,
		  const unsigned char *flags, bool first_parent)
{
	int all = found->count, best = -1, known = 0, best_distance = -1;
	unsigned char *done = xcalloc((size_t)graph_count(graph), 1);
	int *parent = xmalloc((size_t)all * sizeof(int));

	for (int i = 0; i < all && best < 0; i++) {
		int n = suspect_parents(graph, flags, found->commits[i],
					first_parent, &parent[i]);

		if (n == 1)
			continue;
		parent[i] = -1;
		done[found->commits[i]] = 1;
		known++;
		if (n > 1 && halfway(found->weights[i], all))
			best = i;
	}
	while (best < 0 && known < all) {
		int before = known;

		for (int i = 0; i < all && best < 0; i++) {
			if (done[found->commits[i]] || !done[parent[i]])
				continue;
			done[found->commits[i]] = 1;
			known++;
			if (halfway(found->weights[i], all))
				best = i;
		}
		if (known == before)
			break; /* cannot be in an acyclic graph */
	}
	for (int i = 0; best < 0 && i < all; i++)
		if (distance(found->weights[i], all) > best_distance)
			best_distance = distance(found->weights[i], all);
	for (int i = 0; best < 0 && i < all; i++)
		if (distance(found->weights[i], all) == best_distance)
			best = i;
	free(parent);
	free(done);
	return best;
}

/*
 * git's order as soon as anything is skipped: the best first, equal ones by
 * their ids.  Only one of it is ever asked for, so only its equals are sorted.
 */
struct ranking {
	const struct graph *graph;
	const struct suspects *found;
};

static int by_id(const void *a, const void *b, void *data)
{
	const struct ranking *ranking = data;
	int x = ranking->found->commits[*(const int *)a];
	int y = ranking->found->commits[*(const int *)b];

	return strcmp(graph_oid(ranking->graph, x)->hex,
		      graph_oid(ranking->graph, y)->hex);
}

static int distance_at(const struct suspects *found, int place)
{
	return distance(found->weights[place], found->count);
}

/* Which of the places would be at `index`, were they in order. */
static int ranked(const struct graph *graph, const struct suspects_query *query,
		  const struct suspects *found, const int *places, int count,
		  int index)
{
	struct ranking ranking = { graph, found };
	int *how_many = xcalloc((size_t)found->count + 1, sizeof(int));
	int wanted = found->count, equals = 0, place;
	int *equal;

	for (int i = 0; i < count; i++)
		how_many[distance_at(found, places[i])]++;
	while (index >= how_many[wanted])
		index -= how_many[wanted--];
	equal = xmalloc((size_t)how_many[wanted] * sizeof(int));
	for (int i = 0; i < count; i++)
		if (distance_at(found, places[i]) == wanted)
			equal[equals++] = places[i];
	for (int i = 0; i < equals && query->name; i++)
		query->name(query->data, found->commits[equal[i]]);
	qsort_r(equal, (size_t)equals, sizeof(int), by_id, &ranking);
	place = equal[index];
	free(equal);
	free(how_many);
	return place;
}

/* git's square root, by floats; its rounding is part of the choice. */
static int square_root(int value)
{
	float x = (float)value, d;

	if (value == 0)
		return 0;
	do {
		float y = (x + (float)value / x) / 2;

		d = y > x ? y - x : x - y;
		x = y;
	} while (d >= 0.5);
	return (int)x;
}

/*
 * Which of `count` commits that are not skipped to take when the best one
 * is: git's skip_away, pseudo-random but always the same.  Where git's int
 * overflows, ours wraps, as git's does on the machines it runs on; a negative
 * index means the first.
 */
static int skip_away(int count)
{
	uint32_t prn = (uint32_t)count * UINT32_C(1103515245) + 12345;
	int32_t product;

	prn = prn / 65536 % 32768;
	product = (int32_t)((uint32_t)count * prn) / 32768;
	return (int32_t)((uint32_t)product * (uint32_t)square_root((int)prn)) /
	       square_root(32768);
}

static void choose_with_skips(const struct graph *graph,
			      const struct suspects_query *query,
			      const struct suspects *found,
			      const unsigned char *flags, struct midpoint *mid)
{
	int *left = xmalloc((size_t)found->count * sizeof(int));
	int count = 0, index, best;

	for (int i = 0; i < found->count; i++)
		left[i] = i;
	best = ranked(graph, query, found, left, found->count, 0);
	mid->reaches = found->weights[best];
	mid->commit = found->commits[best];
	if (!(flags[mid->commit] & SKIPPED))
		goto out;
	for (int i = 0; i < found->count; i++)
		if (!(flags[found->commits[i]] & SKIPPED))
			left[count++] = i;
	mid->commit = -1;
	mid->kind = MIDPOINT_ONLY_SKIPPED;
	if (count == 0 || (count == 1 && found->commits[left[0]] == query->bad))
		goto out;
	index = skip_away(count);
	if (index < 0 || index >= count)
		index = 0;
	best = ranked(graph, query, found, left, count, index);
	if (found->commits[best] == query->bad)
		best = ranked(graph, query, found, left, count,
			      index > 0 ? index - 1 : 0);
	/* bad itself at the head: nothing but skipped commits before it */
	if (found->commits[best] == query->bad)
		goto out;
	mid->commit = found->commits[best];
	mid->kind = MIDPOINT_TEST;
out:
	free(left);
}

struct midpoint suspects_midpoint(const struct graph *graph,
				  const struct suspects_query *query,
				  const struct suspects *suspects)
{
	struct midpoint mid = { MIDPOINT_NONE, -1, suspects->count, 0, 0, 0 };
	unsigned char *flags;

	if (suspects->count == 0)
		return mid;
	flags = xcalloc((size_t)graph_count(graph), 1);
	for (int i = 0; i < suspects->count; i++)
		flags[suspects->commits[i]] |= SUSPECT;
	for (int i = 0; i < query->skip_count; i++)
		flags[query->skips[i]] |= SKIPPED;

	mid.kind = MIDPOINT_TEST;
	if (query->skip_count > 0) {
		choose_with_skips(graph, query, suspects, flags, &mid);
	} else {
		int best = choose(graph, suspects, flags, query->first_parent);

		mid.commit = suspects->commits[best];
		mid.reaches = suspects->weights[best];
	}
	if (mid.commit == query->bad)
		mid.kind = MIDPOINT_FOUND;
	mid.left = mid.all - mid.reaches - 1;
	mid.steps = suspects_steps(mid.all);
	free(flags);
	return mid;
}

int suspects_steps(int all)
{
	int n = 0, rest;

	if (all < 3)
		return 0;
	while (all >> (n + 1))
		n++;
	rest = all - (1 << n);
	return (1 << n) < 3 * rest ? n : n - 1;
}
