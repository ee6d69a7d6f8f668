/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/str.h"
#include "control/desk.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/warnings.h"
#include "session/session.h"
#include "tui/model.h"
#include "tui/pager.h"
#include "tui/panes.h"

#define DOUBTS_MAX 10
#define LETTERS	   20

struct page {
	struct pager *pager;
	struct session *session;
	struct engine *engine;
	const struct graph *graph;
	const struct plan *plan;
	bool ascii;
	struct buf line;
};

/* What is in page->line, as one line. */
static void put(struct page *page, enum role role, int commit)
{
	pager_add(page->pager, role, commit, page->line.text,
		  strcspn(page->line.text, "\n"), page->ascii);
	buf_clear(&page->line);
}

static void put_text(struct page *page, enum role role, const char *text)
{
	buf_puts(&page->line, text);
	put(page, role, -1);
}

static void put_heading(struct page *page, const char *text)
{
	if (page->pager->count)
		put_text(page, ROLE_PLAIN, "");
	put_text(page, ROLE_HEADING, text);
}

static const char *hex_of(const struct page *page, int commit)
{
	return graph_oid(page->graph, commit)->hex;
}

static void add_letters(struct page *page, const struct step *step)
{
	struct buf letters;

	buf_init(&letters, 0);
	if (step)
		engine_letters(step, &letters);
	buf_printf(&page->line, "%-*.*s%s", LETTERS, LETTERS, letters.text,
		   letters.length > LETTERS ? "+" : " ");
	buf_release(&letters);
}

static const char *signature_of(const struct step *step)
{
	if (!step || !step->build || step->build->build != BUILD_OK ||
	    str_empty(step->build->signature))
		return "";
	return step->build->signature;
}

/*
 * Why this commit.
 */

static void put_neighbour(struct page *page, const char *name, int commit,
			  const char *remark)
{
	const struct step *step = engine_step_of(page->engine, commit);
	struct tally tally;

	engine_tally(page->engine, commit, &tally);
	buf_printf(&page->line, " %-8s %.*s  %-12.12s  %3d of %-3d  ", name,
		   OID_SHORT, hex_of(page, commit), signature_of(step),
		   tally.outcomes[OUTCOME_CRASHED],
		   tally.outcomes[OUTCOME_CRASHED] +
			   tally.outcomes[OUTCOME_OK]);
	add_letters(page, step);
	buf_printf(&page->line, " %s", remark);
	put(page, step ? panes_verdict_role(step->verdict) : ROLE_PLAIN,
	    commit);
}

/* The nearest step of the newer side that is above the culprit, or -1. */
static int child_of(const struct page *page, int culprit)
{
	const int *parents;

	for (int i = 0; i < graph_count(page->graph); i++) {
		int count = graph_parents(page->graph, i, &parents);

		for (int k = 0; k < count; k++)
			if (parents[k] == culprit &&
			    engine_step_of(page->engine, i))
				return i;
	}
	return -1;
}

static const char *compare(const struct page *page, int parent, int culprit)
{
	const char *a = signature_of(engine_step_of(page->engine, parent));
	const char *b = signature_of(engine_step_of(page->engine, culprit));

	if (!*a || !*b)
		return "";
	return str_equal(a, b) ? "the same kernel: nothing changed"
			       : "signatures differ: the kernel changed";
}

static void put_culprit(struct page *page)
{
	int culprit = page->plan->commit, child = child_of(page, culprit);
	const int *parents;
	int count = graph_parents(page->graph, culprit, &parents);

	put_heading(page, "Why this commit");
	buf_printf(&page->line, " %.*s  %s", OID_HEX_MAX, hex_of(page, culprit),
		   session_subject(page->session, culprit));
	put(page, ROLE_TITLE, culprit);
	put_text(page, ROLE_DIM,
		 "          commit        signature     shows it    runs");
	for (int i = 0; i < count; i++)
		put_neighbour(page, "parent", parents[i],
			      compare(page, parents[i], culprit));
	put_neighbour(page, "culprit", culprit, "");
	if (child >= 0)
		put_neighbour(page, "child", child, "");
}

