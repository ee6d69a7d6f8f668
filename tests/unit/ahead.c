/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/ahead.h"
#include "engine/graph.h"
#include "tests/unit/world.h"

#define OK(call)   assert_int_equal(call, 0)
#define PLAN(text) assert_string_equal(world_plan(&w), text)

static const char line[] = "a b:a c:b d:c e:d f:e g:f h:g i:h j:i";

static struct world begun(const char *graph, const char *policy)
{
	struct world w;

	world_init(&w, graph);
	OK(world_start(&w, policy, false));
	OK(world_mark(&w, BY_START, "j", VERDICT_BAD));
	OK(world_mark(&w, BY_START, "a", VERDICT_GOOD));
	return w;
}

/* "g if bad, c if good": what is worth building, with room for so many. */
static const char *ahead(struct world *w, int room)
{
	static char text[300];
	struct ahead found[AHEAD_MAX];
	int count = ahead_find(w->engine, found, room);
	size_t used = 0;

	text[0] = '\0';
	for (int i = 0; i < count; i++)
		used += (size_t)snprintf(
			text + used, sizeof(text) - used, "%s%s%s%s",
			i ? ", " : "", world_name(w, found[i].commit),
			found[i].after ? " if " : "",
			found[i].after ? verdict_name(found[i].after) : "");
	return text;
}

static void both_next_commits_are_found_the_likelier_first(void **state)
{
	struct world w = begun(line, "exit-code");

	(void)state;
	PLAN("test e");
	/* e is bad: four suspects, b to e; e is good: five, f to j */
	assert_string_equal(ahead(&w, 2), "g if good, c if bad");
	assert_string_equal(ahead(&w, 1), "g if good");
	world_release(&w);
}

static void what_was_seen_of_the_commit_makes_one_likelier(void **state)
{
	struct world w = begun(line, "syzkaller/10/10");

	(void)state;
	PLAN("test e");
	world_runs(&w, "e", "X");
	assert_string_equal(ahead(&w, 2), "c if bad, g if good");
	world_runs(&w, "e", ".");
	assert_string_equal(ahead(&w, 2), "c if bad, g if good");
	world_release(&w);
	w = begun(line, "syzkaller/10/10");
	world_runs(&w, "e", "...");
	assert_string_equal(ahead(&w, 2), "g if good, c if bad");
	world_release(&w);
}

static void with_more_room_the_test_after_the_next_is_looked_at(void **state)
{
	struct world w = begun(line, "exit-code");

	(void)state;
	assert_string_equal(ahead(&w, AHEAD_MAX),
			    "g if good, c if bad, i if good, f if good, "
			    "b if bad, d if bad");
	world_release(&w);
}

static void nothing_is_ahead_of_the_last_test_or_the_end(void **state)
{
	struct world w = begun(line, "exit-code");

	(void)state;
	OK(world_mark(&w, BY_PERSON, "e", VERDICT_GOOD));
	OK(world_mark(&w, BY_PERSON, "g", VERDICT_BAD));
	PLAN("test f");
	assert_string_equal(ahead(&w, 2), "");
	OK(world_mark(&w, BY_PERSON, "f", VERDICT_GOOD));
	PLAN("found g");
	assert_string_equal(ahead(&w, 2), "");
	world_release(&w);
}

static void while_it_is_paused_nothing_is_ahead(void **state)
{
	struct world w = begun(line, "exit-code");

	(void)state;
	OK(world_say(&w, EVENT_PAUSE, NULL, 0));
	assert_string_equal(ahead(&w, 2), "");
	OK(world_say(&w, EVENT_RESUME, NULL, 0));
	assert_string_equal(ahead(&w, 2), "g if good, c if bad");
	world_release(&w);
}

static void the_other_end_is_ahead_of_one_that_is_confirmed(void **state)
{
	struct world w = begun(line, "syzkaller/10/10");

	(void)state;
	OK(world_say(&w, EVENT_CONFIRM, NULL, 0));
	PLAN("test j");
	assert_string_equal(ahead(&w, 2), "a");
	world_runs(&w, "j", "XXXXXXXXXX");
	PLAN("test a");
	assert_string_equal(ahead(&w, 2), "e");
	world_release(&w);
}

