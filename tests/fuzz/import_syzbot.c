/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a log of syzbot's: the engine takes what comes of them, and
 * they come back byte by byte.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "session/formats.h"
#include "session/syzbotlog.h"
#include "tests/fuzz/fold.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draft draft;
	struct engine *engine;
	struct buf out;

	draft_init(&draft);
	buf_init(&out, 0);
	formats_read_as(&draft, &format_syzbot, (const char *)data, size);
	engine = fold_draft(&draft);
	syzbotlog_write(engine, draft.names, &out);
	if (out.length != size || (size && memcmp(out.text, data, size) != 0))
		abort();
	engine_free(engine);
	buf_release(&out);
	draft_release(&draft);
	return 0;
}
