/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The range, folded: on small graphs drawn by hand, each row in one word, and
 * as a property of any history with any verdicts.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "engine/graph.h"
#include "engine/outline.h"
#include "engine/skip_cost.h"
#include "engine/suspects.h"
#include "tests/unit/world.h"

static struct buf said;

/*
 * The rows from the newest on, one a line: the sign and the name of a commit,
 * or what a fold holds.
 */
static const char *rows(const struct world *world,
			const struct outline *outline)
{
	buf_clear(&said);
	for (int i = 0; i < outline->row_count; i++) {
		const struct outline_row *row = &outline->rows[i];

		if (i)
			buf_putc(&said, '\n');
		buf_printf(&said, "%c ", "|:oMT*"[row->sign]);
		if (row->commit >= 0)
			buf_puts(&said, world_name(world, row->commit));
		else
			outline_say(outline, row, &said);
	}
	return said.text;
}

static const char *folded(struct world *world)
{
	struct outline outline;
	const char *text;

	outline_init(&outline);
	outline_build(&outline, world->engine, world->graph);
	text = rows(world, &outline);
	outline_release(&outline);
	return text;
}

/* A line of commits c0, c1...; the last is bad, the first is good. */
static void line_of(struct world *world, int count)
{
	struct buf text;
	char name[16];

	buf_init(&text, 0);
	buf_puts(&text, "c0");
	for (int i = 1; i < count; i++)
		buf_printf(&text, " c%d:c%d", i, i - 1);
	world_init(world, text.text);
	buf_release(&text);
	world_start(world, "exit-code", false);
	snprintf(name, sizeof(name), "c%d", count - 1);
	world_mark(world, BY_START, name, VERDICT_BAD);
	world_mark(world, BY_START, "c0", VERDICT_GOOD);
}

static void say(struct world *world, const char *name, enum verdict verdict)
{
	assert_return_code(world_mark(world, BY_PERSON, name, verdict), 0);
}

static void few_suspects_have_a_row_each(void **state)
{
	struct world w;

	(void)state;
	line_of(&w, 6);
	assert_string_equal(folded(&w), "o c5\n"
					"| c4\n"
					"| c3\n"
					"* c2\n"
					"| c1\n"
					"o c0");
	world_release(&w);
}

static void many_are_folded_around_the_one_under_test(void **state)
{
	struct world w;

	(void)state;
	line_of(&w, 101);
	assert_string_equal(folded(&w), "o c100\n"
					"| 49 suspects\n"
					"* c50\n"
					"| 49 suspects\n"
					"o c0");
	world_release(&w);
}

static void what_was_ruled_out_names_the_step_that_did(void **state)
{
	struct world w;

	(void)state;
	line_of(&w, 101);
	say(&w, "c50", VERDICT_BAD);
	say(&w, "c25", VERDICT_GOOD);
	say(&w, "c38", VERDICT_BAD);
	assert_string_equal(folded(&w), "o c100\n"
					": 49 commits, ruled out by step 3\n"
					"o c50\n"
					": 11 commits, ruled out by step 5\n"
					"o c38\n"
					"| c37\n| c36\n| c35\n| c34\n| c33\n"
					"| c32\n"
					"* c31\n"
					"| c30\n| c29\n| c28\n| c27\n| c26\n"
					"o c25\n"
					": 24 commits, known good by step 4\n"
					"o c0");
	world_release(&w);
}

static void one_commit_is_one_commit(void **state)
{
	struct world w;

	(void)state;
	line_of(&w, 8);
	say(&w, "c5", VERDICT_BAD);
	say(&w, "c2", VERDICT_GOOD);
	assert_string_equal(folded(&w), "o c7\n"
					": 1 commit, ruled out by step 3\n"
					"o c5\n"
					"* c4\n"
					"| c3\n"
					"o c2\n"
					": 1 commit, known good by step 4\n"
					"o c0");
	world_release(&w);
}

