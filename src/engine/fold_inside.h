/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_FOLD_INSIDE_H
#define ENGINE_FOLD_INSIDE_H

/*
 * The inside of the fold.  fold.c takes an event in and knows what it is about;
 * each of the others takes in one sort of them: fold_facts.c builds and runs,
 * fold_decisions.c what was decided of one commit, fold_bug.c which crash is
 * the bug, fold_recorded.c what a foreign log says of its own search.  All of
 * them work on the steps of fold_steps.c.  Nobody else includes this.
 */

#include "engine/fold.h"

/* fold_steps.c */

/* The step of the commit, made where there is none. */
struct folded_step *fold_step_make(struct engine *engine, int commit);

/* The run with this number, made where there is none; kept in order. */
struct run_state *fold_run_make(struct folded_step *step, int number);

/*
 * A run ended without an end at the event `seq`: what it was cut short by is
 * not known.  Nothing where there is no such run, or it has a fact.
 */
void fold_run_drop(struct folded_step *step, int64_t number, int64_t seq);

/* fold_facts.c */

void fold_build_begin(struct engine *engine, struct folded_step *step,
		      const struct event *event);
void fold_build(struct engine *engine, struct folded_step *step,
		const struct event *event);
void fold_run_begin(struct folded_step *step, const struct event *event);
void fold_run_crash(struct folded_step *step, const struct event *event);
void fold_run(struct engine *engine, struct folded_step *step,
	      const struct event *event);

/* An engine came or went: what was in flight never ended. */
void fold_drop_flights(struct engine *engine, int64_t seq);

/* fold_bug.c */

/* What the fact of a run comes to, unless a person judged it; true: it is
   another than before. */
bool fold_bug_judge(const struct engine *engine, struct run_state *run);

/* Of all runs, since the titles mean something else from this event on. */
void fold_bug_judge_all(struct engine *engine, int64_t seq);

void fold_ruling(struct engine *engine, const struct event *event);
void fold_matching(struct engine *engine, const struct event *event);
void fold_symptom(struct engine *engine, const struct event *event);

/* A policy's verdict speaks of what was looked for when it was given. */
bool fold_speaks_of(const struct engine *engine, const struct event *verdict);

/* From this event on every build and every run bears on something else... */
void fold_look_again(struct engine *engine, int64_t seq);
/* ... or every commit on which something crashed. */
void fold_look_again_at_crashes(struct engine *engine, int64_t seq);

/* fold_decisions.c */

void fold_verdict(struct engine *engine, struct folded_step *step,
		  const struct event *event);
void fold_retract(struct engine *engine, struct folded_step *step,
		  const struct event *event);
void fold_judge(struct folded_step *step, const struct event *event);

/* So many beyond those the policy wants, or beyond those there are. */
void fold_more(struct folded_step *step, int runs);

/* Resuming says: the trouble is mended.  What it spoilt is done again. */
void fold_resume(struct engine *engine, const struct event *event);

/* The evidence of a commit changes too when a decision on it is undone. */
void fold_undo(struct engine *engine, const struct event *event);

/* fold_recorded.c */

/* What a foreign log adds to what it says of itself. */
void fold_recorded(struct engine *engine, const struct event *event);

/* Which commit such a log is at. */
void fold_follow_log(struct engine *engine, const struct event *event,
		     int commit);

/* Is it a decision by which a recorded search is no longer what would be? */
bool fold_departs(const struct event *event);

#endif
