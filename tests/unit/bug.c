/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/bug.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/crash.h"
#include "tests/unit/world.h"

static const char line[] = "a b:a c:b d:c e:d";

#define OK(call)    assert_int_equal((call), 0)
#define PLAN(words) assert_string_equal(world_plan(&w), (words))

#define TEXT(text) ((char[]){ text })

static char *bad_access_in_f[] = { TEXT("bad-access in f") };
static char *f_and_g[] = { TEXT("f"), TEXT("g") };

/* The crashes that these tests speak of, by one letter each. */
static const struct {
	char letter;
	struct crash crash;
} known[] = {
	/* the bug */
	{ 'A',
	  { .title = TEXT("KASAN: use-after-free Read in f"),
	    .type = TEXT("KASAN-USE-AFTER-FREE-READ"),
	    .frame = TEXT("f"),
	    .alts = bad_access_in_f,
	    .near = f_and_g,
	    .alt_count = 1,
	    .near_count = 2 } },
	/* it has a title in common with the bug */
	{ 'a',
	  { .title = TEXT("general protection fault in f"),
	    .type = TEXT("DoS"),
	    .frame = TEXT("f"),
	    .alts = bad_access_in_f,
	    .alt_count = 1 } },
	/* the type, and a function of its stack */
	{ 'r',
	  { .title = TEXT("KASAN: use-after-free Read in g"),
	    .type = TEXT("KASAN-USE-AFTER-FREE-READ"),
	    .frame = TEXT("g") } },
	/* nothing */
	{ 'w', { .title = TEXT("WARNING in w"), .type = TEXT("WARNING") } },
	{ 'n',
	  { .title = TEXT("INFO: task hung in n"), .type = TEXT("HANG") } },
	{ 'l',
	  { .title = TEXT("lost connection to test machine"),
	    .type = TEXT("LOST_CONNECTION") } },
	/* the bug, in a report that is not to be relied on */
	{ 'C',
	  { .title = TEXT("KASAN: use-after-free Read in f"),
	    .type = TEXT("KASAN-USE-AFTER-FREE-READ"),
	    .corrupted = true } },
};

static const struct crash *crash_of(char letter)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i].letter == letter)
			return &known[i].crash;
	fail_msg("no crash is called %c", letter);
	return NULL;
}

static char *title_of(char letter)
{
	return crash_of(letter)->title;
}

/*
 * Finished runs of the commit, a word each: its crashes in their order, or
 * "." for none.  They end by being stopped, or as exit_status says.
 */
static void crash_with(struct world *w, const char *name, const char *runs,
		       enum outcome outcome, int exit_status)
{
	const struct step *step =
		engine_step_of(w->engine, world_commit(w, name));
	int number = step ? step->run_count : 0;

	while (*runs) {
		struct crash crashes[8];
		struct event event = { .kind = EVENT_RUN,
				       .by = BY_ENGINE,
				       .commit = world_oid(name),
				       .number = number++,
				       .outcome = OUTCOME_OK,
				       .exit_status = exit_status,
				       .crashes = crashes };

		for (; *runs && *runs != ' '; runs++) {
			if (*runs == '.')
				continue;
			crashes[event.crash_count++] = *crash_of(*runs);
			event.outcome = outcome;
			event.title = crashes[0].title;
		}
		runs += *runs == ' ';
		OK(world_apply(w, event));
	}
}

static void crash(struct world *w, const char *name, const char *runs)
{
	crash_with(w, name, runs, OUTCOME_CRASHED, 256 + 9);
}

static int rule(struct world *w, enum event_kind kind, char letter)
{
	return world_apply(w, (struct event){ .kind = kind,
					      .by = BY_PERSON,
					      .title = title_of(letter) });
}

static int match(struct world *w, const char *matching)
{
	return world_apply(
		w, (struct event){ .kind = EVENT_MATCHING,
				   .by = BY_PERSON,
				   .policy = (char *)(uintptr_t)matching });
}

/* A session for the bug A whose commit e is built. */
static struct world begun(const char *policy, bool with_title)
{
	struct world w;

