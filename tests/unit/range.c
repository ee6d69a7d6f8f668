/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The view of the range, as pictures, and what its keys order.
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

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tests/unit/golden.h"
#include "tests/unit/screen_world.h"
#include "tests/unit/tale.h"
#include "tui/app.h"
#include "tui/grid.h"
#include "tui/input.h"
#include "tui/view.h"

/* The range of the long tale, after these keys, on a page of this size. */
static void picture_of(const char *name, int columns, int rows,
		       const char *keys)
{
	char *all = xasprintf("2%s", keys);
	struct app app;

	open_screen(&app, &binder, strstr(name, "ascii") != NULL);
	picture(&app, name, columns, rows, all);
	app_release(&app);
	free(all);
}

static void the_range_is_folded_to_what_matters(void **state)
{
	(void)state;
	picture_of("range-80x24", 80, 24, "");
	picture_of("range-100x30", 100, 30, "");
	picture_of("range-160x45", 160, 45, "");
	picture_of("range-40x12", 40, 12, "");
	picture_of("range-ascii", 80, 24, "");
	picture_of("range-39x9", 39, 9, "");
}

static void folds_unfold_and_the_order_turns(void **state)
{
	(void)state;
	picture_of("range-unfolded", 100, 30, "k\njj");
	picture_of("range-oldest", 100, 30, "o");
}

static void what_a_mark_costs_is_said(void **state)
{
	(void)state;
	picture_of("range-marked", 100, 30, "Vk");
	picture_of("range-marked-80", 80, 24, "jVjj");
}

/* A session of its own: 16 commits, of which 7 is under test. */
struct world {
	struct tale tale;
	struct app app;
	struct grid *grid;
	struct buf page;
};

