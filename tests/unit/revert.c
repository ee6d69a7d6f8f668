/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "repo/gitcmd.h"
#include "repo/keepref.h"
#include "repo/revert.h"
#include "repo/worktree.h"
#include "tests/unit/files.h"
#include "tests/unit/scratch.h"

/*
 * A repository `r` in a folder of its own: the file f has one line, the number
 * of the commit that wrote it last; g is there from the beginning.
 */
struct place {
	char *dir, *repo, *common, *tree;
};

static char *git(const char *dir, const char *words)
{
	const char *argv[32] = { "-C", dir };
	char *copy = xstrdup(words), *rest = copy, *word;
	struct error err = ERROR_INIT;
	struct buf out;
	int count = 2;

	buf_init(&out, 0);
	while ((word = strsep(&rest, " ")) && count < 31)
		argv[count++] = word;
	if (gitcmd_run(&(struct gitcmd){ .argv = argv, .output = &out }, &err) <
	    0)
		fail_msg("%s", err.text);
	out.text[strcspn(out.text, "\n")] = '\0';
	free(copy);
	copy = xstrdup(out.text);
	buf_release(&out);
	return copy;
}

static void git_do(const char *dir, const char *words)
{
	free(git(dir, words));
}

static void put(const char *dir, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", dir, name);

	file_write(path, "we", text, strlen(text));
	free(path);
}

/* Written, committed, and tagged. */
static void commit(const struct place *place, const char *tag, const char *name,
		   const char *text)
{
	char *words = xasprintf("commit -q -m %s", tag);
	char *mark = xasprintf("tag %s", tag);

	put(place->repo, name, text);
	git_do(place->repo, "add -A");
	git_do(place->repo, words);
	git_do(place->repo, mark);
	free(words);
	free(mark);
}

static int enter(void **state)
{
	struct place *place = xcalloc(1, sizeof(*place));
	char *made = scratch_make();

	place->dir = realpath(made, NULL);
	free(made);
	setenv("HOME", place->dir, 1);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	unsetenv("GIT_AUTHOR_NAME");
	unsetenv("GIT_AUTHOR_EMAIL");
	unsetenv("GIT_COMMITTER_NAME");
	unsetenv("GIT_COMMITTER_EMAIL");
	place->repo = xasprintf("%s/r", place->dir);
	place->common = xasprintf("%s/r/.git", place->dir);
	place->tree = xasprintf("%s/tree", place->dir);
	git_do(place->dir, "init -q -b master r");
	git_do(place->repo, "config user.name A");
	git_do(place->repo, "config user.email a@x");
	put(place->repo, "g", "g\n");
	commit(place, "one", "f", "1\n");
	commit(place, "two", "f", "2\n");
	*state = place;
	return 0;
}

static int leave(void **state)
{
	struct place *place = *state;

	scratch_remove(place->dir);
	free(place->repo);
	free(place->common);
	free(place->tree);
	free(place);
	return 0;
}

static struct oid oid_of(const char *dir, const char *spec)
{
	char *words = xasprintf("rev-parse %s", spec), *hex = git(dir, words);
	struct oid oid;

	assert_true(oid_parse(&oid, hex));
	free(words);
	free(hex);
	return oid;
}

/* The commit taken back on top of base; released by the next call. */
static const struct reverted *without(const struct place *place,
				      const char *what, const char *base,
				      int parent)
{
	static struct reverted out;
	struct error err = ERROR_INIT;
	const struct revert_spec spec = {
		.common_dir = place->common,
		.path = place->tree,
		.base = oid_of(place->repo, base),
		.commit = oid_of(place->repo, what),
		.parent = parent,
		.group = "7",
	};

	reverted_release(&out);
	reverted_init(&out);
	if (revert_make(&spec, &out, &err) < 0)
		fail_msg("%s", err.text);
	return &out;
}

