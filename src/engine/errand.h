/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_ERRAND_H
#define ENGINE_ERRAND_H

/*
 * What was started for a build or a run: the exact commands, in order, and how
 * each one ended.  Nothing is decided by them; they are kept for a person who
 * wants to know, or to do the same by hand.
 *
 * The same command again, with the same end, is counted and not repeated: a
 * reproducer may be run a thousand times.
 */

#include <stdint.h>

struct buf;

enum {
	ERRANDS_MAX = 64,	/* of one build or run */
	ERRAND_LINE_MAX = 4000, /* bytes of a command */
	ERRAND_CUT = -1,	/* an exit status: it did not end by itself */
};

struct errand {
	char *line;	     /* as one would type it; never NULL */
	int exit_status;     /* 0..255, 256 + signal, or ERRAND_CUT */
	int times;	     /* in a row, at least 1 */
	int64_t duration_ms; /* of all of them */
};

struct errands {
	struct errand *items; /* all zeroes: none */
	int count;
};

/* One more has ended.  What is too much is left out. */
void errands_add(struct errands *errands, const char *line, int exit_status,
		 int64_t duration_ms);

/*
 * The line of an argv, ended by NULL; of a shell's command, `sh -c`, as it was
 * written.
 */
void errand_say(const char *const *words, struct buf *out);

void errands_release(struct errands *errands);

/* Deep copies on the heap; NULL where there are none. */
struct errand *errands_copy(const struct errand *items, int count);
void errands_free(struct errand *items, int count);

#endif
