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
#include "tui/runs_page.h"
#include "tui/told.h"

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

static const struct key_hint hints[] = { { "/", "find" }, { "n", "next" } };

static void picture_of(const char *name, struct tale *tale, int columns,
		       int rows, bool ascii, struct page_look look,
		       struct pager *pager)
{
	struct grid *grid = grid_new(columns, rows, ascii);
	struct model_view view = { .now = tale->now,
				   .selected = -1,
				   .show = SHOW_NEWEST,
				   .ascii = ascii,
				   .can_run = true,
				   .engine = { true, 4127, "buildbox" } };
	struct home home = { .line = 0 };
	struct model model;

	look.hints = hints;
	look.hint_count = sizeof(hints) / sizeof(*hints);
	model_init(&model);
	model_build(&model, tale->session, &view);
	pages_draw(grid, &model, &home, &look, pager);
	golden_compare(name, grid);
	model_release(&model);
	grid_free(grid);
}

static void picture(const char *name, int columns, int rows, bool ascii,
		    const char *title, const char *remark, struct pager *pager)
{
	picture_of(name, &binder, columns, rows, ascii,
		   (struct page_look){ .title = title, .remark = remark },
		   pager);
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
	struct pager pager = { .lines = NULL }, message = { .lines = NULL },
		     beside = { .lines = NULL };

	size_t diff = pages_find_diff(commit, strlen(commit));

	(void)state;
	assert_string_equal(commit + diff, strstr(commit, "diff --git"));
	assert_int_equal(pages_find_diff(commit, diff), diff);
	pages_add_message(&pager, commit, diff, false);
	pages_add_diff(&pager, commit + diff, strlen(commit) - diff, false);
	picture("commit-80x24", 80, 24, false, "Commit", "5adaaa627025",
		&pager);
	pages_add_message(&message, commit, diff, false);
	told_add(&message, "To: A U Thor <author@example.com>\n", 72, false);
	pages_add_diff(&beside, commit + diff, strlen(commit) - diff, false);
	picture_of("commit-160x45", &binder, 160, 45, false,
		   (struct page_look){ .title = "7 Commit",
				       .remark = "5adaaa627025",
				       .width = 72,
				       .beside = &beside,
				       .beside_title = "Diff",
				       .beside_focused = true },
		   &message);
	pager_release(&message);
	pager_release(&beside);
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

/* A console of so many bytes. */
static void write_console(struct tale *tale, int number, int run, int bytes)
{
	struct oid oid = tale_oid(number);
	char *path = session_console(tale->session, &oid, run);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	for (int i = 0; i < bytes; i++)
		fputc('x', file);
	assert_int_equal(fclose(file), 0);
	free(path);
}

static void a_steps_runs_are_told_one_by_one(void **state)
{
	static const char crash[] = "kernel BUG at drivers/x.c:820!\n"
				    "RIP: 0010:binder_alloc+0x4c7/0x690\n"
				    " <TASK>\n";
	const struct page_look look = { .title = "3 Runs", .remark = "" };
	struct pager pager = { .line = 1 }, beside = { .lines = NULL };
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
	write_console(&tale, 2, 0, 912);
	write_console(&tale, 2, 1, 700 * 1024);
	built = graph_find(session_graph(tale.session), &oid);
	runs_fill(&pager, tale.session, built, RUNS_BY_NUMBER, 80, false);
	picture_of("runs-80x24", &tale, 80, 24, false, look, &pager);
	runs_fill(&pager, tale.session, built, RUNS_BY_RESULT, 100, false);
	picture_of("runs-100x30", &tale, 100, 30, false, look, &pager);
	picture_of("runs-40x12", &tale, 40, 12, false, look, &pager);
	pages_fill_console(&beside, crash, strlen(crash), false);
	picture_of("runs-160x45", &tale, 160, 45, false,
		   (struct page_look){ .title = "3 Runs",
				       .remark = "",
				       .width = 100,
				       .beside = &beside,
				       .beside_title = "Crash",
				       .beside_remark = "run 2" },
		   &pager);
	pager_release(&beside);
	runs_fill(&pager, tale.session, built, RUNS_BY_NUMBER, 100, true);
	picture_of("runs-ascii", &tale, 100, 30, true, look, &pager);
	runs_fill(&pager, tale.session, -1, RUNS_BY_NUMBER, 100, false);
	assert_string_equal(pager.lines[1].text, "  -  it has not been run");
	pager_release(&pager);
	tale_end(&tale);
}

static void the_run_that_says_most_can_be_sorted_to_the_top(void **state)
{
	static const struct {
		enum runs_order order;
		const char *numbers;
	} cases[] = { { RUNS_BY_NUMBER, "0123456" },
		      { RUNS_BY_RESULT, "1462530" },
		      { RUNS_BY_TITLE, "1462035" },
		      { RUNS_BY_TIME, "6012345" } };
	struct pager pager = { .lines = NULL };
	struct oid oid = tale_oid(2);
	char remark[100];
	struct tale tale;
	int tested;

	(void)state;
	tale_begin(&tale);
	tale_commits(&tale, 6, NULL);
	tale_start(&tale, TALE_TITLE, "syzkaller/9/9");
	tale_mark(&tale, BY_START, tale_oid(5).hex, VERDICT_BAD, NULL);
	tale_mark(&tale, BY_START, tale_oid(0).hex, VERDICT_GOOD, NULL);
	tale_build(&tale, oid.hex, "aaaa", 5);
	tale_runs(&tale, oid.hex, ".XxIXT", 20);
	assert_int_equal(
		tale_tell(&tale,
			  (struct event){ .kind = EVENT_RUN,
					  .by = BY_ENGINE,
					  .commit = oid,
					  .number = 6,
					  .outcome = OUTCOME_CRASHED,
					  .title = (char[]){ TALE_TITLE },
					  .duration_ms = 60000 }),
		0);
	tested = graph_find(session_graph(tale.session), &oid);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char numbers[8] = "";

		runs_fill(&pager, tale.session, tested, cases[i].order, 100,
			  false);
		for (int k = 0; k < 7; k++)
			numbers[k] = (char)('0' + pager.lines[1 + k].link);
		assert_string_equal(numbers, cases[i].numbers);
	}
	runs_remark(tale.session, tested, remark, sizeof(remark));
	assert_string_equal(remark, "3 X crash  1 x other  1 T testbed  "
				    "1 I infra  1 . ok   4 of 7 count");
	pager_release(&pager);
	tale_end(&tale);
}

