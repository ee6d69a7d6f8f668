/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_EVIDENCE_PAGE_H
#define TUI_EVIDENCE_PAGE_H

/*
 * The inside of the evidence page, shared by its parts: evidence.c puts it
 * together, evidence_sure.c says how sure one can be, verified.c
 * what came of testing the culprit again, doubts.c what to be careful about,
 * timeline.c when what was done.  Nobody else includes this.
 */

#include "tui/line.h"

struct engine;
struct graph;
struct pager;
struct plan;
struct session;
struct step;

struct page {
	struct pager *pager;
	struct session *session;
	struct engine *engine;
	const struct graph *graph;
	const struct plan *plan;
	int columns;
	bool ascii;
	struct line line; /* under work */
};

void page_begin(struct page *page, struct pager *pager, struct session *session,
		int columns, bool ascii);
void page_end(struct page *page);

/* The line under work, about a commit, or -1. */
void page_put(struct page *page, int commit);
void page_text(struct page *page, enum role role, const char *text);
/* A ruler, behind a gap unless it is the first thing. */
void page_heading(struct page *page, const char *title, const char *remark);

/* The short id of a commit. */
const char *page_id(const struct page *page, int commit, char *out);
void page_letters(struct page *page, const struct step *step, int most);

/* verified.c: nothing where no culprit was verified */
void page_verify(struct page *page);

/* evidence_sure.c */
void page_questions(struct page *page);
void page_sure(struct page *page);
void page_doubtful(struct page *page);
/* Is its verdict one that may well be wrong? */
bool page_is_doubtful(const struct page *page, const struct step *step);
void page_belief(struct page *page, int commit);

/* doubts.c */
void page_doubts(struct page *page);
void page_titles(struct page *page);
void page_decisions(struct page *page);

#endif