static void assert_same_tree(const struct place *place,
			     const struct reverted *made, const char *spec)
{
	struct oid tree = oid_of(place->repo, spec);

	assert_int_equal(made->made, MADE_OK);
	assert_string_equal(made->tree.hex, tree.hex);
}

static void ok_is_there(const struct place *place, const struct oid *commit,
			bool *there)
{
	struct error err = ERROR_INIT;

	if (revert_is_there(place->common, commit, there, &err) < 0)
		fail_msg("%s", err.text);
}

static void on_top_of_itself_its_parents_tree_is_left(void **state)
{
	struct place *place = *state;
	char *before = git(place->repo, "for-each-ref"), *after, *head;
	const struct reverted *made;

	/* a hook of the user's that fails is not asked */
	put(place->repo, ".git/hooks/commit-msg", "#!/bin/sh\nexit 1\n");
	made = without(place, "two", "two", 0);
	assert_same_tree(place, made, "one^{tree}");
	head = git(place->tree, "log --format=%an:%s -1");
	assert_string_equal(head, "culprit:Revert \"two\"");
	after = git(place->repo, "for-each-ref");
	assert_string_equal(before, after);
	free(before);
	free(after);
	free(head);
}

static void made_again_it_is_the_same_commit(void **state)
{
	struct place *place = *state;
	struct oid first = without(place, "two", "two", 0)->oid;
	const struct reverted *again;
	bool there;

	ok_is_there(place, &first, &there);
	assert_true(there);
	setenv("GIT_COMMITTER_DATE", "@1234567890 +0100", 1);
	setenv("GIT_AUTHOR_NAME", "Somebody Else", 1);
	again = without(place, "two", "two", 0);
	unsetenv("GIT_COMMITTER_DATE");
	unsetenv("GIT_AUTHOR_NAME");
	assert_int_equal(again->made, MADE_OK);
	assert_string_equal(again->oid.hex, first.hex);
	memset(first.hex, '1', 40);
	ok_is_there(place, &first, &there);
	assert_false(there);
}

/* Files half written, no index yet, and locks. */
static void half_a_revert_is_nobodys_work(void **state)
{
	struct place *place = *state;
	struct oid first = without(place, "two", "two", 0)->oid;
	char *lock = git(place->tree, "rev-parse --git-path MERGE_MSG.lock");
	char *index = git(place->tree, "rev-parse --git-path index.lock");
	const struct reverted *again;

	git_do(place->tree, "checkout -q --detach two");
	put(place->tree, "f", "half\n");
	put(place->tree, "new", "of the revert\n");
	file_write(lock, "we", "", 0);
	file_write(index, "we", "", 0);
	again = without(place, "two", "two", 0);
	assert_int_equal(again->made, MADE_OK);
	assert_string_equal(again->oid.hex, first.hex);
	free(lock);
	free(index);
}

static void the_worktree_serves_for_several(void **state)
{
	struct place *place = *state;

	commit(place, "three", "h", "h\n");
	assert_same_tree(place, without(place, "two", "two", 0), "one^{tree}");
	assert_int_equal(without(place, "two", "three", 0)->made, MADE_OK);
	git_do(place->tree, "diff --quiet three -- h");
	git_do(place->tree, "diff --quiet one -- f");
}

static void what_was_taken_back_already_leaves_nothing_to_do(void **state)
{
	struct place *place = *state;

	commit(place, "back", "f", "1\n");
	assert_int_equal(without(place, "two", "back", 0)->made, MADE_EMPTY);
}

static void a_conflict_is_left_for_a_person_to_mend(void **state)
{
	struct place *place = *state;
	const struct reverted *made;

	commit(place, "three", "f", "3\n");
	made = without(place, "two", "three", 0);
	assert_int_equal(made->made, MADE_CONFLICT);
	assert_string_equal(made->paths.text, "f");
	/* nothing was done: it is there as it was */
	assert_int_equal(without(place, "two", "three", 0)->made,
			 MADE_CONFLICT);
	/* mended without a word to git */
	put(place->tree, "f", "mended\n");
	put(place->tree, "g", "and this\n");
	assert_int_equal(without(place, "two", "three", 0)->made, MADE_OK);
	git_do(place->tree, "diff --quiet HEAD");
	git_do(place->tree, "merge-base --is-ancestor three HEAD");
	put(place->tree, "x", "mended\n");
	git_do(place->tree, "diff --no-index --quiet x f");
}

