/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/belief.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "engine/posterior.h"
#include "engine/span.h"

#define ENOUGH 0.95

static int by_value(const void *a, const void *b)
{
	const double *one = a, *two = b;

	return (*one < *two) - (*one > *two);
}

/*
 * How many of the largest values make up the sum.  Like looking for a median:
 * only the part in which the answer lies is looked at again.
 */
static int count_largest(double *values, int count, double sum)
{
	int from = 0, to = count;

	while (to - from > 16) {
		double pivot = values[from + (to - from) / 2], above = 0;
		int high = from, low = to, i = from;

		while (i < low) {
			double value = values[i];

			if (value > pivot) {
				above += value;
				values[i++] = values[high];
				values[high++] = value;
			} else if (value < pivot) {
				values[i] = values[--low];
				values[low] = value;
			} else {
				i++;
			}
		}
		if (sum <= above) {
			to = high;
		} else if (sum <= above + (low - high) * pivot) {
			return high + (int)ceil((sum - above) / pivot);
		} else {
			sum -= above + (low - high) * pivot;
			from = low;
		}
	}
	qsort(values + from, (size_t)(to - from), sizeof(*values), by_value);
	while (from < to && sum > 0)
		sum -= values[from++];
	return from;
}

struct placed {
	double chance;
	int place;
};

static int by_chance(const void *a, const void *b)
{
	const struct placed *one = a, *two = b;

	if (one->chance < two->chance || one->chance > two->chance)
		return one->chance < two->chance ? 1 : -1;
	return (one->place > two->place) - (one->place < two->place);
}

static double bits_of(double chance)
{
	return chance > 0 ? -chance * log2(chance) : 0;
}

/* Classes of equals: a few of them instead of many commits. */
static void sum_up_classes(struct belief *belief)
{
	const struct posterior *posterior = belief->posterior;
	size_t room = (size_t)posterior->class_count + 1;
	struct placed *classes = xcalloc(room, sizeof(*classes));
	double left = ENOUGH;

	for (int i = 0; i < posterior->class_count; i++) {
		double chance = posterior_at(posterior, posterior->first[i]);

		belief->bits += posterior->size[i] * bits_of(chance);
		classes[i] = (struct placed){ chance, i };
	}
	qsort(classes, room - 1, sizeof(*classes), by_chance);
	for (int i = 0; i < posterior->class_count && left > 0; i++) {
		int size = posterior->size[classes[i].place];
		double wanted = ceil(left / classes[i].chance);

		belief->likely += wanted < size ? (int)wanted : size;
		left -= size * classes[i].chance;
	}
	free(classes);
}

static void sum_up_commits(struct belief *belief)
{
	double *values = xcalloc((size_t)belief->count + 1, sizeof(double));

	for (int i = 0; i < belief->count; i++) {
		values[i] = belief->chances[i];
		belief->bits += bits_of(belief->chances[i]);
	}
	belief->likely = count_largest(values, belief->count, ENOUGH);
	free(values);
}

static void find_rates(struct belief *belief)
{
	int rate_count;
	const struct rate *rates = likelihood_rates(&rate_count);

	posterior_rates(belief->posterior, belief->rates);
	for (int g = 0; g < rate_count; g++) {
		belief->rate += belief->rates[g] * rates[g].with;
		belief->stray += belief->rates[g] * rates[g].without;
	}
}

void belief_make(struct belief *belief, struct span *span,
		 const struct question *question)
{
	struct posterior *posterior = xcalloc(1, sizeof(*posterior));
	size_t records;

	memset(belief, 0, sizeof(*belief));
	posterior_make(posterior, span, question, NULL);
	belief->posterior = posterior;
	belief->commits = span_commits(span);
	belief->count = span_count(span);
	belief->chances =
		xreallocarray(NULL, (size_t)belief->count, sizeof(double));
	for (int i = 0; i < belief->count; i++)
		belief->chances[i] = posterior_at(posterior, i);
	belief->outside = posterior_class(posterior, posterior->class_count);
	belief->best = posterior_best(posterior);
	belief->bits = bits_of(belief->outside);
	if (posterior->even)
		sum_up_classes(belief);
	else
		sum_up_commits(belief);
	find_rates(belief);
	records = (size_t)posterior->record_count;
	belief->records = xcalloc(records + 1, sizeof(*belief->records));
	belief->weighed = xcalloc(records + 1, sizeof(*belief->weighed));
	belief->record_count = (int)records;
	for (int i = 0; i < belief->record_count; i++)
		belief->records[i] = (struct believed){
			.commit = posterior->records[i].commit,
			.bug = posterior_chance(posterior, i, NULL),
		};
}

void belief_release(struct belief *belief)
{
	if (belief->posterior)
		posterior_release(belief->posterior);
	free(belief->posterior);
	free(belief->chances);
	for (int i = 0; i < belief->record_count; i++)
		free(belief->weighed[i]);
	free(belief->weighed);
	free(belief->records);
	memset(belief, 0, sizeof(*belief));
}

double belief_chance(const struct belief *belief, int commit)
{
	int place = span_place(belief->posterior->span, commit);

	return place < 0 ? 0 : belief->chances[place];
}

double belief_prior(const struct belief *belief, int commit)
{
	int place = span_place(belief->posterior->span, commit);

	return place < 0 ? 0 : belief->posterior->prior[place];
}

const struct believed *belief_record(const struct belief *belief, int commit)
{
	for (int i = 0; i < belief->record_count; i++)
		if (belief->records[i].commit == commit)
			return &belief->records[i];
	return NULL;
}

int belief_likeliest(const struct belief *belief, double chance, int **places)
{
	size_t room = (size_t)belief->count + 1;
	struct placed *placed = xcalloc(room, sizeof(*placed));
	double sum = 0;
	int count = 0;

	for (int i = 0; i < belief->count; i++)
		placed[i] = (struct placed){ belief->chances[i], i };
	qsort(placed, (size_t)belief->count, sizeof(*placed), by_chance);
	*places = xcalloc(room, sizeof(int));
	while (count < belief->count && sum < chance) {
		sum += placed[count].chance;
		(*places)[count] = placed[count].place;
		count++;
	}
	free(placed);
	return count;
}

double belief_clean(const struct belief *belief, int runs)
{
	return rates_clean(belief->rates, runs);
}

int belief_runs(const struct belief *belief, double chance)
{
	return rates_runs(belief->rates, chance);
}
