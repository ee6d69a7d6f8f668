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
	POLICY_KIND_COUNT,
};

struct policy {
	enum policy_kind kind;
	int runs;	/* wanted for a verdict */
	int first_runs; /* for the first commit tested, or a flaky bug */
};

/* How many runs gave what; outcomes as judged. */
struct tally {
	int outcomes[OUTCOME_COUNT];
	int open; /* crashes that may be the bug or not: in no outcome */
	int total;
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
};

/* "none", "good", "bad", "skip" */
const char *verdict_name(enum verdict verdict);
bool verdict_parse(enum verdict *verdict, const char *name);

/*
 * A policy from its text, NAME[/RUNS[/FIRST_RUNS]]: "exit-code",
 * "syzkaller", "syzkaller/10/20".  ERROR_INPUT when it is not one.
 */
int policy_parse(struct policy *policy, const char *text, struct error *err);
void policy_format(const struct policy *policy, struct buf *out);

/* The name and version that a recorded verdict carries: "syzkaller-2024.12" */
const char *policy_version(const struct policy *policy);

void tally_add(struct tally *tally, enum outcome outcome);

/* One more crash of which nobody knows yet whether it is the bug. */
void tally_add_open(struct tally *tally);

/*
 * first: this is the first commit of the session that is tested.  flaky: a
 * bad commit of the session crashed in less than half of its valid runs.
 * extra: runs that a person asked for beyond the policy's number.  Open
 * crashes count for nothing, but where they would change what is said,
 * nothing is.
 */
struct judgement policy_judge(const struct policy *policy,
			      const struct tally *tally, bool first, bool flaky,
			      int extra);

/* Does this tally of a bad commit make the bug a flaky one? */
bool policy_is_flaky(const struct tally *tally);

#endif
