/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/patch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/builder.h"
#include "run/digest.h"
#include "run/keeper.h"
#include "run/runner.h"
#include "tests/unit/scratch.h"

#define COMMIT "1111111111111111111111111111111111111111"

/* A repository whose one file holds "old", and a builder in it. */
struct scene {
	uv_loop_t loop;
	char *folder, *worktree, *log;
	struct builder *builder;
	struct build_patch patches[3];
	int count;
	/* the end of the build */
	bool ended;
	enum build_result result;
	int patch;
	char *text;
};

static const char *const checkout[] = { "true", NULL };
static const char *const show[] = { "sh", "-c", "cat file >../built", NULL };
static const char *const *const commands[] = { show, NULL };

static void in_worktree(const struct scene *scene, const char *command)
{
	char *line = xasprintf("exec >/dev/null; cd %s && %s", scene->worktree,
			       command);
	pid_t child = fork();

	if (child == 0) {
		execl("/bin/sh", "sh", "-c", line, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(scratch_wait(child), 0);
	free(line);
}

static int set_up(void **state)
{
	struct scene *scene = xcalloc(1, sizeof(*scene));
	char self[4096] = "";

	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	scene->folder = scratch_make();
	scene->worktree = xasprintf("%s/worktree", scene->folder);
	scene->log = xasprintf("%s/log", scene->folder);
	assert_int_equal(mkdir(scene->worktree, 0700), 0);
	in_worktree(scene, "git init -q && echo old >file && git add file");
	assert_int_equal(uv_loop_init(&scene->loop), 0);
	scene->builder =
		builder_new(&scene->loop,
			    &(struct builder_spec){ .keeper = self,
						    .worktree = scene->worktree,
						    .session = scene->folder,
						    .checkout = checkout });
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	builder_free(scene->builder);
	assert_int_equal(uv_loop_close(&scene->loop), 0);
	for (int i = 0; i < scene->count; i++)
		free((char *)(uintptr_t)scene->patches[i].path);
	scratch_remove(scene->folder);
	free(scene->worktree);
	free(scene->log);
	free(scene->text);
	free(scene);
	return 0;
}

static char *read_file(const struct scene *scene, const char *name)
{
	char *path = xasprintf("%s/%s", scene->folder, name);
	char text[8192] = "";
	FILE *file = fopen(path, "re");

	if (file) {
		assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
		fclose(file);
	}
	free(path);
	return xstrdup(text);
}

static void assert_file(const struct scene *scene, const char *name,
			const char *expected)
{
	char *text = read_file(scene, name);

	assert_string_equal(text, expected);
	free(text);
}

/* A patch of the file from one line to another. */
static void add_patch(struct scene *scene, const char *from, const char *to)
{
	struct build_patch *patch = &scene->patches[scene->count++];
	FILE *file;

	patch->number = 10 + scene->count;
	patch->name = "x.patch";
	patch->path = xasprintf("%s/%d.patch", scene->folder, patch->number);
	file = fopen(patch->path, "we");
	assert_non_null(file);
	fprintf(file, "--- a/file\n+++ b/file\n@@ -1 +1 @@\n-%s\n+%s\n", from,
		to);
	fclose(file);
}

static void on_end(void *data, const struct build_end *end)
{
	struct scene *scene = data;

	assert_false(scene->ended);
	scene->ended = true;
	scene->result = end->result;
	scene->patch = end->patch;
	scene->text = xstrdup_null(end->text);
}

static void build(struct scene *scene)
{
	const struct build_choice choice = { .patches = scene->patches,
					     .patch_count = scene->count };
	const struct build_request request = { .commit = COMMIT,
					       .log = scene->log,
					       .choice = &choice };
	const struct builder_work work = { .commands = commands };
	struct error err;

	if (builder_build(scene->builder, &request, &work, on_end, scene,
			  &err) < 0)
		fail_msg("%s", err.text);
	uv_run(&scene->loop, UV_RUN_DEFAULT);
	assert_true(scene->ended);
}

static void patches_are_applied_in_order_before_the_build(void **state)
{
	struct scene *scene = *state;

	add_patch(scene, "old", "new");
	add_patch(scene, "new", "newer");
	build(scene);
	assert_int_equal(scene->result, BUILD_OK);
	assert_int_equal(scene->patch, 0);
	assert_file(scene, "built", "newer\n");
	in_worktree(scene, "test \"$(git show :file)\" = newer");
}

static void what_is_in_already_is_passed_over_and_noted(void **state)
{
	struct scene *scene = *state;
	char *log;

	add_patch(scene, "older", "old");
	add_patch(scene, "old", "new");
	build(scene);
	assert_int_equal(scene->result, BUILD_OK);
	assert_file(scene, "built", "new\n");
	log = read_file(scene, "log");
	assert_non_null(
		strstr(log, "$ # fixup 11 (x.patch) is in already\n$ git -C "));
	assert_null(strstr(log, "error"));
	free(log);
}

static void what_does_not_apply_fails_the_build_by_its_number(void **state)
{
	struct scene *scene = *state;

	add_patch(scene, "old", "new");
	add_patch(scene, "absent", "x");
	build(scene);
	assert_int_equal(scene->result, BUILD_FAILED);
	assert_int_equal(scene->patch, 12);
	assert_string_equal(scene->text, "fixup 12 (x.patch) does not apply to "
					 "111111111111: patch failed: file:1");
	assert_file(scene, "built", "");
	assert_null(builder_built(scene->builder));
}

static void a_patch_that_is_gone_is_trouble_of_ours(void **state)
{
	struct scene *scene = *state;

	add_patch(scene, "old", "new");
	assert_int_equal(unlink(scene->patches[0].path), 0);
	build(scene);
	assert_int_equal(scene->result, BUILD_INFRA);
	assert_int_equal(scene->patch, 0);
	assert_non_null(strstr(scene->text, "can't open patch"));
}

static void only_the_first_of_gits_words_is_told(void **state)
{
	const struct build_patch patch = { .number = 3, .name = "a" };
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	patch_refused(&patch, COMMIT, "", &out);
	assert_string_equal(out.text,
			    "fixup 3 (a) does not apply to 111111111111");
	buf_clear(&out);
	patch_refused(&patch, COMMIT, "error: one\nerror: two\n", &out);
	assert_string_equal(out.text,
			    "fixup 3 (a) does not apply to 111111111111: one");
	buf_release(&out);
}

static void a_digest_is_sha256_in_hex(void **state)
{
	char hex[DIGEST_HEX + 1];

	(void)state;
	assert_string_equal(digest_of("abc", 3, hex),
			    "ba7816bf8f01cfea414140de5dae2223"
			    "b00361a396177a9cb410ff61f20015ad");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(patches_are_applied_in_order_before_the_build),
		TEST(what_is_in_already_is_passed_over_and_noted),
		TEST(what_does_not_apply_fails_the_build_by_its_number),
		TEST(a_patch_that_is_gone_is_trouble_of_ours),
		cmocka_unit_test(only_the_first_of_gits_words_is_told),
		cmocka_unit_test(a_digest_is_sha256_in_hex),
	};

	if (argc > 1 && str_equal(argv[1], "keep"))
		return keeper_main(argc - 2, argv + 2);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
