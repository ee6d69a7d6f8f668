/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/fake.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/runner.h"
#include "tests/unit/scratch.h"

#define COMMIT "aaaa111111111111111111111111111111111111"
#define OTHER  "bbbb222222222222222222222222222222222222"

struct scene {
	uv_loop_t loop;
	struct runner *runner;
	char *folder;
	char *path;
	int builds; /* how many called back */
	int runs;
	struct build_end build; /* of the last one; texts are ours */
	struct run_end run;
	char text[512];
	char title[512];
	char signature[128];
};

static int set_up(void **state)
{
	struct scene *scene = xcalloc(1, sizeof(*scene));

	scene->folder = scratch_make();
	scene->path = xasprintf("%s/file", scene->folder);
	assert_int_equal(uv_loop_init(&scene->loop), 0);
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	if (scene->runner)
		scene->runner->ops->free(scene->runner);
	assert_int_equal(uv_loop_close(&scene->loop), 0);
	scratch_remove(scene->folder);
	free(scene->path);
	free(scene);
	return 0;
}

/* Copy a text that lives for the call only; NULL stays NULL. */
static const char *keep(char *room, size_t size, const char *text)
{
	return text ? str_copy(room, size, text) : NULL;
}

static void on_build(void *data, const struct build_end *end)
{
	struct scene *scene = data;

	scene->builds++;
	scene->build = *end;
	scene->build.text = keep(scene->text, sizeof(scene->text), end->text);
	scene->build.signature = keep(scene->signature,
				      sizeof(scene->signature), end->signature);
}

static void on_run(void *data, const struct run_end *end)
{
	struct scene *scene = data;

	scene->runs++;
	scene->run = *end;
	scene->run.text = keep(scene->text, sizeof(scene->text), end->text);
	scene->run.title = keep(scene->title, sizeof(scene->title), end->title);
}

static void play(struct scene *scene, const char *script)
{
	struct error err = ERROR_INIT;

	if (scene->runner)
		scene->runner->ops->free(scene->runner);
	scene->runner = NULL;
	if (fake_runner_new(&scene->loop, script, 2, &scene->runner, &err) < 0)
		fail_msg("%s", err.text);
}

static int try_build(struct scene *scene, const char *commit, struct error *err)
{
	struct build_request request = { .commit = commit, .log = scene->path };

	return scene->runner->ops->build(scene->runner, &request, on_build,
					 scene, err);
}

static int try_run(struct scene *scene, const char *commit, int number,
		   struct error *err)
{
	struct run_request request = { .commit = commit,
				       .number = number,
				       .console = scene->path };

	return scene->runner->ops->run(scene->runner, &request, on_run, scene,
				       err);
}

static void go(struct scene *scene)
{
	uv_run(&scene->loop, UV_RUN_DEFAULT);
}

static void build(struct scene *scene, const char *commit)
{
	int before = scene->builds;

	assert_int_equal(try_build(scene, commit, NULL), 0);
	assert_int_equal(scene->builds, before);
	go(scene);
	assert_int_equal(scene->builds, before + 1);
}

static const struct run_end *run(struct scene *scene, int number)
{
	int before = scene->runs;

	assert_int_equal(try_run(scene, COMMIT, number, NULL), 0);
	assert_int_equal(scene->runs, before);
	go(scene);
	assert_int_equal(scene->runs, before + 1);
	return &scene->run;
}

static void assert_file_has(const char *path, const char *words)
{
	char text[4096] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_true(read(fd, text, sizeof(text) - 1) >= 0);
	close(fd);
	assert_non_null(strstr(text, words));
}

static void the_first_line_that_matches_counts(void **state)
{
	struct scene *scene = *state;

	play(scene, "# a comment\n\naaaa build=ok sig=12ab\n"
		    "b build=failed:\"a.c: error: no\"\n* build=infra\n"
		    "aaaa build=failed\n");
	build(scene, COMMIT);
	assert_int_equal(scene->build.result, BUILD_OK);
	assert_string_equal(scene->build.signature, "12ab");
	assert_null(scene->build.text);
	build(scene, OTHER);
	assert_int_equal(scene->build.result, BUILD_FAILED);
	assert_string_equal(scene->build.text, "a.c: error: no");
	assert_int_equal(scene->build.exit_status, 2);
	assert_null(scene->build.signature);
	assert_file_has(scene->path, "a.c: error: no\n");
	build(scene, "cccc");
	assert_int_equal(scene->build.result, BUILD_INFRA);
}

