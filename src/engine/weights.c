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

/*
 * A chain's position that some commit was the first of its own chain to
 * reach.
 */
struct reached {
	int by; /* that commit's index in members */
	int position;
};

/* All that is asked of a chain at once lies side by side. */
struct chain {
	int start;  /* in members: its lowest commit is there */
	int length; /* positions are 1..length */
	int fork;   /* place of the first parent of its lowest, or -1 */
	int merges; /* where its own begin */
	/* how far it is reached by the commit at work, of the chain `seen` */
	int now;
	int seen;
	/* by what it is reached; ascending in `by` */
	struct reached *reached;
	int reached_count, reached_room;
	int last_by; /* of the last one; -1: there is none */
};

/* Where a commit is. */
struct spot {
	int chain; /* -1: in none yet */
	int index; /* in members */
};

/* A commit with further parents; these are from `others` to the next one's. */
struct merge {
	int index;
	int others;
};

struct clocks {
	const struct local *local;
	int *members;	      /* places, chain by chain, each from the bottom */
	struct spot *spots;   /* by place */
	struct chain *chains; /* one more than there are, for where they end */
	size_t chain_count, chain_room;
	struct merge *merges; /* ascending; one more, for where they end */
	size_t merge_count, merge_room;
	struct spot *others; /* further parents of merges, in their order */
	size_t other_count, other_room;
	struct spot *stack; /* commits whose reach is to be added */
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
	struct chain chain = {
		.start = *filled, .fork = -1, .seen = -1, .last_by = -1
	};
	int at = top;

	for (; at >= 0 && clocks->spots[at].chain < 0;
	     at = next_in_chain(local, at)) {
		clocks->members[*filled] = at;
		clocks->spots[at].index = *filled;
		clocks->spots[at].chain = (int)clocks->chain_count;
		(*filled)++;
		chain.length++;
	}
	/* itself: in a circle, which only a damaged file could hold */
	if (at >= 0 && clocks->spots[at].chain != (int)clocks->chain_count)
		chain.fork = at;
	for (int i = 0; i < chain.length; i++) {
		int *low = &clocks->members[chain.start + i];
		int *high = &clocks->members[*filled - 1 - i];

		if (low < high) {
			int other = *low;

			*low = *high;
			*high = other;
		}
		clocks->spots[*low].index = chain.start + i;
	}
	array_grow(clocks->chains, clocks->chain_count + 2,
		   &clocks->chain_room);
	clocks->chains[clocks->chain_count++] = chain;
}

static void add_merge(struct clocks *clocks, int index)
{
	array_grow(clocks->merges, clocks->merge_count + 1,
		   &clocks->merge_room);
	clocks->merges[clocks->merge_count++] =
		(struct merge){ index, (int)clocks->other_count };
}

static void list_merges(struct clocks *clocks)
{
	const struct local *local = clocks->local;

	for (size_t c = 0; c < clocks->chain_count; c++) {
		struct chain *chain = &clocks->chains[c];

		chain->merges = (int)clocks->merge_count;
		for (int i = 0; i < chain->length; i++) {
			int at = clocks->members[chain->start + i];
			int n = local->first[at + 1] - local->first[at] - 1;

			if (n < 1)
				continue;
			add_merge(clocks, chain->start + i);
			array_grow(clocks->others,
				   clocks->other_count + (size_t)n,
				   &clocks->other_room);
			for (int k = local->first[at] + 1;
			     k < local->first[at + 1]; k++)
				clocks->others[clocks->other_count++] =
					clocks->spots[local->parents[k]];
		}
	}
	clocks->chains[clocks->chain_count] =
		(struct chain){ .start = local->count,
				.fork = -1,
				.merges = (int)clocks->merge_count };
	add_merge(clocks, local->count);
	clocks->merge_count--;
}

static void cut_chains(struct clocks *clocks)
{
	int count = clocks->local->count, filled = 0;

	memset(clocks->spots, -1, (size_t)count * sizeof(*clocks->spots));
	array_grow(clocks->chains, 1, &clocks->chain_room);
	for (int i = count; i-- > 0;)
		if (clocks->spots[i].chain < 0)
			cut_chain(clocks, i, &filled);
	list_merges(clocks);
}

/*
 * How far the commit at a place reaches up a chain.  Either a commit of its
 * own chain, up to it, was the last to raise that, or nobody was there, and it
 * is as at the fork.
 */
