/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_START_FORM_H
#define TUI_START_FORM_H

/*
 * The form with which a bisection begins, where a repository has none: what
 * is bad, what is good, how one tests.  Beneath each field stands what it
 * comes to (control/proposal.h).
 *
 * It neither checks nor begins: whoever has it does, when `changed` says that
 * there is something new to look at, or a key was answered with START_BEGIN.
 *
 *	written in --Enter--> START_BEGIN, and if that fails, written in again
 *	           --Esc, C-c--> START_LEAVE
 */

#include <stdbool.h>

#include "control/proposal.h"

struct grid;

struct start_form {
	bool ascii;
	struct proposal proposal;
	struct proposal_checks checks; /* of what was there last */
	bool checking;		       /* and not yet of what is there */
	unsigned changes;	       /* counts on whenever a field changes */
	enum proposal_field focus;
	bool offered;	     /* what is bad was not written by the person yet */
	char complaint[256]; /* clean: why it was not begun, "" */
	bool beginning;
};

enum start_answer {
	START_STAYS,
	START_LEAVE,
	START_BEGIN,
};

void start_form_init(struct start_form *form, const struct proposal *proposal,
		     bool ascii);
enum start_answer start_form_key(struct start_form *form, int key);

/* It was not begun, for this reason; the focus goes to the first wrong field. */
void start_form_complain(struct start_form *form, const char *why);

void start_form_draw(struct grid *grid, const struct start_form *form);

#endif