static const struct evidence_found nothing_found = { .crash_of = -1 };

static const struct evidence_found all_found = {
	.stat = " 8 files changed, 394 insertions(+), 26 deletions(-)\n",
	.told = "To: A U Thor <author@example.com>\n"
		"To: \033[31mEvil\033[0m <evil@example.com>\n"
		"To: Some Body With A Long Name <somebody@long.example.com>\n"
		"Cc: linux-kernel@vger.kernel.org\n"
		"culprit: note: get_maintainer.pl took too long\n",
	.crash = "kernel BUG at drivers/android/binder_alloc.c:820!\n"
		 "invalid opcode: 0000 [#1] PREEMPT SMP KASAN\n"
		 "RIP: 0010:binder_alloc_deferred_release+0x4c7/0x690\n",
	.crash_of = 3,
	.crash_run = 2,
};

static void the_evidence_says_why_and_what_to_doubt(void **state)
{
	const struct page_look look = { .title = "6 Evidence",
					.remark = "first bad commit" };
	struct page_look wide = look;
	struct pager pager = { .lines = NULL }, beside = { .lines = NULL };
	struct tale tale;

	(void)state;
	evidence_fill(&pager, binder.session, &nothing_found, 80, false);
	picture("evidence-80x24", 80, 24, false, "6 Evidence", "so far",
		&pager);
	pager_release(&pager);
	found(&tale);
	evidence_fill(&pager, tale.session, &all_found, 80, false);
	picture_of("evidence-found-80x24", &tale, 80, 24, false, look, &pager);
	evidence_fill(&pager, tale.session, &all_found, 100, false);
	picture_of("evidence-100x30", &tale, 100, 30, false, look, &pager);
	evidence_fill(&pager, tale.session, &all_found, 104, false);
	evidence_timeline(&beside, tale.session, 54, false);
	wide.width = 104;
	wide.beside = &beside;
	wide.beside_title = "Timeline";
	picture_of("evidence-160x45", &tale, 160, 45, false, wide, &pager);
	evidence_fill(&pager, tale.session, &all_found, 40, true);
	picture_of("evidence-40x12", &tale, 40, 12, true, look, &pager);
	evidence_fill(&pager, tale.session, &all_found, 100, true);
	type(&pager, "G");
	picture_of("evidence-ascii", &tale, 100, 30, true, look, &pager);
	pager_release(&pager);
	pager_release(&beside);
	tale_end(&tale);
}

