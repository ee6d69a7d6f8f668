/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_RUNS_PAGE_H
#define TUI_RUNS_PAGE_H

/*
 * The runs of one commit as lines: how each ended, how its time was spent,
 * where it ran, how much its console holds, what crashed; and below what that
 * comes to.  A line opens its run, by the number.
 *
 * Looks at the sizes of files and reads none.
 */

#include <stdbool.h>
#include <stddef.h>

struct pager;
struct session;

enum runs_order {
	RUNS_BY_NUMBER,
	RUNS_BY_RESULT,
	RUNS_BY_TIME, /* the longest first */
	RUNS_BY_TITLE,
	RUNS_ORDER_COUNT,
};

/* "number", "result", "time", "title" */
const char *runs_order_name(enum runs_order order);

/* For a page of so many columns; below 100 the title is all there is. */
void runs_fill(struct pager *pager, struct session *session, int commit,
	       enum runs_order order, int columns, bool ascii);

/* "19 X crash  1 T testbed   19 of 20 count" */
void runs_remark(struct session *session, int commit, char *out, size_t size);

#endif
