/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_PRACTICE_TREE_H
#define CLI_PRACTICE_TREE_H

/*
 * The files of the practice kernel at one commit, written from its state.
 *
 * A state only ever grows, number by number, so a merge is the larger of each
 * two numbers and never conflicts.  Pure: no file is touched here.
 */

#include <stdbool.h>

#include "cli/practice_areas.h"

struct buf;
struct practice_kind;

/* What two of the files have been through. */
enum practice_rename { RENAME_NOT_YET, RENAME_HALF, RENAME_DONE };
enum practice_init { INIT_FIRST, INIT_MISSING, INIT_SEARCHED };

struct practice_state {
	unsigned char rows[PRACTICE_AREAS][PRACTICE_ROWS]; /* 0: not there */
	unsigned char limits[PRACTICE_AREAS]; /* changes of the area itself */
	unsigned char version;
	unsigned char rename; /* RENAME_HALF does not compile */
	unsigned char init;   /* INIT_MISSING does not boot */
	unsigned char bug;
};

void practice_join(struct practice_state *state,
		   const struct practice_state *other);

/* "1.2-rc3" by number; NULL behind the last. */
const char *practice_version(int number);

/* The path of a file by number; false behind the last. */
bool practice_path(int file, struct buf *out);
bool practice_has(int file, const struct practice_state *state);
void practice_text(int file, const struct practice_state *state,
		   const struct practice_kind *kind, struct buf *out);

/* The settings for culprit itself, but for the policy. */
extern const char practice_settings[];

#endif
