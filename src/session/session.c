/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/array.h"
#include "base/error.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/graph.h"
#include "session/folder.h"
#include "session/journal.h"
#include "session/journal_commits.h"
#include "session/past.h"
#include "session/told.h"

struct session {
	char *dir; /* absolute */
	struct journal *journal;
	int64_t version; /* the journal's at the last fold */
	/*
	 * The fold.  Invariant between calls: graph and engine are what the
	 * events[0..count) of the journal make of an empty graph, one by one.
	 */
	struct graph *graph;
	struct engine *engine;
	struct event **events;
	size_t count, room;
	bool torn; /* an event was refused after the graph had grown for it */
	bool redated; /* the graph lacks a date that the journal has by now */
	bool lost;    /* the invariant could not be restored */
	struct past *past; /* the time that is shown; NULL: the present */
	struct told *told;
};

/* The fold. */

static int fold_event(struct session *session, struct graph *graph,
		      struct engine *engine, const struct event *event,
		      struct error *err)
{
	if (event->kind == EVENT_RANGE) {
		if (journal_grow(session->journal, event->seq, graph,
				 &session->redated, err) < 0)
			return -1;
		engine_graph_changed(engine);
	}
	return engine_apply(engine, event, err);
}

static int take_event(struct session *session, struct event *event,
		      struct error *err)
{
	if (fold_event(session, session->graph, session->engine, event, err) <
	    0) {
		session->torn = event->kind == EVENT_RANGE;
		event_free(event);
		return -1;
	}
	array_grow(session->events, session->count + 1, &session->room);
	session->events[session->count++] = event;
	return 0;
}

/*
 * Fold the first `kept` events anew: others were folded that will never be in
 * the journal, or dates have become known.  Should even that fail, the
 * session is lost to this process, not to the next one that opens it.
 */
static void fold_again(struct session *session, size_t kept)
{
	struct graph *graph = graph_new();
	struct engine *engine = engine_new(graph);

	for (size_t i = 0; i < kept; i++) {
		if (fold_event(session, graph, engine, session->events[i],
			       NULL) < 0) {
			session->lost = true;
			engine_free(engine);
			graph_free(graph);
			return;
		}
	}
	engine_free(session->engine);
	graph_free(session->graph);
	session->engine = engine;
	session->graph = graph;
	while (session->count > kept)
		event_free(session->events[--session->count]);
	session->torn = false;
	session->redated = false;
}

/* Inside a transaction: fold what the journal has and we do not. */
static int fold_new(struct session *session, struct error *err)
{
	int64_t version = journal_version(session->journal);

	for (;;) {
		struct event *event;

		if (journal_event(session->journal, (int64_t)session->count + 1,
				  &event, err) < 0)
			return -1;
		if (!event)
			break;
		if (take_event(session, event, err) < 0) {
			if (err)
				err->code = ERROR_STORE;
			return error_prefix(err,
					    "event %zu of '%s/session.db' does "
					    "not fit those before it",
					    session->count + 1, session->dir);
		}
	}
	session->version = version;
	if (session->redated)
		fold_again(session, session->count);
	return 0;
}

/* Give up the transaction and what was folded in it after `kept` events. */
static void give_up(struct session *session, size_t kept)
{
	journal_rollback(session->journal);
	if (session->torn || session->count > kept)
		fold_again(session, kept);
}

static int check_lost(const struct session *session, struct error *err)
{
	if (!session->lost)
		return 0;
	return error_set(err, ERROR_STORE,
			 "'%s/session.db' could not be read again after a "
			 "write had failed; open the session again",
			 session->dir);
}

int session_refresh(struct session *session, bool *changed, struct error *err)
{
	size_t before = session->count;

	if (check_lost(session, err) < 0)
		return -1;
	if (session_is_behind(session)) {
		if (journal_begin_read(session->journal, err) < 0)
			return -1;
		if (fold_new(session, err) < 0) {
			give_up(session, session->count);
			return -1;
		}
		if (journal_commit(session->journal, err) < 0)
			return -1;
	}
	if (changed)
		*changed = session->count > before;
	return 0;
}

bool session_is_behind(struct session *session)
{
	int64_t version = journal_version(session->journal);

	return version < 0 || version != session->version;
}

