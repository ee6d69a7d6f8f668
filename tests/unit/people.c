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
#include "base/xalloc.h"
#include "repo/maintainers.h"
#include "repo/people.h"
#include "repo/trailers.h"

/* The list as text, a line each: "+" for To, "-" for Cc, and who. */
static void assert_people(const struct people *people, const char *wanted)
{
	struct buf out;

	buf_init(&out, 0);
	for (size_t i = 0; i < people->count; i++) {
		buf_putc(&out, people->items[i].to ? '+' : '-');
		people_format(&people->items[i], &out);
		buf_putc(&out, '\n');
	}
	assert_string_equal(out.text, wanted);
	buf_release(&out);
}

/* Whom the trailers of a message tell. */
static void assert_told(const char *message, size_t length, const char *wanted)
{
	struct people people = { 0 };
	struct trailer trailer;
	size_t at = 0;

	while (trailers_next(message, length, &at, &trailer))
		if (trailer_is_told(trailer.kind))
			people_add(&people, trailer.value, trailer.length,
				   true);
	assert_people(&people, wanted);
	people_release(&people);
}

/* One address as it is written; "" when there is none. */
static void assert_written(const char *text, const char *wanted)
{
	struct people people = { 0 };
	struct buf out;

	buf_init(&out, 0);
	if (people_add(&people, text, strlen(text), true))
		people_format(&people.items[0], &out);
	assert_string_equal(out.text, wanted);
	assert_int_equal(people.count, *wanted != '\0');
	buf_release(&out);
	people_release(&people);
}

static void assert_parsed(const char *output, size_t lines, const char *wanted)
{
	struct people people = { 0 };

	assert_int_equal(maintainers_parse(output, strlen(output), &people),
			 lines);
	assert_people(&people, wanted);
	people_release(&people);
}

static void who_answers_for_a_commit_is_told(void **state)
{
	static const char message[] =
		"mm: a subject\n\nSome text.\n\n"
		"Fixes: 0123456789ab (\"mm: older\")\n"
		"Reported-by: R E Porter <reporter@example.com>\n"
		"Suggested-by: S <suggests@example.com>\n"
		"Cc: <stable@vger.kernel.org> # 5.4\n"
		"Cc: C C <cc@example.com>\n"
		"[akpm: fix a comment]\n"
		"Link: https://lore.kernel.org/r/1\n"
		"Reviewed-by: R <reviews@example.com>\n"
		"Reported-and-tested-by: T <tests@example.com>\n"
		"acked-by: A <acks@example.com>\n"
		"Signed-off-by: S O <signs@example.com>\n";

	(void)state;
	assert_told(message, strlen(message),
		    "+A <acks@example.com>\n"
		    "+R <reviews@example.com>\n"
		    "+S O <signs@example.com>\n"
		    "+T <tests@example.com>\n");
}

static void a_trailer_is_a_key_at_the_beginning_of_a_line(void **state)
{
	static const char message[] =
		"Signed-off-by:\n"
		"Signed-off-by: \t\r\n"
		"    Signed-off-by: I <indented@example.com>\n"
		"see Acked-by: A <inside@example.com>\n"
		"Signed-off-byes: B <byes@example.com>\n"
		"Unreviewed-by: U <un@example.com>\n"
		"Signed-off-by : S <space@example.com>\n"
		"Tested-by:T <tight@example.com>\r\n"
		"Acked-by: last <last@example.com>";

	(void)state;
	assert_told(message, strlen(message),
		    "+last <last@example.com>\n+T <tight@example.com>\n");
}

