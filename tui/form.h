/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_FORM_H
#define TUI_FORM_H

/*
 * What every dialog is made of: a frame with rows in it, a choice among a few
 * keys, a reason, and the keys at its foot.  The dialogs say what is in the
 * rows and what follows; nothing here knows what is decided.
 *
 *	choice --its key, Enter, Tab--> reason --Enter--> FORM_APPLY
 *	       <---------Tab-----------
 *	either --Esc, C-c--> FORM_CANCELLED
 *
 * A choice that takes no reason is applied by Enter at once, as is a form
 * without choices.
 */

#include <stdbool.h>

#include "engine/verdict.h"
#include "tui/grid.h"

struct session;

#define FORM_TEXT 256 /* bytes of any text in a dialog */
#define FORM_PAST 5   /* reasons that are offered again */

struct form_choice {
	int key;
	const char *label;
	const char *brief; /* begins with the key: where there is no room */
	bool reasoned;	   /* it takes a reason */
};

enum form_answer {
	FORM_STAYS,
	FORM_CHOSEN, /* another choice than before */
	FORM_CANCELLED,
	FORM_APPLY,
};

struct form {
	bool open;
	const struct form_choice *choices; /* NULL: none is asked for */
	int choice_count;
	const char *asks; /* before the choices: "change to" */
	int choice;	  /* -1: none yet */

	bool has_reason, reason_required;
	bool in_reason;
	char reason[FORM_TEXT]; /* UTF-8 */
	/* the last ones that were given, newest first, and the one shown; -1:
	   `own`, which is what was written before looking at them */
	char past[FORM_PAST][FORM_TEXT];
	int past_count, past_at;
	char own[FORM_TEXT];

	char complaint[FORM_TEXT]; /* why Enter did not apply, or "" */
};

/* Open, with nothing chosen; choices may be NULL. */
void form_open(struct form *form, const struct form_choice *choices, int count,
	       const char *asks);

/* A reason can be given, also one of the last five of the session's. */
void form_ask_reason(struct form *form, struct session *session, bool ascii);

/* FORM_CANCELLED and FORM_APPLY close it. */
enum form_answer form_key(struct form *form, int key);

enum form_row_kind {
	FORM_GAP,
	FORM_LINE,    /* label, text */
	FORM_LETTERS, /* label, text: letters of runs, then remark */
	FORM_VERDICT, /* label, verdict, text */
	FORM_CHOICES,
	FORM_REASON,
	FORM_SAYS, /* the complaint, else text */
	FORM_HINTS,
};

struct form_row {
	enum form_row_kind kind;
	int worth; /* where there is no room those of the least worth go, the
		      last of them first */
	const char *label; /* NULL: the text begins at the edge */
	const char *text;
	const char *remark;
	enum role role;
	enum verdict verdict;
};

/* Over whatever is on the page, which goes dim. */
void form_draw(struct grid *grid, const struct form *form, const char *heading,
	       const struct form_row *rows, int count);

#endif
