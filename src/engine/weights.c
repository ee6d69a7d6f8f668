/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/weights.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "engine/graph.h"

/*
 * The set as a graph of its own: places in the list instead of the graph's
 * numbers, parents outside left out.
 */
struct local {
	int count;
	int *first;   /* count + 1 of them, into parents */
	int *parents; /* places */
};

static struct local local_make(const struct graph *graph, const int *commits,
			       int count, bool first_parent)
{
	struct local local = { .count = count };
	int *place = xmalloc(((size_t)graph_count(graph) + 1) * sizeof(int));
	size_t edges = 0, room = 0;

	memset(place, -1, (size_t)graph_count(graph) * sizeof(int));
	for (int i = 0; i < count; i++)
		place[commits[i]] = i;
	local.first = xcalloc((size_t)count + 1, sizeof(int));
	for (int i = 0; i < count; i++) {
		const int *parents;
		int n = graph_parents(graph, commits[i], &parents);

		local.first[i] = (int)edges;
		if (first_parent && n > 1)
			n = 1;
		array_grow(local.parents, edges + (size_t)n, &room);
		for (int k = 0; k < n; k++)
			if (place[parents[k]] >= 0)
				local.parents[edges++] = place[parents[k]];
	}
	local.first[count] = (int)edges;
	free(place);
	return local;
}

static void local_release(struct local *local)
{
	free(local->first);
	free(local->parents);
}

/* The matrix. */

/*
 * Places, parents before children.  Depth first, so that dates that lie
 * cannot put a child before a parent.
 */
static int *sort(const struct local *local)
{
	size_t bytes = ((size_t)local->count + 1) * sizeof(int);
	unsigned char *seen = xcalloc((size_t)local->count + 1, 1);
	int *next = xmalloc(bytes), *stack = xmalloc(bytes);
	int *order = xmalloc(bytes), done = 0;

	memcpy(next, local->first, bytes);
	for (int i = 0; i < local->count; i++) {
		int depth = 0;

		if (seen[i])
			continue;
		seen[i] = 1;
		stack[depth++] = i;
		while (depth > 0) {
			int at = stack[depth - 1];

			if (next[at] == local->first[at + 1]) {
				order[done++] = at;
				depth--;
				continue;
			}
			at = local->parents[next[at]++];
			if (seen[at])
				continue;
			seen[at] = 1;
			stack[depth++] = at;
		}
	}
	free(stack);
	free(next);
	free(seen);
	return order;
}

#define WORDS 8
#define BLOCK (WORDS * 64) /* commits at a time */

struct mask {
	uint64_t words[WORDS];
};

static struct mask union_of_parents(const struct local *local, int at,
				    const struct mask *masks)
{
	struct mask mask = { { 0 } };

	for (int k = local->first[at]; k < local->first[at + 1]; k++)
		for (int w = 0; w < WORDS; w++)
			mask.words[w] |= masks[local->parents[k]].words[w];
	return mask;
}

static void weigh_by_matrix(const struct local *local, int *weights)
{
	struct mask *masks = xcalloc((size_t)local->count + 1, sizeof(*masks));
	int *order = sort(local);

	memset(weights, 0, (size_t)local->count * sizeof(*weights));
	for (int base = 0; base < local->count; base += BLOCK) {
		for (int i = base; i < local->count; i++) {
			int at = order[i];
			struct mask mask = union_of_parents(local, at, masks);

			if (i < base + BLOCK)
				mask.words[(i - base) / 64] |=
					UINT64_C(1) << (i - base) % 64;
			for (int w = 0; w < WORDS; w++)
				weights[at] +=
					__builtin_popcountll(mask.words[w]);
			masks[at] = mask;
		}
		for (int i = base; i < base + BLOCK && i < local->count; i++)
			memset(&masks[order[i]], 0, sizeof(*masks));
	}
	free(order);
	free(masks);
}

/* The clocks. */

struct chain {
	int start;  /* in members: its lowest commit is there */
	int length; /* positions are 1..length */
	int fork;   /* place of the first parent of its lowest, or -1 */
	int merges; /* where its own begin */
};

/*
 * A chain's position that some commit was the first of its own chain to
 * reach.
 */
struct reached {
	int by; /* that commit's index in members */
	int position;
};

/* Of one chain, by what is reached it; ascending in `by`. */
struct reachers {
	struct reached *items;
	int count;
	int room;
};

