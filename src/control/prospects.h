/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_PROSPECTS_H
#define CONTROL_PROSPECTS_H

/*
 * What is built ahead of time, for a person: which commits, and after which
 * verdict they would be tested.
 *
 * Read from what happened; nothing is worked out of what may come.
 */

#include <stdbool.h>

#include "engine/verdict.h"

struct buf;
struct event;
struct session;

struct prospect {
	int commit;
	enum verdict after; /* of the commit under test; VERDICT_NONE: any */
	const struct event *begin;
	const struct event *fact; /* NULL: it is being built */
};

#define PROSPECTS_MAX 8

/*
 * Those that are being built, then those that were built since the last
 * verdict.  Borrowed until the session is next changed.  Returns how many.
 */
int prospects_find(struct session *session, struct prospect out[PROSPECTS_MAX]);

/*
 * "ahead: 1a2b3c4d5e6f if good (building), 5e6f1a2b3c4d if bad" for one line;
 * nothing where there are none.
 */
void prospects_say(struct session *session, struct buf *out);

#endif
