/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Where to look next: held against sums over every commit, every rate and
 * every way a commit may lie, and against what is plain.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "engine/advice.h"
#include "engine/belief.h"
#include "engine/graph.h"
#include "engine/span.h"
#include "tests/unit/dag.h"

#define CLOSE  1e-9
#define MINUTE 60000.0

static const struct world usual = {
	.build = 6.7 * MINUTE,
	.clean = 11 * MINUTE,
	.crash = 3 * MINUTE,
	.overhead = 0.1 * MINUTE,
	.slots = 10,
};

/* A range, what was seen in it, and what is thought of that. */
struct scene {
	struct dag dag;
	struct span *span;
	struct record records[40];
	int record_count;
	struct question question;
	struct belief belief;
	struct world world;
	struct site sites[40];
	double delta;
};

static void think(struct scene *scene)
{
	if (scene->belief.posterior)
		belief_release(&scene->belief);
	scene->question.records = scene->records;
	scene->question.record_count = scene->record_count;
	belief_make(&scene->belief, scene->span, &scene->question);
	scene->world.sites = scene->sites;
}

/* Commit 0 is good, the last one bad. */
static struct scene on_line(int count)
{
	struct scene scene = { .dag = dag_line(count),
			       .world = usual,
			       .delta = 0.05 };

	scene.span = span_new(scene.dag.graph, count - 1, &(int){ 0 }, 1);
	return scene;
}

static void leave(struct scene *scene)
{
	belief_release(&scene->belief);
	span_drop(scene->span);
	graph_free(scene->dag.graph);
}

static void see(struct scene *scene, int commit, int showing, int clean)
{
	struct record seen = { .commit = commit,
			       .showing = showing,
			       .clean = clean };

	for (int i = 0; i < scene->record_count; i++)
		if (scene->records[i].commit == commit) {
			record_add(&scene->records[i], &seen);
			return;
		}
	assert_true(scene->record_count < 40);
	scene->records[scene->record_count++] = seen;
}

static void put(struct scene *scene, int commit, enum site_kind kind,
		double left)
{
	assert_true(scene->world.site_count < 40);
	scene->sites[scene->world.site_count++] =
		(struct site){ commit, kind, left };
}

static struct advice advise(struct scene *scene)
{
	struct advice advice;

	think(scene);
	advice_make(&advice, &scene->belief, &scene->world, scene->delta);
	return advice;
}

/*
 * By definition: what happened and what will, for each culprit (-1: older),
 * rate and state of the commit that is tested next.
 */
struct next_wave {
	double crash, bits;
};

static double h(double p)
{
	p = fmin(fmax(p, 1e-15), 1 - 1e-15);
	return -p * log2(p) - (1 - p) * log2(1 - p);
}

static double seen_at(const struct record *record, double rate)
{
	double chance = pow(rate, record->showing) *
			pow(1 - rate, record->clean) *
			pow(0.5 * rate + 0.5 * 0.05, record->open);

	for (int m = 1; m <= WAVE_MAX; m++)
		chance *= pow(1 - pow(1 - rate, m), record->killed[m]);
	return chance;
}

/* The chance of a record, and of `runs` clean ones after it. */
static double and_clean(const struct record *record, const struct rate *rate,
			bool bug, int runs)
{
	double p = rate->with, q = rate->without;

	if (bug)
		return 0.99 * seen_at(record, p) * pow(1 - p, runs) +
		       0.01 * seen_at(record, q) * pow(1 - q, runs);
	return 0.997 * seen_at(record, q) * pow(1 - q, runs) +
	       0.003 * seen_at(record, 0.5) * pow(0.5, runs);
}

