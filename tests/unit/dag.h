/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_DAG_H
#define TESTS_UNIT_DAG_H

/*
 * Graphs for tests of what is counted over them, and dice with a seed.  The
 * includes of cmocka come before this one.
 */

#include <stdint.h>
#include <stdio.h>

#include "engine/graph.h"
#include "engine/oid.h"

/* Commits are numbered parents first, as they are made. */
struct dag {
	struct graph *graph;
	int count;
};

static inline int dag_add(struct dag *dag, const int *parents, int parent_count)
{
	struct oid oid = { "" };
	int commit;

	snprintf(oid.hex, sizeof(oid.hex), "%040x", dag->count);
	commit = graph_add(dag->graph, &oid, dag->count);
	assert_int_equal(commit, dag->count);
	graph_expand(dag->graph, commit, parents, parent_count);
	return dag->count++;
}

static inline struct dag dag_line(int count)
{
	struct dag dag = { graph_new(), 0 };

	dag_add(&dag, NULL, 0);
	while (dag.count < count)
		dag_add(&dag, &(int){ dag.count - 1 }, 1);
	return dag;
}

struct dice {
	uint64_t state;
};

static inline int roll(struct dice *dice, int sides)
{
	dice->state = dice->state * UINT64_C(6364136223846793005) +
		      UINT64_C(1442695040888963407);
	return (int)((uint32_t)(dice->state >> 33) % (uint32_t)sides);
}

static inline struct dag dag_random(struct dice *dice, int count)
{
	struct dag dag = { graph_new(), 0 };

	dag_add(&dag, NULL, 0);
	while (dag.count < count) {
		int parents[3], n = 1 + (roll(dice, 4) == 0) * roll(dice, 3);
		int back = dag.count < 12 ? dag.count : 12;

		for (int i = 0; i < n; i++)
			parents[i] = dag.count - 1 - roll(dice, back);
		dag_add(&dag, parents, n);
	}
	return dag;
}

#endif
