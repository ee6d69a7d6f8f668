/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/release.h"

/* Which of the tags, newest first, are picked: "v5.9 v5.8 v5.7". */
static const char *picked_of(const char *tags)
{
	static char out[1024];
	struct release releases[64];
	int picked[64], count = 0, used;
	char copy[1024], *rest = copy, *tag;

	snprintf(copy, sizeof(copy), "%s", tags);
	while (*copy && (tag = strsep(&rest, " ")))
		assert_true(release_parse(&releases[count++], tag));
	qsort(releases, (size_t)count, sizeof(*releases), release_compare);
	used = release_pick(releases, count, picked);

	out[0] = '\0';
	for (int i = 0; i < used; i++) {
		const struct release *r = &releases[picked[i]];
		size_t length = strlen(out);

		assert_in_range(picked[i], i ? picked[i - 1] + 1 : 0,
				count - 1);
		snprintf(out + length, sizeof(out) - length, "%sv%d.%d",
			 i ? " " : "", r->major, r->minor);
		length = strlen(out);
		if (r->sub)
			snprintf(out + length, sizeof(out) - length, ".%d",
				 r->sub);
	}
	return out;
}

static void of_22_releases_11_are_picked(void **state)
{
	(void)state;
	assert_string_equal(
		picked_of("v6.1 v6.0 v5.19 v5.18 v5.17 v5.16 v5.15 v5.14 "
			  "v5.13 v5.12 v5.11 v5.10 v5.9 v5.8 v5.7 v5.6 v5.5 "
			  "v5.4 v5.3 v5.2 v5.1 v5.0"),
		"v6.1 v6.0 v5.19 v5.17 v5.15 v5.13 v5.11 v5.9 v5.6 v5.3 v5.0");
}

static void of_29_releases_14_are_picked_and_the_oldest_is_one(void **state)
{
	(void)state;
	assert_string_equal(
		picked_of("v6.5 v6.4 v6.3 v6.2 v6.1 v6.0 v5.19 v5.18 v5.17 "
			  "v5.16 v5.15 v5.14 v5.13 v5.12 v5.11 v5.10 v5.9 "
			  "v5.8 v5.7 v5.6 v5.5 v5.4 v5.3 v5.2 v5.1 v5.0 v4.20 "
			  "v4.19 v4.18"),
		"v6.5 v6.4 v6.3 v6.1 v5.19 v5.17 v5.15 v5.13 v5.10 v5.7 v5.4 "
		"v5.1 v4.19 v4.18");
}

static void of_a_stable_branch_two_and_the_middle_one_come_first(void **state)
{
	(void)state;
	assert_string_equal(
		picked_of("v5.10.10 v5.10.9 v5.10.8 v5.10.7 v5.10.6 v5.10.5 "
			  "v5.10.4 v5.10.3 v5.10.2 v5.10.1 v5.10 v5.9 v5.8 "
			  "v5.7 v5.6 v5.5 v5.4 v5.3 v5.2 v5.1 v5.0 v4.20"),
		"v5.10.10 v5.10.9 v5.10.5 v5.10 v5.9 v5.8 v5.6 v5.4 v5.2 v5.0 "
		"v4.20");
}

static void a_short_stable_branch_has_no_middle(void **state)
{
	(void)state;
	assert_string_equal(picked_of("v4.3.5 v4.3.4 v4.3.3 v4.3.2 v4.3.1"),
			    "v4.3.5 v4.3.4");
	assert_string_equal(picked_of("v4.3.1 v4.3"), "v4.3.1 v4.3");
}

static void older_stable_releases_are_passed_over(void **state)
{
	(void)state;
	assert_string_equal(picked_of("v4.3 v4.2.7 v4.2.1 v4.2 v4.1.9"),
			    "v4.3 v4.2");
}

static void without_releases_nothing_is_picked(void **state)
{
	(void)state;
	assert_string_equal(picked_of(""), "");
	assert_string_equal(picked_of("v1.0"), "v1.0");
}

static void order_is_by_number_not_by_letter(void **state)
{
	(void)state;
	assert_string_equal(picked_of("v5.9 v10.0 v5.10"), "v10.0 v5.10 v5.9");
}

static void a_release_is_two_or_three_numbers(void **state)
{
	struct release release;

	(void)state;
	assert_true(release_parse(&release, "v5.18"));
	assert_int_equal(release.major, 5);
	assert_int_equal(release.minor, 18);
	assert_int_equal(release.sub, 0);
	assert_true(release_parse(&release, "v2.6.32"));
	assert_int_equal(release.sub, 32);
}

static void junk_tags_are_no_releases(void **state)
{
	static const char *const junk[] = {
		"",
		"v",
		"v1",
		"v1.",
		"v.1",
		"1.2",
		"v1.2.",
		"v1.2.3.4",
		"v1.2-rc1",
		"v1.2.3-rc4",
		"v1.2 ",
		"v 1.2",
		"v-1.2",
		"v1.2x",
		"V1.2",
		"v1.2.x",
		"v1..2",
		"vv1.2",
		"v12345678.1",
		"next-20200101",
		"v1.99999999999999999999",
		"v1.2-dontuse",
		"v5.18^{}",
	};
	struct release release = { -7, -7, -7 };

	(void)state;
	for (size_t i = 0; i < sizeof(junk) / sizeof(*junk); i++)
		if (release_parse(&release, junk[i]))
			fail_msg("'%s' is taken for a release", junk[i]);
	assert_int_equal(release.major, -7);
	assert_int_equal(release.sub, -7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_22_releases_11_are_picked),
		cmocka_unit_test(
			of_29_releases_14_are_picked_and_the_oldest_is_one),
		cmocka_unit_test(
			of_a_stable_branch_two_and_the_middle_one_come_first),
		cmocka_unit_test(a_short_stable_branch_has_no_middle),
		cmocka_unit_test(older_stable_releases_are_passed_over),
		cmocka_unit_test(without_releases_nothing_is_picked),
		cmocka_unit_test(order_is_by_number_not_by_letter),
		cmocka_unit_test(a_release_is_two_or_three_numbers),
		cmocka_unit_test(junk_tags_are_no_releases),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
