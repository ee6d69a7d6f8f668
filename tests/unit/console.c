/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/console.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/rules.h"
#include "oops/rules.h"
#include "run/diagnosis.h"
#include "run/tidy.h"
#include "run/watch.h"

#define CRASH  "(BUG: .*|KASAN: .*)"
#define IGNORE "known noise"
#define BOOT   "^login:"

/* What a console has shown. */
struct view {
	enum console_seen seen;
	bool booted;
	int count;
	int64_t at[2]; /* where the first crashes begin */
	int64_t kernel_at;
	char title[CRASH_TITLE_MAX + 1]; /* of the first crash */
};

static void look(const struct console *console, struct view *view)
{
	struct sight sight;

	console_look(console, &sight);
	*view = (struct view){ .seen = sight.seen,
			       .booted = console->booted,
			       .count = sight.crash_count,
			       .at = { sight.at[0], sight.at[1] },
			       .kernel_at = console->kernel_at };
	if (sight.crash_count > 0)
		str_copy(view->title, sizeof(view->title),
			 sight.crashes[0].title);
	sight_release(&sight);
}

/* What one shows that comes in chunks of so many bytes. */
static void see_by(const struct console_spec *spec, struct view *view,
		   const char *bytes, size_t length, size_t chunk)
{
	struct console_rules *rules;
	struct console console;

	assert_int_equal(console_rules_new(spec, &rules, NULL), 0);
	console_init(&console, rules);
	for (size_t i = 0; i < length; i += chunk) {
		size_t left = length - i;

		console_feed(&console, bytes + i, left < chunk ? left : chunk);
	}
	console_end(&console);
	look(&console, view);
	console_release(&console);
	console_rules_free(rules);
}

static void see_bytes(struct view *view, const char *bytes, size_t length,
		      size_t chunk)
{
	see_by(&(struct console_spec){ .crash = CRASH,
				       .ignore = IGNORE,
				       .boot = BOOT },
	       view, bytes, length, chunk);
}

static void see(struct view *view, const char *console)
{
	see_bytes(view, console, strlen(console), 65536);
}

/* With this expression for crashes only. */
static void see_with(const char *crash, struct view *view, const char *console)
{
	see_by(&(struct console_spec){ .crash = crash }, view, console,
	       strlen(console), 65536);
}

/*
 * A watch over a console on which something is written all the time.
 */

struct watched {
	struct watch *watch;
	uv_timer_t writer;
	int turns;
	char told[CRASH_TITLE_MAX + 1];
};

/* Not the title that is ignored, long after somebody looked for one to tell. */
static void write_on(uv_timer_t *timer)
{
	struct watched *watched = timer->data;

	if (++watched->turns == 12)
		watch_feed(watched->watch, "BUG: real\n", 10);
	watch_feed(watched->watch, "busy\n", 5);
}

static void hear(void *data, const char *title)
{
	struct watched *watched = data;

	str_copy(watched->told, sizeof(watched->told), title);
}

/*
 * libuv goes on with a timer that is due at once before anything else: one that
 * found nothing to tell must not be that.
 */
static void an_ignored_crash_does_not_stop_the_loop(void **state)
{
	struct watched watched = { .turns = 0 };
	struct console_rules *rules;
	uv_loop_t loop;

	(void)state;
	assert_int_equal(
		console_rules_new(&(struct console_spec){ .crash = CRASH,
							  .ignore = "noise" },
				  &rules, NULL),
		0);
	uv_loop_init(&loop);
	watched.watch =
		watch_new(&loop, &(struct watch_spec){ .rules = rules,
						       .settle_ms = 60 * 1000,
						       .seen = hear,
						       .data = &watched });
	watched.writer.data = &watched;
	uv_timer_init(&loop, &watched.writer);
	uv_timer_start(&watched.writer, write_on, 50, 50);
	watch_feed(watched.watch, "BUG: noise\n", 11);
	alarm(60); /* a loop that is stuck would never come back */
	for (int i = 0; i < 1000 && !*watched.told; i++)
		uv_run(&loop, UV_RUN_ONCE);
	alarm(0);
	assert_true(watched.turns >= 12);
	assert_string_equal(watched.told, "BUG: real");
	uv_close((uv_handle_t *)&watched.writer, NULL);
	watch_free(watched.watch);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	console_rules_free(rules);
}

