/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_EVIDENCE_H
#define TUI_EVIDENCE_H

/*
 * The page that says why: the culprit between its neighbours, what to doubt,
 * which crashes were seen where, what a person decided, whom to tell, how the
 * crash looks.  Each line opens the step that it is about.
 *
 * Says what is known, also while the search is not over, and how sure one can
 * be of it.  Reads no file and runs nothing: what had to be found out
 * elsewhere is given.
 */

#include <stdbool.h>

struct pager;
struct session;

/* Raw bytes; NULL where it is not known (yet). */
struct evidence_found {
	const char *stat;	 /* "8 files changed, 394 insertions(+)..." */
	const char *told;	 /* "To: ..." and "Cc: ...", one a line */
	bool told_more;		 /* others are still being looked for */
	const char *crash;	 /* what a console says */
	int crash_of, crash_run; /* whose it is: a commit, -1 for none */
};

/* For a page of so many columns. */
void evidence_fill(struct pager *pager, struct session *session,
		   const struct evidence_found *found, int columns, bool ascii);

/* Each step with the time it took, as bars; for a page beside the other. */
void evidence_timeline(struct pager *pager, struct session *session,
		       int columns, bool ascii);

#endif
