/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_ASK_H
#define TUI_ASK_H

/*
 * The dialogs that only ask whether something is meant: they say what it is
 * about and what it costs, Enter goes on, Esc leaves all as it is.  Carried
 * out is nothing here.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/cost.h"
#include "tui/form.h"

struct grid;
struct model;
struct run_state;
struct session;

#define ASK_LINES 6

enum ask_kind {
	ASK_LEAVE_OUT, /* a run: it is to count for nothing */
	ASK_TAKE_BACK, /* a person's word on a run */
	ASK_STOP,      /* the engine */
	ASK_PAUSE,     /* at once */
	ASK_CONTINUE,  /* this past as a session that goes on */
	ASK_KEEP,      /* what is imagined: it is to be ordered */
	ASK_FORK,      /* a session of its own from an earlier event */
};

struct ask_line {
	const char *label; /* or NULL */
	char text[FORM_TEXT];
	enum role role;
};

struct ask {
	struct form form;
	enum ask_kind kind;
	const char *heading, *says;
	struct ask_line lines[ASK_LINES];
	int line_count;
	bool has_cost;
	struct cost cost;
	int commit, run;
	int64_t seq; /* ASK_FORK: the last event that comes along;
			ASK_CONTINUE: how many */
};

/*
 * On a finished run: it is left out, or where a person left it out, that is
 * taken back.
 */
void ask_about_run(struct ask *ask, struct session *session,
		   const struct model *model, int commit, int run, bool ascii);

/* To stop the engine, or to pause at once: what is in flight is lost. */
void ask_about_flight(struct ask *ask, enum ask_kind kind,
		      struct session *session, const struct model *model,
		      int64_t now);

/*
 * To fork where this commit got the verdict that counts, or at the time that
 * is shown; -1, or one without a verdict: at the last event.
 */
void ask_about_fork(struct ask *ask, struct session *session, int commit,
		    bool alive, bool ascii);

/*
 * Whether the past, with its first events, is to go on for real; text: what it
 * is, then what is missing, a line each.
 */
void ask_about_going_on(struct ask *ask, const char *text, size_t events,
			bool ascii);

/* What is imagined, a decision a line, is to be ordered for real. */
void ask_about_keeping(struct ask *ask, const char *decisions, bool ascii);

void ask_draw(struct grid *grid, const struct ask *ask);

#endif
