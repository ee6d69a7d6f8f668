/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Infra or commit: whose fault lost runs are, and what the plan does then.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "engine/fold.h"
#include "engine/graph.h"
#include "engine/losses.h"
#include "tests/unit/world.h"

#define LINE "a b:a c:b d:c e:d f:e g:f h:g i:h"

/* A line of commits, bad at i and good at a; the middle is tested next. */
static struct world begun(const char *policy)
{
	struct world w;

	world_init(&w, LINE);
	assert_int_equal(world_start(&w, policy, false), 0);
	world_mark(&w, BY_START, "i", VERDICT_BAD);
	world_mark(&w, BY_START, "a", VERDICT_GOOD);
	return w;
}

static struct losses losses_at(struct world *w, const char *name)
{
	struct losses losses;

	losses_find(w->engine, fold_step_of(w->engine, world_commit(w, name)),
		    &losses);
	return losses;
}

static struct trouble trouble_of(struct world *w)
{
	struct trouble trouble;

	losses_trouble(w->engine, &trouble);
	return trouble;
}

static int wished_runs(struct world *w)
{
	const struct plan *plan = engine_plan(w->engine);
	int runs = 0;

	for (int i = 0; i < plan->wish_count; i++)
		if (plan->wishes[i].kind == WISH_RUNS)
			runs += plan->wishes[i].runs;
	return runs;
}

static const char *question_of(struct world *w)
{
	const struct plan *plan = engine_plan(w->engine);

	for (int i = 0; i < plan->wish_count; i++)
		if (plan->wishes[i].kind == WISH_ASK)
			return plan->wishes[i].why;
	return "";
}

static void asks(struct world *w, const char *part)
{
	if (!strstr(question_of(w), part))
		fail_msg("'%s' is not in '%s'", part, question_of(w));
	assert_true(engine_plan(w->engine)->needs_person);
}

/* The same without the gamma function: a product a term. */
static double slow_chance(int k, int n, int lost, int said)
{
	double sum = 0;

	for (int i = k; i <= n; i++) {
		double term = 1;

		for (int j = 0; j < i; j++)
			term *= (0.5 + lost + j) * (n - j) / (j + 1);
		for (int j = 0; j < n - i; j++)
			term *= 10.0 + said + j;
		for (int j = 0; j < n; j++)
			term /= 10.5 + lost + said + j;
		sum += term;
	}
	return sum;
}

static void the_chance_is_the_tail_of_a_beta_binomial(void **state)
{
	(void)state;
	for (int n = 1; n < 12; n++)
		for (int k = 0; k <= n; k++)
			for (int lost = 0; lost < 20; lost += 3)
				assert_true(fabs(losses_chance(k, n, lost, 7) -
						 slow_chance(k, n, lost, 7)) <
					    1e-9);
	assert_true(losses_chance(0, 5, 1, 1) == 1 ||
		    fabs(losses_chance(0, 5, 1, 1) - 1) < 1e-9);
}

/* Seed 000: 20 runs, 10 and 10 with one lost; then 6f9b5ed8. */
static void six_boot_failures_after_one_in_forty_are_the_commits(void **state)
{
	struct world w = begun("syzkaller");
	struct losses losses;

	(void)state;
	world_runs(&w, "i", "XXTXXXXXXXXXXXXXXXXX");
	world_runs(&w, "a", "..........");
	world_runs(&w, "b", "..........");
	world_runs(&w, "e", "BBBBBB....");
	losses = losses_at(&w, "e");
	assert_int_equal(losses.lost, 6);
	assert_int_equal(losses.said, 4);
	if (fabs(losses.chance - 1.254e-5) > 5e-8)
		fail_msg("the chance is %g", losses.chance);
	assert_true(losses.badly);
	assert_false(trouble_of(&w).on);
	world_release(&w);
}

static void what_a_run_says_depends_on_what_is_looked_for(void **state)
{
	static const char letters[] = ".XBTIi";
	static const enum loss crash[] = {
		LOSS_NONE,   LOSS_NONE,	 LOSS_BOOT,
		LOSS_BEFORE, LOSS_INFRA, LOSS_OTHER
	};
	static const enum loss boot[] = { LOSS_NONE, LOSS_NONE,	 LOSS_NONE,
					  LOSS_NONE, LOSS_INFRA, LOSS_OTHER };

	(void)state;
	for (int twice = 0; twice < 2; twice++) {
		struct world w = begun("syzkaller");
		const struct step *step;

		if (twice)
			world_apply(
				&w,
				(struct event){
					.kind = EVENT_SYMPTOM,
					.by = BY_PERSON,
					.policy =
						(char *)(uintptr_t) "boot-"
								    "failed" });
		world_runs(&w, "e", letters);
		step = engine_step_of(w.engine, world_commit(&w, "e"));
		for (int i = 0; letters[i]; i++)
			assert_int_equal(loss_of(w.engine, &step->runs[i]),
					 twice ? boot[i] : crash[i]);
		world_release(&w);
	}
}