static void with_a_merge_base_the_search_behind_it_is_ahead(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, "m g:m x:m y:x z:y j:z");
	OK(world_start(&w, "exit-code", false));
	OK(world_mark(&w, BY_START, "j", VERDICT_BAD));
	OK(world_mark(&w, BY_START, "g", VERDICT_GOOD));
	PLAN("test m");
	/* were it bad there would be nothing to test */
	assert_string_equal(ahead(&w, 2), "y if good");
	world_release(&w);
}

static void the_adaptive_policy_chooses_by_what_it_believes(void **state)
{
	struct world w = begun(line, "adaptive");
	struct ahead found[AHEAD_MAX];
	int tested, count;

	(void)state;
	tested = engine_plan(w.engine)->commit;
	assert_int_equal(engine_plan(w.engine)->state, PLAN_TEST);
	count = ahead_find(w.engine, found, 2);
	assert_true(count >= 1 && count <= 2);
	for (int i = 0; i < count; i++) {
		assert_int_not_equal(found[i].commit, tested);
		assert_true(found[i].runs > 0);
	}
	world_release(&w);
}

static void a_commit_that_is_built_already_is_ahead_for_its_runs(void **state)
{
	struct world w = begun(line, "exit-code");
	struct ahead found[2];

	(void)state;
	OK(world_build(&w, "g", BUILD_OK));
	assert_string_equal(ahead(&w, 2), "g if good, c if bad");
	assert_int_equal(ahead_find(w.engine, found, 2), 2);
	assert_int_equal(found[0].runs, 1);
	world_release(&w);
}

/*
 * The stock: what was built, and nobody asked for yet.
 */

static int begin(struct world *w, const char *name, int64_t number)
{
	return world_apply(w, (struct event){ .kind = EVENT_BUILD_BEGIN,
					      .by = BY_ENGINE,
					      .commit = world_oid(name),
					      .number = number });
}

static const struct step *step_of(struct world *w, const char *name)
{
	return engine_step_of(w->engine, world_commit(w, name));
}

static const struct ahead_build *stock_of(struct world *w, const char *name)
{
	return engine_ahead_of(w->engine, world_commit(w, name));
}

static bool wishes_build(struct world *w)
{
	const struct plan *plan = engine_plan(w->engine);

	return plan->wish_count > 0 && plan->wishes[0].kind == WISH_BUILD;
}

static void a_build_ahead_is_no_step_until_it_is_taken(void **state)
{
	struct world w = begun(line, "exit-code");
	int steps = engine_step_count(w.engine);

	(void)state;
	OK(begin(&w, "e", 0));
	OK(begin(&w, "g", BUILD_AHEAD));
	OK(begin(&w, "c", BUILD_AHEAD));
	assert_int_equal(engine_ahead_count(w.engine), 2);
	assert_null(stock_of(&w, "g")->fact);
	OK(world_build(&w, "e", BUILD_OK));
	OK(world_build(&w, "g", BUILD_OK));
	assert_non_null(stock_of(&w, "g")->fact);
	assert_null(engine_ahead(w.engine, 2));
	assert_int_equal(engine_step_count(w.engine), steps + 1);
	assert_null(step_of(&w, "g"));
	world_runs(&w, "e", ".");
	PLAN("e is good");
	OK(world_mark(&w, BY_POLICY, "e", VERDICT_GOOD));
	PLAN("test g");
	assert_true(wishes_build(&w));

	OK(begin(&w, "g", BUILD_TAKEN));
	assert_null(stock_of(&w, "g"));
	assert_non_null(step_of(&w, "g")->build);
	assert_non_null(step_of(&w, "g")->taken);
	assert_null(step_of(&w, "g")->build_begin);
	PLAN("test g");
	assert_false(wishes_build(&w));
	world_release(&w);
}

static void one_that_is_under_way_is_waited_for(void **state)
{
	struct world w = begun(line, "exit-code");

	(void)state;
	OK(begin(&w, "g", BUILD_AHEAD));
	OK(world_mark(&w, BY_PERSON, "e", VERDICT_GOOD));
	OK(begin(&w, "g", BUILD_TAKEN));
	assert_non_null(step_of(&w, "g")->build_begin);
	assert_int_equal(step_of(&w, "g")->build_begin->number, BUILD_AHEAD);
	assert_null(step_of(&w, "g")->build);
	OK(world_build(&w, "g", BUILD_OK));
	assert_null(step_of(&w, "g")->build_begin);
	assert_non_null(step_of(&w, "g")->built_from);
	PLAN("test g");
	world_release(&w);
}

