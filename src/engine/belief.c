/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/belief.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "engine/graph.h"

/*
 * Candidates that have the same tested commits above them fit equally well:
 * they are a class, and a class has one sum.  So the work is classes times
 * records times rates, with a walk over the graph for each record.
 */

#define OUTSIDE 0.01 /* the chance that it is none, before all */
#define ENOUGH	0.95
#define IS_GOOD 1
#define IS_BAD	2

struct working {
	const struct graph *graph;
	const struct question *question;
	struct belief *belief;
	int *place;	      /* by commit: among the candidates, or -1 */
	unsigned char *above; /* by candidate and record: is the culprit in
				 the record's commit if it is this one? */
	int *class_of;	      /* by candidate */
	int *member;	      /* of each class, one */
	double *prior;	      /* by candidate, before anything was seen */
	double *share;	      /* of each class, the same */
	int class_count;
	double (*with)[RATES_MAX], (*without)[RATES_MAX]; /* by record */
	double *fit; /* by class and rate: logarithms; the last class is that
			of the culprit that is none of the candidates */
};

static void find_candidates(struct working *work)
{
	const struct question *question = work->question;
	struct belief *belief = work->belief;
	int all = graph_count(work->graph);
	unsigned char *marks = xcalloc((size_t)all + 1, 1);

	graph_mark_ancestors(work->graph, question->goods, question->good_count,
			     marks, IS_GOOD);
	graph_mark_ancestors(work->graph, &question->bad, 1, marks, IS_BAD);
	work->place = xcalloc((size_t)all + 1, sizeof(int));
	belief->commits = xcalloc((size_t)all + 1, sizeof(int));
	for (int i = 0; i < all; i++) {
		work->place[i] = -1;
		if (marks[i] != IS_BAD)
			continue;
		work->place[i] = belief->count;
		belief->commits[belief->count++] = i;
	}
	free(marks);
}

/* Every candidate is as likely as any other, unless its weight is told. */
static void find_priors(struct working *work)
{
	const double *weights = work->question->weights;
	const struct belief *belief = work->belief;
	double total = 0;

	work->prior = xcalloc((size_t)belief->count + 1, sizeof(double));
	for (int i = 0; i < belief->count; i++) {
		work->prior[i] = weights ? weights[belief->commits[i]] : 1;
		total += work->prior[i];
	}
	for (int i = 0; i < belief->count; i++)
		work->prior[i] =
			(1 - OUTSIDE) * (total > 0 ? work->prior[i] / total
						   : 1.0 / belief->count);
}

/* Which candidates does the commit of a record have in it? */
static void look_below(struct working *work, int record)
{
	const struct question *question = work->question;
	int commit = question->records[record].commit;
	size_t all = (size_t)graph_count(work->graph);
	unsigned char *marks = xcalloc(all + 1, 1);

	graph_mark_ancestors(work->graph, &commit, 1, marks, IS_BAD);
	for (int i = 0; i < work->belief->count; i++)
		work->above[(size_t)i * (size_t)question->record_count +
			    (size_t)record] =
			marks[work->belief->commits[i]] != 0;
	free(marks);
}

static const unsigned char *above_of(const struct working *work, int candidate)
{
	return work->above +
	       (size_t)candidate * (size_t)work->question->record_count;
}

/* Split every class by one record: class and answer make a new class. */
static void split(struct working *work, int record)
{
	int *fresh = xcalloc((size_t)work->class_count * 2, sizeof(int));
	int count = 0;

	for (int i = 0; i < work->class_count * 2; i++)
		fresh[i] = -1;
	for (int i = 0; i < work->belief->count; i++) {
		int key = work->class_of[i] * 2 + above_of(work, i)[record];

		if (fresh[key] < 0) {
			fresh[key] = count;
			work->member[count++] = i;
		}
		work->class_of[i] = fresh[key];
	}
	work->class_count = count;
	free(fresh);
}