/* No branch has it, and nobody could make it again. */
static void what_a_person_mended_is_kept_from_gits_gc(void **state)
{
	struct place *place = *state;
	char *before = git(place->repo, "for-each-ref"), *after, **groups;
	struct oid made, again;
	struct buf kept;
	bool there;

	commit(place, "three", "f", "3\n");
	free(before);
	before = git(place->repo, "for-each-ref --format=%(refname)");
	assert_int_equal(without(place, "two", "three", 0)->made,
			 MADE_CONFLICT);
	put(place->tree, "f", "mended\n");
	assert_int_equal(without(place, "two", "three", 0)->made, MADE_OK);
	made = oid_of(place->tree, "HEAD");
	again = without(place, "two", "two", 0)->oid;
	buf_init(&kept, 0);
	assert_int_equal(revert_clean(place->common, place->tree, &kept, NULL),
			 0);
	buf_release(&kept);
	git_do(place->repo, "reflog expire --expire=now --all");
	git_do(place->repo, "gc -q --prune=now");
	ok_is_there(place, &made, &there);
	assert_true(there);
	/* that one git can make again, so it is kept by nothing */
	ok_is_there(place, &again, &there);
	assert_false(there);
	assert_int_equal(keepref_groups(place->common, &groups, NULL), 0);
	assert_string_equal(groups[0], "7");
	assert_null(groups[1]);
	argv_free(groups);
	assert_int_equal(keepref_drop(place->common, "70", NULL), 0);
	ok_is_there(place, &made, &there);
	assert_true(there);
	assert_int_equal(keepref_drop(place->common, "7", NULL), 0);
	assert_int_equal(keepref_drop(place->common, "7", NULL), 0);
	assert_int_equal(keepref_groups(place->common, &groups, NULL), 0);
	assert_null(groups[0]);
	argv_free(groups);
	after = git(place->repo, "for-each-ref --format=%(refname)");
	assert_string_equal(before, after);
	git_do(place->repo, "gc -q --prune=now");
	ok_is_there(place, &made, &there);
	assert_false(there);
	free(before);
	free(after);
}

/* Another base is tried beside it, and what was begun there is taken up. */
static void what_a_person_mends_outlives_other_reverts(void **state)
{
	struct place *place = *state;
	const struct reverted *made;
	char *second = xasprintf("%s-2", place->tree);
	struct buf kept;

	commit(place, "three", "f", "3\n");
	commit(place, "four", "f", "4\n");
	made = without(place, "two", "three", 0);
	assert_int_equal(made->made, MADE_CONFLICT);
	assert_string_equal(made->where, place->tree);
	put(place->tree, "f", "<<<<<<< half\n");
	made = without(place, "two", "four", 0);
	assert_int_equal(made->made, MADE_CONFLICT);
	assert_string_equal(made->where, second);
	/* nobody has touched the second one */
	buf_init(&kept, 0);
	assert_int_equal(revert_clean(place->common, place->tree, &kept, NULL),
			 0);
	assert_int_equal(strncmp(kept.text, place->tree, strlen(place->tree)),
			 0);
	assert_string_equal(kept.text + strlen(place->tree), "\n");
	assert_int_equal(access(second, F_OK), -1);
	assert_int_equal(without(place, "two", "two", 0)->made, MADE_OK);
	put(place->tree, "f", "mended\n");
	made = without(place, "two", "three", 0);
	assert_int_equal(made->made, MADE_OK);
	put(place->tree, "x", "mended\n");
	git_do(place->tree, "diff --no-index --quiet x f");
	/* it is a commit now */
	buf_clear(&kept);
	assert_int_equal(revert_clean(place->common, place->tree, &kept, NULL),
			 0);
	assert_string_equal(kept.text, "");
	assert_int_equal(access(place->tree, F_OK), -1);
	buf_release(&kept);
	free(second);
}

