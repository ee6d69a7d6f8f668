/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/worktree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/oid.h"
#include "repo/gitcmd.h"

#define TURN_PATIENCE_MS 10000
#define TURN_PAUSE_MS	 10

/* The first line of a small file; NULL when it cannot be read. */
static char *read_line(const char *path)
{
	char text[PATH_MAX + 64];
	FILE *file = fopen(path, "re");
	char *line = NULL;

	if (!file)
		return NULL;
	if (fgets(text, sizeof(text), file))
		line = xstrndup(text, strcspn(text, "\r\n"));
	fclose(file);
	return line;
}

/* What a file names, which may be given relative to the folder it is in. */
static char *follow(const char *dir, const char *target)
{
	char *path = *target == '/' ? xstrdup(target)
				    : xasprintf("%s/%s", dir, target);
	char *real = realpath(path, NULL);

	free(path);
	return real;
}

/*
 * Does git know it by this place?  A copy of a worktree names the same folder
 * of git's, and would move the HEAD of the one it was copied from.
 */
static bool is_known_here(const char *git_dir, const char *dot_git)
{
	char *pointer = xasprintf("%s/gitdir", git_dir);
	char *place = read_line(pointer);
	char *known = place ? follow(git_dir, place) : NULL;
	char *here = realpath(dot_git, NULL);
	/* one that was moved is there no more; then it is this one */
	bool same = !known || str_equal(known, here);

	free(here);
	free(known);
	free(place);
	free(pointer);
	return same;
}

/*
 * Read from git's own files: asked at a wrong place, git would go up and find
 * another repository.
 */
char *worktree_git_dir(const char *common_dir, const char *path)
{
	char *dot_git = xasprintf("%s/.git", path);
	char *line = read_line(dot_git), *dir = NULL, *pointer = NULL;
	char *up = NULL, *common = NULL, *wanted = realpath(common_dir, NULL);

	if (!line || !str_starts(line, "gitdir: "))
		goto out;
	dir = follow(path, line + strlen("gitdir: "));
	if (!dir)
		goto out;
	pointer = xasprintf("%s/commondir", dir);
	up = read_line(pointer);
	if (up)
		common = follow(dir, up);
	if (!common || !str_equal(common, wanted) ||
	    !is_known_here(dir, dot_git)) {
		free(dir);
		dir = NULL;
	}
out:
	free(wanted);
	free(common);
	free(up);
	free(pointer);
	free(line);
	free(dot_git);
	return dir;
}

static bool is_free(const char *path, const char *but)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool empty = true;

	if (!dir)
		return errno == ENOENT;
	while (empty && (entry = readdir(dir)))
		empty = str_equal(entry->d_name, ".") ||
			str_equal(entry->d_name, "..") ||
			str_equal(entry->d_name, but);
	closedir(dir);
	return empty;
}

/*
 * All that a git leaves which was killed while it made a worktree: where its
 * own folder of it would be.
 */
static bool is_begun(const char *common_dir, const char *path)
{
	char *dot_git = xasprintf("%s/.git", path), *line = read_line(dot_git);
	char *real = realpath(common_dir, NULL);
	char *wanted =
		xasprintf("gitdir: %s/worktrees/", real ? real : common_dir);
	bool begun = line && str_starts(line, wanted) && is_free(path, ".git");

	free(wanted);
	free(real);
	free(line);
	free(dot_git);
	return begun;
}

static int run_git(const char *const *argv, struct buf *output,
		   struct error *err)
{
	const struct gitcmd command = { .argv = argv,
					.output = output,
					.fetches = true };

	return gitcmd_run(&command, err);
}

static void remove_in(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);

	unlink(path);
	free(path);
}

/*
 * An index that was only half written when the power went can be spared:
 * with --force the files are those of the commit anyway.
 */
static int take_over(const char *git_dir, const char *path,
		     const struct oid *oid, struct error *err)
{
	static const char *const locks[] = {
		"index.lock",	  "HEAD.lock",	      "ORIG_HEAD.lock",
		"MERGE_MSG.lock", "REVERT_HEAD.lock", "AUTO_MERGE.lock"
	};

	for (size_t i = 0; i < sizeof(locks) / sizeof(*locks); i++)
		remove_in(git_dir, locks[i]);
	if (worktree_checkout(path, oid, NULL) == 0)
		return 0;
	remove_in(git_dir, "index");
	return worktree_checkout(path, oid, err);
}

/*
 * The git of an engine that was killed goes on by itself, and of two that make
 * a worktree at once each takes away what the other made.  So whoever makes one
 * holds the repository's folder, and so does that git, for as long as it lives.
 *
 * 0 where it cannot be had: who is still at work after so long is something
 * that a hook of the user's left behind.
 */
static int take_turn(const char *common_dir)
{
	const struct timespec pause = { .tv_nsec = TURN_PAUSE_MS * 1000000L };
	int fd = open(common_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	for (int ms = 0; ms < TURN_PATIENCE_MS; ms += TURN_PAUSE_MS) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return fd;
		if (errno != EWOULDBLOCK)
			break;
		nanosleep(&pause, NULL);
	}
	close(fd);
	return 0;
}

