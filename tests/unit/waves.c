/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/belief.h"
#include "engine/graph.h"
#include "tests/unit/world.h"

static const char line[] = "a b:a c:b d:c e:d f:e g:f h:g i:h j:i";

#define OK(call) assert_int_equal(call, 0)

static struct world begun(const char *policy)
{
	struct world w;

	world_init(&w, line);
	OK(world_start(&w, policy, false));
	OK(world_mark(&w, BY_START, "j", VERDICT_BAD));
	OK(world_mark(&w, BY_START, "a", VERDICT_GOOD));
	return w;
}

static int in_flight(struct world *w, const char *name, int skip)
{
	const struct step *step =
		engine_step_of(w->engine, world_commit(w, name));

	for (int i = 0; step && i < step->run_count; i++)
		if (step->runs[i].running && skip-- == 0)
			return step->runs[i].number;
	fail_msg("no run of %s is in flight", name);
	return -1;
}

static int lowest_free(struct world *w, const char *name)
{
	const struct step *step =
		engine_step_of(w->engine, world_commit(w, name));
	int number = 0;

	for (int i = 0; step && i < step->run_count; i++)
		number += step->runs[i].number == number;
	return number;
}

/*
 * What happens at a commit, in order: ( a run begins, ! the oldest one in
 * flight is stopped, . X B I i it ends so, ~ it crashes in a way that a person
 * has to judge; # the engine is gone.
 */
static void flow(struct world *w, const char *name, const char *letters)
{
	static const char ends[] = ".XBTIi";

	for (; *letters; letters++) {
		struct event event = { .by = BY_ENGINE,
				       .commit = world_oid(name) };

		if (*letters == '#') {
			event.kind = EVENT_ENGINE_GONE;
			event.commit = (struct oid){ "" };
		} else if (*letters == '(') {
			event.kind = EVENT_RUN_BEGIN;
			event.number = lowest_free(w, name);
		} else if (*letters == '!') {
			event.kind = EVENT_RUN_STOPPED;
			event.number = in_flight(w, name, 0);
		} else {
			event.kind = EVENT_RUN;
			event.number = in_flight(w, name, 0);
			event.outcome =
				(enum outcome)(strchr(ends, *letters) - ends);
		}
		OK(world_apply(w, event));
	}
}

/* "2 of 5, 1 killed at 3": shown, valid, waves that were cut short. */
static const char *record(struct world *w, const char *name)
{
	static char text[100];
	struct tally tally;
	int used;

	engine_tally(w->engine, world_commit(w, name), &tally);
	used = snprintf(
		text, sizeof(text), "%d of %d", tally.outcomes[OUTCOME_CRASHED],
		tally.outcomes[OUTCOME_CRASHED] + tally.outcomes[OUTCOME_OK]);
	for (int m = 1; m <= WAVE_MAX; m++)
		if (tally.killed[m])
			used += snprintf(text + used,
					 sizeof(text) - (size_t)used,
					 ", %d killed at %d", tally.killed[m],
					 m);
	return text;
}

#define RECORD(letters, text)                               \
	do {                                                \
		struct world w = begun("strict");           \
                                                            \
		flow(&w, "e", letters);                     \
		assert_string_equal(record(&w, "e"), text); \
		world_release(&w);                          \
	} while (0)

static void a_wave_that_ran_to_its_end_is_counted_run_by_run(void **state)
{
	(void)state;
	RECORD("(((((.....", "0 of 5");
	RECORD("(((((..X..", "1 of 5");
	RECORD("(((((X.X..", "2 of 5");
	RECORD("(X", "1 of 1");
}

static void a_wave_that_was_cut_short_says_one_of_so_many(void **state)
{
	(void)state;
	RECORD("(((((X!!!!", "1 of 1, 1 killed at 5");
	RECORD("(((((..X!!", "1 of 3, 1 killed at 3");
	/* what ended between the crash and the stop is known by itself */
	RECORD("(((((X.!!!", "1 of 2, 1 killed at 4");
	RECORD("(((((XX!!!", "2 of 2, 1 killed at 4");
	RECORD("((((((((((((((((((((((((X!!!!!!!!!!!!!!!!!!!!!!!",
	       "1 of 1, 1 killed at 20");
}

