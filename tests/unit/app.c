/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The screen without a terminal: keys go in, orders come out of the session.
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
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/helm.h"
#include "control/lease.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tests/unit/screen_world.h"
#include "tests/unit/tale.h"
#include "tui/app.h"
#include "tui/grid.h"
#include "tui/input.h"
#include "tui/keymap.h"
#include "tui/place.h"
#include "tui/steer.h"
#include "tui/view.h"

struct world {
	struct tale tale;
	struct app app;
	struct grid *grid;
	struct buf page;
};

static int begin(void **state)
{
	struct world *world = xcalloc(1, sizeof(*world));

	tale_begin(&world->tale);
	world->grid = grid_new(100, 30, false);
	buf_init(&world->page, 0);
	*state = world;
	return 0;
}

static int end(void **state)
{
	struct world *world = *state;

	app_release(&world->app);
	grid_free(world->grid);
	buf_release(&world->page);
	tale_end(&world->tale);
	free(world);
	return 0;
}

/* The screen of a bisection among 16 commits: 7 is under test. */
static struct app *open_app(struct world *world, const char *policy)
{
	tale_commits(&world->tale, 16, NULL);
	tale_start(&world->tale, TALE_TITLE, policy);
	tale_mark(&world->tale, BY_START, tale_oid(15).hex, VERDICT_BAD, NULL);
	tale_mark(&world->tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	open_screen(&world->app, &world->tale, false);
	return &world->app;
}

static const char *page(struct world *world)
{
	buf_clear(&world->page);
	grid_clear(world->grid, 100, 30);
	app_draw(&world->app, world->grid);
	grid_dump_text(world->grid, &world->page);
	return world->page.text;
}

/* The latest event, which must be of this kind. */
static const struct event *latest(struct world *world, enum event_kind kind)
{
	struct engine *engine = session_engine(world->tale.session);
	const struct event *event =
		engine_event(engine, engine_event_count(engine) - 1);

	assert_string_equal(event_kind_name(event->kind),
			    event_kind_name(kind));
	return event;
}

static size_t events(struct world *world)
{
	return engine_event_count(session_engine(world->tale.session));
}

static bool same(const struct event *event, int number)
{
	struct oid oid = tale_oid(number);

	return oid_equal(&event->commit, &oid);
}

static void a_verdict_needs_more_than_one_key(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");
	size_t before = events(world);

	type(app, "v");
	assert_true(app->dialog.form.open);
	type(app, "g");
	assert_int_equal(events(world), before);
	type(app, "\n");
	assert_false(app->dialog.form.open);
	assert_int_equal(latest(world, EVENT_VERDICT)->verdict, VERDICT_GOOD);
	assert_true(same(latest(world, EVENT_VERDICT), 7));
	assert_int_equal(latest(world, EVENT_VERDICT)->by, BY_PERSON);
	assert_string_equal(app->model.rows[2].subject, "a commit");
	assert_true(app->model.rows[2].by_person);
}

static void a_verdict_can_be_pinned(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");
	size_t before;

	before = events(world);
	type(app, "v!");
	type(app, "\n\n"); /* there is none yet */
	assert_int_equal(events(world), before);
	type(app, "\033");
	if (app->dialog.form.open)
		type(app, "\033");
	type(app, "vg\n");
	type(app, "kv!I know\n");
	assert_int_equal(latest(world, EVENT_VERDICT)->verdict, VERDICT_GOOD);
	assert_int_equal(latest(world, EVENT_VERDICT)->number, VERDICT_PINNED);
	assert_string_equal(latest(world, EVENT_VERDICT)->text, "I know");
}

static void keys_can_be_others(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");
	struct keymap keys;
	struct error err;

	keymap_init(&keys);
	assert_int_equal(keymap_set(&keys, "verdict", "W", 1, &err), 0);
	assert_int_equal(keymap_set(&keys, "undo", "C-u", 1, &err), 0);
	assert_int_equal(keymap_set(&keys, "half-up", "v", 1, &err), 0);
	app->keys = world->grid->keys = &keys;
	type(app, "v");
	assert_false(app->dialog.form.open);
	type(app, "W");
	assert_true(app->dialog.form.open);
	/* where a text is written they are letters */
	type(app, "bWv\n");
	assert_string_equal(latest(world, EVENT_VERDICT)->text, "Wv");
	assert_non_null(strstr(page(world), "W verdict"));
	assert_non_null(strstr(page(world), "C-u undo"));
	type(app, "?");
	assert_non_null(strstr(page(world), "C-d v "));
	type(app, "?");
	app_key(app, INPUT_CTRL('u'));
	latest(world, EVENT_UNDO);
}

static void mouse(struct world *world, enum mouse_act act, int x, int y)
{
	const struct mouse event = { act, x, y };

	page(world);
	app_mouse(&world->app, world->grid, &event);
}

/* Where a text begins on the page, which must have it. */
static void find(struct world *world, const char *text, int *x, int *y)
{
	const char *all = page(world), *at = strstr(all, text);

	assert_non_null(at);
	for (*x = *y = 0; all < at; all++) {
		*x += ((unsigned char)*all & 0xc0) != 0x80;
		if (*all == '\n') {
			*x = 0;
			(*y)++;
		}
	}
}

static void press(struct world *world, const char *text)
{
	int x, y;

	find(world, text, &x, &y);
	mouse(world, MOUSE_PRESS, x, y);
}

static void a_click_chooses_and_two_open(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	assert_int_equal(app->model.selected, 2);
	press(world, "BAD     ");
	assert_int_equal(app->model.selected, 0);
	assert_int_equal(app->home.focus, PANE_LEDGER);
	press(world, "BAD     ");
	assert_int_equal(app->home.focus, PANE_RUNS);
	/* a third one is a first */
	press(world, "BAD     ");
	assert_int_equal(app->home.focus, PANE_LEDGER);
	/* and two that are far apart are two */
	app->now += 1000;
	press(world, "BAD     ");
	assert_int_equal(app->home.focus, PANE_LEDGER);
	press(world, "nothing has run yet");
	assert_int_equal(app->home.focus, PANE_CONSOLE);
	mouse(world, MOUSE_PRESS, 0, 0);
	mouse(world, MOUSE_PRESS, 500, -3);
	assert_int_equal(app->home.focus, PANE_CONSOLE);
}

static void a_click_on_a_hint_is_its_key(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");
	struct keymap keys;
	struct error err;

	keymap_init(&keys);
	keymap_set(&keys, "verdict", "W", 1, &err);
	app->keys = world->grid->keys = &keys;
	press(world, "W verdict");
	assert_true(app->dialog.form.open);
	/* what lies below a dialog is not pressed */
	press(world, "q detach");
	assert_false(app->quit);
	press(world, "b bad");
	assert_int_equal(app->dialog.form.choice, 1);
	press(world, "Esc");
	assert_false(app->dialog.form.open);
	press(world, "log  ");
	assert_non_null(strstr(page(world), "─ 9 Log "));
	press(world, "q back");
	assert_non_null(strstr(page(world), "─ 1 Steps "));
	press(world, "? help");
	assert_true(app->help.open);
	mouse(world, MOUSE_WHEEL_DOWN, 50, 15);
	page(world);
	app_key(app, INPUT_ESCAPE);
	press(world, "q detach");
	assert_true(app->quit);
}

static void the_wheel_scrolls_what_is_under_it(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");
	int x, y;

	find(world, "BAD     ", &x, &y);
	mouse(world, MOUSE_WHEEL_UP, x, y);
	assert_int_equal(app->model.selected, 0);
	mouse(world, MOUSE_WHEEL_DOWN, x, y);
	assert_int_equal(app->model.selected, 2);
	/* the focus stays */
	find(world, "nothing has run yet", &x, &y);
	mouse(world, MOUSE_WHEEL_UP, x, y);
	assert_int_equal(app->home.focus, PANE_LEDGER);
	type(app, "9");
	page(world);
	assert_true(app->log.follow);
	mouse(world, MOUSE_WHEEL_UP, 10, 10);
	assert_false(app->log.follow);
	press(world, "good 0000");
	assert_non_null(
		strstr(app->log.lines[app->log.line].text, "good 0000"));
}

static void where_nothing_happens_nothing_is_due(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	assert_int_equal(app_due(app), -1);
	type(app, "u\x03");
	assert_non_null(strstr(page(world), "q leaves the screen"));
	assert_true(app_due(app) > app->now);
	app_refresh(app, app_due(app));
	assert_null(strstr(page(world), "q leaves the screen"));
	assert_int_equal(app_due(app), -1);
	/* the clock goes while an engine works */
	app->model.engine_alive = true;
	assert_in_range(app_due(app), app->now + 1, app->now + 1000);
}

static void plain_is_still_between_events(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");
	char *before;

	app->plain = true;
	type(app, "\x03");
	assert_int_equal(app_due(app), -1);
	app_refresh(app, app->now);
	before = xstrdup(page(world));
	app_refresh(app, app->now + 3600 * 1000);
	assert_string_equal(page(world), before);
	app->model.engine_alive = true;
	assert_int_equal(app_due(app), -1);
	free(before);
}

static void the_cursor_is_seen_where_a_text_is_written(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	page(world);
	assert_false(world->grid->cursor_seen);
	/* and stands on what is chosen all the same */
	assert_int_equal(world->grid->cursor_y, 8);
	type(app, ":");
	page(world);
	assert_true(world->grid->cursor_seen);
	app_key(app, INPUT_ESCAPE);
	type(app, "9/");
	page(world);
	assert_true(world->grid->cursor_seen);
	app_key(app, INPUT_ESCAPE);
	page(world);
	assert_false(world->grid->cursor_seen);
	app->cursor = true;
	page(world);
	assert_true(world->grid->cursor_seen);
}

static void the_person_is_called_when_needed_and_when_done(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	/* it is so from the start: somebody has just come */
	assert_int_equal(app->call, CALL_NOBODY);
	for (int i = 7; i > 1; i--)
		tale_mark(&world->tale, BY_PERSON, tale_oid(i).hex, VERDICT_BAD,
			  "from outside");
	app_refresh(app, world->tale.now);
	assert_int_equal(app->call, CALL_NOBODY);
	tale_mark(&world->tale, BY_PERSON, tale_oid(1).hex, VERDICT_BAD,
		  "from outside");
	app_refresh(app, world->tale.now);
	assert_int_equal(app->call, CALL_DONE);
	/* once */
	app->call = CALL_NOBODY;
	app_refresh(app, world->tale.now + 60000);
	assert_int_equal(app->call, CALL_NOBODY);
	/* who does it at the screen is there */
	type(app, "u");
	app_key(app, INPUT_CTRL('r'));
	app_refresh(app, world->tale.now + 60000);
	assert_int_equal(app->model.badge, BADGE_DONE);
	assert_int_equal(app->call, CALL_NOBODY);
}

static void of_two_screens_one_orders(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");
	const char *folder = session_dir(world->tale.session);
	struct helm *other = helm_open(folder, "bob\033[2J@far");
	struct helm *own = helm_open(folder, "ann@desk");
	size_t before = events(world);

	app->helm = own;
	app->starts_engine = true;
	app_refresh(app, world->tale.now);
	assert_non_null(strstr(page(world), " READS "));
	assert_non_null(strstr(page(world), "bob@far, process "));
	assert_non_null(strstr(page(world), " O steer from here  "));
	type(app, "v");
	assert_false(app->dialog.form.open);
	type(app, ":good\nu\x12xPQR");
	assert_int_equal(events(world), before);
	assert_non_null(strstr(page(world), "steers this session: O takes it"));
	app_want_engine(app);
	assert_int_equal(app->engine_wanted, 0);
	type(app, ":take-over\n");
	assert_null(strstr(page(world), " READS "));
	type(app, ":good\n");
	assert_true(events(world) > before);
	/* back to the other one, and again */
	assert_int_equal(helm_take(other, NULL), 0);
	app_refresh(app, world->tale.now);
	assert_non_null(strstr(page(world), "has taken over: O takes it back"));
	helm_close(other);
	app_refresh(app, world->tale.now);
	assert_non_null(strstr(page(world), "this screen steers"));
	app->helm = NULL;
	helm_close(own);
}

static void a_place_is_found_again(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");
	struct place place, again;
	char text[400];

	type(app, "g\t9");
	steer_place(app, &place);
	place_format(&place, text, sizeof(text));
	place_parse(&again, text);
	app_release(app);
	open_screen(app, &world->tale, false);
	steer_go_to_place(app, &again);
	assert_int_equal(app->view->digit, '9');
	assert_int_equal(app->model.selected, 0);
	assert_int_equal(app->home.focus, PANE_RUNS);
	/* nonsense is nowhere */
	place_parse(&again, "view 12\nrow 0123\npane 7\nrun 9999\nview x\n\n"
			    "rowrowrowrowrowrow 1\n");
	steer_go_to_place(app, &again);
	assert_int_equal(app->view->digit, '9');
	assert_int_equal(app->model.selected, 0);
	assert_int_equal(app->home.focus, PANE_RUNS);
	assert_int_equal(app->home.line, 0);
}

static void the_range_opens_once_when_few_are_left(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	app->range_at = 8;
	app_refresh(app, world->tale.now);
	assert_int_equal(app->view->digit, '1');
	tale_mark(&world->tale, BY_PERSON, tale_oid(7).hex, VERDICT_GOOD, NULL);
	type(app, "?");
	app_refresh(app, world->tale.now);
	assert_int_equal(app->view->digit, '1');
	type(app, "?");
	app_refresh(app, world->tale.now);
	assert_int_equal(app->view->digit, '2');
	type(app, "1");
	app_refresh(app, world->tale.now);
	assert_int_equal(app->view->digit, '1');
}

static void a_slow_line_is_told(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	app->link_ms = 312;
	app_refresh(app, app->now);
	assert_non_null(strstr(page(world), "link 312ms"));
}

static void a_digit_brings_up_a_view_and_q_goes_back(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	type(app, "9");
	assert_non_null(strstr(page(world), "─ 9 Log "));
	assert_non_null(strstr(page(world), "good 000000000000"));
	/* what happens meanwhile comes in */
	tale_mark(&world->tale, BY_PERSON, tale_oid(7).hex, VERDICT_GOOD, NULL);
	app_refresh(app, world->tale.now);
	assert_non_null(strstr(page(world), "(by ann@desk)"));
	type(app, "6");
	assert_non_null(strstr(page(world), "what is known so far"));
	type(app, "q");
	assert_false(app->quit);
	assert_non_null(strstr(page(world), "─ 1 Steps "));
	type(app, "7");
	assert_non_null(strstr(page(world), "the repository is not at hand"));
	app_key(app, INPUT_ESCAPE);
	assert_non_null(strstr(page(world), "─ 1 Steps "));
	type(app, "9/q1\n");
	assert_non_null(strstr(page(world), "nothing matches 'q1'"));
	type(app, "1q");
	assert_true(app->quit);
}

static void any_order_can_be_written_with_its_reason(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	type(app, ":skip -m 'no \"disk\"'\n");
	assert_false(app->palette.open);
	assert_int_equal(latest(world, EVENT_VERDICT)->verdict, VERDICT_SKIP);
	assert_true(same(latest(world, EVENT_VERDICT), 7));
	assert_string_equal(latest(world, EVENT_VERDICT)->text, "no \"disk\"");
	type(app, "9:note from the log 1q\n");
	assert_string_equal(latest(world, EVENT_NOTE)->text, "from the log 1q");
}

static void what_was_written_wrongly_is_kept_and_said(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");
	size_t before = events(world);

	type(app, ":undo x\n");
	assert_true(app->palette.open);
	assert_string_equal(app->palette.text, "undo x");
	assert_non_null(strstr(page(world), "usage: culprit undo"));
	app_key(app, INPUT_ESCAPE);
	type(app, ":nonsense\n");
	assert_non_null(strstr(page(world), "'nonsense' is not an order"));
	app_key(app, INPUT_ESCAPE);
	type(app, ":good -x\n");
	assert_non_null(strstr(page(world), "'-x' is not an option here"));
	assert_int_equal(events(world), before);
	app_key(app, INPUT_ESCAPE);
	type(app, "q");
	assert_true(app->quit);
}

static void a_run_is_opened_and_left_out_from_the_list_of_runs(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "syzkaller/4/4");

