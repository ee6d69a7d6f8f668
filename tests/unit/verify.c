/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "engine/graph.h"
#include "engine/verify.h"
#include "tests/unit/world.h"

/* A line, and the commits that reverts will make: not of any range. */
static const char line[] = "a b:a c:b d:c e:d f:e r? s?";

#define OK(call)   assert_int_equal(call, 0)
#define PLAN(text) assert_string_equal(world_plan(&w), text)
#define SAYS(text) assert_string_equal(says(&w), text)
#define REFUSED(call, words)                                \
	do {                                                \
		assert_int_equal(call, -1);                 \
		assert_int_equal(w.err.code, ERROR_STATE);  \
		assert_non_null(strstr(w.err.text, words)); \
	} while (0)

/* f is bad, a good; the policy found d. */
static struct world found(const char *graph, const char *policy, bool fix)
{
	struct world w;

	world_init(&w, graph);
	OK(world_start(&w, policy, fix));
	OK(world_mark(&w, BY_START, "f", fix ? VERDICT_GOOD : VERDICT_BAD));
	OK(world_mark(&w, BY_START, "a", fix ? VERDICT_BAD : VERDICT_GOOD));
	OK(world_mark(&w, BY_POLICY, "c", fix ? VERDICT_BAD : VERDICT_GOOD));
	OK(world_mark(&w, BY_POLICY, "d", fix ? VERDICT_GOOD : VERDICT_BAD));
	return w;
}

static int verify(struct world *w, const char *culprit, int runs, bool reverts)
{
	char no_revert[] = VERIFY_NO_REVERT;

	return world_apply(w, (struct event){ .kind = EVENT_VERIFY,
					      .by = BY_PERSON,
					      .commit = world_oid(culprit),
					      .number = runs,
					      .policy = reverts ? NULL
								: no_revert });
}

/* What came of taking the culprit back on `base`; made: a name or NULL. */
static int revert(struct world *w, const char *culprit, const char *base,
		  const char *made, enum made result)
{
	struct oid reverted = world_oid(culprit);
	char text[] = "fs/a.c (in /s/revert)";

	return world_apply(
		w,
		(struct event){ .kind = EVENT_REVERT,
				.by = BY_ENGINE,
				.commit = made ? world_oid(made)
					       : (struct oid){ "" },
				.other = world_oid(base),
				.title = reverted.hex,
				.policy = (char *)(uintptr_t)made_name(result),
				.text = made ? NULL : text });
}

static int build(struct world *w, const char *name, const char *like,
		 enum build_result result, const char *signature)
{
	OK(world_apply(w, (struct event){ .kind = EVENT_BUILD_BEGIN,
					  .by = BY_ENGINE,
					  .commit = world_oid(name),
					  .other = world_oid(like) }));
	return world_apply(
		w, (struct event){ .kind = EVENT_BUILD,
				   .by = BY_ENGINE,
				   .commit = world_oid(name),
				   .build = result,
				   .signature = (char *)(uintptr_t)signature });
}

/* Built for the verifying of d, and run. */
static void test(struct world *w, const char *name, const char *letters)
{
	OK(build(w, name, "d", BUILD_OK, NULL));
	world_runs(w, name, letters);
}

static const char *says(struct world *w)
{
	static char text[400];
	struct verify verify;
	struct buf out;

	if (!engine_verify(w->engine, &verify))
		return "";
	buf_init(&out, 0);
	verify_say(w->engine, &verify, &out);
	snprintf(text, sizeof(text), "%s", out.text);
	buf_release(&out);
	return text;
}

/* "revert f/d, build r/d, run r 3/d, ask": each wish, with what it is like. */
static const char *wishes(struct world *w)
{
	static char text[400];
	const struct plan *plan = engine_plan(w->engine);
	struct buf out;

	buf_init(&out, 0);
	for (int i = 0; i < plan->wish_count; i++) {
		const struct wish *wish = &plan->wishes[i];

		buf_printf(&out, "%s%s", i ? ", " : "",
			   wish->kind == WISH_REVERT	? "revert"
			   : wish->kind == WISH_BUILD	? "build"
			   : wish->kind == WISH_RUNS	? "run"
			   : wish->kind == WISH_ASK	? "ask"
			   : wish->kind == WISH_VERDICT ? "verdict"
							: "range");
		if (wish->commit >= 0)
			buf_printf(&out, " %s", world_name(w, wish->commit));
		if (wish->kind == WISH_RUNS)
			buf_printf(&out, " %d", wish->runs);
		if (wish->like >= 0)
			buf_printf(&out, "/%s", world_name(w, wish->like));
	}
	snprintf(text, sizeof(text), "%s", out.text);
	buf_release(&out);
	return text;
}

