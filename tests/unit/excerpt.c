/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "control/excerpt.h"
#include "control/rules.h"
#include "oops/rules.h"
#include "tests/unit/scratch.h"

static const char warning[] =
	"[   11.100000][  T300] ------------[ cut here ]------------\n"
	"[   11.100101][  T300] WARNING: CPU: 0 PID: 300 at drivers/misc/"
	"other.c:42 other_probe+0x5c/0x90\n"
	"[   11.100202][  T300] Modules linked in:\n"
	"[   11.100303][  T300] RIP: 0010:other_probe+0x5c/0x90\n"
	"[   11.100404][  T300] Call Trace:\n"
	"[   11.100505][  T300]  <TASK>\n"
	"[   11.100606][  T300]  really_ready+0x10/0x20\n"
	"[   11.100808][  T300]  </TASK>\n";
static const char bug[] =
	"[   12.000000][  T311] kernel BUG at drivers/misc/ring.c:7!\n"
	"[   12.000101][  T311] RIP: 0010:ring_release+0x1c/0x90\n"
	"[   12.000202][  T311] Call Trace:\n"
	"[   12.000303][  T311]  __fput+0x1f5/0x650\n"
	"[   12.000404][  T311] ---[ end trace 0 ]---\n";
static const char quiet[] = "[   10.000000][    T1] all is well\n";

struct place {
	char *folder, *path;
	struct rules *rules;
	struct buf console, out;
};

static int begin(void **state)
{
	struct place *place = xcalloc(1, sizeof(*place));

	place->folder = scratch_make();
	place->path = xasprintf("%s/0.console", place->folder);
	place->rules = rules_load(NULL, 0, NULL);
	assert_non_null(place->rules);
	buf_init(&place->console, 0);
	buf_init(&place->out, 0);
	*state = place;
	return 0;
}

static int end(void **state)
{
	struct place *place = *state;

	rules_free(place->rules);
	buf_release(&place->console);
	buf_release(&place->out);
	scratch_remove(place->folder);
	free(place->path);
	free(place);
	return 0;
}

static void cut(struct place *place, const char *title, enum excerpt wanted)
{
	FILE *file = fopen(place->path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(place->console.text, 1, place->console.length,
				file),
			 place->console.length);
	fclose(file);
	buf_clear(&place->out);
	assert_int_equal(excerpt_cut(place->path, place->rules, title,
				     &place->out),
			 wanted);
}

static void the_report_of_that_title_is_cut_out(void **state)
{
	struct place *place = *state;

	for (int i = 0; i < 100; i++)
		buf_puts(&place->console, quiet);
	buf_puts(&place->console, warning);
	buf_puts(&place->console, bug);
	for (int i = 0; i < 5000; i++)
		buf_puts(&place->console, quiet);
	cut(place, "WARNING in other_probe", EXCERPT_REPORT);
	assert_non_null(strstr(place->out.text, "other.c:42"));
	cut(place, "kernel BUG in ring_release", EXCERPT_REPORT);
	assert_non_null(strstr(place->out.text, "kernel BUG at"));
	assert_non_null(strstr(place->out.text, "__fput"));
}

static void before_the_crash_stand_five_lines(void **state)
{
	struct place *place = *state;

	for (int i = 0; i < 100; i++)
		buf_printf(&place->console, "[   10.%06d][  T311] line %d\n", i,
			   i);
	buf_puts(&place->console, bug);
	cut(place, "kernel BUG in ring_release", EXCERPT_REPORT);
	assert_int_equal(strncmp(place->out.text, "line 95\nline 96\n", 16), 0);
	assert_null(strstr(place->out.text, "line 94"));
}

/* As ARCH=um has it, with the function and without a stack. */
static void registers_before_the_crash_are_shown_whole(void **state)
{
	struct place *place = *state;

	for (int i = 0; i < 100; i++)
		buf_printf(&place->console, "[    0.%06d] line %d\n", i, i);
	buf_puts(&place->console,
		 "[    0.39] Pid: 25, comm: cat Not tainted 6.1.192\n"
		 "[    0.39] RIP: 0033:loadavg_proc_show+0x5d/0x125\n");
	for (int i = 0; i < 6; i++)
		buf_printf(&place->console, "[    0.39] R%d: 0\n", i);
	buf_puts(&place->console,
		 "[    0.39] Kernel panic - not syncing: Kernel mode fault at "
		 "addr 0x0, ip 0x600eb47a\n");
	cut(place, "kernel panic: Kernel mode fault at addr 0x0, ip ADDR",
	    EXCERPT_REPORT);
	assert_int_equal(strncmp(place->out.text, "Pid: 25, comm: cat", 18), 0);
	assert_non_null(strstr(place->out.text, "loadavg_proc_show"));
	assert_null(strstr(place->out.text, "line 99"));
}

