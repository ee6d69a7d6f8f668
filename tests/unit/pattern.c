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
		cmocka_unit_test(what_is_no_pattern_says_why),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
