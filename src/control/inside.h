/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_INSIDE_H
#define CONTROL_INSIDE_H

/*
 * The inside of the engine process, shared by its parts: control.c comes and
 * goes, pump.c turns the plan's wishes into jobs, work.c starts builds and
 * runs and turns their ends into facts.  Nobody else includes this.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/error.h"
#include "control/control.h"
#include "control/fixup.h"
#include "control/settings.h"
#include "engine/oid.h"
#include "repo/gitstate.h"

struct compile;
struct event;
struct plan;
struct repo;
struct rules;
struct runner;
struct session;
struct target_room;
struct reverting;
struct wish;

#define CONTROL_SIGNALS 3

/* One run under way. */
struct flight {
	struct control *control;
	struct oid oid;
	int commit;
	int number;
	bool cancelled;
};

struct control {
	uv_loop_t loop;
	uv_timer_t tick;
	uv_timer_t soon; /* asks the plan on the next turn */
	uv_fs_event_t watch;
	uv_signal_t signals[CONTROL_SIGNALS];

	struct session *session;
	struct repo *repo;
	const struct control_options *options;
	struct settings settings;
	struct rules *rules; /* for crash titles */
	struct target_room *target;
	struct runner *runner; /* the target's */
	char *worktree, *out;

	struct compile *compile; /* of the reproducer; NULL: it is there */
	bool announced;		 /* the engine's first event is written */
	int built;		 /* the commit in the worktree, -1: not known */
	struct fixup_choice fixups; /* of the last build */
	int64_t fixups_at; /* the event up to which that choice is good */
	int building;	   /* -1: none */
	bool build_cancelled;
	bool dirty; /* a build was cut short: its leavings cannot be trusted */
	int built_like; /* whose compiler these have, -1: their own */
	int building_like;
	struct reverting *reverting; /* a revert under way, or NULL */
	struct flight **flights;
	size_t flight_count, flight_room;

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

/* Give up all that is in flight. */
void control_cancel_all(struct control *control);

/* Follow the plan as far as it goes now. */
void control_pump(struct control *control);

/* work.c */

/*
 * What cannot be started ends as infra, at once.  like: the commit whose
 * compiler it is built with, -1: its own.
 */
void build_start(struct control *control, int commit, int like);
void run_start(struct control *control, int commit);

/* Should the commit that is built be built again, with other fixups? */
void build_look_at_fixups(struct control *control);

/* reverting.c */

/* Take a commit back on top of another one, as the wish has it. */
void reverting_start(struct control *control, const struct wish *wish);

/* The worktree in which that was done goes. */
void reverting_clean(struct control *control);

#endif