static void the_title_is_the_first_group(void **state)
{
	struct view view;

	(void)state;
	see(&view,
	    "[ 1.0] hello\n[ 1.2] BUG: soft lockup\n[ 1.3] BUG: later\n");
	assert_int_equal(view.seen, SEEN_CRASH);
	assert_string_equal(view.title, "BUG: soft lockup");
}

static void without_a_group_the_title_is_what_matched(void **state)
{
	struct view view;

	(void)state;
	see_with("oops [0-9]+", &view, "an oops 42 here\n");
	assert_string_equal(view.title, "oops 42");
	assert_true(view.booted);
}

static void a_group_that_took_no_part_falls_back_to_the_match(void **state)
{
	static const char crash[] = "panic( [a-z]+)?|x*$";
	struct view view;

	(void)state;
	see_with(crash, &view, "a panic\n");
	assert_string_equal(view.title, "panic");
	see_with(crash, &view, "nothing\n");
	assert_int_equal(view.seen, SEEN_CRASH);
	assert_string_equal(view.title, "crash");
}

static void lines_may_come_in_pieces(void **state)
{
	struct view view;
	static const char console[] = "login: \r\nBUG: in pieces\r\nend";

	(void)state;
	for (size_t chunk = 1; chunk < sizeof(console); chunk++) {
		see_bytes(&view, console, strlen(console), chunk);
		assert_string_equal(view.title, "BUG: in pieces");
		assert_true(view.booted);
	}
}

static void the_last_line_needs_no_newline(void **state)
{
	struct view view;

	(void)state;
	see(&view, "BUG: cut sho");
	assert_string_equal(view.title, "BUG: cut sho");
}

static void a_later_crash_beats_an_ignored_one(void **state)
{
	struct view view;

	(void)state;
	see(&view, "BUG: known noise 1\nBUG: known noise 2\n");
	assert_int_equal(view.seen, SEEN_IGNORED);
	assert_string_equal(view.title, "BUG: known noise 1");
	see(&view, "BUG: known noise\nBUG: real\nBUG: known noise\n");
	assert_int_equal(view.seen, SEEN_CRASH);
	assert_string_equal(view.title, "BUG: real");
	assert_int_equal(view.count, 1);
	assert_int_equal(view.at[0], 17);
}

static void all_crashes_are_told_in_order_each_title_once(void **state)
{
	struct view view;

	(void)state;
	see(&view, "BUG: a\nBUG: b\nBUG: a\n");
	assert_int_equal(view.count, 2);
	assert_int_equal(view.at[0], 0);
	assert_int_equal(view.at[1], 7);
	assert_string_equal(view.title, "BUG: a");
}

static void a_kernels_crashes_are_found_but_its_own_start_is_none(void **state)
{
	static const char console[] =
		"[    0.000000][    T0] Booting the kernel.\n"
		"login: \n"
		"[   41.1][    C0] WARNING: CPU: 0 PID: 1 at mm/x.c:7 f+0x1/2\n"
		"[   41.2][    C0] RIP: 0010:first_one+0x12/0x40\n"
		"[   41.2][    C0] Call Trace:\n"
		"[   41.2][    C0]  second_one+0x1/0x2\n"
		"[   41.2][    C0]  third_one+0x1/0x2\n"
		"[   42.0][    C0] Kernel panic - not syncing: Fatal\n";
	struct error err = ERROR_INIT;
	struct rules *oops = rules_load(NULL, 0, &err);
	struct view view;

	(void)state;
	assert_non_null(oops);
	see_by(&(struct console_spec){ .oops = oops,
				       .kernel = true,
				       .boot = BOOT },
	       &view, console, strlen(console), 7);
	assert_int_equal(view.seen, SEEN_CRASH);
	assert_true(view.booted);
	assert_string_equal(view.title, "WARNING in first_one");
	assert_int_equal(view.count, 2);
	assert_ptr_equal(console + view.at[0], strstr(console, "[   41.1]"));
	assert_ptr_equal(console + view.at[1], strstr(console, "[   42.0]"));
	assert_int_equal(view.kernel_at, -1);
	rules_free(oops);
}

