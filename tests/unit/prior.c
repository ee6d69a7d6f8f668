/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * How likely commits are before anything was tested, by the files that they
 * change, and that it bears on what is believed as long as somebody wants it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "engine/belief.h"
#include "engine/graph.h"
#include "engine/prior.h"
#include "tests/unit/world.h"

#define CLOSE	 1e-12
#define OK(call) assert_int_equal(call, 0)

static void assert_close(double is, double should)
{
	if (fabs(is - should) > CLOSE)
		fail_msg("%.15g is not %.15g", is, should);
}

enum { O = TOUCH_OTHER, N = TOUCH_NOTHING, D = TOUCH_FOLDER, F = TOUCH_FILE };

/* What ten commits get, of which these letters are known. */
static void weigh(const unsigned char *touch, bool files, double weights[10])
{
	int commits[10];
	double sum = 0;

	for (int i = 0; i < 10; i++)
		commits[i] = 9 - i; /* their order is no matter */
	prior_weights(touch, 10, files, commits, 10, weights);
	for (int i = 0; i < 10; i++)
		sum += weights[i];
	assert_close(sum, 1);
}

static void a_named_file_shares_three_tenths(void **state)
{
	const unsigned char touch[10] = { O, F, O, O, O, O, F, O, O, O };
	double weights[10];

	(void)state;
	weigh(touch, true, weights);
	assert_close(weights[0], 0.07);
	assert_close(weights[1], 0.07 + 0.15);
	assert_close(weights[6], 0.07 + 0.15);
}

static void a_folder_shares_one_tenth(void **state)
{
	const unsigned char touch[10] = { O, F, D, D, O, O, O, O, O, O };
	double weights[10];

	(void)state;
	weigh(touch, true, weights);
	assert_close(weights[0], 0.06);
	assert_close(weights[1], 0.06 + 0.3);
	assert_close(weights[2], 0.06 + 0.05);
}

static void what_is_not_compiled_has_a_thousandth(void **state)
{
	const unsigned char touch[10] = { N, N, N, N, N, O, O, O, O, O };
	const double base = 1 / (5 + 5 * 0.001);
	double weights[10];

	(void)state;
	weigh(touch, true, weights);
	assert_close(weights[0], base / 1000);
	assert_close(weights[9], base);
}

static void without_a_report_only_what_is_compiled_counts(void **state)
{
	const unsigned char touch[10] = { N, F, D, O, O, O, O, O, O, O };
	double weights[10];

	(void)state;
	weigh(touch, false, weights);
	assert_close(weights[1], weights[3]);
	assert_close(weights[2], weights[3]);
	assert_close(weights[0], weights[3] / 1000);
}

static void where_all_are_of_a_kind_all_are_alike(void **state)
{
	double weights[10];

	(void)state;
	for (int kind = 0; kind < TOUCH_COUNT; kind++) {
		unsigned char touch[10];

		memset(touch, kind, sizeof(touch));
		weigh(touch, true, weights);
		for (int i = 0; i < 10; i++)
			assert_close(weights[i], 0.1);
	}
}

static void a_commit_that_nothing_is_known_of_is_an_other_one(void **state)
{
	const unsigned char touch[2] = { O, F };
	const int commits[4] = { 0, 1, 2, 3 };
	double weights[4];

	(void)state;
	prior_weights(touch, 2, true, commits, 4, weights);
	assert_close(weights[3], weights[0]);
	assert_close(weights[1], weights[0] + 0.3);
}

/*
 * In a session.
 */

static const char line[] = "a b:a c:b d:c e:d f:e g:f h:g i:h j:i";

/* An event takes texts that it does not change. */
static char *plain(const char *text)
{
	return (char *)(uintptr_t)text;
}

/* The lines, as "f c" for a file that commit c touches. */
static int tell(struct world *w, const char *name, int run, const char *letters)
{
	struct event event = { .kind = EVENT_TOUCHED,
			       .by = BY_ENGINE,
			       .commit = world_oid(name),
			       .number = run,
			       .title = plain("mm/gup.c") };
	struct buf text;
	int ret;

	buf_init(&text, 0);
	for (const char *at = letters; *at; at += 2) {
		char commit[2] = { at[1], '\0' };

		buf_printf(&text, "%c %s\n", at[0], world_oid(commit).hex);
	}
	event.text = text.text;
	ret = world_apply(w, event);
	buf_release(&text);
	return ret;
}

static int want(struct world *w, const char *from)
{
	return world_apply(w, (struct event){ .kind = EVENT_PRIOR,
					      .by = BY_PERSON,
					      .policy = plain(from) });
}

static struct world begun(void)
{
	struct world w;

	world_init(&w, line);
	OK(world_start(&w, "adaptive", false));
	OK(world_mark(&w, BY_START, "j", VERDICT_BAD));
	OK(world_mark(&w, BY_START, "a", VERDICT_GOOD));
	return w;
}

static double before(struct world *w, const char *name)
{
	const struct belief *belief = engine_belief(w->engine);

	assert_non_null(belief);
	return belief_prior(belief, world_commit(w, name));
}

static const struct wish *asked(struct world *w)
{
	const struct plan *plan = engine_plan(w->engine);

	for (int i = 0; i < plan->wish_count; i++)
		if (plan->wishes[i].kind == WISH_TOUCHED)
			return &plan->wishes[i];
	return NULL;
}