	world_init(&w, line);
	OK(world_apply(
		&w, (struct event){ .kind = EVENT_START,
				    .by = BY_START,
				    .title = with_title ? title_of('A') : NULL,
				    .policy = (char *)(uintptr_t)policy }));
	OK(world_mark(&w, BY_START, "a", VERDICT_GOOD));
	OK(world_build(&w, "e", BUILD_OK));
	OK(world_say(&w, EVENT_PICK, "e", 0));
	return w;
}

static const char *letters(struct world *w, const char *name)
{
	static char out[64];
	const struct step *step =
		engine_step_of(w->engine, world_commit(w, name));

	for (int i = 0; i < step->run_count; i++)
		out[i] = engine_run_letter(&step->runs[i]);
	out[step->run_count] = '\0';
	return out;
}

#define LETTERS(want) assert_string_equal(letters(&w, "e"), (want))

static const struct wish *question(struct world *w)
{
	const struct plan *plan = engine_plan(w->engine);

	for (int i = 0; i < plan->wish_count; i++)
		if (plan->wishes[i].title)
			return &plan->wishes[i];
	return NULL;
}

/* Comparing. */

static void crashes_are_compared_by_what_they_share(void **state)
{
	const struct crash *bug = crash_of('A');

	(void)state;
	assert_int_equal(crash_compare(bug, crash_of('C')), CRASH_SAME);
	assert_int_equal(crash_compare(bug, crash_of('a')), CRASH_ALIAS);
	assert_int_equal(crash_compare(bug, crash_of('r')), CRASH_FRAMES);
	assert_int_equal(crash_compare(crash_of('r'), bug), CRASH_FRAMES);
	assert_int_equal(crash_compare(bug, crash_of('w')), CRASH_DIFFERENT);
	assert_int_equal(crash_compare(crash_of('a'), crash_of('r')),
			 CRASH_DIFFERENT);
}

static void texts_survive_being_joined(void **state)
{
	char **texts;
	char *joined = crash_join(f_and_g, 2);
	int count;

	(void)state;
	assert_string_equal(joined, "f\ng");
	texts = crash_split(joined, &count);
	assert_int_equal(count, 2);
	assert_string_equal(texts[1], "g");
	free(texts[0]);
	free(texts[1]);
	free(texts);
	free(joined);
	assert_null(crash_join(NULL, 0));
	free(crash_split(NULL, &count));
	assert_int_equal(count, 0);
}

/* Matching by family. */

static void crashes_of_the_family_are_the_bug(void **state)
{
	struct world w = begun("syzkaller/3/3", true);

	(void)state;
	crash(&w, "e", "A a r");
	LETTERS("XXX");
	PLAN("e is bad");
	world_release(&w);
}

static void what_is_recognised_lends_nothing_on(void **state)
{
	struct world w = begun("syzkaller/4/4", true);

	(void)state;
	/* without A itself nobody knows what else it is called */
	crash(&w, "e", "a r");
	LETTERS("xx");
	crash(&w, "e", "A");
	LETTERS("XXX");
	world_release(&w);
}

static void an_unknown_crash_decides_nothing_but_asks(void **state)
{
	struct world w = begun("syzkaller/3/3", true);

	(void)state;
	crash(&w, "e", "w w w");
	LETTERS("xxx");
	PLAN("ask about e");
	assert_non_null(question(&w));
	assert_string_equal(question(&w)->title, "WARNING in w");
	assert_int_equal(question(&w)->run, 0);
	assert_string_equal(question(&w)->why,
			    "is it the same bug, another one or noise: "
			    "'WARNING in w', in 3 runs of 650000000000?");
	world_release(&w);
}

static void nobody_is_kept_waiting_while_runs_are_missing(void **state)
{
	struct world w = begun("syzkaller/5/5", true);

	(void)state;
	crash(&w, "e", "w .");
	PLAN("test e");
	/* it may be answered at any time */
	assert_non_null(question(&w));
	assert_false(engine_plan(w.engine)->needs_person);
	world_release(&w);
}

