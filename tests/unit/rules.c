/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "control/rules.h"
#include "oops/rules.h"

static void expect_wrong(const char *text, const char *says)
{
	struct error err = ERROR_INIT;

	assert_null(rules_parse(text, "my.cfg", &err));
	assert_int_equal(err.code, ERROR_INPUT);
	assert_string_equal(err.text, says);
}

static void the_programs_own_table_is_read(void **state)
{
	struct rules *rules = rules_load(NULL, 0, NULL);

	(void)state;
	assert_non_null(rules);
	assert_int_equal(rules->header_count, 29);
	assert_true(rules->skip.count > 200);
	rules_free(rules);
}

static void a_syntax_error_is_said_with_its_line(void **state)
{
	(void)state;
	expect_wrong("\nignores = [ \"a\" ;\n", "my.cfg:2: syntax error");
}

static void an_unknown_key_is_said_with_its_line(void **state)
{
	(void)state;
	expect_wrong("\n\ntea = [ \"a\" ];\n",
		     "my.cfg:3: tea: there is no such key");
	expect_wrong("headers = (\n{ text = \"A:\";\n tea = 1; } );\n",
		     "my.cfg:3: tea: a header has no such key");
}

static void a_pattern_that_is_none_is_said_with_why(void **state)
{
	(void)state;
	expect_wrong("ignores = [ \"a{q}\" ];\n",
		     "my.cfg:1: ignores: \"a{q}\" is no pattern: an unknown "
		     "{ }");
	expect_wrong("ignores = \"a{w\";\n",
		     "my.cfg:1: ignores: \"a{w\" is no pattern: a { without "
		     "its }");
}

static void a_wrong_type_is_said_with_what_was_expected(void **state)
{
	(void)state;
	expect_wrong("ignores = 7;\n",
		     "my.cfg:1: ignores: expected texts: [ \"...\", ... ]");
	expect_wrong("skip = { mine = [ \"a b\" ]; };\n",
		     "my.cfg:1: mine: expected parts of function names, with "
		     "^ in front or $ behind");
}

static void a_format_begins_with_its_header(void **state)
{
	(void)state;
	expect_wrong("headers = ( { text = \"A:\"; formats = (\n"
		     "{ match = \"B: x\"; title = \"b\"; } ); } );\n",
		     "my.cfg:2: formats: match and full begin with the "
		     "header's text");
	expect_wrong("headers = ( { text = \"A:\"; formats = (\n"
		     "{ match = \"A: x\"; } ); } );\n",
		     "my.cfg:2: formats: a format needs match and title");
}

static void a_file_that_is_not_there_is_said(void **state)
{
	const char *paths[] = { "/nonexistent/oops.cfg" };
	struct error err = ERROR_INIT;

	(void)state;
	assert_null(rules_load(paths, 1, &err));
	assert_non_null(strstr(err.text, "/nonexistent/oops.cfg"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_programs_own_table_is_read),
		cmocka_unit_test(a_syntax_error_is_said_with_its_line),
		cmocka_unit_test(an_unknown_key_is_said_with_its_line),
		cmocka_unit_test(a_pattern_that_is_none_is_said_with_why),
		cmocka_unit_test(a_wrong_type_is_said_with_what_was_expected),
		cmocka_unit_test(a_format_begins_with_its_header),
		cmocka_unit_test(a_file_that_is_not_there_is_said),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
