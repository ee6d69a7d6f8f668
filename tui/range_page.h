/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_RANGE_PAGE_H
#define TUI_RANGE_PAGE_H

/*
 * The range on the screen: an outline (engine/outline.h) of which one row is
 * chosen, and perhaps a range is marked that could be skipped.
 *
 * Orders nothing: whoever has the page asks what is chosen or marked.  The
 * outline is built anew only when the session has changed; what drawing needs
 * of the session is read before it, for the rows that are seen.
 *
 *	reads --V--> marks --V, Esc--> reads
 *	either --/--> asks --Enter, Esc--> what it was
 *
 * A search (range_find.h) goes on by range_page_work, until a key.
 */

#include <stdbool.h>
#include <stddef.h>

#include "engine/outline.h"
#include "engine/skip_cost.h"
#include "tui/range_find.h"

struct asides;
struct repo;
struct session;
struct suspects;

#define RANGE_TEXT  256
#define RANGE_TEXTS 192 /* rows whose texts are at hand */

struct range_page {
	struct outline outline;
	/* what it was built from */
	size_t events;
	int commits;
	struct suspects *suspects; /* likewise, once they are needed; or NULL */

	int anchor; /* a commit of the chosen row; -1: the one under test */
	int line;   /* the chosen row, as they are shown */
	int top;    /* the first that is shown */
	int rows;   /* that are, as drawn last */
	bool oldest_first;

	bool marking;
	int mark_newest, mark_oldest; /* commits of the row where it began */
	int from, to;		/* the range from..to, -1: they make none */
	unsigned char *members; /* of it, by commit */
	struct skip_cost cost;

	bool asking; /* for what to find */
	char wanted[RANGE_FIND_TEXT];
	struct range_find find;
	const struct repo *repo;     /* borrowed, or NULL; for paths, as are */
	const struct asides *asides; /* borrowed */
	char said[160];		     /* about the search; "" for nothing */

	/* the subjects of the rows from `texts_top` on, clean */
	char (*texts)[RANGE_TEXT];
	int texts_top, text_count;
};

enum range_answer {
	RANGE_NOT_OURS, /* the key means nothing here */
	RANGE_DONE,
	RANGE_OPEN, /* the chosen commit */
};

void range_page_init(struct range_page *page);
void range_page_release(struct range_page *page);

/* The session may have changed; rows: there is room for so many. */
void range_page_update(struct range_page *page, struct session *session,
		       int rows, bool ascii);

/* While page->asking every key is its own. */
enum range_answer range_page_key(struct range_page *page,
				 struct session *session, int key, bool ascii);

/* A slice of a search; false: none goes on. */
bool range_page_work(struct range_page *page, struct session *session,
		     bool ascii);

/* The row as shown, NULL where there is none. */
const struct outline_row *range_page_row(const struct range_page *page,
					 int line);
/* The subject of the row; "" of a fold. */
const char *range_page_text(const struct range_page *page, int line);

/* The chosen commit, -1 for a fold. */
int range_page_chosen(const struct range_page *page);

/* Choose the row that holds the commit. */
void range_page_go_to(struct range_page *page, int commit);

/* Choose a row by its line. */
void range_page_choose(struct range_page *page, struct session *session,
		       int line, bool ascii);

/* Is the row, or a part of it, marked? */
bool range_page_is_marked(const struct range_page *page,
			  const struct outline_row *row);
void range_page_unmark(struct range_page *page);

/* Show the chosen row, by scrolling as little as that takes. */
void range_page_scroll(struct range_page *page, int rows);

#endif
