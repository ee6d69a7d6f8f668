/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/str.h"
#include "engine/oid.h"
#include "repo/gitstate.h"
#include "repo/worktree.h"
#include "tests/unit/scratch.h"

/* A line of 12 commits c1..c12, and two linked worktrees, `one` and `two`. */
struct place {
	char *dir, *one, *two, *common;
	char *one_git, *two_git; /* their own git folders */
	struct oid commits[13];
};

static void sh(const struct place *place, const char *script)
{
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		if (chdir(place->dir) < 0)
			_exit(127);
		execl("/bin/sh", "sh", "-e", "-c", script, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(scratch_wait(child), 0);
}

static char *file_text(const struct place *place, const char *name)
{
	char *path = xasprintf("%s/%s", place->dir, name);
	FILE *file = fopen(path, "re");
	struct buf text;
	int c;

	assert_non_null(file);
	buf_init(&text, 0);
	while ((c = fgetc(file)) != EOF)
		buf_putc(&text, (char)c);
	fclose(file);
	free(path);
	return text.text;
}

static const char setup[] =
	"exec >/dev/null 2>&1; git init -q -b main r; cd r;"
	"for n in 1 2 3 4 5 6 7 8 9 10 11 12; do"
	" git commit -q --allow-empty -m \"commit $n\"; git tag c$n; done;"
	"git worktree add -q --detach ../one c12;"
	"git worktree add -q --detach ../two c12;"
	"cd ..; for n in 1 2 3 4 5 6 7 8 9 10 11 12; do"
	" git -C r rev-parse c$n; done >ids";

static int enter(void **state)
{
	struct place *place = xcalloc(1, sizeof(*place));
	char *made = scratch_make(), *ids, *rest, *line;

	place->dir = realpath(made, NULL);
	free(made);
	setenv("HOME", place->dir, 1);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_AUTHOR_NAME", "A U Thor", 1);
	setenv("GIT_AUTHOR_EMAIL", "author@example.com", 1);
	setenv("GIT_COMMITTER_NAME", "C O Mitter", 1);
	setenv("GIT_COMMITTER_EMAIL", "committer@example.com", 1);
	sh(place, setup);
	ids = rest = file_text(place, "ids");
	for (int n = 1; n <= 12 && (line = strsep(&rest, "\n")); n++)
		assert_true(oid_parse(&place->commits[n], line));
	free(ids);
	place->common = xasprintf("%s/r/.git", place->dir);
	place->one = xasprintf("%s/one", place->dir);
	place->two = xasprintf("%s/two", place->dir);
	place->one_git = worktree_git_dir(place->common, place->one);
	place->two_git = worktree_git_dir(place->common, place->two);
	assert_non_null(place->one_git);
	assert_non_null(place->two_git);
	*state = place;
	return 0;
}

static int leave(void **state)
{
	struct place *place = *state;

	scratch_remove(place->dir);
	free(place->common);
	free(place->one);
	free(place->two);
	free(place->one_git);
	free(place->two_git);
	free(place);
	return 0;
}

static void read_state(const char *git_dir, struct gitstate *out)
{
	struct error err = ERROR_INIT;

	gitstate_init(out);
	if (gitstate_read(git_dir, out, &err) < 0)
		fail_msg("%s", err.text);
}

static void write_state(const char *git_dir, const struct gitstate *wanted)
{
	struct error err = ERROR_INIT;
	struct gitstate before;

	read_state(git_dir, &before);
	if (gitstate_write(git_dir, &before, wanted, &err) < 0)
		fail_msg("%s", err.text);
	gitstate_release(&before);
}

static void no_bisection_is_an_empty_state(void **state)
{
	struct place *place = *state;
	struct gitstate is;

	read_state(place->one_git, &is);
	assert_false(is.under_way);
	assert_null(is.start);
	assert_string_equal(is.term_new, "bad");
	assert_string_equal(is.term_old, "good");
	assert_true(oid_is_none(&is.bad));
	assert_int_equal(is.goods.count + is.skips.count + is.log.length, 0);
	gitstate_release(&is);
}

static void what_git_keeps_is_read(void **state)
{
	struct place *place = *state;
	struct gitstate is;

	sh(place, "cd one; git bisect start --term-new slow --term-old fast"
		  " --first-parent >/dev/null; git bisect slow c12 >/dev/null;"
		  "git bisect fast c1 c2 >/dev/null;"
		  "git bisect skip c4..c6 >/dev/null 2>&1;"
		  "git rev-parse HEAD >../head");
	read_state(place->one_git, &is);
	assert_true(is.under_way && is.first_parent && is.bases_tested);
	assert_false(is.no_checkout);
	assert_string_equal(is.start, place->commits[12].hex);
	assert_string_equal(is.term_new, "slow");
	assert_string_equal(is.term_old, "fast");
	assert_string_equal(is.bad.hex, place->commits[12].hex);
	assert_int_equal(is.goods.count, 2);
	assert_true(oids_has(&is.goods, &place->commits[1]));
	assert_true(oids_has(&is.goods, &place->commits[2]));
	assert_int_equal(is.skips.count, 2);
	assert_true(oids_has(&is.skips, &place->commits[5]));
	assert_true(oids_has(&is.skips, &place->commits[6]));
	assert_null(is.paths);
	assert_memory_equal(is.log.text, "git bisect start '--term-new' 'slow'",
			    36);
	gitstate_release(&is);
	/* the other worktree and the main checkout have nothing of it */
	read_state(place->two_git, &is);
	assert_false(is.under_way);
	assert_true(oid_is_none(&is.bad));
	gitstate_release(&is);
	read_state(place->common, &is);
	assert_false(is.under_way);
	assert_true(oid_is_none(&is.bad));
	gitstate_release(&is);
}

static void paths_and_no_checkout_are_read(void **state)
{
	struct place *place = *state;
	struct gitstate is;

	sh(place, "cd one; git bisect start --no-checkout c12 c1 -- drivers/a"
		  " >/dev/null 2>&1 || git bisect start --no-checkout"
		  " >/dev/null; printf \" '--' 'drivers/a'\\n\""
		  " >\"$(git rev-parse --git-dir)/BISECT_NAMES\"");
	read_state(place->one_git, &is);
	assert_true(is.under_way);
	assert_true(is.no_checkout);
	assert_string_equal(is.paths, "'--' 'drivers/a'");
	gitstate_release(&is);
}

/*
 * git bisects in one worktree; what is read there is written into the other,
 * which then has the very same files and refs.
 */
static const char compare[] =
	"for w in one two; do cd $w; d=$(git rev-parse --git-dir); ("
	"git for-each-ref refs/bisect; cd \"$d\"; ls -d BISECT_*;"
	"stat -c '%n %a' BISECT_*; tail -n +1 BISECT_*) >../$w.state;"
	"cd ..; done; cmp one.state two.state";

static void mirrored(const struct place *place, const char *script)
{
	struct gitstate is;

	sh(place, script);
	read_state(place->one_git, &is);
	write_state(place->two_git, &is);
	gitstate_release(&is);
	sh(place, compare);
}

static void what_is_written_is_what_git_had_written(void **state)
{
	struct place *place = *state;

	mirrored(place, "exec >/dev/null 2>&1; cd one; git bisect start");
	mirrored(place, "exec >/dev/null 2>&1; cd one; git bisect bad c12");
	mirrored(place, "exec >/dev/null 2>&1; cd one; git bisect good c1");
	mirrored(place, "exec >/dev/null 2>&1; cd one; git bisect skip");
	mirrored(place, "exec >/dev/null 2>&1; cd one; git bisect bad");
	mirrored(place, "exec >/dev/null 2>&1; cd one; git bisect skip c2..c4");
	/* other terms, fewer marks: what was there before goes */
	mirrored(place, "exec >/dev/null 2>&1; cd one; git bisect reset;"
			"git bisect start --term-new fixed --term-old broken"
			" --first-parent; git bisect fixed c9;"
			"git bisect broken c3");
	sh(place, "cd two; exec >/dev/null 2>&1; git bisect broken c5;"
		  "git bisect log; git bisect visualize --oneline;"
		  "git status | grep 'currently bisecting';"
		  "git bisect reset; ! git bisect log");
}

static void a_half_written_state_is_mended(void **state)
{
	struct place *place = *state;
	struct gitstate is;

	sh(place, "exec >/dev/null 2>&1; cd one; git bisect start c12 c1;"
		  "git bisect good; git bisect skip");
	read_state(place->one_git, &is);
	sh(place, "cd two; d=$(git rev-parse --git-dir);"
		  "git update-ref refs/bisect/bad c5;"
		  "git update-ref refs/bisect/good-c2 c2;"
		  "git update-ref refs/bisect/other/x c3;"
		  "echo half >\"$d/BISECT_LOG\"; : >\"$d/BISECT_START\";"
		  "echo old >\"$d/BISECT_TERMS.culprit\";"
		  "cp \"$d/HEAD\" \"$d/BISECT_HEAD\"");
	write_state(place->two_git, &is);
	gitstate_release(&is);
	/* but what git bisect does not know is not ours either */
	sh(place, "cd two; git update-ref -d refs/bisect/other/x;"
		  "rm -f \"$(git rev-parse --git-dir)/BISECT_TERMS.culprit\"");
	sh(place, compare);
}

static void a_mark_made_meanwhile_is_never_overwritten(void **state)
{
	struct place *place = *state;
	struct gitstate before, wanted;
	struct error err = ERROR_INIT;

	sh(place, "exec >/dev/null 2>&1; cd one; git bisect start c12 c1");
	read_state(place->one_git, &before);
	read_state(place->one_git, &wanted);
	wanted.bad = place->commits[8];
	oids_add(&wanted.goods, &place->commits[3]);
	sh(place, "exec >/dev/null 2>&1; cd one; git bisect bad c7");
	assert_int_equal(gitstate_write(place->one_git, &before, &wanted, &err),
			 -1);
	assert_int_equal(err.code, ERROR_BUSY);
	gitstate_release(&before);
	/* a new good one, not known to the writer, would be deleted: no */
	read_state(place->one_git, &before);
	sh(place, "exec >/dev/null 2>&1; cd one; git bisect good c2");
	assert_int_equal(gitstate_write(place->one_git, &before, &wanted, &err),
			 -1);
	assert_int_equal(err.code, ERROR_BUSY);
	sh(place, "cd one; test $(git rev-parse refs/bisect/bad) ="
		  " $(git rev-parse c7); git rev-parse -q --verify"
		  " refs/bisect/good-$(git rev-parse c2) >/dev/null");
	gitstate_release(&before);
	gitstate_release(&wanted);
}

static void a_stamp_tells_of_every_mark(void **state)
{
	struct place *place = *state;
	char before[GITSTATE_STAMP], after[GITSTATE_STAMP];
	static const char *const scripts[] = {
		"git bisect start", "git bisect bad c12", "git bisect good c1",
		"git bisect skip",  "git bisect reset",
	};

	gitstate_stamp(place->one_git, before);
	for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
		char *script =
			xasprintf("cd one; %s >/dev/null 2>&1", scripts[i]);

		sh(place, script);
		free(script);
		gitstate_stamp(place->one_git, after);
		assert_string_not_equal(before, after);
		sh(place, "cd one; git status >/dev/null");
		gitstate_stamp(place->one_git, before);
		assert_string_equal(before, after);
	}
}

