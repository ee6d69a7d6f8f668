/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_ODDS_H
#define ENGINE_ODDS_H

/*
 * How much the runs of one commit speak for the bug, whatever is known of
 * others: the logarithm of its odds, by what the session's bad commits have
 * shown of how often the bug shows.  Above 0 the bug is likelier than not.
 *
 * Two ways: of a sequential test (Wald), which takes every run at its word and
 * one rate of stray crashes as given; and with the bounds of
 * engine/likelihood.h.  Pure arithmetic; nothing here knows commits.
 */

#include <stdbool.h>

#include "engine/likelihood.h"

#define ODDS_MAX 100

struct odds {
	int count;
	struct rate rates[ODDS_MAX];
	double weights[ODDS_MAX]; /* logarithms, after what is known */
	bool bounded;
};

/*
 * The sequential test: noise is the share of runs that crash without the bug.
 * known: what bad commits have shown, all together.
 */
void odds_sequential(struct odds *odds, double noise,
		     const struct record *known);

/* That of engine/likelihood.h. */
void odds_bounded(struct odds *odds, const struct record *known);

/* said and open of the record are not looked at. */
double odds_log(const struct odds *odds, const struct record *record);

/*
 * How many clean runs more would bring the odds down to `until`: at least 1,
 * and max where that is not enough.
 */
int odds_clean(const struct odds *odds, const struct record *record,
	       double until, int max);

#endif
