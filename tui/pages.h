/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_PAGES_H
#define TUI_PAGES_H

/*
 * What the views that are pages of lines have in common: their frame, and how
 * the log, a commit and any text become lines.  Drawing reads nothing.
 */

#include <stdbool.h>
#include <stddef.h>

#include "tui/frame.h"

struct buf;
struct grid;
struct home;
struct model;
struct pager;
struct save;
struct session;

/*
 * Every event in words, one a line, days apart, and below a build or a run
 * each command that was started for it, with its exit code; a line opens the
 * commit that its event is about.
 */
void pages_fill_log(struct pager *pager, struct session *session, bool ascii);

/* What `git show` printed: raw bytes, to which more may be added. */
void pages_add_message(struct pager *pager, const char *text, size_t length,
		       bool ascii);
void pages_add_diff(struct pager *pager, const char *text, size_t length,
		    bool ascii);
/* Where in it the diff begins: its length where there is none. */
size_t pages_find_diff(const char *text, size_t length);

/* Any text, a line each. */
void pages_fill_text(struct pager *pager, const char *text, size_t length,
		     bool ascii);

/* What a console says: lines of alarm stand out. */
void pages_fill_console(struct pager *pager, const char *text, size_t length,
			bool ascii);

struct page_look {
	const char *title, *remark;
	const struct key_hint *hints;
	size_t hint_count;
	const struct save *save; /* it may ask for a name; or NULL */

	/* On wide screens: so many columns for the page, and another one. */
	int width; /* 0: all there are */
	struct pager *beside;
	const char *beside_title, *beside_remark;
	bool beside_focused;
};

/* Frame and lines; home has the toast. */
void pages_draw(struct grid *grid, const struct model *model,
		const struct home *home, const struct page_look *look,
		struct pager *pager);

#endif