static void what_is_there_so_far_can_be_looked_at(void **state)
{
	static const char console[] = "BUG: soft lockup - CPU#1 stuck for 22s\n"
				      "RIP: 0010:busy+0x1/0x2\n";
	struct error err = ERROR_INIT;
	struct rules *oops = rules_load(NULL, 0, &err);
	struct console_rules *rules;
	struct console now;
	struct view view;

	(void)state;
	assert_int_equal(
		console_rules_new(&(struct console_spec){ .oops = oops,
							  .kernel = true },
				  &rules, &err),
		0);
	console_init(&now, rules);
	assert_int_equal(console_count(&now), 0);
	console_feed(&now, console, strlen(console));
	assert_int_equal(console_count(&now), 1);
	look(&now, &view);
	assert_int_equal(view.seen, SEEN_CRASH);
	assert_int_equal(strncmp(view.title, "BUG: soft lockup in ", 20), 0);
	console_release(&now);
	console_rules_free(rules);
	rules_free(oops);
}

static void numbers_do_not_make_titles_differ(void **state)
{
	struct error err = ERROR_INIT;
	struct rules *oops = rules_load(NULL, 0, &err);
	struct view view;

	(void)state;
	see_by(&(struct console_spec){ .oops = oops, .crash = CRASH }, &view,
	       "BUG: at 0xdeadbeef for 17 s\n", 28, 100);
	assert_string_equal(view.title, "BUG: at ADDR for NUM s");
	rules_free(oops);
}

static void booting_is_seen_by_its_line(void **state)
{
	struct view view;

	(void)state;
	see(&view, "no login: here\n");
	assert_false(view.booted);
	see(&view, "starting\nlogin: \n");
	assert_true(view.booted);
	assert_int_equal(view.seen, SEEN_NOTHING);
}

static void a_long_line_counts_by_its_first_bytes(void **state)
{
	struct view view;
	char *line = xmalloc(10000001);

	(void)state;
	memset(line, 'x', 10000000);
	memcpy(line + LINES_MAX - 9, "BUG: near!", 10);
	line[10000000] = '\n';
	see_bytes(&view, line, 10000001, 1000);
	assert_string_equal(view.title, "BUG: near");
	memset(line, 'x', 10000000);
	memcpy(line + LINES_MAX, "BUG: far", 8);
	see_bytes(&view, line, 10000001, 65536);
	assert_int_equal(view.seen, SEEN_NOTHING);
	free(line);
}

static void the_next_line_starts_anew_after_a_long_one(void **state)
{
	struct view view;
	struct buf lines;

	(void)state;
	buf_init(&lines, 0);
	for (int i = 0; i < 5000; i++)
		buf_putc(&lines, 'x');
	buf_puts(&lines, "\nBUG: next\n");
	see_with("^(BUG.*)", &view, lines.text);
	assert_string_equal(view.title, "BUG: next");
	buf_release(&lines);
}

static void a_title_is_bounded_and_harmless(void **state)
{
	struct view view;
	static const char nasty[] =
		"BUG: \033[31mred\0 \xff\xc0\xaf \xc2\x9b \xc3\xa9\t\x7f.\n";
	struct buf line;

	(void)state;
	see_bytes(&view, nasty, sizeof(nasty) - 1, 65536);
	assert_string_equal(view.title, "BUG: ?[31mred? ??? ? \xc3\xa9??.");
	buf_init(&line, 0);
	buf_puts(&line, "BUG: ");
	for (int i = 0; i < 200; i++)
		buf_puts(&line, "\xe2\x82\xac");
	see(&view, line.text);
	/* 5 + 65 * 3 = 200 */
	assert_int_equal(strlen(view.title), 200);
	buf_clear(&line);
	buf_puts(&line, "BUG: x");
	for (int i = 0; i < 200; i++)
		buf_puts(&line, "\xe2\x82\xac");
	see(&view, line.text);
	assert_int_equal(strlen(view.title), 198);
	buf_release(&line);
}

static void a_title_cut_inside_a_character_is_mended(void **state)
{
	struct view view;

	(void)state;
	setlocale(LC_ALL, "C");
	see_with("BUG(..)", &view, "BUGx\xc3\xa9\n");
	assert_string_equal(view.title, "x?");
}

