/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "control/mail.h"
#include "control/mail_runs.h"
#include "control/settings.h"
#include "control/setup.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/warnings.h"
#include "repo/people.h"
#include "session/session.h"
#include "tests/unit/tale.h"

#define ID(digit) digit "00000000000000000000000000000000000000" digit

/* Five commits in a row: 1 is good, 5 is bad. */
static const struct tale_name names[] = {
	{ 0, ID("1"), "the first" }, { 1, ID("2"), "the second" },
	{ 2, ID("3"), "the third" }, { 3, ID("4"), "mm: do it \"faster\"" },
	{ 4, ID("5"), "the last" },  { 0, NULL, NULL },
};

struct world {
	struct tale tale;
	struct buf out;
};

static int begin(void **state)
{
	struct world *world = xcalloc(1, sizeof(*world));

	tale_begin(&world->tale);
	tale_commits(&world->tale, 5, names);
	buf_init(&world->out, 0);
	*state = world;
	return 0;
}

static int end(void **state)
{
	struct world *world = *state;

	buf_release(&world->out);
	tale_end(&world->tale);
	free(world);
	return 0;
}

static void start(struct world *world, const char *title, const char *policy)
{
	tale_start(&world->tale, title, policy);
	tale_mark(&world->tale, BY_START, ID("5"), VERDICT_BAD, NULL);
	tale_mark(&world->tale, BY_START, ID("1"), VERDICT_GOOD, NULL);
}

static void test(struct world *world, const char *hex, const char *letters,
		 enum verdict verdict)
{
	tale_runs(&world->tale, hex, letters, 1);
	assert_int_equal(tale_mark(&world->tale, BY_POLICY, hex, verdict, NULL),
			 0);
}

static const char *written(struct world *world,
			   const struct mail_extras *extras)
{
	buf_clear(&world->out);
	mail_write(world->tale.session, extras, &world->out);
	return world->out.text;
}

static void assert_says(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("not in it: %s\n%s", words, text);
}

static void what_verifying_came_to_is_told(void **state)
{
	const struct mail_extras extras = { .setup = "" };
	struct world *world = *state;
	struct tale *tale = &world->tale;

	start(world, TALE_TITLE, "syzkaller/3/3");
	test(world, ID("3"), "...", VERDICT_GOOD);
	test(world, ID("4"), "XXX", VERDICT_BAD);
	tale_verify(tale, ID("4"), 2);
	assert_says(written(world, &extras),
		    "\nVerifying it is not over.\n\n"
		    "  culprit            400000000000  not tested yet\n");
	tale_revert(tale, ID("4"), ID("4"), ID("a"));
	tale_revert(tale, ID("4"), ID("5"), ID("b"));
	tale_build_like(tale, ID("4"), ID("4"), "4444", 1);
	tale_runs(tale, ID("4"), "XX", 1);
	tale_build_like(tale, ID("3"), ID("4"), "3333", 1);
	tale_runs(tale, ID("3"), ".T", 1);
	tale_build_like(tale, ID("a"), ID("4"), "3333", 1);
	tale_build_like(tale, ID("b"), ID("4"), "5555", 1);
	tale_runs(tale, ID("b"), ".X", 1);
	assert_says(written(world, &extras),
		    "\nVerified: taken back on the newer end the bug stays: it "
		    "has another\ncause there too.\n"
		    "\n"
		    "  culprit            400000000000  2/2 crashed\n"
		    "  parent             300000000000  0/1 crashed, and 1 run "
		    "without an answer\n"
		    "  revert on culprit  400000000000  0/1 crashed, the same "
		    "kernel as above\n"
		    "  revert on bad end  500000000000  1/2 crashed\n"
		    "\n"
		    "All are built alike, and run 2 times.\n");
}

static void assert_silent(const char *text, const char *words)
{
	if (strstr(text, words))
		fail_msg("it says: %s\n%s", words, text);
}

