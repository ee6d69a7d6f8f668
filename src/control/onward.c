/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/onward.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/begin.h"
#include "control/describe.h"
#include "control/desk.h"
#include "control/extend.h"
#include "control/orders.h"
#include "control/otherwise.h"
#include "control/sessions.h"
#include "control/settings.h"
#include "engine/engine.h"
#include "repo/repo.h"
#include "session/carry.h"
#include "session/folder.h"
#include "session/fork.h"
#include "session/session.h"

/* The past so far: its first end of each side, and its commits. */
struct past_ends {
	bool fix, first_parent;
	struct oid newer, older;
	struct oid *commits; /* each once, those that the repository has */
	size_t count, room;
	struct oid *lacking; /* likewise, those that it has not */
	size_t lacking_count, lacking_room;
};

int onward_find_repo(struct onward *onward, struct error *err)
{
	if (onward->repo)
		return 0;
	if (repo_open(".", &onward->opened, err) < 0)
		return error_prefix(err, "to go on a repository is needed "
					 "(--repo)");
	onward->repo = onward->opened;
	return 0;
}

void onward_close(struct onward *onward)
{
	if (onward->opened)
		repo_close(onward->opened);
	onward->opened = NULL;
}

static const struct event *start_of(struct session *session)
{
	for (size_t i = 0; i < session_event_count(session); i++)
		if (session_event(session, i)->kind == EVENT_START)
			return session_event(session, i);
	return NULL;
}

static bool is_log(struct session *session)
{
	const struct event *start = start_of(session);

	return start && start->by == BY_IMPORT;
}

static bool is_among(const struct oid *oids, size_t count,
		     const struct oid *oid)
{
	for (size_t i = 0; i < count; i++)
		if (oid_equal(&oids[i], oid))
			return true;
	return false;
}

/* What of a log has a meaning in a session that goes on. */
static bool comes_along(const struct event *event)
{
	if (event->by != BY_IMPORT)
		return event_is_decision(event->kind) &&
		       event->kind != EVENT_UNDO && event->kind != EVENT_REDO &&
		       event->kind != EVENT_MORE && event->kind != EVENT_PICK;
	return event->kind == EVENT_BUILD || event->kind == EVENT_RUN ||
	       event->kind == EVENT_VERDICT;
}

static void take_commit(const struct onward *onward, struct past_ends *ends,
			const struct oid *oid)
{
	struct oid found;

	if (is_among(ends->commits, ends->count, oid) ||
	    is_among(ends->lacking, ends->lacking_count, oid))
		return;
	if (repo_resolve(onward->repo, oid->hex, &found, NULL) < 0) {
		array_grow(ends->lacking, ends->lacking_count + 1,
			   &ends->lacking_room);
		ends->lacking[ends->lacking_count++] = *oid;
		return;
	}
	array_grow(ends->commits, ends->count + 1, &ends->room);
	ends->commits[ends->count++] = *oid;
}

static void take_end(struct past_ends *ends, const struct event *event)
{
	bool newer = (event->verdict == VERDICT_BAD) != ends->fix;
	struct oid *end = newer ? &ends->newer : &ends->older;

	if (event->kind == EVENT_VERDICT && event->verdict != VERDICT_SKIP &&
	    oid_is_none(end))
		*end = event->commit;
}

static void read_ends(const struct onward *onward, struct past_ends *ends)
{
	const struct event *start = start_of(onward->from);

	memset(ends, 0, sizeof(*ends));
	ends->fix = start && start->fix;
	ends->first_parent = start && start->first_parent;
	for (size_t i = 0; i < onward->events; i++) {
		const struct event *event = session_event(onward->from, i);

		take_end(ends, event);
		if (!oid_is_none(&event->commit) &&
		    (comes_along(event) || course_opens(event)))
			take_commit(onward, ends, &event->commit);
	}
}

static int check_end(const struct past_ends *ends, const struct oid *end,
		     const char *what, struct error *err)
{
	if (oid_is_none(end))
		return error_set(err, ERROR_STATE,
				 "no %s commit is known by then: continue from "
				 "a later step",
				 what);
	if (is_among(ends->commits, ends->count, end))
		return 0;
	return error_set(err, ERROR_STATE,
			 "the %s commit %.*s is not in this repository: fetch "
			 "it, or name another repository with --repo",
			 what, OID_SHORT, end->hex);
}

static int check_ends(const struct past_ends *ends, struct error *err)
{
	if (check_end(ends, &ends->newer, ends->fix ? "good (fixed)" : "bad",
		      err) < 0)
		return -1;
	return check_end(ends, &ends->older,
			 ends->fix ? "bad (still broken)" : "good", err);
}

/*
 * Settings.
 */

