/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/aside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <uv.h>

static void count(void *data)
{
	++*(int *)data;
}

/* sh -c COMMAND */
static void start(struct aside *aside, const struct asides *asides,
		  const char *command)
{
	const char *const argv[] = { "sh", "-c", command, NULL };

	aside_start(aside, asides, argv, 1000);
}

static void without_a_loop_it_is_waited_for(void **state)
{
	const struct asides asides = { NULL, NULL, NULL };
	struct aside aside = { .job = NULL };

	(void)state;
	start(&aside, &asides, "echo out; echo err >&2; exit 3");
	assert_true(aside.is_over);
	assert_string_equal(aside.text.text, "out\nerr\n");
	assert_int_equal(aside.exit_status, 3);
	start(&aside, &asides, "kill -TERM $$");
	assert_int_equal(aside.exit_status, 256 + SIGTERM);
	assert_string_equal(aside.text.text, "");
	aside_stop(&aside);
	assert_false(aside.is_over);
}

static void so_many_bytes_are_kept_and_the_rest_is_read_all_the_same(
	void **state)
{
	const struct asides asides = { NULL, NULL, NULL };
	struct aside aside = { .job = NULL };

	(void)state;
	start(&aside, &asides, "head -c 300000 /dev/zero; exit 5");
	assert_int_equal(aside.text.length, 1000);
	assert_true(aside.text.cut);
	assert_int_equal(aside.exit_status, 5);
	aside_stop(&aside);
}

static void a_program_that_is_not_there_is_said(void **state)
{
	const struct asides asides = { NULL, NULL, NULL };
	const char *const argv[] = { "/nowhere/at/all", NULL };
	struct aside aside = { .job = NULL };

	(void)state;
	aside_start(&aside, &asides, argv, 100);
	assert_true(aside.is_over);
	assert_int_equal(aside.exit_status, -1);
	assert_string_equal(aside.text.text, "cannot start /nowhere/at/all: "
					     "no such file or directory");
	aside_stop(&aside);
}

static void on_a_loop_its_end_is_told(void **state)
{
	uv_loop_t loop;
	int ended = 0;
	struct asides asides = { &loop, count, &ended };
	struct aside aside = { .job = NULL };

	(void)state;
	assert_int_equal(uv_loop_init(&loop), 0);
	setenv("GIT_DIR", "/elsewhere", 1);
	start(&aside, &asides, "echo ${GIT_DIR-none}");
	assert_false(aside.is_over);
	assert_int_equal(ended, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	unsetenv("GIT_DIR");
	assert_int_equal(ended, 1);
	assert_string_equal(aside.text.text, "none\n");
	aside_stop(&aside);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void one_that_is_stopped_is_gone_with_all_it_started(void **state)
{
	uv_loop_t loop;
	int ended = 0;
	struct asides asides = { &loop, count, &ended };
	struct aside aside = { .job = NULL };
	pid_t child;
	int status;

	(void)state;
	/* orphans are ours */
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	assert_int_equal(uv_loop_init(&loop), 0);
	start(&aside, &asides, "sleep 1000 & echo $!; wait");
	while (!strchr(aside.text.text, '\n'))
		uv_run(&loop, UV_RUN_ONCE);
	child = (pid_t)atol(aside.text.text);
	aside_stop(&aside);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(ended, 0);
	assert_int_equal(uv_loop_close(&loop), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_loop_it_is_waited_for),
		cmocka_unit_test(
			so_many_bytes_are_kept_and_the_rest_is_read_all_the_same),
		cmocka_unit_test(a_program_that_is_not_there_is_said),
		cmocka_unit_test(on_a_loop_its_end_is_told),
		cmocka_unit_test(
			one_that_is_stopped_is_gone_with_all_it_started),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
