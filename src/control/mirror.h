/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_MIRROR_H
#define CONTROL_MIRROR_H

/*
 * Keeps git's own bisect state in the session's worktree the same as the
 * session's, both ways: what is decided here git has there (git bisect log,
 * visualize, gitk, git status), and what a person marks there with plain git
 * bisect becomes events of the session, by git.
 *
 * What both had last is written down beside git's files, in the worktree's
 * own git folder, so that it goes with them: what git has and this has not is
 * news, each exactly once, and what was written here never comes back.  The
 * user's checkout and its own bisection are never looked at.
 *
 *     git bisect good|bad|skip    a verdict
 *     a mark that is gone         a retract (git bisect start, replay)
 *     bad on a commit that has bad ones behind it
 *                                 these are retracted: git knows one bad end
 *     git bisect reset            a pause, and git is left alone until a
 *                                 resume; another git bisect start is one
 *     a line of one's own in the log
 *                                 a note
 *
 * A mark that excludes another one is set aside by the engine, with a warning.
 */

#include <stdbool.h>

struct buf;
struct error;
struct repo;
struct session;

/*
 * Take in what git has that is new, then write what the session has.  Does
 * nothing where there is no worktree, or an earlier time is shown.  repo may
 * be NULL.  *taken, where given, says whether anything was taken in.  Waits
 * for git, some milliseconds; where nothing has changed it does not start it.
 *
 * On failure what was taken in stays, and the next call goes on.
 */
int mirror_sync(struct session *session, struct repo *repo, bool *taken,
		struct error *err);

/*
 * The same, with what was taken in and what went wrong as lines for a person.
 * *moves, where given, becomes true where the worktree is to be moved, which
 * the caller sees to (mover.h); else it is moved.
 */
void mirror_look(struct session *session, struct repo *repo, bool *moves,
		 struct buf *say);

/*
 * May git have something new?  A few stats: for who looks again and again.
 */
bool mirror_is_behind(const struct session *session);

/* Does git check out something in the worktree just now? */
bool mirror_is_busy(const struct session *session);

/* The folder that changes when git bisect is used, for the caller to free; NULL
   where there is none. */
char *mirror_folder(const struct session *session);

#endif
