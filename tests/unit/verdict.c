/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "engine/verdict.h"

/* A run a letter, as in the ledger; "8I" is eight of them. */
static struct tally tally_of(const char *picture)
{
	static const char letters[] = ".XBTIi";
	struct tally tally = { .total = 0 };
	int times = 0;

	for (; *picture; picture++) {
		const char *letter;

		if (*picture >= '0' && *picture <= '9') {
			times = times * 10 + *picture - '0';
			continue;
		}
		letter = strchr(letters, *picture);
		assert_non_null(letter);
		for (int i = 0; i < (times ? times : 1); i++)
			tally_add(&tally, (enum outcome)(letter - letters));
		times = 0;
	}
	return tally;
}

struct question {
	const char *policy;
	bool first, flaky;
	int extra;
};

static struct judgement judge(struct question question, const char *picture)
{
	struct policy policy;
	struct tally tally = tally_of(picture);

	assert_int_equal(policy_parse(&policy, question.policy, NULL), 0);
	return policy_judge(&policy, &tally,
			    &(struct around){ .first = question.first,
					      .flaky = question.flaky,
					      .extra = question.extra });
}

/* "good", "bad", "skip", "stop", or how many runs are missing. */
static const char *word_of(struct judgement j)
{
	static char missing[32];

	if (j.stop)
		return "stop";
	if (j.verdict == VERDICT_NONE) {
		snprintf(missing, sizeof(missing), "%d more", j.more_runs);
		return missing;
	}
	assert_int_equal(j.more_runs, 0);
	assert_int_equal(j.leaning, j.verdict);
	return verdict_name(j.verdict);
}

#define ON(question, picture, word) \
	assert_string_equal(word_of(judge(question, picture)), word)

static const struct question ten = { "syzkaller/10/20", false, false, 0 };
static const struct question twenty = { "syzkaller/10/20", true, false, 0 };
static const struct question flaky = { "syzkaller/10/20", false, true, 0 };

/* Words and tallies */

static void verdicts_have_their_words(void **state)
{
	static const char *const names[VERDICT_COUNT] = { "none", "good", "bad",
							  "skip" };
	enum verdict verdict;

	(void)state;
	for (int i = 0; i < VERDICT_COUNT; i++) {
		assert_string_equal(verdict_name((enum verdict)i), names[i]);
		assert_true(verdict_parse(&verdict, names[i]));
		assert_int_equal(verdict, i);
	}
	verdict = VERDICT_BAD;
	assert_false(verdict_parse(&verdict, "new"));
	assert_false(verdict_parse(&verdict, ""));
	assert_false(verdict_parse(&verdict, NULL));
	assert_int_equal(verdict, VERDICT_BAD);
}

static void a_tally_counts_each_outcome(void **state)
{
	struct tally tally = tally_of("..XBTTTIi");

	(void)state;
	assert_int_equal(tally.total, 9);
	assert_int_equal(tally.outcomes[OUTCOME_OK], 2);
	assert_int_equal(tally.outcomes[OUTCOME_CRASHED], 1);
	assert_int_equal(tally.outcomes[OUTCOME_BOOT_FAILED], 1);
	assert_int_equal(tally.outcomes[OUTCOME_TEST_FAILED], 3);
	assert_int_equal(tally.outcomes[OUTCOME_INFRA], 1);
	assert_int_equal(tally.outcomes[OUTCOME_IGNORED], 1);
}

/* syzkaller's table, with the cases of its own test (bisect_test.go) */

static void the_cases_of_syzkallers_own_test_come_out_the_same(void **state)
{
	(void)state;
	/* crashed, ok, infra, and the rest that is skipped */
	ON(ten, "X8IB", "stop"); /* its "abort" */
	ON(ten, "5.3I2B", "good");
	ON(ten, "2X4.2I2B", "bad");
	ON(ten, "2X2.3I3B", "skip");
	ON(flaky, "10.3I7B", "skip");
	ON(flaky, "15.3I2B", "good");
	ON(flaky, "X6.13B", "skip");
	ON(flaky, "3X7.10B", "bad");
	ON(ten, "X9.", "skip");
}

static void good_needs_half_of_the_runs_ok_and_no_crash(void **state)
{
	(void)state;
	ON(ten, "10.", "good");
	ON(ten, "5.5B", "good");
	ON(ten, "4.6B", "skip");
	ON(ten, "9.X", "skip");
	ON(twenty, "10.10T", "good");
	ON(twenty, "9.11T", "skip");
}

