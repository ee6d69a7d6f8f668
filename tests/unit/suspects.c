/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The midpoint on small graphs drawn by hand.  Each expectation here is what
 * git 2.39.5 answered on the same graph, with the same dates (and, where
 * commits are skipped, the same ids): `git rev-list --bisect-vars bad ^good`
 * and `git bisect next`.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "engine/graph.h"
#include "engine/oid.h"
#include "engine/suspects.h"
#include "tests/unit/world.h"

#define NAMES_MAX 40

struct shape {
	struct graph *graph;
	char names[NAMES_MAX][8]; /* by number */
};

static int number_of(const struct shape *shape, const char *name)
{
	for (int i = 0; i < graph_count(shape->graph); i++)
		if (strcmp(shape->names[i], name) == 0)
			return i;
	fail_msg("there is no commit '%s'", name);
	return -1;
}

/* "a,b" as numbers; returns how many. */
static int numbers_of(const struct shape *shape, const char *names, int *out)
{
	char text[200], *rest = text, *name;
	int count = 0;

	str_copy(text, sizeof(text), names);
	while ((name = strsep(&rest, ",")))
		if (*name)
			out[count++] = number_of(shape, name);
	return count;
}

/*
 * "a b@5:a c:a,b d?": names, parents behind a colon, and the date behind an @
 * where it is not 10 more than the one before.  Of one with a ? nobody has
 * read what its parents are.
 */
static void shape_make(struct shape *shape, const char *picture)
{
	char text[1000], *rest = text, *word;
	int64_t date = 1000;

	assert_true(strlen(picture) < sizeof(text));
	str_copy(text, sizeof(text), picture);
	memset(shape, 0, sizeof(*shape));
	shape->graph = graph_new();
	while ((word = strsep(&rest, " "))) {
		char *parents = strchr(word, ':'), *at = strchr(word, '@');
		char *unread = strchr(word, '?');
		int list[16], count, commit;
		struct oid oid;

		if (parents)
			*parents++ = '\0';
		if (at)
			*at++ = '\0';
		if (unread)
			*unread = '\0';
		date += 10;
		if (at)
			assert_true(str_number(at, 0, INT64_MAX, &date));
		count = parents ? numbers_of(shape, parents, list) : 0;
		oid = world_oid(word);
		commit = graph_add(shape->graph, &oid, date);
		assert_true(commit < NAMES_MAX);
		str_copy(shape->names[commit], sizeof(shape->names[0]), word);
		if (!unread)
			graph_expand(shape->graph, commit, list, count);
	}
}

/* "d of 7, 3 left, 2 steps", "found d", "only skipped", "nothing" */
static const char *answer(const struct shape *shape,
			  const struct suspects_query *query)
{
	static char text[80];
	struct suspects *suspects = suspects_find(shape->graph, query);
	struct midpoint mid = suspects_midpoint(shape->graph, query, suspects);
	const char *name = mid.commit < 0 ? "" : shape->names[mid.commit];

	assert_int_equal(mid.all, suspects->count);
	switch (mid.kind) {
	case MIDPOINT_NONE:
		str_copy(text, sizeof(text), "nothing");
		break;
	case MIDPOINT_TEST:
		assert_int_equal(mid.left, mid.all - mid.reaches - 1);
		snprintf(text, sizeof(text), "%s of %d, %d left, %d steps",
			 name, mid.all, mid.left, mid.steps);
		break;
	case MIDPOINT_FOUND:
		snprintf(text, sizeof(text), "found %s", name);
		break;
	case MIDPOINT_ONLY_SKIPPED:
		assert_int_equal(mid.commit, -1);
		str_copy(text, sizeof(text), "only skipped");
		break;
	}
	suspects_free(suspects);
	return text;
}

static const char *midpoint(const char *picture, const char *bad,
			    const char *goods, bool first_parent)
{
	struct shape shape;
	int list[16];
	struct suspects_query query = { .goods = list,
					.first_parent = first_parent };
	const char *text;

	shape_make(&shape, picture);
	query.bad = number_of(&shape, bad);
	query.good_count = numbers_of(&shape, goods, list);
	text = answer(&shape, &query);
	graph_free(shape.graph);
	return text;
}

