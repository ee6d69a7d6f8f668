/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/graph.h"
#include "engine/merge_bases.h"
#include "tests/unit/world.h"

static void a_commit_is_known_by_its_name_and_keeps_its_number(void **state)
{
	struct graph *graph = graph_new();
	struct oid a = world_oid("a"), b = world_oid("b");

	(void)state;
	assert_int_equal(graph_count(graph), 0);
	assert_int_equal(graph_find(graph, &a), -1);
	assert_int_equal(graph_add(graph, &a, 100), 0);
	assert_int_equal(graph_add(graph, &b, -3), 1);
	assert_int_equal(graph_count(graph), 2);
	assert_int_equal(graph_find(graph, &b), 1);
	assert_true(oid_equal(graph_oid(graph, 0), &a));
	assert_int_equal(graph_date(graph, 0), 100);
	assert_int_equal(graph_date(graph, 1), -3);
	graph_free(graph);
	graph_free(NULL);
}

static void adding_a_known_commit_changes_nothing(void **state)
{
	struct graph *graph = graph_new();
	struct oid a = world_oid("a");

	(void)state;
	assert_int_equal(graph_add(graph, &a, 100), 0);
	assert_int_equal(graph_add(graph, &a, 200), 0);
	assert_int_equal(graph_count(graph), 1);
	assert_int_equal(graph_date(graph, 0), 100); /* the first date stays */
	graph_free(graph);
}

static void names_of_both_lengths_stand_side_by_side(void **state)
{
	static const char wide[] = "0123456789abcdef0123456789abcdef"
				   "0123456789abcdef0123456789abcde";
	struct graph *graph = graph_new();
	struct oid oids[300];

	(void)state;
	for (int i = 0; i < 300; i++) {
		char name[16];

		snprintf(name, sizeof(name), "n%d", i);
		oids[i] = world_oid(name);
		if (i == 150 || i > 295)
			snprintf(oids[i].hex, sizeof(oids[i].hex), "%s%x", wide,
				 (unsigned)i % 16);
		assert_int_equal(graph_add(graph, &oids[i], i), i);
	}
	for (int i = 0; i < 300; i++) {
		struct oid copy = *graph_oid(graph, i);

		assert_string_equal(copy.hex, oids[i].hex);
		assert_int_equal(graph_find(graph, &oids[i]), i);
		assert_int_equal(graph_date(graph, i), i);
	}
	graph_free(graph);
}

static void thousands_of_commits_are_found_again(void **state)
{
	struct graph *graph = graph_new();
	char name[16];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct oid oid;

		snprintf(name, sizeof(name), "n%d", i);
		oid = world_oid(name);
		assert_int_equal(graph_add(graph, &oid, i), i);
	}
	for (int i = 0; i < 20000; i++) {
		struct oid oid;

		snprintf(name, sizeof(name), "n%d", i);
		oid = world_oid(name);
		assert_int_equal(graph_find(graph, &oid), i);
		assert_int_equal(graph_date(graph, i), i);
	}
	graph_free(graph);
}

/* Named commits and nameless ones, in turn; then those get theirs backwards. */
static void a_name_may_come_later_than_its_commit(void **state)
{
	enum { COUNT = 3000 };
	struct graph *graph = graph_new();
	char text[32];

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		struct oid name;

		snprintf(text, sizeof(text), "commit %d", i);
		name = world_oid(text);
		if (i % 3 == 1)
			assert_int_equal(graph_add(graph, &name, i), i);
		else
			assert_int_equal(graph_add_nameless(graph, i), i);
		assert_int_equal(graph_is_named(graph, i), i % 3 == 1);
		assert_int_equal(graph_find(graph, &name), i % 3 == 1 ? i : -1);
	}
	for (int i = COUNT; i-- > 0;) {
		struct oid name;

		snprintf(text, sizeof(text), "commit %d", i);
		name = world_oid(text);
		graph_name(graph, i, &name);
		assert_true(graph_is_named(graph, i));
		assert_int_equal(graph_find(graph, &name), i);
	}
	for (int i = 0; i < COUNT; i++) {
		struct oid name;

		snprintf(text, sizeof(text), "commit %d", i);
		name = world_oid(text);
		assert_true(oid_equal(graph_oid(graph, i), &name));
		assert_int_equal(graph_add(graph, &name, 0), i);
		assert_int_equal(graph_date(graph, i), i);
	}
	assert_int_equal(graph_count(graph), COUNT);
	graph_free(graph);
}