static struct next_wave by_definition(const struct scene *scene, int commit,
				      int runs)
{
	int rate_count, count = span_count(scene->span);
	const struct rate *rates = likelihood_rates(&rate_count);
	double total = 0, clean_total = 0, rest = 0;
	const struct record nothing = { .commit = commit };
	struct next_wave wave;

	for (int c = -1; c < count; c++) {
		int culprit = c < 0 ? -1 : span_commits(scene->span)[c];
		double sum = 0, clean = 0;

		for (int g = 0; g < rate_count; g++) {
			double chance = rates[g].weight, then;
			bool known = false;

			then = chance;
			for (int i = 0; i <= scene->record_count; i++) {
				const struct record *record =
					i < scene->record_count
						? &scene->records[i]
						: &nothing;
				bool here = record->commit == commit;
				bool in = culprit < 0 ||
					  graph_is_ancestor(scene->dag.graph,
							    culprit,
							    record->commit);
				bool bug = in != scene->question.fix;

				if (i == scene->record_count && known)
					break;
				known = known || here;
				chance *= and_clean(record, &rates[g], bug, 0);
				then *= and_clean(record, &rates[g], bug,
						  here ? runs : 0);
			}
			sum += chance;
			clean += then;
		}
		sum *= c < 0 ? 0.01 : 0.99 / count;
		clean *= c < 0 ? 0.01 : 0.99 / count;
		total += sum;
		clean_total += clean;
		if (sum > 0)
			rest += sum * h(clean / sum);
	}
	wave.crash = 1 - clean_total / total;
	wave.bits = h(clean_total / total) - rest / total;
	return wave;
}

static void is_close(double a, double b, const char *what, int seed)
{
	if (fabs(a - b) > CLOSE * fmax(1, fabs(b)))
		fail_msg("%s of seed %d: %.17g is not %.17g", what, seed, a, b);
}

static bool is_seen(const struct scene *scene, int commit)
{
	for (int i = 0; i < scene->record_count; i++)
		if (scene->records[i].commit == commit &&
		    !record_is_empty(&scene->records[i]))
			return true;
	return false;
}

static double time_of(const struct world *world, const struct next_wave *wave)
{
	return world->build + wave->crash * world->crash +
	       (1 - wave->crash) * world->clean + world->overhead;
}

/* No commit tells more a minute than the one that is advised. */
static void check_choice(const struct scene *scene, const struct choice *choice,
			 int seed)
{
	const struct world *world = &scene->world;
	struct next_wave wave =
		by_definition(scene, choice->commit, choice->runs);
	double best;

	is_close(choice->bits, wave.bits, "bits", seed);
	is_close(choice->crash, wave.crash, "crash", seed);
	is_close(choice->time, time_of(world, &wave), "time", seed);
	best = wave.bits / choice->time;
	for (int c = 0; c < scene->dag.count; c++) {
		if (span_place(scene->span, c) < 0 && !is_seen(scene, c))
			continue;
		if (is_seen(scene, c)) {
			double bug = belief_record(&scene->belief, c)->bug;

			if (bug < 1e-4 || bug > 1 - 1e-4)
				continue;
		}
		wave = by_definition(scene, c, choice->runs);
		if (wave.bits / time_of(world, &wave) > best * (1 + CLOSE))
			fail_msg("seed %d: commit %d tells more than %d", seed,
				 c, choice->commit);
	}
}

static void see_at_random(struct scene *scene, struct dice *dice, int count)
{
	scene->record_count = 0;
	while (scene->record_count < count) {
		int commit = roll(dice, scene->dag.count);
		struct record record = { .commit = commit,
					 .open = roll(dice, 6) == 0 };

		if (is_seen(scene, commit))
			continue;
		if (roll(dice, 2))
			record.clean = 1 + roll(dice, 12);
		else
			record.showing = 1 + roll(dice, 3);
		if (roll(dice, 4) == 0)
			record.killed[1 + roll(dice, WAVE_MAX)] = 1;
		scene->records[scene->record_count++] = record;
	}
}

