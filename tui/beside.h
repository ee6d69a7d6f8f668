/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_BESIDE_H
#define TUI_BESIDE_H

/*
 * Two pasts as a page of lines: a recorded search and the one that is imagined
 * or another session, in two columns where there is room, else one below the
 * other; and what there is to say about them in sentences.
 *
 * A line opens the stop of the first one, by its place.
 */

#include <stdbool.h>

struct course;
struct pager;
struct session;
struct whatif;

#define BESIDE_WIDE 100 /* columns from which there are two */

struct beside {
	struct session *session;	 /* of the first one, for subjects */
	const struct course *one, *two;	 /* two: NULL, there is none yet */
	const char *name_one, *name_two; /* clean */
	const struct whatif *whatif;	 /* whose they are, or NULL */
	const char *head; /* what is imagined, a line each; "" for nothing */
	const char *said; /* the sentences, a line each; raw */
};

void beside_fill(struct pager *pager, const struct beside *beside, int columns,
		 bool ascii);

#endif
