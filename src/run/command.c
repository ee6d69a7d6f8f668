/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/command.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/builder.h"
#include "run/child.h"
#include "run/judge.h"
#include "run/record.h"
#include "run/runner.h"
#include "run/surroundings.h"
#include "run/watch.h"

#define TEXTS 5 /* of a spec, to be copied */

struct command_runner {
	struct runner runner; /* the head */
	uv_loop_t *loop;
	struct command_spec spec; /* its texts are in `texts` */
	char *texts[TEXTS];
	int text_count;
	struct builder *builder;
	const char *shell_build[4]; /* of the build command */
	const char *const *commands[2];
	struct builder_work work;
	struct console_rules *rules;
	bool has_boot_rule;
	struct job *jobs; /* runs */
};

/*
 * run -> done  [on_end]
 *
 * While a job is in the runner's list it has a child.
 */
struct job {
	struct command_runner *owner;
	struct job *next;
	struct child *child;
	char *commit;
	struct record record;
	int number;
	int slot;
	uint64_t began;
	bool cancelled;
	struct error trouble; /* ours: the record could not be written */
	struct watch *watch;
	bool silent; /* stopped by it, for silence */
	run_done *done;
	void *data;
};

static struct command_runner *self(struct runner *runner)
{
	return (struct command_runner *)runner;
}

static void job_free(struct job *job)
{
	record_close(&job->record);
	watch_free(job->watch);
	free(job->commit);
	free(job);
}

static void job_link(struct job *job)
{
	job->next = job->owner->jobs;
	job->owner->jobs = job;
}

static void job_unlink(struct job *job)
{
	struct job **place = &job->owner->jobs;

	while (*place != job)
		place = &(*place)->next;
	*place = job->next;
}

static struct job *job_new(struct command_runner *owner, const char *commit)
{
	struct job *job = xcalloc(1, sizeof(*job));

	job->owner = owner;
	job->commit = xstrdup(commit);
	job->record.fd = -1;
	job->began = uv_hrtime();
	return job;
}

static void on_output(void *data, const char *bytes, size_t length)
{
	struct job *job = data;

	if (job->trouble.code != ERROR_NONE)
		return;
	if (record_write(&job->record, bytes, length, &job->trouble) < 0)
		child_stop(job->child);
	else
		watch_feed(job->watch, bytes, length);
}

static void on_end(void *data, enum child_stop why, int exit_status,
		   int64_t duration_ms);

static void on_watch(void *owner, enum watch_stop why)
{
	struct job *job = owner;

	job->silent = why == WATCH_SILENCE;
	child_stop(job->child);
}

static void watch_over(struct job *job, const struct run_request *request)
{
	const struct command_spec *spec = &job->owner->spec;

	job->watch = watch_new(job->owner->loop,
			       &(struct watch_spec){
				       .rules = job->owner->rules,
				       .settle_ms = spec->settle_ms,
				       .silence_ms = spec->silence_ms,
				       .seen = request->seen,
				       .decides = request->decides,
				       .data = job->data,
				       .stop = on_watch,
				       .owner = job,
			       });
}

static int launch(struct job *job, struct error *err)
{
	const struct command_spec *spec = &job->owner->spec;
	const char *argv[] = { "sh", "-c", spec->test, NULL };
	char **env = surroundings_make(
		&(struct surroundings){ .commit = job->commit,
					.worktree = spec->worktree,
					.session = spec->session,
					.run = job->number,
					.slot = job->slot });
	struct child_spec child = {
		.keeper = spec->keeper,
		.argv = argv,
		.env = (const char *const *)env,
		.cwd = spec->worktree,
		.timeout_ms = spec->test_timeout_ms,
		.output_max = spec->test_output_max,
		.on_output = on_output,
		.on_end = on_end,
		.data = job,
	};
	int ret = child_start(job->owner->loop, &child, &job->child, err);

	surroundings_free(env);
	return ret;
}

static const char *text_or_null(const struct buf *text)
{
	return text->length > 0 ? text->text : NULL;
}

/*
 * By what the console says.  What happened beside it becomes its only crash;
 * nothing of that is to be freed.
 */
static void judge_ended(struct job *job, const struct ending *ending,
			const struct sight *sight, struct crash *beside,
			struct run_end *end, struct buf *text)
{
	const struct command_spec *spec = &job->owner->spec;
	const struct console *console = watch_console(job->watch);
	const struct evidence evidence = {
		.sight = sight,
		.kernel = spec->console.kernel,
		.has_boot_rule = job->owner->has_boot_rule,
		.booted = console->booted,
		.spoke = console->spoke,
		.on_timeout = spec->on_timeout,
	};
	const struct monitored *monitored;

	end->outcome = judge_run(ending, &evidence, &monitored, text);
	end->crashes = sight->crashes;
	end->crash_count = sight->crash_count;
	if (monitored) {
		beside->title = (char *)(uintptr_t)monitored->title;
		beside->type = (char *)(uintptr_t)monitored->type;
		end->crashes = beside;
		end->crash_count = 1;
	}
	if (end->crash_count > 0)
		end->title = end->crashes[0].title;
}

