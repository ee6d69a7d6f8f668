/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/argv.h"
#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/gitenv.h"
#include "base/io.h"
#include "base/json.h"
#include "base/str.h"

/* error */

static void an_error_says_what_failed_and_is_minus_one(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(err.code, ERROR_NONE);
	assert_string_equal(err.text, "");
	assert_int_equal(error_set(&err, ERROR_INPUT, "no commit '%s'", "x"),
			 -1);
	assert_int_equal(err.code, ERROR_INPUT);
	assert_string_equal(err.text, "no commit 'x'");
}

static void nobody_has_to_want_the_error(void **state)
{
	(void)state;
	assert_int_equal(error_set(NULL, ERROR_GIT, "%d", 1), -1);
	assert_int_equal(error_errno(NULL, "%d", 1), -1);
	assert_int_equal(error_prefix(NULL, "%d", 1), -1);
}

static void a_system_error_ends_with_the_systems_words(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	errno = ENOENT;
	assert_int_equal(error_errno(&err, "cannot open '%s'", "f"), -1);
	assert_int_equal(err.code, ERROR_SYSTEM);
	assert_string_equal(err.text,
			    "cannot open 'f': No such file or directory");
}

static void a_disk_that_is_full_is_an_error_with_advice(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	errno = ENOSPC;
	error_errno(&err, "cannot write '%s'", "f");
	assert_string_equal(err.text,
			    "cannot write 'f': No space left on device; make "
			    "room there");
	assert_string_equal(error_advice("error: unable to write file big"),
			    "; if its disk is full, make room there");
	assert_string_equal(error_advice("unable to read tree"), "");
}

static void context_goes_in_front_and_the_code_stays(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	error_set(&err, ERROR_STORE, "disk full");
	assert_int_equal(error_prefix(&err, "cannot write '%s'", "s.db"), -1);
	assert_int_equal(error_prefix(&err, "run %d", 3), -1);
	assert_int_equal(err.code, ERROR_STORE);
	assert_string_equal(err.text, "run 3: cannot write 's.db': disk full");
}

static void a_text_that_is_too_long_is_cut(void **state)
{
	struct error err = ERROR_INIT;
	char text[2 * sizeof(err.text)];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	error_set(&err, ERROR_INPUT, "%s", text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	error_prefix(&err, "in");
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	assert_memory_equal(err.text, "in: xxx", 7);
	error_prefix(&err, "%s", text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	assert_int_equal(strspn(err.text, "x"), sizeof(err.text) - 1);
	errno = EPERM;
	error_errno(&err, "%s", text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
}

/* array */

static void an_array_grows_and_keeps_what_it_holds(void **state)
{
	struct {
		int *items;
		size_t count, room;
	} list = { NULL, 0, 0 };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		array_grow(list.items, list.count + 1, &list.room);
		list.items[list.count++] = i;
		assert_true(list.room >= list.count);
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(list.items[i], i);
	free(list.items);
}

/* argv */

static void a_list_of_words_ends_with_null_at_any_time(void **state)
{
	static const char *const more[] = { "d", "e", NULL };
	struct argv argv = ARGV_INIT;

	(void)state;
	assert_int_equal(argv_count((const char *const *)argv.items), 0);
	argv_add(&argv, "a b");
	assert_null(argv.items[1]);
	argv_take(&argv, xstrdup("c"));
	argv_add_all(&argv, NULL);
	argv_add_all(&argv, more);
	assert_int_equal(argv_count((const char *const *)argv.items), 4);
	assert_string_equal(argv.items[0], "a b");
	assert_string_equal(argv.items[1], "c");
	assert_string_equal(argv.items[3], "e");
	assert_null(argv.items[4]);
	argv_free(argv.items);
}

static void a_copied_list_is_never_null(void **state)
{
	static const char *const two[] = { "a", "b", NULL };
	char **copy = argv_copy(two), **none = argv_copy(NULL);

	(void)state;
	assert_string_equal(copy[1], "b");
	assert_null(copy[2]);
	assert_null(none[0]);
	argv_free(copy);
	argv_free(none);
	argv_free(NULL);
}

static void variables_that_name_a_repository_are_known(void **state)
{
	(void)state;
	assert_true(gitenv_has("GIT_DIR=/x"));
	assert_true(gitenv_has("GIT_INDEX_FILE="));
	assert_false(gitenv_has("GIT_DIRECTORY=/x"));
	assert_false(gitenv_has("GIT_DIR"));
	assert_false(gitenv_has("GIT_AUTHOR_NAME=me"));
}

/* buf */

static void a_buf_is_always_a_string(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 0);
	assert_string_equal(buf.text, "");
	buf_puts(&buf, "runs");
	buf_putc(&buf, ':');
	buf_printf(&buf, " %d of %s", 3, "ten");
	buf_add(&buf, "!?", 1);
	assert_string_equal(buf.text, "runs: 3 of ten!");
	assert_int_equal(buf.length, strlen("runs: 3 of ten!"));
	assert_false(buf.cut);
	buf_clear(&buf);
	assert_string_equal(buf.text, "");
	assert_int_equal(buf.length, 0);
	buf_release(&buf);
}

static void a_buf_holds_any_bytes_and_may_be_given_none(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 0);
	buf_add(&buf, NULL, 0);
	buf_add(&buf, "a\0\xff", 3);
	buf_puts(&buf, "b");
	assert_int_equal(buf.length, 4);
	assert_memory_equal(buf.text,
			    "a\0\xff"
			    "b",
			    5);
	buf_release(&buf);
}

static void a_buf_without_a_limit_takes_a_lot(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 0);
	for (int i = 0; i < 100000; i++)
		buf_puts(&buf, "0123456789");
	assert_int_equal(buf.length, 1000000);
	assert_int_equal(strlen(buf.text), 1000000);
	assert_false(buf.cut);
	buf_release(&buf);
}

