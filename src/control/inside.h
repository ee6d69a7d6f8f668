/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_INSIDE_H
#define CONTROL_INSIDE_H

/*
 * The inside of the engine process, shared by its parts: control.c comes and
 * goes, pump.c turns the plan's wishes into jobs, foresight.c finds work for
 * slots that are free, work.c starts builds and runs and turns their ends into
 * facts, places.c keeps the worktrees.  Nobody else includes this.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/error.h"
#include "control/asleep.h"
#include "control/control.h"
#include "control/fixup.h"
#include "control/settings.h"
#include "control/target.h"
#include "engine/ahead.h"
#include "engine/oid.h"
#include "repo/gitstate.h"

struct cluster;
struct compile;
struct event;
struct lease;
struct plan;
struct repo;
struct rules;
struct runner;
struct session;
struct target_room;
struct touching_job;
struct reverting;
struct wish;

#define CONTROL_SIGNALS 3

/* One run under way. */
struct flight {
	struct control *control;
	struct oid oid;
	int commit;
	int number;
	int place;	  /* that its build is of */
	bool needs_place; /* it is a run of what lies there */
	bool ahead;	  /* nobody asked for it yet when it was begun */
	bool cancelled;
	bool slept; /* we did, meanwhile */
};

/*
 * A worktree to build in: number 0 is the session's own, which shows the
 * commit under test to git and to people; the others are made when a build
 * ahead of time first needs one.
 *
 *     idle -> preparing     [place_prepare: git makes it, or moves it]
 *     idle -> building      [build_start: it is there]
 *     preparing -> building [the build that waited for it]
 *     preparing, building -> idle
 */
struct place {
	struct control *control;
	int number;
	char *worktree, *out;
	bool made;
	bool fresh; /* this engine made it: nothing can have been built there */
	bool dirty; /* a build was cut short: its leavings cannot be trusted */

	int building; /* -1: none */
	int like;     /* with the compiler of that commit; -1: its own */
	bool ahead;   /* nobody has asked for it yet */
	bool cancelled;
	bool slept;		    /* so long that its limits say nothing */
	struct fixup_choice fixups; /* it is built with */

	/* git at work in it, in another thread, which touches only these; or
	   an earlier engine's jobs, that have to be gone first */
	uv_work_t thread;
	bool preparing;
	bool make, clean;
	struct oid goal;
	const char *common;
	struct error trouble;
};

/* What was built in this engine's life and can be run, if it is there yet. */
struct product {
	int commit, place;
	int like;     /* whose compiler it has, -1: its own */
	char *fixups; /* the numbers of those it has */
	bool looked;  /* they are those that are in force */
};

struct control {
	uv_loop_t loop;
	uv_timer_t tick;
	uv_timer_t soon; /* asks the plan on the next turn */
	uv_fs_event_t watch;
	uv_check_t check; /* behind what was read, before timers */
	struct asleep asleep;
	char slept[96]; /* how long, the last time */
	uv_signal_t signals[CONTROL_SIGNALS];

	struct lease *lease;
	struct session *session;
	struct repo *repo;
	const struct control_options *options;
	struct settings settings;
	struct rules *rules; /* for crash titles */
	struct target_room *target;
	struct cluster *cluster; /* or NULL: all is done here */
	struct runner *runner;	 /* the cluster's, or the target's */
	struct place places[TARGET_PLACES_MAX];
	int place_count;

	struct compile *compile; /* of the reproducer; NULL: it is there */
	bool announced;		 /* the engine's first event is written */
	int shown; /* the commit the session's own worktree is at, -1: not
		      known */
	struct product *products;
	size_t product_count, product_room;
	int64_t fixups_at; /* the event up to which those are looked at */
	struct touching_job *touching; /* what commits change is asked; NULL */
	struct reverting *reverting;   /* a revert under way, or NULL */
	struct flight **flights;
	size_t flight_count, flight_room;

	struct ahead ahead[AHEAD_MAX]; /* the likelier first */
	int ahead_count;
	int ahead_tested;  /* while that commit is tested */
	size_t ahead_at;   /* the events it was found from */
	int64_t ahead_seq; /* the event behind which trouble is of this life */

	size_t mirrored; /* events, when git's state was last written */
	char git_stamp[GITSTATE_STAMP]; /* of it */
	struct oid head; /* where the worktree was when the build ended */
	size_t told;	 /* events already handed to options->tell */
	bool leaving;
	bool came_back; /* from leaving, and nothing was done since */
	bool gone;	/* the engine's last event is written */
	bool failed;	/* leaving because of err */
	enum control_end end;
	struct error err;
};

/* control.c */

/* Ask the plan on the loop's next turn. */
void control_pump_soon(struct control *control);

/* End when every job has called back; the first reason counts. */
void control_leave(struct control *control, enum control_end end);
/* The same, because of control->err. */
void control_fail(struct control *control);

