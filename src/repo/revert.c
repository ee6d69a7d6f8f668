/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/revert.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/argv.h"
#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "repo/gitcmd.h"
#include "repo/keepref.h"
#include "repo/worktree.h"

#define PATHS_MAX 200	     /* bytes of them that are told */
#define FILE_MAX  (16 << 20) /* of a file in which marks are looked for */
#define STATE_MAX (64 << 20) /* of what is changed in a worktree */

#define PLACES 9 /* worktrees, for as many conflicts at a time */

/*
 *     (nothing) -> at the base  [begin]
 *     at the base -> made, empty, conflict  [by git]
 *     conflict -> made, empty, conflict  [take_up: what a person did]
 *
 * The note in the worktree's git folder says for which base and commit it is
 * there, and as what git left it: without it nothing in it is taken for a
 * person's work.
 */
#define NOTE "culprit-revert"

void reverted_init(struct reverted *out)
{
	*out = (struct reverted){ .made = MADE_TROUBLE };
	buf_init(&out->paths, PATHS_MAX);
}

void reverted_release(struct reverted *out)
{
	buf_release(&out->paths);
	free(out->where);
	out->where = NULL;
}

/*
 * git in the worktree.  Whoever runs this need not have told git a name, and
 * what is made is thrown away: no hooks, no signature, no editor.
 */
static int git_in(const char *path, const char *const *words,
		  const char *const *env, struct buf *output, bool *answer,
		  struct error *err)
{
	static const char *const options[] = {
		"--git-dir=.git",
		"--work-tree=.",
		"-c",
		"core.hooksPath=/dev/null",
		"-c",
		"commit.gpgSign=false",
		"-c",
		"core.editor=true",
		"-c",
		"advice.mergeConflict=false",
		NULL,
	};
	struct argv argv = ARGV_INIT;
	struct gitcmd command = {
		.env = env, .output = output, .answer = answer, .fetches = true
	};
	int ret;

	argv_add(&argv, "-C");
	argv_add(&argv, path);
	argv_add_all(&argv, options);
	argv_add_all(&argv, words);
	command.argv = (const char *const *)argv.items;
	ret = gitcmd_run(&command, err);
	argv_free(argv.items);
	return ret;
}

#define GIT(path, output, answer, err, ...)                                    \
	git_in(path, (const char *const[]){ __VA_ARGS__, NULL }, NULL, output, \
	       answer, err)

/* The paths that are in conflict, each ended by a NUL. */
static int list_unmerged(const char *path, struct buf *out, struct error *err)
{
	return GIT(path, out, NULL, err, "diff", "--name-only",
		   "--diff-filter=U", "-z");
}

static bool has_marks(const char *file)
{
	struct buf text;
	bool marks = true;

	buf_init(&text, FILE_MAX);
	if (io_load(file, &text, NULL) == 0 && !text.cut)
		marks = str_starts(text.text, "<<<<<<< ") ||
			strstr(text.text, "\n<<<<<<< ");
	buf_release(&text);
	return marks;
}

/* Both sides changed it: then marks show whether it is mended. */
static bool is_changed_by_both(const char *path, const char *name)
{
	struct buf stages;
	bool both;

	buf_init(&stages, 0);
	both = GIT(path, &stages, NULL, NULL, "ls-files", "-u", "--", name) ==
		       0 &&
	       strstr(stages.text, " 2\t") && strstr(stages.text, " 3\t");
	buf_release(&stages);
	return both;
}

/* Files that a person mended need not be added by hand. */
static int add_mended(const char *path, struct error *err)
{
	struct buf names;
	int ret;

	buf_init(&names, 0);
	ret = list_unmerged(path, &names, err);
	for (const char *name = names.text;
	     ret == 0 && name < names.text + names.length;
	     name += strlen(name) + 1) {
		char *file = xasprintf("%s/%s", path, name);

		if (is_changed_by_both(path, name) && !has_marks(file))
			ret = GIT(path, NULL, NULL, err, "add", "--", name);
		free(file);
	}
	buf_release(&names);
	return ret;
}

/* Returns 1 where there are any, and says which. */
static int say_unmerged(const char *path, struct reverted *out,
			struct error *err)
{
	struct buf names;
	int ret;

	buf_init(&names, 0);
	ret = list_unmerged(path, &names, err);
	if (ret == 0 && names.length) {
		buf_clear(&out->paths);
		for (const char *name = names.text;
		     name < names.text + names.length; name += strlen(name) + 1)
			buf_printf(&out->paths, "%s%s",
				   out->paths.length ? ", " : "", name);
		out->made = MADE_CONFLICT;
		ret = 1;
	}
	buf_release(&names);
	return ret;
}