	tale_build(&world->tale, tale_oid(7).hex, "aa", 5);
	tale_runs(&world->tale, tale_oid(7).hex, ".X.", 5);
	app_refresh(app, world->tale.now);
	type(app, "3");
	assert_non_null(strstr(page(world), "─ 3 Runs of step 3 "));
	type(app, "kx");
	assert_non_null(strstr(page(world), "choose a run first"));
	type(app, "jjx\n");
	assert_int_equal(latest(world, EVENT_JUDGE)->number, 1);
	assert_non_null(strstr(page(world), "judged ignored by"));
	type(app, "\n");
	assert_int_equal(app->show, 1);
	assert_non_null(strstr(page(world), "─ 5 Console"));
}

/* So that runs can be ordered: settings with a test command. */
static void give_settings(const struct app *app)
{
	char *path = session_settings(app->session);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs("test = { command = \"true\"; };\n", file);
	assert_int_equal(fclose(file), 0);
	free(path);
}

/* A session that took its time to open still has its engine started. */
static void an_engine_that_is_wanted_is_tried_however_late(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	give_settings(app);
	app->starts_engine = true;
	app_want_engine(app);
	assert_int_not_equal(app->engine_wanted, 0);
	assert_string_equal(app->home.toast, "");
	app_refresh(app, world->tale.now + 60000);
	assert_int_equal(app->engine_wanted, 0);
	/* by a program that ends at once, and is told so */
	assert_true(app->home.toast_is_error);
}

