/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The build of a commit, as a view of the screen.
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
#include "tests/unit/golden.h"
#include "tests/unit/screen_world.h"
#include "tests/unit/tale.h"
#include "tui/app.h"
#include "tui/grid.h"
#include "tui/quiet.h"
#include "tui/view.h"

/* Commit 3 of 6 is being built, 2 has been, 4 could not be. */
struct world {
	struct tale tale;
	struct app app;
};

static const char make[] =
	"$ make -C /home/me/linux O=/home/me/linux/.git/culprit/1/out "
	"LOCALVERSION= KBUILD_BUILD_TIMESTAMP=@0 KBUILD_BUILD_USER=culprit "
	"KBUILD_BUILD_HOST=culprit ARCH=x86_64 CC=ccache gcc-12 -j 8 bzImage\n";

static const char warnings[] =
	"drivers/net/ring.c: In function \xe2\x80\x98ring_open\xe2\x80\x99:\n"
	"drivers/net/ring.c:20:15: warning: unused variable [-Wunused]\n"
	"   20 |         int left;\n"
	"      |             ^~~~\n"
	"drivers/net/ring.c:44:9: warning: \033[1mignoring\033[0m it\n"
	"   44 |         read(1);\n"
	"      |         ^~~~~~~\n"
	"drivers/net/ring.c:12: note: declared here\n";

static const char errors[] =
	"drivers/net/tap.c: In function \xe2\x80\x98tap_open\xe2\x80\x99:\n"
	"drivers/net/tap.c:7:2: error: too few arguments to tap_init\n"
	"    7 |  tap_init();\n"
	"      |  ^~~~~~~~\n"
	"drivers/net/tap.c:3:5: note: declared here\n"
	"make[3]: *** [scripts/Makefile.build:250: tap.o] Error 1\n";

static FILE *open_log(struct world *world, int commit, const char *mode)
{
	struct oid oid = tale_oid(commit);
	char *path = session_build_log(world->tale.session, &oid);
	FILE *file = fopen(path, mode);

	assert_non_null(file);
	free(path);
	return file;
}

static void put(FILE *file, const char *text)
{
	fwrite(text, 1, strlen(text), file);
}

static void write_log(struct world *world, int commit, const char *more)
{
	FILE *file = open_log(world, commit, "w");

	put(file, "$ git checkout -q --force --detach\n");
	put(file, make);
	for (int i = 0; i < 40; i++)
		fprintf(file, "  CC      drivers/net/part%d.o\n", i);
	put(file, warnings);
	put(file, "  AR      drivers/net/built-in.a\n");
	put(file, more);
	fclose(file);
}

static void write_settings(struct world *world)
{
	char *path =
		xasprintf("%s/culprit.cfg", session_dir(world->tale.session));
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	put(file, "target = \"uml\";\n"
		  "build = { config = \"/home/me/bug/.config\"; };\n"
		  "guest = { initrd = \"/home/me/bug/guest.gz\"; };\n");
	fclose(file);
	free(path);
}

static void begin_build(struct world *world, int commit)
{
	assert_int_equal(
		tale_tell(&world->tale,
			  (struct event){ .kind = EVENT_BUILD_BEGIN,
					  .by = BY_ENGINE,
					  .commit = tale_oid(commit) }),
		0);
}

static void fail_build(struct world *world, int commit)
{
	begin_build(world, commit);
	tale_pass(&world->tale, 12000);
	assert_int_equal(
		tale_tell(&world->tale,
			  (struct event){ .kind = EVENT_BUILD,
					  .by = BY_ENGINE,
					  .commit = tale_oid(commit),
					  .build = BUILD_FAILED,
					  .exit_status = 2,
					  .duration_ms = 12000,
					  .text = (char[]){ "tap.c:7:2: error: "
							    "too few" } }),
		0);
}

