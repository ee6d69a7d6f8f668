/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * A past beside another one on the screen: what is imagined and what is
 * compared, the way there and back.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "engine/engine.h"
#include "session/session.h"
#include "tests/unit/screen_world.h"
#include "tests/unit/seed_line.h"
#include "tests/unit/tale.h"
#include "tui/app.h"
#include "tui/grid.h"
#include "tui/input.h"
#include "tui/view.h"

/* Seed 000, as `culprit replay` opens it. */
struct place {
	struct tale tale;
	struct app app;
};

static struct place *open_seed(bool graph, bool ascii)
{
	struct place *place = xcalloc(1, sizeof(*place));

	tale_begin(&place->tale);
	tale_of_seed(&place->tale, "000");
	if (graph)
		tale_line_of_seed(&place->tale, 16384);
	open_screen(&place->app, &place->tale, ascii);
	app_begin_replay(&place->app);
	return place;
}

static void close_seed(struct place *place)
{
	app_release(&place->app);
	tale_end(&place->tale);
	free(place);
}

static void imagines_skip(struct place *place)
{
	type(&place->app, ":4\nWs\n");
	assert_ptr_equal(place->app.view, &view_beside);
	assert_int_equal(place->app.beside.otherwise.count, 1);
}

static void a_step_is_imagined_by_a_key(void **state)
{
	struct place *place = open_seed(true, false);
	struct app *app = &place->app;
	size_t events = session_event_count(place->tale.session);

	(void)state;
	type(app, ":4\nW");
	picture(app, "whatif-ask", 100, 30, "");
	picture(app, "whatif-ask-80", 80, 24, "");
	type(app, "\033");
	imagines_skip(place);
	picture(app, "whatif-100x30", 100, 30, "");
	picture(app, "whatif-160x45", 160, 45, "");
	picture(app, "whatif-80x24", 80, 24, "");
	picture(app, "whatif-below", 80, 24, "G");
	picture(app, "whatif-40x12", 40, 12, "");
	assert_int_equal(session_event_count(place->tale.session), events);
	/* one less is none */
	type(app, "-");
	assert_int_equal(app->beside.otherwise.count, 0);
	picture(app, "whatif-none", 100, 30, "");
	close_seed(place);
}

static void only_q_ends_the_program(void **state)
{
	struct place *place = open_seed(false, false);

	(void)state;
	type(&place->app, "\033");
	assert_false(place->app.quit);
	type(&place->app, "q");
	assert_true(place->app.quit);
	close_seed(place);
}

static void without_a_graph_the_page_says_so(void **state)
{
	struct place *place = open_seed(false, true);

	(void)state;
	imagines_skip(place);
	picture(&place->app, "whatif-ascii", 100, 30, "");
	close_seed(place);
}

static void anything_is_imagined_in_words(void **state)
{
	struct place *place = open_seed(false, false);
	struct app *app = &place->app;

	(void)state;
	type(app, "G:what-if judge 4#0 ok\n");
	assert_int_equal(app->beside.otherwise.count, 1);
	type(app, ":what-if policy exit-code\n");
	assert_int_equal(app->beside.otherwise.count, 2);
	/* what is wrong stays written, with the reason */
	type(app, ":what-if skip 99\n");
	assert_true(app->palette.open);
	assert_non_null(strstr(app->palette.complaint, "there is no step 99"));
	type(app, "\033");
	assert_int_equal(app->beside.otherwise.count, 2);
	close_seed(place);
}

static void a_row_leads_to_its_time(void **state)
{
	struct place *place = open_seed(false, false);
	struct app *app = &place->app;

	(void)state;
	imagines_skip(place);
	while (pager_link(&app->beside.page) != 6)
		type(app, "j");
	type(app, "\n");
	assert_ptr_equal(app->view, &view_replay);
	assert_int_equal(replay_step(&app->replay), 6);
	close_seed(place);
}

