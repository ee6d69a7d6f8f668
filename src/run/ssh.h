/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SSH_H
#define RUN_SSH_H

/*
 * A connection to one ssh server, on a libuv loop: waits for a guest to boot,
 * copies files to it and runs commands on it.  It never blocks, starts no
 * thread and no program, asks nobody for a password, and writes no file here.
 *
 *     closed -> connecting -> open    [ssh_connect]
 *     connecting -> closed            [its end tells why]
 *     open -> copying, running        [ssh_copy, ssh_run]
 *     copying, running -> open        [done; its time is over; ssh_cancel]
 *     open, copying, running -> closed  [the connection was lost]
 *     any -> gone                     [ssh_free]
 *
 * One operation at a time; a connection that was lost can be made again.
 * Every operation that was started calls back exactly once, from the loop and
 * never from inside the function that starts it, cancelled ones too; then the
 * next one may be started, also from inside the call.  ssh_cancel and ssh_free
 * may be called from anywhere.
 *
 * A dropbear that does not bear a second operation on one connection (up to
 * 2024.85, see ssh_renew.c) gets a new connection for each; one that cannot be
 * made counts as lost.  A command that was asked for is never asked for again.
 *
 * The peer is not trusted: whatever it sends, time and memory have limits,
 * and its words are clean where they are repeated.  Errors are one sentence
 * that begins with user@host:port.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct ssh;
typedef struct uv_loop_s uv_loop_t;

enum ssh_end {
	SSH_DONE,
	SSH_REFUSED,	 /* nobody listens there, no way, no such name */
	SSH_TIMEOUT,	 /* the time limit */
	SSH_LOST,	 /* the connection was cut, or the peer fell silent */
	SSH_HOST_KEY,	 /* not the host that we know */
	SSH_KEY_REFUSED, /* it accepts no key of ours, or there is none */
	SSH_PEER,	 /* it says no to what is asked, or talks nonsense */
	SSH_FILE,	 /* a file cannot be read here or written there */
	SSH_OUTPUT,	 /* the output limit */
	SSH_CANCELLED,	 /* ssh_cancel, ssh_free */
};

/*
 * The peer, and how the two know each other.  Its host key must be the pinned
 * one where one is given, else one that known_hosts has for it; trust_first is
 * for guests that are thrown away: a peer of which no key is known is believed
 * once, and from then on, for this object, has to be the same.
 */
struct ssh_spec {
	const char *host; /* name or address */
	int port;
	const char *user;
	const char *known_hosts;   /* file as OpenSSH has it, or NULL */
	const char *host_key;	   /* pinned: "ssh-ed25519 AAAA...", or NULL */
	const char *host_key_file; /* pinned: a file of such lines, or NULL */
	bool trust_first;
	const char *const *key_files; /* private keys, NULL-terminated, or
					 NULL; none with a passphrase works */
	const char *agent; /* what SSH_AUTH_SOCK says, or NULL for none */
	/* How long the peer may be silent before it is asked whether it
	 * lives, at least 2000 ms, and before it counts as lost, at least
	 * twice that.  0: never, and 0: for ever. */
	int64_t keepalive_ms;
	int64_t dead_ms;
	/* The connection was lost while nothing was under way; or NULL. */
	void (*on_lost)(void *data, const struct error *err);
	void *data;
};

/* All strings are copied.  Nothing is opened yet. */
struct ssh *ssh_new(uv_loop_t *loop, const struct ssh_spec *spec);

/*
 * Close the connection.  What is under way calls back with SSH_CANCELLED;
 * the object is gone some turns of the loop later.  NULL is fine.
 */
void ssh_free(struct ssh *ssh);

bool ssh_is_open(const struct ssh *ssh);

/* How an operation ended; err is empty with SSH_DONE, and borrowed. */
typedef void ssh_done(void *data, enum ssh_end end, const struct error *err);

struct ssh_connect {
	int64_t timeout_ms; /* of one try, 0: none */
	/* How long to keep trying, 0: try once.  Refused, silent and cut
	 * connections are tried again; a wrong host key and refused keys are
	 * final.  The end is the one of the last try. */
	int64_t wait_ms;
	int64_t interval_ms; /* from one try to the next, at least */
	ssh_done *done;
	void *data;
};

/* Each of these is -1 with ERROR_BUSY or ERROR_STATE, and no call back comes,
 * when an operation is under way, or there is a connection already, or none
 * where one is needed. */
int ssh_connect(struct ssh *ssh, const struct ssh_connect *connect,
		struct error *err);

struct ssh_copy {
	const char *from;   /* a regular file here */
	const char *to;	    /* a path there, not a folder */
	int mode;	    /* of the copy, as in 0755 */
	int64_t timeout_ms; /* 0: none */
	ssh_done *done;
	void *data;
};

/*
 * Copy a file by sftp, or by scp where the peer has no sftp.  The copy has
 * the size of the original, or there is an error; after one a part may be
 * there.
 */
int ssh_copy(struct ssh *ssh, const struct ssh_copy *copy, struct error *err);

struct ssh_run_end {
	enum ssh_end end;
	int exit_status; /* 0..255, or 256 + signal; with SSH_DONE only */
	const char *exit_signal; /* "KILL", clean, or NULL */
	int64_t duration_ms;
	const struct error *err; /* empty with SSH_DONE */
};

struct ssh_run {
	const char *command; /* for the login shell there */
	const void *input;   /* what it can read, copied; or NULL */
	size_t input_length;
	int64_t timeout_ms; /* 0: none */
	int64_t output_max; /* bytes, 0: none; so many are delivered */
	/* Output and errors in one stream, as it comes.  While this does not
	 * return, nothing more is read, and the peer has to wait. */
	void (*on_output)(void *data, const char *bytes, size_t length);
	void (*on_end)(void *data, const struct ssh_run_end *end);
	void *data;
};

/*
 * Run a command.  One that is cut short, by a limit or by ssh_cancel, is let
 * go: it loses its input and output, which ends most; ssh as libssh2 1.10 has
 * it cannot kill what minds neither.  A command ends with all who hold its
 * output: what it leaves running in the background should not.
 */
int ssh_run(struct ssh *ssh, const struct ssh_run *run, struct error *err);

/* End what is under way, with SSH_CANCELLED; harmless when nothing is. */
void ssh_cancel(struct ssh *ssh);

#endif
