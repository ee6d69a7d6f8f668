/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What commits change: the files of a report, what a configuration does not
 * compile, and both against a real repository.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/xalloc.h"
#include "control/compiled.h"
#include "control/rules.h"
#include "control/touching.h"
#include "oops/files.h"
#include "oops/rules.h"
#include "tests/unit/scratch.h"

/*
 * The files of a report, "a, b".
 */

static void assert_files(const char *report, const char *expected)
{
	struct rules *rules = rules_load(NULL, 0, NULL);
	struct texts files = { 0 };
	struct buf said;

	assert_non_null(rules);
	buf_init(&said, 0);
	files_of_report(rules, report, strlen(report), &files);
	for (size_t i = 0; i < files.count; i++) {
		buf_printf(&said, "%s%s", i ? ", " : "", files.items[i]);
		free(files.items[i]);
	}
	free(files.items);
	assert_string_equal(said.text, expected);
	buf_release(&said);
	rules_free(rules);
}

static void a_symbolised_stack_names_files(void **state)
{
	(void)state;
	assert_files("BUG: KASAN: use-after-free in gup_fast+0x1/0x2 "
		     "mm/gup.c:12\n"
		     " gup_fast+0x1/0x2 ./mm/gup.c:12\n"
		     " inlined ../fs/aio.c:7 [inline]\n",
		     "mm/gup.c, fs/aio.c");
}

static void a_warning_names_its_file(void **state)
{
	(void)state;
	assert_files("WARNING: CPU: 0 PID: 1 at drivers/misc/other.c:42 "
		     "other_probe+0x5c/0x90\n"
		     "kernel BUG at lib/percpu-refcount.c:118!\n",
		     "drivers/misc/other.c, lib/percpu-refcount.c");
}

static void files_that_any_report_may_name_are_left_out(void **state)
{
	(void)state;
	assert_files(" dump_stack_lvl+0x1/0x2 lib/dump_stack.c:106\n"
		     " kasan_report+0x1/0x2 mm/kasan/report.c:443\n"
		     " foo+0x1/0x2 include/linux/mm.h:3\n"
		     " do_exit+0x1/0x2 kernel/exit.c:9\n",
		     "");
}

static void functions_never_to_blame_name_no_file(void **state)
{
	(void)state;
	assert_files(" __kasan_check_read+0x1/0x2 fs/strange.c:1\n"
		     " ext4_read+0x1/0x2 fs/ext4/read.c:1\n",
		     "fs/ext4/read.c");
}

static void what_only_looks_like_one_is_none(void **state)
{
	(void)state;
	assert_files("mm/gup.c without a line, 12:34, http://x.c/:1, .c:1\n"
		     "\n: :1 \xff\xfe.c\n a.c:",
		     "");
}

/*
 * What is compiled.
 */

static const char *const makefiles[][2] = {
	{ "drivers/Makefile", "# all of them\nobj-$(CONFIG_USB) += usb/\n"
			      "obj-$(CONFIG_NET)\t+= net/ \\\n\tmore/\n"
			      "obj-y += base/\n"
			      "obj-$(CONFIG_TWO) += two/\n"
			      "obj-$(CONFIG_NET) += two/\n"
			      "ifdef CONFIG_X\nstrange := odd/\nendif\n" },
	{ "drivers/net/Makefile", "obj-$(CONFIG_FAST) += fast.o # not usb.o\n"
				  "obj-$(CONFIG_SLOW) += slow.o\n"
				  "slow-y := slow_main.o\n"
				  "slow-$(CONFIG_FAST) += slow_extra.o\n"
				  "fast-objs := fast_main.o\n"
				  "fast-$(CONFIG_SLOW_PROC) += fast_proc.o\n" },
};

static const char config[] = "CONFIG_NET=y\n# CONFIG_USB is not set\n"
			     "CONFIG_FAST=m\nCONFIG_SLOWER=y\n"
			     "CONFIG_NAME=\"y\"\n";

static const char *const asked[] = {
	"drivers/usb/core/hub.c",
	"drivers/usb/core/hub.h",
	"drivers/usb/Kconfig",
	"drivers/net/fast.c",
	"drivers/net/fast.h",
	"drivers/net/fast_main.c",
	"drivers/net/fast_proc.c",
	"drivers/net/slow.c",
	"drivers/net/slow_main.c",
	"drivers/net/slow_extra.c",
	"drivers/net/unnamed.c",
	"drivers/base/x.c",
	"drivers/two/x.c",
	"drivers/odd/x.c",
	"drivers/more/x.c",
	"arch/arm/mm/x.c",
	"arch/x86/mm/x.c",
	"arch/Kconfig",
	"Documentation/mm/x.txt",
	"MAINTAINERS",
	"mm/x.c",
	"include/linux/usb.h",
	"Makefile",
};

