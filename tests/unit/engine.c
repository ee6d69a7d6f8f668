/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/graph.h"
#include "engine/preview.h"
#include "tests/unit/world.h"

/* Ten commits in a row, oldest first. */
static const char line[] = "a b:a c:b d:c e:d f:e g:f h:g i:h j:i";

#define GOOD(name) \
	assert_int_equal(world_mark(&w, BY_PERSON, name, VERDICT_GOOD), 0)
#define BAD(name) \
	assert_int_equal(world_mark(&w, BY_PERSON, name, VERDICT_BAD), 0)
#define SKIP(name) \
	assert_int_equal(world_mark(&w, BY_PERSON, name, VERDICT_SKIP), 0)
#define POLICY(name, verdict) \
	assert_int_equal(world_mark(&w, BY_POLICY, name, verdict), 0)
#define PLAN(text) assert_string_equal(world_plan(&w), text)
#define OK(call)   assert_int_equal(call, 0)
#define REFUSED(call, words)                                    \
	do {                                                    \
		assert_int_equal(call, -1);                     \
		assert_int_equal(w.err.code, ERROR_STATE);      \
		if (!strstr(w.err.text, words))                 \
			assert_string_equal(w.err.text, words); \
	} while (0)

/* A line with j bad and a good, given at the start. */
static struct world begun(const char *graph, const char *policy, bool fix)
{
	struct world w;

	world_init(&w, graph);
	OK(world_start(&w, policy, fix));
	OK(world_mark(&w, BY_START, "j", fix ? VERDICT_GOOD : VERDICT_BAD));
	OK(world_mark(&w, BY_START, "a", fix ? VERDICT_BAD : VERDICT_GOOD));
	return w;
}

static void a_person_bisects_by_hand(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	PLAN("test e");
	GOOD("e");
	PLAN("test g");
	BAD("g");
	PLAN("test f");
	GOOD("f");
	PLAN("found g");
	world_release(&w);
}

static void before_both_ends_are_known_it_says_which_is_missing(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, line);
	OK(world_start(&w, "exit-code", false));
	PLAN("needs bad");
	BAD("j");
	PLAN("needs good");
	assert_true(engine_plan(w.engine)->needs_person);
	GOOD("a");
	PLAN("test e");
	world_release(&w);
}

static void runs_lead_to_a_wish_for_a_verdict(void **state)
{
	struct world w = begun(line, "syzkaller/10/20", false);
	const struct plan *plan = engine_plan(w.engine);

	(void)state;
	assert_int_equal(plan->wish_count, 2);
	assert_int_equal(plan->wishes[0].kind, WISH_BUILD);
	assert_int_equal(plan->wishes[1].kind, WISH_RUNS);
	assert_int_equal(plan->wishes[1].runs, 20);
	OK(world_build(&w, "e", BUILD_OK));
	world_runs(&w, "e", "...................");
	plan = engine_plan(w.engine);
	assert_int_equal(plan->wish_count, 1);
	assert_int_equal(plan->wishes[0].runs, 1);
	world_runs(&w, "e", ".");
	PLAN("e is good");
	POLICY("e", VERDICT_GOOD);
	PLAN("test g");
	/* only the first commit gets the long series */
	assert_int_equal(engine_plan(w.engine)->wishes[1].runs, 10);
	world_release(&w);
}

#define GIT(name, verdict) OK(world_mark(&w, BY_GIT, name, verdict))

static void a_mark_made_with_git_comes_before_a_policys(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	POLICY("e", VERDICT_GOOD);
	GIT("e", VERDICT_BAD);
	POLICY("e", VERDICT_GOOD);
	PLAN("test c");
	OK(world_undo(&w));
	PLAN("test g");
	OK(world_redo(&w));
	PLAN("test c");
	world_release(&w);
}

static void a_mark_made_with_git_is_never_refused(void **state)
{
	struct world w = begun(line, "exit-code", false);
	const struct step *step;

	(void)state;
	GOOD("e");
	GIT("c", VERDICT_BAD);
	PLAN("test g");
	step = engine_step_of(w.engine, world_commit(&w, "c"));
	assert_true(step->set_aside);
	/* as soon as what it excludes is gone, it counts */
	OK(world_say(&w, EVENT_RETRACT, "e", 0));
	PLAN("test b");
	/* a person's word here still comes first */
	GOOD("d");
	PLAN("test g");
	world_release(&w);
}

static void a_flaky_bug_gets_the_long_series_from_then_on(void **state)
{
	struct world w = begun(line, "syzkaller/10/20", false);

	(void)state;
	world_runs(&w, "e", "XXX.................");
	PLAN("e is bad");
	POLICY("e", VERDICT_BAD);
	assert_true(engine_is_flaky(w.engine));
	PLAN("test c");
	assert_int_equal(engine_judge(w.engine, world_commit(&w, "c")).wanted,
			 20);
	world_release(&w);
}

static void a_broken_build_is_skipped(void **state)
{
	struct world w = begun(line, "syzkaller", false);

	(void)state;
	OK(world_build(&w, "e", BUILD_FAILED));
	PLAN("e is skip");
	POLICY("e", VERDICT_SKIP);
	assert_string_not_equal(world_plan(&w), "test e");
	world_release(&w);
}

static const struct step *step_of(struct world *w, const char *name)
{
	return engine_step_of(w->engine, world_commit(w, name));
}

static int look_for(struct world *w, const char *symptom)
{
	return world_apply(
		w, (struct event){ .kind = EVENT_SYMPTOM,
				   .by = BY_PERSON,
				   .policy = (char *)(uintptr_t)symptom });
}

static void what_does_not_boot_can_be_looked_for(void **state)
{
	struct world w = begun(line, "syzkaller/4/4", false);

	(void)state;
	OK(look_for(&w, "boot-failed"));
	OK(world_build(&w, "e", BUILD_OK));
	world_runs(&w, "e", "BBB.");
	PLAN("e is bad");
	assert_string_equal(engine_plan(w.engine)->wishes[0].why,
			    "3 boot failures in 4 valid runs");
	POLICY("e", VERDICT_BAD);
	/* it came up, whatever happened then */
	OK(world_build(&w, "c", BUILD_OK));
	world_runs(&w, "c", "XT..");
	PLAN("c is good");
	POLICY("c", VERDICT_GOOD);
	OK(world_build(&w, "d", BUILD_FAILED));
	PLAN("d is skip");
	world_release(&w);
}

static void what_does_not_build_can_be_looked_for(void **state)
{
	struct world w = begun(line, "syzkaller/4/4", false);

	(void)state;
	OK(look_for(&w, "build-failed"));
	PLAN("test e");
	assert_int_equal(engine_plan(w.engine)->wish_count, 1);
	assert_int_equal(engine_plan(w.engine)->wishes[0].kind, WISH_BUILD);
	OK(world_build(&w, "e", BUILD_OK));
	PLAN("e is good");
	POLICY("e", VERDICT_GOOD);
	PLAN("test g");
	OK(world_build(&w, "g", BUILD_INFRA));
	PLAN("ask about g");
	OK(world_say(&w, EVENT_RESUME, NULL, 0));
	OK(world_build(&w, "g", BUILD_FAILED));
	PLAN("g is bad");
	POLICY("g", VERDICT_BAD);
	OK(world_build(&w, "f", BUILD_FAILED));
	PLAN("f is bad");
	POLICY("f", VERDICT_BAD);
	PLAN("found f");
	/* a retracted one is built again */
	OK(world_say(&w, EVENT_RETRACT, "e", 0));
	PLAN("test c");
	world_release(&w);
}