static int position_from(struct clocks *clocks, int at, int number)
{
	const struct chain *chain = &clocks->chains[number];

	while (at >= 0) {
		struct spot spot = clocks->spots[at];
		const struct chain *own = &clocks->chains[spot.chain];
		int low = 0, high = chain->reached_count;

		clocks->steps++;
		if (spot.chain == number)
			return spot.index - own->start + 1;
		while (low < high) {
			int middle = low + (high - low) / 2;

			if (chain->reached[middle].by <= spot.index)
				low = middle + 1;
			else
				high = middle;
		}
		if (low > 0 && chain->reached[low - 1].by >= own->start)
			return chain->reached[low - 1].position;
		at = own->fork;
	}
	return 0;
}

static void push(struct clocks *clocks, struct spot spot)
{
	array_grow(clocks->stack, clocks->depth + 1, &clocks->stack_room);
	clocks->stack[clocks->depth++] = spot;
}

static void push_others(struct clocks *clocks, int merge)
{
	const struct merge *of = &clocks->merges[merge];

	for (int k = of[0].others; k < of[1].others; k++)
		push(clocks, clocks->others[k]);
}

/* The further parents of the merges at positions (low, high] of a chain. */
static void push_parents(struct clocks *clocks, const struct chain *chain,
			 int low, int high)
{
	int from = chain->merges, to = chain[1].merges;
	int after = chain->start + low, last = chain->start + high;

	while (from < to) {
		int middle = from + (to - from) / 2;

		if (clocks->merges[middle].index < after)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < chain[1].merges && clocks->merges[from].index < last;
	     from++) {
		push_others(clocks, from);
		clocks->steps++;
	}
}

static void note(struct chain *chain, int by, int position)
{
	int count = chain->reached_count;

	if (chain->last_by == by) {
		chain->reached[count - 1].position = position;
		return;
	}
	if (count == chain->reached_room) {
		chain->reached_room = count ? count + count / 2 + 1 : 2;
		chain->reached = xreallocarray(chain->reached,
					       (size_t)chain->reached_room,
					       sizeof(*chain->reached));
	}
	chain->reached[count] = (struct reached){ by, position };
	chain->reached_count = count + 1;
	chain->last_by = by;
}

/*
 * Let the commit at `by` in members, of the chain `own`, reach what is on the
 * stack, and all that reaches.  Returns how many commits it had not reached.
 */
static int join(struct clocks *clocks, int own, int by)
{
	int gained = 0;

	while (clocks->depth > 0 && clocks->steps <= clocks->most) {
		struct spot spot = clocks->stack[--clocks->depth];
		struct chain *chain = &clocks->chains[spot.chain];
		int to = spot.index - chain->start + 1, from;

		clocks->steps++;
		if (spot.chain == own)
			continue; /* lower, or there would be a circle */
		if (chain->seen != own) {
			chain->seen = own;
			chain->now = position_from(
				clocks, clocks->chains[own].fork, spot.chain);
		}
		from = chain->now;
		if (to <= from)
			continue;
		gained += to - from;
		chain->now = to;
		note(chain, by, to);
		push_parents(clocks, chain, from, to);
		if (from == 0 && chain->fork >= 0)
			push(clocks, clocks->spots[chain->fork]);
	}
	return gained;
}

/* Chains come after the one that they fork from. */
static void run(struct clocks *clocks, int *weights)
{
	for (int c = 0; c < (int)clocks->chain_count; c++) {
		const struct chain *chain = &clocks->chains[c];
		int weight = chain->fork < 0 ? 0 : weights[chain->fork];
		int merge = chain->merges;

		for (int i = chain->start; i < chain->start + chain->length;
		     i++) {
			weight++;
			if (clocks->merges[merge].index == i) {
				push_others(clocks, merge++);
				weight += join(clocks, c, i);
			}
			weights[clocks->members[i]] = weight;
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
				 .spots = xmalloc(((size_t)local->count + 1) *
						  sizeof(*clocks.spots)),
				 .most = most };

	cut_chains(&clocks);
	run(&clocks, weights);
	for (size_t c = 0; c < clocks.chain_count; c++)
		free(clocks.chains[c].reached);
	free(clocks.stack);
	free(clocks.merges);
	free(clocks.others);
	free(clocks.chains);
	free(clocks.spots);
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
