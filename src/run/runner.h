/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_RUNNER_H
#define RUN_RUNNER_H

/*
 * What can build a commit and run it: the one interface between the control
 * layer and all kinds of targets.  `command`, `kernel` and `machine` work on
 * this machine (local.h), `farm` gives it all to jobs elsewhere, `fake` plays a
 * script (for tests).
 *
 * A runner knows nothing of sessions or verdicts.  It lives on a libuv loop,
 * never blocks it, and calls back from it, never from inside build() or
 * run().  Every job that was started calls back exactly once, cancelled ones
 * too.
 */

#include <stdbool.h>
#include <stdint.h>

#include "engine/outcome.h"

struct build_patch;
struct crash;
struct errand;
struct error;
struct kbuild_switch;
struct runner;

/* What this commit is built with; borrowed until it has ended. */
struct build_choice {
	const struct build_patch *patches; /* applied first, in order */
	int patch_count;
	/* for a kernel by its own build, else NULL */
	const char *tree;		      /* its id: what the sources are */
	const char *cc;			      /* the compiler; or NULL */
	const struct kbuild_switch *switches; /* of its configuration */
	int switch_count;
};

struct build_request {
	const char *commit; /* full hex */
	int place;  /* the worktree, which is there: 0 the session's own, 1 and
		      more further ones */
	bool ahead; /* nobody waits for it: what is tested goes first */
	const char *log; /* file to append the output to, live */
	const struct build_choice *choice; /* NULL: nothing to choose */
};

struct build_end {
	enum build_result result;
	bool cancelled;	       /* then nothing else counts */
	const char *signature; /* or NULL */
	const char *text;      /* why it failed: first error lines, or NULL */
	int patch;	 /* the number of the one that does not apply, 0 */
	int exit_status; /* 0..255, or 256 + signal */
	int64_t duration_ms;
	const struct errand *errands; /* what was started for it, in order */
	int errand_count;
};

/* A crash stands on the console of a run that goes on. */
typedef void run_seen(void *data, const char *title);

/*
 * Do these crashes decide the run, so that it may be stopped?  Asked when
 * nothing more has come of their reports for a while.
 */
typedef bool run_decides(void *data, const struct crash *crashes, int count);

struct run_request {
	const char *commit;
	int place; /* where it was built */
	int number;
	int slot;   /* the one it is to have; 0: the lowest that is free */
	bool ahead; /* nobody waits for it */
	const char *console;  /* file for the console, live; what an earlier
				run of this number left there is dropped */
	const char *output;   /* likewise for what a reproducer in a guest
				says, or NULL */
	bool boot_only;	      /* to come up is all that is asked for */
	run_seen *seen;	      /* or NULL; with the data of the end */
	run_decides *decides; /* NULL: any crash does */
};

struct run_end {
	enum outcome outcome;
	bool cancelled;
	const char *title;	     /* of the first crash, or NULL */
	const struct crash *crashes; /* in the order of the console */
	int crash_count;
	const char *text; /* detail: which limit, which status; or NULL */
	int exit_status;
	int64_t duration_ms;
	int64_t boot_ms; /* of that, until it was up; 0: not known */
	int64_t copy_ms; /* then, until the test began; likewise */
	const struct errand *errands; /* what was started for it, in order */
	int errand_count;
};

/* The end is borrowed for the call. */
typedef void build_done(void *data, const struct build_end *end);
typedef void run_done(void *data, const struct run_end *end);

/* What was built by somebody else, and is there. */
struct runner_left {
	const char *commit; /* borrowed until the next call */
	int place;
};

/* Called once the place is free. */
typedef void place_free(void *data);

/* What there is of a commit in a place. */
enum runner_has {
	RUNNER_HAS_NOT,
	RUNNER_HAS_THERE, /* until the next build there */
	RUNNER_HAS_KEPT,  /* beside it: builds there do not touch it */
};

struct runner_ops {
	/*
	 * Check out and build one commit.  One build at a time in a place, and
	 * none while runs need what was built there before.  -1: could not be
	 * started, and no call back comes.
	 */
	int (*build)(struct runner *runner, const struct build_request *request,
		     build_done *done, void *data, struct error *err);

	/*
	 * Run a commit that was built in the place, and is there still.  At
	 * most runner->slots at once.
	 */
	int (*run)(struct runner *runner, const struct run_request *request,
		   run_done *done, void *data, struct error *err);

	/*
	 * End the runs of this commit by what their consoles show so far, as if
	 * their crashes had decided them; each calls back as ever.
	 */
	void (*enough)(struct runner *runner, const char *commit);

	/*
	 * Stop everything of this commit (NULL: all); each job calls back,
	 * from the loop, never from inside cancel.
	 */
	void (*cancel)(struct runner *runner, const char *commit);

	/* Could a run of this commit begin from this place? */
	enum runner_has (*has)(const struct runner *runner, int place,
			       const char *commit);

	/* Only when no job is under way: cancel and let the loop run first. */
	void (*free)(struct runner *runner);

	/*
	 * What follows is NULL where a runner has no use for it.
	 *
	 * In a job, which is a process of its own: this commit was built in
	 * the place by another one.  image tells the kernel as that one's
	 * `image` did, on the heap; NULL where the place alone says it.
	 */
	void (*adopt)(struct runner *runner, int place, const char *commit,
		      const char *image);
	char *(*image)(const struct runner *runner, int place,
		       const char *commit);

	/*
	 * Jobs that outlive the engine: those of an earlier one may be at work
	 * in the place.  0: it is free, 1: what goes on there is the build of
	 * this commit, which build() will take over; 2: done is called when
	 * those that were at work are gone.
	 */
	int (*vacate)(struct runner *runner, int place, const char *commit,
		      place_free *done, void *data);

	/* What an earlier engine built, one by one; false: no more. */
	bool (*left)(struct runner *runner, int index, struct runner_left *out);
};

/* The head of every kind of runner. */
struct runner {
	const struct runner_ops *ops;
	int slots;	/* runs at once */
	int room;	/* runs that may be given at once: those beyond the
			   slots wait; 0: as many as there are slots */
	bool has_build; /* false: nothing to build, run straight away */
};

#endif
