/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The search as a property: whatever the history looks like, wherever the
 * culprit hides, whatever is skipped, overruled and undone on the way, the
 * engine names the culprit; and the same events give the same plan.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "engine/graph.h"
#include "engine/preview.h"
#include "engine/suspects.h"
#include "tests/unit/world.h"

#define SEEDS	    4000
#define COMMITS_MAX 60

/* A small generator of our own, so that a seed is the same everywhere. */
struct dice {
	uint64_t state;
};

static uint32_t roll(struct dice *dice, uint32_t sides)
{
	dice->state = dice->state * UINT64_C(6364136223846793005) +
		      UINT64_C(1442695040888963407);
	return (uint32_t)(dice->state >> 33) % sides;
}

struct hunt {
	struct world w;
	struct dice dice;
	int commits;
	int culprit;
	bool *broken; /* does not build: can only be skipped */
	int tests;
	int kinds;  /* of kernels that are equal, good or bad; 0: none are */
	int spared; /* tests without a run, thanks to an equal kernel */
	unsigned seed;
};

/* c0 is the root; each later commit has one to three earlier parents. */
static void make_graph(struct hunt *hunt, char *text, size_t size)
{
	int window = 1 + (int)roll(&hunt->dice, 8);
	unsigned merges = roll(&hunt->dice, 50);
	size_t used = (size_t)snprintf(text, size, "c0");

	hunt->commits = 3 + (int)roll(&hunt->dice, COMMITS_MAX - 3);
	for (int i = 1; i < hunt->commits; i++) {
		int low = i > window ? i - window : 0;
		int parents = roll(&hunt->dice, 100) < merges
				      ? 2 + (int)roll(&hunt->dice, 2)
				      : 1;
		int previous = -1;

		/* the tip takes in all of the last ones, so that it is one */
		used += (size_t)snprintf(text + used, size - used, " c%d:", i);
		for (int k = 0; k < parents; k++) {
			int parent = low + (int)roll(&hunt->dice,
						     (uint32_t)(i - low));

			if (parent == previous)
				continue;
			used += (size_t)snprintf(text + used, size - used,
						 "%sc%d", k ? "," : "", parent);
			previous = parent;
		}
	}
}

static const char *name_of(int commit)
{
	static char name[16];

	snprintf(name, sizeof(name), "c%d", commit);
	return name;
}

static bool is_bad(const struct hunt *hunt, int commit)
{
	return graph_is_ancestor(hunt->w.graph, hunt->culprit, commit);
}

static void check_same_fold(struct hunt *hunt)
{
	const struct plan *plan = engine_plan(hunt->w.engine);
	struct engine *again = engine_new(hunt->w.graph);
	const struct plan *other;

	for (size_t i = 0; i < engine_event_count(hunt->w.engine); i++)
		assert_int_equal(engine_apply(again,
					      engine_event(hunt->w.engine, i),
					      NULL),
				 0);
	other = engine_plan(again);
	assert_int_equal(other->state, plan->state);
	assert_int_equal(other->commit, plan->commit);
	assert_int_equal(other->bad, plan->bad);
	assert_int_equal(other->suspects, plan->suspects);
	assert_int_equal(other->left, plan->left);
	assert_int_equal(other->good_count, plan->good_count);
	assert_int_equal(other->wish_count, plan->wish_count);
	for (int i = 0; i < plan->wish_count; i++) {
		assert_int_equal(other->wishes[i].kind, plan->wishes[i].kind);
		assert_int_equal(other->wishes[i].commit,
				 plan->wishes[i].commit);
		assert_int_equal(other->wishes[i].runs, plan->wishes[i].runs);
	}
	for (int i = 0; i < engine_step_count(again); i++) {
		const struct step *a = engine_step(again, i);
		const struct step *b = engine_step(hunt->w.engine, i);

		assert_int_equal(a->verdict, b->verdict);
		assert_int_equal(a->set_aside, b->set_aside);
		assert_int_equal(a->left_after, b->left_after);
	}
	engine_free(again);
}

/* A build like the others of its kind; an equal kernel is as bad. */
static void build_kind(struct hunt *hunt, int commit)
{
	char signature[16];

	snprintf(signature, sizeof(signature), "%s%d",
		 is_bad(hunt, commit) ? "bad" : "good", commit % hunt->kinds);
	world_apply(&hunt->w,
		    (struct event){ .kind = EVENT_BUILD,
				    .by = BY_ENGINE,
				    .commit = world_oid(name_of(commit)),
				    .build = BUILD_OK,
				    .signature = signature });
}