static void it_is_asked_for_once_by_the_first_crash(void **state)
{
	struct world w = begun();

	(void)state;
	world_runs(&w, "j", "X");
	assert_null(asked(&w)); /* nobody wants it */
	OK(want(&w, "files"));
	assert_non_null(asked(&w));
	assert_int_equal(asked(&w)->commit, world_commit(&w, "j"));
	assert_int_equal(asked(&w)->run, 0);
	OK(tell(&w, "j", 0, "fc"));
	assert_null(asked(&w));
	world_runs(&w, "g", "X");
	assert_null(asked(&w));
	world_release(&w);
}

static void without_a_crash_nothing_is_asked(void **state)
{
	struct world w = begun();

	(void)state;
	OK(want(&w, "files"));
	assert_null(asked(&w));
	world_runs(&w, "j", "..");
	assert_null(asked(&w));
	world_release(&w);
}

static void another_range_is_asked_about_again(void **state)
{
	struct world w = begun();

	(void)state;
	OK(want(&w, "files"));
	world_runs(&w, "j", "X");
	OK(tell(&w, "j", 0, "fc"));
	OK(world_say(&w, EVENT_RANGE, NULL, 10));
	assert_non_null(asked(&w));
	OK(tell(&w, "j", 0, "fc"));
	assert_null(asked(&w));
	world_release(&w);
}

static void what_is_told_bears_on_the_belief_while_it_is_wanted(void **state)
{
	struct world w = begun();

	(void)state;
	world_runs(&w, "j", "X");
	OK(tell(&w, "j", 0, "fcdenbnf"));
	assert_close(before(&w, "c"), 0.11);
	OK(want(&w, "files"));
	assert_close(before(&w, "c"), 0.99 * (0.6 / 7.002 + 0.3));
	assert_close(before(&w, "e"), 0.99 * (0.6 / 7.002 + 0.1));
	assert_close(before(&w, "b"), 0.99 * 0.6 / 7002);
	assert_close(before(&w, "g"), 0.99 * 0.6 / 7.002);
	OK(want(&w, "none"));
	assert_close(before(&w, "c"), 0.11);
	OK(world_undo(&w));
	assert_close(before(&w, "c"), 0.99 * (0.6 / 7.002 + 0.3));
	world_release(&w);
}

/* Facts stay; what they are worth is a fold over what is said today. */
static void a_run_that_is_judged_otherwise_names_no_files(void **state)
{
	struct world w = begun();
	struct event judge = { .kind = EVENT_JUDGE,
			       .by = BY_PERSON,
			       .commit = world_oid("j"),
			       .outcome = OUTCOME_IGNORED };

	(void)state;
	OK(want(&w, "files"));
	world_runs(&w, "j", "XX");
	OK(tell(&w, "j", 0, "fcnb"));
	OK(world_apply(&w, judge));
	assert_close(before(&w, "c"), before(&w, "d"));
	assert_close(before(&w, "b"), before(&w, "d") / 1000);
	assert_non_null(asked(&w));
	assert_int_equal(asked(&w)->run, 1);
	OK(world_undo(&w));
	assert_close(before(&w, "c"), 0.99 * (0.7 / 8.001 + 0.3));
	assert_null(asked(&w));
	world_release(&w);
}

static void the_next_test_is_where_it_tells_most(void **state)
{
	struct world w = begun();

	(void)state;
	world_runs(&w, "j", "XXX");
	world_runs(&w, "a", "....");
	OK(want(&w, "files"));
	/* all but the youngest three are as good as out of question */
	OK(tell(&w, "j", 0, "nbncndnenfngnh"));
	assert_string_equal(world_plan(&w), "test i");
	OK(want(&w, "none"));
	assert_string_not_equal(world_plan(&w), "test i");
	world_release(&w);
}

static void lines_that_make_no_sense_are_passed_over(void **state)
{
	struct world w = begun();
	struct event event = {
		.kind = EVENT_TOUCHED,
		.by = BY_ENGINE,
		.commit = world_oid("j"),
		.text = plain("\nf\nf \nx 12\nf "
			      "0123456789012345678901234567890123456789\nf "
			      "zz\nfoo bar baz"),
	};

	(void)state;
	OK(want(&w, "files"));
	world_runs(&w, "j", "X");
	OK(world_apply(&w, event));
	assert_close(before(&w, "c"), 0.11);
	assert_int_equal(
		world_apply(&w, (struct event){ .kind = EVENT_PRIOR,
						.by = BY_PERSON,
						.policy = plain("stars") }),
		-1);
	world_release(&w);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_named_file_shares_three_tenths),
		cmocka_unit_test(a_folder_shares_one_tenth),
		cmocka_unit_test(what_is_not_compiled_has_a_thousandth),
		cmocka_unit_test(without_a_report_only_what_is_compiled_counts),
		cmocka_unit_test(where_all_are_of_a_kind_all_are_alike),
		cmocka_unit_test(
			a_commit_that_nothing_is_known_of_is_an_other_one),
		cmocka_unit_test(it_is_asked_for_once_by_the_first_crash),
		cmocka_unit_test(without_a_crash_nothing_is_asked),
		cmocka_unit_test(another_range_is_asked_about_again),
		cmocka_unit_test(
			what_is_told_bears_on_the_belief_while_it_is_wanted),
		cmocka_unit_test(a_run_that_is_judged_otherwise_names_no_files),
		cmocka_unit_test(the_next_test_is_where_it_tells_most),
		cmocka_unit_test(lines_that_make_no_sense_are_passed_over),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("prior", tests, NULL, NULL);
}
