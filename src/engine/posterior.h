/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_POSTERIOR_H
#define ENGINE_POSTERIOR_H

/*
 * What belief and advice share: how well each class of culprits fits all that
 * was seen, at each rate.  Candidates that have the same tested commits above
 * them fit equally well, so the work is classes times records times rates.
 *
 * One more class than there are classes of candidates is for the culprit that
 * is none of them: it is older, so that all tested commits have it.
 */

#include <stdbool.h>

#include "engine/likelihood.h"

struct question;
struct span;

#define OUTSIDE_SHARE 0.01 /* that it is none, before anything was seen */

struct posterior {
	struct span *span; /* held */
	bool fix;
	int record_count;
	struct record *records;
	double (*with)[RATES_MAX], (*without)[RATES_MAX]; /* by record */
	const unsigned char **above; /* by record: by class, is it in there? */
	unsigned char *above_room;

	const double *prior; /* by place; they and OUTSIDE_SHARE make 1 */
	double *prior_room;  /* what is freed of it */
	int class_count;     /* without the one outside */
	int *class_of;	     /* by place */
	bool even;	     /* all commits were alike before */
	double *share;	     /* by class: before anything was seen */
	int *size;	     /* by class: its commits; 0 for the one outside */
	int *first;	     /* by class: the place of its likeliest, and of
				 those the first */
	double *fit;	     /* by class and rate: logarithms */
	double *sums;	     /* by class: its rates together, so measured that
				 share times sum is the chance */
	double *rates;	     /* by class and rate: which rate it is, if it is
				 this class */
};

/*
 * Like what is asked, or, if like is not NULL, like that one but for the
 * records; its prior is then shared and has to live as long.
 */
void posterior_make(struct posterior *posterior, struct span *span,
		    const struct question *question,
		    const struct posterior *like);
void posterior_release(struct posterior *posterior);

/* The chance of a class, that of all its commits together. */
static inline double posterior_class(const struct posterior *posterior,
				     int class)
{
	return posterior->share[class] * posterior->sums[class];
}

/* The chance of the candidate at this place. */
static inline double posterior_at(const struct posterior *posterior, int place)
{
	return posterior->prior[place] *
	       posterior->sums[posterior->class_of[place]];
}

/* The place of the likeliest candidate, of such the oldest; -1 for none. */
int posterior_best(const struct posterior *posterior);

/* Has the commit of a record the bug if the culprit is of this class? */
bool posterior_bug(const struct posterior *posterior, int class, int record);

/* The rates, whichever commit it is; they add up to 1. */
void posterior_rates(const struct posterior *posterior,
		     double rates[RATES_MAX]);

/*
 * The chance that the commit of a record has the bug; in *without, which may
 * be NULL, the same if nothing had been seen at it.
 */
double posterior_chance(const struct posterior *posterior, int record,
			double *without);

#endif
