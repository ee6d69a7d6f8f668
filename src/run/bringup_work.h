/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_BRINGUP_WORK_H
#define RUN_BRINGUP_WORK_H

/*
 * What the files of run/bringup share: a bringup, and how it has something
 * done here or there.  It decides nothing.  Nobody else includes this.
 *
 * One thing at a time is under way: a command here (child), something there
 * (busy), or the pause.
 */

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/buf.h"
#include "run/bringup.h"
#include "run/child.h"
#include "run/identity.h"
#include "run/lines.h"

#define BRINGUP_SIGNALLED 256 /* the first status of a signal's */

enum bringup_state {
	EXPECTING,
	REACHING,
	ASKING,
	COPYING,
	PREPARING,
	INSTALLING,
	REBOOTING,
	WAITING,
	CYCLING,
};

struct bringup {
	uv_loop_t *loop;
	struct bringup_spec spec;
	enum bringup_state state, cycled_in;
	struct ssh *ssh;
	struct child *child; /* a command here, or NULL */
	uv_timer_t pause;
	struct identity identity; /* that should run */
	struct running running;	  /* what ran when it was asked last */
	char before[64];	  /* the boot that is to be over; "" */
	uint64_t until;		  /* of the loop's clock: it has to be up */
	struct buf answer;	  /* of a question */
	char last[160];		  /* line that a command said */
	char why[512];		  /* it could not be reached */
	struct lines lines;
	bool cycled;  /* the power, once */
	bool refused; /* it answers, and lets nobody in */
	bool busy;    /* the connection will call back */
	bool over;
	bool forgotten; /* by its owner */
	bool closed;	/* the timer */
};

/* The end, once; the text is formatted. */
void bringup_finish(struct bringup *bringup, enum bringup_end end,
		    const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* It ends as trouble: this exited so, and its last line says why. */
void bringup_failed(struct bringup *bringup, const char *what, int status);

/*
 * Run a shell command here, within the limit.  on_end begins with
 * bringup_went_well: false when nothing is to be done any more, since it
 * failed, and the bringup with it, or since nobody waits for it.
 */
void bringup_here(struct bringup *bringup, const char *command,
		  void (*on_end)(void *data, enum child_stop why, int status,
				 int64_t duration_ms));
bool bringup_went_well(struct bringup *bringup, const char *what,
		       enum child_stop why, int status);

/* A connection, not made yet. */
void bringup_open_ssh(struct bringup *bringup);

/*
 * Run a shell command there; -1 when there is no connection.  Each call back
 * of the connection begins with bringup_came_back: false when nobody waits.
 */
int bringup_there(struct bringup *bringup, const char *command,
		  int64_t limit_ms,
		  void (*output)(void *data, const char *bytes, size_t length),
		  void (*on_end)(void *data, const struct ssh_run_end *end));
bool bringup_came_back(struct bringup *bringup);

/* What a command says, for bringup_there. */
void bringup_output(void *data, const char *bytes, size_t length);

struct bringup *bringup_new(uv_loop_t *loop, const struct bringup_spec *spec);

#endif
