/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/inquiry.h"

#include <stdlib.h>
#include <uv.h>

#include "base/buf.h"
#include "base/error.h"
#include "control/settings.h"
#include "control/target.h"
#include "run/identity.h"
#include "run/ssh.h"

#define LIMIT_MS 10000 /* of each of the two steps */

struct inquiry {
	const char *command;
	struct ssh *ssh;
	struct buf answer;
	struct running *out;
	struct error *err;
	int ret;
};

static void on_output(void *data, const char *bytes, size_t length)
{
	struct inquiry *inquiry = data;

	buf_add(&inquiry->answer, bytes, length);
}

static void on_end(void *data, const struct ssh_run_end *end)
{
	struct inquiry *inquiry = data;
	const struct buf *answer = &inquiry->answer;

	if (end->end == SSH_CANCELLED)
		return;
	if (end->end != SSH_DONE)
		error_set(inquiry->err, ERROR_SYSTEM, "%s", end->err->text);
	else if (identity_read(answer->text, answer->length, inquiry->out))
		inquiry->ret = 0;
	else
		error_set(inquiry->err, ERROR_SYSTEM,
			  "it does not say which kernel it runs: exit code %d",
			  end->exit_status);
	ssh_free(inquiry->ssh);
}

static void on_connected(void *data, enum ssh_end end, const struct error *err)
{
	struct inquiry *inquiry = data;
	const struct ssh_run run = {
		.command = inquiry->command,
		.timeout_ms = LIMIT_MS,
		.on_output = on_output,
		.on_end = on_end,
		.data = inquiry,
	};

	if (end == SSH_DONE && ssh_run(inquiry->ssh, &run, inquiry->err) == 0)
		return;
	if (end != SSH_DONE)
		error_set(inquiry->err, ERROR_SYSTEM, "%s", err->text);
	ssh_free(inquiry->ssh);
}

static void ask(struct inquiry *inquiry, const struct ssh_spec *peer)
{
	const struct ssh_connect connect = {
		.timeout_ms = LIMIT_MS,
		.done = on_connected,
		.data = inquiry,
	};
	uv_loop_t loop;

	uv_loop_init(&loop);
	inquiry->ssh = ssh_new(&loop, peer);
	if (ssh_connect(inquiry->ssh, &connect, inquiry->err) < 0)
		ssh_free(inquiry->ssh);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
}

int inquire(const struct settings *settings, struct running *out,
	    struct error *err)
{
	const char *running = settings->machine.running;
	char *known_hosts = settings_known_hosts(settings);
	struct ssh_spec peer = target_peer(settings, known_hosts);
	struct inquiry inquiry = {
		.command = running ? running : IDENTITY_COMMAND,
		.out = out,
		.err = err,
		.ret = -1,
	};

	buf_init(&inquiry.answer, 2 * IDENTITY_MAX);
	ask(&inquiry, &peer);
	buf_release(&inquiry.answer);
	free(known_hosts);
	return inquiry.ret;
}
