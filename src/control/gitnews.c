/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/gitnews.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "control/agreed.h"
#include "control/extend.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "repo/gitstate.h"
#include "session/gitstart.h"
#include "session/session.h"

#define REMARK_MAX   1000
#define RETRACTS_MAX 4 /* a person's, a policy's, a range's; and one more */

enum kind { NEWER, OLDER, SKIP };

/* A mark that git has and nobody here gave. */
struct mark {
	enum kind kind;
	struct oid oid;
	long line; /* of git's log in which it was last made, -1: in none */
};

struct marks {
	struct mark *items;
	size_t count, room;
};

/*
 * What is there, and what was.
 */

static bool has(const struct gitstate *state, enum kind kind,
		const struct oid *oid)
{
	switch (kind) {
	case NEWER:
		return oid_equal(&state->bad, oid);
	case OLDER:
		return oids_has(&state->goods, oid);
	case SKIP:
		return oids_has(&state->skips, oid);
	}
	return false;
}

/* Did both have it so when they were last compared? */
static bool is_known(const struct gitnews *news, enum kind kind,
		     const struct oid *oid, bool there)
{
	if (!news->base->known && !news->written->known)
		return !there; /* an empty one */
	return (news->base->known &&
		has(&news->base->is, kind, oid) == there) ||
	       (news->written->known &&
		has(&news->written->is, kind, oid) == there);
}

static bool is_marked_otherwise(const struct gitstate *is, enum kind kind,
				const struct oid *oid)
{
	for (enum kind other = NEWER; other <= SKIP; other++)
		if (other != kind && has(is, other, oid))
			return true;
	return false;
}

static void add(struct marks *marks, enum kind kind, const struct oid *oid)
{
	array_grow(marks->items, marks->count + 1, &marks->room);
	marks->items[marks->count++] =
		(struct mark){ .kind = kind, .oid = *oid, .line = -1 };
}

/* In git a commit that was good or bad stays so when it is skipped. */
static void list_new(const struct gitnews *news, struct marks *marks)
{
	const struct gitstate *is = news->is;

	if (!oid_is_none(&is->bad) && !is_known(news, NEWER, &is->bad, true))
		add(marks, NEWER, &is->bad);
	for (size_t i = 0; i < is->goods.count; i++)
		if (!is_known(news, OLDER, &is->goods.items[i], true))
			add(marks, OLDER, &is->goods.items[i]);
	for (size_t i = 0; i < is->skips.count; i++)
		if (!is_known(news, SKIP, &is->skips.items[i], true) &&
		    !is_marked_otherwise(is, SKIP, &is->skips.items[i]))
			add(marks, SKIP, &is->skips.items[i]);
}

static void list_gone_of(const struct gitnews *news, enum kind kind,
			 const struct oids *oids, struct marks *marks)
{
	for (size_t i = 0; i < oids->count; i++)
		if (!has(news->is, kind, &oids->items[i]) &&
		    !is_known(news, kind, &oids->items[i], false) &&
		    !is_marked_otherwise(news->is, kind, &oids->items[i]))
			add(marks, kind, &oids->items[i]);
}

static void list_gone(const struct gitnews *news, struct marks *marks)
{
	if (!news->base->known)
		return;
	list_gone_of(news, OLDER, &news->base->is.goods, marks);
	list_gone_of(news, SKIP, &news->base->is.skips, marks);
	if (oid_is_none(&news->is->bad) && !oid_is_none(&news->base->is.bad) &&
	    (!news->written->known || !oid_is_none(&news->written->is.bad)))
		add(marks, NEWER, &news->base->is.bad);
}

bool gitnews_takes_back(const struct gitnews *news)
{
	struct marks marks = { .items = NULL };
	bool any;

	list_gone(news, &marks);
	any = marks.count > 0 ||
	      (news->base->known && news->base->is.under_way &&
	       !news->is->under_way);
	free(marks.items);
	return any;
}

/*
 * What the session says.
 */

static bool is_skipped(struct engine *engine, int commit)
{
	const int *skips;
	int count = engine_skips(engine, &skips);

	for (int i = 0; i < count; i++)
		if (skips[i] == commit)
			return true;
	return false;
}

static enum verdict verdict_of(const struct gitnews *news, enum kind kind)
{
	bool fix = engine_is_fix(session_engine(news->session));

	if (kind == SKIP)
		return VERDICT_SKIP;
	return (kind == NEWER) != fix ? VERDICT_BAD : VERDICT_GOOD;
}

/* Does the session have the mark already? */
static bool is_given(const struct gitnews *news, enum kind kind, int commit)
{
	struct engine *engine = session_engine(news->session);
	const struct step *step = engine_step_of(engine, commit);

	if (commit < 0)
		return false;
	if (kind == SKIP)
		return is_skipped(engine, commit);
	return step && step->given && step->verdict == verdict_of(news, kind);
}

