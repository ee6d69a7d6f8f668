/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/xalloc.h"
#include "session/session.h"
#include "tests/unit/tale.h"
#include "tui/model.h"

struct world {
	struct tale tale;
	struct model_view view;
	struct model model;
};

static int begin(void **state)
{
	struct world *world = xcalloc(1, sizeof(*world));

	tale_begin(&world->tale);
	model_init(&world->model);
	world->view.selected = -1;
	world->view.show = SHOW_NEWEST;
	world->view.can_run = true;
	*state = world;
	return 0;
}

static int end(void **state)
{
	struct world *world = *state;

	model_release(&world->model);
	tale_end(&world->tale);
	free(world);
	return 0;
}

static const struct model *look(struct world *world)
{
	world->view.now = world->tale.now;
	model_build(&world->model, world->tale.session, &world->view);
	return &world->model;
}

/* A line of commits with its ends marked: 0 is good, the last is bad. */
static void between(struct world *world, int count, const char *policy)
{
	tale_commits(&world->tale, count, NULL);
	tale_start(&world->tale, TALE_TITLE, policy);
	tale_mark(&world->tale, BY_START, tale_oid(count - 1).hex, VERDICT_BAD,
		  NULL);
	tale_mark(&world->tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
}

static void say(struct world *world, struct event event)
{
	event.by = event.by ? event.by : BY_ENGINE;
	assert_return_code(tale_tell(&world->tale, event), 0);
}

static void an_empty_session_has_nothing_to_show(void **state)
{
	const struct model *model = look(*state);

	assert_int_equal(model->row_count, 0);
	assert_int_equal(model->selected, -1);
	assert_int_equal(model->testing, -1);
	assert_int_equal(model->elapsed_ms, -1);
	assert_int_equal(model->bad.commit, -1);
	assert_null(model->console);
	assert_string_equal(model->title, "");
}

static void the_badge_says_who_works(void **state)
{
	struct world *world = *state;
	struct event engine = { .kind = EVENT_ENGINE, .number = 7 };

	between(world, 16, "exit-code");
	assert_int_equal(look(world)->badge, BADGE_IDLE);
	say(world, engine);
	assert_int_equal(look(world)->badge, BADGE_LOST);
	world->view.engine.alive = true;
	assert_int_equal(look(world)->badge, BADGE_LIVE);
	assert_null(strstr(look(world)->status, "gets the sources ready"));
	world->view.engine_stage = ENGINE_BEGINS;
	assert_int_equal(look(world)->badge, BADGE_LIVE);
	assert_non_null(strstr(look(world)->status, "gets the sources ready"));
	world->view.engine_stage = ENGINE_LEAVES;
	assert_non_null(strstr(look(world)->status, "removes its worktrees"));
	world->view.engine_stage = ENGINE_WORKS;
	say(world, (struct event){ .kind = EVENT_PAUSE, .by = BY_PERSON });
	assert_int_equal(look(world)->badge, BADGE_PAUSED);
	say(world, (struct event){ .kind = EVENT_RESUME, .by = BY_PERSON });
	world->view.engine.alive = false;
	say(world, (struct event){ .kind = EVENT_ENGINE_GONE });
	assert_int_equal(look(world)->badge, BADGE_IDLE);
	world->view.can_run = false;
	assert_int_equal(look(world)->badge, BADGE_HAND);
	assert_non_null(strstr(look(world)->rule.text, "test it, then"));
	/* what is in the worktree is not yet what the step says */
	world->view.moving = true;
	assert_non_null(strstr(look(world)->rule.text, "wait before you test"));
}

static void without_a_good_commit_it_asks(void **state)
{
	struct world *world = *state;
	const struct model *model;

	tale_commits(&world->tale, 4, NULL);
	tale_start(&world->tale, "it hangs", "exit-code");
	tale_mark(&world->tale, BY_START, tale_oid(3).hex, VERDICT_BAD, NULL);
	model = look(world);
	assert_int_equal(model->badge, BADGE_ASKS);
	assert_true(model->rule.asks);
	assert_non_null(strstr(model->rule.text, "good"));
	assert_int_equal(model->good.commit, -1);
	assert_true(model->bad.commit >= 0);
}

static void the_commit_under_test_has_a_row_before_it_is_built(void **state)
{
	struct world *world = *state;
	const struct model *model;

	between(world, 16, "exit-code");
	model = look(world);
	assert_int_equal(model->row_count, 3);
	assert_int_equal(model->testing, 2);
	assert_int_equal(model->selected, 2);
	assert_int_equal(model->step, 3);
	assert_true(model->rows[2].testing);
	assert_string_equal(model->rows[2].letters, "");
	assert_string_equal(model->rule.text, "not built yet");
	assert_string_equal(model->build, "not built");
}

static void runs_are_letters_and_lines(void **state)
{
	struct world *world = *state;
	const struct model *model;

	between(world, 16, "syzkaller/10/20");
	tale_build(&world->tale, tale_oid(7).hex, "aaaabbbbccccdddd", 63);
	tale_runs(&world->tale, tale_oid(7).hex, ".XTBI>", 5);
	model = look(world);
	/* the first commit tested gets twenty */
	assert_string_equal(model->rows[2].letters, ".XTBI>--------------");
	assert_int_equal(model->run_count, 20);
	assert_int_equal(model->runs_done, 5);
	assert_string_equal(model->runs[0].word, "ok");
	assert_string_equal(model->runs[1].word, "crash");
	assert_string_equal(model->runs[5].word, "run");
	assert_string_equal(model->runs[19].word, "queued");
	assert_int_equal(model->runs[1].duration_ms, 5000);
	assert_string_equal(model->build,
			    "build ok 1:03   sig aaaabbbbcccc new");
	assert_true(model->rule.shown);
	assert_int_equal(model->rule.judgement.crashes, 1);
	assert_int_equal(model->rule.judgement.valid, 2);
}

static void a_title_that_is_another_gets_another_letter(void **state)
{
	struct world *world = *state;

	between(world, 16, "syzkaller/10/20");
	tale_build(&world->tale, tale_oid(7).hex, "aaaa", 1);
	tale_runs(&world->tale, tale_oid(7).hex, "Xx", 1);
	assert_memory_equal(look(world)->rows[2].letters, "Xx", 2);
	assert_string_equal(look(world)->runs[1].word, "asks");
}

static void the_newest_run_that_runs_is_shown(void **state)
{
	struct world *world = *state;

	between(world, 16, "syzkaller/10/20");
	assert_null(look(world)->console);
	tale_build(&world->tale, tale_oid(7).hex, "aaaa", 1);
	assert_int_equal(look(world)->shown_run, SHOW_BUILD);
	assert_non_null(strstr(look(world)->console, ".log"));
	tale_runs(&world->tale, tale_oid(7).hex, "..>", 1);
	assert_int_equal(look(world)->shown_run, 2);
	assert_string_equal(look(world)->console_title, "run 2  vm-2");
	world->view.show = 0;
	assert_int_equal(look(world)->shown_run, 0);
	world->view.show = SHOW_BUILD;
	assert_int_equal(look(world)->shown_run, SHOW_BUILD);
	world->view.show = 99; /* no such run: the newest */
	assert_int_equal(look(world)->shown_run, 2);
}

static void a_build_that_fails_says_so(void **state)
{
	struct world *world = *state;
	struct event event = { .kind = EVENT_BUILD,
			       .by = BY_ENGINE,
			       .build = BUILD_FAILED,
			       .duration_ms = 62000 };
	char text[] = "a.c:1: error: \033]0;x\ano\nsecond line";
	const struct model *model;

	between(world, 16, "exit-code");
	event.commit = tale_oid(7);
	event.text = text;
	say(world, event);
	model = look(world);
	assert_true(model->rows[2].build_fails);
	assert_int_equal(model->rows[2].fixup_fails, 0);
	assert_string_equal(model->build, "build fails 1:02  a.c:1: error: no");
	assert_int_equal(model->build_tone, VERDICT_BAD);
	event.number = 1;
	say(world, event);
	assert_int_equal(look(world)->rows[2].fixup_fails, 1);
}

static void a_verdict_that_the_rule_would_not_give_is_doubtful(void **state)
{
	struct world *world = *state;
	struct oid oid = tale_oid(7);

	between(world, 16, "syzkaller/10/10");
	tale_build(&world->tale, oid.hex, "aaaa", 1);
	tale_runs(&world->tale, oid.hex, "BBBBBB....", 1);
	assert_int_equal(look(world)->doubtful, 0);
	tale_mark(&world->tale, BY_POLICY, oid.hex, VERDICT_GOOD, NULL);
	assert_string_equal(look(world)->rows[2].doubt, "rule: SKIP");
	assert_int_equal(look(world)->doubtful, 1);
	assert_false(look(world)->rows[2].by_person);
	/* a person who says so means it */
	tale_mark(&world->tale, BY_PERSON, oid.hex, VERDICT_GOOD, "seen it");
	assert_string_equal(look(world)->rows[2].doubt, "");
	assert_true(look(world)->rows[2].by_person);
	/* unless runs come in after */
	say(world, (struct event){ .kind = EVENT_MORE,
				   .by = BY_PERSON,
				   .commit = oid,
				   .number = 10 });
	assert_string_equal(look(world)->rows[2].doubt, "");
}

static void a_verdict_that_contradicts_is_set_aside(void **state)
{
	struct world *world = *state;

	between(world, 16, "exit-code");
	tale_mark(&world->tale, BY_POLICY, tale_oid(8).hex, VERDICT_BAD, NULL);
	tale_mark(&world->tale, BY_PERSON, tale_oid(10).hex, VERDICT_GOOD,
		  "it is");
	assert_string_equal(look(world)->rows[2].doubt, "set aside");
	assert_int_equal(look(world)->doubtful, 1);
}

static void the_time_left_comes_from_the_steps_so_far(void **state)
{
	struct world *world = *state;
	struct oid oid = tale_oid(32);

	between(world, 65, "exit-code");
	assert_int_equal(look(world)->left_ms, -1);
	tale_build(&world->tale, oid.hex, "aaaa", 50);
	tale_runs(&world->tale, oid.hex, ".", 10);
	tale_mark(&world->tale, BY_POLICY, oid.hex, VERDICT_GOOD, NULL);
	assert_int_equal(look(world)->rows[2].took_ms, 60000);
	/* this one and those after it */
	assert_int_equal(look(world)->left_ms,
			 60000 * (1 + look(world)->steps));
	/* the clock goes while somebody works */
	world->tale.now += 5000;
	assert_int_equal(look(world)->elapsed_ms, 60000);
	world->view.engine.alive = true;
	assert_int_equal(look(world)->elapsed_ms, 65000);
}

static void what_comes_after_the_search_is_none_of_its_time(void **state)
{
	struct world *world = *state;
	struct oid oid = tale_oid(3);
	int64_t took;

	between(world, 4, "exit-code");
	tale_mark(&world->tale, BY_POLICY, tale_oid(2).hex, VERDICT_GOOD, NULL);
	tale_runs(&world->tale, oid.hex, "X", 10);
	tale_mark(&world->tale, BY_POLICY, oid.hex, VERDICT_BAD, NULL);
	say(world, (struct event){ .kind = EVENT_ENGINE_GONE });
	assert_int_equal(look(world)->state, PLAN_FOUND);
	took = look(world)->elapsed_ms;
	assert_int_not_equal(took, 0);
	/* the next day somebody wants to see it once more */
	tale_pass(&world->tale, 86400000);
	say(world, (struct event){ .kind = EVENT_MORE,
				   .by = BY_PERSON,
				   .commit = oid,
				   .number = 1 });
	tale_runs(&world->tale, oid.hex, ".", 10);
	say(world, (struct event){ .kind = EVENT_ENGINE_GONE });
	assert_int_equal(look(world)->elapsed_ms, took);
	/* a verdict that moves the end is part of it */
	tale_mark(&world->tale, BY_PERSON, oid.hex, VERDICT_BAD, "seen it");
	assert_true(look(world)->elapsed_ms > took);
}

static void the_selection_is_a_commit_not_a_line(void **state)
{
	struct world *world = *state;

	between(world, 16, "exit-code");
	world->view.selected = look(world)->rows[0].commit;
	assert_int_equal(look(world)->selected, 0);
	tale_mark(&world->tale, BY_PERSON, tale_oid(7).hex, VERDICT_GOOD, "y");
	assert_int_equal(look(world)->selected, 0);
	world->view.selected = -1;
	assert_int_equal(look(world)->selected, 3);
	world->view.selected = 5; /* a commit without a step */
	assert_int_equal(look(world)->selected, 3);
}

static void a_picked_commit_says_why_it_is_tested(void **state)
{
	struct world *world = *state;
	const struct model *model;

	between(world, 16, "exit-code");
	assert_string_equal(look(world)->test_label, "testing now");
	say(world, (struct event){ .kind = EVENT_PICK,
				   .by = BY_PERSON,
				   .commit = tale_oid(3) });
	model = look(world);
	assert_string_equal(model->test_label, "picked by hand");
	assert_int_equal(model->test.commit, model->rows[2].commit);
	assert_memory_equal(model->test.id, tale_oid(3).hex, OID_SHORT);
}

static void in_a_search_for_a_fix_the_old_end_is_bad(void **state)
{
	struct world *world = *state;
	const struct model *model;
	char policy[] = "exit-code";

	tale_commits(&world->tale, 8, NULL);
	say(world, (struct event){ .kind = EVENT_START,
				   .by = BY_START,
				   .policy = policy,
				   .fix = true });
	tale_mark(&world->tale, BY_START, tale_oid(7).hex, VERDICT_GOOD, NULL);
	tale_mark(&world->tale, BY_START, tale_oid(0).hex, VERDICT_BAD, NULL);
	model = look(world);
	assert_true(model->fix);
	assert_int_equal(model->good.verdict, VERDICT_BAD);
	assert_int_equal(model->bad.verdict, VERDICT_GOOD);
	assert_true(model->testing >= 0);
}

static void texts_from_outside_are_harmless(void **state)
{
	struct world *world = *state;
	struct tale_name names[] = {
		{ 7, "42086abba43463fbf495cb80173600284b4c4e8c",
		  "a\033[2J\xe2\x80\xae\xff" },
		{ 0, NULL, NULL },
	};

	tale_commits(&world->tale, 16, names);
	tale_start(&world->tale, "t\033]0;x\a\r\x9b", "exit-code");
	tale_mark(&world->tale, BY_START, tale_oid(15).hex, VERDICT_BAD, NULL);
	tale_mark(&world->tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	assert_string_equal(look(world)->rows[2].subject,
			    "a\001<U+202E><ff>\002");
	assert_null(strchr(look(world)->title, '\033'));
	assert_null(strchr(look(world)->title, '\r'));
}

static void rough_times_read_well(void **state)
{
	char out[24];

	(void)state;
	assert_string_equal(model_rough(out, 0), "<1m");
	assert_string_equal(model_rough(out, 59 * 60000), "~59m");
	assert_string_equal(model_rough(out, 98 * 60000), "~1h38m");
	assert_string_equal(model_rough(out, 200LL * 3600000), "~8 days");
	assert_string_equal(model_short(out, 7000), "0:07");
	assert_string_equal(model_short(out, 125 * 60000), "2h05m");
	assert_string_equal(model_short(out, 200LL * 3600000), "8d");
}

int main(void)
{
#define model_test(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		model_test(an_empty_session_has_nothing_to_show),
		model_test(the_badge_says_who_works),
		model_test(without_a_good_commit_it_asks),
		model_test(the_commit_under_test_has_a_row_before_it_is_built),
		model_test(runs_are_letters_and_lines),
		model_test(a_title_that_is_another_gets_another_letter),
		model_test(the_newest_run_that_runs_is_shown),
		model_test(a_build_that_fails_says_so),
		model_test(a_verdict_that_the_rule_would_not_give_is_doubtful),
		model_test(a_verdict_that_contradicts_is_set_aside),
		model_test(the_time_left_comes_from_the_steps_so_far),
		model_test(what_comes_after_the_search_is_none_of_its_time),
		model_test(the_selection_is_a_commit_not_a_line),
		model_test(a_picked_commit_says_why_it_is_tested),
		model_test(in_a_search_for_a_fix_the_old_end_is_bad),
		model_test(texts_from_outside_are_harmless),
		cmocka_unit_test(rough_times_read_well),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