/* The machine's part: build and run what is under test, then its verdict. */
static void test_one(struct hunt *hunt, int commit)
{
	const char *name = name_of(commit);

	hunt->tests++;
	if (hunt->broken[commit]) {
		world_build(&hunt->w, name, BUILD_FAILED);
		return;
	}
	if (hunt->kinds)
		build_kind(hunt, commit);
	else
		world_build(&hunt->w, name, BUILD_OK);
	if (engine_judge(hunt->w.engine, commit).more_runs > 0)
		world_runs(&hunt->w, name, is_bad(hunt, commit) ? "X" : ".");
	else
		hunt->spared++;
}

static void give_verdicts(struct hunt *hunt)
{
	for (;;) {
		const struct plan *plan = engine_plan(hunt->w.engine);

		if (plan->wish_count == 0 ||
		    plan->wishes[0].kind != WISH_VERDICT)
			return;
		assert_int_equal(world_mark(&hunt->w, BY_POLICY,
					    name_of(plan->wishes[0].commit),
					    plan->wishes[0].verdict),
				 0);
	}
}

/* Work until nothing is left to test or so many tests were made. */
static const struct plan *search(struct hunt *hunt, int tests)
{
	for (;;) {
		const struct plan *plan;

		give_verdicts(hunt);
		plan = engine_plan(hunt->w.engine);
		if (plan->state != PLAN_TEST || plan->needs_person ||
		    tests-- == 0)
			return plan;
		test_one(hunt, plan->commit);
		assert_true(hunt->tests < 4 * COMMITS_MAX);
	}
}

static void begin(struct hunt *hunt, unsigned seed, int broken_percent)
{
	char text[COMMITS_MAX * 24];

	memset(hunt, 0, sizeof(*hunt));
	hunt->seed = seed;
	hunt->dice.state = seed * UINT64_C(2654435761) + 1;
	make_graph(hunt, text, sizeof(text));
	world_init(&hunt->w, text);
	hunt->broken = calloc((size_t)hunt->commits, sizeof(bool));
	/* somewhere above the root and below the tip, which is bad */
	do {
		hunt->culprit = 1 + (int)roll(&hunt->dice,
					      (uint32_t)(hunt->commits - 1));
	} while (!is_bad(hunt, hunt->commits - 1));
	for (int i = 1; i < hunt->commits - 1; i++)
		hunt->broken[i] = (int)roll(&hunt->dice, 100) < broken_percent;
	assert_int_equal(world_start(&hunt->w, "exit-code", false), 0);
	world_mark(&hunt->w, BY_START, name_of(hunt->commits - 1), VERDICT_BAD);
	world_mark(&hunt->w, BY_START, "c0", VERDICT_GOOD);
}

static void end(struct hunt *hunt)
{
	free(hunt->broken);
	world_release(&hunt->w);
}

static bool is_candidate(const struct plan *plan, int commit)
{
	for (int i = 0; i < plan->candidate_count; i++)
		if (plan->candidates[i] == commit)
			return true;
	return false;
}

static void check_end(struct hunt *hunt, const struct plan *plan)
{
	if (plan->state == PLAN_ONLY_SKIPPED)
		assert_true(is_candidate(plan, hunt->culprit));
	else
		assert_int_equal(plan->state, PLAN_FOUND);
	if (plan->state == PLAN_FOUND)
		assert_int_equal(plan->commit, hunt->culprit);
}

static void the_culprit_is_found_in_any_history(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < SEEDS; seed++) {
		struct hunt hunt;

		begin(&hunt, seed, 0);
		check_end(&hunt, search(&hunt, -1));
		check_same_fold(&hunt);
		end(&hunt);
	}
}

static void equal_kernels_spare_runs_and_change_no_answer(void **state)
{
	int spared = 0;

	(void)state;
	for (unsigned seed = 0; seed < SEEDS / 4; seed++) {
		struct hunt hunt;

		begin(&hunt, seed, 10);
		hunt.kinds = 1 + (int)seed % 5;
		check_end(&hunt, search(&hunt, -1));
		check_same_fold(&hunt);
		spared += hunt.spared;
		end(&hunt);
	}
	assert_true(spared > 0);
}

static void each_test_leaves_what_git_says_is_left(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < SEEDS; seed++) {
		struct hunt hunt;
		const struct plan *plan;

		begin(&hunt, seed, 0);
		for (;;) {
			int all, left, commit;

			plan = engine_plan(hunt.w.engine);
			if (plan->state != PLAN_TEST)
				break;
			all = plan->suspects;
			left = plan->left;
			commit = plan->commit;
			plan = search(&hunt, 1);
			/* bad leaves the commit itself, good what is above */
			assert_int_equal(plan->suspects,
					 is_bad(&hunt, commit) ? all - left - 1
							       : left + 1);
		}
		check_end(&hunt, plan);
		end(&hunt);
	}
}

