/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * How sure one can be: held against sums over every commit and every rate, and
 * against what is plain.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "engine/belief.h"
#include "engine/graph.h"
#include "engine/span.h"
#include "tests/unit/dag.h"

#define CLOSE 1e-9

/* The ends of the range. */
struct ends {
	int bad;
	int goods[2];
	int good_count;
};

/* The chances by their definition, without classes. */
struct plain {
	double *chances; /* by commit */
	double outside;
	double *bugs; /* by record */
};

/* How well a culprit (-1: older than all) fits, by rate; what has the bug. */
static void fits(const struct dag *dag, const struct question *question,
		 int culprit, double out[RATES_MAX], double *seen_bug)
{
	for (int g = 0; g < RATES_MAX; g++)
		out[g] = 0;
	for (int i = 0; i < question->record_count; i++) {
		const struct record *record = &question->records[i];
		double with[RATES_MAX] = { 0 }, without[RATES_MAX] = { 0 };
		bool in = culprit < 0 || graph_is_ancestor(dag->graph, culprit,
							   record->commit);
		bool bug = in != question->fix;

		likelihood_of(record, with, without);
		for (int g = 0; g < RATES_MAX; g++)
			out[g] += bug ? with[g] : without[g];
		seen_bug[i] = bug;
	}
}

static double weight_of(const struct question *question, int commit)
{
	return question->weights ? question->weights[commit] : 1;
}

static struct plain plainly(const struct dag *dag, const struct ends *ends,
			    const struct question *question)
{
	struct plain plain = {
		.chances = xcalloc((size_t)dag->count, sizeof(double)),
		.bugs = xcalloc((size_t)question->record_count + 1,
				sizeof(double)),
	};
	double *seen =
		xcalloc((size_t)question->record_count + 1, sizeof(double));
	double total = 0;
	double weights = 0;
	int rate_count;
	const struct rate *rates = likelihood_rates(&rate_count);
	bool *in = xcalloc((size_t)dag->count, sizeof(bool));

	for (int c = 0; c < dag->count; c++) {
		in[c] = graph_is_ancestor(dag->graph, c, ends->bad);
		for (int g = 0; g < ends->good_count; g++)
			if (graph_is_ancestor(dag->graph, c, ends->goods[g]))
				in[c] = false;
		if (in[c])
			weights += weight_of(question, c);
	}
	for (int c = -1; c < dag->count; c++) {
		double prior =
			c < 0 ? 0.01 : 0.99 * weight_of(question, c) / weights;
		double fit[RATES_MAX], chance = 0;

		if (c >= 0 && !in[c])
			continue;
		fits(dag, question, c, fit, seen);
		for (int g = 0; g < rate_count; g++)
			chance += prior * rates[g].weight * exp(fit[g]);
		for (int i = 0; i < question->record_count; i++)
			plain.bugs[i] += seen[i] * chance;
		total += chance;
		if (c < 0)
			plain.outside = chance;
		else
			plain.chances[c] = chance;
	}
	plain.outside /= total;
	for (int c = 0; c < dag->count; c++)
		plain.chances[c] /= total;
	for (int i = 0; i < question->record_count; i++)
		plain.bugs[i] /= total;
	free(seen);
	free(in);
	return plain;
}

static void is_close(double a, double b, const char *what, int seed)
{
	if (fabs(a - b) > CLOSE)
		fail_msg("%s of seed %d: %.17g is not %.17g", what, seed, a, b);
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x < *y) - (*x > *y);
}

/* What is told of all candidates together. */
static void compare_sums(const struct belief *belief, int seed)
{
	double *sorted = xcalloc((size_t)belief->count + 1, sizeof(double));
	double bits = -belief->outside * log2(belief->outside), sum = 0;
	int likely = 0, *places;

	for (int i = 0; i < belief->count; i++) {
		double chance = belief->chances[i];

		sorted[i] = chance;
		bits -= chance > 0 ? chance * log2(chance) : 0;
		assert_true(belief->chances[belief->best] >= chance);
	}
	is_close(belief->bits, bits, "bits", seed);
	qsort(sorted, (size_t)belief->count, sizeof(double), by_size);
	while (likely < belief->count && sum < 0.95 - 1e-12)
		sum += sorted[likely++];
	assert_int_equal(belief->likely, likely);
	assert_int_equal(belief_likeliest(belief, 0.95 - 1e-12, &places),
			 likely);
	for (int i = 0; i < likely; i++)
		is_close(belief->chances[places[i]], sorted[i], "order", seed);
	free(places);
	free(sorted);
}

