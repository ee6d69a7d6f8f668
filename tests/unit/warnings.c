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
#include "engine/warnings.h"
#include "tests/unit/world.h"

/* Five commits in a row, oldest first; and with a side branch. */
static const char line[] = "a b:a c:b d:c e:d";
static const char branch[] = "a b:a x:a c:b,x d:c e:d";

#define OK(call)   assert_int_equal(call, 0)
#define PLAN(text) assert_string_equal(world_plan(&w), text)
#define RUNS(name, letters, verdict)                          \
	do {                                                  \
		world_runs(&w, name, letters);                \
		OK(world_mark(&w, BY_POLICY, name, verdict)); \
	} while (0)

static struct world begun(const char *graph, const char *policy, bool fix)
{
	struct world w;

	world_init(&w, graph);
	OK(world_start(&w, policy, fix));
	OK(world_mark(&w, BY_START, "e", fix ? VERDICT_GOOD : VERDICT_BAD));
	OK(world_mark(&w, BY_START, "a", fix ? VERDICT_BAD : VERDICT_GOOD));
	return w;
}

/* Ids are the names in hexadecimal, filled up with zeroes: names again. */
static void add_plainly(struct buf *out, const char *text)
{
	for (; *text; text++) {
		size_t zeroes = strspn(text + (*text != '\0'), "0");
		unsigned int letter;

		if (zeroes < 8) {
			buf_putc(out, *text);
			continue;
		}
		out->length--;
		assert_int_equal(sscanf(text - 1, "%2x", &letter), 1);
		buf_putc(out, (char)letter);
		text += zeroes;
	}
	buf_putc(out, '\n');
}

static void assert_warnings(struct world *w, const char *release,
			    const char *wanted)
{
	struct warnings warnings;
	struct buf out;

	buf_init(&out, 0);
	warnings_find(&warnings, w->engine, w->graph, release);
	for (size_t i = 0; i < warnings.count; i++)
		add_plainly(&out, warnings.items[i]);
	assert_string_equal(out.text, wanted);
	buf_release(&out);
	warnings_release(&warnings);
}

static void build(struct world *w, const char *name, const char *signature)
{
	char text[80];

	snprintf(text, sizeof(text), "%s", signature);
	OK(world_apply(w, (struct event){ .kind = EVENT_BUILD,
					  .by = BY_ENGINE,
					  .commit = world_oid(name),
					  .build = BUILD_OK,
					  .signature = text }));
}

static void a_clean_result_has_none(void **state)
{
	struct world w = begun(line, "syzkaller/3/3", false);

	(void)state;
	assert_warnings(&w, NULL, "");
	RUNS("c", "...", VERDICT_GOOD);
	RUNS("d", "XX.", VERDICT_BAD);
	PLAN("found d");
	assert_warnings(&w, NULL, "");
	world_release(&w);
}

static void a_search_by_hand_needs_no_runs(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	OK(world_mark(&w, BY_PERSON, "c", VERDICT_GOOD));
	OK(world_mark(&w, BY_PERSON, "d", VERDICT_BAD));
	assert_warnings(&w, NULL, "");
	world_release(&w);
}

static void one_run_is_what_the_exit_code_policy_wants(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	RUNS("c", ".", VERDICT_GOOD);
	RUNS("d", "X", VERDICT_BAD);
	assert_warnings(&w, NULL, "");
	OK(world_say(&w, EVENT_MORE, "d", 2));
	world_runs(&w, "d", "..");
	assert_warnings(&w, NULL, "only one run of d showed the bug, of 3\n");
	world_release(&w);
}

static void a_merge_is_told_and_a_parent_that_nobody_tested(void **state)
{
	struct world w = begun(branch, "syzkaller/3/3", false);

	(void)state;
	RUNS("c", "XX.", VERDICT_BAD);
	RUNS("b", "...", VERDICT_GOOD);
	RUNS("x", "...", VERDICT_GOOD);
	PLAN("found c");
	assert_warnings(&w, NULL,
			"the culprit is a merge: what went wrong may be how "
			"its parents came together\n");
	world_release(&w);
}

static void a_release_is_told(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	RUNS("c", ".", VERDICT_GOOD);
	RUNS("d", "X", VERDICT_BAD);
	assert_warnings(&w, "v6.5",
			"the culprit is the release v6.5 itself, which changes "
			"little more than a version\n");
	world_release(&w);
}

static void the_same_kernel_cannot_have_broken_anything(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	build(&w, "c", "0123456789abcdef");
	RUNS("c", ".", VERDICT_GOOD);
	build(&w, "d", "0123456789abcdef");
	RUNS("d", "X", VERDICT_BAD);
	assert_warnings(&w, NULL,
			"the culprit makes the same kernel as its parent, with "
			"the signature 0123456789ab: it cannot have changed "
			"anything\n");
	build(&w, "d", "another");
	assert_warnings(&w, NULL, "");
	OK(world_build(&w, "d", BUILD_FAILED));
	assert_warnings(&w, NULL, "");
	world_release(&w);
}