#define MIDPOINT(picture, bad, goods, text) \
	assert_string_equal(midpoint(picture, bad, goods, false), text)
#define FIRST_PARENT(picture, bad, goods, text) \
	assert_string_equal(midpoint(picture, bad, goods, true), text)

static const char line[] = "a b:a c:b d:c e:d f:e g:f h:g";

static void a_line_is_halved(void **state)
{
	(void)state;
	MIDPOINT(line, "h", "a", "d of 7, 3 left, 2 steps");
	MIDPOINT(line, "h", "d", "f of 4, 1 left, 1 steps");
	MIDPOINT(line, "h", "e", "g of 3, 0 left, 1 steps");
	MIDPOINT(line, "d", "a", "c of 3, 0 left, 1 steps");
	MIDPOINT(line, "h", "f", "g of 2, 0 left, 0 steps");
}

static void one_suspect_is_the_culprit(void **state)
{
	(void)state;
	MIDPOINT(line, "h", "g", "found h");
	MIDPOINT("a", "a", "", "found a");
}

static void without_a_good_commit_the_root_is_a_suspect_too(void **state)
{
	(void)state;
	MIDPOINT(line, "h", "", "d of 8, 3 left, 2 steps");
}

static void bad_below_good_leaves_nothing_to_test(void **state)
{
	(void)state;
	MIDPOINT(line, "c", "f", "nothing");
	MIDPOINT(line, "c", "c", "nothing");
	MIDPOINT(line, "c", "a,f", "nothing");
}

static void the_nearest_good_commit_bounds_the_range(void **state)
{
	(void)state;
	MIDPOINT(line, "h", "a,c", "e of 5, 2 left, 1 steps");
	MIDPOINT(line, "h", "c,a", "e of 5, 2 left, 1 steps");
}

static bool is_whole(const char *picture, const char *bad, const char *goods)
{
	struct shape shape;
	int list[16];
	struct suspects_query query = { .goods = list };
	struct suspects *suspects;
	bool whole;

	shape_make(&shape, picture);
	query.bad = number_of(&shape, bad);
	query.good_count = numbers_of(&shape, goods, list);
	suspects = suspects_find(shape.graph, &query);
	whole = suspects->whole;
	suspects_free(suspects);
	graph_free(shape.graph);
	return whole;
}

static void a_suspect_whose_parents_nobody_read_may_hide_others(void **state)
{
	(void)state;
	assert_true(is_whole("a b:a c:b d:c", "d", "a"));
	assert_false(is_whole("a b? c:b d:c,a", "d", "a"));
	assert_true(is_whole("a b? c:b d:c,a", "d", "a,b"));
}

static void so_may_a_good_commit_that_is_not_older_than_all(void **state)
{
	(void)state;
	/* is it a child of b? then that is good */
	assert_false(is_whole("a b:a u? g:u c:b", "c", "a,g"));
	assert_true(is_whole("u? a b:a g:u c:b", "c", "a,g"));
	assert_true(is_whole("u? a:u b:a", "a", "b"));
}

/*
 *       b
 *      / \
 * r - a   m
 *      \ /
 *       c
 */
static void of_two_arms_the_one_listed_first_is_tested(void **state)
{
	(void)state;
	/* a 1, b and c 2, m 4: both arms are halfway, the older comes first */
	MIDPOINT("r a:r b:a c:a m:b,c", "m", "r", "b of 4, 1 left, 1 steps");
	MIDPOINT("r a:r b@1050:a c@1040:a m@1060:b,c", "m", "r",
		 "c of 4, 1 left, 1 steps");
	/* the parents' order does not matter while the dates differ */
	MIDPOINT("r a:r b:a c:a m:c,b", "m", "r", "b of 4, 1 left, 1 steps");
}