static void each_wave_is_its_own(void **state)
{
	(void)state;
	RECORD("(((X!!(((X!!", "2 of 2, 2 killed at 3");
	RECORD("((((....(((X!!", "1 of 5, 1 killed at 3");
	RECORD("(((X!!((((....", "1 of 5, 1 killed at 3");
}

static void while_the_others_still_run_they_have_not_crashed_yet(void **state)
{
	(void)state;
	RECORD("(((((X", "1 of 1, 1 killed at 5");
	RECORD("(((((.X", "1 of 2, 1 killed at 4");
	RECORD("(((((X....", "1 of 5");
	/* begun after the crash: that one says nothing of it */
	RECORD("((X(.!", "1 of 2");
}

static void what_was_stopped_without_a_crash_says_nothing(void **state)
{
	(void)state;
	RECORD("(((((!!!!!", "0 of 0");
	RECORD("(((((..!!!", "0 of 2");
	RECORD("(((((B!!!!", "0 of 0");
	RECORD("(((((I!!!!", "0 of 0");
	RECORD("(((((i!!!!", "0 of 0");
	/* another crash, then the bug */
	RECORD("(((((iX!!!", "1 of 1, 1 killed at 4");
}

static void runs_that_die_with_the_engine_were_in_flight(void **state)
{
	(void)state;
	RECORD("(((((X#", "1 of 1, 1 killed at 5");
	RECORD("(((((#", "0 of 0");
	RECORD("(((((X#((..", "1 of 3, 1 killed at 5");
}

static void judge_first(struct world *w, const char *name, int run,
			enum outcome outcome)
{
	OK(world_apply(w, (struct event){ .kind = EVENT_JUDGE,
					  .by = BY_PERSON,
					  .commit = world_oid(name),
					  .number = run,
					  .outcome = outcome }));
}

static void a_judgement_makes_another_record_of_the_same_events(void **state)
{
	struct world w = begun("strict");

	(void)state;
	flow(&w, "e", "(((((X!!!!");
	judge_first(&w, "e", 0, OUTCOME_IGNORED);
	assert_string_equal(record(&w, "e"), "0 of 0");
	OK(world_undo(&w));
	assert_string_equal(record(&w, "e"), "1 of 1, 1 killed at 5");
	judge_first(&w, "e", 0, OUTCOME_OK);
	assert_string_equal(record(&w, "e"), "0 of 1");
	world_release(&w);

	/* a crash that nobody saw, before the one that cut it short */
	w = begun("strict");
	flow(&w, "e", "(((((.X!!!");
	assert_string_equal(record(&w, "e"), "1 of 2, 1 killed at 4");
	judge_first(&w, "e", 0, OUTCOME_CRASHED);
	assert_string_equal(record(&w, "e"), "2 of 2, 1 killed at 4");
	world_release(&w);
}

/* The plan, with the runs it wishes for: "e 5", "-" for none. */
static const char *runs_of(struct world *w)
{
	static char text[60];
	const struct plan *plan = engine_plan(w->engine);

	for (int i = 0; i < plan->wish_count; i++) {
		if (plan->wishes[i].kind != WISH_RUNS)
			continue;
		snprintf(text, sizeof(text), "%s %d",
			 world_name(w, plan->wishes[i].commit),
			 plan->wishes[i].runs);
		return text;
	}
	return "-";
}

static void strict_learns_the_rate_at_the_bad_end_first(void **state)
{
	struct world w = begun("strict");

	(void)state;
	OK(world_build(&w, "j", BUILD_OK));
	assert_string_equal(world_plan(&w), "test j");
	assert_string_equal(runs_of(&w), "j 10");
	flow(&w, "j", "((((((((((XXX.......");
	assert_string_equal(world_plan(&w), "test e");
	world_release(&w);
}

