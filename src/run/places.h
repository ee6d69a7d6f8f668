/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_PLACES_H
#define RUN_PLACES_H

/*
 * The worktrees that a runner builds in, each with a supply of its own: number
 * 0 is the session's, the others are for what is built ahead of time.  One
 * build in each at once.
 *
 * It never makes a worktree: who asks for a build in one sees to that.
 */

#include "run/runner.h"

struct error;
struct jobs;
struct places;
struct supply_spec;
typedef struct uv_loop_s uv_loop_t;

/* A further worktree. */
struct place_spec {
	const char *worktree;
	/* As in builder_spec, to be ended by NULL; and what is built there
	   belongs into `out`. */
	const char *const *checkout;
	const char *out;
};

/* The texts are copied, but for those of a kernel's build. */
struct places *places_new(uv_loop_t *loop, const struct supply_spec *first,
			  const struct place_spec *further, int count);
/* Only while nothing is built; NULL is fine. */
void places_free(struct places *places);

/* As those of a runner.  A build waits for the runs that need what it would
   write over: ERROR_BUSY. */
int places_build(struct places *places, const struct jobs *jobs,
		 const struct build_request *request, build_done *done,
		 void *data, struct error *err);
void places_cancel(struct places *places, const char *commit);
enum runner_has places_has(const struct places *places, int place,
			   const char *commit);

void places_adopt(struct places *places, int place, const char *commit,
		  const char *image);
char *places_image(const struct places *places, int place, const char *commit);

/* ERROR_STATE unless what is to be run was built, and is there. */
int places_allow_run(const struct places *places,
		     const struct run_request *request, struct error *err);

/* Of the place, borrowed. */
const char *places_worktree(const struct places *places, int place);

/* Of a commit that is there, as those of supply.h. */
char *places_kernel(const struct places *places, int place, const char *commit);
char *places_folder(const struct places *places, int place);

#endif
