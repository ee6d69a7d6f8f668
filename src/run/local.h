/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_LOCAL_H
#define RUN_LOCAL_H

/*
 * What those runners have in common that do the work themselves, in worktrees
 * of this machine: the places they build in, the runs they have under way, and
 * how consoles are read.  It is the head of each of them (command.h, kernel.h,
 * machine.h), which adds how a run is launched.
 *
 * It never begins a run.
 */

#include "run/console.h"
#include "run/jobs.h"
#include "run/runner.h"
#include "run/supply.h"
#include "run/trial.h"

struct error;
struct place_spec;
struct places;
typedef struct uv_loop_s uv_loop_t;

struct local_spec {
	struct supply_spec supply;
	const struct place_spec *further; /* worktrees, for builds ahead */
	int further_count;
	int slots;
	struct trial_limits limits;
	struct console_spec console;
};

struct local_runner {
	struct runner runner; /* the head */
	uv_loop_t *loop;
	const struct local_spec *spec;
	struct places *places;
	struct console_rules *rules;
	struct jobs jobs;
};

/*
 * All of the spec is borrowed, for as long as the runner lives.  ERROR_INPUT
 * for a bad regular expression, and then there is nothing to free.
 */
int local_init(struct local_runner *local, uv_loop_t *loop,
	       const struct local_spec *spec, const struct runner_ops *ops,
	       struct error *err);

/*
 * A run begins: a job of `size` bytes, as jobs_add makes it, of a commit that
 * was built in its place.  NULL: ERROR_STATE when it is not there, ERROR_BUSY
 * when there is no slot.
 */
struct job *local_add(struct local_runner *local, size_t size,
		      const struct run_request *request, run_done *done,
		      void *data, struct error *err);

/* What a trial of the job has whatever runs in it: all but the program. */
struct trial_spec local_trial(const struct local_runner *local,
			      const struct job *job);

/* Of a runner that has it as its head; local_free frees all of that. */
int local_build(struct runner *runner, const struct build_request *request,
		build_done *done, void *data, struct error *err);
void local_enough(struct runner *runner, const char *commit);
void local_cancel(struct runner *runner, const char *commit);
enum runner_has local_has(const struct runner *runner, int place,
			  const char *commit);
void local_adopt(struct runner *runner, int place, const char *commit,
		 const char *image);
char *local_image(const struct runner *runner, int place, const char *commit);
void local_free(struct runner *runner);

#endif