static void ends_that_the_result_leans_on_must_be_tested(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	RUNS("c", "X", VERDICT_BAD);
	RUNS("b", "X", VERDICT_BAD);
	PLAN("found b");
	assert_warnings(&w, NULL,
			"a, a parent of the culprit, was never tested\n");
	world_release(&w);

	w = begun(line, "exit-code", false);
	RUNS("c", ".", VERDICT_GOOD);
	RUNS("d", ".", VERDICT_GOOD);
	PLAN("found e");
	assert_warnings(&w, NULL, "the culprit itself was never tested\n");
	world_release(&w);
}

static void what_is_good_because_of_others_is_told(void **state)
{
	/* d's parent c is below g, which was given, and nobody ran it */
	struct world w;

	(void)state;
	world_init(&w, "a b:a c:b g:c d:c e:d");
	OK(world_start(&w, "exit-code", false));
	OK(world_mark(&w, BY_START, "e", VERDICT_BAD));
	OK(world_mark(&w, BY_START, "g", VERDICT_GOOD));
	world_runs(&w, "c", "B");
	OK(world_mark(&w, BY_POLICY, "c", VERDICT_GOOD));
	RUNS("d", "X", VERDICT_BAD);
	PLAN("found d");
	assert_warnings(&w, NULL,
			"c, a parent of the culprit, was never tested: it "
			"counts as good because of g, which was not either\n");
	world_runs(&w, "g", ".");
	assert_warnings(&w, NULL,
			"c, a parent of the culprit, was never tested: it "
			"counts as good because of g\n");
	world_release(&w);
}

static void runs_of_an_equal_kernel_are_a_test(void **state)
{
	struct world w = begun(line, "syzkaller/3/3", false);

	(void)state;
	build(&w, "a", "0123456789abcdef");
	world_runs(&w, "a", "...");
	build(&w, "c", "0123456789abcdef");
	OK(world_mark(&w, BY_POLICY, "c", VERDICT_GOOD));
	RUNS("d", "XX.", VERDICT_BAD);
	PLAN("found d");
	assert_warnings(&w, NULL, "");
	world_release(&w);
}

static void look_for(struct world *w, const char *symptom)
{
	char text[20];

	snprintf(text, sizeof(text), "%s", symptom);
	OK(world_apply(w, (struct event){ .kind = EVENT_SYMPTOM,
					  .by = BY_START,
					  .policy = text }));
}

static void what_is_looked_for_is_what_shows(void **state)
{
	struct world w = begun(line, "syzkaller/3/3", false);

	(void)state;
	look_for(&w, "boot-failed");
	RUNS("c", ".X.", VERDICT_GOOD);
	RUNS("d", "B..", VERDICT_BAD);
	PLAN("found d");
	assert_warnings(&w, NULL, "only one run of d showed the bug, of 3\n");
	world_release(&w);
}

static void where_builds_are_looked_at_they_are_the_test(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	look_for(&w, "build-failed");
	OK(world_build(&w, "c", BUILD_OK));
	OK(world_mark(&w, BY_POLICY, "c", VERDICT_GOOD));
	OK(world_build(&w, "d", BUILD_FAILED));
	OK(world_mark(&w, BY_POLICY, "d", VERDICT_BAD));
	PLAN("found d");
	assert_warnings(&w, NULL, "");
	world_release(&w);
}

static void in_a_search_for_a_fix_the_bug_shows_below(void **state)
{
	struct world w = begun(line, "syzkaller/3/3", true);

	(void)state;
	RUNS("c", "X..", VERDICT_BAD);
	RUNS("d", "...", VERDICT_GOOD);
	PLAN("found d");
	assert_warnings(&w, NULL, "only one run of c showed the bug, of 3\n");
	world_release(&w);
}

static void what_a_person_overruled_is_told(void **state)
{
	struct world w = begun(line, "syzkaller/3/3", false);

	(void)state;
	RUNS("c", "...", VERDICT_GOOD);
	RUNS("d", "XXX", VERDICT_BAD);
	OK(world_mark(&w, BY_PERSON, "d", VERDICT_BAD));
	OK(world_apply(&w, (struct event){ .kind = EVENT_JUDGE,
					   .by = BY_PERSON,
					   .commit = world_oid("d"),
					   .number = 1,
					   .outcome = OUTCOME_IGNORED }));
	assert_warnings(&w, NULL,
			"the verdict is a person's on d (bad)\n"
			"a person overruled run d#1 (ignored)\n");
	world_release(&w);
}

static void long_lists_are_cut(void **state)
{
	struct world w = begun(line, "syzkaller/3/3", false);

	(void)state;
	world_runs(&w, "c", ".......");
	for (int i = 0; i < 7; i++)
		OK(world_apply(&w, (struct event){ .kind = EVENT_JUDGE,
						   .by = BY_PERSON,
						   .commit = world_oid("c"),
						   .number = i,
						   .outcome = OUTCOME_INFRA }));
	assert_warnings(&w, NULL,
			"a person overruled run c#0 (infra), c#1 (infra), "
			"c#2 (infra), c#3 (infra), c#4 (infra) and 2 more\n");
	world_release(&w);
}

