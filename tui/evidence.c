/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/warnings.h"
#include "session/session.h"
#include "tui/evidence_page.h"
#include "tui/logtext.h"
#include "tui/model.h"
#include "tui/pager.h"
#include "tui/panes.h"
#include "tui/told.h"

#define LETTERS	     14
#define CRASH_LINES  40
#define REMARK_LEAST 14

/* Where the columns of the neighbours stand. */
enum {
	AT_COMMIT = 9,
	AT_SIGNATURE = 23,
	AT_SHOWS = 37,
	AT_BELIEF = 48,
	AT_RUNS = 61, /* behind what is believed, if anything is */
};

void page_begin(struct page *page, struct pager *pager, struct session *session,
		int columns, bool ascii)
{
	struct engine *engine = session_engine(session);

	*page = (struct page){ .pager = pager,
			       .session = session,
			       .engine = engine,
			       .graph = session_graph(session),
			       .plan = engine_plan(engine),
			       .columns = columns,
			       .ascii = ascii };
	line_init(&page->line, ascii);
	pager_clear(pager);
}

void page_end(struct page *page)
{
	line_release(&page->line);
}

void page_put(struct page *page, int commit)
{
	pager_add_line(page->pager, commit, &page->line);
}

void page_text(struct page *page, enum role role, const char *text)
{
	line_put(&page->line, role, text);
	page_put(page, -1);
}

void page_heading(struct page *page, const char *title, const char *remark)
{
	if (page->pager->count)
		pager_add_gap(page->pager);
	pager_add_ruler(page->pager, title, remark);
}

const char *page_id(const struct page *page, int commit, char *out)
{
	str_copy(out, OID_SHORT + 1, graph_oid(page->graph, commit)->hex);
	return out;
}