static void compare(const struct dag *dag, const struct ends *ends,
		    const struct question *question, int seed)
{
	struct plain plain = plainly(dag, ends, question);
	struct span *span =
		span_new(dag->graph, ends->bad, ends->goods, ends->good_count);
	struct belief belief;
	double sum;

	belief_make(&belief, span, question);
	sum = belief.outside;
	is_close(belief.outside, plain.outside, "outside", seed);
	for (int i = 0; i < belief.count; i++) {
		is_close(belief.chances[i], plain.chances[belief.commits[i]],
			 "chance", seed);
		sum += belief.chances[i];
		plain.chances[belief.commits[i]] = 0;
	}
	is_close(sum, 1, "sum", seed);
	if (belief.count)
		compare_sums(&belief, seed);
	for (int c = 0; belief.count && c < dag->count; c++)
		is_close(plain.chances[c], 0, "what is left", seed);
	for (int i = 0; i < belief.record_count; i++)
		is_close(belief.records[i].bug, plain.bugs[i], "bug", seed);
	belief_release(&belief);
	span_drop(span);
	free(plain.chances);
	free(plain.bugs);
}

static struct record random_record(struct dice *dice, int commits)
{
	struct record record = {
		.commit = roll(dice, commits),
		.showing = roll(dice, 2) * roll(dice, 11),
		.clean = roll(dice, 2) * roll(dice, 21),
		.said = roll(dice, 5) ? 0 : roll(dice, 5) - 2,
		.open = roll(dice, 4) ? 0 : roll(dice, 3),
	};

	for (int waves = roll(dice, 3); waves > 0; waves--)
		record.killed[1 + roll(dice, WAVE_MAX)]++;
	return record;
}

static void it_is_the_sum_over_all_commits_and_rates(void **state)
{
	(void)state;
	for (int seed = 0; seed < 60; seed++) {
		struct dice dice = { (uint64_t)seed + 1 };
		struct dag dag = dag_random(&dice, 10 + roll(&dice, 190));
		struct record records[8];
		double weights[200];
		struct ends ends = { dag.count - 1 - roll(&dice, 3),
				     { roll(&dice, 5), roll(&dice, 5) },
				     roll(&dice, 3) };
		struct question question = {
			.fix = roll(&dice, 3) == 0,
			.records = records,
			.record_count = roll(&dice, 9),
			.weights = roll(&dice, 2) ? weights : NULL,
		};

		for (int i = 0; i < question.record_count; i++)
			records[i] = random_record(&dice, dag.count);
		for (int i = 0; i < dag.count; i++)
			weights[i] = roll(&dice, 4) ? 1 + roll(&dice, 9) : 0.01;
		compare(&dag, &ends, &question, seed);
		graph_free(dag.graph);
	}
}

static struct record runs(int commit, int showing, int clean)
{
	return (struct record){ .commit = commit,
				.showing = showing,
				.clean = clean };
}

static struct record word(int commit, int said)
{
	return (struct record){ .commit = commit, .said = said };
}

/* On a line of `count` commits, 0 good and the last bad. */
static struct belief on_line(int count, const struct record *records,
			     int record_count)
{
	struct dag dag = dag_line(count);
	struct belief belief;
	struct span *span;

	span = span_new(dag.graph, count - 1, &(int){ 0 }, 1);
	belief_make(&belief, span,
		    &(struct question){ .records = records,
					.record_count = record_count });
	span_drop(span);
	graph_free(dag.graph);
	return belief;
}

/* Without its record: as if that were not there at all. */
static void a_record_is_weighed_by_leaving_it_out(void **state)
{
	(void)state;
	for (int seed = 0; seed < 20; seed++) {
		struct dice dice = { (uint64_t)seed + 1 };
		struct dag dag = dag_random(&dice, 40);
		struct span *span = span_new(dag.graph, 39, &(int){ 0 }, 1);
		struct record records[5] = { 0 };
		struct question question = { .records = records,
					     .record_count = 5 };
		struct belief belief, fewer;
		struct weighed weighed;
		double odds;

		for (int i = 0; i < 5; i++) {
			records[i] = random_record(&dice, 1);
			records[i].commit = 39 - i * 7;
		}
		belief_make(&belief, span, &question);
		weighed = *belief_weigh(&belief, 2);
		records[2] = (struct record){ .commit = 25 };
		belief_make(&fewer, span, &question);
		is_close(weighed.without, belief_record(&fewer, 25)->bug,
			 "without", seed);
		odds = log(belief_record(&belief, 25)->bug /
			   (1 - belief_record(&belief, 25)->bug));
		odds -= log(weighed.without / (1 - weighed.without));
		is_close(weighed.tilt, odds, "tilt", seed);
		belief_release(&belief);
		belief_release(&fewer);
		span_drop(span);
		graph_free(dag.graph);
	}
}

