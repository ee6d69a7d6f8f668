/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_JOBS_H
#define RUN_JOBS_H

/*
 * The runs that a runner has under way, each in a slot of its own: what every
 * kind of runner does around its trials.
 */

#include <stdbool.h>
#include <stddef.h>

#include "run/runner.h"

struct error;
struct trial;

/* One run; a runner may have it as the head of its own struct. */
struct job {
	struct jobs *jobs;
	struct job *next;
	struct trial *trial;	    /* or NULL */
	struct run_request request; /* its texts are ours */
	char *commit, *console, *output;
	int slot; /* from 1 */
	bool cancelled;
	run_done *done;
	void *data;
};

struct jobs {
	struct job *first;
	int slots;
};

/*
 * A job of `size` bytes, at least those of a struct job, in the lowest free
 * slot; NULL with ERROR_BUSY when there is none.  It counts at once; ended
 * with job_end, or with job_drop when it could not be begun.
 */
struct job *jobs_add(struct jobs *jobs, size_t size,
		     const struct run_request *request, run_done *done,
		     void *data, struct error *err);

/* The request for its trial, whose data is the job. */
struct run_request job_request(const struct job *job);

/* It leaves before it calls back, so that another may begin in it. */
void job_end(struct job *job, const struct run_end *end);
void job_drop(struct job *job);

/* As a runner's `enough`. */
void jobs_enough(struct jobs *jobs, const char *commit);

/* Those of this commit (NULL: all); each still ends. */
void jobs_cancel(struct jobs *jobs, const char *commit);

#endif