static void in_a_search_for_a_fix_the_older_side_is_bad(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, "a b:a c:b d:c e:d f:e");
	world_start(&w, "exit-code", true);
	world_mark(&w, BY_START, "f", VERDICT_GOOD);
	world_mark(&w, BY_START, "a", VERDICT_BAD);
	say(&w, "c", VERDICT_BAD);
	say(&w, "e", VERDICT_GOOD);
	assert_string_equal(folded(&w), "o f\n"
					"o e\n"
					"* d\n"
					"o c\n"
					": 1 commit, known bad by step 3\n"
					"o a");
	world_release(&w);
}

/*
 *	g--h-----m--n--p     (bad: p)
 *	 \      /
 *	  x----y
 */
static void a_side_branch_stays_below_its_merge(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, "g h:g x:g y:x i:h m:i,y n:m p:n");
	world_start(&w, "exit-code", false);
	world_mark(&w, BY_START, "p", VERDICT_BAD);
	world_mark(&w, BY_START, "g", VERDICT_GOOD);
	assert_string_equal(folded(&w), "o p\n"
					"| n\n"
					"M m\n"
					"| i\n| h\n"
					"* y\n"
					"| x\n"
					"o g");
	/* what the good commit does not have is still suspect */
	say(&w, "i", VERDICT_GOOD);
	say(&w, "n", VERDICT_BAD);
	assert_string_equal(folded(&w), "o p\n"
					"o n\n"
					"M m\n"
					"* y\n"
					"| x\n"
					"o i\n"
					": 1 commit, known good by step 3\n"
					"o g");
	/* a bad one on the branch clears the other line */
	say(&w, "y", VERDICT_BAD);
	assert_string_equal(folded(&w), "o p\n"
					"o n\n"
					": 1 commit, ruled out by step 5\n"
					"o y\n"
					"* x\n"
					"o i\n"
					": 1 commit, known good by step 3\n"
					"o g");
	world_release(&w);
}

static void skips_are_shown_and_counted(void **state)
{
	struct world w;

	(void)state;
	line_of(&w, 41);
	say(&w, "c20", VERDICT_SKIP);
	world_apply(&w, (struct event){ .kind = EVENT_SKIP_RANGE,
					.by = BY_PERSON,
					.other = world_oid("c1"),
					.commit = world_oid("c4") });
	assert_string_equal(
		engine_plan(w.engine)->state == PLAN_TEST ? folded(&w) : "",
		"o c40\n"
		"| 13 suspects\n"
		"* c26\n"
		"| 5 suspects\n"
		"o c20\n"
		"| 19 suspects, 3 of them skipped\n"
		"o c0");
	world_release(&w);
}

static void releases_are_landmarks_by_their_name(void **state)
{
	struct outline outline;
	struct world w;

	(void)state;
	line_of(&w, 41);
	world_apply(&w, (struct event){ .kind = EVENT_RELEASE,
					.by = BY_ENGINE,
					.commit = world_oid("c10"),
					.text = (char[]){ "v5.18" } });
	outline_init(&outline);
	outline_build(&outline, w.engine, w.graph);
	assert_string_equal(rows(&w, &outline), "o c40\n"
						"| 19 suspects\n"
						"* c20\n"
						"| 9 suspects\n"
						"T c10\n"
						"| 9 suspects\n"
						"o c0");
	assert_string_equal(outline_tag_of(&outline, world_commit(&w, "c10")),
			    "v5.18");
	assert_null(outline_tag_of(&outline, world_commit(&w, "c20")));
	outline_release(&outline);
	world_release(&w);
}