/* A test that says 125 speaks of the commit, as git bisect run has it. */
static void a_word_of_the_test_itself_is_no_loss(void **state)
{
	struct world w = begun("exit-code");

	(void)state;
	world_apply(&w, (struct event){ .kind = EVENT_RUN,
					.by = BY_ENGINE,
					.commit = world_oid("e"),
					.outcome = OUTCOME_TEST_FAILED,
					.exit_status = 125 });
	assert_int_equal(losses_at(&w, "e").lost, 0);
	assert_string_equal(world_plan(&w), "e is skip");
	world_release(&w);
}

static void a_run_that_a_person_left_out_is_no_loss(void **state)
{
	struct world w = begun("syzkaller");

	(void)state;
	world_runs(&w, "e", "BB");
	world_apply(&w, (struct event){ .kind = EVENT_JUDGE,
					.by = BY_PERSON,
					.commit = world_oid("e"),
					.number = 1,
					.outcome = OUTCOME_IGNORED });
	assert_int_equal(losses_at(&w, "e").lost, 1);
	world_release(&w);
}

static void no_more_runs_are_bought_where_a_commit_boots_badly(void **state)
{
	struct world w = begun("syzkaller/10/10");

	(void)state;
	world_build(&w, "e", BUILD_OK);
	world_runs(&w, "i", "XXXXXXXXXX");
	world_runs(&w, "a", "..........");
	world_runs(&w, "e", "BB");
	assert_int_equal(wished_runs(&w), 8); /* a coincidence, maybe */
	world_runs(&w, "e", "B");
	assert_string_equal(world_plan(&w), "e is skip");
	assert_non_null(strstr(engine_plan(w.engine)->wishes[0].why,
			       "boots badly: 3 of 3 runs were lost"));
	/* what a person orders is made */
	world_say(&w, EVENT_MORE, "e", 2);
	assert_int_equal(wished_runs(&w), 9);
	world_release(&w);
}

static void what_goes_on_there_may_still_end(void **state)
{
	struct world w = begun("syzkaller/10/10");

	(void)state;
	world_build(&w, "e", BUILD_OK);
	world_runs(&w, "i", "XXXXXXXXXX");
	for (int i = 0; i < 5; i++)
		world_apply(&w, (struct event){ .kind = EVENT_RUN_BEGIN,
						.by = BY_ENGINE,
						.commit = world_oid("e"),
						.number = 10 + i });
	for (int i = 0; i < 4; i++)
		world_apply(&w,
			    (struct event){ .kind = EVENT_RUN,
					    .by = BY_ENGINE,
					    .commit = world_oid("e"),
					    .number = 10 + i,
					    .outcome = OUTCOME_BOOT_FAILED });
	assert_true(losses_at(&w, "e").badly);
	assert_int_equal(wished_runs(&w), 1);
	world_release(&w);
}

static void a_commit_that_boots_badly_keeps_what_its_runs_say(void **state)
{
	struct world w = begun("syzkaller/10/10");

	(void)state;
	world_build(&w, "e", BUILD_OK);
	world_runs(&w, "i", "XXXXXXXXXX");
	world_runs(&w, "a", "..........");
	world_runs(&w, "e", "XXX.BXBBB");
	assert_true(losses_at(&w, "e").badly);
	assert_string_equal(world_plan(&w), "e is bad");
	world_release(&w);
}

static void the_first_commit_has_no_others_to_be_held_against(void **state)
{
	struct world w = begun("syzkaller/10/10");

	(void)state;
	world_build(&w, "e", BUILD_OK);
	world_runs(&w, "e", "BBBBBB");
	assert_false(losses_at(&w, "e").badly);
	assert_false(trouble_of(&w).on); /* one commit is not several */
	assert_int_equal(wished_runs(&w), 4);
	world_release(&w);
}

/* The night on which the image broke: e is lost, then c or g as well. */
static struct world broken_night(void)
{
	struct world w = begun("syzkaller/10/10");

