/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SSH_OP_H
#define RUN_SSH_OP_H

/*
 * What the files of run/ssh share: the connection and the operation that is
 * under way.  Nobody else includes this.
 *
 * An operation goes on in step(), which is called whenever something may have
 * changed, and returns when it would have to wait.  libssh2 answers EAGAIN
 * only when it waits for the peer (see ssh_wire.h), so any call may be
 * followed by any other; only that a channel is opened has to be finished,
 * and that is done in one place, ssh_take_channel.
 */

#include <libssh2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/error.h"
#include "run/ssh.h"
#include "run/ssh_hosts.h"
#include "run/ssh_wire.h"

struct ssh_op;

struct ssh_op_kind {
	/* Go on, until it has to wait or ssh_op_end was called. */
	void (*step)(struct ssh_op *op);
	/* The timer is due; NULL: the operation ends with SSH_TIMEOUT. */
	void (*due)(struct ssh_op *op);
	/* Let go of what it holds, but not of what report() tells. */
	void (*release)(struct ssh_op *op);
	/* Call the owner back.  Nothing happens to it afterwards but free. */
	void (*report)(struct ssh_op *op);
	void (*free)(struct ssh_op *op);
};

/* The head of every operation. */
struct ssh_op {
	const struct ssh_op_kind *kind;
	struct ssh *ssh;
	const char *what; /* "the command": for sentences */
	uint64_t began;	  /* uv_now */
	bool over;
	enum ssh_end end;
	struct error err;
};

struct ssh {
	uv_loop_t *loop;
	struct ssh_spec spec; /* the strings are ours */
	char *name;	      /* user@host:port */
	char *host_name;      /* as in known_hosts */
	struct ssh_hosts trusted;
	struct ssh_wire *wire; /* NULL when closed */
	bool open;
	bool freed;   /* by its owner */
	bool no_sftp; /* the peer was found to have none */
	bool frail;   /* the peer bears one operation a connection */
	bool spent;   /* this connection has had one */
	struct ssh_op *op;
	struct ssh_op *waiting; /* for a connection that op makes anew */
	uint64_t limit_at;	/* uv_now: its limit; 0: none */
	/* The channel of the next operation, opened ahead: reading from it is
	 * how libssh2 is made to look at what comes meanwhile. */
	LIBSSH2_CHANNEL *spare;
	/* Channels that wait for the peer to close them. */
	LIBSSH2_CHANNEL **left;
	size_t left_count;
	size_t left_room;
	uv_timer_t kick;  /* go on with the next turn of the loop */
	uv_timer_t limit; /* of the operation */
	uv_timer_t pulse; /* is the peer alive? */
	int handle_count;
};

/* -1 when something is under way, or there is no connection. */
int ssh_op_may_begin(const struct ssh *ssh, struct error *err);

/* Begin: afterwards the operation belongs to the connection. */
void ssh_op_begin(struct ssh *ssh, struct ssh_op *op, int64_t timeout_ms);

/* The operation is over; the first end counts.  The name goes in front. */
void ssh_op_end(struct ssh_op *op, enum ssh_end end, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * A call of libssh2 failed, and not with EAGAIN: end the operation with what
 * is behind it, a lost connection or the peer's no.
 */
void ssh_op_failed(struct ssh_op *op, const char *what);

/* Start the timer of the operation anew. */
void ssh_op_timer(struct ssh_op *op, uint64_t in_ms);

/* Go on with the next turn of the loop. */
void ssh_kick(struct ssh *ssh);

/*
 * A channel of the operation's own, or NULL: it waits, or has ended.  Is given
 * back with ssh_let_go.
 */
LIBSSH2_CHANNEL *ssh_take_channel(struct ssh_op *op);

/* Does what names itself so bear only one operation a connection? */
bool ssh_peer_is_frail(const char *banner);

/*
 * Let the operation, which has no channel, wait for a new connection in place
 * of the one there is; afterwards it goes on, or ends as ssh_renewed says.
 */
void ssh_renew(struct ssh_op *op);
/* Called when the operation that makes the new connection is over. */
void ssh_renewed(struct ssh *ssh, const struct ssh_op *connect);

/* Close a channel without waiting for it; NULL is fine. */
void ssh_let_go(struct ssh *ssh, LIBSSH2_CHANNEL *channel);

/* May be a wire's or an agent's event: the data is the connection. */
void ssh_drive(void *data);

/* The wire belongs to an open connection from here on. */
void ssh_opened(struct ssh *ssh);

/* Close the wire, and forget all that hangs on it. */
void ssh_drop(struct ssh *ssh);

#endif