static void good_needs_three_quarters_when_the_bug_is_flaky(void **state)
{
	(void)state;
	ON(flaky, "15.5B", "good");
	ON(flaky, "14.6B", "skip");
	ON(flaky, "20.", "good");
}

static void bad_needs_two_crashes_in_ten_and_three_in_twenty(void **state)
{
	(void)state;
	ON(ten, "2X8.", "bad");
	ON(ten, "X9.", "skip");
	ON(twenty, "3X17.", "bad");
	ON(twenty, "2X18.", "skip");
	ON(flaky, "3X17.", "bad");
	ON(flaky, "2X18.", "skip");
}

static void bad_needs_half_of_the_runs_to_say_something(void **state)
{
	(void)state;
	ON(ten, "5X5B", "bad");
	ON(ten, "2X3.5B", "bad");
	ON(ten, "4X6B", "skip");
	ON(twenty, "10X10B", "bad");
	ON(twenty, "9X11B", "skip");
}

static void runs_lost_to_infra_lower_the_crashes_needed(void **state)
{
	(void)state;
	/* a sixth of the runs that are not infra's: (20 - 2) / 6 = 3 */
	ON(twenty, "2X14.2I2B", "skip");
	/* (20 - 3) / 6 = 2 */
	ON(twenty, "2X12.3I3B", "bad");
	assert_int_equal(judge(twenty, "20.").crashes_needed, 3);
	assert_int_equal(judge(twenty, "17.3I").crashes_needed, 2);
	assert_int_equal(judge(twenty, "2.18I").crashes_needed, 2);
}

static void more_infra_trouble_than_skipped_runs_stops_for_a_person(
	void **state)
{
	struct judgement j = judge(ten, "4.6I");

	(void)state;
	assert_true(j.stop);
	assert_int_equal(j.verdict, VERDICT_NONE);
	assert_int_equal(j.more_runs, 0);
	ON(ten, "10I", "stop");
	ON(ten, "4.3I3B", "skip"); /* as many are not more */
	ON(ten, "X8.I", "stop");
	/* where the rest is enough for a verdict trouble does not matter */
	ON(ten, "5.5I", "good");
	ON(ten, "5X5I", "bad");
}

static void ignored_and_failed_runs_are_the_skipped_ones(void **state)
{
	(void)state;
	ON(ten, "4.6i", "skip");
	ON(ten, "4.2i2B2T", "skip");
	ON(ten, "5.5i", "good");
	ON(ten, "2X8i", "skip");
	ON(ten, "4.I5i", "skip");
}

static void the_first_commit_and_a_flaky_bug_get_the_long_series(void **state)
{
	(void)state;
	assert_int_equal(judge(ten, "").wanted, 10);
	assert_int_equal(judge(twenty, "").wanted, 20);
	assert_int_equal(judge(flaky, "").wanted, 20);
	assert_int_equal(
		judge((struct question){ "syzkaller/3/4", true, true, 0 }, "")
			.wanted,
		4);
}

static void the_judgement_says_what_it_counts(void **state)
{
	struct judgement j = judge(ten, "3X4.2BI");

	(void)state;
	assert_int_equal(j.crashes, 3);
	assert_int_equal(j.crashes_needed, 2);
	assert_int_equal(j.valid, 7);
	assert_int_equal(j.valid_needed, 5);
	assert_int_equal(j.wanted, 10);
	j = judge(twenty, "");
	assert_int_equal(j.crashes_needed, 3);
	assert_int_equal(j.valid_needed, 10);
}

/* While runs are missing */

static void there_is_no_verdict_before_the_last_run(void **state)
{
	(void)state;
	ON(ten, "", "10 more");
	ON(ten, "9.", "1 more");
	ON(ten, "9X", "1 more");
	ON(twenty, "19B", "1 more");
	ON(ten, "9I", "1 more"); /* and no stop either */
}

#define LEANS(question, picture, verdict) \
	assert_int_equal(judge(question, picture).leaning, verdict)