static void no_commit_tells_more_a_minute(void **state)
{
	int advised = 0, again = 0;

	(void)state;
	for (int seed = 0; seed < 60; seed++) {
		struct dice dice = { (uint64_t)seed + 1 };
		struct scene scene = {
			.dag = dag_random(&dice, 8 + roll(&dice, 28)),
			.world = usual,
			.delta = 1e-9,
		};
		struct advice advice;

		scene.question.fix = roll(&dice, 3) == 0;
		scene.world.slots = 1 + roll(&dice, 12);
		scene.span = span_new(scene.dag.graph, scene.dag.count - 1,
				      &(int){ 0 }, 1);
		see_at_random(&scene, &dice, roll(&dice, 6));
		advice = advise(&scene);
		if (advice.kind == ADVICE_TEST) {
			check_choice(&scene, &advice.choice, seed);
			advised++;
			again += advice.choice.why == CHOICE_AGAIN;
		}
		advice_release(&advice);
		leave(&scene);
	}
	assert_true(advised > 40);
	assert_true(again > 2 && again < advised);
}

static void the_end_with_the_bug_comes_first(void **state)
{
	struct scene scene = on_line(101);
	struct advice advice;

	(void)state;
	scene.world.ends = true;
	advice = advise(&scene);
	assert_int_equal(advice.kind, ADVICE_TEST);
	assert_int_equal(advice.choice.commit, 100);
	assert_int_equal(advice.choice.why, CHOICE_END_BUG);
	assert_int_equal(advice.choice.runs, 10);
	assert_true(advice.choice.whole);

	/* two crashes do not say yet how often it shows */
	see(&scene, 100, 2, 8);
	advice = advise(&scene);
	assert_int_equal(advice.choice.commit, 100);
	see(&scene, 100, 1, 9);
	advice = advise(&scene);
	assert_int_equal(advice.choice.commit, 0);
	assert_int_equal(advice.choice.why, CHOICE_END_CLEAN);
	assert_false(advice.choice.whole);
	see(&scene, 0, 0, 10);
	advice = advise(&scene);
	assert_int_equal(advice.choice.why, CHOICE_LEARN);
	assert_in_range(advice.choice.commit, 20, 90);
	leave(&scene);
}

static void in_fix_mode_the_older_end_has_the_bug(void **state)
{
	struct scene scene = on_line(101);
	struct advice advice;

	(void)state;
	scene.question.fix = true;
	scene.world.ends = true;
	advice = advise(&scene);
	assert_int_equal(advice.choice.commit, 0);
	assert_int_equal(advice.choice.why, CHOICE_END_BUG);
	see(&scene, 0, 10, 0);
	advice = advise(&scene);
	assert_int_equal(advice.choice.commit, 100);
	assert_int_equal(advice.choice.why, CHOICE_END_CLEAN);
	see(&scene, 100, 0, 10);
	see(&scene, 50, 10, 0);
	see(&scene, 51, 0, 10);
	see(&scene, 52, 0, 10);
	advice = advise(&scene);
	assert_int_equal(advice.kind, ADVICE_FOUND);
	assert_int_equal(advice.commit, 51);
	assert_true(advice.direct);
	leave(&scene);
}

/* Both ends seen so well that nothing of the rates is left to learn. */
static struct scene sharp_line(int count)
{
	struct scene scene = on_line(count);

	see(&scene, count - 1, 60, 0);
	see(&scene, 0, 0, 60);
	return scene;
}

static void dear_clean_runs_move_the_choice_to_the_newer_end(void **state)
{
	struct scene scene = sharp_line(1025);
	struct advice advice;
	int even;

	(void)state;
	scene.world.clean = scene.world.crash;
	advice = advise(&scene);
	even = advice.choice.commit;
	assert_in_range(even, 500, 524);
	assert_true(advice.choice.bits > 0.9); /* it may be silent there */
	leave(&scene);
	scene = sharp_line(1025);
	scene.world.build = 0;
	scene.world.clean = 4 * scene.world.crash;
	advice = advise(&scene);
	/* x of crashes and x^4 of clean waves make 1: x is 0.72 */
	assert_in_range(advice.choice.commit, 720, 765);
	assert_true(fabs(advice.choice.crash - 0.72) < 0.02);
	leave(&scene);
}

