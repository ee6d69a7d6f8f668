/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_WEIGHED_H
#define CONTROL_WEIGHED_H

/*
 * Where a session's belief begins: how much each commit had before anything was
 * tested (engine/prior.h), in numbers and in words.
 *
 * Decides nothing.
 */

#include <stdbool.h>

#include "engine/prior.h"

struct buf;
struct session;

/* The candidates of one kind, and the chance that they have together. */
struct weighed_kind {
	int count;
	double chance;
};

struct weighed_prior {
	struct prior prior;
	int candidates;
	struct weighed_kind kinds[TOUCH_COUNT]; /* as they count */
};

/* False while nothing is believed, and where nobody wants a prior. */
bool weighed_find(struct session *session, struct weighed_prior *out);

/* Of which kind a commit counts. */
enum touch weighed_touch(const struct weighed_prior *weighed,
			 struct session *session, int commit);

/* One sentence, without a newline; nothing where there is none to say. */
void weighed_say(struct session *session, struct buf *out);

/*
 * Of one commit: "before any test 2.5 %: it changes a file of the report".
 * Nothing where all are alike.
 */
void weighed_say_at(struct session *session, int commit, struct buf *out);

/*
 * The sentence, then a line for each commit that has more than others; lines.
 */
void weighed_list(struct session *session, struct buf *out);

#endif