static void leaning_is_what_the_runs_so_far_would_give(void **state)
{
	(void)state;
	LEANS(ten, ".", VERDICT_GOOD);
	LEANS(ten, "9.", VERDICT_GOOD);
	LEANS(ten, "2X", VERDICT_BAD);
	LEANS(ten, "2X5.", VERDICT_BAD);
	LEANS(ten, "B", VERDICT_SKIP);
	LEANS(ten, ".4B", VERDICT_SKIP);
	/* half is enough for good, as in the table */
	LEANS(ten, "4.4B", VERDICT_GOOD);
	LEANS(flaky, "4.4B", VERDICT_SKIP);
	LEANS(flaky, "6.2B", VERDICT_GOOD);
	/* crashes enough, but too few runs that say anything */
	LEANS(ten, "2X6B", VERDICT_SKIP);
}

static void leaning_is_open_where_one_more_run_decides(void **state)
{
	(void)state;
	LEANS(ten, "", VERDICT_NONE);
	LEANS(ten, "X", VERDICT_NONE);
	LEANS(ten, "X7.", VERDICT_NONE);
	LEANS(twenty, "2X", VERDICT_NONE);
	LEANS(twenty, "3X", VERDICT_BAD);
	/* trouble on our side says nothing of the commit */
	LEANS(ten, "I", VERDICT_NONE);
	LEANS(ten, "3I2B", VERDICT_NONE);
}

/* More runs than the policy's, and fewer */

static void extra_runs_are_wanted_on_top(void **state)
{
	struct question more = { "syzkaller/10/20", false, false, 5 };

	(void)state;
	assert_int_equal(judge(more, "10.").wanted, 15);
	ON(more, "10.", "5 more");
	ON(more, "15.", "good");
	ON(more, "7.8B", "good"); /* 15 / 2 = 7 */
	ON(more, "6.9B", "skip");
	more.first = true;
	ON(more, "20.", "5 more");
}

static void runs_beyond_the_number_wanted_count_too(void **state)
{
	(void)state;
	/* twelve came in where ten were wanted: half of twelve is six */
	ON(ten, "6.6B", "good");
	ON(ten, "5.7B", "skip");
	ON(ten, "2X10.", "bad");
	/* thirty: (30 - 0) / 6 = 5 crashes */
	ON(ten, "4X26.", "skip");
	ON(ten, "5X25.", "bad");
}

static void one_run_decides_alone_but_never_by_a_failed_boot(void **state)
{
	struct question one = { "syzkaller/1/1", false, false, 0 };

	(void)state;
	ON(one, ".", "good");
	ON(one, "X", "bad");
	/* syzkaller itself says good here: half of one run is none */
	ON(one, "B", "skip");
	ON(one, "T", "skip");
	ON(one, "i", "skip");
	ON(one, "I", "stop");
	one.flaky = true;
	ON(one, ".", "good");
	ON(one, "B", "skip");
}

static void two_or_three_runs_need_one_that_is_ok(void **state)
{
	struct question two = { "syzkaller/2/2", false, false, 0 };
	struct question three = { "syzkaller/3/3", false, false, 0 };

	(void)state;
	ON(two, ".B", "good");
	ON(two, "2B", "skip");
	ON(two, "2X", "bad");
	ON(two, "X.", "skip");
	ON(three, ".2B", "good");
	ON(three, "3B", "skip");
	ON(three, "2X.", "bad");
	two.flaky = true;
	ON(two, ".B", "good"); /* three quarters of two, rounded down */
	three.flaky = true;
	ON(three, ".2B", "skip");
}

/* Every tally of ten and of twenty runs, against the table in words. */
static enum verdict table(int total, int bad, int good, int infra, bool careful)
{
	int skip = total - bad - good - infra;

	if (bad == 0 && good >= (careful ? total * 3 / 4 : total / 2))
		return VERDICT_GOOD;
	if (bad >= 2 && bad >= (total - infra) / 6 && good + bad >= total / 2)
		return VERDICT_BAD;
	return infra > skip ? VERDICT_NONE : VERDICT_SKIP;
}

static void check_tally(struct question question, int total, int bad, int good,
			int infra)
{
	enum verdict expected = table(total, bad, good, infra, question.flaky);
	struct judgement j;
	char picture[32] = "";
	const int counts[] = { bad, good, infra, total - bad - good - infra };

	for (int i = 0; i < 4; i++)
		if (counts[i] > 0)
			snprintf(picture + strlen(picture),
				 sizeof(picture) - strlen(picture), "%d%c",
				 counts[i], "X.IB"[i]);
	j = judge(question, picture);
	if (j.verdict != expected || j.stop != (expected == VERDICT_NONE))
		fail_msg("%s: %s instead of %s", picture, word_of(j),
			 verdict_name(expected));
}