struct clocks {
	const struct local *local;
	int *members; /* places, chain by chain, each from the bottom */
	int *index;   /* by place: where in members; -1: in no chain yet */
	int *chain;   /* by place */
	struct chain *chains; /* one more than there are, for where they end */
	size_t chain_count, chain_room;
	int *merges; /* places of those with further parents, as in members */
	size_t merge_count, merge_room;
	struct reachers *reachers; /* by chain */
	/* of the commit that is at work, where `seen` has its chain's number */
	int *now;
	int *seen;
	int *stack; /* commits whose reach is to be added */
	size_t depth, stack_room;
	uint64_t steps, most;
};

/* The parent that a chain goes on with comes first. */
static int next_in_chain(const struct local *local, int at)
{
	return local->first[at] < local->first[at + 1]
		       ? local->parents[local->first[at]]
		       : -1;
}

/* One chain, from its top down to a commit that is in one. */
static void cut_chain(struct clocks *clocks, int top, int *filled)
{
	const struct local *local = clocks->local;
	struct chain chain = { *filled, 0, -1, 0 };
	int at = top;

	for (; at >= 0 && clocks->index[at] < 0;
	     at = next_in_chain(local, at)) {
		clocks->members[*filled] = at;
		clocks->index[at] = *filled;
		clocks->chain[at] = (int)clocks->chain_count;
		(*filled)++;
		chain.length++;
	}
	/* itself: in a circle, which only a damaged file could hold */
	if (at >= 0 && clocks->chain[at] != (int)clocks->chain_count)
		chain.fork = at;
	for (int i = 0; i < chain.length; i++) {
		int *low = &clocks->members[chain.start + i];
		int *high = &clocks->members[*filled - 1 - i];

		if (low < high) {
			int other = *low;

			*low = *high;
			*high = other;
		}
		clocks->index[*low] = chain.start + i;
	}
	array_grow(clocks->chains, clocks->chain_count + 2,
		   &clocks->chain_room);
	clocks->chains[clocks->chain_count++] = chain;
}

static void list_merges(struct clocks *clocks)
{
	const struct local *local = clocks->local;

	for (size_t c = 0; c < clocks->chain_count; c++) {
		struct chain *chain = &clocks->chains[c];

		chain->merges = (int)clocks->merge_count;
		for (int i = 0; i < chain->length; i++) {
			int at = clocks->members[chain->start + i];

			if (local->first[at + 1] - local->first[at] < 2)
				continue;
			array_grow(clocks->merges, clocks->merge_count + 1,
				   &clocks->merge_room);
			clocks->merges[clocks->merge_count++] = at;
		}
	}
	clocks->chains[clocks->chain_count] =
		(struct chain){ local->count, 0, -1, (int)clocks->merge_count };
}

static void cut_chains(struct clocks *clocks)
{
	int count = clocks->local->count, filled = 0;

	memset(clocks->index, -1, (size_t)count * sizeof(int));
	array_grow(clocks->chains, 1, &clocks->chain_room);
	for (int i = count; i-- > 0;)
		if (clocks->index[i] < 0)
			cut_chain(clocks, i, &filled);
	list_merges(clocks);
}

/*
 * How far the commit at a place reaches up a chain.  Either a commit of its
 * own chain, up to it, was the last to raise that, or nobody was there, and it
 * is as at the fork.
 */
static int position_from(struct clocks *clocks, int at, int chain)
{
	const struct reachers *reachers = &clocks->reachers[chain];

	while (at >= 0) {
		const struct chain *own = &clocks->chains[clocks->chain[at]];
		int low = 0, high = reachers->count;

		clocks->steps++;
		if (clocks->chain[at] == chain)
			return clocks->index[at] - own->start + 1;
		while (low < high) {
			int middle = low + (high - low) / 2;

			if (reachers->items[middle].by <= clocks->index[at])
				low = middle + 1;
			else
				high = middle;
		}
		if (low > 0 && reachers->items[low - 1].by >= own->start)
			return reachers->items[low - 1].position;
		at = own->fork;
	}
	return 0;
}

static void push(struct clocks *clocks, int at)
{
	array_grow(clocks->stack, clocks->depth + 1, &clocks->stack_room);
	clocks->stack[clocks->depth++] = at;
}

/* The further parents of the merges at positions (low, high] of a chain. */
static void push_parents(struct clocks *clocks, const struct chain *chain,
			 int low, int high)
{
	const struct local *local = clocks->local;
	int from = chain->merges, to = chain[1].merges;
	int after = chain->start + low, last = chain->start + high;

	while (from < to) {
		int middle = from + (to - from) / 2;

		if (clocks->index[clocks->merges[middle]] < after)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < chain[1].merges; from++) {
		int at = clocks->merges[from];

		if (clocks->index[at] >= last)
			break;
		for (int k = local->first[at] + 1; k < local->first[at + 1];
		     k++)
			push(clocks, local->parents[k]);
		clocks->steps++;
	}
}

