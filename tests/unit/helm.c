/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Which screen steers.  Each helm has an open file of its own, so that two in
 * one process are as two processes.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/xalloc.h"
#include "control/helm.h"
#include "tests/unit/scratch.h"

static int begin(void **state)
{
	*state = scratch_make();
	return 0;
}

static int end(void **state)
{
	scratch_remove(*state);
	return 0;
}

static void the_first_steers_and_others_read(void **state)
{
	struct helm *first = helm_open(*state, "ann@desk");
	struct helm *second = helm_open(*state, "bob@far away");
	struct helm_holder holder;

	assert_true(helm_is_ours(first));
	assert_false(helm_is_ours(second));
	assert_false(helm_holder(first, &holder));
	assert_true(helm_holder(second, &holder));
	assert_string_equal(holder.who, "ann@desk");
	assert_int_equal(holder.pid, getpid());
	assert_int_equal(helm_take(second, NULL), 0);
	assert_false(helm_is_ours(first));
	assert_true(helm_is_ours(second));
	assert_true(helm_holder(first, &holder));
	assert_string_equal(holder.who, "bob@far away");
	/* and back */
	assert_int_equal(helm_take(first, NULL), 0);
	assert_true(helm_is_ours(first));
	assert_false(helm_is_ours(second));
	helm_close(second);
	helm_close(first);
}

static void who_leaves_leaves_it_to_the_next(void **state)
{
	struct helm *first = helm_open(*state, "ann@desk");
	struct helm *second = helm_open(*state, "bob@desk");
	struct helm *third = helm_open(*state, "cid@desk");

	helm_close(first);
	assert_true(helm_is_ours(third));
	assert_false(helm_is_ours(second));
	/* one that only read changes nothing by leaving */
	helm_close(second);
	assert_true(helm_is_ours(third));
	helm_close(third);
}

static void who_is_killed_has_it_no_more(void **state)
{
	struct helm *second;
	int pipes[2], status;
	char byte;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	if (child == 0) {
		struct helm *helm = helm_open(*state, "ann@desk");

		if (helm_is_ours(helm) && write(pipes[1], "", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	assert_int_equal(read(pipes[0], &byte, 1), 1);
	second = helm_open(*state, "bob@desk");
	assert_false(helm_is_ours(second));
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(helm_is_ours(second));
	helm_close(second);
	close(pipes[0]);
	close(pipes[1]);
}

static void a_file_with_anything_in_it_is_nobodys(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"12 34\n",
		"-5 1 eve\n",
		"99999999999999999999 1 x\n",
		"4 1 eve\n",
		"words\n\033[2J",
		"1048577 77 nobody\n",
	};
	char *path = xasprintf("%s/" HELM_FILE, (char *)*state);

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		FILE *file = fopen(path, "we");
		struct helm *helm;

		assert_non_null(file);
		fputs(texts[i], file);
		fclose(file);
		helm = helm_open(*state, "ann@desk");
		assert_true(helm_is_ours(helm));
		helm_close(helm);
	}
	free(path);
}

static void where_nothing_can_be_written_all_is_ours(void **state)
{
	char *path = xasprintf("%s/none", (char *)*state);
	struct helm *helm = helm_open(path, "ann@desk");
	struct helm_holder holder;

	assert_true(helm_is_ours(helm));
	assert_false(helm_holder(helm, &holder));
	assert_int_equal(helm_take(helm, NULL), 0);
	helm_close(helm);
	helm_close(NULL);
	free(path);
}

int main(void)
{
#define helm_test(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		helm_test(the_first_steers_and_others_read),
		helm_test(who_leaves_leaves_it_to_the_next),
		helm_test(who_is_killed_has_it_no_more),
		helm_test(a_file_with_anything_in_it_is_nobodys),
		helm_test(where_nothing_can_be_written_all_is_ours),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