static void what_is_past_the_limit_is_dropped_and_said(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 5);
	buf_puts(&buf, "12345");
	assert_false(buf.cut); /* just full */
	buf_add(&buf, "", 0);
	assert_false(buf.cut);
	buf_putc(&buf, '6');
	assert_true(buf.cut);
	assert_string_equal(buf.text, "12345");
	buf_clear(&buf);
	assert_false(buf.cut);
	buf_printf(&buf, "%s-%s", "abc", "def");
	assert_true(buf.cut);
	assert_string_equal(buf.text, "abc-d");
	assert_int_equal(buf.length, 5);
	buf_release(&buf);
}

static void a_limited_buf_never_asks_for_more_memory_than_it_may_hold(
	void **state)
{
	struct buf buf;
	char chunk[1000];

	(void)state;
	memset(chunk, 'x', sizeof(chunk));
	buf_init(&buf, 4096);
	for (int i = 0; i < 1000; i++)
		buf_add(&buf, chunk, sizeof(chunk));
	assert_int_equal(buf.length, 4096);
	assert_true(buf.room <= 2 * 4096);
	buf_release(&buf);
}

static void a_text_that_is_taken_leaves_a_buf_that_works(void **state)
{
	struct buf buf;
	char *text;

	(void)state;
	buf_init(&buf, 4);
	buf_puts(&buf, "first");
	text = buf_take(&buf);
	assert_string_equal(text, "firs");
	assert_false(buf.cut);
	assert_string_equal(buf.text, "");
	buf_puts(&buf, "second"); /* the limit stays */
	assert_string_equal(buf.text, "seco");
	assert_string_equal(text, "firs");
	free(text);
	buf_release(&buf);
}

/* str */

static void strings_are_compared_and_null_equals_only_null(void **state)
{
	(void)state;
	assert_true(str_equal("a", "a"));
	assert_false(str_equal("a", "A"));
	assert_false(str_equal("a", NULL));
	assert_false(str_equal(NULL, "a"));
	assert_false(str_equal(NULL, ""));
	assert_true(str_equal(NULL, NULL));
	assert_true(str_starts("v6.1", "v"));
	assert_true(str_starts("v6.1", ""));
	assert_false(str_starts("v", "v6"));
	assert_true(str_ends("a.log", ".log"));
	assert_true(str_ends("a.log", ""));
	assert_false(str_ends("log", ".log"));
	assert_false(str_ends("a.log.gz", ".log"));
	assert_true(str_empty(NULL));
	assert_true(str_empty(""));
	assert_false(str_empty(" "));
}

static void a_number_is_decimal_and_nothing_else(void **state)
{
	static const char *const wrong[] = {
		"",    "-",    "+5",  " 5",  "5 ",
		"5x",  "0x10", "1.0", "--1", "- 1",
		"\n1", "1e3",  "one", "９",  "9223372036854775808",
	};
	int64_t number;

	(void)state;
	assert_true(str_number("42", 0, 100, &number));
	assert_int_equal(number, 42);
	assert_true(str_number("-7", -10, 10, &number));
	assert_int_equal(number, -7);
	assert_true(str_number("007", 0, 10, &number));
	assert_int_equal(number, 7);
	assert_true(str_number("9223372036854775807", 0, INT64_MAX, &number));
	assert_true(number == INT64_MAX);
	assert_true(str_number("-9223372036854775808", INT64_MIN, 0, &number));
	assert_true(number == INT64_MIN);
	number = 99;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (str_number(wrong[i], INT64_MIN, INT64_MAX, &number))
			fail_msg("'%s' was taken for a number", wrong[i]);
	assert_false(str_number(NULL, 0, 9, &number));
	assert_int_equal(number, 99); /* not touched */
}

