/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * How sure a session is, in words.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "control/sure.h"
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
	tells(tale, "so far the likeliest is ", "; 95 % are with ",
	      " of 64 commits\n", "where the bug is, about 9", NULL);
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
	tells(tale, "99 % that it is ", NULL);
	assert_true(sure_chance(tale->session) > 0.95);
}

static void the_weakest_verdict_is_named_with_what_would_help(void **state)
{
	struct tale *tale = *state;

	test_one(tale, 64, "X...X..X..", VERDICT_BAD);
	test_one(tale, 32, "X....X...X", VERDICT_BAD);
	test_one(tale, 16, "..........", VERDICT_GOOD);
	tells(tale, "the weakest is step 4, good ",
	      " that it has the bug all the same\n",
	      " more clean runs there would make that ", ": more ", NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_told_before_a_run),
		TEST(a_search_tells_how_far_it_is),
		TEST(a_clear_end_is_nearly_sure),
		TEST(the_weakest_verdict_is_named_with_what_would_help),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