/*
 * Without files, which the checkout gets: a git that is killed among them
 * would take away what says that this is a worktree, and leave them.
 *
 * It is short, and whole: a git that is ended in it may leave a folder in
 * .git/worktrees that belongs to nothing, and that git itself never prunes.
 *
 * --force twice: also where git still has one registered that was deleted,
 * even a locked one.  Never `git worktree prune`: that would forget any
 * worktree of the user's whose disk is not mounted just now.
 */
static int make(const char *common_dir, const char *path, int turn,
		const struct oid *oid, struct error *err)
{
	char *dir = xasprintf("--git-dir=%s", common_dir);
	const char *argv[] = {
		dir,	   "worktree", "add", "--detach", "--no-checkout",
		"--force", "--force",  "--",  path,	  oid->hex,
		NULL
	};
	const struct gitcmd command = {
		.argv = argv, .fetches = true, .whole = true, .held = turn
	};
	int ret;

	remove_in(path, ".git");
	ret = gitcmd_run(&command, err);
	free(dir);
	return ret;
}

int worktree_ensure(const char *common_dir, const char *path,
		    const struct oid *oid, struct error *err)
{
	int turn = take_turn(common_dir), ret;
	char *git_dir = worktree_git_dir(common_dir, path);

	if (git_dir)
		ret = 0;
	else if (is_free(path, NULL) || is_begun(common_dir, path))
		ret = make(common_dir, path, turn, oid, err);
	else
		ret = error_set(err, ERROR_STATE,
				"'%s' is in the way: it is no worktree of "
				"'%s'; move it away",
				path, common_dir);
	if (turn)
		close(turn);
	if (ret == 0)
		ret = git_dir ? take_over(git_dir, path, oid, err)
			      : worktree_checkout(path, oid, err);
	free(git_dir);
	return ret;
}

void worktree_checkout_argv(const char *path, const struct oid *oid,
			    const char *argv[WORKTREE_ARGV_MAX])
{
	const char *const words[] = {
		"git",
		"-C",
		path,
		"--git-dir=.git",
		"--work-tree=.",
		"checkout",
		"-q",
		"--force",
		"--detach",
		oid ? oid->hex : NULL,
		NULL,
	};

	_Static_assert(sizeof(words) / sizeof(*words) <= WORKTREE_ARGV_MAX,
		       "room for all words");
	memcpy(argv, words, sizeof(words));
}

int worktree_checkout(const char *path, const struct oid *oid,
		      struct error *err)
{
	const char *argv[WORKTREE_ARGV_MAX];

	worktree_checkout_argv(path, oid, argv);
	return run_git(argv + 1, NULL, err);
}

bool worktree_head(const char *git_dir, struct oid *oid)
{
	char *path = xasprintf("%s/HEAD", git_dir), *line = read_line(path);
	bool detached = line && oid_parse(oid, line);

	free(line);
	free(path);
	return detached;
}

int worktree_follow(const char *path, const struct oid *oid, struct error *err)
{
	const char *argv[] = {
		"-C",	    path, "--git-dir=.git", "--work-tree=.",
		"checkout", "-q", "--detach",	    oid->hex,
		NULL
	};

	return run_git(argv, NULL, err);
}

int worktree_clean(const char *path, struct error *err)
{
	const char *argv[] = { "-C", path, "clean", "-q", "-ffdx", NULL };

	return run_git(argv, NULL, err);
}

/* Does git have a worktree on its list whose folder is, or was, at path? */
static int is_registered(const char *common_dir, const char *path, bool *out,
			 struct error *err)
{
	char *dir = xasprintf("--git-dir=%s", common_dir);
	const char *argv[] = { dir, "worktree", "list", "--porcelain", NULL };
	char *wanted = xasprintf("worktree %s", path), *rest, *line;
	struct buf text;
	int ret = -1;

	buf_init(&text, 0);
	if (run_git(argv, &text, err) < 0)
		goto out;
	*out = false;
	rest = text.text;
	while ((line = strsep(&rest, "\n")))
		*out |= str_equal(line, wanted);
	ret = 0;
out:
	buf_release(&text);
	free(wanted);
	free(dir);
	return ret;
}

/*
 * git names a worktree by its real path, and the folder itself may be gone:
 * the real path of the folder above it.
 */
static char *real_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *above, *real, *whole = NULL;

	if (!slash)
		return xstrdup(path);
	above = xstrndup(path, (size_t)(slash - path));
	real = realpath(*above ? above : "/", NULL);
	if (real)
		whole = xasprintf("%s%s", str_equal(real, "/") ? "" : real,
				  slash);
	free(real);
	free(above);
	return whole ? whole : xstrdup(path);
}

int worktree_remove(const char *common_dir, const char *path, struct error *err)
{
	char *dir = xasprintf("--git-dir=%s", common_dir);
	char *real = real_path(path);
	const char *argv[] = { dir,	  "worktree", "remove", "--force",
			       "--force", "--",	      real,	NULL };
	bool registered;
	int ret = -1;

	if (access(path, F_OK) < 0 && errno == ENOENT) {
		if (is_registered(common_dir, real, &registered, err) < 0)
			goto out;
		if (!registered) {
			ret = 0;
			goto out;
		}
	}
	ret = run_git(argv, NULL, err);
out:
	free(real);
	free(dir);
	return ret;
}