static void who_commits_it_with_git_is_understood(void **state)
{
	struct place *place = *state;
	const struct reverted *made;
	struct oid head;

	commit(place, "three", "f", "3\n");
	without(place, "two", "three", 0);
	put(place->tree, "f", "mended\n");
	git_do(place->tree, "add f");
	git_do(place->tree, "-c user.name=P -c user.email=p@x -c "
			    "core.editor=true revert --continue");
	head = oid_of(place->tree, "HEAD");
	made = without(place, "two", "three", 0);
	assert_int_equal(made->made, MADE_OK);
	assert_string_equal(made->oid.hex, head.hex);
}

static void who_aborts_it_begins_again(void **state)
{
	struct place *place = *state;

	commit(place, "three", "f", "3\n");
	without(place, "two", "three", 0);
	git_do(place->tree, "revert --abort");
	assert_int_equal(without(place, "two", "three", 0)->made,
			 MADE_CONFLICT);
	/* resolved to what was there: there is nothing to take back */
	put(place->tree, "f", "3\n");
	assert_int_equal(without(place, "two", "three", 0)->made, MADE_EMPTY);
}

static void a_removed_file_needs_a_word_to_git(void **state)
{
	struct place *place = *state;

	git_do(place->repo, "rm -q f");
	git_do(place->repo, "commit -q -m three");
	git_do(place->repo, "tag three");
	assert_int_equal(without(place, "two", "three", 0)->made,
			 MADE_CONFLICT);
	assert_int_equal(without(place, "two", "three", 0)->made,
			 MADE_CONFLICT);
	git_do(place->tree, "rm -q f");
	assert_int_equal(without(place, "two", "three", 0)->made, MADE_EMPTY);
}

static void of_a_merge_the_parent_is_named_that_stays(void **state)
{
	struct place *place = *state;
	struct reverted out;
	struct error err = ERROR_INIT;
	struct revert_spec spec;

	git_do(place->repo, "checkout -q -b side one");
	commit(place, "s", "h", "h\n");
	git_do(place->repo, "checkout -q master");
	git_do(place->repo, "merge -q --no-edit side");
	assert_same_tree(place, without(place, "HEAD", "HEAD", 1),
			 "two^{tree}");
	assert_same_tree(place, without(place, "HEAD", "HEAD", 2), "s^{tree}");
	/* what git refuses is said */
	spec = (struct revert_spec){
		.common_dir = place->common,
		.path = place->tree,
		.base = oid_of(place->repo, "HEAD"),
		.commit = oid_of(place->repo, "HEAD"),
	};
	git_do(place->tree, "checkout -q --detach one");
	reverted_init(&out);
	assert_int_equal(revert_make(&spec, &out, &err), -1);
	assert_true(str_starts(err.text, "cannot revert "));
	assert_non_null(strstr(err.text, "is a merge"));
	reverted_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)
		TEST(on_top_of_itself_its_parents_tree_is_left),
		TEST(made_again_it_is_the_same_commit),
		TEST(half_a_revert_is_nobodys_work),
		TEST(the_worktree_serves_for_several),
		TEST(what_was_taken_back_already_leaves_nothing_to_do),
		TEST(a_conflict_is_left_for_a_person_to_mend),
		TEST(what_a_person_mended_is_kept_from_gits_gc),
		TEST(what_a_person_mends_outlives_other_reverts),
		TEST(who_commits_it_with_git_is_understood),
		TEST(who_aborts_it_begins_again),
		TEST(a_removed_file_needs_a_word_to_git),
		TEST(of_a_merge_the_parent_is_named_that_stays),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
