/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_GITNEWS_H
#define CONTROL_GITNEWS_H

/*
 * What somebody did with git bisect, as events of the session: the part of
 * the mirror (mirror.h) that reads.  Writes nothing of git's.
 */

#include <stdbool.h>

struct agreed;
struct error;
struct gitstate;
struct repo;
struct session;

struct gitnews {
	struct session *session;
	struct repo *repo;	      /* to load what a mark is on */
	const struct gitstate *is;    /* what git has */
	const struct agreed *base;    /* what both had */
	const struct agreed *written; /* what was just being written when who
					 wrote it was killed */
	bool taken;		      /* out: something was appended */
};

/*
 * Append what is new, and load the commits it needs.  What the session has
 * already is never appended again.
 */
int gitnews_take(struct gitnews *news, struct error *err);

/*
 * Would it take something back?  Then it may be seen in the middle of what
 * git does, and is worth a second look.
 */
bool gitnews_takes_back(const struct gitnews *news);

#endif
