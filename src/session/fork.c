/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/fork.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/engine.h"
#include "session/folder.h"
#include "session/journal.h"
#include "session/journal_commits.h"
#include "session/session.h"

/*
 * Files.
 */

/* What is not there, or is no file, is not copied. */
static int copy_file(const char *from, const char *to, struct error *err)
{
	int in = open(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC),
	    out = -1;
	int ret = -1;
	struct stat st;

	if (in < 0 && (errno == ENOENT || errno == ELOOP))
		return 0;
	if (in < 0)
		return error_errno(err, "cannot read '%s'", from);
	if (fstat(in, &st) == 0 && !S_ISREG(st.st_mode)) {
		ret = 0;
		goto out;
	}
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0 || io_pump(in, out) < 0)
		error_errno(err, "cannot copy '%s' to '%s'", from, to);
	else
		ret = 0;
out:
	if (out >= 0 && close(out) < 0 && ret == 0)
		ret = error_errno(err, "cannot write '%s'", to);
	close(in);
	return ret;
}

static int share_file(const char *from, const char *to, struct error *err)
{
	if (linkat(AT_FDCWD, from, AT_FDCWD, to, 0) == 0 || errno == ENOENT)
		return 0;
	return copy_file(from, to, err);
}

typedef int bring_function(const char *from, const char *to, struct error *err);

/* The files of a folder with names that begin so, into the same one there. */
static int bring(const char *from, const char *to, const char *folder,
		 const char *prefix, bring_function *how, struct error *err)
{
	char *source = xasprintf("%s/%s", from, folder);
	char *target = xasprintf("%s/%s", to, folder);
	DIR *entries = opendir(source);
	struct dirent *entry;
	int ret = 0;

	if (entries)
		ret = folder_make(target, err);
	while (ret == 0 && entries && (entry = readdir(entries))) {
		char *old, *new;

		if (!str_starts(entry->d_name, prefix) ||
		    entry->d_name[0] == '.')
			continue;
		old = xasprintf("%s/%s", source, entry->d_name);
		new = xasprintf("%s/%s", target, entry->d_name);
		ret = how(old, new, err);
		free(old);
		free(new);
	}
	if (entries)
		closedir(entries);
	free(source);
	free(target);
	return ret;
}

/* At the top: the settings and what lies beside them. */
static bool is_setting(const char *name)
{
	return !str_starts(name, "session.db") && !str_equal(name, "lock") &&
	       !str_equal(name, "engine.log");
}

static int copy_setting(const char *from, const char *to, struct error *err)
{
	return is_setting(strrchr(from, '/') + 1) ? copy_file(from, to, err)
						  : 0;
}

/* Once for each commit is enough: is this its last build? */
static bool is_last_build(const struct engine *engine,
			  const struct event *build)
{
	for (size_t i = engine_event_count(engine); i-- > 0;) {
		const struct event *event = engine_event(engine, i);

		if (event->kind == EVENT_BUILD &&
		    oid_equal(&event->commit, &build->commit))
			return event == build;
	}
	return false;
}

static int bring_evidence(const char *from, const char *to,
			  const struct engine *engine, struct error *err)
{
	int ret = 0;

	for (size_t i = 0; i < engine_event_count(engine) && ret == 0; i++) {
		const struct event *event = engine_event(engine, i);
		char *folder, *prefix;

		if (event->kind == EVENT_RUN) {
			folder = xasprintf("runs/%s", event->commit.hex);
			prefix = xasprintf("%" PRId64 ".", event->number);
			ret = bring(from, to, folder, prefix, share_file, err);
		} else if (event->kind == EVENT_BUILD &&
			   is_last_build(engine, event)) {
			folder = xstrdup("builds");
			prefix = xasprintf("%s.", event->commit.hex);
			ret = bring(from, to, folder, prefix, copy_file, err);
		} else {
			continue;
		}
		free(folder);
		free(prefix);
	}
	return ret;
}

static int bring_files(const char *from, const char *to,
		       const struct engine *engine, struct error *err)
{
	if (bring(from, to, ".", "", copy_setting, err) < 0 ||
	    bring(from, to, "fixups", "", share_file, err) < 0)
		return -1;
	return bring_evidence(from, to, engine, err);
}

/*
 * The journal.
 */