static void what_is_looked_for_may_be_changed_and_changed_back(void **state)
{
	struct world w = begun(line, "syzkaller/2/2", false);

	(void)state;
	OK(world_build(&w, "e", BUILD_OK));
	world_runs(&w, "e", "BB");
	PLAN("e is skip");
	POLICY("e", VERDICT_SKIP);
	OK(look_for(&w, "boot-failed"));
	PLAN("e is bad");
	POLICY("e", VERDICT_BAD);
	/* then the verdict that spoke of crashes is the one that counts */
	OK(world_undo(&w));
	assert_int_equal(step_of(&w, "e")->verdict, VERDICT_SKIP);
	assert_int_equal(engine_plan(w.engine)->wishes[0].kind, WISH_BUILD);
	/* what is good because it builds is not good in any other way */
	OK(look_for(&w, "build-failed"));
	PLAN("e is good");
	POLICY("e", VERDICT_GOOD);
	OK(world_undo(&w));
	assert_int_equal(step_of(&w, "e")->verdict, VERDICT_SKIP);
	assert_int_equal(look_for(&w, "slow"), -1);
	assert_int_equal(w.err.code, ERROR_INPUT);
	assert_non_null(strstr(w.err.text, "boot-failed or build-failed"));
	world_release(&w);
}

static int build_as(struct world *w, const char *name, const char *signature)
{
	return world_apply(
		w, (struct event){ .kind = EVENT_BUILD,
				   .by = BY_ENGINE,
				   .commit = world_oid(name),
				   .build = BUILD_OK,
				   .signature = (char *)(uintptr_t)signature });
}

static void the_runs_of_an_equal_kernel_count_for_a_commit(void **state)
{
	struct world w = begun(line, "syzkaller/4/4", false);
	char why[200];

	(void)state;
	OK(build_as(&w, "e", "aa"));
	world_runs(&w, "e", "....");
	POLICY("e", VERDICT_GOOD);
	OK(build_as(&w, "g", "aa"));
	assert_int_equal(step_of(&w, "g")->same_as, world_commit(&w, "e"));
	assert_int_equal(step_of(&w, "g")->same_runs, 4);
	PLAN("g is good");
	snprintf(why, sizeof(why),
		 "the same kernel as %.*s: 0 crashes in 4 valid runs",
		 OID_SHORT, world_oid("e").hex);
	assert_string_equal(engine_plan(w.engine)->wishes[0].why, why);
	POLICY("g", VERDICT_GOOD);
	OK(build_as(&w, "h", "bb"));
	assert_int_equal(step_of(&w, "h")->same_as, -1);
	PLAN("test i");
	world_release(&w);
}

static void who_does_not_believe_that_asks_for_runs_of_its_own(void **state)
{
	struct world w = begun(line, "syzkaller/4/4", false);

	(void)state;
	OK(build_as(&w, "e", "aa"));
	world_runs(&w, "e", "....");
	POLICY("e", VERDICT_GOOD);
	OK(build_as(&w, "g", "aa"));
	POLICY("g", VERDICT_GOOD);
	/* more of them count beside the others' */
	OK(world_say(&w, EVENT_MORE, "g", 2));
	assert_int_equal(engine_judge(w.engine, world_commit(&w, "g")).wanted,
			 6);
	assert_int_equal(
		engine_judge(w.engine, world_commit(&w, "g")).more_runs, 2);
	OK(world_undo(&w));
	/* a verdict that is taken back is given by its own alone */
	OK(world_say(&w, EVENT_RETRACT, "g", 0));
	PLAN("test g");
	assert_int_equal(step_of(&w, "g")->same_as, -1);
	assert_int_equal(
		engine_judge(w.engine, world_commit(&w, "g")).more_runs, 4);
	world_runs(&w, "g", "XXX.");
	PLAN("g is bad");
	world_release(&w);
}

/* How many crashes the plan asks about. */
static int titles_asked(struct world *w)
{
	const struct plan *plan = engine_plan(w->engine);
	int count = 0;

	for (int i = 0; i < plan->wish_count; i++)
		count += plan->wishes[i].kind == WISH_ASK &&
			 plan->wishes[i].title;
	return count;
}

static void an_open_crash_is_asked_about_while_it_matters(void **state)
{
	struct world w = begun(line, "syzkaller/10/10", false);
	struct event run = { .kind = EVENT_RUN,
			     .by = BY_ENGINE,
			     .commit = world_oid("j"),
			     .outcome = OUTCOME_CRASHED,
			     .title = (char[]){ "A" } };

	(void)state;
	OK(world_apply(&w, run)); /* so the bug is called A */
	OK(world_build(&w, "e", BUILD_OK));
	run.commit = world_oid("e");
	run.title = (char[]){ "B" };
	OK(world_apply(&w, run));
	assert_int_equal(titles_asked(&w), 1);
	run.title = (char[]){ "A" };
	for (run.number = 1; run.number < 5; run.number++)
		OK(world_apply(&w, run));
	/* bad, whatever B is; its run stays open */
	assert_int_equal(titles_asked(&w), 0);
	assert_true(
		engine_step_of(w.engine, world_commit(&w, "e"))->runs[0].open);
	world_release(&w);
}

static void what_an_equal_kernel_crashed_with_is_asked_about(void **state)
{
	struct world w = begun(line, "syzkaller/1/1", false);
	struct event run = { .kind = EVENT_RUN,
			     .by = BY_ENGINE,
			     .commit = world_oid("j"),
			     .outcome = OUTCOME_CRASHED,
			     .title = (char[]){ "A" } };

	(void)state;
	OK(world_apply(&w, run));
	OK(build_as(&w, "e", "aa"));
	run.commit = world_oid("e");
	run.title = (char[]){ "B" };
	OK(world_apply(&w, run));
	SKIP("e");
	OK(world_say(&w, EVENT_PICK, "g", 0));
	OK(build_as(&w, "g", "aa"));
	PLAN("ask about g");
	assert_string_equal(engine_plan(w.engine)->wishes[0].title, "B");
	assert_int_equal(engine_plan(w.engine)->wishes[0].commit,
			 world_commit(&w, "e"));
	OK(world_apply(&w, (struct event){ .kind = EVENT_SAME,
					   .by = BY_PERSON,
					   .title = (char[]){ "B" } }));
	PLAN("g is bad");
	world_release(&w);
}

