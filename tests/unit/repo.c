/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "engine/commit.h"
#include "engine/graph.h"
#include "engine/merge_bases.h"
#include "engine/oid.h"
#include "engine/suspects.h"
#include "repo/gitcmd.h"
#include "repo/patches.h"
#include "repo/range.h"
#include "repo/reach.h"
#include "repo/repo.h"
#include "repo/show.h"
#include "repo/tags.h"
#include "repo/worktree.h"
#include "tests/unit/scratch.h"

/*
 * libgit2 1.5 loses memory when it opens a repository that has extensions;
 * the sanitizer need not tell us each time.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2";
}

/* A folder for one test, with an empty repository `r` in it. */
struct place {
	char *dir;
	char *path;   /* of the repository's checkout */
	char *common; /* of its .git */
};

static char *taken(struct buf *buf)
{
	char *text = buf_take(buf);

	buf_release(buf);
	return text;
}

static char *in(const struct place *place, const char *name)
{
	return xasprintf("%s/%s", place->dir, name);
}

static char *file_text(const char *path)
{
	struct buf text;
	FILE *file = fopen(path, "re");
	int c;

	if (!file)
		return xstrdup("(none)");
	buf_init(&text, 0);
	while ((c = fgetc(file)) != EOF)
		buf_putc(&text, (char)c);
	fclose(file);
	return taken(&text);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* Run git in a folder, words parted by spaces; what it prints, or NULL. */
static char *git_try(const char *dir, const char *words, const char *input)
{
	const char *argv[64] = { "-C", dir };
	char *copy = xstrdup(words), *rest = copy, *word;
	struct error err = ERROR_INIT;
	struct buf out;
	int count = 2, ret;

	buf_init(&out, 0);
	while ((word = strsep(&rest, " ")) && count < 63)
		argv[count++] = word;
	ret = gitcmd_run(&(struct gitcmd){ .argv = argv,
					   .fetches = true,
					   .input = input,
					   .input_length =
						   input ? strlen(input) : 0,
					   .output = &out },
			 &err);
	free(copy);
	if (ret == 0)
		return taken(&out);
	if (!strstr(err.text, "exit status 1")) /* git's plain "no" */
		print_message("# %s\n", err.text);
	buf_release(&out);
	return NULL;
}

/* It must work; the last newline is dropped. */
static char *git(const char *dir, const char *words)
{
	char *out = git_try(dir, words, NULL);

	assert_non_null(out);
	if (str_ends(out, "\n"))
		out[strlen(out) - 1] = '\0';
	return out;
}

static void git_do(const char *dir, const char *words)
{
	free(git(dir, words));
}

static int enter(void **state)
{
	struct place *place = xcalloc(1, sizeof(*place));
	char *made = scratch_make();

	place->dir = realpath(made, NULL);
	assert_non_null(place->dir);
	free(made);
	setenv("HOME", place->dir, 1);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_OPTIONAL_LOCKS", "0", 1);
	setenv("GIT_AUTHOR_NAME", "A U Thor", 1);
	setenv("GIT_AUTHOR_EMAIL", "author@example.com", 1);
	setenv("GIT_AUTHOR_DATE", "1700000000 +0000", 1);
	setenv("GIT_COMMITTER_NAME", "C O Mitter", 1);
	setenv("GIT_COMMITTER_EMAIL", "committer@example.com", 1);
	setenv("GIT_COMMITTER_DATE", "1700000000 +0000", 1);
	unsetenv("XDG_CONFIG_HOME");
	place->path = in(place, "r");
	place->common = in(place, "r/.git");
	assert_int_equal(mkdir(place->path, 0700), 0);
	git_do(place->path, "init -q -b master --template=");
	*state = place;
	return 0;
}

static int leave(void **state)
{
	struct place *place = *state;

	scratch_remove(place->dir);
	free(place->path);
	free(place->common);
	free(place);
	return 0;
}

static struct repo *open_repo(const char *path)
{
	struct error err = ERROR_INIT;
	struct repo *repo = NULL;

	if (repo_open(path, &repo, &err) < 0)
		fail_msg("%s", err.text);
	return repo;
}

static struct oid resolved(struct repo *repo, const char *spec)
{
	struct error err = ERROR_INIT;
	struct oid oid;

	if (repo_resolve(repo, spec, &oid, &err) < 0)
		fail_msg("%s", err.text);
	return oid;
}

/* Why it cannot be opened. */
static const char *refusal(const char *path)
{
	static struct error err;
	struct repo *repo = NULL;

	if (repo_open(path, &repo, &err) == 0) {
		repo_close(repo);
		return "opened";
	}
	assert_null(repo);
	assert_string_not_equal(err.text, "");
	return err.text;
}

static void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' does not say '%s'", text, part);
}

/*
 * A history in words, one commit a line: NAME[@DATE] PARENT...  Each commit
 * gets a tag of its name.  Without a date a commit is 100 s younger than the
 * one above it.
 */
static void import(const struct place *place, const char *picture)
{
	char *copy = xstrdup(picture), *rest = copy, *line, *said;
	int64_t date = 1600000000;
	struct buf stream;

	buf_init(&stream, 0);
	while ((line = strsep(&rest, "\n"))) {
		char *name = strsep(&line, " "), *at, *parent;
		bool first = true;

		if (!*name)
			continue;
		date += 100;
		at = strchr(name, '@');
		if (at) {
			*at = '\0';
			assert_true(str_number(at + 1, 0, INT64_MAX, &date));
		}
		buf_printf(&stream,
			   "reset refs/tags/%s\ncommit refs/tags/%s\n"
			   "author A <a@x> %lld +0100\n"
			   "committer C <c@x> %lld +0000\n"
			   "data %zu\n%s\n",
			   name, name, (long long)date - 7, (long long)date,
			   strlen(name), name);
		while ((parent = strsep(&line, " "))) {
			buf_printf(&stream, "%s refs/tags/%s\n",
				   first ? "from" : "merge", parent);
			first = false;
		}
		buf_putc(&stream, '\n');
	}
	said = git_try(place->path, "fast-import --quiet", stream.text);
	assert_non_null(said);
	free(said);
	buf_release(&stream);
	free(copy);
}

/* Opening and resolving */

static void a_repository_is_found_from_any_folder_of_it(void **state)
{
	struct place *place = *state;
	char *sub = in(place, "r/deep");
	struct repo *repo;

	assert_int_equal(mkdir(sub, 0700), 0);
	repo = open_repo(sub);
	assert_string_equal(repo_common_dir(repo), place->common);
	assert_string_equal(repo_workdir(repo), place->path);
	assert_false(repo_is_shallow(repo));
	repo_close(repo);
	repo_close(NULL);
	free(sub);
}

static void a_bare_repository_has_no_workdir(void **state)
{
	struct place *place = *state;
	char *bare = in(place, "bare");
	struct repo *repo;

	git_do(place->dir, "init -q --bare bare");
	repo = open_repo(bare);
	assert_string_equal(repo_common_dir(repo), bare);
	assert_null(repo_workdir(repo));
	repo_close(repo);
	free(bare);
}

static void a_linked_worktree_leads_to_the_common_dir(void **state)
{
	struct place *place = *state;
	char *linked = in(place, "linked");
	struct repo *repo;

	import(place, "a");
	git_do(place->path, "worktree add -q --detach ../linked a");
	repo = open_repo(linked);
	assert_string_equal(repo_common_dir(repo), place->common);
	assert_string_equal(repo_workdir(repo), linked);
	repo_close(repo);
	free(linked);
}

static void what_is_no_repository_is_said_so(void **state)
{
	struct place *place = *state;
	char *nothing = in(place, "nothing");

	assert_says(refusal(place->dir), "is not in a git repository");
	assert_says(refusal(nothing), "cannot open");
	assert_says(refusal(nothing), "No such file or directory");
	free(nothing);
}