static void strict_stops_a_wave_when_it_knows(void **state)
{
	struct world w = begun("strict");

	(void)state;
	world_runs(&w, "j", "XXXXX.....");
	OK(world_build(&w, "e", BUILD_OK));
	assert_string_equal(world_plan(&w), "test e");
	assert_string_equal(runs_of(&w), "e 11");
	flow(&w, "e", "((((((((.X");
	/* one of seven: it may be a stray one yet */
	assert_string_equal(world_plan(&w), "test e");
	flow(&w, "e", "X");
	assert_string_equal(world_plan(&w), "e is bad");
	OK(world_mark(&w, BY_POLICY, "e", VERDICT_BAD));
	/* five are in flight, and nobody wishes for them */
	assert_string_not_equal(runs_of(&w), "e 5");
	assert_string_equal(world_plan(&w), "test c");
	flow(&w, "e", "!!!!!");
	assert_string_equal(record(&w, "e"), "2 of 3, 1 killed at 6");
	assert_string_equal(world_plan(&w), "test c");
	world_release(&w);
}

static void the_policy_can_be_another_one_at_any_time(void **state)
{
	struct world w = begun("syzkaller/3/3");
	static char strict[] = "strict";

	(void)state;
	world_runs(&w, "j", "XXX");
	OK(world_build(&w, "e", BUILD_OK));
	assert_string_equal(runs_of(&w), "e 3");
	flow(&w, "e", "(.(.");
	assert_string_equal(runs_of(&w), "e 1");
	OK(world_apply(&w, (struct event){ .kind = EVENT_POLICY,
					   .by = BY_PERSON,
					   .policy = strict }));
	assert_string_equal(world_plan(&w), "test e");
	flow(&w, "e", "(.(.");
	assert_string_equal(world_plan(&w), "e is good");
	OK(world_undo(&w));
	assert_string_equal(world_plan(&w), "e is good");
	world_release(&w);
}

/* adaptive */

static void engine_with(struct world *w, int slots)
{
	OK(world_apply(w, (struct event){ .kind = EVENT_ENGINE,
					  .by = BY_ENGINE,
					  .steps = slots }));
}

/* The bad end has told how often the bug shows: four runs at a time. */
static struct world searching(const char *end_runs)
{
	struct world w = begun("adaptive");

	engine_with(&w, 4);
	OK(world_build(&w, "j", BUILD_OK));
	world_runs(&w, "j", end_runs);
	return w;
}

static const char *tested(struct world *w)
{
	const struct plan *plan = engine_plan(w->engine);

	return plan->state == PLAN_TEST ? world_name(w, plan->commit) : "-";
}

static void adaptive_asks_the_bad_end_how_often_the_bug_shows(void **state)
{
	struct world w = begun("adaptive");

	(void)state;
	engine_with(&w, 4);
	assert_string_equal(world_plan(&w), "test j");
	world_runs(&w, "j", "XX.......");
	assert_string_equal(world_plan(&w), "test j");
	world_runs(&w, "j", "X");
	assert_string_not_equal(tested(&w), "j");
	assert_string_not_equal(tested(&w), "-");
	world_release(&w);
}

static void adaptive_keeps_to_a_wave_until_a_crash_decides(void **state)
{
	struct world w = searching("XXXXXXXXX.");
	char commit[21];

	(void)state;
	snprintf(commit, sizeof(commit), "%s", tested(&w));
	OK(world_build(&w, commit, BUILD_OK));
	flow(&w, commit, "((((");
	assert_string_equal(tested(&w), commit);
	flow(&w, commit, "X");
	/* three are in flight, and nobody wishes for them */
	assert_string_not_equal(tested(&w), commit);
	assert_non_null(strstr(world_plan(&w), "is bad"));
	flow(&w, commit, "!!!");
	assert_string_equal(record(&w, commit), "1 of 1, 1 killed at 4");
	assert_non_null(strstr(world_plan(&w), "is bad"));
	world_release(&w);

	/* clean runs do not, however many have ended */
	w = searching("XXXXXXXXX.");
	OK(world_build(&w, commit, BUILD_OK));
	flow(&w, commit, "((((...");
	assert_string_equal(tested(&w), commit);
	flow(&w, commit, ".");
	assert_string_not_equal(tested(&w), commit);
	world_release(&w);
}