static void a_found_culprit_is_told_with_all_that_is_known(void **state)
{
	static const char wanted[] =
		"From: R E Porter <r@example.com>\n"
		"To: A U Thor <author@example.com>,\n"
		"    linux-mm@kvack.org\n"
		"Cc: R <reviews@example.com>\n"
		"Subject: [bisected] " TALE_TITLE ", caused by 400000000000 "
		"(\"mm: do it \"faster\"\")\n"
		"\n" TALE_TITLE "\n"
		"\n"
		"The first bad commit is\n"
		"\n"
		"\tcommit " ID(
			"4") "\n"
			     "\tAuthor: A U Thor <author@example.com>\n"
			     "\tDate:   2022-04-15 05:23:00 +0000\n"
			     "\n"
			     "\t    mm: do it \"faster\"\n"
			     "\n"
			     "Its message links to\n"
			     "\n"
			     "\thttps://lore.example.com/1\n"
			     "\n"
			     "The bug shows in 2 of 3 runs of this commit,\n"
			     "0 of 3 runs of its parent 300000000000.\n"
			     "In all, in 2 of 3 runs of bad commits and 0 of 3 "
			     "runs of good "
			     "ones.\n"
			     "\n"
			     "Warning: look twice.\n"
			     "\n"
			     "For the commit that mends it:\n"
			     "\n"
			     "Fixes: 400000000000 (\"mm: do it \"faster\"\")\n"
			     "Reported-by: R E Porter <r@example.com>\n"
			     "\n"
			     "Tested commits, a letter for each run: . ok, X "
			     "the bug, "
			     "x another crash,\n"
			     "B did not boot, T could not be tested, I trouble "
			     "of the test "
			     "machine,\n"
			     "i ignored, = a run of an equal kernel; * a "
			     "person's verdict, "
			     "? set aside:\n"
			     "\n"
			     "  1  bad    500000000000  no runs\n"
			     "  2  good   100000000000  no runs\n"
			     "  3  good   300000000000  ...\n"
			     "  4  bad    400000000000  XX.                  "
			     "2x[1]\n"
			     "\n"
			     "  [1] " TALE_TITLE "\n"
			     "\n"
			     "How it was tested:\n"
			     "\n"
			     "  compiler: gcc-12\n"
			     "  verdicts: policy syzkaller/3/3; crashes "
			     "compared by family\n"
			     "\n"
			     "git bisect log:\n"
			     "\n"
			     "git bisect start\n"
			     "# status: waiting for both good and bad "
			     "commits\n"
			     "# bad: [" ID(
				     "5") "] the last\n"
					  "git bisect bad " ID(
						  "5") "\n"
						       "# status: waiting for "
						       "good commit(s), bad "
						       "commit known\n"
						       "# good: [" ID(
							       "1") "] the "
								    "first\n"
								    "git "
								    "bisect "
								    "good " ID(
									    "1") "\n"
										 "# good: [" ID(
											 "3") "] the third\n"
											      "git bisect good " ID(
												      "3") "\n"
													   "# bad: [" ID(
														   "4") "] mm: do it \"faster\"\n"
															"git bisect bad " ID(
																"4") "\n"
																     "# first bad commit: [" ID(
																	     "4") "] mm: do it \"faster\"\n"
																		  "\n"
																		  "The crash, from run 0 of 400000000000:\n"
																		  "\n"
																		  "kernel BUG at mm/faster.c:1!\n";
	struct world *world = *state;
	struct people people = { 0 };
	char *sentences[] = { (char[]){ "look twice" } };
	const struct warnings warnings = { sentences, 1, 1 };
	const struct mail_extras extras = {
		.from = "R E Porter <r@example.com>",
		.people = &people,
		.links = "https://lore.example.com/1\n",
		.warnings = &warnings,
		.setup = "compiler: gcc-12\n",
		.crash = "kernel BUG at mm/faster.c:1!\n",
		.crash_from = "The crash, from run 0 of 400000000000",
	};

	people_add(&people, "R <reviews@example.com>", 23, false);
	people_add(&people, "A U Thor <author@example.com>", 29, true);
	people_add(&people, "linux-mm@kvack.org", 18, true);
	start(world, TALE_TITLE, "syzkaller/3/3");
	test(world, ID("3"), "...", VERDICT_GOOD);
	test(world, ID("4"), "XX.", VERDICT_BAD);
	assert_string_equal(written(world, &extras), wanted);
	people_release(&people);
}

