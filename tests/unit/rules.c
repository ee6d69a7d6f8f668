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

#include "base/error.h"
#include "control/rules.h"
#include "oops/report.h"
#include "oops/rules.h"
#include "oops/scan.h"

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

static void expect_no_word_twice(const struct texts *list)
{
	for (size_t i = 0; i < list->count; i++)
		for (size_t k = 0; k < list->count; k++)
			if (i != k && strstr(list->items[i], list->items[k]))
				fail_msg("%s is covered by %s", list->items[i],
					 list->items[k]);
}

static void no_word_of_the_table_is_covered_by_another(void **state)
{
	struct rules *rules = rules_load(NULL, 0, NULL);

	(void)state;
	expect_no_word_twice(&rules->skip);
	expect_no_word_twice(&rules->anchors);
	expect_no_word_twice(&rules->hung_skip);
	for (size_t i = 0; i < rules->header_count; i++)
		for (size_t k = 0; k < rules->headers[i].count; k++)
			expect_no_word_twice(
				&rules->headers[i].formats[k].skip_list);
	rules_free(rules);
}

static void a_syntax_error_is_said_with_its_line(void **state)
{
	(void)state;
	expect_wrong("\nignores = [ \"a\" ;\n",
		     "my.cfg:2: syntax error: a ';', a quote or a brace may be "
		     "missing here or before");
}

static void an_unknown_key_is_said_with_its_line(void **state)
{
	(void)state;
	expect_wrong("\n\ntea = [ \"a\" ];\n",
		     "my.cfg:3: tea: there is no such key");
	expect_wrong("headers = (\n{ text = \"A:\";\n tea = 1; } );\n",
		     "my.cfg:3: headers.tea: a header has no such key");
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
	expect_wrong(
		"skip = { mine = [ \"a b\" ]; };\n",
		"my.cfg:1: skip.mine: expected parts of function names, with "
		"^ in front or $ behind");
}

static void a_format_begins_with_its_header(void **state)
{
	(void)state;
	expect_wrong("headers = ( { text = \"A:\"; formats = (\n"
		     "{ match = \"B: x\"; title = \"b\"; } ); } );\n",
		     "my.cfg:2: headers.formats: match and full begin with the "
		     "header's text");
	expect_wrong(
		"headers = ( { text = \"A:\"; formats = (\n"
		"{ match = \"A: x\"; } ); } );\n",
		"my.cfg:2: headers.formats: a format needs match and title");
}

static void mangled_names_are_read(void **state)
{
	static const char *const pairs[][2] = {
		{ "_Z8fakeNameiii", "fakeName" },
		{ "_ZN4core9panicking9panic_fmt17h0123456789abcdefE",
		  "core::panicking::panic_fmt" },
		{ "_RNvCscSpY9Juk0HT_7___rustc17rust_begin_unwind",
		  "__rustc::rust_begin_unwind" },
		{ "_Random_name", NULL },
		{ "_Zebra", NULL },
	};
	struct rules *rules = rules_load(NULL, 0, NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		char *name = rules->demangle(pairs[i][0]);

		if (pairs[i][1])
			assert_string_equal(name, pairs[i][1]);
		else
			assert_null(name);
		free(name);
	}
	rules_free(rules);
}

/* A back reference of Rust to the byte at `at`. */
static void refer(char *out, size_t size, size_t at)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t used = strlen(out);

	if (--at < 62)
		snprintf(out + used, size - used, "B%c_", digits[at]);
	else
		snprintf(out + used, size - used, "B%c%c_", digits[at / 62],
			 digits[at % 62]);
}

/* Tuples of tuples: each level names the one before it twice. */
static void names_that_would_grow_without_end_are_left_alone(void **state)
{
	struct rules *rules = rules_load(NULL, 0, NULL);
	char name[1024] = "_RINvC1a1bTuuE", whole[1100];
	size_t last = strlen("INvC1a1b"), most = 0;
	int levels = 0;

	(void)state;
	for (int level = 1; level <= 40; level++) {
		size_t at = strlen(name);
		char *plain;

		strncat(name, "T", 2);
		refer(name, sizeof(name), last);
		refer(name, sizeof(name), last);
		strncat(name, "E", 2);
		last = at - 2;
		snprintf(whole, sizeof(whole), "%sE", name);
		plain = rules->demangle(whole);
		if (plain) {
			levels = level;
			most = strlen(plain);
		}
		free(plain);
	}
	assert_in_range(levels, 8, 12);
	assert_in_range(most, 100, 512);

	memset(name, 'a', sizeof(name) - 1);
	memcpy(name, "_ZN999", 6);
	name[sizeof(name) - 1] = '\0';
	assert_null(rules->demangle(name));
	rules_free(rules);
}

