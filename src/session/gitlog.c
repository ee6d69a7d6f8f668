/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/gitlog.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/str.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/gitstart.h"
#include "session/session.h"

/* A mark, or a remark. */
struct entry {
	int64_t seq;
	int commit;
	enum verdict verdict; /* VERDICT_NONE: a remark */
	bool silent;	      /* as a remark: it would move the newer end */
	const char *remark;
};

struct entries {
	struct session *session;
	struct entry *items;
	size_t count, room;
};

/*
 * What is to be written.
 */

static void add(struct entries *entries, struct entry entry)
{
	array_grow(entries->items, entries->count + 1, &entries->room);
	entries->items[entries->count++] = entry;
}

static bool is_newer_kind(const struct engine *engine, enum verdict verdict)
{
	return verdict == (engine_is_fix(engine) ? VERDICT_GOOD : VERDICT_BAD);
}

/* When the newer end was marked; 0 where there is none. */
static int64_t newer_end_at(struct engine *engine, int *commit)
{
	const struct plan *plan = engine_plan(engine);
	const struct step *step;

	*commit = plan->state == PLAN_MERGE_BASE_BAD ? plan->commit : plan->bad;
	step = *commit >= 0 ? engine_step_of(engine, *commit) : NULL;
	return step && step->given ? step->given->seq : 0;
}

static void add_verdicts(struct entries *entries, struct engine *engine)
{
	int end;
	int64_t end_at = newer_end_at(engine, &end);

	for (int i = 0; i < engine_step_count(engine); i++) {
		const struct step *step = engine_step(engine, i);
		struct entry entry = { .commit = step->commit,
				       .verdict = step->verdict };

		if (!step->given || step->verdict == VERDICT_NONE ||
		    (step->set_aside && step->commit != end))
			continue;
		entry.seq = step->given->seq;
		entry.silent = is_newer_kind(engine, step->verdict) &&
			       entry.seq > end_at;
		add(entries, entry);
	}
}

enum { TO = 1, FROM = 2 };

/* Which commits are in the range, as git means from..to; marks are zero. */
static void mark_range(const struct graph *graph, const struct event *range,
		       unsigned char *marks)
{
	int from = graph_find(graph, &range->other);
	int to = graph_find(graph, &range->commit);

	memset(marks, 0, (size_t)graph_count(graph));
	if (to >= 0)
		graph_mark_ancestors(graph, &to, 1, marks, TO);
	if (from >= 0)
		graph_mark_ancestors(graph, &from, 1, marks, FROM);
}

/* Those skipped with a range; each belongs to the last range it lies in. */
static void add_skips(struct entries *entries, struct engine *engine)
{
	const struct graph *graph = session_graph(entries->session);
	const int *skips;
	int count = engine_skips(engine, &skips);
	unsigned char *marks = xcalloc((size_t)graph_count(graph) + 1, 1);
	int64_t *at = xcalloc((size_t)count + 1, sizeof(*at));

	for (size_t i = 0; count && i < engine_event_count(engine); i++) {
		const struct event *event = engine_event(engine, i);

		if (event->kind != EVENT_SKIP_RANGE ||
		    engine_is_undone(engine, event->seq))
			continue;
		mark_range(graph, event, marks);
		for (int k = 0; k < count; k++)
			if (marks[skips[k]] == TO)
				at[k] = event->seq;
	}
	for (int i = 0; i < count; i++) {
		const struct step *step = engine_step_of(engine, skips[i]);

		if (!step || !step->given || step->verdict != VERDICT_SKIP)
			add(entries, (struct entry){ .seq = at[i],
						     .commit = skips[i],
						     .verdict = VERDICT_SKIP });
	}
	free(at);
	free(marks);
}

static void add_remarks(struct entries *entries, const struct engine *engine)
{
	for (size_t i = 0; i < engine_event_count(engine); i++) {
		const struct event *event = engine_event(engine, i);

		if (event->kind == EVENT_NOTE && event->by == BY_GIT &&
		    !str_empty(event->text) &&
		    !engine_is_undone(engine, event->seq))
			add(entries, (struct entry){ .seq = event->seq,
						     .commit = -1,
						     .remark = event->text });
	}
}

/* As given; those of a range newest first, as git lists them. */
static int by_time(const void *a, const void *b, void *data)
{
	const struct entry *x = a, *y = b;
	const struct graph *graph = data;
	int64_t dates[2];

	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	dates[0] = x->commit < 0 ? 0 : graph_date(graph, x->commit);
	dates[1] = y->commit < 0 ? 0 : graph_date(graph, y->commit);
	if (dates[0] != dates[1])
		return dates[0] > dates[1] ? -1 : 1;
	return x->commit - y->commit;
}

/*
 * Writing.
 */

static void write_on_one_line(const char *text, struct buf *out)
{
	for (const char *p = text; *p; p++)
		buf_putc(out, *p == '\n' || *p == '\r' ? ' ' : *p);
	buf_putc(out, '\n');
}

/* "# lead: [id] subject" */
static void write_note(struct session *session, const char *lead, int commit,
		       struct buf *out)
{
	buf_printf(out, "# %s: [%s] ", lead,
		   graph_oid(session_graph(session), commit)->hex);
	write_on_one_line(session_subject(session, commit), out);
}

