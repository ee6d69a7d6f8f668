/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_CONTRAST_H
#define CONTROL_CONTRAST_H

/*
 * Two pasts beside each other, in sentences: where they part, what differs
 * after that, what each of them comes to.
 *
 * Subjects come through as they are: who prints them makes them harmless.
 */

#include <stddef.h>

struct buf;
struct course;
struct course_end;
struct course_stop;
struct error;
struct oid;
struct session;

/* One of the two. */
struct contrast_side {
	const char *name;	 /* "the fork", "000.txt" */
	struct session *session; /* for subjects */
	const struct course *course;
};

void contrast_tell(const struct contrast_side *one,
		   const struct contrast_side *two, struct buf *out);

/* "42086abba434 is the first bad commit: SUBJECT", without a full stop. */
void contrast_end(struct session *session, const struct course_end *end,
		  struct buf *out);

/*
 * Where the rule would have gone another way: "git today would test X at step
 * 5, the log tested Y", a line each; nothing where the graph cannot tell.
 */
void contrast_midpoints(const struct course *course, struct buf *out);
void contrast_midpoint(const struct course_stop *stop, struct buf *out);

/*
 * Where a fork comes from: the folder of the session, from its note, for the
 * caller to free.  ERROR_STATE when it is none.
 */
int contrast_origin(struct session *session, char **dir, struct error *err);

#endif