static void a_number_lies_between_its_bounds(void **state)
{
	int64_t number = 99;

	(void)state;
	assert_false(str_number("0", 1, 10, &number));
	assert_false(str_number("11", 1, 10, &number));
	assert_int_equal(number, 99);
	assert_true(str_number("1", 1, 10, &number));
	assert_int_equal(number, 1);
	assert_true(str_number("10", 1, 10, &number));
	assert_int_equal(number, 10);
}

static void hexadecimal_is_in_lower_case(void **state)
{
	(void)state;
	assert_true(str_hex("0123456789abcdef"));
	assert_false(str_hex("ABC"));
	assert_false(str_hex("12g"));
	assert_false(str_hex(""));
	assert_false(str_hex(NULL));
}

static void a_copy_is_cut_to_its_place(void **state)
{
	char out[4];

	(void)state;
	assert_ptr_equal(str_copy(out, sizeof(out), "ab"), out);
	assert_string_equal(out, "ab");
	assert_string_equal(str_copy(out, sizeof(out), "abcdef"), "abc");
	assert_string_equal(str_copy(out, 1, "abcdef"), "");
}

static void a_list_of_names_is_cut_to_its_place(void **state)
{
	char out[9] = "";

	(void)state;
	assert_string_equal(str_list(out, sizeof(out), "ab"), "ab");
	assert_string_equal(str_list(out, sizeof(out), "cd"), "ab, cd");
	assert_string_equal(str_list(out, sizeof(out), "ef"), "ab, cd, ");
	assert_string_equal(str_list(out, sizeof(out), "gh"), "ab, cd, ");
}

static void durations_read_as_a_clock_does(void **state)
{
	char out[24];

	(void)state;
	assert_string_equal(str_duration(out, 0), "0:00");
	assert_string_equal(str_duration(out, 7999), "0:07");
	assert_string_equal(str_duration(out, 60000), "1:00");
	assert_string_equal(str_duration(out, 3599999), "59:59");
	assert_string_equal(str_duration(out, 3600000), "1:00:00");
	assert_string_equal(str_duration(out, 6790000), "1:53:10");
	assert_string_equal(str_duration(out, 100 * 3600000LL), "100:00:00");
	assert_string_equal(str_duration(out, -5), "0:00"); /* clock set back */
	assert_string_equal(str_duration(out, INT64_MAX),
			    "2562047788015:12:55");
}

/* json */

static struct buf out;
static struct json json;

static int json_begin(void **state)
{
	(void)state;
	buf_init(&out, 0);
	json_init(&json, &out);
	return 0;
}

static int json_end(void **state)
{
	(void)state;
	buf_release(&out);
	return 0;
}

static void json_places_its_own_commas(void **state)
{
	(void)state;
	json_open_object(&json, NULL);
	json_text(&json, "state", "found");
	json_number(&json, "left", -3);
	json_bool(&json, "fix", false);
	json_null(&json, "bad");
	json_open_array(&json, "steps");
	json_open_object(&json, NULL);
	json_close_object(&json);
	json_open_object(&json, NULL);
	json_text(&json, "runs", NULL);
	json_close_object(&json);
	json_number(&json, NULL, 1);
	json_bool(&json, NULL, true);
	json_close_array(&json);
	json_open_array(&json, "none");
	json_close_array(&json);
	json_real(&json, "confidence", 0.25);
	json_close_object(&json);
	assert_string_equal(out.text,
			    "{\"state\":\"found\",\"left\":-3,\"fix\":false,"
			    "\"bad\":null,\"steps\":[{},{\"runs\":null},1,"
			    "true],\"none\":[],\"confidence\":0.25}");
}

static const char *quoted(const char *text)
{
	buf_clear(&out);
	json_init(&json, &out);
	json_text(&json, NULL, text);
	return out.text;
}