/* An engine that has its lease and then cannot go on, when it is told so. */
static void an_engine_that_cannot_work_says_so_when_it_knows(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");
	char *program = xasprintf("%s/slow", world->tale.folder);
	char *fifo = xasprintf("%s/fifo", world->tale.folder);
	FILE *file = fopen(program, "we");

	assert_non_null(file);
	fprintf(file, "#!/bin/sh\necho held >&3\nread l <'%s'\necho $l >&3\n",
		fifo);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(program, 0700), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	give_settings(app);
	app->program = program;
	type(app, "R");
	assert_string_equal(app->home.toast, "an engine has been started");
	assert_true(app_due(app) >= 0);
	file = fopen(fifo, "we");
	assert_non_null(file);
	fputs("git is ill\n", file);
	assert_int_equal(fclose(file), 0);
	while (!app->home.toast_is_error)
		app_refresh(app, world->tale.now);
	assert_non_null(strstr(app->home.toast, "did not start: git is ill"));
	assert_false(app->engine_start.begins);
	app->program = "/bin/false";
	free(program);
	free(fifo);
}

/* Stands for this program: says what it was asked, and perhaps whom to tell. */
static void with_program(struct world *world)
{
	char *path = xasprintf("%s/program", world->tale.folder);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs("#!/bin/sh\n"
	      "test \"$1\" = --session-dir || exit 3\n"
	      "shift 2\n"
	      "case \"$*\" in\n"
	      "'report --to --no-maintainers') echo 'To: A <a@example.com>' "
	      ";;\n"
	      "'report --to')\n"
	      "	echo 'To: A <a@example.com>'; echo 'Cc: l@example.com' ;;\n"
	      "*) echo \"said: $*\" ;;\n"
	      "esac\n",
	      file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0700), 0);
	world->app.program = path; /* freed by what ends the test */
}