static void tidying_knows_utf8(void **state)
{
	static const struct {
		const char *in;
		const char *out;
	} cases[] = {
		{ "plain", "plain" },
		{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x9b",
		  "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x9b" },
		{ "\xe2\x82", "??" },		/* cut */
		{ "\xc0\x80", "??" },		/* overlong */
		{ "\xe0\x9f\xbf", "???" },	/* overlong */
		{ "\xed\xa0\x80", "???" },	/* surrogate */
		{ "\xf4\x90\x80\x80", "????" }, /* above U+10FFFF */
		{ "\xf0\x8f\xbf\xbf", "????" }, /* overlong */
		{ "\xe2\x28\xa1", "?(?" },
		{ "a\rb\r", "ab" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[16];

		memcpy(text, cases[i].in, strlen(cases[i].in));
		assert_int_equal(tidy_utf8(text, strlen(cases[i].in)),
				 strlen(cases[i].out));
		assert_string_equal(text, cases[i].out);
	}
}

/* Plain text is passed over by eights; what is odd may stand anywhere in it. */
static void tidying_misses_nothing_between_plain_text(void **state)
{
	static const struct {
		const char *in, *out;
		size_t length;
	} odd[] = {
		{ "\xc3\xa9", "\xc3\xa9", 2 },
		{ "\xff", "?", 1 },
		{ "\r", "", 1 },
		{ "", "?", 1 },
		{ "\x80\r\xff", "??", 3 },
		{ "\x0c\x7f", "\x0c\x7f", 2 },
	};
	char text[80], wanted[80];

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		for (int before = 0; before < 20; before++) {
			for (int behind = 0; behind < 20; behind++) {
				size_t length = odd[i].length;

				memset(text, 'e', sizeof(text));
				memcpy(text + before, odd[i].in, length);
				length += (size_t)(before + behind);
				snprintf(wanted, sizeof(wanted), "%.*s%s%.*s",
					 before, "eeeeeeeeeeeeeeeeeeee",
					 odd[i].out, behind,
					 "eeeeeeeeeeeeeeeeeeee");
				assert_int_equal(tidy_utf8(text, length),
						 strlen(wanted));
				assert_string_equal(text, wanted);
			}
		}
	}
}

static void any_bytes_are_survived(void **state)
{
	struct view view;
	char noise[8192];
	unsigned int seed = 7;

	(void)state;
	for (int round = 0; round < 200; round++) {
		for (size_t i = 0; i < sizeof(noise); i++) {
			seed = seed * 1103515245 + 12345;
			noise[i] = (char)(seed >> 16);
		}
		memcpy(noise + 1000 + round, "\nBUG: ", 6);
		see_bytes(&view, noise, sizeof(noise), 1 + (size_t)round * 7);
		assert_int_equal(view.seen, SEEN_CRASH);
		assert_true(strlen(view.title) <= CRASH_TITLE_MAX);
		for (const char *byte = view.title; *byte; byte++)
			assert_true((unsigned char)*byte >= 0x20);
	}
}

static void a_bad_expression_is_named(void **state)
{
	struct console_rules *rules;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(
		console_rules_new(&(struct console_spec){ .crash = "x",
							  .ignore = "a(b" },
				  &rules, &err),
		-1);
	assert_int_equal(err.code, ERROR_INPUT);
	assert_string_equal(err.text, "ignore: 'a(b' is no regular expression: "
				      "Unmatched ( or \\(");
}

/* What a build's output tells, in one text. */
static void diagnose(const char *output, struct buf *out)
{
	struct diagnosis diagnosis;

	diagnosis_init(&diagnosis, "/tmp/tree");
	diagnosis_feed(&diagnosis, output, strlen(output));
	diagnosis_end(&diagnosis);
	diagnosis_errors(&diagnosis, out);
	diagnosis_release(&diagnosis);
}

static void complaints_are_found_among_other_lines(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	diagnose("  CC a.o\n"
		 "/tmp/tree/a.c:1:2: error: no\tway\n"
		 "   1 | int\n"
		 "a.c:9:1: fatal error: x.h: No such file\n"
		 "/tmp/tree/a.c:1:2: error: no\tway\n"
		 "ld: /tmp/tree/a.o: in /tmp/tree/a.c: undefined reference\n"
		 "ld: multiple definition of `a'\n"
		 "make: *** No rule to make target '\033x'.  Stop.\n"
		 "make: *** [Makefile:1: all] Error 2\n",
		 &out);
	assert_string_equal(out.text,
			    "a.c:1:2: error: no way\n"
			    "a.c:9:1: fatal error: x.h: No such file\n"
			    "ld: a.o: in a.c: undefined reference\n"
			    "ld: multiple definition of `a'\n"
			    "make: *** No rule to make target '?x'.  Stop.");
	buf_release(&out);
}

static void without_complaints_the_last_lines_count(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	diagnose("1\n2\n3\n\n4\n5\n6\n7\n \t\n8\n9\n10\n11\n12", &out);
	assert_string_equal(out.text, "3\n4\n5\n6\n7\n8\n9\n10\n11\n12");
	buf_clear(&out);
	diagnose("\n\n", &out);
	assert_string_equal(out.text, "");
	buf_release(&out);
}

