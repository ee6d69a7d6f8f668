/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_RULING_H
#define TUI_RULING_H

/*
 * The dialog on a crash's title: is it the bug that is looked for, another
 * one, or noise?  It carries out nothing; whoever opened it does, when a key
 * was answered with DIALOG_APPLY.
 *
 *	choice --s o n, Tab--> reason --Enter--> applied
 *	       <-----Tab------
 *	either --Esc, C-c--> cancelled
 */

#include <stdbool.h>

#include "engine/oid.h"
#include "tui/dialog.h"

struct grid;
struct session;

enum ruling_choice {
	RULING_NONE,
	RULING_SAME,
	RULING_OTHER,
	RULING_NOISE,
	RULING_COUNT,
};

struct ruling_dialog {
	bool open;
	int commit, run;	  /* where the crash was */
	char title[DIALOG_TEXT];  /* clean, as are all texts */
	char shown[DIALOG_TEXT];  /* in how many runs, of which commits */
	char wanted[DIALOG_TEXT]; /* what the search is for */
	char looks[DIALOG_TEXT];  /* what it is taken for by now */
	enum ruling_choice choice;
	bool in_reason;
	char reason[DIALOG_TEXT]; /* UTF-8 */
	const char *complaint;	  /* why Enter did not apply, or NULL */
};

/*
 * Open it for the crash of this run; false when the session has no such run,
 * or it did not crash.
 */
bool ruling_open(struct ruling_dialog *dialog, struct session *session,
		 int commit, int run, bool ascii);

enum dialog_answer ruling_key(struct ruling_dialog *dialog, int key);
void ruling_draw(struct grid *grid, const struct ruling_dialog *dialog);

/* The command that carries a choice out: "same", "other", "noise". */
const char *ruling_command(enum ruling_choice choice);

#endif