static void forget_program(struct world *world)
{
	free((char *)(uintptr_t)world->app.program);
	world->app.program = "/bin/false";
}

/* Commit 1 is found, with a run that shows it. */
static void find_it(struct world *world)
{
	struct tale *tale = &world->tale;

	tale_build(tale, tale_oid(1).hex, "aa", 5);
	tale_runs(tale, tale_oid(1).hex, ".XX", 5);
	tale_mark(tale, BY_PERSON, tale_oid(1).hex, VERDICT_BAD, "seen");
	app_refresh(&world->app, tale->now);
}

/* The last one removes a kernel's worktrees, and an order came meanwhile. */
static void an_engine_is_started_when_the_one_that_leaves_has_left(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "syzkaller/3/3");
	struct event here = { .kind = EVENT_ENGINE,
			      .by = BY_ENGINE,
			      .number = getpid(),
			      .text = (char *)(uintptr_t) "here" };
	struct event gone = { .kind = EVENT_ENGINE_GONE,
			      .by = BY_ENGINE,
			      .number = getpid() };
	char *lock = session_lock(world->tale.session);
	struct lease *lease = NULL;

	assert_int_equal(lease_take(lock, &lease, NULL), 0);
	give_settings(app);
	find_it(world);
	tale_verify(&world->tale, tale_oid(1).hex, 20);
	assert_int_equal(session_append(world->tale.session, &here, 1, NULL),
			 0);
	app_refresh(app, world->tale.now + 10000); /* no toast is left */
	assert_non_null(strstr(page(world), "verifying: culprit not tested"));
	assert_int_equal(session_append(world->tale.session, &gone, 1, NULL),
			 0);
	app->starts_engine = true;
	app_refresh(app, world->tale.now + 20000);
	assert_non_null(strstr(page(world), ", which removes its worktrees"));
	app_want_engine(app);
	app_refresh(app, world->tale.now + 60000);
	assert_int_not_equal(app->engine_wanted, 0);
	app->engine_wanted = 0;
	type(app, "R");
	assert_non_null(strstr(app->home.toast, "when this one has ended"));
	app_refresh(app, world->tale.now + 120000);
	assert_int_not_equal(app->engine_wanted, 0);
	lease_give_back(lease);
	app_refresh(app, world->tale.now + 180000);
	assert_int_equal(app->engine_wanted, 0);
	/* by a program that ends at once, and is told so */
	assert_non_null(strstr(app->home.toast, "the engine did not start"));
	free(lock);
}

static void the_evidence_finds_out_whom_to_tell_and_shows_the_mail(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "syzkaller/3/3");
	char *path = xasprintf("%s/saved", world->tale.folder);

	with_program(world);
	find_it(world);
	type(app, "6");
	assert_non_null(strstr(page(world), "first bad commit"));
	assert_non_null(strstr(page(world), "to  A <a@example.com>"));
	type(app, "G");
	assert_non_null(strstr(page(world), "said: report --crash "));
	type(app, "g");
	/* and the script is asked next */
	app_refresh(app, world->tale.now);
	assert_non_null(strstr(page(world), "cc  l@example.com"));
	type(app, "y");
	assert_string_equal(app->home.toast, tale_oid(1).hex);
	type(app, "m");
	assert_non_null(strstr(page(world), "\n said: report\n"));
	type(app, "m");
	assert_non_null(strstr(page(world), "Why this commit"));
	type(app, "S");
	assert_non_null(strstr(page(world), "save as     culprit-report.txt"));
	app_key(app, INPUT_CTRL('u'));
	type(app, path);
	type(app, "\n");
	assert_true(str_starts(app->home.toast, "the report is in "));
	assert_int_equal(access(path, F_OK), 0);
	/* what is there is not overwritten */
	type(app, "S");
	app_key(app, INPUT_CTRL('u'));
	type(app, path);
	type(app, "\n");
	assert_true(app->home.toast_is_error);
	assert_non_null(strstr(app->home.toast, "xists"));
	type(app, "q");
	assert_non_null(strstr(page(world), "─ 1 Steps "));
	free(path);
	forget_program(world);
}

static void from_the_evidence_to_the_run_the_diff_and_more_runs(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "syzkaller/3/3");

	give_settings(app);
	find_it(world);
	type(app, "6r");
	assert_int_equal(latest(world, EVENT_MORE)->number, 10);
	assert_true(same(latest(world, EVENT_MORE), 1));
	type(app, "c");
	assert_int_equal(app->show, 1);
	type(app, "6w"); /* nothing in the range below it is in doubt */
	assert_non_null(strstr(page(world), "would help nowhere"));
	type(app, "d");
	assert_non_null(strstr(page(world), "─ 7 Commit "));
	assert_string_equal(app->commit.id, tale_oid(1).hex);
	/* of the chosen step, from anywhere */
	type(app, "1");
	app_key(app, INPUT_ESCAPE);
	type(app, "gd");
	assert_string_equal(app->commit.id, tale_oid(15).hex);
}

/* Guests are lost at two commits: p goes on, as the question says. */
static void where_a_resume_is_an_answer_p_resumes(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "syzkaller/4/4");
	struct tale *tale = &world->tale;

	give_settings(app);
	tale_build(tale, tale_oid(8).hex, "aa", 5);
	tale_runs(tale, tale_oid(8).hex, "BBBB", 5);
	tale_mark(tale, BY_POLICY, tale_oid(8).hex, VERDICT_SKIP, NULL);
	tale_build(tale, tale_oid(7).hex, "bb", 5);
	tale_runs(tale, tale_oid(7).hex, "BB", 5);
	app_refresh(app, tale->now);
	assert_non_null(strstr(page(world), " runs were lost, at 2 commits"));
	assert_non_null(strstr(page(world), "p resume"));
	type(app, "6");
	assert_non_null(strstr(page(world), "─ Questions "));
	assert_non_null(strstr(page(world), "just these runs are made again"));
	type(app, "p");
	latest(world, EVENT_RESUME);
	assert_null(strstr(page(world), "─ Questions "));
}

