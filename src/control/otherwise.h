/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_OTHERWISE_H
#define CONTROL_OTHERWISE_H

/*
 * What if?  Decisions in the words of the command line, imagined in the past
 * of a session (engine/whatif.h), and what would have come of them in
 * sentences.
 *
 * Never writes: to give such a decision is another order.
 */

#include <stdbool.h>
#include <stddef.h>

#include "engine/whatif.h"

struct buf;
struct error;
struct repo;
struct session;

struct otherwise {
	struct whatif_change *changes;
	size_t count, room;
	bool made; /* whatif is there */
	struct whatif whatif;
};

/* Begins as all zeroes. */
void otherwise_release(struct otherwise *otherwise);

/*
 * One more decision: "skip 6f9b5ed8cadd", "judge 4#3 ok", "policy exit-code",
 * "matching title", "other TITLE"...  A commit is a step's number, the
 * beginning of its id, or what the repository (which may be NULL) knows.  One
 * that is there already for the same thing is replaced.  from: a rule counts
 * from behind so many events on.  ERROR_USAGE, ERROR_INPUT with the reason.
 */
int otherwise_add(struct otherwise *otherwise, struct session *session,
		  struct repo *repo, const char *words, size_t from,
		  struct error *err);

/* Take the last one back; false: there is none. */
bool otherwise_drop(struct otherwise *otherwise);
void otherwise_drop_first(struct otherwise *otherwise);

/*
 * Imagine them, in the whole past of the session whatever time it shows.  What
 * was made before is released.
 */
int otherwise_make(struct otherwise *otherwise, struct session *session,
		   struct error *err);

/* The same, made by somebody else (ponder.h); and no longer made. */
void otherwise_take(struct otherwise *otherwise, const struct whatif *taken);
void otherwise_unmake(struct otherwise *otherwise);

/*
 * The events before the test of a step (from 1) began; ERROR_INPUT when there
 * is no such step.
 */
int otherwise_step_place(struct session *session, int step, size_t *place,
			 struct error *err);

/* The same behind it: its first verdict, or what came last about it. */
int otherwise_step_end(struct session *session, int step, size_t *place,
		       struct error *err);

/* The course of a session so far; the caller releases it. */
void otherwise_course(struct session *session, struct course *out);

/* "skip 6f9b5ed8cadd (step 4), which was good", a line each. */
void otherwise_name(const struct otherwise *otherwise, struct buf *out);

/* What came of it, a sentence a line. */
void otherwise_tell(const struct otherwise *otherwise, struct session *session,
		    struct buf *out);

#endif
