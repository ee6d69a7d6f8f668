/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* In parts of a million. */
static int millionths(double rate)
{
	return (int)(rate * 1e6 + 0.5);
}

/* The chance that n independent things all happen. */
static double power(double p, int n)
{
	double all = 1;

	while (n-- > 0)
		all *= p;
	return all;
}

static void when_all_runs_show_it_the_bound_is_the_root_of_the_doubt(
	void **state)
{
	(void)state;
	for (int of = 1; of <= 300; of++) {
		double bound = rate_at_least(of, of);

		assert_int_equal(millionths(power(bound, of)), 50000);
		/* and it is never more than all of them */
		assert_int_equal(millionths(rate_at_most(of, of)), 1000000);
	}
}

/* As the sum of the binomial terms has them. */
static void bounds_are_those_of_clopper_and_pearson(void **state)
{
	static const struct {
		int hits, of, least;
	} cases[] = {
		{ 1, 10, 5116 },    { 2, 10, 36771 },	 { 3, 10, 87264 },
		{ 5, 10, 222441 },  { 9, 10, 605837 },	 { 19, 20, 783894 },
		{ 19, 19, 854131 }, { 50, 1000, 39164 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_in_range(
			millionths(rate_at_least(cases[i].hits, cases[i].of)),
			cases[i].least - 1, cases[i].least + 1);
}

static void at_most_is_at_least_of_the_others(void **state)
{
	(void)state;
	assert_int_equal(millionths(rate_at_most(0, 10)), 258866);
	assert_int_equal(millionths(rate_at_most(3, 10)),
			 1000000 - millionths(rate_at_least(7, 10)));
}

static void without_runs_nothing_is_known(void **state)
{
	(void)state;
	assert_true(rate_at_least(0, 0) <= 0);
	assert_true(rate_at_most(0, 0) >= 1);
	assert_true(rate_at_least(0, 500) <= 0);
}

static void many_runs_are_no_trouble(void **state)
{
	double half = rate_at_least(50000, 100000);

	(void)state;
	assert_in_range(millionths(half), 497300, 497500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			when_all_runs_show_it_the_bound_is_the_root_of_the_doubt),
		cmocka_unit_test(bounds_are_those_of_clopper_and_pearson),
		cmocka_unit_test(at_most_is_at_least_of_the_others),
		cmocka_unit_test(without_runs_nothing_is_known),
		cmocka_unit_test(many_runs_are_no_trouble),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