static enum verify_result result(struct world *w)
{
	struct verify verify;

	assert_true(engine_verify(w->engine, &verify));
	return verify.result;
}

static void four_trees_are_built_alike_and_run(void **state)
{
	struct world w = found(line, "exit-code", false);

	(void)state;
	SAYS("");
	PLAN("found d");
	OK(verify(&w, "d", 3, true));
	PLAN("found d");
	assert_string_equal(wishes(&w),
			    "revert d/d, revert f/d, build d/d, run d 3/d, "
			    "build c/d, run c 3/d");
	SAYS("culprit not tested yet, parent not tested yet, revert on culprit "
	     "not tested yet, revert on bad end not tested yet");
	OK(revert(&w, "d", "d", "r", MADE_OK));
	OK(revert(&w, "d", "f", "s", MADE_OK));
	assert_string_equal(wishes(&w),
			    "build d/d, run d 3/d, build c/d, run c 3/d, "
			    "build r/d, run r 3/d, build s/d, run s 3/d");
	test(&w, "d", "X");
	assert_string_equal(wishes(&w),
			    "run d 2/d, build c/d, run c 3/d, build r/d, "
			    "run r 3/d, build s/d, run s 3/d");
	world_runs(&w, "d", "XX");
	test(&w, "c", "...");
	test(&w, "r", "...");
	assert_int_equal(result(&w), VERIFY_UNDER_WAY);
	test(&w, "s", "...");
	assert_int_equal(result(&w), VERIFY_CONFIRMED);
	SAYS("culprit 3/3 crashed, parent 0/3, revert on culprit 0/3, revert "
	     "on "
	     "bad end 0/3: the revert fixes it");
	assert_string_equal(wishes(&w), "");
	PLAN("found d");
	world_release(&w);
}

/* d, by runs of its own and clean ones of its parent. */
static struct world believed(void)
{
	struct world w = found(line, "adaptive", false);

	world_runs(&w, "f", "XXXX");
	world_runs(&w, "d", "XXX");
	world_runs(&w, "c", "....");
	return w;
}

static void a_culprit_that_is_believed_is_verified_too(void **state)
{
	struct world w = believed();

	(void)state;
	PLAN("found d");
	OK(verify(&w, "d", 3, true));
	assert_string_equal(wishes(&w),
			    "revert d/d, revert f/d, build d/d, run d 3/d, "
			    "build c/d, run c 3/d");
	OK(revert(&w, "d", "d", "r", MADE_OK));
	OK(revert(&w, "d", "f", "s", MADE_OK));
	test(&w, "d", "XXX");
	test(&w, "c", "...");
	test(&w, "r", "...");
	assert_int_equal(result(&w), VERIFY_UNDER_WAY);
	test(&w, "s", "...");
	assert_int_equal(result(&w), VERIFY_CONFIRMED);
	PLAN("found d");
	world_release(&w);
}

/* What was made to verify is a run like any other: the belief goes on. */
static void a_parent_that_crashes_sends_the_belief_on(void **state)
{
	struct world w = believed();

	(void)state;
	OK(verify(&w, "d", 3, false));
	test(&w, "d", "XXX");
	test(&w, "c", "XXX");
	assert_int_equal(result(&w), VERIFY_OVERTURNED);
	assert_string_not_equal(world_plan(&w), "found d");
	world_release(&w);
}

static void runs_from_before_the_order_are_not_counted(void **state)
{
	struct world w = found(line, "exit-code", false);

	(void)state;
	world_runs(&w, "d", "XXX");
	OK(verify(&w, "d", 3, false));
	assert_string_equal(wishes(&w),
			    "build d/d, run d 3/d, build c/d, run c 3/d");
	/* and an order for more counts from the first one on */
	test(&w, "d", "XXX");
	test(&w, "c", "...");
	assert_int_equal(result(&w), VERIFY_CONFIRMED);
	SAYS("culprit 3/3 crashed, parent 0/3, revert on culprit left "
	     "out, revert on bad end left out: confirmed");
	OK(verify(&w, "d", 5, true));
	assert_string_equal(wishes(&w), "revert d/d, revert f/d, run d 2/d, "
					"run c 2/d");
	/* and can be taken back */
	OK(world_undo(&w));
	assert_int_equal(result(&w), VERIFY_CONFIRMED);
	OK(world_undo(&w));
	SAYS("");
	world_release(&w);
}

