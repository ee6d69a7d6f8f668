/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_COURSE_H
#define ENGINE_COURSE_H

/*
 * The course of a search: which commits were tested, one after the other, what
 * came of each, where git's rule would have gone instead, and how it ended.
 * Two courses can be held against each other (course_part), whatever graphs
 * they are of.
 *
 * A course is made by feeding it events, of a journal or imagined ones
 * (engine/whatif.h).  It keeps copies and numbers them itself, so they may
 * come in any order that makes sense.  Changes nothing, and has no graph of
 * its own.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/engine.h"
#include "engine/event.h"

struct error;
struct graph;

/* One commit that was tested, or got a verdict. */
struct course_stop {
	struct oid commit;
	int position;	      /* among the steps of the engine, from 1 */
	enum verdict verdict; /* that it has in the end, VERDICT_NONE: none */
	enum actor by;	      /* whose that is; meaningless without one */
	bool aside;	      /* it contradicts stronger ones: does not count */
	int left, steps;      /* git's numbers after it, -1: not known */

	/*
	 * What the rule would have tested when this one was, and how many it
	 * would have left; "" where the graph cannot tell, or nothing was
	 * searched yet.
	 */
	struct oid midpoint;
	int midpoint_left;
};

/* Where a search stands. */
struct course_end {
	enum plan_state state;
	struct oid commit; /* to be tested next, or the culprit; or "" */
	int suspects, left, steps;
	int candidate_count; /* PLAN_ONLY_SKIPPED */
	bool recorded;	     /* as a log says; the graph cannot tell */
	enum result result;  /* that the log says, RESULT_NONE: none */
	bool fix;	     /* the culprit is the first fixed commit */
};

struct course {
	struct course_stop *stops;
	size_t count, room;
	struct course_end end;
	bool known; /* there was a graph to derive midpoints from */

	/* the inside */
	const struct graph *graph;
	struct engine *engine;
	struct event **events;
	size_t event_count, event_room;
	int64_t *seq_of; /* of the events as they came, by their own seq */
	size_t seq_room;
};

/* The graph is borrowed until course_release. */
void course_init(struct course *course, const struct graph *graph);
void course_release(struct course *course);

/* Has a stop a verdict that is set aside?  NULL has no stops. */
bool course_sets_aside(const struct course *course);

/* The seq that an event with this one has here; 0: it was not fed. */
int64_t course_seq(const struct course *course, int64_t seq);

/*
 * One more event.  Undo and redo find what they speak of by the seq that it
 * had when it was fed; where it was not, nothing happens.  ERROR_STATE as
 * engine_apply, and then it is not in the course.
 */
int course_take(struct course *course, const struct event *event,
		struct error *err);

/* No more events: verdicts, numbers and the end are those of now. */
void course_finish(struct course *course);

/*
 * After that: what was found out stays, and needs neither graph nor engine any
 * more.
 */
void course_let_go(struct course *course);

/* The first three: of events that a journal has. */
void course_make(struct course *course, const struct graph *graph,
		 const struct event *const *events, size_t count);

/* Is this the event with which a test of its commit begins, or its verdict? */
bool course_opens(const struct event *event);

/* The stop of a commit, or -1. */
int course_find(const struct course *course, const struct oid *commit);

/* Does the rule agree that the commit of this stop was to be tested? */
bool course_follows_rule(const struct course_stop *stop);

/* How many stops the rule would have made at other commits. */
int course_departures(const struct course *course);

enum parting_kind {
	PARTING_NONE,	 /* they are the same */
	PARTING_VERDICT, /* the same commit has another verdict */
	PARTING_COMMIT,	 /* another commit is tested */
	PARTING_LENGTH,	 /* one goes on where the other one ends */
	PARTING_END,	 /* only what they come to differs */
};

struct parting {
	enum parting_kind kind;
	size_t same;		/* stops at the beginning that are alike */
	int only_one, only_two; /* commits tested in one of them only */
	int verdicts;		/* in both, with another verdict */
	bool same_end;
};

/* Where two courses part, and how much differs. */
struct parting course_part(const struct course *one, const struct course *two);

/* The next test that the end asks for, or its culprit, is the same? */
bool course_same_end(const struct course_end *one,
		     const struct course_end *two);

#endif