static void what_is_not_known_yet_is_said(void **state)
{
	struct evidence_found some = { .told_more = true,
				       .crash_of = 3,
				       .crash_run = 0 };
	struct pager pager = { .lines = NULL };
	struct tale tale;

	(void)state;
	found(&tale);
	evidence_fill(&pager, tale.session, &some, 100, false);
	type(&pager, "/looking for whom to tell\n");
	assert_string_equal(pager.said, "");
	type(&pager, "/reading its console\n");
	assert_string_equal(pager.said, "");
	some.told_more = false;
	some.crash = "";
	evidence_fill(&pager, tale.session, &some, 100, false);
	type(&pager, "g/nobody is named\n");
	assert_string_equal(pager.said, "");
	type(&pager, "g/its console is not kept any more\n");
	assert_string_equal(pager.said, "");
	pager_release(&pager);
	tale_end(&tale);
}

/* A search of six commits that is over, and verified as ordered. */
static void verified(struct tale *tale, bool to_the_end)
{
	struct oid parent = tale_oid(2), end = tale_oid(5), it = tale_oid(3);
	struct oid one = tale_oid(10), two = tale_oid(11);

	found(tale);
	tale_verify(tale, it.hex, 20);
	tale_revert(tale, it.hex, it.hex, one.hex);
	tale_revert(tale, it.hex, end.hex, two.hex);
	tale_build_like(tale, it.hex, it.hex, "bbbbbbbbbbbbbbbb", 5);
	tale_runs(tale, it.hex, "XXX.XXXXXTXXX.XXXXXX", 5);
	tale_build_like(tale, parent.hex, it.hex, "aaaaaaaaaaaaaaaa", 5);
	if (!to_the_end) {
		tale_runs(tale, parent.hex, "....>", 5);
		return;
	}
	tale_runs(tale, parent.hex, "....................", 5);
	tale_build_like(tale, one.hex, it.hex, "aaaaaaaaaaaaaaaa", 5);
	tale_build_like(tale, two.hex, it.hex, "dddddddddddddddd", 5);
	tale_runs(tale, two.hex, "...........X........", 5);
}

static void the_evidence_tells_how_verifying_stands(void **state)
{
	const struct page_look look = { .title = "6 Evidence",
					.remark = "first bad commit" };
	struct pager pager = { .lines = NULL };
	struct tale tale;

	(void)state;
	verified(&tale, false);
	evidence_fill(&pager, tale.session, &all_found, 80, false);
	picture_of("verifying-80x24", &tale, 80, 24, false, look, &pager);
	tale_end(&tale);
	verified(&tale, true);
	evidence_fill(&pager, tale.session, &all_found, 80, false);
	picture_of("verified-80x24", &tale, 80, 24, false, look, &pager);
	evidence_fill(&pager, tale.session, &all_found, 100, false);
	picture_of("verified-100x30", &tale, 100, 30, false, look, &pager);
	evidence_fill(&pager, tale.session, &all_found, 100, true);
	picture_of("verified-ascii", &tale, 100, 30, true, look, &pager);
	pager_release(&pager);
	tale_end(&tale);
}

