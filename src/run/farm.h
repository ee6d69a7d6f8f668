/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_FARM_H
#define RUN_FARM_H

/*
 * A runner that does nothing itself: each build and each run becomes a job of
 * an executor (executor.h), on whatever machine, in which the target's own
 * runner is given the same request.  What the two tell each other is ticket.h.
 *
 *     waits -> submitting   [farm_submit: all runs of a commit as one array]
 *     submitting -> queued  [the executor took it]
 *     submitting -> unsure  [it did not answer; the next look tells]
 *     unsure -> waits | queued
 *     queued -> runs        [a look tells]
 *     any -> ended          [its end is in the folder; or it is gone and left
 *                            none: lost]
 *
 * A run that is lost ends as `infra`, with the scheduler's words.  A build that
 * is lost is begun again, elsewhere, two times at most.  Where the scheduler
 * does not answer it is waited for, and said once.
 *
 * Jobs outlive the engine.  The next one finds their tickets: who asks for the
 * same work gets the same job; what nobody asks for within some seconds
 * is dropped.  A product (what was built, and is still there) is found again
 * too.
 *
 * While there are jobs the folder is looked at twice a second and the executor
 * is asked every poll_ms; without any nothing is.
 */

#include <stdbool.h>
#include <stdint.h>

struct cache;
struct error;
struct executor;
struct runner;
typedef struct uv_loop_s uv_loop_t;

/* A worktree to build in, and where what is built goes. */
struct farm_place {
	const char *worktree, *out;
};

struct farm_spec {
	struct executor *executor; /* the farm's from now on */
	const char *program;	   /* culprit, as nodes see it; absolute */
	const char *session;	   /* its folder, likewise */
	const char *folder;	   /* of tickets, likewise; it is there */
	const char *state;	   /* the file that tells screens of jobs */
	const struct farm_place *places;
	int place_count;
	int width;	     /* runs at once */
	int64_t poll_ms;     /* between two questions to the executor */
	int64_t lost_ms;     /* so long after it is gone a job's end may come */
	struct cache *cache; /* where kernels are kept, or NULL */
	/* Something that a person should know; or NULL. */
	void (*say)(void *data, const char *text);
	void *data;
};

/*
 * All of the spec is borrowed, for as long as it lives.  -1 when the folder
 * cannot be read, and then the executor is freed too.
 */
int farm_new(uv_loop_t *loop, const struct farm_spec *spec, struct runner **out,
	     struct error *err);

#endif