static void what_libgit2_cannot_read_is_named(void **state)
{
	struct place *place = *state;
	char *other = in(place, "other");

	git_do(place->dir, "init -q --object-format=sha256 other");
	assert_says(refusal(other), "sha256");
	assert_says(refusal(other), "libgit2 cannot read");
	git_do(place->path, "config core.repositoryformatversion 1");
	git_do(place->path, "config extensions.refstorage reftable");
	assert_says(refusal(place->path), "reftable");
	free(other);
}

static void harmless_extensions_are_no_hindrance(void **state)
{
	struct place *place = *state;
	char *config = in(place, "r/.git/config");

	write_file(config, "[core]\n\trepositoryformatversion = 1\n"
			   "[extensions]\n\tworktreeConfig = true\n"
			   "\tpartialClone = origin\n"
			   "\tpreciousObjects = true\n"
			   "\trelativeWorktrees = true\n");
	repo_close(open_repo(place->path));
	write_file(config, "[core]\n\trepositoryformatversion = 1\n"
			   "[extensions]\n\tsomethingNew = true\n");
	assert_says(refusal(place->path), "cannot open the repository");
	assert_says(refusal(place->path), "somethingnew");
	free(config);
}

/* Only root can give a repository to somebody else. */
static void a_repository_of_somebody_else_is_refused(void **state)
{
	struct place *place = *state;

	if (geteuid() != 0) {
		assert_string_equal(refusal(place->path), "opened");
		return;
	}
	assert_int_equal(chown(place->common, 12345, 12345), 0);
	assert_int_equal(chown(place->path, 12345, 12345), 0);
	assert_says(refusal(place->path), "belongs to somebody else");
	assert_says(refusal(place->path), "safe.directory");
	assert_int_equal(chown(place->common, 0, 0), 0);
	assert_int_equal(chown(place->path, 0, 0), 0);
}

static void a_shallow_clone_is_noticed_in_its_worktrees_too(void **state)
{
	struct place *place = *state;
	char *clone = in(place, "clone"), *linked = in(place, "linked");
	char *from =
		xasprintf("clone -q --depth=1 file://%s clone", place->path);
	struct repo *repo;

	import(place, "a\nb a\nc b");
	git_do(place->path, "update-ref refs/heads/master c");
	git_do(place->dir, from);
	git_do(clone, "worktree add -q --detach ../linked");
	repo = open_repo(clone);
	assert_true(repo_is_shallow(repo));
	repo_close(repo);
	repo = open_repo(linked);
	assert_true(repo_is_shallow(repo));
	repo_close(repo);
	free(from);
	free(linked);
	free(clone);
}

static void revisions_are_what_git_takes_them_for(void **state)
{
	static const char *const specs[] = {
		"a",	  "e",		 "e~2",		"e^2",
		"e^2~1",  "refs/tags/b", "tags/b",	"HEAD",
		"@",	  "HEAD^0",	 "master",	"heads/master",
		"noted",  "noted^{}",	 "noted~1",	"noted^{commit}",
		"nested", "HEAD^{/b}",	 ":/d",		"master@{0}",
		"e^2^",	  "e^^",	 "b^{commit}^", "@~1",
	};
	struct place *place = *state;
	struct repo *repo;

	import(place, "a\nb a\nc a\nd c\ne b d");
	git_do(place->path, "update-ref -m made refs/heads/master e");
	git_do(place->path, "config core.logAllRefUpdates true");
	git_do(place->path, "update-ref -m again --create-reflog "
			    "refs/heads/master d");
	git_do(place->path, "update-ref -m again refs/heads/master e");
	git_do(place->path, "tag -a -m text noted e");
	git_do(place->path, "tag -a -m text nested noted");
	repo = open_repo(place->path);
	for (size_t i = 0; i < sizeof(specs) / sizeof(*specs); i++) {
		char *words = xasprintf("rev-list --no-walk %s", specs[i]);
		char *wanted = git(place->path, words);
		struct oid oid = resolved(repo, specs[i]);

		if (!str_equal(oid.hex, wanted))
			fail_msg("%s is %s, not %s", specs[i], oid.hex, wanted);
		free(wanted);
		free(words);
	}
	repo_close(repo);
}

static void an_abbreviated_name_will_do(void **state)
{
	struct place *place = *state;
	struct repo *repo;
	struct oid oid, again;
	char shorter[13];

	import(place, "a\nb a");
	repo = open_repo(place->path);
	oid = resolved(repo, "b");
	str_copy(shorter, sizeof(shorter), oid.hex);
	again = resolved(repo, shorter);
	assert_true(oid_equal(&oid, &again));
	repo_close(repo);
}

static void what_is_no_commit_is_said_so(void **state)
{
	struct place *place = *state;
	struct error err = ERROR_INIT;
	struct oid oid = { "untouched" };
	struct repo *repo;

	import(place, "a");
	git_do(place->path, "tag -a -m text treetag a^{tree}");
	repo = open_repo(place->path);
	assert_int_equal(repo_resolve(repo, "nonsense", &oid, &err), -1);
	assert_int_equal(err.code, ERROR_GIT);
	assert_says(err.text, "cannot resolve 'nonsense': ");
	assert_int_equal(repo_resolve(repo, "a^{tree}", &oid, &err), -1);
	assert_string_equal(err.text, "cannot resolve 'a^{tree}': "
				      "it is a tree, not a commit");
	assert_int_equal(repo_resolve(repo, "treetag", &oid, &err), -1);
	assert_says(err.text, "it is a tree, not a commit");
	assert_int_equal(repo_resolve(repo, "", &oid, &err), -1);
	assert_int_equal(repo_resolve(repo, "a~9", &oid, &err), -1);
	assert_string_equal(oid.hex, "untouched");
	repo_close(repo);
}

static void a_range_has_two_ends_and_head_where_one_is_missing(void **state)
{
	struct place *place = *state;
	struct error err = ERROR_INIT;
	struct oid from, to, a, c;
	struct repo *repo;

	import(place, "a\nb a\nc b");
	git_do(place->path, "update-ref refs/heads/master c");
	repo = open_repo(place->path);
	a = resolved(repo, "a");
	c = resolved(repo, "c");
	assert_int_equal(repo_resolve_range(repo, "a..c", &from, &to, &err), 0);
	assert_true(oid_equal(&from, &a) && oid_equal(&to, &c));
	assert_int_equal(repo_resolve_range(repo, "a..", &from, &to, &err), 0);
	assert_true(oid_equal(&from, &a) && oid_equal(&to, &c));
	assert_int_equal(repo_resolve_range(repo, "..a", &from, &to, &err), 0);
	assert_true(oid_equal(&from, &c) && oid_equal(&to, &a));
	assert_int_equal(repo_resolve_range(repo, "a...c", &from, &to, &err),
			 -1);
	assert_int_equal(err.code, ERROR_INPUT);
	assert_int_equal(repo_resolve_range(repo, "a", &from, &to, &err), -1);
	assert_int_equal(err.code, ERROR_INPUT);
	assert_int_equal(repo_resolve_range(repo, "a..x", &from, &to, &err),
			 -1);
	assert_says(err.text, "cannot resolve 'x'");
	repo_close(repo);
}

/* Ranges */

#define GOODS_MAX 6

struct query {
	const char *bad;
	const char *goods[GOODS_MAX];
	size_t count;
};

static struct graph *load(struct repo *repo, const struct query *query)
{
	struct error err = ERROR_INIT;
	struct graph *graph = graph_new();
	struct oid bad = resolved(repo, query->bad), goods[GOODS_MAX];

