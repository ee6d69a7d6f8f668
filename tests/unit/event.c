/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "engine/event.h"

/* The words of the journal: on disk, so they may never change. */
static const struct {
	enum event_kind kind;
	const char *name;
	bool decision;
} kinds[] = {
	{ EVENT_START, "start", false },
	{ EVENT_ENGINE, "engine", false },
	{ EVENT_ENGINE_GONE, "engine-gone", false },
	{ EVENT_RANGE, "range", false },
	{ EVENT_RELEASE, "release", false },
	{ EVENT_BUILD_BEGIN, "build-begin", false },
	{ EVENT_BUILD, "build", false },
	{ EVENT_BUILD_STOPPED, "build-stopped", false },
	{ EVENT_RUN_BEGIN, "run-begin", false },
	{ EVENT_RUN_CRASH, "run-crash", false },
	{ EVENT_RUN, "run", false },
	{ EVENT_RUN_STOPPED, "run-stopped", false },
	{ EVENT_REVERT, "revert", false },
	{ EVENT_TOUCHED, "touched", false },
	{ EVENT_SAID, "said", false },
	{ EVENT_NEXT, "next", false },
	{ EVENT_RESULT, "result", false },
	{ EVENT_VERDICT, "verdict", true },
	{ EVENT_SKIP_RANGE, "skip-range", true },
	{ EVENT_RETRACT, "retract", true },
	{ EVENT_JUDGE, "judge", true },
	{ EVENT_MORE, "more", true },
	{ EVENT_PICK, "pick", true },
	{ EVENT_SAME, "same", true },
	{ EVENT_OTHER, "other", true },
	{ EVENT_NOISE, "noise", true },
	{ EVENT_POLICY, "policy", true },
	{ EVENT_MATCHING, "matching", true },
	{ EVENT_SYMPTOM, "symptom", true },
	{ EVENT_PRIOR, "prior", true },
	{ EVENT_CONFIRM, "confirm", true },
	{ EVENT_PAUSE, "pause", true },
	{ EVENT_RESUME, "resume", true },
	{ EVENT_NOTE, "note", true },
	{ EVENT_UNDO, "undo", true },
	{ EVENT_REDO, "redo", true },
	{ EVENT_FIXUP, "fixup", true },
	{ EVENT_FIXUP_DROP, "fixup-drop", true },
	{ EVENT_VERIFY, "verify", true },
};

static void every_kind_has_its_word_in_the_journal(void **state)
{
	(void)state;
	assert_int_equal(sizeof(kinds) / sizeof(kinds[0]), EVENT_KIND_COUNT);
	for (int i = 0; i < EVENT_KIND_COUNT; i++) {
		enum event_kind kind = EVENT_KIND_COUNT;

		assert_string_equal(event_kind_name(kinds[i].kind),
				    kinds[i].name);
		assert_true(event_kind_parse(&kind, kinds[i].name));
		assert_int_equal(kind, kinds[i].kind);
	}
}

static void facts_are_not_decisions(void **state)
{
	(void)state;
	for (int i = 0; i < EVENT_KIND_COUNT; i++)
		assert_int_equal(event_is_decision(kinds[i].kind),
				 kinds[i].decision);
}

static void a_word_of_no_kind_is_refused_and_nothing_is_set(void **state)
{
	enum event_kind kind = EVENT_NOTE;
	enum actor by = BY_GIT;

	(void)state;
	assert_false(event_kind_parse(&kind, "Start"));
	assert_false(event_kind_parse(&kind, "skip"));
	assert_false(event_kind_parse(&kind, ""));
	assert_false(event_kind_parse(&kind, NULL));
	assert_int_equal(kind, EVENT_NOTE);
	assert_false(actor_parse(&by, "robot"));
	assert_false(actor_parse(&by, ""));
	assert_false(actor_parse(&by, NULL));
	assert_int_equal(by, BY_GIT);
}

