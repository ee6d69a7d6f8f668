/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_SESSIONS_H
#define CONTROL_SESSIONS_H

/*
 * Which sessions a repository has, in <git common dir>/culprit: numbered
 * folders, of which one is the current one.
 *
 * Opens none of them.
 */

struct error;
struct repo;
struct session;

/* The folder for a new one, which is not made; the caller frees. */
char *sessions_next(const struct repo *repo);

/*
 * The folder of the repository's current session; ERROR_STATE with the way out
 * when there is none.  The caller frees.
 */
int sessions_current(struct repo *repo, char **dir, struct error *err);
int sessions_make_current(struct repo *repo, const char *dir,
			  struct error *err);

/* If it is the repository's current session, there is none any more. */
int sessions_forget(struct repo *repo, const struct session *session,
		    struct error *err);

#endif