static void a_wave_is_as_long_as_the_bug_is_rare(void **state)
{
	struct scene scene = sharp_line(65);

	(void)state;
	assert_in_range(advise(&scene).choice.runs, 1, 2);
	scene.record_count = 0;
	see(&scene, 64, 20, 20);
	assert_in_range(advise(&scene).choice.runs, 8, 10);
	scene.world.slots = 4;
	assert_int_equal(advise(&scene).choice.runs, 4);
	scene.world.slots = 0; /* not known: one at a time */
	assert_int_equal(advise(&scene).choice.runs, 1);
	scene.world.slots = 100;
	scene.record_count = 0;
	see(&scene, 64, 3, 97);
	assert_int_equal(advise(&scene).choice.runs, WAVE_MAX);
	leave(&scene);
}

/* With the crash so often elsewhere, the first of many proves little. */
static void one_crash_is_decisive_where_few_runs_could_have_had_it(void **state)
{
	struct scene scene = sharp_line(65);

	(void)state;
	think(&scene);
	assert_true(advice_is_decisive(&scene.belief, 1));
	assert_true(advice_is_decisive(&scene.belief, 10));
	scene.record_count = 0;
	see(&scene, 64, 4, 36);
	see(&scene, 0, 2, 58);
	think(&scene);
	assert_false(advice_is_decisive(&scene.belief, 10));
	leave(&scene);
}

static void what_is_built_is_cheap(void **state)
{
	struct scene scene = sharp_line(1025);
	struct advice advice;
	int far = 380;

	(void)state;
	advice = advise(&scene);
	assert_int_not_equal(advice.choice.commit, far);
	assert_true(advice.choice.build);
	put(&scene, far, SITE_READY, 0);
	advice = advise(&scene);
	assert_int_equal(advice.choice.commit, far);
	assert_false(advice.choice.build);
	/* nearly built is nearly as good, not yet begun is not */
	scene.sites[0] = (struct site){ far, SITE_COMING, MINUTE };
	advice = advise(&scene);
	assert_int_equal(advice.choice.commit, far);
	assert_true(advice.choice.build);
	scene.sites[0].left = scene.world.build;
	assert_int_not_equal(advise(&scene).choice.commit, far);
	leave(&scene);
}

static void what_is_broken_is_avoided_with_its_neighbours(void **state)
{
	struct scene scene = sharp_line(1025);
	int first, second, third;

	(void)state;
	first = advise(&scene).choice.commit;
	put(&scene, first, SITE_BROKEN, 0);
	second = advise(&scene).choice.commit;
	assert_true(abs(second - first) > 20);
	/* a person's skip says nothing of the neighbours */
	scene.sites[0].kind = SITE_CLOSED;
	third = advise(&scene).choice.commit;
	assert_true(third != first && abs(third - first) < 5);
	leave(&scene);
}

static void a_culprit_among_what_cannot_be_tested_is_not_named(void **state)
{
	struct scene scene = sharp_line(65);
	struct advice advice;

	(void)state;
	see(&scene, 30, 0, 60);
	see(&scene, 29, 0, 60);
	see(&scene, 34, 60, 0);
	see(&scene, 35, 60, 0);
	for (int i = 31; i <= 33; i++)
		put(&scene, i, SITE_BROKEN, 0);
	advice = advise(&scene);
	assert_int_equal(advice.kind, ADVICE_UNDECIDED);
	assert_int_equal(advice.set_count, 4);
	for (int i = 0; i < 4; i++)
		assert_in_range(advice.set[i], 31, 34);
	advice_release(&advice);
	leave(&scene);
}