/* Hand events that were not told yet to who wants to know. */
void control_tell_new(struct control *control);

/*
 * The engine's own fact, or a verdict by the policy.  After a failure to store
 * nothing more is appended: we only leave.
 */
bool control_append(struct control *control, struct event *event);
bool control_say_here(struct control *control);

/* Of the last event, 0 for none. */
int64_t control_last_seq(const struct control *control);

const struct oid *control_oid(const struct control *control, int commit);

/* An event takes texts that it does not change; the journal only reads. */
char *control_text(const char *text);

/* gitwatch.c */

/* Has somebody used git bisect in the worktree since the last sync? */
bool gitwatch_touched(const struct control *control);

/* The same, or does git lack something that was decided here? */
bool gitwatch_is_behind(const struct control *control);

/*
 * Bring both in step.  Where something was marked in the worktree, what is in
 * flight there is given up: git has checked out another commit meanwhile.
 */
void gitwatch_sync(struct control *control);

/*
 * A build has ended: its runs are worth something as long as the worktree is
 * not moved from where it is now.
 */
void gitwatch_built(struct control *control);
bool gitwatch_moved(const struct control *control);

/* pump.c */

/*
 * Have we slept?  Then what is in flight is worth nothing: a run, and a build
 * whose limits passed meanwhile.  It is given up, to be made again.
 */
void control_look_for_sleep(struct control *control);
void control_cancel_slept(struct control *control);

/* Give up all that is in flight. */
void control_cancel_all(struct control *control);

/* Follow the plan as far as it goes now. */
void control_pump(struct control *control);

/* How many builds are under way, and how many runs of a commit. */
int control_builds(const struct control *control);
int control_flights(const struct control *control, int commit);

/* Runs that may be given to the runner at once, and no more of them ahead than
   really go on. */
int control_room(const struct control *control, bool ahead);

/* Give up the build in a place; runs of a commit. */
void control_cancel_build(struct control *control, struct place *place);
void control_cancel_runs(struct control *control, int commit);

/* So many runs of a commit that was built there, as far as slots are free. */
void control_start_runs(struct control *control, int commit, int wanted,
			int place, bool ahead);

/* foresight.c */

/*
 * What is worth doing ahead by the events there are; job: what the plan wants
 * done first, NULL: nothing.  As long as there is room for it or something of
 * it is under way.
 */
void foresight_look(struct control *control, const struct plan *plan,
		    const struct wish *job);

/* Its place among what is worth doing ahead, or -1. */
int foresight_find(const struct control *control, int commit);

/* Begin it, in slots that nobody else needs. */
void foresight_work(struct control *control, const struct plan *plan,
		    const struct wish *job);

/* Make room for what is wanted now; false: there is nothing to give up. */
bool foresight_yield_build(struct control *control);
bool foresight_yield_run(struct control *control, int wanted);

/* work.c */

/*
 * What cannot be started ends as infra, at once.  like: the commit whose
 * compiler it is built with, -1: its own.
 */
void build_start(struct place *place, int commit, int like, bool ahead);
void run_start(struct control *control, int commit, int place, bool ahead);

/* What was built ahead, or is being built, is wanted now; false: there is none
   that could be taken. */
bool build_take(struct control *control, int commit);

/* Git is done in the place that the build waits for. */
void build_prepared(struct place *place);

/* Which of what is built has to be built again, with other fixups? */
void build_look_at_fixups(struct control *control);

/* reverting.c */

/* Take a commit back on top of another one, as the wish has it. */
void reverting_start(struct control *control, const struct wish *wish);

/*
 * Is the commit one that was made so, and git has thrown it away?  Then true,
 * and it is being made again.
 */
bool reverting_again(struct control *control, int commit);

/* The worktree in which that was done goes. */
void reverting_clean(struct control *control);

/* touching.c */

/* Find out what the commits change, as the wish has it. */
void touching_start(struct control *control, const struct wish *wish);

/* Is the next test worth waiting for what comes of it? */
bool touching_holds(const struct control *control);

/* places.c */

void places_init(struct control *control, int further);
void places_release(struct control *control);

/* The one where a commit is being built, or NULL. */
struct place *places_building(struct control *control, int commit);

/* The number of the one that a run of the commit, built `like` another one,
   can begin from, or -1. */
int places_built(struct control *control, int commit, int like);
void places_add_product(struct place *place, int commit);
void places_drop_product(struct control *control, size_t which);

/* What an earlier engine's jobs built is there still. */
void places_find(struct control *control);

/* Nothing that lies in this worktree is what was built any more. */
void places_forget(struct control *control, int place);

/* Is anything of it needed, or under way in it? */
bool place_is_busy(const struct place *place);

/* Let git make it, or clean it, before the build that waits. */
void place_prepare(struct place *place);

/* Move the session's own worktree to the commit under test, where that is not
   built there. */
void places_show(struct control *control, int commit);

bool places_are_quiet(const struct control *control);

#endif
