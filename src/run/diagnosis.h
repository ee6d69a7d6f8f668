/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_DIAGNOSIS_H
#define RUN_DIAGNOSIS_H

/*
 * Why a build failed, in a few lines taken from its output while it is
 * written: the first lines in which a compiler, linker or make names a cause,
 * or where there is none, those that say at least what failed.  Among them may
 * be one that speaks of this machine, not of the commit: a compiler that was
 * killed, a disk or a memory that is full.
 *
 * Lines lose the folder of the sources and the "../" of paths, and get straight
 * quotes, so that the same mistake reads the same wherever it was built.
 *
 * Memory is bounded whatever comes.
 */

#include <stddef.h>

#include "run/lines.h"

#define DIAGNOSIS_ERRORS 20
#define DIAGNOSIS_LAST	 10
#define DIAGNOSIS_LINE	 300 /* bytes kept of each line */

struct buf;

/* The first lines of a kind, each once. */
struct diagnosis_list {
	char *lines[DIAGNOSIS_ERRORS];
	int count;
};

struct diagnosis {
	struct lines lines;
	char *folder;		      /* "PATH/", taken out of the lines */
	struct diagnosis_list errors; /* that name a cause */
	struct diagnosis_list weak;   /* that only say that it failed */
	char *last[DIAGNOSIS_LAST];   /* a ring of lines that are not empty */
	int line_count;		      /* ever put into it */
	char *trouble; /* the first line that speaks of this machine, or NULL */
};

/* folder is where the sources are.  Once fed it must not be moved. */
void diagnosis_init(struct diagnosis *diagnosis, const char *folder);
void diagnosis_release(struct diagnosis *diagnosis);

/* Forget what was fed. */
void diagnosis_clear(struct diagnosis *diagnosis);

void diagnosis_feed(struct diagnosis *diagnosis, const char *bytes,
		    size_t length);
void diagnosis_end(struct diagnosis *diagnosis);

/*
 * Append the lines that tell why, at most DIAGNOSIS_ERRORS, with a newline
 * between; where nothing tells the last lines.
 */
void diagnosis_errors(const struct diagnosis *diagnosis, struct buf *out);

/* The last lines that are not empty. */
void diagnosis_last(const struct diagnosis *diagnosis, struct buf *out);

#endif