static void values_point_into_the_message(void **state)
{
	static const char message[] = "Fixes: 0123456789ab (\"x\") \nLINK: u";
	struct trailer trailer;
	size_t at = 0;

	(void)state;
	assert_true(trailers_next(message, strlen(message), &at, &trailer));
	assert_int_equal(trailer.kind, TRAILER_FIXES);
	assert_ptr_equal(trailer.value, message + strlen("Fixes: "));
	assert_int_equal(trailer.length, strlen("0123456789ab (\"x\")"));
	assert_true(trailers_next(message, strlen(message), &at, &trailer));
	assert_int_equal(trailer.kind, TRAILER_LINK);
	assert_false(trailers_next(message, strlen(message), &at, &trailer));
	assert_false(trailers_next("", 0, &(size_t){ 0 }, &trailer));
}

static void lines_of_ten_megabytes_are_passed_over(void **state)
{
	static const char behind[] = "\nAcked-by: A <a@example.com>\n";
	size_t long_line = 10 * 1024 * 1024;
	struct buf message;

	(void)state;
	buf_init(&message, 0);
	buf_puts(&message, "Acked-by: B <b@example.com> ");
	while (message.length < long_line)
		buf_puts(&message, "x<\"\\x@x ");
	buf_puts(&message, "<c@example.com>");
	buf_puts(&message, behind);
	assert_told(message.text, message.length, "+A <a@example.com>\n");
	buf_release(&message);
}

static void bytes_of_any_kind_are_looked_at_without_harm(void **state)
{
	static const char message[] =
		"a\0b\nAcked-by: N\0U\0L <nul@example.com>\n"
		"Acked-by: A <a\0b@example.com>\n"
		"Acked-by: \xff\xfe <raw@example.com>\n";

	(void)state;
	assert_told(message, sizeof(message) - 1,
		    "+nul@example.com\n+raw@example.com\n");
}

static void an_address_is_there_once_whatever_its_case(void **state)
{
	struct people people = { 0 };

	(void)state;
	people_add(&people, "Z <z@example.com>", 17, false);
	people_add(&people, "First <A@Example.COM>", 21, false);
	people_add(&people, "Second <a@example.com>", 22, true);
	assert_people(&people, "+First <a@example.com>\n-Z <z@example.com>\n");
	people_release(&people);
}

static void names_are_quoted_where_a_header_wants_it(void **state)
{
	(void)state;
	assert_written("A U Thor <a@b.c>", "A U Thor <a@b.c>");
	assert_written("\"Thor, A U\" <a@b.c>", "\"Thor, A U\" <a@b.c>");
	assert_written("Thor, A U <a@b.c>", "\"Thor, A U\" <a@b.c>");
	assert_written("\"A \\\"the\\\" Thor\" <a@b.c>",
		       "\"A \\\"the\\\" Thor\" <a@b.c>");
	assert_written("Rafael J. W <a@b.c>", "\"Rafael J. W\" <a@b.c>");
	assert_written("\"<not@this.one>\" <a@b.c>",
		       "\"<not@this.one>\" <a@b.c>");
	assert_written("Uwe Kleine-K\xc3\xb6nig <u@b.c>",
		       "Uwe Kleine-K\xc3\xb6nig <u@b.c>");
}

static void an_address_needs_no_name_and_no_brackets(void **state)
{
	(void)state;
	assert_written("<a@b.c>", "a@b.c");
	assert_written("a@b.c", "a@b.c");
	assert_written("  a@b.c # v5.4+", "a@b.c");
	assert_written("a@b.c (A U Thor)", "a@b.c");
	assert_written("\"\" <a@b.c>", "a@b.c");
	assert_written("A < a@b.c > # 5.4", "A <a@b.c>");
}

static void what_is_no_address_is_not_taken(void **state)
{
	(void)state;
	assert_written("", "");
	assert_written("A U Thor", "");
	assert_written("A U Thor <>", "");
	assert_written("A U Thor <a@b.c", "");
	assert_written("A <a b@c.d>", "");
	assert_written("A <a@b@c>", "");
	assert_written("A <@b>", "");
	assert_written("A <a@>", "");
	assert_written("A <a@b.c,d@e.f>", "");
	assert_written("A <a@b\xc3\xb6.c>", "");
	assert_written("A <a@b\r\nBcc:x>", "");
	assert_written("\"never ends <a@b.c>", "");
}