static void equal_dates_are_listed_as_they_were_reached(void **state)
{
	/* m is popped, then b and c in its order, and the list is reversed */
	(void)state;
	MIDPOINT("r@5 a@5:r b@5:a c@5:a m@5:b,c", "m", "r",
		 "c of 4, 1 left, 1 steps");
	MIDPOINT("r@5 a@5:r b@5:a c@5:a m@5:c,b", "m", "r",
		 "b of 4, 1 left, 1 steps");
	MIDPOINT("r@5 a@5:r b@5:r c@5:r d@5:r e@5:r o@5:c,a,e,b,d", "o", "r",
		 "d of 6, 4 left, 2 steps");
}

/*
 * r - p - q - s - - - t
 *  \                 /
 *   a - m - - - - - -
 *    \ /
 *     b
 */
static void a_merge_that_lies_halfway_is_taken_before_older_commits(
	void **state)
{
	static const char halves[] = "r p:r q:p s:q a:r b:a m:a,b t:s,m";

	(void)state;
	/* s and m have three suspects of seven each; s is older */
	MIDPOINT(halves, "t", "r", "m of 7, 3 left, 2 steps");
}

static void a_commit_is_not_looked_at_before_its_parent(void **state)
{
	/*
	 * The dates lie: y is older than its parent x, which t has as a parent
	 * too, so that y comes before x in the list.  Both lie halfway.  x is
	 * met in the first pass, y only in the second.
	 */
	static const char skewed[] =
		"r@1000 w@1010:r x@1040:w y@1020:x z@1050:y t@1060:z,x";

	(void)state;
	MIDPOINT(skewed, "t", "r", "x of 5, 2 left, 1 steps");
}

/*
 * Three rungs, each a diamond:  a<b,c>d  d<e,f>g  g<h,i>j
 */
static const char ladder[] = "r a:r b:a c:a d:b,c e:d f:d g:e,f h:g i:g j:h,i";

static void a_ladder_counts_shared_ancestors_once(void **state)
{
	struct shape shape;
	int good;
	struct suspects_query query = { .goods = &good, .good_count = 1 };
	struct suspects *suspects;
	static const int weights[] = { 1, 2, 2, 4, 5, 5, 7, 8, 8, 10 };

	(void)state;
	shape_make(&shape, ladder);
	good = number_of(&shape, "r");
	query.bad = number_of(&shape, "j");
	suspects = suspects_find(shape.graph, &query);
	assert_int_equal(suspects->count, 10);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(suspects->commits[i],
				 i + 1); /* oldest first */
		assert_int_equal(suspects->weights[i], weights[i]);
	}
	suspects_free(suspects);
	graph_free(shape.graph);
}

static void a_ladder_is_halved_on_a_rung(void **state)
{
	(void)state;
	MIDPOINT(ladder, "j", "r", "e of 10, 4 left, 2 steps");
	MIDPOINT(ladder, "j", "d", "g of 6, 2 left, 2 steps");
	MIDPOINT(ladder, "j", "e", "g of 5, 2 left, 1 steps");
	MIDPOINT(ladder, "g", "r", "d of 7, 2 left, 2 steps");
	MIDPOINT(ladder, "j", "b,f", "g of 5, 2 left, 1 steps");
	MIDPOINT(ladder, "h", "e,c", "g of 3, 0 left, 1 steps");
}

/*
 * Two lines side by side that are merged into each other at each step.
 */
static const char braid[] =
	"r a:r x:r b:a,x y:x,a c:b,y z:y,b d:c,z w:z,c t:d,w";

static void a_braid_of_criss_cross_merges_is_halved(void **state)
{
	(void)state;
	MIDPOINT(braid, "t", "r", "c of 9, 3 left, 2 steps");
	MIDPOINT(braid, "t", "b", "c of 6, 3 left, 2 steps");
	MIDPOINT(braid, "d", "a", "b of 6, 3 left, 2 steps");
	MIDPOINT(braid, "t", "c,z", "d of 3, 1 left, 1 steps");
}