static void in_fix_mode_the_bug_has_to_come_back(void **state)
{
	struct world w = found(line, "exit-code", true);

	(void)state;
	OK(verify(&w, "d", 2, true));
	OK(revert(&w, "d", "d", "r", MADE_OK));
	OK(revert(&w, "d", "f", "s", MADE_OK));
	test(&w, "d", "..");
	test(&w, "c", "XX");
	test(&w, "r", "X.");
	test(&w, "s", "XX");
	assert_int_equal(result(&w), VERIFY_CONFIRMED);
	SAYS("culprit 0/2 crashed, parent 2/2, revert on culprit 1/2, revert "
	     "on "
	     "good end 2/2: without the fix the bug is back");
	world_release(&w);
}

static void a_bug_with_two_causes_survives_the_revert(void **state)
{
	struct world w = found(line, "exit-code", false);

	(void)state;
	OK(verify(&w, "d", 2, true));
	OK(revert(&w, "d", "d", "r", MADE_OK));
	OK(revert(&w, "d", "f", "s", MADE_OK));
	test(&w, "d", "XX");
	test(&w, "c", "..");
	test(&w, "r", "..");
	test(&w, "s", ".X");
	assert_int_equal(result(&w), VERIFY_REVERT_FAILS);
	assert_non_null(strstr(says(&w),
			       "revert on bad end 1/2: taken back on "
			       "the newer end the bug stays: it has another "
			       "cause there too"));
	PLAN("found d");
	world_release(&w);
}

static void what_overturns_the_culprit_lets_the_search_go_on(void **state)
{
	struct world w = found(line, "exit-code", false);
	struct verify verified;

	(void)state;
	OK(verify(&w, "d", 3, true));
	test(&w, "d", "XXX");
	test(&w, "c", ".X");
	/* it is judged when its runs are all there */
	PLAN("found d");
	world_runs(&w, "c", ".");
	assert_int_equal(result(&w), VERIFY_OVERTURNED);
	assert_non_null(strstr(says(&w), "revert on bad end left out: the "
					 "parent shows the bug too"));
	PLAN("c is bad");
	OK(world_mark(&w, BY_POLICY, "c", VERDICT_BAD));
	PLAN("test b");
	assert_true(engine_verify(w.engine, &verified));
	assert_false(verified.current);
	OK(world_mark(&w, BY_POLICY, "b", VERDICT_GOOD));
	PLAN("found c");
	assert_string_equal(wishes(&w), "");
	world_release(&w);
}

static void a_culprit_that_is_clean_is_none(void **state)
{
	struct world w = found(line, "syzkaller/2/2", false);

	(void)state;
	world_runs(&w, "d", "XX");
	OK(verify(&w, "d", 12, true));
	test(&w, "d", "............");
	assert_int_equal(result(&w), VERIFY_OVERTURNED);
	assert_non_null(
		strstr(says(&w), "the culprit does not show the bug again"));
	world_release(&w);
}

static void a_conflict_is_asked_about_when_all_else_is_done(void **state)
{
	struct world w = found(line, "exit-code", false);
	const struct plan *plan;

	(void)state;
	OK(verify(&w, "d", 1, true));
	OK(revert(&w, "d", "d", "r", MADE_OK));
	OK(revert(&w, "d", "f", NULL, MADE_CONFLICT));
	assert_false(engine_plan(w.engine)->needs_person);
	test(&w, "d", "X");
	test(&w, "c", ".");
	test(&w, "r", ".");
	plan = engine_plan(w.engine);
	assert_true(plan->needs_person);
	assert_string_equal(wishes(&w), "ask f");
	assert_non_null(strstr(plan->wishes[0].why,
			       "conflicts in fs/a.c (in /s/revert): mend it"));
	/* a person mended it, or not */
	OK(world_say(&w, EVENT_RESUME, NULL, 0));
	assert_string_equal(wishes(&w), "revert f/d");
	OK(revert(&w, "d", "f", NULL, MADE_CONFLICT));
	assert_string_equal(wishes(&w), "ask f");
	OK(world_say(&w, EVENT_RESUME, NULL, 0));
	OK(revert(&w, "d", "f", "s", MADE_OK));
	test(&w, "s", ".");
	assert_int_equal(result(&w), VERIFY_CONFIRMED);
	world_release(&w);
}

