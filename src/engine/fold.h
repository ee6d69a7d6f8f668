/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_FOLD_H
#define ENGINE_FOLD_H

/*
 * The inside of the engine, shared by its parts: check.c refuses events that do
 * not fit, fold.c turns events into steps (fold_inside.h: of which parts),
 * settle.c verdicts into ends; weigh.c says what a step's evidence comes to,
 * wish.c what it lacks, plan.c what the ends ask for, hold.c what waits for a
 * person; preview.c folds what may be; engine.c is what others see.  Nobody
 * else includes this.
 */

#include <stdbool.h>
#include <stddef.h>

#include "engine/engine.h"
#include "engine/suspects.h"
#include "engine/symptom.h"

enum mark_kind {
	MARK_OLD, /* git's "good" */
	MARK_NEW, /* git's "bad" */
	MARK_SKIP,
	MARK_UNSKIP, /* taken out of a skipped range again */
};

/* A verdict that counts, in the order in which they were given. */
struct mark {
	int commit;
	enum mark_kind kind;
	int from; /* a skipped range from..commit; -1: this commit only */
	int64_t seq;
	int left, steps; /* git's numbers after it, -1 where it has none */
};

struct marks {
	struct mark *items;
	size_t count, room;
};

/* What the verdicts come to. */
struct ends {
	bool valid; /* false: settle again */
	int bad;
	int *goods; /* by id, as git's refs are */
	int good_count;
	int nearest_good;
	int *news; /* every accepted verdict of the newer side */
	int new_count;
	int *skips;
	int skip_count;
	int conflicts; /* pairs of a person's verdicts that exclude another */
	int conflict_new, conflict_old; /* the last of them */
	struct marks marks;	/* accepted ones, in order: the staircase */
	struct suspects *found; /* what they leave, or NULL: not asked yet */
	struct midpoint mid;	/* of those */
};

/* A run that was cut short: begun and stopped at these events. */
struct stop {
	int wave;
	int64_t begun, stopped;
};

struct folded_step {
	struct step shown;
	size_t run_room;
	int wave; /* the latest */
	struct stop *stops;
	size_t stop_count, stop_room;
	const struct event *person; /* the person's verdict, given here or
				       with git; or NULL */
	int64_t unskipped; /* seq of a retract without a verdict to take */
	bool own; /* the runs of an equal kernel are not believed here */
	const struct event *revert; /* that made this commit, which is none of
				       the range then and gets no verdict */
	const struct event *check_build; /* the latest EVENT_BUILD that was made
					    to verify, or NULL */
};

struct release_event {
	int commit;
	const char *name;
};

/* What a foreign log says of its own search. */
struct recorded {
	enum result result;
	const struct event *end;  /* EVENT_RESULT, the last one */
	const struct event *next; /* EVENT_NEXT, the last one, or NULL */
	int testing;		  /* the commit that it tests just now, or -1 */
	int judged;		  /* that it gave a verdict last, or -1 */
	bool departed; /* decided otherwise since: it says nothing any more */
};

struct engine {
	const struct graph *graph;

	const struct event **events;
	size_t event_count, event_room;
	bool *undone; /* by place in events, event_room of them */

	/* the fold */
	const struct event *start;
	struct policy policy;
	enum symptom symptom;
	bool prior;		     /* by files */
	const struct event *touched; /* the latest EVENT_TOUCHED, or NULL */
	unsigned char *touch;	     /* its, by commit */
	int touch_count;
	int64_t loaded; /* seq of the latest EVENT_RANGE */
	bool confirm;	/* test the ends that were given */
	bool paused, halted;
	int64_t resumed; /* seq of the last resume, 0 for none */
	const struct event *pick;
	struct folded_step **steps;
	size_t step_count, step_room;
	int *step_of; /* by commit, -1 for none */
	size_t step_of_count;
	const struct event **skip_ranges;
	size_t skip_range_count, skip_range_room;
	struct release_event *releases;
	size_t release_count, release_room;
	const struct event **fixups; /* in force */
	size_t fixup_count, fixup_room;
	struct ahead_build *stock; /* built ahead, not taken yet */
	size_t stock_count, stock_room;
	const struct event *verify; /* the order that counts, or NULL */
	int64_t verify_since; /* seq of the first one for the same commit */
	const struct event **reverts;
	size_t revert_count, revert_room;
	int first_tested; /* the commit whose run was the first, -1 for none */
	const struct event *process; /* that came or went last, or NULL */
	const struct event *awaited; /* the build that was begun last, and not
					ahead, while nothing has come since
					that may change what is believed; or
					NULL */
	struct bug bug;
	struct recorded recorded;

