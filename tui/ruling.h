/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_RULING_H
#define TUI_RULING_H

/*
 * The dialog on a crash's title: is it the bug that is looked for, another
 * one, or noise, and what would each of these change (tui/form.h)?  It
 * carries out nothing; whoever opened it does, when a key was answered with
 * FORM_APPLY.
 */

#include <stdbool.h>
#include <stddef.h>

#include "tui/cost.h"
#include "tui/form.h"

struct grid;
struct model;
struct session;

enum ruling_choice {
	RULING_SAME,
	RULING_OTHER,
	RULING_NOISE,
	RULING_COUNT,
};

struct ruling_dialog {
	struct form form;
	int commit, run;	/* where the crash was */
	char title[FORM_TEXT];	/* clean, as are all texts */
	char shown[FORM_TEXT];	/* in how many runs, of which commits */
	char wanted[FORM_TEXT]; /* what the search is for */
	char looks[FORM_TEXT];	/* what it is taken for by now */
	struct cost cost;	/* of the choice; empty before there is one */
	size_t events;		/* of the session when all this was found out */
};

/*
 * Open it for the crash of this run; false when the session has no such run,
 * or it did not crash.
 */
bool ruling_open(struct ruling_dialog *dialog, struct session *session,
		 int commit, int run, bool ascii);

/* With another choice its cost is worked out. */
enum form_answer ruling_key(struct ruling_dialog *dialog,
			    struct session *session, const struct model *model,
			    bool ascii, int key);

/* Events may have come in meanwhile. */
void ruling_update(struct ruling_dialog *dialog, struct session *session,
		   const struct model *model, bool ascii);

void ruling_draw(struct grid *grid, const struct ruling_dialog *dialog);

/* The command that carries a choice out: "same", "other", "noise". */
const char *ruling_command(int choice);

#endif
