/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The time of a session: how one moves in it, what is told of a step, and
 * what the view shows.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "control/recount.h"
#include "engine/engine.h"
#include "session/session.h"
#include "tests/unit/golden.h"
#include "tests/unit/screen_world.h"
#include "tests/unit/tale.h"
#include "tui/app.h"
#include "tui/grid.h"

static int open_app(void **state)
{
	static struct app app;

	open_screen(&app, &binder, false);
	app_key(&app, '8');
	*state = &app;
	return 0;
}

static int close_app(void **state)
{
	app_release(*state);
	return session_go(binder.session, SIZE_MAX, NULL);
}

static const struct event *shown_last(void)
{
	const struct engine *engine = session_engine(binder.session);

	return engine_event(engine, engine_event_count(engine) - 1);
}

static void one_moves_by_events_and_stops_at_the_ends(void **state)
{
	struct app *app = *state;
	size_t all = session_event_count(binder.session);

	assert_int_equal(app->replay.place, all);
	type(app, ".");
	assert_int_equal(app->replay.place, all);
	type(app, ",,");
	assert_int_equal(app->replay.place, all - 2);
	assert_int_equal(shown_last()->seq, all - 2);
	type(app, "g");
	assert_int_equal(app->replay.place, 1);
	type(app, ",");
	assert_int_equal(app->replay.place, 1);
	type(app, "G");
	assert_false(session_is_past(binder.session));
}

static void a_step_is_where_it_got_its_verdict(void **state)
{
	struct app *app = *state;

	type(app, ":4\n");
	assert_int_equal(replay_step(&app->replay), 3);
	assert_int_equal(shown_last()->kind, EVENT_VERDICT);
	assert_int_equal(shown_last()->verdict, VERDICT_GOOD);
	assert_int_equal(app->model.row_count, 5); /* the next one under test */
	assert_int_equal(app->model.selected, 3);
	type(app, "j");
	assert_int_equal(replay_step(&app->replay), 4);
	type(app, "k");
	assert_int_equal(replay_step(&app->replay), 3);
	/* from within a step, to its end and to the end before */
	type(app, "..j");
	assert_int_equal(replay_step(&app->replay), 4);
	type(app, "..k");
	assert_int_equal(replay_step(&app->replay), 4);
	assert_int_equal(shown_last()->kind, EVENT_VERDICT);
	type(app, ":99\n");
	assert_true(replay_at_end(&app->replay));
}

static void turns_are_where_the_search_took_another_way(void **state)
{
	struct app *app = *state;
	int turns = 0;

	type(app, "g");
	while (!replay_at_end(&app->replay)) {
		type(app, "]");
		if (replay_at_end(&app->replay))
			break;
		turns++;
		assert_int_equal(shown_last()->kind, EVENT_VERDICT);
	}
	assert_int_equal(turns, 9); /* the start's, and those of 8 steps */
	type(app, "[");
	assert_int_equal(replay_step(&app->replay), 7);
	type(app, "[");
	assert_int_equal(replay_step(&app->replay), 6);
}

static void played_time_passes_at_its_speed(void **state)
{
	struct app *app = *state;
	int64_t now = binder.now;
	size_t place;

	assert_int_equal(app_due(app), -1);
	type(app, ":2\n ");
	place = app->replay.place;
	assert_true(app->replay.playing);
	assert_true(app_due(app) > now);
	app_refresh(app, app_due(app) - 1);
	assert_int_equal(app->replay.place, place);
	app_refresh(app, app_due(app));
	assert_int_equal(app->replay.place, place + 1);
	/* a step is two seconds, and one at twice the speed */
	type(app, ":2\n ");
	app_refresh(app, now + REPLAY_STEP_MS);
	assert_int_equal(replay_step(&app->replay), 2);
	type(app, " ");
	assert_false(app->replay.playing);
	app->now = now;
	type(app, ":2\n> ");
	app_refresh(app, now + REPLAY_STEP_MS);
	assert_int_equal(replay_step(&app->replay), 3);
	/* it ends by itself, and begins anew */
	app_refresh(app, now + 1000 * (int64_t)REPLAY_STEP_MS);
	assert_true(replay_at_end(&app->replay));
	assert_int_equal(app_due(app), -1);
	app->now = now;
	type(app, " ");
	assert_int_equal(app->replay.place, 0);
}

static void nothing_can_be_ordered_at_an_earlier_time(void **state)
{
	struct app *app = *state;
	size_t all = session_event_count(binder.session);

	type(app, ":4\n");
	type(app, "p");
	assert_int_equal(session_event_count(binder.session), all);
	assert_non_null(strstr(app->home.toast, "an earlier time"));
}

static void the_other_views_show_the_same_time(void **state)
{
	struct app *app = *state;

	type(app, ":4\n9");
	assert_int_equal(app->log_events, app->replay.place);
	assert_int_equal(app->model.badge, BADGE_REPLAY);
	assert_int_equal(app->model.replay_steps, 9);
	/* q goes back to the steps, to the present, and only then out */
	type(app, "q");
	assert_int_equal(app->model.row_count, 5);
	type(app, "q");
	assert_false(app->quit);
	assert_int_equal(app->model.row_count, 9);
	assert_int_not_equal(app->model.badge, BADGE_REPLAY);
	type(app, "q");
	assert_true(app->quit);
}

static void from_a_chosen_step_one_comes_to_its_time(void **state)
{
	struct app *app = *state;

	type(app, "qgjj8");
	assert_int_equal(replay_step(&app->replay), 2);
	assert_int_equal(shown_last()->kind, EVENT_VERDICT);
	type(app, "q");
	assert_false(session_is_past(binder.session));
	type(app, "G8");
	assert_true(replay_at_end(&app->replay));
}