static struct compiled *make_compiled(const char *arch, const char *text)
{
	struct compiled *compiled = compiled_new(arch, text);
	char **files;
	size_t count;

	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++)
		compiled_expect(compiled, asked[i]);
	count = compiled_makefiles(compiled, &files);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < sizeof(makefiles) / sizeof(*makefiles);
		     k++)
			if (strcmp(files[i], makefiles[k][0]) == 0)
				compiled_give(compiled, i, makefiles[k][1]);
	return compiled;
}

/* The ones that are sure not to be, by name. */
static void assert_never(struct compiled *compiled, const char *expected)
{
	struct buf said;

	buf_init(&said, 0);
	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++)
		if (compiled_never(compiled, asked[i]))
			buf_printf(&said, "%s\n", asked[i]);
	assert_string_equal(said.text, expected);
	buf_release(&said);
	compiled_free(compiled);
}

static void what_hangs_on_options_that_are_off_is_not_compiled(void **state)
{
	(void)state;
	assert_never(make_compiled("x86_64", config),
		     "drivers/usb/core/hub.c\n"
		     "drivers/usb/core/hub.h\n"
		     "drivers/net/fast_proc.c\n"
		     "drivers/net/slow.c\n"
		     "drivers/net/slow_main.c\n"
		     "drivers/net/slow_extra.c\n"
		     "arch/arm/mm/x.c\n"
		     "Documentation/mm/x.txt\n"
		     "MAINTAINERS\n");
}

static void without_a_configuration_only_the_architecture_tells(void **state)
{
	(void)state;
	assert_never(make_compiled("x86_64", NULL), "arch/arm/mm/x.c\n"
						    "Documentation/mm/x.txt\n"
						    "MAINTAINERS\n");
}

static void an_architecture_takes_from_its_kin(void **state)
{
	(void)state;
	assert_never(make_compiled("arm64", NULL), "arch/x86/mm/x.c\n"
						   "Documentation/mm/x.txt\n"
						   "MAINTAINERS\n");
	assert_never(make_compiled("um", NULL), "arch/arm/mm/x.c\n"
						"Documentation/mm/x.txt\n"
						"MAINTAINERS\n");
	assert_never(make_compiled("strange", NULL), "Documentation/mm/x.txt\n"
						     "MAINTAINERS\n");
}

/*
 * A repository.
 */

static const char script[] =
	"git init -q -b main r && cd r &&"
	"export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b"
	" GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b &&"
	"put() { mkdir -p $(dirname $1) && echo \"$2\" >>$1 && git add $1; } &&"
	"turn() { git commit -qm \"$1\" && git tag $1; } &&"
	"put mm/gup.c 'int gup_fast(int pages)' && put mm/swap.c x &&"
	"put fs/a.c 'static void shared(void)' &&"
	"put fs/b.c 'void shared(void)' && turn base &&"
	"put mm/gup.c more && turn file &&"
	"put mm/swap.c more && turn folder &&"
	"put Documentation/x.txt more && turn text &&"
	"put Documentation/x.txt more && put fs/a.c more && turn both &&"
	"git checkout -q base && put fs/c.c more && turn side &&"
	"git checkout -q both && git merge -q -m m side && git tag merge &&"
	"git commit -q --allow-empty -m empty && git tag empty";

struct place {
	char *folder;
	struct rules *rules;
	struct touching question;
	struct texts files;
	struct buf lists;
	struct error err;
};

static const char *const names[] = { "base", "file", "folder", "text",
				     "both", "side", "merge",  "empty" };

#define NAME_COUNT (sizeof(names) / sizeof(*names))

static struct oid id_of(const struct place *place, const char *name)
{
	char *command = xasprintf("git -C %s/r rev-parse %s^{commit}",
				  place->folder, name);
	FILE *pipe = popen(command, "r");
	char line[80] = "";
	struct oid oid;

	assert_non_null(pipe);
	assert_non_null(fgets(line, sizeof(line), pipe));
	pclose(pipe);
	line[strcspn(line, "\n")] = '\0';
	assert_true(oid_parse(&oid, line));
	free(command);
	return oid;
}

static int begin(void **state)
{
	struct place *place = xcalloc(1, sizeof(*place));
	struct touching *question = &place->question;
	char *command;

	place->folder = scratch_make();
	place->rules = rules_load(NULL, 0, NULL);
	command = xasprintf("cd %s && { %s; } >/dev/null 2>&1", place->folder,
			    script);
	assert_int_equal(system(command), 0);
	free(command);
	question->common_dir = xasprintf("%s/r/.git", place->folder);
	question->worktree = xasprintf("%s/r", place->folder);
	question->rules = place->rules;
	question->newest = id_of(place, "empty");
	question->count = NAME_COUNT;
	question->commits = xcalloc(NAME_COUNT, sizeof(struct oid));
	for (size_t i = 0; i < NAME_COUNT; i++)
		question->commits[i] = id_of(place, names[i]);
	buf_init(&place->lists, 0);
	*state = place;
	return 0;
}

