/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How reports are cut out of a console, and titles are scrubbed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "control/rules.h"
#include "oops/cut.h"
#include "oops/report.h"
#include "oops/rules.h"
#include "oops/scan.h"
#include "oops/title.h"

static int load_rules(void **state)
{
	*state = rules_load(NULL, 0, NULL);
	return *state ? 0 : -1;
}

static int free_rules(void **state)
{
	rules_free(*state);
	return 0;
}

static struct scan *scan_of(const struct rules *rules, const char *text,
			    size_t length)
{
	struct scan *scan = scan_new(rules, 8);

	scan_feed(scan, text, length);
	scan_end(scan);
	return scan;
}

/* The caller and the rest of a line, "caller|rest". */
static void expect_prefix(const char *line, const char *says)
{
	size_t length = strlen(line);
	struct caller caller = cut_prefix(&line, &length);
	char have[200];

	snprintf(have, sizeof(have), "%s|%.*s", caller.name, (int)length, line);
	assert_string_equal(have, says);
}

static void a_line_begins_with_its_time_and_its_caller(void **state)
{
	(void)state;
	expect_prefix("[   12.345678] tea", "console|tea");
	expect_prefix("[   12.345678][  T123] tea", "T123|tea");
	expect_prefix("[   12.345678][    C1]  tea", "C1| tea");
	expect_prefix("<4>[   12.345678][    C1] tea", "C1|tea");
	expect_prefix("brew login: [   12.345678] tea", "console|tea");
	expect_prefix("** 12 printk messages dropped ** [   12.345678] tea",
		      "console|tea");
	expect_prefix("** 12 printk messages dropped ** brew login: "
		      "<6>[   12.345678][ T9] tea",
		      "T9|tea");
}

static void what_only_looks_like_a_prefix_is_text(void **state)
{
	(void)state;
	expect_prefix("", "|");
	expect_prefix("tea", "|tea");
	expect_prefix("[12] tea", "|[12] tea");
	expect_prefix("[   12.345678]tea", "|[   12.345678]tea");
	expect_prefix("[   12.345678][ X1] tea", "|[   12.345678][ X1] tea");
	expect_prefix("[   12.345678", "|[   12.345678");
	expect_prefix("<4> tea", "|<4> tea");
}

/* The text of the first report. */
static void expect_text(const struct rules *rules, const char *console,
			const char *text)
{
	struct scan *scan = scan_of(rules, console, strlen(console));

	assert_int_not_equal(scan_count(scan), 0);
	assert_string_equal(scan_report(scan, 0)->text, text);
	scan_free(scan);
}

static void a_report_is_the_lines_of_one_caller(void **state)
{
	expect_text(*state,
		    "[ 1.0][ T1] before\n[ 1.1][ T2] not this\n"
		    "[ 1.2][ T1] WARNING: tea\n[ 1.3][ C0] nor this\n"
		    "user space\n[ 1.4][ T1] after\n",
		    "before\nWARNING: tea\nafter\n");
	expect_text(*state,
		    "[ 1.0] before\nuser space\n[ 1.1] WARNING: tea\n"
		    "[ 1.2][ T1] not this\n[ 1.3] after\n",
		    "before\nWARNING: tea\nafter\n");
	expect_text(*state, "before\nWARNING: tea\n[ 1.0] not this\nafter\n",
		    "before\nWARNING: tea\nafter\n");
}

static void few_lines_before_are_shown_or_fifty_of_a_task(void **state)
{
	struct buf console;
	struct scan *scan;

	expect_text(*state, "1\n2\n3\n4\n5\n6\n7\nWARNING: tea\n",
		    "3\n4\n5\n6\n7\nWARNING: tea\n");
	buf_init(&console, 0);
	for (int i = 0; i < 60; i++)
		buf_printf(&console, "[ 1.0][ T1] %d\n", i);
	buf_puts(&console, "[ 1.0][ T1] WARNING: tea\n");
	scan = scan_of(*state, console.text, console.length);
	assert_memory_equal(scan_report(scan, 0)->text, "10\n11\n", 6);
	scan_free(scan);
	buf_release(&console);
}

