/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_VIEW_COMMIT_H
#define TUI_VIEW_COMMIT_H

/*
 * What the commit view holds: the message with the diffstat and whom to tell,
 * and the diff; below each other, and side by side where there is room.
 */

#include <stdbool.h>

#include "engine/oid.h"
#include "tui/aside.h"
#include "tui/pager.h"

struct commit_view {
	struct pager whole, message, diff;
	bool wants_diff;	  /* to stand at its diff */
	bool in_diff;		  /* side by side, the diff has the keys */
	char id[OID_HEX_MAX + 1]; /* that is shown, or "" */
	struct aside git, told;
	bool has_git, has_told; /* the page has what they found */
	int columns;	/* for which it was filled; 0: it is to be anew */
	size_t diff_at; /* the line of `whole` where the diff begins */
};

/* It begins as all zeroes. */
void view_commit_release(struct commit_view *commit);
/* What runs for it, without having ended. */
void view_commit_stop(struct commit_view *commit);

#endif