static void a_question_that_changes_nothing_is_not_needed(void **state)
{
	struct world w = begun("syzkaller/4/4", true);

	(void)state;
	crash(&w, "e", "A A A w");
	PLAN("e is bad");
	world_release(&w);
}

static void a_crash_without_a_title_is_the_tests_own_word(void **state)
{
	struct world w = begun("exit-code", true);

	(void)state;
	world_runs(&w, "e", "X");
	LETTERS("X");
	PLAN("e is bad");
	world_release(&w);
}

static void a_part_of_the_title_will_do(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, line);
	OK(world_apply(&w,
		       (struct event){ .kind = EVENT_START,
				       .by = BY_START,
				       .title = TEXT("kasan: use-after-free"),
				       .policy = TEXT("syzkaller/5/5") }));
	crash(&w, "e", "A w a r");
	LETTERS("XxXX");
	world_release(&w);
	world_init(&w, line);
	OK(world_apply(&w, (struct event){ .kind = EVENT_START,
					   .by = BY_START,
					   .title = TEXT("NG in w"),
					   .policy = TEXT("syzkaller/5/5") }));
	crash(&w, "e", "w");
	LETTERS("x");
	world_release(&w);
}

/* Rulings. */

static void the_same_bug_counts_in_all_runs_at_once(void **state)
{
	struct world w = begun("syzkaller/3/3", true);

	(void)state;
	crash(&w, "e", "w w w");
	OK(rule(&w, EVENT_SAME, 'w'));
	LETTERS("XXX");
	PLAN("e is bad");
	assert_null(question(&w));
	OK(world_undo(&w));
	LETTERS("xxx");
	PLAN("ask about e");
	OK(world_redo(&w));
	PLAN("e is bad");
	world_release(&w);
}

static void another_bug_makes_a_run_say_nothing(void **state)
{
	struct world w = begun("syzkaller/4/4", true);
	struct tally tally;

	(void)state;
	crash(&w, "e", "w . . .");
	OK(rule(&w, EVENT_OTHER, 'w'));
	LETTERS("x...");
	engine_tally(w.engine, world_commit(&w, "e"), &tally);
	assert_int_equal(tally.outcomes[OUTCOME_IGNORED], 1);
	PLAN("e is good");
	world_release(&w);
}

static void noise_leaves_what_the_run_was_without_it(void **state)
{
	struct world w = begun("syzkaller/4/4", true);

	(void)state;
	crash_with(&w, "e", "w", OUTCOME_CRASHED, 0);
	crash_with(&w, "e", "w", OUTCOME_CRASHED, 125);
	crash_with(&w, "e", "w", OUTCOME_CRASHED, 1);
	crash_with(&w, "e", "wA", OUTCOME_CRASHED, 1);
	OK(rule(&w, EVENT_NOISE, 'w'));
	LETTERS(".TiX");
	world_release(&w);
}

static void the_last_word_on_a_title_counts(void **state)
{
	struct world w = begun("syzkaller/3/3", true);

	(void)state;
	crash(&w, "e", "w w w");
	OK(rule(&w, EVENT_OTHER, 'w'));
	PLAN("e is skip");
	OK(rule(&w, EVENT_SAME, 'w'));
	PLAN("e is bad");
	OK(world_undo(&w));
	PLAN("e is skip");
	world_release(&w);
}

static void a_ruling_changes_a_verdict_that_was_given(void **state)
{
	struct world w = begun("syzkaller/3/3", true);

	(void)state;
	crash(&w, "e", "w w w");
	OK(rule(&w, EVENT_SAME, 'w'));
	OK(world_mark(&w, BY_POLICY, "e", VERDICT_BAD));
	PLAN("test c");
	OK(rule(&w, EVENT_OTHER, 'w'));
	PLAN("e is skip");
	world_release(&w);
}

static void verdicts_that_no_ruling_touches_stay_recorded(void **state)
{
	struct world w = begun("syzkaller/3/3", true);

	(void)state;
	/* as a policy of another day gave it */
	crash(&w, "e", "A A A");
	OK(world_mark(&w, BY_POLICY, "e", VERDICT_SKIP));
	OK(rule(&w, EVENT_OTHER, 'w'));
	PLAN("needs bad");
	world_release(&w);
}

