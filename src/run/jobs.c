/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/jobs.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/trial.h"

/* The lowest slot that no job has. */
static int free_slot(const struct jobs *jobs)
{
	int slot = 1;

	for (const struct job *job = jobs->first; job;) {
		if (job->slot == slot) {
			slot++;
			job = jobs->first;
		} else {
			job = job->next;
		}
	}
	return slot;
}

struct job *jobs_add(struct jobs *jobs, size_t size,
		     const struct run_request *request, run_done *done,
		     void *data, struct error *err)
{
	int slot = request->slot ? request->slot : free_slot(jobs);
	struct job *job;

	if (!request->slot && slot > jobs->slots) {
		error_set(err, ERROR_BUSY, "all %d slots are taken",
			  jobs->slots);
		return NULL;
	}
	job = xcalloc(1, size);
	job->jobs = jobs;
	job->request = *request;
	job->request.commit = job->commit = xstrdup(request->commit);
	job->request.console = job->console = xstrdup(request->console);
	job->request.output = job->output = xstrdup_null(request->output);
	job->slot = slot;
	job->done = done;
	job->data = data;
	job->next = jobs->first;
	jobs->first = job;
	return job;
}

static void on_seen(void *data, const char *title)
{
	struct job *job = data;

	job->request.seen(job->data, title);
}

static bool on_decides(void *data, const struct crash *crashes, int count)
{
	struct job *job = data;

	return job->request.decides(job->data, crashes, count);
}

struct run_request job_request(const struct job *job)
{
	struct run_request request = job->request;

	request.seen = request.seen ? on_seen : NULL;
	request.decides = request.decides ? on_decides : NULL;
	return request;
}

static void leave(struct job *job)
{
	struct job **place = &job->jobs->first;

	while (*place != job)
		place = &(*place)->next;
	*place = job->next;
}

static void release(struct job *job)
{
	free(job->commit);
	free(job->console);
	free(job->output);
	free(job);
}

void job_end(struct job *job, const struct run_end *end)
{
	leave(job);
	job->done(job->data, end);
	release(job);
}

void job_drop(struct job *job)
{
	leave(job);
	release(job);
}

void jobs_enough(struct jobs *jobs, const char *commit)
{
	for (struct job *job = jobs->first; job; job = job->next)
		if (job->trial && str_equal(commit, job->commit))
			trial_enough(job->trial);
}

void jobs_cancel(struct jobs *jobs, const char *commit)
{
	for (struct job *job = jobs->first; job; job = job->next) {
		if (commit && !str_equal(commit, job->commit))
			continue;
		job->cancelled = true;
		if (job->trial)
			trial_cancel(job->trial);
	}
}