/* The job leaves the list before it calls back, so that another may start. */
static void on_end(void *data, enum child_stop why, int exit_status,
		   int64_t duration_ms)
{
	struct job *job = data;
	const struct command_spec *spec = &job->owner->spec;
	const struct ending ending = {
		.why = why,
		.silent = job->silent,
		.exit_status = exit_status,
		.timeout_ms = spec->test_timeout_ms,
		.silence_ms = spec->silence_ms,
		.output_max = spec->test_output_max,
	};
	struct run_end end = {
		.cancelled = job->cancelled,
		.exit_status = exit_status,
		.duration_ms = duration_ms,
	};
	struct crash beside = { .title = NULL };
	struct sight sight;
	struct buf text;

	job->child = NULL;
	buf_init(&text, 0);
	watch_end(job->watch);
	console_look(watch_console(job->watch), &sight);
	if (job->trouble.code != ERROR_NONE) {
		end.outcome = OUTCOME_INFRA;
		buf_puts(&text, job->trouble.text);
	} else {
		judge_ended(job, &ending, &sight, &beside, &end, &text);
	}
	end.text = text_or_null(&text);
	job_unlink(job);
	job->done(job->data, &end);
	sight_release(&sight);
	job_free(job);
	buf_release(&text);
}

static int command_build(struct runner *runner,
			 const struct build_request *request, build_done *done,
			 void *data, struct error *err)
{
	struct command_runner *owner = self(runner);

	if (owner->jobs)
		return error_set(err, ERROR_BUSY,
				 "cannot build while %s is worked on",
				 owner->jobs->commit);
	return builder_build(owner->builder, request, &owner->work, done, data,
			     err);
}

/* The lowest slot that no job has. */
static int free_slot(const struct command_runner *owner)
{
	int slot = 1;

	for (const struct job *job = owner->jobs; job;) {
		if (job->slot == slot) {
			slot++;
			job = owner->jobs;
		} else {
			job = job->next;
		}
	}
	return slot;
}

static int command_run(struct runner *runner, const struct run_request *request,
		       run_done *done, void *data, struct error *err)
{
	struct command_runner *owner = self(runner);
	struct job *job;
	int slot = free_slot(owner);

	if (!str_equal(builder_built(owner->builder), request->commit))
		return error_set(err, ERROR_STATE,
				 "cannot run %s: it is not what was built last",
				 request->commit);
	if (slot > runner->slots)
		return error_set(err, ERROR_BUSY, "all %d slots are taken",
				 runner->slots);
	job = job_new(owner, request->commit);
	job->done = done;
	job->data = data;
	job->number = request->number;
	job->slot = slot;
	watch_over(job, request);
	if (record_open(&job->record, request->console, true, err) < 0 ||
	    launch(job, err) < 0) {
		job_free(job);
		return -1;
	}
	job_link(job);
	return 0;
}

static void command_cancel(struct runner *runner, const char *commit)
{
	builder_cancel(self(runner)->builder, commit);
	for (struct job *job = self(runner)->jobs; job; job = job->next) {
		if (commit && !str_equal(commit, job->commit))
			continue;
		job->cancelled = true;
		child_stop(job->child);
	}
}

static void command_free(struct runner *runner)
{
	struct command_runner *owner = self(runner);

	assert(!owner->jobs);
	for (int i = 0; i < owner->text_count; i++)
		free(owner->texts[i]);
	builder_free(owner->builder);
	console_rules_free(owner->rules);
	free(owner);
}

static const struct runner_ops command_ops = {
	.build = command_build,
	.run = command_run,
	.cancel = command_cancel,
	.free = command_free,
};

static const char *copy(struct command_runner *owner, const char *text)
{
	char *mine = xstrdup_null(text);

	assert(owner->text_count < TEXTS);
	owner->texts[owner->text_count++] = mine;
	return mine;
}

static void make_builder(struct command_runner *owner,
			 const struct command_spec *spec)
{
	owner->builder = builder_new(
		owner->loop,
		&(struct builder_spec){ .keeper = spec->keeper,
					.worktree = spec->worktree,
					.session = spec->session,
					.checkout = spec->checkout,
					.timeout_ms = spec->build_timeout_ms,
					.output_max = spec->build_output_max });
	owner->shell_build[0] = "sh";
	owner->shell_build[1] = "-c";
	owner->shell_build[2] = copy(owner, spec->build);
	owner->commands[0] = spec->build ? owner->shell_build : NULL;
	owner->work.commands = owner->commands;
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
	owner->runner.slots = spec->slots;
	owner->runner.has_build = true; /* there is the checkout at least */
	owner->loop = loop;
	owner->spec = *spec;
	owner->spec.keeper = copy(owner, spec->keeper);
	owner->spec.worktree = copy(owner, spec->worktree);
	owner->spec.session = copy(owner, spec->session);
	owner->spec.test = copy(owner, spec->test);
	owner->has_boot_rule = spec->console.boot != NULL;
	/* Lent to us, and not needed again: the rules are compiled. */
	owner->spec.console.crash = NULL;
	owner->spec.console.ignore = NULL;
	owner->spec.console.boot = NULL;
	owner->spec.checkout = NULL;
	owner->spec.build = NULL;
	make_builder(owner, spec);
	*out = &owner->runner;
	return 0;
}