static void what_is_not_known_is_left_out(void **state)
{
	struct world *world = *state;
	const char *text;

	start(world, NULL, "exit-code");
	test(world, ID("3"), ".", VERDICT_GOOD);
	test(world, ID("4"), "X", VERDICT_BAD);
	text = written(world, &(struct mail_extras){ NULL });
	assert_says(text, "Subject: [bisected] " TALE_TITLE ", caused by ");
	assert_says(text,
		    "\nFixes: 400000000000 (\"mm: do it \"faster\"\")\n\n");
	assert_silent(text, "Reported-by");
	assert_silent(text, "links to");
	assert_silent(text, "Warning");
	assert_silent(text, "Decided");
	assert_silent(text, "The crash");
}

/* The commit is told to others in the subject, not "a bug". */
static void a_test_that_only_fails_is_a_regression(void **state)
{
	struct world *world = *state;
	const char *text;

	tale_start(&world->tale, NULL, "exit-code");
	text = written(world, &(struct mail_extras){ NULL });
	assert_says(text, "Subject: [bisecting] a test that fails\n\n"
			  "A test fails.\n\n");
	tale_mark(&world->tale, BY_START, ID("5"), VERDICT_BAD, NULL);
	tale_mark(&world->tale, BY_START, ID("1"), VERDICT_GOOD, NULL);
	text = written(world, &(struct mail_extras){ NULL });
	assert_says(text, "Subject: [REGRESSION] between 100000000000 and "
			  "500000000000\n\n"
			  "The test passes on 100000000000 (\"the first\") and "
			  "fails on 500000000000 (\"the last\").\n\n");
	tale_mark(&world->tale, BY_POLICY, ID("3"), VERDICT_GOOD, NULL);
	tale_mark(&world->tale, BY_POLICY, ID("4"), VERDICT_BAD, NULL);
	text = written(world, &(struct mail_extras){ NULL });
	assert_says(text, "Subject: [REGRESSION] bisected to 400000000000 "
			  "(\"mm: do it \"faster\"\")\n\n"
			  "The test fails since 400000000000 (\"mm: do it "
			  "\"faster\"\").\n\n");
}

static void a_fix_of_a_test_is_no_regression(void **state)
{
	struct world *world = *state;
	const char *text;
	struct event start_event = { .kind = EVENT_START,
				     .by = BY_START,
				     .fix = true };
	static char policy[] = "exit-code";

	start_event.policy = policy;
	assert_int_equal(tale_tell(&world->tale, start_event), 0);
	tale_mark(&world->tale, BY_START, ID("1"), VERDICT_BAD, NULL);
	tale_mark(&world->tale, BY_START, ID("5"), VERDICT_GOOD, NULL);
	text = written(world, &(struct mail_extras){ NULL });
	assert_says(text, "Subject: [bisecting] fixed between 100000000000 and "
			  "500000000000\n\n"
			  "The test fails on 100000000000 (\"the first\") and "
			  "passes on 500000000000 (\"the last\").\n\n");
	tale_mark(&world->tale, BY_POLICY, ID("3"), VERDICT_BAD, NULL);
	tale_mark(&world->tale, BY_POLICY, ID("4"), VERDICT_GOOD, NULL);
	text = written(world, &(struct mail_extras){ NULL });
	assert_says(text, "Subject: [bisected] fixed by 400000000000 "
			  "(\"mm: do it \"faster\"\")\n\n"
			  "The test passes since 400000000000 ");
}

static void a_search_that_is_not_over_says_so(void **state)
{
	struct world *world = *state;
	const char *text;

	start(world, TALE_TITLE, "exit-code");
	text = written(world, &(struct mail_extras){ NULL });
	assert_says(text, "Subject: [bisecting] " TALE_TITLE "\n");
	assert_says(text, "The search is not over; this is what is known so "
			  "far.\n"
			  "Good is 100000000000 (\"the first\").\n"
			  "Bad is 500000000000 (\"the last\").\n"
			  "4 commits are suspect, about 2 more steps.\n");
	assert_silent(text, "Fixes:");
	assert_silent(text, "The bug shows");
}

static void a_session_without_ends_can_be_reported(void **state)
{
	struct world *world = *state;
	const char *text;

	tale_start(&world->tale, NULL, "exit-code");
	text = written(world, &(struct mail_extras){ NULL });
	assert_says(text, "The search is not over");
	assert_says(text, "\ngit bisect start\n");
	assert_silent(text, "Tested commits");
}