	for (size_t i = 0; i < query->count; i++)
		goods[i] = resolved(repo, query->goods[i]);
	if (range_load(repo, &bad, goods, query->count, graph, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(graph_is_expanded(graph, graph_find(graph, &bad)));
	for (size_t i = 0; i < query->count; i++)
		assert_true(
			graph_is_expanded(graph, graph_find(graph, &goods[i])));
	return graph;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct oid *)a)->hex,
		      ((const struct oid *)b)->hex);
}

/* The commits' names in one text, and freed. */
static char *names_of(struct oid *oids, size_t count, bool sorted)
{
	struct buf out;

	buf_init(&out, 0);
	if (count && sorted)
		qsort(oids, count, sizeof(*oids), by_text);
	for (size_t i = 0; i < count; i++)
		buf_printf(&out, "%s\n", oids[i].hex);
	free(oids);
	return taken(&out);
}

static char *commits_text(const struct graph *graph, const int *commits,
			  int count, bool sorted)
{
	struct oid *oids = xcalloc((size_t)count + 1, sizeof(*oids));

	for (int i = 0; i < count; i++)
		oids[i] = *graph_oid(graph, commits[i]);
	return names_of(oids, (size_t)count, sorted);
}

static char *lines_text(char *text, bool sorted)
{
	struct oid *oids = NULL;
	size_t count = 0, room = 0;
	char *rest = text, *line;

	while (text && (line = strsep(&rest, "\n"))) {
		array_grow(oids, count + 1, &room);
		if (oid_parse(&oids[count], line))
			count++;
	}
	free(text);
	return names_of(oids, count, sorted);
}

/* What was loaded is all that either walk of git takes. */
static void assert_whole(const struct graph *graph, int bad, const int *goods,
			 size_t count)
{
	for (int first_parent = 0; first_parent < 2; first_parent++) {
		struct suspects *suspects = suspects_find(
			graph, &(struct suspects_query){
				       .bad = bad,
				       .goods = goods,
				       .good_count = (int)count,
				       .first_parent = first_parent });

		assert_true(suspects->whole);
		suspects_free(suspects);
	}
}

/* The same question to the graph and to git: suspects, bases, ancestors. */
static void assert_as_git(const struct place *place, struct repo *repo,
			  const struct query *query)
{
	struct graph *graph = load(repo, query);
	struct oid oid = resolved(repo, query->bad);
	int goods[GOODS_MAX], bad = graph_find(graph, &oid), *bases, count;
	struct buf list, base;
	struct suspects *suspects;
	char *ours, *theirs;

	buf_init(&list, 0);
	buf_init(&base, 0);
	buf_printf(&list, "rev-list %s", query->bad);
	buf_printf(&base, "merge-base --all %s", query->bad);
	for (size_t i = 0; i < query->count; i++) {
		oid = resolved(repo, query->goods[i]);
		goods[i] = graph_find(graph, &oid);
		buf_printf(&list, " ^%s", query->goods[i]);
		buf_printf(&base, " %s", query->goods[i]);
	}
	assert_whole(graph, bad, goods, query->count);
	suspects =
		suspects_find(graph, &(struct suspects_query){
					     .bad = bad,
					     .goods = goods,
					     .good_count = (int)query->count });
	ours = commits_text(graph, suspects->commits, suspects->count, true);
	theirs = lines_text(git(place->path, list.text), true);
	if (!str_equal(ours, theirs))
		fail_msg("%s:\n%s\nnot as git:\n%s", list.text, ours, theirs);
	free(ours);
	free(theirs);

	if (query->count) {
		count = merge_bases_find(graph, bad, goods, (int)query->count,
					 &bases);
		ours = commits_text(graph, bases, count, false);
		/* git's exit status is 1 where there is none */
		theirs = lines_text(git_try(place->path, base.text, NULL),
				    false);
		if (!str_equal(ours, theirs))
			fail_msg("%s:\n%s\nnot as git:\n%s", base.text, ours,
				 theirs);
		free(bases);
		free(ours);
		free(theirs);
	}
	for (size_t i = 0; i < query->count; i++) {
		char *words = xasprintf("merge-base --is-ancestor %s %s",
					query->goods[i], query->bad);
		char *said = git_try(place->path, words, NULL);

		assert_int_equal(graph_is_ancestor(graph, goods[i], bad),
				 said != NULL);
		free(said);
		free(words);
	}
	suspects_free(suspects);
	graph_free(graph);
	buf_release(&list);
	buf_release(&base);
}

static void check_query(const struct place *place, struct query query)
{
	struct repo *repo = open_repo(place->path);

	while (query.count < GOODS_MAX && query.goods[query.count])
		query.count++;
	assert_as_git(place, repo, &query);
	repo_close(repo);
}

static void a_line_is_loaded_down_to_the_good_end(void **state)
{
	struct place *place = *state;

	import(place, "a\nb a\nc b\nd c\ne d");
	check_query(place, (struct query){ "e", { "b" }, 0 });
	check_query(place, (struct query){ "e", { "b", "c" }, 0 });
	check_query(place, (struct query){ "e", { NULL }, 0 });
}

static void equal_or_turned_ends_leave_no_suspects(void **state)
{
	struct place *place = *state;

	import(place, "a\nb a\nc b");
	check_query(place, (struct query){ "b", { "b" }, 0 });
	check_query(place, (struct query){ "a", { "c" }, 0 });
	check_query(place, (struct query){ "b", { "c", "a" }, 0 });
}

static void merges_and_equal_dates_are_walked_as_git_does(void **state)
{
	struct place *place = *state;

	import(place, "a@1600000000\nb@1600000000 a\nc@1600000000 a\n"
		      "d@1600000000 b c\ne@1600000000 c\nf@1600000000 d e");
	check_query(place, (struct query){ "f", { "b" }, 0 });
	check_query(place, (struct query){ "f", { "c" }, 0 });
	check_query(place, (struct query){ "f", { "e", "b" }, 0 });
	check_query(place, (struct query){ "d", { "e" }, 0 });
}

static void a_criss_cross_has_two_merge_bases(void **state)
{
	struct place *place = *state;

	import(place, "root\na root\nb root\nc a b\nd b a\ne c\nf d");
	check_query(place, (struct query){ "e", { "f" }, 0 });
	check_query(place, (struct query){ "e", { "f", "a" }, 0 });
}

static void a_good_side_branch_is_loaded_down_to_the_fork(void **state)
{
	struct place *place = *state;

	import(place, "a\nb a\nside1 b\nside2 side1\nc b\nd c\ne d\nf e");
	check_query(place, (struct query){ "f", { "side2" }, 0 });
	check_query(place, (struct query){ "f", { "side2", "c" }, 0 });
}

static void of_unrelated_histories_both_are_loaded(void **state)
{
	struct place *place = *state;
	struct repo *repo;
	struct graph *graph;

	import(place, "a\nb a\nc b\nx\ny x\nz y");
	check_query(place, (struct query){ "c", { "z" }, 0 });
	repo = open_repo(place->path);
	graph = load(repo, &(struct query){ "c", { "z" }, 1 });
	assert_int_equal(graph_count(graph), 6);
	repo_close(repo);
	graph_free(graph);
}

/* The good end is much older than where the walk by date stops. */
static void an_old_good_end_is_reached_all_the_same(void **state)
{
	struct place *place = *state;
	struct buf line;

	buf_init(&line, 0);
	buf_puts(&line, "c0\n");
	for (int i = 1; i < 60; i++)
		buf_printf(&line, "c%d c%d\n", i, i - 1);
	import(place, line.text);
	check_query(place, (struct query){ "c59", { "c57", "c1" }, 0 });
	buf_release(&line);
}