static void contradictions_that_were_set_aside_are_told(void **state)
{
	struct world w = begun(line, "exit-code", false);

	(void)state;
	RUNS("c", "X", VERDICT_BAD);
	RUNS("b", "X", VERDICT_BAD);
	OK(world_mark(&w, BY_PERSON, "c", VERDICT_GOOD));
	RUNS("d", "X", VERDICT_BAD);
	PLAN("found d");
	assert_warnings(&w, NULL,
			"the verdict is a person's on c (good)\n"
			"set aside, because others exclude it: the verdict on "
			"b (bad)\n");
	world_release(&w);
}

static void skipped_commits_leave_several_culprits(void **state)
{
	struct world w = begun(line, "exit-code", false);
	const int *skips;

	(void)state;
	RUNS("c", "T", VERDICT_SKIP);
	RUNS("b", ".", VERDICT_GOOD);
	RUNS("d", "X", VERDICT_BAD);
	PLAN("only c d");
	assert_warnings(&w, NULL,
			"the culprit may be any of 2 commits, since some of "
			"them could not be tested\n");
	assert_int_equal(engine_skips(w.engine, &skips), 1);
	assert_int_equal(skips[0], world_commit(&w, "c"));
	world_release(&w);
}

/* Commits on x have no history in common with those from a on. */
static void ends_without_a_merge_base_are_told(void **state)
{
	static const char two_roots[] = "a b:a c:b d:c e:d x y:x z:y";
	struct world w;

	(void)state;
	world_init(&w, two_roots);
	OK(world_start(&w, "exit-code", false));
	OK(world_mark(&w, BY_START, "e", VERDICT_BAD));
	assert_warnings(&w, NULL, "");
	OK(world_mark(&w, BY_PERSON, "y", VERDICT_GOOD));
	assert_warnings(&w, NULL,
			"good y has no merge base with bad e, their histories "
			"are unrelated: all that is behind the latter is "
			"searched; 'culprit good COMMIT' with an ancestor of "
			"it leaves less\n");
	OK(world_mark(&w, BY_PERSON, "b", VERDICT_GOOD));
	assert_warnings(&w, NULL,
			"good y has no merge base with bad e, their histories "
			"are unrelated: that leaves out nothing of what is "
			"searched\n");
	/* the newer end is another history's */
	OK(world_mark(&w, BY_PERSON, "z", VERDICT_BAD));
	assert_warnings(&w, NULL,
			"good b has no merge base with bad z, their histories "
			"are unrelated: that leaves out nothing of what is "
			"searched\n");
	world_release(&w);
}

static void in_a_search_for_a_fix_they_are_told_by_its_words(void **state)
{
	static const char two_roots[] = "a b:a w x:w y z";
	struct world w;

	(void)state;
	world_init(&w, two_roots);
	OK(world_start(&w, "exit-code", true));
	OK(world_mark(&w, BY_START, "b", VERDICT_GOOD));
	OK(world_mark(&w, BY_START, "x", VERDICT_BAD));
	OK(world_mark(&w, BY_START, "y", VERDICT_BAD));
	assert_warnings(&w, NULL,
			"bad x and 1 more have no merge base with good b, "
			"their histories are unrelated: all that is behind the "
			"latter is searched; 'culprit bad COMMIT' with an "
			"ancestor of it leaves less\n");
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clean_result_has_none),
		cmocka_unit_test(a_search_by_hand_needs_no_runs),
		cmocka_unit_test(one_run_is_what_the_exit_code_policy_wants),
		cmocka_unit_test(
			a_merge_is_told_and_a_parent_that_nobody_tested),
		cmocka_unit_test(a_release_is_told),
		cmocka_unit_test(ends_without_a_merge_base_are_told),
		cmocka_unit_test(
			in_a_search_for_a_fix_they_are_told_by_its_words),
		cmocka_unit_test(the_same_kernel_cannot_have_broken_anything),
		cmocka_unit_test(ends_that_the_result_leans_on_must_be_tested),
		cmocka_unit_test(what_is_good_because_of_others_is_told),
		cmocka_unit_test(runs_of_an_equal_kernel_are_a_test),
		cmocka_unit_test(what_is_looked_for_is_what_shows),
		cmocka_unit_test(where_builds_are_looked_at_they_are_the_test),
		cmocka_unit_test(in_a_search_for_a_fix_the_bug_shows_below),
		cmocka_unit_test(what_a_person_overruled_is_told),
		cmocka_unit_test(long_lists_are_cut),
		cmocka_unit_test(contradictions_that_were_set_aside_are_told),
		cmocka_unit_test(skipped_commits_leave_several_culprits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
