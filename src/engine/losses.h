/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_LOSSES_H
#define ENGINE_LOSSES_H

/*
 * Infra or commit?  A run that is lost says nothing of the bug.  Here is told
 * whose fault that is: the commit's, which then boots badly whatever is done
 * (its kernel dies early, or crashes in another way); our own side's, where a
 * person has to look; or nobody's, and the run is made again.
 *
 * Pure, by the events alone: the time is that of the events.  Decides no
 * verdict and ends no search.
 */

#include <stdbool.h>
#include <stdint.h>

struct engine;
struct folded_step;
struct run_state;

enum loss {
	LOSS_NONE,   /* it says something, or was left out by a word of the
			test or of a person */
	LOSS_INFRA,  /* host, ssh, copy, image, quota: our side */
	LOSS_BOOT,   /* the target never came up */
	LOSS_BEFORE, /* it came up, and the test could not begin */
	LOSS_OTHER,  /* another crash came first */
	LOSS_COUNT,
};

/* Of a finished run, by what is looked for. */
enum loss loss_of(const struct engine *engine, const struct run_state *run);

/*
 * The chance that k or more of n runs are lost, where `lost` others were and
 * `said` were not (those of commits that never booted aside, once a run went
 * well since): the tail of a beta-binomial, the share of lost runs being
 * Beta(0.5 + lost, 10 + said).
 */
double losses_chance(int k, int n, int lost, int said);

/* The runs of one commit; INFRA is nobody's but ours, and not counted. */
struct losses {
	int lost, said;
	double chance; /* that so many are lost by chance */
	bool badly;    /* it is the commit: others were fine meanwhile */
};

void losses_find(const struct engine *engine, const struct folded_step *step,
		 struct losses *out);

/* The same by the commit, for those outside of the engine. */
void engine_losses(const struct engine *engine, int commit, struct losses *out);

/*
 * Each run that a commit lacks was tried three times: more of the same would
 * say no more.
 */
bool losses_give_up(const struct engine *engine,
		    const struct folded_step *step);

/* Our own side, where too many of the latest runs were lost. */
struct trouble {
	bool on;
	int lost, runs; /* of the latest runs; both 0 where it is not on */
	int commits;	/* at which they were lost */
	int kinds[LOSS_COUNT];
	int64_t from; /* the event of the oldest run that was lost */
	int64_t said; /* of the latest one that was not */
	const struct run_state *latest; /* of them */
	int latest_commit;
};

/*
 * More than half of the last ten runs were lost, at two commits or more, and
 * it is not one bad commit among fine ones.
 */
void losses_trouble(const struct engine *engine, struct trouble *out);

/*
 * The machines or the commits?  A commit whose runs were not lost says it, if
 * one more is made there: the one that ran last.  -1 where it was lost too, or
 * our own side said itself that it failed, or there is none.
 */
int losses_control(const struct engine *engine, const struct trouble *trouble);

/* Is it one of those runs?  They are made again when a person resumes. */
bool losses_spoilt(const struct engine *engine, const struct trouble *trouble,
		   const struct folded_step *step, const struct run_state *run);

#endif