static void what_would_help_most_is_one_key_away(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "syzkaller/3/3");
	struct tale *tale = &world->tale;

	give_settings(app);
	tale_build(tale, tale_oid(6).hex, "aa", 5);
	tale_runs(tale, tale_oid(6).hex, "..X....", 5);
	tale_mark(tale, BY_POLICY, tale_oid(6).hex, VERDICT_BAD, NULL);
	tale_build(tale, tale_oid(5).hex, "bb", 5);
	tale_runs(tale, tale_oid(5).hex, "..", 5);
	tale_mark(tale, BY_POLICY, tale_oid(5).hex, VERDICT_GOOD, NULL);
	app_refresh(app, tale->now);
	type(app, "6");
	assert_non_null(strstr(page(world), "weakest is step "));
	assert_non_null(strstr(page(world), " more clean runs there would make "
					    "that "));
	type(app, "w");
	assert_true(same(latest(world, EVENT_MORE), 5));
	assert_true(latest(world, EVENT_MORE)->number >= 5);
}

static void the_runs_of_the_steps_before_and_behind_are_one_key_away(
	void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "syzkaller/3/3");

	give_settings(app);
	find_it(world);
	type(app, "1G3");
	assert_non_null(strstr(page(world), "─ 3 Runs of step 3 "));
	type(app, "]");
	assert_string_equal(app->home.toast, "this is the last step");
	type(app, "[");
	assert_non_null(strstr(page(world), "─ 3 Runs of step 2 "));
	type(app, "[[");
	assert_string_equal(app->home.toast, "this is the first step");
	type(app, "]]R");
	assert_int_equal(latest(world, EVENT_MORE)->number, 1);
	assert_true(same(latest(world, EVENT_MORE), 1));
	type(app, "ss");
	assert_string_equal(app->home.toast, "sorted by time");
}

static void a_line_of_the_log_opens_its_step(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	type(app, "9/bad \n\n");
	assert_non_null(strstr(page(world), "─ 1 Steps "));
	assert_int_equal(app->model.rows[app->model.selected].verdict,
			 VERDICT_BAD);
	/* orders mean the same on every view */
	type(app, "9vswhy\n");
	assert_int_equal(latest(world, EVENT_VERDICT)->verdict, VERDICT_SKIP);
}

static void a_reason_is_kept_with_the_verdict(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	type(app, "vbit qb");
	app_key(app, INPUT_BACKSPACE);
	app_key(app, 0xe9); /* é */
	type(app, "\n");
	assert_int_equal(latest(world, EVENT_VERDICT)->verdict, VERDICT_BAD);
	assert_string_equal(latest(world, EVENT_VERDICT)->text, "it q\xc3\xa9");
}

static void overruling_needs_a_reason(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");
	size_t before;

	type(app, "vg\n");
	before = events(world);
	type(app, "kvs\n");
	assert_true(app->dialog.form.open);
	assert_non_null(strstr(page(world), "a reason is needed"));
	assert_int_equal(events(world), before);
	type(app, "no\n");
	assert_false(app->dialog.form.open);
	assert_int_equal(latest(world, EVENT_VERDICT)->verdict, VERDICT_SKIP);
	assert_true(same(latest(world, EVENT_VERDICT), 7));
}

static void the_dialog_can_be_left(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");
	size_t before = events(world);

	type(app, "v\n"); /* nothing chosen */
	assert_non_null(strstr(page(world), "choose first"));
	app_key(app, INPUT_ESCAPE);
	assert_false(app->dialog.form.open);
	type(app, "vg\t");
	app_key(app, INPUT_CTRL('c'));
	assert_false(app->dialog.form.open);
	assert_false(app->quit);
	assert_int_equal(events(world), before);
}

static void undo_and_redo_are_one_key(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	type(app, "vg\n\n");
	assert_int_equal(app->model.rows[2].verdict, VERDICT_GOOD);
	type(app, "u");
	latest(world, EVENT_UNDO);
	assert_false(app->home.toast_is_error);
	assert_string_equal(app->home.toast,
			    "undone: good 538453d70000 (1 event ago); redo "
			    "with C-r");
	assert_int_equal(app->model.rows[app->model.testing].verdict,
			 VERDICT_NONE);
	app_key(app, INPUT_CTRL('r'));
	latest(world, EVENT_REDO);
	assert_int_equal(app->model.rows[2].verdict, VERDICT_GOOD);
}

static void an_undo_says_what_came_back_with_it(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	tale_mark(&world->tale, BY_POLICY, tale_oid(7).hex, VERDICT_GOOD, NULL);
	tale_mark(&world->tale, BY_POLICY, tale_oid(11).hex, VERDICT_GOOD,
		  NULL);
	app_refresh(app, world->tale.now);
	type(app, "gjjvbno\nu");
	assert_non_null(strstr(app->home.toast, "undone: bad 538453d70000"));
	assert_non_null(strstr(app->home.toast, "; 1 verdict counts again"));
	app_key(app, INPUT_CTRL('r'));
	assert_non_null(strstr(app->home.toast, "redone: bad"));
	assert_non_null(strstr(app->home.toast, "; 1 verdict set aside"));
	assert_non_null(strstr(app->home.toast, "; undo with u"));
}

static void an_order_that_fails_is_a_toast(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");
	size_t before = events(world);

	type(app, "u");
	assert_true(app->home.toast_is_error);
	assert_true(*app->home.toast != '\0');
	assert_non_null(strstr(page(world), app->home.toast));
	assert_int_equal(events(world), before);
	assert_false(app->quit);
	app_refresh(app, world->tale.now + 60000); /* toasts go */
	assert_string_equal(app->home.toast, "");
}

static void pause_is_a_switch(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	type(app, "p");
	latest(world, EVENT_PAUSE);
	assert_int_equal(app->model.badge, BADGE_PAUSED);
	assert_non_null(strstr(page(world), "\n paused; go on with p"));
	type(app, "p");
	latest(world, EVENT_RESUME);
}

