/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a session that was exported: taken whole, or refused with
 * nothing left behind.
 */
#include <sys/stat.h>

#include "base/error.h"
#include "session/carry.h"
#include "tests/fuzz/told.h"
#include "tests/unit/scratch.h"

static char *scratch;

static void clear(void)
{
	scratch_remove(scratch);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	scratch = scratch_make();
	atexit(clear);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *file = xasprintf("%s/file", scratch);
	char *dir = xasprintf("%s/session", scratch), *command;
	struct error err = ERROR_INIT;
	struct session *session;
	struct stat st;

	fuzz_store(file, data, size);
	carry_is(file);
	if (carry_in(file, dir, NULL, &err) == 0) {
		need(session_open(dir, &session, &err) == 0);
		command = session_settings(session);
		need(access(command, F_OK) < 0);
		free(command);
		tell_all(session);
		session_close(session);
		scratch_remove(xstrdup(dir));
	} else {
		need(err.text[0]);
	}
	need(stat(dir, &st) < 0);
	unlink(file);
	free(file);
	free(dir);
	return 0;
}