static int end(void **state)
{
	struct place *place = *state;

	touching_release(&place->question);
	for (size_t i = 0; i < place->files.count; i++)
		free(place->files.items[i]);
	free(place->files.items);
	buf_release(&place->lists);
	rules_free(place->rules);
	scratch_remove(place->folder);
	free(place);
	return 0;
}

static void put_console(struct place *place, const char *stack)
{
	FILE *file;

	place->question.console = xasprintf("%s/0.console", place->folder);
	place->question.title = xstrdup("WARNING in gup_fast");
	file = fopen(place->question.console, "w");
	assert_non_null(file);
	fprintf(file,
		"[    1.0] ------------[ cut here ]------------\n"
		"[    1.1] WARNING: CPU: 0 PID: 300 at %s gup_fast+0x5c/0x90\n"
		"[    1.2] Modules linked in:\n"
		"[    1.3] RIP: 0010:gup_fast+0x5c/0x90\n"
		"[    1.4] Call Trace:\n"
		"[    1.5]  <TASK>\n"
		"[    1.6]  really_ready+0x10/0x20\n"
		"[    1.7]  </TASK>\n",
		stack);
	fclose(file);
}

/* "file f, folder d": what is said of each commit. */
static void assert_lists(struct place *place, const char *expected)
{
	struct buf said;

	if (touching_find(&place->question, &place->files, &place->lists,
			  &place->err) < 0)
		fail_msg("%s", place->err.text);
	buf_init(&said, 0);
	for (size_t i = 0; i < NAME_COUNT; i++) {
		const char *at = strstr(place->lists.text,
					place->question.commits[i].hex);

		if (at)
			buf_printf(&said, "%s%s %c", said.length ? ", " : "",
				   names[i], at[-2]);
	}
	assert_string_equal(said.text, expected);
	buf_release(&said);
}

static void commits_are_told_by_the_files_of_the_report(void **state)
{
	struct place *place = *state;

	put_console(place, "mm/gup.c:12");
	assert_lists(place, "base f, file f, folder d");
	assert_int_equal(place->files.count, 1);
	assert_string_equal(place->files.items[0], "mm/gup.c");
}

static void an_absolute_name_is_a_path_of_the_repository(void **state)
{
	struct place *place = *state;

	put_console(place, "/home/who/linux/mm/gup.c:12");
	assert_lists(place, "base f, file f, folder d");
	assert_string_equal(place->files.items[0], "mm/gup.c");
}

static void a_function_is_looked_up_where_no_file_is_named(void **state)
{
	static const char *const functions[] = { "gup_fast", "shared",
						 "not.one" };
	struct place *place = *state;

	place->question.functions = xcalloc(4, sizeof(char *));
	for (size_t i = 0; i < 3; i++)
		place->question.functions[i] = xstrdup(functions[i]);
	assert_lists(place, "base f, file f, folder d");
	assert_int_equal(place->files.count, 1); /* shared is in two */
}

static void a_kernel_has_commits_that_change_nothing_compiled(void **state)
{
	struct place *place = *state;

	place->question.arch = xstrdup("x86_64");
	assert_lists(place, "text n");
}

static void without_report_and_architecture_nothing_is_told(void **state)
{
	assert_lists(*state, "");
}

static void a_repository_that_is_gone_is_an_error(void **state)
{
	struct place *place = *state;

	free(place->question.common_dir);
	place->question.common_dir = xasprintf("%s/gone", place->folder);
	assert_int_equal(touching_find(&place->question, &place->files,
				       &place->lists, &place->err),
			 -1);
	assert_non_null(strstr(place->err.text, "not a git repository"));
}

#define PLACED(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_symbolised_stack_names_files),
		cmocka_unit_test(a_warning_names_its_file),
		cmocka_unit_test(files_that_any_report_may_name_are_left_out),
		cmocka_unit_test(functions_never_to_blame_name_no_file),
		cmocka_unit_test(what_only_looks_like_one_is_none),
		cmocka_unit_test(
			what_hangs_on_options_that_are_off_is_not_compiled),
		cmocka_unit_test(
			without_a_configuration_only_the_architecture_tells),
		cmocka_unit_test(an_architecture_takes_from_its_kin),
		PLACED(commits_are_told_by_the_files_of_the_report),
		PLACED(an_absolute_name_is_a_path_of_the_repository),
		PLACED(a_function_is_looked_up_where_no_file_is_named),
		PLACED(a_kernel_has_commits_that_change_nothing_compiled),
		PLACED(without_report_and_architecture_nothing_is_told),
		PLACED(a_repository_that_is_gone_is_an_error),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("touching", tests, NULL, NULL);
}
