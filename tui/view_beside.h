/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_VIEW_BESIDE_H
#define TUI_VIEW_BESIDE_H

/*
 * A past beside another one: what would have come of other decisions, or the
 * session that this one was forked from, or any other past.
 *
 *	the search alone --imagine--> recorded | what if
 *	                 --compare--> this | another
 *
 * What is imagined is written nowhere until it is kept, and that is asked
 * first.
 */

#include <stdbool.h>
#include <stddef.h>

#include "control/otherwise.h"
#include "control/ponder.h"
#include "control/reopen.h"
#include "tui/imagine.h"
#include "tui/pager.h"

struct app;

struct beside_view {
	struct pager page;
	struct otherwise otherwise; /* what is imagined */
	struct ponder ponder;	    /* who works it out */
	size_t made_of;		    /* so many events of the session */
	struct reopened other;	    /* another past; no session: none */
	char other_name[64];	    /* clean */
	size_t events;		    /* of the session when it was filled */
	int columns;		    /* for which; 0: it is to be filled */
	struct imagine imagine;	    /* the dialog */
};

void view_beside_init(struct app *app);
void view_beside_release(struct beside_view *beside);

/* One more decision, in words; false, said, when it cannot be imagined. */
bool view_beside_imagine(struct app *app, const char *words);

/* Hold it against another past; "origin": where a fork comes from. */
bool view_beside_compare(struct app *app, const char *path);

/* The same by a key: what to imagine, or to compare with, is asked. */
void view_beside_ask_what(struct app *app);
void view_beside_ask_other(struct app *app);

/* Give what is imagined as orders. */
void view_beside_keep(struct app *app);

#endif
