/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

static struct buf out;

static unsigned flags;

static const char *clean_bytes(const char *bytes, size_t length, int columns)
{
	buf_clear(&out);
	text_clean(&out, bytes, length, columns, flags);
	return out.text;
}

/* Marks as { and }, and colours as p, r..., so that they can be read. */
static const char *clean(const char *text)
{
	clean_bytes(text, strlen(text), 200);
	for (size_t i = 0; i < out.length; i++) {
		if (out.text[i] >= TEXT_COLOUR_PLAIN &&
		    out.text[i] <= TEXT_COLOUR_PLAIN + 8)
			out.text[i] =
				"PKRGYBMCW"[out.text[i] - TEXT_COLOUR_PLAIN];
		if (out.text[i] == TEXT_MARK_ON)
			out.text[i] = '{';
		if (out.text[i] == TEXT_MARK_OFF)
			out.text[i] = '}';
	}
	return out.text;
}

static void plain_text_stays_as_it_is(void **state)
{
	(void)state;
	assert_string_equal(clean("BUG: KASAN in foo+0x1/0x2"),
			    "BUG: KASAN in foo+0x1/0x2");
	assert_string_equal(clean(""), "");
	assert_string_equal(clean("Grüße, 中文, žluťoučký"),
			    "Grüße, 中文, žluťoučký");
}

static void control_characters_become_visible(void **state)
{
	(void)state;
	assert_string_equal(clean("a\001b\033"), "a{^A}b{^[}");
	assert_string_equal(clean("\177\a\n"), "{^?^G^J}");
	assert_string_equal(clean_bytes("a\0b", 3, 10), "a\001^@\002b");
}

static void c1_controls_become_visible_in_both_forms(void **state)
{
	(void)state;
	assert_string_equal(clean("\x9b"
				  "31m"),
			    "{<9b>}31m");
	assert_string_equal(clean("\xc2\x9b"
				  "31m"),
			    "{<9b>}31m");
}

static void bytes_that_are_not_utf8_become_visible(void **state)
{
	(void)state;
	assert_string_equal(clean("\xff\xfe"), "{<ff><fe>}");
	assert_string_equal(clean("\xc0\xaf"), "{<c0><af>}"); /* overlong */
	assert_string_equal(clean("\xe0\x80\xaf"), "{<e0><80><af>}");
	assert_string_equal(clean("\xed\xa0\x80"), "{<ed><a0><80>}");
	assert_string_equal(clean("\xf5\x80\x80\x80"), "{<f5><80><80><80>}");
	assert_string_equal(clean("ab\xe4\xb8"), "ab{<e4><b8>}"); /* cut */
}

static void characters_that_deceive_become_visible(void **state)
{
	(void)state;
	assert_string_equal(clean("a\xe2\x80\xae"
				  "b"),
			    "a{<U+202E>}b");
	assert_string_equal(clean("\xe2\x80\x8b"), "{<U+200B>}");
	assert_string_equal(clean("\xe2\x81\xa6"), "{<U+2066>}");
	assert_string_equal(clean("\xef\xbb\xbf"), "{<U+FEFF>}");
	assert_string_equal(clean("\xee\x80\x80"), "{<U+E000>}");
	assert_string_equal(clean("\xf3\xa0\x81\x81"), "{<U+E0041>}");
	assert_string_equal(clean("\xf0\x9d\x85\xb3"), "{<U+1D173>}");
	assert_string_equal(clean("\xf4\x8f\xbf\xbf"), "{<U+10FFFF>}");
}

static void escape_sequences_are_swallowed(void **state)
{
	(void)state;
	assert_string_equal(clean("\033[1;31mred\033[0m"), "red");
	assert_string_equal(clean("\033[?25l\033[2J\033[Hx"), "x");
	assert_string_equal(clean("\033]0;title\ax"), "x");
	assert_string_equal(clean("\033]52;c;aGk=\033\\x"), "x");
	assert_string_equal(clean("\033P1$r\033\\\033_a\033\\\033^b\033\\"
				  "\033Xc\033\\x"),
			    "x");
	assert_string_equal(clean("\033(B\033=\033cx"), "x");
}

static void what_is_no_whole_sequence_is_shown(void **state)
{
	static char endless[6000];

	(void)state;
	assert_string_equal(clean("\033[31"), "{^[}[31");
	assert_string_equal(clean("\033]0;title"), "{^[}]0;title");
	assert_string_equal(clean("\033]0;a\033[0mb"), "{^[}]0;ab");
	memset(endless, 'x', sizeof(endless) - 1);
	memcpy(endless, "\033]0;", 4);
	endless[sizeof(endless) - 2] = '\a';
	assert_memory_equal(clean(endless), "{^[}]0;xxx", 10);
}