	world_runs(&w, "i", "XXXXXXXXXX");
	world_runs(&w, "a", "..........");
	world_build(&w, "e", BUILD_OK);
	world_runs(&w, "e", "BBBB");
	world_mark(&w, BY_POLICY, "e", VERDICT_SKIP);
	return w;
}

static void runs_lost_at_two_commits_stop_for_a_person(void **state)
{
	struct world w = broken_night();
	const char *next;
	char name[8];

	(void)state;
	assert_false(engine_plan(w.engine)->needs_person);
	assert_false(plan_resumes(engine_plan(w.engine)));
	next = world_name(&w, engine_plan(w.engine)->commit);
	assert_true(strlen(next) < sizeof(name));
	memcpy(name, next, strlen(next) + 1);
	world_build(&w, name, BUILD_OK);
	world_runs(&w, name, "B");
	assert_false(trouble_of(&w).on);
	world_runs(&w, name, "I");
	assert_true(trouble_of(&w).on);
	assert_int_equal(trouble_of(&w).lost, 6);
	assert_int_equal(trouble_of(&w).commits, 2);
	assert_int_equal(wished_runs(&w), 0);
	assert_true(plan_resumes(engine_plan(w.engine)));
	asks(&w, "6 of the last 10 runs were lost, at 2 commits: 1 failed on "
		 "our side, 5 did not boot. ");
	world_release(&w);
}

static void a_resume_makes_just_the_spoilt_runs_again(void **state)
{
	struct world w = broken_night();
	struct tally tally;

	(void)state;
	world_build(&w, "d", BUILD_OK);
	world_runs(&w, "d", "BB");
	assert_true(trouble_of(&w).on);
	world_say(&w, EVENT_RESUME, NULL, 0);
	assert_false(trouble_of(&w).on);
	/* e is no longer skipped, and is tested anew with the build it has */
	assert_string_equal(world_plan(&w), "test e");
	assert_int_equal(wished_runs(&w), 10);
	assert_false(engine_plan(w.engine)->needs_person);
	engine_tally(w.engine, world_commit(&w, "d"), &tally);
	assert_int_equal(tally.total, 0);
	engine_tally(w.engine, world_commit(&w, "i"), &tally);
	assert_int_equal(tally.total, 10);
	world_release(&w);
}

static void undoing_the_resume_counts_them_again(void **state)
{
	struct world w = broken_night();

	(void)state;
	world_build(&w, "d", BUILD_OK);
	world_runs(&w, "d", "BB");
	world_say(&w, EVENT_RESUME, NULL, 0);
	assert_false(trouble_of(&w).on);
	assert_int_equal(world_undo(&w), 0);
	assert_true(trouble_of(&w).on);
	world_release(&w);
}

static void runs_that_end_well_end_the_trouble(void **state)
{
	struct world w = broken_night();

	(void)state;
	world_build(&w, "d", BUILD_OK);
	world_runs(&w, "d", "BB");
	assert_true(trouble_of(&w).on);
	world_runs(&w, "d", "......");
	assert_false(trouble_of(&w).on);
	assert_true(losses_at(&w, "e").badly); /* it was the commit */
	world_release(&w);
}

/* e is skipped for its boot failures; d is next to it, and as bad. */
static void a_control_run_tells_the_commits_from_the_machines(void **state)
{
	struct world w = broken_night();
	const struct plan *plan;

	(void)state;
	world_build(&w, "a", BUILD_OK);
	world_build(&w, "d", BUILD_OK);
	world_runs(&w, "d", "BBB");
	assert_true(trouble_of(&w).on);
	/* the last that came up is a: one more run of it, and no question */
	assert_string_equal(world_plan(&w), "test a");
	assert_int_equal(wished_runs(&w), 1);
	plan = engine_plan(w.engine);
	assert_false(plan->needs_person);
	assert_string_equal(question_of(&w), "");
	world_runs(&w, "a", ".");
	assert_false(trouble_of(&w).on);
	assert_true(losses_at(&w, "d").badly);
	assert_true(losses_at(&w, "e").badly);
	assert_string_equal(world_plan(&w), "d is skip");
	world_release(&w);
}

static void a_control_run_that_is_lost_too_is_the_machines(void **state)
{
	struct world w = broken_night();

	(void)state;
	world_build(&w, "a", BUILD_OK);
	world_build(&w, "d", BUILD_OK);
	world_runs(&w, "d", "BBB");
	world_runs(&w, "a", "B");
	assert_true(trouble_of(&w).on);
	assert_int_equal(wished_runs(&w), 0);
	asks(&w, "8 of the last 10 runs were lost, at 3 commits: 8 did not "
		 "boot. ");
	world_release(&w);
}