/*
 * On a line the tested commits cut the range into intervals: what lies in one
 * has all above it with the bug, and all below without.
 */
static void a_line_has_a_closed_form(void **state)
{
	const struct record records[] = {
		runs(0, 0, 10), runs(11, 0, 3), runs(30, 1, 9),
		runs(47, 4, 6), runs(64, 9, 1),
	};
	enum { COUNT = sizeof(records) / sizeof(*records) };
	struct belief belief = on_line(65, records, COUNT);
	double with[COUNT][RATES_MAX], without[COUNT][RATES_MAX];
	double interval[COUNT], total = 0;
	int rate_count;
	const struct rate *rates = likelihood_rates(&rate_count);

	(void)state;
	for (int i = 0; i < COUNT; i++)
		likelihood_of(&records[i], with[i], without[i]);
	for (int i = 0; i < COUNT; i++) {
		int size = i ? records[i].commit - records[i - 1].commit : 0;

		interval[i] = 0;
		for (int g = 0; g < rate_count; g++) {
			double fit = log(rates[g].weight);

			for (int k = 0; k < COUNT; k++)
				fit += k >= i ? with[k][g] : without[k][g];
			interval[i] += exp(fit);
		}
		interval[i] *= i ? 0.99 * size / 64 : 0.01;
		total += interval[i];
	}
	is_close(belief.outside, interval[0] / total, "outside", 0);
	for (int i = 1; i < COUNT; i++) {
		double sum = 0;

		for (int c = records[i - 1].commit; c < records[i].commit; c++)
			sum += belief.chances[c];
		is_close(sum, interval[i] / total, "interval", i);
	}
	belief_release(&belief);
}

static void without_records_all_are_alike(void **state)
{
	struct belief belief = on_line(65, NULL, 0);

	(void)state;
	assert_int_equal(belief.count, 64);
	for (int i = 0; i < 64; i++)
		is_close(belief.chances[i], 0.99 / 64, "chance", 0);
	is_close(belief.outside, 0.01, "outside", 0);
	assert_int_equal(belief.likely, 62); /* of 64, for 95 % */
	belief_release(&belief);
}

static void seen_on_both_sides_it_is_nearly_sure(void **state)
{
	const struct record records[] = {
		runs(64, 10, 0), runs(0, 0, 10),  runs(32, 10, 0),
		runs(16, 0, 10), runs(17, 10, 0), runs(15, 0, 10),
	};
	struct belief one = on_line(65, records, 5);
	struct belief belief = on_line(65, records, 6);

	(void)state;
	/* the parent alone may be silent; two are not so soon */
	assert_int_equal(one.commits[one.best], 17);
	assert_true(belief_chance(&one, 17) > 0.8);
	assert_true(belief_chance(&one, 17) < 0.9);
	belief_release(&one);
	assert_int_equal(belief.commits[belief.best], 17);
	assert_true(belief_chance(&belief, 17) > 0.98);
	assert_int_equal(belief.likely, 1);
	assert_true(belief.bits < 0.5);
	assert_true(belief.rate > 0.9);
	assert_true(belief_record(&belief, 17)->bug > 0.99);
	assert_true(belief_record(&belief, 16)->bug < 0.1);
	assert_null(belief_record(&belief, 40));
	belief_release(&belief);
}

static void few_clean_runs_of_a_rare_bug_say_little(void **state)
{
	const struct record few[] = { runs(64, 2, 18), runs(32, 0, 10) };
	const struct record many[] = { runs(64, 2, 18), runs(32, 0, 60) };
	struct belief little = on_line(65, few, 2);
	struct belief much = on_line(65, many, 2);

	(void)state;
	assert_true(belief_record(&little, 32)->bug > 0.2);
	assert_true(belief_record(&much, 32)->bug < 0.1);
	assert_true(belief_clean(&little, 10) > 0.1);
	assert_true(little.bits > much.bits);
	belief_release(&little);
	belief_release(&much);
}

/*
 * A wave that was stopped at its first crash, by its definition: all that could
 * have happened in it but that none crashes.
 */