static void a_diagnosis_is_bounded(void **state)
{
	struct buf output, out;

	(void)state;
	buf_init(&output, 0);
	buf_init(&out, 0);
	for (int i = 0; i < 1000; i++) {
		buf_printf(&output, "error: %d ", i);
		for (int j = 0; j < 500; j++)
			buf_puts(&output, "long");
		buf_putc(&output, '\n');
	}
	diagnose(output.text, &out);
	assert_int_equal(out.length,
			 DIAGNOSIS_ERRORS * (DIAGNOSIS_LINE + 1) - 1);
	buf_release(&output);
	buf_release(&out);
}

/* Of a machine that is told to boot between the two. */
static void see_restarted(const struct rules *oops, struct view *view,
			  bool *started, const char *before, const char *after)
{
	const struct console_spec spec = { .oops = oops, .kernel = true };
	struct console_rules *rules;
	struct console console;

	assert_int_equal(console_rules_new(&spec, &rules, NULL), 0);
	console_init(&console, rules);
	console_feed(&console, before, strlen(before));
	console_restart(&console, true);
	console_feed(&console, after, strlen(after));
	*started = console.began;
	look(&console, view);
	console_release(&console);
	console_rules_free(rules);
}

#define OLD   "[  9.0] BUG: soft lockup - CPU#1 stuck for 22s!\n"
#define START "[  0.0] Linux version 6.1.0\n"
#define NEW                                        \
	"[  5.0] WARNING: CPU: 0 PID: 1 at a.c:1 " \
	"new_one+0x1/0x2\n"

static void what_stands_before_a_restart_is_of_another_kernel(void **state)
{
	struct rules *oops = rules_load(NULL, 0, NULL);
	struct view view;
	bool started;

	(void)state;
	assert_non_null(oops);
	see_restarted(oops, &view, &started, OLD, OLD);
	assert_false(started);
	assert_int_equal(view.seen, SEEN_NOTHING);
	see_restarted(oops, &view, &started, OLD, OLD START);
	assert_true(started);
	assert_int_equal(view.seen, SEEN_NOTHING);
	see_restarted(oops, &view, &started, OLD, OLD START NEW);
	assert_int_equal(view.count, 1);
	assert_non_null(strstr(view.title, "WARNING in "));
	/* A second start is one that nobody ordered. */
	see_restarted(oops, &view, &started, "", START "Booting the kernel.\n");
	assert_string_equal(view.title, "unexpected kernel reboot");
	rules_free(oops);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_stands_before_a_restart_is_of_another_kernel),
		cmocka_unit_test(an_ignored_crash_does_not_stop_the_loop),
		cmocka_unit_test(the_title_is_the_first_group),
		cmocka_unit_test(without_a_group_the_title_is_what_matched),
		cmocka_unit_test(
			a_group_that_took_no_part_falls_back_to_the_match),
		cmocka_unit_test(lines_may_come_in_pieces),
		cmocka_unit_test(the_last_line_needs_no_newline),
		cmocka_unit_test(a_later_crash_beats_an_ignored_one),
		cmocka_unit_test(all_crashes_are_told_in_order_each_title_once),
		cmocka_unit_test(
			a_kernels_crashes_are_found_but_its_own_start_is_none),
		cmocka_unit_test(what_is_there_so_far_can_be_looked_at),
		cmocka_unit_test(numbers_do_not_make_titles_differ),
		cmocka_unit_test(booting_is_seen_by_its_line),
		cmocka_unit_test(a_long_line_counts_by_its_first_bytes),
		cmocka_unit_test(the_next_line_starts_anew_after_a_long_one),
		cmocka_unit_test(a_title_is_bounded_and_harmless),
		cmocka_unit_test(a_title_cut_inside_a_character_is_mended),
		cmocka_unit_test(tidying_knows_utf8),
		cmocka_unit_test(tidying_misses_nothing_between_plain_text),
		cmocka_unit_test(any_bytes_are_survived),
		cmocka_unit_test(a_bad_expression_is_named),
		cmocka_unit_test(complaints_are_found_among_other_lines),
		cmocka_unit_test(without_complaints_the_last_lines_count),
		cmocka_unit_test(a_diagnosis_is_bounded),
	};

	setlocale(LC_ALL, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
