/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/xalloc.h"

/* "start-end" of the first match, "none", or what is wrong with it. */
static const char *find_in(const char *pattern, const char *bytes,
			   size_t length)
{
	static char said[600];
	struct error err = ERROR_INIT;
	struct match_span span;
	struct match *match;

	if (match_new(pattern, &match, &err) < 0)
		return strcpy(said, err.text);
	if (match_find(match, bytes, length, 0, &span))
		snprintf(said, sizeof(said), "%zu-%zu", span.start, span.end);
	else
		strcpy(said, match_gave_up(match) ? "given up" : "none");
	match_free(match);
	return said;
}

static const char *find(const char *pattern, const char *text)
{
	return find_in(pattern, text, strlen(text));
}

static void small_letters_find_capitals_too(void **state)
{
	(void)state;
	assert_string_equal(find("bug", "a BUG"), "2-5");
	assert_string_equal(find("BUG", "a bug"), "none");
	assert_string_equal(find("a\\Sb", "A-B"), "0-3");
	assert_string_equal(find("\303\244", "x\303\204"), "1-3");
}

static void an_expression_is_one_line_at_a_time(void **state)
{
	(void)state;
	assert_string_equal(find("^b.*$", "aa\nbb\ncc"), "3-5");
	assert_string_equal(find("b$", "ab\r\nc"), "1-2");
	assert_string_equal(find("a.b", "a\nb"), "none");
}

static void what_is_wrong_with_a_pattern_is_said(void **state)
{
	(void)state;
	assert_string_equal(find("a(b", ""),
			    "'a(b' is no regular expression, at 4: missing "
			    "closing parenthesis");
}

static void any_bytes_may_be_looked_at(void **state)
{
	static const char bytes[] = "\377\0\302b\303\244\200";

	(void)state;
	assert_string_equal(find_in("b", bytes, sizeof(bytes)), "3-4");
	assert_string_equal(find_in("\303\244", bytes, sizeof(bytes)), "4-6");
	assert_string_equal(find_in("\\x00", bytes, sizeof(bytes)), "1-2");
}

static void what_takes_too_long_is_given_up(void **state)
{
	size_t length = 60000;
	char *text = xmalloc(length);

	(void)state;
	memset(text, 'a', length);
	text[length - 1] = '!';
	assert_string_equal(find_in("(a+)+$", text, length), "given up");
	assert_string_equal(find_in("((a|b)+)+$", text, length), "given up");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_letters_find_capitals_too),
		cmocka_unit_test(an_expression_is_one_line_at_a_time),
		cmocka_unit_test(what_is_wrong_with_a_pattern_is_said),
		cmocka_unit_test(any_bytes_may_be_looked_at),
		cmocka_unit_test(what_takes_too_long_is_given_up),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