static void a_crash_that_a_rule_set_aside_comes_back_by_a_word(void **state)
{
	struct world w = begun("syzkaller/3/3", true);

	(void)state;
	crash_with(&w, "e", "w w w", OUTCOME_IGNORED, 0);
	LETTERS("iii");
	OK(rule(&w, EVENT_SAME, 'w'));
	LETTERS("XXX");
	world_release(&w);
}

static void the_bug_cannot_be_another_one_than_itself(void **state)
{
	struct world w = begun("syzkaller/3/3", true);

	(void)state;
	assert_int_equal(rule(&w, EVENT_OTHER, 'A'), -1);
	assert_string_equal(w.err.text,
			    "'KASAN: use-after-free Read in f' is the title of "
			    "the bug that is looked for");
	OK(rule(&w, EVENT_SAME, 'A'));
	world_release(&w);
}

static void a_run_that_a_person_judged_stays_as_it_is(void **state)
{
	struct world w = begun("syzkaller/3/3", true);
	struct event judge = { .kind = EVENT_JUDGE,
			       .by = BY_PERSON,
			       .commit = world_oid("e"),
			       .outcome = OUTCOME_CRASHED };

	(void)state;
	crash(&w, "e", "w w .");
	OK(world_apply(&w, judge));
	LETTERS("Xx.");
	OK(rule(&w, EVENT_NOISE, 'w'));
	LETTERS("Xi.");
	world_release(&w);
}

/* Without a title at the start. */

static void the_first_crash_names_the_bug(void **state)
{
	struct world w = begun("syzkaller/4/4", false);

	(void)state;
	crash(&w, "e", "A w A A");
	LETTERS("XxXX");
	assert_string_equal(engine_title(w.engine), title_of('A'));
	PLAN("e is bad");
	world_release(&w);
}

static void when_that_was_noise_the_next_one_does(void **state)
{
	struct world w = begun("syzkaller/4/4", false);

	(void)state;
	crash(&w, "e", "w A A A");
	LETTERS("Xxxx");
	OK(rule(&w, EVENT_NOISE, 'w'));
	LETTERS("iXXX");
	assert_string_equal(engine_title(w.engine), title_of('A'));
	world_release(&w);
}

static void a_lost_connection_names_no_bug(void **state)
{
	struct world w = begun("syzkaller/3/3", false);

	(void)state;
	crash(&w, "e", "l l l");
	LETTERS("xxx");
	PLAN("ask about e");
	OK(rule(&w, EVENT_SAME, 'l'));
	LETTERS("XXX");
	PLAN("e is bad");
	world_release(&w);
	w = begun("syzkaller/3/3", false);
	crash(&w, "e", "l A A");
	LETTERS("xXX");
	assert_string_equal(engine_title(w.engine), title_of('A'));
	PLAN("e is bad");
	world_release(&w);
}

/* Several crashes on one console. */

static void the_bug_counts_behind_another_crash(void **state)
{
	struct world w = begun("syzkaller/3/3", true);

	(void)state;
	crash(&w, "e", "wA wC A");
	LETTERS("XxX");
	world_release(&w);
}

/* The other matchings. */

static void any_crash_counts_as_syzkaller_has_it(void **state)
{
	struct world w = begun("syzkaller/3/3", true);

	(void)state;
	OK(match(&w, "any"));
	crash(&w, "e", "w n w");
	/* by their looks they are others */
	LETTERS("xxx");
	PLAN("e is bad");
	world_release(&w);
}

static void a_lost_connection_counts_only_if_the_first_commit_had_it(
	void **state)
{
	struct world w = begun("syzkaller/3/3", true);
	struct world lost = begun("syzkaller/3/3", false);
	struct tally tally;

	(void)state;
	OK(match(&w, "any"));
	crash(&w, "e", "A A A");
	crash(&w, "c", "l l .");
	engine_tally(w.engine, world_commit(&w, "c"), &tally);
	assert_int_equal(tally.outcomes[OUTCOME_IGNORED], 2);
	world_release(&w);

	OK(match(&lost, "any"));
	crash(&lost, "e", "l l l");
	crash(&lost, "c", "l l .");
	engine_tally(lost.engine, world_commit(&lost, "c"), &tally);
	assert_int_equal(tally.outcomes[OUTCOME_CRASHED], 2);
	world_release(&lost);
}

