/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What git bisect keeps, written by somebody else: the bytes are the files
 * one after the other, with a 0xff between them.
 */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "base/str.h"
#include "repo/gitstate.h"
#include "tests/unit/scratch.h"

static char *scratch;

static void clear(void)
{
	scratch_remove(scratch);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char *path;

	(void)argc;
	(void)argv;
	scratch = scratch_make();
	atexit(clear);
	path = xasprintf("git init -q --bare '%s'", scratch);
	need(system(path) == 0);
	free(path);
	return 0;
}

static void check_log(const struct buf *log)
{
	struct gitstate_line line;
	size_t at = 0, before = 0;

	while (gitstate_next_line(log, &at, &line)) {
		need(at > before && at <= log->length);
		need(line.text >= log->text &&
		     line.text + line.length <= log->text + log->length);
		need(!memchr(line.text, '\n', line.length));
		need(strlen(line.term) < sizeof(line.term));
		before = at;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {
		"BISECT_LOG",	       "BISECT_TERMS", "BISECT_START",
		"BISECT_EXPECTED_REV", "BISECT_NAMES", "packed-refs",
	};
	struct error err = ERROR_INIT;
	char stamp[GITSTATE_STAMP];
	struct gitstate state;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *path = xasprintf("%s/%s", scratch, names[i]);
		const uint8_t *end = memchr(data, 0xff, size);
		size_t length = end ? (size_t)(end - data) : size;

		unlink(path);
		if (length)
			fuzz_store(path, data, length);
		data += length + (end != NULL);
		size -= length + (end != NULL);
		free(path);
	}
	gitstate_init(&state);
	gitstate_stamp(scratch, stamp);
	if (gitstate_read(scratch, &state, &err) < 0)
		need(fuzz_clean(err.text, false));
	need(state.term_new && state.term_old);
	check_log(&state.log);
	for (size_t i = 1; i < state.goods.count; i++)
		need(strcmp(state.goods.items[i - 1].hex,
			    state.goods.items[i].hex) < 0);
	gitstate_release(&state);
	return 0;
}
