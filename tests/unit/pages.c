/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The views that are pages of lines, as pictures, and how one moves in them.
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

#include "engine/graph.h"
#include "session/session.h"
#include "tests/unit/golden.h"
#include "tests/unit/tale.h"
#include "tui/evidence.h"
#include "tui/grid.h"
#include "tui/home.h"
#include "tui/input.h"
#include "tui/model.h"
#include "tui/pager.h"
#include "tui/pages.h"

/* The long tale, which the tests only read: it is told once. */
static struct tale binder;

static int tell_binder(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tale_begin(&binder);
	tale_of_binder(&binder);
	return 0;
}

static int forget_binder(void **state)
{
	(void)state;
	tale_end(&binder);
	return 0;
}

static void fill(struct pager *pager, int count)
{
	char text[24];

	pager_clear(pager);
	for (int i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "line %d%s", i,
			 i % 10 == 7 ? " Seven" : "");
		pager_add(pager, ROLE_PLAIN, i % 2 ? i : -1, text, strlen(text),
			  false);
	}
}

/* As it would be on a page with ten rows for lines. */
static void draw(struct pager *pager)
{
	struct grid *grid = grid_new(40, 10, false);

	pager_draw(grid, (struct area){ 0, 0, 40, 10 }, pager);
	grid_free(grid);
}

static void type(struct pager *pager, const char *keys)
{
	for (; *keys; keys++)
		pager_key(pager, *keys == '\n' ? INPUT_ENTER : *keys);
	draw(pager);
}

static void lines_are_chosen_and_scroll_as_little_as_they_must(void **state)
{
	struct pager pager = { .lines = NULL };

	(void)state;
	fill(&pager, 40);
	draw(&pager);
	type(&pager, "jjj");
	assert_int_equal(pager.line, 3);
	assert_int_equal(pager.top, 0);
	type(&pager, " ");
	assert_int_equal(pager.line, 12);
	assert_int_equal(pager.top, 3);
	type(&pager, "bk");
	assert_int_equal(pager.line, 2);
	assert_int_equal(pager.top, 2);
	type(&pager, "g");
	assert_int_equal(pager.top, 0);
	type(&pager, "kkk");
	assert_int_equal(pager.line, 0);
	pager_release(&pager);
}

static void the_end_is_followed_until_one_goes_up(void **state)
{
	struct pager pager = { .lines = NULL };

	(void)state;
	fill(&pager, 40);
	type(&pager, "G");
	assert_int_equal(pager.line, 39);
	fill(&pager, 50);
	draw(&pager);
	assert_int_equal(pager.line, 49);
	assert_int_equal(pager.top, 40);
	type(&pager, "k");
	fill(&pager, 60);
	draw(&pager);
	assert_int_equal(pager.line, 48);
	assert_int_equal(pager.top, 40);
	/* what got shorter is shown as far as it goes */
	fill(&pager, 3);
	draw(&pager);
	assert_int_equal(pager.line, 2);
	fill(&pager, 0);
	draw(&pager);
	assert_int_equal(pager_link(&pager), -1);
	type(&pager, "jG\n/x\n");
	pager_release(&pager);
}

static void a_search_goes_on_behind_the_chosen_line_and_round(void **state)
{
	struct pager pager = { .lines = NULL };

	(void)state;
	fill(&pager, 40);
	type(&pager, "/seven\n");
	assert_int_equal(pager.line, 7);
	type(&pager, "n");
	assert_int_equal(pager.line, 17);
	type(&pager, "NN");
	assert_int_equal(pager.line, 37);
	assert_string_equal(pager.said, "went on from the last line");
	type(&pager, "n");
	assert_int_equal(pager.line, 7);
	/* with a capital it is taken at its word */
	type(&pager, "/Line\n");
	assert_int_equal(pager.line, 7);
	assert_string_equal(pager.said, "nothing matches 'Line'");
	type(&pager, "/line 3[12]\n");
	assert_int_equal(pager.line, 31);
	type(&pager, "/(\n");
	assert_int_equal(pager.line, 31);
	assert_non_null(strstr(pager.said, "("));
	type(&pager, "n");
	assert_string_equal(pager.said, "press / and say what to find");
	pager_release(&pager);
}

