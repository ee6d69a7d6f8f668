/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The console of a run, as a view of the screen.
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
#include <unistd.h>

#include "base/error.h"
#include "base/logindex.h"
#include "base/xalloc.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tests/unit/screen_world.h"
#include "tests/unit/tale.h"
#include "tui/app.h"
#include "tui/grid.h"
#include "tui/view.h"
#include "tui/views.h"

#define TESTED 9 /* the step that is under test */

struct world {
	struct app app;
};

/* Beside the log; at_ms < 0: no end. */
static void write_index(const char *log, const struct log_record *records,
			int count)
{
	char *path = xasprintf("%s" LOG_SUFFIX, log);
	FILE *file = fopen(path, "w");
	unsigned char bytes[LOG_RECORD];

	assert_non_null(file);
	for (int i = 0; i < count; i++) {
		log_record_put(&records[i], bytes);
		fwrite(bytes, 1, sizeof(bytes), file);
	}
	fclose(file);
	free(path);
}

static const struct step *step_at(int position)
{
	struct engine *engine = session_engine(binder.session);

	for (int i = 0; i < engine_step_count(engine); i++)
		if (engine_step(engine, i)->position == position)
			return engine_step(engine, i);
	fail_msg("no step %d", position);
	return NULL;
}

static char *console_of(int position, int run)
{
	return session_console(binder.session,
			       graph_oid(session_graph(binder.session),
					 step_at(position)->commit),
			       run);
}

static void write_text(FILE *file, const char *text)
{
	fwrite(text, 1, strlen(text), file);
}

/* A run that boots, is tested and (with a report) crashes. */
static void write_console(int position, int run, const char *report)
{
	char *path = console_of(position, run);
	FILE *file = fopen(path, "w");
	struct log_record records[] = {
		{ LOG_HEAD, LOG_STEP, 1 }, { LOG_KERNEL, 0, 200 },
		{ LOG_UP, 0, 24000 },	   { LOG_TEST, 0, 27300 },
		{ LOG_CRASH, 0, 61000 },   { LOG_END, 0, 70000 },
	};

	assert_non_null(file);
	write_text(file, "SeaBIOS (version 1.16)\nBooting from ROM..\r\n");
	records[1].offset = ftell(file);
	write_text(file, "[    0.000000][    T0] Linux version 5.19.0-rc2\r\n");
	for (int i = 1; i < 200; i++)
		fprintf(file, "[%5d.%06d][    T1] initcall %d returned 0\r\n",
			i / 10, i % 10 * 100000, i);
	records[2].offset = ftell(file);
	write_text(file, "[   22.100000][    T1] sshd: ready\r\n");
	records[3].offset = ftell(file);
	for (int i = 0; i < 20; i++)
		fprintf(file, "[   %d.000000][  T27] repro: round %d\r\n",
			25 + i, i);
	records[4].offset = ftell(file);
	if (report)
		write_text(file, report);
	records[5].offset = ftell(file);
	fclose(file);
	if (!report)
		records[4] = records[5];
	write_index(path, records, report ? 6 : 5);
	free(path);
}

/* The long tale, with consoles. */
static int tell_consoles(void **state)
{
	tell_binder(state);
	write_console(TESTED, 3, tale_console);
	write_console(TESTED, 2, tale_console);
	write_console(7, 9, NULL);
	return 0;
}

static int begin(void **state)
{
	struct world *world = xcalloc(1, sizeof(*world));

	open_screen(&world->app, &binder, false);
	*state = world;
	return 0;
}

static int end(void **state)
{
	struct world *world = *state;

	app_release(&world->app);
	free(world);
	return 0;
}

static void open_run(struct app *app, int run)
{
	views_open_run(app, step_at(TESTED)->commit, run);
}

static void a_console_is_followed_paused_and_searched(void **state)
{
	struct world *world = *state;
	struct app *app = &world->app;

	open_run(app, 3);
	picture(app, "console-80x24", 80, 24, "");
	picture(app, "console-100x30", 100, 30, "g/binder_alloc\nk");
	picture(app, "console-40x12", 40, 12, "n");
	picture(app, "console-filtered", 80, 24, "&repro|BUG\nT");
	app->ascii = true;
	picture(app, "console-ascii", 80, 24, "\033\033rgj");
}

static void a_wide_screen_has_the_other_kind_beside_it(void **state)
{
	struct world *world = *state;
	struct app *app = &world->app;

	open_run(app, 3);
	picture(app, "console-160x45", 160, 45, "");
	assert_int_equal(app->consoles.beside.run, 9);
	assert_int_equal(app->consoles.beside.commit, step_at(7)->commit);
	type(app, "\tg");
	assert_true(app->consoles.main.log.follow);
	assert_false(app->consoles.beside.log.follow);
	/* beside one that goes on there is the last crash */
	open_run(app, 4);
	assert_true(app->consoles.beside.bad);
	assert_int_equal(app->consoles.beside.run, 3);
}