static void every_tally_follows_the_table(void **state)
{
	(void)state;
	for (int total = 10; total <= 20; total += 10)
		for (int bad = 0; bad <= total; bad++)
			for (int good = 0; good <= total - bad; good++)
				for (int infra = 0; infra <= total - bad - good;
				     infra++) {
					check_tally(total == 10 ? ten : twenty,
						    total, bad, good, infra);
					if (total == 20)
						check_tally(flaky, total, bad,
							    good, infra);
				}
}

static void a_bug_is_flaky_that_shows_in_less_than_half_of_the_valid_runs(
	void **state)
{
	struct tally tally;

	(void)state;
	tally = tally_of("4X6.");
	assert_true(policy_is_flaky(&tally));
	tally = tally_of("5X5.");
	assert_false(policy_is_flaky(&tally));
	tally = tally_of("2X2.6B"); /* runs that say nothing do not count */
	assert_false(policy_is_flaky(&tally));
	tally = tally_of("2X3.5I");
	assert_true(policy_is_flaky(&tally));
}

/* The exit-code policy: git bisect run's convention */

static const struct question once = { "exit-code", false, false, 0 };

static void an_exit_code_gives_the_verdict_with_one_run(void **state)
{
	(void)state;
	ON(once, "", "1 more");
	ON(once, ".", "good"); /* exit 0 */
	ON(once, "X", "bad");  /* 1 to 124, 126, 127 */
	ON(once, "T", "skip"); /* 125 */
	ON(once, "B", "skip");
	ON(once, "i", "skip");
	ON(once, "I", "stop"); /* 128 and above */
}

static void first_and_flaky_do_not_matter_to_an_exit_code(void **state)
{
	struct question question = { "exit-code", true, true, 0 };

	(void)state;
	assert_int_equal(judge(question, "").wanted, 1);
	ON(question, ".", "good");
	ON(question, "X", "bad");
}

static void of_several_exit_codes_the_worst_counts(void **state)
{
	struct question three = { "exit-code/3", false, false, 0 };

	(void)state;
	ON(three, "..", "1 more");
	ON(three, "...", "good");
	ON(three, "..X", "bad");
	ON(three, "XII", "bad");
	ON(three, "..T", "good");
	ON(three, "TTT", "skip");
	LEANS(three, "", VERDICT_NONE);
	LEANS(three, ".", VERDICT_GOOD);
	LEANS(three, "T", VERDICT_SKIP);
	LEANS(three, ".T", VERDICT_GOOD);
	LEANS(three, "X", VERDICT_BAD);
}

static void an_exit_code_that_means_stop_does_not_wait_for_more_runs(
	void **state)
{
	struct question three = { "exit-code/3", false, false, 0 };
	struct judgement j = judge(three, ".I");

	(void)state;
	assert_true(j.stop);
	assert_int_equal(j.verdict, VERDICT_NONE);
	assert_int_equal(j.leaning, VERDICT_NONE);
	ON(three, ".XI", "bad");
}

static void a_rerun_of_an_exit_code_can_be_asked_for(void **state)
{
	struct question again = { "exit-code", false, false, 1 };

	(void)state;
	ON(again, ".", "1 more");
	ON(again, ".X", "bad");
	ON(again, "..", "good");
}

/* Policies as text */

static void check_policy(const char *text, const char *whole)
{
	struct policy policy;
	struct buf out;

	assert_int_equal(policy_parse(&policy, text, NULL), 0);
	buf_init(&out, 0);
	policy_format(&policy, &out);
	assert_string_equal(out.text, whole);
	buf_release(&out);
}