static void put_end(struct page *page, const char *what, int commit)
{
	if (commit < 0)
		return;
	buf_printf(&page->line, " %-6s %.*s  %s", what, OID_SHORT,
		   hex_of(page, commit),
		   session_subject(page->session, commit));
	put(page, ROLE_PLAIN, commit);
}

static void put_search(struct page *page)
{
	const struct plan *plan = page->plan;

	put_heading(page, "Where the search stands");
	if (plan->state == PLAN_ONLY_SKIPPED)
		buf_printf(&page->line,
			   " %d commits are left, of which none can be tested",
			   plan->candidate_count);
	else if (plan->state == PLAN_TEST)
		buf_printf(&page->line,
			   " %d suspects, about %d more %s after this one",
			   plan->suspects, plan->steps,
			   plan->steps == 1 ? "step" : "steps");
	else
		buf_puts(&page->line, " it has not begun");
	put(page, ROLE_PLAIN, -1);
	put_end(page, "old", plan->nearest_good);
	put_end(page, "new", plan->bad);
	if (plan->state == PLAN_TEST)
		put_end(page, "test", plan->commit);
}

/*
 * Doubts.
 */

struct doubt {
	const struct step *step;
	int valid; /* runs that say something: the fewer, the weaker */
	int lost;
};

static int weaker(const void *a, const void *b)
{
	const struct doubt *x = a, *y = b;

	if (x->valid != y->valid)
		return x->valid - y->valid;
	return y->lost - x->lost;
}

/* Verdicts by runs, of which some say nothing. */
static struct doubt *find_doubts(struct page *page, size_t *count)
{
	struct doubt *doubts = NULL;
	size_t room = 0;
	const struct step *step;
	struct tally tally;

	*count = 0;
	for (int i = 0; (step = engine_step(page->engine, i)); i++) {
		struct doubt doubt = { .step = step };

		engine_tally(page->engine, step->commit, &tally);
		doubt.valid = tally.outcomes[OUTCOME_CRASHED] +
			      tally.outcomes[OUTCOME_OK];
		doubt.lost = tally.total - doubt.valid;
		if (!doubt.lost || step->verdict == VERDICT_NONE)
			continue;
		array_grow(doubts, *count + 1, &room);
		doubts[(*count)++] = doubt;
	}
	if (*count)
		qsort(doubts, *count, sizeof(*doubts), weaker);
	return doubts;
}

static void put_doubt(struct page *page, const struct doubt *doubt)
{
	const struct step *step = doubt->step;

	buf_printf(&page->line, " %3d  %-4s %.*s  ", step->position,
		   verdict_word(step->verdict), OID_SHORT,
		   hex_of(page, step->commit));
	add_letters(page, step);
	buf_printf(&page->line, " %d of %d runs say something", doubt->valid,
		   doubt->valid + doubt->lost);
	put(page, panes_verdict_role(step->verdict), step->commit);
}

static void put_doubts(struct page *page)
{
	struct warnings warnings;
	struct doubt *doubts;
	size_t count;

	put_heading(page, "Doubts, the weakest first");
	warnings_find(&warnings, page->engine, page->graph, NULL);
	for (size_t i = 0; i < warnings.count; i++) {
		buf_printf(&page->line, " !    %s", warnings.items[i]);
		put(page, ROLE_SKIP, -1);
	}
	doubts = find_doubts(page, &count);
	for (size_t i = 0; i < count && i < DOUBTS_MAX; i++)
		put_doubt(page, &doubts[i]);
	if (count > DOUBTS_MAX) {
		buf_printf(&page->line, "      and %zu more, which lost less",
			   count - DOUBTS_MAX);
		put(page, ROLE_DIM, -1);
	}
	if (!count && !warnings.count)
		put_text(page, ROLE_DIM, " none that shows in the runs");
	free(doubts);
	warnings_release(&warnings);
}

