/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/local.h"

#include <assert.h>
#include <stdlib.h>

#include "run/places.h"

static struct local_runner *self(struct runner *runner)
{
	return (struct local_runner *)runner;
}

static const struct local_runner *self_const(const struct runner *runner)
{
	return (const struct local_runner *)runner;
}

int local_init(struct local_runner *local, uv_loop_t *loop,
	       const struct local_spec *spec, const struct runner_ops *ops,
	       struct error *err)
{
	if (console_rules_new(&spec->console, &local->rules, err) < 0)
		return -1;
	local->runner.ops = ops;
	local->runner.slots = local->jobs.slots = spec->slots;
	local->runner.has_build = true; /* there is the checkout at least */
	local->loop = loop;
	local->spec = spec;
	local->places = places_new(loop, &spec->supply, spec->further,
				   spec->further_count);
	return 0;
}

struct job *local_add(struct local_runner *local, size_t size,
		      const struct run_request *request, run_done *done,
		      void *data, struct error *err)
{
	if (places_allow_run(local->places, request, err) < 0)
		return NULL;
	return jobs_add(&local->jobs, size, request, done, data, err);
}

struct trial_spec local_trial(const struct local_runner *local,
			      const struct job *job)
{
	const struct builder_spec *builder = &local->spec->supply.builder;

	return (struct trial_spec){
		.keeper = builder->keeper,
		.worktree = places_worktree(local->places, job->request.place),
		.session = builder->session,
		.slot = job->slot,
		.limits = local->spec->limits,
		.rules = local->rules,
	};
}

int local_build(struct runner *runner, const struct build_request *request,
		build_done *done, void *data, struct error *err)
{
	struct local_runner *local = self(runner);

	return places_build(local->places, &local->jobs, request, done, data,
			    err);
}

void local_enough(struct runner *runner, const char *commit)
{
	jobs_enough(&self(runner)->jobs, commit);
}

void local_cancel(struct runner *runner, const char *commit)
{
	places_cancel(self(runner)->places, commit);
	jobs_cancel(&self(runner)->jobs, commit);
}

enum runner_has local_has(const struct runner *runner, int place,
			  const char *commit)
{
	return places_has(self_const(runner)->places, place, commit);
}

void local_adopt(struct runner *runner, int place, const char *commit,
		 const char *image)
{
	places_adopt(self(runner)->places, place, commit, image);
}

char *local_image(const struct runner *runner, int place, const char *commit)
{
	return places_image(self_const(runner)->places, place, commit);
}

void local_free(struct runner *runner)
{
	struct local_runner *local = self(runner);

	assert(!local->jobs.first);
	places_free(local->places);
	console_rules_free(local->rules);
	free(local);
}
