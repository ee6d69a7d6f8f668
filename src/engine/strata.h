/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_STRATA_H
#define ENGINE_STRATA_H

/*
 * The range of a session, as it was at its widest, in one line: newest first,
 * in strata by the verdict that settled each commit.
 *
 * The strata come in this order:
 *
 *	beside	commits that were tested, but are no part of the search
 *	newer	no ancestors of the newer end any more: one stratum for each
 *		commit that was the newer end, the first one on top; the
 *		verdict that moved the end ruled them out
 *	suspect	first what does not have the commit under test, then that
 *		commit and what it has; without any older end all that is
 *		known below the newer one, with no weights
 *	older	ancestors of the older ends: one stratum for each of these, the
 *		latest on top; a commit belongs to the first that has it
 *
 * A commit is attributed to the first decision after which it was no suspect
 * any more; those that were by then both without the newer end and below an
 * older one, to the older end.  Verdicts count as they count now: one that was
 * taken back or set aside has ruled out nothing.
 *
 * Inside of a stratum the order is `git rev-list --topo-order`: no commit
 * before all of its children, and lines of history in one piece, those that a
 * merge brought in before its first parent.  With it the whole line is such an
 * order, since each stratum holds no child of a commit of those before it
 * (unless dates lie: which commits are suspects is git's answer, see limit.h).
 *
 * Pure, and no more than a walk or two for each verdict; nothing here says
 * what is shown.
 */

struct engine;
struct graph;

enum stratum_kind {
	STRATUM_BESIDE,
	STRATUM_NEWER,
	STRATUM_SUSPECT,
	STRATUM_OLDER,
};

struct stratum {
	enum stratum_kind kind;
	int step; /* position of the step whose verdict it was, 0 for none */
	int first, count; /* its places in the line */
};

struct strata {
	int *commits; /* the line, newest first */
	int *stratum; /* by place: which of the items */
	int *weights; /* by place: as in struct suspects; 0: no suspect */
	int count;
	int suspects;
	int *place; /* by commit, -1 for none */
	int place_count;
	struct stratum *items; /* none is empty */
	int item_count;
};

/* Fill it; strata_release first where it was filled before. */
void strata_find(struct strata *strata, struct engine *engine,
		 const struct graph *graph);
void strata_release(struct strata *strata);

/* Where the commit stands in the line, -1 where it does not. */
int strata_place(const struct strata *strata, int commit);

#endif