/* Neither walk is a part of the other. */
static void along_first_parents_wrong_clocks_may_lead_further(void **state)
{
	struct place *place = *state;

	import(place,
	       "c0@1000\nc1@1010 c0\nc2@1053 c0\nc3@1042 c0\nc4@1076 c2\n"
	       "c5@1052 c3\nc6@1010 c5\nc7@1064 c2\nc8@1031 c2\n"
	       "c9@1050 c5 c6\nc10@1042 c9 c7\nc11@1057 c10\nc12@1014 c11\n"
	       "c13@1060\nc14@1080 c9 c12\nc15@1038 c9\nc16@1011 c14 c10\n"
	       "c17@1075 c13 c14\nc18@1050 c17 c16");
	check_query(place, (struct query){ "c18", { "c16" }, 0 });
}

/*
 * y is an ancestor of the good g, by a way through commits that claim to be
 * old: git finds out if there are no more than five of them.
 */
static void five_commits_of_slop_are_walked_and_no_more(void **state)
{
	struct place *place = *state;

	import(place, "y@8500\nx@9000 y\nb@9900 x\np1@100 y\np2@101 p1\n"
		      "p3@102 p2\np4@103 p3\np5@104 p4\np6@105 p5\n"
		      "g4@9500 p4\ng5@9500 p5\ng6@9500 p6\n"
		      "b4@9900 x g4\nb5@9900 x g5\nb6@9900 x g6");
	check_query(place, (struct query){ "b", { "g5" }, 0 });
	check_query(place, (struct query){ "b4", { "g4" }, 0 });
	check_query(place, (struct query){ "b5", { "g5" }, 0 });
	check_query(place, (struct query){ "b6", { "g6" }, 0 });
}

/* c is a common ancestor too, but below m by a way with wrong clocks. */
static void a_merge_base_below_another_one_is_recognized(void **state)
{
	struct place *place = *state;

	import(place, "k1@5000\nk2 k1\nk3 k2\nk4 k3\nk5 k4\nk6 k5\nk7 k6\n"
		      "k8 k7\nk9 k8\nc k9\nz3@100 c\nz2 z3\nz1 z2\n"
		      "m@8000 z1\ng m c\nb@9000 m c");
	check_query(place, (struct query){ "b", { "g" }, 0 });
}

static void what_lies_far_below_the_good_end_is_not_read(void **state)
{
	struct place *place = *state;
	struct repo *repo;
	struct graph *graph;
	struct buf line;
	struct oid oid;
	int outermost = 0;

	buf_init(&line, 0);
	buf_puts(&line, "c0\n");
	for (int i = 1; i < 100; i++)
		buf_printf(&line, "c%d c%d\n", i, i - 1);
	import(place, line.text);
	buf_release(&line);
	repo = open_repo(place->path);
	graph = load(repo, &(struct query){ "c99", { "c90" }, 1 });
	/* nine suspects, the good one, five of slop, one on the edge */
	assert_in_range(graph_count(graph), 11, 18);
	for (int i = 0; i < graph_count(graph); i++) {
		assert_true(graph_date(graph, i) > 1600000000);
		outermost += !graph_is_expanded(graph, i);
	}
	assert_int_equal(outermost, 1);
	oid = resolved(repo, "c50");
	assert_int_equal(graph_find(graph, &oid), -1);
	repo_close(repo);
	graph_free(graph);
}

static void loading_twice_adds_only_what_is_new(void **state)
{
	struct place *place = *state;
	struct error err = ERROR_INIT;
	struct graph *graph = graph_new();
	struct repo *repo;
	struct oid bad, good, old;
	int before;

	import(place, "a\nb a\nc b\nd c\ne d\nf e\ng f\nh g\ni h\nj i\nk j");
	repo = open_repo(place->path);
	bad = resolved(repo, "k");
	good = resolved(repo, "j");
	old = resolved(repo, "a");
	assert_int_equal(range_load(repo, &bad, &good, 1, graph, &err), 0);
	before = graph_count(graph);
	assert_int_equal(range_load(repo, &bad, &good, 1, graph, &err), 0);
	assert_int_equal(graph_count(graph), before);
	assert_int_equal(graph_find(graph, &old), -1);
	assert_int_equal(range_load(repo, &bad, &old, 1, graph, &err), 0);
	assert_int_equal(graph_count(graph), 11);
	assert_true(graph_is_ancestor(graph, graph_find(graph, &old),
				      graph_find(graph, &bad)));
	repo_close(repo);
	graph_free(graph);
}

static void a_commit_that_is_not_there_is_named(void **state)
{
	static const char missing[] =
		"0123456789012345678901234567890123456789";
	struct place *place = *state;
	struct error err = ERROR_INIT;
	struct graph *graph = graph_new();
	struct repo *repo;
	struct oid bad, good;

	import(place, "a\nb a");
	repo = open_repo(place->path);
	bad = resolved(repo, "b");
	assert_true(oid_parse(&good, missing));
	assert_int_equal(range_load(repo, &bad, &good, 1, graph, &err), -1);
	assert_int_equal(err.code, ERROR_GIT);
	assert_says(err.text, missing);
	repo_close(repo);
	graph_free(graph);
}

/* A small generator: the same seed, the same histories, on any machine. */
static unsigned below(uint64_t *seed, unsigned n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((*seed >> 33) % n);
}

static void draw(struct buf *picture, int dag, int size, bool skewed,
		 uint64_t *seed)
{
	int64_t date = 1600000000;

	for (int i = 0; i < size; i++) {
		int reach = i < 8 ? i : 8, parents, taken[3];

		date += below(seed, 4) * 50;
		buf_printf(picture, "g%d.%d@%lld", dag, i,
			   (long long)(date - (skewed && below(seed, 6) == 0
						       ? below(seed, 3000)
						       : 0)));
		parents = i == 0 || below(seed, 25) == 0 ? 0
			  : below(seed, 3) == 0		 ? 2
							 : 1;
		parents += parents == 2 && below(seed, 10) == 0;
		for (int k = 0; k < parents; k++) {
			int parent = i - 1 - (int)below(seed, (unsigned)reach);
			bool again = false;

			for (int j = 0; j < k; j++)
				again |= taken[j] == parent;
			taken[k] = parent;
			if (!again)
				buf_printf(picture, " g%d.%d", dag, parent);
		}
		buf_putc(picture, '\n');
	}
}

static void random_histories(const struct place *place, bool skewed,
			     uint64_t seed)
{
	enum { DAGS = 24, QUERIES = 5 };
	int sizes[DAGS];
	struct buf picture;
	struct repo *repo;

	buf_init(&picture, 0);
	for (int i = 0; i < DAGS; i++) {
		sizes[i] = 4 + (int)below(&seed, 90);
		draw(&picture, i, sizes[i], skewed, &seed);
	}
	import(place, picture.text);
	buf_release(&picture);
	repo = open_repo(place->path);
	for (int i = 0; i < DAGS * QUERIES; i++) {
		int dag = i % DAGS;
		char names[GOODS_MAX + 1][24];
		struct query query = { .bad = names[GOODS_MAX] };
		unsigned size = (unsigned)sizes[dag];

		query.count = below(&seed, 4);
		snprintf(names[GOODS_MAX], sizeof(names[0]), "g%d.%u", dag,
			 size - 1 - below(&seed, size / 2));
		for (size_t k = 0; k < query.count; k++) {
			snprintf(names[k], sizeof(names[k]), "g%d.%u", dag,
				 below(&seed, size));
			query.goods[k] = names[k];
		}
		assert_as_git(place, repo, &query);
	}
	repo_close(repo);
}

static void random_histories_are_as_git_sees_them(void **state)
{
	random_histories(*state, false, 1);
}

static void so_are_those_with_clocks_that_were_wrong(void **state)
{
	random_histories(*state, true, 2);
}

struct described {
	char *text[8];
	int count, stop_at;
};

