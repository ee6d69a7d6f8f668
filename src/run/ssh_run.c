/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ssh.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/ssh_op.h"
#include "run/tidy.h"

#define CHUNK 65536

/*
 * Running a command.
 *
 *     opening -> asking    [there is a channel]
 *     asking -> running    [the peer has started the command]
 *     running -> closing   [it has written all]
 *     closing -> over      [the peer closed the channel: the status is here]
 *
 * Its input is closed when all of it was sent, which may be at once.
 */
enum run_state {
	RUN_OPENING,
	RUN_ASKING,
	RUN_RUNNING,
	RUN_CLOSING,
};

struct run {
	struct ssh_op op;
	struct ssh_run spec;
	enum run_state state;
	LIBSSH2_CHANNEL *channel;
	char *command;
	struct buf input;
	size_t sent;
	bool input_closed;
	int64_t received;
	uint64_t took;
	int exit_status;
	char exit_signal[32];
	char chunk[CHUNK];
};

static struct run *run_of(struct ssh_op *op)
{
	return (struct run *)op; /* its first member */
}

/* False when it has to wait, or the operation has ended. */
static bool went(struct run *run, int code, const char *what)
{
	if (code != 0 && code != LIBSSH2_ERROR_EAGAIN)
		ssh_op_failed(&run->op, what);
	return code == 0;
}

static void open_channel(struct run *run)
{
	run->channel = ssh_take_channel(&run->op);
	if (!run->channel)
		return;
	libssh2_channel_handle_extended_data2(
		run->channel, LIBSSH2_CHANNEL_EXTENDED_DATA_MERGE);
	run->state = RUN_ASKING;
}

static void ask(struct run *run)
{
	int code = libssh2_channel_process_startup(
		run->channel, "exec", strlen("exec"), run->command,
		(unsigned int)strlen(run->command));

	if (went(run, code, "cannot start the command"))
		run->state = RUN_RUNNING;
}

static void send_input(struct run *run)
{
	while (run->sent < run->input.length &&
	       !ssh_wire_full(run->op.ssh->wire)) {
		ssize_t put =
			libssh2_channel_write(run->channel,
					      run->input.text + run->sent,
					      run->input.length - run->sent);

		/* Who closes its input does not want the rest. */
		if (put == LIBSSH2_ERROR_CHANNEL_CLOSED ||
		    put == LIBSSH2_ERROR_CHANNEL_EOF_SENT)
			run->sent = run->input.length;
		else if (put < 0 && put != LIBSSH2_ERROR_EAGAIN)
			ssh_op_failed(&run->op, "cannot send the input");
		if (put <= 0)
			return;
		run->sent += (size_t)put;
	}
	if (run->sent == run->input.length && !run->input_closed)
		run->input_closed = libssh2_channel_send_eof(run->channel) !=
				    LIBSSH2_ERROR_EAGAIN;
}

static void deliver(struct run *run, size_t length)
{
	int64_t left = run->spec.output_max - run->received;
	bool flooded = run->spec.output_max > 0 && (int64_t)length > left;
	size_t keep = flooded ? (size_t)left : length;

	run->received += (int64_t)keep;
	if (keep > 0 && run->spec.on_output)
		run->spec.on_output(run->spec.data, run->chunk, keep);
	if (flooded)
		ssh_op_end(&run->op, SSH_OUTPUT,
			   "the command wrote more than %lld bytes",
			   (long long)run->spec.output_max);
}

static void listen_to(struct run *run)
{
	while (!run->op.over) {
		ssize_t got = libssh2_channel_read(run->channel, run->chunk,
						   sizeof(run->chunk));

		if (got > 0) {
			deliver(run, (size_t)got);
		} else if (got == LIBSSH2_ERROR_EAGAIN) {
			return;
		} else if (got < 0) {
			ssh_op_failed(&run->op, "the command");
		} else if (libssh2_channel_eof(run->channel)) {
			run->state = RUN_CLOSING;
			return;
		}
	}
}