static void merges_on_the_path_are_landmarks_while_they_are_few(void **state)
{
	struct buf text;
	struct world w;

	(void)state;
	buf_init(&text, 0);
	buf_puts(&text, "c0 s0:c0");
	for (int i = 1; i < 30; i++)
		buf_printf(&text, i % 10 ? " c%d:c%d" : " c%d:c%d,s0", i,
			   i - 1);
	world_init(&w, text.text);
	world_start(&w, "exit-code", false);
	world_mark(&w, BY_START, "c29", VERDICT_BAD);
	world_mark(&w, BY_START, "c0", VERDICT_GOOD);
	assert_string_equal(folded(&w), "o c29\n"
					"| 8 suspects\n"
					"M c20\n"
					"| 5 suspects\n"
					"* c14\n"
					"| 3 suspects\n"
					"M c10\n"
					"| 10 suspects\n"
					"o c0");
	world_release(&w);

	buf_clear(&text);
	buf_puts(&text, "c0 s0:c0");
	for (int i = 1; i < 30; i++)
		buf_printf(&text, i % 2 ? " c%d:c%d" : " c%d:c%d,s0", i, i - 1);
	world_init(&w, text.text);
	world_start(&w, "exit-code", false);
	world_mark(&w, BY_START, "c29", VERDICT_BAD);
	world_mark(&w, BY_START, "c0", VERDICT_GOOD);
	assert_string_equal(folded(&w), "o c29\n"
					"| 14 suspects\n"
					"* c14\n"
					"| 14 suspects\n"
					"o c0");
	world_release(&w);
	buf_release(&text);
}

/* A search that always says bad goes down by halves. */
static void far_steps(struct world *w)
{
	line_of(w, 2001);
	for (int i = 1900; i >= 900; i -= 100) {
		char name[16];

		snprintf(name, sizeof(name), "c%d", i);
		say(w, name, VERDICT_BAD);
	}
	say(w, "c899", VERDICT_GOOD);
}

static void steps_far_from_the_suspects_are_folded_too(void **state)
{
	struct outline outline;
	struct world w;

	(void)state;
	far_steps(&w);
	outline_init(&outline);
	outline_build(&outline, w.engine, w.graph);
	assert_string_equal(rows(&w, &outline),
			    "o c2000\n"
			    ": 599 commits, ruled out by steps 3-8\n"
			    "o c1400\n"
			    ": 99 commits, ruled out by step 9\n"
			    "o c1300\n"
			    ": 99 commits, ruled out by step 10\n"
			    "o c1200\n"
			    ": 99 commits, ruled out by step 11\n"
			    "o c1100\n"
			    ": 99 commits, ruled out by step 12\n"
			    "o c1000\n"
			    ": 99 commits, ruled out by step 13\n"
			    "* c900\n"
			    "o c899\n"
			    ": 898 commits, known good by step 14\n"
			    "o c0");
	outline_open(&outline, 1);
	assert_int_equal(outline.row_count, 26);
	assert_string_equal(world_name(&w, outline.rows[2].commit), "c1900");
	outline_open(&outline, 1);
	assert_int_equal(outline.row_count, 26 + 98);
	assert_string_equal(world_name(&w, outline.rows[1].commit), "c1999");
	/* the commits go first, then the steps */
	assert_true(outline_close(&outline, 60));
	assert_int_equal(outline.row_count, 26);
	assert_true(outline_close(&outline, 1));
	assert_int_equal(outline.row_count, 16);
	assert_false(outline_close(&outline, 1));
	assert_false(outline_close(&outline, 0));
	outline_release(&outline);
	world_release(&w);
}