/* Each line of a log as one word. */
static void lines_of(const char *text, struct buf *out)
{
	struct gitstate_line line;
	struct buf log;
	size_t at = 0;

	buf_init(&log, 0);
	buf_puts(&log, text);
	while (gitstate_next_line(&log, &at, &line))
		buf_printf(out, "%s%.*s|%s|%.4s\n", line.remark ? "!" : "",
			   line.remark ? (int)line.length : 0, line.text,
			   line.term, line.oid.hex);
	buf_release(&log);
}

static void a_log_is_taken_apart(void **state)
{
	static const char id[] = "0123456789012345678901234567890123456789";
	char *text = xasprintf("git bisect start 'v6.8' 'v6.7'\r\n"
			       "# bad: [%s] subject: with [a] colon\n"
			       "git bisect bad %s\n"
			       "  git-bisect  slow\t%s\n"
			       "# status: waiting for good commit(s)\n"
			       "# first 'bad' commit: [%s] x\n"
			       "# only skipped commits left to test\n"
			       "# ran it for three nights\n"
			       "#\n"
			       "\n"
			       "git bisect good v5.0\n"
			       "rubbish",
			       id, id, id, id);
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	lines_of(text, &out);
	assert_string_equal(out.text, "|start|\n||\n|bad|0123\n|slow|0123\n"
				      "||\n||\n||\n"
				      "!ran it for three nights||\n||\n||\n"
				      "|good|\n||\n");
	/* cut anywhere, it is read to its end and no further */
	for (size_t cut = 0; cut < strlen(text); cut++) {
		char *part = xstrndup(text, cut);

		buf_clear(&out);
		lines_of(part, &out);
		free(part);
	}
	buf_release(&out);
	free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_bisection_is_an_empty_state),
		TEST(what_git_keeps_is_read),
		TEST(paths_and_no_checkout_are_read),
		TEST(what_is_written_is_what_git_had_written),
		TEST(a_half_written_state_is_mended),
		TEST(a_mark_made_meanwhile_is_never_overwritten),
		TEST(a_stamp_tells_of_every_mark),
		cmocka_unit_test(a_log_is_taken_apart),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
