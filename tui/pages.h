/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_PAGES_H
#define TUI_PAGES_H

/*
 * The views that are a page of lines: the runs of a step, a commit as git shows
 * it, the log of the session.  What they say is filled into a pager; drawing
 * reads nothing.
 */

#include <stdbool.h>
#include <stddef.h>

struct grid;
struct home;
struct model;
struct pager;
struct session;

/*
 * Every event in words, one a line, days apart; a line opens the commit that
 * its event is about.
 */
void pages_fill_log(struct pager *pager, struct session *session, bool ascii);

/*
 * The runs of a commit: how each ended and when, how much its console holds,
 * every title on it, who judged it otherwise.  A line opens its run, by the
 * number.
 */
void pages_fill_runs(struct pager *pager, struct session *session, int commit,
		     bool ascii);

/* What `git show` printed: raw bytes. */
void pages_fill_commit(struct pager *pager, const char *text, size_t length,
		       bool ascii);

/* Frame and lines; home has the toast. */
void pages_draw(struct grid *grid, const struct model *model,
		const struct home *home, const char *title, const char *remark,
		struct pager *pager);

#endif
