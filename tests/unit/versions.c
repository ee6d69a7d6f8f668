/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/versions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/oid.h"
#include "repo/reach.h"
#include "repo/repo.h"
#include "run/kbuild.h"
#include "tests/unit/scratch.h"

/* A commit between two releases: "5.9" has reached v5.9 and all before. */
struct commit {
	int major, minor;
};

static bool reaches(void *data, const char *tag)
{
	const struct commit *commit = data;
	int major, minor;

	assert_int_equal(sscanf(tag, "v%d.%d", &major, &minor), 2);
	return commit->major > major ||
	       (commit->major == major && commit->minor >= minor);
}

static struct versions *own_table(void)
{
	struct error err;
	struct versions *versions = versions_load(NULL, &err);

	if (!versions)
		fail_msg("%s", err.text);
	return versions;
}

/* The best compiler for a commit, by the program's own table. */
static void expect_compiler(const char *family, int major, int minor,
			    const char *name)
{
	struct versions *versions = own_table();
	struct commit commit = { major, minor };
	const char *const *names =
		versions_compilers(versions, family, reaches, &commit, NULL);

	assert_non_null(names);
	assert_string_equal(names[0], name);
	versions_free(versions);
}

static void the_compiler_is_of_the_time_of_the_commit(void **state)
{
	(void)state;
	expect_compiler("gcc", 6, 1, "gcc");
	expect_compiler("gcc", 5, 16, "gcc");
	expect_compiler("gcc", 5, 15, "gcc-10");
	expect_compiler("gcc", 5, 9, "gcc-10");
	expect_compiler("gcc", 5, 8, "gcc-8");
	expect_compiler("gcc", 4, 12, "gcc-8");
	expect_compiler("gcc", 4, 11, "gcc-7");
	expect_compiler("gcc", 4, 10, "gcc-5");
	expect_compiler("clang", 6, 15, "clang");
	expect_compiler("clang", 6, 14, "clang-15");
	expect_compiler("clang", 5, 9, "clang-15");
	expect_compiler("clang", 5, 8, "clang-9");
}

static void a_family_that_is_not_there_is_said(void **state)
{
	struct versions *versions = own_table();
	struct commit commit = { 6, 1 };
	struct error err = ERROR_INIT;

	(void)state;
	assert_null(
		versions_compilers(versions, "tcc", reaches, &commit, &err));
	assert_int_equal(err.code, ERROR_INPUT);
	assert_string_equal(err.text,
			    "there are no compilers 'tcc' in the table of "
			    "kernel versions: expected one of gcc, clang");
	versions_free(versions);
}

/* The switches as "A- B=y", by a table; NULL: the program's own. */
static char *switches_of(const char *table, int major, int minor)
{
	struct versions *versions =
		table ? versions_parse(table, "t.cfg", NULL) : own_table();
	struct commit commit = { major, minor };
	struct kbuild_switch *switches;
	struct buf text;
	char *found;
	int count;

	assert_non_null(versions);
	buf_init(&text, 0);
	count = versions_switches(versions, reaches, &commit, &switches);
	for (int i = 0; i < count; i++) {
		const struct kbuild_switch *item = &switches[i];

		buf_printf(&text, "%s%s", i ? " " : "", item->name);
		if (str_equal(item->value, "n"))
			buf_putc(&text, '-');
		else
			buf_printf(&text, "=%s", item->value);
	}
	free(switches);
	versions_free(versions);
	found = buf_take(&text);
	buf_release(&text);
	return found;
}

static void expect_switches(int major, int minor, const char *switches)
{
	char *found = switches_of(NULL, major, minor);

	assert_string_equal(found, switches);
	free(found);
}

#define ALWAYS "LOCALVERSION_AUTO- DEBUG_INFO_BTF- DEBUG_KOBJECT-"
#define ORC    "UNWINDER_ORC- UNWINDER_FRAME_POINTER=y "

