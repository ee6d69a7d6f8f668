/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ssh_wire.h"

#include <errno.h>
#include <libssh2.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/xalloc.h"
#include "run/tidy.h"

#define SHARE	     (256 * 1024)	/* bytes read a turn */
#define STRANGER_MAX (256 * 1024)	/* bytes read before it is trusted */
#define MEMORY_MAX   (32 * 1024 * 1024) /* of one session */
#define WAITING_HIGH (256 * 1024)	/* to be sent: enough */
#define FORGET_AT    (64 * 1024)
#define SLACK	     64		       /* zeros behind each block */
#define WAITING_MAX  (4 * 1024 * 1024) /* to be sent: the peer is broken */

struct ssh_wire {
	uv_poll_t poll;
	LIBSSH2_SESSION *session;
	int fd;
	bool open;
	bool closed; /* by us */
	bool trusted;
	bool hostile;
	char ended[200]; /* "" while it works */
	size_t share;
	uint64_t received;
	size_t memory;
	uint64_t heard;
	struct buf waiting;
	size_t sent; /* of what is waiting */
	ssh_wire_event *on_event;
	void *data;
	size_t before_size;
	void (*before)(void *data);
	void *before_data;
};

/* In front of each block of memory, as large as malloc's alignment. */
union block {
	size_t size;
	/* cppcheck-suppress unusedStructMember ; it aligns */
	max_align_t align;
};

static void end(struct ssh_wire *wire, const char *why)
{
	if (!wire->ended[0])
		snprintf(wire->ended, sizeof(wire->ended), "%s", why);
}

static void end_hostile(struct ssh_wire *wire, const char *why)
{
	wire->hostile = wire->hostile || !wire->ended[0];
	end(wire, why);
}

/*
 * Zeroed: libssh2 1.10 leaves the name of an exit signal as malloc gave it
 * when the packet is shorter than it says.  And with zeros behind it: it reads
 * the 32 bytes of an ed25519 key from a host key that is too short for them.
 */
void *ssh_wire_alloc(struct ssh_wire *wire, size_t size)
{
	union block *block;

	if (wire->before && size >= wire->before_size) {
		void (*before)(void *data) = wire->before;

		wire->before = NULL;
		before(wire->before_data);
	}
	if (size > MEMORY_MAX - wire->memory) {
		end_hostile(wire, "the peer makes us keep too much");
		return NULL;
	}
	block = xcalloc(1, sizeof(*block) + size + SLACK);
	block->size = size;
	wire->memory += size;
	return block + 1;
}

static LIBSSH2_ALLOC_FUNC(on_alloc)
{
	return ssh_wire_alloc(*abstract, count);
}

static LIBSSH2_FREE_FUNC(on_free)
{
	struct ssh_wire *wire = *abstract;
	union block *block = ptr;

	if (!block)
		return;
	wire->memory -= block[-1].size;
	free(block - 1);
}

static LIBSSH2_REALLOC_FUNC(on_realloc)
{
	void *bytes = on_alloc(count, abstract);

	if (bytes && ptr) {
		size_t old = ((union block *)ptr)[-1].size;

		memcpy(bytes, ptr, old < count ? old : count);
		on_free(ptr, abstract);
	}
	return bytes;
}

static ssize_t fail_with(struct ssh_wire *wire, int error)
{
	end(wire, strerror(error));
	return -error;
}