static void one_order_leaves_the_revert_out(void **state)
{
	struct world w = found(line, "exit-code", false);

	(void)state;
	OK(verify(&w, "d", 1, true));
	OK(revert(&w, "d", "d", "r", MADE_OK));
	OK(revert(&w, "d", "f", NULL, MADE_CONFLICT));
	test(&w, "d", "X");
	test(&w, "c", ".");
	test(&w, "r", ".");
	OK(verify(&w, "d", 1, false));
	assert_false(engine_plan(w.engine)->needs_person);
	assert_string_equal(wishes(&w), "");
	SAYS("culprit 1/1 crashed, parent 0/1, revert on culprit 0/1, revert "
	     "on "
	     "bad end conflicts: the revert fixes it on the culprit itself");
	world_release(&w);
}

static void the_same_kernel_is_not_run_twice(void **state)
{
	struct world w = found(line, "exit-code", false);

	(void)state;
	OK(verify(&w, "d", 2, true));
	OK(revert(&w, "d", "d", "r", MADE_OK));
	OK(revert(&w, "d", "f", NULL, MADE_EMPTY));
	OK(build(&w, "d", "d", BUILD_OK, "1111"));
	world_runs(&w, "d", "XX");
	OK(build(&w, "c", "d", BUILD_OK, "2222"));
	world_runs(&w, "c", "..");
	OK(build(&w, "r", "d", BUILD_OK, "2222"));
	assert_int_equal(result(&w), VERIFY_CONFIRMED);
	SAYS("culprit 2/2 crashed, parent 0/2, revert on culprit 0/2, revert "
	     "on "
	     "bad end has nothing left to take back: the revert fixes it on "
	     "the culprit itself");
	world_release(&w);
}

static void another_compiler_that_fails_says_nothing_of_a_commit(void **state)
{
	struct world w = found(line, "exit-code", false);

	(void)state;
	OK(world_build(&w, "c", BUILD_OK));
	world_runs(&w, "c", ".");
	OK(verify(&w, "d", 1, false));
	test(&w, "d", "X");
	OK(build(&w, "c", "d", BUILD_FAILED, NULL));
	PLAN("found d");
	assert_int_equal(
		engine_step_of(w.engine, world_commit(&w, "c"))->build->build,
		BUILD_OK);
	assert_int_equal(result(&w), VERIFY_UNSURE);
	assert_non_null(strstr(says(&w), "parent does not build"));
	/* trouble on our side is asked about, and tried again */
	OK(verify(&w, "d", 2, false));
	OK(build(&w, "d", "d", BUILD_INFRA, NULL));
	assert_string_equal(wishes(&w), "ask d");
	OK(world_say(&w, EVENT_RESUME, NULL, 0));
	assert_string_equal(wishes(&w), "build d/d, run d 1/d");
	world_release(&w);
}

static void a_merge_has_all_its_parents_tested(void **state)
{
	struct world w =
		found("a b:a c:b x:a d:c,x e:d f:e r? s?", "exit-code", false);
	char text[300];

	(void)state;
	OK(world_mark(&w, BY_POLICY, "x", VERDICT_GOOD));
	PLAN("found d");
	OK(verify(&w, "d", 1, true));
	assert_string_equal(wishes(&w),
			    "revert d/d, revert f/d, build d/d, run d 1/d, "
			    "build c/d, run c 1/d, build x/d, run x 1/d");
	snprintf(text, sizeof(text), "parent %.*s not tested yet, ", OID_SHORT,
		 world_oid("x").hex);
	assert_non_null(strstr(says(&w), text));
	world_release(&w);
}

static void the_newer_end_itself_needs_one_revert_only(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, line);
	OK(world_start(&w, "exit-code", false));
	OK(world_mark(&w, BY_START, "d", VERDICT_BAD));
	OK(world_mark(&w, BY_START, "c", VERDICT_GOOD));
	OK(verify(&w, "d", 1, true));
	assert_string_equal(wishes(&w), "revert d/d, build d/d, run d 1/d, "
					"build c/d, run c 1/d");
	world_release(&w);
}

