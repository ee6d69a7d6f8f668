/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_BUG_H
#define ENGINE_BUG_H

/*
 * The bug that is looked for, as far as it is known from titles: what its
 * crashes are called, what a person ruled about other titles, and so which
 * crash of a run counts.  Part of the fold: knows no commits and no verdicts.
 *
 * The bug has names: the title that the session was begun for (of which a
 * part will do), or else that of the first crash, but not one that may be our
 * own machinery's; and every title that a person called the same.  Crashes
 * under one of these names lend their other titles, types and functions, by
 * which further crashes are recognised; those that are recognised lend
 * nothing on.
 */

#include <stdbool.h>
#include <stddef.h>

#include "engine/outcome.h"

struct crash;
struct error;
struct event;

/* Which crashes decide. */
enum matching {
	MATCHING_FAMILY, /* the same bug, by crash_compare or a person's word;
			    what is neither asks a person */
	MATCHING_ANY,	 /* any crash, as syzkaller has it: but not trouble of
			    the fuzzer or a lost connection, where the first
			    commit did not crash in that way */
	MATCHING_TITLE,	 /* the very title, or one a person approved */
	MATCHING_COUNT,
};

/* "family", "any", "title" */
const char *matching_name(enum matching matching);
/* ERROR_INPUT when it is none; text may be NULL. */
int matching_parse(enum matching *matching, const char *text,
		   struct error *err);

/* What a crash says of the bug. */
enum bearing {
	BEARING_BUG,   /* it is the bug */
	BEARING_OPEN,  /* a person has to say */
	BEARING_OTHER, /* another bug: its run says nothing */
	BEARING_NOISE, /* as if it had not been there */
};

/* A person's word on a title; the last one on a title counts. */
struct ruling {
	const char *title;
	enum bearing bearing; /* never BEARING_OPEN */
};

struct type_count {
	const char *type;
	int count;
};

struct bug {
	enum matching matching;
	const char *title; /* that the session was begun for, or NULL */
	const char *first; /* of the first crash that no ruling sets aside */
	struct ruling *rulings;
	size_t ruling_count, ruling_room;
	const struct crash **known; /* under one of its names, no two alike */
	size_t known_count, known_room;
	struct type_count *types; /* of the crashes of the first commit */
	size_t type_count, type_room;
	int typed; /* how many these are */
};

/* All texts and crashes are borrowed from events. */
void bug_release(struct bug *bug);

/* What the search calls its bug: a title, or "" while there is none. */
const char *bug_title(const struct bug *bug);

void bug_rule(struct bug *bug, const char *title, enum bearing bearing);
/* The word of a person on this title; NULL when there is none. */
const struct ruling *bug_ruling(const struct bug *bug, const char *title);

/*
 * Take in what a finished run (EVENT_RUN) adds to the knowledge, in order.
 * Whether another crash may be recognised now, or first ones are counted.
 */
bool bug_learn(struct bug *bug, const struct event *run, bool first_commit);
/* Forget what was learnt, not what was ruled. */
void bug_forget(struct bug *bug);

/* Is it the bug by its looks or a person's word, whatever the matching? */
bool bug_is_same(const struct bug *bug, const struct crash *crash);

/* What a run comes to. */
struct bug_run {
	enum outcome outcome; /* OUTCOME_CRASHED also where it is open */
	bool open;
	bool same;		   /* it crashed, and with this bug */
	bool other;		   /* it says nothing because of another bug */
	const struct crash *crash; /* that decided, or the first; or NULL */
};

/*
 * From the fact of a finished run.  A crash that is the bug decides wherever
 * on the console it stands, unless an earlier report may have spoilt its own;
 * a run with nothing but noise is what its exit status says.
 */
struct bug_run bug_judge(const struct bug *bug, const struct event *run);

#endif
