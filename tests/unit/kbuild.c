/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/kbuild.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "tests/unit/scratch.h"

#define FIXED                                                  \
	"KBUILD_BUILD_TIMESTAMP=Sat Jan  1 00:00:00 UTC 2000 " \
	"KBUILD_BUILD_USER=culprit KBUILD_BUILD_HOST=culprit " \
	"KBUILD_BUILD_VERSION=1 LOCALVERSION="

static const struct kbuild um = {
	.arch = "um",
	.source = "/src",
	.out = "/out",
	.config = "/my.config",
	.jobs = 2,
};

/* One line a step: its name, its words, and a mark when it may fail. */
static void expect_plan(const struct kbuild *kbuild, const char *lines)
{
	struct kbuild_steps steps;
	struct error err = ERROR_INIT;
	struct buf text;

	buf_init(&text, 0);
	if (kbuild_plan(kbuild, &steps, &err) < 0)
		fail_msg("%s", err.text);
	for (int i = 0; i < steps.count; i++) {
		const struct kbuild_step *step = &steps.items[i];

		buf_printf(&text, "%s%s:", kbuild_stage_name(step->stage),
			   step->required ? "" : "?");
		for (char **word = step->argv; *word; word++)
			buf_printf(&text, " %s", *word);
		buf_putc(&text, '\n');
	}
	assert_string_equal(text.text, lines);
	kbuild_steps_release(&steps);
	buf_release(&text);
}

static void the_plain_plan_configures_settles_and_builds(void **state)
{
	(void)state;
	expect_plan(&um,
		    "configure: make -C /src O=/out ARCH=um " FIXED
		    " KCONFIG_CONFIG=/out/.config.next olddefconfig\n"
		    "settle: sh -c cmp -s \"$1\" \"$2\" || mv -f \"$1\" "
		    "\"$2\" sh /out/.config.next /out/.config\n"
		    "build: make -C /src O=/out ARCH=um " FIXED " -j2 linux\n");
}

static void compiler_arguments_targets_and_clean_are_passed_on(void **state)
{
	struct kbuild kbuild = um;

	(void)state;
	kbuild.arch = "arm64";
	kbuild.cc = "gcc-10";
	kbuild.ccache = true;
	kbuild.jobs = 16;
	kbuild.clean = KBUILD_CLEAN;
	kbuild.arguments =
		(const char *const[]){ "CROSS_COMPILE=aarch64-linux-gnu-",
				       "V=1", NULL };
	kbuild.targets = (const char *const[]){ "Image", "modules", NULL };
#define MAKE                                                     \
	"make -C /src O=/out ARCH=arm64 CC=ccache gcc-10 " FIXED \
	" CROSS_COMPILE=aarch64-linux-gnu- V=1"
	expect_plan(&kbuild,
		    "clean?: " MAKE " clean\n"
		    "configure: " MAKE
		    " KCONFIG_CONFIG=/out/.config.next olddefconfig\n"
		    "settle: sh -c cmp -s \"$1\" \"$2\" || mv -f \"$1\" "
		    "\"$2\" sh /out/.config.next /out/.config\n"
		    "build: " MAKE " -j16 Image modules\n");
}

/* The image of an arch: "TARGET PATH". */
static void expect_image(const char *arch, const char *target,
			 const char *product)
{
	struct kbuild kbuild = um;
	char *image;

	kbuild.arch = arch;
	image = kbuild_image(&kbuild);
	assert_string_equal(kbuild_default_target(arch), target);
	assert_string_equal(image, product);
	free(image);
}

static void every_architecture_has_its_image(void **state)
{
	struct kbuild kbuild = um;
	char *path;

	(void)state;
	expect_image("um", "linux", "/out/linux");
	expect_image("x86_64", "bzImage", "/out/arch/x86/boot/bzImage");
	expect_image("i386", "bzImage", "/out/arch/x86/boot/bzImage");
	expect_image("arm64", "Image.gz", "/out/arch/arm64/boot/Image.gz");
	expect_image("arm", "zImage", "/out/arch/arm/boot/zImage");
	expect_image("s390", "bzImage", "/out/arch/s390/boot/bzImage");
	expect_image("mips", "vmlinux", "/out/vmlinux");
	kbuild.arch = "x86_64";
	kbuild.targets = (const char *const[]){ "vmlinux", NULL };
	path = kbuild_image(&kbuild);
	assert_string_equal(path, "/out/vmlinux");
	free(path);
	path = kbuild_vmlinux(&um);
	assert_string_equal(path, "/out/vmlinux");
	free(path);
}

