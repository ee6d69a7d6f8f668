/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_OUTLINE_H
#define ENGINE_OUTLINE_H

/*
 * The range of a session folded to what matters: rows for the ends, the
 * releases it knows, the commits that were tested, the one under test and the
 * suspects, where these are few; and one row for each stretch of the others,
 * which says how many they are and which step settled them.
 *
 * The line of commits and what each is attributed to are those of strata.h.
 * Steps far from the suspects are folded too, with the commits around them,
 * where there are many: opening such a fold shows the steps, opening one of
 * those between them the commits.  What a person opened stays open, by
 * commit, when the outline is built anew.
 *
 * Pure.  Building takes a few walks over the graph: do it when the session has
 * changed, not for every page; opening and closing costs one pass over the
 * line.
 */

#include <stdbool.h>
#include <stddef.h>

#include "engine/strata.h"

struct buf;
struct engine;
struct graph;

/* As many suspects, or fewer, have a row each. */
#define OUTLINE_FEW 16

/* The steps on each side, the nearest to the suspects, that are not folded;
   the outermost one is not either. */
#define OUTLINE_NEAR 5

/* As many merges on the first parents' path through the suspects, or fewer,
   have a row each. */
#define OUTLINE_MERGES 8

/* What stands for a commit in the column of the graph. */
enum outline_sign {
	OUTLINE_PLAIN, /* a suspect of many */
	OUTLINE_DOTS,  /* no suspect */
	OUTLINE_STEP,
	OUTLINE_MERGE,
	OUTLINE_RELEASE,
	OUTLINE_NEXT, /* under test, or the culprit */
};

struct outline_row {
	int commit;	  /* -1: a fold */
	int first, count; /* its places in the line */
	enum stratum_kind kind;
	enum outline_sign sign;
	int from, to; /* the steps that settled its commits, 0 for none */
	int skipped;  /* of them, if they are suspects */
};

struct outline_tag;

struct outline {
	struct strata strata;
	struct outline_row *rows; /* newest first */
	int row_count;
	size_t row_room;

	unsigned char *ranks; /* by place; inside */
	unsigned char *signs; /* by place */
	bool *skipped;	      /* by place */
	bool *open;	      /* by commit; inside */
	bool fix;
	int next; /* the commit under test, or the culprit; -1 */
	struct outline_tag *tags;
	size_t tag_count, tag_room;
};

void outline_init(struct outline *outline);
void outline_release(struct outline *outline);

/* Of the session as it is now. */
void outline_build(struct outline *outline, struct engine *engine,
		   const struct graph *graph);

/* Show what a fold holds; a row of a commit stays as it is. */
void outline_open(struct outline *outline, int row);

/* Show this commit alone, out of the fold that holds it. */
void outline_show(struct outline *outline, int commit);

/* Fold the row again, with those around it; false: it is never folded. */
bool outline_close(struct outline *outline, int row);

void outline_open_all(struct outline *outline);
void outline_close_all(struct outline *outline);

/* The row of a commit, or of the fold that holds it; -1 for none. */
int outline_find(const struct outline *outline, int commit);

/* The name of a release that the session knows, or NULL. */
const char *outline_tag_of(const struct outline *outline, int commit);

/* "known good by step 12", "ruled out by steps 2-8", "skipped"; of suspects
   nothing else. */
void outline_why(const struct outline *outline, const struct outline_row *row,
		 struct buf *out);

/* "134 commits, known good by step 12": what a fold holds. */
void outline_say(const struct outline *outline, const struct outline_row *row,
		 struct buf *out);

/*
 * How many suspects are left once the verdict on a suspect is on the newer or
 * on the older side; false for others.
 */
bool outline_if(const struct outline *outline, int commit, int *newer,
		int *older);

#endif
