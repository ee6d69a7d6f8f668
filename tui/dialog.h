/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_DIALOG_H
#define TUI_DIALOG_H

/*
 * The verdict dialog: shows what is known of one commit and what each choice
 * would change, takes a choice and a reason (tui/form.h).  It carries out
 * nothing; whoever opened it does, when a key was answered with FORM_APPLY.
 *
 * r and e want no reason: Enter applies them at once.
 */

#include <stdbool.h>
#include <stddef.h>

#include "engine/oid.h"
#include "engine/verdict.h"
#include "tui/cost.h"
#include "tui/form.h"

struct event;
struct grid;
struct model;
struct session;

#define DIALOG_MORE_RUNS 10

enum dialog_choice {
	CHOICE_GOOD,
	CHOICE_BAD,
	CHOICE_SKIP,
	CHOICE_PIN,    /* the verdict that it has is beyond doubt */
	CHOICE_MORE,   /* more runs */
	CHOICE_ENGINE, /* take a person's verdict back */
	CHOICE_COUNT,
};

struct dialog {
	struct form form;
	int commit;
	char heading[FORM_TEXT];
	char id[OID_HEX_MAX + 1];
	char subject[FORM_TEXT];
	char letters[64];
	char remark[FORM_TEXT];	     /* beside them: what they come to */
	enum verdict recorded, rule; /* VERDICT_NONE: no such line */
	char recorded_by[FORM_TEXT];
	char rule_text[FORM_TEXT];
	char odds[FORM_TEXT]; /* "" where nothing can be said */
	struct cost cost;     /* of the choice; empty before there is one */
	size_t events;	      /* of the session when all this was found out */
};

/* Open it for any commit of the session. */
void dialog_open(struct dialog *dialog, struct session *session,
		 const struct model *model, int commit, bool ascii);

/* Events may have come in meanwhile: then it is all found out again. */
void dialog_update(struct dialog *dialog, struct session *session,
		   const struct model *model, bool ascii);

/* With another choice its cost is worked out. */
enum form_answer dialog_key(struct dialog *dialog, struct session *session,
			    const struct model *model, bool ascii, int key);
void dialog_draw(struct grid *grid, const struct dialog *dialog);

/* The command that carries a choice out: "good", "more"... */
const char *dialog_command(int choice);

#endif