static void expect_refused(const struct kbuild *kbuild, const char *says)
{
	struct kbuild_steps steps;
	struct error err = ERROR_INIT;
	struct buf config;

	assert_int_equal(kbuild_plan(kbuild, &steps, &err), -1);
	assert_int_equal(err.code, ERROR_INPUT);
	assert_string_equal(err.text, says);
	buf_init(&config, 0);
	assert_int_equal(kbuild_merge(kbuild, &config, &err), -1);
	assert_string_equal(err.text, says);
	buf_release(&config);
}

static void what_a_recipe_lacks_is_said(void **state)
{
	struct kbuild kbuild = um;

	(void)state;
	kbuild.config = NULL;
	expect_refused(&kbuild, "no kernel configuration is given: name the "
				".config file to build with");
	kbuild = um;
	kbuild.arch = "";
	expect_refused(&kbuild, "no architecture is given");
	kbuild = um;
	kbuild.out = "out";
	expect_refused(&kbuild, "the output folder must be an absolute path");
	kbuild = um;
	kbuild.out = "/src";
	expect_refused(&kbuild, "'/src' is the source folder: a kernel is "
				"built in a folder of its own");
}

/* Files in a scratch folder. */
struct scene {
	char *folder;
	char *paths[8];
	int count;
	struct error err;
};

static void begin(struct scene *scene)
{
	memset(scene, 0, sizeof(*scene));
	scene->folder = scratch_make();
}

static void end(struct scene *scene)
{
	for (int i = 0; i < scene->count; i++)
		free(scene->paths[i]);
	scratch_remove(scene->folder);
}

static const char *path_of(struct scene *scene, const char *name)
{
	char *path = xasprintf("%s/%s", scene->folder, name);

	assert_true(scene->count < 8);
	scene->paths[scene->count++] = path;
	return path;
}

static const char *write_file(struct scene *scene, const char *name,
			      const char *text)
{
	const char *path = path_of(scene, name);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return path;
}

static void expect_merged(struct scene *scene, const struct kbuild *kbuild,
			  const char *text)
{
	struct buf out;

	buf_init(&out, 0);
	if (kbuild_merge(kbuild, &out, &scene->err) < 0)
		fail_msg("%s", scene->err.text);
	assert_string_equal(out.text, text);
	buf_release(&out);
}

static void a_later_line_wins_and_switches_win_over_all(void **state)
{
	struct kbuild kbuild = um;
	struct scene scene;

	(void)state;
	begin(&scene);
	kbuild.config = write_file(&scene, "config",
				   "#\n# Automatically generated\n#\n\n"
				   "CONFIG_SMP=y\n"
				   "CONFIG_KCOV=y\n"
				   "# CONFIG_EXT4 is not set\n"
				   "CONFIG_CMDLINE=\"a=b c\"\n"
				   "CONFIG_NR_CPUS=64\n");
	expect_merged(&scene, &kbuild,
		      "CONFIG_CMDLINE=\"a=b c\"\n"
		      "# CONFIG_EXT4 is not set\n"
		      "CONFIG_KCOV=y\n"
		      "CONFIG_NR_CPUS=64\n"
		      "CONFIG_SMP=y\n");
	kbuild.fragments = (const char *const[]){
		write_file(&scene, "one", "CONFIG_EXT4=m\nCONFIG_SMP=n\n"),
		write_file(&scene, "two",
			   "CONFIG_EXT4=y  \r\nCONFIG_DEBUG_INFO=y"),
		NULL
	};
	kbuild.switches = (const struct kbuild_switch[]){
		{ "KCOV", "n" }, { "UNWINDER_FRAME_POINTER", "y" }
	};
	kbuild.switch_count = 2;
	expect_merged(&scene, &kbuild,
		      "CONFIG_CMDLINE=\"a=b c\"\n"
		      "CONFIG_DEBUG_INFO=y\n"
		      "CONFIG_EXT4=y\n"
		      "# CONFIG_KCOV is not set\n"
		      "CONFIG_NR_CPUS=64\n"
		      "# CONFIG_SMP is not set\n"
		      "CONFIG_UNWINDER_FRAME_POINTER=y\n");
	end(&scene);
}