static void a_pause_at_once_is_asked_about_and_says_what_is_lost(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "syzkaller/10/10");
	size_t before;

	tale_build(&world->tale, tale_oid(7).hex, "aaaa", 1);
	tale_runs(&world->tale, tale_oid(7).hex, ".>", 1);
	app_refresh(app, world->tale.now + 5000);
	before = events(world);
	type(app, "P");
	assert_non_null(strstr(page(world), "Pause at once?"));
	assert_non_null(
		strstr(page(world), "lost        run 1 of step 3, 0:05"));
	type(app, "q");
	assert_int_equal(events(world), before);
	type(app, "P\n");
	assert_int_equal(latest(world, EVENT_PAUSE)->number, PAUSE_NOW);
	type(app, "P");
	assert_false(app->ask.form.open);
	assert_non_null(strstr(page(world), "paused already"));
	/* without an engine there is none to stop */
	type(app, "Q");
	assert_false(app->ask.form.open);
	assert_non_null(strstr(page(world), "no engine is at work"));
}

/* The dialog's row with this label has these words. */
static void says(struct world *world, const char *label, const char *words)
{
	char start[64];
	const char *row, *at;

	snprintf(start, sizeof(start), "\u2502  %s ", label);
	row = strstr(page(world), start);
	assert_non_null(row);
	at = strstr(row, words);
	if (!at || at > row + strcspn(row, "\n"))
		fail_msg("'%s' is not in: %.*s", words, (int)strcspn(row, "\n"),
			 row);
}

static void a_choice_says_what_it_would_change(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");
	size_t before = events(world);

	type(app, "v");
	assert_non_null(strstr(page(world), "see here what it changes"));
	app_key(app, INPUT_RIGHT); /* the cursor is on good */
	says(world, "search", "8 suspects, ~2 steps; now 15, ~3");
	says(world, "verdicts", "2 stand");
	app_key(app, INPUT_RIGHT);
	says(world, "search", "7 suspects, ~2 steps; now 15, ~3");
	app_key(app, INPUT_RIGHT);
	says(world, "search", "15 suspects, ~3 steps, as now");
	says(world, "next test", "a commit");
	app_key(app, INPUT_LEFT);
	type(app, "\n\n");
	assert_int_equal(events(world), before + 1);
	assert_int_equal(latest(world, EVENT_VERDICT)->verdict, VERDICT_BAD);
}

static void an_older_verdict_says_what_rested_on_it(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	tale_mark(&world->tale, BY_POLICY, tale_oid(7).hex, VERDICT_GOOD, NULL);
	tale_mark(&world->tale, BY_POLICY, tale_oid(11).hex, VERDICT_GOOD,
		  NULL);
	app_refresh(app, world->tale.now);
	type(app, "gjjvb");
	says(world, "verdicts", "2 stand; set aside: #4");
	says(world, "search", "7 suspects, ~2 steps; now 4, ~1: ~1 more");
	type(app, "no\nu");
	/* the culprit is found, and then given up again */
	tale_mark(&world->tale, BY_POLICY, tale_oid(12).hex, VERDICT_BAD, NULL);
	app_refresh(app, world->tale.now);
	assert_int_equal(app->model.badge, BADGE_DONE);
	type(app, "gjjvb");
	says(world, "search", "taken back: ");
	says(world, "search", "; 7 suspects, ~2 steps");
}

static void what_would_be_refused_is_said_before(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");
	size_t before;

	type(app, "gjvb"); /* the good end, bad: then nothing is good */
	says(world, "search", "a good commit is needed");
	app_key(app, INPUT_ESCAPE);
	tale_mark(&world->tale, BY_PERSON, tale_oid(7).hex, VERDICT_GOOD, NULL);
	tale_mark(&world->tale, BY_PERSON, tale_oid(11).hex, VERDICT_BAD, NULL);
	app_refresh(app, world->tale.now);
	before = events(world);
	type(app, "gvg"); /* above one that is bad */
	says(world, "refused", "the verdicts on ");
	type(app, "why\n");
	assert_true(app->home.toast_is_error);
	assert_non_null(strstr(page(world), "exclude each other"));
	assert_int_equal(events(world), before);
}

static void earlier_reasons_are_offered_again(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	type(app, "vgfirst\n");
	type(app, "vssecond\n");
	type(app, "vsfirst\n");
	type(app, "vbmine");
	app_key(app, INPUT_UP);
	assert_string_equal(app->dialog.form.reason, "first");
	app_key(app, INPUT_UP);
	assert_string_equal(app->dialog.form.reason, "second");
	app_key(app, INPUT_UP); /* there are only these two */
	assert_string_equal(app->dialog.form.reason, "second");
	app_key(app, INPUT_DOWN);
	app_key(app, INPUT_DOWN);
	assert_string_equal(app->dialog.form.reason, "mine");
	app_key(app, INPUT_UP);
	type(app, " of all\n");
	assert_string_equal(latest(world, EVENT_VERDICT)->text, "first of all");
}

static void a_dialog_follows_what_comes_in_meanwhile(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "syzkaller/4/4");

	tale_build(&world->tale, tale_oid(7).hex, "aaaa", 1);
	app_refresh(app, world->tale.now);
	type(app, "vb");
	tale_runs(&world->tale, tale_oid(7).hex, ".X", 1);
	tale_mark(&world->tale, BY_PERSON, tale_oid(4).hex, VERDICT_GOOD, NULL);
	app_refresh(app, world->tale.now);
	says(world, "runs", ".X");
	says(world, "search", "3 suspects");
}

static void the_leaning_can_be_accepted(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "syzkaller/10/10");
	size_t before = events(world);

	type(app, "a");
	assert_int_equal(events(world), before);
	tale_build(&world->tale, tale_oid(7).hex, "aaaa", 1);
	tale_runs(&world->tale, tale_oid(7).hex, "XXX...", 1);
	app_refresh(app, world->tale.now);
	assert_int_equal(app->model.rule.judgement.leaning, VERDICT_BAD);
	type(app, "ka"); /* whatever is selected */
	assert_int_equal(latest(world, EVENT_VERDICT)->verdict, VERDICT_BAD);
	assert_true(same(latest(world, EVENT_VERDICT), 7));
	assert_string_equal(latest(world, EVENT_VERDICT)->text,
			    "accepted early");
}