static void what_is_imagined_is_kept_when_asked_for(void **state)
{
	struct place *place = open_seed(false, false);
	struct app *app = &place->app;
	struct session *session = place->tale.session;
	size_t events = session_event_count(session);
	const struct event *event;

	(void)state;
	imagines_skip(place);
	type(app, "K");
	picture(app, "whatif-keep", 100, 30, "");
	type(app, "\033");
	assert_int_equal(session_event_count(session), events);
	type(app, "K\n");
	assert_int_equal(session_event_count(session), events + 1);
	event = session_event(session, events);
	assert_int_equal(event->kind, EVENT_VERDICT);
	assert_int_equal(event->by, BY_PERSON);
	assert_int_equal(event->verdict, VERDICT_SKIP);
	assert_int_equal(app->beside.otherwise.count, 0);
	close_seed(place);
}

/* The same log, cut off. */
static char *cut_seed(const struct tale *tale, size_t length)
{
	const char *source = getenv("srcdir");
	char *from =
		xasprintf("%s/tests/data/seeds/000.txt", source ? source : ".");
	char *to = xasprintf("%s/cut.txt", tale->folder);
	char *bytes = xmalloc(length);
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");

	assert_non_null(in);
	assert_non_null(out);
	assert_int_equal(fread(bytes, 1, length, in), length);
	assert_int_equal(fwrite(bytes, 1, length, out), length);
	fclose(in);
	fclose(out);
	free(bytes);
	free(from);
	return to;
}

static void another_past_is_compared(void **state)
{
	struct place *place = open_seed(false, false);
	struct app *app = &place->app;
	char *path = cut_seed(&place->tale, 4000);

	(void)state;
	type(app, "d");
	assert_string_equal(app->palette.text, "compare ");
	type(app, path);
	type(app, "\n");
	assert_ptr_equal(app->view, &view_beside);
	picture(app, "compare-100x30", 100, 30, "");
	picture(app, "compare-80x24", 80, 24, "");
	type(app, ":compare /nowhere/at/all\n");
	assert_non_null(strstr(app->palette.complaint, "cannot open"));
	type(app, "\033-");
	assert_null(app->beside.other.session);
	free(path);
	close_seed(place);
}

static void press(struct app *app, const struct grid *grid, int x, int y)
{
	const struct mouse mouse = { MOUSE_PRESS, x, y };

	app_mouse(app, grid, &mouse);
}

static void the_timeline_is_clicked(void **state)
{
	struct place *place = open_seed(false, false);
	struct app *app = &place->app;
	struct grid *grid = grid_new(100, 30, false);

	(void)state;
	app_draw(app, grid);
	press(app, grid, 7 + 3 * 5, 25);
	assert_int_equal(replay_step(&app->replay), 5);
	grid_clear(grid, 100, 30);
	app_draw(app, grid);
	/* a row that was, and one that is to come */
	press(app, grid, 20, 4);
	assert_int_equal(replay_step(&app->replay), 1);
	grid_clear(grid, 100, 30);
	app_draw(app, grid);
	press(app, grid, 20, 10);
	assert_in_range(replay_step(&app->replay), 6, 8);
	grid_free(grid);
	close_seed(place);
}

/* The midpoints, worked out again, stand beside those of the log. */
static void the_rule_stands_beside_the_log(void **state)
{
	struct place *place = open_seed(true, false);

	(void)state;
	type(&place->app, ":7\n");
	picture(&place->app, "replay-midpoint", 100, 30, "");
	close_seed(place);
}

/* Nothing here has the commits of syzbot's kernel. */
static void to_go_on_takes_a_repository(void **state)
{
	struct place *place = open_seed(false, false);
	struct app *app = &place->app;

	(void)state;
	type(app, ":4\nL");
	assert_false(app->ask.form.open);
	assert_true(app->home.toast_is_error);
	assert_non_null(strstr(app->home.toast, "repository"));
	close_seed(place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_is_imagined_by_a_key),
		cmocka_unit_test(only_q_ends_the_program),
		cmocka_unit_test(without_a_graph_the_page_says_so),
		cmocka_unit_test(anything_is_imagined_in_words),
		cmocka_unit_test(a_row_leads_to_its_time),
		cmocka_unit_test(what_is_imagined_is_kept_when_asked_for),
		cmocka_unit_test(another_past_is_compared),
		cmocka_unit_test(the_timeline_is_clicked),
		cmocka_unit_test(the_rule_stands_beside_the_log),
		cmocka_unit_test(to_go_on_takes_a_repository),
	};

	setenv("TZ", "UTC", 1);
	setlocale(LC_ALL, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