static int append(struct gitnews *news, const struct event *event,
		  struct error *err)
{
	news->taken = true;
	return session_append(news->session, event, 1, err);
}

/* Until nobody's word on it is left; each takes one back. */
static int retract(struct gitnews *news, enum kind kind, const struct oid *oid,
		   struct error *err)
{
	const struct event event = { .kind = EVENT_RETRACT,
				     .by = BY_GIT,
				     .commit = *oid };

	for (int i = 0; i < RETRACTS_MAX; i++) {
		int commit = graph_find(session_graph(news->session), oid);

		if (!is_given(news, kind, commit))
			break;
		if (append(news, &event, err) < 0)
			return -1;
	}
	return 0;
}

/*
 * git knows one newer end.  Where that is to lie at a commit again that has
 * others of its kind behind it (-1: nowhere), these do not count any more.
 */
static int widen(struct gitnews *news, int end, struct error *err)
{
	struct engine *engine = session_engine(news->session);
	const struct graph *graph = session_graph(news->session);
	const struct plan *plan = engine_plan(engine);
	struct marks marks = { .items = NULL };
	int ret = 0;

	for (int i = 0; i < engine_step_count(engine); i++) {
		const struct step *step = engine_step(engine, i);
		int commit = step->commit;

		if (commit == end || !is_given(news, NEWER, commit) ||
		    (step->set_aside && (plan->state != PLAN_MERGE_BASE_BAD ||
					 plan->commit != commit)))
			continue;
		if (end < 0 || graph_is_ancestor(graph, commit, end))
			add(&marks, NEWER, graph_oid(graph, commit));
	}
	for (size_t i = 0; i < marks.count && ret == 0; i++)
		ret = retract(news, NEWER, &marks.items[i].oid, err);
	free(marks.items);
	return ret;
}

/*
 * Taking it in.
 */

static int take_back(struct gitnews *news, struct error *err)
{
	struct marks marks = { .items = NULL };
	int ret = 0;

	list_gone(news, &marks);
	for (size_t i = 0; i < marks.count && ret == 0; i++)
		ret = marks.items[i].kind == NEWER
			      ? widen(news, -1, err)
			      : retract(news, marks.items[i].kind,
					&marks.items[i].oid, err);
	free(marks.items);
	return ret;
}

static bool is_term(const struct gitnews *news, enum kind kind,
		    const char *term)
{
	return str_equal(term, kind == NEWER   ? news->is->term_new
			       : kind == OLDER ? news->is->term_old
					       : "skip");
}

static int by_line(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return strcmp(x->oid.hex, y->oid.hex);
}

/* In the order in which they were made, as far as git's log tells. */
static void sort(const struct gitnews *news, struct marks *marks)
{
	struct gitstate_line line;
	size_t at = 0;

	for (long number = 0; gitstate_next_line(&news->is->log, &at, &line);
	     number++)
		for (size_t i = 0; *line.term && i < marks->count; i++)
			if (oid_equal(&marks->items[i].oid, &line.oid) &&
			    is_term(news, marks->items[i].kind, line.term))
				marks->items[i].line = number;
	if (marks->count)
		qsort(marks->items, marks->count, sizeof(*marks->items),
		      by_line);
}

/* The commits that the session lacks. */
static int load(struct gitnews *news, const struct marks *marks,
		struct error *err)
{
	for (size_t i = 0; i < marks->count; i++) {
		const struct mark *mark = &marks->items[i];
		int ret;

		if (graph_find(session_graph(news->session), &mark->oid) >= 0)
			continue;
		if (mark->kind == SKIP)
			ret = extend_names(news->session, news->repo,
					   &mark->oid, 1, err);
		else
			ret = extend_for(news->session, news->repo, &mark->oid,
					 mark->kind == NEWER, err);
		if (ret < 0)
			return -1;
	}
	return 0;
}

static int take_marks(struct gitnews *news, struct error *err)
{
	const struct graph *graph;
	struct marks marks = { .items = NULL };
	struct event *events = NULL;
	size_t count = 0;
	int ret = -1;

	list_new(news, &marks);
	sort(news, &marks);
	if (load(news, &marks, err) < 0)
		goto out;
	for (size_t i = 0; i < marks.count; i++) {
		graph = session_graph(news->session);
		if (marks.items[i].kind == NEWER &&
		    widen(news, graph_find(graph, &marks.items[i].oid), err) <
			    0)
			goto out;
	}
	events = xcalloc(marks.count + 1, sizeof(*events));
	graph = session_graph(news->session);
	for (size_t i = 0; i < marks.count; i++) {
		const struct mark *mark = &marks.items[i];

		if (!is_given(news, mark->kind, graph_find(graph, &mark->oid)))
			events[count++] = (struct event){
				.kind = EVENT_VERDICT,
				.by = BY_GIT,
				.commit = mark->oid,
				.verdict = verdict_of(news, mark->kind),
			};
	}
	news->taken |= count > 0;
	ret = count ? session_append(news->session, events, count, err) : 0;
out:
	free(events);
	free(marks.items);
	return ret;
}

