/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_AHEAD_H
#define ENGINE_AHEAD_H

/*
 * Which commits are worth building before anybody asks for them: those that
 * would be tested next, whatever the test that is under way comes to.
 *
 * Found by folds of one event more, so that it is right for everything a plan
 * may be at: ends that are confirmed, releases, merge bases, midpoints; of the
 * policy `adaptive` by its own choice (adaptive.h).  It
 * costs a few plans, so it is asked when there is room for a build and never
 * as part of a plan.  It starts nothing, and nothing waits for it.
 */

#include "engine/verdict.h"

struct engine;

#define AHEAD_MAX 6 /* the next two, and the four after them */

struct ahead {
	int commit;
	int runs; /* how many it would get, 0 for none */
	/* What the commit under test has to be for it, VERDICT_NONE: either */
	enum verdict after;
	double chance; /* roughly, that it is asked for */
};

/*
 * Up to `room` (at most AHEAD_MAX) of them, the likelier first; beyond two,
 * those of the test after the next.  Returns how many: 0 while paused, or
 * where no test is under way.
 */
int ahead_find(struct engine *engine, struct ahead *out, int room);

#endif