static char *settings_of(const struct onward *onward)
{
	const char *top = repo_workdir(onward->repo);
	char *path;

	if (onward->settings)
		return xstrdup(onward->settings);
	if (!top)
		return NULL;
	path = xasprintf("%s/culprit.cfg", top);
	if (access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

static int look_at_settings(const struct onward *onward,
			    struct onward_look *out, struct error *err)
{
	char *aside = carry_untrusted(onward->from);
	struct settings settings;
	int ret = 0;

	out->untrusted = aside != NULL;
	free(aside);
	if (!out->log) {
		out->by_hand = !out->untrusted && !desk_can_run(onward->from);
		if (!onward->settings)
			return 0;
		return error_set(err, ERROR_STATE,
				 "a session of culprit's keeps the settings "
				 "that it was begun with: -c is for a log");
	}
	out->settings = settings_of(onward);
	out->by_hand = true;
	if (!out->settings)
		return 0;
	settings_init(&settings);
	ret = settings_read(&settings, out->settings, NULL, err);
	if (ret == 0)
		out->by_hand = !settings_can_run(&settings);
	settings_release(&settings);
	return ret;
}

static void count_steps(const struct onward *onward, struct onward_look *out)
{
	struct course all;

	otherwise_course(onward->from, &all);
	out->of = (int)all.count;
	for (size_t i = 0; i < all.count; i++) {
		bool begun = false;

		for (size_t k = 0; k < onward->events && !begun; k++) {
			const struct event *event =
				session_event(onward->from, k);

			begun = course_opens(event) &&
				oid_equal(&event->commit, &all.stops[i].commit);
		}
		out->steps += begun;
	}
	course_release(&all);
}

int onward_look(const struct onward *onward, struct onward_look *out,
		struct error *err)
{
	struct onward_look look = { .log = is_log(onward->from),
				    .home = repo_common_dir(onward->repo) };
	struct past_ends ends;
	int ret;

	read_ends(onward, &ends);
	look.missing = (int)ends.lacking_count;
	if (look.missing)
		look.lacked = ends.lacking[look.missing - 1];
	count_steps(onward, &look);
	ret = check_ends(&ends, err);
	if (ret == 0)
		ret = look_at_settings(onward, &look, err);
	free(ends.commits);
	free(ends.lacking);
	if (ret == 0)
		*out = look;
	else
		onward_release(&look);
	return ret;
}

void onward_release(struct onward_look *look)
{
	free(look->settings);
	look->settings = NULL;
}

void onward_tell(const struct onward_look *look, struct buf *out)
{
	if (look->untrusted)
		buf_puts(out, "settings: those that came with it wait to be "
			      "trusted, and nothing of them is run until then "
			      "(culprit trust)\n");
	else if (look->by_hand)
		/* a dialog of 80 columns cuts what is longer */
		buf_puts(out, "settings: none: build and test by hand, or "
			      "--continue -c FILE\n");
	if (look->missing)
		buf_printf(out,
			   "commits: the repository lacks %d, as %.*s: what is "
			   "known of %s stays behind\n",
			   look->missing, OID_SHORT, look->lacked.hex,
			   look->missing == 1 ? "it" : "them");
}

/*
 * Of a log.
 */

static bool is_undone(struct session *session, const struct event *event)
{
	/* at an earlier time the engine knows only what was undone by then */
	return engine_is_undone(session_engine(session), event->seq);
}

/* The evidence and the decisions; whose texts are the past's. */
static struct event *gather(const struct onward *onward,
			    const struct past_ends *ends, size_t *count)
{
	struct event *events = xcalloc(onward->events + 1, sizeof(*events));

	*count = 0;
	for (size_t i = 0; i < onward->events; i++) {
		const struct event *event = session_event(onward->from, i);
		bool known =
			oid_is_none(&event->commit) ||
			is_among(ends->commits, ends->count, &event->commit);

		if (known && comes_along(event) &&
		    !is_undone(onward->from, event))
			events[(*count)++] = *event;
	}
	return events;
}

/* Commits that lie beside the range have names at least. */
static int bring_commits(const struct onward *onward,
			 const struct past_ends *ends, struct session *session,
			 struct error *err)
{
	return extend_names(session, onward->repo, ends->commits, ends->count,
			    err);
}

static int bring_past(const struct onward *onward, const struct past_ends *ends,
		      struct session *session, struct error *err)
{
	size_t count;
	struct event *events;
	int ret = bring_commits(onward, ends, session, err);

	if (ret < 0)
		return -1;
	events = gather(onward, ends, &count);
	ret = session_append(session, events, count, err);
	free(events);
	return ret < 0 ? -1 : extend_if_needed(session, onward->repo, err);
}

/* Half a past is none. */
static void give_up(const struct onward *onward, struct session **session)
{
	char *dir = xstrdup(session_dir(*session));

	sessions_forget(onward->repo, *session, NULL);
	session_close(*session);
	*session = NULL;
	folder_remove(dir, NULL);
	free(dir);
}

static int begin_of_log(const struct onward *onward,
			const struct onward_look *look,
			struct session **session, struct error *err)
{
	struct past_ends ends;
	const char *newer, *older;
	struct begin begin = { .settings = look->settings,
			       .dir = onward->dir,
			       .who = onward->who,
			       .good_count = 1,
			       .recorded = true };
	int ret;

	read_ends(onward, &ends);
	newer = ends.newer.hex;
	older = ends.older.hex;
	begin.fix = ends.fix;
	begin.first_parent = ends.first_parent;
	begin.bad = ends.fix ? older : newer;
	begin.goods = ends.fix ? &newer : &older;
	ret = begin_session(onward->repo, &begin, session, err);
	if (ret == 0 && bring_past(onward, &ends, *session, err) < 0) {
		give_up(onward, session);
		ret = -1;
	}
	free(ends.commits);
	free(ends.lacking);
	return ret;
}

/*
 * Of a session of culprit's.
 */

/* One of another repository comes as if it had been carried here. */
static int carry_here(const struct onward *onward, char **passing,
		      struct session **out, struct error *err)
{
	const char *tmp = getenv("TMPDIR");
	char *folder = xasprintf("%s/culprit-onward.XXXXXX",
				 str_empty(tmp) ? "/tmp" : tmp);
	char *file = NULL, *dir = NULL;
	int ret = -1;

	if (!mkdtemp(folder)) {
		error_errno(err, "cannot make a folder like '%s'", folder);
		free(folder);
		return -1;
	}
	*passing = folder;
	file = xasprintf("%s/file", folder);
	dir = xasprintf("%s/session", folder);
	if (carry_out(onward->from, file, err) == 0 &&
	    carry_in(file, dir, repo_common_dir(onward->repo), err) == 0)
		ret = session_open(dir, out, err);
	free(file);
	free(dir);
	return ret;
}

static int fork_here(const struct onward *onward, struct session *from,
		     struct session **out, struct error *err)
{
	int64_t seq = session_event(from, onward->events - 1)->seq;
	char *dir = onward->dir ? xstrdup(onward->dir)
				: sessions_next(onward->repo);
	int ret = fork_session(from, seq, dir, onward->who, err);

	if (ret == 0)
		ret = session_open(dir, out, err);
	if (ret == 0 && !onward->dir)
		ret = sessions_make_current(onward->repo, dir, err);
	free(dir);
	return ret;
}

static int begin_of_session(const struct onward *onward, struct session **out,
			    struct error *err)
{
	const char *home = session_repository(onward->from);
	bool here = home && str_equal(home, repo_common_dir(onward->repo));
	struct session *carried = NULL;
	char *passing = NULL;
	int ret = 0;

	if (!here)
		ret = carry_here(onward, &passing, &carried, err);
	if (ret == 0)
		ret = fork_here(onward, carried ? carried : onward->from, out,
				err);
	session_close(carried);
	if (passing)
		folder_remove(passing, NULL);
	free(passing);
	return ret;
}

/*
 * Both.
 */

static int decide(const struct onward *onward, struct session *session,
		  struct error *err)
{
	const struct otherwise *otherwise = onward->otherwise;

	for (size_t i = 0; otherwise && i < otherwise->count; i++) {
		struct event event = otherwise->changes[i].event;

		event.by = BY_PERSON;
		event.who = (char *)(uintptr_t)onward->who;
		if (session_append(session, &event, 1, err) < 0)
			return -1;
	}
	return 0;
}

static int write_note(const struct onward *onward, struct session *session,
		      const struct onward_look *look, struct error *err)
{
	char *text = xasprintf("continued from %s at step %d of %d",
			       onward->name, look->steps, look->of);
	struct event event = { .kind = EVENT_NOTE,
			       .by = BY_PERSON,
			       .who = (char *)(uintptr_t)onward->who,
			       .text = text };
	int ret = session_append(session, &event, 1, err);

	free(text);
	return ret;
}

/* What a person is to do now. */
static int say_next(const struct onward *onward, struct session *session,
		    struct buf *say, struct error *err)
{
	char *aside = carry_untrusted(session);

	describe_plan(session, say);
	if (aside)
		buf_puts(say, "see 'culprit trust' before anything is run\n");
	else if (desk_can_run(session))
		buf_puts(say, "'culprit run' does the work here, 'culprit' on "
			      "the screen\n");
	else if (orders_begin(session, onward->repo, say, err) < 0)
		return -1;
	free(aside);
	return 0;
}

int onward_begin(const struct onward *onward, char **dir, struct buf *say,
		 struct error *err)
{
	struct session *session = NULL;
	struct onward_look look;
	int ret;

	if (onward_look(onward, &look, err) < 0)
		return -1;
	ret = look.log ? begin_of_log(onward, &look, &session, err)
		       : begin_of_session(onward, &session, err);
	if (ret == 0)
		ret = write_note(onward, session, &look, err);
	if (ret == 0)
		ret = decide(onward, session, err);
	if (ret < 0 && session)
		give_up(onward, &session);
	if (ret == 0) {
		buf_printf(say, "session %s goes on from step %d of %s\n",
			   session_dir(session), look.steps, onward->name);
		ret = say_next(onward, session, say, err);
	}
	if (ret == 0)
		*dir = xstrdup(session_dir(session));
	session_close(session);
	onward_release(&look);
	return ret;
}
