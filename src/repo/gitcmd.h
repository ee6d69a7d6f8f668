/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_GITCMD_H
#define REPO_GITCMD_H

/*
 * Runs git itself, for what libgit2 cannot do as git does, and waits for it.
 *
 * No shell is involved.  git never asks for anything, and does not see what
 * the environment says of another repository (GIT_DIR, GIT_INDEX_FILE...).
 *
 * git ends with who asked for it, unless it is to be whole: then neither that
 * nor an interrupt from the keyboard cuts it.  That is for what is short and
 * locks what is shared with the user: a git that is ended in the very call that
 * makes a lock file leaves it, and nobody can change a ref any more.
 *
 * Who only reads talks to nobody: in a clone that lacks objects git would fetch
 * them, by whatever program its configuration names.
 */

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct error;

struct gitcmd {
	const char *const *argv; /* without "git" itself, NULL-terminated */
	const char *input;	 /* given on standard input; NULL: nothing */
	size_t input_length;
	const char *const *env; /* "NAME=value" of its own; NULL: none */
	struct buf *output;	/* standard output is added here, or NULL */
	bool fetches;		/* what a partial clone lacks: for checkouts */
	bool whole;   /* ends by itself, whoever is killed meanwhile */
	int held;     /* a descriptor that git keeps open; 0: none */
	bool *answer; /* or NULL; else it asks a question: exit 0 and 1
			       are true and false, and no failure */
};

/*
 * 0 when git exits with 0.  Otherwise ERROR_GIT with what it wrote to its
 * standard error, on one line: "git checkout: pathspec 'x' did not match".
 */
int gitcmd_run(const struct gitcmd *command, struct error *err);

#endif