static bool is_newer_term(const struct engine *engine, enum verdict verdict)
{
	return (verdict == VERDICT_BAD) != engine_is_fix(engine);
}

/*
 * How many of the entries were given to the start: git looks at once whether
 * these ends fit each other, and not again when it reads the log.
 */
static size_t count_given(const struct entries *entries,
			  const struct engine *engine)
{
	int64_t until = 0;
	const struct event *start = gitstart_find(engine, &until);
	size_t count = 0;

	while (start && count < entries->count &&
	       entries->items[count].seq > start->seq &&
	       entries->items[count].seq <= until &&
	       (entries->items[count].verdict == VERDICT_GOOD ||
		entries->items[count].verdict == VERDICT_BAD) &&
	       !entries->items[count].silent &&
	       is_newer_term(engine, entries->items[count].verdict) ==
		       (count == 0))
		count++;
	return count > 1 ? count : 0;
}

/* The paths that the search was limited to, as they were given. */
static void write_paths(const struct engine *engine, struct buf *out)
{
	int64_t until;
	const struct event *start = gitstart_find(engine, &until);
	const char *paths = start ? strstr(start->text, "'--' ") : NULL;

	if (!paths && start) {
		paths = strstr(start->text, " -- ");
		if (paths)
			paths++;
	}
	if (paths && !strpbrk(paths, "\n\r#"))
		buf_printf(out, " %s", paths);
}

static void write_start(const struct entries *entries, size_t given,
			const struct engine *engine,
			const struct gitterms *terms, struct buf *out)
{
	const struct event *start = engine_start_event(engine);

	for (size_t i = 0; i < given; i++)
		write_note(entries->session, i ? terms->older : terms->newer,
			   entries->items[i].commit, out);
	buf_puts(out, "git bisect start");
	if (!str_equal(terms->newer, "bad") || !str_equal(terms->older, "good"))
		buf_printf(out, " '--term-new=%s' '--term-old=%s'",
			   terms->newer, terms->older);
	if (start && start->first_parent)
		buf_puts(out, " '--first-parent'");
	if (start && start->by == BY_IMPORT && gitstart_is_bare(engine))
		buf_puts(out, " '--no-checkout'");
	for (size_t i = 0; i < given; i++)
		buf_printf(out, " '%s'",
			   graph_oid(session_graph(entries->session),
				     entries->items[i].commit)
				   ->hex);
	if (start && start->by == BY_IMPORT)
		write_paths(engine, out);
	buf_putc(out, '\n');
}

/* What git says of itself while an end is missing. */
static void write_status(bool newer, int older, struct buf *out)
{
	if (newer && older)
		return;
	buf_puts(out, "# status: waiting for ");
	if (newer)
		buf_puts(out, "good commit(s), bad commit known\n");
	else if (older)
		buf_printf(out, "bad commit, %d good commit%s known\n", older,
			   older == 1 ? "" : "s");
	else
		buf_puts(out, "both good and bad commits\n");
}

static void write_entries(const struct entries *entries, size_t given, bool fix,
			  const struct gitterms *terms, struct buf *out)
{
	bool newer = given > 0;
	int older = given ? (int)given - 1 : 0;

	write_status(newer, older, out);
	for (size_t i = given; i < entries->count; i++) {
		const struct entry *entry = &entries->items[i];
		const char *term = terms->older;

		if (entry->verdict == VERDICT_NONE) {
			buf_puts(out, "# ");
			write_on_one_line(entry->remark, out);
			continue;
		}
		if (entry->verdict == VERDICT_SKIP)
			term = "skip";
		else if ((entry->verdict == VERDICT_BAD) != fix)
			term = terms->newer;
		else
			older++;
		newer |= term == terms->newer;
		write_note(entries->session, term, entry->commit, out);
		if (entry->silent)
			continue;
		buf_printf(out, "git bisect %s %s\n", term,
			   graph_oid(session_graph(entries->session),
				     entry->commit)
				   ->hex);
		write_status(newer, older, out);
	}
}

static void write_end(struct session *session, const struct plan *plan,
		      const char *newer, struct buf *out)
{
	char *lead = xasprintf("first %s commit", newer);
	char *possible = xasprintf("possible %s", lead);

	if (plan->state == PLAN_FOUND)
		write_note(session, lead, plan->commit, out);
	if (plan->state == PLAN_ONLY_SKIPPED)
		buf_puts(out, "# only skipped commits left to test\n");
	for (int i = 0; i < plan->candidate_count; i++)
		write_note(session, possible, plan->candidates[i], out);
	free(possible);
	free(lead);
}

void gitlog_write(struct session *session, struct buf *out)
{
	struct engine *engine = session_engine(session);
	struct entries entries = { .session = session };
	struct gitterms terms;
	size_t given;

	gitterms_of(engine, &terms);
	add_verdicts(&entries, engine);
	add_skips(&entries, engine);
	add_remarks(&entries, engine);
	if (entries.count)
		qsort_r(entries.items, entries.count, sizeof(*entries.items),
			by_time, (void *)(uintptr_t)session_graph(session));
	given = count_given(&entries, engine);
	write_start(&entries, given, engine, &terms, out);
	write_entries(&entries, given, engine_is_fix(engine), &terms, out);
	write_end(session, engine_plan(engine), terms.newer, out);
	free(entries.items);
	gitterms_release(&terms);
}
