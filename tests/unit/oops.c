/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/rules.h"
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

/* Fed in pieces of 1 to `most` bytes; 0: whole. */
static struct scan *scan_of(const struct rules *rules, const char *text,
			    size_t length, unsigned most)
{
	struct scan *scan = scan_new(rules, 16);
	uint32_t seed = 12345;

	for (size_t at = 0; at < length;) {
		size_t piece = length - at;

		seed = seed * 1103515245 + 12345;
		if (most && (seed >> 16) % most + 1 < piece)
			piece = (seed >> 16) % most + 1;
		scan_feed(scan, text + at, piece);
		at += piece;
	}
	scan_end(scan);
	return scan;
}

/* The other titles in a row, as the file of consoles has them. */
static void alts_of(const struct report *report, struct buf *out)
{
	for (size_t i = 0; i < report->alts.count; i++)
		buf_printf(out, "%s%s", i ? "; " : "", report->alts.items[i]);
}

/* What is made of a console, in the form of tests/data/titles.txt. */
static void describe(const struct rules *rules, const char *console,
		     size_t length, struct buf *out)
{
	struct scan *scan = scan_of(rules, console, length, 0);
	const struct report *report = scan_report(scan, 0);

	if (report) {
		buf_printf(out, "title: %s\ntype: %s\n", report->title,
			   report->type);
		if (report->alts.count) {
			buf_puts(out, "alt: ");
			alts_of(report, out);
			buf_putc(out, '\n');
		}
		if (report->corrupted)
			buf_printf(out, "corrupted: %s\n", report->why);
	}
	scan_free(scan);
}

/* One section of that file: "name\n", what is wanted, "---\n", console. */
static bool is_as_wanted(const struct rules *rules, const char *section,
			 const char *end)
{
	const char *wanted = strchr(section, '\n') + 1;
	const char *console = strstr(wanted, "---\n") + 4;
	size_t length = (size_t)(console - 4 - wanted);
	struct buf have;
	bool same;

	buf_init(&have, 0);
	describe(rules, console, (size_t)(end - console), &have);
	same = have.length == length && memcmp(have.text, wanted, length) == 0;
	if (!same)
		print_error("%.*s\n-- wanted --\n%.*s-- have --\n%s",
			    (int)(wanted - 1 - section), section, (int)length,
			    wanted, have.length ? have.text : "");
	buf_release(&have);
	return same;
}

static char *read_consoles(void)
{
	const char *source = getenv("srcdir");
	struct buf text;
	char path[1024], piece[4096], *whole;
	size_t got;
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/data/titles.txt",
		 source ? source : ".");
	file = fopen(path, "r");
	assert_non_null(file);
	buf_init(&text, 0);
	while ((got = fread(piece, 1, sizeof(piece), file)) > 0)
		buf_add(&text, piece, got);
	fclose(file);
	whole = buf_take(&text);
	buf_release(&text);
	return whole;
}

static void each_kind_of_crash_has_its_title_and_type(void **state)
{
	char *text = read_consoles();
	char *at = strstr(text, "\n=== ");
	int count = 0, wrong = 0;

	while (at) {
		char *next = strstr(at + 5, "\n=== ");

		wrong += !is_as_wanted(*state, at + 5,
				       next ? next + 1 : at + strlen(at));
		count++;
		at = next;
	}
	free(text);
	assert_true(count > 200);
	assert_int_equal(wrong, 0);
}

/* The first title on a console, or "". */
static void expect_title(void **state, const char *console, const char *title)
{
	static const unsigned pieces[] = { 0, 1, 7, 100 };

	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		struct scan *scan =
			scan_of(*state, console, strlen(console), pieces[i]);
		const struct report *report = scan_report(scan, 0);

		assert_string_equal(report ? report->title : "", title);
		scan_free(scan);
	}
}

