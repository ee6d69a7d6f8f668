/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * How sure a session is, in words.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "control/sure.h"
#include "engine/belief.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tests/unit/tale.h"

static int begin(void **state)
{
	static struct tale tale;

	tale_begin(&tale);
	tale_commits(&tale, 65, NULL);
	tale_start(&tale, TALE_TITLE, "syzkaller/10/10");
	tale_mark(&tale, BY_START, tale_oid(64).hex, VERDICT_BAD, NULL);
	tale_mark(&tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	*state = &tale;
	return 0;
}

static int end(void **state)
{
	tale_end(*state);
	return 0;
}

static void test_one(struct tale *tale, int commit, const char *letters,
		     enum verdict verdict)
{
	tale_build(tale, tale_oid(commit).hex, tale_oid(commit).hex, 5);
	tale_runs(tale, tale_oid(commit).hex, letters, 5);
	assert_int_equal(tale_mark(tale, BY_POLICY, tale_oid(commit).hex,
				   verdict, NULL),
			 0);
}

/* What is told holds all these, up to NULL. */
static void tells(struct tale *tale, const char *first, ...)
{
	struct buf text;
	va_list args;

	buf_init(&text, 0);
	sure_tell(tale->session, &text);
	va_start(args, first);
	for (const char *part = first; part; part = va_arg(args, const char *))
		if (!strstr(text.text, part))
			fail_msg("'%s' is not in '%s'", part, text.text);
	va_end(args);
	buf_release(&text);
}

static void nothing_is_told_before_a_run(void **state)
{
	struct tale *tale = *state;
	struct buf text;

	buf_init(&text, 0);
	sure_tell(tale->session, &text);
	assert_string_equal(text.text, "");
	assert_true(sure_chance(tale->session) < 0);
	buf_release(&text);
}

static void a_search_tells_how_far_it_is(void **state)
{
	struct tale *tale = *state;

	test_one(tale, 64, "XXXXXXXXXX", VERDICT_BAD);
	test_one(tale, 32, "..........", VERDICT_GOOD);
	tells(tale, "so far the likeliest is ", "; 95 % are with ", " of 64\n",
	      "where the bug is, about 9", NULL);
	assert_true(sure_chance(tale->session) < 0.1);
}

static void a_clear_end_is_nearly_sure(void **state)
{
	struct tale *tale = *state;

	test_one(tale, 64, "XXXXXXXXXX", VERDICT_BAD);
	test_one(tale, 32, "XXXXXXXXXX", VERDICT_BAD);
	test_one(tale, 16, "XXXXXXXXXX", VERDICT_BAD);
	test_one(tale, 14, "..........", VERDICT_GOOD);
	test_one(tale, 15, "..........", VERDICT_GOOD);
	tells(tale, "confirmed: 9", " % that it is ", ", seen on both sides\n",
	      NULL);
	assert_true(sure_chance(tale->session) > 0.95);
}

static void the_weakest_verdict_is_named_with_what_would_help(void **state)
{
	struct tale *tale = *state;

	test_one(tale, 64, "X...X..X..", VERDICT_BAD);
	test_one(tale, 32, "X....X...X", VERDICT_BAD);
	test_one(tale, 16, "..........", VERDICT_GOOD);
	tells(tale, "weakest is step 4, good ", " that it has the bug\n",
	      " more clean runs there would make that ", ": more ", NULL);
}

static void a_culprit_whose_parent_was_hardly_run_is_likely(void **state)
{
	struct tale *tale = *state;
	struct sure sure;

	test_one(tale, 64, "X..X......", VERDICT_BAD);
	test_one(tale, 32, "X.X.......", VERDICT_BAD);
	test_one(tale, 16, "..X.....X.", VERDICT_BAD);
	test_one(tale, 15, "...", VERDICT_GOOD);
	assert_true(sure_find(tale->session, &sure));
	assert_true(sure.found);
	assert_int_not_equal(sure.word, SURE_CONFIRMED);
	/* and these runs are what would help */
	assert_int_equal(sure.weak.commit, sure.remedy.commit);
	assert_true(sure.remedy.chance_then > sure.chance);
	assert_true(sure.remedy.wrong_then < sure.weak.wrong / 2);
	assert_false(sure.remedy.test);
}

/* It may be silent always: then another one is asked. */
static void a_witness_beside_a_silent_one_helps_where_runs_do_not(void **state)
{
	struct tale *tale = *state;
	struct sure sure;

	test_one(tale, 64, "XXXXXXXXXX", VERDICT_BAD);
	test_one(tale, 61, "XXXXXXXXXX", VERDICT_BAD);
	test_one(tale, 60, "....................", VERDICT_GOOD);
	assert_true(sure_find(tale->session, &sure));
	assert_true(sure.found);
	assert_true(sure.weak.wrong > 0.2);
	assert_true(sure.remedy.test);
	assert_true(sure.remedy.chance_then > sure.chance + 0.2);
	tells(tale, " clean runs of ", " would make the culprit ", ": pick ",
	      NULL);
}

static void a_search_says_how_much_is_left_and_how_long(void **state)
{
	struct tale *tale = *state;
	struct sure sure;

	test_one(tale, 64, "XXXXXXXXXX", VERDICT_BAD);
	test_one(tale, 32, "..........", VERDICT_GOOD);
	test_one(tale, 48, "..........", VERDICT_GOOD);
	assert_true(sure_glance(tale->session, &sure));
	assert_true(sure.bits > 3.5 && sure.bits < 4.5);
	assert_true(sure.pace > 0);
	/* two halvings took some time, and four are left */
	assert_true(sure.left_ms > 0);
	assert_true(fabs((double)sure.left_ms * sure.pace / 60000 - sure.bits) <
		    0.01);
	assert_int_equal(sure.clean, 1);
	tells(tale, " bits left, ", " at this pace; 95 % are with ", NULL);
}

static void says(struct tale *tale, int commit, const char *words)
{
	struct oid oid = tale_oid(commit);
	struct sure_at at;
	struct buf text;

	buf_init(&text, 0);
	assert_true(sure_at(tale->session,
			    graph_find(session_graph(tale->session), &oid),
			    &at));
	sure_say_at(tale->session, &at, &text);
	if (!strstr(text.text, words))
		fail_msg("'%s' is not in '%s'", words, text.text);
	buf_release(&text);
}

static void each_commit_has_its_word(void **state)
{
	struct tale *tale = *state;

	test_one(tale, 64, "XX..X..XX.", VERDICT_BAD);
	test_one(tale, 32, "XXX.X.XXXX", VERDICT_BAD);
	test_one(tale, 4, "...", VERDICT_GOOD);
	says(tale, 32, "bad 99.8 % (8 of 10 crashed)");
	says(tale, 4, " % (3 clean; ");
	says(tale, 4, " more for 99 %)");
	says(tale, 24, "not tested: ");
	says(tale, 24, " % that it has the bug, ");
	says(tale, 0, "good ");
	says(tale, 0, " (as it was said)");
}

/* What "n more for 99 %" promises holds when they were made. */
static void so_many_more_runs_are_enough(void **state)
{
	struct tale *tale = *state;
	struct oid oid = tale_oid(4);
	int commit = graph_find(session_graph(tale->session), &oid);
	struct record more = { .commit = -1 };
	struct belief belief;
	struct sure_at at;

	test_one(tale, 64, "XX..X..XX.", VERDICT_BAD);
	test_one(tale, 32, "XXX.X.XXXX", VERDICT_BAD);
	test_one(tale, 4, ".", VERDICT_GOOD);
	assert_true(sure_at(tale->session, commit, &at));
	assert_true(sure_more(tale->session, &at) > 0);
	more.commit = commit;
	more.clean = sure_more(tale->session, &at);
	assert_true(belief_of(&belief, session_engine(tale->session), &more));
	assert_true(belief_record(&belief, commit)->bug < 0.0105);
	assert_true(belief_record(&belief, commit)->bug > 0.001);
	belief_release(&belief);
}

static void odds_are_no_more_exact_than_is_known(void **state)
{
	static const struct {
		double chance;
		const char *words;
	} cases[] = {
		{ 0.5, "1.0:1" },      { 0.75, "3.0:1" },
		{ 0.25, "3.0:1" },     { 0.95, "19:1" },
		{ 0.999, "1000:1" },   { 0.9973, "370:1" },
		{ 1, "over 10000:1" }, { 0, "over 10000:1" },
	};
	struct buf text;

	(void)state;
	buf_init(&text, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_clear(&text);
		sure_say_odds(cases[i].chance, &text);
		assert_string_equal(text.text, cases[i].words);
	}
	buf_release(&text);
}

static void two_that_exclude_each_other_are_told_with_their_odds(void **state)
{
	struct tale *tale = *state;
	struct sure_doubt *list;
	int count, pairs = 0;

	test_one(tale, 64, "XXXXXXXXXX", VERDICT_BAD);
	test_one(tale, 32, "..........", VERDICT_GOOD);
	test_one(tale, 16, "XXXXXXXXXX", VERDICT_BAD);
	count = sure_doubts(tale->session, &list);
	for (int i = 0; i < count; i++) {
		if (list[i].other < 0)
			continue;
		pairs++;
		assert_non_null(strstr(list[i].text, "showed the bug ("));
		assert_non_null(strstr(list[i].text,
				       ", which has it in its history, did "
				       "not ("));
		assert_non_null(strstr(list[i].text,
				       "fixed and reintroduced, or hidden "
				       "between them? 'culprit good "));
	}
	assert_int_equal(pairs, 1);
	sure_doubts_free(list, count);
}

static void a_clear_search_has_no_doubts(void **state)
{
	struct tale *tale = *state;
	struct sure_doubt *list;

	test_one(tale, 64, "XXXXXXXXXX", VERDICT_BAD);
	test_one(tale, 32, "XXXXXXXXXX", VERDICT_BAD);
	test_one(tale, 16, "..........", VERDICT_GOOD);
	assert_int_equal(sure_doubts(tale->session, &list), 0);
	sure_doubts_free(list, 0);
}

/* The kernel without the culprit is none of the range. */
static void nothing_is_believed_of_what_was_made_to_verify(void **state)
{
	struct tale *tale = *state;
	struct oid made = tale_oid(99);
	struct sure_at at;
	int commit;

	test_one(tale, 64, "XXXXXXXXXX", VERDICT_BAD);
	test_one(tale, 1, "XXXXXXXXXX", VERDICT_BAD);
	tale_verify(tale, tale_oid(1).hex, 10);
	tale_revert(tale, tale_oid(1).hex, tale_oid(1).hex, made.hex);
	commit = graph_find(session_graph(tale->session), &made);
	assert_true(commit >= 0);
	assert_false(sure_at(tale->session, commit, &at));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_told_before_a_run),
		TEST(a_search_tells_how_far_it_is),
		TEST(a_clear_end_is_nearly_sure),
		TEST(the_weakest_verdict_is_named_with_what_would_help),
		TEST(a_culprit_whose_parent_was_hardly_run_is_likely),
		TEST(a_witness_beside_a_silent_one_helps_where_runs_do_not),
		TEST(a_search_says_how_much_is_left_and_how_long),
		TEST(each_commit_has_its_word),
		TEST(so_many_more_runs_are_enough),
		TEST(odds_are_no_more_exact_than_is_known),
		TEST(two_that_exclude_each_other_are_told_with_their_odds),
		TEST(a_clear_search_has_no_doubts),
		TEST(nothing_is_believed_of_what_was_made_to_verify),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
