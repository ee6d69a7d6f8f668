/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SSH_AGENT_H
#define RUN_SSH_AGENT_H

/*
 * Asks an ssh agent for its keys and for signatures, without waiting:
 * libssh2's own agent client blocks, and up to 1.10 knows no SHA-2 with rsa.
 * It holds no secrets, adds no keys and removes none.
 *
 *     connecting -> listing -> ready  [the keys are there]
 *     ready -> signing                [ssh_agent_sign]
 *     signing -> ready                [signed or refused]
 *     any -> failed                   [no agent, it went away, nonsense]
 *
 * It has no time limit of its own: an agent may ask a person.
 */

#include <stdbool.h>
#include <stddef.h>

struct ssh_agent;
typedef struct uv_loop_s uv_loop_t;

enum ssh_agent_state {
	SSH_AGENT_BUSY,
	SSH_AGENT_READY,
	SSH_AGENT_FAILED,
};

struct ssh_agent_key {
	unsigned char *blob;
	size_t length;
	char type[64];	   /* clean */
	char comment[128]; /* clean, may be "" */
};

/* on_event is called from the loop when the state may have changed. */
struct ssh_agent *ssh_agent_new(uv_loop_t *loop, const char *path,
				void (*on_event)(void *data), void *data);

/* Freed with the loop's turn; NULL is fine. */
void ssh_agent_free(struct ssh_agent *agent);

enum ssh_agent_state ssh_agent_state(const struct ssh_agent *agent);

/* Why it failed. */
const char *ssh_agent_problem(const struct ssh_agent *agent);

/* Borrowed. */
const struct ssh_agent_key *ssh_agent_keys(const struct ssh_agent *agent,
					   size_t *count);

/*
 * Only when ready.  The method is the key's type, or for rsa one of
 * rsa-sha2-256 and rsa-sha2-512.  Afterwards ssh_agent_signature is the
 * signature without its method, or NULL when the agent did not give one.
 */
void ssh_agent_sign(struct ssh_agent *agent, const struct ssh_agent_key *key,
		    const char *method, const unsigned char *bytes,
		    size_t length);
const unsigned char *ssh_agent_signature(const struct ssh_agent *agent,
					 size_t *length);

#endif