static void both_sides_are_seen_before_it_is_found(void **state)
{
	struct scene scene = sharp_line(65);
	struct advice advice;

	(void)state;
	/* by what is known beforehand there is hardly another one */
	double weights[65];

	for (int i = 0; i < 65; i++)
		weights[i] = i == 40 ? 1e6 : 1;
	scene.question.weights = weights;
	advice = advise(&scene);
	assert_int_equal(advice.kind, ADVICE_CONFIRM);
	assert_int_equal(advice.commit, 40);
	assert_int_equal(advice.choice.commit, 40);
	assert_int_equal(advice.choice.why, CHOICE_SHOW);
	see(&scene, 40, 1, 0);
	advice = advise(&scene);
	assert_int_equal(advice.kind, ADVICE_CONFIRM);
	assert_int_equal(advice.choice.commit, 39);
	assert_int_equal(advice.choice.why, CHOICE_CLEAN);
	/* where the parent cannot be tested that is all there is */
	put(&scene, 39, SITE_BROKEN, 0);
	advice = advise(&scene);
	assert_int_equal(advice.kind, ADVICE_FOUND);
	assert_false(advice.direct);
	scene.world.site_count = 0;
	see(&scene, 39, 0, advice.choice.runs + 3);
	advice = advise(&scene);
	assert_int_equal(advice.kind, ADVICE_FOUND);
	assert_int_equal(advice.commit, 40);
	assert_true(advice.direct);
	assert_true(advice.chance > 0.95);
	leave(&scene);
}

/* That the parent hides the bug cannot be excluded, and need not be. */
static void a_search_ends_though_more_was_wanted(void **state)
{
	struct scene scene = sharp_line(65);
	struct advice advice;

	(void)state;
	scene.delta = 0.001;
	see(&scene, 30, 60, 0);
	see(&scene, 31, 60, 0);
	see(&scene, 29, 0, 60);
	see(&scene, 28, 0, 60);
	see(&scene, 27, 0, 60);
	advice = advise(&scene);
	assert_int_equal(advice.kind, ADVICE_FOUND);
	assert_int_equal(advice.commit, 30);
	assert_true(advice.direct);
	assert_true(advice.chance < 0.9991);
	leave(&scene);
}

static void what_was_seen_is_tested_again_where_it_is_in_doubt(void **state)
{
	struct scene scene = on_line(65);
	struct advice advice;

	(void)state;
	/* a rare bug, and all hangs on a few clean runs of one commit */
	see(&scene, 64, 18, 42);
	see(&scene, 0, 0, 60);
	see(&scene, 32, 0, 5);
	for (int i = 33; i < 40; i++)
		see(&scene, i, 3, 2);
	put(&scene, 32, SITE_READY, 0);
	advice = advise(&scene);
	assert_int_equal(advice.kind, ADVICE_TEST);
	assert_int_equal(advice.choice.why, CHOICE_AGAIN);
	assert_int_equal(advice.choice.commit, 32);
	leave(&scene);
}

static void a_bad_older_end_asks_for_a_wider_range(void **state)
{
	struct scene scene = on_line(65);
	struct advice advice;

	(void)state;
	see(&scene, 64, 10, 0);
	see(&scene, 0, 10, 0);
	advice = advise(&scene);
	assert_true(advice.widen);
	see(&scene, 1, 10, 0);
	see(&scene, 2, 10, 0);
	advice = advise(&scene);
	assert_int_equal(advice.kind, ADVICE_WIDEN);
	leave(&scene);
}

