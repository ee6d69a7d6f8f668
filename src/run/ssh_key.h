/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SSH_KEY_H
#define RUN_SSH_KEY_H

/*
 * A private key in a file: what kind it is, and for rsa its signatures.
 *
 * libssh2 reads and uses all other kinds itself.  Up to 1.10 it signs with an
 * rsa key by SHA-1 only, which servers of today refuse, so that is done here
 * with libcrypto.  Keys with a passphrase are told apart and not opened.
 */

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct error;
struct ssh_key;

/* -1: no such file, no private key, or it has a passphrase; err says which. */
int ssh_key_load(const char *path, struct ssh_key **out, struct error *err);
void ssh_key_free(struct ssh_key *key); /* NULL is fine */

bool ssh_key_is_rsa(const struct ssh_key *key);

/* For rsa: the public key as the protocol has it, appended to out. */
void ssh_key_public(const struct ssh_key *key, struct buf *out);

/*
 * For rsa: the signature of the bytes with SHA-256, or SHA-512 when `large`,
 * appended to out.  -1 when libcrypto cannot; nothing is appended then.
 */
int ssh_key_sign(const struct ssh_key *key, bool large,
		 const unsigned char *bytes, size_t length, struct buf *out);

#endif
