/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

/*
 * The bisection, as a fold over events.
 *
 * The engine does no I/O and reads no clock.  It is fed events in order and
 * says what is known (the steps) and what should happen next (the plan).  A
 * live session, a session driven by hand and a replay differ only in where
 * their events come from.
 *
 * How verdicts that contradict each other are settled: a person's come before
 * all others and may not contradict each other (such an event is refused);
 * then come those that a person gave with git bisect, which refuses nothing;
 * of the rest the older one counts.  What does not fit is set aside, not
 * forgotten: it counts again as soon as what it contradicted is taken back.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/bug.h"
#include "engine/event.h"
#include "engine/symptom.h"
#include "engine/verdict.h"

struct belief;
struct buf;
struct error;
struct graph;
struct suspects;

/* One run of one commit. */
struct run_state {
	int number;
	bool running;		   /* begun, and no end seen */
	enum outcome outcome;	   /* as judged; meaningless while running */
	bool open;		   /* crashed, and a person has to say whether
				      that is the bug */
	bool same;		   /* crashed, and that looks like the bug */
	bool other;		   /* ignored because of another bug */
	const struct event *begin; /* or NULL */
	const struct event *seen;  /* EVENT_RUN_CRASH, or NULL */
	const struct event *fact;  /* EVENT_RUN, NULL while running */
	const struct event *judge; /* who overruled it, or NULL */
	const struct crash *crash; /* the one that decides, or the first, or
				      NULL */
	bool counts;		   /* false: infra, replaced after a resume */
	int wave; /* 1, 2, 3...: of the commit's runs, those that
				      were in flight together */
};

/* What crashed, as far as it is known, also while it runs; or NULL. */
const char *run_title(const struct run_state *run);

/* What is known of one commit that was tested or given a verdict: a step. */
struct step {
	int commit;   /* index into the graph */
	int position; /* 1, 2, 3... in order of first appearance */

	const struct event *build;	 /* the latest EVENT_BUILD, or NULL */
	const struct event *build_begin; /* a build in flight, or NULL */
	const struct event *built_from;	 /* the begin of `build`, which tells
					    its fixups; or NULL */
	const struct event *taken; /* EVENT_BUILD_BEGIN: this build was begun
				      ahead of time; or NULL */
	bool build_again; /* the last build was infra and that is mended */
	struct run_state *runs; /* by number */
	int run_count;
	int extra_runs; /* asked for by a person beyond the policy's */
	int until_runs; /* or, where it has no number: up to so many */
	int same_as;	/* a step before it had the same kernel, by its
			   signature: this commit, whose runs count here too;
			   -1: none */
	int same_runs;	/* how many these are */

	enum verdict verdict;	      /* that counts, VERDICT_NONE if none */
	const struct event *given;    /* the event that gave it, or NULL */
	const struct event *recorded; /* the policy's (or a log's) own
					    latest verdict, overruled or not */
	bool set_aside; /* has a verdict, but it contradicts stronger ones */
	int64_t evidence_seq; /* the latest event that changed its evidence */
	const char *release;  /* the release tag's name, or NULL */
	const char *compiler; /* as a log has it, or NULL */
	int said_left;	      /* git's numbers after its verdict, as a log */
	int said_steps;	      /* recorded them; -1: it did not */

	/* the state after this verdict, as git would have printed it, or did
	   where the graph cannot tell; -1 when this step did not move the
	   search */
	int left_after;
	int steps_after;
};

/* The run of the step with this number, or NULL; also where step is NULL. */
const struct run_state *step_find_run(const struct step *step, int64_t number);

enum plan_state {
	PLAN_NEEDS_BAD,	     /* no bad commit is known */
	PLAN_NEEDS_GOOD,     /* no good one is, and no release is left to try */
	PLAN_NEEDS_RANGE,    /* the commits between the ends are not loaded */
	PLAN_TEST,	     /* test `commit` */
	PLAN_FOUND,	     /* `commit` is the culprit */
	PLAN_ONLY_SKIPPED,   /* candidates[] are all that is left */
	PLAN_MERGE_BASE_BAD, /* `commit`, a merge base of the ends, is bad:
				the bug was fixed on the good side */
};

