/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/job.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/begin.h"
#include "control/job_look.h"
#include "control/rules.h"
#include "control/settings.h"
#include "control/target.h"
#include "engine/errand.h"
#include "oops/rules.h"
#include "run/runner.h"
#include "run/ticket.h"

#define FENCE_MS  5000 /* between two looks for the ticket */
#define LAST_MS	  1000 /* who killed what we started has killed us by then */
#define ANSWER_MS 500  /* and for the answer, once it was asked */
#define SIGNALS	  3

struct job_process {
	const char *program, *session, *token;
	char *folder, *ticket_file, *enough_file;
	uv_loop_t loop;
	uv_timer_t fence, answer, last;
	uv_signal_t signals[SIGNALS];
	struct settings settings;
	struct rules *rules;
	struct target_place place;
	struct target_room *target;
	struct ticket *ticket;
	struct buf held; /* an end that is not believed yet */
	bool holds, stopped, ended, failed;
	char host[256];
	struct error err;
};

static const char *node_name(char *out, size_t size)
{
	const char *named = getenv("SLURMD_NODENAME");

	if (!str_empty(named))
		return named;
	str_copy(out, size, "?");
	gethostname(out, size - 1);
	return out;
}

static void say_end(struct job_process *job, struct ticket_end *end,
		    struct buf *out)
{
	end->build = job->ticket->build;
	end->commit = job->ticket->run.commit;
	end->place = job->ticket->place;
	end->node = node_name(job->host, sizeof(job->host));
	end->stopped = job->stopped;
	ticket_end_say(end, out);
}

/* The last that it does: who finds this knows that nobody is at work. */
static void write_text(struct job_process *job, const struct buf *text)
{
	char *path = ticket_path(job->folder, job->token, "end");

	job->failed = ticket_write(path, text, true, &job->err) < 0;
	job->ended = true;
	free(path);
	uv_stop(&job->loop);
}

static void write_end(struct job_process *job, struct ticket_end *end)
{
	struct buf text;

	buf_init(&text, 0);
	say_end(job, end, &text);
	write_text(job, &text);
	buf_release(&text);
}

static void on_last(uv_timer_t *timer)
{
	struct job_process *job = timer->data;

	write_text(job, &job->held);
}

/*
 * A scheduler that stops a job sends the signal to all its processes, one after
 * the other.  Where a build or a guest got it first, its end looks like one of
 * its own: a commit that does not build, a machine that was lost.  So whatever
 * went wrong is written only when no signal came to us either.
 */
static void hold_end(struct job_process *job, struct ticket_end *end)
{
	job->holds = true;
	say_end(job, end, &job->held);
	uv_timer_start(&job->last, on_last, LAST_MS, 0);
}

static void end_as_infra(struct job_process *job, const struct error *err)
{
	struct ticket_end end = {
		.built = { .result = BUILD_INFRA, .text = err->text },
		.run = { .outcome = OUTCOME_INFRA, .text = err->text },
	};

	write_end(job, &end);
}

static void on_built(void *data, const struct build_end *built)
{
	struct job_process *job = data;
	struct runner *runner = target_runner(job->target);
	struct ticket_end end = { .built = *built };
	char *image = NULL;

	if (built->result == BUILD_OK && !built->cancelled) {
		image = runner->ops->image(runner, 0,
					   job->ticket->built.commit);
		end.kept = runner->ops->has(runner, 0,
					    job->ticket->built.commit) ==
			   RUNNER_HAS_KEPT;
	}
	end.image = image;
	if (built->result == BUILD_OK || job->stopped)
		write_end(job, &end);
	else
		hold_end(job, &end);
	free(image);
}

static void on_ran(void *data, const struct run_end *ran)
{
	struct job_process *job = data;
	struct ticket_end end = { .run = *ran };

	if (ran->outcome == OUTCOME_OK || job->stopped)
		write_end(job, &end);
	else
		hold_end(job, &end);
}

/*
 * What is seen on the way.
 */

static void append(struct job_process *job, const struct buf *text)
{
	char *path = ticket_path(job->folder, job->token, "seen");
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	/* it only makes things faster: the end says it all again */
	if (fd >= 0) {
		io_write(fd, text->text, text->length);
		fsync(fd);
		close(fd);
	}
	free(path);
}

static void on_seen(void *data, const char *title)
{
	struct buf text;

	buf_init(&text, 0);
	ticket_saw(title, &text);
	append(data, &text);
	buf_release(&text);
}

static void on_answer(uv_timer_t *timer)
{
	struct job_process *job = timer->data;
	struct runner *runner = target_runner(job->target);

	if (access(job->enough_file, F_OK) < 0)
		return;
	uv_timer_stop(timer);
	runner->ops->enough(runner, job->ticket->run.commit);
}

/* The engine answers, or not, by a file: it goes on until then. */
static bool on_decides(void *data, const struct crash *crashes, int count)
{
	struct job_process *job = data;
	struct buf text;

	buf_init(&text, 0);
	ticket_asks(crashes, count, &text);
	append(job, &text);
	buf_release(&text);
	if (!uv_is_active((uv_handle_t *)&job->answer))
		uv_timer_start(&job->answer, on_answer, ANSWER_MS, ANSWER_MS);
	return false;
}

/*
 * Stopping.
 */

