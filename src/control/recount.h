/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_RECOUNT_H
#define CONTROL_RECOUNT_H

/*
 * What happened at one step, in sentences: how its kernel was built, what its
 * runs gave, who said what of it, and how far that brought the search.
 *
 * Says what was recorded and what follows from that, never whether it is
 * right.  Titles and reasons come through as they are: who prints them makes
 * them harmless.
 */

struct buf;
struct session;
struct step;

/*
 * As much as has happened by the time that the session shows; a sentence a
 * line, each ended by a newline.  The step is the session's.
 */
void recount_step(struct session *session, const struct step *step,
		  struct buf *out);

#endif