static void one_goes_from_run_to_run(void **state)
{
	struct world *world = *state;
	struct app *app = &world->app;

	type(app, "5");
	assert_int_equal(app->consoles.main.run, 5); /* the newest */
	type(app, "[[");
	assert_int_equal(app->consoles.main.run, 3);
	assert_string_equal(app->consoles.main.fact, TALE_TITLE);
	type(app, "[[[[");
	assert_int_equal(app->consoles.main.run, 0);
	assert_string_equal(app->home.toast,
			    "that is the first run of this step");
	type(app, "]");
	assert_int_equal(app->consoles.main.run, 1);
	/* the steps choose it, so that it can be ordered about */
	type(app, "m");
	assert_true(app->ruling.form.open);
	assert_int_equal(app->ruling.run, 1);
}

static void an_earlier_time_knows_less(void **state)
{
	struct world *world = *state;
	struct app *app = &world->app;
	struct grid *grid = grid_new(160, 45, false);
	struct error err = ERROR_INIT;

	open_run(app, 3);
	assert_int_equal(session_go(binder.session, 1, &err), 0);
	app_refresh(app, binder.now);
	app_draw(app, grid);
	assert_string_equal(app->consoles.main.fact, "");
	assert_int_equal(app->consoles.beside.run, -1);
	type(app, "4");
	app_draw(app, grid);
	assert_int_equal(session_go(binder.session, SIZE_MAX, &err), 0);
	app_refresh(app, binder.now);
	open_run(app, 3);
	assert_string_equal(app->consoles.main.fact, TALE_TITLE);
	grid_free(grid);
}

static void what_the_reproducer_said_is_a_log_too(void **state)
{
	struct world *world = *state;
	struct app *app = &world->app;
	char *path = session_output(binder.session,
				    graph_oid(session_graph(binder.session),
					      step_at(TESTED)->commit),
				    2);
	FILE *file;

	open_run(app, 2);
	type(app, "o");
	assert_string_not_equal(app->consoles.main.log.file.path, path);
	assert_string_equal(app->home.toast,
			    "this run has no output beside its console");
	file = fopen(path, "w");
	assert_non_null(file);
	write_text(file, "round 1\nround 2\n");
	fclose(file);
	open_run(app, 2);
	type(app, "o");
	assert_string_equal(app->consoles.main.log.file.path, path);
	assert_int_equal(app->consoles.main.log.file.size, 16);
	type(app, "o");
	assert_string_not_equal(app->consoles.main.log.file.path, path);
	unlink(path);
	free(path);
}

static void the_crash_is_one_key_away(void **state)
{
	struct world *world = *state;
	struct app *app = &world->app;
	int64_t lines;

	open_run(app, 3);
	type(app, "!");
	assert_false(app->consoles.main.log.follow);
	assert_true(logfile_lines_before(&app->consoles.main.log.file,
					 app->consoles.main.log.at.offset,
					 &lines));
	assert_int_equal(lines, 223);
	type(app, ":12\n");
	assert_true(logfile_lines_before(&app->consoles.main.log.file,
					 app->consoles.main.log.at.offset,
					 &lines));
	assert_int_equal(lines, 11);
	type(app, "\033");
	assert_ptr_equal(app->view, &view_steps);
}

static void a_run_without_a_console_says_so(void **state)
{
	struct world *world = *state;
	struct app *app = &world->app;

	views_open_run(app, step_at(1)->commit, 0);
	type(app, "!njkGg/x\nzS\033");
	picture(app, "console-none", 80, 24, "");
}

/* Every size from one cell up; the sanitizers watch. */
static void no_size_breaks_it(void **state)
{
	struct world *world = *state;

	open_run(&world->app, 3);
	type(&world->app, "w");
	for (int columns = 1; columns < 180; columns += 7) {
		for (int rows = 1; rows < 50; rows += 3) {
			struct grid *grid = grid_new(columns, rows, false);

			app_draw(&world->app, grid);
			app_key(&world->app, rows % 2 ? 'k' : ' ');
			grid_free(grid);
		}
	}
}

int main(void)
{
#define view_test(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		view_test(a_console_is_followed_paused_and_searched),
		view_test(a_wide_screen_has_the_other_kind_beside_it),
		view_test(one_goes_from_run_to_run),
		view_test(an_earlier_time_knows_less),
		view_test(what_the_reproducer_said_is_a_log_too),
		view_test(the_crash_is_one_key_away),
		view_test(a_run_without_a_console_says_so),
		view_test(no_size_breaks_it),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, tell_consoles, forget_binder);
}
