/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_TOUCHED_H
#define REPO_TOUCHED_H

/*
 * Which files commits change, and what is in a commit's files: asked of git
 * itself, which reads a kernel's range in seconds.  Fetches nothing: what a
 * partial clone lacks is an error.
 *
 * Nothing of libgit2, so that it can be asked on any thread.
 */

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct error;
struct oid;

/* What git said, and the commits that it was asked about. */
struct touched {
	const struct oid *commits; /* borrowed */
	size_t count;
	struct buf *said;
};

/*
 * Ask about `count` commits, in any order; said is initialised, and the
 * caller's.  common_dir as repo_common_dir has it.
 */
int touched_ask(struct touched *touched, const char *common_dir,
		struct error *err);

/* Where one is in an answer; begin with { 0 }. */
struct touched_at {
	size_t byte;
	size_t commit; /* out: which of the commits */
	bool begun;
	const char *path; /* out: of one file that it changes */
};

/*
 * The next file; false behind the last.  A merge changes none: what it does
 * beside its parents is not asked.
 */
bool touched_next(const struct touched *touched, struct touched_at *at);

/*
 * The texts of files of a commit, in order; NULL for one that is not there, or
 * is no file.  text is borrowed for the call.
 */
typedef void touched_text(void *data, size_t file, const char *text);
int touched_read(const char *common_dir, const struct oid *commit,
		 char *const *files, size_t count, touched_text *take,
		 void *data, struct error *err);

/*
 * The files of a worktree in which functions of these names are defined, as
 * far as a line of C tells.
 */
typedef void touched_defined(void *data, size_t function, const char *file);
int touched_define(const char *worktree, char *const *functions, size_t count,
		   touched_defined *take, void *data, struct error *err);

#endif