static int take_record(void *data, const struct commit_record *record)
{
	struct described *all = data;

	assert_in_range(all->count, 0, 7);
	all->text[all->count++] =
		xasprintf("%.4s|%s|%s|%lld|%lld|%d%s", record->oid.hex,
			  record->author, record->subject,
			  (long long)record->date,
			  (long long)record->author_date, record->parent_count,
			  record->expanded ? "" : "?");
	return all->count == all->stop_at ? 7 : 0;
}

static void commits_are_described_as_they_are_written(void **state)
{
	static const char stream[] =
		"commit refs/tags/a\n"
		"author J\xf6rg <j@x> 1600000001 +0200\n"
		"committer C <c@x> 1600000002 -0300\n"
		"data 35\n\n\nfirst: line  \n goes on\n\nthe body\n\n"
		"commit refs/tags/b\n"
		"author  <> 1600000003 +0000\n"
		"committer C <c@x> 1600000004 +0000\n"
		"data 0\n"
		"from refs/tags/a\n\n";
	struct place *place = *state;
	struct error err = ERROR_INIT;
	struct described all = { .count = 0 };
	struct graph *graph;
	struct repo *repo;
	struct oid a, b;
	char *said = git_try(place->path, "fast-import --quiet", stream);
	char *wanted;

	assert_non_null(said);
	free(said);
	repo = open_repo(place->path);
	graph = load(repo, &(struct query){ "b", { NULL }, 0 });
	a = resolved(repo, "a");
	b = resolved(repo, "b");
	assert_int_equal(
		range_describe(repo, graph, 0, take_record, &all, &err), 0);
	assert_int_equal(all.count, 2);
	wanted = xasprintf("%.4s|<>||1600000004|1600000003|1", b.hex);
	assert_string_equal(all.text[0], wanted);
	free(wanted);
	wanted = xasprintf("%.4s|J\xf6rg <j@x>|first: line  goes on|"
			   "1600000002|1600000001|0",
			   a.hex);
	assert_string_equal(all.text[1], wanted);
	free(wanted);
	assert_int_equal(
		range_describe(repo, graph, 1, take_record, &all, &err), 0);
	assert_int_equal(all.count, 3);
	assert_string_equal(all.text[1], all.text[2]);
	all.stop_at = 4;
	assert_int_equal(
		range_describe(repo, graph, 0, take_record, &all, &err), 7);
	assert_int_equal(all.count, 4);
	for (int i = 0; i < all.count; i++)
		free(all.text[i]);
	repo_close(repo);
	graph_free(graph);
}

/* Tags */

static char *releases_of(const struct place *place, const char *spec)
{
	struct error err = ERROR_INIT;
	struct repo *repo = open_repo(place->path);
	struct oid bad = resolved(repo, spec);
	struct tag *tags = NULL;
	struct buf out;
	int count = -1;

	buf_init(&out, 0);
	if (tags_releases(repo, &bad, &tags, &count, &err) < 0)
		fail_msg("%s", err.text);
	for (int i = 0; i < count; i++) {
		char *words = xasprintf("rev-parse refs/tags/%s^{commit}",
					tags[i].name);
		char *commit = git(place->path, words);

		assert_string_equal(tags[i].commit.hex, commit);
		buf_printf(&out, "%s%s", i ? " " : "", tags[i].name);
		free(commit);
		free(words);
	}
	tags_free(tags, count);
	repo_close(repo);
	return taken(&out);
}

static void releases_are_the_merged_tags_newest_first(void **state)
{
	struct place *place = *state;
	char *found;

	import(place, "v1.0\na v1.0\nv1.2 a\nv1.2-rc1 v1.2\nb v1.2-rc1\n"
		      "v1.10 b\nside a\nv9.0 side\nv1.x v1.10\ntip v1.10\n"
		      "v2.0 tip\nnext v2.0");
	git_do(place->path, "tag -a -m text v1.3 b");
	git_do(place->path, "tag -a -m text inner a");
	git_do(place->path, "tag -a -m text v1.1 inner");
	git_do(place->path, "tag v0.9 v1.0^{tree}");
	found = releases_of(place, "tip");
	assert_string_equal(found, "v1.10 v1.3 v1.2 v1.0");
	free(found);
	/* a tag on the bad commit itself says nothing new */
	found = releases_of(place, "v2.0");
	assert_string_equal(found, "v1.10 v1.3 v1.2 v1.0");
	free(found);
	found = releases_of(place, "v9.0");
	assert_string_equal(found, "v1.1 v1.0");
	free(found);
}

static void no_tags_are_no_error(void **state)
{
	struct place *place = *state;
	char *found;

	import(place, "a\nb a");
	found = releases_of(place, "b");
	assert_string_equal(found, "");
	free(found);
}

/* The worktree */

/* All of the user's that must not change. */
static char *snapshot(const struct place *place)
{
	char *index = in(place, "r/.git/index"), *bytes;
	char *hash = xasprintf("hash-object --no-filters %s", index);
	char *parts[6];
	struct buf all;

	parts[0] = git(place->path, hash);
	parts[1] = git(place->path, "status --porcelain --branch");
	parts[2] = git(place->path, "stash list");
	parts[3] = git(place->path, "for-each-ref");
	parts[4] = git(place->path, "symbolic-ref HEAD");
	parts[5] = git(place->path, "diff HEAD");
	buf_init(&all, 0);
	for (int i = 0; i < 6; i++) {
		buf_printf(&all, "%s\n--\n", parts[i]);
		free(parts[i]);
	}
	bytes = in(place, "r/dirty");
	parts[0] = file_text(bytes);
	buf_puts(&all, parts[0]);
	free(parts[0]);
	free(bytes);
	free(hash);
	free(index);
	return taken(&all);
}

/* Three commits with a file, a stash, staged and unstaged changes. */
static void fill_checkout(const struct place *place)
{
	char *file = in(place, "r/file"), *dirty = in(place, "r/dirty");

	for (int i = 1; i <= 3; i++) {
		char *words = xasprintf("commit -q -m c%d", i);
		char *tag = xasprintf("tag c%d", i), text[32];

		snprintf(text, sizeof(text), "version %d\n", i);
		write_file(file, text);
		git_do(place->path, "add file");
		git_do(place->path, words);
		git_do(place->path, tag);
		free(tag);
		free(words);
	}
	write_file(file, "stashed\n");
	git_do(place->path, "stash -q");
	write_file(file, "staged\n");
	git_do(place->path, "add file");
	write_file(file, "not staged\n");
	write_file(dirty, "untracked\n");
	free(dirty);
	free(file);
}

static void assert_at(const struct place *place, const char *path,
		      const char *commit, const char *text)
{
	char *wanted = git(place->path, commit), *file, *got;

	got = git(path, "rev-parse HEAD");
	assert_string_equal(got, wanted);
	free(got);
	free(wanted);
	got = git(path, "rev-parse --abbrev-ref HEAD");
	assert_string_equal(got, "HEAD"); /* detached */
	free(got);
	got = git(path, "status --porcelain");
	assert_string_equal(got, "");
	free(got);
	file = xasprintf("%s/file", path);
	got = file_text(file);
	assert_string_equal(got, text);
	free(got);
	free(file);
}

static struct oid commit_of(const struct place *place, const char *spec)
{
	struct repo *repo = open_repo(place->path);
	struct oid oid = resolved(repo, spec);

	repo_close(repo);
	return oid;
}

static void ensure(const struct place *place, const char *path,
		   const char *spec)
{
	struct error err = ERROR_INIT;
	struct oid oid = commit_of(place, spec);

	if (worktree_ensure(place->common, path, &oid, &err) < 0)
		fail_msg("%s", err.text);
}

static void checkout(const struct place *place, const char *path,
		     const char *spec)
{
	struct error err = ERROR_INIT;
	struct oid oid = commit_of(place, spec);

	if (worktree_checkout(path, &oid, &err) < 0)
		fail_msg("%s", err.text);
}

