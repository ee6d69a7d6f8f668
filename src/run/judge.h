/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_JUDGE_H
#define RUN_JUDGE_H

/*
 * From the end of a command to a result, by the rules of command.h.  Pure:
 * does nothing but say.
 */

#include <stdbool.h>
#include <stdint.h>

#include "engine/outcome.h"
#include "run/child.h"
#include "run/visit.h"

struct buf;
struct console;
struct diagnosis;
struct sight;

/* How a child ended, and the limits it had. */
struct ending {
	enum child_stop why;
	bool silent;	 /* stopped because nothing came any more */
	int exit_status; /* 0..255, or 256 + signal */
	int64_t timeout_ms;
	int64_t silence_ms;
	int64_t output_max;
};

/* How far a visit came. */
struct visited {
	bool up;
	bool over;
	enum visit_end end;
	const char *text; /* why, or "" */
};

/* What the console says, and what is made of an end without a crash on it. */
struct evidence {
	const struct sight *sight;
	const struct console *console;
	bool guest;	/* the program ran a guest: its status says nothing */
	bool boot_only; /* that it came up is all that was asked for */
	const struct visited *visited; /* or NULL: there was no visit */
	bool apart; /* the program only shows the console of a machine: its end
		       is not the machine's */
	bool mute;  /* and there is none to show */
	enum outcome on_timeout;
};

/* A crash that no console shows: a guest that fell silent or was lost. */
struct monitored {
	const char *title, *type;
};

/*
 * text, empty before, gets the reason where there is one to give.  *monitored
 * is what happened beside the console, good for ever; or NULL.
 */
enum outcome judge_run(const struct ending *ending,
		       const struct evidence *evidence,
		       const struct monitored **monitored, struct buf *text);
enum build_result judge_build(const struct ending *ending,
			      const struct diagnosis *diagnosis,
			      struct buf *text);
enum build_result judge_checkout(const struct ending *ending,
				 const struct diagnosis *diagnosis,
				 struct buf *text);

#endif