void page_letters(struct page *page, const struct step *step, int most)
{
	struct buf letters;

	buf_init(&letters, 0);
	if (step)
		engine_letters(step, &letters);
	line_letters(&page->line, most, letters.text);
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

struct remark {
	enum role role;
	const char *text;
};

static int at_runs(const struct page *page)
{
	return engine_belief(page->engine) ? AT_RUNS : AT_BELIEF;
}

static void put_neighbour(struct page *page, const char *name, int commit,
			  struct remark remark)
{
	const struct step *step = engine_step_of(page->engine, commit);
	enum role role = step ? panes_verdict_role(step->verdict) : ROLE_DIM;
	struct showing showing = warnings_showing(page->engine, step);
	char id[OID_SHORT + 1];
	int at;

	line_printf(&page->line, role, "%s", name);
	line_to(&page->line, AT_COMMIT);
	line_put(&page->line, ROLE_PLAIN, page_id(page, commit, id));
	line_to(&page->line, AT_SIGNATURE);
	line_printf(&page->line, ROLE_PLAIN, "%.*s", OID_SHORT,
		    signature_of(step));
	line_to(&page->line, AT_SHOWS);
	if (showing.valid)
		line_printf(&page->line, ROLE_PLAIN, "%2d of %d", showing.bug,
			    showing.valid);
	else
		line_put(&page->line, ROLE_DIM, "not run");
	if (engine_belief(page->engine))
		line_to(&page->line, AT_BELIEF);
	page_belief(page, commit);
	line_to(&page->line, at_runs(page));
	page_letters(page, step, LETTERS);
	at = at_runs(page) + LETTERS + 2;
	if (*remark.text && page->columns >= at + REMARK_LEAST) {
		line_to(&page->line, at);
		line_put(&page->line, remark.role, remark.text);
	}
	page_put(page, commit);
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

static struct remark compare(const struct page *page, int parent, int culprit)
{
	const char *a = signature_of(engine_step_of(page->engine, parent));
	const char *b = signature_of(engine_step_of(page->engine, culprit));

	if (!*a || !*b)
		return (struct remark){ ROLE_PLAIN, "" };
	if (str_equal(a, b))
		return (struct remark){ ROLE_SKIP,
					"same kernel: nothing changed" };
	return (struct remark){ ROLE_GOOD, "the kernel differs" };
}

static struct remark same_crash(const struct step *step)
{
	const char *first = NULL;
	bool more = false, other = false;

	for (int i = 0; step && i < step->run_count; i++) {
		const char *title = run_title(&step->runs[i]);

		if (str_empty(title) || !step->runs[i].same)
			continue;
		more = more || first;
		other = other || (first && !str_equal(first, title));
		first = title;
	}
	if (other)
		return (struct remark){ ROLE_SKIP,
					"not always the same title" };
	if (more)
		return (struct remark){ ROLE_GOOD, "always the same title" };
	return (struct remark){ ROLE_PLAIN, "" };
}

static struct remark agrees(const struct page *page, int culprit, int child)
{
	const struct step *a = engine_step_of(page->engine, culprit);
	const struct step *b = engine_step_of(page->engine, child);

	if (!a || !b || b->verdict == VERDICT_NONE)
		return (struct remark){ ROLE_PLAIN, "" };
	if (b->verdict == a->verdict)
		return (struct remark){ ROLE_GOOD, "agrees with it" };
	return (struct remark){ ROLE_SKIP, "does not agree" };
}

/* What git says of it, in few words: "8 files, +394 -26". */
static void put_stat(struct page *page, const char *stat)
{
	static const char *const words[] = { " file", " insertion",
					     " deletion" };
	static const char *const leads[] = { "", "+", "-" };

	for (int i = 0; i < 3; i++) {
		const char *at = strstr(stat, words[i]);
		const char *from = at;

		while (from && from > stat && from[-1] >= '0' &&
		       from[-1] <= '9')
			from--;
		if (!at || from == at)
			continue;
		line_printf(&page->line, ROLE_PLAIN, "%s%s%.*s%s",
			    i == 0   ? "   "
			    : i == 1 ? ", "
				     : " ",
			    leads[i], (int)(at - from), from,
			    i				    ? ""
			    : strncmp(at, " files", 6) == 0 ? " files"
							    : " file");
	}
}

static void put_head(struct page *page, int commit, const char *stat)
{
	time_t at = (time_t)session_author_date(page->session, commit);
	bool fix = engine_is_fix(page->engine);
	struct tm when;

	line_put(&page->line, fix ? ROLE_GOOD : ROLE_BAD,
		 graph_oid(page->graph, commit)->hex);
	page_put(page, commit);
	line_put(&page->line, ROLE_TITLE,
		 session_subject(page->session, commit));
	page_put(page, commit);
	line_put(&page->line, ROLE_PLAIN,
		 session_author(page->session, commit));
	if (at && gmtime_r(&at, &when)) {
		char date[24] = "";

		strftime(date, sizeof(date), "   %Y-%m-%d", &when);
		line_put(&page->line, ROLE_PLAIN, date);
	}
	if (stat)
		put_stat(page, stat);
	page_put(page, commit);
}

static void put_heads(struct page *page)
{
	line_to(&page->line, AT_COMMIT);
	line_put(&page->line, ROLE_HEADING, "commit");
	line_to(&page->line, AT_SIGNATURE);
	line_put(&page->line, ROLE_HEADING, "signature");
	line_to(&page->line, AT_SHOWS);
	line_put(&page->line, ROLE_HEADING, "shows it");
	if (engine_belief(page->engine)) {
		line_to(&page->line, AT_BELIEF);
		line_put(&page->line, ROLE_HEADING, "believed");
	}
	line_to(&page->line, at_runs(page));
	line_put(&page->line, ROLE_HEADING, "runs");
	page_put(page, -1);
}

static void put_culprit(struct page *page, const struct evidence_found *found)
{
	int culprit = page->plan->commit, child = child_of(page, culprit);
	const int *parents;
	int count = graph_parents(page->graph, culprit, &parents);

	put_head(page, culprit, found->stat);
	page_heading(page, "Why this commit", "");
	put_heads(page);
	for (int i = 0; i < count; i++)
		put_neighbour(page, "parent", parents[i],
			      compare(page, parents[i], culprit));
	put_neighbour(page, "culprit", culprit,
		      same_crash(engine_step_of(page->engine, culprit)));
	if (child >= 0)
		put_neighbour(page, "child", child,
			      agrees(page, culprit, child));
}

/*
 * Where the search stands.
 */

static void put_end(struct page *page, const char *what, int commit,
		    enum role role)
{
	char id[OID_SHORT + 1];

	if (commit < 0)
		return;
	line_put(&page->line, role, what);
	line_to(&page->line, AT_COMMIT);
	line_put(&page->line, ROLE_PLAIN, page_id(page, commit, id));
	line_to(&page->line, AT_SIGNATURE);
	page_letters(page, engine_step_of(page->engine, commit), LETTERS);
	line_to(&page->line, AT_SIGNATURE + LETTERS + 2);
	line_put(&page->line, ROLE_PLAIN,
		 session_subject(page->session, commit));
	page_put(page, commit);
}

static void put_search(struct page *page)
{
	const struct plan *plan = page->plan;
	bool fix = engine_is_fix(page->engine);

	if (plan->state == PLAN_ONLY_SKIPPED)
		line_printf(&page->line, ROLE_SKIP,
			    "%d commits are left, of which none can be tested",
			    plan->candidate_count);
	else if (plan->state == PLAN_MERGE_BASE_BAD)
		line_put(&page->line, ROLE_SKIP,
			 "a merge base is bad: the bug was fixed on the good "
			 "side");
	else if (plan->state == PLAN_TEST && plan->believed)
		line_printf(&page->line, ROLE_TITLE,
			    "%d suspect%s by the verdicts", plan->suspects,
			    plan->suspects == 1 ? "" : "s");
	else if (plan->state == PLAN_TEST)
		line_printf(&page->line, ROLE_TITLE,
			    "%d suspects, about %d more %s after this one",
			    plan->suspects, plan->steps,
			    plan->steps == 1 ? "step" : "steps");
	else
		line_put(&page->line, ROLE_PLAIN, "it has not begun");
	page_put(page, -1);
	put_end(page, fix ? "bad" : "good", plan->nearest_good,
		fix ? ROLE_BAD : ROLE_GOOD);
	if (plan->state == PLAN_TEST)
		put_end(page, "test", plan->commit, ROLE_RUNNING);
	put_end(page, fix ? "good" : "bad", plan->bad,
		fix ? ROLE_GOOD : ROLE_BAD);
	for (int i = 0; plan->state == PLAN_ONLY_SKIPPED &&
			i < plan->candidate_count && i < 20;
	     i++)
		put_end(page, "left", plan->candidates[i], ROLE_SKIP);
}

/*
 * Whom to tell, and the crash.
 */

static void put_told(struct page *page, const struct evidence_found *found)
{
	bool any = false;

	page_heading(page, "Tell", found->told_more ? "asking for more" : "");
	if (found->told)
		any = told_add(page->pager, found->told, page->columns,
			       page->ascii);
	if (!any)
		page_text(page, ROLE_DIM,
			  found->told_more ? "looking for whom to tell"
					   : "nobody is named");
}

static void put_crash(struct page *page, const struct evidence_found *found)
{
	char remark[64];
	const char *at = found->crash;
	int lines = 0;

	if (found->crash_of < 0)
		return;
	if (page->plan->state == PLAN_FOUND &&
	    found->crash_of == page->plan->commit)
		snprintf(remark, sizeof(remark), "run %d of the culprit",
			 found->crash_run);
	else
		snprintf(remark, sizeof(remark), "run %d of %.*s",
			 found->crash_run, OID_SHORT,
			 graph_oid(page->graph, found->crash_of)->hex);
	page_heading(page, "Crash", remark);
	if (!at || !*at) {
		page_text(page, ROLE_DIM,
			  at ? "its console is not kept any more"
			     : "reading its console");
		return;
	}
	while (*at && lines++ < CRASH_LINES) {
		size_t length = strcspn(at, "\n");
		char *line = xstrndup(at, length);

		line_put(&page->line, logtext_role(line), line);
		page_put(page, found->crash_of);
		free(line);
		at += length + (at[length] == '\n');
	}
	if (*at)
		page_text(page, ROLE_DIM, "and more: c shows the console");
}

void evidence_fill(struct pager *pager, struct session *session,
		   const struct evidence_found *found, int columns, bool ascii)
{
	struct page page;

	page_begin(&page, pager, session, columns, ascii);
	if (page.plan->state == PLAN_FOUND)
		put_culprit(&page, found);
	else
		put_search(&page);
	page_verify(&page);
	page_questions(&page);
	page_sure(&page);
	page_doubts(&page);
	if (page.plan->state == PLAN_FOUND)
		put_told(&page, found);
	put_crash(&page, found);
	page_titles(&page);
	page_decisions(&page);
	page_end(&page);
}
