/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

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
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