static void without_such_a_report_the_end_is_shown(void **state)
{
	struct place *place = *state;

	for (int i = 0; i < 2000; i++)
		buf_printf(&place->console, "line %d\n", i);
	cut(place, "Segmentation fault", EXCERPT_END);
	assert_int_equal(strncmp(place->out.text, "line 1970\n", 10), 0);
	assert_non_null(strstr(place->out.text, "\nline 1999\n"));
	cut(place, NULL, EXCERPT_END);
}

static void a_short_console_is_shown_whole(void **state)
{
	struct place *place = *state;

	buf_puts(&place->console, "one\n\ntwo");
	cut(place, "Segmentation fault", EXCERPT_END);
	assert_string_equal(place->out.text, "one\n\ntwo\n");
}

static void the_kernel_says_what_it_is(void **state)
{
	struct place *place = *state;

	buf_puts(&place->console,
		 "SeaBIOS\r\nBooting\r\n"
		 "[    0.000000] Linux version 6.1.192 (me@here) "
		 "(gcc 12.2.0) #1\r\n[    0.1] Linux version 2\n");
	cut(place, NULL, EXCERPT_END);
	buf_clear(&place->out);
	assert_true(excerpt_banner(place->path, &place->out));
	assert_string_equal(place->out.text,
			    "Linux version 6.1.192 (me@here) (gcc 12.2.0) #1");
	buf_clear(&place->console);
	buf_puts(&place->console, "Linux version ");
	for (int i = 0; i < 9000; i++)
		buf_puts(&place->console, "long ");
	cut(place, NULL, EXCERPT_END);
	buf_clear(&place->out);
	assert_true(excerpt_banner(place->path, &place->out));
	assert_int_equal(place->out.length, 400);
	buf_clear(&place->console);
	buf_puts(&place->console, "no kernel\n");
	cut(place, NULL, EXCERPT_END);
	assert_false(excerpt_banner(place->path, &place->out));
	assert_false(excerpt_banner("/nonexistent", &place->out));
}

static void a_console_that_was_cleaned_away_is_gone(void **state)
{
	struct place *place = *state;

	cut(place, "kernel BUG in ring_release", EXCERPT_GONE);
	assert_string_equal(place->out.text, "");
	unlink(place->path);
	assert_int_equal(excerpt_cut(place->path, place->rules, "x",
				     &place->out),
			 EXCERPT_GONE);
}

static void a_long_report_is_bounded(void **state)
{
	struct place *place = *state;

	buf_puts(&place->console, bug);
	buf_puts(&place->console, "[   12.100000][  T311] Call Trace:\n");
	for (int i = 0; i < 1500; i++)
		buf_printf(&place->console,
			   "[   12.100000][  T311]  function_%d+0x1/0x2\n", i);
	cut(place, "kernel BUG in ring_release", EXCERPT_REPORT);
	assert_true(place->out.length < 40 * 1024);
	assert_non_null(strstr(place->out.text, "\n[...]\n"));
}

static void lines_of_ten_megabytes_are_bounded(void **state)
{
	struct place *place = *state;

	while (place->console.length < 10 * 1024 * 1024)
		buf_puts(&place->console, "kernel BUG at \xff\x01 ");
	cut(place, "Segmentation fault", EXCERPT_END);
	assert_true(place->out.length < 40 * 1024);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_report_of_that_title_is_cut_out),
		TEST(before_the_crash_stand_five_lines),
		TEST(registers_before_the_crash_are_shown_whole),
		TEST(without_such_a_report_the_end_is_shown),
		TEST(a_short_console_is_shown_whole),
		TEST(the_kernel_says_what_it_is),
		TEST(a_console_that_was_cleaned_away_is_gone),
		TEST(a_long_report_is_bounded),
		TEST(lines_of_ten_megabytes_are_bounded),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