/* Where the bug is from `culprit` on, and shows always. */
static void search_for(struct world *w, char culprit)
{
	for (int i = 0; i < 100; i++) {
		const struct plan *plan = engine_plan(w->engine);
		const struct wish *wish = plan->wishes;
		char name[21];

		if (plan->wish_count == 0 ||
		    (plan->state != PLAN_TEST && wish->kind != WISH_VERDICT))
			return;
		snprintf(name, sizeof(name), "%s", world_name(w, wish->commit));
		if (wish->kind == WISH_VERDICT)
			OK(world_mark(w, BY_POLICY, name, wish->verdict));
		else if (wish->kind == WISH_BUILD)
			OK(world_build(w, name, BUILD_OK));
		else if (wish->kind == WISH_RUNS)
			flow(w, name, name[0] >= culprit ? "(X" : "(.");
		else
			return;
	}
	fail_msg("the search for %c does not end", culprit);
}

static void adaptive_names_a_culprit_that_was_seen_on_both_sides(void **state)
{
	(void)state;
	for (char culprit = 'b'; culprit <= 'j'; culprit++) {
		struct world w = searching("XXXXXXXXXX");
		const char name[] = { culprit, '\0' };
		const char parent[] = { (char)(culprit - 1), '\0' };
		char plan[20];

		search_for(&w, culprit);
		snprintf(plan, sizeof(plan), "found %s", name);
		assert_string_equal(world_plan(&w), plan);
		/* it crashed itself, and its parent never did */
		assert_int_not_equal(strncmp(record(&w, name), "0 of", 4), 0);
		if (culprit > 'b')
			assert_int_equal(
				strncmp(record(&w, parent), "0 of ", 5), 0);
		assert_string_not_equal(record(&w, parent),
					culprit > 'b' ? "0 of 0" : "");
		world_release(&w);
	}
}

static void a_verdict_is_given_anew_when_the_belief_swings(void **state)
{
	struct world w = searching("XXXXXXXXX.");

	(void)state;
	OK(world_build(&w, "e", BUILD_OK));
	world_runs(&w, "e", "...");
	assert_string_equal(world_plan(&w), "e is good");
	OK(world_mark(&w, BY_POLICY, "e", VERDICT_GOOD));
	/* an ancestor that crashes makes a liar of it */
	OK(world_build(&w, "c", BUILD_OK));
	world_runs(&w, "c", "XXXXX");
	for (int i = 0; i < 2; i++) {
		const struct wish *wish = engine_plan(w.engine)->wishes;

		assert_int_equal(wish->kind, WISH_VERDICT);
		assert_int_equal(wish->verdict, VERDICT_BAD);
		OK(world_mark(&w, BY_POLICY, world_name(&w, wish->commit),
			      VERDICT_BAD));
	}
	assert_int_equal(
		engine_step_of(w.engine, world_commit(&w, "e"))->verdict,
		VERDICT_BAD);
	world_release(&w);
}

static void a_person_s_word_closes_a_commit(void **state)
{
	struct world w = searching("XXXXXXXXXX");
	char before[60], first[21];

	(void)state;
	snprintf(before, sizeof(before), "%s", world_plan(&w));
	snprintf(first, sizeof(first), "%s", tested(&w));
	OK(world_mark(&w, BY_PERSON, first, VERDICT_BAD));
	assert_string_not_equal(tested(&w), first);
	OK(world_undo(&w));
	assert_string_equal(world_plan(&w), before);
	OK(world_mark(&w, BY_PERSON, first, VERDICT_SKIP));
	assert_string_not_equal(tested(&w), first);
	OK(world_undo(&w));
	assert_string_equal(world_plan(&w), before);
	world_release(&w);
}

static void what_does_not_build_is_skipped_and_passed_by(void **state)
{
	struct world w = searching("XXXXXXXXXX");
	char first[21], skip[40];

	(void)state;
	snprintf(first, sizeof(first), "%s", tested(&w));
	OK(world_build(&w, first, BUILD_FAILED));
	snprintf(skip, sizeof(skip), "%s is skip", first);
	assert_string_equal(world_plan(&w), skip);
	OK(world_mark(&w, BY_POLICY, first, VERDICT_SKIP));
	assert_string_not_equal(tested(&w), first);
	assert_string_not_equal(tested(&w), "-");
	world_release(&w);
}

