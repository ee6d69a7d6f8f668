/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_TUI_H
#define TUI_TUI_H

/*
 * The screen: shows a session and takes a person's orders.  It owns no truth:
 * all it knows comes from the session, all it changes goes through an order.
 */

#include <stdbool.h>

struct error;
struct repo;
struct screen_said;
struct session;

struct tui_options {
	const char *program; /* path of culprit, to start the engine with */
	const struct screen_said *said; /* on the command line */
	bool take_over;	     /* steer the session though another screen does */
	bool start_engine;   /* start one where there is work for it, at the
			      beginning and after orders */
	bool at_orders_only; /* and not at the beginning */
	bool replay;	     /* a foreign log is shown: begin with its replay */
};

/*
 * Where a repository has no session: ask for one in a form and begin it.  *out
 * is NULL when the person leaves it instead.  repo is borrowed, and used by
 * another thread until this returns.
 */
int tui_start(struct repo *repo, const struct tui_options *options,
	      struct session **out, struct error *err);

/* Another session that the person wants to see. */
struct tui_next {
	char *dir;	/* NULL: none; the caller frees */
	char says[256]; /* to be said on its screen; raw, "" for nothing */
};

/*
 * Take over the terminal until the person leaves.  session and repo (may be
 * NULL) are borrowed.  ERROR_USAGE when this is no terminal, ERROR_INPUT when
 * the person's settings of the screen are wrong.  SIGTERM,
 * SIGHUP, SIGINT and SIGQUIT end the process by that signal, with the
 * terminal restored; the engine is another process and goes on.
 *
 * next: what was said on leaving the screen before comes in, the session to go
 * over to comes out.
 */
int tui_main(struct session *session, struct repo *repo,
	     const struct tui_options *options, struct tui_next *next,
	     struct error *err);

#endif
