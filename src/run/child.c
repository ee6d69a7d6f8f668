/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"

#define CHUNK	    65536
#define DRAIN_READS 32	  /* a pipe holds 1 MiB at most */
#define PATIENCE_MS 20000 /* for a command that was asked to end */
#define GRACE_MS    60000 /* for a keeper that was told to stop */
#define BEHIND	    "10"  /* what gives way is so much nicer */

struct child {
	uv_process_t process;
	uv_timer_t timer;
	uv_poll_t poll;
	uv_handle_t *handles[3]; /* those that were opened */
	int handle_count;
	int output; /* we read here, without blocking */
	int life;   /* the keeper's socket: closing it says stop */
	enum child_stop why;
	bool stopping;
	bool deaf; /* the output has ended or is of no interest any more */
	int64_t output_max;
	int64_t received;
	uint64_t began;
	void (*on_output)(void *data, const char *bytes, size_t length);
	void (*on_end)(void *data, enum child_stop why, int exit_status,
		       int64_t duration_ms);
	void *data;
	char chunk[CHUNK];
};

static int uv_failed(struct error *err, const char *what, int code)
{
	return error_set(err, ERROR_SYSTEM, "%s: %s", what, uv_strerror(code));
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void add_handle(struct child *child, uv_handle_t *handle)
{
	handle->data = child;
	child->handles[child->handle_count++] = handle;
}

static void on_closed(uv_handle_t *handle)
{
	struct child *child = handle->data;

	if (--child->handle_count == 0)
		free(child);
}

/* The child is gone when the loop has closed its handles. */
static void release(struct child *child)
{
	for (int i = 0; i < child->handle_count; i++)
		uv_close(child->handles[i], on_closed);
	close_fd(&child->output);
	close_fd(&child->life);
}

static void on_grace_over(uv_timer_t *timer)
{
	struct child *child = timer->data;

	uv_process_kill(&child->process, SIGKILL);
}

static void stop(struct child *child, enum child_stop why)
{
	if (child->stopping)
		return;
	child->stopping = true;
	child->why = why;
	close_fd(&child->life);
	uv_update_time(child->timer.loop);
	uv_timer_start(&child->timer, on_grace_over, GRACE_MS, 0);
}

static void on_patience_over(uv_timer_t *timer)
{
	struct child *child = timer->data;

	close_fd(&child->life);
	uv_timer_start(&child->timer, on_grace_over, GRACE_MS, 0);
}

void child_ask_to_end(struct child *child)
{
	if (child->stopping)
		return;
	/* a keeper that is gone must not take us along */
	if (send(child->life, "e", 1, MSG_NOSIGNAL) != 1) {
		stop(child, CHILD_ASKED);
		return;
	}
	child->stopping = true;
	child->why = CHILD_ASKED;
	uv_update_time(child->timer.loop);
	uv_timer_start(&child->timer, on_patience_over, PATIENCE_MS, 0);
}

static void on_time_over(uv_timer_t *timer)
{
	stop(timer->data, CHILD_TIME);
}

static void stop_listening(struct child *child)
{
	child->deaf = true;
	uv_poll_stop(&child->poll);
}

static void deliver(struct child *child, size_t length)
{
	int64_t left = child->output_max - child->received;
	bool flooded = child->output_max > 0 && (int64_t)length > left;
	size_t keep = flooded ? (size_t)left : length;

	if (keep > 0) {
		child->received += (int64_t)keep;
		child->on_output(child->data, child->chunk, keep);
	}
	if (flooded) {
		stop_listening(child);
		stop(child, CHILD_OUTPUT);
	}
}

/* False when there was nothing to read now. */
static bool read_some(struct child *child)
{
	ssize_t length;

	do {
		length = read(child->output, child->chunk, CHUNK);
	} while (length < 0 && errno == EINTR);
	if (length > 0) {
		deliver(child, (size_t)length);
		return true;
	}
	if (length == 0 || errno != EAGAIN)
		stop_listening(child);
	return false;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct child *child = poll->data;

	(void)events;
	if (status < 0)
		stop_listening(child);
	else
		read_some(child);
}

/*
 * The keeper is gone, and with it all who wrote: what they wrote is in the
 * pipe now.  Somebody foreign who was handed the pipe cannot hold us up.
 */
static void on_exit_of_keeper(uv_process_t *process, int64_t exit_status,
			      int term_signal)
{
	struct child *child = process->data;
	int status = term_signal ? 256 + term_signal : (int)exit_status;
	int64_t duration_ms;

	for (int i = 0; i < DRAIN_READS && !child->deaf; i++) {
		if (!read_some(child))
			break;
	}
	duration_ms = (int64_t)((uv_hrtime() - child->began) / 1000000);
	release(child);
	child->on_end(child->data, child->why, status, duration_ms);
}

static char **command_line(const struct child_spec *spec)
{
	struct argv line = ARGV_INIT;

	argv_add(&line, spec->keeper);
	argv_add(&line, "keep");
	argv_add(&line, "--");
	if (spec->behind)
		argv_add_all(&line, (const char *const[]){ "nice", "-n", BEHIND,
							   NULL });
	argv_add_all(&line, spec->argv);
	return line.items;
}

/* Is the variable of this "NAME=value" set or unset by one of the changes? */
static bool is_changed(const char *variable, const char *const *changes)
{
	size_t name = strcspn(variable, "=");

	for (; changes && *changes; changes++) {
		if (strcspn(*changes, "=") == name &&
		    strncmp(*changes, variable, name) == 0)
			return true;
	}
	return false;
}

static char **environment(const char *const *changes)
{
	static const char *const nothing[] = { NULL };
	struct argv list = ARGV_INIT;

	for (char **variable = environ; *variable; variable++) {
		if (!is_changed(*variable, changes))
			argv_add(&list, *variable);
	}
	for (; changes && *changes; changes++) {
		if (strchr(*changes, '='))
			argv_add(&list, *changes);
	}
	/* libuv takes NULL for our own */
	return list.items ? list.items : argv_copy(nothing);
}

static int spawn(struct child *child, uv_loop_t *loop,
		 const struct child_spec *spec, const int fds[4],
		 struct error *err)
{
	uv_stdio_container_t stdio[4];
	uv_process_options_t options = {
		.exit_cb = on_exit_of_keeper,
		.file = spec->keeper,
		.args = command_line(spec),
		.env = environment(spec->env),
		.cwd = spec->cwd,
		.stdio_count = 4,
		.stdio = stdio,
	};
	int code;

	stdio[0].flags = UV_IGNORE;
	for (int i = 1; i < 4; i++) {
		stdio[i].flags = UV_INHERIT_FD;
		stdio[i].data.fd = fds[i];
	}
	child->began = uv_hrtime();
	code = uv_spawn(loop, &child->process, &options);
	/* A failed one has to be closed, too. */
	add_handle(child, (uv_handle_t *)&child->process);
	argv_free(options.args);
	argv_free(options.env);
	if (code < 0)
		uv_failed(err, spec->keeper, code);
	return code < 0 ? -1 : 0;
}

static int listen_to(struct child *child, uv_loop_t *loop, struct error *err)
{
	int code = uv_poll_init(loop, &child->poll, child->output);

	if (code < 0)
		return uv_failed(err, "cannot watch a pipe", code);
	add_handle(child, (uv_handle_t *)&child->poll);
	code = uv_poll_start(&child->poll, UV_READABLE, on_readable);
	if (code < 0)
		return uv_failed(err, "cannot watch a pipe", code);
	return 0;
}

static struct child *child_new(uv_loop_t *loop, const struct child_spec *spec)
{
	struct child *child = xcalloc(1, sizeof(*child));

	child->output = -1;
	child->life = -1;
	child->why = CHILD_RAN;
	child->output_max = spec->output_max;
	child->on_output = spec->on_output;
	child->on_end = spec->on_end;
	child->data = spec->data;
	uv_timer_init(loop, &child->timer);
	add_handle(child, (uv_handle_t *)&child->timer);
	return child;
}

int child_start(uv_loop_t *loop, const struct child_spec *spec,
		struct child **out, struct error *err)
{
	struct child *child = child_new(loop, spec);
	int output[2] = { -1, -1 }, life[2] = { -1, -1 };
	int ret = -1;

	/* A pipe and no socket: "> /dev/stderr" works on a pipe only. */
	if (pipe2(output, O_CLOEXEC) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, life) < 0) {
		error_errno(err, "cannot make a pipe");
		goto out;
	}
	child->output = output[0];
	child->life = life[1];
	if (listen_to(child, loop, err) < 0)
		goto out;
	if (spawn(child, loop, spec,
		  (const int[4]){ -1, output[1], output[1], life[0] }, err) < 0)
		goto out;
	if (spec->timeout_ms > 0) {
		uv_update_time(loop);
		uv_timer_start(&child->timer, on_time_over,
			       (uint64_t)spec->timeout_ms, 0);
	}
	*out = child;
	ret = 0;
out:
	close_fd(&output[1]);
	close_fd(&life[0]);
	if (ret < 0) {
		/* The first pipe may be there without the second. */
		child->output = output[0];
		release(child);
		error_prefix(err, "cannot start '%s'", spec->argv[0]);
	}
	return ret;
}

void child_stop(struct child *child)
{
	stop(child, CHILD_ASKED);
}

static void on_said(void *data, const char *bytes, size_t length)
{
	struct child_answer *answer = data;

	buf_add(answer->said, bytes, length);
}

static void on_answered(void *data, enum child_stop why, int exit_status,
			int64_t duration_ms)
{
	struct child_answer *answer = data;

	(void)duration_ms;
	answer->ended = true;
	answer->why = why;
	answer->exit_status = exit_status;
}

int child_wait(const struct child_spec *spec, struct child_answer *answer,
	       struct error *err)
{
	struct child_spec own = *spec;
	struct child *child;
	uv_loop_t loop;
	int ret;

	own.on_output = on_said;
	own.on_end = on_answered;
	own.data = answer;
	uv_loop_init(&loop);
	ret = child_start(&loop, &own, &child, err);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	return ret;
}
