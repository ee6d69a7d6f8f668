/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_LOGVIEW_H
#define TUI_LOGVIEW_H

/*
 * A log of any length to read while it grows: one line is chosen, or the end
 * is followed; lines are found, filtered, folded by what happened in them, and
 * saved.
 *
 * What takes long is done in slices, by logview_work: between two of them any
 * key is taken.  Nothing here draws but logview_draw and logview_status, which
 * show the page that the log's size and the chosen line make.
 */

#include <stdbool.h>
#include <stdint.h>

#include "tui/hits.h"
#include "tui/logfile.h"
#include "tui/logtext.h"
#include "tui/panes.h"

#define LOGVIEW_PHASES 16

struct buf;
struct grid;

/* A row of the page: a line, or the mark that stands before it. */
struct spot {
	int64_t offset;
	bool mark;
};

/* A part of the log, from one mark to the next. */
struct phase {
	int64_t start;
	const char *name;
	int64_t at_ms; /* since the log began */
	bool folded;
};

enum logview_ask {
	LOGVIEW_NOTHING,
	LOGVIEW_SEARCH,
	LOGVIEW_FILTER,
	LOGVIEW_PLACE, /* a line, a percentage or a time to go to */
	LOGVIEW_SAVE,  /* a file to save it in */
};

struct logview {
	struct logfile file;
	struct hits search, filter;
	bool ascii;
	bool colours;  /* as the page has them */
	int64_t slice; /* bytes looked at in one go */

	bool follow;
	struct spot at;	 /* the chosen row */
	struct spot top; /* the first of the page */
	bool jumped;	 /* to `at`: what is around it is wanted, too */
	int64_t left_at; /* the log's size when it was not followed any more */
	int left;	 /* cells that are off to the left */
	bool wrap, raw;
	enum logtext_stamps stamps;

	bool warns; /* it is a compiler's output */
	bool quiet; /* and what only warns in it is folded */

	/* none, or at least two */
	struct phase phases[LOGVIEW_PHASES];
	int phase_count;
	size_t phase_marks; /* of the index, that they are made of */
	unsigned int phase_generation;

	enum logview_ask asking;
	char wanted[512];
	char said[256]; /* what became of it; "" for nothing */

	int seeking; /* 1, -1: the next, the one before; 0: nothing is sought */
	int64_t seek_at;
	bool seek_round;	   /* it went on from the other end */
	bool seek_alarm;	   /* for what looks like a crash */
	const char *alarm_pattern; /* how that looks, and what it is called */
	const char *alarm_name;
	struct hits alarm;

	int save_fd; /* -1: nothing is saved */
	int64_t saved, save_size;
	char *save_path;

	int rows; /* of lines, as drawn last */
};

/* It must not be moved.  step: LOG_STEP; tests take less. */
void logview_init(struct logview *view, int64_t step);
void logview_release(struct logview *view);

/* Another log (NULL: none), at its end.  What is looked for stays. */
void logview_open(struct logview *view, const char *path);

/* Look what is there now; true when the page may have changed. */
bool logview_refresh(struct logview *view);

/* A slice of what is to be done; false when nothing was. */
bool logview_work(struct logview *view);

/* Is a text asked for?  Then every key is its own. */
bool logview_asks(const struct logview *view);

/* false: the key means nothing here. */
bool logview_key(struct logview *view, int key);

/* Where the log was opened last: what is before that is of another time. */
int64_t logview_begin(const struct logview *view);

/* The first line of the first crash, from 1; 0: not known. */
int64_t logview_crash_line(struct logview *view);

/* Rows down, or up; and the n-th row of the page, which a click opens. */
void logview_scroll(struct logview *view, int rows);
void logview_choose(struct logview *view, int row);

/* pane: what clicks on its rows are told by. */
void logview_draw(struct grid *grid, struct area area, struct logview *view,
		  int pane, bool focused);
/* "PAUSED at line 3 of 20", the question, or what became of it. */
void logview_status(struct grid *grid, struct area area, struct logview *view);

/*
 * For its own parts.
 */

bool logview_next(struct logview *view, struct spot *spot);
bool logview_previous(struct logview *view, struct spot *spot);
struct spot logview_first(struct logview *view);
struct spot logview_last(struct logview *view);
/* Does a phase begin here?  Else a mark stands for lines that only warn. */
bool logview_starts_phase(const struct logview *view, int64_t offset);
/* -1 where nothing is folded by phases. */
int logview_phase_of(const struct logview *view, int64_t offset);
/* The line, or the mark that it is folded under. */
struct spot logview_shown_at(struct logview *view, int64_t offset);
/* The marks of the index may be others. */
void logview_update_phases(struct logview *view);
/* What the chosen row belongs to; or (all) all phases that are over. */
void logview_fold(struct logview *view, bool all);
/* So that this line is shown. */
void logview_unfold(struct logview *view, int64_t offset);
/* Choose a row, and follow no more. */
void logview_pause(struct logview *view, struct spot spot);
/* Go to a line, and unfold what hides it. */
void logview_go(struct logview *view, int64_t offset);
void logview_say(struct logview *view, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* logview_ask.c */
void logview_ask(struct logview *view, enum logview_ask what);
void logview_answer(struct logview *view, int key);
void logview_seek(struct logview *view, int step);
void logview_seek_crash(struct logview *view);
bool logview_seek_on(struct logview *view, int64_t *bytes);
bool logview_save_on(struct logview *view);
void logview_save_end(struct logview *view);

#endif