static void what_changes_of_a_run_changes_for_the_equal_kernel_too(void **state)
{
	struct world w = begun(line, "syzkaller/2/2", false);
	struct event judge = { .kind = EVENT_JUDGE,
			       .by = BY_PERSON,
			       .commit = world_oid("e"),
			       .outcome = OUTCOME_CRASHED };

	(void)state;
	OK(build_as(&w, "e", "aa"));
	world_runs(&w, "e", "..");
	POLICY("e", VERDICT_GOOD);
	OK(build_as(&w, "g", "aa"));
	POLICY("g", VERDICT_GOOD);
	OK(world_apply(&w, judge));
	judge.number = 1;
	OK(world_apply(&w, judge));
	PLAN("e is bad");
	POLICY("e", VERDICT_BAD);
	PLAN("g is bad");
	POLICY("g", VERDICT_BAD);
	PLAN("test c");
	world_release(&w);
}

/* As begun(), and the ends are to be tested first. */
static struct world unsure(const char *policy, bool fix)
{
	struct world w;

	world_init(&w, line);
	OK(world_start(&w, policy, fix));
	OK(world_apply(&w, (struct event){ .kind = EVENT_CONFIRM,
					   .by = BY_START }));
	OK(world_mark(&w, BY_START, "j", fix ? VERDICT_GOOD : VERDICT_BAD));
	OK(world_mark(&w, BY_START, "a", fix ? VERDICT_BAD : VERDICT_GOOD));
	return w;
}

static void the_ends_are_tested_first_the_bad_one_with_the_long_series(
	void **state)
{
	struct world w = unsure("syzkaller/2/4", false);

	(void)state;
	PLAN("test j");
	assert_true(engine_plan(w.engine)->confirming);
	assert_int_equal(engine_plan(w.engine)->wishes[1].runs, 4);
	OK(world_build(&w, "j", BUILD_OK));
	world_runs(&w, "j", "XXX.");
	PLAN("test a");
	assert_true(engine_plan(w.engine)->confirming);
	assert_int_equal(engine_plan(w.engine)->wishes[1].runs, 2);
	OK(world_build(&w, "a", BUILD_OK));
	world_runs(&w, "a", "..");
	PLAN("test e");
	assert_false(engine_plan(w.engine)->confirming);
	world_release(&w);
}

static void in_a_search_for_a_fix_the_bad_end_is_the_older_one(void **state)
{
	struct world w = unsure("syzkaller/2/2", true);

	(void)state;
	PLAN("test a");
	world_runs(&w, "a", "XX");
	PLAN("test j");
	world_runs(&w, "j", "..");
	PLAN("test e");
	world_release(&w);
}

static void a_bad_commit_that_does_not_crash_is_asked_about(void **state)
{
	struct world w = unsure("syzkaller/2/2", false);

	(void)state;
	OK(world_build(&w, "j", BUILD_OK));
	world_runs(&w, "j", "..");
	PLAN("ask about j");
	assert_non_null(strstr(engine_plan(w.engine)->wishes[0].why,
			       "is good by its test, 0 of 2 valid runs show "
			       "the bug"));
	/* who resumes searches all the same */
	OK(world_say(&w, EVENT_RESUME, NULL, 0));
	PLAN("test a");
	/* who gives it a verdict means it */
	OK(world_undo(&w));
	PLAN("ask about j");
	BAD("j");
	PLAN("test a");
	world_runs(&w, "a", "XX");
	PLAN("ask about a");
	assert_non_null(strstr(engine_plan(w.engine)->wishes[0].why,
			       "is bad by its test"));
	world_release(&w);
}

static void an_end_that_cannot_be_tested_is_asked_about(void **state)
{
	struct world w = unsure("syzkaller/2/2", false);

	(void)state;
	OK(world_build(&w, "j", BUILD_FAILED));
	PLAN("ask about j");
	assert_non_null(strstr(engine_plan(w.engine)->wishes[0].why,
			       "does not build, so it cannot be confirmed"));
	OK(world_say(&w, EVENT_RESUME, NULL, 0));
	PLAN("test a");
	world_runs(&w, "a", "TT");
	PLAN("ask about a");
	assert_non_null(strstr(engine_plan(w.engine)->wishes[0].why,
			       "is skip by its test"));
	world_release(&w);
}

static void the_culprits_parent_is_built_to_compare_their_kernels(void **state)
{
	struct world w = begun("a b:a c:b j:c", "syzkaller/1/1", false);

	(void)state;
	GOOD("b");
	OK(build_as(&w, "c", "cc"));
	world_runs(&w, "c", "X");
	POLICY("c", VERDICT_BAD);
	PLAN("found c");
	assert_int_equal(engine_plan(w.engine)->wish_count, 1);
	assert_int_equal(engine_plan(w.engine)->wishes[0].kind, WISH_BUILD);
	assert_int_equal(engine_plan(w.engine)->wishes[0].commit,
			 world_commit(&w, "b"));
	OK(world_build(&w, "b", BUILD_FAILED));
	PLAN("found c");
	assert_int_equal(engine_plan(w.engine)->wish_count, 0);
	world_release(&w);
}

static void trouble_on_our_side_asks_and_is_repeated_after_resume(void **state)
{
	struct world w = begun(line, "syzkaller/10/10", false);

	(void)state;
	OK(world_build(&w, "e", BUILD_OK));
	world_runs(&w, "e", "IIIIII..BX");
	PLAN("test e"); /* they are made again, a while */
	assert_int_equal(engine_plan(w.engine)->wishes[0].runs, 6);
	world_runs(&w, "e", "III");
	PLAN("ask about e");
	OK(world_say(&w, EVENT_RESUME, NULL, 0));
	PLAN("test e");
	assert_int_equal(engine_plan(w.engine)->wishes[0].kind, WISH_RUNS);
	assert_int_equal(engine_plan(w.engine)->wishes[0].runs, 6);
	world_runs(&w, "e", "......");
	PLAN("e is skip");
	world_release(&w);
}

static void a_build_that_failed_here_is_made_again_after_resume(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	OK(world_build(&w, "e", BUILD_INFRA));
	PLAN("ask about e");
	OK(world_say(&w, EVENT_RESUME, NULL, 0));
	PLAN("test e");
	assert_int_equal(engine_plan(w.engine)->wishes[0].kind, WISH_BUILD);
	world_release(&w);
}

static void the_fixing_commit_is_found_with_the_directions_swapped(void **state)
{
	struct world w = begun(line, "syzkaller/10/10", true);

	(void)state;
	PLAN("test e");
	world_runs(&w, "e", "XXXXXXXXXX");
	PLAN("e is bad");
	POLICY("e", VERDICT_BAD); /* still broken: the fix is newer */
	PLAN("test g");
	POLICY("g", VERDICT_GOOD);
	PLAN("test f");
	POLICY("f", VERDICT_BAD);
	PLAN("found g");
	world_release(&w);
}

