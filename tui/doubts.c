/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Of the evidence: what to be careful about, which crash was seen where, and
 * what a person decided.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/str.h"
#include "control/desk.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/losses.h"
#include "engine/warnings.h"
#include "session/session.h"
#include "tui/evidence_page.h"
#include "tui/model.h"
#include "tui/pager.h"
#include "tui/panes.h"

#define DOUBTS_MAX  10
#define LETTERS	    12
#define TITLE_LEAST 24
#define CELL	    4 /* of the matrix */

/*
 * Doubts.
 */

struct doubt {
	const struct step *step;
	struct tally tally;
	int valid; /* runs that say something: the fewer, the weaker */
	int lost;
	bool weak; /* half of the runs say nothing, or today's rule says
		      something else */
};

static int weaker(const void *a, const void *b)
{
	const struct doubt *x = a, *y = b;

	if (x->weak != y->weak)
		return y->weak - x->weak;
	if (x->valid != y->valid)
		return x->valid - y->valid;
	return y->lost - x->lost;
}

static bool is_weak(struct page *page, const struct doubt *doubt)
{
	const struct step *step = doubt->step;
	enum verdict today = engine_judge(page->engine, step->commit).verdict;

	return doubt->valid <= doubt->lost ||
	       (today != VERDICT_NONE && today != step->verdict);
}

/* Verdicts by runs, of which some say nothing. */
static struct doubt *find_doubts(struct page *page, size_t *count)
{
	struct doubt *doubts = NULL;
	const struct step *step;
	size_t room = 0;

	*count = 0;
	for (int i = 0; (step = engine_step(page->engine, i)); i++) {
		struct doubt doubt = { .step = step };

		engine_tally(page->engine, step->commit, &doubt.tally);
		doubt.valid = doubt.tally.outcomes[OUTCOME_CRASHED] +
			      doubt.tally.outcomes[OUTCOME_OK];
		doubt.lost = doubt.tally.total - doubt.valid;
		if (!doubt.lost || step->verdict == VERDICT_NONE)
			continue;
		doubt.weak = is_weak(page, &doubt);
		array_grow(doubts, *count + 1, &room);
		doubts[(*count)++] = doubt;
	}
	if (*count)
		qsort(doubts, *count, sizeof(*doubts), weaker);
	return doubts;
}

/* "6 boot failed, 1 testbed", by what was lost. */
static void say_lost(struct page *page, const struct doubt *doubt)
{
	static const char *const words[OUTCOME_COUNT] = {
		[OUTCOME_BOOT_FAILED] = "did not boot",
		[OUTCOME_TEST_FAILED] = "not tested",
		[OUTCOME_INFRA] = "our trouble",
		[OUTCOME_IGNORED] = "ignored",
	};
	int named = 0;

	for (int i = 0; i < OUTCOME_COUNT; i++) {
		if (!words[i] || !doubt->tally.outcomes[i])
			continue;
		line_printf(&page->line, ROLE_PLAIN, "%s%d %s",
			    named ? ", " : "", doubt->tally.outcomes[i],
			    words[i]);
		named += doubt->tally.outcomes[i];
	}
	if (doubt->tally.open)
		line_printf(&page->line, ROLE_PLAIN, "%s%d open",
			    named ? ", " : "", doubt->tally.open);
}

static void put_doubt(struct page *page, const struct doubt *doubt)
{
	const struct step *step = doubt->step;
	struct losses losses;
	char id[OID_SHORT + 1];

	line_put(&page->line, doubt->weak ? ROLE_SKIP : ROLE_INFRA,
		 doubt->weak ? "!" : "i");
	line_printf(&page->line, ROLE_PLAIN, "%3d  ", step->position);
	line_printf(&page->line, panes_verdict_role(step->verdict), "%-4s",
		    verdict_word(step->verdict));
	line_printf(&page->line, ROLE_PLAIN, " %s",
		    page_id(page, step->commit, id));
	line_to(&page->line, 26);
	page_letters(page, step, LETTERS);
	line_to(&page->line, 26 + LETTERS + 2);
	say_lost(page, doubt);
	engine_losses(page->engine, step->commit, &losses);
	if (losses.badly)
		line_printf(&page->line, ROLE_SKIP, ": it boots badly, %d %s",
			    doubt->valid,
			    doubt->valid == 1 ? "counts" : "count");
	else if (doubt->weak)
		line_printf(&page->line, ROLE_SKIP, ": only %d %s",
			    doubt->valid,
			    doubt->valid == 1 ? "counts" : "count");
	else if (!page_is_doubtful(page, step))
		line_put(&page->line, ROLE_DIM, ", verdict safe");
	page_put(page, step->commit);
}