/* The two next kernels, as long as neither is known. */
static void what_comes_next_is_known_ahead(void **state)
{
	struct scene scene = sharp_line(1025);
	struct choice next[4];
	struct advice advice;
	int count;

	(void)state;
	scene.world.ahead = true;
	advice = advise(&scene);
	count = advice_ahead(&scene.belief, &scene.world, scene.delta,
			     &advice.choice, next, 2);
	assert_int_equal(count, 2);
	/* a crash is likelier here, and then the culprit is older */
	assert_true(advice.choice.crash > 0.5);
	assert_true(next[0].commit < advice.choice.commit);
	assert_true(next[1].commit > advice.choice.commit);
	put(&scene, next[0].commit, SITE_COMING, 5 * MINUTE);
	count = advice_ahead(&scene.belief, &scene.world, scene.delta,
			     &advice.choice, next, 4);
	assert_int_equal(count, 4);
	for (int i = 0; i < count; i++) {
		assert_true(next[i].build);
		assert_int_not_equal(next[i].commit, advice.choice.commit);
		for (int k = 0; k < i; k++)
			assert_int_not_equal(next[i].commit, next[k].commit);
	}
	assert_int_equal(next[0].commit, scene.sites[0].commit);
	leave(&scene);
}

/* While the newer end is tested: the older one, and the first midpoint. */
static void behind_the_ends_the_search_is_seen(void **state)
{
	struct scene scene = on_line(1025);
	struct choice next[2];
	struct advice advice;

	(void)state;
	scene.world.ends = true;
	scene.world.ahead = true;
	put(&scene, 1024, SITE_READY, 0);
	advice = advise(&scene);
	assert_int_equal(advice.choice.commit, 1024);
	assert_int_equal(advice_ahead(&scene.belief, &scene.world, scene.delta,
				      &advice.choice, next, 2),
			 2);
	assert_int_equal(next[0].commit, 0);
	assert_in_range(next[1].commit, 300, 900);
	leave(&scene);
}

static void looking_ahead_changes_nothing(void **state)
{
	struct scene scene = sharp_line(300);
	struct choice next[3];
	struct advice before, after;

	(void)state;
	see(&scene, 150, 0, 3);
	before = advise(&scene);
	advice_ahead(&scene.belief, &scene.world, scene.delta, &before.choice,
		     next, 3);
	advice_make(&after, &scene.belief, &scene.world, scene.delta);
	assert_int_equal(before.choice.commit, after.choice.commit);
	is_close(before.choice.bits, after.choice.bits, "bits", 0);
	is_close(before.choice.time, after.choice.time, "time", 0);
	leave(&scene);
}

static void of_an_empty_range_there_is_no_advice(void **state)
{
	struct scene scene = { .dag = dag_line(3), .world = usual };

	(void)state;
	scene.span = span_new(scene.dag.graph, 0, &(int){ 1 }, 1);
	assert_int_equal(advise(&scene).kind, ADVICE_NOTHING);
	leave(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_commit_tells_more_a_minute),
		cmocka_unit_test(the_end_with_the_bug_comes_first),
		cmocka_unit_test(in_fix_mode_the_older_end_has_the_bug),
		cmocka_unit_test(
			dear_clean_runs_move_the_choice_to_the_newer_end),
		cmocka_unit_test(a_wave_is_as_long_as_the_bug_is_rare),
		cmocka_unit_test(
			one_crash_is_decisive_where_few_runs_could_have_had_it),
		cmocka_unit_test(what_is_built_is_cheap),
		cmocka_unit_test(what_is_broken_is_avoided_with_its_neighbours),
		cmocka_unit_test(
			a_culprit_among_what_cannot_be_tested_is_not_named),
		cmocka_unit_test(both_sides_are_seen_before_it_is_found),
		cmocka_unit_test(a_search_ends_though_more_was_wanted),
		cmocka_unit_test(
			what_was_seen_is_tested_again_where_it_is_in_doubt),
		cmocka_unit_test(a_bad_older_end_asks_for_a_wider_range),
		cmocka_unit_test(what_comes_next_is_known_ahead),
		cmocka_unit_test(behind_the_ends_the_search_is_seen),
		cmocka_unit_test(looking_ahead_changes_nothing),
		cmocka_unit_test(of_an_empty_range_there_is_no_advice),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
