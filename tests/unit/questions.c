/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What a person is asked, and what an answer would do.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "control/questions.h"
#include "engine/commit.h"
#include "engine/engine.h"
#include "session/session.h"
#include "tests/unit/tale.h"

static int begin(void **state)
{
	static struct tale tale;

	tale_begin(&tale);
	tale_commits(&tale, 65, NULL);
	tale_start(&tale, TALE_TITLE, "syzkaller/10/10");
	*state = &tale;
	return 0;
}

static int end(void **state)
{
	tale_end(*state);
	return 0;
}

static void give(struct tale *tale, int commit, enum verdict verdict)
{
	tale_mark(tale, BY_START, tale_oid(commit).hex, verdict, NULL);
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

/* The question that holds these words, and an answer that holds those. */
static bool asks(struct tale *tale, const char *words, const char *does)
{
	struct question_asked *list;
	int count = questions_find(tale->session, &list);
	bool found = false;

	for (int i = 0; i < count; i++) {
		bool answered = !*does;

		for (int k = 0; k < QUESTION_ANSWERS && list[i].answers[k]; k++)
			answered = answered ||
				   strstr(list[i].answers[k], does) != NULL;
		found = found || (strstr(list[i].text, words) && answered);
	}
	questions_free(list, count);
	return found;
}

static int count_of(struct tale *tale)
{
	struct question_asked *list;
	int count = questions_find(tale->session, &list);

	questions_free(list, count);
	return count;
}

static void a_clear_search_asks_nothing(void **state)
{
	struct tale *tale = *state;

	give(tale, 64, VERDICT_BAD);
	give(tale, 0, VERDICT_GOOD);
	test_one(tale, 64, "XXXXXXXXXX", VERDICT_BAD);
	test_one(tale, 32, "..........", VERDICT_GOOD);
	assert_int_equal(count_of(tale), 0);
}

static void what_the_plan_waits_for_comes_first(void **state)
{
	struct tale *tale = *state;
	struct question_asked *list;
	int count;

	give(tale, 64, VERDICT_BAD);
	test_one(tale, 64, "X.........", VERDICT_BAD);
	count = questions_find(tale->session, &list);
	assert_true(count > 0);
	assert_true(list[0].waits);
	assert_string_equal(list[0].text, "a good commit is needed");
	questions_free(list, count);
}

static void a_bug_that_shows_rarely_has_a_forecast(void **state)
{
	struct tale *tale = *state;

	give(tale, 64, VERDICT_BAD);
	give(tale, 0, VERDICT_GOOD);
	test_one(tale, 64, "..........X............X...........", VERDICT_BAD);
	test_one(tale, 48, "..X......................X.........", VERDICT_BAD);
	assert_true(asks(tale, "the bug shows in ", "a better reproducer"));
	assert_true(asks(tale,
			 " % of the runs only, so a commit is good after ",
			 "slots"));
	assert_true(asks(tale, " min are left: can it be made", ""));
}

static void a_range_that_may_be_too_narrow_is_asked_about(void **state)
{
	struct tale *tale = *state;

	give(tale, 64, VERDICT_BAD);
	give(tale, 0, VERDICT_GOOD);
	tale_build(tale, tale_oid(0).hex, "00", 5);
	tale_runs(tale, tale_oid(0).hex, ".", 5);
	test_one(tale, 64, "X.X..X..X.", VERDICT_BAD);
	for (int commit = 32; commit >= 1; commit /= 2) {
		assert_false(asks(tale, "older than the range", ""));
		test_one(tale, commit, "X.X..X..X.", VERDICT_BAD);
	}
	assert_true(asks(tale, "older than the range", "culprit more "));
	assert_true(asks(tale, " really good?", "culprit widen OLDER: "));
}

static void a_merge_that_is_the_culprit_is_asked_about(void **state)
{
	struct tale *tale = *state;
	struct oid parents[2] = { tale_oid(64), tale_oid(70) };
	struct oid base = tale_oid(40);
	const struct commit_record commits[] = {
		{ .oid = tale_oid(70),
		  .parents = &base,
		  .parent_count = 1,
		  .expanded = true,
		  .subject = (char *)(uintptr_t) "side" },
		{ .oid = tale_oid(71),
		  .parents = parents,
		  .parent_count = 2,
		  .expanded = true,
		  .subject = (char *)(uintptr_t) "merge" },
	};

	assert_return_code(session_store_commits(tale->session, commits, 2,
						 &tale->err),
			   0);
	give(tale, 71, VERDICT_BAD);
	give(tale, 0, VERDICT_GOOD);
	test_one(tale, 71, "XXXXXXXXXX", VERDICT_BAD);
	test_one(tale, 64, "..........", VERDICT_GOOD);
	assert_false(asks(tale, "a merge of 2", ""));
	test_one(tale, 70, "..........", VERDICT_GOOD);
	assert_true(
		asks(tale, "the culprit is a merge of 2", "culprit verify"));
}

static void a_kernel_equal_to_its_parents_is_asked_about(void **state)
{
	struct tale *tale = *state;

	give(tale, 64, VERDICT_BAD);
	give(tale, 0, VERDICT_GOOD);
	test_one(tale, 32, "XXXXXXXXXX", VERDICT_BAD);
	tale_build(tale, tale_oid(31).hex, tale_oid(32).hex, 5);
	tale_mark(tale, BY_PERSON, tale_oid(31).hex, VERDICT_GOOD, "said");
	assert_true(asks(tale, "makes the very kernel of its parent",
			 ": the parent is run again"));
}

static void an_end_that_is_blocked_says_what_one_may_do(void **state)
{
	struct tale *tale = *state;

	give(tale, 64, VERDICT_BAD);
	give(tale, 61, VERDICT_GOOD);
	for (int commit = 62; commit < 64; commit++)
		tale_mark(tale, BY_PERSON, tale_oid(commit).hex, VERDICT_SKIP,
			  "does not boot");
	assert_true(
		asks(tale, "the culprit is one of 3 commits", "culprit pick "));
	assert_true(asks(tale, "can be tested", "accept the set"));
	/* and the plan's own words for it are not asked beside */
	assert_int_equal(count_of(tale), 1);
}

static void verdicts_that_exclude_each_other_are_asked_about(void **state)
{
	struct tale *tale = *state;

	give(tale, 64, VERDICT_BAD);
	give(tale, 0, VERDICT_GOOD);
	test_one(tale, 64, "XXXXXXXXXX", VERDICT_BAD);
	test_one(tale, 32, "..........", VERDICT_GOOD);
	test_one(tale, 16, "XXXXXXXXXX", VERDICT_BAD);
	assert_true(asks(tale,
			 "which has it in its history, does not: fixed "
			 "and reintroduced, or hidden between them?",
			 ": only what is above it is searched"));
	assert_true(asks(tale, "fixed and reintroduced", ": it is run again"));
}

static void they_are_told_with_their_answers(void **state)
{
	struct tale *tale = *state;
	struct buf text;

	give(tale, 64, VERDICT_BAD);
	give(tale, 61, VERDICT_GOOD);
	for (int commit = 62; commit < 64; commit++)
		tale_mark(tale, BY_PERSON, tale_oid(commit).hex, VERDICT_SKIP,
			  "does not boot");
	buf_init(&text, 0);
	questions_tell(tale->session, &text);
	assert_non_null(
		strstr(text.text, "question: the culprit is one of 3 "));
	assert_non_null(
		strstr(text.text, "\n  culprit report: accept the set"));
	buf_release(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_clear_search_asks_nothing),
		TEST(what_the_plan_waits_for_comes_first),
		TEST(a_bug_that_shows_rarely_has_a_forecast),
		TEST(a_range_that_may_be_too_narrow_is_asked_about),
		TEST(a_merge_that_is_the_culprit_is_asked_about),
		TEST(a_kernel_equal_to_its_parents_is_asked_about),
		TEST(an_end_that_is_blocked_says_what_one_may_do),
		TEST(verdicts_that_exclude_each_other_are_asked_about),
		TEST(they_are_told_with_their_answers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
