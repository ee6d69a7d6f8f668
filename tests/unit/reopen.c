/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logs that are kept as sessions, to be looked at again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/xalloc.h"
#include "control/reopen.h"
#include "engine/commit.h"
#include "session/folder.h"
#include "session/session.h"
#include "tests/unit/scratch.h"

#define A "0000000000000000000000000000000000000aaa"
#define B "0000000000000000000000000000000000000bbb"

static int set_up(void **state)
{
	char *folder = scratch_make();
	char *log = xasprintf("%s/log", folder);
	FILE *file = fopen(log, "w");

	fputs("git bisect start\n"
	      "# bad: [" A "] one\ngit bisect bad " A "\n"
	      "# good: [" B "] two\ngit bisect good " B "\n",
	      file);
	fclose(file);
	free(log);
	setenv("XDG_CACHE_HOME", folder, 1);
	*state = folder;
	return 0;
}

static int tear_down(void **state)
{
	scratch_remove(*state);
	return 0;
}

/* How many events there are; *dir: where they are kept. */
static size_t look(const char *folder, char **dir, bool *again)
{
	char *log = xasprintf("%s/log", folder);
	const struct reopening what = { .path = log, .keep = true };
	struct error err = ERROR_INIT;
	struct reopened reopened;
	size_t count;

	if (reopen(&what, &reopened, &err) < 0)
		fail_msg("%s", err.text);
	count = session_event_count(reopened.session);
	*dir = xstrdup(session_dir(reopened.session));
	*again = reopened.again;
	reopen_close(&reopened);
	free(log);
	return count;
}

static void a_log_is_read_once(void **state)
{
	char *first, *second;
	bool again;
	size_t count = look(*state, &first, &again);

	assert_false(again);
	assert_true(count > 3);
	assert_int_equal(look(*state, &second, &again), count);
	assert_true(again);
	assert_string_equal(first, second);
	free(first);
	free(second);
}

/* Killed behind the first of its writes, or the second. */
static void who_was_killed_while_reading_leaves_nothing_half(void **state)
{
	struct commit_record record = { .oid = { A },
					.author = "",
					.subject = "" };
	struct error err = ERROR_INIT;
	struct session *session;
	char *dir, *same;
	bool again;
	size_t count = look(*state, &dir, &again);

	for (size_t commits = 0; commits < 2; commits++) {
		assert_return_code(folder_remove(dir, &err), 0);
		assert_return_code(session_create(dir, NULL, &session, &err),
				   0);
		if (commits)
			assert_return_code(session_store_commits(
						   session, &record, 1, &err),
					   0);
		session_close(session);
		assert_true(look(*state, &same, &again) >= count);
		assert_false(again);
		assert_string_equal(same, dir);
		free(same);
	}
	free(dir);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_log_is_read_once),
		TEST(who_was_killed_while_reading_leaves_nothing_half),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