static const char use_after_free[] =
	"[   10.000001][   T99] =============================\n"
	"[   10.000002][   T99] BUG: KASAN: slab-use-after-free in "
	"teapot_pour+0x10/0x20\n"
	"[   10.000003][   T99] Read of size 8 at addr ffff888012345678 by "
	"task brew/99\n"
	"[   10.000004][   C1] a line of another caller\n"
	"[   10.000005][   T99] CPU: 0 PID: 99 Comm: syz.3.14 Not tainted\n"
	"[   10.000006][   T99] Call Trace:\n"
	"[   10.000007][   T99]  dump_stack+0x1/0x2\n"
	"[   10.000008][   T99]  kasan_report+0x1/0x2\n"
	"[   10.000009][   T99]  ? maybe_this+0x1/0x2\n"
	"[   10.000010][   T99]  teapot_pour+0x10/0x20\n"
	"[   10.000011][   T99]  __x64_sys_brew+0x10/0x20\n";

static void a_use_after_free_is_titled_with_its_function(void **state)
{
	struct scan *scan =
		scan_of(*state, use_after_free, strlen(use_after_free), 0);
	const struct report *report = scan_report(scan, 0);

	assert_non_null(report);
	assert_string_equal(report->title, "KASAN: slab-use-after-free Read "
					   "in teapot_pour");
	assert_int_equal(report->alts.count, 1);
	assert_string_equal(report->alts.items[0], "bad-access in teapot_pour");
	assert_string_equal(report->type, "KASAN-USE-AFTER-FREE-READ");
	assert_string_equal(report->frame, "teapot_pour");
	assert_string_equal(report->executor, "proc=3, id=14");
	assert_false(report->corrupted);
	assert_false(report->panicked);
	assert_memory_equal(use_after_free + report->start, "[   10.000002]",
			    14);
	assert_null(strstr(report->text, "another caller"));
	assert_null(strstr(report->text, "maybe_this"));
	assert_null(strstr(report->text, "[   10.0"));
	scan_free(scan);
}

static void functions_of_the_kernels_plumbing_are_not_to_blame(void **state)
{
	expect_title(state,
		     "BUG: sleeping function called from invalid context at "
		     "mm/slab.h:1\nCall Trace:\n dump_stack+0x1/0x2\n"
		     " mutex_lock_nested+0x1/0x2\n __kmalloc+0x1/0x2\n"
		     " teapot_boil+0x1/0x2\n teapot_open+0x1/0x2\n",
		     "BUG: sleeping function called from invalid context in "
		     "teapot_boil");
}

static void a_page_fault_names_where_it_stood(void **state)
{
	expect_title(state,
		     "[    1.0] BUG: unable to handle page fault for address: "
		     "ffff\n[    1.1] RIP: 0010:teapot_lid.isra.0+0x1/0x2\n"
		     "[    1.2] Call Trace:\n[    1.3]  teapot_open+0x1/0x2\n"
		     "[    1.4]  do_syscall_64+0x1/0x2\n",
		     "BUG: unable to handle kernel paging request in "
		     "teapot_lid");
}

static void a_hung_task_skips_what_only_waits(void **state)
{
	expect_title(state,
		     "INFO: task brew:9 blocked for more than 143 seconds.\n"
		     "Call Trace:\n __schedule+0x1/0x2\n schedule+0x1/0x2\n"
		     " teapot_drain+0x1/0x2\n vfs_read+0x1/0x2\n",
		     "INFO: task hung in teapot_drain");
}

static void a_stall_is_titled_by_what_was_dispatched(void **state)
{
	expect_title(state,
		     "watchdog: BUG: soft lockup - CPU#1 stuck for 22s!\n"
		     "RIP: 0010:teapot_leaf+0x1/0x2\nCall Trace:\n"
		     " teapot_inner+0x1/0x2\n teapot_work+0x1/0x2\n"
		     " process_one_work+0x1/0x2\n worker_thread+0x1/0x2\n",
		     "BUG: soft lockup in teapot_work");
}