static int copy_events(struct journal *from, struct journal *to, int64_t last,
		       struct error *err)
{
	for (int64_t seq = 1; seq <= last; seq++) {
		struct event *event;
		int ret;

		if (journal_event(from, seq, &event, err) < 0)
			return -1;
		if (!event)
			return error_set(err, ERROR_STATE,
					 "there is no event %" PRId64, seq);
		ret = journal_append(to, event, err);
		event_free(event);
		if (ret < 0)
			return -1;
	}
	return 0;
}

static int fill(struct journal *from, struct journal *to, int64_t last,
		struct error *err)
{
	if (journal_begin_read(from, err) < 0)
		return -1;
	if (journal_begin_write(to, err) < 0) {
		journal_rollback(from);
		return -1;
	}
	if (journal_copy_commits(to, from, last, err) < 0 ||
	    copy_events(from, to, last, err) < 0) {
		journal_rollback(to);
		journal_rollback(from);
		return -1;
	}
	journal_rollback(from);
	return journal_commit(to, err);
}

static int copy_journal(struct session *session, int64_t last, const char *dir,
			struct error *err)
{
	char *old = xasprintf("%s/session.db", session_dir(session));
	char *new = xasprintf("%s/session.db", dir);
	struct journal *from = NULL, *to = NULL;
	int ret = -1;

	if (journal_create(new, session_repository(session), session_now(),
			   err) == 0 &&
	    journal_open(old, &from, err) == 0 &&
	    journal_open(new, &to, err) == 0)
		ret = fill(from, to, last, err);
	journal_close(to);
	journal_close(from);
	free(new);
	free(old);
	return ret;
}

/* The engine of the other session is none of this one's. */
static bool has_engine(const struct engine *engine)
{
	const struct event *last = engine_process_event(engine);

	return last && last->kind == EVENT_ENGINE;
}

static int finish(struct session *session, const char *origin, int64_t seq,
		  const char *who, struct error *err)
{
	char *text = xasprintf("forked from %s at event %" PRId64, origin, seq);
	struct event events[2];
	size_t count = 0;
	int ret;

	if (has_engine(session_engine(session)))
		events[count++] = (struct event){ .kind = EVENT_ENGINE_GONE,
						  .by = BY_ENGINE };
	events[count++] = (struct event){ .kind = EVENT_NOTE,
					  .by = BY_PERSON,
					  .who = (char *)(uintptr_t)who,
					  .text = text };
	ret = session_append(session, events, count, err);
	free(text);
	return ret;
}

/* All of it, in a folder that nobody knows yet. */
static int make(struct session *session, int64_t seq, const char *dir,
		const char *who, struct error *err)
{
	struct session *fresh = NULL;
	int ret = -1;

	if (copy_journal(session, seq, dir, err) == 0 &&
	    session_open(dir, &fresh, err) == 0 &&
	    bring_files(session_dir(session), dir, session_engine(fresh),
			err) == 0)
		ret = finish(fresh, session_dir(session), seq, who, err);
	session_close(fresh);
	return ret;
}

static int check(const struct session *session, int64_t seq, const char *dir,
		 struct error *err)
{
	int64_t last = (int64_t)session_event_count(session), start = 0;

	for (int64_t i = 0; i < last && !start; i++)
		if (session_event(session, (size_t)i)->kind == EVENT_START)
			start = session_event(session, (size_t)i)->seq;
	if (!start)
		return error_set(err, ERROR_STATE,
				 "the bisection has not begun yet: there is "
				 "nothing to fork");
	if (seq < start || seq > last)
		return error_set(err, ERROR_STATE,
				 "there is no event %" PRId64
				 " to fork from: it must be one from %" PRId64
				 " to %" PRId64,
				 seq, start, last);
	if (access(dir, F_OK) == 0)
		return error_set(err, ERROR_STATE, "'%s' is there already",
				 dir);
	return 0;
}

int fork_session(struct session *session, int64_t seq, const char *dir,
		 const char *who, struct error *err)
{
	char *passing;
	int ret;

	if (session_refresh(session, NULL, err) < 0 ||
	    check(session, seq, dir, err) < 0 ||
	    folder_begin(dir, &passing, err) < 0)
		return -1;
	ret = make(session, seq, passing, who, err);
	return folder_end(passing, dir, ret, err);
}