static void while_it_asks_every_key_is_text(void **state)
{
	struct pager pager = { .lines = NULL };

	(void)state;
	fill(&pager, 10);
	type(&pager, "/jq19");
	assert_true(pager.asking);
	assert_string_equal(pager.wanted, "jq19");
	assert_int_equal(pager.line, 0);
	assert_int_equal(pager_key(&pager, INPUT_ESCAPE), PAGER_DONE);
	assert_false(pager.asking);
	assert_int_equal(pager_key(&pager, INPUT_ESCAPE), PAGER_NOT_OURS);
	pager_release(&pager);
}

static void a_line_opens_what_it_is_about_if_anything(void **state)
{
	struct pager pager = { .lines = NULL };

	(void)state;
	fill(&pager, 10);
	draw(&pager);
	assert_int_equal(pager_key(&pager, INPUT_ENTER), PAGER_DONE);
	type(&pager, "j");
	assert_int_equal(pager_key(&pager, INPUT_ENTER), PAGER_OPEN);
	assert_int_equal(pager_link(&pager), 1);
	assert_int_equal(pager_key(&pager, 'v'), PAGER_NOT_OURS);
	pager_release(&pager);
}

static void picture(const char *name, int columns, int rows, bool ascii,
		    const char *title, const char *remark, struct pager *pager)
{
	struct grid *grid = grid_new(columns, rows, ascii);
	struct model_view view = { .now = binder.now,
				   .selected = -1,
				   .show = SHOW_NEWEST,
				   .ascii = ascii,
				   .can_run = true,
				   .engine = { true, 4127, "buildbox" } };
	struct home home = { .line = 0 };
	struct model model;

	model_init(&model);
	model_build(&model, binder.session, &view);
	pages_draw(grid, &model, &home, title, remark, pager);
	golden_compare(name, grid);
	model_release(&model);
	grid_free(grid);
}

static void the_log_tells_every_event(void **state)
{
	struct pager pager = { .follow = true };

	(void)state;
	pages_fill_log(&pager, binder.session, false);
	picture("log-80x24", 80, 24, false, "Log", "all of it", &pager);
	picture("log-100x30", 100, 30, false, "Log", "all of it", &pager);
	picture("log-160x45", 160, 45, false, "Log", "all of it", &pager);
	picture("log-40x12", 40, 12, false, "Log", "all of it", &pager);
	type(&pager, "/bad\n");
	picture("log-found", 80, 24, false, "Log", "all of it", &pager);
	pages_fill_log(&pager, binder.session, true);
	type(&pager, "g/x");
	picture("log-ascii", 80, 24, true, "Log", "all of it", &pager);
	pager_release(&pager);
}

/* What stands in a commit is anybody's. */
static const char commit[] =
	"commit 5adaaa627025db0143129b02728b87b414d7e759\n"
	"Author:     A U Thor <author@example.com>\n"
	"AuthorDate: Tue Nov 14 22:22:20 2023 +0000\n"
	"\n"
	"    binder: \033]0;evil\007fix a \xe2\x80\xaeleak\n"
	"\n"
	"    Found by \xff and \x1b[31mred\x1b[0m.\n"
	" drivers/android/binder.c | 2 +-\n"
	" 1 file changed, 1 insertion(+), 1 deletion(-)\n"
	"\n"
	"diff --git a/drivers/android/binder.c b/drivers/android/binder.c\n"
	"index 1..2 100644\n"
	"--- a/drivers/android/binder.c\n"
	"+++ b/drivers/android/binder.c\n"
	"@@ -1,3 +1,3 @@ static int binder_init(void)\n"
	" \tint ret;\n"
	"-\tret = 0;\n"
	"+\tret = 1;\n"
	"\\ No newline at end of file";

static void a_commit_is_shown_as_git_does_and_made_harmless(void **state)
{
	struct pager pager = { .lines = NULL };

	(void)state;
	pages_fill_commit(&pager, commit, strlen(commit), false);
	picture("commit-80x24", 80, 24, false, "Commit", "5adaaa627025",
		&pager);
	picture("commit-160x45", 160, 45, false, "Commit", "5adaaa627025",
		&pager);
	type(&pager, "l");
	picture("commit-aside", 60, 20, false, "Commit", "5adaaa627025",
		&pager);
	pager_release(&pager);
}