static void every_actor_has_its_word(void **state)
{
	static const char *const names[BY_COUNT] = {
		[BY_START] = "start",	[BY_PERSON] = "person",
		[BY_POLICY] = "policy", [BY_GIT] = "git",
		[BY_IMPORT] = "import", [BY_ENGINE] = "engine",
	};

	(void)state;
	for (int i = 0; i < BY_COUNT; i++) {
		enum actor by = BY_COUNT;

		assert_string_equal(actor_name((enum actor)i), names[i]);
		assert_true(actor_parse(&by, names[i]));
		assert_int_equal(by, i);
	}
}

static void outcomes_and_builds_have_theirs_too(void **state)
{
	static const char *const outcomes[OUTCOME_COUNT] = {
		[OUTCOME_OK] = "ok",
		[OUTCOME_CRASHED] = "crashed",
		[OUTCOME_BOOT_FAILED] = "boot-failed",
		[OUTCOME_TEST_FAILED] = "test-failed",
		[OUTCOME_INFRA] = "infra",
		[OUTCOME_IGNORED] = "ignored",
	};
	static const char *const builds[BUILD_RESULT_COUNT] = {
		[BUILD_OK] = "ok",
		[BUILD_FAILED] = "failed",
		[BUILD_INFRA] = "infra",
	};

	(void)state;
	for (int i = 0; i < OUTCOME_COUNT; i++) {
		enum outcome outcome = OUTCOME_COUNT;

		assert_string_equal(outcome_name((enum outcome)i), outcomes[i]);
		assert_true(outcome_parse(&outcome, outcomes[i]));
		assert_int_equal(outcome, i);
		assert_int_equal(outcome_letter((enum outcome)i), ".XBTIi"[i]);
	}
	for (int i = 0; i < BUILD_RESULT_COUNT; i++) {
		enum build_result result = BUILD_RESULT_COUNT;

		assert_string_equal(build_result_name((enum build_result)i),
				    builds[i]);
		assert_true(build_result_parse(&result, builds[i]));
		assert_int_equal(result, i);
	}
}

static void an_unknown_outcome_or_build_is_refused(void **state)
{
	enum outcome outcome = OUTCOME_INFRA;
	enum build_result result = BUILD_INFRA;

	(void)state;
	assert_false(outcome_parse(&outcome, "OK"));
	assert_false(outcome_parse(&outcome, NULL));
	assert_int_equal(outcome, OUTCOME_INFRA);
	assert_false(build_result_parse(&result, "broken"));
	assert_false(build_result_parse(&result, NULL));
	assert_int_equal(result, BUILD_INFRA);
}

static void check_text(const char *copy, const char *text)
{
	assert_string_equal(copy, text);
	assert_ptr_not_equal(copy, text);
}

static void a_copy_has_everything_and_shares_no_text(void **state)
{
	char who[] = "me@host", policy[] = "syzkaller/10", title[] = "BUG: a",
	     signature[] = "c0ffee", text[] = "because";
	struct event event = { .seq = 7,
			       .at = -5,
			       .kind = EVENT_RUN,
			       .by = BY_IMPORT,
			       .who = who,
			       .commit = { "1234" },
			       .other = { "5678" },
			       .number = INT64_MAX,
			       .outcome = OUTCOME_IGNORED,
			       .verdict = VERDICT_SKIP,
			       .build = BUILD_INFRA,
			       .fix = true,
			       .first_parent = true,
			       .exit_status = 256 + 9,
			       .duration_ms = INT64_MIN,
			       .policy = policy,
			       .title = title,
			       .signature = signature,
			       .text = text };
	struct event *copy = event_copy(&event);

	(void)state;
	check_text(copy->who, who);
	check_text(copy->policy, policy);
	check_text(copy->title, title);
	check_text(copy->signature, signature);
	check_text(copy->text, text);
	memset(text, 'x', sizeof(text) - 1);
	assert_string_equal(copy->text, "because");
	assert_int_equal(copy->seq, 7);
	assert_int_equal(copy->at, -5);
	assert_int_equal(copy->kind, EVENT_RUN);
	assert_int_equal(copy->by, BY_IMPORT);
	assert_string_equal(copy->commit.hex, "1234");
	assert_string_equal(copy->other.hex, "5678");
	assert_true(copy->number == INT64_MAX);
	assert_int_equal(copy->outcome, OUTCOME_IGNORED);
	assert_int_equal(copy->verdict, VERDICT_SKIP);
	assert_int_equal(copy->build, BUILD_INFRA);
	assert_true(copy->fix);
	assert_true(copy->first_parent);
	assert_int_equal(copy->exit_status, 256 + 9);
	assert_true(copy->duration_ms == INT64_MIN);
	event_free(copy);
}

