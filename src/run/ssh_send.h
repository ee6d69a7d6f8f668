/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SSH_SEND_H
#define RUN_SSH_SEND_H

/*
 * How one file is sent, by sftp or by scp, without any socket: bytes of the
 * peer go in, bytes for the peer come out.  libssh2's own sftp is not used:
 * up to 1.10 it waits for ever, or spins, when the server program there ends
 * in the middle, and its scp spins when it fails.
 *
 * The owner calls fill() whenever there is room to send, feed() with all that
 * comes, and is ready when done is true.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct error;

/* The file to send.  It is read from where it stands. */
struct ssh_file {
	const char *from;
	const char *to;
	int fd;
	int mode;
	int64_t size;
	int64_t mtime;
	int64_t offset; /* so much was read */
};

struct ssh_send;

struct ssh_send_kind {
	/* Append what is to be sent next, some 32 KiB at most; nothing when
	 * the peer has to answer first. */
	int (*fill)(struct ssh_send *send, struct buf *out, struct error *err);
	/* -1: the peer says no, or makes no sense. */
	int (*feed)(struct ssh_send *send, const char *bytes, size_t length,
		    struct error *err);
};

struct ssh_send {
	const struct ssh_send_kind *kind;
	struct ssh_file *file;
	bool greeted; /* the peer's program has said something */
	bool done;
	bool refused; /* the error is about a file, and no nonsense */
	int state;
	struct buf answer; /* what came of an answer up to now */
	char handle[256];  /* sftp: of the open file */
	size_t handle_length;
	uint32_t next_id;
	int unanswered; /* writes */
};

/* Begin anew; the file must be at its beginning. */
void ssh_sftp_init(struct ssh_send *send, struct ssh_file *file);
void ssh_scp_init(struct ssh_send *send, struct ssh_file *file);
void ssh_send_release(struct ssh_send *send);

/* For both kinds: append up to `room` bytes of the file. */
int ssh_send_read(struct ssh_send *send, struct buf *out, size_t room,
		  size_t *got, struct error *err);

#endif