/* Making, opening, closing. */

int session_create(const char *dir, const char *repository,
		   struct session **out, struct error *err)
{
	char *path = xasprintf("%s/session.db", dir);
	struct stat st;
	int ret = -1;

	if (lstat(path, &st) == 0) {
		error_set(err, ERROR_STATE, "'%s' already holds a session",
			  dir);
		goto out;
	}
	if (folder_make(dir, err) < 0 ||
	    journal_create(path, repository, session_now(), err) < 0)
		goto out;
	ret = session_open(dir, out, err);
	if (ret < 0)
		journal_remove(path);
out:
	free(path);
	return ret;
}

static int open_journal(struct session *session, const char *dir,
			struct error *err)
{
	char *path;
	struct stat st;
	int ret;

	session->dir = realpath(dir, NULL);
	if (!session->dir) {
		if (errno == ENOENT)
			return error_set(err, ERROR_STORE,
					 "there is no session in '%s': no such "
					 "folder; begin one with culprit start",
					 dir);
		return error_set(err, ERROR_STORE,
				 "cannot open the session in '%s': %s", dir,
				 strerror(errno));
	}
	path = xasprintf("%s/session.db", session->dir);
	if (stat(path, &st) < 0 && errno == ENOENT)
		ret = error_set(err, ERROR_STORE,
				"there is no session in '%s': it has no "
				"session.db; begin one with culprit start",
				dir);
	else
		ret = journal_open(path, &session->journal, err);
	free(path);
	return ret;
}

int session_open(const char *dir, struct session **out, struct error *err)
{
	struct session *session = xcalloc(1, sizeof(*session));

	session->version = -1;
	session->graph = graph_new();
	session->engine = engine_new(session->graph);
	if (open_journal(session, dir, err) < 0)
		goto failed;
	session->told = told_new(session->journal);
	if (session_refresh(session, NULL, err) < 0) {
		if (session->count)
			error_prefix(err, "read up to event %zu",
				     session->count);
		goto failed;
	}
	*out = session;
	return 0;
failed:
	session_close(session);
	return -1;
}

void session_close(struct session *session)
{
	if (!session)
		return;
	engine_free(session->engine);
	graph_free(session->graph);
	for (size_t i = 0; i < session->count; i++)
		event_free(session->events[i]);
	free(session->events);
	told_free(session->told);
	past_free(session->past);
	journal_close(session->journal);
	free(session->dir);
	free(session);
}

/* Writing. */

static int check_present(const struct session *session, struct error *err)
{
	if (!session->past)
		return 0;
	return error_set(err, ERROR_STATE,
			 "an earlier time of the session is shown, in which "
			 "nothing can be changed: go to its end first");
}

/* Begin a transaction with everything folded that is in the journal. */
static int begin(struct session *session, struct error *err)
{
	if (check_lost(session, err) < 0 || check_present(session, err) < 0 ||
	    journal_begin_write(session->journal, err) < 0)
		return -1;
	if (fold_new(session, err) < 0) {
		give_up(session, session->count);
		return -1;
	}
	return 0;
}

static int append_one(struct session *session, const struct event *event,
		      int64_t at, struct error *err)
{
	struct event *copy = event_copy(event);

	copy->seq = (int64_t)session->count + 1;
	copy->at = event->by == BY_IMPORT && event->at ? event->at : at;
	if (journal_append(session->journal, copy, err) < 0) {
		event_free(copy);
		return -1;
	}
	return take_event(session, copy, err);
}

/* Keep what was appended after `kept` events for good, or undo it. */
static int end(struct session *session, size_t kept, int result,
	       struct error *err)
{
	if (result == 0)
		result = journal_commit(session->journal, err);
	if (result < 0)
		give_up(session, kept);
	else if (session->redated)
		fold_again(session, session->count);
	return result;
}

int session_append(struct session *session, const struct event *events,
		   size_t count, struct error *err)
{
	int64_t now = session_now();
	size_t kept;
	int ret = 0;

	if (begin(session, err) < 0)
		return -1;
	kept = session->count;
	for (size_t i = 0; i < count && ret == 0; i++)
		ret = append_one(session, &events[i], now, err);
	return end(session, kept, ret, err);
}

