/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tests/unit/tale.h"

static int set_up(void **state)
{
	static struct tale tale;

	tale_begin(&tale);
	tale_commits(&tale, 17, NULL);
	tale_start(&tale, TALE_TITLE, "syzkaller/3/3");
	tale_mark(&tale, BY_START, tale_oid(16).hex, VERDICT_BAD, NULL);
	tale_mark(&tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	*state = &tale;
	return 0;
}

static int tear_down(void **state)
{
	tale_end(*state);
	return 0;
}

static struct pace pace_now(struct tale *tale)
{
	struct pace pace;

	pace_find(session_engine(tale->session), &pace);
	return pace;
}

/* Builds for a while, runs three times, is good. */
static void test_commit(struct tale *tale, int number, int build, int run)
{
	const struct oid oid = tale_oid(number);

	tale_build(tale, oid.hex, "", build);
	tale_runs(tale, oid.hex, "...", run);
	tale_mark(tale, BY_POLICY, oid.hex, VERDICT_GOOD, NULL);
}

static void nothing_is_known_before_anything_was_done(void **state)
{
	struct pace pace = pace_now(*state);

	assert_int_equal(pace.build_ms, -1);
	assert_int_equal(pace.run_ms, -1);
	assert_int_equal(pace.step_ms, -1);
	assert_int_equal(pace_left(&pace, 3, 0), -1);
	assert_int_equal(pace_runs(&pace, 10, 0), -1);
	assert_int_equal(pace_runs(&pace, 0, 1), -1);
	assert_int_equal(pace_runs(&pace, 0, 0), 0);
}

static void one_night_changes_no_median(void **state)
{
	struct tale *tale = *state;
	struct pace pace;

	test_commit(tale, 2, 100, 10);
	tale_build(tale, tale_oid(4).hex, "", 140);
	tale_pass(tale, 8 * 3600 * 1000); /* its runs come the next morning */
	tale_runs(tale, tale_oid(4).hex, "...", 30);
	tale_mark(tale, BY_POLICY, tale_oid(4).hex, VERDICT_GOOD, NULL);
	test_commit(tale, 6, 120, 20);
	pace = pace_now(tale);
	assert_int_equal(pace.builds, 3);
	assert_int_equal(pace.runs, 9);
	assert_int_equal(pace.build_ms, 120 * 1000);
	assert_int_equal(pace.run_ms, 20 * 1000);
	assert_int_equal(pace.each_ms, 20 * 1000);
	assert_int_equal(pace.boot_ms, 6 * 1000);
	assert_int_equal(pace.step_ms, (120 + 3 * 20) * 1000);
	assert_int_equal(pace_runs(&pace, 10, 1), (120 + 10 * 20) * 1000);
}

static void of_an_even_number_it_is_between_the_two_in_the_middle(void **state)
{
	struct tale *tale = *state;

	test_commit(tale, 2, 100, 10);
	test_commit(tale, 4, 140, 10);
	assert_int_equal(pace_now(tale).build_ms, 120 * 1000);
}

static void runs_side_by_side_cost_less_each(void **state)
{
	struct tale *tale = *state;
	struct event end = { .kind = EVENT_RUN,
			     .by = BY_ENGINE,
			     .commit = tale_oid(2),
			     .duration_ms = 60 * 1000 };

	tale_build(tale, tale_oid(2).hex, "", 100);
	tale_runs(tale, tale_oid(2).hex, ">>>", 0);
	tale_pass(tale, 60 * 1000);
	for (end.number = 0; end.number < 3; end.number++)
		assert_int_equal(tale_tell(tale, end), 0);
	assert_int_equal(pace_now(tale).run_ms, 60 * 1000);
	assert_int_equal(pace_now(tale).each_ms, 20 * 1000);
}

static void what_went_into_the_commit_under_test_is_not_left(void **state)
{
	struct tale *tale = *state;
	struct engine *engine;
	struct pace pace;
	int commit;

	test_commit(tale, 2, 100, 10);
	tale_build(tale, tale_oid(8).hex, "", 70);
	pace = pace_now(tale);
	engine = session_engine(tale->session);
	commit = graph_find(session_graph(tale->session),
			    &(struct oid[]){ tale_oid(8) }[0]);
	assert_int_equal(pace_took(engine_step_of(engine, commit)), 70 * 1000);
	assert_int_equal(pace_left(&pace, 2, 70 * 1000), (2 * 130 + 60) * 1000);
	/* it takes longer than usual: so it may end at once */
	assert_int_equal(pace_left(&pace, 2, 900 * 1000), 2 * 130 * 1000);
	assert_int_equal(pace_left(&pace, 2, -1), 2 * 130 * 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(nothing_is_known_before_anything_was_done),
		TEST(one_night_changes_no_median),
		TEST(of_an_even_number_it_is_between_the_two_in_the_middle),
		TEST(runs_side_by_side_cost_less_each),
		TEST(what_went_into_the_commit_under_test_is_not_left),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
