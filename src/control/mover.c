/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/mover.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>
#include <uv.h>

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

int mover_lock(const char *worktree, struct error *err)
{
	char *path = xasprintf("%s.lock", worktree);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		error_errno(err, "cannot open '%s'", path);
	while (fd >= 0 && flock(fd, LOCK_EX) < 0) {
		if (errno == EINTR)
			continue;
		error_errno(err, "cannot lock '%s'", path);
		close(fd);
		fd = -1;
	}
	free(path);
	return fd;
}

static int bring(const char *common, const char *worktree,
		 const struct oid *oid, struct error *err)
{
	int lock = mover_lock(worktree, err);
	int ret = lock < 0 ? -1 : worktree_ensure(common, worktree, oid, err);

	if (lock >= 0)
		close(lock);
	return ret < 0 ? error_prefix(err,
				      "cannot move the worktree to %.*s, which "
				      "is to be tested",
				      OID_SHORT, oid->hex)
		       : 0;
}

int mover_bring(const struct session *session, const struct oid *oid,
		struct error *err)
{
	char *worktree = session_worktree(session);
	int ret = bring(session_repository(session), worktree, oid, err);

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

	job->ret = bring(job->common, job->worktree, &job->oid, &job->err);
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