static void overruling_a_run_changes_the_wish_and_costs_nothing(void **state)
{
	struct world w = begun(line, "syzkaller/10/10", false);
	struct event judge = { .kind = EVENT_JUDGE,
			       .by = BY_PERSON,
			       .commit = world_oid("e"),
			       .number = 0,
			       .outcome = OUTCOME_IGNORED };

	(void)state;
	OK(world_build(&w, "e", BUILD_OK));
	world_runs(&w, "e", "XX........");
	PLAN("e is bad");
	POLICY("e", VERDICT_BAD);
	PLAN("test c");
	OK(world_apply(&w, judge)); /* one crash left: not enough for bad */
	PLAN("e is skip");
	judge.number = 1;
	OK(world_apply(&w, judge));
	PLAN("e is good");
	POLICY("e", VERDICT_GOOD);
	PLAN("test g");
	/* and back again, run by run */
	OK(world_undo(&w));
	PLAN("e is skip");
	OK(world_undo(&w));
	PLAN("e is bad");
	POLICY("e", VERDICT_BAD);
	PLAN("test c");
	world_release(&w);
}

static void a_persons_verdict_beats_the_policys_and_can_be_retracted(
	void **state)
{
	struct world w = begun(line, "syzkaller/10/10", false);

	(void)state;
	world_runs(&w, "e", "..........");
	POLICY("e", VERDICT_GOOD);
	PLAN("test g");
	BAD("e");
	PLAN("test c");
	OK(world_say(&w, EVENT_RETRACT, "e", 0));
	PLAN("test g");
	/* once more: now the policy's own goes, and new runs are wanted */
	OK(world_say(&w, EVENT_RETRACT, "e", 0));
	PLAN("test e");
	assert_int_equal(
		engine_judge(w.engine, world_commit(&w, "e")).more_runs, 10);
	world_release(&w);
}

static void an_override_sets_aside_what_contradicts_it_until_undone(
	void **state)
{
	struct world w = begun(line, "syzkaller/10/10", false);
	int e, g;

	(void)state;
	POLICY("e", VERDICT_GOOD);
	POLICY("g", VERDICT_GOOD);
	PLAN("test i");
	BAD("e");
	g = world_commit(&w, "g");
	e = world_commit(&w, "e");
	assert_true(engine_step_of(w.engine, g)->set_aside);
	assert_false(engine_step_of(w.engine, e)->set_aside);
	PLAN("test c");
	POLICY("c", VERDICT_BAD);
	PLAN("test b");
	OK(world_undo(&w));
	/* e and g are good again; c's verdict is the one that cannot hold */
	PLAN("test i");
	assert_true(engine_step_of(w.engine, world_commit(&w, "c"))->set_aside);
	OK(world_redo(&w));
	PLAN("test b");
	world_release(&w);
}

static void two_verdicts_of_a_persons_may_not_exclude_each_other(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	GOOD("e");
	REFUSED(world_mark(&w, BY_PERSON, "c", VERDICT_BAD),
		"exclude each other");
	PLAN("test g"); /* nothing changed */
	OK(world_say(&w, EVENT_RETRACT, "e", 0));
	BAD("c");
	PLAN("test b");
	world_release(&w);
}

static void ends_that_are_mistaken_for_each_other_are_refused(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, line);
	OK(world_start(&w, "exit-code", false));
	OK(world_mark(&w, BY_START, "a", VERDICT_BAD));
	REFUSED(world_mark(&w, BY_START, "j", VERDICT_GOOD),
		"mistook good and bad");
	world_release(&w);
}

static void the_end_points_can_be_moved(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	BAD("e");
	PLAN("test c");
	OK(world_say(&w, EVENT_RETRACT, "e", 0));
	GOOD("g");
	PLAN("test i");
	OK(world_say(&w, EVENT_RETRACT, "j", 0));
	PLAN("needs bad");
	BAD("i");
	PLAN("test h");
	world_release(&w);
}

static void undo_and_redo_go_as_far_as_there_are_decisions(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	GOOD("e");
	BAD("g");
	GOOD("f");
	PLAN("found g");
	OK(world_undo(&w));
	PLAN("test f");
	OK(world_undo(&w));
	PLAN("test g");
	OK(world_undo(&w));
	PLAN("test e");
	assert_int_equal(engine_undo_target(w.engine), 0);
	REFUSED(world_undo(&w), "no event 0");
	OK(world_redo(&w));
	OK(world_redo(&w));
	PLAN("test f");
	OK(world_undo(&w));
	PLAN("test g");
	OK(world_redo(&w));
	OK(world_redo(&w));
	PLAN("found g");
	assert_int_equal(engine_redo_target(w.engine), 0);
	world_release(&w);
}

static void a_new_decision_ends_what_could_be_redone(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	GOOD("e");
	OK(world_undo(&w));
	assert_int_not_equal(engine_redo_target(w.engine), 0);
	BAD("e");
	assert_int_equal(engine_redo_target(w.engine), 0);
	PLAN("test c");
	world_release(&w);
}

static void a_fact_cannot_be_undone(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	OK(world_build(&w, "e", BUILD_OK));
	REFUSED(world_say(&w, EVENT_UNDO, NULL, w.seq), "is not a decision");
	REFUSED(world_say(&w, EVENT_UNDO, NULL, 1), "is not a decision");
	REFUSED(world_say(&w, EVENT_UNDO, NULL, 2), "is not a decision");
	world_release(&w);
}

static int fixup(struct world *w, int64_t number)
{
	char title[] = "x.patch", hash[] = "ab12";

	return world_apply(w, (struct event){ .kind = EVENT_FIXUP,
					      .by = BY_PERSON,
					      .number = number,
					      .title = title,
					      .signature = hash });
}

/* The numbers of those in force, as one: 13 is 1 and 3. */
static int in_force(const struct world *w)
{
	int numbers = 0;

	for (int i = 0; i < engine_fixup_count(w->engine); i++)
		numbers =
			10 * numbers + (int)engine_fixup(w->engine, i)->number;
	return numbers;
}

static void fixups_are_in_force_until_they_are_dropped_or_undone(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	assert_int_equal(engine_next_fixup(w.engine), 1);
	assert_int_equal(fixup(&w, 1), 0);
	assert_int_equal(fixup(&w, 2), 0);
	assert_int_equal(fixup(&w, 3), 0);
	assert_int_equal(in_force(&w), 123);
	world_say(&w, EVENT_FIXUP_DROP, NULL, 2);
	assert_int_equal(in_force(&w), 13);
	REFUSED(world_say(&w, EVENT_FIXUP_DROP, NULL, 2), "no fixup 2");
	world_undo(&w);
	assert_int_equal(in_force(&w), 123);
	world_undo(&w);
	assert_int_equal(in_force(&w), 12);
	world_redo(&w);
	assert_int_equal(in_force(&w), 123);
	world_release(&w);
}

static void a_number_is_never_another_fixups(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	fixup(&w, 1);
	world_undo(&w);
	REFUSED(fixup(&w, 1), "the next fixup is number 2, not 1");
	assert_int_equal(fixup(&w, 2), 0);
	world_release(&w);
}

static int refuse(struct world *w, const char *name, int64_t fixup)
{
	return world_apply(w, (struct event){ .kind = EVENT_BUILD,
					      .by = BY_ENGINE,
					      .commit = world_oid(name),
					      .build = BUILD_FAILED,
					      .number = fixup });
}