static void a_killed_wave_is_one_of_so_many(void **state)
{
	const struct record alone = { .killed = { [1] = 1 } };
	const struct record crash = { .showing = 1 };
	const struct record wave = { .clean = 2, .killed = { [8] = 1 } };
	double with[RATES_MAX], without[RATES_MAX], with_one[RATES_MAX],
		without_one[RATES_MAX];
	int count;
	const struct rate *rates = likelihood_rates(&count);

	(void)state;
	likelihood_of(&alone, with, without);
	likelihood_of(&crash, with_one, without_one);
	for (int i = 0; i < count; i++) {
		is_close(with[i], with_one[i], "one alone", i);
		is_close(without[i], without_one[i], "one alone", i);
	}
	likelihood_of(&wave, with, without);
	for (int i = 0; i < count; i++) {
		double p = rates[i].with, q = rates[i].without;
		double bug = pow(1 - p, 2) * (1 - pow(1 - p, 8));
		double none = pow(1 - q, 2) * (1 - pow(1 - q, 8));
		double other = pow(0.5, 2) * (1 - pow(0.5, 8));

		is_close(exp(with[i]), 0.99 * bug + 0.01 * none, "with", i);
		is_close(exp(without[i]), 0.997 * none + 0.003 * other,
			 "without", i);
	}
}

static void a_word_beyond_doubt_is_nearly_that(void **state)
{
	const struct record doubted[] = { runs(64, 10, 0), word(32, 2),
					  word(31, -1) };
	const struct record pinned[] = { runs(64, 10, 0), word(32, 2),
					 word(31, -2) };
	struct belief one = on_line(65, doubted, 3);
	struct belief two = on_line(65, pinned, 3);

	(void)state;
	assert_true(belief_chance(&one, 32) < 0.7);
	assert_true(belief_chance(&two, 32) > 0.999);
	belief_release(&one);
	belief_release(&two);
}

/* A crash that may be the bug says something, and less than one that is. */
static void an_open_crash_counts_half(void **state)
{
	struct record records[] = { runs(64, 10, 0), { .commit = 32 } };
	double bug[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct belief belief;

		records[1].open = i == 1;
		records[1].showing = i == 2;
		belief = on_line(65, records, 2);
		bug[i] = belief_record(&belief, 32)->bug;
		belief_release(&belief);
	}
	assert_true(bug[0] < bug[1] && bug[1] < bug[2]);
	assert_true(bug[1] > 0.8 && bug[1] < 0.97);
}

/* One commit never weighs more than its silence is likely. */
static void no_commit_weighs_without_bounds(void **state)
{
	const struct record records[] = { runs(64, 10, 0), runs(1, 0, 20),
					  runs(63, 0, 1000) };
	struct belief belief = on_line(65, records, 3);

	(void)state;
	assert_true(belief_record(&belief, 63)->bug > 0.3);
	belief_release(&belief);
}

/* A scene on a line for doubts: 0 good, 64 bad. */
struct scene {
	struct dag dag;
	struct span *span;
	struct belief belief;
};

static struct scene scene_of(const struct record *records, int count, bool fix)
{
	struct scene scene = { .dag = dag_line(65) };
	struct question question = { .fix = fix,
				     .records = records,
				     .record_count = count };

	scene.span = span_new(scene.dag.graph, 64, &(int){ 0 }, 1);
	belief_make(&scene.belief, scene.span, &question);
	return scene;
}

static void scene_end(struct scene *scene)
{
	belief_release(&scene->belief);
	span_drop(scene->span);
	graph_free(scene->dag.graph);
}

static void a_crash_below_a_clean_commit_is_a_contradiction(void **state)
{
	const struct record records[] = { runs(64, 10, 0), runs(0, 0, 10),
					  runs(20, 9, 1), runs(40, 0, 10),
					  runs(50, 10, 0) };
	struct record fixed[5];
	struct scene scene = scene_of(records, 5, false);
	struct contradiction *list;
	struct weighed weighed;

	(void)state;
	assert_int_equal(belief_contradictions(&scene.belief, &list), 1);
	assert_int_equal(list[0].older, 2);
	assert_int_equal(list[0].newer, 3);
	free(list);
	weighed = *belief_weigh(&scene.belief, 3);
	assert_true(weighed.fit < 0.05); /* the crash at 20 speaks against it */
	scene_end(&scene);
	/* the same with the bug where it was not */
	for (int i = 0; i < 5; i++)
		fixed[i] = runs(records[i].commit, records[i].clean,
				records[i].showing);
	scene = scene_of(fixed, 5, true);
	assert_int_equal(belief_contradictions(&scene.belief, &list), 1);
	assert_int_equal(list[0].older, 2);
	assert_int_equal(list[0].newer, 3);
	free(list);
	scene_end(&scene);
	scene = scene_of(records, 3, false);
	assert_int_equal(belief_contradictions(&scene.belief, &list), 0);
	free(list);
	scene_end(&scene);
}