static void drop(const struct place *place, const char *path)
{
	struct error err = ERROR_INIT;

	if (worktree_remove(place->common, path, &err) < 0)
		fail_msg("%s", err.text);
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static void a_worktree_is_made_moved_and_removed(void **state)
{
	struct place *place = *state;
	char *path = in(place, "r/.git/culprit/s/worktree"), *before, *after;
	char *list;

	fill_checkout(place);
	before = snapshot(place);
	ensure(place, path, "c1");
	assert_at(place, path, "rev-parse c1", "version 1\n");
	checkout(place, path, "c3");
	assert_at(place, path, "rev-parse c3", "version 3\n");
	checkout(place, path, "c2");
	assert_at(place, path, "rev-parse c2", "version 2\n");
	after = snapshot(place);
	assert_string_equal(before, after);
	free(after);
	drop(place, path);
	assert_false(exists(path));
	drop(place, path);
	list = git(place->path, "worktree list --porcelain");
	assert_null(strstr(list, path));
	free(list);
	after = snapshot(place);
	assert_string_equal(before, after);
	free(after);
	free(before);
	free(path);
}

static void a_worktree_is_taken_over_with_what_a_killed_git_left(void **state)
{
	struct place *place = *state;
	char *path = in(place, "w"), *lock, *file = in(place, "w/file");
	char *built = in(place, "w/file.o"), *index;

	fill_checkout(place);
	ensure(place, path, "c1");
	lock = git(path, "rev-parse --git-path index.lock");
	write_file(lock, "");
	write_file(file, "edited by a build\n");
	write_file(built, "a build product\n");
	ensure(place, path, "c2");
	assert_false(exists(lock));
	/* a build product is not in the way, the next build is faster by it */
	assert_true(exists(built));
	unlink(built);
	assert_at(place, path, "rev-parse c2", "version 2\n");
	index = git(path, "rev-parse --git-path index");
	write_file(index, "DIRC cut");
	ensure(place, path, "c3");
	assert_at(place, path, "rev-parse c3", "version 3\n");
	free(index);
	free(built);
	free(file);
	free(lock);
	free(path);
}

/* git writes .git, then the folder that it leads to, and then the files. */
static void a_worktree_that_was_only_begun_is_made(void **state)
{
	struct place *place = *state;
	char *path = in(place, "w"), *dot_git = in(place, "w/.git"), *line;
	char *file = in(place, "w/file"), *git_dir, *away = in(place, "away");
	char *index;

	fill_checkout(place);
	ensure(place, path, "c1");
	git_dir = worktree_git_dir(place->common, path);
	/* killed before there was a folder of git's */
	assert_int_equal(rename(git_dir, away), 0);
	assert_int_equal(unlink(file), 0);
	ensure(place, path, "c2");
	assert_at(place, path, "rev-parse c2", "version 2\n");
	/* killed among the files, before there was an index */
	index = git(path, "rev-parse --git-path index");
	assert_int_equal(unlink(index), 0);
	assert_int_equal(unlink(file), 0);
	git_do(place->path, "worktree lock ../w");
	ensure(place, path, "c3");
	assert_at(place, path, "rev-parse c3", "version 3\n");
	/* who leads elsewhere is somebody else's */
	drop(place, path);
	assert_int_equal(mkdir(path, 0700), 0);
	line = xasprintf("gitdir: %s/nowhere\n", place->dir);
	write_file(dot_git, line);
	assert_false(worktree_ensure(place->common, path, &(struct oid){ "" },
				     NULL) == 0);
	assert_true(exists(dot_git));
	free(line);
	free(index);
	free(away);
	free(git_dir);
	free(file);
	free(dot_git);
	free(path);
}

/* A process that makes sure of the worktree, by now or in a while. */
static pid_t ensuring(struct place *place, const char *path, const char *name,
		      int closed)
{
	struct oid oid = commit_of(place, name);
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(closed);
		_exit(worktree_ensure(place->common, path, &oid, NULL) < 0);
	}
	return pid;
}

/* Does it have the folder open? */
static bool has_open(pid_t pid, const char *path)
{
	char *name = xasprintf("/proc/%d/fd", (int)pid), target[PATH_MAX];
	DIR *dir = opendir(name);
	struct dirent *entry;
	bool has = false;
	ssize_t length;

	while (dir && !has && (entry = readdir(dir))) {
		length = readlinkat(dirfd(dir), entry->d_name, target,
				    sizeof(target) - 1);
		if (length < 0)
			continue;
		target[length] = '\0';
		has = str_equal(target, path);
	}
	if (dir)
		closedir(dir);
	free(name);
	return has;
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT);
	return info.si_pid == pid;
}

/* The next git that changes a ref says that it is there, and then waits. */
static void hold_a_git(struct place *place)
{
	char *hook = in(place, "r/.git/hooks/reference-transaction");
	char *hooks = in(place, "r/.git/hooks"), *flag = in(place, "flag");
	char *script;

	script = xasprintf("#!/bin/sh\ncd '%s'\nmv flag held || exit 0\n"
			   "echo >there\nread line <go\n",
			   place->dir);
	assert_true(mkdir(hooks, 0700) == 0 || errno == EEXIST);
	write_file(hook, script);
	assert_int_equal(chmod(hook, 0700), 0);
	write_file(flag, "");
	free(script);
	free(flag);
	free(hooks);
	free(hook);
}

/* Both would have taken away what the other made. */
static void a_git_left_by_one_who_was_killed_is_waited_for(void **state)
{
	struct place *place = *state;
	char *path = in(place, "w"), *there = in(place, "there");
	char *go = in(place, "go"), *common = realpath(place->common, NULL);
	int left[2], fd;
	pid_t first, second;
	char byte;

	fill_checkout(place);
	hold_a_git(place);
	assert_int_equal(mkfifo(there, 0600), 0);
	assert_int_equal(mkfifo(go, 0600), 0);
	assert_int_equal(pipe(left), 0); /* git has it open while it lives */
	first = ensuring(place, path, "c1", left[0]);
	close(left[1]);
	fd = open(there, O_RDONLY | O_CLOEXEC);
	assert_int_equal(kill(first, SIGKILL), 0);
	assert_int_equal(scratch_wait(first), -1);
	second = ensuring(place, path, "c2", left[0]);
	while (!has_ended(second) && !has_open(second, common))
		usleep(1000);
	close(fd);
	fd = open(go, O_WRONLY | O_CLOEXEC);
	close(fd);
	assert_int_equal(read(left[0], &byte, 1), 0);
	assert_int_equal(scratch_wait(second), 0);
	assert_at(place, path, "rev-parse c2", "version 2\n");
	close(left[0]);
	free(common);
	free(go);
	free(there);
	free(path);
}

static void a_worktree_whose_folder_is_gone_is_made_again(void **state)
{
	struct place *place = *state;
	char *path = in(place, "w"), *mine = in(place, "mine");
	char *away = in(place, "away"), *gone = in(place, "gone"), *list;

	fill_checkout(place);
	git_do(place->path, "worktree add -q --detach ../mine c1");
	ensure(place, path, "c1");
	git_do(place->path, "worktree lock ../w");
	assert_int_equal(rename(mine, away), 0);
	assert_int_equal(rename(path, gone), 0);
	ensure(place, path, "c2");
	assert_at(place, path, "rev-parse c2", "version 2\n");
	/* the user's own, whose disk may only be away, is not forgotten */
	list = git(place->path, "worktree list --porcelain");
	assert_says(list, mine);
	free(list);
	free(gone);
	free(away);
	free(mine);
	free(path);
}

