/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_FURTHER_H
#define CONTROL_FURTHER_H

/*
 * The further worktrees of a session, in which commits are built ahead of
 * time: where they lie, and how one gets rid of them.
 */

#include <stdbool.h>

struct error;
struct session;

/* "worktree" or "out" of number 1, 2...; the caller frees. */
char *further_path(const struct session *session, int number, const char *what);

/*
 * Remove those with higher numbers than `keep`, with all that was built in
 * them.  Whoever calls has the lease, or knows that nobody has it.  Goes on
 * behind what cannot be removed, and says it then.
 */
int further_remove(const struct session *session, int keep, struct error *err);

#endif