static void a_carriage_return_overwrites_the_line(void **state)
{
	(void)state;
	assert_string_equal(clean("10%\r20%\r100%"), "100%");
	assert_string_equal(clean("abcdef\rxy"), "xycdef");
	assert_string_equal(clean("line\r"), "line");
	assert_string_equal(clean("ab\bc"), "ac");
	assert_string_equal(clean("\b\b\bx"), "x");
}

static void tabs_go_to_every_eighth_column(void **state)
{
	(void)state;
	assert_string_equal(clean("\tx"), "        x");
	assert_string_equal(clean("abc\tx"), "abc     x");
	assert_string_equal(clean("\xe4\xb8\xad\tx"), "\xe4\xb8\xad      x");
}

static void combining_characters_stay_with_their_base(void **state)
{
	struct text_reader reader;
	struct text_cell cell;

	(void)state;
	reader = (struct text_reader){ .next = clean("e\xcc\x81x") };
	assert_true(text_next(&reader, &cell));
	assert_string_equal(cell.bytes, "e\xcc\x81");
	assert_int_equal(cell.width, 1);
	assert_true(text_next(&reader, &cell));
	assert_string_equal(cell.bytes, "x");
	assert_false(text_next(&reader, &cell));
	assert_string_equal(clean("\xcc\x81"), " \xcc\x81");
	/* of many on one base, four are kept */
	assert_string_equal(clean("a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"
				  "\xcc\x81"),
			    "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81");
}

static void width_counts_cells_not_bytes(void **state)
{
	(void)state;
	assert_int_equal(text_width("abc"), 3);
	assert_int_equal(text_width("中文"), 4);
	assert_int_equal(text_width("e\xcc\x81"), 1);
	assert_int_equal(text_width("a\001^[\002b"), 4);
}

static void a_long_line_is_cut_at_the_limit(void **state)
{
	char *line = malloc(1 << 20);

	(void)state;
	memset(line, 'a', 1 << 20);
	assert_int_equal(strlen(clean_bytes(line, 1 << 20, 80)), 80);
	memset(line, '\033', 1 << 20);
	assert_int_equal(text_width(clean_bytes(line, 1 << 20, 80)), 80);
	memset(line, '\t', 1 << 20);
	assert_int_equal(strlen(clean_bytes(line, 1 << 20, 80)), 80);
	memset(line, '\b', 1 << 20);
	assert_string_equal(clean_bytes(line, 1 << 20, 80), "");
	free(line);
}

static void of_an_endless_line_the_first_64_kib_are_read(void **state)
{
	size_t length = 10 << 20;
	char *line = malloc(length);

	(void)state;
	memset(line, 'a', length);
	/* what would overwrite all of it stands behind */
	memcpy(line + length - 4, "\rbbb", 4);
	assert_string_equal(clean_bytes(line, length, 4), "aaaa");
	assert_int_equal(strlen(clean_bytes(line, length, (int)length)),
			 TEXT_LINE_MAX);
	free(line);
}

static void colours_are_told_to_those_who_ask(void **state)
{
	(void)state;
	assert_string_equal(clean("\033[31mred"), "red");
	flags = TEXT_COLOUR;
	assert_string_equal(clean("a\033[31mred\033[0mb"), "aRredPb");
	assert_string_equal(clean("\033[1;32mx\033[my"), "GxPy");
	assert_string_equal(clean("\033[93mx\033[39m"), "YxP");
	assert_string_equal(clean("\033[38;5;4mx\033[38;5;12my"), "BxyP");
	/* one of the 256 that is none of the eight, a mixed one, a ground */
	assert_string_equal(clean("\033[38;5;200mx\033[38;2;31;32;33my"
				  "\033[48;5;31mz\033[41;5mz"),
			    "xyzz");
	assert_string_equal(clean("\033[48;2;1;2;3;36mx"), "CxP");
	assert_string_equal(clean("\033[;;35;mx\033[35mx"), "xMxP");
	/* only a whole one counts, and only its own numbers */
	assert_string_equal(clean("\033[31"), "{^[}[31");
	assert_string_equal(clean("\033[?31mx\033[99999999999mx"), "xx");
	assert_string_equal(clean("\033[31mx\033[?0my\033[4:0mz"), "RxyzP");
	assert_string_equal(clean("\033[31m\001"), "{R^A}P");
	/* also where the line is overwritten */
	assert_string_equal(clean("abc\r\033[31mx"), "RxPbc");
	flags = 0;
}