static void a_commit_known_by_name_only_has_no_parents_yet(void **state)
{
	struct graph *graph = graph_new();
	struct oid a = world_oid("a"), b = world_oid("b");
	const int *parents, zero = 0;

	(void)state;
	graph_add(graph, &a, 1);
	graph_add(graph, &b, 2);
	assert_false(graph_is_expanded(graph, 0));
	assert_int_equal(graph_parents(graph, 0, &parents), 0);
	graph_expand(graph, 0, NULL, 0); /* a root is expanded too */
	assert_true(graph_is_expanded(graph, 0));
	assert_int_equal(graph_parents(graph, 0, &parents), 0);
	assert_false(graph_is_ancestor(graph, 0, 1));
	graph_expand(graph, 1, &zero, 1);
	assert_true(graph_is_ancestor(graph, 0, 1));
	graph_free(graph);
}

static void parents_keep_gits_order_and_are_told_once(void **state)
{
	struct world w;
	const int *parents;
	int m, wrong = 0;

	(void)state;
	world_init(&w, "r a:r b:r m:b,a");
	m = world_commit(&w, "m");
	graph_expand(w.graph, m, &wrong, 1);
	assert_int_equal(graph_parents(w.graph, m, &parents), 2);
	assert_int_equal(parents[0], world_commit(&w, "b"));
	assert_int_equal(parents[1], world_commit(&w, "a"));
	world_release(&w);
}

/* Ancestors.  The picture of several tests:
 *
 *   r - a - b - - m - t
 *    \           /
 *     x - - y - -
 *          \
 *           z
 */
static const char fork_and_merge[] = "r a:r b:a x:r y:x z:y m:b,y t:m";

#define ANCESTOR(a, b)                                              \
	assert_true(graph_is_ancestor(w.graph, world_commit(&w, a), \
				      world_commit(&w, b)))
#define NO_ANCESTOR(a, b)                                            \
	assert_false(graph_is_ancestor(w.graph, world_commit(&w, a), \
				       world_commit(&w, b)))

static void every_commit_is_its_own_ancestor(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, fork_and_merge);
	ANCESTOR("r", "r");
	ANCESTOR("t", "t");
	world_release(&w);
}

static void ancestry_goes_through_all_parents_and_one_way(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, fork_and_merge);
	ANCESTOR("r", "t");
	ANCESTOR("a", "t");
	ANCESTOR("x", "t");
	NO_ANCESTOR("t", "r");
	NO_ANCESTOR("a", "y");
	NO_ANCESTOR("z", "t");
	NO_ANCESTOR("t", "z");
	world_release(&w);
}

static void ancestry_ends_at_a_commit_that_is_not_expanded(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, "r a? b:a c:b,r");
	ANCESTOR("a", "c");
	ANCESTOR("r", "c");
	NO_ANCESTOR("r", "a");
	NO_ANCESTOR("r", "b");
	world_release(&w);
}

static void marks_of_several_calls_are_collected(void **state)
{
	struct world w;
	unsigned char marks[8] = { 0 };
	int y, b;

	(void)state;
	world_init(&w, fork_and_merge);
	assert_int_equal(graph_count(w.graph), 8);
	y = world_commit(&w, "y");
	b = world_commit(&w, "b");
	graph_mark_ancestors(w.graph, &y, 1, marks, 1);
	graph_mark_ancestors(w.graph, &b, 1, marks, 2);
	graph_mark_ancestors(w.graph, &b, 0, marks, 4);
	assert_int_equal(marks[world_commit(&w, "r")], 3);
	assert_int_equal(marks[world_commit(&w, "x")], 1);
	assert_int_equal(marks[y], 1);
	assert_int_equal(marks[world_commit(&w, "a")], 2);
	assert_int_equal(marks[b], 2);
	assert_int_equal(marks[world_commit(&w, "z")], 0);
	assert_int_equal(marks[world_commit(&w, "m")], 0);
	world_release(&w);
}

static void the_walk_stops_where_the_bit_is_set_already(void **state)
{
	struct world w;
	unsigned char marks[3] = { 0 };
	int c;

	(void)state;
	world_init(&w, "a b:a c:b");
	c = world_commit(&w, "c");
	marks[world_commit(&w, "b")] = 1;
	graph_mark_ancestors(w.graph, &c, 1, marks, 1);
	assert_int_equal(marks[c], 1);
	assert_int_equal(marks[world_commit(&w, "a")], 0);
	world_release(&w);
}