static void what_was_opened_stays_open_by_commit(void **state)
{
	struct outline outline;
	struct world w;

	(void)state;
	line_of(&w, 61);
	outline_init(&outline);
	outline_build(&outline, w.engine, w.graph);
	outline_open(&outline, 1); /* c59 to c31 */
	assert_int_equal(outline.row_count, 33);
	outline_open(&outline, 0); /* nothing to open */
	assert_int_equal(outline.row_count, 33);
	say(&w, "c30", VERDICT_BAD);
	outline_build(&outline, w.engine, w.graph);
	assert_string_equal(world_name(&w, outline.rows[1].commit), "c59");
	assert_int_equal(outline.rows[1].sign, OUTLINE_DOTS);
	assert_int_equal(outline_find(&outline, world_commit(&w, "c30")), 30);
	/* a fold answers for what it holds */
	assert_true(outline_close(&outline, 7));
	assert_int_equal(outline_find(&outline, world_commit(&w, "c45")), 1);
	assert_int_equal(outline_find(&outline, world_commit(&w, "c30")), 2);
	/* one alone comes out of the middle */
	outline_show(&outline, world_commit(&w, "c45"));
	assert_int_equal(outline_find(&outline, world_commit(&w, "c45")), 2);
	assert_int_equal(outline.rows[1].count, 14);
	assert_int_equal(outline.rows[3].count, 14);
	outline_open_all(&outline);
	assert_int_equal(outline.row_count, 61);
	outline_close_all(&outline);
	assert_int_equal(outline.rows[1].commit, -1);
	outline_release(&outline);
	world_release(&w);
}

static void each_suspect_tells_what_its_verdict_leaves(void **state)
{
	struct outline outline;
	struct world w;
	int newer, older;

	(void)state;
	line_of(&w, 8);
	outline_init(&outline);
	outline_build(&outline, w.engine, w.graph);
	assert_true(
		outline_if(&outline, world_commit(&w, "c2"), &newer, &older));
	assert_int_equal(newer, 2);
	assert_int_equal(older, 5);
	assert_false(
		outline_if(&outline, world_commit(&w, "c0"), &newer, &older));
	assert_false(outline_if(&outline, -1, &newer, &older));
	outline_release(&outline);
	world_release(&w);
}

static void before_there_are_ends_there_is_what_was_tested(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, "a b:a c:b d:c");
	assert_string_equal(folded(&w), "");
	world_start(&w, "exit-code", false);
	assert_string_equal(folded(&w), "");
	world_mark(&w, BY_START, "d", VERDICT_BAD);
	world_say(&w, EVENT_PICK, "a", 0);
	assert_string_equal(folded(&w), "o d\n| 2 suspects\n* a");
	world_release(&w);
}

/* "skips 5, 4 of them suspects, 20 left, 1 step more" */
static const char *cost_of(struct world *w, const char *from, const char *to)
{
	struct suspects *suspects = engine_suspects(w->engine);
	unsigned char members[400];
	struct skip_cost cost;

	skip_cost_find(&cost, w->engine, w->graph, suspects,
		       world_commit(w, from), world_commit(w, to), members);
	suspects_free(suspects);
	buf_clear(&said);
	buf_printf(&said, "skips %d, suspects %d, left %d, more %d",
		   cost.commits, cost.suspects, cost.left, cost.steps_more);
	return said.text;
}

static void what_a_skip_would_cost_is_known_before(void **state)
{
	struct world w;

	(void)state;
	line_of(&w, 101);
	assert_string_equal(cost_of(&w, "c0", "c4"),
			    "skips 4, suspects 4, left 95, more 0");
	/* around the midpoint: the next test cuts off less than half */
	assert_string_equal(cost_of(&w, "c10", "c90"),
			    "skips 80, suspects 80, left 19, more 1");
	assert_string_equal(cost_of(&w, "c0", "c100"),
			    "skips 99, suspects 99, left 0, more 0");
	say(&w, "c50", VERDICT_GOOD);
	assert_string_equal(cost_of(&w, "c0", "c50"),
			    "skips 49, suspects 0, left 49, more 0");
	assert_string_equal(cost_of(&w, "c40", "c60"),
			    "skips 19, suspects 10, left 39, more 0");
	say(&w, "c60", VERDICT_SKIP);
	assert_string_equal(cost_of(&w, "c40", "c60"),
			    "skips 18, suspects 9, left 39, more 0");
	world_release(&w);
}