static void two_files_that_say_the_same_merge_to_the_same(void **state)
{
	struct kbuild kbuild = um;
	struct scene scene;

	(void)state;
	begin(&scene);
	kbuild.config =
		write_file(&scene, "a", "CONFIG_A=y\n# CONFIG_B is not set\n");
	expect_merged(&scene, &kbuild, "CONFIG_A=y\n# CONFIG_B is not set\n");
	kbuild.config = write_file(&scene, "b",
				   "CONFIG_B=y\nCONFIG_B=n\n\nCONFIG_A=y\n");
	expect_merged(&scene, &kbuild, "CONFIG_A=y\n# CONFIG_B is not set\n");
	end(&scene);
}

static void a_line_that_is_no_option_is_said_with_its_place(void **state)
{
	static const char *const wrong[] = { "SMP=y", "CONFIG_SMP y",
					     "CONFIG_=y", "CONFIG_SMP=",
					     "\x7f"
					     "ELF" };
	struct kbuild kbuild = um;
	struct scene scene;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		char *text = xasprintf("CONFIG_A=y\n%s\n", wrong[i]), *says;
		struct buf out;

		begin(&scene);
		buf_init(&out, 0);
		kbuild.config = write_file(&scene, "config", text);
		assert_int_equal(kbuild_merge(&kbuild, &out, &scene.err), -1);
		assert_int_equal(scene.err.code, ERROR_INPUT);
		says = xasprintf("%s:2: expected CONFIG_NAME=VALUE, # "
				 "CONFIG_NAME is not set, or a comment",
				 kbuild.config);
		assert_string_equal(scene.err.text, says);
		free(says);
		free(text);
		buf_release(&out);
		end(&scene);
	}
}

static void a_configuration_that_is_not_there_is_said(void **state)
{
	struct kbuild kbuild = um;
	struct error err = ERROR_INIT;
	struct buf config;

	(void)state;
	buf_init(&config, 0);
	kbuild.config = "/nonexistent/config";
	assert_int_equal(kbuild_merge(&kbuild, &config, &err), -1);
	buf_release(&config);
	assert_string_equal(err.text,
			    "cannot read the configuration "
			    "'/nonexistent/config': No such file or directory");
}

/*
 * Stands for a kernel: olddefconfig adds an option, and linux is made of the
 * configuration and main.c.  Each command is noted.
 */
static const char toy_makefile[] =
	"note = echo $(@F) $(ARCH) $(KBUILD_BUILD_USER) >>$(O)/notes\n"
	"olddefconfig:\n"
	"\t@$(note)\n"
	"\t@echo CONFIG_DEFAULT=y >>$(KCONFIG_CONFIG)\n"
	"linux: $(O)/linux\n"
	"$(O)/linux: $(O)/.config main.c\n"
	"\t@$(note)\n"
	"\t@cat $^ >$@\n"
	"clean:\n"
	"\t@rm -f $(O)/linux\n"
	".PHONY: olddefconfig linux clean\n";

/* In a child, so that the environment is the step's alone. */
static void run_step(const struct kbuild_step *step)
{
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		const char *const *change = kbuild_environment();

		for (; *change; change++) {
			char *name = xstrdup(*change);
			char *value = strchr(name, '=');

			if (value)
				*value++ = '\0';
			if (value)
				setenv(name, value, 1);
			else
				unsetenv(name);
		}
		if (!freopen("/dev/null", "w", stdout))
			_exit(126);
		execvp(step->argv[0], step->argv);
		_exit(127);
	}
	assert_int_equal(scratch_wait(child), 0);
}

static void build(const struct kbuild *kbuild)
{
	struct kbuild_steps steps;
	struct buf config;
	struct error err;

	buf_init(&config, 0);
	if (kbuild_merge(kbuild, &config, &err) < 0 ||
	    kbuild_prepare(kbuild, config.text, &err) < 0 ||
	    kbuild_plan(kbuild, &steps, &err) < 0)
		fail_msg("%s", err.text);
	buf_release(&config);
	for (int i = 0; i < steps.count; i++)
		run_step(&steps.items[i]);
	kbuild_steps_release(&steps);
}

static void expect_file(const char *path, const char *text)
{
	char found[1000];
	FILE *file = fopen(path, "re");
	size_t length;

	assert_non_null(file);
	length = fread(found, 1, sizeof(found) - 1, file);
	found[length] = '\0';
	fclose(file);
	assert_string_equal(found, text);
}

