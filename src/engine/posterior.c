/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/posterior.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "engine/belief.h"
#include "engine/span.h"

#ifdef __FAST_MATH__
#error "chances need the arithmetic of IEEE 754: do without -ffast-math"
#endif

#define CLOSE 1e-9

static void take_records(struct posterior *posterior,
			 const struct question *question)
{
	size_t room = (size_t)question->record_count + 1;

	posterior->records = xcalloc(room, sizeof(*posterior->records));
	posterior->with = xcalloc(room, sizeof(*posterior->with));
	posterior->without = xcalloc(room, sizeof(*posterior->without));
	posterior->record_count = question->record_count;
	for (int i = 0; i < question->record_count; i++) {
		posterior->records[i] = question->records[i];
		likelihood_of(&question->records[i], posterior->with[i],
			      posterior->without[i]);
	}
}

static void take_classes(struct posterior *posterior)
{
	struct span *span = posterior->span;
	size_t count = (size_t)span_count(span);
	size_t records = (size_t)posterior->record_count;
	int *commits = xcalloc(records + 1, sizeof(int));
	const int *classes, *members;
	size_t classes_all;

	for (size_t i = 0; i < records; i++)
		commits[i] = posterior->records[i].commit;
	posterior->class_count =
		span_classes(span, commits, (int)records, &classes, &members);
	posterior->class_of = xreallocarray(NULL, count, sizeof(int));
	memcpy(posterior->class_of, classes, count * sizeof(int));
	classes_all = (size_t)posterior->class_count + 1;
	posterior->above = xcalloc(records + 1, sizeof(*posterior->above));
	posterior->above_room = xcalloc(records * classes_all + 1, 1);
	for (size_t i = 0; i < records; i++) {
		const uint64_t *below = span_below(span, commits[i]);
		unsigned char *above = posterior->above_room + i * classes_all;

		for (int k = 0; k < posterior->class_count; k++)
			above[k] = span_bit(below, members[k]);
		above[posterior->class_count] = 1;
		posterior->above[i] = above;
	}
	free(commits);
}

/* Every candidate is as likely as any other, unless its weight is told. */
static double *make_prior(const struct span *span, const double *weights)
{
	const int *commits = span_commits(span);
	int count = span_count(span);
	double *prior = xreallocarray(NULL, (size_t)count, sizeof(double));
	double total = 0;

	for (int i = 0; i < count; i++) {
		prior[i] = weights ? weights[commits[i]] : 1;
		total += prior[i];
	}
	for (int i = 0; i < count; i++)
		prior[i] = (1 - OUTSIDE_SHARE) *
			   (total > 0 ? prior[i] / total : 1.0 / count);
	return prior;
}

static void take_shares(struct posterior *posterior)
{
	int count = span_count(posterior->span);
	size_t room = (size_t)posterior->class_count + 1;

	posterior->share = xcalloc(room, sizeof(double));
	posterior->size = xcalloc(room, sizeof(int));
	posterior->first = xcalloc(room, sizeof(int));
	for (int i = 0; i < count; i++) {
		int class = posterior->class_of[i];
		int *first = &posterior->first[class];

		posterior->share[class] += posterior->prior[i];
		if (!posterior->size[class]++ ||
		    posterior->prior[i] > posterior->prior[*first])
			*first = i;
	}
	posterior->share[posterior->class_count] = OUTSIDE_SHARE;
}

bool posterior_bug(const struct posterior *posterior, int class, int record)
{
	return posterior->above[record][class] != posterior->fix;
}

static const double *seen_by(const struct posterior *posterior, int class,
			     int record)
{
	return posterior_bug(posterior, class, record)
		       ? posterior->with[record]
		       : posterior->without[record];
}

static void fit_classes(struct posterior *posterior)
{
	int rate_count;
	const struct rate *rates = likelihood_rates(&rate_count);
	size_t all = (size_t)posterior->class_count + 1;

	posterior->fit = xcalloc(all * RATES_MAX, sizeof(double));
	for (int i = 0; i < (int)all; i++) {
		double *fit = posterior->fit + (size_t)i * RATES_MAX;

		for (int g = 0; g < rate_count; g++)
			fit[g] = log(rates[g].weight);
		for (int k = 0; k < posterior->record_count; k++) {
			const double *seen = seen_by(posterior, i, k);

			for (int g = 0; g < rate_count; g++)
				fit[g] += seen[g];
		}
	}
}