/*
 * The property.
 */

#define SEEDS	300
#define COMMITS 60

static uint32_t roll(uint64_t *dice, uint32_t sides)
{
	*dice = *dice * UINT64_C(6364136223846793005) +
		UINT64_C(1442695040888963407);
	return (uint32_t)(*dice >> 33) % sides;
}

static const char *name_of(int commit)
{
	static char name[16];

	snprintf(name, sizeof(name), "c%d", commit);
	return name;
}

/* Anything that has c0 below it, and c59 on top of all. */
static void any_history(struct world *w, uint64_t *dice)
{
	uint32_t merges = roll(dice, 60), window = 1 + roll(dice, 8);
	bool used[COMMITS] = { false };
	struct buf text;

	buf_init(&text, 0);
	buf_puts(&text, "c0");
	for (int i = 1; i < COMMITS - 1; i++) {
		int low = i > (int)window ? i - (int)window : 0;
		int one = low + (int)roll(dice, (uint32_t)(i - low));
		int two = low + (int)roll(dice, (uint32_t)(i - low));

		used[one] = true;
		buf_printf(&text, " c%d:c%d", i, one);
		if (two == one || roll(dice, 100) >= merges)
			continue;
		used[two] = true;
		buf_printf(&text, ",c%d", two);
	}
	buf_printf(&text, " c%d:c%d", COMMITS - 1, COMMITS - 2);
	for (int i = COMMITS - 3, n = 1; i >= 0 && n < 15; i--) {
		if (used[i])
			continue;
		buf_printf(&text, ",c%d", i);
		n++;
	}
	world_init(w, text.text);
	buf_release(&text);
}

/* Any verdict on any commit but the ends; those that do not fit are refused. */
static void any_verdict(struct world *w, uint64_t *dice)
{
	int commit = 1 + (int)roll(dice, COMMITS - 2);

	switch (roll(dice, 6)) {
	case 0:
		world_say(w, EVENT_PICK, name_of(commit), 0);
		break;
	case 1:
		world_undo(w);
		break;
	case 2:
		world_apply(
			w, (struct event){ .kind = EVENT_SKIP_RANGE,
					   .by = BY_PERSON,
					   .commit = world_oid(name_of(commit)),
					   .other = world_oid("c0") });
		break;
	default:
		world_mark(w, BY_PERSON, name_of(commit),
			   (enum verdict)(1 + roll(dice, 3)));
		break;
	}
}

static bool below(const struct world *w, int commit, int of)
{
	return of >= 0 && graph_is_ancestor(w->graph, commit, of);
}

/* The step whose verdict came latest before this one and counts, or NULL. */
static const struct step *step_before(struct world *w, int64_t seq)
{
	const struct step *found = NULL;

	for (int i = 0; i < engine_step_count(w->engine); i++) {
		const struct step *step = engine_step(w->engine, i);

		if (step->set_aside || !step->given ||
		    step->verdict == VERDICT_SKIP || step->given->seq >= seq)
			continue;
		if (!found || step->given->seq > found->given->seq)
			found = step;
	}
	return found;
}

/* The newer end when only verdicts up to that seq were given. */
static int end_at(struct world *w, int64_t seq)
{
	const struct step *step;

	for (int64_t at = seq + 1; (step = step_before(w, at));
	     at = step->given->seq) {
		bool lowest = step->verdict == VERDICT_BAD;
		const struct step *other;

		for (int64_t k = seq + 1; (other = step_before(w, k));
		     k = other->given->seq)
			if (other != step && other->verdict == VERDICT_BAD &&
			    below(w, other->commit, step->commit))
				lowest = false;
		if (lowest)
			return step->commit;
	}
	return -1;
}