static void a_control_run_waits_for_what_is_under_way(void **state)
{
	struct world w = broken_night();
	struct event begin = { .kind = EVENT_RUN_BEGIN, .by = BY_ENGINE };
	char next[8];

	(void)state;
	world_build(&w, "a", BUILD_OK);
	str_copy(next, sizeof(next),
		 world_name(&w, engine_plan(w.engine)->commit));
	world_build(&w, next, BUILD_OK);
	begin.commit = world_oid(next);
	begin.number = 10;
	world_apply(&w, begin);
	world_runs(&w, next, "BBB");
	assert_true(trouble_of(&w).on);
	assert_string_equal(question_of(&w), "");
	assert_string_equal(world_name(&w, engine_plan(w.engine)->commit),
			    next);
	assert_int_equal(wished_runs(&w), 1);
	world_release(&w);
}

static void what_is_under_way_is_not_given_up(void **state)
{
	struct world w = broken_night();
	const char *next = world_name(&w, engine_plan(w.engine)->commit);
	char name[8];

	(void)state;
	memcpy(name, next, strlen(next) + 1);
	world_build(&w, name, BUILD_OK);
	for (int i = 0; i < 3; i++)
		world_apply(&w, (struct event){ .kind = EVENT_RUN_BEGIN,
						.by = BY_ENGINE,
						.commit = world_oid(name),
						.number = i });
	for (int i = 0; i < 2; i++)
		world_apply(&w,
			    (struct event){ .kind = EVENT_RUN,
					    .by = BY_ENGINE,
					    .commit = world_oid(name),
					    .number = i,
					    .outcome = OUTCOME_BOOT_FAILED });
	assert_true(trouble_of(&w).on);
	assert_int_equal(wished_runs(&w), 1);
	world_release(&w);
}

static void no_commit_is_skipped_for_what_was_lost_then(void **state)
{
	struct world w = broken_night();

	(void)state;
	world_build(&w, "d", BUILD_OK);
	world_runs(&w, "d", "BBBBBBBBBB");
	assert_true(trouble_of(&w).on);
	world_runs(&w, "a", "B");
	/* nothing but the question */
	assert_int_equal(engine_plan(w.engine)->wishes[0].kind, WISH_ASK);
	world_release(&w);
}

static void a_person_who_skips_the_commits_says_whose_fault_it_is(void **state)
{
	struct world w = broken_night();

	(void)state;
	world_build(&w, "d", BUILD_OK);
	world_runs(&w, "d", "BBBB");
	assert_true(trouble_of(&w).on);
	world_mark(&w, BY_PERSON, "d", VERDICT_SKIP);
	assert_false(trouble_of(&w).on);
	assert_false(engine_plan(w.engine)->needs_person);
	world_release(&w);
}

/*
 * The same under the adaptive policy, which plans by what it believes and by no
 * table: two commits of its own choice do not boot, one after the other.
 */
static struct world adaptive_night(char first[8], char second[8])
{
	struct world w = begun("adaptive");

	world_build(&w, "i", BUILD_OK);
	world_runs(&w, "i", "XXXXXXXXXX");
	world_build(&w, "a", BUILD_OK);
	world_runs(&w, "a", "..........");
	str_copy(first, 8, world_name(&w, engine_plan(w.engine)->commit));
	world_build(&w, first, BUILD_OK);
	world_runs(&w, first, "BBBB");
	assert_true(losses_at(&w, first).badly);
	world_mark(&w, BY_POLICY, first, VERDICT_SKIP);
	assert_false(trouble_of(&w).on);
	str_copy(second, 8, world_name(&w, engine_plan(w.engine)->commit));
	assert_string_not_equal(second, first);
	world_build(&w, second, BUILD_OK);
	world_runs(&w, second, "BBB");
	assert_true(trouble_of(&w).on);
	return w;
}

static void the_adaptive_policy_makes_one_control_run(void **state)
{
	char first[8], second[8], skipped[20];
	struct world w = adaptive_night(first, second);
	struct trouble trouble;

	(void)state;
	/* a was built before both and came up; no belief asks for it */
	assert_string_equal(world_plan(&w), "test a");
	assert_int_equal(wished_runs(&w), 1);
	assert_false(engine_plan(w.engine)->needs_person);
	trouble = trouble_of(&w);
	assert_int_equal(losses_control(w.engine, &trouble),
			 world_commit(&w, "a"));
	world_runs(&w, "a", ".");
	assert_false(trouble_of(&w).on);
	assert_true(losses_at(&w, second).badly);
	snprintf(skipped, sizeof(skipped), "%s is skip", second);
	assert_string_equal(world_plan(&w), skipped);
	world_release(&w);
}