/* A session of its own, in which commit 3 of 6 was found. */
static void found(struct tale *tale)
{
	tale_begin(tale);
	tale_commits(tale, 6, NULL);
	tale_start(tale, TALE_TITLE, "syzkaller/3/3");
	tale_mark(tale, BY_START, tale_oid(5).hex, VERDICT_BAD, NULL);
	tale_mark(tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	tale_build(tale, tale_oid(2).hex, "aaaaaaaaaaaaaaaa", 5);
	tale_runs(tale, tale_oid(2).hex, "..x", 5);
	tale_mark(tale, BY_PERSON, tale_oid(2).hex, VERDICT_GOOD,
		  "the WARNING is another bug");
	tale_build(tale, tale_oid(4).hex, "cccccccccccccccc", 5);
	tale_runs(tale, tale_oid(4).hex, "XXX", 5);
	tale_mark(tale, BY_POLICY, tale_oid(4).hex, VERDICT_BAD, NULL);
	tale_build(tale, tale_oid(3).hex, "bbbbbbbbbbbbbbbb", 5);
	tale_runs(tale, tale_oid(3).hex, "XTX", 5);
	tale_mark(tale, BY_POLICY, tale_oid(3).hex, VERDICT_BAD, NULL);
}

static void a_steps_runs_are_told_one_by_one(void **state)
{
	struct pager pager = { .lines = NULL };
	struct tale tale;
	struct oid oid = tale_oid(2);
	int built;

	(void)state;
	found(&tale);
	assert_int_equal(
		tale_tell(&tale, (struct event){ .kind = EVENT_JUDGE,
						 .by = BY_PERSON,
						 .who = (char[]){ "ann@desk" },
						 .commit = oid,
						 .number = 1,
						 .outcome = OUTCOME_IGNORED,
						 .text = (char[]){ "hot" } }),
		0);
	built = graph_find(session_graph(tale.session), &oid);
	pages_fill_runs(&pager, tale.session, built, false);
	picture("runs-80x24", 80, 24, false, "Runs", "3c6ef3620000", &pager);
	picture("runs-160x45", 160, 45, false, "Runs", "3c6ef3620000", &pager);
	pages_fill_runs(&pager, tale.session, -1, false);
	assert_string_equal(pager.lines[1].text, "   -  it has not been run");
	pager_release(&pager);
	tale_end(&tale);
}

static void the_evidence_says_why_and_what_to_doubt(void **state)
{
	struct pager pager = { .lines = NULL };
	struct tale tale;

	(void)state;
	evidence_fill(&pager, binder.session, false);
	picture("evidence-80x24", 80, 24, false, "Evidence", "so far", &pager);
	picture("evidence-160x45", 160, 45, false, "Evidence", "so far",
		&pager);
	pager_release(&pager);
	found(&tale);
	evidence_fill(&pager, tale.session, false);
	picture("evidence-found", 100, 30, false, "Evidence", "commit 3",
		&pager);
	pager_release(&pager);
	tale_end(&tale);
}

static void without_a_single_step_there_is_no_evidence(void **state)
{
	struct pager pager = { .lines = NULL };
	struct tale tale;

	(void)state;
	tale_begin(&tale);
	evidence_fill(&pager, tale.session, false);
	assert_string_equal(pager.lines[1].text, " it has not begun");
	pager_release(&pager);
	tale_end(&tale);
}

/* Every page from one cell up; the sanitizers watch. */
static void no_size_breaks_them(void **state)
{
	struct pager pager = { .follow = true };
	struct home home = { .line = 0 };
	struct model model;
	struct model_view view = { .now = binder.now, .selected = -1 };

	(void)state;
	model_init(&model);
	model_build(&model, binder.session, &view);
	pages_fill_log(&pager, binder.session, false);
	for (int columns = 1; columns < 180; columns += 7) {
		for (int rows = 1; rows < 50; rows += 3) {
			struct grid *grid = grid_new(columns, rows, false);

			pager.left = rows % 5 * 40;
			pages_draw(grid, &model, &home, "Log", "x", &pager);
			grid_free(grid);
		}
	}
	pager_release(&pager);
	model_release(&model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			lines_are_chosen_and_scroll_as_little_as_they_must),
		cmocka_unit_test(the_end_is_followed_until_one_goes_up),
		cmocka_unit_test(
			a_search_goes_on_behind_the_chosen_line_and_round),
		cmocka_unit_test(while_it_asks_every_key_is_text),
		cmocka_unit_test(a_line_opens_what_it_is_about_if_anything),
		cmocka_unit_test(the_log_tells_every_event),
		cmocka_unit_test(
			a_commit_is_shown_as_git_does_and_made_harmless),
		cmocka_unit_test(a_steps_runs_are_told_one_by_one),
		cmocka_unit_test(the_evidence_says_why_and_what_to_doubt),
		cmocka_unit_test(without_a_single_step_there_is_no_evidence),
		cmocka_unit_test(no_size_breaks_them),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, tell_binder, forget_binder);
}