static void an_octopus_weighs_the_union_of_its_arms(void **state)
{
	static const char octopus[] =
		"r a:r b:r c:r c2:c d:r d2:d d3:d2 o:a,b,c2,d3 p:o";

	(void)state;
	/* nothing is halfway of nine: d3 with three is the best */
	MIDPOINT(octopus, "p", "r", "d3 of 9, 5 left, 2 steps");
	MIDPOINT(octopus, "p", "d3", "c2 of 6, 3 left, 2 steps");
	MIDPOINT(octopus, "p", "c2,d3", "a of 4, 2 left, 1 steps");
	MIDPOINT(octopus, "p", "a,b,c2,d3", "o of 2, 0 left, 0 steps");
}

static void among_equals_the_first_in_the_list_wins(void **state)
{
	(void)state;
	/* five arms of one commit each: all have distance one */
	MIDPOINT("r a:r b:r c:r d:r e:r o:a,b,c,d,e", "o", "r",
		 "a of 6, 4 left, 2 steps");
	MIDPOINT("r a@1090:r b@1080:r c@1030:r d@1070:r e@1060:r "
		 "o@1100:a,b,c,d,e",
		 "o", "r", "c of 6, 4 left, 2 steps");
	/* a commit near the tip and one near the root are as good */
	MIDPOINT("r a:r b:r c:r d:r m:a,b,c,d n:m", "n", "r",
		 "a of 6, 4 left, 2 steps");
}

/*
 * r - a - b - - m - c - d
 *  \           /
 *   w - x - y -
 */
static const char side[] = "r a:r w:r x:w b:a y:x m:b,y c:m d:c";

static void along_first_parents_a_merged_branch_is_no_suspect(void **state)
{
	(void)state;
	MIDPOINT(side, "d", "r", "y of 8, 4 left, 2 steps");
	FIRST_PARENT(side, "d", "r", "b of 5, 2 left, 1 steps");
	FIRST_PARENT(side, "d", "b", "c of 3, 0 left, 1 steps");
	FIRST_PARENT(side, "y", "r", "x of 3, 0 left, 1 steps");
	FIRST_PARENT(ladder, "j", "r", "d of 7, 3 left, 2 steps");
}

static void along_first_parents_a_good_commit_still_covers_all_its_own(
	void **state)
{
	(void)state;
	/* a good branch commit does not bound the first parents' line */
	FIRST_PARENT(side, "d", "y", "b of 5, 2 left, 1 steps");
	/* but a good merge covers both its arms */
	FIRST_PARENT("r a:r x:a b:a m:x,b t:b u:t", "u", "m",
		     "t of 2, 0 left, 0 steps");
	FIRST_PARENT("r a:r x:a b:a m:x,b t:b,x u:t", "u", "m",
		     "t of 2, 0 left, 0 steps");
}

static void a_good_commit_beside_bad_takes_away_what_they_share(void **state)
{
	(void)state;
	MIDPOINT(side, "b", "y", "a of 2, 0 left, 0 steps");
	MIDPOINT("r a:r b:a c:b s:b t:s", "c", "t", "found c");
	MIDPOINT("a b:a x y:x", "b", "y", "a of 2, 0 left, 0 steps");
}

static void two_roots_are_both_suspects(void **state)
{
	(void)state;
	MIDPOINT("a b:a x y:x m:b,y n:m", "n", "", "b of 6, 3 left, 2 steps");
	MIDPOINT("a b:a x y:x m:b,y n:m", "n", "a", "y of 5, 2 left, 1 steps");
}