static void open_world(struct world *world)
{
	static const struct tale_name names[] = {
		{ 4, "4444444444444444444444444444444444444444",
		  "net: a \033[31mred\033[0m herring" },
		{ 11, "1111111111111111111111111111111111111111",
		  "mm: a find" },
		{ 0, NULL, NULL },
	};

	memset(world, 0, sizeof(*world));
	tale_begin(&world->tale);
	tale_commits(&world->tale, 16, names);
	tale_start(&world->tale, TALE_TITLE, "exit-code");
	tale_mark(&world->tale, BY_START, tale_oid(15).hex, VERDICT_BAD, NULL);
	tale_mark(&world->tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	open_screen(&world->app, &world->tale, false);
	world->grid = grid_new(100, 30, false);
	buf_init(&world->page, 0);
	draw_screen(&world->app, world->grid);
	type(&world->app, "2");
}

static void close_world(struct world *world)
{
	app_release(&world->app);
	grid_free(world->grid);
	buf_release(&world->page);
	tale_end(&world->tale);
}

static bool says(struct world *world, const char *words)
{
	buf_clear(&world->page);
	draw_screen(&world->app, world->grid);
	grid_dump_text(world->grid, &world->page);
	return strstr(world->page.text, words) != NULL;
}

/* The chosen commit by its place in the line, -1 for a fold. */
static int chosen(struct world *world)
{
	return range_page_chosen(&world->app.range);
}

static const struct event *latest(struct world *world)
{
	struct engine *engine = session_engine(world->tale.session);

	return engine_event(engine, engine_event_count(engine) - 1);
}

static bool is(const struct oid *oid, int number)
{
	struct oid wanted = tale_oid(number);

	return oid_equal(oid, &wanted);
}

static void it_opens_on_the_commit_under_test_and_moves(void **state)
{
	struct world world;

	(void)state;
	open_world(&world);
	assert_int_equal(chosen(&world), 7);
	assert_true(says(&world, "If BAD: 7 suspects, ~2 steps.  "
				 "If GOOD: 8 suspects, ~2 steps."));
	type(&world.app, "k");
	assert_int_equal(chosen(&world), 8);
	type(&world.app, "jj");
	assert_int_equal(chosen(&world), 6);
	type(&world.app, "g");
	assert_int_equal(chosen(&world), 15);
	type(&world.app, "G");
	assert_int_equal(chosen(&world), 0);
	assert_true(says(&world, "Known good by step 2"));
	type(&world.app, "o");
	assert_int_equal(chosen(&world), 0);
	type(&world.app, "j");
	assert_int_equal(chosen(&world), 1);
	close_world(&world);
}

static void a_choice_outlives_what_others_do(void **state)
{
	struct world world;

	(void)state;
	open_world(&world);
	type(&world.app, "kkkk");
	assert_int_equal(chosen(&world), 11);
	tale_mark(&world.tale, BY_PERSON, tale_oid(7).hex, VERDICT_GOOD, "");
	app_refresh(&world.app, world.tale.now);
	assert_int_equal(chosen(&world), 11);
	/* which is now under test, and from here on that is followed */
	tale_mark(&world.tale, BY_PERSON, tale_oid(13).hex, VERDICT_BAD, "");
	app_refresh(&world.app, world.tale.now);
	assert_int_equal(chosen(&world), 11);
	close_world(&world);
}

static void any_commit_can_be_tested_next(void **state)
{
	struct world world;

	(void)state;
	open_world(&world);
	type(&world.app, "jjjt");
	assert_int_equal(latest(&world)->kind, EVENT_PICK);
	assert_true(oid_equal(&latest(&world)->commit,
			      graph_oid(session_graph(world.tale.session), 4)));
	close_world(&world);
}

static void any_commit_can_be_given_a_verdict(void **state)
{
	struct world world;

	(void)state;
	open_world(&world);
	type(&world.app, "kkv");
	assert_true(says(&world, "Verdict for a commit that is no step"));
	type(&world.app, "b\n");
	assert_int_equal(latest(&world)->kind, EVENT_VERDICT);
	assert_int_equal(latest(&world)->verdict, VERDICT_BAD);
	assert_true(is(&latest(&world)->commit, 9));
	/* it is a step now, and of those a reason is wanted */
	type(&world.app, "v");
	assert_true(says(&world, "Verdict for step 3"));
	type(&world.app, "\033");
	/* s is the same dialog with the choice made */
	type(&world.app, "jjs");
	assert_true(says(&world, "Verdict for"));
	type(&world.app, "\n\n");
	assert_int_equal(latest(&world)->verdict, VERDICT_SKIP);
	close_world(&world);
}

static void a_marked_range_is_skipped_by_one_decision(void **state)
{
	struct world world;
	const struct event *event;

	(void)state;
	open_world(&world);
	type(&world.app, "jVkkk");
	assert_true(says(&world, "Skips 4 commits, all suspects"));
	type(&world.app, "s");
	event = latest(&world);
	assert_int_equal(event->kind, EVENT_SKIP_RANGE);
	assert_true(is(&event->other, 5));
	assert_true(is(&event->commit, 9));
	assert_false(world.app.range.marking);
	assert_true(says(&world, "skip "));
	/* Esc forgets a mark before it leaves the view */
	type(&world.app, "V\033");
	assert_false(world.app.range.marking);
	assert_ptr_equal(world.app.view, &view_range);
	type(&world.app, "\033");
	assert_ptr_equal(world.app.view, &view_steps);
	close_world(&world);
}

static void a_mark_that_is_no_range_says_so(void **state)
{
	struct world world;
	size_t before;

	(void)state;
	open_world(&world);
	/* nothing lies below the oldest commit */
	type(&world.app, "GV");
	assert_true(says(&world, "No range"));
	before = engine_event_count(session_engine(world.tale.session));
	type(&world.app, "s");
	assert_int_equal(engine_event_count(session_engine(world.tale.session)),
			 before);
	assert_true(says(&world, "no range is marked"));
	close_world(&world);
}

static void enter_opens_the_commit_and_q_comes_back(void **state)
{
	struct world world;

	(void)state;
	open_world(&world);
	type(&world.app, "kkkk\n");
	assert_ptr_equal(world.app.view, &view_commit);
	assert_true(says(&world, "1111111111111111111111111111111111111111"));
	type(&world.app, "q");
	assert_ptr_equal(world.app.view, &view_range);
	assert_int_equal(chosen(&world), 11);
	/* the digit does the same, and leads back to the steps */
	type(&world.app, "j7");
	assert_false(says(&world, "1111111111111111111111111111111111111111"));
	type(&world.app, "q");
	assert_ptr_equal(world.app.view, &view_steps);
	/* where the chosen step is what 7 shows again */
	type(&world.app, "7");
	assert_string_equal(world.app.commit.id, tale_oid(7).hex);
	close_world(&world);
}

static void a_step_that_is_chosen_is_chosen_everywhere(void **state)
{
	struct world world;

	(void)state;
	open_world(&world);
	type(&world.app, "g1");
	assert_int_equal(world.app.model.rows[world.app.model.selected].commit,
			 15);
	type(&world.app, "j2");
	assert_int_equal(chosen(&world), 0);
	close_world(&world);
}

static void a_row_is_clicked_on(void **state)
{
	struct mouse mouse = { .act = MOUSE_PRESS, .x = 40, .y = 5 };
	struct world world;

	(void)state;
	open_world(&world);
	draw_screen(&world.app, world.grid);
	app_mouse(&world.app, world.grid, &mouse);
	assert_int_equal(chosen(&world), 13);
	mouse.act = MOUSE_WHEEL_DOWN;
	app_mouse(&world.app, world.grid, &mouse);
	assert_true(chosen(&world) < 13);
	close_world(&world);
}

static void a_search_finds_what_is_folded(void **state)
{
	struct grid *grid = grid_new(80, 24, false);
	struct app app;

	(void)state;
	open_screen(&app, &binder, false);
	draw_screen(&app, grid);
	type(&app, "2/arm-multi\n");
	assert_int_equal(range_page_chosen(&app.range), 8992);
	type(&app, "n");
	assert_string_equal(app.range.said, "went on from the other end");
	assert_int_equal(range_page_chosen(&app.range), 8992);
	type(&app, "/nowhere to be seen\n");
	assert_string_equal(app.range.said,
			    "nothing matches 'nowhere to be seen'");
	type(&app, "/(\n");
	assert_true(*app.range.said);
	type(&app, "n");
	assert_string_equal(app.range.said, "press / and say what to find");
	/* an id too, out of the middle of a fold, and older ones come next */
	type(&app, "g/^a commit\n");
	assert_int_equal(range_page_chosen(&app.range), 17956);
	type(&app, "n");
	assert_int_equal(range_page_chosen(&app.range), 17955);
	type(&app, "N");
	assert_int_equal(range_page_chosen(&app.range), 17956);
	app_release(&app);
	grid_free(grid);
}

static void a_search_knows_authors_and_begins_anywhere(void **state)
{
	struct grid *grid = grid_new(80, 24, false);
	struct app app;

	(void)state;
	open_screen(&app, &binder, false);
	draw_screen(&app, grid);
	type(&app, "2g/thor <author\n");
	assert_int_equal(range_page_chosen(&app.range), 17956);
	type(&app, "nnn");
	assert_int_equal(range_page_chosen(&app.range), 17953);
	app_release(&app);
	grid_free(grid);
}

/* 17,958 commits take more than the two slices that a key waits for. */
static void a_long_search_goes_on_between_keys(void **state)
{
	struct grid *grid = grid_new(80, 24, false);
	struct app app;
	int slices = 0;

	(void)state;
	open_screen(&app, &binder, false);
	draw_screen(&app, grid);
	type(&app, "2/nowhere to be seen");
	app_key(&app, INPUT_ENTER);
	assert_string_equal(app.range.said, "looking for it; Esc stops that");
	app_key(&app, INPUT_ESCAPE);
	assert_string_equal(app.range.said, "the search was stopped");
	assert_false(app_work(&app));
	assert_ptr_equal(app.view, &view_range);
	app_key(&app, 'n');
	while (app_work(&app))
		slices++;
	assert_true(slices > 4);
	assert_string_equal(app.range.said,
			    "nothing matches 'nowhere to be seen'");
	app_release(&app);
	grid_free(grid);
}

static void paths_need_a_repository(void **state)
{
	struct world world;

	(void)state;
	open_world(&world);
	type(&world.app, "/-- mm\n");
	assert_true(says(&world, "there is no repository here"));
	type(&world.app, "n");
	assert_true(says(&world, "there is no repository here"));
	close_world(&world);
}

static void what_others_wrote_is_harmless(void **state)
{
	struct world world;

	(void)state;
	open_world(&world);
	assert_true(says(&world, "net: a "));
	assert_null(strchr(world.page.text, '\033'));
	close_world(&world);
}

/* A commit is read once one stays on it; meanwhile its subject is there. */
static void a_preview_waits_until_one_stays(void **state)
{
	static const char shown[] =
		"commit 1111111111111111111111111111111111111111\n"
		"Author: A U Thor <author@example.com>\n"
		"Date:   Tue Nov 14 22:22:20 2023 +0000\n"
		"\n"
		"    mm: a find\n"
		"    \n"
		"    Found by \033[31mred\033[0m.\n"
		"\n"
		" mm/slub.c | 2 +-\n"
		" 1 file changed, 1 insertion(+), 1 deletion(-)\n";
	struct world world;
	struct peek *peek;

	(void)state;
	open_world(&world);
	grid_clear(world.grid, 160, 45);
	app_draw(&world.app, world.grid);
	peek = &world.app.peek;
	type(&world.app, "kkkk");
	assert_int_equal(peek_wait(peek, world.app.now), PEEK_MS);
	assert_int_equal(peek_wait(peek, world.app.now + PEEK_MS), 0);
	type(&world.app, "k");
	type(&world.app, "j");
	assert_true(says(&world, "commit 11111111111111111"));
	assert_string_equal(peek_begin(peek),
			    "1111111111111111111111111111111111111111");
	assert_int_equal(peek_wait(peek, world.app.now + 1000), -1);
	peek_done(peek, shown, strlen(shown), false);
	assert_int_equal(peek_wait(peek, world.app.now + 1000), -1);
	draw_screen(&world.app, world.grid);
	golden_compare("range-preview", world.grid);
	type(&world.app, "j");
	assert_int_equal(peek_wait(peek, world.app.now + PEEK_MS), 0);
	close_world(&world);
}

/* Every page from one cell up; the sanitizers watch. */
static void no_size_breaks_it(void **state)
{
	struct app app;

	(void)state;
	open_screen(&app, &binder, false);
	for (int columns = 1; columns < 180; columns += 13) {
		for (int rows = 1; rows < 50; rows += 3) {
			struct grid *grid = grid_new(columns, rows, false);

			draw_screen(&app, grid);
			type(&app, "2jVjz");
			draw_screen(&app, grid);
			type(&app, "V");
			grid_free(grid);
		}
	}
	app_release(&app);
}

static void before_there_is_a_range_it_is_empty(void **state)
{
	struct grid *grid = grid_new(80, 24, false);
	struct tale tale;
	struct app app;

	(void)state;
	tale_begin(&tale);
	open_screen(&app, &tale, false);
	draw_screen(&app, grid);
	type(&app, "2jkgGVzos\ntv/x\nn\033");
	draw_screen(&app, grid);
	app_release(&app);
	tale_end(&tale);
	grid_free(grid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_range_is_folded_to_what_matters),
		cmocka_unit_test(folds_unfold_and_the_order_turns),
		cmocka_unit_test(what_a_mark_costs_is_said),
		cmocka_unit_test(it_opens_on_the_commit_under_test_and_moves),
		cmocka_unit_test(a_choice_outlives_what_others_do),
		cmocka_unit_test(any_commit_can_be_tested_next),
		cmocka_unit_test(any_commit_can_be_given_a_verdict),
		cmocka_unit_test(a_marked_range_is_skipped_by_one_decision),
		cmocka_unit_test(a_mark_that_is_no_range_says_so),
		cmocka_unit_test(enter_opens_the_commit_and_q_comes_back),
		cmocka_unit_test(a_step_that_is_chosen_is_chosen_everywhere),
		cmocka_unit_test(a_row_is_clicked_on),
		cmocka_unit_test(a_search_finds_what_is_folded),
		cmocka_unit_test(a_search_knows_authors_and_begins_anywhere),
		cmocka_unit_test(a_long_search_goes_on_between_keys),
		cmocka_unit_test(paths_need_a_repository),
		cmocka_unit_test(what_others_wrote_is_harmless),
		cmocka_unit_test(a_preview_waits_until_one_stays),
		cmocka_unit_test(no_size_breaks_it),
		cmocka_unit_test(before_there_is_a_range_it_is_empty),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, tell_binder, forget_binder);
}
