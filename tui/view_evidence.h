/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_VIEW_EVIDENCE_H
#define TUI_VIEW_EVIDENCE_H

/*
 * What the evidence view holds: the page, the timeline beside it, the mail,
 * and the programs that find out what the page wants to know.
 */

#include <stdbool.h>
#include <stddef.h>

#include "tui/aside.h"
#include "tui/pager.h"
#include "tui/save.h"

struct evidence_view {
	struct pager page, timeline, mail;
	size_t events; /* how many the page was made from */
	int columns;   /* and for how many; 0: it is to be made anew */

	/* Begun for this culprit, this run; -1: for none. */
	int culprit, crash_of, crash_run;
	struct aside stat, told, crash, report;
	char *told_first; /* by the commit itself; NULL: not known yet */
	bool shows_mail;
	struct save save;
	bool saves; /* when the report is there */
};

void view_evidence_init(struct evidence_view *evidence);
void view_evidence_release(struct evidence_view *evidence);
/* What runs for it, without having ended. */
void view_evidence_stop(struct evidence_view *evidence);

#endif