static void leaving_leads_to_the_present(void **state)
{
	struct app *app = *state;

	type(app, ":4\nq");
	assert_false(session_is_past(binder.session));
	assert_false(app->quit);
	assert_int_equal(app->model.row_count, 9);
}

/* What is told of step `position` of the session as it is shown. */
static char *told_of(struct session *session, int position)
{
	struct buf out;
	char *text;

	buf_init(&out, 0);
	recount_step(session,
		     engine_step(session_engine(session), position - 1), &out);
	text = buf_take(&out);
	buf_release(&out);
	return text;
}

static void tells(struct session *session, int position, const char *expected)
{
	char *text = told_of(session, position);

	assert_string_equal(text, expected);
	free(text);
}

static void a_step_is_told_in_sentences(void **state)
{
	(void)state;
	tells(binder.session, 4,
	      "Built in 6:43.\n"
	      "Runs 0-5 boot-failed (INFO: task hung in "
	      "add_early_randomness), runs 6-9 ok.\n"
	      "It is good, says syzkaller-2020.01.  That left 2278 of 4485.\n");
}

static void a_detour_after_a_skip_is_told(void **state)
{
	static char missing[] = "fatal error: linux/x.h: No such file";
	struct tale tale;

	(void)state;
	tale_begin(&tale);
	tale_commits(&tale, 65, NULL);
	tale_start(&tale, TALE_TITLE, "syzkaller/3/3");
	tale_mark(&tale, BY_START, tale_oid(64).hex, VERDICT_BAD, NULL);
	tale_mark(&tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	assert_int_equal(tale_tell(&tale,
				   (struct event){ .kind = EVENT_BUILD,
						   .by = BY_ENGINE,
						   .commit = tale_oid(32),
						   .build = BUILD_FAILED,
						   .text = missing }),
			 0);
	tale_mark(&tale, BY_POLICY, tale_oid(32).hex, VERDICT_SKIP, NULL);
	tale_mark(&tale, BY_GIT, tale_oid(4).hex, VERDICT_GOOD, NULL);
	tale_mark(&tale, BY_GIT, tale_oid(6).hex, VERDICT_GOOD, NULL);
	tale_mark(&tale, BY_PERSON, tale_oid(8).hex, VERDICT_GOOD,
		  "boots\nand works");
	tells(tale.session, 3,
	      "It does not build: fatal error: linux/x.h: No such file.\n"
	      "It is skip, says syzkaller-2020.01.  That took nothing off: 31 "
	      "are left.\n");
	tells(tale.session, 6,
	      "It is good, says ann@desk: boots.  That left 27 of 28.\n"
	      "Step 3 was skipped, and git then tests away from the midpoint: "
	      "3 tests went from 31 to 27 left, where one at the midpoint "
	      "halves it.\n");
	tale_end(&tale);
}

static void the_last_step_tells_what_was_found(void **state)
{
	struct tale tale;
	char *text;

	(void)state;
	tale_begin(&tale);
	tale_commits(&tale, 3, NULL);
	tale_start(&tale, TALE_TITLE, "syzkaller/3/3");
	tale_mark(&tale, BY_START, tale_oid(2).hex, VERDICT_BAD, NULL);
	tale_mark(&tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	tale_mark(&tale, BY_PERSON, tale_oid(1).hex, VERDICT_GOOD, NULL);
	text = told_of(tale.session, 3);
	assert_string_equal(text, "It is good, says ann@desk.  With that "
				  "3c6ef3620000 is the first bad commit.\n");
	free(text);
	tale_end(&tale);
}

static void picture_of(struct app *app, const char *name, int columns, int rows,
		       bool ascii)
{
	struct grid *grid = grid_new(columns, rows, ascii);

	app->home.toast[0] = '\0';
	app_draw(app, grid);
	golden_compare(name, grid);
	grid_free(grid);
}

static void the_view_shows_then_and_what_is_to_come(void **state)
{
	struct app *app = *state;

	type(app, ":4\n");
	picture_of(app, "replay-80x24", 80, 24, false);
	picture_of(app, "replay-100x30", 100, 30, false);
	picture_of(app, "replay-160x45", 160, 45, false);
	picture_of(app, "replay-40x12", 40, 12, false);
	picture_of(app, "replay-39x9", 39, 9, false);
	picture_of(app, "replay-ascii", 80, 24, true);
	type(app, "g");
	picture_of(app, "replay-begin", 100, 30, false);
	type(app, "G");
	picture_of(app, "replay-end", 100, 30, false);
	type(app, ":4\n1");
	picture_of(app, "replay-steps", 100, 30, false);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_app, close_app)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_moves_by_events_and_stops_at_the_ends),
		TEST(a_step_is_where_it_got_its_verdict),
		TEST(turns_are_where_the_search_took_another_way),
		TEST(played_time_passes_at_its_speed),
		TEST(nothing_can_be_ordered_at_an_earlier_time),
		TEST(the_other_views_show_the_same_time),
		TEST(from_a_chosen_step_one_comes_to_its_time),
		TEST(leaving_leads_to_the_present),
		cmocka_unit_test(a_step_is_told_in_sentences),
		cmocka_unit_test(a_detour_after_a_skip_is_told),
		cmocka_unit_test(the_last_step_tells_what_was_found),
		TEST(the_view_shows_then_and_what_is_to_come),
	};

	setlocale(LC_ALL, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, tell_binder, forget_binder);
}