static void a_stall_in_a_point_of_dispatch_is_its_own(void **state)
{
	expect_title(state,
		     "watchdog: BUG: soft lockup - CPU#1 stuck for 22s!\n"
		     "RIP: 0010:run_timer_softirq+0x1/0x2\nCall Trace:\n"
		     " handle_softirqs+0x1/0x2\n irq_exit_rcu+0x1/0x2\n",
		     "BUG: soft lockup in run_timer_softirq");
}

static void a_jump_to_nowhere_is_the_callers(void **state)
{
	expect_title(state,
		     "BUG: kernel NULL pointer dereference, address: 0\n"
		     "RIP: 0010:0x0\nCode: Bad RIP value.\nCall Trace:\n"
		     " teapot_poll+0x1/0x2\n do_sys_poll+0x1/0x2\n",
		     "BUG: unable to handle kernel NULL pointer dereference in "
		     "teapot_poll");
}

static void functions_of_rust_and_cpp_are_shown_as_in_the_source(void **state)
{
	expect_title(state,
		     "BUG: unable to handle page fault for address: ffff\n"
		     "RIP: 0010:_RNvNtCs9jEwPDbx20M_4core9panicking9panic_fmt"
		     "+0x1/0x2\nCall Trace:\n"
		     " _RNvXs1_CscPPBqWtAqum_11ashmem_rustNtB5_6AshmemNtNtCs43"
		     "vyB533jt3_6kernel10miscdevice10MiscDevice4mmap+0x1/0x2\n"
		     " mmap_region+0x1/0x2\n",
		     "BUG: unable to handle kernel paging request in "
		     "<ashmem_rust::Ashmem as kernel::miscdevice::MiscDevice>"
		     "::mmap");
	expect_title(state,
		     "BUG: unable to handle page fault for address: ffff\n"
		     "RIP: 0010:_ZN6teapot4pourEiPc+0x1/0x2\nCall Trace:\n"
		     " teapot_open+0x1/0x2\n do_syscall_64+0x1/0x2\n",
		     "BUG: unable to handle kernel paging request in "
		     "teapot::pour");
}

static void a_fault_injections_stack_makes_a_report_corrupted(void **state)
{
	static const char console[] =
		"general protection fault: 0000 [#1]\n"
		" should_fail+0x1/0x2\n should_failslab+0x1/0x2\n"
		" __kmalloc+0x1/0x2\n teapot_fill+0x1/0x2\n"
		"RIP: 0010:teapot_lid+0x1/0x2\nCall Trace:\n"
		" teapot_open+0x1/0x2\n do_syscall_64+0x1/0x2\n";
	struct scan *scan = scan_of(*state, console, strlen(console), 0);
	const struct report *report = scan_report(scan, 0);

	assert_non_null(report);
	assert_string_equal(report->title,
			    "general protection fault in teapot_fill");
	assert_true(report->corrupted);
	scan_free(scan);
}

static void a_system_call_loses_its_prefix(void **state)
{
	expect_title(state,
		     "WARNING: CPU: 0 PID: 7 at fs/teapot.c:12 "
		     "__do_sys_brew+0x1/0x2\nRIP: 0010:__do_sys_brew+0x1/0x2\n"
		     "Call Trace:\n do_syscall_64+0x1/0x2\n"
		     " entry_SYSCALL_64+0x1/0x2\n",
		     "WARNING in brew");
}

static void clean_consoles_and_harmless_notices_are_no_crash(void **state)
{
	expect_title(state, "", "");
	expect_title(state, "[    0.1] Linux version 6.1\n\nlogin: ", "");
	expect_title(state, "ODEBUG: selftest passed\n", "");
	expect_title(state, "INFO: lockdep is turned off.\n", "");
	expect_title(state,
		     "BUG: bad thing\n"
		     "** replaying previous printk message **\n",
		     "");
}

static void a_title_without_a_format_is_the_line_itself(void **state)
{
	expect_title(state, "[  1.5] WARNING: teapot 1234 is at 0xffff1234\n",
		     "WARNING: teapot NUM is at ADDR");
	expect_title(state, "BUG:\n", "BUG: corrupted");
	expect_title(state, "Kernel panic - not syncing: no tea\n",
		     "kernel panic: no tea");
}