static int begin(void **state)
{
	struct world *world = xcalloc(1, sizeof(*world));
	struct tale *tale = &world->tale;

	setenv("TZ", "UTC", 1);
	tale_begin(tale);
	tale_commits(tale, 6, NULL);
	tale_start(tale, TALE_TITLE, "syzkaller/3/3");
	tale_mark(tale, BY_START, tale_oid(5).hex, VERDICT_BAD, NULL);
	tale_mark(tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	tale_build(tale, tale_oid(2).hex, "aaaaaaaaaaaaaaaa", 403);
	tale_runs(tale, tale_oid(2).hex, "...", 5);
	tale_mark(tale, BY_POLICY, tale_oid(2).hex, VERDICT_GOOD, NULL);
	fail_build(world, 4);
	begin_build(world, 3);
	tale_pass(tale, 192000);
	write_settings(world);
	write_log(world, 2, "");
	write_log(world, 3, "  CC      drivers/net/tap.o\n");
	write_log(world, 4, errors);
	open_screen(&world->app, tale, false);
	*state = world;
	return 0;
}

static int end(void **state)
{
	struct world *world = *state;

	app_release(&world->app);
	tale_end(&world->tale);
	free(world);
	return 0;
}

/* The row of a commit is chosen. */
static void choose(struct world *world, int commit)
{
	struct app *app = &world->app;

	for (int row = 0; row < app->model.row_count; row++) {
		struct oid oid = tale_oid(commit);

		if (strncmp(app->model.rows[row].id, oid.hex, OID_SHORT) == 0)
			app_go_to_row(app, row);
	}
}

static void a_build_is_followed_with_what_it_is(void **state)
{
	struct world *world = *state;
	struct app *app = &world->app;
	FILE *file;

	choose(world, 3);
	picture(app, "build-80x24", 80, 24, "4");
	picture(app, "build-100x30", 100, 30, "");
	picture(app, "build-40x12", 40, 12, "");
	assert_true(app->build.running);
	file = open_log(world, 3, "a");
	put(file, errors);
	fclose(file);
	assert_true(app_listen(app));
	/* the first error is pinned, and one key away */
	picture(app, "build-fails", 80, 24, "!");
	assert_false(app->build.log.follow);
	app->ascii = true;
	app_refresh(app, world->tale.now);
	picture(app, "build-ascii", 80, 24, "zG");
}

static void a_wide_screen_has_the_console_beside_it(void **state)
{
	struct world *world = *state;
	struct app *app = &world->app;

	choose(world, 2);
	picture(app, "build-160x45", 160, 45, "4");
	type(app, "\tk");
	assert_true(app->build.log.follow);
	type(app, "\tk");
	assert_false(app->build.log.follow);
}

static void what_failed_says_why(void **state)
{
	struct world *world = *state;
	struct app *app = &world->app;

	choose(world, 4);
	type(app, "4");
	assert_string_equal(app->build.how, "fails after 0:12, usually 3:27");
	assert_string_equal(app->build.why, "tap.c:7:2: error: too few");
	type(app, "[");
	assert_string_equal(app->build.how, "ok in 6:43, usually 3:27");
}

/* What was built twice is pinned as it was the last time. */
static void an_earlier_build_pins_nothing(void **state)
{
	struct world *world = *state;
	struct app *app = &world->app;
	struct log_record records[] = { { LOG_HEAD, LOG_STEP, 1 },
					{ LOG_BEGIN, 0, 0 } };
	unsigned char bytes[2 * LOG_RECORD];
	struct oid oid = tale_oid(3);
	char *path = session_build_log(world->tale.session, &oid), *index;
	struct grid *grid = grid_new(80, 24, false);
	FILE *file;

	write_log(world, 3, errors);
	file = open_log(world, 3, "a");
	records[1].offset = ftell(file);
	put(file, "$ make second\n  CC      drivers/net/new.o\n");
	fclose(file);
	index = xasprintf("%s" LOG_SUFFIX, path);
	file = fopen(index, "w");
	assert_non_null(file);
	log_record_put(&records[0], bytes);
	log_record_put(&records[1], bytes + LOG_RECORD);
	fwrite(bytes, 1, sizeof(bytes), file);
	fclose(file);
	free(index);
	free(path);
	choose(world, 3);
	type(app, "4!");
	assert_string_equal(app->build.log.said,
			    "nothing in here looks like an error");
	app_draw(app, grid);
	golden_compare("build-again", grid);
	grid_free(grid);
}

/* Each line, q where it only warns. */
static void only_what_warns_is_quiet(void **state)
{
	static const char expected[] = "..qqqqqqqq......";
	struct world *world = *state;
	struct logfile file;
	struct logfile_line line;
	struct oid oid = tale_oid(1);
	char *path = session_build_log(world->tale.session, &oid);
	char found[40] = "";
	int64_t at = 0;
	int count = 0;
	FILE *out = open_log(world, 1, "w");

	put(out, "  CC   a.o\n   not a quote\n");
	put(out, warnings);
	put(out, errors);
	fclose(out);
	logfile_init(&file, 64);
	logfile_open(&file, path);
	logfile_refresh(&file);
	for (; logfile_line(&file, at, &line); at = line.end)
		found[count++] = quiet_line(&file, at) ? 'q' : '.';
	assert_string_equal(found, expected);
	logfile_release(&file);
	free(path);
}

static void warnings_are_folded_and_opened(void **state)
{
	struct world *world = *state;
	struct app *app = &world->app;
	struct logview *log = &app->build.log;

	choose(world, 2);
	type(app, "4k");
	assert_true(log->at.mark);
	type(app, "k");
	assert_false(log->at.mark);
	type(app, "jz");
	assert_false(log->quiet);
	assert_false(log->at.mark);
	type(app, "jjz");
	assert_true(log->quiet);
	assert_true(log->at.mark);
	/* what is found is shown */
	type(app, "g/declared here\n");
	assert_false(log->quiet);
	assert_int_equal(app->build.warnings.total, 2);
}

int main(void)
{
#define view_test(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		view_test(a_build_is_followed_with_what_it_is),
		view_test(a_wide_screen_has_the_console_beside_it),
		view_test(what_failed_says_why),
		view_test(an_earlier_build_pins_nothing),
		view_test(only_what_warns_is_quiet),
		view_test(warnings_are_folded_and_opened),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