static void texts_that_are_missing_stay_missing_in_a_copy(void **state)
{
	struct event event = { .kind = EVENT_PAUSE };
	struct event *copy = event_copy(&event);

	(void)state;
	assert_null(copy->who);
	assert_null(copy->policy);
	assert_null(copy->title);
	assert_null(copy->signature);
	assert_null(copy->text);
	assert_true(oid_is_none(&copy->commit));
	event_free(copy);
	event_free(NULL);
}

static void a_commits_name_is_40_or_64_digits_in_lower_case(void **state)
{
	static const char sha1[] = "0123456789abcdef0123456789abcdef01234567";
	static const char sha256[] = "0123456789abcdef0123456789abcdef"
				     "0123456789abcdef0123456789abcdef";
	struct oid oid = { "kept" }, other;

	(void)state;
	assert_false(oid_parse(&oid, ""));
	assert_false(oid_parse(&oid, sha1 + 1));
	assert_false(oid_parse(&oid, sha256 + 1));
	assert_false(
		oid_parse(&oid, "0123456789ABCDEF0123456789abcdef01234567"));
	assert_false(
		oid_parse(&oid, "0123456789abcdef0123456789abcdef0123456g"));
	assert_string_equal(oid.hex, "kept");
	assert_true(oid_parse(&oid, sha1));
	assert_string_equal(oid.hex, sha1);
	assert_true(oid_parse(&other, sha256));
	assert_string_equal(other.hex, sha256);
	assert_false(oid_equal(&oid, &other));
	assert_true(oid_parse(&other, sha1));
	assert_true(oid_equal(&oid, &other));
	assert_false(oid_is_none(&oid));
}

static void what_was_done_again_is_counted_and_too_much_left_out(void **state)
{
	struct errands errands = { NULL, 0 };
	struct errand *copy;
	char line[ERRAND_LINE_MAX + 100];

	(void)state;
	errands_add(&errands, "./repro", 0, 20);
	errands_add(&errands, "./repro", 0, 30);
	errands_add(&errands, "./repro", 1, 5);
	errands_add(&errands, "./repro", 0, 7);
	assert_int_equal(errands.count, 3);
	assert_int_equal(errands.items[0].times, 2);
	assert_int_equal(errands.items[0].duration_ms, 50);
	assert_int_equal(errands.items[1].exit_status, 1);
	assert_int_equal(errands.items[2].times, 1);
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	errands_add(&errands, line, 0, 1);
	errands_add(&errands, line, 0, 1);
	assert_int_equal(errands.count, 4);
	assert_int_equal(strlen(errands.items[3].line), ERRAND_LINE_MAX);
	for (int i = 0; i < 2 * ERRANDS_MAX; i++)
		errands_add(&errands, "a", i, 1);
	assert_int_equal(errands.count, ERRANDS_MAX);
	copy = errands_copy(errands.items, errands.count);
	errands_release(&errands);
	assert_string_equal(copy[0].line, "./repro");
	errands_free(copy, ERRANDS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_its_word_in_the_journal),
		cmocka_unit_test(facts_are_not_decisions),
		cmocka_unit_test(
			a_word_of_no_kind_is_refused_and_nothing_is_set),
		cmocka_unit_test(every_actor_has_its_word),
		cmocka_unit_test(outcomes_and_builds_have_theirs_too),
		cmocka_unit_test(an_unknown_outcome_or_build_is_refused),
		cmocka_unit_test(a_copy_has_everything_and_shares_no_text),
		cmocka_unit_test(texts_that_are_missing_stay_missing_in_a_copy),
		cmocka_unit_test(
			what_was_done_again_is_counted_and_too_much_left_out),
		cmocka_unit_test(
			a_commits_name_is_40_or_64_digits_in_lower_case),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