static void with_clocks_that_are_wrong_git_may_list_what_good_contains(
	void **state)
{
	/*
	 * g is good and contains s, by way of seven commits from 1970; the walk
	 * goes by dates and ends before it comes down there.
	 */
	static const char wrong[] = "r@1000 s@1010:r z@8:s a@7:z b@6:a c@5:b "
				    "d@4:c e@3:d f@2:e g@1030:f "
				    "t@1020:s";
	/* one commit fewer, and the walk still gets there */
	static const char nearly[] =
		"r@1000 s@1010:r a@7:s b@6:a c@5:b d@4:c e@3:d f@2:e g@1030:f "
		"t@1020:s";
	static const char right[] =
		"r@1000 s@1010:r z:s a:z b:a c:b d:c e:d f:e g:f t@1120:s";

	(void)state;
	MIDPOINT(right, "t", "g", "found t");
	MIDPOINT(wrong, "t", "g", "s of 3, 0 left, 1 steps");
	MIDPOINT(nearly, "t", "g", "found t");
}

/* A line of `count` commits above its root; the answer is the weight. */
static struct midpoint of_long_line(int count, int skip)
{
	struct graph *graph = graph_new();
	int good = 0, parent = 0;
	struct suspects_query query = { .bad = count,
					.goods = &good,
					.good_count = 1,
					.skips = &skip,
					.skip_count = skip >= 0 };
	struct suspects *suspects;
	struct midpoint mid;
	char name[16];

	for (int i = 0; i <= count; i++) {
		struct oid oid;

		snprintf(name, sizeof(name), "n%d", i);
		oid = world_oid(name);
		parent = i - 1;
		graph_add(graph, &oid, 1000 + i);
		graph_expand(graph, i, &parent, i > 0);
	}
	suspects = suspects_find(graph, &query);
	mid = suspects_midpoint(graph, &query, suspects);
	suspects_free(suspects);
	graph_free(graph);
	return mid;
}

static void in_a_long_range_nearly_half_is_near_enough(void **state)
{
	(void)state;
	/* up to 3071 commits, off by one of 2w is the limit */
	assert_int_equal(of_long_line(2048, -1).commit, 1024);
	assert_int_equal(of_long_line(3071, -1).commit, 1535);
	/* 4096 / 1024 is 4: 2w may be off by less than that */
	assert_int_equal(of_long_line(4096, -1).commit, 2047);
	assert_int_equal(of_long_line(10240, -1).commit, 5116);
	assert_int_equal(of_long_line(10240, -1).left, 5123);
}

static void with_anything_skipped_the_very_middle_is_looked_for(void **state)
{
	/* even if it is the good end that is skipped */
	(void)state;
	assert_int_equal(of_long_line(4096, 0).commit, 2048);
	assert_int_equal(of_long_line(10240, 0).commit, 5120);
}

