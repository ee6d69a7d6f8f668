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
#include "run/child.h"
#include "run/diagnosis.h"
#include "run/judge.h"
#include "run/record.h"
#include "run/runner.h"
#include "run/watch.h"

#define CHECKOUT_OUTPUT_MAX (1 << 20)
#define TEXTS		    5 /* of a spec, to be copied */
#define VARIABLES	    5 /* that we set or unset for a child */

/* git rev-parse --local-env-vars, what could lead git astray */
static const char *const git_variables[] = {
	"GIT_ALTERNATE_OBJECT_DIRECTORIES",
	"GIT_COMMON_DIR",
	"GIT_DIR",
	"GIT_INDEX_FILE",
	"GIT_OBJECT_DIRECTORY",
	"GIT_PREFIX",
	"GIT_WORK_TREE",
};

#define GIT_VARIABLES (sizeof(git_variables) / sizeof(*git_variables))

struct command_runner {
	struct runner runner; /* the head */
	uv_loop_t *loop;
	struct command_spec spec; /* its texts are in `texts` */
	char *texts[TEXTS];
	int text_count;
	char **checkout; /* ended by NULL */
	size_t checkout_length;
	struct console_rules *rules;
	bool has_boot_rule;
	struct job *jobs;
	char *built; /* the commit in the worktree, when it was built */
};

enum stage {
	STAGE_CHECKOUT,
	STAGE_BUILD,
	STAGE_RUN,
};

/*
 * checkout -> build -> done    [on_end]
 * run -> done                  [on_end]
 *
 * While a job is in the runner's list it has a child.
 */
struct job {
	struct command_runner *owner;
	struct job *next;
	enum stage stage;
	struct child *child;
	char *commit;
	struct record record;
	int number;
	int slot;
	uint64_t began;
	bool cancelled;
	struct error trouble;	    /* ours: the record could not be written */
	struct diagnosis diagnosis; /* of a build */
	struct watch *watch;	    /* of a run */
	bool silent;		    /* stopped by it, for silence */
	build_done *build_done;
	run_done *run_done;
	void *data;
};

static struct command_runner *self(struct runner *runner)
{
	return (struct command_runner *)runner;
}

