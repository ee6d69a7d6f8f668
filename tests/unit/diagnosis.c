/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/diagnosis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/xalloc.h"

/* What is said on this output of a build of /src/linux. */
static void expect(const char *output, const char *errors, const char *trouble)
{
	struct diagnosis diagnosis;
	struct buf out;

	buf_init(&out, 0);
	diagnosis_init(&diagnosis, "/src/linux");
	diagnosis_feed(&diagnosis, output, strlen(output));
	diagnosis_end(&diagnosis);
	diagnosis_errors(&diagnosis, &out);
	assert_string_equal(out.text, errors);
	if (trouble)
		assert_string_equal(diagnosis.trouble, trouble);
	else
		assert_null(diagnosis.trouble);
	diagnosis_release(&diagnosis);
	buf_release(&out);
}

static void of_a_real_build_the_missing_header_is_left(void **state)
{
	const char *srcdir = getenv("srcdir");
	char *path = xasprintf("%s/tests/data/build-missing-header.txt",
			       srcdir ? srcdir : ".");
	FILE *file = fopen(path, "re");
	char text[2000];
	size_t length;

	(void)state;
	assert_non_null(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	fclose(file);
	free(path);
	expect(text,
	       "kernel/user.c:13:10: fatal error: linux/uid-hash.h: No such "
	       "file or directory",
	       NULL);
}

static void every_tool_of_a_build_is_understood(void **state)
{
	static const char *const lines[] = {
		"a.c:1:2: error: expected ';' before '}' token",
		"a.c:9:1: fatal error: x.h: No such file or directory",
		"a.s:12: Error: no such instruction: `bogus'",
		"ld: init/main.o: in function `f': undefined reference to `g'",
		"ld: b.o: multiple definition of `f'; a.o: first defined here",
		"ld.lld: error: undefined symbol: g",
		"/usr/bin/ld: cannot find -lelf: No such file or directory",
		"ERROR: modpost: \"f\" [drivers/a.ko] undefined!",
		"vmlinux.o: error: objtool: f+0x1: unreachable instruction",
		"FAILED unresolved symbol vfs_truncate",
		"error[E0425]: cannot find value `x` in this scope",
		"make[2]: *** No rule to make target 'b.o', needed by 'a'.  "
		"Stop.",
		"Makefile:12: *** missing separator.  Stop.",
		"init/Kconfig:3:error: recursive dependency detected!",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		char *output =
			xasprintf("  CC      a.o\n%s\n"
				  "a.c:3:4: warning: unused 'x'\n"
				  "/bin/sh: 1: foo: not found\n"
				  "make: *** [Makefile:2: all] Error 2\n",
				  lines[i]);

		expect(output, lines[i], NULL);
		free(output);
	}
}

static void a_weak_line_counts_where_there_is_no_strong_one(void **state)
{
	(void)state;
	expect("  LEX     a.c\n"
	       "/bin/sh: 1: flex: not found\n"
	       "make: *** [Makefile:2: a.c] Error 127\n",
	       "/bin/sh: 1: flex: not found", NULL);
	expect("collect2: error: ld returned 1 exit status\n"
	       "a.o: in function `f': undefined reference to `g'\n",
	       "a.o: in function `f': undefined reference to `g'", NULL);
	expect("collect2: error: ld returned 1 exit status\nmake: Error 1\n",
	       "collect2: error: ld returned 1 exit status", NULL);
}

static void where_it_was_built_does_not_show(void **state)
{
	(void)state;
	expect("/src/linux/kernel/a.c:1:1: error: x\n"
	       "../kernel/b.c:1:1: error: x\n"
	       "../../kernel/c.c:1:1: error: '../d.h' or a/../e.h\n",
	       "kernel/a.c:1:1: error: x\n"
	       "kernel/b.c:1:1: error: x\n"
	       "kernel/c.c:1:1: error: 'd.h' or a/../e.h",
	       NULL);
}

static void curly_quotes_are_made_straight(void **state)
{
	(void)state;
	expect("a.c:1:1: error: \xe2\x80\x98x\xe2\x80\x99 "
	       "\xe2\x80\x9cy\xe2\x80\x9d \xe2\x80\xa6 \xc3\xa9\n",
	       "a.c:1:1: error: 'x' \"y\" \xe2\x80\xa6 \xc3\xa9", NULL);
}

static void the_same_line_counts_once_and_twenty_at_most(void **state)
{
	struct buf output, errors;

	(void)state;
	buf_init(&output, 0);
	buf_init(&errors, 0);
	for (int i = 0; i < 50; i++)
		buf_printf(&output, "a.c:%d:1: error: x\n", i / 2 + 1);
	for (int i = 1; i <= 20; i++)
		buf_printf(&errors, "%sa.c:%d:1: error: x", i > 1 ? "\n" : "",
			   i);
	expect(output.text, errors.text, NULL);
	buf_release(&output);
	buf_release(&errors);
}

static void a_killed_tool_is_trouble_of_the_machine(void **state)
{
	static const char *const lines[] = {
		"Killed",
		"gcc: fatal error: Killed signal terminated program cc1",
		"collect2: fatal error: ld terminated with signal 9 [Killed]",
		"clang: error: unable to execute command: Killed",
		"make[2]: *** [scripts/Makefile.build:250: a.o] Killed",
		"scripts/link-vmlinux.sh: line 113:  4567 Killed     ld -o x",
		"error: could not compile `a` (signal: 9, SIGKILL: kill)",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		expect(lines[i], lines[i], lines[i]);
}

static void full_disks_and_memories_are_trouble_of_the_machine(void **state)
{
	static const char *const lines[] = {
		"cc1: fatal error: error writing to /tmp/x.s: No space left on "
		"device",
		"as: Fatal error: a.o: No space left on device",
		"cc1: out of memory allocating 65536 bytes after a total of 1",
		"/bin/sh: 1: fork: Cannot allocate memory",
		"virtual memory exhausted: Cannot allocate memory",
		"LLVM ERROR: out of memory",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		expect(lines[i], lines[i], lines[i]);
}

static void what_a_compiler_quotes_is_no_trouble(void **state)
{
	(void)state;
	expect("a.c:3:2: error: implicit declaration of function 'prink'\n"
	       "    3 |  prink(\"f: Cannot allocate memory\\n\");\n"
	       "    4 |  prink(\"%d: No space left on device\", 1);\n"
	       "  CC      Killed.o\n",
	       "a.c:3:2: error: implicit declaration of function 'prink'",
	       NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_real_build_the_missing_header_is_left),
		cmocka_unit_test(every_tool_of_a_build_is_understood),
		cmocka_unit_test(
			a_weak_line_counts_where_there_is_no_strong_one),
		cmocka_unit_test(where_it_was_built_does_not_show),
		cmocka_unit_test(curly_quotes_are_made_straight),
		cmocka_unit_test(the_same_line_counts_once_and_twenty_at_most),
		cmocka_unit_test(a_killed_tool_is_trouble_of_the_machine),
		cmocka_unit_test(
			full_disks_and_memories_are_trouble_of_the_machine),
		cmocka_unit_test(what_a_compiler_quotes_is_no_trouble),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
