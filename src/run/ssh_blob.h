/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SSH_BLOB_H
#define RUN_SSH_BLOB_H

/*
 * Numbers and strings as ssh packs them: 32 bits, big end first, and strings
 * with such a length in front.  Whoever reads past the end gets nothing, and
 * `bad` says so from then on.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

struct ssh_blob {
	const unsigned char *next;
	size_t left;
	bool bad;
};

struct ssh_blob ssh_blob(const void *bytes, size_t length);

uint8_t ssh_blob_byte(struct ssh_blob *blob);
uint32_t ssh_blob_u32(struct ssh_blob *blob);
uint64_t ssh_blob_u64(struct ssh_blob *blob);

/* A string, borrowed; empty when bad. */
struct ssh_blob ssh_blob_string(struct ssh_blob *blob);

/* A string as text, made clean to print and cut to size. */
void ssh_blob_text(struct ssh_blob *blob, char *out, size_t size);

void ssh_blob_put_u32(struct buf *out, uint32_t number);
void ssh_blob_put_u64(struct buf *out, uint64_t number);
void ssh_blob_put_string(struct buf *out, const void *bytes, size_t length);

/*
 * Decode base64 without blanks into out, which has room for `length` bytes.
 * Returns how many there are; 0 when it is none.
 */
size_t ssh_blob_base64(unsigned char *out, const char *text, size_t length);

#endif