static void guesses_of_the_unwinder_are_left_out(void **state)
{
	expect_text(
		*state,
		"WARNING: tea\n ? a+0x1/0x2\n [<ffffffff81234567>] ? b+0x1\n"
		" <IRQ>  ? c+0x1\n <EOI>  ? d+0x1\n"
		"[c0000] [c0001] e+0x1 (unreliable)\n what? f+0x1\n",
		"WARNING: tea\n <EOI>  ? d+0x1\n what? f+0x1\n");
}

static void after_a_call_to_all_cpus_they_answer(void **state)
{
	expect_text(*state,
		    "[ 1.0][ C0] INFO: tea\n[ 1.1][ C1] not yet\n"
		    "[ 1.2][ C0] Sending NMI from CPU 0 to CPUs 1:\n"
		    "[ 1.3][ C1] now\n[ 1.4][ T1] no task\n",
		    "INFO: tea\nSending NMI from CPU 0 to CPUs 1:\nnow\n");
}

/* A report of so many lines, and then the panic's own. */
static size_t lines_before_a_panic(const struct rules *rules, const char *first,
				   int lines)
{
	struct buf console;
	struct scan *scan;
	size_t count = 0;

	buf_init(&console, 0);
	buf_printf(&console, "%s\n", first);
	for (int i = 1; i < lines; i++)
		buf_puts(&console, "line\n");
	buf_puts(&console, "Kernel panic - not syncing: tea\nagain\n");
	scan = scan_of(rules, console.text, console.length);
	for (const char *at = scan_report(scan, 0)->text; *at; at++)
		count += *at == '\n';
	scan_free(scan);
	buf_release(&console);
	return count;
}

static void a_panic_after_a_long_report_repeats_it(void **state)
{
	assert_int_equal(lines_before_a_panic(*state, "WARNING: tea", 22), 24);
	assert_int_equal(lines_before_a_panic(*state, "WARNING: tea", 23), 23);
	assert_int_equal(lines_before_a_panic(*state, "BUG: KMSAN: t", 16), 18);
	assert_int_equal(lines_before_a_panic(*state, "BUG: KMSAN: t", 17), 17);
}

static const char two_reports[] =
	"%sBUG: sleeping function called from invalid context at a.c:1\n"
	"%sINFO: another thing\n"
	"%sCall Trace:\n%s teapot_pour+0x1/0x2\n%s teapot_open+0x1/0x2\n";

static const char *title_of_two(const struct rules *rules, const char *prefix)
{
	static char title[200];
	char text[1000];
	struct scan *scan;

	snprintf(text, sizeof(text), two_reports, prefix, prefix, prefix,
		 prefix, prefix);
	scan = scan_of(rules, text, strlen(text));
	snprintf(title, sizeof(title), "%s", scan_report(scan, 0)->title);
	scan_free(scan);
	return title;
}

static void a_second_report_ends_the_first_without_callers(void **state)
{
	assert_string_equal(title_of_two(*state, "[ 1.0][ T1] "),
			    "BUG: sleeping function called from invalid "
			    "context in teapot_pour");
	assert_string_equal(title_of_two(*state, "[ 1.0] "),
			    "BUG: sleeping function called from invalid "
			    "context in corrupted");
	assert_string_equal(title_of_two(*state, ""),
			    "BUG: sleeping function called from invalid "
			    "context in corrupted");
}

static void carriage_returns_and_nuls_are_dropped(void **state)
{
	static const char text[] = "\r[ 1.0] WARNING: t\rea\r\n"
				   "[ 1.1] le\0af\r\r\n";
	struct scan *scan = scan_of(*state, text, sizeof(text) - 1);
	const struct report *report = scan_report(scan, 0);

	assert_string_equal(report->title, "WARNING: tea");
	assert_string_equal(report->text, "WARNING: tea\nleaf\n");
	assert_int_equal(report->start, 0);
	scan_free(scan);
}

