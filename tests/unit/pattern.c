/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "oops/pattern.h"

/* Linked with the classifier and base alone: the walls hold. */

/* What the first catch of the pattern's first match is; "-" for no match. */
static const char *caught(const char *pattern, const char *text)
{
	static char out[80];
	const char *why = NULL;
	struct pattern *made = pattern_new(pattern, &why);
	struct match match;

	assert_non_null(made);
	memset(out, 0, sizeof(out));
	out[0] = '-';
	if (pattern_find(made, text, strlen(text), 0, &match)) {
		out[0] = '\0';
		if (match.count > 0)
			memcpy(out, text + match.catches[0].start,
			       match.catches[0].length);
	}
	pattern_free(made);
	return out;
}

static void a_literal_is_found_where_it_stands(void **state)
{
	(void)state;
	assert_string_equal(caught("BUG: ", "well BUG: here"), "");
	assert_string_equal(caught("BUG: ", "BUG here"), "-");
}

static void a_function_is_caught(void **state)
{
	(void)state;
	assert_string_equal(caught("RIP: 0010:{f}+", "RIP: 0010:tea_pot+0x1/2"),
			    "tea_pot");
}

static void any_text_takes_as_little_as_fits(void **state)
{
	(void)state;
	assert_string_equal(caught("task {*}:", "task one:two:three"), "one");
	assert_string_equal(caught("task {*}:", "task one\n:"), "-");
}

static void each_gap_takes_what_it_says(void **state)
{
	static const char *const cases[][3] = {
		{ "a{...}b{w}", "a\n\nbcd e", "cd" },
		{ "a{..3}b", "a12b", "12" },
		{ "a{..3}b", "a1234b", "-" },
		{ "in {F}", "in tea in pot+0x1", "pot" },
		{ "in {F}", "in 12+0x1", "-" },
		{ "{n}=", "a-b_2=", "b_2" },
		{ "is {d}", "is 042x", "042" },
		{ "0x{x6}", "0x12345 0xabcdef0", "abcdef0" },
		{ "{a|bc|}d", "bcd", "bc" },
		{ "x{a|}d", "xd", "" },
		{ "x{_}{w}", "x \t y", "y" },
		{ "{^}b{w}", "ab\nbc", "c" },
		{ "a{w}{$}", "ab c\nad\n", "d" },
		{ "{b}b{d}{b}", "ab1 b2c b3", "3" },
		{ "{s}{d}", "12 a3 _4", "4" },
		{ "\\*{w}\\{", "*a*b {", "-" },
		{ "\\*{w} \\{", "a *b {", "b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(caught(cases[i][0], cases[i][1]),
				    cases[i][2]);
}

static void literals_are_known_by_their_beginning(void **state)
{
	const char *why = NULL;
	struct pattern *edge = pattern_new("{^}{b}tea*", &why);
	struct pattern *gap = pattern_new("{_}tea", &why);

	(void)state;
	assert_string_equal(pattern_prefix(edge), "tea");
	assert_string_equal(pattern_prefix(gap), "");
	pattern_free(edge);
	pattern_free(gap);
}

/* Each of its gaps can end at each place: the steps would be millions. */
static void a_hard_pattern_gives_up(void **state)
{
	const char *why = NULL;
	struct pattern *hard =
		pattern_new("a{...}a{...}a{...}a{...}a{...}b", &why);
	static char text[100000];
	struct match match;

	(void)state;
	assert_non_null(hard);
	memset(text, 'a', sizeof(text));
	assert_false(pattern_find(hard, text, sizeof(text), 0, &match));
	memset(text, '-', sizeof(text));
	text[0] = text[1] = text[2] = text[3] = text[4] = 'a';
	text[sizeof(text) - 1] = 'b';
	assert_true(pattern_find(hard, text, sizeof(text), 0, &match));
	pattern_free(hard);
}

static void what_is_no_pattern_says_why(void **state)
{
	const char *why = NULL;

	(void)state;
	assert_null(pattern_new("half {", &why));
	assert_non_null(why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_literal_is_found_where_it_stands),
		cmocka_unit_test(a_function_is_caught),
		cmocka_unit_test(any_text_takes_as_little_as_fits),
		cmocka_unit_test(each_gap_takes_what_it_says),
		cmocka_unit_test(literals_are_known_by_their_beginning),
		cmocka_unit_test(a_hard_pattern_gives_up),
		cmocka_unit_test(what_is_no_pattern_says_why),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
