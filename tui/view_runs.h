/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_VIEW_RUNS_H
#define TUI_VIEW_RUNS_H

/*
 * What the view of a step's runs holds: the list, and on wide screens what
 * the console of the chosen run says of its crash.
 */

#include <stdbool.h>

#include "tui/aside.h"
#include "tui/pager.h"
#include "tui/runs_page.h"

struct runs_view {
	struct pager page, crash;
	int of; /* the commit whose runs are listed, -1: none */
	enum runs_order order;
	int columns; /* for which the page was filled; 0: it is to be anew */
	struct aside excerpt;
	int excerpt_of, excerpt_run; /* -1: of none */
};

void view_runs_init(struct runs_view *runs);
void view_runs_release(struct runs_view *runs);
/* What runs for it, without having ended. */
void view_runs_stop(struct runs_view *runs);

#endif