static void note(struct clocks *clocks, int chain, int by, int position)
{
	struct reachers *list = &clocks->reachers[chain];

	if (list->count && list->items[list->count - 1].by == by) {
		list->items[list->count - 1].position = position;
		return;
	}
	if (list->count == list->room) {
		list->room = list->room ? list->room + list->room / 2 + 1 : 2;
		list->items = xreallocarray(list->items, (size_t)list->room,
					    sizeof(*list->items));
	}
	list->items[list->count++] = (struct reached){ by, position };
}

/*
 * Let the commit at `by` in members, of the chain `own`, reach what is on the
 * stack, and all that reaches.  Returns how many commits it had not reached.
 */
static int join(struct clocks *clocks, int own, int by)
{
	int gained = 0;

	while (clocks->depth > 0 && clocks->steps <= clocks->most) {
		int at = clocks->stack[--clocks->depth];
		int other = clocks->chain[at];
		const struct chain *chain = &clocks->chains[other];
		int to = clocks->index[at] - chain->start + 1, from;

		clocks->steps++;
		if (other == own)
			continue; /* lower, or there would be a circle */
		if (clocks->seen[other] != own) {
			clocks->seen[other] = own;
			clocks->now[other] = position_from(
				clocks, clocks->chains[own].fork, other);
		}
		from = clocks->now[other];
		if (to <= from)
			continue;
		gained += to - from;
		clocks->now[other] = to;
		note(clocks, other, by, to);
		push_parents(clocks, chain, from, to);
		if (from == 0 && chain->fork >= 0)
			push(clocks, chain->fork);
	}
	return gained;
}

/* Chains come after the one that they fork from. */
static void run(struct clocks *clocks, int *weights)
{
	const struct local *local = clocks->local;

	for (int c = 0; c < (int)clocks->chain_count; c++) {
		const struct chain *chain = &clocks->chains[c];
		int weight = chain->fork < 0 ? 0 : weights[chain->fork];

		for (int i = chain->start; i < chain->start + chain->length;
		     i++) {
			int at = clocks->members[i];

			for (int k = local->first[at] + 1;
			     k < local->first[at + 1]; k++)
				push(clocks, local->parents[k]);
			weight += 1 + join(clocks, c, i);
			weights[at] = weight;
		}
		if (clocks->steps > clocks->most)
			return;
	}
}

/* What the matrix would take, in steps of the clocks, which are dearer. */
static uint64_t matrix_steps(const struct local *local)
{
	uint64_t each =
		(uint64_t)local->count + (uint64_t)local->first[local->count];

	return each * ((uint64_t)local->count / BLOCK + 1) / 8 + each;
}

/* false: it took too many steps, and weights is not filled. */
static bool weigh_by_clocks(const struct local *local, uint64_t most,
			    int *weights)
{
	size_t bytes = ((size_t)local->count + 1) * sizeof(int);
	struct clocks clocks = { .local = local,
				 .members = xmalloc(bytes),
				 .index = xmalloc(bytes),
				 .chain = xmalloc(bytes),
				 .most = most };

	cut_chains(&clocks);
	clocks.reachers =
		xcalloc(clocks.chain_count + 1, sizeof(*clocks.reachers));
	clocks.now = xcalloc(clocks.chain_count + 1, sizeof(int));
	clocks.seen = xmalloc((clocks.chain_count + 1) * sizeof(int));
	memset(clocks.seen, -1, (clocks.chain_count + 1) * sizeof(int));
	run(&clocks, weights);
	for (size_t c = 0; c < clocks.chain_count; c++)
		free(clocks.reachers[c].items);
	free(clocks.reachers);
	free(clocks.now);
	free(clocks.seen);
	free(clocks.stack);
	free(clocks.merges);
	free(clocks.chains);
	free(clocks.chain);
	free(clocks.index);
	free(clocks.members);
	return clocks.steps <= most;
}

void weights_find(const struct graph *graph, const int *commits, int count,
		  bool first_parent, enum weights_way way, int *weights)
{
	struct local local = local_make(graph, commits, count, first_parent);
	uint64_t most =
		way == WEIGHTS_CLOCKS ? UINT64_MAX : matrix_steps(&local);

	if (way == WEIGHTS_MATRIX || !weigh_by_clocks(&local, most, weights))
		weigh_by_matrix(&local, weights);
	local_release(&local);
}
