/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_PEEK_H
#define TUI_PEEK_H

/*
 * What a commit is, shown beside a list in which one moves: at once what the
 * session knows of it, and once it was looked at for a moment its message and
 * diffstat, for which git runs beside the screen.
 *
 *	nothing --want--> wanted --PEEK_MS--> due --begin--> reading
 *	   reading --done--> held; another one is wanted meanwhile: due
 *
 * Waits for nothing and knows no clock.
 */

#include <stdbool.h>
#include <stdint.h>

#include "engine/oid.h"
#include "tui/aside.h"
#include "tui/pager.h"

struct grid;
struct repo;

#define PEEK_MS 150 /* that one stays on a commit before it is read */

struct peek {
	char wanted[OID_HEX_MAX + 1];  /* "": none */
	char reading[OID_HEX_MAX + 1]; /* likewise */
	char held[OID_HEX_MAX + 1];    /* likewise */
	int64_t since;		       /* it is wanted */
	struct aside git;	       /* what reads */
	struct pager lines;	       /* of the one that is held */
};

/* Begins as all zeroes. */
void peek_release(struct peek *peek);

/* git runs no more; what it would have said can be wanted again. */
void peek_stop(struct peek *peek);

/* hex: its whole id, "" for none. */
void peek_want(struct peek *peek, const char *hex, int64_t now);

/* Milliseconds until something is due, 0 now, -1 never. */
int64_t peek_wait(const struct peek *peek, int64_t now);

/* Start git where it is due, take what it said. */
void peek_look(struct peek *peek, const struct repo *repo,
	       const struct asides *asides, int64_t now, bool ascii);

/* The two halves of that.  What is due is being read: its id. */
const char *peek_begin(struct peek *peek);

/* It was read: what git said, or why it could not. */
void peek_done(struct peek *peek, const char *text, size_t length, bool ascii);

/* What is known of a commit without git; believed and how much it
   had before any test: "" for nothing. */
struct peek_known {
	const char *hex, *subject, *believed, *weighed;
};

/* Of this commit, whether it is held or not; what is believed at the foot. */
void peek_draw(struct grid *grid, struct area area, const struct peek *peek,
	       const struct peek_known *known);

#endif