static void where_only_skipped_commits_are_left_all_are_named(void **state)
{
	struct world *world = *state;
	const char *text;

	start(world, TALE_TITLE, "exit-code");
	test(world, ID("3"), "T", VERDICT_SKIP);
	test(world, ID("2"), ".", VERDICT_GOOD);
	test(world, ID("4"), "X", VERDICT_BAD);
	text = written(world, &(struct mail_extras){ NULL });
	assert_says(text, "Only skipped commits are left to test.  The first "
			  "bad commit is one of these:\n\n");
	assert_says(text, "\t300000000000 (\"the third\")\n");
	assert_says(text, "Subject: [bisecting] ");
}

static void what_a_person_decided_stands_there_with_the_reason(void **state)
{
	struct world *world = *state;
	struct event judge = { .kind = EVENT_JUDGE,
			       .by = BY_PERSON,
			       .number = 2,
			       .outcome = OUTCOME_IGNORED };
	static char why[] = "the power\nfailed", who[] = "ann@desk";
	const char *text;

	start(world, TALE_TITLE, "syzkaller/3/3");
	test(world, ID("3"), "...", VERDICT_GOOD);
	test(world, ID("4"), "XX.", VERDICT_BAD);
	assert_true(oid_parse(&judge.commit, ID("4")));
	judge.text = why;
	judge.who = who;
	assert_int_equal(tale_tell(&world->tale, judge), 0);
	tale_mark(&world->tale, BY_PERSON, ID("4"), VERDICT_BAD, "I saw it");
	text = written(world, &(struct mail_extras){ NULL });
	assert_says(text, "Decided by a person:\n\n"
			  "  judge run 2 of 400000000000: ignored: the power "
			  "failed (by ann@desk)\n"
			  "  bad 400000000000: I saw it (by ann@desk)\n\n");
	assert_says(text, "  4  bad*   400000000000  XXi");
}

static void many_runs_are_counted_and_many_crashes_numbered(void **state)
{
	struct world *world = *state;
	const char *text;

	start(world, TALE_TITLE, "syzkaller/10/20");
	tale_runs(&world->tale, ID("3"), "..X.....x.....B...........x...", 1);
	text = written(world, &(struct mail_extras){ NULL });
	assert_says(text,
		    "  3  ...    300000000000  1X 2x 26. 1B         1x[1] "
		    "2x[2] 1x[3]\n");
	assert_says(text, "  [1] " TALE_TITLE "\n  [2] WARNING in other_thing\n"
			  "  [3] INFO: task hung in add_early_randomness\n");
}

static void a_title_or_a_name_cannot_add_a_header(void **state)
{
	struct world *world = *state;
	const char *text;

	start(world, "BUG\nBcc: all@example.com\r\n\nbody", "exit-code");
	text = written(world,
		       &(struct mail_extras){ .from = "A\nBcc: b@example.com",
					      .crash_from = "x\ny" });
	assert_says(text, "From: A Bcc: b@example.com\n");
	assert_says(text, "Subject: [bisecting] BUG Bcc: all@example.com   "
			  "body\n\n");
	assert_silent(text, "\nBcc:");
}

static void in_a_search_for_a_fix_it_is_tested_by(void **state)
{
	struct world *world = *state;
	static char title[] = TALE_TITLE, policy[] = "exit-code";
	const char *text;

	assert_int_equal(tale_tell(&world->tale,
				   (struct event){ .kind = EVENT_START,
						   .by = BY_START,
						   .title = title,
						   .policy = policy,
						   .fix = true }),
			 0);
	tale_mark(&world->tale, BY_START, ID("5"), VERDICT_GOOD, NULL);
	tale_mark(&world->tale, BY_START, ID("1"), VERDICT_BAD, NULL);
	test(world, ID("3"), "X", VERDICT_BAD);
	test(world, ID("4"), ".", VERDICT_GOOD);
	text = written(world, &(struct mail_extras){ .from = "R <r@b.c>" });
	assert_says(text, ", fixed by 400000000000 (");
	assert_says(text, "The first fixed commit is\n");
	assert_says(text, "\nTested-by: R <r@b.c>\n");
	assert_says(text, "The bug shows in 0 of 1 run of this commit,\n"
			  "1 of 1 run of its parent 300000000000.\n");
	assert_says(text, "git bisect broken " ID("3") "\n");
	assert_silent(text, "Fixes:");
}

