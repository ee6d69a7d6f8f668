/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/gitlog.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"

static const char *term_of(bool fix, enum verdict verdict)
{
	if (verdict == VERDICT_SKIP)
		return "skip";
	if (!fix)
		return verdict == VERDICT_BAD ? "bad" : "good";
	return verdict == VERDICT_BAD ? "broken" : "fixed";
}

/* "# lead: [id] subject" */
static void write_note(struct session *session, const char *lead, int commit,
		       struct buf *out)
{
	buf_printf(out, "# %s: [%s] ", lead,
		   graph_oid(session_graph(session), commit)->hex);
	for (const char *p = session_subject(session, commit); *p; p++)
		buf_putc(out, *p == '\n' || *p == '\r' ? ' ' : *p);
	buf_putc(out, '\n');
}

static void write_mark(struct session *session, const char *term, int commit,
		       struct buf *out)
{
	write_note(session, term, commit, out);
	buf_printf(out, "git bisect %s %s\n", term,
		   graph_oid(session_graph(session), commit)->hex);
}

static int by_seq(const void *a, const void *b)
{
	const struct step *const *x = a, *const *y = b;

	return (*x)->given->seq < (*y)->given->seq ? -1 : 1;
}

/* Those whose verdict counts, as they were given; the caller frees. */
static const struct step **collect(struct engine *engine, int *count)
{
	int total = engine_step_count(engine);
	const struct step **steps = xcalloc((size_t)total + 1, sizeof(*steps));

	*count = 0;
	for (int i = 0; i < total; i++) {
		const struct step *step = engine_step(engine, i);

		if (step->given && !step->set_aside &&
		    step->verdict != VERDICT_NONE)
			steps[(*count)++] = step;
	}
	if (*count)
		qsort(steps, (size_t)*count, sizeof(const struct step *),
		      by_seq);
	return steps;
}

static void write_start(const struct engine *engine, struct buf *out)
{
	const struct event *start = engine_start_event(engine);

	buf_puts(out, "git bisect start");
	if (engine_is_fix(engine))
		buf_puts(out, " '--term-new=fixed' '--term-old=broken'");
	if (start && start->first_parent)
		buf_puts(out, " '--first-parent'");
	buf_putc(out, '\n');
}

/* Of skipped ranges, of which no verdict tells. */
static void write_skips(struct session *session, struct engine *engine,
			struct buf *out)
{
	const int *skips;
	int count = engine_skips(engine, &skips);

	for (int i = 0; i < count; i++) {
		const struct step *step = engine_step_of(engine, skips[i]);

		if (!step || !step->given || step->verdict != VERDICT_SKIP)
			write_mark(session, "skip", skips[i], out);
	}
}

static void write_end(struct session *session, const struct plan *plan,
		      bool fix, struct buf *out)
{
	char lead[48];

	if (plan->state == PLAN_FOUND) {
		snprintf(lead, sizeof(lead), "first %s commit",
			 term_of(fix, fix ? VERDICT_GOOD : VERDICT_BAD));
		write_note(session, lead, plan->commit, out);
	}
	if (plan->state != PLAN_ONLY_SKIPPED)
		return;
	buf_puts(out, "# only skipped commits left to test\n");
	snprintf(lead, sizeof(lead), "possible first %s commit",
		 term_of(fix, fix ? VERDICT_GOOD : VERDICT_BAD));
	for (int i = 0; i < plan->candidate_count; i++)
		write_note(session, lead, plan->candidates[i], out);
}

void gitlog_write(struct session *session, struct buf *out)
{
	struct engine *engine = session_engine(session);
	bool fix = engine_is_fix(engine);
	const struct step **steps;
	int count;

	write_start(engine, out);
	steps = collect(engine, &count);
	for (int i = 0; i < count; i++)
		write_mark(session, term_of(fix, steps[i]->verdict),
			   steps[i]->commit, out);
	free(steps);
	write_skips(session, engine, out);
	write_end(session, engine_plan(engine), fix, out);
}
