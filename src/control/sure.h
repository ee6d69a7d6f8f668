/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_SURE_H
#define CONTROL_SURE_H

/*
 * How sure one can be of what a session says, in words: the belief of the
 * engine (engine/belief.h), and where a few runs more would help the most.
 */

struct buf;
struct session;

/*
 * Sentences, one a line; nothing while there is nothing to believe: no range
 * yet, or no run.
 */
void sure_tell(struct session *session, struct buf *out);

/*
 * The chance that it is the culprit that was found, or the likeliest commit; a
 * negative number where there is nothing to believe.
 */
double sure_chance(struct session *session);

#endif
