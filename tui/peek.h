/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_PEEK_H
#define TUI_PEEK_H

/*
 * What a commit is, shown beside a list in which one moves: at once what the
 * session knows of it, and once it was looked at for a moment its message and
 * diffstat, which somebody else reads from git.
 *
 *	nothing --want--> wanted --PEEK_MS--> due --begin--> reading
 *	   reading --done--> held; of something else meanwhile: wanted
 *
 * Reads nothing and knows no clock.
 */

#include <stdbool.h>
#include <stdint.h>

#include "engine/oid.h"
#include "tui/pager.h"

struct grid;

#define PEEK_MS 150 /* that one stays on a commit before it is read */

struct peek {
	char wanted[OID_HEX_MAX + 1];  /* "": none */
	char reading[OID_HEX_MAX + 1]; /* likewise */
	char held[OID_HEX_MAX + 1];    /* likewise */
	int64_t since;		       /* it is wanted */
	struct pager lines;	       /* of the one that is held */
};

/* Begins as all zeroes. */
void peek_release(struct peek *peek);

/* hex: its whole id, "" for none. */
void peek_want(struct peek *peek, const char *hex, int64_t now);

/* Milliseconds until something is due, 0 now, -1 never. */
int64_t peek_wait(const struct peek *peek, int64_t now);

/* What is due is being read: its id. */
const char *peek_begin(struct peek *peek);

/* It was read: what git said, or why it could not. */
void peek_done(struct peek *peek, const char *text, size_t length, bool ascii);

/* Of this commit, with its subject, whether it is held or not. */
void peek_draw(struct grid *grid, struct area area, const struct peek *peek,
	       const char *hex, const char *subject);

#endif
