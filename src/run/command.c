/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/command.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/jobs.h"
#include "run/places.h"
#include "run/runner.h"
#include "run/supply.h"
#include "run/trial.h"

#define TEXTS 3 /* of a spec, to be copied */

struct command_runner {
	struct runner runner; /* the head */
	uv_loop_t *loop;
	struct command_spec spec; /* its texts are in `texts` */
	char *texts[TEXTS];
	int text_count;
	struct places *places;
	struct console_rules *rules;
	struct jobs jobs;
};

static struct command_runner *self(struct runner *runner)
{
	return (struct command_runner *)runner;
}

static void on_end(void *data, const struct run_end *end)
{
	job_end(data, end);
}

static int launch(struct command_runner *owner, struct job *job,
		  struct error *err)
{
	const struct command_spec *spec = &owner->spec;
	const char *argv[] = { "sh", "-c", spec->test, NULL };
	const struct run_request request = job_request(job);
	const struct trial_spec trial = {
		.keeper = spec->keeper,
		.argv = argv,
		.worktree = places_worktree(owner->places, job->request.place),
		.session = spec->session,
		.slot = job->slot,
		.timeout_ms = spec->test_timeout_ms,
		.silence_ms = spec->silence_ms,
		.settle_ms = spec->settle_ms,
		.output_max = spec->test_output_max,
		.on_timeout = spec->on_timeout,
		.rules = owner->rules,
	};

	return trial_start(owner->loop, &trial, &request, on_end, job,
			   &job->trial, err);
}

static int command_build(struct runner *runner,
			 const struct build_request *request, build_done *done,
			 void *data, struct error *err)
{
	struct command_runner *owner = self(runner);

	return places_build(owner->places, &owner->jobs, request, done, data,
			    err);
}

static int command_run(struct runner *runner, const struct run_request *request,
		       run_done *done, void *data, struct error *err)
{
	struct command_runner *owner = self(runner);
	struct job *job;

	if (!owner->spec.test)
		return error_set(err, ERROR_STATE,
				 "there is no test command that could be run");
	if (places_allow_run(owner->places, request, err) < 0)
		return -1;
	job = jobs_add(&owner->jobs, sizeof(*job), request, done, data, err);
	if (job && launch(owner, job, err) == 0)
		return 0;
	if (job)
		job_drop(job);
	return -1;
}

static void command_enough(struct runner *runner, const char *commit)
{
	jobs_enough(&self(runner)->jobs, commit);
}

static void command_cancel(struct runner *runner, const char *commit)
{
	places_cancel(self(runner)->places, commit);
	jobs_cancel(&self(runner)->jobs, commit);
}

static enum runner_has command_has(const struct runner *runner, int place,
				   const char *commit)
{
	return places_has(((const struct command_runner *)runner)->places,
			  place, commit);
}

static void command_adopt(struct runner *runner, int place, const char *commit,
			  const char *image)
{
	places_adopt(self(runner)->places, place, commit, image);
}

static char *command_image(const struct runner *runner, int place,
			   const char *commit)
{
	return places_image(((const struct command_runner *)runner)->places,
			    place, commit);
}

static void command_free(struct runner *runner)
{
	struct command_runner *owner = self(runner);

	assert(!owner->jobs.first);
	for (int i = 0; i < owner->text_count; i++)
		free(owner->texts[i]);
	places_free(owner->places);
	console_rules_free(owner->rules);
	free(owner);
}

static const struct runner_ops command_ops = {
	.build = command_build,
	.run = command_run,
	.enough = command_enough,
	.cancel = command_cancel,
	.has = command_has,
	.free = command_free,
	.adopt = command_adopt,
	.image = command_image,
};

static const char *copy(struct command_runner *owner, const char *text)
{
	char *mine = xstrdup_null(text);

	assert(owner->text_count < TEXTS);
	owner->texts[owner->text_count++] = mine;
	return mine;
}

static struct places *make_places(uv_loop_t *loop,
				  const struct command_spec *spec)
{
	const struct supply_spec supply = {
		.builder = { .keeper = spec->keeper,
			     .worktree = spec->worktree,
			     .session = spec->session,
			     .checkout = spec->checkout,
			     .timeout_ms = spec->build_timeout_ms,
			     .output_max = spec->build_output_max },
		.build = spec->build,
	};

	return places_new(loop, &supply, spec->further, spec->further_count);
}

int command_runner_new(uv_loop_t *loop, const struct command_spec *spec,
		       struct runner **out, struct error *err)
{
	struct command_runner *owner = xcalloc(1, sizeof(*owner));

	if (console_rules_new(&spec->console, &owner->rules, err) < 0) {
		free(owner);
		return -1;
	}
	owner->runner.ops = &command_ops;
	owner->runner.slots = owner->jobs.slots = spec->slots;
	owner->runner.has_build = true; /* there is the checkout at least */
	owner->loop = loop;
	owner->spec = *spec;
	owner->spec.keeper = copy(owner, spec->keeper);
	owner->spec.session = copy(owner, spec->session);
	owner->spec.test = copy(owner, spec->test);
	/* Lent to us, and not needed again: the rules are compiled. */
	owner->spec.console.crash = NULL;
	owner->spec.console.ignore = NULL;
	owner->spec.console.boot = NULL;
	owner->spec.worktree = NULL;
	owner->spec.checkout = NULL;
	owner->spec.further = NULL;
	owner->spec.build = NULL;
	owner->places = make_places(loop, spec);
	*out = &owner->runner;
	return 0;
}
