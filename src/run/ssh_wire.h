/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SSH_WIRE_H
#define RUN_SSH_WIRE_H

/*
 * The socket under one ssh session, and what keeps an untrusted peer within
 * bounds.  It knows nothing of ssh itself.
 *
 * libssh2 reads and writes through here:
 *
 *  - Nobody reads more than a share of bytes a turn of the loop, so a peer
 *    that sends without end (a banner, a flood) cannot hold the loop.
 *  - Until the peer is trusted it may send so many bytes and no more.
 *  - All memory of the session is counted and has a limit: unknown packets,
 *    which libssh2 keeps, end the connection instead of the machine.
 *  - What is written is taken whole and waits here when the socket is full,
 *    so that libssh2 never sits on half a packet; who writes much asks
 *    ssh_wire_full first.
 *
 *     connecting -> open   [ssh_wire_connected: the socket says so]
 *     connecting -> ended  [the same: refused, no route]
 *     open -> ended        [the peer closed, an error, a limit]
 *     any -> gone          [ssh_wire_close]
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct sockaddr;
struct ssh_wire;
typedef struct _LIBSSH2_SESSION LIBSSH2_SESSION;
typedef struct uv_loop_s uv_loop_t;

/* Called when the socket can be read or written, from the loop only. */
typedef void ssh_wire_event(void *data);

/*
 * Begin to connect.  NULL when not even that is possible, or the peer refused
 * at once; err says why, without the peer's name.
 */
struct ssh_wire *ssh_wire_open(uv_loop_t *loop, const struct sockaddr *address,
			       ssh_wire_event *on_event, void *data,
			       struct error *err);

/* Nothing more is sent or called.  Freed with the loop's turn; NULL is fine. */
void ssh_wire_close(struct ssh_wire *wire);

/* 1: it is open; 0: not yet; -1: it failed, and err says why. */
int ssh_wire_connected(struct ssh_wire *wire, struct error *err);

LIBSSH2_SESSION *ssh_wire_session(struct ssh_wire *wire);
int ssh_wire_socket(const struct ssh_wire *wire);

/* A turn of the loop begins: there is a new share to read. */
void ssh_wire_turn(struct ssh_wire *wire);

/* Enough is waiting to be sent: write no more before the next event. */
bool ssh_wire_full(const struct ssh_wire *wire);

/* The peer has shown who it is: no limit on what it sends any more. */
void ssh_wire_trust(struct ssh_wire *wire);

/* Why nothing more comes or goes, clean to print; NULL while it does. */
const char *ssh_wire_ended(const struct ssh_wire *wire);

/* It ended because the peer misbehaves. */
bool ssh_wire_hostile(const struct ssh_wire *wire);

/* End it: the peer has said nothing for so long; or it broke the protocol. */
void ssh_wire_silent(struct ssh_wire *wire, uint64_t quiet_ms);
void ssh_wire_give_up(struct ssh_wire *wire);

/* How many bytes were read in all. */
uint64_t ssh_wire_received(const struct ssh_wire *wire);

/* When the last bytes came, in ms of uv_now. */
uint64_t ssh_wire_heard(const struct ssh_wire *wire);

/*
 * Call this once, just before the session next takes at_least bytes or more
 * of memory; a NULL call forgets it.
 */
void ssh_wire_before_alloc(struct ssh_wire *wire, size_t at_least,
			   void (*call)(void *data), void *data);

/* Memory of the session, whose owner gives it to libssh2 to free. */
void *ssh_wire_alloc(struct ssh_wire *wire, size_t size);

#endif