static void a_reader_is_told_colours_and_marks(void **state)
{
	struct text_reader reader;
	struct text_cell cell;

	(void)state;
	flags = TEXT_COLOUR;
	clean_bytes("\033[36mx\001\033[my", 11, 10);
	flags = 0;
	reader = (struct text_reader){ .next = out.text };
	assert_true(text_next(&reader, &cell));
	assert_int_equal(cell.colour, 7);
	assert_false(cell.mark);
	assert_true(text_next(&reader, &cell));
	assert_true(cell.mark);
	assert_true(text_next(&reader, &cell));
	assert_true(text_next(&reader, &cell));
	assert_string_equal(cell.bytes, "y");
	assert_int_equal(cell.colour, 0);
	assert_false(cell.mark);
	assert_false(text_next(&reader, &cell));
}

static void a_copy_is_cut_between_cells(void **state)
{
	char text[8];

	(void)state;
	assert_string_equal(text_copy(text, sizeof(text), "abc", false), "abc");
	assert_string_equal(text_copy(text, sizeof(text), "中文字典", false),
			    "中");
	assert_string_equal(text_copy(text, sizeof(text), "\xff", false),
			    "\001<ff>\002");
	assert_string_equal(text_copy(text, sizeof(text), "ü中x", true), "??x");
}

static void a_copy_may_be_of_the_first_line(void **state)
{
	char text[8];

	(void)state;
	assert_string_equal(text_copy_line(text, sizeof(text), "ab\nc", false),
			    "ab");
	assert_string_equal(text_copy_line(text, sizeof(text), "abc", false),
			    "abc");
	assert_string_equal(text_copy_line(text, sizeof(text), "\nabc", false),
			    "");
	assert_string_equal(text_copy_line(text, sizeof(text), NULL, false),
			    "");
}

static char any_byte(unsigned int *seed, int round)
{
	*seed = *seed * 1103515245 + 12345;
	if (round % 3 == 0 && *seed % 5 == 0)
		return "\033[]P\\a\r\b\t;0m\xe2\x80"[*seed / 7 % 14];
	return (char)(*seed >> 16);
}

/* A line is written in two ways: with a pen that goes back, and without. */
static void going_back_at_the_end_changes_nothing(void **state)
{
	unsigned int seed = 7;
	struct buf straight;

	(void)state;
	buf_init(&straight, 0);
	flags = TEXT_COLOUR;
	for (int round = 0; round < 20000; round++) {
		char bytes[41];

		for (size_t i = 0; i < 40; i++) {
			do
				bytes[i] = any_byte(&seed, round);
			while (bytes[i] == '\r' || bytes[i] == '\b');
		}
		bytes[40] = '\b';
		buf_clear(&straight);
		text_clean(&straight, bytes, 40, round % 60, flags);
		clean_bytes(bytes, 41, round % 60);
		assert_string_equal(straight.text, out.text);
	}
	flags = 0;
	buf_release(&straight);
}

/* Any bytes: printable, of known width, and the same when cleaned again. */
static void no_bytes_come_out_raw(void **state)
{
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char bytes[40];
		struct text_reader reader;
		struct text_cell cell;
		int width = 0;

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = any_byte(&seed, round);
		reader.next = clean_bytes(bytes, sizeof(bytes), 60);
		reader.mark = false;
		while (text_next(&reader, &cell)) {
			assert_true((unsigned char)cell.bytes[0] >= 0x20);
			assert_true(cell.bytes[0] != 0x7f);
			assert_in_range(cell.width, 1, 2);
			width += cell.width;
		}
		assert_false(reader.mark);
		assert_int_equal(width, text_width(out.text));
		assert_true(width <= 120);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays_as_it_is),
		cmocka_unit_test(control_characters_become_visible),
		cmocka_unit_test(c1_controls_become_visible_in_both_forms),
		cmocka_unit_test(bytes_that_are_not_utf8_become_visible),
		cmocka_unit_test(characters_that_deceive_become_visible),
		cmocka_unit_test(escape_sequences_are_swallowed),
		cmocka_unit_test(what_is_no_whole_sequence_is_shown),
		cmocka_unit_test(a_carriage_return_overwrites_the_line),
		cmocka_unit_test(tabs_go_to_every_eighth_column),
		cmocka_unit_test(combining_characters_stay_with_their_base),
		cmocka_unit_test(width_counts_cells_not_bytes),
		cmocka_unit_test(a_long_line_is_cut_at_the_limit),
		cmocka_unit_test(of_an_endless_line_the_first_64_kib_are_read),
		cmocka_unit_test(colours_are_told_to_those_who_ask),
		cmocka_unit_test(a_reader_is_told_colours_and_marks),
		cmocka_unit_test(a_copy_is_cut_between_cells),
		cmocka_unit_test(a_copy_may_be_of_the_first_line),
		cmocka_unit_test(going_back_at_the_end_changes_nothing),
		cmocka_unit_test(no_bytes_come_out_raw),
	};
	int failed;

	setlocale(LC_CTYPE, "C.UTF-8");
	buf_init(&out, 0);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_release(&out);
	return failed;
}
