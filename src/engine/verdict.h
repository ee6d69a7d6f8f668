/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_VERDICT_H
#define ENGINE_VERDICT_H

/*
 * From the outcomes of a commit's runs to a verdict, by a policy: a named,
 * versioned rule that also says how many more runs it wants.
 *
 * A verdict speaks of the kernel: bad has the bug, good does not, whatever
 * direction one searches in.  Nothing here knows of commits or of time.
 */

#include <stdbool.h>

#include "engine/likelihood.h"
#include "engine/outcome.h"

struct buf;
struct error;

enum verdict {
	VERDICT_NONE,
	VERDICT_GOOD,
	VERDICT_BAD,
	VERDICT_SKIP,
	VERDICT_COUNT,
};

enum policy_kind {
	POLICY_EXIT_CODE, /* `git bisect run`'s convention, one run */
	POLICY_SYZKALLER, /* syzkaller's table of December 2024 */
	POLICY_STRICT,	  /* a sequential test of each commit, by itself */
	POLICY_ADAPTIVE,  /* the belief in all commits at once */
	POLICY_KIND_COUNT,
};

struct policy {
	enum policy_kind kind;
	/* exit-code, syzkaller */
	int runs;	/* wanted for a verdict */
	int first_runs; /* for the first commit tested, or a flaky bug */
	/* strict, adaptive; in thousandths */
	int risk;  /* of a wrong verdict; of naming the wrong commit */
	int noise; /* strict: runs that crash so without the bug */
};

/* How many runs gave what; outcomes as judged. */
struct tally {
	int outcomes[OUTCOME_COUNT];
	int open; /* crashes that may be the bug or not: in no outcome */
	int total;
	/* Crashes that cut a wave short are in the outcomes, and here by how
	   many runs were in flight then (engine/likelihood.h). */
	int killed[WAVE_MAX + 1];
};

/* What else of its session bears on a commit. */
struct around {
	bool first; /* it is the first commit that is tested */
	bool flaky; /* a bad commit crashed in less than half of its runs */
	int extra;  /* runs a person asked for beyond the policy's number */
	int until;  /* or, where there is no such number, in all */
	struct record known; /* what the other bad commits showed */
};

/*
 * What a policy says of a tally.  `verdict` is VERDICT_NONE while runs are
 * missing; `leaning` is what it would be if the runs ended now, VERDICT_NONE
 * when that is open.
 */
struct judgement {
	enum verdict verdict;
	enum verdict leaning;
	bool stop;	    /* infra trouble: a person must look */
	bool undecided;	    /* the runs are there, but the verdict depends on
			       what the open crashes are */
	int wanted;	    /* runs in all */
	int more_runs;	    /* still missing, 0 when the verdict is there */
	int crashes;	    /* seen */
	int crashes_needed; /* for bad */
	int valid;	    /* runs that say something: ok or crashed */
	int valid_needed;
	double odds; /* strict, adaptive before there is a range: the logarithm of the odds that it has
			the bug, by its own runs; 0: even */
	/* adaptive, in a range: by the runs of all commits */
	bool believed;
	double bug; /* the chance that it has the bug */
};

/* "none", "good", "bad", "skip" */
const char *verdict_name(enum verdict verdict);
bool verdict_parse(enum verdict *verdict, const char *name);

/*
 * What it is that a verdict still lacks, and has: "crashes 1 of 2 needed, valid
 * runs 3 of 5 needed"; under a policy that weighs the runs instead of counting
 * them "92 % sure, 95 % needed; 0 of 13 crashed".
 */
void judgement_say(const struct judgement *judgement,
		   const struct policy *policy, struct buf *out);

/*
 * A policy from its text, a name with its numbers: "exit-code/RUNS",
 * "syzkaller/RUNS/FIRST_RUNS", "strict/RISK%/NOISE%", "adaptive/RISK%"; what
 * is left out is the default.  ERROR_INPUT when it is not one.
 */
int policy_parse(struct policy *policy, const char *text, struct error *err);
void policy_format(const struct policy *policy, struct buf *out);

/* The name and version that a recorded verdict carries: "syzkaller-2024.12" */
const char *policy_version(const struct policy *policy);

/* Is a verdict worth as many runs as it takes, or a number of them? */
bool policy_counts_runs(const struct policy *policy);

void tally_add(struct tally *tally, enum outcome outcome);

/* One more crash of which nobody knows yet whether it is the bug. */
void tally_add_open(struct tally *tally);

/* What the runs say, without open crashes; commit and said stay 0. */
void tally_record(const struct tally *tally, struct record *record);

/* What was seen, and nothing made of it. */
struct judgement tally_counted(const struct tally *tally);

/*
 * By the commit's own runs: adaptive gives its verdicts in a range by the
 * belief instead.  Open crashes count for nothing, but where they would change
 * what is said, nothing is.
 */
struct judgement policy_judge(const struct policy *policy,
			      const struct tally *tally,
			      const struct around *around);

/* Does this tally of a bad commit make the bug a flaky one? */
bool policy_is_flaky(const struct tally *tally);

#endif
