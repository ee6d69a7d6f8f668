/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ssh_blob.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/buf.h"
#include "run/tidy.h"

struct ssh_blob ssh_blob(const void *bytes, size_t length)
{
	return (struct ssh_blob){ .next = bytes, .left = length };
}

/* The next bytes, or NULL when there are not so many. */
static const unsigned char *take(struct ssh_blob *blob, size_t length)
{
	const unsigned char *bytes = blob->next;

	if (blob->bad || blob->left < length) {
		blob->bad = true;
		return NULL;
	}
	blob->next += length;
	blob->left -= length;
	return bytes;
}

static uint64_t number(struct ssh_blob *blob, size_t size)
{
	const unsigned char *bytes = take(blob, size);
	uint64_t value = 0;

	for (size_t i = 0; bytes && i < size; i++)
		value = value << 8 | bytes[i];
	return value;
}

uint8_t ssh_blob_byte(struct ssh_blob *blob)
{
	return (uint8_t)number(blob, 1);
}

uint32_t ssh_blob_u32(struct ssh_blob *blob)
{
	return (uint32_t)number(blob, 4);
}

uint64_t ssh_blob_u64(struct ssh_blob *blob)
{
	return number(blob, 8);
}

struct ssh_blob ssh_blob_string(struct ssh_blob *blob)
{
	size_t length = ssh_blob_u32(blob);
	const unsigned char *bytes = take(blob, length);

	return ssh_blob(bytes ? bytes : (const unsigned char *)"",
			bytes ? length : 0);
}

void ssh_blob_text(struct ssh_blob *blob, char *out, size_t size)
{
	struct ssh_blob string = ssh_blob_string(blob);
	size_t length = string.left < size - 1 ? string.left : size - 1;

	memcpy(out, string.next, length);
	tidy_utf8(out, length);
	tidy_controls(out);
}

void ssh_blob_put_u32(struct buf *out, uint32_t value)
{
	const unsigned char bytes[] = { value >> 24 & 0xff, value >> 16 & 0xff,
					value >> 8 & 0xff, value & 0xff };

	buf_add(out, bytes, sizeof(bytes));
}

void ssh_blob_put_u64(struct buf *out, uint64_t value)
{
	ssh_blob_put_u32(out, (uint32_t)(value >> 32));
	ssh_blob_put_u32(out, (uint32_t)value);
}

void ssh_blob_put_string(struct buf *out, const void *bytes, size_t length)
{
	ssh_blob_put_u32(out, (uint32_t)length);
	buf_add(out, bytes, length);
}

size_t ssh_blob_base64(unsigned char *out, const char *text, size_t length)
{
	size_t padding = 0;
	int got;

	while (padding < 2 && padding < length &&
	       text[length - 1 - padding] == '=')
		padding++;
	if (length == 0 || length % 4 != 0)
		return 0;
	got = EVP_DecodeBlock(out, (const unsigned char *)text, (int)length);
	return got < (int)padding ? 0 : (size_t)got - padding;
}