/*
 * Titles and the steps that showed them.
 */

static bool is_first(const struct page *page, const char *title, int until,
		     int run_until)
{
	for (int i = 0; i <= until; i++) {
		const struct step *step = engine_step(page->engine, i);
		int runs = i == until ? run_until : step->run_count;

		for (int k = 0; k < runs; k++)
			if (str_equal(run_title(&step->runs[k]), title))
				return false;
	}
	return true;
}

/* "12 times in steps 1 3 5  title" */
static void put_title(struct page *page, const struct run_state *first,
		      int commit)
{
	const char *title = run_title(first);
	const struct step *step;
	struct buf steps;
	int total = 0;

	buf_init(&steps, 0);
	for (int i = 0; (step = engine_step(page->engine, i)); i++) {
		int here = 0;

		for (int k = 0; k < step->run_count; k++)
			here += str_equal(run_title(&step->runs[k]), title);
		if (here)
			buf_printf(&steps, " %d:%d", step->position, here);
		total += here;
	}
	buf_printf(&page->line, " %3d  %s", total, title);
	put(page,
	    first->same	   ? ROLE_BAD
	    : first->open  ? ROLE_SKIP
	    : first->other ? ROLE_INFRA
			   : ROLE_PLAIN,
	    commit);
	buf_printf(&page->line, "      %s, in step:runs%s",
		   first->same	  ? "the bug"
		   : first->open  ? "nobody knows what it is"
		   : first->other ? "another bug"
				  : "decides nothing",
		   steps.text);
	put(page, ROLE_DIM, commit);
	buf_release(&steps);
}

static void put_titles(struct page *page)
{
	const struct step *step;
	bool any = false;

	put_heading(page, "What crashed, and where");
	for (int i = 0; (step = engine_step(page->engine, i)); i++) {
		for (int k = 0; k < step->run_count; k++) {
			const char *title = run_title(&step->runs[k]);

			if (str_empty(title) || !is_first(page, title, i, k))
				continue;
			put_title(page, &step->runs[k], step->commit);
			any = true;
		}
	}
	if (!any)
		put_text(page, ROLE_DIM, " no crash was seen");
}

static bool steers(enum event_kind kind)
{
	return kind == EVENT_PAUSE || kind == EVENT_RESUME ||
	       kind == EVENT_UNDO || kind == EVENT_REDO;
}

static void put_decisions(struct page *page)
{
	bool any = false;

	put_heading(page, "Decided by a person");
	for (size_t i = 0; i < engine_event_count(page->engine); i++) {
		const struct event *event = engine_event(page->engine, i);

		if (!event_is_decision(event->kind) || steers(event->kind) ||
		    event->by != BY_PERSON ||
		    engine_is_undone(page->engine, event->seq))
			continue;
		buf_putc(&page->line, ' ');
		desk_describe(page->session, event, &page->line);
		put(page, ROLE_TITLE,
		    oid_is_none(&event->commit)
			    ? -1
			    : graph_find(page->graph, &event->commit));
		any = true;
	}
	if (!any)
		put_text(page, ROLE_DIM, " nothing");
}

void evidence_fill(struct pager *pager, struct session *session, bool ascii)
{
	struct engine *engine = session_engine(session);
	struct page page = { .pager = pager,
			     .session = session,
			     .engine = engine,
			     .graph = session_graph(session),
			     .plan = engine_plan(engine),
			     .ascii = ascii };

	buf_init(&page.line, 0);
	pager_clear(pager);
	if (page.plan->state == PLAN_FOUND)
		put_culprit(&page);
	else
		put_search(&page);
	put_doubts(&page);
	put_titles(&page);
	put_decisions(&page);
	buf_release(&page.line);
}
