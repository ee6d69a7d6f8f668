/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as what `git bisect log` prints: the engine takes what comes of
 * them.
 */
#include <stdint.h>

#include "session/formats.h"
#include "tests/fuzz/fold.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draft draft;

	draft_init(&draft);
	formats_read_as(&draft, &format_git, (const char *)data, size);
	engine_free(fold_draft(&draft));
	draft_release(&draft);
	return 0;
}