static void a_name_that_is_no_plain_utf8_is_left_out(void **state)
{
	(void)state;
	assert_written("K\xf6nig <k@b.c>", "k@b.c");
	assert_written("A\tB <k@b.c>", "k@b.c");
	assert_written("A\x1b[31m <k@b.c>", "k@b.c");
	assert_written("A\r\nBcc: x <k@b.c>", "k@b.c");
	assert_written("\xc0\xaf <k@b.c>", "k@b.c");
	assert_written("\xed\xa0\x80 <k@b.c>", "k@b.c");
	assert_written("\xc2\x9b <k@b.c>", "k@b.c");
	assert_written("cut \xe2\x82<k@b.c>", "k@b.c");
}

static void a_list_does_not_grow_for_ever(void **state)
{
	struct people people = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		char *text = xasprintf("N <n%d@example.com>", i);

		assert_true(people_add(&people, text, strlen(text), false));
		free(text);
	}
	assert_int_equal(people.count, PEOPLE_MAX);
	people_release(&people);
}

static void roles_say_who_is_to_and_who_is_cc(void **state)
{
	(void)state;
	assert_parsed("M <m@b.c> (maintainer:FOO (BAR),commit_signer:1/2=50%)\n"
		      "S <s@b.c> (supporter:FOO)\n"
		      "R <r@b.c> (reviewer:FOO)\n"
		      "C (c) <c@b.c> (commit_signer:1/2=50%)\n"
		      "l@b.c (open list:FOO)\n"
		      "linux-kernel@vger.kernel.org (open list)\n",
		      6,
		      "-\"C (c)\" <c@b.c>\n"
		      "+l@b.c\n"
		      "-linux-kernel@vger.kernel.org\n"
		      "+M <m@b.c>\n"
		      "-R <r@b.c>\n"
		      "+S <s@b.c>\n");
}

static void linux_kernel_is_to_where_no_other_list_is_named(void **state)
{
	(void)state;
	assert_parsed("linux-kernel@vger.kernel.org (open list)\n"
		      "M <m@b.c> (maintainer:FOO)",
		      2,
		      "+linux-kernel@vger.kernel.org\n"
		      "+M <m@b.c>\n");
}

static void lines_without_a_role_are_passed_over(void **state)
{
	(void)state;
	assert_parsed("./scripts/get_maintainer.pl: No supported VCS found.\n"
		      "warning: who@b.c is odd (very)\n"
		      "x@b.c\n"
		      "x@b.c ()x\n"
		      "\n(maintainer:FOO)\n"
		      "S T <stable@vger.kernel.org> (open list:STABLE)\n",
		      1, "");
	assert_parsed("", 0, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_answers_for_a_commit_is_told),
		cmocka_unit_test(a_trailer_is_a_key_at_the_beginning_of_a_line),
		cmocka_unit_test(values_point_into_the_message),
		cmocka_unit_test(lines_of_ten_megabytes_are_passed_over),
		cmocka_unit_test(bytes_of_any_kind_are_looked_at_without_harm),
		cmocka_unit_test(an_address_is_there_once_whatever_its_case),
		cmocka_unit_test(names_are_quoted_where_a_header_wants_it),
		cmocka_unit_test(an_address_needs_no_name_and_no_brackets),
		cmocka_unit_test(what_is_no_address_is_not_taken),
		cmocka_unit_test(a_name_that_is_no_plain_utf8_is_left_out),
		cmocka_unit_test(a_list_does_not_grow_for_ever),
		cmocka_unit_test(roles_say_who_is_to_and_who_is_cc),
		cmocka_unit_test(
			linux_kernel_is_to_where_no_other_list_is_named),
		cmocka_unit_test(lines_without_a_role_are_passed_over),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