static void a_run_can_be_left_out(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "syzkaller/10/10");
	size_t before;

	tale_build(&world->tale, tale_oid(7).hex, "aaaa", 1);
	tale_runs(&world->tale, tale_oid(7).hex, "..X>", 1);
	app_refresh(app, world->tale.now);
	before = events(world);
	type(app, "x");	    /* in the ledger: no run is meant */
	type(app, "\tx");   /* the build is no run */
	type(app, "jjjjx"); /* a run that still runs */
	assert_int_equal(events(world), before);
	type(app, "kx");
	assert_non_null(strstr(page(world), "Leave this run out?"));
	assert_non_null(strstr(page(world), "1 run comes to something else"));
	app_key(app, INPUT_ESCAPE);
	assert_int_equal(events(world), before);
	type(app, "xmy box slept\n");
	assert_int_equal(latest(world, EVENT_JUDGE)->number, 2);
	assert_int_equal(latest(world, EVENT_JUDGE)->outcome, OUTCOME_IGNORED);
	assert_string_equal(latest(world, EVENT_JUDGE)->text, "my box slept");
	assert_int_equal(app->model.runs[2].letter, 'i');
	/* on one that is left out the same key takes that back */
	type(app, "x");
	assert_non_null(strstr(page(world), "Let this run count again?"));
	assert_non_null(strstr(page(world), "my box slept"));
	type(app, "\n");
	latest(world, EVENT_UNDO);
	assert_int_equal(app->model.runs[2].letter, 'X');
}

static void a_fork_is_asked_about_and_the_screen_goes_over(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");
	struct session *fork;
	size_t before;
	struct error err;

	type(app, "vgfine\nvb\nvg\n");
	before = events(world);
	type(app, "gjjf");
	assert_non_null(strstr(page(world), "Go another way from here?"));
	assert_non_null(strstr(page(world), "event 5 of 7: good 538453d70000"));
	assert_non_null(strstr(page(world), "2 later events"));
	app_key(app, INPUT_ESCAPE);
	assert_false(app->quit);
	type(app, "f\n");
	assert_true(app->quit);
	assert_non_null(app->next);
	assert_non_null(strstr(app->next_says, "goes on from event 5"));
	assert_int_equal(events(world), before);
	assert_int_equal(session_open(app->next, &fork, &err), 0);
	assert_int_equal(session_event_count(fork), 6);
	assert_int_equal(session_event(fork, 4)->verdict, VERDICT_GOOD);
	session_close(fork);
}

static void a_session_that_has_not_begun_is_not_forked(void **state)
{
	struct world *world = *state;
	struct app *app = &world->app;

	open_screen(app, &world->tale, false);
	type(app, "f\n");
	assert_false(app->quit);
	type(app, ":fork a/b\n");
	assert_non_null(strstr(page(world), "cannot be the name of a session"));
	app_key(app, INPUT_ESCAPE);
	type(app, ":switch 2\n");
	assert_non_null(strstr(page(world), "repository is not at hand"));
}

static void more_runs_and_picks_are_orders_too(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "syzkaller/10/10");

	give_settings(app);
	tale_build(&world->tale, tale_oid(7).hex, "aaaa", 1);
	tale_runs(&world->tale, tale_oid(7).hex, "..", 1);
	app_refresh(app, world->tale.now);
	type(app, "vr\n");
	assert_int_equal(latest(world, EVENT_MORE)->number, 10);
	tale_mark(&world->tale, BY_PERSON, tale_oid(7).hex, VERDICT_SKIP, "x");
	app_refresh(app, world->tale.now);
	type(app, "t");
	latest(world, EVENT_PICK);
}

static void the_selection_moves_and_stays_inside(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	assert_int_equal(app->model.selected, 2);
	type(app, "jjj");
	assert_int_equal(app->model.selected, 2);
	type(app, "k");
	assert_int_equal(app->model.selected, 1);
	type(app, "g");
	assert_int_equal(app->model.selected, 0);
	type(app, "kk");
	assert_int_equal(app->model.selected, 0);
	app_key(app, INPUT_CTRL('d'));
	assert_int_equal(app->model.selected, 2);
	assert_int_equal(app->selected, -1); /* follows the test again */
	type(app, "gG");
	assert_int_equal(app->selected, -1);
}

static void enter_goes_from_steps_to_runs_to_console(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "syzkaller/10/10");

	tale_build(&world->tale, tale_oid(7).hex, "aaaa", 1);
	tale_runs(&world->tale, tale_oid(7).hex, "..>", 1);
	app_refresh(app, world->tale.now);
	type(app, "\nj\n");
	assert_int_equal(app->home.focus, PANE_CONSOLE);
	assert_int_equal(app->model.shown_run, 0);
	app_key(app, INPUT_ESCAPE);
	assert_int_equal(app->home.focus, PANE_LEDGER);
	type(app, "\nGG\n");
	assert_non_null(strstr(app->home.toast, "not begun"));
}

static void a_key_of_another_view_says_which(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	type(app, "V");
	assert_string_equal(app->home.toast, "V is a key of the range (2): "
					     "mark a range, skip it");
	assert_false(app->home.toast_is_error);
	type(app, "2V");
	assert_null(strstr(app->home.toast, "is a key of"));
	type(app, "1b");
	assert_string_equal(app->home.toast,
			    "b does nothing here; ? lists the keys");
	app_key(app, INPUT_ESCAPE);
	assert_string_equal(app->home.toast, "");
}

static void help_lists_the_commands_and_closes(void **state)
{
	static const int closing[] = { '?', 'q', INPUT_ESCAPE };
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	for (size_t i = 0; i < 3; i++) {
		type(app, "?");
		assert_true(app->help.open);
		assert_non_null(strstr(page(world), "Decide"));
		assert_non_null(strstr(page(world), "overrule one run"));
		app_key(app, closing[i]);
		assert_false(app->help.open);
		assert_false(app->quit);
	}
}

static void what_is_typed_in_the_help_leaves_what_has_it(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	type(app, "?overrule");
	assert_non_null(strstr(page(world), "find: overrule"));
	assert_non_null(strstr(page(world), "overrule one run"));
	assert_null(strstr(page(world), "next, previous pane"));
	type(app, "q");
	assert_non_null(strstr(page(world), "nothing has that in it"));
	app_key(app, INPUT_BACKSPACE);
	assert_non_null(strstr(page(world), "overrule one run"));
	app_key(app, INPUT_ESCAPE);
	assert_non_null(strstr(page(world), "next, previous pane"));
	type(app, "/UNDO\n"); /* as where one looks for a text elsewhere */
	assert_non_null(strstr(page(world), "take the last N decisions"));
	/* the keys of the views are among them */
	app_key(app, INPUT_CTRL('u'));
	type(app, "turning");
	assert_non_null(strstr(page(world), "turning point"));
	type(app, "?");
	assert_false(app->help.open);
}

