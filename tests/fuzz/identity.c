/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a machine answers when it is asked which kernel it runs: any bytes.
 * One whose build id is not among them is never taken for it.
 */
#include "tests/fuzz/fuzz.h"

#include "run/identity.h"

static bool has(const uint8_t *bytes, size_t size, const unsigned char *id)
{
	for (size_t at = 0; at + BUILD_ID_LENGTH <= size; at++)
		if (memcmp(bytes + at, id, BUILD_ID_LENGTH) == 0)
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct identity identity = { .kernel = "6.1.0", .has_build_id = true };
	struct identity nobody = { .kernel = "" };
	struct running running;
	/* of its own and without a NUL: nobody may read on */
	char *bytes = malloc(size ? size : 1);

	need(bytes != NULL);
	memcpy(bytes, data, size);
	memcpy(identity.build_id, "\1\2\3\4\5\6\7\10abcdefghijkl",
	       BUILD_ID_LENGTH);
	if (identity_read(bytes, size, &running)) {
		need(running.boot[0] && running.kernel[0]);
		need(fuzz_clean(running.boot, false));
		need(fuzz_clean(running.kernel, false));
		need(running.notes_length <= IDENTITY_MAX);
		need(!identity_matches(&nobody, &running));
		if (identity_matches(&identity, &running))
			need(has(data, size, identity.build_id) ||
			     strcmp(running.kernel, identity.kernel) == 0);
	}
	free(bytes);
	return 0;
}