static void the_very_title_is_asked_for(void **state)
{
	struct world w = begun("syzkaller/3/3", true);

	(void)state;
	OK(match(&w, "title"));
	crash(&w, "e", "A a r");
	PLAN("e is skip");
	assert_null(question(&w));
	OK(rule(&w, EVENT_SAME, 'a'));
	PLAN("e is bad");
	world_release(&w);
}

static void the_matching_may_change_while_the_session_runs(void **state)
{
	struct world w = begun("syzkaller/3/3", true);

	(void)state;
	crash(&w, "e", "w w w");
	PLAN("ask about e");
	OK(match(&w, "any"));
	PLAN("e is bad");
	OK(match(&w, "title"));
	PLAN("e is skip");
	OK(world_undo(&w));
	PLAN("e is bad");
	assert_int_equal(match(&w, "exact"), -1);
	assert_string_equal(w.err.text, "'exact' is not a matching: expected "
					"any, family or title");
	world_release(&w);
}

/* While a run goes on. */

static void a_running_crash_has_a_title_but_no_outcome(void **state)
{
	struct world w = begun("syzkaller/3/3", true);
	const struct step *step;

	(void)state;
	OK(world_say(&w, EVENT_RUN_BEGIN, "e", 0));
	OK(world_apply(&w, (struct event){ .kind = EVENT_RUN_CRASH,
					   .commit = world_oid("e"),
					   .title = title_of('w') }));
	step = engine_step_of(w.engine, world_commit(&w, "e"));
	assert_string_equal(run_title(&step->runs[0]), "WARNING in w");
	LETTERS(">");
	assert_null(question(&w));
	crash(&w, "c", "w");
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crashes_are_compared_by_what_they_share),
		cmocka_unit_test(texts_survive_being_joined),
		cmocka_unit_test(crashes_of_the_family_are_the_bug),
		cmocka_unit_test(what_is_recognised_lends_nothing_on),
		cmocka_unit_test(an_unknown_crash_decides_nothing_but_asks),
		cmocka_unit_test(nobody_is_kept_waiting_while_runs_are_missing),
		cmocka_unit_test(a_question_that_changes_nothing_is_not_needed),
		cmocka_unit_test(a_crash_without_a_title_is_the_tests_own_word),
		cmocka_unit_test(a_part_of_the_title_will_do),
		cmocka_unit_test(the_same_bug_counts_in_all_runs_at_once),
		cmocka_unit_test(another_bug_makes_a_run_say_nothing),
		cmocka_unit_test(noise_leaves_what_the_run_was_without_it),
		cmocka_unit_test(the_last_word_on_a_title_counts),
		cmocka_unit_test(a_ruling_changes_a_verdict_that_was_given),
		cmocka_unit_test(verdicts_that_no_ruling_touches_stay_recorded),
		cmocka_unit_test(
			a_crash_that_a_rule_set_aside_comes_back_by_a_word),
		cmocka_unit_test(the_bug_cannot_be_another_one_than_itself),
		cmocka_unit_test(a_run_that_a_person_judged_stays_as_it_is),
		cmocka_unit_test(the_first_crash_names_the_bug),
		cmocka_unit_test(when_that_was_noise_the_next_one_does),
		cmocka_unit_test(a_lost_connection_names_no_bug),
		cmocka_unit_test(the_bug_counts_behind_another_crash),
		cmocka_unit_test(any_crash_counts_as_syzkaller_has_it),
		cmocka_unit_test(
			a_lost_connection_counts_only_if_the_first_commit_had_it),
		cmocka_unit_test(the_very_title_is_asked_for),
		cmocka_unit_test(
			the_matching_may_change_while_the_session_runs),
		cmocka_unit_test(a_running_crash_has_a_title_but_no_outcome),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
