/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/likelihood.h"

#include <assert.h>
#include <math.h>

/* The shares of commits that lie: see the header. */
#define SILENT	    0.01
#define OTHER_CAUSE 0.003
#define OTHER_RATE  0.5	 /* how often that other cause crashes */
#define WRONG_WORD  0.02 /* of verdicts that were just said */
#define RUNS_MOST   1000
#define WRONG_PIN   1e-6 /* of those that are beyond doubt */

/* A crash that may be the bug: this often it is, else it comes this often. */
#define OPEN_IS_BUG   0.5
#define OPEN_IS_OTHER 0.05

/*
 * No point has the crash as often without the bug as with it, nearly.  A
 * coarser grid of the latter is wrong more often for a bug that shows rarely.
 */
static const struct rate rates[RATES_MAX] = {
#define AT(p, w)                                                 \
	{ (p), 0.0005, 0.35 * (w) }, { (p), 0.003, 0.30 * (w) }, \
		{ (p), 0.008, 0.20 * (w) },                      \
	{                                                        \
		(p), 0.02, 0.15 * (w)                            \
	}
#define P (1 / (13 - 0.15)) /* one of the points is left out */
	{ 0.02, 0.0005, 0.35 * P },
	{ 0.02, 0.003, 0.30 * P },
	{ 0.02, 0.008, 0.20 * P },
	AT(0.04, P),
	AT(0.07, P),
	AT(0.1, P),
	AT(0.15, P),
	AT(0.22, P),
	AT(0.33, P),
	AT(0.46, P),
	AT(0.6, P),
	AT(0.75, P),
	AT(0.88, P),
	AT(0.96, P),
	AT(0.995, P),
#undef P
#undef AT
};

const struct rate *likelihood_rates(int *count)
{
	*count = RATES_MAX - 1;
	return rates;
}

/* log(exp(a) + exp(b)) */
static double either(double a, double b)
{
	double high = a > b ? a : b, low = a > b ? b : a;

	return high + log1p(exp(low - high));
}

double logs_together(const double *logs, int count)
{
	double most = logs[0], sum = 0;

	assert(count > 0);
	for (int i = 1; i < count; i++)
		most = logs[i] > most ? logs[i] : most;
	for (int i = 0; i < count; i++)
		sum += exp(logs[i] - most);
	return most + log(sum);
}

/* "At least one of m runs crashed", at this rate. */
static double one_of(int m, double rate)
{
	return log1p(-exp(m * log1p(-rate)));
}

double record_fit(const struct record *record, double rate)
{
	double sum = record->showing * log(rate) + record->clean * log1p(-rate);

	if (record->open)
		sum += record->open * log(OPEN_IS_BUG * rate +
					  (1 - OPEN_IS_BUG) * OPEN_IS_OTHER);
	for (int m = 1; m <= WAVE_MAX; m++)
		if (record->killed[m])
			sum += record->killed[m] * one_of(m, rate);
	return sum;
}

bool record_is_empty(const struct record *record)
{
	for (int m = 1; m <= WAVE_MAX; m++)
		if (record->killed[m])
			return false;
	return !record->showing && !record->clean && !record->open &&
	       !record->said;
}

void record_add(struct record *record, const struct record *more)
{
	record->showing += more->showing;
	record->clean += more->clean;
	record->open += more->open;
	for (int m = 1; m <= WAVE_MAX; m++)
		record->killed[m] += more->killed[m];
}

static void say(int said, double with[RATES_MAX], double without[RATES_MAX],
		int count)
{
	double wrong = said > 1 || said < -1 ? WRONG_PIN : WRONG_WORD;

	for (int i = 0; i < count; i++) {
		with[i] = said > 0 ? log1p(-wrong) : log(wrong);
		without[i] = said > 0 ? log(wrong) : log1p(-wrong);
	}
}

void likelihood_of(const struct record *record, double with[RATES_MAX],
		   double without[RATES_MAX])
{
	double other;
	int count;

	likelihood_rates(&count);
	if (record->said || record_is_empty(record)) {
		for (int i = 0; i < count; i++)
			with[i] = without[i] = 0;
		if (record->said)
			say(record->said, with, without, count);
		return;
	}
	other = log(OTHER_CAUSE) + record_fit(record, OTHER_RATE);
	for (int i = 0; i < count; i++) {
		double bug = record_fit(record, rates[i].with);
		double none = record_fit(record, rates[i].without);

		with[i] = either(log1p(-SILENT) + bug, log(SILENT) + none);
		without[i] = either(log1p(-OTHER_CAUSE) + none, other);
	}
}

/*
 * What may be the case at the commit, a or b by their logarithms, and how
 * likely clean runs are in either.
 */
static double mix(double a, double clean_a, double b, double clean_b)
{
	double high = a > b ? a : b;
	double x = exp(a - high), y = exp(b - high);

	return (x * clean_a + y * clean_b) / (x + y);
}

void likelihood_clean(const struct record *record, int runs,
		      double with[RATES_MAX], double without[RATES_MAX])
{
	static const struct record none_at_all;
	double other, clean_other = pow(1 - OTHER_RATE, runs);
	int count;

	likelihood_rates(&count);
	if (!record)
		record = &none_at_all;
	other = log(OTHER_CAUSE) + record_fit(record, OTHER_RATE);
	for (int i = 0; i < count; i++) {
		double bug = record_fit(record, rates[i].with);
		double none = record_fit(record, rates[i].without);
		double clean_bug = pow(1 - rates[i].with, runs);
		double clean_none = pow(1 - rates[i].without, runs);

		with[i] = mix(log1p(-SILENT) + bug, clean_bug,
			      log(SILENT) + none, clean_none);
		without[i] = mix(log1p(-OTHER_CAUSE) + none, clean_none, other,
				 clean_other);
	}
}

double rates_clean(const double chances[RATES_MAX], int runs)
{
	double sum = 0;
	int count;

	likelihood_rates(&count);
	for (int i = 0; i < count; i++)
		sum += chances[i] * pow(1 - rates[i].with, runs);
	return sum;
}

int rates_runs(const double chances[RATES_MAX], double chance)
{
	double left[RATES_MAX], sum = 1;
	int count, runs = 0;

	likelihood_rates(&count);
	for (int i = 0; i < count; i++)
		left[i] = chances[i];
	while (sum > chance && runs < RUNS_MOST) {
		sum = 0;
		runs++;
		for (int i = 0; i < count; i++)
			sum += left[i] *= 1 - rates[i].with;
	}
	return runs;
}