static int read_oid(const char *path, const char *spec, struct oid *oid,
		    struct error *err)
{
	struct buf text;
	int ret;

	buf_init(&text, 0);
	ret = GIT(path, &text, NULL, err, "rev-parse", "--verify", "-q", spec);
	if (ret == 0) {
		text.text[strcspn(text.text, "\n")] = '\0';
		if (!oid_parse(oid, text.text))
			ret = error_set(err, ERROR_GIT,
					"git rev-parse: '%s' is not an id",
					text.text);
	}
	buf_release(&text);
	return ret;
}

static int is_there(const char *path, const char *spec, bool *there,
		    struct error *err)
{
	return GIT(path, NULL, there, err, "rev-parse", "--verify", "-q", spec);
}

/* Does a commit of what is there now change anything? */
static int is_unchanged(const char *path, bool *same, struct error *err)
{
	return GIT(path, NULL, same, err, "diff", "--quiet", "HEAD");
}

/*
 * Who makes a commit, and when: the same for the same base, whoever asks.  Its
 * date is the base's.
 */
struct maker {
	char *author_date, *committer_date;
	const char *env[7];
};

static int maker_init(struct maker *maker, const struct revert_spec *spec,
		      struct error *err)
{
	struct buf date;
	int ret;

	buf_init(&date, 0);
	ret = GIT(spec->path, &date, NULL, err, "show", "-s", "--format=%ct",
		  "--no-show-signature", spec->base.hex);
	if (ret == 0) {
		date.text[strcspn(date.text, "\n")] = '\0';
		maker->author_date =
			xasprintf("GIT_AUTHOR_DATE=@%s +0000", date.text);
		maker->committer_date =
			xasprintf("GIT_COMMITTER_DATE=@%s +0000", date.text);
		maker->env[0] = "GIT_AUTHOR_NAME=culprit";
		maker->env[1] = "GIT_AUTHOR_EMAIL=culprit@localhost";
		maker->env[2] = "GIT_COMMITTER_NAME=culprit";
		maker->env[3] = "GIT_COMMITTER_EMAIL=culprit@localhost";
		maker->env[4] = maker->author_date;
		maker->env[5] = maker->committer_date;
		maker->env[6] = NULL;
	}
	buf_release(&date);
	return ret;
}

static void maker_release(struct maker *maker)
{
	free(maker->author_date);
	free(maker->committer_date);
}

/* git by that maker. */
static int commit_by(const struct revert_spec *spec, const char *const *words,
		     struct error *err)
{
	struct maker maker;
	int ret;

	if (maker_init(&maker, spec, err) < 0)
		return -1;
	ret = git_in(spec->path, words, maker.env, NULL, NULL, err);
	maker_release(&maker);
	return ret;
}

#define COMMIT(spec, err, ...) \
	commit_by(spec, (const char *const[]){ __VA_ARGS__, NULL }, err)

static int take_head(const char *path, struct reverted *out, struct error *err)
{
	if (read_oid(path, "HEAD", &out->oid, err) < 0 ||
	    read_oid(path, "HEAD^{tree}", &out->tree, err) < 0)
		return -1;
	out->made = MADE_OK;
	return 0;
}

/* Nothing is in conflict any more: what is there is the result. */
static int conclude(const struct revert_spec *spec, struct reverted *out,
		    struct error *err)
{
	char *subject;
	bool same;
	int ret;

	if (is_unchanged(spec->path, &same, err) < 0)
		return -1;
	if (same) {
		GIT(spec->path, NULL, NULL, NULL, "revert", "--quit");
		out->made = MADE_EMPTY;
		return 0;
	}
	subject = xasprintf("Revert %s", spec->commit.hex);
	ret = COMMIT(spec, err, "commit", "-q", "-a", "--no-verify", "-m",
		     subject);
	free(subject);
	return ret < 0 ? -1 : take_head(spec->path, out, err);
}

static int try_revert(const struct revert_spec *spec, struct reverted *out,
		      struct error *err)
{
	struct error why = ERROR_INIT;
	char *parent = xasprintf("%d", spec->parent);
	int ret;
	bool same;