static void be_running(struct run *run)
{
	send_input(run);
	listen_to(run);
}

/* The names that RFC 4254 has, and what Linux servers add. */
static int signal_number(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = {
		{ "ABRT", SIGABRT }, { "ALRM", SIGALRM }, { "BUS", SIGBUS },
		{ "FPE", SIGFPE },   { "HUP", SIGHUP },	  { "ILL", SIGILL },
		{ "INT", SIGINT },   { "KILL", SIGKILL }, { "PIPE", SIGPIPE },
		{ "QUIT", SIGQUIT }, { "SEGV", SIGSEGV }, { "TERM", SIGTERM },
		{ "USR1", SIGUSR1 }, { "USR2", SIGUSR2 }, { "TRAP", SIGTRAP },
		{ "SYS", SIGSYS },   { "XCPU", SIGXCPU },
	};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (str_equal(signals[i].name, name))
			return signals[i].number;
	}
	return 0;
}

static void take_status(struct run *run)
{
	LIBSSH2_SESSION *session = ssh_wire_session(run->op.ssh->wire);
	char *name = NULL;
	size_t length = 0;

	run->exit_status = libssh2_channel_get_exit_status(run->channel) & 0xff;
	libssh2_channel_get_exit_signal(run->channel, &name, &length, NULL,
					NULL, NULL, NULL);
	if (!name)
		return;
	str_copy(run->exit_signal, sizeof(run->exit_signal), name);
	tidy_utf8(run->exit_signal, strlen(run->exit_signal));
	tidy_controls(run->exit_signal);
	run->exit_status = 256 + signal_number(run->exit_signal);
	libssh2_free(session, name);
}

static void wait_for_close(struct run *run)
{
	int code = libssh2_channel_wait_closed(run->channel);

	if (!went(run, code, "the command"))
		return;
	take_status(run);
	ssh_op_end(&run->op, SSH_DONE, "%s", "");
}

static void step(struct ssh_op *op)
{
	static void (*const steps[])(struct run * run) = {
		[RUN_OPENING] = open_channel,
		[RUN_ASKING] = ask,
		[RUN_RUNNING] = be_running,
		[RUN_CLOSING] = wait_for_close,
	};
	struct run *run = run_of(op);
	enum run_state before;

	do {
		before = run->state;
		steps[before](run);
	} while (!op->over && run->state != before);
}

static void release(struct ssh_op *op)
{
	struct run *run = run_of(op);

	run->took = uv_now(op->ssh->loop) - op->began;
	ssh_let_go(op->ssh, run->channel);
	run->channel = NULL;
}

static void report(struct ssh_op *op)
{
	const struct run *run = run_of(op);
	const struct ssh_run_end end = {
		.end = op->end,
		.exit_status = run->exit_status,
		.exit_signal = run->exit_signal[0] ? run->exit_signal : NULL,
		.duration_ms = (int64_t)run->took,
		.err = &op->err,
	};

	if (run->spec.on_end)
		run->spec.on_end(run->spec.data, &end);
}

static void free_op(struct ssh_op *op)
{
	struct run *run = run_of(op);

	free(run->command);
	buf_release(&run->input);
	free(run);
}

int ssh_run(struct ssh *ssh, const struct ssh_run *spec, struct error *err)
{
	static const struct ssh_op_kind kind = { step, NULL, release, report,
						 free_op };
	struct run *run;

	if (ssh_op_may_begin(ssh, err) < 0)
		return -1;
	run = xcalloc(1, sizeof(*run));
	run->op.kind = &kind;
	run->op.what = "the command";
	run->spec = *spec;
	run->command = xstrdup(spec->command);
	buf_init(&run->input, 0);
	if (spec->input)
		buf_add(&run->input, spec->input, spec->input_length);
	ssh_op_begin(ssh, &run->op, spec->timeout_ms);
	return 0;
}
