/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_RANGE_FIND_H
#define TUI_RANGE_FIND_H

/*
 * A search among the commits of a range: for a text in subject, author or id,
 * or for what touched a path, which git is asked.
 *
 *	rests --range_find_begin, range_find_on--> reads (texts of the commits)
 *	  ^       '--of paths--> waits (for git) --> takes in (what git said)
 *	  |                                                 |
 *	  '-------- looks (along the line) <----------------'
 *
 * All of it goes by slices of a few milliseconds, whatever the range's size.
 * It only finds places in the line of strata.h: whoever asks goes there.  Once
 * git has said what touched the paths it is not asked again.
 */

#include <stdbool.h>
#include <stddef.h>

#include "tui/aside.h"

struct error;
struct graph;
struct match;
struct repo;
struct session;
struct strata;

#define RANGE_FIND_TEXT 128

struct range_find {
	char wanted[RANGE_FIND_TEXT]; /* as it was written; may be raw */
	enum {
		FIND_RESTS,
		FIND_READS,
		FIND_WAITS,
		FIND_TAKES,
		FIND_LOOKS,
	} state;
	struct match *match; /* NULL: of paths, or of nothing yet */
	int read;	     /* texts of so many commits are at hand */

	bool of_paths;
	struct aside git;
	size_t taken;	/* bytes of what git said */
	bool *touched;	/* by commit; NULL: not known yet */
	int touched_of; /* commits there were */
	int touches;	/* commits of the line that do */

	/* where it is */
	bool older; /* down the line */
	int begin, at, left;
};

enum range_found {
	FOUND_NOT_YET, /* another slice, or git is waited for */
	FOUND_PLACE,   /* find->at */
	FOUND_FURTHER, /* the same, after going on from the other end */
	FOUND_NOTHING,
	FOUND_TROUBLE, /* find->git says it, or nothing is to be found */
};

void range_find_release(struct range_find *find); /* to all zeroes */

/* What is searched from now on: "-- PATH..." or a regular expression.
   ERROR_INPUT where it is none. */
int range_find_begin(struct range_find *find, const char *wanted,
		     struct error *err);
bool range_find_has(const struct range_find *find); /* is anything wanted? */

/*
 * Look for the next one, from the place `begin` (which is not looked at), that
 * way.  repo may be NULL: then paths are trouble.
 */
void range_find_on(struct range_find *find, const struct strata *strata,
		   const struct graph *graph, const struct repo *repo,
		   const struct asides *asides, bool older, int begin);

/* Is there work for range_find_slice? */
bool range_find_has_work(const struct range_find *find);
enum range_found range_find_slice(struct range_find *find,
				  struct session *session,
				  const struct strata *strata);

/* The line has become another one: go on, from a place of that. */
void range_find_move(struct range_find *find, const struct strata *strata,
		     int begin);

/* Look no further; what is wanted stays. */
void range_find_stop(struct range_find *find);

#endif
