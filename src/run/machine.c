/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/machine.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/identity.h"
#include "run/jobs.h"
#include "run/places.h"
#include "run/runner.h"
#include "run/trial.h"

#define CHANGES 7 /* to the environment of its commands, with the end */

struct machine_runner {
	struct runner runner; /* the head */
	uv_loop_t *loop;
	struct machine_spec spec;
	struct places *places;
	struct console_rules *rules;
	struct bringup_memory memory;
	char *meant; /* the commit whose kernel that speaks of, or NULL */
	struct jobs jobs;
};

struct boot {
	struct job job; /* the head */
	struct machine_runner *owner;
	char *kernel, *folder;
	char *changes[CHANGES];
	struct bringup_spec bringup;
	struct visit_spec visit;
};

static struct machine_runner *self(struct runner *runner)
{
	return (struct machine_runner *)runner;
}

static void boot_release(struct boot *boot)
{
	for (int i = 0; i < CHANGES; i++)
		free(boot->changes[i]);
	free(boot->kernel);
	free(boot->folder);
}

static void on_end(void *data, const struct run_end *end)
{
	struct boot *boot = data;

	boot->job.trial = NULL;
	boot->owner->memory.well =
		end->outcome == OUTCOME_OK && !end->cancelled;
	boot_release(boot);
	job_end(&boot->job, end);
}

/* What the commands here find in their environment. */
static void make_changes(struct boot *boot)
{
	const struct ssh_spec *peer = &boot->owner->spec.bringup.peer;
	struct identity identity;
	int count = 0;

	identity_of_build(boot->folder, &identity);
	boot->changes[count++] = xasprintf("CULPRIT_KERNEL=%s", boot->kernel);
	boot->changes[count++] = xasprintf("CULPRIT_BUILD=%s", boot->folder);
	boot->changes[count++] = xasprintf("CULPRIT_HOST=%s", peer->host);
	boot->changes[count++] = xasprintf("CULPRIT_PORT=%d", peer->port);
	boot->changes[count++] = xasprintf("CULPRIT_USER=%s", peer->user);
	boot->changes[count++] =
		identity.kernel[0]
			? xasprintf("CULPRIT_RELEASE=%s", identity.kernel)
			: xstrdup("CULPRIT_RELEASE");
	assert(count < CHANGES);
}

static void make_specs(struct boot *boot)
{
	struct machine_runner *owner = boot->owner;

	boot->bringup = owner->spec.bringup;
	boot->bringup.keeper = owner->spec.supply.builder.keeper;
	boot->bringup.cwd =
		places_worktree(owner->places, boot->job.request.place);
	boot->bringup.commit = boot->job.commit;
	boot->bringup.kernel = boot->kernel;
	boot->bringup.folder = boot->folder;
	boot->bringup.memory = &owner->memory;
	boot->visit = *owner->spec.visit;
	boot->visit.peer = owner->spec.bringup.peer;
}

static int start_trial(struct boot *boot, struct error *err)
{
	const struct machine_spec *spec = &boot->owner->spec;
	const char *const shell[] = { "sh", "-c", spec->console, NULL };
	const char *const nothing[] = { "sleep", "infinity", NULL };
	const struct run_request request = job_request(&boot->job);
	const struct trial_spec trial = {
		.keeper = spec->supply.builder.keeper,
		.argv = spec->console ? shell : nothing,
		.worktree = places_worktree(boot->owner->places,
					    boot->job.request.place),
		.session = spec->supply.builder.session,
		.slot = boot->job.slot,
		.boot_ms = spec->bringup.boot_ms,
		.timeout_ms = spec->timeout_ms,
		.silence_ms = spec->silence_ms,
		.settle_ms = spec->settle_ms,
		.output_max = spec->output_max,
		.on_timeout = spec->on_timeout,
		.rules = boot->owner->rules,
		.visit = &boot->visit,
		.bringup = &boot->bringup,
		.mute = !spec->console,
		.env = (const char *const *)boot->changes,
	};

	return trial_start(boot->owner->loop, &trial, &request, on_end, boot,
			   &boot->job.trial, err);
}

/* What the machine has is another kernel, or may be. */
static void forget_installed(struct machine_runner *owner)
{
	free(owner->meant);
	owner->meant = NULL;
	owner->memory.installed = false;
}

static int launch(struct boot *boot, struct error *err)
{
	struct machine_runner *owner = boot->owner;
	int place = boot->job.request.place;

	if (!str_equal(owner->meant, boot->job.commit)) {
		forget_installed(owner);
		owner->meant = xstrdup(boot->job.commit);
	}
	boot->kernel = places_kernel(owner->places, place, boot->job.commit);
	boot->folder = places_folder(owner->places, place);
	if (access(boot->kernel, R_OK) < 0)
		return error_errno(err, "there is no kernel to install: '%s'",
				   boot->kernel);
	make_changes(boot);
	make_specs(boot);
	return start_trial(boot, err);
}

static int machine_build(struct runner *runner,
			 const struct build_request *request, build_done *done,
			 void *data, struct error *err)
{
	struct machine_runner *owner = self(runner);

	if (places_build(owner->places, &owner->jobs, request, done, data,
			 err) < 0)
		return -1;
	if (str_equal(owner->meant, request->commit))
		forget_installed(owner);
	return 0;
}

static int machine_run(struct runner *runner, const struct run_request *request,
		       run_done *done, void *data, struct error *err)
{
	struct machine_runner *owner = self(runner);
	struct boot *boot;

	if (places_allow_run(owner->places, request, err) < 0)
		return -1;
	boot = (struct boot *)jobs_add(&owner->jobs, sizeof(*boot), request,
				       done, data, err);
	if (!boot)
		return -1;
	boot->owner = owner;
	if (launch(boot, err) == 0)
		return 0;
	boot_release(boot);
	job_drop(&boot->job);
	return -1;
}

static void machine_enough(struct runner *runner, const char *commit)
{
	jobs_enough(&self(runner)->jobs, commit);
}

static void machine_cancel(struct runner *runner, const char *commit)
{
	places_cancel(self(runner)->places, commit);
	jobs_cancel(&self(runner)->jobs, commit);
}

static enum runner_has machine_has(const struct runner *runner, int place,
				   const char *commit)
{
	return places_has(((const struct machine_runner *)runner)->places,
			  place, commit);
}

static void machine_free(struct runner *runner)
{
	struct machine_runner *owner = self(runner);

	assert(!owner->jobs.first);
	places_free(owner->places);
	free(owner->meant);
	console_rules_free(owner->rules);
	free(owner);
}

static const struct runner_ops machine_ops = {
	.build = machine_build,
	.run = machine_run,
	.enough = machine_enough,
	.cancel = machine_cancel,
	.has = machine_has,
	.free = machine_free,
};

int machine_runner_new(uv_loop_t *loop, const struct machine_spec *spec,
		       struct runner **out, struct error *err)
{
	struct machine_runner *owner = xcalloc(1, sizeof(*owner));
	struct console_spec console = spec->rules;

	console.guest = true; /* for the last line it said */
	if (console_rules_new(&console, &owner->rules, err) < 0) {
		free(owner);
		return -1;
	}
	owner->runner.ops = &machine_ops;
	owner->runner.slots = owner->jobs.slots = 1;
	owner->runner.has_build = true;
	owner->loop = loop;
	owner->spec = *spec;
	owner->places = places_new(loop, &spec->supply, spec->further,
				   spec->further_count);
	owner->spec.further = NULL;
	*out = &owner->runner;
	return 0;
}
