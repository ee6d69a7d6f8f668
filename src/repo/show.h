/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_SHOW_H
#define REPO_SHOW_H

/*
 * A commit as `git show` prints it.  What comes out is anybody's bytes.
 */

struct argv;
struct buf;
struct error;
struct repo;

/*
 * Add it to out, as much as out takes; options, ended by NULL, say how it is
 * printed.  Never coloured, nothing is asked, no pager.  Waits for git.
 */
int show_commit(const struct repo *repo, const char *hex,
		const char *const *options, struct buf *out, struct error *err);

/* The words of that git, without "git" itself. */
void show_argv(const struct repo *repo, const char *hex,
	       const char *const *options, struct argv *out);

#endif