static void options_are_cleared_before_their_tag(void **state)
{
	(void)state;
	expect_switches(5, 4, ALWAYS);
	expect_switches(5, 3, "KCOV- " ORC ALWAYS);
	expect_switches(5, 2, "UBSAN- KCOV- " ORC ALWAYS);
	expect_switches(
		5, 1,
		"UBSAN- KCOV- SECURITY_TOMOYO_OMIT_USERSPACE_LOADER- " ORC
			ALWAYS);
	expect_switches(
		4, 4,
		"UBSAN- KCOV- SECURITY_TOMOYO_OMIT_USERSPACE_LOADER- "
		"USBIP_VUDC- CAN- HSR- SMC- USBIP_VHCI_HCD- BT_HCIVHCI- "
		"NET_TEAM- BATMAN_ADV- " ORC ALWAYS);
}

static void a_users_table_takes_the_place_of_our_own(void **state)
{
	struct error err = ERROR_INIT;
	struct commit commit = { 4, 4 };
	char *folder = scratch_make(), *path, *found;
	struct versions *versions;
	FILE *file;

	(void)state;
	path = xasprintf("%s/mine.cfg", folder);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs("compilers = { gcc = ( { use = [ \"mine\", \"gcc\" ]; } ); };\n",
	      file);
	fclose(file);
	versions = versions_load(path, &err);
	assert_non_null(versions);
	assert_string_equal(versions_compilers(versions, "gcc", reaches,
					       &commit, &err)[0],
			    "mine");
	versions_free(versions);
	found = switches_of("switches = ( { set = [ \"CMDLINE=\\\"a b\\\"\" ]; "
			    "} );",
			    4, 4);
	assert_string_equal(found, "CMDLINE=\"a b\"");
	free(found);
	free(path);
	scratch_remove(folder);
}

static bool has_tag(void *data, const char *tag)
{
	return reach_has(data, tag);
}

