/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Of the evidence: what was done when, a bar a step.
 */

#include <stdio.h>
#include <time.h>

#include "base/str.h"
#include "control/pace.h"
#include "engine/engine.h"
#include "tui/evidence.h"
#include "tui/evidence_page.h"
#include "tui/model.h"
#include "tui/panes.h"

/* When the step was over, or -1. */
static int64_t ended(const struct step *step)
{
	int64_t end = step->given ? step->given->at : -1;

	for (int i = 0; i < step->run_count; i++)
		if (step->runs[i].fact && step->runs[i].fact->at > end)
			end = step->runs[i].fact->at;
	return end;
}

static void put_bar(struct page *page, const struct step *step, int64_t took,
		    int64_t longest)
{
	int room = page->columns - page->line.columns - 3;
	int64_t build = step->build ? step->build->duration_ms : 0;
	int cells, of_build;

	if (took <= 0 || longest <= 0 || room < 1)
		return;
	cells = (int)(took * room / longest);
	cells = cells < 1 ? 1 : cells;
	of_build = (int)(build * cells / took);
	for (int i = 0; i < cells; i++)
		line_put(&page->line,
			 i < of_build ? ROLE_DIM
				      : panes_verdict_role(step->verdict),
			 i < of_build ? "-" : "=");
}

static void put_step(struct page *page, const struct step *step,
		     int64_t longest)
{
	time_t seconds = (time_t)(ended(step) / 1000);
	int64_t took = pace_took(step);
	char text[24] = "";
	struct tm when;

	if (ended(step) >= 0 && localtime_r(&seconds, &when))
		strftime(text, sizeof(text), "%H:%M", &when);
	line_printf(&page->line, ROLE_DIM, "%5s", text);
	line_printf(&page->line, ROLE_PLAIN, "%4d ", step->position);
	line_printf(&page->line, panes_verdict_role(step->verdict), "%-4s",
		    verdict_word(step->verdict));
	*text = '\0';
	line_right(&page->line, 23, ROLE_PLAIN,
		   took < 0 ? "" : str_duration(text, took));
	line_to(&page->line, 25);
	put_bar(page, step, took, longest);
	page_put(page, step->commit);
}

void evidence_timeline(struct pager *pager, struct session *session,
		       int columns, bool ascii)
{
	const struct step *step;
	int64_t longest = 0;
	struct page page;

	page_begin(&page, pager, session, columns, ascii);
	for (int i = 0; (step = engine_step(page.engine, i)); i++)
		if (pace_took(step) > longest)
			longest = pace_took(step);
	line_put(&page.line, ROLE_HEADING, "ended   # verdict    took");
	line_put(&page.line, ROLE_HEADING, "  - build  = runs");
	page_put(&page, -1);
	for (int i = 0; (step = engine_step(page.engine, i)); i++)
		put_step(&page, step, longest);
	page_end(&page);
}
