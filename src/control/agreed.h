/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_AGREED_H
#define CONTROL_AGREED_H

/*
 * What session and git both had when the mirror last looked, in a file of the
 * worktree's own git folder.  Reads and writes; the mirror knows what it means.
 */

#include <stdbool.h>
#include <stdint.h>

#include "repo/gitstate.h"

struct error;

struct agreed {
	bool known; /* false: there is no such file, and nothing else holds */
	struct gitstate is; /* whether it is under way, terms and marks only */
	char stamp[GITSTATE_STAMP]; /* of git's files just then */
	uint64_t key;		    /* agreed_key of all that was written */
};

void agreed_init(struct agreed *agreed);
void agreed_release(struct agreed *agreed);

/* A file that is damaged counts as none. */
void agreed_read(const char *git_dir, const char *name, struct agreed *out);
int agreed_write(const char *git_dir, const char *name,
		 const struct agreed *agreed, struct error *err);

bool agreed_same_marks(const struct gitstate *a, const struct gitstate *b);

/* A number that differs when anything of two states does. */
uint64_t agreed_key(const struct gitstate *state);

#endif