static void a_fixup_that_does_not_apply_says_nothing_of_the_commit(void **state)
{
	struct world w = begun(line, "exit-code", false);
	struct world looking = begun(line, "exit-code", false);
	const struct wish *wish;

	(void)state;
	refuse(&w, "e", 2);
	assert_string_equal(world_plan(&w), "e is skip");
	wish = &engine_plan(w.engine)->wishes[0];
	assert_string_equal(wish->why, "fixup 2 does not apply");
	OK(look_for(&looking, "build-failed"));
	refuse(&looking, "e", 2);
	assert_string_equal(world_plan(&looking), "e is skip");
	world_release(&looking);
	world_release(&w);
}

static void a_step_knows_what_it_was_built_with(void **state)
{
	struct world w = begun(line, "exit-code", false);
	char text[] = "1, 3";
	const struct step *step;

	(void)state;
	world_apply(&w, (struct event){ .kind = EVENT_BUILD_BEGIN,
					.by = BY_ENGINE,
					.commit = world_oid("e"),
					.text = text });
	world_build(&w, "e", BUILD_OK);
	step = engine_step_of(w.engine, world_commit(&w, "e"));
	assert_string_equal(step->built_from->text, "1, 3");
	world_build(&w, "e", BUILD_OK);
	assert_null(step->built_from);
	world_release(&w);
}

static void what_does_not_fit_is_refused_and_changes_nothing(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	REFUSED(world_mark(&w, BY_PERSON, "zz", VERDICT_GOOD),
		"not one of the session's");
	REFUSED(world_say(&w, EVENT_MORE, "e", 0), "more runs");
	REFUSED(world_say(&w, EVENT_RETRACT, "e", 0), "no verdict to take");
	REFUSED(world_say(&w, EVENT_JUDGE, "e", 3), "no finished run 3");
	REFUSED(world_start(&w, "exit-code", false), "begun already");
	REFUSED(world_say(&w, EVENT_REDO, NULL, 2), "not an undo");
	world_runs(&w, "e", ".");
	REFUSED(world_apply(&w, (struct event){ .kind = EVENT_RUN,
						.commit = world_oid("e"),
						.number = 0 }),
		"ended already");
	REFUSED(world_say(&w, EVENT_PICK, "j", 0), "has a verdict already");
	PLAN("e is good");
	world_release(&w);
}

static void a_picked_commit_is_tested_next(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	OK(world_say(&w, EVENT_PICK, "c", 0));
	PLAN("test c");
	assert_true(engine_plan(w.engine)->picked);
	GOOD("c");
	PLAN("test f"); /* back to the midpoint */
	world_release(&w);
}

static void a_pick_comes_before_all_that_the_search_would_do(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	GOOD("e");
	BAD("f");
	PLAN("found f");
	OK(world_say(&w, EVENT_PICK, "h", 0));
	PLAN("test h");
	BAD("h");
	PLAN("found f");
	OK(world_undo(&w));
	OK(world_undo(&w));
	PLAN("found f");
	OK(world_say(&w, EVENT_RETRACT, "a", 0));
	OK(world_say(&w, EVENT_RETRACT, "e", 0));
	PLAN("needs good");
	OK(world_say(&w, EVENT_PICK, "c", 0));
	PLAN("test c");
	assert_false(engine_plan(w.engine)->needs_person);
	world_release(&w);
}

static void trouble_beside_the_search_does_not_hold_it_up(void **state)
{
	struct world w = begun(line, "exit-code", false);
	const struct plan *plan;

	(void)state;
	OK(world_build(&w, "e", BUILD_OK));
	world_runs(&w, "e", ".");
	POLICY("e", VERDICT_GOOD);
	OK(world_say(&w, EVENT_MORE, "e", 2));
	world_runs(&w, "e", "I");
	plan = engine_plan(w.engine);
	assert_int_equal(plan->wishes[0].kind, WISH_ASK);
	assert_int_equal(plan->wishes[0].commit, world_commit(&w, "e"));
	assert_false(plan->needs_person);
	PLAN("test g");
	world_release(&w);
}

static void more_runs_are_wished_for_and_may_change_the_verdict(void **state)
{
	struct world w = begun(line, "syzkaller/10/10", false);
	const struct plan *plan;

	(void)state;
	OK(world_build(&w, "e", BUILD_OK));
	world_runs(&w, "e", "..........");
	POLICY("e", VERDICT_GOOD);
	OK(world_say(&w, EVENT_MORE, "e", 10));
	plan = engine_plan(w.engine);
	assert_int_equal(plan->wishes[0].kind, WISH_RUNS);
	assert_int_equal(plan->wishes[0].runs, 10);
	assert_int_equal(plan->wishes[0].commit, world_commit(&w, "e"));
	PLAN("test g");
	world_runs(&w, "e", "XXX.......");
	PLAN("e is bad");
	world_release(&w);
}

/* The engine gives verdicts from the top, and would wait for ever. */
static void a_question_about_another_commit_is_behind_the_verdicts(void **state)
{
	struct world w;
	struct event run = { .kind = EVENT_RUN,
			     .by = BY_ENGINE,
			     .commit = world_oid("e"),
			     .number = 1,
			     .outcome = OUTCOME_CRASHED,
			     .title = (char[]){ "B" } };

	(void)state;
	world_init(&w, line);
	OK(world_apply(&w, (struct event){ .kind = EVENT_START,
					   .by = BY_START,
					   .policy = (char[]){ "exit-code" },
					   .title = (char[]){ "A" } }));
	OK(world_mark(&w, BY_START, "j", VERDICT_BAD));
	OK(world_mark(&w, BY_START, "a", VERDICT_GOOD));
	OK(world_build(&w, "e", BUILD_OK));
	world_runs(&w, "e", ".");
	POLICY("e", VERDICT_GOOD);
	OK(world_say(&w, EVENT_MORE, "e", 1));
	OK(world_apply(&w, run));
	OK(world_build(&w, "g", BUILD_OK));
	world_runs(&w, "g", ".");
	PLAN("g is good");
	assert_int_equal(engine_plan(w.engine)->wishes[1].kind, WISH_ASK);
	assert_false(engine_plan(w.engine)->needs_person);
	world_release(&w);
}

static void a_recorded_verdict_is_not_recomputed_without_new_evidence(
	void **state)
{
	struct world w = begun(line, "syzkaller/10/10", false);

	(void)state;
	world_runs(&w, "e", "BBBBBB....");
	/* what an older rule said; today's would be skip */
	POLICY("e", VERDICT_GOOD);
	PLAN("test g");
	assert_int_equal(engine_judge(w.engine, world_commit(&w, "e")).verdict,
			 VERDICT_SKIP);
	world_release(&w);
}

static void skipping_a_range_leaves_it_out(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	OK(world_apply(&w, (struct event){ .kind = EVENT_SKIP_RANGE,
					   .by = BY_PERSON,
					   .other = world_oid("b"),
					   .commit = world_oid("i") }));
	PLAN("test b"); /* c to i are skipped */
	GOOD("b");
	PLAN("only c d e f g h i j");
	/* one of them is taken out of the range again */
	OK(world_say(&w, EVENT_RETRACT, "f", 0));
	PLAN("test f");
	BAD("f");
	PLAN("only c d e f");
	OK(world_undo(&w));
	OK(world_undo(&w));
	OK(world_undo(&w));
	OK(world_undo(&w));
	PLAN("test e");
	world_release(&w);
}