static void steps_are_estimated_as_git_does(void **state)
{
	static const struct {
		int all, steps;
	} cases[] = {
		{ 0, 0 },    { 1, 0 },	   { 2, 0 },	  { 3, 1 },
		{ 4, 1 },    { 5, 1 },	   { 6, 2 },	  { 7, 2 },
		{ 8, 2 },    { 10, 2 },	   { 11, 3 },	  { 16, 3 },
		{ 21, 3 },   { 22, 4 },	   { 1000, 9 },	  { 1024, 9 },
		{ 1365, 9 }, { 1366, 10 }, { 17417, 13 }, { 1300000, 19 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (suspects_steps(cases[i].all) != cases[i].steps)
			fail_msg("%d suspects: %d steps, git says %d",
				 cases[i].all, suspects_steps(cases[i].all),
				 cases[i].steps);
}

/*
 * Skips.  Ids are part of git's choice here, so these are real ones: twelve
 * empty commits in a row, a to l.
 */
static const char *const ids[] = {
	"4012b8fdb66f27ecb276940a30a2aeb39fc4e5cd",
	"9a2d0199c46f7f8c09efeb1b2f463d1ec0538cca",
	"65c89e69f6b686b9a12a197c1f9c6902223ed181",
	"83c7a60de776076f951b1f5a81d48681841cd963",
	"9424f2f9d23cdf48449506739a203fe062231d02",
	"bb3504c79405a08492b647707c384173ab8c2a69",
	"da0c80efb271e4a5dcf5d8b22c6e683d2bb86ff5",
	"9e4acb68c2b00e52cf8a2a5ca7e793e350e583ce",
	"6d4a5a153af4881952d33072694ac46107bf5fe6",
	"4f0ab6bd5af702b038b3ab326bb6d28bf6cde647",
	"3b4728ac26b97867d776817c55c996369e98fe00",
	"118c2f64702418273e9e5e7a0339336237cbd0b2",
};

static const char *skipping(const char *bad, const char *goods,
			    const char *skips)
{
	struct shape shape = { .graph = graph_new() };
	int good[12], skip[12];
	struct suspects_query query = { .goods = good, .skips = skip };
	const char *text;

	for (int i = 0; i < 12; i++) {
		struct oid oid;
		int parent = i - 1;

		assert_true(oid_parse(&oid, ids[i]));
		graph_add(shape.graph, &oid, 1000 + i);
		graph_expand(shape.graph, i, &parent, i > 0);
		shape.names[i][0] = (char)('a' + i);
	}
	query.bad = number_of(&shape, bad);
	query.good_count = numbers_of(&shape, goods, good);
	query.skip_count = numbers_of(&shape, skips, skip);
	text = answer(&shape, &query);
	graph_free(shape.graph);
	return text;
}

#define SKIPPING(bad, goods, skips, text) \
	assert_string_equal(skipping(bad, goods, skips), text)

static void of_two_middles_the_lower_id_wins_once_anything_is_skipped(
	void **state)
{
	(void)state;
	/* of d to l both g and h are halfway: g is older, h has the lower id */
	SKIPPING("l", "c", "", "g of 9, 4 left, 2 steps");
	SKIPPING("l", "c", "e", "h of 9, 3 left, 2 steps");
	SKIPPING("l", "c", "l", "h of 9, 3 left, 2 steps");
	SKIPPING("l", "c", "a", "h of 9, 3 left, 2 steps");
}

static void away_from_a_skipped_middle_git_goes_by_its_own_dice(void **state)
{
	(void)state;
	SKIPPING("l", "a", "f", "g of 11, 5 left, 3 steps");
	SKIPPING("l", "a", "g", "f of 11, 5 left, 3 steps");
	SKIPPING("l", "a", "f,g", "d of 11, 5 left, 3 steps");
	SKIPPING("l", "a", "e,f,g", "h of 11, 5 left, 3 steps");
	SKIPPING("l", "a", "f,g,h,i", "c of 11, 5 left, 3 steps");
	SKIPPING("l", "b", "f,g,h", "d of 10, 4 left, 2 steps");
	SKIPPING("l", "a", "c,d,e,f,g,h,i,j,k", "b of 11, 5 left, 3 steps");
	SKIPPING("h", "c", "e,f", "d of 5, 2 left, 1 steps");
}

static void the_numbers_stay_those_of_the_best_though_it_is_skipped(
	void **state)
{
	(void)state;
	/* if g is good 4 are left, but git counts for h */
	SKIPPING("l", "c", "h", "g of 9, 3 left, 2 steps");
	SKIPPING("l", "c", "f,g,h", "i of 9, 3 left, 2 steps");
}

static void when_all_but_bad_are_skipped_nobody_can_say_more(void **state)
{
	(void)state;
	SKIPPING("d", "a", "b,c", "only skipped");
	SKIPPING("c", "a", "b", "only skipped");
	SKIPPING("l", "a", "b,c,d,e,f,g,h,i,j,k", "only skipped");
}

static void a_bad_commit_that_was_skipped_too_is_no_answer_beside_others(
	void **state)
{
	(void)state;
	SKIPPING("c", "a", "b,c", "only skipped");
	SKIPPING("b", "a", "b", "only skipped");
	SKIPPING("d", "a", "c,d", "b of 3, 0 left, 1 steps");
	SKIPPING("d", "a", "b,d", "c of 3, 0 left, 1 steps");
}

static void the_last_suspect_is_found_whatever_was_skipped_before(void **state)
{
	(void)state;
	SKIPPING("d", "c", "b", "found d");
	SKIPPING("d", "c", "f,g", "found d");
}

/* Random graphs, against counting by hand. */

#define RANDOM_GRAPHS 2000
#define RANDOM_MAX    700

static uint64_t dice;

static int roll(int sides)
{
	dice = dice * UINT64_C(6364136223846793005) +
	       UINT64_C(1442695040888963407);
	return (int)((dice >> 33) % (uint64_t)sides);
}

/* Dates that never lie, but are often equal; up to four parents. */
static struct graph *random_graph(int count)
{
	struct graph *graph = graph_new();
	int window = 1 + roll(12), merges = roll(60);
	int64_t date = 1000;

	for (int i = 0; i < count; i++) {
		int parents[4], n = 0, low = i > window ? i - window : 0;
		int wanted = roll(100) < merges ? 2 + roll(3) : 1;
		char name[16];
		struct oid oid;

		snprintf(name, sizeof(name), "%d", i);
		oid = world_oid(name);
		graph_add(graph, &oid, date += roll(3));
		for (int k = 0; i > 0 && k < wanted; k++)
			parents[n++] = low + roll(i - low);
		graph_expand(graph, i, parents, n);
	}
	return graph;
}

static bool *suspects_by_hand(const struct graph *graph,
			      const struct suspects_query *query)
{
	size_t count = (size_t)graph_count(graph);
	unsigned char *marks = calloc(count, 1);
	bool *suspect = calloc(count, sizeof(bool));

	assert_non_null(marks);
	assert_non_null(suspect);
	graph_mark_ancestors(graph, query->goods, query->good_count, marks, 2);
	if (query->first_parent) {
		const int *parents;
		int at = query->bad;

		for (int n = 1; n > 0 && !(marks[at] & 2); at = parents[0]) {
			marks[at] |= 1;
			n = graph_parents(graph, at, &parents);
			if (n == 0)
				break;
		}
	} else {
		graph_mark_ancestors(graph, &query->bad, 1, marks, 1);
	}
	for (size_t i = 0; i < count; i++)
		suspect[i] = marks[i] == 1;
	free(marks);
	return suspect;
}

/* A set of suspects is walked for each of them anew, and counted. */
static int weight_by_hand(const struct graph *graph, const bool *suspect,
			  int commit, bool first_parent)
{
	static int stack[RANDOM_MAX];
	static bool seen[RANDOM_MAX];
	int depth = 0, weight = 0;

	memset(seen, 0, sizeof(seen));
	seen[commit] = true;
	stack[depth++] = commit;
	while (depth > 0) {
		const int *parents;
		int n = graph_parents(graph, stack[--depth], &parents);

		weight++;
		if (first_parent && n > 1)
			n = 1;
		for (int i = 0; i < n; i++) {
			if (seen[parents[i]] || !suspect[parents[i]])
				continue;
			seen[parents[i]] = true;
			stack[depth++] = parents[i];
		}
	}
	return weight;
}

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

/* Nothing skipped: what is chosen is halfway, or nothing is nearer to it. */
static void check_choice(const struct graph *graph,
			 const struct suspects_query *query,
			 const struct suspects *found)
{
	struct midpoint mid = suspects_midpoint(graph, query, found);
	int all = found->count, best = -1, chosen = -1;

	assert_int_equal(mid.kind, all == 0   ? MIDPOINT_NONE
				   : all == 1 ? MIDPOINT_FOUND
					      : MIDPOINT_TEST);
	for (int i = 0; i < all; i++) {
		int distance =
			smaller(found->weights[i], all - found->weights[i]);

		if (distance > best)
			best = distance;
		if (found->commits[i] == mid.commit)
			chosen = i;
	}
	if (all == 0)
		return;
	assert_true(chosen >= 0);
	assert_int_equal(found->weights[chosen], mid.reaches);
	assert_int_equal(smaller(mid.reaches, all - mid.reaches), best);
}

static void check_random_graph(int count)
{
	struct graph *graph = random_graph(count);
	int goods[3];
	struct suspects_query query = { .bad = count - 1 - roll(1 + count / 8),
					.goods = goods,
					.good_count = roll(4),
					.first_parent = roll(4) == 0 };
	struct suspects *found;
	bool *suspect;
	int expected = 0;

	/* near the root, so that ranges are long */
	for (int i = 0; i < query.good_count; i++)
		goods[i] = roll(roll(3) ? 1 + count / 20 : count);
	found = suspects_find(graph, &query);
	suspect = suspects_by_hand(graph, &query);
	for (int i = 0; i < count; i++)
		expected += suspect[i];
	assert_int_equal(found->count, expected);
	for (int i = 0; i < found->count; i++) {
		assert_true(suspect[found->commits[i]]);
		assert_int_equal(found->weights[i],
				 weight_by_hand(graph, suspect,
						found->commits[i],
						query.first_parent));
	}
	check_choice(graph, &query, found);
	free(suspect);
	suspects_free(found);
	graph_free(graph);
}

static void weights_of_random_graphs_are_those_counted_by_hand(void **state)
{
	(void)state;
	dice = 20241121;
	for (int i = 0; i < RANDOM_GRAPHS; i++)
		/* every tenth is longer than one or two blocks of 512 */
		check_random_graph(i % 10 ? 1 + roll(120)
					  : 505 + roll(RANDOM_MAX - 505));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_halved),
		cmocka_unit_test(one_suspect_is_the_culprit),
		cmocka_unit_test(
			without_a_good_commit_the_root_is_a_suspect_too),
		cmocka_unit_test(bad_below_good_leaves_nothing_to_test),
		cmocka_unit_test(the_nearest_good_commit_bounds_the_range),
		cmocka_unit_test(
			a_suspect_whose_parents_nobody_read_may_hide_others),
		cmocka_unit_test(
			so_may_a_good_commit_that_is_not_older_than_all),
		cmocka_unit_test(of_two_arms_the_one_listed_first_is_tested),
		cmocka_unit_test(equal_dates_are_listed_as_they_were_reached),
		cmocka_unit_test(
			a_merge_that_lies_halfway_is_taken_before_older_commits),
		cmocka_unit_test(a_commit_is_not_looked_at_before_its_parent),
		cmocka_unit_test(a_ladder_counts_shared_ancestors_once),
		cmocka_unit_test(a_ladder_is_halved_on_a_rung),
		cmocka_unit_test(a_braid_of_criss_cross_merges_is_halved),
		cmocka_unit_test(an_octopus_weighs_the_union_of_its_arms),
		cmocka_unit_test(among_equals_the_first_in_the_list_wins),
		cmocka_unit_test(
			along_first_parents_a_merged_branch_is_no_suspect),
		cmocka_unit_test(
			along_first_parents_a_good_commit_still_covers_all_its_own),
		cmocka_unit_test(
			a_good_commit_beside_bad_takes_away_what_they_share),
		cmocka_unit_test(two_roots_are_both_suspects),
		cmocka_unit_test(
			with_clocks_that_are_wrong_git_may_list_what_good_contains),
		cmocka_unit_test(in_a_long_range_nearly_half_is_near_enough),
		cmocka_unit_test(
			with_anything_skipped_the_very_middle_is_looked_for),
		cmocka_unit_test(steps_are_estimated_as_git_does),
		cmocka_unit_test(
			of_two_middles_the_lower_id_wins_once_anything_is_skipped),
		cmocka_unit_test(
			away_from_a_skipped_middle_git_goes_by_its_own_dice),
		cmocka_unit_test(
			the_numbers_stay_those_of_the_best_though_it_is_skipped),
		cmocka_unit_test(
			when_all_but_bad_are_skipped_nobody_can_say_more),
		cmocka_unit_test(
			a_bad_commit_that_was_skipped_too_is_no_answer_beside_others),
		cmocka_unit_test(
			the_last_suspect_is_found_whatever_was_skipped_before),
		cmocka_unit_test(
			weights_of_random_graphs_are_those_counted_by_hand),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
