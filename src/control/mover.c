/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/mover.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/io.h"
#include "base/xalloc.h"
#include "control/desk.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "repo/worktree.h"
#include "session/session.h"

/* All that a thread needs, of its own. */
struct mover_job {
	uv_work_t work;
	struct mover *mover;
	char *common, *worktree;
	struct oid oid;
	int ret;
	struct error err;
};

bool mover_wanted(struct session *session, struct oid *oid)
{
	const struct plan *plan = engine_plan(session_engine(session));

	if (plan->state != PLAN_TEST || !session_repository(session) ||
	    desk_can_run(session))
		return false;
	*oid = *graph_oid(session_graph(session), plan->commit);
	return true;
}

/* What a lock's file says while it is held. */
static const char held[] = "the worktree is being moved\n";

static int open_lock(const char *worktree, int flags, struct error *err)
{
	char *path = xasprintf("%s.lock", worktree);
	int fd = open(path, O_RDWR | O_CLOEXEC | flags, 0600);

	if (fd < 0)
		error_errno(err, "cannot open '%s'", path);
	free(path);
	return fd;
}

/* Did who had the lock last not give it back? */
static bool says_held(int lock)
{
	struct stat st;

	return fstat(lock, &st) == 0 && st.st_size > 0;
}

/* The file may have been removed while it was waited for: once more then. */
static bool is_removed(int lock)
{
	struct stat st;

	return fstat(lock, &st) == 0 && st.st_nlink == 0;
}

static int take(const char *worktree, bool *cut, struct error *err)
{
	int fd = open_lock(worktree, O_CREAT, err), ret;

	if (fd < 0)
		return -1;
	ret = io_lock(fd, LOCK_EX);
	while (ret == 0 && is_removed(fd)) {
		close(fd);
		fd = open_lock(worktree, O_CREAT, err);
		if (fd < 0)
			return -1;
		ret = io_lock(fd, LOCK_EX);
	}
	if (ret == 0) {
		*cut = says_held(fd);
		if (pwrite(fd, held, strlen(held), 0) > 0)
			return fd;
	}
	error_errno(err, "cannot lock '%s'", worktree);
	close(fd);
	return -1;
}

int mover_lock(const char *worktree, struct error *err)
{
	bool cut;

	return take(worktree, &cut, err);
}

void mover_unlock(int lock)
{
	if (ftruncate(lock, 0) < 0) {
		/* then it is moved once more for nothing */
	}
	close(lock);
}

void mover_remove_lock(const char *worktree, int lock)
{
	char *path = xasprintf("%s.lock", worktree);

	unlink(path);
	free(path);
	close(lock);
}

/* Whoever moves it at this moment has the lock, and is not cut. */
bool mover_was_cut(const struct session *session)
{
	char *worktree = session_worktree(session);
	int lock = open_lock(worktree, 0, NULL);
	bool cut = lock >= 0 && says_held(lock) &&
		   flock(lock, LOCK_EX | LOCK_NB) == 0 && says_held(lock);

	if (lock >= 0)
		close(lock);
	free(worktree);
	return cut;
}

static bool is_there(const char *common, const char *worktree,
		     const struct oid *oid)
{
	char *git_dir = worktree_git_dir(common, worktree);
	struct oid head;
	bool there = git_dir && worktree_head(git_dir, &head) &&
		     oid_equal(&head, oid);

	free(git_dir);
	return there;
}

/* Gently also where whoever had the lock may have brought it there. */
static int bring(const char *common, const char *worktree,
		 const struct oid *oid, bool gently, struct error *err)
{
	bool cut;
	int lock = take(worktree, &cut, err), ret = -1;

	if (lock >= 0) {
		if (!gently || cut)
			ret = worktree_ensure(common, worktree, oid, err);
		else if (is_there(common, worktree, oid))
			ret = 0;
		else
			ret = worktree_follow(worktree, oid, err);
		mover_unlock(lock);
	}
	return ret < 0 ? error_prefix(err,
				      "cannot move the worktree to %.*s, which "
				      "is to be tested",
				      OID_SHORT, oid->hex)
		       : 0;
}

int mover_bring(const struct session *session, const struct oid *oid,
		bool gently, struct error *err)
{
	char *worktree = session_worktree(session);
	int ret =
		bring(session_repository(session), worktree, oid, gently, err);

	free(worktree);
	return ret;
}

static void free_job(struct mover_job *job)
{
	free(job->common);
	free(job->worktree);
	free(job);
}

/* In a thread of the pool. */
static void on_work(uv_work_t *work)
{
	struct mover_job *job = work->data;

	job->ret =
		bring(job->common, job->worktree, &job->oid, false, &job->err);
}

static void on_moved(uv_work_t *work, int status);

static void begin(struct mover *mover, struct mover_job *job)
{
	job->oid = mover->wanted;
	job->err = (struct error)ERROR_INIT;
	if (mover->loop &&
	    uv_queue_work(mover->loop, &job->work, on_work, on_moved) == 0)
		return;
	on_work(&job->work);
	on_moved(&job->work, 0);
}

static void on_moved(uv_work_t *work, int status)
{
	struct mover_job *job = work->data;
	struct mover *mover = job->mover;

	(void)status;
	if (!oid_equal(&job->oid, &mover->wanted)) {
		begin(mover, job);
		return;
	}
	mover->failed = job->ret < 0;
	mover->why = job->err;
	mover->job = NULL;
	free_job(job);
	if (mover->moved)
		mover->moved(mover->data);
}

void mover_follow(struct mover *mover, struct session *session)
{
	struct mover_job *job;

	if (!mover_wanted(session, &mover->wanted) || mover->job)
		return;
	job = xcalloc(1, sizeof(*job));
	job->work.data = job;
	job->mover = mover;
	job->common = xstrdup(session_repository(session));
	job->worktree = session_worktree(session);
	mover->job = job;
	begin(mover, job);
}
