/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/mirror.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/agreed.h"
#include "control/describe.h"
#include "control/desk.h"
#include "control/extend.h"
#include "control/gitnews.h"
#include "control/mover.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "repo/gitstate.h"
#include "repo/repo.h"
#include "repo/worktree.h"
#include "session/gitlog.h"
#include "session/gitstart.h"
#include "session/session.h"

/*
 * In the worktree's own git folder.  WRITTEN is there while git's files are
 * being written: what git then has is either as AGREED says or as it says.
 */
#define AGREED	"culprit-bisect"
#define WRITTEN "culprit-bisect.next"
#define LOCK	"culprit-bisect.lock"

#define TRIES_MAX 5   /* when git bisect is used all the while */
#define SETTLE_MS 100 /* git changes its state in several steps */

struct mirror {
	struct session *session;
	struct repo *repo;
	char *worktree, *git_dir;
	int lock;
	struct gitstate is, wanted;
	struct agreed base, written;
	char stamp[GITSTATE_STAMP];
	bool taken;
	bool changed; /* either side, since both agreed */
	bool *moves;  /* the caller moves the worktree; or NULL */
};

static int take_lock(struct mirror *mirror, struct error *err)
{
	char *path = xasprintf("%s/" LOCK, mirror->git_dir);
	int ret = 0;

	mirror->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (mirror->lock < 0)
		ret = error_errno(err, "cannot open '%s'", path);
	else if (io_lock(mirror->lock, LOCK_EX) < 0)
		ret = error_errno(err, "cannot lock '%s'", path);
	free(path);
	return ret;
}

static void init_states(struct mirror *mirror)
{
	gitstate_init(&mirror->is);
	gitstate_init(&mirror->wanted);
	agreed_init(&mirror->base);
	agreed_init(&mirror->written);
}

static void release_states(struct mirror *mirror)
{
	gitstate_release(&mirror->is);
	gitstate_release(&mirror->wanted);
	agreed_release(&mirror->base);
	agreed_release(&mirror->written);
}

/*
 * What the session has.
 */

static void copy_oids(const struct session *session, const int *commits,
		      int count, struct oids *out)
{
	for (int i = 0; i < count; i++)
		oids_add(out, graph_oid(session_graph(session), commits[i]));
}

/* Where a search is, git has tested the merge bases; elsewhere it will. */
static bool bases_are_tested(const struct plan *plan)
{
	if (plan->state == PLAN_TEST)
		return !plan->merge_base && !plan->confirming &&
		       !plan->release && !plan->picked;
	return plan->state == PLAN_FOUND || plan->state == PLAN_ONLY_SKIPPED;
}

static void want_marks(struct mirror *mirror, const struct plan *plan)
{
	struct engine *engine = session_engine(mirror->session);
	const struct graph *graph = session_graph(mirror->session);
	struct gitstate *wanted = &mirror->wanted;
	const int *skips;
	int bad = plan->state == PLAN_MERGE_BASE_BAD ? plan->commit : plan->bad;
	int count = engine_skips(engine, &skips);

	if (bad >= 0)
		wanted->bad = *graph_oid(graph, bad);
	copy_oids(mirror->session, plan->goods, plan->good_count,
		  &wanted->goods);
	copy_oids(mirror->session, skips, count, &wanted->skips);
}

/* All that follows from the session alone; returns its key. */
static uint64_t want(struct mirror *mirror)
{
	struct engine *engine = session_engine(mirror->session);
	const struct event *start = engine_start_event(engine);
	const struct plan *plan = engine_plan(engine);
	struct gitstate *wanted = &mirror->wanted;
	struct gitterms terms;

	gitterms_of(engine, &terms);
	free(wanted->term_new);
	free(wanted->term_old);
	wanted->term_new = terms.newer;
	wanted->term_old = terms.older;
	wanted->under_way = true;
	wanted->first_parent = start && start->first_parent;
	wanted->bases_tested = bases_are_tested(plan);
	if (plan->state == PLAN_TEST)
		wanted->expected = *graph_oid(session_graph(mirror->session),
					      plan->commit);
	want_marks(mirror, plan);
	gitlog_write(mirror->session, &wanted->log);
	return agreed_key(wanted);
}

/*
 * What stays as it is in git: where `git bisect reset` goes, and where the
 * plan says nothing of it, what was expected and which bases were tested.
 */
static int want_kept(struct mirror *mirror, struct error *err)
{
	const struct plan *plan = engine_plan(session_engine(mirror->session));
	struct gitstate *wanted = &mirror->wanted;
	struct oid head;

	if (oid_is_none(&wanted->expected))
		wanted->expected = mirror->is.expected;
	if (plan->picked)
		wanted->bases_tested = mirror->is.bases_tested;
	if (mirror->is.start)
		wanted->start = xstrdup(mirror->is.start);
	else if (worktree_head(mirror->git_dir, &head))
		wanted->start = xstrdup(head.hex);
	else
		return error_set(err, ERROR_STATE,
				 "'%s' is not at a commit of its own: "
				 "git checkout --detach there",
				 mirror->worktree);
	return 0;
}