static void a_file_that_is_not_there_is_said(void **state)
{
	const char *paths[] = { "/nonexistent/oops.cfg" };
	struct error err = ERROR_INIT;

	(void)state;
	assert_null(rules_load(paths, 1, &err));
	assert_non_null(strstr(err.text, "/nonexistent/oops.cfg"));
}

static void each_kind_of_mistake_is_said_with_its_line(void **state)
{
	static const char *const pairs[][2] = {
		{ "\nheaders = 1;", "2: headers: expected headers: ( { ... }, "
				    "... )" },
		{ "headers = (\n1 );",
		  "2: headers: expected headers: ( { ... }, ... )" },
		{ "headers = (\n{ never = \"x\"; } );",
		  "2: headers: a header needs its text" },
		{ "headers = (\n{ text = \"\"; } );",
		  "2: headers.text: expected a text in quotes" },
		{ "headers = ( { text = \"A:\";\nformats = 1; } );",
		  "2: headers.formats: expected formats: ( { ... }, ... )" },
		{ "headers = ( { text = \"A:\"; formats = ( {\ntea = 1; } ); "
		  "} );",
		  "2: headers.formats.tea: a format has no such key" },
		{ "headers = ( { text = \"A:\"; formats = ( {\npick = \"tea\"; "
		  "} ); } );",
		  "2: headers.formats.pick: expected \"stall\" or \"hung\"" },
		{ "headers = ( { text = \"A:\"; formats = ( {\nno_stack = 1; "
		  "} ); } );",
		  "2: headers.formats.no_stack: expected true or false" },
		{ "headers = ( { text = \"A:\"; formats = ( {\nmatch = "
		  "\"{*}A:\"; title = \"a\"; } ); } );",
		  "2: headers.formats: match and full begin with the header's "
		  "text" },
		{ "\ntypes = ( \"a\" );", "2: types: expected two texts" },
		{ "\ntypes = ( [ \"a\" ] );", "2: types: expected two texts" },
		{ "\nscrub = 7;", "2: scrub: expected pairs of texts" },
		{ "\nscrub = ( [ \"{\", \"a\" ] );",
		  "2: scrub: \"{\" is no pattern: a { without its }" },
		{ "\nskip = [ \"a\" ];",
		  "2: skip: expected families: { name = [...]; }" },
		{ "\nsteps = 1;",
		  "2: steps: expected steps: { name = [...]; }" },
		{ "\nsuppressed = [ \"*tea\" ];",
		  "2: suppressed: expected patterns that begin with text" },
		{ "\nignores = [ \"\" ];",
		  "2: ignores: expected a text in quotes" },
		{ "\nreplays = [ 1 ];",
		  "2: replays: expected a text in quotes" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		char says[200];

		snprintf(says, sizeof(says), "my.cfg:%s", pairs[i][1]);
		expect_wrong(pairs[i][0], says);
	}
}

/* The first report on a console by a user's rules; released by the caller. */
static struct report report_by(const char *own, const char *console,
			       struct rules **rules)
{
	char path[] = "/tmp/culprit-rules-XXXXXX";
	const char *paths[] = { path };
	struct error err = ERROR_INIT;
	int fd = mkstemp(path);
	struct report report = { .title = NULL };
	struct scan *scan;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, own, strlen(own)), (ssize_t)strlen(own));
	close(fd);
	*rules = rules_load(paths, 1, &err);
	unlink(path);
	assert_non_null(*rules);
	scan = scan_new(*rules, 1);
	scan_feed(scan, console, strlen(console));
	if (!scan_look(scan, 0, &report))
		memset(&report, 0, sizeof(report));
	scan_free(scan);
	return report;
}

