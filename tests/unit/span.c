/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Sums over ancestors, held against walks over the graph: on random graphs,
 * and on one of nothing but merges.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "engine/graph.h"
#include "engine/span.h"
#include "tests/unit/dag.h"

/* For each place of the span, what is below it, by place; by walking. */
static unsigned char *walk(const struct dag *dag, const struct span *span)
{
	size_t count = (size_t)span_count(span);
	unsigned char *below = xcalloc(count * count + 1, 1);
	unsigned char *marks = xcalloc((size_t)dag->count, 1);

	for (size_t i = 0; i < count; i++) {
		memset(marks, 0, (size_t)dag->count);
		graph_mark_ancestors(dag->graph, &span_commits(span)[i], 1,
				     marks, 1);
		for (size_t k = 0; k < count; k++)
			below[i * count + k] = marks[span_commits(span)[k]];
	}
	free(marks);
	return below;
}

static double at_random(struct dice *dice)
{
	return roll(dice, 1000) / 1000.0;
}

/* What the mass of a place is by walking, for one of the weights. */
static double walked(const unsigned char *below, int count, int place,
		     const double *weights)
{
	double sum = 0;

	for (int k = 0; k < count; k++)
		if (below[place * count + k])
			sum += weights[k];
	return sum;
}

static void is_close(double mass, double sum, int place)
{
	if (fabs(sum - mass) > 1e-9)
		fail_msg("the mass of place %d is %.17g, not %.17g", place,
			 mass, sum);
}

static void check_mass(struct dice *dice, struct span *span,
		       const unsigned char *below)
{
	enum { CLASSES = 3 };
	int count = span_count(span);
	size_t room = (size_t)count + 1;
	double *weights = xcalloc(room, sizeof(double));
	double *mass = xcalloc(room, sizeof(double));
	double table[CLASSES * SPAN_WIDTH];
	int *classes = xcalloc(room, sizeof(int));
	const double *masses;

	for (int i = 0; i < count; i++) {
		weights[i] = at_random(dice);
		classes[i] = roll(dice, CLASSES);
	}
	for (int i = 0; i < CLASSES * SPAN_WIDTH; i++)
		table[i] = at_random(dice);
	span_mass(span, weights, mass);
	for (int i = 0; i < count; i++)
		is_close(mass[i], walked(below, count, i, weights), i);
	masses = span_masses(span, weights, classes, table);
	for (int v = 0; v < SPAN_WIDTH; v++) {
		double *one = xcalloc(room, sizeof(double));

		for (int i = 0; i < count; i++)
			one[i] =
				weights[i] * table[classes[i] * SPAN_WIDTH + v];
		for (int i = 0; i < count; i++)
			is_close(masses[i * SPAN_WIDTH + v],
				 walked(below, count, i, one), i);
		free(one);
	}
	free(weights);
	free(mass);
	free(classes);
}

static void check_places(const struct span *span, const unsigned char *below)
{
	int count = span_count(span);

	for (int i = 0; i < count; i++) {
		int reach = 0, sum = 0;
		const int *parents;
		int n = span_parents(span, i, &parents);

		assert_int_equal(span_place(span, span_commits(span)[i]), i);
		for (int k = 0; k < n; k++)
			assert_true(parents[k] < i);
		for (int k = 0; k < count; k++)
			reach += below[i * count + k];
		assert_int_equal(span_reach(span, i), reach);
		for (int k = 0; k < count; k++)
			sum += below[k * count + i];
		assert_true(sum > 0);
	}
}

static void a_sum_over_ancestors_is_that_of_a_walk(void **state)
{
	(void)state;
	for (int seed = 0; seed < 60; seed++) {
		struct dice dice = { (uint64_t)seed + 1 };
		struct dag dag = dag_random(&dice, 10 + roll(&dice, 190));
		int goods[2] = { roll(&dice, 5), roll(&dice, dag.count) };
		int bad = dag.count - 1 - roll(&dice, 3);
		struct span *span =
			span_new(dag.graph, bad, goods, roll(&dice, 3));
		unsigned char *below = walk(&dag, span);

		check_places(span, below);
		check_mass(&dice, span, below);
		free(below);
		span_drop(span);
		graph_free(dag.graph);
	}
}

/*
 * Two long lines that so many merges bring together, one by one: each has a
 * whole line at its side.  Lists of them would grow with the square.
 */
static void a_graph_of_merges_is_exact_too(void **state)
{
	enum { LONG = 320 };
	struct dag dag = { graph_new(), 0 };
	struct dice dice = { 7 };
	int root = dag_add(&dag, NULL, 0), ends[2] = { root, root }, last;
	struct span *span;
	unsigned char *below;

	(void)state;
	for (int i = 0; i < LONG; i++)
		for (int k = 0; k < 2; k++)
			ends[k] = dag_add(&dag, &ends[k], 1);
	last = dag_add(&dag, ends, 2);
	for (int i = 0; i < LONG; i++) {
		int both[2] = { last, dag_add(&dag, ends, 2) };

		last = dag_add(&dag, both, 2);
	}
	span = span_new(dag.graph, last, &root, 1);
	assert_true(span_sides(span) > 64 * span_count(span));
	below = walk(&dag, span);
	check_places(span, below);
	check_mass(&dice, span, below);
	free(below);
	span_drop(span);
	graph_free(dag.graph);
}