static void a_good_commit_beside_bad_asks_for_the_merge_base(void **state)
{
	/*   b - c - j   bad
	   a - x - y     good */
	struct world w;

	(void)state;
	world_init(&w, "r a:r b:a c:b d:c j:d x:a y:x");
	OK(world_start(&w, "exit-code", false));
	OK(world_mark(&w, BY_START, "j", VERDICT_BAD));
	OK(world_mark(&w, BY_START, "y", VERDICT_GOOD));
	PLAN("test a");
	assert_true(engine_plan(w.engine)->merge_base);
	GOOD("a");
	PLAN("test c");
	BAD("c");
	PLAN("test b");
	world_release(&w);
}

static void a_bad_merge_base_ends_the_search(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, "r a:r b:a c:b d:c j:d x:a y:x");
	OK(world_start(&w, "exit-code", false));
	OK(world_mark(&w, BY_START, "j", VERDICT_BAD));
	OK(world_mark(&w, BY_START, "y", VERDICT_GOOD));
	BAD("a");
	PLAN("merge base a is bad");
	OK(world_undo(&w));
	PLAN("test a");
	OK(world_redo(&w));
	PLAN("merge base a is bad");
	OK(world_say(&w, EVENT_RETRACT, "a", 0));
	PLAN("test a");
	OK(world_undo(&w));
	PLAN("merge base a is bad");
	world_release(&w);
}

static void a_skipped_merge_base_is_passed_over(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, "r a:r b:a c:b d:c j:d x:a y:x");
	OK(world_start(&w, "exit-code", false));
	OK(world_mark(&w, BY_START, "j", VERDICT_BAD));
	OK(world_mark(&w, BY_START, "y", VERDICT_GOOD));
	SKIP("a");
	PLAN("test c");
	world_release(&w);
}

static void a_base_below_one_that_was_tested_is_not_asked_for(void **state)
{
	/*
	 *   a - d - - j      bad; y is good, and so is a, the merge base
	 *  / \       /
	 * r   y     /
	 *  \       /
	 *   e - - f         found bad: its base with y is r, below a
	 */
	static const char graph[] = "r a:r y:a d:a e:r f:e j:d,f";
	struct world w;

	(void)state;
	world_init(&w, graph);
	OK(world_start(&w, "exit-code", false));
	OK(world_mark(&w, BY_START, "j", VERDICT_BAD));
	OK(world_mark(&w, BY_START, "y", VERDICT_GOOD));
	PLAN("test a");
	GOOD("a");
	PLAN("test f");
	BAD("f");
	PLAN("test e"); /* as git: it has made sure of the bases once */
	BAD("e");
	PLAN("found e");
	OK(world_undo(&w));
	OK(world_undo(&w));
	OK(world_undo(&w));
	PLAN("test a");
	SKIP("a");
	BAD("f");
	PLAN("test e");
	world_release(&w);
}

static void goods_found_on_the_way_need_no_merge_base(void **state)
{
	/* y is merged into j; c is bad, and y is not below c */
	struct world w;

	(void)state;
	world_init(&w, "a b:a c:b d:c x:a y:x j:d,y");
	OK(world_start(&w, "exit-code", false));
	OK(world_mark(&w, BY_START, "j", VERDICT_BAD));
	OK(world_mark(&w, BY_START, "a", VERDICT_GOOD));
	GOOD("y");
	BAD("c");
	PLAN("test b");
	world_release(&w);
}

static void releases_are_walked_back_until_one_is_good(void **state)
{
	struct world w;
	char first[] = "v3", second[] = "v2", third[] = "v1";

	(void)state;
	world_init(&w, "j? v3? v2? v1?");
	OK(world_start(&w, "exit-code", false));
	OK(world_mark(&w, BY_START, "j", VERDICT_BAD));
	OK(world_apply(&w, (struct event){ .kind = EVENT_RELEASE,
					   .commit = world_oid("v3"),
					   .text = first }));
	OK(world_apply(&w, (struct event){ .kind = EVENT_RELEASE,
					   .commit = world_oid("v2"),
					   .text = second }));
	OK(world_apply(&w, (struct event){ .kind = EVENT_RELEASE,
					   .commit = world_oid("v1"),
					   .text = third }));
	PLAN("test v3");
	assert_true(engine_plan(w.engine)->release);
	POLICY("v3", VERDICT_BAD);
	PLAN("test v2");
	POLICY("v2", VERDICT_SKIP);
	PLAN("test v1");
	POLICY("v1", VERDICT_GOOD);
	PLAN("range");
	assert_int_equal(engine_plan(w.engine)->bad, world_commit(&w, "v3"));
	assert_string_equal(
		engine_step_of(w.engine, world_commit(&w, "v3"))->release,
		"v3");
	world_release(&w);
}

static void when_every_release_is_bad_a_person_is_asked(void **state)
{
	struct world w;
	char only[] = "v1";

	(void)state;
	world_init(&w, "j? v1?");
	OK(world_start(&w, "exit-code", false));
	OK(world_mark(&w, BY_START, "j", VERDICT_BAD));
	OK(world_apply(&w, (struct event){ .kind = EVENT_RELEASE,
					   .commit = world_oid("v1"),
					   .text = only }));
	POLICY("v1", VERDICT_BAD);
	PLAN("needs good");
	assert_non_null(strstr(engine_plan(w.engine)->wishes[0].why,
			       "no release is good down to v1"));
	world_release(&w);
}

static void the_staircase_has_gits_numbers(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	/* git: 4 revisions left to test after this (roughly 2 steps) */
	assert_int_equal(engine_step(w.engine, 1)->left_after, 4);
	assert_int_equal(engine_step(w.engine, 1)->steps_after, 2);
	GOOD("e");
	assert_int_equal(engine_step(w.engine, 2)->left_after, 2);
	assert_int_equal(engine_step(w.engine, 2)->steps_after, 1);
	assert_int_equal(engine_step(w.engine, 0)->left_after, -1);
	world_release(&w);
}

static void an_engine_that_comes_back_forgets_what_was_in_flight(void **state)
{
	struct world w = begun(line, "syzkaller/10/10", false);
	const struct step *step;

	(void)state;
	OK(world_build(&w, "e", BUILD_OK));
	world_runs(&w, "e", "..");
	OK(world_say(&w, EVENT_RUN_BEGIN, "e", 2));
	OK(world_say(&w, EVENT_RUN_BEGIN, "e", 3));
	step = engine_step_of(w.engine, world_commit(&w, "e"));
	assert_int_equal(step->run_count, 4);
	assert_true(step->runs[3].running);
	OK(world_say(&w, EVENT_ENGINE, NULL, 4711));
	step = engine_step_of(w.engine, world_commit(&w, "e"));
	assert_int_equal(step->run_count, 2);
	world_release(&w);
}

static void pausing_is_a_decision_too(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	OK(world_say(&w, EVENT_PAUSE, NULL, 0));
	assert_true(engine_plan(w.engine)->paused);
	PLAN("test e");
	OK(world_undo(&w));
	assert_false(engine_plan(w.engine)->paused);
	world_release(&w);
}