/*
 * One round.
 */

static int read_all(struct mirror *mirror, struct error *err)
{
	release_states(mirror);
	init_states(mirror);
	agreed_read(mirror->git_dir, AGREED, &mirror->base);
	agreed_read(mirror->git_dir, WRITTEN, &mirror->written);
	gitstate_stamp(mirror->git_dir, mirror->stamp);
	return gitstate_read(mirror->git_dir, &mirror->is, err);
}

/* Is the worktree to be moved again, since who moved it was killed? */
static bool is_cut(const struct mirror *mirror)
{
	struct oid oid;

	return mover_wanted(mirror->session, &oid) &&
	       mover_was_cut(mirror->session);
}

/* Nobody did anything since: most calls end here, and git is not started. */
static bool is_quiet(struct mirror *mirror)
{
	struct agreed *base = &mirror->base;

	agreed_read(mirror->git_dir, AGREED, base);
	agreed_read(mirror->git_dir, WRITTEN, &mirror->written);
	gitstate_stamp(mirror->git_dir, mirror->stamp);
	if (!base->known || mirror->written.known || !base->is.under_way ||
	    !str_equal(base->stamp, mirror->stamp))
		return false;
	return want(mirror) == base->key && !is_cut(mirror);
}

/*
 * What takes something back may be the middle of a reset or a replay, which
 * git does in several steps: then the state is read until it stands still.
 */
static int read_settled(struct mirror *mirror, struct gitnews *news,
			struct error *err)
{
	char before[GITSTATE_STAMP];

	for (int i = 0; i < TRIES_MAX; i++) {
		if (read_all(mirror, err) < 0)
			return -1;
		if (!gitnews_takes_back(news))
			return 0;
		str_copy(before, sizeof(before), mirror->stamp);
		poll(NULL, 0, SETTLE_MS);
		gitstate_stamp(mirror->git_dir, mirror->stamp);
		if (str_equal(before, mirror->stamp))
			return 0;
	}
	return error_set(err, ERROR_BUSY, "git bisect is at work in '%s'",
			 mirror->worktree);
}

static int take_news(struct mirror *mirror, struct error *err)
{
	struct gitnews news = { .session = mirror->session,
				.repo = mirror->repo,
				.is = &mirror->is,
				.base = &mirror->base,
				.written = &mirror->written };
	int ret;

	if (read_settled(mirror, &news, err) < 0)
		return -1;
	ret = gitnews_take(&news, err);
	mirror->taken |= news.taken;
	return ret < 0 ? -1
		       : extend_if_needed(mirror->session, mirror->repo, err);
}

static int note_agreed(const struct mirror *mirror,
		       const struct gitstate *state, const char *name,
		       const char *stamp, uint64_t key, struct error *err)
{
	struct agreed agreed = { .known = true, .is = *state, .key = key };

	str_copy(agreed.stamp, sizeof(agreed.stamp), stamp);
	return agreed_write(mirror->git_dir, name, &agreed, err);
}

static void forget(const struct mirror *mirror, const char *name)
{
	char *path = xasprintf("%s/%s", mirror->git_dir, name);

	unlink(path);
	free(path);
}

/* git was left, and stays so until somebody wants to go on. */
static bool is_left(struct mirror *mirror)
{
	const struct plan *plan = engine_plan(session_engine(mirror->session));

	return mirror->base.known && !mirror->is.under_way &&
	       (plan->paused || plan->state == PLAN_FOUND);
}

static int leave(struct mirror *mirror, struct error *err)
{
	struct agreed *base = &mirror->base;

	base->is.under_way = false;
	forget(mirror, WRITTEN);
	return note_agreed(mirror, &base->is, AGREED, mirror->stamp, 0, err);
}

/*
 * The stamp of what was written.  A mark that somebody made just behind it
 * must not go by under that stamp: then there is none, and the next look
 * reads.
 */
static int stamp_written(struct mirror *mirror, char *stamp, struct error *err)
{
	struct gitstate now;
	int ret;

	gitstate_stamp(mirror->git_dir, stamp);
	gitstate_init(&now);
	ret = gitstate_read(mirror->git_dir, &now, err);
	if (ret == 0 && !agreed_same_marks(&now, &mirror->wanted))
		stamp[0] = '\0';
	gitstate_release(&now);
	return ret;
}

static int write_all(struct mirror *mirror, struct error *err)
{
	char stamp[GITSTATE_STAMP];
	uint64_t key;

	gitstate_release(&mirror->wanted);
	gitstate_init(&mirror->wanted);
	key = want(mirror);
	if (want_kept(mirror, err) < 0 ||
	    note_agreed(mirror, &mirror->wanted, WRITTEN, "", key, err) < 0 ||
	    gitstate_write(mirror->git_dir, &mirror->is, &mirror->wanted, err) <
		    0 ||
	    stamp_written(mirror, stamp, err) < 0 ||
	    note_agreed(mirror, &mirror->wanted, AGREED, stamp, key, err) < 0)
		return -1;
	forget(mirror, WRITTEN);
	return 0;
}