static void letters_give_outcomes_by_run_number(void **state)
{
	static const struct {
		enum outcome outcome;
		const char *title;
	} expected[] = {
		{ OUTCOME_OK, NULL },
		{ OUTCOME_CRASHED, "BUG: the one" },
		{ OUTCOME_CRASHED, "BUG: another bug in this fake kernel" },
		{ OUTCOME_BOOT_FAILED, NULL },
		{ OUTCOME_TEST_FAILED, NULL },
		{ OUTCOME_INFRA, NULL },
		{ OUTCOME_IGNORED, "BUG: the one" },
		{ OUTCOME_OK, NULL },
		{ OUTCOME_OK, NULL }, /* the last one again */
	};
	struct scene *scene = *state;

	play(scene, "* runs=.XxBTIi. title=\"BUG: the one\"");
	build(scene, COMMIT);
	for (int i = 0; i < 9; i++) {
		const struct run_end *end = run(scene, i);

		assert_int_equal(end->outcome, expected[i].outcome);
		assert_true(str_equal(end->title, expected[i].title));
		assert_false(end->cancelled);
	}
	run(scene, 1);
	assert_file_has(scene->path, "run 1 of " COMMIT "\nBUG: the one\n");
}

static void a_job_takes_as_long_as_the_script_says(void **state)
{
	struct scene *scene = *state;
	uint64_t began;

	play(scene, "* ms=30");
	began = uv_hrtime();
	build(scene, COMMIT);
	assert_true(uv_hrtime() - began >= 29 * (uint64_t)1000000);
	assert_int_equal(scene->build.duration_ms, 30);
}

static void an_endless_run_ends_when_it_is_cancelled(void **state)
{
	struct scene *scene = *state;

	play(scene, "* runs=.~");
	build(scene, COMMIT);
	assert_int_equal(try_run(scene, COMMIT, 0, NULL), 0);
	assert_int_equal(try_run(scene, COMMIT, 1, NULL), 0);
	while (scene->runs == 0)
		uv_run(&scene->loop, UV_RUN_ONCE);
	assert_false(scene->run.cancelled);
	scene->runner->ops->cancel(scene->runner, OTHER);
	assert_true(uv_run(&scene->loop, UV_RUN_NOWAIT));
	assert_int_equal(scene->runs, 1);
	scene->runner->ops->cancel(scene->runner, COMMIT);
	assert_int_equal(scene->runs, 1);
	go(scene);
	assert_int_equal(scene->runs, 2);
	assert_true(scene->run.cancelled);
}

static void a_cancelled_build_is_not_there_to_run(void **state)
{
	struct scene *scene = *state;
	struct error err = ERROR_INIT;

	play(scene, "* ms=1000000");
	assert_int_equal(try_build(scene, COMMIT, NULL), 0);
	scene->runner->ops->cancel(scene->runner, NULL);
	go(scene);
	assert_int_equal(scene->builds, 1);
	assert_true(scene->build.cancelled);
	assert_int_equal(try_run(scene, COMMIT, 1, &err), -1);
	assert_int_equal(err.code, ERROR_STATE);
}

static void it_refuses_what_a_real_runner_refuses(void **state)
{
	struct scene *scene = *state;
	struct error err = ERROR_INIT;

	play(scene, "aaaa runs=~");
	assert_int_equal(try_build(scene, OTHER, &err), -1);
	assert_int_equal(err.code, ERROR_STATE);
	assert_int_equal(try_run(scene, COMMIT, 1, &err), -1);
	build(scene, COMMIT);
	assert_int_equal(try_run(scene, COMMIT, 1, &err), 0);
	assert_int_equal(try_run(scene, COMMIT, 2, &err), 0);
	assert_int_equal(try_run(scene, COMMIT, 3, &err), -1);
	assert_int_equal(err.code, ERROR_BUSY);
	assert_int_equal(try_build(scene, COMMIT, &err), -1);
	assert_int_equal(err.code, ERROR_BUSY);
	scene->runner->ops->cancel(scene->runner, NULL);
	go(scene);
	assert_int_equal(scene->runs, 2);
}