static void quotes_and_control_bytes_are_escaped(void **state)
{
	(void)state;
	assert_string_equal(quoted(""), "\"\"");
	assert_string_equal(quoted("a \"b\" \\c/"), "\"a \\\"b\\\" \\\\c/\"");
	assert_string_equal(quoted("1\n2\t3\r4"), "\"1\\n2\\t3\\u000d4\"");
	assert_string_equal(quoted("\x1b[31m\x01\x1f\x7f"),
			    "\"\\u001b[31m\\u0001\\u001f\\u007f\"");
}

static void every_control_byte_is_escaped_and_no_other(void **state)
{
	(void)state;
	for (int c = 1; c < 128; c++) {
		char text[2] = { (char)c, '\0' };
		bool escaped = quoted(text)[1] == '\\';

		assert_int_equal(escaped, c < 0x20 || c == 0x7f || c == '"' ||
						  c == '\\');
	}
}

#define EDGES                                                       \
	"\xc2\xa0 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 " \
	"\xef\xbf\xbf \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"

static void what_a_terminal_could_obey_is_escaped(void **state)
{
	(void)state;
	assert_string_equal(quoted("\xc2\x9b"
				   "31m"),
			    "\"\\u009b31m\"");
	assert_string_equal(quoted("\xe2\x80\xae"), "\"\\u202e\"");
	assert_string_equal(quoted("\xe2\x81\xa9"), "\"\\u2069\"");
	assert_string_equal(quoted("\xc2\xa0\xe2\x81\xaa"),
			    "\"\xc2\xa0\xe2\x81\xaa\"");
}