static void the_range_is_what_bad_has_and_good_has_not(void **state)
{
	struct dag dag = dag_line(20);
	struct span *span = span_new(dag.graph, 15, &(int){ 4 }, 1);
	struct span *none = span_new(dag.graph, 3, &(int){ 4 }, 1);

	(void)state;
	assert_int_equal(span_count(span), 11);
	for (int i = 0; i < 11; i++)
		assert_int_equal(span_commits(span)[i], 5 + i);
	assert_int_equal(span_place(span, 4), -1);
	assert_int_equal(span_place(span, 16), -1);
	assert_int_equal(span_place(span, -1), -1);
	assert_true(span_is(span, 15, &(int){ 4 }, 1));
	assert_false(span_is(span, 15, &(int){ 3 }, 1));
	assert_false(span_is(span, 14, &(int){ 4 }, 1));
	assert_int_equal(span_count(none), 0);
	span_drop(none);
	span_drop(span);
	graph_free(dag.graph);
}

static void check_classes(struct span *span, const unsigned char *below,
			  const int *commits, int tests)
{
	int count = span_count(span);
	const int *classes, *members;
	int class_count =
		span_classes(span, commits, tests, &classes, &members);

	for (int i = 0; i < count; i++) {
		int member = members[classes[i]];

		assert_true(classes[i] < class_count);
		for (int k = 0; k < tests; k++) {
			int place = span_place(span, commits[k]);
			const uint64_t *bits = span_below(span, commits[k]);

			assert_int_equal(span_bit(bits, i),
					 below[place * count + i]);
			assert_int_equal(below[place * count + i],
					 below[place * count + member]);
		}
	}
}

/* Asked for more, for fewer, and for so many others that it begins anew. */
static void a_class_is_below_the_same_commits(void **state)
{
	(void)state;
	for (int seed = 0; seed < 20; seed++) {
		struct dice dice = { (uint64_t)seed + 1 };
		struct dag dag = dag_random(&dice, 150);
		struct span *span =
			span_new(dag.graph, dag.count - 1, &(int){ 0 }, 1);
		unsigned char *below = walk(&dag, span);
		int commits[90], count = span_count(span);

		for (int i = 0; i < 90; i++)
			commits[i] = span_commits(span)[roll(&dice, count)];
		for (int tests = 0; tests < 12; tests++)
			check_classes(span, below, commits, tests);
		check_classes(span, below, commits + 3, 4);
		check_classes(span, below, commits, 90);
		check_classes(span, below, commits + 80, 2);
		check_classes(span, below, commits, 5);
		free(below);
		span_drop(span);
		graph_free(dag.graph);
	}
}

static void check_distances(struct span *span, const unsigned char *below,
			    const int *commits, int broken)
{
	const int *distances = span_distances(span, commits, broken);
	int count = span_count(span);

	if (!broken) {
		assert_null(distances);
		return;
	}
	for (int i = 0; i < count; i++) {
		int nearest = INT_MAX;

		for (int k = 0; k < broken; k++) {
			int place = span_place(span, commits[k]), differ = 0;

			for (int c = 0; c < count; c++)
				differ += below[place * count + c] !=
					  below[i * count + c];
			nearest = differ < nearest ? differ : nearest;
		}
		assert_int_equal(distances[i], nearest);
	}
}

static void a_distance_is_what_two_histories_differ_by(void **state)
{
	(void)state;
	for (int seed = 0; seed < 20; seed++) {
		struct dice dice = { (uint64_t)seed + 1 };
		struct dag dag = dag_random(&dice, 120);
		struct span *span =
			span_new(dag.graph, dag.count - 1, &(int){ 0 }, 1);
		unsigned char *below = walk(&dag, span);
		int commits[6], count = span_count(span);

		for (int i = 0; i < 6; i++)
			commits[i] = span_commits(span)[roll(&dice, count)];
		for (int broken = 0; broken < 6; broken++)
			check_distances(span, below, commits, broken);
		check_distances(span, below, commits + 3, 2);
		check_distances(span, below, commits, 0);
		assert_null(span_distances(span, &(int){ 0 }, 1));
		free(below);
		span_drop(span);
		graph_free(dag.graph);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sum_over_ancestors_is_that_of_a_walk),
		cmocka_unit_test(a_graph_of_merges_is_exact_too),
		cmocka_unit_test(the_range_is_what_bad_has_and_good_has_not),
		cmocka_unit_test(a_class_is_below_the_same_commits),
		cmocka_unit_test(a_distance_is_what_two_histories_differ_by),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