static void stop(struct job_process *job)
{
	struct runner *runner = target_runner(job->target);
	struct ticket_end nothing = { .stopped = true };

	if (job->stopped || job->ended)
		return;
	job->stopped = true;
	if (job->holds)
		write_end(job, &nothing);
	else
		runner->ops->cancel(runner, NULL);
}

static void on_signal(uv_signal_t *handle, int number)
{
	(void)number;
	stop(handle->data);
}

static void on_fence(uv_timer_t *timer)
{
	struct job_process *job = timer->data;

	if (access(job->ticket_file, F_OK) < 0)
		stop(job);
}

/*
 * Coming and going.
 */

/* 1: nobody wants it any more. */
static int read_ticket(struct job_process *job, struct error *err)
{
	struct buf text;
	int ret;

	if (access(job->ticket_file, F_OK) < 0)
		return 1;
	buf_init(&text, 0);
	ret = io_load(job->ticket_file, &text, err);
	if (ret == 0)
		ret = ticket_read(job->ticket, buf_take(&text), err);
	buf_release(&text);
	return ret;
}

static int read_rules(struct job_process *job, struct error *err)
{
	char *own = xasprintf("%s/oops.cfg", job->session);
	const char *path = access(own, F_OK) == 0 ? own : job->settings.oops;

	job->rules = rules_load(&path, path ? 1 : 0, err);
	free(own);
	return job->rules ? 0 : -1;
}

static int open_target(struct job_process *job, struct error *err)
{
	const struct target_spec spec = {
		.loop = &job->loop,
		.settings = &job->settings,
		.rules = job->rules,
		.program = job->program,
		.session = job->session,
		.places = &job->place,
		.place_count = 1,
	};

	job->place = (struct target_place){
		.worktree = job->ticket->worktree,
		.out = job->ticket->out,
	};
	return target_open(&spec, &job->target, err);
}

/* The place is the only one here: number 0. */
static int begin(struct job_process *job, struct error *err)
{
	struct runner *runner = target_runner(job->target);
	struct ticket *ticket = job->ticket;
	struct run_request run = ticket->run;

	if (ticket->build)
		return runner->ops->build(runner, &ticket->built, on_built, job,
					  err);
	runner->ops->adopt(runner, 0, run.commit, ticket->image);
	run.place = 0;
	run.seen = on_seen;
	run.decides = ticket->asks ? on_decides : NULL;
	return runner->ops->run(runner, &run, on_ran, job, err);
}

static void watch(struct job_process *job)
{
	static const int numbers[SIGNALS] = { SIGINT, SIGTERM, SIGHUP };

	uv_timer_init(&job->loop, &job->fence);
	uv_timer_init(&job->loop, &job->answer);
	uv_timer_init(&job->loop, &job->last);
	job->fence.data = job->answer.data = job->last.data = job;
	uv_timer_start(&job->fence, on_fence, FENCE_MS, FENCE_MS);
	for (int i = 0; i < SIGNALS; i++) {
		uv_signal_init(&job->loop, &job->signals[i]);
		job->signals[i].data = job;
		uv_signal_start(&job->signals[i], on_signal, numbers[i]);
	}
}

static void close_handle(uv_handle_t *handle, void *data)
{
	(void)data;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static int work(struct job_process *job)
{
	struct error err = ERROR_INIT;

	if (begin_settings_of(job->session, &job->settings, &err) < 0 ||
	    read_rules(job, &err) < 0 || open_target(job, &err) < 0) {
		end_as_infra(job, &err);
		return job->failed ? -1 : 0;
	}
	watch(job);
	if (begin(job, &err) < 0)
		end_as_infra(job, &err);
	if (!job->ended)
		uv_run(&job->loop, UV_RUN_DEFAULT);
	return job->failed ? -1 : 0;
}

static void name_files(struct job_process *job)
{
	job->folder = xasprintf("%s/jobs", job->session);
	job->ticket_file = ticket_path(job->folder, job->token, "ticket");
	job->enough_file = ticket_path(job->folder, job->token, "enough");
}

static void release(struct job_process *job)
{
	target_close(job->target);
	uv_walk(&job->loop, close_handle, NULL);
	uv_run(&job->loop, UV_RUN_DEFAULT);
	uv_loop_close(&job->loop);
	rules_free(job->rules);
	settings_release(&job->settings);
	buf_release(&job->held);
	ticket_release(job->ticket);
	free(job->ticket);
	free(job->folder);
	free(job->ticket_file);
	free(job->enough_file);
}

static int one_job(const char *program, const char *session, const char *token,
		   struct error *err)
{
	struct job_process job = { .program = program,
				   .session = session,
				   .token = token,
				   .ticket = xcalloc(1, sizeof(*job.ticket)) };
	int ret;

	name_files(&job);
	buf_init(&job.held, 0);
	settings_init(&job.settings);
	uv_loop_init(&job.loop);
	ret = read_ticket(&job, err);
	if (ret == 0) {
		ret = work(&job);
		*err = job.err;
	}
	release(&job);
	return ret < 0 ? -1 : 0;
}

int job_main(const char *program, int argc, char **argv, struct error *err)
{
	if (argc >= 3 && str_equal(argv[0], "--look"))
		return job_look(argv[1], argv[2], argc - 3, argv + 3, err);
	if (argc != 2)
		return error_set(err, ERROR_USAGE,
				 "a job needs a session and a token");
	return one_job(program, argv[0], argv[1], err);
}