static void a_registered_worktree_without_folder_is_removed(void **state)
{
	struct place *place = *state;
	char *path = in(place, "w"), *away = in(place, "away"), *list;

	fill_checkout(place);
	ensure(place, path, "c1");
	assert_int_equal(rename(path, away), 0);
	drop(place, path);
	list = git(place->path, "worktree list --porcelain");
	assert_null(strstr(list, path));
	free(list);
	free(away);
	free(path);
}

static void what_is_in_the_way_is_left_alone(void **state)
{
	struct place *place = *state;
	struct error err = ERROR_INIT;
	struct oid oid;
	char *path = in(place, "w"), *file = in(place, "w/precious"), *text;

	fill_checkout(place);
	oid = commit_of(place, "c1");
	assert_int_equal(mkdir(path, 0700), 0);
	write_file(file, "precious");
	assert_int_equal(worktree_ensure(place->common, path, &oid, &err), -1);
	assert_says(err.text, "is in the way");
	assert_int_equal(worktree_remove(place->common, path, &err), -1);
	text = file_text(file);
	assert_string_equal(text, "precious");
	free(text);
	free(file);
	free(path);
}

/* A copy of a whole session would move the HEAD of the one it is copied from. */
static void a_copy_of_a_worktree_is_none(void **state)
{
	struct place *place = *state;
	struct error err = ERROR_INIT;
	char *path = in(place, "w"), *copy = in(place, "copy"), *head;
	char *dot_git = in(place, "copy/.git"), *line;
	char *file = in(place, "copy/file");
	struct oid oid;

	fill_checkout(place);
	oid = commit_of(place, "c2");
	ensure(place, path, "c1");
	assert_int_equal(mkdir(copy, 0700), 0);
	head = worktree_git_dir(place->common, path);
	assert_non_null(head);
	line = xasprintf("gitdir: %s\n", head);
	write_file(dot_git, line);
	write_file(file, "version 1\n");
	assert_null(worktree_git_dir(place->common, copy));
	assert_int_equal(worktree_ensure(place->common, copy, &oid, &err), -1);
	assert_says(err.text, "is in the way");
	assert_at(place, path, "rev-parse c1", "version 1\n");
	free(line);
	free(head);
	free(file);
	free(dot_git);
	free(copy);
	free(path);
}

static void a_worktree_of_another_repository_is_left_alone(void **state)
{
	struct place *place = *state;
	struct error err = ERROR_INIT;
	struct oid oid;
	char *path = in(place, "w"), *other = in(place, "other/.git");
	char *head;

	fill_checkout(place);
	oid = commit_of(place, "c1");
	git_do(place->dir, "clone -q r other");
	git_do(place->dir, "-C other worktree add -q --detach ../w c3");
	assert_int_equal(worktree_ensure(place->common, path, &oid, &err), -1);
	assert_says(err.text, "is in the way");
	assert_int_equal(worktree_remove(place->common, path, &err), -1);
	head = git(path, "describe --tags --always");
	assert_string_equal(head, "c3");
	free(head);
	free(other);
	free(path);
}

/*
 * Asked in a folder that is no worktree any more, git would go up and find
 * the user's checkout.
 */
static void a_checkout_never_goes_up_to_the_users_files(void **state)
{
	struct place *place = *state;
	struct error err = ERROR_INIT;
	struct oid oid;
	char *path = in(place, "r/work"), *pointer = in(place, "r/work/.git");
	char *before, *after;

	fill_checkout(place);
	oid = commit_of(place, "c1");
	ensure(place, path, "c2");
	before = snapshot(place);
	assert_int_equal(unlink(pointer), 0);
	assert_int_equal(worktree_checkout(path, &oid, &err), -1);
	assert_says(err.text, "git checkout: ");
	unlink(pointer);
	assert_int_equal(worktree_ensure(place->common, path, &oid, &err), -1);
	assert_says(err.text, "is in the way");
	after = snapshot(place);
	assert_string_equal(before, after);
	free(before);
	free(after);
	free(pointer);
	free(path);
}

/* As in a hook, or under `git rebase --exec`. */
static void the_environment_of_another_repository_does_no_harm(void **state)
{
	struct place *place = *state;
	char *path = in(place, "w"), *index = in(place, "r/.git/index");
	char *before, *after;

	fill_checkout(place);
	before = snapshot(place);
	setenv("GIT_DIR", place->common, 1);
	setenv("GIT_INDEX_FILE", index, 1);
	setenv("GIT_WORK_TREE", place->path, 1);
	ensure(place, path, "c1");
	checkout(place, path, "c3");
	after = snapshot(place);
	assert_string_equal(before, after);
	assert_at(place, path, "rev-parse c3", "version 3\n");
	drop(place, path);
	unsetenv("GIT_DIR");
	unsetenv("GIT_INDEX_FILE");
	unsetenv("GIT_WORK_TREE");
	free(after);
	free(before);
	free(index);
	free(path);
}