static bool is_persons(const struct step *step)
{
	return step->given &&
	       (step->given->by == BY_PERSON || step->given->by == BY_GIT);
}

/* What was not done is worth a line, too. */
static void put_steered(struct page *page)
{
	const struct step *step;
	const int *skips;
	int by_hand = 0, judged = 0;
	int skipped = engine_skips(page->engine, &skips);

	for (int i = 0; (step = engine_step(page->engine, i)); i++) {
		by_hand += is_persons(step);
		for (int k = 0; k < step->run_count; k++)
			judged += step->runs[k].judge != NULL;
	}
	line_to(&page->line, 6);
	if (by_hand)
		line_printf(&page->line, ROLE_DIM, "%d verdict%s by hand; ",
			    by_hand, by_hand == 1 ? " is" : "s are");
	else
		line_put(&page->line, ROLE_DIM, "no verdict is by hand; ");
	if (judged)
		line_printf(&page->line, ROLE_DIM, "%d run%s overruled; ",
			    judged, judged == 1 ? " was" : "s were");
	else
		line_put(&page->line, ROLE_DIM, "no run was overruled; ");
	if (skipped)
		line_printf(&page->line, ROLE_DIM, "%d commit%s skipped",
			    skipped, skipped == 1 ? " is" : "s are");
	else
		line_put(&page->line, ROLE_DIM, "nothing was skipped");
	page_put(page, -1);
}

static void put_warnings(struct page *page)
{
	struct warnings warnings;

	warnings_find(&warnings, page->engine, page->graph, NULL);
	for (size_t i = 0; i < warnings.count; i++) {
		line_put(&page->line, ROLE_SKIP, "!");
		line_to(&page->line, 6);
		line_put(&page->line, ROLE_PLAIN, warnings.items[i]);
		page_put(page, -1);
	}
	warnings_release(&warnings);
}

void page_doubts(struct page *page)
{
	struct doubt *doubts;
	size_t count;

	page_heading(page, "Doubts", "weakest first");
	put_warnings(page);
	page_doubtful(page);
	doubts = find_doubts(page, &count);
	for (size_t i = 0; i < count && i < DOUBTS_MAX; i++)
		put_doubt(page, &doubts[i]);
	if (count > DOUBTS_MAX) {
		line_to(&page->line, 6);
		line_printf(&page->line, ROLE_DIM,
			    "and %zu more, which lost less",
			    count - DOUBTS_MAX);
		page_put(page, -1);
	}
	free(doubts);
	put_steered(page);
}

/*
 * Titles and the steps that showed them, as a matrix.
 */

struct title {
	const struct run_state *first;
	int commit; /* of the first */
};

static int count_title(const struct step *step, const char *title)
{
	int count = 0;

	for (int k = 0; k < step->run_count; k++)
		count += str_equal(run_title(&step->runs[k]), title);
	return count;
}

static bool is_known(const struct title *titles, size_t count,
		     const char *title)
{
	for (size_t i = 0; i < count; i++)
		if (str_equal(run_title(titles[i].first), title))
			return true;
	return false;
}

static struct title *find_titles(struct page *page, size_t *count)
{
	struct title *titles = NULL;
	const struct step *step;
	size_t room = 0;

	*count = 0;
	for (int i = 0; (step = engine_step(page->engine, i)); i++) {
		for (int k = 0; k < step->run_count; k++) {
			const char *title = run_title(&step->runs[k]);

			if (str_empty(title) || is_known(titles, *count, title))
				continue;
			array_grow(titles, *count + 1, &room);
			titles[(*count)++] =
				(struct title){ &step->runs[k], step->commit };
		}
	}
	return titles;
}

static bool shows_any(const struct step *step)
{
	for (int k = 0; k < step->run_count; k++)
		if (!str_empty(run_title(&step->runs[k])))
			return true;
	return false;
}