/* By the definition: the latest verdict but for which it was no suspect. */
static int settled_by(struct world *w, int commit, enum stratum_kind kind)
{
	const struct step *step, *by = NULL;

	for (int64_t at = INT64_MAX; (step = step_before(w, at));
	     at = step->given->seq) {
		if (kind == STRATUM_OLDER) {
			if (step->verdict == VERDICT_GOOD &&
			    below(w, commit, step->commit))
				by = step;
		} else if (below(w, commit, end_at(w, step->given->seq))) {
			break;
		} else {
			by = step;
		}
	}
	return by ? by->position : 0;
}

static void check_line(struct world *w, const struct strata *strata)
{
	const struct plan *plan = engine_plan(w->engine);

	for (int i = 0; i < strata->count; i++) {
		int commit = strata->commits[i], n;
		const struct stratum *item = &strata->items[strata->stratum[i]];
		const int *parents;

		assert_int_equal(strata_place(strata, commit), i);
		assert_in_range(i, item->first, item->first + item->count - 1);
		n = graph_parents(w->graph, commit, &parents);
		for (int k = 0; k < n; k++)
			if (strata_place(strata, parents[k]) >= 0)
				assert_true(strata_place(strata, parents[k]) >
					    i);
		if (item->kind == STRATUM_OLDER || item->kind == STRATUM_NEWER)
			assert_int_equal(item->step,
					 settled_by(w, commit, item->kind));
		assert_int_equal(item->kind == STRATUM_SUSPECT,
				 strata->weights[i] > 0);
	}
	if (plan->state == PLAN_FOUND || plan->state == PLAN_ONLY_SKIPPED ||
	    (plan->state == PLAN_TEST && plan->suspects))
		assert_int_equal(strata->suspects, plan->suspects);
}

/* Was it ever between the ends? */
static bool was_between(struct world *w, int commit)
{
	const struct step *step;

	for (int64_t at = INT64_MAX; (step = step_before(w, at));
	     at = step->given->seq)
		if (below(w, commit, end_at(w, step->given->seq)))
			return true;
	return false;
}

/* Those and what was tested, or is, are the line.  c0 is below everything. */
static void check_members(struct world *w, const struct strata *strata)
{
	const struct plan *plan = engine_plan(w->engine);

	for (int c = 0; c < COMMITS; c++) {
		bool wanted = was_between(w, c) ||
			      engine_step_of(w->engine, c) ||
			      (plan->state == PLAN_TEST && plan->commit == c);

		assert_int_equal(strata_place(strata, c) >= 0, wanted);
	}
}

static void check_rows(const struct outline *outline)
{
	int place = 0;

	for (int i = 0; i < outline->row_count; i++) {
		const struct outline_row *row = &outline->rows[i];

		assert_int_equal(row->first, place);
		assert_true(row->count > 0);
		for (int k = 0; k < row->count; k++) {
			int commit = outline->strata.commits[place + k];

			assert_int_equal(outline_find(outline, commit), i);
			assert_int_equal(
				outline->strata
					.items[outline->strata
						       .stratum[place + k]]
					.kind,
				row->kind);
		}
		if (row->commit >= 0)
			assert_int_equal(row->count, 1);
		place += row->count;
	}
	assert_int_equal(place, outline->strata.count);
}

static void every_commit_is_in_exactly_one_row(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < SEEDS; seed++) {
		uint64_t dice = seed * UINT64_C(2654435761) + 1;
		struct outline outline;
		struct world w;

		any_history(&w, &dice);
		world_start(&w, "exit-code", false);
		world_mark(&w, BY_START, name_of(COMMITS - 1), VERDICT_BAD);
		world_mark(&w, BY_START, "c0", VERDICT_GOOD);
		outline_init(&outline);
		for (int i = 0; i < 12; i++) {
			outline_build(&outline, w.engine, w.graph);
			check_line(&w, &outline.strata);
			check_members(&w, &outline.strata);
			check_rows(&outline);
			outline_open(&outline,
				     (int)roll(&dice,
					       (uint32_t)outline.row_count));
			check_rows(&outline);
			outline_close(&outline,
				      (int)roll(&dice,
						(uint32_t)outline.row_count));
			check_rows(&outline);
			any_verdict(&w, &dice);
		}
		outline_open_all(&outline);
		assert_int_equal(outline.row_count, outline.strata.count);
		outline_release(&outline);
		world_release(&w);
	}
}

