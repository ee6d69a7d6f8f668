/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

/*
 * A session: its folder, its journal and the engine that is the fold of it,
 * as one thing.
 *
 * Several processes may have the same session open.  Each one folds what the
 * others appended when it calls session_refresh, and nobody needs to tell
 * anybody anything.  A session never runs anything and never opens a git
 * repository.
 *
 * The folder holds session.db, builds/<commit>.log, runs/<commit>/<n>.console
 * and (what a reproducer in a guest said) <n>.output, each with its lines
 * counted beside it (<log>.index, base/logindex.h), the settings the session
 * was started with (culprit.cfg, and in culprit.cfg.folder where they came
 * from) and the rules for crash titles that they name (oops.cfg), the patches
 * of fixups by the hash of their text (fixups/<hash>.patch), and lock.  Files
 * are 0600, folders 0700.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/commit.h"
#include "engine/oid.h"

struct engine;
struct error;
struct event;
struct graph;
struct session;

/*
 * Make a new session in the folder dir (created, 0700, with its parents;
 * refused with ERROR_STATE when a session is already there) and open it.
 * repository: path of the git common directory, or NULL; remembered.
 */
int session_create(const char *dir, const char *repository,
		   struct session **out, struct error *err);

/*
 * Open an existing session.  ERROR_STORE with a sentence that says what is
 * wrong and what to do: not there, not a culprit session, made by a newer
 * culprit, corrupt (how far it could be read), read-only.
 */
int session_open(const char *dir, struct session **out, struct error *err);
void session_close(struct session *session);

/*
 * Fold what other processes have appended since the last call.  *changed
 * (may be NULL) says whether there was anything.  A session that could be
 * opened for reading only is refreshed as long as SQLite can see changes.
 */
int session_refresh(struct session *session, bool *changed, struct error *err);

/*
 * Append events in one transaction: begin immediate, refresh, feed each one
 * to the engine, insert, commit.  Where the engine refuses one (ERROR_STATE)
 * nothing is appended.  seq and at are filled in here (what is by import and
 * has a time keeps it); the caller's events are not changed and stay the
 * caller's.
 */
int session_append(struct session *session, const struct event *events,
		   size_t count, struct error *err);

/*
 * Store commits (those already known stay as they are, but one known by name
 * only may become expanded) and append EVENT_RANGE, in one transaction.
 * Parents that are not among them become known by name.  ERROR_INPUT where an
 * id is none.
 */
int session_store_commits(struct session *session,
			  const struct commit_record *commits, size_t count,
			  struct error *err);

/*
 * The same one by one, for more of them than one would hold in memory.  All
 * parents have to be among them, or known; that is for the caller to see to.
 * Between begin and end the session is used for nothing else, and nobody else
 * can write.  end is told what the caller's part came to, 0 or -1, and keeps
 * all or nothing; it returns -1 where anything failed.
 */
int session_store_begin(struct session *session, struct error *err);
int session_store_one(struct session *session,
		      const struct commit_record *commit, struct error *err);
int session_store_end(struct session *session, int result, struct error *err);

/*
 * Go to the time after the first `count` events, or to the present, where
 * count is as many as there are or more.  At an earlier time all that is asked
 * below is answered as of then (only the texts of commits are those known by
 * now), refresh shows nothing new, and what would append is refused with
 * ERROR_STATE.  On failure nothing has changed.
 */
int session_go(struct session *session, size_t count, struct error *err);

/* The events up to now, whatever time is shown. */
size_t session_event_count(const struct session *session);
const struct event *session_event(const struct session *session, size_t index);

/*
 * All commits that are known by now; those of an earlier time have the same
 * numbers there.  Borrowed as session_graph's.
 */
const struct graph *session_present_graph(const struct session *session);

/* At an earlier time? */
bool session_is_past(const struct session *session);

/*
 * Borrowed until the next refresh, append, store or go: when one of these fails
 * halfway, engine and graph are made anew to be as they were before.  Ask
 * again rather than keep them.  Events live as long as the session.
 */
struct engine *session_engine(struct session *session);
const struct graph *session_graph(const struct session *session);

/*
 * Subject and author of a commit of the graph; "" when not stored.  Borrowed,
 * until the same is asked after the next refresh, append or store.
 */
const char *session_subject(struct session *session, int commit);
const char *session_author(struct session *session, int commit);
int64_t session_author_date(struct session *session, int commit);

/* These texts of so many commits will be asked for: one by one they take ten
   times as long to read. */
void session_read_texts(struct session *session, int first, int count);

const char *session_dir(const struct session *session);
const char *session_repository(const struct session *session); /* or NULL */

/*
 * Paths inside the folder; the caller frees.  The folders are made; where
 * that fails, so will opening the path.
 */
char *session_build_log(const struct session *session, const struct oid *oid);
char *session_console(const struct session *session, const struct oid *oid,
		      int run);
char *session_output(const struct session *session, const struct oid *oid,
		     int run);
char *session_fixup(const struct session *session, const char *hash);
char *session_worktree(const struct session *session); /* not made */
char *session_out(const struct session *session);      /* not made */
/* Where a culprit is taken back; not made. */
char *session_revert(const struct session *session);
/* Where the further worktrees for builds ahead lie, each in ahead/1, 2... as
   a `worktree` and its `out`. */
char *session_ahead(const struct session *session);    /* not made */
char *session_settings(const struct session *session); /* not made */
char *session_oops(const struct session *session);     /* not made */
char *session_lock(const struct session *session);     /* not made */

/*
 * A descriptor-less way to notice other writers: has the database's change
 * counter moved since the last refresh?  Cheap; true whenever
 * session_refresh would find something or fail.
 */
bool session_is_behind(struct session *session);

/* Milliseconds since 1970 by the wall clock. */
int64_t session_now(void);

#endif