static void a_very_long_line_is_walked_without_recursion(void **state)
{
	struct graph *graph = graph_new();
	struct oid oid;
	char name[16];
	int parent = -1;

	(void)state;
	for (int i = 0; i < 300000; i++) {
		int commit;

		snprintf(name, sizeof(name), "n%d", i);
		oid = world_oid(name);
		commit = graph_add(graph, &oid, i);
		graph_expand(graph, commit, &parent, parent >= 0);
		parent = commit;
	}
	assert_true(graph_is_ancestor(graph, 0, parent));
	graph_free(graph);
}

/* Merge bases */

/* "x,y" as numbers; returns how many. */
static int commits_of(const struct world *w, const char *names, int *commits)
{
	char text[200], *rest = text, *name;
	int count = 0;

	snprintf(text, sizeof(text), "%s", names);
	while ((name = strsep(&rest, ",")))
		if (*name)
			commits[count++] = world_commit(w, name);
	return count;
}

/* What `git merge-base --all commit others...` would answer, by name. */
static const char *bases(const char *graph, const char *commit,
			 const char *others)
{
	static char answer[200];
	struct world w;
	int wanted[16], count, *found;
	size_t used = 0;

	world_init(&w, graph);
	count = commits_of(&w, others, wanted);
	count = merge_bases_find(w.graph, world_commit(&w, commit), wanted,
				 count, &found);
	answer[0] = '\0';
	for (int i = 0; i < count; i++)
		used += (size_t)snprintf(answer + used, sizeof(answer) - used,
					 "%s%s", i ? " " : "",
					 world_name(&w, found[i]));
	free(found);
	world_release(&w);
	return answer;
}

static void the_merge_base_of_a_fork_is_where_it_forks(void **state)
{
	(void)state;
	assert_string_equal(bases(fork_and_merge, "b", "z"), "r");
	assert_string_equal(bases(fork_and_merge, "z", "b"), "r");
	assert_string_equal(bases(fork_and_merge, "t", "z"), "y");
}

static void an_ancestor_is_the_merge_base_itself(void **state)
{
	(void)state;
	assert_string_equal(bases(fork_and_merge, "t", "a"), "a");
	assert_string_equal(bases(fork_and_merge, "a", "t"), "a");
	assert_string_equal(bases(fork_and_merge, "t", "t"), "t");
}

static void unrelated_histories_have_no_merge_base(void **state)
{
	(void)state;
	assert_string_equal(bases("a b:a x y:x", "b", "y"), "");
	assert_string_equal(bases("a b:a", "b", ""), "");
}

static void a_criss_cross_has_two_merge_bases_the_newer_first(void **state)
{
	/*
	 *   a - c - e
	 *  /  \ /
	 * r    X
	 *  \  / \
	 *   b - d - f
	 */
	static const char graph[] = "r a:r b:r c:a,b d:b,a e:c f:d";

	(void)state;
	assert_string_equal(bases(graph, "e", "f"), "b a");
	assert_string_equal(bases(graph, "f", "e"), "b a");
}

static void a_base_below_another_base_is_none(void **state)
{
	/* o is common too, but a, above it, is common as well */
	(void)state;
	assert_string_equal(bases("o a:o x:a,o y:a,o", "x", "y"), "a");
	/* one way round leads past a: still the best is a */
	assert_string_equal(bases("o a:o b:a x:b,o y:o z:y,a", "x", "z"), "a");
}

static void several_others_count_as_one_merge_of_them(void **state)
{
	/* git help merge-base: the base of A and a merge of B and C */
	static const char graph[] = "one two:one a:two b:two c:one";

	(void)state;
	assert_string_equal(bases(graph, "a", "b"), "two");
	assert_string_equal(bases(graph, "a", "c"), "one");
	assert_string_equal(bases(graph, "a", "b,c"), "two");
	assert_string_equal(bases(graph, "a", "c,b"), "two");
	assert_string_equal(bases(graph, "c", "a,b"), "one");
}

static void bases_on_several_branches_are_all_named(void **state)
{
	/* three topics, each merged into t, each with its own later work */
	static const char graph[] = "r a:r b:r c:r t:a,b,c a2:a b2:b c2:c";

	(void)state;
	assert_string_equal(bases(graph, "t", "a2,b2,c2"), "c b a");
	assert_string_equal(bases(graph, "t", "a2,c2"), "c a");
	assert_string_equal(bases(graph, "t", "r,b2"), "b");
}

static void an_octopus_shares_a_base_with_each_arm(void **state)
{
	static const char graph[] =
		"r a:r b:r c:r d:r e:r o:a,b,c,d,e p:c,d q:p";

	(void)state;
	assert_string_equal(bases(graph, "o", "q"), "d c");
	assert_string_equal(bases(graph, "o", "e"), "e");
	assert_string_equal(bases(graph, "o", "q,a"), "d c a");
}