/* "needs-bad", "needs-good", "needs-range", "test", "found",
   "only-skipped", "merge-base-bad" */
const char *plan_state_name(enum plan_state state);

struct plan;

/* Is there anything that an engine process could do now? */
bool plan_has_work(const struct plan *plan);

/* Would it go on if a person resumed? */
bool plan_resumes(const struct plan *plan);

enum wish_kind {
	WISH_VERDICT, /* the policy gives `verdict` to commit */
	WISH_RANGE,   /* load the range between the ends */
	WISH_BUILD,   /* build commit */
	WISH_RUNS,    /* `runs` more finished runs of commit */
	WISH_TOUCHED, /* find out what the commits change; the run `run` of
			 commit shows the bug */
	WISH_REVERT,  /* take `like` back on top of commit */
	WISH_ASK,     /* a person must decide: why */
};

struct wish {
	enum wish_kind kind;
	int commit; /* -1 for none */
	int like;   /* it is built with the compiler of this commit; -1: with
		       its own */
	int runs;   /* beyond the finished ones; those in flight count */
	enum verdict verdict;
	const char *title; /* the crash that is asked about, or NULL; */
	int run;	   /* it is in this run of the commit */
	bool resumes;	   /* a resume is an answer to it */
	char why[320];	   /* a sentence for a person; "" where clear */
};

struct plan {
	enum plan_state state;
	int commit;	 /* under test, or the culprit; -1 for none */
	bool merge_base; /* `commit` is tested because it is a merge base */
	bool release;	 /* ... because it is the next older release */
	bool picked;	 /* ... because a person picked it */
	bool confirming; /* ... because it was given as an end, untested */
	bool recorded; /* all this is what a log says; the graph cannot tell */
	bool paused;
	bool halted;	   /* ... and what is in flight is to be given up */
	bool widens;	   /* a resume widens the range: it is too narrow */
	bool needs_person; /* nothing can go on without one */

	int bad;	  /* the newer end, -1 for none */
	const int *goods; /* the older ends that count */
	int good_count;
	int nearest_good; /* the older end given last, -1 for none */

	int suspects; /* commits that can still be the culprit */
	int left;     /* git's numbers for the midpoint */
	int steps;
	bool believed; /* what is tested hangs on the belief: then these say
			  nothing of how long it takes */
	const int *candidates; /* PLAN_ONLY_SKIPPED: the possible culprits */
	int candidate_count;

	const struct wish *wishes; /* in order of worth */
	int wish_count;
};

/* Is there a wish of this kind for the commit? */
bool plan_wants(const struct plan *plan, int commit, enum wish_kind kind);

struct engine;

/* The graph is borrowed and must outlive the engine. */
struct engine *engine_new(const struct graph *graph);

/*
 * The same after events that another engine has accepted in this order: they
 * are not checked again.  like: an engine that was fed much the same, over the
 * same graph or one that has grown since or was smaller, whose numbers save
 * time; or NULL.
 */
struct engine *engine_new_after(const struct graph *graph,
				const struct event *const *events, size_t count,
				const struct engine *like);
void engine_free(struct engine *engine);

/*
 * Feed one event, which is borrowed and must outlive the engine.  An event
 * that does not fit what came before is refused with ERROR_STATE and leaves
 * the engine as it was.
 */
int engine_apply(struct engine *engine, const struct event *event,
		 struct error *err);

/* The graph has grown: what was derived from it is derived again. */
void engine_graph_changed(struct engine *engine);

/*
 * What to do now.  The same events always give the same plan.  Borrowed,
 * valid until the next event.
 */
const struct plan *engine_plan(struct engine *engine);

/*
 * How likely each commit is the culprit (belief.h), worked out at most once an
 * event; NULL where there is nothing to believe.  Borrowed, valid until the
 * next event.  And how many bits were not known before the event with this
 * seq; negative where nothing was believed then.
 */
const struct belief *engine_belief(struct engine *engine);
double engine_bits_before(struct engine *engine, int64_t seq);

