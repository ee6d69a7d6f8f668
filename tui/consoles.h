/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_CONSOLES_H
#define TUI_CONSOLES_H

/*
 * Consoles of runs: the one that is read, and beside it, where there is room,
 * the last one of the other kind: of a run that went well beside a crash, of
 * a crash beside any other.
 */

#include <stdbool.h>
#include <stdint.h>

#include "engine/oid.h"
#include "tui/logview.h"
#include "tui/model.h"

struct app;
struct grid;
struct session;

#define CONSOLES_BESIDE 160 /* columns for two */

/* One console, and what is known of its run. */
struct shown {
	int commit, run; /* -1: none */
	char id[OID_SHORT + 1];
	char where[64];
	bool running, bad;     /* bad: it crashed */
	bool output;	       /* not the console: what a reproducer said */
	char fact[MODEL_TEXT]; /* the crash's title, or how it ended */
	struct logview log;
};

struct consoles {
	struct shown main, beside;
	bool newest;	/* whichever run is, while its end is followed */
	bool on_beside; /* keys go there */
};

void consoles_init(struct consoles *consoles);
void consoles_release(struct consoles *consoles);

/* Read the console of this run; run -1: of the commit's newest. */
void consoles_open(struct consoles *consoles, struct session *session,
		   int commit, int run);

/* The session has changed. */
void consoles_update(struct consoles *consoles, struct session *session,
		     int64_t now, bool ascii);

/*
 * From a console to what the reproducer said in that run, and back; false:
 * there is none, and nothing is turned.
 */
bool consoles_turn(struct consoles *consoles, struct session *session);

/* The run before or after that one in its step; false: there is none. */
bool consoles_step(struct consoles *consoles, struct session *session,
		   int step);

/* A ruler and the log below it; the area has both. */
void shown_draw(struct grid *grid, struct area area, const char *title,
		struct shown *shown, int pane, bool focused);
/* What is known of the run, in one row. */
void shown_fact(struct grid *grid, struct area area, struct shown *shown);

#endif
