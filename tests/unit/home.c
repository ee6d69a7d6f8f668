/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The home view as pictures.
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
#include "session/session.h"
#include "tests/unit/golden.h"
#include "tests/unit/tale.h"
#include "tui/ask.h"
#include "tui/dialog.h"
#include "tui/grid.h"
#include "tui/help.h"
#include "tui/home.h"
#include "tui/model.h"
#include "tui/peek.h"
#include "tui/ruling.h"
#include "tui/tail.h"

#define LIVE_ENGINE                    \
	{                              \
		true, 4127, "buildbox" \
	}

struct scene {
	struct tale tale;
	struct model_view view;
	struct model model;
	struct home home;
	struct tail tail;
	struct dialog dialog;
	struct ruling_dialog ruling;
	struct ask ask;
};

/* Draw the scene at a size and hold it against its picture. */
static void picture(struct scene *scene, const char *name, int columns,
		    int rows)
{
	struct grid *grid = grid_new(columns, rows, scene->view.ascii);

	scene->view.now = scene->tale.now;
	model_build(&scene->model, scene->tale.session, &scene->view);
	tail_open(&scene->tail, scene->model.console);
	tail_read(&scene->tail);
	home_draw(grid, &scene->model, &scene->home, &scene->tail);
	if (scene->dialog.form.open)
		dialog_draw(grid, &scene->dialog);
	if (scene->ruling.form.open)
		ruling_draw(grid, &scene->ruling);
	if (scene->ask.form.open)
		ask_draw(grid, &scene->ask);
	golden_compare(name, grid);
	grid_free(grid);
}

static struct scene *new_scene(void)
{
	struct scene *scene = xcalloc(1, sizeof(*scene));

	model_init(&scene->model);
	tail_init(&scene->tail);
	scene->view.selected = -1;
	scene->view.show = SHOW_NEWEST;
	return scene;
}

static void free_scene(struct scene *scene)
{
	model_release(&scene->model);
	tail_release(&scene->tail);
	free(scene);
}

static int begin_scene(void **state)
{
	struct scene *scene = new_scene();

	tale_begin(&scene->tale);
	*state = scene;
	return 0;
}

static int end_scene(void **state)
{
	struct scene *scene = *state;

	tale_end(&scene->tale);
	free_scene(scene);
	return 0;
}

static int begin_binder(void **state)
{
	struct engine_process engine = LIVE_ENGINE;
	struct scene *scene = new_scene();

	scene->tale = binder;
	scene->view.can_run = true;
	scene->view.engine = engine;
	*state = scene;
	return 0;
}

static int end_binder(void **state)
{
	free_scene(*state);
	return 0;
}

static void the_bisection_fits_every_size(void **state)
{
	static const struct {
		int columns, rows;
	} sizes[] = {
		{ 80, 24 }, { 100, 30 }, { 160, 45 }, { 60, 20 },
		{ 40, 12 }, { 39, 9 },	 { 1, 1 },
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		char *name = xasprintf("home-%dx%d", sizes[i].columns,
				       sizes[i].rows);

		picture(scene, name, sizes[i].columns, sizes[i].rows);
		free(name);
	}
}

static void without_utf8_all_is_ascii(void **state)
{
	struct scene *scene = *state;

	scene->view.ascii = true;
	picture(scene, "home-ascii", 100, 30);
	picture(scene, "home-ascii-80", 80, 24);
}

static void another_row_shows_its_runs(void **state)
{
	struct scene *scene = *state;

	scene->view.selected =
		engine_step(session_engine(scene->tale.session), 3)->commit;
	scene->home.focus = PANE_RUNS;
	scene->home.line = 2;
	picture(scene, "home-runs", 100, 30);
	picture(scene, "home-runs-80", 80, 24);
}

static void choose(struct scene *scene, int key)
{
	dialog_key(&scene->dialog, scene->tale.session, &scene->model, false,
		   key);
}

static void rule(struct scene *scene, int key)
{
	ruling_key(&scene->ruling, scene->tale.session, &scene->model, false,
		   key);
}

static void the_dialog_says_which_commit_it_is_about(void **state)
{
	struct scene *scene = *state;

	scene->view.selected =
		engine_step(session_engine(scene->tale.session), 3)->commit;
	scene->view.now = scene->tale.now;
	model_build(&scene->model, scene->tale.session, &scene->view);
	dialog_open(&scene->dialog, scene->tale.session, &scene->model,
		    scene->model.rows[scene->model.selected].commit, false);
	choose(scene, 's');
	choose(scene, '\r');
	for (const char *p = "boot hang hides the test"; *p; p++)
		choose(scene, *p);
	picture(scene, "dialog", 100, 30);
	picture(scene, "dialog-80", 80, 24);
	picture(scene, "dialog-40", 40, 12);
	scene->view.ascii = true;
	picture(scene, "dialog-ascii", 80, 24);
	scene->view.ascii = false;
}

