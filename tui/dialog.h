/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_DIALOG_H
#define TUI_DIALOG_H

/*
 * The verdict dialog: shows what is known of one commit, takes a choice and a
 * reason.  It carries out nothing; whoever opened it does, when a key was
 * answered with DIALOG_APPLY.
 *
 *	choice --g b s, Tab--> reason --Enter--> applied
 *	       <-----Tab------
 *	either --Esc, C-c--> cancelled
 *
 * r and e want no reason: Enter applies them at once.
 */

#include <stdbool.h>

#include "engine/oid.h"
#include "engine/verdict.h"

struct grid;
struct model;
struct session;

#define DIALOG_MORE_RUNS 10
#define DIALOG_TEXT	 256

enum dialog_choice {
	CHOICE_NONE,
	CHOICE_GOOD,
	CHOICE_BAD,
	CHOICE_SKIP,
	CHOICE_MORE,   /* more runs */
	CHOICE_ENGINE, /* take a person's verdict back */
	CHOICE_COUNT,
};

enum dialog_answer {
	DIALOG_STAYS,
	DIALOG_CANCELLED,
	DIALOG_APPLY,
};

struct dialog {
	bool open;
	int commit;
	char heading[DIALOG_TEXT];
	char id[OID_HEX_MAX + 1];
	char subject[DIALOG_TEXT];
	char letters[64];
	enum verdict recorded, rule; /* VERDICT_NONE: no such line */
	char recorded_by[DIALOG_TEXT];
	char rule_text[DIALOG_TEXT];
	bool reason_required;

	enum dialog_choice choice;
	bool in_reason;
	char reason[DIALOG_TEXT]; /* UTF-8 */
	const char *complaint;	  /* why Enter did not apply, or NULL */
};

/* Open it for the selected row of the model, which has one. */
void dialog_open(struct dialog *dialog, struct session *session,
		 const struct model *model, bool ascii);

enum dialog_answer dialog_key(struct dialog *dialog, int key);
void dialog_draw(struct grid *grid, const struct dialog *dialog);

/* The keys at the foot of any dialog; applies: Enter ends it. */
void dialog_hints(struct grid *grid, int x, int y, int width, bool applies);

/* The command that carries a choice out: "good", "more"... */
const char *dialog_command(enum dialog_choice choice);

#endif