static int check_id(const struct oid *oid, struct error *err)
{
	struct oid same;

	if (oid_parse(&same, oid->hex))
		return 0;
	return error_set(err, ERROR_INPUT, "'%.*s' is no commit's id",
			 OID_HEX_MAX, oid->hex);
}

int session_store_begin(struct session *session, struct error *err)
{
	if (begin(session, err) < 0)
		return -1;
	journal_bulk(session->journal, true);
	return 0;
}

int session_store_one(struct session *session,
		      const struct commit_record *commit, struct error *err)
{
	if (check_id(&commit->oid, err) < 0)
		return -1;
	return journal_store_commit(session->journal, commit,
				    (int64_t)session->count + 1, err);
}

int session_store_end(struct session *session, int result, struct error *err)
{
	struct event event = { .kind = EVENT_RANGE, .by = BY_ENGINE };
	size_t kept = session->count;
	int known = graph_count(session->graph);

	if (result == 0)
		result = journal_count_commits(session->journal, &event.number,
					       err);
	if (result == 0)
		result = append_one(session, &event, session_now(), err);
	if (result == 0)
		result = journal_store_shape(session->journal,
					     (int64_t)session->count,
					     session->graph, known, err);
	result = end(session, kept, result, err);
	journal_bulk(session->journal, false);
	return result;
}

/* Those of its parents that nobody told of. */
static int name_parents(struct session *session,
			const struct commit_record *commit, struct error *err)
{
	int count = commit->expanded ? commit->parent_count : 0;

	for (int i = 0; i < count; i++)
		if (check_id(&commit->parents[i], err) < 0 ||
		    journal_name_commit(session->journal, &commit->parents[i],
					(int64_t)session->count + 1, err) < 0)
			return -1;
	return 0;
}

int session_store_commits(struct session *session,
			  const struct commit_record *commits, size_t count,
			  struct error *err)
{
	int ret = 0;

	if (session_store_begin(session, err) < 0)
		return -1;
	for (size_t i = 0; i < count && ret == 0; i++)
		ret = session_store_one(session, &commits[i], err);
	for (size_t i = 0; i < count && ret == 0; i++)
		ret = name_parents(session, &commits[i], err);
	return session_store_end(session, ret, err);
}

/* Another time. */

int session_go(struct session *session, size_t count, struct error *err)
{
	const struct past_present present = { session->engine, session->graph,
					      session->count };
	struct past *past = session->past;
	int ret;

	if (count >= session->count) {
		past_free(past);
		session->past = NULL;
		return 0;
	}
	if (check_lost(session, err) < 0 ||
	    journal_begin_read(session->journal, err) < 0)
		return -1;
	if (!past)
		past = past_new(session->journal);
	ret = past_go(past, session->events, count, &present, err);
	if (ret == 0)
		ret = journal_commit(session->journal, err);
	else
		journal_rollback(session->journal);
	if (ret == 0)
		session->past = past;
	else if (!session->past)
		past_free(past);
	return ret;
}

size_t session_event_count(const struct session *session)
{
	return session->count;
}

const struct event *session_event(const struct session *session, size_t index)
{
	return session->events[index];
}

const struct graph *session_present_graph(const struct session *session)
{
	return session->graph;
}

bool session_is_past(const struct session *session)
{
	return session->past;
}

/* Asking. */

struct engine *session_engine(struct session *session)
{
	return session->past ? past_engine(session->past) : session->engine;
}

const struct graph *session_graph(const struct session *session)
{
	return session->past ? past_graph(session->past) : session->graph;
}

static const struct commit_told *tell(struct session *session, int commit)
{
	return told_of(session->told, session->graph, commit);
}

void session_read_texts(struct session *session, int first, int count)
{
	told_read(session->told, session->graph, first, count);
}

const char *session_subject(struct session *session, int commit)
{
	const char *subject = tell(session, commit)->subject;

	return subject ? subject : "";
}

const char *session_author(struct session *session, int commit)
{
	const char *author = tell(session, commit)->author;

	return author ? author : "";
}

int64_t session_author_date(struct session *session, int commit)
{
	return tell(session, commit)->author_date;
}

const char *session_dir(const struct session *session)
{
	return session->dir;
}

const char *session_repository(const struct session *session)
{
	return journal_repository(session->journal);
}

int64_t session_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