static void a_straight_history_takes_no_more_steps_than_git_says(void **state)
{
	(void)state;
	for (int commits = 3; commits < COMMITS_MAX; commits++) {
		for (int culprit = 1; culprit < commits; culprit++) {
			char text[COMMITS_MAX * 24];
			size_t used =
				(size_t)snprintf(text, sizeof(text), "c0");
			struct hunt hunt = { .commits = commits,
					     .culprit = culprit };
			int estimate;

			for (int i = 1; i < commits; i++)
				used += (size_t)snprintf(text + used,
							 sizeof(text) - used,
							 " c%d:c%d", i, i - 1);
			world_init(&hunt.w, text);
			hunt.broken = calloc((size_t)commits, sizeof(bool));
			world_start(&hunt.w, "exit-code", false);
			world_mark(&hunt.w, BY_START, name_of(commits - 1),
				   VERDICT_BAD);
			world_mark(&hunt.w, BY_START, "c0", VERDICT_GOOD);
			/* "roughly N steps" after the first test */
			estimate = engine_plan(hunt.w.engine)->steps;
			check_end(&hunt, search(&hunt, -1));
			assert_true(hunt.tests <= estimate + 2);
			end(&hunt);
		}
	}
}

static void broken_builds_are_passed_or_named(void **state)
{
	int named = 0;

	(void)state;
	for (unsigned seed = 0; seed < SEEDS; seed++) {
		struct hunt hunt;
		const struct plan *plan;

		begin(&hunt, seed, 5 + (int)seed % 60);
		plan = search(&hunt, -1);
		check_end(&hunt, plan);
		named += plan->state == PLAN_ONLY_SKIPPED;
		/* nobody is left out that could have been tested */
		for (int i = 0; i < plan->candidate_count; i++)
			if (plan->candidates[i] != plan->bad)
				assert_true(hunt.broken[plan->candidates[i]]);
		check_same_fold(&hunt);
		end(&hunt);
	}
	assert_true(named > 0 && named < SEEDS);
}

/* A person who errs: any verdict on any commit, any run, any time. */
static struct event any_decision(struct hunt *hunt)
{
	int commit = (int)roll(&hunt->dice, (uint32_t)hunt->commits);
	struct event event = { .by = BY_PERSON,
			       .commit = world_oid(name_of(commit)) };

	switch (roll(&hunt->dice, 6)) {
	case 0:
		event.kind = EVENT_VERDICT;
		event.verdict = (enum verdict)(1 + roll(&hunt->dice, 3));
		break;
	case 1:
		event.kind = EVENT_JUDGE;
		event.outcome = (enum outcome)roll(&hunt->dice, OUTCOME_COUNT);
		break;
	case 2:
		event.kind = EVENT_RETRACT;
		break;
	case 3:
		event.kind = EVENT_PICK;
		break;
	case 4:
		event.kind = EVENT_SKIP_RANGE;
		event.other = event.commit;
		event.commit = world_oid(name_of(
			(int)roll(&hunt->dice, (uint32_t)hunt->commits)));
		break;
	default:
		event.kind = EVENT_MORE;
		event.number = 1 + roll(&hunt->dice, 3);
		break;
	}
	return event;
}

static void meddle(struct hunt *hunt)
{
	world_apply(&hunt->w, any_decision(hunt)); /* may well be refused */
}

static void what_a_person_did_can_all_be_undone(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < SEEDS; seed++) {
		struct hunt hunt;

		begin(&hunt, seed, seed % 3 ? 0 : 20);
		for (int i = 0; i < 6; i++) {
			search(&hunt, (int)roll(&hunt.dice, 3));
			meddle(&hunt);
			if (roll(&hunt.dice, 3) == 0)
				world_undo(&hunt.w);
			if (roll(&hunt.dice, 4) == 0 &&
			    engine_redo_target(hunt.w.engine))
				assert_int_equal(world_redo(&hunt.w), 0);
			check_same_fold(&hunt);
		}
		while (engine_undo_target(hunt.w.engine))
			assert_int_equal(world_undo(&hunt.w), 0);
		check_end(&hunt, search(&hunt, -1));
		check_same_fold(&hunt);
		end(&hunt);
	}
}