static void a_report_without_frames_is_corrupted(void **state)
{
	static const char text[] = "kernel BUG at fs/teapot.c:1!\nCall "
				   "Trace:\n";
	struct scan *scan = scan_of(*state, text, strlen(text), 0);
	const struct report *report = scan_report(scan, 0);

	assert_string_equal(report->title, "kernel BUG in corrupted");
	assert_true(report->corrupted);
	assert_non_null(report->why);
	scan_free(scan);
}

/* Is the report of a warning with this stack sound? */
static bool sound(void **state, const char *stack)
{
	char console[512];
	struct scan *scan;
	const struct report *report;
	bool ret;

	snprintf(console, sizeof(console),
		 "WARNING: CPU: 0 PID: 1 at fs/teapot.c:1 teapot_lid+0x1/0x2\n"
		 "RIP: 0010:teapot_lid+0x1/0x2\nCall Trace:\n%s",
		 stack);
	scan = scan_of(*state, console, strlen(console), 0);
	report = scan_report(scan, 0);
	ret = report && !report->corrupted;
	scan_free(scan);
	return ret;
}

static void a_stack_has_two_frames_or_says_that_it_is_another(void **state)
{
	assert_true(sound(state, " teapot_open+0x1/0x2\n"
				 " do_syscall_64+0x1/0x2\n"));
	assert_true(sound(state, "<Same stack as pid 7>\nCode: 00\n"));
	assert_false(sound(state, " teapot_open+0x1/0x2\n"));
	assert_false(sound(state, "Code: 00\nModules:\n"));
}

static void each_crash_of_a_console_has_its_report(void **state)
{
	static const char text[] =
		"[  1.1][ T1] WARNING: tea\n[  1.2][ T2] INFO: pot\n"
		"[  1.3][ T1] Kernel panic - not syncing: panic_on_warn set\n";
	struct scan *scan = scan_of(*state, text, strlen(text), 1);

	assert_true(scan_crashed(scan));
	assert_int_equal(scan_count(scan), 3);
	assert_string_equal(scan_report(scan, 0)->title, "WARNING: tea");
	assert_string_equal(scan_report(scan, 1)->title, "INFO: pot");
	assert_string_equal(scan_report(scan, 2)->title,
			    "kernel panic: panic_on_warn set");
	assert_true(scan_report(scan, 0)->panicked);
	assert_int_equal(scan_report(scan, 0)->end, strlen(text) - 1);
	scan_free(scan);
}

static void a_crash_can_be_looked_at_before_the_console_ends(void **state)
{
	struct scan *scan = scan_new(*state, 4);
	struct report report;

	scan_feed(scan, "all is well\n", 12);
	assert_false(scan_crashed(scan));
	assert_false(scan_look(scan, 0, &report));
	scan_feed(scan, use_after_free, strlen(use_after_free));
	assert_true(scan_crashed(scan));
	assert_true(scan_look(scan, 0, &report));
	assert_string_equal(report.frame, "teapot_pour");
	report_release(&report);
	scan_free(scan);
}

/* The same reports, whatever the pieces: titles and places. */
static void expect_same(const struct rules *rules, const char *text,
			size_t length)
{
	struct scan *whole = scan_of(rules, text, length, 0);
	static const unsigned pieces[] = { 1, 3, 1000 };

	for (size_t i = 0; i < 3; i++) {
		struct scan *cut = scan_of(rules, text, length, pieces[i]);

		assert_int_equal(scan_count(cut), scan_count(whole));
		for (size_t k = 0; k < scan_count(cut); k++) {
			const struct report *a = scan_report(whole, k);
			const struct report *b = scan_report(cut, k);

			assert_string_equal(a->title, b->title);
			assert_int_equal(a->start, b->start);
			assert_int_equal(a->end, b->end);
			assert_string_equal(a->text, b->text);
		}
		scan_free(cut);
	}
	scan_free(whole);
}