static void places_are_built_in_at_once_and_kept_ones_outlive_it(void **state)
{
	struct scene *scene = *state;
	struct build_request request = { .commit = OTHER,
					 .place = 1,
					 .log = "/dev/null" };
	struct error err = ERROR_INIT;
	const struct runner_ops *ops;

	play(scene, "aaaa runs=~\nbbbb kept\n*");
	ops = scene->runner->ops;
	build(scene, COMMIT);
	assert_int_equal(try_run(scene, COMMIT, 1, &err), 0);
	assert_int_equal(
		ops->build(scene->runner, &request, on_build, scene, &err), 0);
	request.commit = COMMIT;
	assert_int_equal(
		ops->build(scene->runner, &request, on_build, scene, &err), -1);
	assert_int_equal(err.code, ERROR_BUSY);
	ops->cancel(scene->runner, COMMIT);
	go(scene);
	assert_int_equal(ops->has(scene->runner, 0, COMMIT), RUNNER_HAS_THERE);
	assert_int_equal(ops->has(scene->runner, 0, OTHER), RUNNER_HAS_NOT);
	assert_int_equal(ops->has(scene->runner, 1, OTHER), RUNNER_HAS_KEPT);
	assert_int_equal(
		ops->build(scene->runner, &request, on_build, scene, &err), 0);
	go(scene);
	assert_int_equal(ops->has(scene->runner, 1, OTHER), RUNNER_HAS_KEPT);
	assert_int_equal(ops->has(scene->runner, 1, COMMIT), RUNNER_HAS_THERE);
}

static void a_console_that_cannot_be_written_is_an_error(void **state)
{
	struct scene *scene = *state;
	struct run_request request = { .commit = COMMIT,
				       .number = 1,
				       .console = "/dev/full" };
	struct error err = ERROR_INIT;

	play(scene, "* runs=X");
	build(scene, COMMIT);
	assert_int_equal(scene->runner->ops->run(scene->runner, &request,
						 on_run, scene, &err),
			 -1);
	assert_string_equal(err.text, "cannot write '/dev/full': "
				      "No space left on device; "
				      "make room there");
}

static void a_wrong_script_is_refused_with_the_line(void **state)
{
	static const struct {
		const char *script;
		const char *text;
	} cases[] = {
		{ "nonsense", "line 1: 'nonsense' is no commit and not '*'" },
		{ "* ms=1\n* ms=x", "line 2: 'ms=x' makes no sense" },
		{ "\n\n* runs=.Q", "line 3: 'runs=.Q' makes no sense" },
		{ "* runs=", "line 1: 'runs=' makes no sense" },
		{ "* build=maybe", "line 1: 'build=maybe' makes no sense" },
		{ "* build=fine:x", "line 1: 'build=fine:x' makes no sense" },
		{ "* sig=xyz", "line 1: 'sig=xyz' makes no sense" },
		{ "* what=1", "line 1: 'what=1' makes no sense" },
		{ "* title", "line 1: 'title' makes no sense" },
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct error err = ERROR_INIT;

		assert_int_equal(fake_runner_new(&scene->loop, cases[i].script,
						 1, &scene->runner, &err),
				 -1);
		assert_int_equal(err.code, ERROR_INPUT);
		assert_string_equal(err.text, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(the_first_line_that_matches_counts),
		TEST(letters_give_outcomes_by_run_number),
		TEST(a_job_takes_as_long_as_the_script_says),
		TEST(an_endless_run_ends_when_it_is_cancelled),
		TEST(a_cancelled_build_is_not_there_to_run),
		TEST(it_refuses_what_a_real_runner_refuses),
		TEST(places_are_built_in_at_once_and_kept_ones_outlive_it),
		TEST(a_console_that_cannot_be_written_is_an_error),
		TEST(a_wrong_script_is_refused_with_the_line),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