static void a_policy_is_a_name_and_perhaps_its_numbers(void **state)
{
	(void)state;
	check_policy("exit-code", "exit-code/1/1");
	check_policy("exit-code/3", "exit-code/3/3");
	check_policy("syzkaller", "syzkaller/10/20");
	check_policy("syzkaller/5", "syzkaller/5/20");
	check_policy("syzkaller/5/8", "syzkaller/5/8");
	check_policy("syzkaller/1000/1000", "syzkaller/1000/1000");
	/* the first series is never shorter by itself */
	check_policy("syzkaller/30", "syzkaller/30/30");
	check_policy("strict", "strict/1%/1%");
	check_policy("strict/5%", "strict/5%/1%");
	check_policy("strict/0.1%/2.5%", "strict/0.1%/2.5%");
	check_policy("adaptive", "adaptive/5%");
	check_policy("adaptive/50%", "adaptive/50%");
	check_policy("adaptive/1.0%", "adaptive/1%");
}

static void a_policy_that_was_written_is_read_again(void **state)
{
	static const char *const texts[] = {
		"exit-code/1/1", "exit-code/7/7",  "syzkaller/10/20",
		"syzkaller/1/2", "strict/0.5%/1%", "strict/1%/12.3%",
		"adaptive/5%",	 "adaptive/0.1%"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check_policy(texts[i], texts[i]);
}

static void what_is_no_policy_is_refused_and_nothing_is_set(void **state)
{
	static const char *const wrong[] = {
		"",
		"/",
		"exit",
		"exit-codes",
		"Syzkaller",
		" syzkaller",
		"syzkaller ",
		"syzkaller/",
		"syzkaller//",
		"syzkaller//5",
		"syzkaller/5/",
		"syzkaller/0",
		"syzkaller/-1",
		"syzkaller/+5",
		"syzkaller/1001",
		"syzkaller/5/0",
		"syzkaller/5/1001",
		"syzkaller/five",
		"syzkaller/5/6/7",
		"syzkaller/5 /6",
		"syzkaller/1.5",
		"syzkaller/00000000000000000001",
		"syzkaller/99999999999999999999",
		"syzkaller/5%",
		"strict/",
		"strict/1",
		"strict/%",
		"strict/.5%",
		"strict/0%",
		"strict/0.05%",
		"strict/51%",
		"strict/1%/",
		"strict/1%/1",
		"strict/1%/1%/1%",
		"strict/1%1%",
		"strict/1000%",
		"adaptive/10",
		"adaptive/5%/1%",
		"adaptive/-5%",
		"adaptive/99999999999%",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct policy policy = { POLICY_EXIT_CODE, 77, 78, 5, 6 };
		struct error err = ERROR_INIT;

		if (policy_parse(&policy, wrong[i], &err) != -1)
			fail_msg("'%s' was taken for a policy", wrong[i]);
		assert_int_equal(err.code, ERROR_INPUT);
		assert_non_null(strstr(err.text, wrong[i]));
		assert_non_null(strstr(err.text, "exit-code"));
		assert_int_equal(policy.runs, 77);
		assert_int_equal(policy.first_runs, 78);
	}
}

static void a_recorded_verdict_names_the_version_of_its_rule(void **state)
{
	struct policy policy;

	(void)state;
	assert_int_equal(policy_parse(&policy, "syzkaller/3", NULL), 0);
	assert_string_equal(policy_version(&policy), "syzkaller-2024.12");
	assert_int_equal(policy_parse(&policy, "exit-code", NULL), 0);
	assert_string_equal(policy_version(&policy), "exit-code-1");
	assert_int_equal(policy_parse(&policy, "strict/5%", NULL), 0);
	assert_string_equal(policy_version(&policy), "strict-1");
	assert_int_equal(policy_parse(&policy, "adaptive", NULL), 0);
	assert_string_equal(policy_version(&policy), "adaptive-1");
}

/* The sequential test */

static struct judgement judge_around(const char *text, const char *picture,
				     const struct around *around, int killed)
{
	struct policy policy;
	struct tally tally = tally_of(picture);

	if (killed)
		tally.killed[killed] = 1;
	assert_int_equal(policy_parse(&policy, text, NULL), 0);
	return policy_judge(&policy, &tally, around);
}

#define STRICTLY(known_showing, known_clean, killed, picture, word)    \
	assert_string_equal(                                           \
		word_of(judge_around(                                  \
			"strict", picture,                             \
			&(struct around){                              \
				.known = { .showing = (known_showing), \
					   .clean = (known_clean) } }, \
			killed)),                                      \
		word)

/* E[(1-p)^n] with p ~ Beta(a, b), in logarithms */
static double ln_clean(double a, double b, int n)
{
	return lgamma(b + n) - lgamma(b) + lgamma(a + b) - lgamma(a + b + n);
}

static void clean_runs_are_good_as_soon_as_the_bug_would_have_shown(
	void **state)
{
	static const struct {
		int showing, clean;
	} known[] = { { 10, 0 }, { 5, 5 }, { 3, 7 }, { 3, 17 } };

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct around around = { .known = { .showing = known[i].showing,
						    .clean = known[i].clean } };
		char picture[16];
		int runs = 1;

		/* Wald's bound, solved in closed form for a beta prior */
		while (ln_clean(0.5 + known[i].showing, 0.5 + known[i].clean,
				runs) -
			       runs * log1p(-0.01) >
		       log(0.01 / 0.99))
			runs++;
		snprintf(picture, sizeof(picture), "%d.", runs);
		assert_int_equal(
			judge_around("strict", picture, &around, 0).verdict,
			VERDICT_GOOD);
		snprintf(picture, sizeof(picture), "%d.", runs - 1);
		assert_int_equal(
			judge_around("strict", picture, &around, 0).more_runs,
			1);
		assert_int_equal(
			judge_around("strict", "", &around, 0).more_runs, runs);
	}
}

