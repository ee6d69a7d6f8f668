/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_APART_H
#define ENGINE_APART_H

/*
 * Ends of a search that have no history in common: git's search goes on without
 * a word, and takes all that is behind the newer end for suspect.  Changes
 * nothing of the plan.
 */

#include <stdbool.h>

struct buf;
struct engine;

/*
 * A sentence on that, with the way out, without a full stop; false, and
 * nothing, where each older end has a merge base with the newer one, or where
 * the commits between them are not known yet.
 */
bool apart_say(struct engine *engine, struct buf *out);

#endif