/* What the program's table says of a revision of the repository here. */
static void expect_of(struct repo *repo, const char *revision,
		      const char *compiler, int switch_count)
{
	struct versions *versions = own_table();
	struct kbuild_switch *switches;
	struct reach *reach;
	struct error err = ERROR_INIT;
	struct oid oid;

	if (repo_resolve(repo, revision, &oid, &err) < 0 ||
	    reach_new(repo, &oid, &reach, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(versions_compilers(versions, "gcc", has_tag, reach,
					       &err)[0],
			    compiler);
	assert_int_equal(versions_switches(versions, has_tag, reach, &switches),
			 switch_count);
	free(switches);
	reach_free(reach);
	versions_free(versions);
}

/*
 * A line v4.11 - v5.4 - v5.9 - v5.16, a branch off v5.9 without v5.16, and no
 * other tags: of those that are missing all commits are taken for newer.
 */
static void tags_of_a_real_repository_decide(void **state)
{
	char *folder = scratch_make();
	char *script = xasprintf(
		"exec >/dev/null 2>&1; set -e; cd '%s'; git init -q .\n"
		"git config user.name n; git config user.email e\n"
		"made() { git commit -q --allow-empty -m \"$1\"; }\n"
		"made first; git tag first\n"
		"made a; git tag -a -m v4.11 v4.11\n"
		"made b; git tag v5.4; made c; git tag v5.9\n"
		"git checkout -q -b branch; made d\n"
		"git checkout -q -b new v5.9; made e; git tag v5.16; made f",
		folder);
	struct error err = ERROR_INIT;
	struct repo *repo;

	(void)state;
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	assert_int_equal(system(script), 0);
	if (repo_open(folder, &repo, &err) < 0)
		fail_msg("%s", err.text);
	expect_of(repo, "first", "gcc-8", 6); /* there is no v4.12 */
	expect_of(repo, "v4.11", "gcc-8", 6);
	expect_of(repo, "v5.4", "gcc-8", 3);
	expect_of(repo, "v5.9", "gcc-10", 3);
	expect_of(repo, "branch", "gcc-10", 3);
	expect_of(repo, "v5.16", "gcc", 3);
	expect_of(repo, "new", "gcc", 3);
	repo_close(repo);
	free(script);
	scratch_remove(folder);
}

static void expect_wrong(const char *text, const char *says)
{
	struct error err = ERROR_INIT;

	assert_null(versions_parse(text, "my.cfg", &err));
	assert_int_equal(err.code, ERROR_INPUT);
	assert_string_equal(err.text, says);
}

static void every_mistake_is_said_with_its_line(void **state)
{
	(void)state;
	expect_wrong("\ncompilers = {;\n",
		     "my.cfg:2: syntax error: a ';', a quote or a brace may be "
		     "missing here or before");
	expect_wrong("\n\ntea = 1;\n", "my.cfg:3: tea: there is no such key: "
				       "expected compilers or switches");
	expect_wrong("compilers = 7;\n",
		     "my.cfg:1: compilers: expected compilers: "
		     "{ gcc = ( ... ); }");
	expect_wrong("compilers = { gcc = ( ); };\n",
		     "my.cfg:1: compilers.gcc: expected compilers: ( { ... }, "
		     "... )");
	expect_wrong("compilers = { gcc = (\n{ use = 7; } ); };\n",
		     "my.cfg:2: compilers.gcc.use: expected texts: [ \"...\", "
		     "... ]");
	expect_wrong("compilers = { gcc = (\n{ used = [ \"gcc\" ]; } ); };\n",
		     "my.cfg:2: compilers.gcc.used: a compiler has no such "
		     "key: expected "
		     "reached or use");
	expect_wrong("compilers = { gcc = (\n"
		     "{ reached = \"v1\"; use = [ \"gcc\" ]; } ); };\n",
		     "my.cfg:2: compilers.gcc: expected no reached in the last "
		     "entry, "
		     "which is for all that is older");
	expect_wrong("compilers = { gcc = (\n{ use = [ \"a\" ]; },\n"
		     "{ use = [ \"b\" ]; } ); };\n",
		     "my.cfg:2: compilers.gcc: expected reached = \"TAG\" in "
		     "every entry "
		     "but the last");
	expect_wrong(
		"compilers = { gcc = (\n{ reached = \"--all\";\n"
		"use = [ \"a\" ]; }, { use = [ \"b\" ]; } ); };\n",
		"my.cfg:2: compilers.gcc.reached: expected the name of a tag");
	expect_wrong("switches = (\n{ before = \"v1\"; } );\n",
		     "my.cfg:2: switches: a switch needs clear or set");
	expect_wrong("switches = (\n{ clear = [ \"CONFIG_A\" ]; } );\n",
		     "my.cfg:2: switches.clear: expected the name of an "
		     "option, without "
		     "CONFIG_");
	expect_wrong(
		"switches = (\n{ set = [ \"A\" ]; } );\n",
		"my.cfg:2: switches.set: expected an option with its value, "
		"\"NAME=VALUE\" without CONFIG_");
	expect_wrong(
		"switches = (\n{ after = \"v1\"; } );\n",
		"my.cfg:2: switches.after: a switch has no such key: expected "
		"before, clear or set");
}

static void a_file_that_is_not_there_is_said(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	assert_null(versions_load("/nonexistent/v.cfg", &err));
	assert_int_equal(err.code, ERROR_SYSTEM);
	assert_string_equal(err.text, "cannot read '/nonexistent/v.cfg': No "
				      "such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_compiler_is_of_the_time_of_the_commit),
		cmocka_unit_test(a_family_that_is_not_there_is_said),
		cmocka_unit_test(options_are_cleared_before_their_tag),
		cmocka_unit_test(a_users_table_takes_the_place_of_our_own),
		cmocka_unit_test(tags_of_a_real_repository_decide),
		cmocka_unit_test(every_mistake_is_said_with_its_line),
		cmocka_unit_test(a_file_that_is_not_there_is_said),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