static void utf8_passes_as_it_is(void **state)
{
	(void)state;
	assert_string_equal(quoted("Jörg 牛 🐧"), "\"Jörg 牛 🐧\"");
	/* the first and the last of each length, and around the surrogates */
	assert_string_equal(quoted(EDGES), "\"" EDGES "\"");
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
	static const struct {
		const char *bytes, *json;
	} cases[] = {
		{ "\xff", "\"\\ufffd\"" },
		{ "\x80", "\"\\ufffd\"" },	      /* a tail alone */
		{ "\xc3", "\"\\ufffd\"" },	      /* cut short */
		{ "\xe2\x82", "\"\\ufffd\\ufffd\"" }, /* cut short */
		{ "\xf0\x9f\x90", "\"\\ufffd\\ufffd\\ufffd\"" },
		{ "\xc0\xaf", "\"\\ufffd\\ufffd\"" }, /* overlong / */
		{ "\xc1\xbf", "\"\\ufffd\\ufffd\"" },
		{ "\xe0\x80\x8a", "\"\\ufffd\\ufffd\\ufffd\"" },
		{ "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"" }, /* U+D800 */
		{ "\xf4\x90\x80\x80",				 /* U+110000 */
		  "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
		{ "\xc3(", "\"\\ufffd(\"" },
		{ "\xe2\x82\"", "\"\\ufffd\\ufffd\\\"\"" },
		{ "caf\xe9 \xc3\xa9", "\"caf\\ufffd \xc3\xa9\"" }, /* latin1 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(quoted(cases[i].bytes), cases[i].json);
}

static void keys_are_quoted_like_any_text(void **state)
{
	(void)state;
	json_bool(&json, "a\"\n\xff", true);
	assert_string_equal(out.text, "\"a\\\"\\n\\ufffd\":true");
}

static void the_widest_numbers_fit(void **state)
{
	(void)state;
	json_number(&json, NULL, INT64_MIN);
	json_number(&json, NULL, INT64_MAX);
	json_real(&json, NULL, 1e300);
	assert_string_equal(out.text,
			    "-9223372036854775808,9223372036854775807,1e+300");
}

static void a_real_that_is_no_number_is_null(void **state)
{
	(void)state;
	json_real(&json, "a", (double)NAN);
	json_real(&json, "b", (double)INFINITY);
	json_real(&json, "c", (double)-INFINITY);
	assert_string_equal(out.text, "\"a\":null,\"b\":null,\"c\":null");
}

static void sizes_read_as_a_person_says_them(void **state)
{
	char size[24];

	(void)state;
	assert_string_equal(str_size(size, 0), "0 bytes");
	assert_string_equal(str_size(size, 999), "999 bytes");
	assert_string_equal(str_size(size, 1000), "1.0 kB");
	assert_string_equal(str_size(size, 999949), "999.9 kB");
	assert_string_equal(str_size(size, 999950), "1.0 MB");
	assert_string_equal(str_size(size, 104800000), "104.8 MB");
	assert_string_equal(str_size(size, 5000000000000000), "5000.0 TB");
}

/* io */

/* A pipe with this in it, and nobody who writes any more. */
static int pipe_of(const char *bytes, size_t length)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(io_write(ends[1], bytes, length), 0);
	close(ends[1]);
	return ends[0];
}

static void all_bytes_are_read_as_far_as_they_fit(void **state)
{
	struct buf all, some;
	int fd = pipe_of("one\0two", 7);

	(void)state;
	buf_init(&all, 0);
	assert_int_equal(io_read_all(fd, &all), 0);
	assert_int_equal(all.length, 7);
	assert_memory_equal(all.text, "one\0two", 7);
	assert_false(all.cut);
	close(fd);
	buf_release(&all);

	fd = pipe_of("one two", 7);
	buf_init(&some, 3);
	assert_int_equal(io_read_all(fd, &some), 0);
	assert_string_equal(some.text, "one");
	assert_true(some.cut);
	close(fd);
	buf_release(&some);
}

static void what_cannot_be_read_is_named(void **state)
{
	struct error err = ERROR_INIT;
	struct buf none;

	(void)state;
	buf_init(&none, 0);
	assert_int_equal(io_load("/no/such/file", &none, &err), -1);
	assert_int_equal(errno, ENOENT);
	assert_string_equal(
		err.text,
		"cannot read '/no/such/file': No such file or directory");
	assert_int_equal(io_load("/", &none, &err), -1);
	assert_int_equal(errno, EISDIR);
	buf_release(&none);
}

static void what_cannot_be_written_ends_the_pump(void **state)
{
	int from = pipe_of("one two", 7), ends[2];
	char bytes[8] = "";

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(io_pump(from, ends[1]), 0);
	assert_int_equal(io_read(ends[0], bytes, sizeof(bytes)), 7);
	assert_string_equal(bytes, "one two");
	close(from);

	from = pipe_of("three", 5);
	assert_int_equal(io_pump(from, ends[0]), -1); /* no end to write to */
	assert_int_equal(errno, EBADF);
	close(from);
	close(ends[0]);
	close(ends[1]);
}

#define json_test(name) \
	cmocka_unit_test_setup_teardown(name, json_begin, json_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_says_what_failed_and_is_minus_one),
		cmocka_unit_test(nobody_has_to_want_the_error),
		cmocka_unit_test(a_system_error_ends_with_the_systems_words),
		cmocka_unit_test(a_disk_that_is_full_is_an_error_with_advice),
		cmocka_unit_test(context_goes_in_front_and_the_code_stays),
		cmocka_unit_test(a_text_that_is_too_long_is_cut),
		cmocka_unit_test(an_array_grows_and_keeps_what_it_holds),
		cmocka_unit_test(a_list_of_words_ends_with_null_at_any_time),
		cmocka_unit_test(a_copied_list_is_never_null),
		cmocka_unit_test(variables_that_name_a_repository_are_known),
		cmocka_unit_test(a_buf_is_always_a_string),
		cmocka_unit_test(a_buf_holds_any_bytes_and_may_be_given_none),
		cmocka_unit_test(a_buf_without_a_limit_takes_a_lot),
		cmocka_unit_test(what_is_past_the_limit_is_dropped_and_said),
		cmocka_unit_test(
			a_limited_buf_never_asks_for_more_memory_than_it_may_hold),
		cmocka_unit_test(a_text_that_is_taken_leaves_a_buf_that_works),
		cmocka_unit_test(
			strings_are_compared_and_null_equals_only_null),
		cmocka_unit_test(a_number_is_decimal_and_nothing_else),
		cmocka_unit_test(a_number_lies_between_its_bounds),
		cmocka_unit_test(hexadecimal_is_in_lower_case),
		cmocka_unit_test(a_copy_is_cut_to_its_place),
		cmocka_unit_test(a_list_of_names_is_cut_to_its_place),
		cmocka_unit_test(durations_read_as_a_clock_does),
		cmocka_unit_test(sizes_read_as_a_person_says_them),
		cmocka_unit_test(all_bytes_are_read_as_far_as_they_fit),
		cmocka_unit_test(what_cannot_be_read_is_named),
		cmocka_unit_test(what_cannot_be_written_ends_the_pump),
		json_test(json_places_its_own_commas),
		json_test(quotes_and_control_bytes_are_escaped),
		json_test(every_control_byte_is_escaped_and_no_other),
		json_test(what_a_terminal_could_obey_is_escaped),
		json_test(utf8_passes_as_it_is),
		json_test(bytes_that_are_not_utf8_are_replaced),
		json_test(keys_are_quoted_like_any_text),
		json_test(the_widest_numbers_fit),
		json_test(a_real_that_is_no_number_is_null),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
