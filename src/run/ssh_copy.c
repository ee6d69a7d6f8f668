/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ssh.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/shell.h"
#include "run/ssh_op.h"
#include "run/ssh_send.h"

/*
 * Copying a file.
 *
 *     opening -> asking     [there is a channel]
 *     asking -> sending     [the peer has started sftp, or scp]
 *     asking -> opening     [there is no sftp: by_scp]
 *     sending -> opening    [it said not a word before it ended: by_scp]
 *     sending -> over       [done, refused, or the file is unfit]
 */
enum copy_state {
	COPY_OPENING,
	COPY_ASKING,
	COPY_SENDING,
};

struct copy {
	struct ssh_op op;
	struct ssh_copy spec;
	enum copy_state state;
	LIBSSH2_CHANNEL *channel;
	char *from;
	char *to;
	char *command; /* of scp, NULL for sftp */
	struct ssh_file file;
	struct ssh_send send;
	struct buf out;
	size_t sent; /* of out */
};

static struct copy *copy_of(struct ssh_op *op)
{
	return (struct copy *)op; /* its first member */
}

static void by_scp(struct copy *copy)
{
	char *to = shell_word(copy->to);

	copy->op.ssh->no_sftp = true;
	ssh_let_go(copy->op.ssh, copy->channel);
	copy->channel = NULL;
	copy->command = xasprintf("scp -p -t -- %s", to);
	ssh_send_release(&copy->send);
	ssh_scp_init(&copy->send, &copy->file);
	buf_clear(&copy->out);
	copy->sent = 0;
	copy->state = COPY_OPENING;
	free(to);
}

static void open_channel(struct copy *copy)
{
	copy->channel = ssh_take_channel(&copy->op);
	if (!copy->channel)
		return;
	libssh2_channel_handle_extended_data2(
		copy->channel, LIBSSH2_CHANNEL_EXTENDED_DATA_IGNORE);
	copy->state = COPY_ASKING;
}

static void ask(struct copy *copy)
{
	const char *how = copy->command ? "exec" : "subsystem";
	const char *what = copy->command ? copy->command : "sftp";
	int code =
		libssh2_channel_process_startup(copy->channel, how,
						(unsigned int)strlen(how), what,
						(unsigned int)strlen(what));

	if (code == 0)
		copy->state = COPY_SENDING;
	else if (code == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED && !copy->command)
		by_scp(copy);
	else if (code != LIBSSH2_ERROR_EAGAIN)
		ssh_op_failed(&copy->op, "cannot start a copy");
}

static void send_failed(struct copy *copy, const struct error *err)
{
	ssh_op_end(&copy->op, copy->send.refused ? SSH_FILE : SSH_PEER, "%s",
		   err->text);
}

/* Fill and send until the peer, the window or the wire has enough. */
static void put(struct copy *copy)
{
	struct error err = ERROR_INIT;
	int state;

	while (!copy->op.over && !ssh_wire_full(copy->op.ssh->wire)) {
		ssize_t length;

		if (copy->sent == copy->out.length) {
			state = copy->send.state;
			buf_clear(&copy->out);
			copy->sent = 0;
			if (copy->send.kind->fill(&copy->send, &copy->out,
						  &err) < 0)
				send_failed(copy, &err);
			if (copy->out.length == 0 && copy->send.state == state)
				return;
		}
		if (copy->out.length == 0)
			continue;
		length = libssh2_channel_write(copy->channel,
					       copy->out.text + copy->sent,
					       copy->out.length - copy->sent);
		if (length > 0)
			copy->sent += (size_t)length;
		else if (length == LIBSSH2_ERROR_EAGAIN || length == 0 ||
			 length == LIBSSH2_ERROR_CHANNEL_CLOSED)
			return; /* what it has to say is read next */
		else
			ssh_op_failed(&copy->op, "the copy");
	}
}