static void expect_title(const char *own, const char *console,
			 const char *title, const char *type)
{
	struct rules *rules;
	struct report report = report_by(own, console, &rules);

	if (title) {
		assert_non_null(report.title);
		assert_string_equal(report.title, title);
		assert_string_equal(report.type, type);
	} else {
		assert_null(report.title);
	}
	report_release(&report);
	rules_free(rules);
}

static const char oops[] = "BUG: the pot is empty\nCall Trace:\n"
			   " acme_log+0x1/0x2\n acme_pour+0x1/0x2\n"
			   " acme_open+0x1/0x2\n";

static void a_users_file_goes_before_the_programs_table(void **state)
{
	(void)state;
	expect_title("", oops, "BUG: the pot is empty", "UNKNOWN");
	expect_title("headers = ( { text = \"the pot\"; formats = ( { match = "
		     "\"the pot is {w}\"; title = \"ACME {1}\"; } ); } );",
		     oops, "ACME empty", "UNKNOWN");
	expect_title("headers = ( { text = \"BUG:\"; formats = ( { match = "
		     "\"BUG: the pot\"; title = \"pot in {F}\"; frames = [ "
		     "\"trace\", \"frames\" ]; skip = [ \"^acme_log$\" ]; } ); "
		     "} );",
		     oops, "pot in acme_pour", "UNKNOWN");
	expect_title("headers = ( { text = \"BUG:\"; formats = ( { match = "
		     "\"BUG: the pot\"; title = \"pot in {F}\"; frames = [ "
		     "\"trace\", \"frames\" ]; } ); } ); skip = { acme = "
		     "\"acme_log\"; };",
		     oops, "pot in acme_pour", "UNKNOWN");
}

static void a_users_file_has_lines_left_alone(void **state)
{
	(void)state;
	expect_title("ignores = [ \"BUG: the pot is\" ];", oops, NULL, NULL);
	expect_title("headers = ( { text = \"BUG:\"; never = \"pot is "
		     "empty\"; } );",
		     oops, NULL, NULL);
}

static void a_users_file_names_types_and_scrubs_titles(void **state)
{
	(void)state;
	expect_title("types = ( [ \"BUG: the pot\", \"POT\" ] );", oops,
		     "BUG: the pot is empty", "POT");
	expect_title("types = ( [ \"BUG: soft\", \"SOFT\" ] );", "BUG: soft\n",
		     "BUG: soft", "SOFT");
	expect_title("scrub = ( [ \"is {w}\", \"is SOMETHING\" ] );", oops,
		     "BUG: the pot is SOMETHING", "UNKNOWN");
}

static void a_users_file_explains_crashes_away(void **state)
{
	struct rules *rules;
	struct report report =
		report_by("suppressed = \"acme: no * left\";",
			  "acme: no tea left\nWARNING: acme\n", &rules);

	(void)state;
	assert_true(report.suppressed);
	report_release(&report);
	rules_free(rules);
}

static void a_type_of_the_user_goes_before_ours(void **state)
{
	(void)state;
	expect_title("types = ( [ \"WARNING: acme\", \"ACME\" ] );",
		     "WARNING: acme is slow\n", "WARNING: acme is slow",
		     "ACME");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_programs_own_table_is_read),
		cmocka_unit_test(no_word_of_the_table_is_covered_by_another),
		cmocka_unit_test(a_syntax_error_is_said_with_its_line),
		cmocka_unit_test(an_unknown_key_is_said_with_its_line),
		cmocka_unit_test(a_pattern_that_is_none_is_said_with_why),
		cmocka_unit_test(a_wrong_type_is_said_with_what_was_expected),
		cmocka_unit_test(a_format_begins_with_its_header),
		cmocka_unit_test(mangled_names_are_read),
		cmocka_unit_test(
			names_that_would_grow_without_end_are_left_alone),
		cmocka_unit_test(a_file_that_is_not_there_is_said),
		cmocka_unit_test(each_kind_of_mistake_is_said_with_its_line),
		cmocka_unit_test(a_users_file_goes_before_the_programs_table),
		cmocka_unit_test(a_users_file_has_lines_left_alone),
		cmocka_unit_test(a_users_file_names_types_and_scrubs_titles),
		cmocka_unit_test(a_type_of_the_user_goes_before_ours),
		cmocka_unit_test(a_users_file_explains_crashes_away),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