	/* not of the events: an end that is taken for confirmed, or -1 */
	int assumed;

	/* derived, thrown away by every event */
	struct ends ends;
	struct kept *kept; /* kept.c; NULL: nothing yet */
	bool plan_valid;
	struct plan plan;
	struct wish *wishes;
	size_t wish_count, wish_room;
	int *candidates;
	struct adaptive *adaptive; /* NULL: another policy, or no range */
	struct span *span;	   /* that belief_of used last, or NULL */
	int slots; /* runs at a time, as an engine process said; 0 */
};

/* engine.c */

/*
 * Another fold of the same events, which are borrowed.  What one of the two
 * is told afterwards the other does not hear.
 */
struct engine *engine_copy(const struct engine *engine);

/* check.c */

/*
 * ERROR_STATE unless the event fits what is there, in words of the user's.
 * Settle before a retract or a pick.
 */
int check_event(const struct engine *engine, const struct event *event,
		struct error *err);

/* fold.c */

/* Take one event in, which fits. */
void fold_event(struct engine *engine, size_t place);

/* Forget everything derived and take all events in again. */
void fold_all(struct engine *engine);
void fold_release(struct engine *engine);

/* The place of the event with this seq, or -1. */
long fold_place(const struct engine *engine, int64_t seq);

/* The place of a fixup among those in force, or -1. */
int fold_find_fixup(const struct engine *engine, int64_t number);

/* By a verdict or with a range, as last settled. */
bool fold_is_skipped(const struct engine *engine, int commit);

/* Is a verdict of the newer side, git's "bad", in this session's direction? */
bool fold_is_new(const struct engine *engine, enum verdict verdict);

/* fold_steps.c */

/* NULL: nothing is known of this commit. */
struct folded_step *fold_step_of(const struct engine *engine, int commit);

/* Its run with this number, or NULL; step may be NULL. */
struct run_state *fold_run_find(const struct folded_step *step, int64_t number);

/* A step whose decisions were all undone, and that has no facts, is none. */
bool fold_has_content(const struct folded_step *step);

/* Its build failed, and that was not for our own side's trouble, now over. */
bool fold_is_unbuilt(const struct folded_step *step);

/* Was it made by a revert?  Then no search has anything to do with it. */
bool fold_is_scratch(const struct folded_step *step);

/* Its finished runs that count. */
int fold_count_runs(const struct step *step);

/* ... and those that go on. */
int fold_count_running(const struct step *step);

/* fold_recorded.c */

/* Is this a log of somebody else's, and nothing was decided since? */
bool fold_is_replay(const struct engine *engine);

/* stock.c */

/* What was built ahead of a commit, or is being built; or NULL. */
struct ahead_build *stock_find(const struct engine *engine, int commit);

/* Take in an event of a build; true: it is of one ahead, and no step's. */
bool stock_event(struct engine *engine, int commit, const struct event *event);

/* From now on it is a step's.  False: there is none. */
bool stock_take(struct engine *engine, int commit, struct ahead_build *out);

/* The engine came or went. */
void stock_drop_flights(struct engine *engine);

/* settle.c */

/* Bring engine->ends, and what steps have of others, up to date. */
void settle(struct engine *engine);

/* Are both ends known, and the commits between them?  Once it is settled. */
bool settle_has_range(struct engine *engine);
void settle_release(struct ends *ends);

/* The search between the ends, as last settled. */
struct suspects_query settle_query(const struct engine *engine);

/*
 * What that query gives, found once for as long as the verdicts stay; both
 * ends are to be known, the newer one expanded.  Settled; borrowed until the
 * next event.
 */
const struct suspects *settle_suspects(struct engine *engine);

/* weigh.c */

/* The runs that speak of a step, also those of an equal kernel. */
void weigh_tally(const struct engine *engine, const struct folded_step *step,
		 struct tally *tally);

/* The same without those of an equal kernel. */
void weigh_own(const struct engine *engine, const struct folded_step *step,
	       struct tally *tally);

/*
 * What the policy says of one step, from its build, its runs and a person's
 * wishes.  Settle before: the runs of an equal kernel count.
 */
struct judgement weigh_judge(const struct engine *engine,
			     const struct folded_step *step);