static void any_bytes_in_any_pieces_give_the_same(void **state)
{
	static const char *const words[] = {
		"BUG: ",
		"WARNING: ",
		"INFO: ",
		"\n",
		"\n",
		"[  1.2][ T1] ",
		"[    1.5] ",
		"\r",
		"\x1b[31m",
		"\x80\xff",
		" foo+0x1/0x2\n",
		"Call Trace:\n",
		"KASAN: use-after-free in bar\n",
		"? ",
		"Read of size 8\n",
		"[<",
		">] ",
		"task ",
		" login: ",
		"<4>",
	};
	struct buf text;
	uint32_t seed = 1;

	for (int round = 0; round < 50; round++) {
		buf_init(&text, 0);
		for (int i = 0; i < 400; i++) {
			seed = seed * 1103515245 + 12345;
			if ((seed >> 16) % 23 < 20)
				buf_puts(&text, words[(seed >> 16) % 23 % 20]);
			else
				buf_add(&text, "\0", 1);
		}
		expect_same(*state, text.text, text.length);
		buf_release(&text);
	}
}

static void a_line_without_end_costs_no_memory(void **state)
{
	struct scan *scan = scan_new(*state, 4);
	char *piece = xmalloc(1 << 20);

	memset(piece, 'x', 1 << 20);
	for (int i = 0; i < 10; i++)
		scan_feed(scan, piece, 1 << 20);
	scan_feed(scan, "\n", 1);
	scan_feed(scan, use_after_free, strlen(use_after_free));
	for (int i = 0; i < 10; i++)
		scan_feed(scan, piece, 1 << 20);
	scan_end(scan);
	assert_int_equal(scan_count(scan), 1);
	assert_string_equal(scan_report(scan, 0)->frame, "teapot_pour");
	assert_in_range(scan_report(scan, 0)->text_length, 1, SCAN_AFTER * 2);
	free(piece);
	scan_free(scan);
}

static void no_more_reports_are_kept_than_asked_for(void **state)
{
	struct scan *scan = scan_new(*state, 3);

	for (int i = 0; i < 10000; i++)
		scan_feed(scan, "WARNING: again\n", 15);
	scan_end(scan);
	assert_int_equal(scan_count(scan), 3);
	scan_free(scan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_crash_has_its_title_and_type),
		cmocka_unit_test(a_use_after_free_is_titled_with_its_function),
		cmocka_unit_test(
			functions_of_the_kernels_plumbing_are_not_to_blame),
		cmocka_unit_test(a_page_fault_names_where_it_stood),
		cmocka_unit_test(a_hung_task_skips_what_only_waits),
		cmocka_unit_test(a_stall_is_titled_by_what_was_dispatched),
		cmocka_unit_test(a_stall_in_a_point_of_dispatch_is_its_own),
		cmocka_unit_test(a_jump_to_nowhere_is_the_callers),
		cmocka_unit_test(
			functions_of_rust_and_cpp_are_shown_as_in_the_source),
		cmocka_unit_test(
			a_fault_injections_stack_makes_a_report_corrupted),
		cmocka_unit_test(a_system_call_loses_its_prefix),
		cmocka_unit_test(
			clean_consoles_and_harmless_notices_are_no_crash),
		cmocka_unit_test(a_title_without_a_format_is_the_line_itself),
		cmocka_unit_test(a_report_without_frames_is_corrupted),
		cmocka_unit_test(
			a_stack_has_two_frames_or_says_that_it_is_another),
		cmocka_unit_test(each_crash_of_a_console_has_its_report),
		cmocka_unit_test(
			a_crash_can_be_looked_at_before_the_console_ends),
		cmocka_unit_test(any_bytes_in_any_pieces_give_the_same),
		cmocka_unit_test(a_line_without_end_costs_no_memory),
		cmocka_unit_test(no_more_reports_are_kept_than_asked_for),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, load_rules, free_rules);
}