/* Ten runs, of which five crashed in a way that nobody knows. */
static void tell_unknown_crashes(struct scene *scene)
{
	struct engine_process engine = LIVE_ENGINE;

	tale_commits(&scene->tale, 16, NULL);
	tale_start(&scene->tale, TALE_TITLE, "syzkaller/10/10");
	tale_mark(&scene->tale, BY_START, tale_oid(15).hex, VERDICT_BAD, NULL);
	tale_mark(&scene->tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	tale_build(&scene->tale, tale_oid(7).hex, "aaaa", 400);
	tale_runs(&scene->tale, tale_oid(7).hex, "xX.x.xx..x", 40);
	scene->view.can_run = true;
	scene->view.engine = engine;
}

static void a_crash_that_nobody_knows_is_asked_about(void **state)
{
	struct scene *scene = *state;

	tell_unknown_crashes(scene);
	picture(scene, "home-asks-80", 80, 24);
	picture(scene, "home-asks", 100, 30);
}

static void the_dialog_says_what_the_crash_is_taken_for(void **state)
{
	struct scene *scene = *state;

	tell_unknown_crashes(scene);
	model_build(&scene->model, scene->tale.session, &scene->view);
	assert_true(ruling_open(&scene->ruling, scene->tale.session,
				scene->model.asked_commit,
				scene->model.asked_run, false));
	picture(scene, "ruling-80", 80, 24);
	rule(scene, 'o');
	for (const char *p = "fixed by 83b03836"; *p; p++)
		rule(scene, *p);
	picture(scene, "ruling", 100, 30);
	picture(scene, "ruling-40", 40, 12);
}

static void all_sizes(struct scene *scene, const char *name)
{
	char full[64];

	picture(scene, name, 100, 30);
	snprintf(full, sizeof(full), "%s-80", name);
	picture(scene, full, 80, 24);
	snprintf(full, sizeof(full), "%s-40", name);
	picture(scene, full, 40, 12);
	scene->view.ascii = true;
	snprintf(full, sizeof(full), "%s-ascii", name);
	picture(scene, full, 80, 24);
	scene->view.ascii = false;
}

static void a_run_is_left_out_when_its_cost_is_known(void **state)
{
	struct scene *scene = *state;
	const struct step *step =
		engine_step(session_engine(scene->tale.session), 3);

	scene->view.now = scene->tale.now;
	model_build(&scene->model, scene->tale.session, &scene->view);
	ask_about_run(&scene->ask, scene->tale.session, &scene->model,
		      step->commit, 7, false);
	all_sizes(scene, "ask-run");
}

static void what_is_in_flight_is_named_before_it_is_lost(void **state)
{
	struct scene *scene = *state;

	scene->view.now = scene->tale.now;
	model_build(&scene->model, scene->tale.session, &scene->view);
	ask_about_flight(&scene->ask, ASK_STOP, scene->tale.session,
			 &scene->model, scene->tale.now);
	all_sizes(scene, "ask-stop");
}

static void a_fork_says_what_comes_along(void **state)
{
	struct scene *scene = *state;
	const struct step *step =
		engine_step(session_engine(scene->tale.session), 3);

	scene->view.now = scene->tale.now;
	model_build(&scene->model, scene->tale.session, &scene->view);
	ask_about_fork(&scene->ask, scene->tale.session, step->commit, true,
		       false);
	all_sizes(scene, "ask-fork");
}

static void draw_help(struct scene *scene, const char *name, int columns,
		      int rows, struct help *help)
{
	struct grid *grid = grid_new(columns, rows, false);

	model_build(&scene->model, scene->tale.session, &scene->view);
	home_draw(grid, &scene->model, &scene->home, &scene->tail);
	help_draw(grid, help);
	golden_compare(name, grid);
	grid_free(grid);
}

static void help_is_filtered_as_one_types(void **state)
{
	struct scene *scene = *state;
	struct help help = { .open = true };

	draw_help(scene, "help-40", 40, 12, &help);
	for (const char *p = "undo"; *p; p++)
		help_key(&help, *p);
	draw_help(scene, "help-find", 100, 30, &help);
	draw_help(scene, "help-find-80", 80, 24, &help);
}

static void an_engine_that_is_gone_is_missed(void **state)
{
	struct scene *scene = *state;

	scene->view.engine.alive = false;
	picture(scene, "home-lost", 80, 24);
	str_copy(scene->home.toast, sizeof(scene->home.toast),
		 "undone: good of 6f9b5ed8cadd");
	picture(scene, "home-toast", 100, 24);
}

/* The ends come first: where they stand, and by what they are weighed. */
static void an_end_is_confirmed_where_it_stands(void **state)
{
	struct scene *scene = *state;
	struct tale *tale = &scene->tale;
	struct event confirm = { .kind = EVENT_CONFIRM, .by = BY_START };
	struct engine_process engine = LIVE_ENGINE;

	scene->view.can_run = true;
	scene->view.engine = engine;
	tale_commits(tale, 64, NULL);
	tale_start(tale, TALE_TITLE, "adaptive/5%");
	tale_mark(tale, BY_START, tale_oid(63).hex, VERDICT_BAD, NULL);
	tale_mark(tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	assert_return_code(tale_tell(tale, confirm), 0);
	tale_build(tale, tale_oid(63).hex, NULL, 60);
	tale_runs(tale, tale_oid(63).hex, "..X.", 2);
	picture(scene, "home-confirming", 100, 30);
	picture(scene, "home-confirming-80", 80, 24);
}

/* What a farm says of the jobs of a session. */
static void write_jobs(const struct tale *tale, const char *text)
{
	char *path = xasprintf("%s/jobs.state", session_dir(tale->session));
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	free(path);
}

/* Two runs are over, and each of the others is somewhere else. */
static void tell_cluster(struct tale *tale)
{
	struct errand where[] = { { (char[]){ "slurm: job 41_0 on n2" }, 0, 1,
				    0 } };
	struct event run = { .kind = EVENT_RUN,
			     .by = BY_ENGINE,
			     .commit = tale_oid(31),
			     .outcome = OUTCOME_OK,
			     .duration_ms = 31000,
			     .errands = where,
			     .errand_count = 1 };
	char *jobs;

	tale_commits(tale, 64, NULL);
	tale_start(tale, TALE_TITLE, "syzkaller/6/6");
	tale_mark(tale, BY_START, tale_oid(63).hex, VERDICT_BAD, NULL);
	tale_mark(tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	tale_build(tale, tale_oid(31).hex, NULL, 60);
	tale_runs(tale, tale_oid(31).hex, ">>>>>>", 0);
	tale_pass(tale, 31000);
	assert_return_code(tale_tell(tale, run), 0);
	run.number = 1;
	run.outcome = OUTCOME_INFRA;
	run.text = (char[]){ "slurm job 41_1 on n1 is gone and did not say "
			     "how it ended: NODE_FAIL" };
	run.errand_count = 0;
	assert_return_code(tale_tell(tale, run), 0);
	jobs = xasprintf(
		"job run\ncommit %1$s\nnumber 2\nid 41_2\nstate runs\n"
		"node n2\nwords RUNNING\nsince %2$lld\n"
		"job run\ncommit %1$s\nnumber 3\nid 41_3\nstate queued\n"
		"words JobArrayTaskLimit\nsince %3$lld\n"
		"job run\ncommit %1$s\nnumber 4\nid 41_4\nstate queued\n"
		"words Resources\nsince %3$lld\n"
		"job run\ncommit %1$s\nnumber 5\nstate waits\nsince %3$lld\n",
		tale_oid(31).hex, (long long)tale->now - 12000,
		(long long)tale->now - 31000);
	write_jobs(tale, jobs);
	free(jobs);
}

static void runs_on_a_cluster_say_where_they_are(void **state)
{
	struct scene *scene = *state;
	struct engine_process engine = LIVE_ENGINE;

	scene->view.can_run = true;
	scene->view.engine = engine;
	tell_cluster(&scene->tale);
	picture(scene, "home-cluster", 100, 30);
	picture(scene, "home-cluster-80", 80, 24);
}

static void a_build_on_a_cluster_says_where_it_is(void **state)
{
	struct scene *scene = *state;
	struct tale *tale = &scene->tale;
	struct engine_process engine = LIVE_ENGINE;
	struct event begin = { .kind = EVENT_BUILD_BEGIN,
			       .by = BY_ENGINE,
			       .commit = tale_oid(31) };
	char *jobs = xasprintf("away slurm\njob build\ncommit %s\nnumber 0\n"
			       "id 40\nstate queued\nwords Priority\n",
			       tale_oid(31).hex);

	scene->view.can_run = true;
	scene->view.engine = engine;
	tale_commits(tale, 64, NULL);
	tale_start(tale, TALE_TITLE, "syzkaller/6/6");
	tale_mark(tale, BY_START, tale_oid(63).hex, VERDICT_BAD, NULL);
	tale_mark(tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	tale_tell(tale, begin);
	tale_pass(tale, 25000);
	write_jobs(tale, jobs);
	free(jobs);
	picture(scene, "home-cluster-build", 120, 24);
}

/* Both are what would be tested next, one of them is made already. */
static void what_is_built_ahead_is_named(void **state)
{
	struct scene *scene = *state;
	struct tale *tale = &scene->tale;
	struct engine_process engine = LIVE_ENGINE;
	struct event begin = { .kind = EVENT_BUILD_BEGIN, .by = BY_ENGINE };
	struct event done = { .kind = EVENT_BUILD, .by = BY_ENGINE };

	scene->view.can_run = true;
	scene->view.engine = engine;
	tale_commits(tale, 64, NULL);
	tale_start(tale, TALE_TITLE, "syzkaller/3/3");
	tale_mark(tale, BY_START, tale_oid(63).hex, VERDICT_BAD, NULL);
	tale_mark(tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	tale_build(tale, tale_oid(31).hex, NULL, 60);
	begin.number = BUILD_AHEAD;
	begin.commit = done.commit = tale_oid(15);
	tale_tell(tale, begin);
	tale_pass(tale, 61000);
	done.duration_ms = 61000;
	tale_tell(tale, done);
	begin.commit = tale_oid(47);
	tale_tell(tale, begin);
	tale_pass(tale, 5000);
	picture(scene, "home-ahead", 120, 24);
}

static void an_empty_session_says_what_is_missing(void **state)
{
	struct scene *scene = *state;

	picture(scene, "home-empty", 80, 24);
	picture(scene, "home-empty-100", 100, 30);
}

static void a_session_by_hand_asks_for_verdicts(void **state)
{
	struct scene *scene = *state;

	tale_commits(&scene->tale, 16, NULL);
	tale_start(&scene->tale, "the screen stays black", "exit-code");
	tale_mark(&scene->tale, BY_START, tale_oid(15).hex, VERDICT_BAD, NULL);
	tale_mark(&scene->tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	tale_mark(&scene->tale, BY_PERSON, tale_oid(7).hex, VERDICT_GOOD,
		  "works");
	picture(scene, "home-hand", 100, 30);
}

static void the_culprit_takes_the_place_of_the_strip(void **state)
{
	struct scene *scene = *state;
	struct tale_name names[] = {
		{ 1, "42086abba43463fbf495cb80173600284b4c4e8c",
		  "mm: start tracking VMAs with \033[1mmaple\033[0m tree" },
		{ 0, NULL, NULL },
	};

	tale_commits(&scene->tale, 3, names);
	tale_start(&scene->tale, "kernel BUG", "exit-code");
	tale_mark(&scene->tale, BY_START, tale_oid(2).hex, VERDICT_BAD, NULL);
	tale_mark(&scene->tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	tale_mark(&scene->tale, BY_PERSON, names[0].hex, VERDICT_BAD, NULL);
	picture(scene, "home-done", 80, 24);
	picture(scene, "home-done-100", 100, 30);
}

static void below_the_culprit_stands_why_to_look_twice(void **state)
{
	struct scene *scene = *state;
	struct oid culprit = tale_oid(1);

	tale_commits(&scene->tale, 3, NULL);
	tale_start(&scene->tale, TALE_TITLE, "syzkaller/3/3");
	tale_mark(&scene->tale, BY_START, tale_oid(2).hex, VERDICT_BAD, NULL);
	tale_mark(&scene->tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	tale_runs(&scene->tale, culprit.hex, ".X.", 1);
	tale_mark(&scene->tale, BY_PERSON, culprit.hex, VERDICT_BAD, NULL);
	picture(scene, "home-warning", 80, 24);
	picture(scene, "home-warning-100", 100, 30);
}

static void skipped_commits_are_named_when_only_they_are_left(void **state)
{
	struct scene *scene = *state;

	tale_commits(&scene->tale, 4, NULL);
	tale_start(&scene->tale, "kernel BUG", "exit-code");
	tale_mark(&scene->tale, BY_START, tale_oid(3).hex, VERDICT_BAD, NULL);
	tale_mark(&scene->tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	tale_mark(&scene->tale, BY_PERSON, tale_oid(1).hex, VERDICT_SKIP, NULL);
	tale_mark(&scene->tale, BY_PERSON, tale_oid(2).hex, VERDICT_SKIP, NULL);
	picture(scene, "home-skipped", 80, 24);
}

/* Every page from one cell up; the sanitizers watch. */
static void no_size_breaks_it(void **state)
{
	struct scene *scene = *state;

	scene->view.now = scene->tale.now;
	model_build(&scene->model, scene->tale.session, &scene->view);
	tail_open(&scene->tail, scene->model.console);
	tail_read(&scene->tail);
	dialog_open(&scene->dialog, scene->tale.session, &scene->model,
		    scene->model.rows[scene->model.selected].commit, false);
	choose(scene, 'g');
	assert_true(ruling_open(&scene->ruling, scene->tale.session,
				scene->model.rows[0].commit, 0, false));
	rule(scene, 'n');
	ask_about_run(&scene->ask, scene->tale.session, &scene->model,
		      scene->model.rows[0].commit, 0, false);
	for (int columns = 1; columns < 180; columns += 3) {
		for (int rows = 1; rows < 50; rows += 2) {
			struct grid *grid = grid_new(columns, rows, false);

			scene->home.focus = (enum pane)(rows / 2 % PANE_COUNT);
			scene->home.line = columns % 12;
			home_draw(grid, &scene->model, &scene->home,
				  &scene->tail);
			dialog_draw(grid, &scene->dialog);
			ruling_draw(grid, &scene->ruling);
			ask_draw(grid, &scene->ask);
			grid_free(grid);
		}
	}
}

static void a_wide_page_has_the_selected_commit_beside_the_console(void **state)
{
	static const char said[] =
		"commit 83b0383613b9\n"
		"Author:     Roman Gushchin <roman@example.com>\n"
		"\n"
		"    mm: shrinkers: add scan interface for shrinker debugfs\n"
		"\n"
		"    Add a \033]0;evil\007 scan interface.\n"
		"\n"
		" mm/shrinker_debug.c | 46 +++++++++++++++++\n"
		" 1 file changed, 46 insertions(+)\n";
	struct peek peek = { .since = 0 };
	struct scene *scene = *state;

	peek_want(&peek, "83b0383613b9", 0);
	scene->home.peek = &peek;
	picture(scene, "home-peek-wanted", 160, 45);
	peek_begin(&peek);
	peek_done(&peek, said, strlen(said), false);
	picture(scene, "home-peek", 160, 45);
	/* where there is no room for it the page is as always */
	picture(scene, "home-100x30", 100, 30);
	peek_release(&peek);
}

int main(void)
{
#define scene_test(f) cmocka_unit_test_setup_teardown(f, begin_scene, end_scene)
#define binder_test(f) \
	cmocka_unit_test_setup_teardown(f, begin_binder, end_binder)
	const struct CMUnitTest tests[] = {
		binder_test(the_bisection_fits_every_size),
		binder_test(
			a_wide_page_has_the_selected_commit_beside_the_console),
		binder_test(without_utf8_all_is_ascii),
		binder_test(another_row_shows_its_runs),
		binder_test(the_dialog_says_which_commit_it_is_about),
		scene_test(a_crash_that_nobody_knows_is_asked_about),
		scene_test(the_dialog_says_what_the_crash_is_taken_for),
		binder_test(a_run_is_left_out_when_its_cost_is_known),
		binder_test(what_is_in_flight_is_named_before_it_is_lost),
		binder_test(a_fork_says_what_comes_along),
		binder_test(help_is_filtered_as_one_types),
		binder_test(an_engine_that_is_gone_is_missed),
		scene_test(an_end_is_confirmed_where_it_stands),
		scene_test(runs_on_a_cluster_say_where_they_are),
		scene_test(a_build_on_a_cluster_says_where_it_is),
		scene_test(what_is_built_ahead_is_named),
		scene_test(an_empty_session_says_what_is_missing),
		scene_test(a_session_by_hand_asks_for_verdicts),
		scene_test(the_culprit_takes_the_place_of_the_strip),
		scene_test(below_the_culprit_stands_why_to_look_twice),
		scene_test(skipped_commits_are_named_when_only_they_are_left),
		binder_test(no_size_breaks_it),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, tell_binder, forget_binder);
}
