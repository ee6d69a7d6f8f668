/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/odds.h"

#include <math.h>

static void scale(struct odds *odds)
{
	double sum = logs_together(odds->weights, odds->count);

	for (int i = 0; i < odds->count; i++)
		odds->weights[i] -= sum;
}

/* As if half a run had shown the bug, and half a one had not. */
void odds_sequential(struct odds *odds, double noise,
		     const struct record *known)
{
	struct record runs = *known;

	runs.open = 0;
	odds->count = ODDS_MAX;
	odds->bounded = false;
	for (int i = 0; i < ODDS_MAX; i++) {
		double rate = (i + 0.5) / ODDS_MAX;

		odds->rates[i] = (struct rate){ rate, noise, 1.0 / ODDS_MAX };
		odds->weights[i] = record_fit(&runs, rate) - 0.5 * log(rate) -
				   0.5 * log1p(-rate);
	}
	scale(odds);
}

void odds_bounded(struct odds *odds, const struct record *known)
{
	double with[RATES_MAX], without[RATES_MAX];
	const struct rate *rates = likelihood_rates(&odds->count);
	struct record runs = *known;

	runs.said = runs.open = 0;
	likelihood_of(&runs, with, without);
	odds->bounded = true;
	for (int i = 0; i < odds->count; i++) {
		odds->rates[i] = rates[i];
		odds->weights[i] = log(rates[i].weight) + with[i];
	}
	scale(odds);
}

double odds_log(const struct odds *odds, const struct record *record)
{
	double with[ODDS_MAX], without[ODDS_MAX];
	struct record runs = *record;

	runs.said = runs.open = 0;
	if (odds->bounded)
		likelihood_of(&runs, with, without);
	for (int i = 0; i < odds->count; i++) {
		if (!odds->bounded) {
			with[i] = record_fit(&runs, odds->rates[i].with);
			without[i] = record_fit(&runs, odds->rates[i].without);
		}
		with[i] += odds->weights[i];
		without[i] += odds->weights[i];
	}
	return logs_together(with, odds->count) -
	       logs_together(without, odds->count);
}

/* A clean run never speaks for the bug, so one can halve. */
int odds_clean(const struct odds *odds, const struct record *record,
	       double until, int max)
{
	int low = 0, high = max;
	struct record more = *record;

	while (low + 1 < high) {
		int middle = low + (high - low) / 2;

		more.clean = record->clean + middle;
		if (odds_log(odds, &more) <= until)
			high = middle;
		else
			low = middle;
	}
	return high > 1 ? high : 1;
}