static void builds_are_looked_at_where_they_are_the_bug(void **state)
{
	struct world w = found(line, "exit-code", false);
	char symptom[] = "build-failed";

	(void)state;
	OK(world_apply(&w, (struct event){ .kind = EVENT_SYMPTOM,
					   .by = BY_PERSON,
					   .policy = symptom }));
	OK(world_mark(&w, BY_POLICY, "c", VERDICT_GOOD));
	OK(world_mark(&w, BY_POLICY, "d", VERDICT_BAD));
	OK(verify(&w, "d", 20, true));
	OK(revert(&w, "d", "d", "r", MADE_OK));
	OK(revert(&w, "d", "f", "s", MADE_OK));
	assert_string_equal(wishes(&w),
			    "build d/d, build c/d, build r/d, build s/d");
	OK(build(&w, "d", "d", BUILD_FAILED, NULL));
	OK(build(&w, "c", "d", BUILD_OK, NULL));
	OK(build(&w, "r", "d", BUILD_OK, NULL));
	OK(build(&w, "s", "d", BUILD_OK, NULL));
	SAYS("culprit does not build, parent builds, revert on culprit builds, "
	     "revert on bad end builds: the revert fixes it");
	world_release(&w);
}

static void a_tree_without_the_culprit_is_no_commit_of_the_search(void **state)
{
	struct world w = found(line, "exit-code", false);
	int before = engine_step_count(w.engine);

	(void)state;
	OK(verify(&w, "d", 1, true));
	OK(revert(&w, "d", "d", "r", MADE_OK));
	test(&w, "r", "X");
	PLAN("found d");
	assert_int_equal(engine_step_count(w.engine), before);
	assert_int_equal(
		engine_step_of(w.engine, world_commit(&w, "r"))->run_count, 1);
	REFUSED(world_mark(&w, BY_PERSON, "r", VERDICT_GOOD), "was made to");
	REFUSED(world_say(&w, EVENT_PICK, "r", 0), "was made to");
	world_release(&w);
}

static void what_makes_no_sense_is_refused(void **state)
{
	struct world w = found(line, "exit-code", false);

	(void)state;
	REFUSED(verify(&w, "d", 0, true), "1 to 1000 runs");
	REFUSED(verify(&w, "z", 1, true), "is not one of the session's");
	REFUSED(revert(&w, "d", "f", NULL, MADE_OK), "what came of it");
	REFUSED(revert(&w, "d", "f", "r", MADE_EMPTY), "what came of it");
	REFUSED(revert(&w, "d", "f", "q", MADE_OK), "not one of the");
	world_release(&w);
}

static void runs_that_all_go_wrong_are_asked_about(void **state)
{
	struct world w = found(line, "exit-code", false);

	(void)state;
	OK(verify(&w, "d", 20, false));
	test(&w, "d", "IIIII");
	assert_string_equal(wishes(&w), "build c/d, run c 20/d, ask d");
	OK(world_say(&w, EVENT_RESUME, NULL, 0));
	assert_string_equal(wishes(&w), "run d 20/d, build c/d, run c 20/d");
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(four_trees_are_built_alike_and_run),
		cmocka_unit_test(a_culprit_that_is_believed_is_verified_too),
		cmocka_unit_test(a_parent_that_crashes_sends_the_belief_on),
		cmocka_unit_test(runs_from_before_the_order_are_not_counted),
		cmocka_unit_test(in_fix_mode_the_bug_has_to_come_back),
		cmocka_unit_test(a_bug_with_two_causes_survives_the_revert),
		cmocka_unit_test(
			what_overturns_the_culprit_lets_the_search_go_on),
		cmocka_unit_test(a_culprit_that_is_clean_is_none),
		cmocka_unit_test(
			a_conflict_is_asked_about_when_all_else_is_done),
		cmocka_unit_test(one_order_leaves_the_revert_out),
		cmocka_unit_test(the_same_kernel_is_not_run_twice),
		cmocka_unit_test(
			another_compiler_that_fails_says_nothing_of_a_commit),
		cmocka_unit_test(a_merge_has_all_its_parents_tested),
		cmocka_unit_test(the_newer_end_itself_needs_one_revert_only),
		cmocka_unit_test(builds_are_looked_at_where_they_are_the_bug),
		cmocka_unit_test(
			a_tree_without_the_culprit_is_no_commit_of_the_search),
		cmocka_unit_test(what_makes_no_sense_is_refused),
		cmocka_unit_test(runs_that_all_go_wrong_are_asked_about),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
