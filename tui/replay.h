/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_REPLAY_H
#define TUI_REPLAY_H

/*
 * How one moves through the time of a session: where its steps and turning
 * points lie, and the pace at which time passes while it is played.
 *
 * Knows where one is and where one wants to be; who goes there is the view
 * (session_go).  No clock: the time comes in.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/oid.h"
#include "engine/verdict.h"

struct session;

/* One step as it stands in the end. */
struct replay_step {
	int commit;
	char id[OID_SHORT + 1];
	char subject[120]; /* clean */
	enum verdict verdict;
	size_t end; /* the events until its first verdict, or until the last
		       one about it */
};

struct replay_event {
	int64_t at;
	int step;  /* that it is about, or the one before was; -1 at first */
	bool turn; /* the search took, or was given, another direction */
};

struct replay {
	struct replay_event *events;
	size_t count;
	struct replay_step *steps;
	int step_count;

	size_t place; /* events that have happened; count: the present */
	bool playing;
	bool by_clock; /* pauses as they were, but not long ones; or else each
			  step takes as long as any other */
	int speed;     /* a power of two: 0 is 1x */
	int64_t due;   /* when the next event happens, while playing */
};

#define REPLAY_SLOWEST (-2)
#define REPLAY_FASTEST 6
#define REPLAY_STEP_MS 2000 /* a step at 1x, and the longest pause */

/* Begins as all zeroes. */
void replay_release(struct replay *replay);

/*
 * Learn what events there are by now.  The session shows its present.  One
 * that was at the end stays there.
 */
void replay_read(struct replay *replay, struct session *session, bool ascii);

/* Is the present shown? */
bool replay_at_end(const struct replay *replay);

/* The step that one is at, -1 before the first. */
int replay_step(const struct replay *replay);

/* By so many events, to the next (previous) turning point, behind a step; all
   stop at the ends. */
void replay_move(struct replay *replay, int events);
void replay_turn(struct replay *replay, int direction);
void replay_jump(struct replay *replay, int step);

/* Play from here, or from the start if the end is reached; or stop. */
void replay_toggle(struct replay *replay, int64_t now);
void replay_speed(struct replay *replay, int by, int64_t now);

/* Let time pass; true when the place has changed. */
bool replay_tick(struct replay *replay, int64_t now);

/* "0.25x", "4x"; out has room for 16 bytes. */
char *replay_speed_word(char *out, const struct replay *replay);

#endif