/* The program there has ended. */
static void at_end(struct copy *copy)
{
	if (copy->send.greeted)
		ssh_op_end(&copy->op, SSH_PEER,
			   "the copy of '%s' was cut off: %s ended there",
			   copy->from, copy->command ? "scp" : "sftp");
	else if (!copy->command)
		by_scp(copy);
	else
		ssh_op_end(&copy->op, SSH_PEER,
			   "cannot copy '%s': there is neither sftp nor scp "
			   "there",
			   copy->from);
}

/* False when there is nothing more to read now. */
static bool get(struct copy *copy)
{
	struct error err = ERROR_INIT;
	char chunk[4096];
	ssize_t got = libssh2_channel_read(copy->channel, chunk, sizeof(chunk));

	if (got == LIBSSH2_ERROR_EAGAIN)
		return false;
	if (got < 0)
		ssh_op_failed(&copy->op, "the copy");
	else if (got == 0 && libssh2_channel_eof(copy->channel))
		at_end(copy);
	else if (got > 0 && copy->send.kind->feed(&copy->send, chunk,
						  (size_t)got, &err) < 0)
		send_failed(copy, &err);
	else if (copy->send.done)
		ssh_op_end(&copy->op, SSH_DONE, "%s", "");
	return true;
}

static void go_on(struct copy *copy)
{
	do {
		put(copy);
	} while (!copy->op.over && copy->state == COPY_SENDING && get(copy));
}

static void step(struct ssh_op *op)
{
	static void (*const steps[])(struct copy * copy) = {
		[COPY_OPENING] = open_channel,
		[COPY_ASKING] = ask,
		[COPY_SENDING] = go_on,
	};
	struct copy *copy = copy_of(op);
	enum copy_state before;

	do {
		before = copy->state;
		steps[before](copy);
	} while (!op->over && copy->state != before);
}

static void release(struct ssh_op *op)
{
	struct copy *copy = copy_of(op);

	ssh_let_go(op->ssh, copy->channel);
	copy->channel = NULL;
}

static void report(struct ssh_op *op)
{
	const struct copy *copy = copy_of(op);

	if (copy->spec.done)
		copy->spec.done(copy->spec.data, op->end, &op->err);
}

static void free_op(struct ssh_op *op)
{
	struct copy *copy = copy_of(op);

	if (copy->file.fd >= 0)
		close(copy->file.fd);
	ssh_send_release(&copy->send);
	buf_release(&copy->out);
	free(copy->from);
	free(copy->to);
	free(copy->command);
	free(copy);
}

/* Nothing was started yet: a file that is unfit ends the copy in step(). */
static void open_file(struct copy *copy)
{
	struct stat st;

	copy->file.fd = open(copy->from, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (copy->file.fd < 0 || fstat(copy->file.fd, &st) < 0) {
		ssh_op_end(&copy->op, SSH_FILE, "cannot read '%s': %s",
			   copy->from, strerror(errno));
		return;
	}
	if (!S_ISREG(st.st_mode))
		ssh_op_end(&copy->op, SSH_FILE, "'%s' is no regular file",
			   copy->from);
	copy->file.size = st.st_size;
	copy->file.mtime = st.st_mtime;
}

int ssh_copy(struct ssh *ssh, const struct ssh_copy *spec, struct error *err)
{
	static const struct ssh_op_kind kind = { step, NULL, release, report,
						 free_op };
	struct copy *copy;

	if (ssh_op_may_begin(ssh, err) < 0)
		return -1;
	if (strchr(spec->to, '\n'))
		return error_set(err, ERROR_INPUT,
				 "a path with a newline cannot be copied to");
	copy = xcalloc(1, sizeof(*copy));
	copy->op.kind = &kind;
	copy->op.what = "the copy";
	copy->spec = *spec;
	copy->from = xstrdup(spec->from);
	copy->to = xstrdup(spec->to);
	copy->file = (struct ssh_file){
		.from = copy->from,
		.to = copy->to,
		.mode = spec->mode,
	};
	buf_init(&copy->out, 0);
	ssh_sftp_init(&copy->send, &copy->file);
	ssh_op_begin(ssh, &copy->op, spec->timeout_ms);
	open_file(copy);
	if (ssh->no_sftp && !copy->op.over)
		by_scp(copy);
	return 0;
}