static void a_pause_may_give_up_what_is_in_flight(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	OK(world_say(&w, EVENT_PAUSE, NULL, 0));
	assert_false(engine_plan(w.engine)->halted);
	OK(world_say(&w, EVENT_PAUSE, NULL, PAUSE_NOW));
	assert_true(engine_plan(w.engine)->halted);
	OK(world_say(&w, EVENT_RESUME, NULL, 0));
	assert_false(engine_plan(w.engine)->paused);
	assert_false(engine_plan(w.engine)->halted);
	world_release(&w);
}

/* What a verdict of a person's on the commit would change. */
static struct preview look(struct world *w, const char *name,
			   enum verdict verdict)
{
	struct preview preview;

	OK(preview_make(&preview, w->engine,
			&(struct event){ .kind = EVENT_VERDICT,
					 .by = BY_PERSON,
					 .verdict = verdict,
					 .commit = world_oid(name) },
			&w->err));
	return preview;
}

static void a_verdict_can_be_looked_at_before_it_is_given(void **state)
{
	struct world w = begun(line, "exit-code", false);
	struct preview seen;

	(void)state;
	OK(world_build(&w, "e", BUILD_OK));
	OK(world_mark(&w, BY_POLICY, "e", VERDICT_GOOD));
	PLAN("test g");
	OK(world_build(&w, "g", BUILD_OK));
	OK(world_say(&w, EVENT_RUN_BEGIN, "g", 0));

	/* the commit under test: its run goes on for nothing */
	seen = look(&w, "g", VERDICT_BAD);
	assert_int_equal(seen.before.state, PLAN_TEST);
	assert_int_equal(seen.after.commit, world_commit(&w, "f"));
	assert_int_equal(seen.stopped_runs, 1);
	assert_int_equal(seen.stopped_commit, world_commit(&w, "g"));
	assert_int_equal(seen.stand, 3);
	preview_release(&seen);

	/* an older one that was good: the range lies below it then */
	seen = look(&w, "c", VERDICT_BAD);
	assert_int_equal(seen.after.commit, world_commit(&w, "b"));
	assert_int_equal(seen.change_count, 2);
	assert_int_equal(seen.changes[0].kind, PREVIEW_ASIDE);
	assert_int_equal(seen.changes[0].commit, world_commit(&w, "e"));
	assert_int_equal(seen.changes[1].kind, PREVIEW_OTHER);
	preview_release(&seen);

	/* and nothing of that has happened */
	PLAN("test g");
	world_release(&w);
}

static void what_will_be_refused_is_refused_beforehand(void **state)
{
	struct world w = begun(line, "exit-code", false);
	struct preview seen;

	(void)state;
	assert_int_equal(
		preview_make(&seen, w.engine,
			     &(struct event){ .kind = EVENT_RETRACT,
					      .by = BY_PERSON,
					      .commit = world_oid("d") },
			     &w.err),
		-1);
	assert_non_null(strstr(w.err.text, "no verdict to take back"));
	PLAN("test e");
	world_release(&w);
}

static void letters_tell_another_crash_from_the_expected_one(void **state)
{
	struct world w = begun(line, "syzkaller/10/10", false);
	char bug[] = "BUG: a", other[] = "BUG: b";
	const struct step *step;

	(void)state;
	OK(world_apply(&w, (struct event){ .kind = EVENT_RUN,
					   .commit = world_oid("e"),
					   .outcome = OUTCOME_CRASHED,
					   .title = bug }));
	OK(world_apply(&w, (struct event){ .kind = EVENT_RUN,
					   .commit = world_oid("e"),
					   .number = 1,
					   .outcome = OUTCOME_CRASHED,
					   .title = other }));
	step = engine_step_of(w.engine, world_commit(&w, "e"));
	assert_int_equal(engine_run_letter(&step->runs[0]), 'X');
	assert_int_equal(engine_run_letter(&step->runs[1]), 'x');
	assert_string_equal(engine_title(w.engine), "BUG: a");
	world_release(&w);
}

static void a_run_judged_infra_is_repeated_after_resume(void **state)
{
	struct world w = begun(line, "syzkaller/4/4", false);
	struct event judge = { .kind = EVENT_JUDGE,
			       .by = BY_PERSON,
			       .commit = world_oid("e"),
			       .outcome = OUTCOME_INFRA };

	(void)state;
	OK(world_build(&w, "e", BUILD_OK));
	world_runs(&w, "e", "X.BB");
	PLAN("e is skip");
	for (judge.number = 0; judge.number < 4; judge.number++)
		OK(world_apply(&w, judge));
	PLAN("ask about e");
	OK(world_say(&w, EVENT_RESUME, NULL, 0));
	PLAN("test e");
	assert_int_equal(engine_plan(w.engine)->wishes[0].kind, WISH_RUNS);
	assert_int_equal(engine_plan(w.engine)->wishes[0].runs, 4);
	world_release(&w);
}

static void a_run_that_was_replaced_counts_again_when_it_is_judged(void **state)
{
	struct world w = begun(line, "syzkaller/4/4", false);
	struct event judge = { .kind = EVENT_JUDGE,
			       .by = BY_PERSON,
			       .commit = world_oid("e"),
			       .outcome = OUTCOME_OK };
	struct tally tally;

	(void)state;
	OK(world_build(&w, "e", BUILD_OK));
	world_runs(&w, "e", ".IIIII");
	PLAN("ask about e");
	OK(world_say(&w, EVENT_RESUME, NULL, 0));
	assert_int_equal(engine_plan(w.engine)->wishes[0].runs, 3);
	judge.number = 1;
	OK(world_apply(&w, judge));
	assert_int_equal(engine_plan(w.engine)->wishes[0].runs, 2);
	engine_tally(w.engine, world_commit(&w, "e"), &tally);
	assert_int_equal(tally.total, 2);
	assert_int_equal(tally.outcomes[OUTCOME_OK], 2);
	OK(world_undo(&w));
	assert_int_equal(engine_plan(w.engine)->wishes[0].runs, 3);
	world_release(&w);
}

static void a_run_has_a_number_that_makes_sense(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	REFUSED(world_say(&w, EVENT_RUN_BEGIN, "e", -1), "number");
	REFUSED(world_say(&w, EVENT_RUN_BEGIN, "e", INT64_C(1) << 32),
		"number");
	REFUSED(world_say(&w, EVENT_RUN, "e", INT64_MAX), "number");
	REFUSED(world_say(&w, EVENT_JUDGE, "e", INT64_MAX), "number");
	assert_null(engine_step_of(w.engine, world_commit(&w, "e")));
	world_release(&w);
}