static void classify(struct working *work)
{
	size_t count = (size_t)work->belief->count;

	work->above =
		xcalloc(count * (size_t)work->question->record_count + 1, 1);
	work->class_of = xcalloc(count + 1, sizeof(int));
	work->member = xcalloc(count + 1, sizeof(int));
	work->class_count = 1;
	for (int i = 0; i < work->question->record_count; i++) {
		look_below(work, i);
		split(work, i);
	}
	work->share = xcalloc((size_t)work->class_count, sizeof(double));
	for (size_t i = 0; i < count; i++)
		work->share[work->class_of[i]] += work->prior[i];
}

/* Has the commit of a record the bug, if the culprit is in it? */
static bool has_bug(const struct working *work, bool culprit_in_it)
{
	return culprit_in_it != work->question->fix;
}

/* An older culprit is in all of them. */
static bool is_above(const struct working *work, int class, int record)
{
	return class == work->class_count ||
	       above_of(work, work->member[class])[record];
}

/* How well a class fits what was seen, but for one record (-1: for none). */
static void fit_class(const struct working *work, int class, int but,
		      double out[RATES_MAX])
{
	int rate_count;
	const struct rate *rates = likelihood_rates(&rate_count);

	for (int g = 0; g < rate_count; g++)
		out[g] = log(rates[g].weight);
	for (int i = 0; i < work->question->record_count; i++) {
		const double *seen = has_bug(work, is_above(work, class, i))
					     ? work->with[i]
					     : work->without[i];

		for (int g = 0; g < rate_count && i != but; g++)
			out[g] += seen[g];
	}
}

static void fit_all(struct working *work)
{
	work->with = xcalloc((size_t)work->question->record_count + 1,
			     sizeof(*work->with));
	work->without = xcalloc((size_t)work->question->record_count + 1,
				sizeof(*work->without));
	work->fit = xcalloc(((size_t)work->class_count + 1) * RATES_MAX,
			    sizeof(double));
	for (int i = 0; i < work->question->record_count; i++)
		likelihood_of(&work->question->records[i], work->with[i],
			      work->without[i]);
	for (int i = 0; i <= work->class_count; i++)
		fit_class(work, i, -1, work->fit + (size_t)i * RATES_MAX);
}

/* The sums of a class over the rates, all by the same measure. */
static void sum_classes(const struct working *work, const double *fit,
			double *sums)
{
	double highest = -INFINITY;
	int rate_count;

	likelihood_rates(&rate_count);
	for (int i = 0; i <= work->class_count; i++)
		for (int g = 0; g < rate_count; g++)
			highest = fmax(highest, fit[i * RATES_MAX + g]);
	for (int i = 0; i <= work->class_count; i++) {
		sums[i] = 0;
		for (int g = 0; g < rate_count; g++)
			sums[i] += exp(fit[i * RATES_MAX + g] - highest);
	}
}

static void weigh_candidates(struct working *work, const double *sums)
{
	struct belief *belief = work->belief;
	double total = OUTSIDE * sums[work->class_count];

	belief->chances = xcalloc((size_t)belief->count + 1, sizeof(double));
	for (int i = 0; i < belief->count; i++) {
		belief->chances[i] = work->prior[i] * sums[work->class_of[i]];
		total += belief->chances[i];
	}
	belief->outside = OUTSIDE * sums[work->class_count] / total;
	for (int i = 0; i < belief->count; i++)
		belief->chances[i] /= total;
}

static int by_chance(const void *a, const void *b)
{
	const double *one = a, *two = b;

	return (*one < *two) - (*one > *two);
}

static void sum_up(struct belief *belief)
{
	double *sorted = xcalloc((size_t)belief->count + 1, sizeof(double));
	double sum = 0;

	belief->best = -1;
	for (int i = 0; i < belief->count; i++) {
		double chance = belief->chances[i];

		sorted[i] = chance;
		if (belief->best < 0 || chance > belief->chances[belief->best])
			belief->best = i;
		if (chance > 0)
			belief->bits -= chance * log2(chance);
	}
	if (belief->outside > 0)
		belief->bits -= belief->outside * log2(belief->outside);
	qsort(sorted, (size_t)belief->count, sizeof(double), by_chance);
	while (belief->likely < belief->count && sum < ENOUGH)
		sum += sorted[belief->likely++];
	free(sorted);
}

