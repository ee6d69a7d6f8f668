/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "tests/unit/scratch.h"

/* A note as /sys/kernel/notes has it, with a build id of this byte. */
#define NOTE_HEAD "\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU"

struct scene {
	char *folder;
	struct identity identity;
	struct running running;
};

static int set_up(void **state)
{
	struct scene *scene = xcalloc(1, sizeof(*scene));

	scene->folder = scratch_make();
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	scratch_remove(scene->folder);
	free(scene);
	return 0;
}

static void write_release(const struct scene *scene, const char *text)
{
	const char *const parts[] = { "", "/include", "/include/config" };
	char *path;
	FILE *file;

	for (int i = 1; i < 3; i++) {
		path = xasprintf("%s%s", scene->folder, parts[i]);
		mkdir(path, 0700);
		free(path);
	}
	path = xasprintf("%s/include/config/kernel.release", scene->folder);
	file = fopen(path, "we");
	free(path);
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* What the machine says: these two lines, and a note with a build id. */
static bool says(struct scene *scene, const char *lines, int id)
{
	char bytes[256] = "";
	size_t length = strlen(lines);

	memcpy(bytes, lines, length);
	if (id >= 0) {
		memcpy(bytes + length, NOTE_HEAD, sizeof(NOTE_HEAD));
		length += sizeof(NOTE_HEAD);
		memset(bytes + length, id, BUILD_ID_LENGTH);
		length += BUILD_ID_LENGTH;
	}
	return identity_read(bytes, length, &scene->running);
}

static bool matches(const struct scene *scene)
{
	return identity_matches(&scene->identity, &scene->running);
}

static void a_release_is_read_and_compared(void **state)
{
	struct scene *scene = *state;

	assert_false(identity_of_build(scene->folder, &scene->identity));
	write_release(scene, "6.1.0-test\n");
	assert_true(identity_of_build(scene->folder, &scene->identity));
	assert_string_equal(scene->identity.kernel, "6.1.0-test");
	assert_true(says(scene, "boot\n6.1.0-test\n", -1));
	assert_string_equal(scene->running.boot, "boot");
	assert_true(matches(scene));
	assert_true(says(scene, "boot\n6.1.0-test2\n", -1));
	assert_false(matches(scene));
}

static void the_build_id_tells_kernels_of_one_release_apart(void **state)
{
	struct scene *scene = *state;

	write_release(scene, "6.1.0\n");
	identity_of_build(scene->folder, &scene->identity);
	scene->identity.has_build_id = true;
	memset(scene->identity.build_id, 7, BUILD_ID_LENGTH);
	assert_true(says(scene, "boot\n6.1.0\n", 7));
	assert_true(matches(scene));
	assert_true(says(scene, "boot\n6.1.0\n", 8));
	assert_false(matches(scene));
	assert_true(says(scene, "boot\n6.1.1\n", 7));
	assert_false(matches(scene));
	/* One that shows no notes is believed its release. */
	assert_true(says(scene, "boot\n6.1.0\n", -1));
	assert_true(matches(scene));
	/* Without a release there is only the build id. */
	scene->identity.kernel[0] = '\0';
	assert_false(matches(scene));
	assert_true(says(scene, "boot\nwhatever\n", 7));
	assert_true(matches(scene));
}

static void who_says_nothing_is_nobody(void **state)
{
	struct scene *scene = *state;

	assert_false(says(scene, "", -1));
	assert_false(says(scene, "boot", -1));
	assert_false(says(scene, "boot\n", -1));
	assert_false(says(scene, "\n6.1.0\n", -1));
	assert_false(says(scene, "boot\n\n", 7));
	assert_true(says(scene, "boot\n6.1.0", -1));
	assert_false(matches(scene)); /* with no identity */
}

static void what_a_machine_says_is_made_clean(void **state)
{
	struct scene *scene = *state;

	assert_true(says(scene, "bo\033ot\n6.\x01\xff\r\n", -1));
	assert_string_equal(scene->running.boot, "bo?ot");
	assert_string_equal(scene->running.kernel, "6.??");
}

/* Our own program has a build id as vmlinux has. */
static void the_build_id_of_vmlinux_is_found(void **state)
{
	struct scene *scene = *state;
	char *path = xasprintf("%s/vmlinux", scene->folder);
	bool zero = true;

	assert_int_equal(symlink("/proc/self/exe", path), 0);
	if (identity_of_build(scene->folder, &scene->identity)) {
		for (int i = 0; i < BUILD_ID_LENGTH; i++)
			zero = zero && scene->identity.build_id[i] == 0;
		assert_false(zero);
	} else {
		printf("# this linker makes no build id\n");
	}
	free(path);
}

static void a_vmlinux_that_is_no_elf_file_has_none(void **state)
{
	struct scene *scene = *state;
	char *path = xasprintf("%s/vmlinux", scene->folder);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs("\177ELF and then nonsense", file);
	fclose(file);
	assert_false(identity_of_build(scene->folder, &scene->identity));
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(a_release_is_read_and_compared),
		TEST(the_build_id_tells_kernels_of_one_release_apart),
		TEST(who_says_nothing_is_nobody),
		TEST(what_a_machine_says_is_made_clean),
		TEST(the_build_id_of_vmlinux_is_found),
		TEST(a_vmlinux_that_is_no_elf_file_has_none),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
