/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_ADVICE_INSIDE_H
#define ENGINE_ADVICE_INSIDE_H

/*
 * The inside of advice: advice.c says when to stop, advice_score.c what to test
 * until then, advice_ahead.c looks further.  Nobody else includes this.
 */

#include "engine/advice.h"
#include "engine/likelihood.h"

struct posterior;

/* What a decision rests on. */
struct outlook {
	const struct posterior *posterior;
	const struct world *world;
	double delta;
	double elapsed; /* milliseconds that builds go on until then */
	double rates[RATES_MAX];
	double rate;
	int runs; /* of a wave */
};

void outlook_make(struct outlook *outlook, const struct posterior *posterior,
		  const struct world *world, double delta);

/* All of an advice but its set. */
void outlook_decide(const struct outlook *outlook, struct advice *advice);

/* The site of a commit, or NULL; a walk over all of them. */
const struct site *outlook_site(const struct outlook *outlook, int commit);

/* Can it be tested at all?  NULL: it is still to build. */
bool site_is_open(const struct site *site);

/* Milliseconds until it is built. */
double outlook_left(const struct outlook *outlook, const struct site *site);

/* The record of a commit, NULL where it has none or nothing is in it. */
const struct record *outlook_record(const struct outlook *outlook, int commit);

/* Fill in what a wave of so many runs of this commit costs and may bring. */
void outlook_price(const struct outlook *outlook, struct choice *choice);

/*
 * The choice that teaches the most a minute, of those that teach anything to
 * speak of; false where there is none.
 */
bool outlook_choose(const struct outlook *outlook, struct choice *choice);

#endif