static bool has_note(const struct gitnews *news, const char *text)
{
	const struct engine *engine = session_engine(news->session);

	for (size_t i = engine_event_count(engine); i-- > 0;) {
		const struct event *event = engine_event(engine, i);

		if (event->kind == EVENT_NOTE && event->by == BY_GIT &&
		    str_equal(event->text, text))
			return true;
	}
	return false;
}

static int note(struct gitnews *news, char *text, struct error *err)
{
	const struct event event = { .kind = EVENT_NOTE,
				     .by = BY_GIT,
				     .text = text };

	return has_note(news, text) ? 0 : append(news, &event, err);
}

/* What a person, or another tool, wrote into the log. */
static int take_remarks(struct gitnews *news, struct error *err)
{
	struct gitstate_line line;
	size_t at = 0;
	int ret = 0;

	while (ret == 0 && gitstate_next_line(&news->is->log, &at, &line)) {
		char *text;

		if (!line.remark)
			continue;
		text = xstrndup(line.text, line.length < REMARK_MAX
						   ? line.length
						   : REMARK_MAX);
		ret = note(news, text, err);
		free(text);
	}
	return ret;
}

/* The last word on going on or not; NULL when there is none. */
static const struct event *last_pause(const struct gitnews *news)
{
	const struct engine *engine = session_engine(news->session);

	for (size_t i = engine_event_count(engine); i-- > 0;) {
		const struct event *event = engine_event(engine, i);

		if ((event->kind == EVENT_PAUSE ||
		     event->kind == EVENT_RESUME) &&
		    !engine_is_undone(engine, event->seq))
			return event;
	}
	return NULL;
}

static char *unconst(const char *text)
{
	return (char *)(uintptr_t)text;
}

/*
 * Who resets leaves: nothing more is to happen in that worktree.  What was
 * found out stays, so that it can go on.
 */
static int take_reset(struct gitnews *news, struct error *err)
{
	const struct plan *plan = engine_plan(session_engine(news->session));
	const struct event event = {
		.kind = EVENT_PAUSE,
		.by = BY_GIT,
		.number = PAUSE_NOW,
		.text = unconst("git bisect reset in the worktree"),
	};

	if (plan->paused || plan->state == PLAN_FOUND)
		return 0;
	return append(news, &event, err);
}

static int take_start(struct gitnews *news, struct error *err)
{
	const struct event *last = last_pause(news);
	const struct event event = {
		.kind = EVENT_RESUME,
		.by = BY_GIT,
		.text = unconst("git bisect start in the worktree"),
	};

	if (!last || last->kind != EVENT_PAUSE || last->by != BY_GIT)
		return 0;
	return append(news, &event, err);
}

/* Do these terms search the other way round? */
static bool is_other_way(const struct gitnews *news)
{
	const struct gitstate *is = news->is;
	bool fix = gitterms_mean_fix(is->term_new, is->term_old);

	if (!fix && !str_equal(is->term_new, "bad"))
		return false; /* terms that say nothing of it */
	return fix != engine_is_fix(session_engine(news->session));
}

static int note_other_way(struct gitnews *news, struct error *err)
{
	char *text = xasprintf(
		"git bisect was begun in the worktree with the terms %s and "
		"%s, which search the other way round: its marks were not "
		"taken over",
		news->is->term_new, news->is->term_old);
	int ret = note(news, text, err);

	free(text);
	return ret;
}

static int note_paths(struct gitnews *news, struct error *err)
{
	char *text = xasprintf("git bisect was limited to %s; here all "
			       "commits are searched",
			       news->is->paths);
	int ret = note(news, text, err);

	free(text);
	return ret;
}

int gitnews_take(struct gitnews *news, struct error *err)
{
	bool was = news->base->known && news->base->is.under_way;

	if (!news->is->under_way)
		return was ? take_reset(news, err) : 0;
	if (news->is->paths && note_paths(news, err) < 0)
		return -1;
	if (is_other_way(news))
		return note_other_way(news, err);
	if (take_back(news, err) < 0 || take_marks(news, err) < 0 ||
	    take_remarks(news, err) < 0)
		return -1;
	return !was && news->base->known ? take_start(news, err) : 0;
}