/* The steps that are columns: the last ones, if there are too many. */
static int first_column(struct page *page, int *cells)
{
	int room = (page->columns - 8 - TITLE_LEAST) / CELL, from;

	*cells = 0;
	for (from = engine_step_count(page->engine); from > 0; from--) {
		int shows = shows_any(engine_step(page->engine, from - 1));

		if (*cells + shows > (room > 1 ? room : 1))
			break;
		*cells += shows;
	}
	return from;
}

static const char *meaning(const struct run_state *run, enum role *role)
{
	*role = run->same    ? ROLE_BAD
		: run->open  ? ROLE_SKIP
		: run->other ? ROLE_INFRA
			     : ROLE_PLAIN;
	return run->same    ? "bug"
	       : run->open  ? "open"
	       : run->other ? "other"
			    : "-";
}

/* The width of the titles: what the cells leave. */
static int title_width(const struct page *page, int cells)
{
	int width = page->columns - 2 - 6 - cells * CELL - 5;

	return width < TITLE_LEAST ? TITLE_LEAST : width > 70 ? 70 : width;
}

static void put_title_heads(struct page *page, int from, int width)
{
	const struct step *step;
	char number[16];
	int end = 6 + width + CELL;

	line_put(&page->line, ROLE_HEADING, "is");
	line_to(&page->line, 6);
	line_put(&page->line, ROLE_HEADING, "title, and its runs in step");
	for (int i = from; (step = engine_step(page->engine, i)); i++) {
		if (!shows_any(step))
			continue;
		snprintf(number, sizeof(number), "%d", step->position);
		line_right(&page->line, end, ROLE_HEADING, number);
		end += CELL;
	}
	line_right(&page->line, end + 1, ROLE_HEADING, "all");
	page_put(page, -1);
}

static void put_title(struct page *page, const struct title *title, int from,
		      int width)
{
	const char *name = run_title(title->first);
	const struct step *step;
	int all = 0, end = 6 + width + CELL;
	char number[16];
	enum role role;

	line_printf(&page->line, ROLE_DIM, "%s", meaning(title->first, &role));
	line_to(&page->line, 6);
	line_put_cut(&page->line, role, name, width - 1);
	for (int i = 0; (step = engine_step(page->engine, i)); i++) {
		int here = count_title(step, name);

		all += here;
		if (i < from || !shows_any(step))
			continue;
		snprintf(number, sizeof(number), "%d", here);
		line_right(&page->line, end, here ? role : ROLE_DIM,
			   here ? number : ".");
		end += CELL;
	}
	snprintf(number, sizeof(number), "%d", all);
	line_right(&page->line, end + 1, ROLE_PLAIN, number);
	page_put(page, title->commit);
}

void page_titles(struct page *page)
{
	struct title *titles;
	int cells, from = first_column(page, &cells);
	int width = title_width(page, cells);
	size_t count;

	titles = find_titles(page, &count);
	page_heading(page, "What crashed", "and in which step");
	if (count)
		put_title_heads(page, from, width);
	else
		page_text(page, ROLE_DIM, "no crash was seen");
	for (size_t i = 0; i < count; i++)
		put_title(page, &titles[i], from, width);
	free(titles);
}

/*
 * Decisions.
 */

static bool steers(enum event_kind kind)
{
	return kind == EVENT_PAUSE || kind == EVENT_RESUME ||
	       kind == EVENT_UNDO || kind == EVENT_REDO;
}

void page_decisions(struct page *page)
{
	struct buf text;
	bool any = false;

	page_heading(page, "Decided by a person", "");
	buf_init(&text, 0);
	for (size_t i = 0; i < engine_event_count(page->engine); i++) {
		const struct event *event = engine_event(page->engine, i);

		if (!event_is_decision(event->kind) || steers(event->kind) ||
		    event->by != BY_PERSON ||
		    engine_is_undone(page->engine, event->seq))
			continue;
		buf_clear(&text);
		desk_describe(page->session, event, &text);
		line_put(&page->line,
			 event->kind == EVENT_VERDICT
				 ? panes_verdict_role(event->verdict)
				 : ROLE_PLAIN,
			 text.text);
		page_put(page,
			 oid_is_none(&event->commit)
				 ? -1
				 : graph_find(page->graph, &event->commit));
		any = true;
	}
	buf_release(&text);
	if (!any)
		page_text(page, ROLE_DIM, "nothing");
}