static void what_does_not_build_is_no_skip_before_it_is_asked_for(void **state)
{
	struct world w = begun(line, "exit-code");

	(void)state;
	OK(begin(&w, "g", BUILD_AHEAD));
	OK(world_build(&w, "g", BUILD_FAILED));
	PLAN("test e");
	OK(world_mark(&w, BY_PERSON, "e", VERDICT_GOOD));
	OK(begin(&w, "g", BUILD_TAKEN));
	PLAN("g is skip");
	world_release(&w);
}

static void an_engine_that_comes_back_knows_what_was_built_ahead(void **state)
{
	struct world w = begun(line, "exit-code");

	(void)state;
	OK(begin(&w, "g", BUILD_AHEAD));
	OK(begin(&w, "c", BUILD_AHEAD));
	OK(world_build(&w, "c", BUILD_OK));
	OK(world_say(&w, EVENT_ENGINE, NULL, 1));
	assert_null(stock_of(&w, "g"));
	assert_non_null(stock_of(&w, "c"));
	OK(begin(&w, "c", 0)); /* built anew: that one counts */
	assert_null(stock_of(&w, "c"));
	assert_non_null(step_of(&w, "c")->build_begin);
	world_release(&w);
}

static void a_build_ahead_that_is_stopped_leaves_nothing(void **state)
{
	struct world w = begun(line, "exit-code");
	struct event stopped = { .kind = EVENT_BUILD_STOPPED,
				 .by = BY_ENGINE,
				 .commit = world_oid("g") };

	(void)state;
	OK(begin(&w, "g", BUILD_AHEAD));
	OK(world_apply(&w, stopped));
	assert_int_equal(engine_ahead_count(w.engine), 0);
	assert_null(step_of(&w, "g"));
	OK(begin(&w, "g", BUILD_TAKEN)); /* of nothing: an ordinary one */
	assert_non_null(step_of(&w, "g")->build_begin);
	assert_int_equal(begin(&w, "g", 7), -1);
	world_release(&w);
}

static void a_build_of_before_an_undo_is_in_stock_still(void **state)
{
	struct world w = begun(line, "exit-code");

	(void)state;
	OK(begin(&w, "g", BUILD_AHEAD));
	OK(world_build(&w, "g", BUILD_OK));
	OK(world_mark(&w, BY_PERSON, "e", VERDICT_GOOD));
	OK(world_undo(&w));
	assert_non_null(stock_of(&w, "g")->fact);
	assert_int_equal(engine_ahead_count(w.engine), 1);
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			both_next_commits_are_found_the_likelier_first),
		cmocka_unit_test(
			what_was_seen_of_the_commit_makes_one_likelier),
		cmocka_unit_test(
			with_more_room_the_test_after_the_next_is_looked_at),
		cmocka_unit_test(nothing_is_ahead_of_the_last_test_or_the_end),
		cmocka_unit_test(while_it_is_paused_nothing_is_ahead),
		cmocka_unit_test(
			the_other_end_is_ahead_of_one_that_is_confirmed),
		cmocka_unit_test(
			with_a_merge_base_the_search_behind_it_is_ahead),
		cmocka_unit_test(
			the_adaptive_policy_chooses_by_what_it_believes),
		cmocka_unit_test(
			a_commit_that_is_built_already_is_ahead_for_its_runs),
		cmocka_unit_test(a_build_ahead_is_no_step_until_it_is_taken),
		cmocka_unit_test(one_that_is_under_way_is_waited_for),
		cmocka_unit_test(
			what_does_not_build_is_no_skip_before_it_is_asked_for),
		cmocka_unit_test(
			an_engine_that_comes_back_knows_what_was_built_ahead),
		cmocka_unit_test(a_build_ahead_that_is_stopped_leaves_nothing),
		cmocka_unit_test(a_build_of_before_an_undo_is_in_stock_still),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