static void only_q_leaves(void **state)
{
	struct world *world = *state;
	struct app *app = open_app(world, "exit-code");

	app_key(app, INPUT_CTRL('c'));
	app_key(app, INPUT_ESCAPE);
	assert_false(app->quit);
	app_key(app, INPUT_CTRL('z'));
	assert_true(app->suspend);
	type(app, "q");
	assert_true(app->quit);
}

static void every_key_is_safe_in_an_empty_session(void **state)
{
	struct world *world = *state;
	struct app *app = &world->app;

	open_screen(app, &world->tale, false);
	for (int key = 1; key < 0x180; key++) {
		app_key(app, key);
		page(world);
	}
	for (int key = INPUT_UP; key <= INPUT_RESIZE; key++) {
		app_key(app, key);
		page(world);
	}
	assert_int_equal(app->model.row_count, 0);
}

/* A crash that nobody knows, in a run of the commit under test. */
static struct app *open_with_question(struct world *world)
{
	struct app *app = open_app(world, "syzkaller/2/2");

	tale_build(&world->tale, tale_oid(7).hex, "aaaa", 1);
	tale_runs(&world->tale, tale_oid(7).hex, "x.", 1);
	app_refresh(app, world->tale.now);
	return app;
}

static void the_crash_that_is_asked_about_is_one_key_away(void **state)
{
	struct world *world = *state;
	struct app *app = open_with_question(world);

	assert_non_null(strstr(page(world), "is it the same bug"));
	type(app, "m");
	assert_true(app->ruling.form.open);
	assert_non_null(strstr(page(world), "WARNING in other_thing"));
	assert_non_null(strstr(page(world), "in 1 run of 1 commit"));
	type(app, "onet of another driver\n");
	assert_false(app->ruling.form.open);
	assert_string_equal(latest(world, EVENT_OTHER)->title,
			    "WARNING in other_thing");
	assert_string_equal(latest(world, EVENT_OTHER)->text,
			    "net of another driver");
	type(app, "u");
	latest(world, EVENT_UNDO);
}

static void without_a_choice_nothing_is_ruled(void **state)
{
	struct world *world = *state;
	struct app *app = open_with_question(world);
	size_t before = events(world);

	type(app, "m\n");
	assert_non_null(strstr(page(world), "choose first: s, o or n"));
	type(app, "q");
	assert_false(app->ruling.form.open);
	assert_int_equal(events(world), before);
}

static void a_run_without_a_crash_is_no_question(void **state)
{
	struct world *world = *state;
	struct app *app = open_with_question(world);

	type(app, "\tjjm");
	assert_false(app->ruling.form.open);
	assert_non_null(strstr(page(world), "this run shows no crash"));
	type(app, "km");
	assert_true(app->ruling.form.open);
}

int main(void)
{
#define app_test(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		app_test(a_verdict_needs_more_than_one_key),
		app_test(a_verdict_can_be_pinned),
		app_test(keys_can_be_others),
		app_test(where_nothing_happens_nothing_is_due),
		app_test(plain_is_still_between_events),
		app_test(the_cursor_is_seen_where_a_text_is_written),
		app_test(the_person_is_called_when_needed_and_when_done),
		app_test(of_two_screens_one_orders),
		app_test(an_engine_that_is_wanted_is_tried_however_late),
		app_test(an_engine_that_cannot_work_says_so_when_it_knows),
		app_test(
			an_engine_is_started_when_the_one_that_leaves_has_left),
		app_test(a_place_is_found_again),
		app_test(the_range_opens_once_when_few_are_left),
		app_test(a_slow_line_is_told),
		app_test(a_click_chooses_and_two_open),
		app_test(a_click_on_a_hint_is_its_key),
		app_test(the_wheel_scrolls_what_is_under_it),
		app_test(a_digit_brings_up_a_view_and_q_goes_back),
		app_test(a_run_is_opened_and_left_out_from_the_list_of_runs),
		app_test(
			the_evidence_finds_out_whom_to_tell_and_shows_the_mail),
		app_test(from_the_evidence_to_the_run_the_diff_and_more_runs),
		app_test(where_a_resume_is_an_answer_p_resumes),
		app_test(what_would_help_most_is_one_key_away),
		app_test(
			the_runs_of_the_steps_before_and_behind_are_one_key_away),
		app_test(a_line_of_the_log_opens_its_step),
		app_test(any_order_can_be_written_with_its_reason),
		app_test(what_was_written_wrongly_is_kept_and_said),
		app_test(the_crash_that_is_asked_about_is_one_key_away),
		app_test(without_a_choice_nothing_is_ruled),
		app_test(a_run_without_a_crash_is_no_question),
		app_test(a_reason_is_kept_with_the_verdict),
		app_test(overruling_needs_a_reason),
		app_test(the_dialog_can_be_left),
		app_test(undo_and_redo_are_one_key),
		app_test(an_undo_says_what_came_back_with_it),
		app_test(an_order_that_fails_is_a_toast),
		app_test(pause_is_a_switch),
		app_test(a_pause_at_once_is_asked_about_and_says_what_is_lost),
		app_test(a_choice_says_what_it_would_change),
		app_test(an_older_verdict_says_what_rested_on_it),
		app_test(what_would_be_refused_is_said_before),
		app_test(earlier_reasons_are_offered_again),
		app_test(a_dialog_follows_what_comes_in_meanwhile),
		app_test(the_leaning_can_be_accepted),
		app_test(a_run_can_be_left_out),
		app_test(a_fork_is_asked_about_and_the_screen_goes_over),
		app_test(a_session_that_has_not_begun_is_not_forked),
		app_test(more_runs_and_picks_are_orders_too),
		app_test(the_selection_moves_and_stays_inside),
		app_test(enter_goes_from_steps_to_runs_to_console),
		app_test(a_key_of_another_view_says_which),
		app_test(help_lists_the_commands_and_closes),
		app_test(what_is_typed_in_the_help_leaves_what_has_it),
		app_test(only_q_leaves),
		app_test(every_key_is_safe_in_an_empty_session),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
