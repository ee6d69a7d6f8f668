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
#include "run/places.h"

#define CHANGES 7 /* to the environment of its commands, with the end */

struct machine_runner {
	struct local_runner local; /* the head */
	struct machine_spec spec;
	struct bringup_memory memory;
	char *meant; /* the commit whose kernel that speaks of, or NULL */
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
	boot->bringup.keeper = owner->spec.local.supply.builder.keeper;
	boot->bringup.cwd =
		places_worktree(owner->local.places, boot->job.request.place);
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
	struct trial_spec trial = local_trial(&boot->owner->local, &boot->job);

	trial.argv = spec->console ? shell : nothing;
	trial.visit = &boot->visit;
	trial.bringup = &boot->bringup;
	trial.mute = !spec->console;
	trial.env = (const char *const *)boot->changes;
	return trial_start(boot->owner->local.loop, &trial, &request, on_end,
			   boot, &boot->job.trial, err);
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
	boot->kernel =
		places_kernel(owner->local.places, place, boot->job.commit);
	boot->folder = places_folder(owner->local.places, place);
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

	if (local_build(runner, request, done, data, err) < 0)
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

	boot = (struct boot *)local_add(&owner->local, sizeof(*boot), request,
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

static void machine_free(struct runner *runner)
{
	free(self(runner)->meant);
	local_free(runner);
}

static const struct runner_ops machine_ops = {
	.build = machine_build,
	.run = machine_run,
	.enough = local_enough,
	.cancel = local_cancel,
	.has = local_has,
	.free = machine_free,
};

int machine_runner_new(uv_loop_t *loop, const struct machine_spec *spec,
		       struct runner **out, struct error *err)
{
	struct machine_runner *owner = xcalloc(1, sizeof(*owner));
	struct local_spec *local = &owner->spec.local;

	owner->spec = *spec;
	local->console.guest = true; /* for the last line it said */
	owner->spec.bringup.boot_ms = local->limits.boot_ms;
	if (local_init(&owner->local, loop, local, &machine_ops, err) < 0) {
		free(owner);
		return -1;
	}
	*out = &owner->local.runner;
	return 0;
}