static void an_oops_may_be_the_last_thing_said(void **state)
{
	expect_text(*state, "all is well\n[ 1.0] WARNING: tea",
		    "WARNING: tea\n");
}

static void what_is_printed_once_more_is_no_end(void **state)
{
	static const char text[] =
		"WARNING: tea\nINFO: again\n"
		"** replaying previous printk message **\nmore\n";
	struct scan *scan = scan_of(*state, text, sizeof(text) - 1);

	assert_int_equal(scan_count(scan), 1);
	assert_int_equal(scan_report(scan, 0)->end, 12);
	scan_free(scan);
}

static void what_came_long_before_is_the_same_in_any_pieces(void **state)
{
	struct scan *pieces = scan_new(*state, 1), *whole = scan_new(*state, 1);
	static const char oops[] = "[ 1.0][ T1] WARNING: tea\n";
	char line[1000];

	memset(line, 'x', sizeof(line));
	memcpy(line, "[ 1.0][ T1] ", 12);
	line[sizeof(line) - 1] = '\n';
	struct buf all;

	buf_init(&all, 0);
	for (int i = 0; i < 600; i++) {
		buf_add(&all, line, sizeof(line));
		scan_feed(pieces, line, sizeof(line));
	}
	buf_puts(&all, oops);
	scan_feed(pieces, oops, strlen(oops));
	scan_feed(whole, all.text, all.length);
	scan_end(pieces);
	scan_end(whole);
	assert_string_equal(scan_report(pieces, 0)->text,
			    scan_report(whole, 0)->text);
	buf_release(&all);
	scan_free(pieces);
	scan_free(whole);
}

static void a_console_can_explain_its_crash_away(void **state)
{
	static const char *const lines[] = {
		"SYZFAIL: SIGBUS\n",
		"WARNING: tea\n*** stack smashing detected ***: terminated\n",
		"Out of memory: Killed process 12 (sshd) total-vm:1kB\n"
		"WARNING: tea\n",
		"WARNING: tea\nMemory cgroup out of memory: Killed process 12 "
		"(syz-executor) total-vm:1kB\n",
		"fatal error: runtime: out of memory\n",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct scan *scan = scan_of(*state, lines[i], strlen(lines[i]));

		assert_true(scan_report(scan, 0)->suppressed);
		scan_free(scan);
	}
	struct scan *scan = scan_of(*state, "WARNING: Killed process\n", 24);

	assert_false(scan_report(scan, 0)->suppressed);
	scan_free(scan);
}

static void expect_scrubbed(const struct rules *rules, const char *from,
			    const char *to)
{
	struct buf title;

	buf_init(&title, 0);
	buf_puts(&title, from);
	title_scrub(rules, &title);
	assert_string_equal(title.length ? title.text : "", to);
	buf_release(&title);
}