/* What is expected of the rate, and of runs where the bug is. */
static void weigh_rates(struct working *work)
{
	struct belief *belief = work->belief;
	double highest = -INFINITY, total = 0, *share;
	int rate_count,
		most = (int)(sizeof(belief->clean) / sizeof(*belief->clean));
	const struct rate *rates = likelihood_rates(&rate_count);

	share = xcalloc(RATES_MAX, sizeof(double));
	for (int i = 0; i <= work->class_count; i++)
		for (int g = 0; g < rate_count; g++)
			highest = fmax(highest, work->fit[i * RATES_MAX + g]);
	for (int i = 0; i <= work->class_count; i++) {
		double weight =
			i == work->class_count ? OUTSIDE : work->share[i];

		for (int g = 0; g < rate_count; g++)
			share[g] += weight *
				    exp(work->fit[i * RATES_MAX + g] - highest);
	}
	for (int g = 0; g < rate_count; g++)
		total += share[g];
	for (int g = 0; g < rate_count; g++) {
		belief->rate += share[g] / total * rates[g].with;
		for (int n = 0; n < most; n++)
			belief->clean[n] +=
				share[g] / total * pow(1 - rates[g].with, n);
	}
	free(share);
}

/* The chance that the commit of a record has the bug, by such sums. */
static double chance_of_bug(const struct working *work, int record,
			    const double *sums)
{
	double bug = 0, total = OUTSIDE * sums[work->class_count];

	if (has_bug(work, true))
		bug = total;
	for (int i = 0; i < work->class_count; i++) {
		double weight = work->share[i] * sums[i];

		total += weight;
		if (has_bug(work, is_above(work, i, record)))
			bug += weight;
	}
	return bug / total;
}

static void weigh_records(struct working *work, const double *sums)
{
	struct belief *belief = work->belief;
	size_t count = (size_t)work->question->record_count;
	double *fit = xcalloc(((size_t)work->class_count + 1) * RATES_MAX,
			      sizeof(double));
	double *others = xcalloc((size_t)work->class_count + 1, sizeof(double));

	belief->record_count = (int)count;
	belief->records = xcalloc(count + 1, sizeof(*belief->records));
	for (int i = 0; i < belief->record_count; i++) {
		struct believed *out = &belief->records[i];

		for (int k = 0; k <= work->class_count; k++)
			fit_class(work, k, i, fit + (size_t)k * RATES_MAX);
		sum_classes(work, fit, others);
		out->commit = work->question->records[i].commit;
		out->bug = chance_of_bug(work, i, sums);
		out->without = chance_of_bug(work, i, others);
	}
	free(others);
	free(fit);
}

void belief_make(struct belief *belief, const struct graph *graph,
		 const struct question *question)
{
	struct working work = { graph, question, belief, .place = NULL };
	double *sums;

	memset(belief, 0, sizeof(*belief));
	belief->best = -1;
	find_candidates(&work);
	if (belief->count) {
		find_priors(&work);
		classify(&work);
		fit_all(&work);
		sums = xcalloc((size_t)work.class_count + 1, sizeof(double));
		sum_classes(&work, work.fit, sums);
		weigh_candidates(&work, sums);
		sum_up(belief);
		weigh_rates(&work);
		weigh_records(&work, sums);
		free(sums);
	}
	free(work.place);
	free(work.above);
	free(work.class_of);
	free(work.member);
	free(work.prior);
	free(work.share);
	free(work.with);
	free(work.without);
	free(work.fit);
}

void belief_release(struct belief *belief)
{
	free(belief->commits);
	free(belief->chances);
	free(belief->records);
	memset(belief, 0, sizeof(*belief));
}

double belief_chance(const struct belief *belief, int commit)
{
	for (int i = 0; i < belief->count; i++)
		if (belief->commits[i] == commit)
			return belief->chances[i];
	return 0;
}

const struct believed *belief_record(const struct belief *belief, int commit)
{
	for (int i = 0; i < belief->record_count; i++)
		if (belief->records[i].commit == commit)
			return &belief->records[i];
	return NULL;
}