	if (spec->parent)
		ret = COMMIT(spec, &why, "revert", "--no-edit", "-m", parent,
			     spec->commit.hex);
	else
		ret = COMMIT(spec, &why, "revert", "--no-edit",
			     spec->commit.hex);
	free(parent);
	if (ret == 0)
		return take_head(spec->path, out, err);
	ret = say_unmerged(spec->path, out, err);
	if (ret != 0)
		return ret < 0 ? -1 : 0;
	if (is_unchanged(spec->path, &same, err) < 0)
		return -1;
	/* that there is nothing to commit is no complaint */
	if (same && str_ends(why.text, "exit status 1"))
		return conclude(spec, out, err);
	*err = why;
	return -1;
}

/*
 * A hash of all that differs from what is checked out, and of that: another one
 * as soon as a person has changed anything.
 */
static int hash_state(const char *path, struct oid *out, struct error *err)
{
	const char *words[] = { "hash-object", "--stdin", NULL };
	struct buf state, hash;
	struct gitcmd command = { .argv = words, .output = &hash };
	int ret = -1;

	buf_init(&state, STATE_MAX);
	buf_init(&hash, 0);
	if (GIT(path, &state, NULL, err, "rev-parse", "HEAD") < 0 ||
	    GIT(path, &state, NULL, err, "status", "--porcelain", "-z",
		"--untracked-files=all") < 0 ||
	    GIT(path, &state, NULL, err, "diff", "--no-ext-diff",
		"--no-textconv", "HEAD") < 0)
		goto out;
	command.input = state.text;
	command.input_length = state.length;
	if (gitcmd_run(&command, err) < 0)
		goto out;
	hash.text[strcspn(hash.text, "\n")] = '\0';
	ret = oid_parse(out, hash.text)
		      ? 0
		      : error_set(err, ERROR_GIT,
				  "git hash-object: '%s' is not an id",
				  hash.text);
out:
	buf_release(&hash);
	buf_release(&state);
	return ret;
}

static char *note_path(const char *common_dir, const char *path)
{
	char *git_dir = worktree_git_dir(common_dir, path);
	char *file = git_dir ? xasprintf("%s/" NOTE, git_dir) : NULL;

	free(git_dir);
	return file;
}

/* "BASE COMMIT STATE"; false where there is none. */
static bool read_note(const char *common_dir, const char *path, struct buf *out)
{
	char *file = note_path(common_dir, path);
	bool there = file && io_load(file, out, NULL) == 0 && out->length;

	free(file);
	return there;
}

/* Is it there for just this? */
static bool is_noted(const struct revert_spec *spec)
{
	char *wanted = xasprintf("%s %s", spec->base.hex, spec->commit.hex);
	struct buf text;
	bool noted;

	buf_init(&text, 1024);
	noted = read_note(spec->common_dir, spec->path, &text) &&
		str_starts(text.text, wanted);
	buf_release(&text);
	free(wanted);
	return noted;
}

static int note(const struct revert_spec *spec, struct error *err)
{
	char *path = note_path(spec->common_dir, spec->path), *text;
	struct oid state;
	int fd, ret = 0;

	if (hash_state(spec->path, &state, err) < 0) {
		free(path);
		return -1;
	}
	text = xasprintf("%s %s %s\n", spec->base.hex, spec->commit.hex,
			 state.hex);
	fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)
		  : -1;
	if (fd < 0 || io_write(fd, text, strlen(text)) < 0)
		ret = error_errno(err, "cannot write into '%s'",
				  path ? path : spec->path);
	if (fd >= 0)
		close(fd);
	free(text);
	free(path);
	return ret;
}

/* What is there is nobody's work from now on. */
static void forget(const struct revert_spec *spec)
{
	char *path = note_path(spec->common_dir, spec->path);

	if (path)
		unlink(path);
	free(path);
}

/*
 * What a git that was killed has left is thrown away, new files too: half a
 * revert must not be taken for what a person did.  So there is a note only when
 * there is something for a person.
 */
static int begin(const struct revert_spec *spec, struct reverted *out,
		 struct error *err)
{
	if (worktree_ensure(spec->common_dir, spec->path, &spec->base, err) < 0)
		return -1;
	forget(spec);
	if (worktree_clean(spec->path, err) < 0 ||
	    try_revert(spec, out, err) < 0)
		return -1;
	return out->made == MADE_CONFLICT ? note(spec, err) : 0;
}

/* It was left to a person, at the base or with commits of theirs on it. */
static int take_mended(const struct revert_spec *spec, struct reverted *out,
		       struct error *err)
{
	const char *path = spec->path;
	bool reverting, above, same;
	struct oid head;
	int ret;