static void without_a_single_step_there_is_no_evidence(void **state)
{
	struct pager pager = { .lines = NULL };
	struct tale tale;

	(void)state;
	tale_begin(&tale);
	evidence_fill(&pager, tale.session, &nothing_found, 80, false);
	assert_string_equal(pager.lines[0].text, "it has not begun");
	pager_release(&pager);
	tale_end(&tale);
}

static void the_log_has_each_command_and_how_it_ended(void **state)
{
	char make[] = "make -j2 bzImage", repro[] = "ssh: /tmp/repro",
	     qemu[] = "qemu -m 2G";
	struct errand errands[] = { { make, 2, 1, 83000 },
				    { repro, 256 + 9, 70, 6000 },
				    { qemu, ERRAND_CUT, 1, 9000 } };
	struct pager pager = { .lines = NULL };
	struct tale tale;

	(void)state;
	tale_begin(&tale);
	tale_commits(&tale, 6, NULL);
	tale_start(&tale, TALE_TITLE, "exit-code");
	assert_int_equal(tale_tell(&tale, (struct event){ .kind = EVENT_BUILD,
							  .by = BY_ENGINE,
							  .build = BUILD_FAILED,
							  .commit = tale_oid(3),
							  .errands = errands,
							  .errand_count = 3 }),
			 0);
	pages_fill_log(&pager, tale.session, false);
	assert_true(pager.count >= 4);
	assert_string_equal(pager.lines[pager.count - 3].text,
			    "                exit 2        1:23  $ make -j2 "
			    "bzImage");
	assert_string_equal(pager.lines[pager.count - 2].text,
			    "                signal 9      0:06  $ ssh: "
			    "/tmp/repro  (70 times)");
	assert_string_equal(pager.lines[pager.count - 1].text,
			    "                stopped       0:09  $ qemu -m 2G");
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
	struct pager beside = { .lines = NULL };
	struct page_look look = { .title = "Log",
				  .remark = "x",
				  .beside = &beside,
				  .beside_title = "Beside" };

	(void)state;
	model_init(&model);
	model_build(&model, binder.session, &view);
	fill(&beside, 30);
	pages_fill_log(&pager, binder.session, false);
	for (int columns = 1; columns < 180; columns += 7) {
		for (int rows = 1; rows < 50; rows += 3) {
			struct grid *grid = grid_new(columns, rows, false);

			pager.left = rows % 5 * 40;
			look.width = columns % 2 ? 0 : columns * 2 / 3;
			pages_draw(grid, &model, &home, &look, &pager);
			grid_free(grid);
		}
	}
	for (int columns = 1; columns < 180; columns += 7) {
		evidence_fill(&pager, binder.session, &all_found, columns,
			      columns % 2);
		evidence_timeline(&pager, binder.session, columns, false);
		runs_fill(&pager, binder.session, 3, RUNS_BY_TIME, columns,
			  false);
	}
	pager_release(&pager);
	pager_release(&beside);
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
		cmocka_unit_test(
			the_run_that_says_most_can_be_sorted_to_the_top),
		cmocka_unit_test(what_is_not_known_yet_is_said),
		cmocka_unit_test(the_log_has_each_command_and_how_it_ended),
		cmocka_unit_test(the_evidence_says_why_and_what_to_doubt),
		cmocka_unit_test(the_evidence_tells_how_verifying_stands),
		cmocka_unit_test(without_a_single_step_there_is_no_evidence),
		cmocka_unit_test(no_size_breaks_them),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, tell_binder, forget_binder);
}
