/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Both ways of weighing give what counting gives, whatever the history. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/graph.h"
#include "engine/weights.h"
#include "tests/unit/world.h"

#define SEEDS	600
#define MOST	1500
#define OCTOPUS 5

struct dice {
	uint64_t state;
};

static int roll(struct dice *dice, int sides)
{
	dice->state = dice->state * UINT64_C(6364136223846793005) +
		      UINT64_C(1442695040888963407);
	return (int)((dice->state >> 33) % (uint64_t)sides);
}

/* The i-th commit has parents among the `window` before it, mostly one. */
static void add_commit(struct graph *graph, struct dice *dice, int i,
		       int window, int merges)
{
	int parents[OCTOPUS], count = 0, low = i > window ? i - window : 0;
	char name[16];
	struct oid oid;

	snprintf(name, sizeof(name), "c%d", i);
	oid = world_oid(name);
	assert_int_equal(graph_add(graph, &oid, i), i);
	if (i > 0 && roll(dice, 200))
		parents[count++] = low + roll(dice, i - low);
	while (count > 0 && count < OCTOPUS && roll(dice, 100) < merges)
		parents[count++] = low + roll(dice, i - low);
	graph_expand(graph, i, parents, count);
}

static void take_numbers(const unsigned char *marks, int *commits, int *count,
			 int total)
{
	*count = 0;
	for (int c = 0; c < total; c++)
		if (marks[c] == 1)
			commits[(*count)++] = c;
}

/* What weights are, by definition. */
static int count_reached(const struct graph *graph,
			 const unsigned char *members, int commit)
{
	unsigned char *seen = calloc((size_t)graph_count(graph), 1);
	int count = 0;

	graph_mark_ancestors(graph, &commit, 1, seen, 1);
	for (int c = 0; c < graph_count(graph); c++)
		count += seen[c] && members[c] == 1;
	free(seen);
	return count;
}

/* A range of a random history: all below the tip and not below another. */
static void weigh_one(unsigned seed, int *merges)
{
	struct dice dice = { seed };
	int total = 2 + roll(&dice, seed % 20 ? 120 : MOST);
	int window = 1 + roll(&dice, seed % 3 ? 10 : 60), count;
	int chance = roll(&dice, 60), tip = total - 1,
	    good = roll(&dice, total);
	struct graph *graph = graph_new();
	unsigned char *marks = calloc((size_t)total, 1);
	int *commits = calloc((size_t)total, sizeof(int));
	int *clocks = calloc((size_t)total, sizeof(int));
	int *matrix = calloc((size_t)total, sizeof(int));
	const int *parents;

	for (int i = 0; i < total; i++)
		add_commit(graph, &dice, i, window, chance);
	graph_mark_ancestors(graph, &tip, 1, marks, 1);
	if (good != tip && seed % 4)
		graph_mark_ancestors(graph, &good, 1, marks, 2);
	take_numbers(marks, commits, &count, total);
	/* the order is not to matter, only that the tip is last */
	for (int i = 0; seed % 2 && i + 2 < count; i++) {
		int other = roll(&dice, count - 1), kept = commits[i];

		commits[i] = commits[other];
		commits[other] = kept;
	}
	weights_find(graph, commits, count, false, WEIGHTS_CLOCKS, clocks);
	weights_find(graph, commits, count, false, WEIGHTS_MATRIX, matrix);
	for (int i = 0; i < count; i++) {
		if (clocks[i] != matrix[i])
			fail_msg("seed %u: commit %d weighs %d by clocks, %d "
				 "by the matrix",
				 seed, commits[i], clocks[i], matrix[i]);
		if (total < 200 &&
		    matrix[i] != count_reached(graph, marks, commits[i]))
			fail_msg("seed %u: commit %d does not weigh %d", seed,
				 commits[i], matrix[i]);
		*merges += graph_parents(graph, commits[i], &parents) > 1;
	}
	free(matrix);
	free(clocks);
	free(commits);
	free(marks);
	graph_free(graph);
}

static void clocks_and_matrix_weigh_the_same(void **state)
{
	int merges = 0;

	(void)state;
	for (unsigned seed = 1; seed <= SEEDS; seed++)
		weigh_one(seed, &merges);
	assert_true(merges > SEEDS * 10);
}

static void along_first_parents_a_commit_weighs_its_depth(void **state)
{
	struct world w;
	int commits[6], weights[6];

	(void)state;
	world_init(&w, "a b:a c:a d:b,c e:d f:c,e");
	for (int i = 0; i < 6; i++)
		commits[i] = i;
	for (int way = WEIGHTS_CLOCKS; way <= WEIGHTS_MATRIX; way++) {
		weights_find(w.graph, commits, 6, true, (enum weights_way)way,
			     weights);
		assert_int_equal(weights[0], 1);
		assert_int_equal(weights[2], 2);
		assert_int_equal(weights[3], 3); /* d b a */
		assert_int_equal(weights[4], 4);
		assert_int_equal(weights[5], 3); /* f c a */
	}
	world_release(&w);
}

/* Where every commit merges many lines, clocks give up and all is still so. */
static void a_history_of_nothing_but_merges_is_weighed_too(void **state)
{
	enum { LINES = 60, ROUNDS = 60, COUNT = LINES * ROUNDS + 1 };
	struct graph *graph = graph_new();
	int *commits = malloc(COUNT * sizeof(int));
	int *best = malloc(COUNT * sizeof(int));
	int *matrix = malloc(COUNT * sizeof(int));
	int *parents = malloc(LINES * sizeof(int));
	struct dice dice = { 7 };

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		int round = i / LINES, n = 0;
		char name[16];
		struct oid oid;

		snprintf(name, sizeof(name), "c%d", i);
		oid = world_oid(name);
		commits[i] = graph_add(graph, &oid, i);
		for (int k = 0; round && k < (i + 1 == COUNT ? LINES : 3); k++)
			parents[n++] =
				(round - 1) * LINES +
				(i + 1 == COUNT ? k : roll(&dice, LINES));
		graph_expand(graph, i, parents, n);
	}
	weights_find(graph, commits, COUNT, false, WEIGHTS_BEST, best);
	weights_find(graph, commits, COUNT, false, WEIGHTS_MATRIX, matrix);
	assert_memory_equal(best, matrix, COUNT * sizeof(int));
	free(parents);
	free(matrix);
	free(best);
	free(commits);
	graph_free(graph);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks_and_matrix_weigh_the_same),
		cmocka_unit_test(along_first_parents_a_commit_weighs_its_depth),
		cmocka_unit_test(
			a_history_of_nothing_but_merges_is_weighed_too),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