static void steps_are_numbered_without_gaps(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	/* two attempts that came to nothing, and one that did not */
	OK(world_say(&w, EVENT_BUILD_BEGIN, "e", 0));
	OK(world_say(&w, EVENT_BUILD_STOPPED, "e", 0));
	OK(world_say(&w, EVENT_RUN_BEGIN, "f", 0));
	OK(world_say(&w, EVENT_RUN_STOPPED, "f", 0));
	OK(world_build(&w, "g", BUILD_OK));
	assert_int_equal(engine_step_count(w.engine), 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(engine_step(w.engine, i)->position, i + 1);
	assert_null(engine_step(w.engine, 3));
	/* e comes back to the place where it first appeared */
	OK(world_build(&w, "e", BUILD_OK));
	assert_int_equal(engine_step_count(w.engine), 4);
	assert_int_equal(
		engine_step_of(w.engine, world_commit(&w, "e"))->position, 3);
	assert_int_equal(
		engine_step_of(w.engine, world_commit(&w, "g"))->position, 4);
	world_release(&w);
}

static void what_is_skipped_cannot_be_picked(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	OK(world_apply(&w, (struct event){ .kind = EVENT_SKIP_RANGE,
					   .by = BY_PERSON,
					   .other = world_oid("b"),
					   .commit = world_oid("d") }));
	REFUSED(world_say(&w, EVENT_PICK, "c", 0), "skipped");
	OK(world_say(&w, EVENT_RETRACT, "c", 0));
	OK(world_say(&w, EVENT_PICK, "c", 0));
	PLAN("test c");
	world_release(&w);
}

static void a_range_with_an_unknown_end_is_refused(void **state)
{
	struct world w = begun(line, "exit-code", false);
	struct event event = { .kind = EVENT_SKIP_RANGE,
			       .by = BY_PERSON,
			       .other = world_oid("zz"),
			       .commit = world_oid("d") };

	(void)state;
	REFUSED(world_apply(&w, event), "not one of the session's");
	event.commit = world_oid("zz");
	event.other = world_oid("d");
	REFUSED(world_apply(&w, event), "not one of the session's");
	PLAN("test e");
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_person_bisects_by_hand),
		cmocka_unit_test(
			before_both_ends_are_known_it_says_which_is_missing),
		cmocka_unit_test(runs_lead_to_a_wish_for_a_verdict),
		cmocka_unit_test(a_mark_made_with_git_comes_before_a_policys),
		cmocka_unit_test(a_mark_made_with_git_is_never_refused),
		cmocka_unit_test(a_flaky_bug_gets_the_long_series_from_then_on),
		cmocka_unit_test(a_broken_build_is_skipped),
		cmocka_unit_test(
			trouble_on_our_side_asks_and_is_repeated_after_resume),
		cmocka_unit_test(
			a_build_that_failed_here_is_made_again_after_resume),
		cmocka_unit_test(
			the_fixing_commit_is_found_with_the_directions_swapped),
		cmocka_unit_test(
			overruling_a_run_changes_the_wish_and_costs_nothing),
		cmocka_unit_test(
			a_persons_verdict_beats_the_policys_and_can_be_retracted),
		cmocka_unit_test(
			an_override_sets_aside_what_contradicts_it_until_undone),
		cmocka_unit_test(
			two_verdicts_of_a_persons_may_not_exclude_each_other),
		cmocka_unit_test(
			ends_that_are_mistaken_for_each_other_are_refused),
		cmocka_unit_test(the_end_points_can_be_moved),
		cmocka_unit_test(
			undo_and_redo_go_as_far_as_there_are_decisions),
		cmocka_unit_test(a_new_decision_ends_what_could_be_redone),
		cmocka_unit_test(a_fact_cannot_be_undone),
		cmocka_unit_test(
			what_does_not_fit_is_refused_and_changes_nothing),
		cmocka_unit_test(a_picked_commit_is_tested_next),
		cmocka_unit_test(
			a_pick_comes_before_all_that_the_search_would_do),
		cmocka_unit_test(trouble_beside_the_search_does_not_hold_it_up),
		cmocka_unit_test(
			more_runs_are_wished_for_and_may_change_the_verdict),
		cmocka_unit_test(
			a_question_about_another_commit_is_behind_the_verdicts),
		cmocka_unit_test(
			a_recorded_verdict_is_not_recomputed_without_new_evidence),
		cmocka_unit_test(skipping_a_range_leaves_it_out),
		cmocka_unit_test(
			a_good_commit_beside_bad_asks_for_the_merge_base),
		cmocka_unit_test(a_bad_merge_base_ends_the_search),
		cmocka_unit_test(a_skipped_merge_base_is_passed_over),
		cmocka_unit_test(
			a_base_below_one_that_was_tested_is_not_asked_for),
		cmocka_unit_test(goods_found_on_the_way_need_no_merge_base),
		cmocka_unit_test(releases_are_walked_back_until_one_is_good),
		cmocka_unit_test(when_every_release_is_bad_a_person_is_asked),
		cmocka_unit_test(the_staircase_has_gits_numbers),
		cmocka_unit_test(
			an_engine_that_comes_back_forgets_what_was_in_flight),
		cmocka_unit_test(pausing_is_a_decision_too),
		cmocka_unit_test(a_pause_may_give_up_what_is_in_flight),
		cmocka_unit_test(a_verdict_can_be_looked_at_before_it_is_given),
		cmocka_unit_test(what_will_be_refused_is_refused_beforehand),
		cmocka_unit_test(
			letters_tell_another_crash_from_the_expected_one),
		cmocka_unit_test(a_run_judged_infra_is_repeated_after_resume),
		cmocka_unit_test(
			a_run_that_was_replaced_counts_again_when_it_is_judged),
		cmocka_unit_test(a_run_has_a_number_that_makes_sense),
		cmocka_unit_test(
			the_runs_of_an_equal_kernel_count_for_a_commit),
		cmocka_unit_test(
			who_does_not_believe_that_asks_for_runs_of_its_own),
		cmocka_unit_test(an_open_crash_is_asked_about_while_it_matters),
		cmocka_unit_test(
			what_an_equal_kernel_crashed_with_is_asked_about),
		cmocka_unit_test(
			what_changes_of_a_run_changes_for_the_equal_kernel_too),
		cmocka_unit_test(
			the_ends_are_tested_first_the_bad_one_with_the_long_series),
		cmocka_unit_test(
			in_a_search_for_a_fix_the_bad_end_is_the_older_one),
		cmocka_unit_test(
			a_bad_commit_that_does_not_crash_is_asked_about),
		cmocka_unit_test(an_end_that_cannot_be_tested_is_asked_about),
		cmocka_unit_test(
			the_culprits_parent_is_built_to_compare_their_kernels),
		cmocka_unit_test(what_does_not_boot_can_be_looked_for),
		cmocka_unit_test(what_does_not_build_can_be_looked_for),
		cmocka_unit_test(
			what_is_looked_for_may_be_changed_and_changed_back),
		cmocka_unit_test(steps_are_numbered_without_gaps),
		cmocka_unit_test(what_is_skipped_cannot_be_picked),
		cmocka_unit_test(
			fixups_are_in_force_until_they_are_dropped_or_undone),
		cmocka_unit_test(a_number_is_never_another_fixups),
		cmocka_unit_test(
			a_fixup_that_does_not_apply_says_nothing_of_the_commit),
		cmocka_unit_test(a_step_knows_what_it_was_built_with),
		cmocka_unit_test(a_range_with_an_unknown_end_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
