/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/compile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/argv.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/keeper.h"
#include "tests/unit/scratch.h"

struct scene {
	uv_loop_t loop;
	char self[4096];
	char *folder, *source, *out;
	struct compile *compile;
	int ended;
	bool failed;
	struct error err;
};

static int set_up(void **state)
{
	struct scene *scene = xcalloc(1, sizeof(*scene));

	assert_true(readlink("/proc/self/exe", scene->self,
			     sizeof(scene->self) - 1) > 0);
	scene->folder = scratch_make();
	scene->source = xasprintf("%s/repro.c", scene->folder);
	scene->out = xasprintf("%s/reproducer", scene->folder);
	assert_int_equal(uv_loop_init(&scene->loop), 0);
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(uv_loop_close(&scene->loop), 0);
	scratch_remove(scene->folder);
	free(scene->source);
	free(scene->out);
	free(scene);
	return 0;
}

static void on_done(void *data, const struct error *err)
{
	struct scene *scene = data;

	scene->ended++;
	scene->failed = err != NULL;
	if (err)
		scene->err = *err;
}

static int start(struct scene *scene, const char *cc, const char *text)
{
	const struct compile_spec spec = { .keeper = scene->self,
					   .cc = cc,
					   .source = scene->source,
					   .out = scene->out };
	FILE *file = fopen(scene->source, "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return compile_start(&scene->loop, &spec, on_done, scene,
			     &scene->compile, &scene->err);
}

static void compile(struct scene *scene, const char *cc, const char *text)
{
	if (start(scene, cc, text) < 0)
		fail_msg("%s", scene->err.text);
	assert_int_equal(scene->ended, 0);
	uv_run(&scene->loop, UV_RUN_DEFAULT);
	assert_int_equal(scene->ended, 1);
}

static void what_compiles_is_a_program_that_needs_nothing(void **state)
{
	struct scene *scene = *state;
	pid_t child;

	compile(scene, "gcc", "int main(void) { return 7; }\n");
	if (scene->failed)
		fail_msg("%s", scene->err.text);
	child = fork();
	if (child == 0) {
		execl(scene->out, scene->out, (char *)NULL);
		_exit(99);
	}
	assert_int_equal(scratch_wait(child), 7);
}

static void the_first_error_is_told_in_one_sentence(void **state)
{
	struct scene *scene = *state;
	char *says = xasprintf("cannot compile the reproducer '%s': repro.c:2:",
			       scene->source);

	compile(scene, "gcc", "int main(void)\n{ return missing; }\nbad\n");
	assert_true(scene->failed);
	assert_int_equal(scene->err.code, ERROR_INPUT);
	assert_true(str_starts(scene->err.text, says));
	assert_non_null(strstr(scene->err.text, "error: "));
	assert_null(strchr(scene->err.text, '\n'));
	assert_int_equal(access(scene->out, F_OK), -1);
	free(says);
}

static void a_compiler_that_is_not_there_is_said_at_once(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(start(scene, "no-such-gcc", ""), -1);
	assert_string_equal(scene->err.text,
			    "there is no no-such-gcc to compile the reproducer "
			    "with: install it, or name another with "
			    "reproducer.cc");
	assert_int_equal(scene->ended, 0);
}

static void a_compile_that_is_stopped_leaves_nothing(void **state)
{
	struct scene *scene = *state;
	char *cc = xasprintf("%s/cc", scene->folder);
	FILE *file = fopen(cc, "we");

	assert_non_null(file);
	fputs("#!/bin/sh\nexec sleep 1000\n", file);
	fclose(file);
	assert_int_equal(chmod(cc, 0700), 0);
	assert_int_equal(start(scene, cc, ""), 0);
	compile_stop(scene->compile);
	uv_run(&scene->loop, UV_RUN_DEFAULT);
	assert_int_equal(scene->ended, 1);
	assert_true(scene->failed);
	assert_true(str_ends(scene->err.text, "repro.c': stopped"));
	assert_int_equal(access(scene->out, F_OK), -1);
	free(cc);
}

static void flags_of_the_user_come_last(void **state)
{
	static const char *const flags[] = { "-O2", "-lm", NULL };
	char **argv = compile_argv(&(struct compile_spec){ .cc = "cc",
							   .flags = flags,
							   .source = "/a/x.c",
							   .out = "/b/x" });
	static const char *const expected[] = {
		"cc", "-static",  "-O1",    "-pthread", "-w",
		"-o", "/b/x.new", "/a/x.c", "-O2",	"-lm",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++)
		assert_string_equal(argv[i], expected[i]);
	assert_null(argv[10]);
	argv_free(argv);
}

static void a_source_is_known_by_its_name(void **state)
{
	(void)state;
	assert_true(compile_is_source("repro.c"));
	assert_false(compile_is_source("repro.cc"));
	assert_false(compile_is_source("repro"));
	assert_false(compile_is_source(NULL));
}

static void an_arch_has_its_compiler_or_none(void **state)
{
	(void)state;
	assert_non_null(compile_cc("x86_64"));
	assert_non_null(compile_cc("arm64"));
	assert_null(compile_cc("vax"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(what_compiles_is_a_program_that_needs_nothing),
		TEST(the_first_error_is_told_in_one_sentence),
		TEST(a_compiler_that_is_not_there_is_said_at_once),
		TEST(a_compile_that_is_stopped_leaves_nothing),
		cmocka_unit_test(flags_of_the_user_come_last),
		cmocka_unit_test(a_source_is_known_by_its_name),
		cmocka_unit_test(an_arch_has_its_compiler_or_none),
	};

	if (argc > 1 && str_equal(argv[1], "keep"))
		return keeper_main(argc - 2, argv + 2);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
