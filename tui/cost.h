/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_COST_H
#define TUI_COST_H

/*
 * What a decision costs, in words, from the engine's preview of it: where the
 * search stands then, which verdicts count no more, what is tested next, what
 * in flight is stopped.  Times are of this session's own steps.
 */

#include <stddef.h>
#include <stdint.h>

#include "tui/form.h"

struct event;
struct model;
struct session;

#define COST_LINES 4

struct cost_line {
	const char *label; /* or NULL */
	char text[FORM_TEXT];
	enum role role;
};

struct cost {
	struct cost_line lines[COST_LINES]; /* "" where there is nothing */
};

/*
 * Of one event.  An event that the engine would refuse gives the reason for
 * that.  The texts are clean.
 */
void cost_of(struct cost *cost, struct session *session,
	     const struct model *model, const struct event *event, bool ascii);

/* "run 4 of step 9, 0:44 so far": what is lost when it is given up; "" */
void cost_in_flight(char *out, size_t size, struct session *session,
		    const struct model *model, int64_t now);

/* Append the lines as rows of a form. */
int cost_rows(const struct cost *cost, struct form_row *rows);

#endif
