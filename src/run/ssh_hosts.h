/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SSH_HOSTS_H
#define RUN_SSH_HOSTS_H

/*
 * The host keys by which one peer is known, wherever they are written down.
 * It reads files and compares; it never writes one, and never asks anybody.
 *
 * In a known_hosts file names are compared as libssh2 does: whole, plain or
 * hashed; patterns with wildcards match nothing.  A line that makes no sense
 * is passed over.  "@revoked" is minded, "@cert-authority" is passed over.
 */

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct error;
typedef struct _LIBSSH2_SESSION LIBSSH2_SESSION;

struct ssh_host_key {
	unsigned char *blob; /* as the protocol has it: its type comes first */
	size_t length;
	bool revoked;
};

struct ssh_hosts {
	struct ssh_host_key *keys;
	size_t count;
	size_t room;
};

enum ssh_host_verdict {
	SSH_HOST_KNOWN,
	SSH_HOST_UNKNOWN, /* there is no key to compare with */
	SSH_HOST_CHANGED, /* there are others */
	SSH_HOST_REVOKED,
};

void ssh_hosts_init(struct ssh_hosts *hosts);
void ssh_hosts_release(struct ssh_hosts *hosts);

/* A key as the protocol has it is copied. */
void ssh_hosts_add(struct ssh_hosts *hosts, const unsigned char *blob,
		   size_t length);

/* A public key as ssh-keygen writes it: "ssh-ed25519 AAAA... comment". */
int ssh_hosts_add_line(struct ssh_hosts *hosts, const char *line,
		       struct error *err);

/* A file of such lines; -1 too when there is none in it. */
int ssh_hosts_add_file(struct ssh_hosts *hosts, const char *path,
		       struct error *err);

/*
 * What a known_hosts file says of a name, which is "host" for port 22 and
 * "[host]:port" otherwise.  A file that is not there knows nothing.
 */
int ssh_hosts_add_known(struct ssh_hosts *hosts, LIBSSH2_SESSION *session,
			const char *path, const char *name, struct error *err);

enum ssh_host_verdict ssh_hosts_judge(const struct ssh_hosts *hosts,
				      const unsigned char *blob, size_t length);

/*
 * The methods of this libssh2 by which one of the keys can be proved, as
 * "a,b"; empty when it knows none of them.
 */
void ssh_hosts_methods(const struct ssh_hosts *hosts, LIBSSH2_SESSION *session,
		       struct buf *out);

/* The types of the keys, for a person: "ssh-ed25519, ssh-rsa". */
void ssh_hosts_types(const struct ssh_hosts *hosts, struct buf *out);

#endif
