/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/rate.h"

#define DOUBT 0.05
#define STEPS 40 /* halvings: more than is ever shown */

/*
 * The chance of `hits` or more of `of`, where each one is p.  The terms are
 * taken relative to the largest, which is next to of * p, so that none of them
 * is too small to be told from nothing.
 */
static double tail(int hits, int of, double p)
{
	double odds = p / (1 - p), all = 1, more, term = 1;
	int mode = (int)((of + 1) * p);

	if (mode > of)
		mode = of;
	more = mode >= hits;
	for (int i = mode + 1; i <= of; i++) {
		term *= odds * (of - i + 1) / i;
		all += term;
		more += i >= hits ? term : 0;
	}
	term = 1;
	for (int i = mode; i > 0; i--) {
		term *= i / (odds * (of - i + 1));
		all += term;
		more += i - 1 >= hits ? term : 0;
	}
	return more / all;
}

double rate_at_least(int hits, int of)
{
	double low = 0, high = 1;

	if (hits <= 0 || of <= 0)
		return 0;
	for (int i = 0; i < STEPS; i++) {
		double p = (low + high) / 2;

		if (tail(hits, of, p) < DOUBT)
			low = p;
		else
			high = p;
	}
	return low;
}

double rate_at_most(int hits, int of)
{
	return of <= 0 ? 1 : 1 - rate_at_least(of - hits, of);
}
