/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What if?  Lines of any bytes as decisions in a small session: each is
 * refused in a sentence, or what would come of it can be told.
 */
#include "base/error.h"
#include "control/otherwise.h"
#include "session/import.h"
#include "tests/fuzz/told.h"
#include "tests/unit/scratch.h"

static const char past[] =
	"git bisect start\n"
	"# bad: [4444444444444444444444444444444444444444] four\n"
	"git bisect bad 4444444444444444444444444444444444444444\n"
	"# good: [1111111111111111111111111111111111111111] one\n"
	"git bisect good 1111111111111111111111111111111111111111\n"
	"# good: [2222222222222222222222222222222222222222] two\n"
	"git bisect good 2222222222222222222222222222222222222222\n"
	"# bad: [3333333333333333333333333333333333333333] three\n"
	"git bisect bad 3333333333333333333333333333333333333333\n";

static struct session *session;
static char *scratch;

static void clear(void)
{
	session_close(session);
	scratch_remove(scratch);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct error err = ERROR_INIT;
	char *dir;

	(void)argc;
	(void)argv;
	scratch = scratch_make();
	atexit(clear);
	dir = xasprintf("%s/session", scratch);
	need(session_create(dir, NULL, &session, &err) == 0);
	need(import_bytes(session, "past", past, sizeof(past) - 1, NULL, NULL,
			  &err) == 0);
	free(dir);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *rest = text, *line;
	struct otherwise otherwise = { 0 };
	struct error err = ERROR_INIT;
	struct buf out;

	buf_init(&out, 0);
	for (int i = 0; i < 20 && (line = strsep(&rest, "\n")); i++)
		if (otherwise_add(&otherwise, session, NULL, line,
				  (size_t)i % 4, &err) < 0)
			need(err.text[0]);
	otherwise_name(&otherwise, &out);
	if (otherwise_make(&otherwise, session, &err) == 0)
		otherwise_tell(&otherwise, session, &out);
	else
		need(err.text[0]);
	otherwise_release(&otherwise);
	buf_release(&out);
	free(text);
	return 0;
}
