/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_GITSHOW_H
#define SESSION_GITSHOW_H

/*
 * What `git show` says of a commit, in a log: its author, date and subject
 * are told to the draft, as far as it does not know them.
 */

#include <stdbool.h>

#include "engine/oid.h"

struct draft;

struct gitshow {
	struct oid commit; /* "" when none is shown */
	bool dated;	   /* its head is complete, the subject comes next */
};

void gitshow_begin(struct gitshow *show, const struct oid *commit);

/*
 * One more line, blanks in front of it or not.  false: nothing more can be
 * learned, or it is none of what git show begins with.
 */
bool gitshow_line(struct gitshow *show, struct draft *draft, const char *text);

#endif
