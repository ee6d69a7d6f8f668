/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_GITLINES_H
#define SESSION_GITLINES_H

/*
 * The lines of a log of git bisect as they were before somebody mailed them:
 * without the marks of quoting, the blanks, colours and encodings that mails,
 * terminals and trackers add, and those joined that were broken to fit.
 *
 * A piece is what belongs together, most often one line.  Nothing is thrown
 * away: each line is in exactly one piece, as it stood in the log.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "session/draft.h"

struct gitwords;

enum { GITLINES_HELD_MAX = 8 };

struct gitpiece {
	const struct line *lines; /* as they stand in the log */
	int count;
	const char *text; /* UTF-8, "" for a blank line and where no text is */
};

typedef void gitlines_fn(void *data, const struct gitpiece *piece);

struct gitlines {
	const struct gitwords *words; /* borrowed */
	gitlines_fn *take;
	void *data;

	struct line held[GITLINES_HELD_MAX];
	int count;
	struct buf text; /* of those */
	size_t width;	 /* of the last of them, in bytes */
	bool soft;	 /* the last one goes on without a blank */
	bool flowed;	 /* it ended in a blank */
	bool printable;	 /* the log is quoted-printable; the caller's to set */
};

/* Is the whole log, or a part of it? */
bool gitlines_is_printable(const char *bytes, size_t length);

/* take gets each piece, when it is known where it ends. */
void gitlines_init(struct gitlines *lines, const struct gitwords *words,
		   gitlines_fn *take, void *data);
void gitlines_release(struct gitlines *lines);

void gitlines_add(struct gitlines *lines, const struct line *line);

/* One line alone, as gitlines_add cleans it; nothing of one that is no text. */
void gitlines_clean(const struct line *line, struct buf *out);

/* There are no more lines. */
void gitlines_end(struct gitlines *lines);

#endif
