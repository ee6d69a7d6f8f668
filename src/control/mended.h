/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_MENDED_H
#define CONTROL_MENDED_H

/*
 * The reverts of a session that a person mended.  One that git makes by itself
 * can be made again; these cannot, so refs keep them from git's gc until the
 * session is left (repo/keepref).  Makes no revert.
 */

#include <stddef.h>

struct error;
struct session;

/*
 * What its refs are called by, as a part of a ref's name: a session in the
 * repository by its own name, any other by its folder.  The caller frees.
 */
char *mended_group(const char *common_dir, const char *dir);

/*
 * Keep, for the session in `dir` (its own, or that of a fork), what is still
 * there of those among the first `count` events.
 */
void mended_keep(struct session *session, size_t count, const char *dir);

/* The session is left, or is a new one: none of its refs stay. */
int mended_drop(const struct session *session, struct error *err);

/* Nor those of sessions whose folder somebody has removed. */
void mended_sweep(const char *common_dir);

#endif