/* What else bears on it; step may be NULL. */
void weigh_around(const struct engine *engine, const struct folded_step *step,
		  struct around *around);

/*
 * Are its runs lost by what it is, and has nobody ordered more of them?  Then
 * none is bought (losses.h).
 */
bool weigh_boots_badly(const struct engine *engine,
		       const struct folded_step *step);

/*
 * What a step's own runs say, wave by wave: what was cut short by a run that
 * shows the bug says that one of so many showed it, never "one did, and no
 * other did not".  settled: without the wave that is in flight.
 */
void weigh_record(const struct engine *engine, const struct folded_step *step,
		  bool settled, struct record *record);

/*
 * The latest wave: how many of its runs have shown what is looked for, and
 * how many were in flight at the first of them, that one included; 0: none.
 */
int weigh_wave(const struct engine *engine, const struct folded_step *step,
	       int *showing);

/*
 * Do its open crashes matter: would it be judged otherwise if they were the bug
 * than if they were another one?
 */
bool weigh_hangs(const struct engine *engine, const struct folded_step *step);

/* The seq of the latest event that changed what is known of it. */
int64_t weigh_evidence(const struct engine *engine,
		       const struct folded_step *step);

/* wish.c */

/* A wave of runs of the commit, and its build if need be. */
void wish_wave(struct engine *engine, int commit, int runs);

/* Why the plan's commit is tested, a sentence for a person. */
void wish_because(struct engine *engine, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The search is over: it is this one, and what is still wished for it. */
void plan_found(struct engine *engine, int culprit);
/* The ends leave nothing to search. */
void plan_nothing(struct engine *engine);

struct wish *wish_add(struct engine *engine, enum wish_kind kind, int commit);

/* Only a person can say: about this commit, or about the search (-1). */
void wish_ask(struct engine *engine, int commit, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * A verdict by the policy: where there is none yet and the runs are all
 * there, or where the evidence changed since it was given.
 */
void wish_verdict(struct engine *engine, const struct folded_step *step);

/*
 * Where its verdict, since the evidence changed, hangs on what a crash is: the
 * search goes on meanwhile.
 */
void wish_question(struct engine *engine, const struct folded_step *step);

/* Build it if need be, run it as often as its judgement wants. */
void wish_runs(struct engine *engine, int commit);

/* Further runs that a person ordered for commits that are not under test. */
void wish_more(struct engine *engine);

/*
 * A crash of which nobody knows whether it is the bug.  Where the verdict of
 * `waits` hangs on it (-1: of none) a person is needed, else it may be
 * answered at any time.
 */
void wish_title(struct engine *engine, const struct folded_step *step,
		int waits);

/* A build or runs failed by our own fault: a person has to mend that. */
void wish_mending(struct engine *engine, const struct folded_step *step,
		  int commit);

/* verify.c */

/* What is ordered to verify the culprit, which was found. */
void wish_verify(struct engine *engine, int culprit);

/* Are runs of this step still wanted for that?  Then it is judged later. */
bool verify_goes_on(const struct engine *engine,
		    const struct folded_step *step);

/* prior_of.c */

/* Take an EVENT_TOUCHED in. */
void fold_touched(struct engine *engine, const struct event *event);

/*
 * How likely each commit of a span is before anything was seen, by its number;
 * NULL: all alike.  The caller's to free.
 */
struct span;
double *fold_prior(struct engine *engine, const struct span *span);

/* Whether it has to be found out what the commits change. */
void wish_touched(struct engine *engine);

/* kept.c */

/* What was kept until the next event, what the policy made of it too. */
void kept_forget(struct engine *engine);

/*
 * What is believed, also before the first run; NULL where there is no range.
 * Worked out once an event, for plan and front ends alike; borrowed until the
 * next event.
 */
struct belief;
const struct belief *kept_belief(struct engine *engine);

/* hold.c */

/* In trouble (losses.h) one control run, and without it no new run at all. */
void plan_hold(struct engine *engine);

/* belief_of.c */

/*
 * As belief_of, but also before the first run: *any_run, which may be NULL,
 * says whether there was one.  settled: without what the waves in flight have
 * shown so far.
 */
bool belief_for_plan(struct belief *belief, struct engine *engine, bool settled,
		     bool *any_run);
bool belief_has_runs(struct engine *engine); /* *any_run alone, at once */

/* plan.c */
void plan_make(struct engine *engine);

#endif