static LIBSSH2_RECV_FUNC(on_recv)
{
	struct ssh_wire *wire = *abstract;
	ssize_t got;

	if (wire->closed || wire->ended[0])
		return -ECONNRESET;
	if (!wire->trusted && wire->received >= STRANGER_MAX) {
		end_hostile(
			wire,
			"the peer sends and sends before it says who it is");
		return -ECONNRESET;
	}
	if (wire->share == 0)
		return -EAGAIN;
	if (length > wire->share)
		length = wire->share;
	do {
		got = recv(socket, buffer, length, flags);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == EAGAIN ? -EAGAIN : fail_with(wire, errno);
	if (got == 0)
		end(wire, "the peer closed the connection");
	wire->share -= (size_t)got;
	wire->received += (uint64_t)got;
	if (got > 0)
		wire->heard = uv_now(wire->poll.loop);
	return got;
}

static void on_poll(uv_poll_t *poll, int status, int events);

static void watch(struct ssh_wire *wire)
{
	bool writes = !wire->open || wire->waiting.length > wire->sent;

	/* An ended one would be readable for ever. */
	if (wire->ended[0])
		uv_poll_stop(&wire->poll);
	else
		uv_poll_start(&wire->poll,
			      UV_READABLE | (writes ? UV_WRITABLE : 0),
			      on_poll);
}

/* What was sent needs no room. */
static void forget_sent(struct ssh_wire *wire)
{
	struct buf *waiting = &wire->waiting;

	waiting->length -= wire->sent;
	memmove(waiting->text, waiting->text + wire->sent, waiting->length);
	waiting->text[waiting->length] = '\0';
	wire->sent = 0;
}

/* Send what is waiting, as far as the socket takes it. */
static void flush(struct ssh_wire *wire)
{
	while (wire->sent < wire->waiting.length && !wire->ended[0]) {
		ssize_t put =
			send(wire->fd, wire->waiting.text + wire->sent,
			     wire->waiting.length - wire->sent, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0 && errno == EAGAIN)
			break;
		if (put < 0)
			fail_with(wire, errno);
		else
			wire->sent += (size_t)put;
	}
	if (wire->sent == wire->waiting.length || wire->sent > FORGET_AT)
		forget_sent(wire);
}

static LIBSSH2_SEND_FUNC(on_send)
{
	struct ssh_wire *wire = *abstract;

	(void)socket;
	(void)flags;
	if (wire->closed || wire->ended[0])
		return -ECONNRESET;
	if (wire->waiting.length - wire->sent > WAITING_MAX) {
		end_hostile(wire, "the peer takes nothing");
		return -ECONNRESET;
	}
	buf_add(&wire->waiting, buffer, length);
	flush(wire);
	if (wire->ended[0])
		return -ECONNRESET;
	watch(wire);
	return (ssize_t)length;
}

static LIBSSH2_DISCONNECT_FUNC(on_disconnect)
{
	struct ssh_wire *wire = *abstract;
	char text[128];
	/* NULL where the packet is shorter than it claims */
	size_t length = message && message_len > 0 ? (size_t)message_len : 0;

	(void)session;
	(void)reason;
	(void)language;
	(void)language_len;
	if (length > sizeof(text) - 1)
		length = sizeof(text) - 1;
	if (length)
		memcpy(text, message, length);
	tidy_utf8(text, length);
	tidy_controls(text);
	if (wire->ended[0])
		return;
	if (length)
		snprintf(wire->ended, sizeof(wire->ended),
			 "the peer closed the connection and says '%s'", text);
	else
		snprintf(wire->ended, sizeof(wire->ended),
			 "the peer closed the connection");
}

/* libuv only says that there is an error; the socket knows which. */
static void end_by_socket(struct ssh_wire *wire)
{
	socklen_t size = sizeof(int);
	int error = 0;

	if (getsockopt(wire->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ||
	    error == 0)
		error = ECONNRESET;
	fail_with(wire, error);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct ssh_wire *wire = poll->data;

	if (status < 0)
		end_by_socket(wire);
	else if (wire->open && (events & UV_WRITABLE))
		flush(wire);
	watch(wire);
	wire->on_event(wire->data);
}

static int start_session(struct ssh_wire *wire, struct error *err)
{
	union {
		LIBSSH2_RECV_FUNC((*recv));
		LIBSSH2_SEND_FUNC((*send));
		LIBSSH2_DISCONNECT_FUNC((*disconnect));
		void *any;
	} call;

	wire->session =
		libssh2_session_init_ex(on_alloc, on_free, on_realloc, wire);
	if (!wire->session)
		return error_set(err, ERROR_SYSTEM, "cannot set up libssh2");
	call.recv = on_recv;
	libssh2_session_callback_set(wire->session, LIBSSH2_CALLBACK_RECV,
				     call.any);
	call.send = on_send;
	libssh2_session_callback_set(wire->session, LIBSSH2_CALLBACK_SEND,
				     call.any);
	call.disconnect = on_disconnect;
	libssh2_session_callback_set(wire->session, LIBSSH2_CALLBACK_DISCONNECT,
				     call.any);
	libssh2_session_set_blocking(wire->session, 0);
	return 0;
}

static int open_socket(const struct sockaddr *address, struct error *err)
{
	socklen_t size = address->sa_family == AF_INET6
				 ? sizeof(struct sockaddr_in6)
				 : sizeof(struct sockaddr_in);
	int on = 1;
	int fd = socket(address->sa_family,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return error_errno(err, "cannot make a socket");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, address, size) == 0 || errno == EINPROGRESS)
		return fd;
	error_set(err, ERROR_SYSTEM, "%s", strerror(errno));
	close(fd);
	return -1;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

struct ssh_wire *ssh_wire_open(uv_loop_t *loop, const struct sockaddr *address,
			       ssh_wire_event *on_event, void *data,
			       struct error *err)
{
	int fd = open_socket(address, err), code;
	struct ssh_wire *wire;

	if (fd < 0)
		return NULL;
	wire = xcalloc(1, sizeof(*wire));
	wire->fd = fd;
	wire->on_event = on_event;
	wire->data = data;
	code = uv_poll_init(loop, &wire->poll, fd);
	if (code < 0) {
		error_set(err, ERROR_SYSTEM, "cannot watch a socket: %s",
			  uv_strerror(code));
		close(fd);
		free(wire);
		return NULL;
	}
	wire->poll.data = wire;
	wire->heard = uv_now(loop);
	buf_init(&wire->waiting, 0);
	if (start_session(wire, err) < 0) {
		ssh_wire_close(wire);
		return NULL;
	}
	watch(wire);
	return wire;
}

void ssh_wire_close(struct ssh_wire *wire)
{
	if (!wire)
		return;
	if (wire->session) {
		ssh_wire_turn(wire);
		if (wire->open && !wire->ended[0])
			libssh2_session_disconnect(wire->session, "done");
		/* Reads and writes fail from here on, so nothing waits. */
		wire->closed = true;
		for (int i = 0; i < 64; i++) {
			if (libssh2_session_free(wire->session) !=
			    LIBSSH2_ERROR_EAGAIN)
				break;
		}
	}
	buf_release(&wire->waiting);
	uv_close((uv_handle_t *)&wire->poll, on_closed);
	close(wire->fd);
}

int ssh_wire_connected(struct ssh_wire *wire, struct error *err)
{
	struct sockaddr_storage peer;
	socklen_t size = sizeof(int);
	int error = 0;

	if (wire->open)
		return 1;
	if (getsockopt(wire->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		error = errno;
	size = sizeof(peer);
	if (error == 0 &&
	    getpeername(wire->fd, (struct sockaddr *)&peer, &size) == 0) {
		wire->open = true;
		watch(wire);
		return 1;
	}
	if (error == 0 && errno == ENOTCONN && !wire->ended[0])
		return 0;
	if (error != 0)
		fail_with(wire, error);
	error_set(err, ERROR_SYSTEM, "%s",
		  wire->ended[0] ? wire->ended : strerror(errno));
	return -1;
}

LIBSSH2_SESSION *ssh_wire_session(struct ssh_wire *wire)
{
	return wire->session;
}

int ssh_wire_socket(const struct ssh_wire *wire)
{
	return wire->fd;
}

void ssh_wire_turn(struct ssh_wire *wire)
{
	wire->share = SHARE;
}

bool ssh_wire_full(const struct ssh_wire *wire)
{
	return wire->waiting.length - wire->sent > WAITING_HIGH;
}

void ssh_wire_trust(struct ssh_wire *wire)
{
	wire->trusted = true;
}

const char *ssh_wire_ended(const struct ssh_wire *wire)
{
	return wire->ended[0] ? wire->ended : NULL;
}

bool ssh_wire_hostile(const struct ssh_wire *wire)
{
	return wire->hostile;
}

void ssh_wire_silent(struct ssh_wire *wire, uint64_t quiet_ms)
{
	char text[64];

	snprintf(text, sizeof(text), "the peer has been silent for %llu s",
		 (unsigned long long)quiet_ms / 1000);
	end(wire, text);
	watch(wire);
}

void ssh_wire_give_up(struct ssh_wire *wire)
{
	end_hostile(wire, "the peer breaks the protocol");
	watch(wire);
}

uint64_t ssh_wire_received(const struct ssh_wire *wire)
{
	return wire->received;
}

uint64_t ssh_wire_heard(const struct ssh_wire *wire)
{
	return wire->heard;
}

void ssh_wire_before_alloc(struct ssh_wire *wire, size_t at_least,
			   void (*call)(void *data), void *data)
{
	wire->before_size = at_least;
	wire->before = call;
	wire->before_data = data;
}