static void a_crash_is_bad_when_it_is_no_stray_one(void **state)
{
	(void)state;
	/* one may yet be a stray one: as many clean ones would say so */
	STRICTLY(10, 0, 0, "X", "5 more");
	STRICTLY(10, 0, 0, "XX", "bad");
	STRICTLY(10, 0, 0, "..", "good");
	STRICTLY(4, 6, 0, "XX", "bad");
	/* the first of ten in flight says less than the one run of one */
	STRICTLY(0, 0, 0, "XXX", "bad");
	assert_true(judge_around("strict", "X",
				 &(struct around){ .known = { .showing = 5,
							      .clean = 5 } },
				 10)
			    .odds <
		    judge_around("strict", "X",
				 &(struct around){ .known = { .showing = 5,
							      .clean = 5 } },
				 0)
			    .odds);
	STRICTLY(5, 5, 10, "X", "20 more");
}

static void with_nothing_known_the_first_commit_tells_the_rate(void **state)
{
	(void)state;
	STRICTLY(0, 0, 0, "", "10 more");
	STRICTLY(0, 0, 0, "XX8.", "10 more");
	STRICTLY(0, 0, 0, "XXX7.", "bad");
	STRICTLY(0, 0, 0, "115.", "5 more");
	STRICTLY(0, 0, 0, "120.", "good");
}

static void runs_that_say_nothing_are_made_again_but_not_for_ever(void **state)
{
	(void)state;
	STRICTLY(10, 0, 0, "9B", "2 more");
	STRICTLY(10, 0, 0, "10B", "skip");
	STRICTLY(10, 0, 0, "10I", "stop");
	STRICTLY(10, 0, 0, "10B..", "good");
}

static void a_person_asks_for_runs_beyond_the_test(void **state)
{
	struct around around = { .known = { .showing = 10 }, .until = 7 };

	(void)state;
	assert_int_equal(judge_around("strict", "..", &around, 0).more_runs, 5);
	assert_int_equal(judge_around("strict", "7.", &around, 0).verdict,
			 VERDICT_GOOD);
}

static void alone_a_commit_is_believed_twenty_to_one(void **state)
{
	struct around around = { .known = { .showing = 5, .clean = 5 } };
	struct judgement j;

	(void)state;
	assert_int_equal(judge_around("adaptive", "X", &around, 0).verdict,
			 VERDICT_BAD);
	j = judge_around("adaptive", "", &around, 0);
	assert_in_range(j.more_runs, 4, 9);
	j = judge_around("adaptive", "9.", &around, 0);
	assert_int_equal(j.verdict, VERDICT_GOOD);
	assert_true(j.odds < -log(19));
	/* however many: it may be silent there */
	assert_true(judge_around("adaptive", "900.", &around, 0).odds >
		    -log(100));
}

static void lacks(struct question question, const char *picture,
		  const char *words)
{
	struct judgement j = judge(question, picture);
	struct policy policy;
	struct buf text;

	assert_int_equal(policy_parse(&policy, question.policy, NULL), 0);
	buf_init(&text, 0);
	judgement_say(&j, &policy, &text);
	assert_string_equal(text.text, words);
	buf_release(&text);
}

