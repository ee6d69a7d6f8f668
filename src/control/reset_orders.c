/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * git's word for leaving a bisection.  The session stays, as evidence; all that
 * was only there to work with goes, and it is the repository's current one no
 * more.
 */

#include "control/orders.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/xalloc.h"
#include "control/cluster.h"
#include "control/command.h"
#include "control/desk.h"
#include "control/further.h"
#include "control/lease.h"
#include "control/mended.h"
#include "control/mover.h"
#include "control/orders_inside.h"
#include "control/sessions.h"
#include "engine/engine.h"
#include "repo/revert.h"
#include "repo/worktree.h"
#include "session/folder.h"
#include "session/session.h"

/* Nobody moves it meanwhile, or waits for that in vain. */
static int remove_worktree(const struct session *session, struct error *err)
{
	const char *common = session_repository(session);
	char *path = session_worktree(session);
	int lock = mover_lock(path, err), ret = -1;

	if (lock >= 0) {
		ret = common ? worktree_remove(common, path, err) : 0;
		if (ret == 0)
			mover_remove_lock(path, lock);
		else
			mover_unlock(lock);
	}
	free(path);
	return ret;
}

/* Those in which somebody has begun to mend something stay. */
static int remove_reverts(const struct session *session, struct buf *kept,
			  struct error *err)
{
	const char *common = session_repository(session);
	char *path = session_revert(session);
	int ret = common ? revert_clean(common, path, kept, err) : 0;

	free(path);
	return ret;
}

static int take_folder(char *path, struct error *err)
{
	int ret = folder_remove(path, err);

	free(path);
	return ret;
}

static void take_file(char *path)
{
	unlink(path);
	free(path);
}

/* What was compiled, and what jobs elsewhere left, who stop without tickets. */
static int remove_products(const struct session *session, struct error *err)
{
	const char *dir = session_dir(session);

	if (take_folder(session_out(session), err) < 0 ||
	    take_folder(cluster_folder(dir), err) < 0 ||
	    further_remove(session, 0, err) < 0)
		return -1;
	take_file(cluster_state(dir));
	take_file(xasprintf("%s/reproducer", dir));
	take_file(xasprintf("%s/reproducer.from", dir));
	return 0;
}

static int leave(struct order *order, struct buf *kept, struct error *err)
{
	if (remove_worktree(order->session, err) < 0 ||
	    remove_reverts(order->session, kept, err) < 0 ||
	    remove_products(order->session, err) < 0 ||
	    mended_drop(order->session, err) < 0)
		return -1;
	return order->repo ? sessions_forget(order->repo, order->session, err)
			   : 0;
}

/* As an engine, so that none begins meanwhile. */
static int leave_alone(struct order *order, struct buf *kept, struct error *err)
{
	char *path = session_lock(order->session);
	struct lease *lease;
	int ret = lease_take(path, &lease, err);

	if (ret < 0) {
		free(path);
		return -1;
	}
	ret = leave(order, kept, err);
	if (ret == 0) {
		unlink(path);
		lease_give_back(lease);
	} else {
		lease_leave(lease);
	}
	free(path);
	return ret;
}

int order_reset(struct order *order, struct error *err)
{
	const struct plan *plan = engine_plan(session_engine(order->session));
	struct engine_process engine;
	struct buf kept;
	int ret;

	if (orders_expect(order, 0, 0, "reset", err) < 0)
		return -1;
	desk_engine(order->session, &engine);
	/* one whose search is over is on its way out */
	if (engine.alive && plan->state == PLAN_FOUND && !order->at_once)
		desk_see_out(order->session, &engine);
	if (engine.alive)
		return error_set(err, ERROR_BUSY,
				 "process %d on %s is at work on this "
				 "session: stop it first (culprit stop)",
				 engine.pid, engine.host);
	buf_init(&kept, 0);
	ret = leave_alone(order, &kept, err);
	if (ret == 0)
		buf_printf(order->say,
			   "the session is left; what it found out stays in "
			   "%s\n",
			   session_dir(order->session));
	if (ret == 0 && kept.length)
		buf_printf(order->say,
			   "kept, since somebody has mended a revert there:\n"
			   "%s",
			   kept.text);
	buf_release(&kept);
	return ret;
}