static void a_toy_kernel_is_built_out_of_tree_and_only_when_it_changed(
	void **state)
{
	struct kbuild kbuild = um;
	const char *notes;
	struct scene scene;
	char *image;

	(void)state;
	begin(&scene);
	setenv("KBUILD_OUTPUT", "/nonexistent", 1);
	kbuild.source = path_of(&scene, "src");
	kbuild.out = path_of(&scene, "a/b");
	notes = path_of(&scene, "a/b/notes");
	assert_int_equal(mkdir(kbuild.source, 0700), 0);
	write_file(&scene, "src/Makefile", toy_makefile);
	write_file(&scene, "src/main.c", "main\n");
	kbuild.config = write_file(&scene, "config", "CONFIG_A=y\n");

	build(&kbuild);
	image = kbuild_image(&kbuild);
	expect_file(image, "CONFIG_A=y\nCONFIG_DEFAULT=y\nmain\n");
	expect_file(notes, "olddefconfig um culprit\n"
			   "linux um culprit\n");
	/* the same again: nothing to build */
	build(&kbuild);
	expect_file(notes, "olddefconfig um culprit\n"
			   "linux um culprit\n"
			   "olddefconfig um culprit\n");
	/* another configuration */
	kbuild.switches = &(const struct kbuild_switch){ "A", "n" };
	kbuild.switch_count = 1;
	build(&kbuild);
	expect_file(image, "# CONFIG_A is not set\nCONFIG_DEFAULT=y\nmain\n");
	/* and back, after a clean */
	kbuild.switch_count = 0;
	kbuild.clean = KBUILD_CLEAN;
	build(&kbuild);
	expect_file(image, "CONFIG_A=y\nCONFIG_DEFAULT=y\nmain\n");
	free(image);
	end(&scene);
}

static void the_first_compiler_that_there_is_is_taken(void **state)
{
	static const char *const names[] = { "cc-10", "cc-11", NULL };
	struct scene scene;
	char *path, *found = NULL;

	(void)state;
	begin(&scene);
	path = xasprintf("/nonexistent::%s", scene.folder);
	assert_int_equal(kbuild_find_compiler(names, NULL, path, &found,
					      &scene.err),
			 -1);
	assert_int_equal(scene.err.code, ERROR_INPUT);
	assert_string_equal(scene.err.text,
			    "there is no cc-10 or cc-11 in PATH");
	assert_int_equal(kbuild_find_compiler(names, "/nonexistent/bin", path,
					      &found, &scene.err),
			 -1);
	assert_string_equal(
		scene.err.text,
		"there is no cc-10 or cc-11 in /nonexistent/bin or PATH");
	chmod(write_file(&scene, "cc-11", "#!/bin/sh\n"), 0755);
	assert_int_equal(
		kbuild_find_compiler(names, NULL, path, &found, &scene.err), 0);
	assert_string_equal(found, scene.paths[0]);
	free(found);
	/* the better one is there, but no program */
	write_file(&scene, "cc-10", "");
	assert_int_equal(kbuild_find_compiler(names, scene.folder, NULL, &found,
					      &scene.err),
			 0);
	assert_string_equal(found, scene.paths[0]);
	free(found);
	chmod(scene.paths[1], 0755);
	assert_int_equal(kbuild_find_compiler(names, scene.folder, NULL, &found,
					      &scene.err),
			 0);
	assert_string_equal(found, scene.paths[1]);
	free(found);
	free(path);
	end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_plain_plan_configures_settles_and_builds),
		cmocka_unit_test(
			compiler_arguments_targets_and_clean_are_passed_on),
		cmocka_unit_test(every_architecture_has_its_image),
		cmocka_unit_test(what_a_recipe_lacks_is_said),
		cmocka_unit_test(a_later_line_wins_and_switches_win_over_all),
		cmocka_unit_test(two_files_that_say_the_same_merge_to_the_same),
		cmocka_unit_test(
			a_line_that_is_no_option_is_said_with_its_place),
		cmocka_unit_test(a_configuration_that_is_not_there_is_said),
		cmocka_unit_test(
			a_toy_kernel_is_built_out_of_tree_and_only_when_it_changed),
		cmocka_unit_test(the_first_compiler_that_there_is_is_taken),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