static void job_free(struct job *job)
{
	record_close(&job->record);
	if (job->stage != STAGE_RUN)
		diagnosis_release(&job->diagnosis);
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

static struct job *job_new(struct command_runner *owner, enum stage stage,
			   const char *commit)
{
	struct job *job = xcalloc(1, sizeof(*job));

	job->owner = owner;
	job->stage = stage;
	job->commit = xstrdup(commit);
	job->record.fd = -1;
	job->began = uv_hrtime();
	if (stage != STAGE_RUN)
		diagnosis_init(&job->diagnosis, owner->spec.worktree);
	return job;
}

/* A killed git would leave its lock in the worktree. */
static void stop_child(struct job *job)
{
	if (job->stage != STAGE_CHECKOUT)
		child_stop(job->child);
}

static void on_output(void *data, const char *bytes, size_t length)
{
	struct job *job = data;

	if (job->trouble.code != ERROR_NONE)
		return;
	if (record_write(&job->record, bytes, length, &job->trouble) < 0) {
		stop_child(job);
		return;
	}
	if (job->stage == STAGE_RUN)
		watch_feed(job->watch, bytes, length);
	else
		diagnosis_feed(&job->diagnosis, bytes, length);
}

static void on_end(void *data, enum child_stop why, int exit_status,
		   int64_t duration_ms);

static void on_watch(void *owner, enum watch_stop why)
{
	struct job *job = owner;

	job->silent = why == WATCH_SILENCE;
	stop_child(job);
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

/* The last two say nothing of a build, whatever the caller's are. */
static void set_variables(const struct job *job, char *out[VARIABLES])
{
	const struct command_spec *spec = &job->owner->spec;

	out[0] = xasprintf("CULPRIT_COMMIT=%s", job->commit);
	out[1] = xasprintf("CULPRIT_WORKTREE=%s", spec->worktree);
	out[2] = xasprintf("CULPRIT_SESSION=%s", spec->session);
	if (job->stage == STAGE_RUN) {
		out[3] = xasprintf("CULPRIT_RUN=%d", job->number);
		out[4] = xasprintf("CULPRIT_SLOT=%d", job->slot);
	} else {
		out[3] = xstrdup("CULPRIT_RUN");
		out[4] = xstrdup("CULPRIT_SLOT");
	}
}

static void set_limits(const struct job *job, int64_t *timeout_ms,
		       int64_t *output_max)
{
	const struct command_spec *spec = &job->owner->spec;

	*timeout_ms = spec->build_timeout_ms;
	*output_max = spec->build_output_max;
	if (job->stage == STAGE_CHECKOUT)
		*output_max = CHECKOUT_OUTPUT_MAX;
	if (job->stage == STAGE_RUN) {
		*timeout_ms = spec->test_timeout_ms;
		*output_max = spec->test_output_max;
	}
}

/* Start the child of the job's stage. */
static int launch(struct job *job, const char *const *argv, struct error *err)
{
	char *variables[VARIABLES];
	const char *env[VARIABLES + GIT_VARIABLES + 1];
	struct child_spec child = {
		.keeper = job->owner->spec.keeper,
		.argv = argv,
		.env = env,
		.cwd = job->owner->spec.worktree,
		.on_output = on_output,
		.on_end = on_end,
		.data = job,
	};
	int ret;

	set_limits(job, &child.timeout_ms, &child.output_max);
	set_variables(job, variables);
	memcpy(env, variables, sizeof(variables));
	memcpy(env + VARIABLES, git_variables, sizeof(git_variables));
	env[VARIABLES + GIT_VARIABLES] = NULL;
	ret = child_start(job->owner->loop, &child, &job->child, err);
	for (size_t i = 0; i < VARIABLES; i++)
		free(variables[i]);
	return ret;
}

static int launch_shell(struct job *job, const char *command, struct error *err)
{
	return launch(job, (const char *const[]){ "sh", "-c", command, NULL },
		      err);
}

/* The log says what is run. */
static int log_command(struct job *job, const char *const *words,
		       struct error *err)
{
	struct buf line;
	int ret;

	buf_init(&line, 0);
	buf_putc(&line, '$');
	for (; *words; words++)
		buf_printf(&line, " %s", *words);
	buf_putc(&line, '\n');
	ret = record_write(&job->record, line.text, line.length, err);
	buf_release(&line);
	return ret;
}

static int start_checkout(struct job *job, struct error *err)
{
	struct command_runner *owner = job->owner;
	const char **argv = xcalloc(owner->checkout_length + 2, sizeof(*argv));
	int ret = -1;

	for (size_t i = 0; i < owner->checkout_length; i++)
		argv[i] = owner->checkout[i];
	argv[owner->checkout_length] = job->commit;
	if (log_command(job, argv, err) == 0)
		ret = launch(job, argv, err);
	free(argv);
	return ret;
}

static int start_build(struct job *job, struct error *err)
{
	const char *command = job->owner->spec.build;

	job->stage = STAGE_BUILD;
	diagnosis_clear(&job->diagnosis);
	if (log_command(job, (const char *const[]){ command, NULL }, err) < 0)
		return -1;
	return launch_shell(job, command, err);
}

static int64_t job_duration(const struct job *job)
{
	return (int64_t)((uv_hrtime() - job->began) / 1000000);
}

static const char *text_or_null(const struct buf *text)
{
	return text->length > 0 ? text->text : NULL;
}

/* The job leaves the list before it calls back, so that another may start. */
static void finish_build(struct job *job, const struct ending *ending,
			 enum build_result result, struct buf *text)
{
	struct command_runner *owner = job->owner;
	struct build_end end = {
		.result = result,
		.cancelled = job->cancelled,
		.exit_status = ending->exit_status,
		.duration_ms = job_duration(job),
	};

	if (job->trouble.code != ERROR_NONE) {
		end.result = BUILD_INFRA;
		buf_clear(text);
		buf_puts(text, job->trouble.text);
	}
	end.text = text_or_null(text);
	if (end.result == BUILD_OK && !end.cancelled)
		owner->built = xstrdup(job->commit);
	job_unlink(job);
	job->build_done(job->data, &end);
	job_free(job);
}

static void build_ended(struct job *job, const struct ending *ending)
{
	const struct command_spec *spec = &job->owner->spec;
	bool checkout = job->stage == STAGE_CHECKOUT;
	enum build_result result;
	struct buf text;

	buf_init(&text, 0);
	diagnosis_end(&job->diagnosis);
	result = (checkout ? judge_checkout
			   : judge_build)(ending, &job->diagnosis, &text);
	if (checkout && result == BUILD_OK && spec->build && !job->cancelled &&
	    job->trouble.code == ERROR_NONE) {
		if (start_build(job, &job->trouble) == 0)
			goto out;
	}
	finish_build(job, ending, result, &text);
out:
	buf_release(&text);
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

static void run_ended(struct job *job, const struct ending *ending)
{
	struct run_end end = {
		.cancelled = job->cancelled,
		.exit_status = ending->exit_status,
		.duration_ms = job_duration(job),
	};
	struct crash beside = { .title = NULL };
	struct sight sight;
	struct buf text;

	buf_init(&text, 0);
	watch_end(job->watch);
	console_look(watch_console(job->watch), &sight);
	if (job->trouble.code != ERROR_NONE) {
		end.outcome = OUTCOME_INFRA;
		buf_puts(&text, job->trouble.text);
	} else {
		judge_ended(job, ending, &sight, &beside, &end, &text);
	}
	end.text = text_or_null(&text);
	job_unlink(job);
	job->run_done(job->data, &end);
	sight_release(&sight);
	job_free(job);
	buf_release(&text);
}

static void on_end(void *data, enum child_stop why, int exit_status,
		   int64_t duration_ms)
{
	struct job *job = data;
	struct ending ending = {
		.why = why,
		.silent = job->silent,
		.exit_status = exit_status,
		.silence_ms = job->owner->spec.silence_ms,
	};

	(void)duration_ms; /* a build has two children */
	job->child = NULL;
	set_limits(job, &ending.timeout_ms, &ending.output_max);
	if (job->stage == STAGE_RUN)
		run_ended(job, &ending);
	else
		build_ended(job, &ending);
}

static int command_build(struct runner *runner,
			 const struct build_request *request, build_done *done,
			 void *data, struct error *err)
{
	struct command_runner *owner = self(runner);
	struct job *job;

	if (owner->jobs)
		return error_set(err, ERROR_BUSY,
				 "cannot build while %s is worked on",
				 owner->jobs->commit);
	job = job_new(owner, STAGE_CHECKOUT, request->commit);
	job->build_done = done;
	job->data = data;
	free(owner->built);
	owner->built = NULL;
	if (record_open(&job->record, request->log, false, err) < 0 ||
	    start_checkout(job, err) < 0) {
		job_free(job);
		return -1;
	}
	job_link(job);
	return 0;
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

	if (!str_equal(owner->built, request->commit))
		return error_set(err, ERROR_STATE,
				 "cannot run %s: it is not what was built last",
				 request->commit);
	if (slot > runner->slots)
		return error_set(err, ERROR_BUSY, "all %d slots are taken",
				 runner->slots);
	job = job_new(owner, STAGE_RUN, request->commit);
	job->run_done = done;
	job->data = data;
	job->number = request->number;
	job->slot = slot;
	watch_over(job, request);
	if (record_open(&job->record, request->console, true, err) < 0 ||
	    launch_shell(job, owner->spec.test, err) < 0) {
		job_free(job);
		return -1;
	}
	job_link(job);
	return 0;
}

static void command_cancel(struct runner *runner, const char *commit)
{
	for (struct job *job = self(runner)->jobs; job; job = job->next) {
		if (commit && !str_equal(commit, job->commit))
			continue;
		job->cancelled = true;
		stop_child(job);
	}
}

static void command_free(struct runner *runner)
{
	struct command_runner *owner = self(runner);

	assert(!owner->jobs);
	for (int i = 0; i < owner->text_count; i++)
		free(owner->texts[i]);
	for (size_t i = 0; i < owner->checkout_length; i++)
		free(owner->checkout[i]);
	free(owner->checkout);
	console_rules_free(owner->rules);
	free(owner->built);
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

static void copy_checkout(struct command_runner *owner,
			  const char *const *checkout)
{
	size_t length = 0;

	while (checkout[length])
		length++;
	owner->checkout = xcalloc(length + 1, sizeof(*owner->checkout));
	for (size_t i = 0; i < length; i++)
		owner->checkout[i] = xstrdup(checkout[i]);
	owner->checkout_length = length;
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
	owner->spec.build = copy(owner, spec->build);
	owner->spec.test = copy(owner, spec->test);
	owner->has_boot_rule = spec->console.boot != NULL;
	/* Lent to us, and not needed again: the rules are compiled. */
	owner->spec.console.crash = NULL;
	owner->spec.console.ignore = NULL;
	owner->spec.console.boot = NULL;
	owner->spec.checkout = NULL;
	copy_checkout(owner, spec->checkout);
	*out = &owner->runner;
	return 0;
}
