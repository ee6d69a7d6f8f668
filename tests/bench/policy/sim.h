/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_BENCH_POLICY_SIM_H
#define TESTS_BENCH_POLICY_SIM_H

/*
 * A world in which a bisection is simulated: a history with a culprit, commits
 * that do not build, runs that crash or do not, and how long all that takes.
 *
 * Whatever happens at a commit in its k-th run is a hash of the seed, the
 * number of the world, the commit and k: all policies face the same worlds,
 * and what differs between them is theirs.
 */

#include <stdbool.h>
#include <stdint.h>

struct graph;
struct span;

#define VMS_MAX	    20
#define WORKERS_MAX 8

/* Minutes, as syzbot's logs have them; a build's are the cell's. */
#define BUILD_MIN    6.7
#define CLEAN_MIN    11.0
#define BOOT_MIN     1.6
#define CRASH_MIN    2.6
#define LOST_MIN     3.0
#define OVERHEAD_MIN 0.1

/* What all worlds of a cell have in common. */
struct cell {
	const struct graph *graph;
	struct span *span; /* the whole range, kept from world to world */
	int good, bad;
	double p, q;	 /* runs that crash, with the bug and without it */
	double lost;	 /* runs that say nothing */
	double from, to; /* where in the range the culprit is, 0 to 1 */
	double broken;	 /* commits that do not build, in blocks of about 40 */
	double mask;	 /* bad commits that hide the bug */
	double tagged;	 /* commits that touch a file of the report */
	double hit;	 /* culprits that do */
	int vms, workers;
	double build; /* minutes of a build */
	bool confirm; /* a session's ends are tested first */
	bool ahead;   /* builds go on while a commit is tested */
	double delta; /* the chance of being wrong that adaptive may stop at */
	uint64_t seed;
};

enum kernel_state { KERNEL_NONE, KERNEL_COMING, KERNEL_READY, KERNEL_BROKEN };

struct sim {
	const struct cell *cell;
	uint64_t number;
	int culprit;
	unsigned char *bug;    /* by commit: is the culprit in it? */
	unsigned char *broken; /* by commit */
	unsigned char *touch;  /* by commit: enum touch; NULL: no report */
	int *runs;	       /* by commit: so many were started */
	unsigned char *state;  /* by commit: enum kernel_state */

	double now; /* minutes */
	int builds, runs_started;
	double vm_minutes;
	/* builds under way, oldest first */
	int building[WORKERS_MAX];
	double ready[WORKERS_MAX];
	int building_count;

	double claimed; /* the policy's own confidence, < 0: it has none */
	/* CPU seconds that its decisions took: all, the longest, how many */
	double thought, longest;
	int decisions;
};

/*
 * Can the culprit be told apart at all?  Not where it or a parent of it does
 * not build.
 */
bool sim_is_fair(const struct sim *sim);

/* Does this commit not build, or a parent of it? */
bool sim_is_blocked(const struct sim *sim, int commit);

void sim_make(struct sim *sim, const struct cell *cell, uint64_t number);
void sim_release(struct sim *sim);

/* Wait until it is built; false if it does not build. */
bool sim_need(struct sim *sim, int commit);

/*
 * Let these be built meanwhile, as many as there are workers, the first ones
 * first; whatever else is under way is given up.
 */
void sim_build(struct sim *sim, const int *commits, int count);

/* Minutes until it is built; < 0 for one that is not, and not begun. */
double sim_left(const struct sim *sim, int commit);

enum fate { FATE_CLEAN, FATE_CRASH, FATE_LOST };

struct flight {
	enum fate fate;
	double began, ends; /* minutes */
};

/* One run of a commit, from now on; and time goes by. */
struct flight sim_fly(struct sim *sim, int commit);
void sim_pass(struct sim *sim, double until);

/* What a batch of runs came to. */
struct batch {
	int crashed, clean, lost;
	int flying; /* at the crash that stopped it, that one included; or 0 */
	double clean_minutes, crash_minutes; /* sums of those that ended so */
};

/*
 * Run a commit `runs` times, on as many machines as there are.  refill: what is
 * lost is run again.  stop, if not NULL, is asked at each crash whether that
 * ends it; flying as above.
 */
void sim_run(struct sim *sim, int commit, int runs, bool refill,
	     bool (*stop)(const void *data, const struct batch *batch,
			  int flying),
	     const void *data, struct batch *batch);

#endif
