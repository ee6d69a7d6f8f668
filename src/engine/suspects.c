/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/suspects.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "engine/graph.h"
#include "engine/limit.h"
#include "engine/oid.h"

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

/*
 * The weights.  A local graph of the suspects only: place in the list instead
 * of the graph's number, parents outside left out.
 */
struct local {
	int count;
	int *first;   /* count + 1 of them, into parents */
	int *parents; /* places in the list */
	int *order;   /* places, parents before children */
};

static struct local local_make(const struct graph *graph,
			       const struct suspects *found, bool first_parent)
{
	struct local local = { .count = found->count };
	int *place = xmalloc((size_t)graph_count(graph) * sizeof(int));
	size_t edges = 0, room = 0;

	memset(place, -1, (size_t)graph_count(graph) * sizeof(int));
	for (int i = 0; i < found->count; i++)
		place[found->commits[i]] = i;
	local.first = xcalloc((size_t)found->count + 1, sizeof(int));
	for (int i = 0; i < found->count; i++) {
		const int *parents;
		int n = graph_parents(graph, found->commits[i], &parents);

		local.first[i] = (int)edges;
		if (first_parent && n > 1)
			n = 1;
		array_grow(local.parents, edges + (size_t)n, &room);
		for (int k = 0; k < n; k++)
			if (place[parents[k]] >= 0)
				local.parents[edges++] = place[parents[k]];
	}
	local.first[found->count] = (int)edges;
	free(place);
	return local;
}

/* Depth first, so that dates that lie cannot put a child before a parent. */
static void local_sort(struct local *local)
{
	unsigned char *state = xcalloc((size_t)local->count, 1);
	int *next = xmalloc((size_t)local->count * sizeof(int));
	int *stack = xmalloc((size_t)local->count * sizeof(int));
	int done = 0;

	local->order = xmalloc((size_t)local->count * sizeof(int));
	memcpy(next, local->first, (size_t)local->count * sizeof(int));
	for (int i = 0; i < local->count; i++) {
		int depth = 0;

		if (state[i])
			continue;
		state[i] = 1;
		stack[depth++] = i;
		while (depth > 0) {
			int at = stack[depth - 1];

			if (next[at] == local->first[at + 1]) {
				local->order[done++] = at;
				depth--;
				continue;
			}
			at = local->parents[next[at]++];
			if (state[at])
				continue;
			state[at] = 1;
			stack[depth++] = at;
		}
	}
	free(stack);
	free(next);
	free(state);
}

static void local_release(struct local *local)
{
	free(local->first);
	free(local->parents);
	free(local->order);
}

#define WORDS 8 /* 512 commits at a time */

struct mask {
	uint64_t words[WORDS];
};

/*
 * How many suspects each one reaches: for 512 of them at a time, in order,
 * a set of bits for each commit is the union of its parents' sets.
 */
static void weigh(const struct local *local, int *weights)
{
	struct mask *masks = xcalloc((size_t)local->count, sizeof(*masks));

	for (int base = 0; base < local->count; base += WORDS * 64) {
		for (int i = base; i < local->count; i++) {
			int at = local->order[i];
			struct mask mask = { { 0 } };

			for (int k = local->first[at]; k < local->first[at + 1];
			     k++)
				for (int w = 0; w < WORDS; w++)
					mask.words[w] |=
						masks[local->parents[k]]
							.words[w];
			if (i < base + WORDS * 64)
				mask.words[(i - base) / 64] |=
					UINT64_C(1) << (i - base) % 64;
			for (int w = 0; w < WORDS; w++)
				weights[at] +=
					__builtin_popcountll(mask.words[w]);
			masks[at] = mask;
		}
		for (int i = base; i < base + WORDS * 64 && i < local->count;
		     i++)
			memset(&masks[local->order[i]], 0, sizeof(*masks));
	}
	free(masks);
}

struct suspects *suspects_find(const struct graph *graph,
			       const struct suspects_query *query)
{
	struct suspects *found = xcalloc(1, sizeof(*found));
	const struct limit_query limit = { .bad = query->bad,
					   .goods = query->goods,
					   .good_count = query->good_count,
					   .first_parent =
						   query->first_parent };
	struct local local;

	limit_walk(graph, &limit, &found->commits, &found->count, NULL);
	reverse(found->commits, found->count);
	found->weights = xcalloc((size_t)found->count, sizeof(int));
	local = local_make(graph, found, query->first_parent);
	local_sort(&local);
	weigh(&local, found->weights);
	local_release(&local);
	return found;
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

struct ranked {
	int place;
	int distance;
	const char *hex;
};

static int better_first(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->distance != y->distance)
		return y->distance - x->distance;
	return strcmp(x->hex, y->hex);
}

/* All places, the best first: git's order as soon as anything is skipped. */
static struct ranked *rank(const struct graph *graph,
			   const struct suspects *found)
{
	struct ranked *ranked = xcalloc((size_t)found->count, sizeof(*ranked));

	for (int i = 0; i < found->count; i++)
		ranked[i] = (struct ranked){
			i, distance(found->weights[i], found->count),
			graph_oid(graph, found->commits[i])->hex
		};
	qsort(ranked, (size_t)found->count, sizeof(*ranked), better_first);
	return ranked;
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
	struct ranked *ranked = rank(graph, found);
	int *left = xmalloc((size_t)found->count * sizeof(int));
	int count = 0, index;

	mid->reaches = found->weights[ranked[0].place];
	mid->commit = found->commits[ranked[0].place];
	if (!(flags[mid->commit] & SKIPPED))
		goto out;
	for (int i = 0; i < found->count; i++)
		if (!(flags[found->commits[ranked[i].place]] & SKIPPED))
			left[count++] = found->commits[ranked[i].place];
	mid->commit = -1;
	mid->kind = MIDPOINT_ONLY_SKIPPED;
	if (count == 0 || (count == 1 && left[0] == query->bad))
		goto out;
	index = skip_away(count);
	if (index < 0 || index >= count)
		index = 0;
	if (left[index] == query->bad)
		index = index > 0 ? index - 1 : 0;
	mid->commit = left[index];
	mid->kind = MIDPOINT_TEST;
	/* bad itself at the head: nothing but skipped commits before it */
	if (mid->commit == query->bad) {
		mid->commit = -1;
		mid->kind = MIDPOINT_ONLY_SKIPPED;
	}
out:
	free(left);
	free(ranked);
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
