/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/command.h"

#include <stdlib.h>
#include <uv.h>

#include "base/error.h"
#include "base/xalloc.h"

struct command_runner {
	struct local_runner local; /* the head */
	struct command_spec spec;
};

static void on_end(void *data, const struct run_end *end)
{
	job_end(data, end);
}

static int launch(struct command_runner *owner, struct job *job,
		  struct error *err)
{
	const char *argv[] = { "sh", "-c", owner->spec.test, NULL };
	const struct run_request request = job_request(job);
	struct trial_spec trial = local_trial(&owner->local, job);

	trial.argv = argv;
	return trial_start(owner->local.loop, &trial, &request, on_end, job,
			   &job->trial, err);
}

static int command_run(struct runner *runner, const struct run_request *request,
		       run_done *done, void *data, struct error *err)
{
	struct command_runner *owner = (struct command_runner *)runner;
	struct job *job;

	if (!owner->spec.test)
		return error_set(err, ERROR_STATE,
				 "there is no test command that could be run");
	job = local_add(&owner->local, sizeof(*job), request, done, data, err);
	if (!job)
		return -1;
	if (launch(owner, job, err) == 0)
		return 0;
	job_drop(job);
	return -1;
}

static const struct runner_ops command_ops = {
	.build = local_build,
	.run = command_run,
	.enough = local_enough,
	.cancel = local_cancel,
	.has = local_has,
	.free = local_free,
	.adopt = local_adopt,
	.image = local_image,
};

int command_runner_new(uv_loop_t *loop, const struct command_spec *spec,
		       struct runner **out, struct error *err)
{
	struct command_runner *owner = xcalloc(1, sizeof(*owner));

	owner->spec = *spec;
	if (local_init(&owner->local, loop, &owner->spec.local, &command_ops,
		       err) < 0) {
		free(owner);
		return -1;
	}
	*out = &owner->local.runner;
	return 0;
}