static void a_base_may_be_a_commit_that_is_not_expanded(void **state)
{
	(void)state;
	assert_string_equal(bases("r? a:r b:r", "a", "b"), "r");
	assert_string_equal(bases("r a? b:r c:b,a", "c", "a"), "a");
	/* what lies below it is not known, and nothing is made up */
	assert_string_equal(bases("r a? b:r", "a", "b"), "");
}

/* Random graphs, against the definition. */

static int roll(uint64_t *dice, int sides)
{
	*dice = *dice * UINT64_C(6364136223846793005) +
		UINT64_C(1442695040888963407);
	return (int)((*dice >> 33) % (uint64_t)sides);
}

static struct graph *random_graph(uint64_t *dice, int count)
{
	struct graph *graph = graph_new();

	for (int i = 0; i < count; i++) {
		char name[16];
		struct oid oid;
		int parents[3], n = 0;

		snprintf(name, sizeof(name), "n%d", i);
		oid = world_oid(name);
		graph_add(graph, &oid, i);
		for (int p = 0; i > 0 && p < 3; p++)
			if (p == 0 || roll(dice, 4) == 0)
				parents[n++] = roll(dice, i);
		graph_expand(graph, i, parents, n);
	}
	return graph;
}

/* Is it an ancestor of commit and of one of the others? */
static bool is_common(const struct graph *graph, int candidate, int commit,
		      const int *others, int count)
{
	if (!graph_is_ancestor(graph, candidate, commit))
		return false;
	for (int i = 0; i < count; i++)
		if (graph_is_ancestor(graph, candidate, others[i]))
			return true;
	return false;
}

/* Common, and no ancestor of another one that is common. */
static bool is_base(const struct graph *graph, int candidate, int commit,
		    const int *others, int count)
{
	if (!is_common(graph, candidate, commit, others, count))
		return false;
	for (int c = candidate + 1; c < graph_count(graph); c++)
		if (graph_is_ancestor(graph, candidate, c) &&
		    is_common(graph, c, commit, others, count))
			return false;
	return true;
}

static void merge_bases_of_random_graphs_fit_the_definition(void **state)
{
	uint64_t dice = 1;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		int count = 2 + round % 23, n = 1 + round % 3, others[3];
		struct graph *graph = random_graph(&dice, count);
		int *found, got, expected = 0;

		for (int i = 0; i < n; i++)
			others[i] = roll(&dice, count);
		got = merge_bases_find(graph, count - 1, others, n, &found);
		for (int c = count - 1; c >= 0; c--) {
			if (!is_base(graph, c, count - 1, others, n))
				continue;
			assert_true(expected < got);
			assert_int_equal(found[expected], c); /* by date */
			expected++;
		}
		assert_int_equal(got, expected);
		free(found);
		graph_free(graph);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_commit_is_known_by_its_name_and_keeps_its_number),
		cmocka_unit_test(adding_a_known_commit_changes_nothing),
		cmocka_unit_test(names_of_both_lengths_stand_side_by_side),
		cmocka_unit_test(thousands_of_commits_are_found_again),
		cmocka_unit_test(a_name_may_come_later_than_its_commit),
		cmocka_unit_test(
			a_commit_known_by_name_only_has_no_parents_yet),
		cmocka_unit_test(parents_keep_gits_order_and_are_told_once),
		cmocka_unit_test(every_commit_is_its_own_ancestor),
		cmocka_unit_test(ancestry_goes_through_all_parents_and_one_way),
		cmocka_unit_test(
			ancestry_ends_at_a_commit_that_is_not_expanded),
		cmocka_unit_test(marks_of_several_calls_are_collected),
		cmocka_unit_test(the_walk_stops_where_the_bit_is_set_already),
		cmocka_unit_test(a_very_long_line_is_walked_without_recursion),
		cmocka_unit_test(the_merge_base_of_a_fork_is_where_it_forks),
		cmocka_unit_test(an_ancestor_is_the_merge_base_itself),
		cmocka_unit_test(unrelated_histories_have_no_merge_base),
		cmocka_unit_test(
			a_criss_cross_has_two_merge_bases_the_newer_first),
		cmocka_unit_test(a_base_below_another_base_is_none),
		cmocka_unit_test(several_others_count_as_one_merge_of_them),
		cmocka_unit_test(bases_on_several_branches_are_all_named),
		cmocka_unit_test(an_octopus_shares_a_base_with_each_arm),
		cmocka_unit_test(a_base_may_be_a_commit_that_is_not_expanded),
		cmocka_unit_test(
			merge_bases_of_random_graphs_fit_the_definition),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