static void what_differs_from_run_to_run_is_scrubbed(void **state)
{
	static const char *const pairs[][2] = {
		{ "in syz-executor12", "in syz-executor" },
		{ "in syz-executor.3/4711 x", "in syz-executor x" },
		{ "in syz-executor3:12", "in syz-executor" },
		{ "in syz-executor", "in syz-executor" },
		{ "in syzkaller547737:4493", "in syzkaller" },
		{ "at ffff888021b3c018", "at ADDR" },
		{ "at 0xffff888021b3c018", "at ADDR" },
		{ "at 0x12345", "at 0x12345" },
		{ "in tea_deadbeef", "in tea_ADDR" },
		{ "in teadeadbeef", "in teadeadbeef" },
		{ "from 192.168.0.1 on", "from IP on" },
		{ "at fs/tea.c:12:3", "at fs/tea.c:LINE" },
		{ "at fs/tea.c:12", "at fs/tea.c:LINE" },
		{ "in teapot.isra.0+0x12/0x340", "in teapot.isra.NUM" },
		{ "on CPU#12 now", "on CPU now" },
		{ "with 1, 2,3 and 4", "with NUM, NUM,NUM and NUM" },
		{ "in cfg80211_tea", "in cfg80211_tea" },
		{ "in tea1234567pot", "in teaNUMpot" },
		{ " a\tb  c\x01\x80 ", "a b c" },
		{ "", "" },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		expect_scrubbed(*state, pairs[i][0], pairs[i][1]);
}

static void a_title_ends_after_120_bytes(void **state)
{
	char text[201];
	struct buf title;

	memset(text, 'x', 200);
	text[200] = '\0';
	text[119] = ' ';
	buf_init(&title, 0);
	buf_puts(&title, text);
	title_scrub(*state, &title);
	assert_int_equal(title.length, 119);
	buf_release(&title);
}

static void a_type_is_the_first_that_a_title_begins_with(void **state)
{
	static const char *const pairs[][2] = {
		{ "KFENCE: something new", "KFENCE-UNKNOWN" },
		{ "KMSAN: kernel-infoleak-after-free in f", "KMSAN-INFO-LEAK" },
		{ "KMSAN: something new", "KMSAN-UNKNOWN" },
		{ "KASAN: use-after-free in f", "KASAN-USE-AFTER-FREE-READ" },
		{ "KASAN: slab-use-after-free Write in f",
		  "KASAN-USE-AFTER-FREE-WRITE" },
		{ "KASAN: use-after-scope Read in f", "KASAN-READ" },
		{ "KASAN: stack-out-of-bounds in f", "KASAN-READ" },
		{ "KASAN: something new", "KASAN-UNKNOWN" },
		{ "KCSAN: something new", "KCSAN-UNKNOWN" },
		{ "BUG: unable to handle kernel", "UNKNOWN" },
		{ "BUG: something new", "UNKNOWN" },
		{ "INFO: something new", "UNKNOWN" },
		{ "INFO: suspicious RCU usage in f", "UNKNOWN" },
		{ "WARNING: suspicious RCU usage in f", "LOCKDEP" },
		{ "WARNING: suspicious RCU usage", "WARNING" },
		{ "WARNING: bad usercopy in f", "WARNING" },
		{ "WARNING: something new", "WARNING" },
		{ "BUG: bad usercopy in f", "BUG" },
		{ "BUG: lock held when returning to user space in f",
		  "UNKNOWN" },
		{ "lost connection", "UNKNOWN" },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		assert_string_equal(title_type(*state, pairs[i][0]),
				    pairs[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_begins_with_its_time_and_its_caller),
		cmocka_unit_test(what_only_looks_like_a_prefix_is_text),
		cmocka_unit_test(a_report_is_the_lines_of_one_caller),
		cmocka_unit_test(few_lines_before_are_shown_or_fifty_of_a_task),
		cmocka_unit_test(guesses_of_the_unwinder_are_left_out),
		cmocka_unit_test(after_a_call_to_all_cpus_they_answer),
		cmocka_unit_test(a_panic_after_a_long_report_repeats_it),
		cmocka_unit_test(
			a_second_report_ends_the_first_without_callers),
		cmocka_unit_test(carriage_returns_and_nuls_are_dropped),
		cmocka_unit_test(an_oops_may_be_the_last_thing_said),
		cmocka_unit_test(what_is_printed_once_more_is_no_end),
		cmocka_unit_test(
			what_came_long_before_is_the_same_in_any_pieces),
		cmocka_unit_test(a_console_can_explain_its_crash_away),
		cmocka_unit_test(what_differs_from_run_to_run_is_scrubbed),
		cmocka_unit_test(a_title_ends_after_120_bytes),
		cmocka_unit_test(a_type_is_the_first_that_a_title_begins_with),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, load_rules, free_rules);
}
