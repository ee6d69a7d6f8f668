/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/digest.h"

#include <stdint.h>
#include <stdio.h>

#include <nettle/sha2.h>

char *digest_of(const char *bytes, size_t length, char *out)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx context;

	sha256_init(&context);
	sha256_update(&context, length, (const uint8_t *)bytes);
	sha256_digest(&context, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
	return out;
}
