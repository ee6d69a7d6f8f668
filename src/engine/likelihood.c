/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/likelihood.h"

#include <math.h>
#include <stdbool.h>

/* The shares of commits that lie: see the header. */
#define SILENT	    0.01
#define OTHER_CAUSE 0.003
#define WRONG_WORD  0.02 /* of verdicts that were just said */

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
#define P (1.0 / 13)
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

static double seen(const struct record *record, double rate)
{
	return record->showing * log(rate) + record->clean * log1p(-rate);
}

void likelihood_of(const struct record *record, double with[RATES_MAX],
		   double without[RATES_MAX])
{
	int count;

	likelihood_rates(&count);
	for (int i = 0; i < count; i++) {
		double bug = seen(record, rates[i].with);
		double none = seen(record, rates[i].without);
		int runs = record->showing + record->clean;

		if (record->said) {
			with[i] = log(record->said > 0 ? 1 - WRONG_WORD
						       : WRONG_WORD);
			without[i] = log(record->said > 0 ? WRONG_WORD
							  : 1 - WRONG_WORD);
			continue;
		}
		with[i] = either(log1p(-SILENT) + bug, log(SILENT) + none);
		without[i] = either(log1p(-OTHER_CAUSE) + none,
				    log(OTHER_CAUSE) + runs * log(0.5));
	}
}