static void the_run_to_show_is_one_of_the_culprit(void **state)
{
	struct world *world = *state;
	const struct run_state *run;
	int commit;

	start(world, TALE_TITLE, "syzkaller/3/3");
	assert_false(mail_find_run(world->tale.session, &commit, &run));
	test(world, ID("3"), "X.X", VERDICT_BAD);
	test(world, ID("2"), ".XX", VERDICT_BAD);
	assert_true(mail_find_run(world->tale.session, &commit, &run));
	assert_int_equal(commit, 1);
	assert_int_equal(run->number, 1);
}

static void the_settings_are_told_in_words(void **state)
{
	struct world *world = *state;
	struct settings settings;

	settings_init(&settings);
	settings.target = TARGET_QEMU;
	settings.build.config = xstrdup("/home/me/my.config");
	settings.guest.initrd = xstrdup("/home/me/guest.gz");
	settings.guest.memory_mib = 512;
	settings.guest.cpus = 1;
	settings.guest.repro_file = xstrdup("/home/me/repro");
	settings.test_command = xstrdup("a\n\tb   c");
	setup_describe(&settings, "/usr/bin/gcc-12", &world->out);
	assert_says(world->out.text,
		    "kernel configuration: /home/me/my.config\n");
	assert_says(world->out.text, "compiler: /usr/bin/gcc-12\n");
	assert_says(world->out.text, "booted in: qemu, 512 MiB, 1 processor\n"
				     "initramfs: /home/me/guest.gz\n");
	assert_says(world->out.text, "reproducer: /home/me/repro\n"
				     "tested by: a b c\n");
	settings_release(&settings);
}

static void the_runs_of_an_equal_kernel_are_told_as_such(void **state)
{
	struct world *world = *state;

	start(world, TALE_TITLE, "syzkaller/2/2");
	tale_build(&world->tale, ID("5"), "aa", 1);
	tale_runs(&world->tale, ID("5"), "XX", 1);
	tale_build(&world->tale, ID("4"), "aa", 1);
	test(world, ID("4"), "", VERDICT_BAD);
	test(world, ID("3"), "..", VERDICT_GOOD);
	assert_says(written(world, &(struct mail_extras){ NULL }),
		    "The bug shows in 2 of 2 runs of this commit and of "
		    "500000000000, which is the same kernel,\n"
		    "0 of 2 runs of its parent 300000000000.\n");
}

static void a_real_machine_is_no_guest(void **state)
{
	struct world *world = *state;
	struct settings settings;

	settings_init(&settings);
	settings.target = TARGET_MACHINE;
	settings.machine.host = xstrdup("board");
	setup_describe(&settings, NULL, &world->out);
	assert_says(world->out.text, "booted on: board\n");
	assert_silent(world->out.text, "MiB");
	settings_release(&settings);
}

static void fixups_in_force_are_told(void **state)
{
	struct world *world = *state;
	static char name[] = "mend.patch";
	static char blob[] = "0123456789012345678901234567890123456789";
	struct event fixup = { .kind = EVENT_FIXUP,
			       .by = BY_START,
			       .number = 1,
			       .title = name,
			       .signature = blob };
	const char *text;

	start(world, TALE_TITLE, "exit-code");
	assert_int_equal(tale_tell(&world->tale, fixup), 0);
	text = written(world, &(struct mail_extras){ NULL });
	assert_says(text, "How it was tested:\n\n  fixup 1");
	assert_says(text, "mend.patch");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_found_culprit_is_told_with_all_that_is_known),
		TEST(what_is_not_known_is_left_out),
		TEST(a_test_that_only_fails_is_a_regression),
		TEST(a_fix_of_a_test_is_no_regression),
		TEST(a_search_that_is_not_over_says_so),
		TEST(a_session_without_ends_can_be_reported),
		TEST(where_only_skipped_commits_are_left_all_are_named),
		TEST(what_a_person_decided_stands_there_with_the_reason),
		TEST(many_runs_are_counted_and_many_crashes_numbered),
		TEST(a_title_or_a_name_cannot_add_a_header),
		TEST(in_a_search_for_a_fix_it_is_tested_by),
		TEST(the_run_to_show_is_one_of_the_culprit),
		TEST(the_settings_are_told_in_words),
		TEST(a_real_machine_is_no_guest),
		TEST(the_runs_of_an_equal_kernel_are_told_as_such),
		TEST(fixups_in_force_are_told),
		TEST(what_verifying_came_to_is_told),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