static void undo_then_redo_is_where_one_was(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < SEEDS / 4; seed++) {
		struct hunt hunt;
		enum plan_state kind;
		int depth = 0, commit, suspects;

		begin(&hunt, seed, 10);
		for (int i = 0; i < 5; i++) {
			search(&hunt, 1);
			meddle(&hunt);
		}
		kind = engine_plan(hunt.w.engine)->state;
		commit = engine_plan(hunt.w.engine)->commit;
		suspects = engine_plan(hunt.w.engine)->suspects;
		for (; engine_undo_target(hunt.w.engine); depth++)
			world_undo(&hunt.w);
		for (; depth > 0; depth--)
			assert_int_equal(world_redo(&hunt.w), 0);
		assert_int_equal(engine_plan(hunt.w.engine)->state, kind);
		assert_int_equal(engine_plan(hunt.w.engine)->commit, commit);
		assert_int_equal(engine_plan(hunt.w.engine)->suspects,
				 suspects);
		end(&hunt);
	}
}

/* The verdict of each commit that counts. */
static void note_verdicts(struct hunt *hunt, enum verdict *out)
{
	for (int i = 0; i < hunt->commits; i++) {
		int commit = world_commit(&hunt->w, name_of(i));
		const struct step *step =
			engine_step_of(hunt->w.engine, commit);

		out[commit] =
			step && !step->set_aside ? step->verdict : VERDICT_NONE;
	}
}

static void compare_end(const struct preview_end *end, const struct plan *plan)
{
	assert_int_equal(end->state, plan->state);
	assert_int_equal(end->commit, plan->commit);
	assert_int_equal(end->suspects, plan->suspects);
	assert_int_equal(end->left, plan->left);
	assert_int_equal(end->steps, plan->steps);
	assert_int_equal(end->needs_person, plan->needs_person);
}

static void compare_preview(struct hunt *hunt, const struct preview *preview,
			    const enum verdict *before)
{
	enum verdict after[COMMITS_MAX];
	int stand = 0, changes = 0;

	note_verdicts(hunt, after);
	for (int i = 0; i < hunt->commits; i++) {
		stand += before[i] && before[i] == after[i];
		changes += before[i] != after[i];
	}
	assert_int_equal(preview->stand, stand);
	assert_int_equal(preview->change_count, changes);
	for (int i = 0; i < preview->change_count; i++) {
		const struct preview_change *change = &preview->changes[i];

		assert_int_equal(change->before, before[change->commit]);
		assert_int_equal(change->after, after[change->commit]);
	}
	compare_end(&preview->after, engine_plan(hunt->w.engine));
}

/* Look ahead, do it, and see whether it came so.  Was there a change? */
static bool look_and_do(struct hunt *hunt, struct event event)
{
	struct error refused = ERROR_INIT;
	enum verdict before[COMMITS_MAX];
	struct preview preview;
	int changes;

	give_verdicts(hunt);
	note_verdicts(hunt, before);
	if (preview_make(&preview, hunt->w.engine, &event, &refused) < 0) {
		assert_int_equal(world_apply(&hunt->w, event), -1);
		assert_string_equal(refused.text, hunt->w.err.text);
		return false;
	}
	compare_end(&preview.before, engine_plan(hunt->w.engine));
	check_same_fold(hunt);
	assert_int_equal(world_apply(&hunt->w, event), 0);
	give_verdicts(hunt);
	compare_preview(hunt, &preview, before);
	changes = preview.change_count;
	preview_release(&preview);
	return changes > 0;
}

static struct event undo_event(const struct hunt *hunt)
{
	return (struct event){ .kind = EVENT_UNDO,
			       .by = BY_PERSON,
			       .number = engine_undo_target(hunt->w.engine) };
}

static void what_is_seen_before_a_decision_is_what_it_does(void **state)
{
	int changes = 0;

	(void)state;
	for (unsigned seed = 0; seed < SEEDS; seed++) {
		struct hunt hunt;

		begin(&hunt, seed, seed % 3 ? 0 : 20);
		hunt.kinds = seed % 4 ? 0 : 3;
		for (int i = 0; i < 6; i++) {
			search(&hunt, (int)roll(&hunt.dice, 3));
			changes += look_and_do(&hunt, any_decision(&hunt));
			if (engine_undo_target(hunt.w.engine) &&
			    roll(&hunt.dice, 3) == 0)
				changes +=
					look_and_do(&hunt, undo_event(&hunt));
		}
		end(&hunt);
	}
	assert_true(changes > (int)SEEDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_culprit_is_found_in_any_history),
		cmocka_unit_test(equal_kernels_spare_runs_and_change_no_answer),
		cmocka_unit_test(each_test_leaves_what_git_says_is_left),
		cmocka_unit_test(
			a_straight_history_takes_no_more_steps_than_git_says),
		cmocka_unit_test(broken_builds_are_passed_or_named),
		cmocka_unit_test(what_a_person_did_can_all_be_undone),
		cmocka_unit_test(undo_then_redo_is_where_one_was),
		cmocka_unit_test(
			what_is_seen_before_a_decision_is_what_it_does),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