static void the_adaptive_policy_waits_where_that_is_lost_too(void **state)
{
	char first[8], second[8];
	struct world w = adaptive_night(first, second);
	struct tally tally;

	(void)state;
	world_runs(&w, "a", "B");
	assert_true(trouble_of(&w).on);
	assert_int_equal(wished_runs(&w), 0);
	assert_true(plan_resumes(engine_plan(w.engine)));
	asks(&w, "at 3 commits: 8 did not boot. ");
	/* what was lost then is no evidence, and neither commit is skipped */
	world_say(&w, EVENT_RESUME, NULL, 0);
	assert_false(trouble_of(&w).on);
	assert_false(engine_plan(w.engine)->needs_person);
	assert_false(losses_at(&w, first).badly);
	assert_true(wished_runs(&w) > 0);
	engine_tally(w.engine, world_commit(&w, second), &tally);
	assert_int_equal(tally.total, 0);
	assert_int_equal(
		engine_step_of(w.engine, world_commit(&w, first))->verdict,
		VERDICT_NONE);
	world_release(&w);
}

static void scattered_boot_failures_of_single_runs_are_seen(void **state)
{
	struct world w = begun("exit-code");

	(void)state;
	world_runs(&w, "i", "X");
	world_runs(&w, "a", ".");
	world_runs(&w, "e", "B");
	world_runs(&w, "d", "B");
	world_runs(&w, "f", "B");
	world_runs(&w, "c", "B");
	world_runs(&w, "g", "B");
	assert_false(trouble_of(&w).on);
	world_runs(&w, "b", "B");
	assert_true(trouble_of(&w).on);
	assert_int_equal(trouble_of(&w).commits, 6);
	world_release(&w);
}

static void trouble_of_our_own_is_tried_again_before_one_is_asked(void **state)
{
	struct world w = begun("syzkaller/4/4");

	(void)state;
	world_build(&w, "e", BUILD_OK);
	world_runs(&w, "i", "XXXX");
	world_runs(&w, "a", "....");
	world_runs(&w, "e", ".III");
	assert_false(engine_plan(w.engine)->needs_person);
	assert_int_equal(wished_runs(&w), 3);
	world_runs(&w, "e", "I"); /* 4 lost, 1 not: not more than 2 a run */
	assert_int_equal(wished_runs(&w), 3);
	world_runs(&w, "e", "I");
	asks(&w, "too much infrastructure trouble at ");
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_chance_is_the_tail_of_a_beta_binomial),
		cmocka_unit_test(
			six_boot_failures_after_one_in_forty_are_the_commits),
		cmocka_unit_test(what_a_run_says_depends_on_what_is_looked_for),
		cmocka_unit_test(a_word_of_the_test_itself_is_no_loss),
		cmocka_unit_test(a_run_that_a_person_left_out_is_no_loss),
		cmocka_unit_test(
			no_more_runs_are_bought_where_a_commit_boots_badly),
		cmocka_unit_test(what_goes_on_there_may_still_end),
		cmocka_unit_test(
			a_commit_that_boots_badly_keeps_what_its_runs_say),
		cmocka_unit_test(
			the_first_commit_has_no_others_to_be_held_against),
		cmocka_unit_test(runs_lost_at_two_commits_stop_for_a_person),
		cmocka_unit_test(a_resume_makes_just_the_spoilt_runs_again),
		cmocka_unit_test(undoing_the_resume_counts_them_again),
		cmocka_unit_test(runs_that_end_well_end_the_trouble),
		cmocka_unit_test(
			a_control_run_tells_the_commits_from_the_machines),
		cmocka_unit_test(
			a_control_run_that_is_lost_too_is_the_machines),
		cmocka_unit_test(a_control_run_waits_for_what_is_under_way),
		cmocka_unit_test(what_is_under_way_is_not_given_up),
		cmocka_unit_test(no_commit_is_skipped_for_what_was_lost_then),
		cmocka_unit_test(
			a_person_who_skips_the_commits_says_whose_fault_it_is),
		cmocka_unit_test(the_adaptive_policy_makes_one_control_run),
		cmocka_unit_test(
			the_adaptive_policy_waits_where_that_is_lost_too),
		cmocka_unit_test(
			scattered_boot_failures_of_single_runs_are_seen),
		cmocka_unit_test(
			trouble_of_our_own_is_tried_again_before_one_is_asked),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