/*
 * git chose a commit when somebody marked one; where that is not the
 * session's, as when the mark says nothing new, the worktree follows.  So it
 * does for who gave an order and was killed before it was moved, or while it
 * was.  Who has an engine leaves that to its builds.
 */
static int follow(struct mirror *mirror, struct error *err)
{
	const struct plan *plan = engine_plan(session_engine(mirror->session));
	struct oid oid, head;

	if (!mirror->changed || plan->paused ||
	    !mover_wanted(mirror->session, &oid))
		return 0;
	if (worktree_head(mirror->git_dir, &head) && oid_equal(&head, &oid) &&
	    !mover_was_cut(mirror->session))
		return 0;
	if (mirror->moves) {
		*mirror->moves = true;
		return 0;
	}
	return mover_bring(mirror->session, &oid, true, err);
}

static int sync_once(struct mirror *mirror, struct error *err)
{
	if (session_refresh(mirror->session, NULL, err) < 0)
		return -1;
	if (is_quiet(mirror))
		return 0;
	mirror->changed = true;
	if (take_news(mirror, err) < 0)
		return -1;
	return is_left(mirror) ? leave(mirror, err) : write_all(mirror, err);
}

static int sync_all(struct mirror *mirror, struct error *err)
{
	struct error last = ERROR_INIT;
	int ret = -1;

	if (take_lock(mirror, err) < 0)
		return -1;
	/* a mark made while we wrote: what it says first, then again */
	for (int i = 0; i < TRIES_MAX && ret < 0; i++) {
		release_states(mirror);
		init_states(mirror);
		ret = sync_once(mirror, &last);
		if (ret < 0 && last.code != ERROR_BUSY)
			break;
	}
	if (ret < 0 && err)
		*err = last;
	return ret < 0 ? -1 : follow(mirror, err);
}

static bool find(struct mirror *mirror, const struct session *session)
{
	const char *common = session_repository(session);

	if (!common || session_is_past(session))
		return false;
	mirror->worktree = session_worktree(session);
	mirror->git_dir = worktree_git_dir(common, mirror->worktree);
	return mirror->git_dir;
}

static int sync_both(struct session *session, struct repo *repo, bool *taken,
		     bool *moves, struct error *err)
{
	struct mirror mirror = {
		.session = session, .repo = repo, .lock = -1, .moves = moves
	};
	struct repo *opened = NULL;
	int ret = 0;

	init_states(&mirror);
	if (taken)
		*taken = false;
	if (!find(&mirror, session))
		goto out;
	if (!repo)
		ret = repo_open(session_repository(session), &opened, err);
	if (opened)
		mirror.repo = opened;
	if (ret == 0)
		ret = sync_all(&mirror, err);
	if (taken)
		*taken = mirror.taken;
out:
	if (mirror.lock >= 0)
		close(mirror.lock);
	release_states(&mirror);
	if (opened)
		repo_close(opened);
	free(mirror.git_dir);
	free(mirror.worktree);
	return ret;
}

int mirror_sync(struct session *session, struct repo *repo, bool *taken,
		struct error *err)
{
	return sync_both(session, repo, taken, NULL, err);
}

void mirror_look(struct session *session, struct repo *repo, bool *moves,
		 struct buf *say)
{
	size_t seen = session_event_count(session);
	struct error err = ERROR_INIT;
	int ret = sync_both(session, repo, NULL, moves, &err);

	for (; seen < session_event_count(session); seen++) {
		const struct event *event = session_event(session, seen);

		if (event->by != BY_GIT)
			continue;
		buf_puts(say, "marked in the worktree: ");
		describe_event(session, event, say);
		buf_putc(say, '\n');
	}
	/* who may only read cannot do anything about it */
	if (ret < 0 && access(session_dir(session), W_OK) == 0)
		buf_printf(say, "git bisect is not in step: %s\n", err.text);
}

bool mirror_is_behind(const struct session *session)
{
	struct mirror mirror = { .lock = -1 };
	bool behind = false;

	init_states(&mirror);
	if (find(&mirror, session)) {
		agreed_read(mirror.git_dir, AGREED, &mirror.base);
		gitstate_stamp(mirror.git_dir, mirror.stamp);
		behind = mirror.base.known &&
			 !str_equal(mirror.base.stamp, mirror.stamp);
	}
	release_states(&mirror);
	free(mirror.git_dir);
	free(mirror.worktree);
	return behind;
}

char *mirror_folder(const struct session *session)
{
	struct mirror mirror = { .lock = -1 };

	find(&mirror, session);
	free(mirror.worktree);
	return mirror.git_dir;
}

bool mirror_is_busy(const struct session *session)
{
	char *folder = mirror_folder(session), *path;
	bool busy;

	if (!folder)
		return false;
	path = xasprintf("%s/index.lock", folder);
	busy = access(path, F_OK) == 0;
	free(path);
	free(folder);
	return busy;
}
