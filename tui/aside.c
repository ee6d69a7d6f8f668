/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/aside.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "base/argv.h"
#include "base/gitenv.h"
#include "base/str.h"
#include "base/xalloc.h"

extern char **environ;

#define PIECE 65536

struct aside_job {
	struct aside *aside;
	struct asides asides;
	uv_process_t process;
	uv_pipe_t pipe;
	int open; /* handles */
	bool ended, drained;
	int exit_status;
	char piece[PIECE];
};

static void on_closed(uv_handle_t *handle)
{
	struct aside_job *job = handle->data;

	if (--job->open == 0)
		free(job);
}

static void close_job(struct aside_job *job)
{
	uv_close((uv_handle_t *)&job->pipe, on_closed);
	uv_close((uv_handle_t *)&job->process, on_closed);
}

static void perhaps_over(struct aside_job *job)
{
	struct aside *aside = job->aside;
	struct asides asides = job->asides;

	if (!job->ended || !job->drained)
		return;
	close_job(job);
	aside->job = NULL;
	aside->is_over = true;
	aside->exit_status = job->exit_status;
	if (asides.over)
		asides.over(asides.data);
}

static void on_exit_of(uv_process_t *process, int64_t status, int number)
{
	struct aside_job *job = process->data;

	job->ended = true;
	job->exit_status = number ? 256 + number : (int)status;
	perhaps_over(job);
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *out)
{
	struct aside_job *job = handle->data;

	(void)wanted;
	*out = uv_buf_init(job->piece, PIECE);
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *bytes)
{
	struct aside_job *job = stream->data;

	if (got < 0) {
		job->drained = true;
		uv_read_stop(stream);
		perhaps_over(job);
		return;
	}
	buf_add(&job->aside->text, bytes->base, (size_t)got);
}

/*
 * Our environment without what speaks to git of a repository, and without a
 * way for it to fetch what a clone lacks: this only looks.
 */
static char **clean_environment(void)
{
	struct argv env = ARGV_INIT;

	for (char **variable = environ; *variable; variable++)
		if (!gitenv_has(*variable) &&
		    !str_starts(*variable, "GIT_ALLOW_PROTOCOL="))
			argv_add(&env, *variable);
	argv_add(&env, "GIT_TERMINAL_PROMPT=0");
	argv_add(&env, "GIT_OPTIONAL_LOCKS=0");
	argv_add(&env, "GIT_ALLOW_PROTOCOL=");
	return env.items;
}

static int spawn(struct aside_job *job, const char *const *argv,
		 const uv_file *ends)
{
	char **words = argv_copy(argv), **env = clean_environment();
	uv_stdio_container_t stdio[3] = {
		{ .flags = UV_IGNORE },
		{ .flags = UV_INHERIT_FD, .data.fd = ends[1] },
		{ .flags = UV_INHERIT_FD, .data.fd = ends[1] },
	};
	uv_process_options_t options = {
		.file = words[0],
		.args = words,
		.env = env,
		.exit_cb = on_exit_of,
		.flags = UV_PROCESS_DETACHED,
		.stdio = stdio,
		.stdio_count = 3,
	};
	int status = uv_spawn(job->asides.loop, &job->process, &options);

	argv_free(words);
	argv_free(env);
	return status;
}

static int begin_job(struct aside_job *job, const char *const *argv)
{
	uv_file ends[2];
	int status = uv_pipe(ends, UV_NONBLOCK_PIPE, 0);

	if (status < 0)
		return status;
	status = spawn(job, argv, ends);
	close(ends[1]);
	if (status < 0) {
		close(ends[0]);
		return status;
	}
	uv_pipe_open(&job->pipe, ends[0]);
	uv_read_start((uv_stream_t *)&job->pipe, on_room, on_read);
	return 0;
}

static void begin(struct aside *aside, const struct asides *asides,
		  const char *const *argv)
{
	struct aside_job *job = xcalloc(1, sizeof(*job));
	int status;

	job->aside = aside;
	job->asides = *asides;
	job->open = 2;
	job->pipe.data = job->process.data = job;
	uv_pipe_init(asides->loop, &job->pipe, 0);
	status = begin_job(job, argv);
	if (status == 0) {
		aside->job = job;
		return;
	}
	close_job(job);
	aside->is_over = true;
	aside->exit_status = -1;
	buf_printf(&aside->text, "cannot start %s: %s", argv[0],
		   uv_strerror(status));
}

void aside_start(struct aside *aside, const struct asides *asides,
		 const char *const *argv, size_t most)
{
	struct asides here = *asides;
	uv_loop_t loop;

	aside_stop(aside);
	buf_init(&aside->text, most);
	if (asides->loop) {
		begin(aside, asides, argv);
		return;
	}
	if (uv_loop_init(&loop) < 0)
		return;
	here.loop = &loop;
	begin(aside, &here, argv);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
}

void aside_stop(struct aside *aside)
{
	struct aside_job *job = aside->job;

	if (job) {
		pid_t pid = job->process.pid;

		/* with all it started: it leads a group of its own */
		kill(-pid, SIGKILL);
		close_job(job);
		if (!job->ended)
			waitpid(pid, NULL, 0);
	}
	if (aside->text.text)
		buf_release(&aside->text);
	*aside = (struct aside){ .job = NULL };
}