/* Sums are made of what the highest is 1 of: nothing overflows. */
static void sum_classes(struct posterior *posterior)
{
	int all = posterior->class_count + 1, rate_count;
	double highest = -INFINITY, total = 0, one = 0;

	likelihood_rates(&rate_count);
	for (int i = 0; i < all; i++)
		for (int g = 0; g < rate_count && posterior->share[i] > 0; g++)
			highest = fmax(highest,
				       posterior->fit[i * RATES_MAX + g]);
	posterior->sums = xcalloc((size_t)all, sizeof(double));
	posterior->rates = xcalloc((size_t)all * RATES_MAX, sizeof(double));
	for (int i = 0; i < all; i++) {
		const double *fit = posterior->fit + (size_t)i * RATES_MAX;
		double *out = posterior->rates + (size_t)i * RATES_MAX;
		double sum = 0;

		for (int g = 0; g < rate_count && posterior->share[i] > 0; g++)
			sum += out[g] = exp(fit[g] - highest);
		for (int g = 0; g < rate_count && sum > 0; g++)
			out[g] /= sum;
		posterior->sums[i] = sum;
		total += posterior->share[i] * sum;
	}
	for (int i = 0; i < all; i++) {
		posterior->sums[i] /= total;
		one += posterior_class(posterior, i);
	}
	assert(fabs(one - 1) < CLOSE);
}

void posterior_make(struct posterior *posterior, struct span *span,
		    const struct question *question,
		    const struct posterior *like)
{
	memset(posterior, 0, sizeof(*posterior));
	posterior->span = span_hold(span);
	posterior->fix = question->fix;
	if (!like)
		posterior->prior_room = make_prior(span, question->weights);
	posterior->prior = like ? like->prior : posterior->prior_room;
	posterior->even = like ? like->even : !question->weights;
	take_records(posterior, question);
	take_classes(posterior);
	take_shares(posterior);
	fit_classes(posterior);
	sum_classes(posterior);
}

void posterior_release(struct posterior *posterior)
{
	span_drop(posterior->span);
	free(posterior->records);
	free(posterior->with);
	free(posterior->without);
	free(posterior->above);
	free(posterior->above_room);
	free(posterior->prior_room);
	free(posterior->class_of);
	free(posterior->share);
	free(posterior->size);
	free(posterior->first);
	free(posterior->fit);
	free(posterior->sums);
	free(posterior->rates);
	memset(posterior, 0, sizeof(*posterior));
}

int posterior_best(const struct posterior *posterior)
{
	double chance = 0;
	int best = -1;

	for (int i = 0; i < posterior->class_count; i++) {
		int place = posterior->first[i];
		double other = posterior_at(posterior, place);

		if (best >= 0 &&
		    (other < chance || (other <= chance && place > best)))
			continue;
		best = place;
		chance = other;
	}
	return best;
}

void posterior_rates(const struct posterior *posterior, double rates[RATES_MAX])
{
	int rate_count;

	likelihood_rates(&rate_count);
	for (int g = 0; g < RATES_MAX; g++)
		rates[g] = 0;
	for (int i = 0; i <= posterior->class_count; i++) {
		double chance = posterior_class(posterior, i);

		for (int g = 0; g < rate_count && chance > 0; g++)
			rates[g] +=
				chance * posterior->rates[i * RATES_MAX + g];
	}
}

/* A logarithm whose number changes no sum: most have one, once much was seen. */
#define NOTHING (-100.0)

/* What a record says is taken out of the logarithms again. */
static double highest_without(const struct posterior *posterior, int record)
{
	double highest = -INFINITY;
	int rate_count;

	likelihood_rates(&rate_count);
	for (int i = 0; i <= posterior->class_count; i++) {
		const double *fit = posterior->fit + i * RATES_MAX;
		const double *seen = seen_by(posterior, i, record);

		for (int g = 0; g < rate_count && posterior->share[i] > 0; g++)
			highest = fmax(highest, fit[g] - seen[g]);
	}
	return highest;
}

static double chance_without(const struct posterior *posterior, int record)
{
	double highest = highest_without(posterior, record);
	double bug = 0, total = 0;
	int rate_count;

	likelihood_rates(&rate_count);
	for (int i = 0; i <= posterior->class_count; i++) {
		const double *fit = posterior->fit + i * RATES_MAX;
		const double *seen = seen_by(posterior, i, record);
		double sum = 0;

		if (posterior->share[i] <= 0)
			continue;
		for (int g = 0; g < rate_count; g++)
			if (fit[g] - seen[g] - highest > NOTHING)
				sum += exp(fit[g] - seen[g] - highest);
		total += posterior->share[i] * sum;
		if (posterior_bug(posterior, i, record))
			bug += posterior->share[i] * sum;
	}
	return bug / total;
}

double posterior_chance(const struct posterior *posterior, int record,
			double *without)
{
	double bug = 0;

	for (int i = 0; i <= posterior->class_count; i++)
		if (posterior_bug(posterior, i, record))
			bug += posterior_class(posterior, i);
	if (without)
		*without = chance_without(posterior, record);
	return bug;
}
