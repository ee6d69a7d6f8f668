/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "control/command.h"
#include "control/usage.h"

static void note(void *data, enum usage_kind kind, const char *word)
{
	static const char marks[] = { '-', '=', '<' };

	buf_printf(data, "%s%c%s", ((struct buf *)data)->length ? " " : "",
		   marks[kind], word);
}

/* Options with a - in front, words with a =, places with a <. */
static void next_is(const char *arguments, const char *previous,
		    const char *wanted)
{
	struct buf said;

	buf_init(&said, 0);
	usage_next(arguments, previous, note, &said);
	assert_string_equal(said.text, wanted);
	buf_release(&said);
}

static void a_command_without_words_has_nothing_to_say(void **state)
{
	(void)state;
	next_is("", NULL, "");
	next_is("", "-x", "");
}

static void values_of_options_are_said_behind_them_only(void **state)
{
	const char *line = "[COMMIT|A..B...] [-m WHY]";

	(void)state;
	next_is(line, NULL, "<COMMIT <A..B --m");
	next_is(line, "v6.1", "<COMMIT <A..B --m");
	next_is(line, "-m", "<WHY");
}

static void an_option_in_its_own_brackets_has_no_value(void **state)
{
	const char *line = "[-c FILE] [--fix] [--first-parent] [BAD [GOOD...]]";

	(void)state;
	next_is(line, "--fix", "--c ---fix ---first-parent <BAD <GOOD");
	next_is(line, "--first-parent",
		"--c ---fix ---first-parent <BAD <GOOD");
	next_is(line, "-c", "<FILE");
}

static void one_of_several_options_may_have_a_value(void **state)
{
	const char *line = "FILE [--print|--json|--export FORMAT] [--repo DIR]";

	(void)state;
	next_is(line, "--json", "<FILE ---print ---json ---export ---repo");
	next_is(line, "--export", "<FORMAT");
	next_is(line, "--repo", "<DIR");
	next_is("[-f] [--format text|git|json]", "--format",
		"=text =git =json");
}

static void a_value_may_be_left_out(void **state)
{
	const char *line = "[--quiet] [--to [COMMIT] | --crash [COMMIT#RUN]]";

	(void)state;
	next_is(line, "--to", "<COMMIT");
	next_is(line, "--crash", "<COMMIT#RUN");
	next_is(line, NULL, "---quiet ---to ---crash");
}

static void words_are_said_as_they_are(void **state)
{
	(void)state;
	next_is("add PATCH [--if-has GUILTY] | list | drop N", NULL,
		"=add <PATCH ---if-has =list =drop <N");
	next_is("FILE [--skip COMMIT]... [--vars]", NULL,
		"<FILE ---skip ---vars");
	next_is("any|family|title [-m WHY]", NULL, "=any =family =title --m");
}

static bool is_known(const char *word)
{
	static const char *const places[] = {
		"FILE",	      "PATCH",	"DIR",	   "D",	       "COMMIT",
		"COMMIT#RUN", "BAD",	"GOOD",	   "C",	       "GUILTY",
		"FIX",	      "A..B",	"N",	   "TEXT",     "WHY",
		"OUTCOME",    "TITLE",	"NAME",	   "EVENT",    "FORMAT",
		"COMMAND",    "POLICY", "PERCENT", "DECISION", "STEP",
		"-",
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (strcmp(places[i], word) == 0)
			return true;
	return false;
}

static void know(void *data, enum usage_kind kind, const char *word)
{
	if (kind == USAGE_PLACE && !is_known(word))
		fail_msg("'%s' has a place for '%s', which completion does "
			 "not know",
			 (const char *)data, word);
}

static void every_place_of_the_command_table_is_known(void **state)
{
	(void)state;
	for (const struct command *c = commands; c->name; c++)
		usage_next(c->arguments, NULL, know,
			   (void *)(uintptr_t)c->name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_without_words_has_nothing_to_say),
		cmocka_unit_test(values_of_options_are_said_behind_them_only),
		cmocka_unit_test(an_option_in_its_own_brackets_has_no_value),
		cmocka_unit_test(one_of_several_options_may_have_a_value),
		cmocka_unit_test(a_value_may_be_left_out),
		cmocka_unit_test(words_are_said_as_they_are),
		cmocka_unit_test(every_place_of_the_command_table_is_known),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
