/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_QUESTIONS_H
#define CONTROL_QUESTIONS_H

/*
 * What a person is asked, each with what an answer would do: what the plan
 * cannot go on without, and what it could be helped with meanwhile: an end
 * that is blocked, a culprit that is odd, a bug that shows too rarely, a range
 * that may be too narrow, verdicts that exclude each other.
 *
 * Asks only where an answer changes something.  Decides nothing itself.
 */

#include <stdbool.h>

struct buf;
struct session;

#define QUESTION_ANSWERS 3

struct question_asked {
	char *text;			 /* a sentence, raw, one line */
	char *answers[QUESTION_ANSWERS]; /* "ORDER: what it does"; NULL after
					    the last */
	int commit;			 /* that it is about, or -1 */
	bool waits;			 /* nothing goes on without an answer */
};

/*
 * Those that nothing goes on without first.  The list is the caller's, for
 * questions_free.  Returns how many.
 */
int questions_find(struct session *session, struct question_asked **list);
void questions_free(struct question_asked *list, int count);

/* All of them but those of the plan itself, with their answers below. */
void questions_tell(struct session *session, struct buf *out);

#endif
