/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_MOVER_H
#define CONTROL_MOVER_H

/*
 * In a session by hand the worktree goes where the next test is.  git moves
 * it, which takes a second or more in a tree of a kernel's size; who must not
 * wait has it done in libuv's pool.
 *
 *     still -> moving    [mover_follow: another commit is to be tested]
 *     moving -> still    [on_moved: it is there, or could not go]
 *     moving -> moving   [on_moved: by now another one is to be tested]
 *
 * One git at a time, of all processes: the worktree has a lock.  Where it
 * comes to rest is what was asked for last; a commit that was asked for on the
 * way and is not wanted any more is left out.  A git that is at work is never
 * ended, as that would leave half a tree.
 *
 * Never writes to the session.  What is to be tested is decided before, so who
 * is killed on the way loses nothing: the lock's file says that a move was cut,
 * and the next one that looks at git's state (mirror.h) does it anew, by force,
 * since half of a tree looks as if somebody had changed it.
 */

#include <stdbool.h>

#include "base/error.h"
#include "engine/oid.h"

struct mover_job;
struct session;
typedef struct uv_loop_s uv_loop_t;

struct mover {
	uv_loop_t *loop; /* borrowed; NULL: each move is waited for */
	/* it stands still again; `failed` and why are of the last move */
	void (*moved)(void *data); /* or NULL */
	void *data;
	struct mover_job *job; /* NULL: it stands still */
	struct oid wanted;     /* where it is going in the end */
	bool failed;
	struct error why;
};

/*
 * Move to what is to be tested now; where nobody tests by hand, nothing
 * happens.  Of the session nothing is kept.
 */
void mover_follow(struct mover *mover, struct session *session);

static inline bool mover_moves(const struct mover *mover)
{
	return mover->job;
}

/* The commit that the worktree should be at; false: any will do. */
bool mover_wanted(struct session *session, struct oid *oid);

/*
 * Move it and wait, also for whoever else moves it just now.  Gently: what was
 * changed there stays, or is a reason not to go.
 */
int mover_bring(const struct session *session, const struct oid *oid,
		bool gently, struct error *err);

/* Was a move cut, which nobody has done again since? */
bool mover_was_cut(const struct session *session);

/* The lock alone, waited for; -1 with an error. */
int mover_lock(const char *worktree, struct error *err);
void mover_unlock(int lock);

/* Give it back with its file: there is nothing left to move. */
void mover_remove_lock(const char *worktree, int lock);

#endif