static void a_commit_that_was_built_is_tested_whatever_the_build_took(
	void **state)
{
	struct world w = searching("XXXXXXXXXX");
	char first[21];

	(void)state;
	snprintf(first, sizeof(first), "%s", tested(&w));
	OK(world_apply(&w, (struct event){ .kind = EVENT_BUILD_BEGIN,
					   .by = BY_ENGINE,
					   .commit = world_oid(first) }));
	assert_string_equal(tested(&w), first);
	OK(world_apply(&w, (struct event){ .kind = EVENT_BUILD,
					   .by = BY_ENGINE,
					   .commit = world_oid(first),
					   .build = BUILD_OK,
					   .duration_ms = 1 }));
	assert_string_equal(tested(&w), first);
	world_release(&w);
}

static void more_runs_are_made_where_a_person_asks(void **state)
{
	struct world w = searching("XXXXXXXXXX");

	(void)state;
	OK(world_build(&w, "e", BUILD_OK));
	world_runs(&w, "e", "...");
	OK(world_mark(&w, BY_POLICY, "e", VERDICT_GOOD));
	OK(world_say(&w, EVENT_MORE, "e", 5));
	assert_string_equal(runs_of(&w), "e 5");
	world_runs(&w, "e", ".....");
	assert_string_not_equal(tested(&w), "e");
	world_release(&w);
}

static double chance_of_bug(struct world *w, const char *name)
{
	const struct belief *belief = engine_belief(w->engine);
	const struct believed *believed;

	assert_non_null(belief);
	believed = belief_record(belief, world_commit(w, name));
	assert_non_null(believed);
	return believed->bug;
}

/* Crashes below a good one: an ordinary word gives way, a pin does not. */
static void a_pin_outweighs_what_was_seen(void **state)
{
	struct world w = begun("adaptive");
	struct event pin = { .kind = EVENT_VERDICT,
			     .by = BY_PERSON,
			     .commit = world_oid("f"),
			     .verdict = VERDICT_GOOD,
			     .number = VERDICT_PINNED };

	(void)state;
	world_runs(&w, "j", "XXXXX");
	world_runs(&w, "c", "XXX");
	OK(world_mark(&w, BY_PERSON, "f", VERDICT_GOOD));
	assert_true(chance_of_bug(&w, "f") > 0.5);
	OK(world_apply(&w, pin));
	assert_true(chance_of_bug(&w, "f") < 0.1);
	OK(world_undo(&w));
	assert_true(chance_of_bug(&w, "f") > 0.5);
	pin.verdict = VERDICT_SKIP;
	assert_int_equal(world_apply(&w, pin), -1);
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_wave_that_ran_to_its_end_is_counted_run_by_run),
		cmocka_unit_test(a_wave_that_was_cut_short_says_one_of_so_many),
		cmocka_unit_test(each_wave_is_its_own),
		cmocka_unit_test(
			while_the_others_still_run_they_have_not_crashed_yet),
		cmocka_unit_test(what_was_stopped_without_a_crash_says_nothing),
		cmocka_unit_test(runs_that_die_with_the_engine_were_in_flight),
		cmocka_unit_test(
			a_judgement_makes_another_record_of_the_same_events),
		cmocka_unit_test(strict_learns_the_rate_at_the_bad_end_first),
		cmocka_unit_test(strict_stops_a_wave_when_it_knows),
		cmocka_unit_test(the_policy_can_be_another_one_at_any_time),
		cmocka_unit_test(
			adaptive_asks_the_bad_end_how_often_the_bug_shows),
		cmocka_unit_test(
			adaptive_keeps_to_a_wave_until_a_crash_decides),
		cmocka_unit_test(
			adaptive_names_a_culprit_that_was_seen_on_both_sides),
		cmocka_unit_test(
			a_verdict_is_given_anew_when_the_belief_swings),
		cmocka_unit_test(a_person_s_word_closes_a_commit),
		cmocka_unit_test(a_pin_outweighs_what_was_seen),
		cmocka_unit_test(what_does_not_build_is_skipped_and_passed_by),
		cmocka_unit_test(
			a_commit_that_was_built_is_tested_whatever_the_build_took),
		cmocka_unit_test(more_runs_are_made_where_a_person_asks),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
