/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_WARNINGS_H
#define ENGINE_WARNINGS_H

/*
 * Why one should look twice before believing a result, in plain sentences:
 * what robots were wrong about before, and what a person did that others
 * should know.
 *
 * Says nothing of how likely a result is.  Like all of the engine it is pure:
 * the same events give the same warnings.
 */

#include <stddef.h>

struct engine;
struct graph;
struct step;

/* One line each, no full stop; commits by their short ids. */
struct warnings {
	char **items;
	size_t count, room;
};

/*
 * What there is to say now; also while the search is not over.  graph is the
 * engine's.  release: the tag vX.Y that points at the culprit, or NULL.
 *
 * In a search by hand, without a single run, what a person said is all there
 * is, and no reason to warn.
 */
void warnings_find(struct warnings *warnings, struct engine *engine,
		   const struct graph *graph, const char *release);
void warnings_release(struct warnings *warnings);

/*
 * How many runs of a commit show what is looked for, of those that say
 * something at all; where builds are looked at, its build is the one run.
 */
struct showing {
	int bug, valid;
};

/*
 * The commit's own runs, not those that count because its kernel is an equal
 * one.  step may be NULL: nothing was run.
 */
struct showing warnings_showing(const struct engine *engine,
				const struct step *step);

#endif