/* Where runs are weighed there is no number of them to be needed. */
static void what_a_verdict_lacks_is_said_as_the_policy_has_it(void **state)
{
	struct judgement sure = { .believed = true, .bug = 0.9999, .valid = 3 };
	struct policy policy;
	struct buf text;

	(void)state;
	lacks((struct question){ .policy = "syzkaller/10/20" }, "..X",
	      "crashes 1 of 2 needed, valid runs 3 of 5 needed");
	lacks((struct question){ .policy = "adaptive" }, "", "0 of 0 crashed");
	lacks((struct question){ .policy = "strict" }, "2I", "0 of 0 crashed");
	assert_int_equal(policy_parse(&policy, "adaptive", NULL), 0);
	buf_init(&text, 0);
	judgement_say(&sure, &policy, &text);
	assert_string_equal(text.text, "99.9 % sure, 95 % needed; "
				       "0 of 3 crashed");
	buf_clear(&text);
	sure.bug = 0.08;
	judgement_say(&sure, &policy, &text);
	assert_string_equal(text.text, "92 % sure, 95 % needed; "
				       "0 of 3 crashed");
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_have_their_words),
		cmocka_unit_test(a_tally_counts_each_outcome),
		cmocka_unit_test(
			the_cases_of_syzkallers_own_test_come_out_the_same),
		cmocka_unit_test(good_needs_half_of_the_runs_ok_and_no_crash),
		cmocka_unit_test(
			good_needs_three_quarters_when_the_bug_is_flaky),
		cmocka_unit_test(
			bad_needs_two_crashes_in_ten_and_three_in_twenty),
		cmocka_unit_test(bad_needs_half_of_the_runs_to_say_something),
		cmocka_unit_test(runs_lost_to_infra_lower_the_crashes_needed),
		cmocka_unit_test(
			more_infra_trouble_than_skipped_runs_stops_for_a_person),
		cmocka_unit_test(ignored_and_failed_runs_are_the_skipped_ones),
		cmocka_unit_test(
			the_first_commit_and_a_flaky_bug_get_the_long_series),
		cmocka_unit_test(the_judgement_says_what_it_counts),
		cmocka_unit_test(there_is_no_verdict_before_the_last_run),
		cmocka_unit_test(leaning_is_what_the_runs_so_far_would_give),
		cmocka_unit_test(leaning_is_open_where_one_more_run_decides),
		cmocka_unit_test(extra_runs_are_wanted_on_top),
		cmocka_unit_test(runs_beyond_the_number_wanted_count_too),
		cmocka_unit_test(
			one_run_decides_alone_but_never_by_a_failed_boot),
		cmocka_unit_test(two_or_three_runs_need_one_that_is_ok),
		cmocka_unit_test(every_tally_follows_the_table),
		cmocka_unit_test(
			a_bug_is_flaky_that_shows_in_less_than_half_of_the_valid_runs),
		cmocka_unit_test(an_exit_code_gives_the_verdict_with_one_run),
		cmocka_unit_test(first_and_flaky_do_not_matter_to_an_exit_code),
		cmocka_unit_test(of_several_exit_codes_the_worst_counts),
		cmocka_unit_test(
			an_exit_code_that_means_stop_does_not_wait_for_more_runs),
		cmocka_unit_test(a_rerun_of_an_exit_code_can_be_asked_for),
		cmocka_unit_test(a_policy_is_a_name_and_perhaps_its_numbers),
		cmocka_unit_test(a_policy_that_was_written_is_read_again),
		cmocka_unit_test(
			what_is_no_policy_is_refused_and_nothing_is_set),
		cmocka_unit_test(
			a_recorded_verdict_names_the_version_of_its_rule),
		cmocka_unit_test(
			clean_runs_are_good_as_soon_as_the_bug_would_have_shown),
		cmocka_unit_test(a_crash_is_bad_when_it_is_no_stray_one),
		cmocka_unit_test(
			with_nothing_known_the_first_commit_tells_the_rate),
		cmocka_unit_test(
			runs_that_say_nothing_are_made_again_but_not_for_ever),
		cmocka_unit_test(a_person_asks_for_runs_beyond_the_test),
		cmocka_unit_test(alone_a_commit_is_believed_twenty_to_one),
		cmocka_unit_test(
			what_a_verdict_lacks_is_said_as_the_policy_has_it),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