/* Many bad commits in a row, and one good one below them all. */
static void the_last_good_commit_bears_it_all(void **state)
{
	const struct record records[] = { runs(64, 5, 5), runs(0, 0, 40),
					  runs(32, 0, 3), runs(48, 5, 5),
					  runs(40, 5, 5), runs(36, 5, 5) };
	struct scene scene = scene_of(records, 6, false);
	struct weighed weighed;

	(void)state;
	weighed = *belief_weigh(&scene.belief, 2);
	assert_true(weighed.bearing);
	weighed = *belief_weigh(&scene.belief, 1);
	assert_false(weighed.bearing);
	weighed = *belief_weigh(&scene.belief, 5);
	assert_false(weighed.bearing);
	scene_end(&scene);
}

static void so_many_clean_runs_are_enough(void **state)
{
	const struct record sharp[] = { runs(64, 60, 0) };
	const struct record rare[] = { runs(64, 30, 270) };
	struct belief a = on_line(65, sharp, 1), b = on_line(65, rare, 1);

	(void)state;
	assert_int_equal(belief_runs(&a, 0.05), 1);
	assert_in_range(belief_runs(&b, 0.05), 25, 35);
	assert_true(belief_clean(&b, belief_runs(&b, 0.05)) <= 0.05);
	assert_true(belief_clean(&b, belief_runs(&b, 0.05) - 1) > 0.05);
	belief_release(&a);
	belief_release(&b);
}

static void a_word_counts_where_nothing_was_seen(void **state)
{
	const struct record records[] = { word(64, 1), word(0, -1), word(40, 1),
					  word(39, -1) };
	struct belief belief = on_line(65, records, 4);

	(void)state;
	assert_int_equal(belief.commits[belief.best], 40);
	belief_release(&belief);
}

static void the_order_of_records_does_not_matter(void **state)
{
	const struct record one[] = { runs(64, 9, 1), runs(0, 0, 10),
				      runs(30, 3, 7), runs(20, 0, 10) };
	const struct record two[] = { one[3], one[1], one[0], one[2] };
	struct belief a = on_line(65, one, 4), b = on_line(65, two, 4);

	(void)state;
	for (int i = 0; i < a.count; i++)
		is_close(a.chances[i], b.chances[i], "chance", 0);
	is_close(a.bits, b.bits, "bits", 0);
	belief_release(&a);
	belief_release(&b);
}

static void nothing_is_believed_of_an_empty_range(void **state)
{
	struct dag dag = dag_line(4);
	struct span *span = span_new(dag.graph, 1, &(int){ 3 }, 1);
	struct belief belief;

	(void)state;
	belief_make(&belief, span, &(struct question){ .fix = false });
	assert_int_equal(belief.count, 0);
	assert_int_equal(belief.best, -1);
	belief_release(&belief);
	span_drop(span);
	graph_free(dag.graph);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_the_sum_over_all_commits_and_rates),
		cmocka_unit_test(a_record_is_weighed_by_leaving_it_out),
		cmocka_unit_test(a_line_has_a_closed_form),
		cmocka_unit_test(without_records_all_are_alike),
		cmocka_unit_test(seen_on_both_sides_it_is_nearly_sure),
		cmocka_unit_test(few_clean_runs_of_a_rare_bug_say_little),
		cmocka_unit_test(a_killed_wave_is_one_of_so_many),
		cmocka_unit_test(a_word_beyond_doubt_is_nearly_that),
		cmocka_unit_test(an_open_crash_counts_half),
		cmocka_unit_test(no_commit_weighs_without_bounds),
		cmocka_unit_test(
			a_crash_below_a_clean_commit_is_a_contradiction),
		cmocka_unit_test(the_last_good_commit_bears_it_all),
		cmocka_unit_test(so_many_clean_runs_are_enough),
		cmocka_unit_test(a_word_counts_where_nothing_was_seen),
		cmocka_unit_test(the_order_of_records_does_not_matter),
		cmocka_unit_test(nothing_is_believed_of_an_empty_range),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
