/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/slurm.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/argv.h"
#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/child.h"

#define LIMIT_MS   60000		     /* of one of Slurm's programs */
#define ANSWER_MAX (8 * 1024 * 1024)	     /* bytes of its words */
#define BEHIND	   "1000"		     /* a niceness */
#define FORMAT	   "--format=%k|%i|%T|%N|%r" /* what slurm_read_job reads */

struct slurm {
	struct executor executor; /* the head */
	uv_loop_t *loop;
	struct slurm_spec spec;
};

/* One program of Slurm's at work; what it says is kept. */
struct call {
	struct child *child;
	struct buf said;
	uv_timer_t soon; /* where it could not even be started */
	executor_submitted *submitted;
	executor_looked *looked;
	executor_cancelled *cancelled;
	executor_node_told *node_told;
	void *data;
};

bool slurm_is_away(const char *words)
{
	static const char *const signs[] = {
		"Unable to contact slurm controller",
		"Unable to establish controller machine",
		"Socket timed out",
		"Zero Bytes were transmitted",
		"Connection refused",
		"Connection timed out",
		"temporarily unavailable",
		"in standby mode",
		"Communication connection failure",
		"Insane message length",
		"Unexpected message received",
		"Protocol authentication error",
		"authentication credential",
		"Unable to contact",
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (strstr(words, signs[i]))
			return true;
	return false;
}

/*
 * Reading.
 */

/* What stands before the next '|', which becomes the end of it. */
static char *field(char **at)
{
	char *begin = *at, *end = begin ? strchr(begin, '|') : NULL;

	if (end)
		*end = '\0';
	*at = end ? end + 1 : NULL;
	return begin;
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (str_equal(word, *words))
			return true;
	return false;
}

static enum job_state state_of(const char *word)
{
	static const char *const queued[] = { "PENDING",      "CONFIGURING",
					      "REQUEUED",     "REQUEUE_FED",
					      "REQUEUE_HOLD", "RESV_DEL_HOLD",
					      "SPECIAL_EXIT", NULL };
	static const char *const runs[] = { "RUNNING",	 "COMPLETING",
					    "SUSPENDED", "STOPPED",
					    "SIGNALING", "STAGE_OUT",
					    "RESIZING",	 NULL };

	if (is_one_of(word, queued))
		return JOB_QUEUED;
	return is_one_of(word, runs) ? JOB_RUNS : JOB_ENDED;
}

/* "17_3": the index of an array's job. */
static int index_of(const char *id)
{
	const char *low = strchr(id, '_');
	int64_t number;

	return low && str_number(low + 1, 0, INT32_MAX, &number) ? (int)number
								 : -1;
}

bool slurm_read_job(char *line, struct executor_job *out)
{
	char *at = line;
	const char *batch = field(&at), *id = field(&at), *state = field(&at),
		   *node = field(&at), *reason = field(&at);

	if (!reason || str_empty(batch) || str_empty(id))
		return false;
	*out = (struct executor_job){
		.batch = batch,
		.index = index_of(id),
		.id = id,
		.node = node,
		.state = state_of(state),
		.words = state,
		.node_failed = str_equal(state, "NODE_FAIL") ||
			       str_equal(state, "BOOT_FAIL"),
		.dropped = str_equal(state, "CANCELLED") ||
			   str_equal(state, "PREEMPTED"),
	};
	/* why it waits says more than that it does */
	if (out->state == JOB_QUEUED && !str_equal(reason, "None"))
		out->words = reason;
	return true;
}

static void tell_jobs(struct call *call)
{
	struct executor_job *jobs = NULL, job;
	size_t count = 0, room = 0;
	char *at = call->said.text;

	while (*at) {
		char *end = strchr(at, '\n'), *line = at;

		at = end ? end + 1 : at + strlen(at);
		if (end)
			*end = '\0';
		if (!slurm_read_job(line, &job))
			continue;
		array_grow(jobs, count + 1, &room);
		jobs[count++] = job;
	}
	call->looked(call->data, jobs, (int)count, NULL);
	free(jobs);
}

/* The last line of them, without what every program puts before it. */
static char *last_words(const struct buf *said)
{
	size_t length = said->length, begin;
	const char *line, *colon;

	while (length && strchr(" \n", said->text[length - 1]))
		length--;
	begin = length;
	while (begin && said->text[begin - 1] != '\n')
		begin--;
	line = said->text + begin;
	colon = strstr(line, ": error: ");
	if (colon && colon < said->text + length)
		line = colon + strlen(": error: ");
	return xstrndup(line, (size_t)(said->text + length - line));
}

/*
 * Calling.
 */

static void tell_submitted(struct call *call, bool ended, int exit_status)
{
	char *words = last_words(&call->said);
	enum submitted how = SUBMIT_REFUSED;

	if (ended && exit_status == 0)
		how = SUBMIT_DONE;
	else if (!ended || slurm_is_away(call->said.text))
		how = SUBMIT_UNREACHABLE;
	if (how == SUBMIT_DONE) /* "17;cluster" */
		words[strcspn(words, ";")] = '\0';
	call->submitted(call->data, how, words);
	free(words);
}

static void tell_looked(struct call *call, bool ended, int exit_status)
{
	char *words;

	if (ended && exit_status == 0) {
		tell_jobs(call);
		return;
	}
	words = ended ? last_words(&call->said)
		      : xstrdup("Slurm does not answer");
	call->looked(call->data, NULL, 0, words);
	free(words);
}

static void tell_cancelled(struct call *call, bool ended, int exit_status)
{
	char *words = last_words(&call->said);

	if (ended && (exit_status == 0 || !slurm_is_away(call->said.text)))
		call->cancelled(call->data, NULL);
	else
		call->cancelled(call->data, words);
	free(words);
}

/* "idle", "mixed-", "down*": in each partition that it is in the same. */
bool slurm_node_is_well(const char *said)
{
	static const char *const well[] = { "idle", "mixed", "allocated",
					    "completing", NULL };
	char state[32];
	size_t length = strspn(said, "abcdefghijklmnopqrstuvwxyz");

	if (!length || length >= sizeof(state))
		return false;
	memcpy(state, said, length);
	state[length] = '\0';
	/* planned for somebody, asleep, waking up: all take jobs */
	said += length + strspn(said + length, "-+~#");
	return is_one_of(state, well) && strchr("\n", *said);
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void finish(struct call *call, bool ended, int exit_status)
{
	if (call->submitted)
		tell_submitted(call, ended, exit_status);
	else if (call->looked)
		tell_looked(call, ended, exit_status);
	else if (call->node_told)
		call->node_told(call->data,
				ended && exit_status == 0 &&
					slurm_node_is_well(call->said.text));
	else
		tell_cancelled(call, ended, exit_status);
	buf_release(&call->said);
	uv_close((uv_handle_t *)&call->soon, on_closed);
}

static void on_output(void *data, const char *bytes, size_t length)
{
	struct call *call = data;

	buf_add(&call->said, bytes, length);
}

static void on_end(void *data, enum child_stop why, int exit_status,
		   int64_t duration_ms)
{
	(void)duration_ms;
	finish(data, why == CHILD_RAN, exit_status);
}

static void on_soon(uv_timer_t *timer)
{
	finish(timer->data, true, 127);
}

static void run(struct slurm *slurm, struct call *call, char **argv)
{
	const struct child_spec spec = {
		.keeper = slurm->spec.keeper,
		.argv = (const char *const *)argv,
		.timeout_ms = LIMIT_MS,
		.on_output = on_output,
		.on_end = on_end,
		.data = call,
	};
	struct error err;

	buf_init(&call->said, ANSWER_MAX);
	uv_timer_init(slurm->loop, &call->soon);
	call->soon.data = call;
	if (child_start(slurm->loop, &spec, &call->child, &err) < 0) {
		buf_puts(&call->said, err.text);
		uv_timer_start(&call->soon, on_soon, 0, 0);
	}
	argv_free(argv);
}

/* Comma between them. */
static char *listed(const char *const *words)
{
	struct buf list;
	char *text;

	buf_init(&list, 0);
	for (int i = 0; words[i]; i++)
		buf_printf(&list, "%s%s", i ? "," : "", words[i]);
	text = buf_take(&list);
	buf_release(&list);
	return text;
}

static void add_share(struct argv *argv, const struct slurm_share *share)
{
	int64_t minutes = (share->time_ms + 59999) / 60000;

	if (share->cpus)
		argv_take(argv, xasprintf("--cpus-per-task=%d", share->cpus));
	if (share->memory_mib)
		argv_take(argv, xasprintf("--mem=%dM", share->memory_mib));
	if (share->time_ms)
		argv_take(argv, xasprintf("--time=%" PRId64, minutes));
}

static void add_array(struct argv *argv, const struct submission *submission)
{
	struct buf list;

	if (!submission->indices) {
		argv_take(argv, xasprintf("--output=%s.log", submission->log));
		return;
	}
	buf_init(&list, 0);
	buf_puts(&list, "--array=");
	for (int i = 0; i < submission->count; i++)
		buf_printf(&list, "%s%d", i ? "," : "", submission->indices[i]);
	buf_printf(&list, "%%%d", submission->width);
	argv_take(argv, buf_take(&list));
	buf_release(&list);
	argv_take(argv, xasprintf("--output=%s_%%a.log", submission->log));
}

static void slurm_submit(struct executor *executor,
			 const struct submission *submission,
			 executor_submitted *done, void *data)
{
	struct slurm *slurm = (struct slurm *)executor;
	const struct slurm_spec *spec = &slurm->spec;
	struct call *call = xcalloc(1, sizeof(*call));
	struct argv argv = ARGV_INIT;

	argv_add_all(&argv, (const char *const[]){ "sbatch", "--parsable",
						   "--no-requeue", NULL });
	argv_take(&argv, xasprintf("--job-name=%s", submission->name));
	argv_take(&argv, xasprintf("--comment=%s", submission->batch));
	argv_take(&argv, xasprintf("--chdir=%s", spec->folder));
	if (spec->partition)
		argv_take(&argv, xasprintf("--partition=%s", spec->partition));
	add_share(&argv, submission->build ? &spec->build : &spec->run);
	if (submission->behind)
		argv_add(&argv, "--nice=" BEHIND);
	if (submission->exclude)
		argv_take(&argv,
			  xasprintf("--exclude=%s", submission->exclude));
	add_array(&argv, submission);
	argv_add_all(&argv, spec->options);
	argv_take(&argv, xasprintf("--wrap=exec %s%s", submission->command,
				   submission->indices ? "_$SLURM_ARRAY_TASK_ID"
						       : ""));
	call->submitted = done;
	call->data = data;
	run(slurm, call, argv.items);
}

static void slurm_look(struct executor *executor, const char *const *names,
		       executor_looked *done, void *data)
{
	struct slurm *slurm = (struct slurm *)executor;
	struct call *call = xcalloc(1, sizeof(*call));
	struct argv argv = ARGV_INIT;
	char *list = listed(names);

	argv_add_all(&argv,
		     (const char *const[]){ "squeue", "--noheader", "--array",
					    "--states=all", FORMAT, NULL });
	argv_take(&argv, xasprintf("--user=%ld", (long)getuid()));
	argv_take(&argv, xasprintf("--name=%s", list));
	free(list);
	call->looked = done;
	call->data = data;
	run(slurm, call, argv.items);
}

static void slurm_cancel(struct executor *executor, const char *const *ids,
			 executor_cancelled *done, void *data)
{
	struct call *call = xcalloc(1, sizeof(*call));
	struct argv argv = ARGV_INIT;

	argv_add_all(&argv,
		     (const char *const[]){ "scancel", "--quiet", NULL });
	argv_add_all(&argv, ids);
	call->cancelled = done;
	call->data = data;
	run((struct slurm *)executor, call, argv.items);
}

static void slurm_ask_node(struct executor *executor, const char *node,
			   executor_node_told *done, void *data)
{
	struct call *call = xcalloc(1, sizeof(*call));
	struct argv argv = ARGV_INIT;

	argv_add_all(&argv,
		     (const char *const[]){ "sinfo", "--noheader", "--Node",
					    "--format=%T", NULL });
	argv_take(&argv, xasprintf("--nodes=%s", node));
	call->node_told = done;
	call->data = data;
	run((struct slurm *)executor, call, argv.items);
}

static void slurm_free(struct executor *executor)
{
	free(executor);
}

static const struct executor_ops slurm_ops = {
	.submit = slurm_submit,
	.look = slurm_look,
	.cancel = slurm_cancel,
	.ask_node = slurm_ask_node,
	.free = slurm_free,
};

struct executor *slurm_new(uv_loop_t *loop, const struct slurm_spec *spec)
{
	struct slurm *slurm = xcalloc(1, sizeof(*slurm));

	slurm->executor.ops = &slurm_ops;
	slurm->executor.kind = "slurm";
	slurm->loop = loop;
	slurm->spec = *spec;
	return &slurm->executor;
}

/*
 * How much there is.
 */

/* Lines "8/4/0/12", processors in use, idle, away, all; a node each. */
static int count_room(char *text, int cpus)
{
	int room = 0;

	for (char *line = strtok_r(text, "\n", &text); line;
	     line = strtok_r(NULL, "\n", &text)) {
		int used = 0, idle = 0;

		if (sscanf(line, "%d/%d/", &used, &idle) == 2)
			room += (used + idle) / (cpus > 0 ? cpus : 1);
	}
	return room;
}

int slurm_capacity(const char *keeper, const char *partition, int cpus,
		   int *out, struct error *err)
{
	char *named = partition ? xasprintf("--partition=%s", partition) : NULL;
	const char *argv[] = { "sinfo",	      "--noheader", "--Node",
			       "--format=%C", named,	    NULL };
	const struct child_spec spec = { .keeper = keeper,
					 .argv = argv,
					 .timeout_ms = LIMIT_MS };
	struct buf said;
	struct child_answer answer = { .said = &said };
	char *words;
	int ret = -1;

	buf_init(&said, ANSWER_MAX);
	if (child_wait(&spec, &answer, err) < 0)
		goto out;
	if (answer.why != CHILD_RAN || answer.exit_status != 0) {
		words = last_words(&said);
		error_set(err, ERROR_SYSTEM, "Slurm does not answer: %s",
			  words);
		free(words);
		goto out;
	}
	*out = count_room(said.text, cpus);
	ret = 0;
out:
	buf_release(&said);
	free(named);
	return ret;
}
