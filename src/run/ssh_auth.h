/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SSH_AUTH_H
#define RUN_SSH_AUTH_H

/*
 * Logs in at a peer whose host key was found good: with each of the key
 * files, then with each key of the agent, until one is accepted.  It never
 * asks for a passphrase or a password, and tries no key twice.
 *
 *     asking -> in           [the peer lets anybody in]
 *     asking -> files        [it takes public keys]
 *     files -> in            [one is accepted]
 *     files -> agent         [none is]
 *     agent -> in            [one is accepted]
 *     any -> out             [nothing is left to try, the connection ended]
 */

struct error;
struct ssh_auth;
struct ssh_wire;
typedef struct uv_loop_s uv_loop_t;

struct ssh_auth_spec {
	const char *user;
	const char *const *key_files; /* NULL-terminated, or NULL */
	const char *agent;	      /* path of its socket, or NULL */
	/* The agent has answered: step again. */
	void (*on_event)(void *data);
	void *data;
};

/* What the spec points at must live as long as this does. */
struct ssh_auth *ssh_auth_new(uv_loop_t *loop, struct ssh_wire *wire,
			      const struct ssh_auth_spec *spec);

/* Before the wire is closed.  NULL is fine. */
void ssh_auth_free(struct ssh_auth *auth);

/*
 * Go on.  1: logged in; 0: the socket or the agent has to say something
 * first; -1: no key is accepted, and err says what was tried, or the
 * connection ended, which the wire knows.
 */
int ssh_auth_step(struct ssh_auth *auth, struct error *err);

/* How many keys were refused up to now. */
int ssh_auth_refused(const struct ssh_auth *auth);

#endif