/*
 * The steps in order of first appearance.  Borrowed likewise.  A tree that was
 * made to verify (engine/verify.h) is none of them, but can be asked for.
 */
int engine_step_count(const struct engine *engine);
const struct step *engine_step(struct engine *engine, int position_from_0);
const struct step *engine_step_of(struct engine *engine,
				  int commit); /* or NULL */

/*
 * Was the commit made to verify a culprit?  Then it is none of the range, and
 * neither a step nor anything that is believed is about it.
 */
bool engine_is_made(const struct engine *engine, int commit);

/* A build ahead of time that nobody has asked for yet. */
struct ahead_build {
	int commit;
	const struct event *begin;
	const struct event *fact; /* EVENT_BUILD; NULL while it is under way */
};

/* In the order in which they were begun; NULL behind the last.  Borrowed
   likewise. */
int engine_ahead_count(const struct engine *engine);
const struct ahead_build *engine_ahead(const struct engine *engine, int place);
const struct ahead_build *engine_ahead_of(const struct engine *engine,
					  int commit); /* or NULL */

/*
 * What a foreign log says that its search came to, and in *event (may be
 * NULL) where, or NULL.  It stays what it is whatever is decided since.
 */
enum result engine_result(const struct engine *engine,
			  const struct event **event);

/*
 * The last line of a foreign log with this wording (session/syzbot), a blank
 * line behind it or not; or NULL.
 */
const struct event *engine_said(const struct engine *engine,
				const char *wording);

/*
 * The skipped commits, those of ranges too; *skips is borrowed likewise.
 * Returns how many.
 */
int engine_skips(struct engine *engine, const int **skips);

/*
 * What the search is among now, with weights; NULL while an end is missing, or
 * what lies between them.  The caller's, for suspects_free.
 */
struct suspects *engine_suspects(struct engine *engine);

/* The session's own facts; the event of the start is NULL before it. */
const struct event *engine_start_event(const struct engine *engine);

/* EVENT_ENGINE or EVENT_ENGINE_GONE, of which came last; NULL before them. */
const struct event *engine_process_event(const struct engine *engine);
const struct policy *engine_policy(const struct engine *engine);
/* What is looked for: the bug's title, "does not boot", "" not known yet. */
const char *engine_title(const struct engine *engine);
enum symptom engine_symptom(const struct engine *engine);
const struct bug *engine_bug(const struct engine *engine);
bool engine_is_fix(const struct engine *engine);
bool engine_is_flaky(struct engine *engine);

/*
 * The fixups in force, in the order in which they were added: EVENT_FIXUPs.
 * The next one's number was never another's.
 */
int engine_fixup_count(const struct engine *engine);
const struct event *engine_fixup(const struct engine *engine, int place);
int64_t engine_next_fixup(const struct engine *engine);

/* What today's policy says of a commit's runs. */
struct judgement engine_judge(struct engine *engine, int commit);
void engine_tally(struct engine *engine, int commit, struct tally *tally);

/* The same without the runs of an equal kernel. */
void engine_tally_own(const struct engine *engine, int commit,
		      struct tally *tally);

/*
 * The letter of a run: . X x B T I i, '>' while it runs.  X is the bug by its
 * looks or by a person's word, x another crash, whatever the verdict makes of
 * it.
 */
char engine_run_letter(const struct run_state *run);

/* Those of a step in order, behind a '=' for each that an equal kernel had. */
void engine_letters(const struct step *step, struct buf *out);

/*
 * The decision that `undo` would cancel (a person's latest that still
 * counts) and the undo that `redo` would cancel; 0 for none.
 */
int64_t engine_undo_target(const struct engine *engine);
int64_t engine_redo_target(const struct engine *engine);

/* Is the decision with this seq cancelled by an undo? */
bool engine_is_undone(const struct engine *engine, int64_t seq);

/* All events fed so far, in order.  Borrowed. */
size_t engine_event_count(const struct engine *engine);
const struct event *engine_event(const struct engine *engine, size_t index);

#endif
