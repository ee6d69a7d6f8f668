/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/recipients.h"
#include "engine/oid.h"
#include "repo/gitcmd.h"
#include "repo/people.h"
#include "repo/repo.h"
#include "run/keeper.h"
#include "tests/unit/scratch.h"

/* libgit2 1.5 loses memory with some repositories; see tests/unit/repo.c. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2";
}

/* A repository of one commit, with or without the script. */
struct place {
	char *folder;
	char self[4096];
	struct repo *repo;
	struct oid commit;
	struct people people;
	struct buf notes;
};

static void git(const struct place *place, const char *const *words)
{
	const char *argv[16] = { "-C", place->folder };
	struct error err = ERROR_INIT;

	for (int i = 0; words[i]; i++)
		argv[i + 2] = words[i];
	if (gitcmd_run(&(struct gitcmd){ .argv = argv }, &err) < 0)
		fail_msg("%s", err.text);
}

#define GIT(...) git(place, (const char *const[]){ __VA_ARGS__, NULL })

static int begin(void **state)
{
	struct place *place = xcalloc(1, sizeof(*place));
	ssize_t length = readlink("/proc/self/exe", place->self,
				  sizeof(place->self) - 1);

	assert_true(length > 0);
	place->folder = scratch_make();
	buf_init(&place->notes, 0);
	GIT("init", "-q");
	GIT("config", "user.name", "C O Mitter");
	GIT("config", "user.email", "committer@example.com");
	GIT("commit", "-q", "--allow-empty", "--author=A <author@example.com>",
	    "-m",
	    "a subject\n\nAcked-by: B <ack@example.com>\n"
	    "Reviewed-by: <stable@vger.kernel.org>");
	assert_int_equal(repo_open(place->folder, &place->repo, NULL), 0);
	assert_int_equal(
		repo_resolve(place->repo, "HEAD", &place->commit, NULL), 0);
	*state = place;
	return 0;
}

static int end(void **state)
{
	struct place *place = *state;

	repo_close(place->repo);
	people_release(&place->people);
	buf_release(&place->notes);
	scratch_remove(place->folder);
	free(place);
	return 0;
}

/* scripts/get_maintainer.pl of the checkout, as a shell script. */
static void write_script(const struct place *place, const char *text)
{
	char *folder = xasprintf("%s/scripts", place->folder);
	char *path = xasprintf("%s/get_maintainer.pl", folder);
	FILE *file;

	(void)mkdir(folder, 0700);
	file = fopen(path, "we");
	assert_non_null(file);
	fprintf(file, "#!/bin/sh\n%s\n", text);
	fclose(file);
	assert_int_equal(chmod(path, 0700), 0);
	free(path);
	free(folder);
}

static void find(struct place *place, bool script, int64_t timeout_ms)
{
	const struct recipients_spec spec = {
		.repo = place->repo,
		.commit = &place->commit,
		.script = script,
		.keeper = place->self,
		.timeout_ms = timeout_ms,
	};

	recipients_find(&spec, &place->people, &place->notes);
}

static void assert_people(const struct place *place, const char *wanted)
{
	struct buf out;

	buf_init(&out, 0);
	for (size_t i = 0; i < place->people.count; i++)
		buf_printf(&out, "%s%c ", place->people.items[i].address,
			   place->people.items[i].to ? '+' : '-');
	assert_string_equal(out.text, wanted);
	buf_release(&out);
}

static void without_a_script_the_commit_says_who(void **state)
{
	struct place *place = *state;

	find(place, true, 10000);
	assert_people(place, "ack@example.com+ author@example.com+ ");
	assert_string_equal(place->notes.text, "");
}

static void the_script_gets_the_patch_in_the_checkout(void **state)
{
	struct place *place = *state;

	write_script(place, "for patch; do :; done\n"
			    "grep -q 'a subject' \"$patch\" || exit 1\n"
			    "test -x scripts/get_maintainer.pl || exit 1\n"
			    "test -z \"$GIT_DIR\" || exit 1\n"
			    "echo \"$patch\" >patch\n"
			    "echo 'M <m@example.com> (maintainer:X)'\n"
			    "echo 'R <r@example.com> (reviewer:X)'\n"
			    "echo 'Some warning' >&2\n"
			    "echo 'l@example.com (open list)'");
	setenv("GIT_DIR", "/nonexistent", 1);
	find(place, true, 10000);
	unsetenv("GIT_DIR");
	assert_string_equal(place->notes.text, "");
	assert_people(place, "ack@example.com+ author@example.com+ "
			     "l@example.com+ m@example.com+ r@example.com- ");
}

