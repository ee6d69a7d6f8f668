/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_PRACTICE_H
#define CLI_PRACTICE_H

/*
 * Makes the practice repository of `culprit demo`: some 300 commits of a
 * small C program that boots like a kernel, four releases, merges, and one
 * commit among the last ones that brings in a bug.
 *
 *     ring_release   the bug: crashes in 60 of 100 runs, or as asked for; its
 *                    report names the files and lines on the way there
 *     timer_tick     noise: a warning in 6 of 100 runs of any commit
 *     twelve commits in a row, about the middle of v1.2 to the end, do not
 *     compile; one does not boot
 *
 * As in syzbot's reports the culprit changed one of the files that are named in
 * three cases of five, in a fourth one beside them, and in the fifth one that
 * has nothing to do with them: the seed says which.
 *
 * A run is the same again when CULPRIT_COMMIT and CULPRIT_RUN (and, if it is
 * set, CULPRIT_DEMO_SEED) are the same; without them chance decides.  The
 * ref refs/demo/answer names the commit that is to be found.
 */

#include "engine/oid.h"

struct error;

struct practice {
	struct oid bad;	   /* the tip of master */
	struct oid good;   /* v1.0 */
	struct oid answer; /* the first commit with the bug */
};

struct practice_kind {
	unsigned seed;
	int rate;	    /* in how many of 100 runs the bug shows */
	const char *policy; /* of the settings */
};

/* 60 of 100, and the policy that is the default for kernels. */
#define PRACTICE_KIND(number)    \
	((struct practice_kind){ \
		.seed = (number), .rate = 60, .policy = "adaptive" })

/*
 * Make it in dir, which is created, or is there and empty.  The same seed and
 * rate give the same commit ids on any machine.  master is checked out, and
 * dir/culprit.cfg holds settings that build and test it.
 */
int practice_make(const char *dir, const struct practice_kind *kind,
		  struct practice *out, struct error *err);

#endif