	if (add_mended(path, err) < 0)
		return -1;
	ret = say_unmerged(path, out, err);
	if (ret != 0)
		return ret < 0 ? -1 : 0;
	if (read_oid(path, "HEAD", &head, err) < 0 ||
	    is_there(path, "REVERT_HEAD", &reverting, err) < 0 ||
	    is_unchanged(path, &same, err) < 0)
		return -1;
	if (!oid_equal(&head, &spec->base)) {
		if (GIT(path, NULL, &above, err, "merge-base", "--is-ancestor",
			spec->base.hex, "HEAD") < 0)
			return -1;
		return above ? take_head(path, out, err)
			     : begin(spec, out, err);
	}
	/* given up, and nothing else done: from the beginning */
	if (!reverting && same)
		return begin(spec, out, err);
	return conclude(spec, out, err);
}

/* Nobody can make it again; until there is a ref the worktree's HEAD keeps it.
 */
static int take_up(const struct revert_spec *spec, struct reverted *out,
		   struct error *err)
{
	if (take_mended(spec, out, err) < 0)
		return -1;
	return out->made == MADE_OK ? keepref_add(spec->common_dir, spec->group,
						  &out->oid, err)
				    : 0;
}

static char *place_path(const char *path, int number)
{
	return number == 1 ? xstrdup(path) : xasprintf("%s-%d", path, number);
}

/* Where this conflicted before, or else where nothing else did. */
static char *find_place(const struct revert_spec *spec)
{
	char *place, *unused = NULL;
	struct buf text;

	buf_init(&text, 1024);
	for (int i = 1; i <= PLACES; i++) {
		struct revert_spec here = *spec;

		place = place_path(spec->path, i);
		here.path = place;
		if (is_noted(&here)) {
			free(unused);
			unused = place;
			break;
		}
		buf_clear(&text);
		if (!unused && !read_note(spec->common_dir, place, &text))
			unused = place;
		else
			free(place);
	}
	buf_release(&text);
	return unused;
}

static int make_at(const struct revert_spec *spec, struct reverted *out,
		   struct error *err)
{
	int ret = is_noted(spec) ? take_up(spec, out, err)
				 : begin(spec, out, err);

	if (ret == 0 && out->made != MADE_CONFLICT)
		forget(spec);
	return ret;
}

int revert_make(const struct revert_spec *spec, struct reverted *out,
		struct error *err)
{
	struct revert_spec here = *spec;
	char *place = find_place(spec);
	int ret;

	here.path = place;
	ret = place ? make_at(&here, out, err)
		    : error_set(err, ERROR_STATE,
				"%d others conflict: mend one of them first, "
				"in '%s' or beside it",
				PLACES, spec->path);
	if (ret < 0)
		error_prefix(err, "cannot revert %.*s on %.*s", OID_SHORT,
			     spec->commit.hex, OID_SHORT, spec->base.hex);
	free(out->where);
	out->where = place;
	return ret;
}

/* Has a person changed what git left there?  Where it cannot be told: yes. */
static bool has_work(const char *common_dir, const char *path)
{
	struct oid state;
	struct buf text;
	bool work;

	buf_init(&text, 1024);
	work = read_note(common_dir, path, &text);
	if (work && hash_state(path, &state, NULL) == 0) {
		const char *left;

		text.text[strcspn(text.text, "\n")] = '\0';
		left = strrchr(text.text, ' ');
		work = !left || !str_equal(left + 1, state.hex);
	}
	buf_release(&text);
	return work;
}

int revert_clean(const char *common_dir, const char *path, struct buf *kept,
		 struct error *err)
{
	int ret = 0;

	for (int i = 1; i <= PLACES && ret == 0; i++) {
		char *place = place_path(path, i);

		if (has_work(common_dir, place))
			buf_printf(kept, "%s\n", place);
		else
			ret = worktree_remove(common_dir, place, err);
		free(place);
	}
	return ret;
}

int revert_is_there(const char *common_dir, const struct oid *commit, bool *out,
		    struct error *err)
{
	char *dir = xasprintf("--git-dir=%s", common_dir);
	char *tree = xasprintf("%s^{tree}", commit->hex);
	const char *argv[] = { dir, "rev-parse", "-q", "--verify", tree, NULL };
	const struct gitcmd command = { .argv = argv, .answer = out };
	int ret = gitcmd_run(&command, err);

	free(tree);
	free(dir);
	return ret;
}
