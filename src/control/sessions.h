/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_SESSIONS_H
#define CONTROL_SESSIONS_H

/*
 * Which sessions a repository has, in <git common dir>/culprit: folders with
 * a number or, for forks, perhaps a name; one of them is the current one.
 *
 * Opens none of them.
 */

#include <stdbool.h>

struct error;
struct repo;
struct session;

/* The folder for a new one, which is not made; the caller frees. */
char *sessions_next(const struct repo *repo);

/*
 * The folder for a fork of this session, beside it; which is not made.  name:
 * NULL for the next number, where the session itself has one, else its name
 * with a number.  ERROR_INPUT for a name that can be none, ERROR_STATE for
 * one that is taken.  The caller frees.
 */
int sessions_beside(const struct session *session, const char *name, char **dir,
		    struct error *err);

/* Does the session lie where the repository has its own? */
bool sessions_has(const struct repo *repo, const struct session *session);

/* The folder of the one with this name.  The caller frees. */
int sessions_find(const struct repo *repo, const char *name, char **dir,
		  struct error *err);

/*
 * The names of all, numbers first; ended by NULL.  The caller frees them and
 * the list.
 */
char **sessions_list(const struct repo *repo);

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
