/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_ADVICE_H
#define ENGINE_ADVICE_H

/*
 * Where the next minutes are spent best: the commit, and how many runs of it,
 * from which the most is learnt a minute, and when to stop.  A commit that is
 * built already, or nearly, is cheap; one that was tested before may be the
 * best again, where its record is in doubt.
 *
 * Pure, and without a memory: the same belief and the same world give the same
 * advice.  It orders nothing and knows no clock; what things cost it is told.
 *
 * Before anything else the ends are tested, if that is wanted: how often the
 * bug shows is learnt where it is known to be, so those runs are not stopped
 * at a crash.
 */

#include <stdbool.h>

struct belief;

enum site_kind {
	SITE_READY,  /* built, or it needs no build */
	SITE_COMING, /* its build is under way */
	SITE_BROKEN, /* it cannot be built (or run): its neighbours neither,
			perhaps */
	SITE_CLOSED, /* it is not to be tested, which says nothing of others:
			somebody gave his word on it, or skipped it */
};

/* A commit that is not simply still to build. */
struct site {
	int commit;
	enum site_kind kind;
	double left; /* SITE_COMING: milliseconds until it is built */
};

struct world {
	double build;	 /* expected milliseconds: of a build */
	double clean;	 /* of a run without the bug, to its end */
	double crash;	 /* of a run that shows it, to the crash */
	double overhead; /* of each wave, beside */
	int slots;	 /* runs at a time */
	bool ahead;	 /* the next builds go on while a commit is tested */
	bool ends;	 /* test the ends first, where nothing was seen there */
	const struct site *sites;
	int site_count;
};

enum advice_kind {
	ADVICE_NOTHING,	  /* the span is empty */
	ADVICE_TEST,	  /* choice: learns the most a minute */
	ADVICE_CONFIRM,	  /* choice: the culprit is as good as known, but not
			   directly seen on both sides */
	ADVICE_FOUND,	  /* commit is the culprit */
	ADVICE_UNDECIDED, /* no test would tell much more: set */
	ADVICE_WIDEN,	  /* most likely the culprit is older than the span, or
			   the older end was told wrongly */
};

enum choice_why {
	CHOICE_LEARN,	  /* splits what is likely */
	CHOICE_AGAIN,	  /* what was seen there is in doubt */
	CHOICE_END_BUG,	  /* the end that has the bug: how often it shows */
	CHOICE_END_CLEAN, /* the end that has not: is that so? */
	CHOICE_SHOW,	  /* confirm that it has the bug */
	CHOICE_CLEAN,	  /* confirm that it has not */
};

/* One wave of runs of one commit. */
struct choice {
	int commit;
	enum choice_why why;
	int runs;
	bool whole;   /* all of them to the end, crash or not */
	bool build;   /* it has to be built, or is being built */
	double bits;  /* what is learnt, expected */
	double crash; /* the chance of a crash that shows the bug */
	double bug;   /* the chance that the commit has the bug */
	double time;  /* expected milliseconds, that of a build with it */
};

struct advice {
	enum advice_kind kind;
	struct choice choice; /* TEST, CONFIRM */
	int commit;	      /* FOUND, CONFIRM: the culprit; else the
				 likeliest, -1 for none */
	double chance;	      /* that it is */
	bool direct;	      /* FOUND: seen on both sides; false where that
				 cannot be, since a commit cannot be tested */
	bool widen; /* the culprit may well be outside (> 0.2): worth a word
		       to a person, also while there is something to test */
	int *set;   /* UNDECIDED: the smallest set that holds 1 - delta, as
		       commits, likeliest first */
	int set_count;
};

/*
 * delta: with what chance of a wrong answer one may stop.  Under about 0.01
 * that cannot be reached, since a culprit's parent may hide the bug, which no
 * test excludes; then the search ends where nothing more can be learnt.
 */
void advice_make(struct advice *advice, const struct belief *belief,
		 const struct world *world, double delta);
void advice_release(struct advice *advice);

/*
 * What would be built meanwhile, while a choice is tested: the commits to test
 * after it, by either end of its wave, the likeliest first, as many as there
 * is room for and as one can see ahead; each one only once, only ones that are
 * not built (they may be under way).  Costs a decision or two for each.
 * Returns how many.
 */
int advice_ahead(const struct belief *belief, const struct world *world,
		 double delta, const struct choice *choice, struct choice *next,
		 int room);

/* How many runs a wave has: so many that by then a bug would have shown. */
int advice_runs(const struct belief *belief, int slots);

/*
 * Does the first crash of a wave settle it, so that the rest can be stopped?
 * in_flight: the runs at that moment, the crashed one included.
 */
bool advice_is_decisive(const struct belief *belief, int in_flight);

#endif