/* Suspects that are neither skipped nor the newer end. */
static int testable(struct world *w)
{
	const int *skips;
	int count = engine_skips(w->engine, &skips), left = 0;
	struct suspects *suspects = engine_suspects(w->engine);

	for (int i = 0; suspects && i < suspects->count; i++) {
		bool skipped =
			suspects->commits[i] == engine_plan(w->engine)->bad;

		for (int k = 0; k < count; k++)
			skipped |= skips[k] == suspects->commits[i];
		left += !skipped;
	}
	suspects_free(suspects);
	return left;
}

static void a_skip_costs_what_was_said(void **state)
{
	int fits = 0;

	(void)state;
	for (unsigned seed = 0; seed < SEEDS; seed++) {
		uint64_t dice = seed * UINT64_C(2654435761) + 1;
		int from = (int)roll(&dice, COMMITS), before, skips;
		int to = (int)roll(&dice, COMMITS);
		const int *list;
		unsigned char members[COMMITS + 1];
		struct suspects *suspects;
		struct skip_cost cost;
		struct world w;

		any_history(&w, &dice);
		world_start(&w, "exit-code", false);
		world_mark(&w, BY_START, name_of(COMMITS - 1), VERDICT_BAD);
		world_mark(&w, BY_START, "c0", VERDICT_GOOD);
		for (int i = 0; i < 4; i++)
			any_verdict(&w, &dice);
		suspects = engine_suspects(w.engine);
		skip_cost_find(&cost, w.engine, w.graph, suspects, from, to,
			       members);
		suspects_free(suspects);
		before = testable(&w);
		skips = engine_skips(w.engine, &list);
		if (world_apply(&w, (struct event){
					    .kind = EVENT_SKIP_RANGE,
					    .by = BY_PERSON,
					    .other = *graph_oid(w.graph, from),
					    .commit = *graph_oid(w.graph,
								 to) }) == 0) {
			fits++;
			assert_int_equal(engine_skips(w.engine, &list) - skips,
					 cost.commits);
			assert_int_equal(testable(&w), cost.left);
			assert_int_equal(before - cost.left, cost.suspects);
		}
		world_release(&w);
	}
	assert_true(fits > SEEDS / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_suspects_have_a_row_each),
		cmocka_unit_test(many_are_folded_around_the_one_under_test),
		cmocka_unit_test(what_was_ruled_out_names_the_step_that_did),
		cmocka_unit_test(one_commit_is_one_commit),
		cmocka_unit_test(in_a_search_for_a_fix_the_older_side_is_bad),
		cmocka_unit_test(a_side_branch_stays_below_its_merge),
		cmocka_unit_test(skips_are_shown_and_counted),
		cmocka_unit_test(releases_are_landmarks_by_their_name),
		cmocka_unit_test(
			merges_on_the_path_are_landmarks_while_they_are_few),
		cmocka_unit_test(steps_far_from_the_suspects_are_folded_too),
		cmocka_unit_test(what_was_opened_stays_open_by_commit),
		cmocka_unit_test(each_suspect_tells_what_its_verdict_leaves),
		cmocka_unit_test(
			before_there_are_ends_there_is_what_was_tested),
		cmocka_unit_test(what_a_skip_would_cost_is_known_before),
		cmocka_unit_test(a_skip_costs_what_was_said),
		cmocka_unit_test(every_commit_is_in_exactly_one_row),
	};
	int failed;

	buf_init(&said, 0);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_release(&said);
	return failed;
}