static void nothing_of_the_patch_is_left(void **state)
{
	struct place *place = *state;
	char path[4096] = "", *note = xasprintf("%s/patch", place->folder);
	FILE *file;

	write_script(place, "for patch; do :; done\necho \"$patch\" >patch");
	find(place, true, 10000);
	file = fopen(note, "re");
	assert_non_null(file);
	assert_non_null(fgets(path, sizeof(path), file));
	path[strcspn(path, "\n")] = '\0';
	assert_int_equal(access(path, F_OK), -1);
	fclose(file);
	free(note);
}

static void it_is_not_run_where_it_is_not_wanted(void **state)
{
	struct place *place = *state;

	write_script(place, "touch ran; echo 'm@example.com (maintainer:X)'");
	find(place, false, 10000);
	assert_people(place, "ack@example.com+ author@example.com+ ");
	assert_string_equal(place->notes.text, "");
}

static void where_it_names_few_those_of_the_lines_are_asked(void **state)
{
	struct place *place = *state;

	write_script(place, "case \"$*\" in *--git-blame*)\n"
			    "echo 'b@example.com (commits:1/1=100%)' ;;\n"
			    "*) echo 'm@example.com (maintainer:X)' ;; esac");
	find(place, true, 10000);
	assert_people(place, "ack@example.com+ author@example.com+ "
			     "b@example.com- m@example.com+ ");
}

static void one_that_hangs_is_ended_and_noted(void **state)
{
	struct place *place = *state;

	write_script(place, "echo 'm@example.com (maintainer:X)'\n"
			    "sleep 1000 & wait");
	find(place, true, 300);
	assert_people(place, "ack@example.com+ author@example.com+ ");
	assert_string_equal(place->notes.text,
			    "scripts/get_maintainer.pl did not end within 0 "
			    "seconds: nobody is taken from it\n");
}

static void one_that_floods_is_ended_and_noted(void **state)
{
	struct place *place = *state;

	write_script(place, "yes 'm@example.com (maintainer:X)'");
	find(place, true, 60000);
	assert_people(place, "ack@example.com+ author@example.com+ ");
	assert_string_equal(place->notes.text,
			    "scripts/get_maintainer.pl wrote more than 256 "
			    "KiB: nobody is taken from it\n");
}

static void one_that_fails_is_noted_with_its_last_words(void **state)
{
	struct place *place = *state;

	write_script(place, "echo 'm@example.com (maintainer:X)'\n"
			    "echo 'no kernel tree here' >&2; exit 2");
	find(place, true, 10000);
	assert_people(place, "ack@example.com+ author@example.com+ ");
	assert_string_equal(place->notes.text,
			    "scripts/get_maintainer.pl failed: no kernel tree "
			    "here: nobody is taken from it\n");
}

static void one_that_says_nothing_is_noted(void **state)
{
	struct place *place = *state;

	write_script(place, "exit 0");
	find(place, true, 10000);
	assert_string_equal(place->notes.text,
			    "scripts/get_maintainer.pl names nobody\n");
}

static void a_commit_that_is_not_there_is_noted(void **state)
{
	struct place *place = *state;

	memset(place->commit.hex, 'e', 40);
	find(place, true, 10000);
	assert_people(place, "");
	assert_true(place->notes.length > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_script_the_commit_says_who),
		TEST(the_script_gets_the_patch_in_the_checkout),
		TEST(nothing_of_the_patch_is_left),
		TEST(it_is_not_run_where_it_is_not_wanted),
		TEST(where_it_names_few_those_of_the_lines_are_asked),
		TEST(one_that_hangs_is_ended_and_noted),
		TEST(one_that_floods_is_ended_and_noted),
		TEST(one_that_fails_is_noted_with_its_last_words),
		TEST(one_that_says_nothing_is_noted),
		TEST(a_commit_that_is_not_there_is_noted),
	};

	if (argc > 1 && str_equal(argv[1], "keep"))
		return keeper_main(argc - 2, argv + 2);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