/* The list that another layer gives to a child of its own. */
static void the_checkout_as_words_does_the_same(void **state)
{
	struct place *place = *state;
	const char *argv[WORKTREE_ARGV_MAX];
	char *path = in(place, "w");
	char *before, *after, *words[WORKTREE_ARGV_MAX] = { NULL };
	struct oid oid;
	pid_t pid;
	int status;

	fill_checkout(place);
	ensure(place, path, "c1");
	oid = commit_of(place, "c3");
	before = snapshot(place);
	worktree_checkout_argv(path, &oid, argv);
	for (int i = 0; argv[i]; i++)
		words[i] = xstrdup(argv[i]);
	pid = fork();
	if (pid == 0) {
		setenv("GIT_DIR", place->common, 1);
		setenv("GIT_WORK_TREE", place->path, 1);
		execvp(words[0], words);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_at(place, path, "rev-parse c3", "version 3\n");
	after = snapshot(place);
	assert_string_equal(before, after);
	for (int i = 0; words[i]; i++)
		free(words[i]);
	free(before);
	free(after);
	free(path);
}

static void what_git_complains_of_is_in_the_error(void **state)
{
	struct place *place = *state;
	struct error err = ERROR_INIT;
	struct oid oid;
	char *path = in(place, "w");

	fill_checkout(place);
	ensure(place, path, "c1");
	assert_true(
		oid_parse(&oid, "0123456789012345678901234567890123456789"));
	assert_int_equal(worktree_checkout(path, &oid, &err), -1);
	assert_int_equal(err.code, ERROR_GIT);
	assert_says(err.text, "git checkout: ");
	assert_says(err.text, "0123456789012345678901234567890123456789");
	assert_null(strchr(err.text, '\n'));
	assert_null(strstr(err.text, "fatal"));
	free(path);
}

static void a_commit_is_behind_itself_and_what_came_after(void **state)
{
	struct place *place = *state;
	struct error err = ERROR_INIT;
	struct oid first, third, nothing;
	struct repo *repo;
	bool behind;

	fill_checkout(place);
	first = commit_of(place, "c1");
	third = commit_of(place, "c3");
	repo = open_repo(place->path);
	assert_int_equal(reach_ancestor(repo, &first, &third, &behind, &err),
			 0);
	assert_true(behind);
	assert_int_equal(reach_ancestor(repo, &third, &first, &behind, &err),
			 0);
	assert_false(behind);
	assert_int_equal(reach_ancestor(repo, &third, &third, &behind, &err),
			 0);
	assert_true(behind);
	assert_true(oid_parse(&nothing,
			      "0123456789012345678901234567890123456789"));
	assert_int_equal(reach_ancestor(repo, &nothing, &third, &behind, &err),
			 -1);
	assert_says(err.text, "cannot see whether 012345678901 is behind ");
	repo_close(repo);
}

static void a_commit_is_a_patch_but_not_a_merge(void **state)
{
	struct place *place = *state;
	struct error err = ERROR_INIT;
	struct oid commit;
	struct repo *repo;
	struct buf patch;
	char *merge;

	fill_checkout(place);
	merge = git(place->path, "commit-tree -p c1 -p c3 -m merge c3^{tree}");
	repo = open_repo(place->path);
	buf_init(&patch, 0);
	commit = commit_of(place, "c3");
	assert_int_equal(patches_of_commit(repo, &commit, &patch, &err), 0);
	assert_says(patch.text, "+version 3\n");
	assert_int_equal(patches_check(patch.text, patch.length, &err), 0);
	buf_clear(&patch);
	assert_true(oid_parse(&commit, merge));
	assert_int_equal(patches_of_commit(repo, &commit, &patch, &err), -1);
	assert_int_equal(err.code, ERROR_INPUT);
	assert_says(err.text, "is a merge or changes nothing");
	assert_int_equal(patches_check("version 3\n", 10, &err), -1);
	assert_says(err.text, "git apply: ");
	buf_release(&patch);
	repo_close(repo);
	free(merge);
}

/* A program that leaves a mark; what it was told to do it does not. */
static char *write_trap(const struct place *place, const char *mark)
{
	char *trap = in(place, "trap");
	char *text = xasprintf("#!/bin/sh\ntouch '%s'\n", mark);

	write_file(trap, text);
	assert_int_equal(chmod(trap, 0755), 0);
	free(text);
	return trap;
}

static void set_config(const struct place *place, const char *name,
		       const char *value)
{
	char *words = xasprintf("config %s %s", name, value);

	git_do(place->path, words);
	free(words);
}

/* Two commits of `f`, which a program of the configuration makes text of. */
static char *trapped_commit(const struct place *place, const char *trap)
{
	char *file = in(place, "r/f"),
	     *attributes = in(place, "r/.gitattributes");

	set_config(place, "user.name", "me");
	set_config(place, "user.email", "me@here");
	set_config(place, "diff.evil.textconv", trap);
	write_file(attributes, "f diff=evil\n");
	for (int i = 0; i < 2; i++) {
		write_file(file, i ? "two\n" : "one\n");
		git_do(place->path, "add -A");
		git_do(place->path, "commit -q -m told");
	}
	free(attributes);
	free(file);
	return git(place->path, "rev-parse HEAD");
}

/* The object is gone, and a remote is said to have it. */
static void lose(const struct place *place, const char *id, const char *trap)
{
	char *path = xasprintf("%s/objects/%.2s/%s", place->common, id, id + 2);

	assert_int_equal(unlink(path), 0);
	set_config(place, "remote.origin.url", place->dir);
	set_config(place, "remote.origin.uploadpack", trap);
	set_config(place, "remote.origin.promisor", "true");
	set_config(place, "extensions.partialClone", "origin");
	set_config(place, "core.repositoryFormatVersion", "1");
	free(path);
}

static void who_only_looks_starts_no_program(void **state)
{
	static const char *const options[] = { "--patch", NULL };
	struct place *place = *state;
	char *mark = in(place, "mark"), *trap = write_trap(place, mark);
	char *commit = trapped_commit(place, trap), *blob;
	struct repo *repo = open_repo(place->path);
	struct error err = ERROR_INIT;
	struct buf out;

	buf_init(&out, 0);
	assert_int_equal(show_commit(repo, commit, options, &out, &err), 0);
	assert_non_null(strstr(out.text, "+two"));
	assert_int_equal(access(mark, F_OK), -1);
	/* the trap is one */
	free(git_try(place->path, "show --textconv", NULL));
	assert_int_equal(unlink(mark), 0);
	/* nor is what a clone lacks fetched */
	blob = git(place->path, "rev-parse HEAD:f");
	lose(place, blob, trap);
	assert_int_equal(show_commit(repo, commit, options, &out, &err), -1);
	assert_int_equal(access(mark, F_OK), -1);
	free(git_try(place->path, "show --no-textconv", NULL));
	assert_int_equal(unlink(mark), 0);
	repo_close(repo);
	buf_release(&out);
	free(blob);
	free(commit);
	free(trap);
	free(mark);
}

static void much_input_and_output_is_no_deadlock(void **state)
{
	struct place *place = *state;
	const char *const argv[] = { "stripspace", NULL };
	struct error err = ERROR_INIT;
	struct buf in_text, out;
	const char *dir = place->dir;

	assert_int_equal(chdir(dir), 0);
	buf_init(&in_text, 0);
	buf_init(&out, 0);
	for (int i = 0; i < 50000; i++)
		buf_printf(&in_text, "a line of input, number %d\n", i);
	assert_int_equal(
		gitcmd_run(&(struct gitcmd){ .argv = argv,
					     .input = in_text.text,
					     .input_length = in_text.length,
					     .output = &out },
			   &err),
		0);
	assert_string_equal(in_text.text, out.text);
	buf_release(&in_text);
	buf_release(&out);
	assert_int_equal(chdir("/"), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_repository_is_found_from_any_folder_of_it),
		TEST(a_bare_repository_has_no_workdir),
		TEST(a_linked_worktree_leads_to_the_common_dir),
		TEST(what_is_no_repository_is_said_so),
		TEST(what_libgit2_cannot_read_is_named),
		TEST(harmless_extensions_are_no_hindrance),
		TEST(a_repository_of_somebody_else_is_refused),
		TEST(a_shallow_clone_is_noticed_in_its_worktrees_too),
		TEST(revisions_are_what_git_takes_them_for),
		TEST(an_abbreviated_name_will_do),
		TEST(what_is_no_commit_is_said_so),
		TEST(a_range_has_two_ends_and_head_where_one_is_missing),
		TEST(a_line_is_loaded_down_to_the_good_end),
		TEST(equal_or_turned_ends_leave_no_suspects),
		TEST(merges_and_equal_dates_are_walked_as_git_does),
		TEST(a_criss_cross_has_two_merge_bases),
		TEST(a_good_side_branch_is_loaded_down_to_the_fork),
		TEST(of_unrelated_histories_both_are_loaded),
		TEST(an_old_good_end_is_reached_all_the_same),
		TEST(along_first_parents_wrong_clocks_may_lead_further),
		TEST(five_commits_of_slop_are_walked_and_no_more),
		TEST(a_merge_base_below_another_one_is_recognized),
		TEST(what_lies_far_below_the_good_end_is_not_read),
		TEST(loading_twice_adds_only_what_is_new),
		TEST(a_commit_that_is_not_there_is_named),
		TEST(random_histories_are_as_git_sees_them),
		TEST(so_are_those_with_clocks_that_were_wrong),
		TEST(commits_are_described_as_they_are_written),
		TEST(releases_are_the_merged_tags_newest_first),
		TEST(no_tags_are_no_error),
		TEST(a_worktree_is_made_moved_and_removed),
		TEST(a_worktree_is_taken_over_with_what_a_killed_git_left),
		TEST(a_worktree_that_was_only_begun_is_made),
		TEST(a_git_left_by_one_who_was_killed_is_waited_for),
		TEST(a_worktree_whose_folder_is_gone_is_made_again),
		TEST(a_registered_worktree_without_folder_is_removed),
		TEST(what_is_in_the_way_is_left_alone),
		TEST(a_copy_of_a_worktree_is_none),
		TEST(a_worktree_of_another_repository_is_left_alone),
		TEST(a_checkout_never_goes_up_to_the_users_files),
		TEST(the_environment_of_another_repository_does_no_harm),
		TEST(the_checkout_as_words_does_the_same),
		TEST(what_git_complains_of_is_in_the_error),
		TEST(a_commit_is_behind_itself_and_what_came_after),
		TEST(a_commit_is_a_patch_but_not_a_merge),
		TEST(who_only_looks_starts_no_program),
		TEST(much_input_and_output_is_no_deadlock),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
