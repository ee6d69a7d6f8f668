/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_PAST_H
#define SESSION_PAST_H

/*
 * A session at an earlier time: the graph and the engine that its first
 * events made.  Going to another time folds them anew, which is fast; the
 * graph is read again only where a load of commits lies between the two.
 *
 * Never writes, and knows nothing of the present.
 */

#include <stddef.h>

struct engine;
struct error;
struct event;
struct graph;
struct journal;
struct past;

/* The journal is borrowed. */
struct past *past_new(struct journal *journal);
void past_free(struct past *past);

/* What saves reading and working out anew; borrowed for the call. */
struct past_present {
	const struct engine *engine;
	const struct graph *graph;
	size_t count; /* events in all */
};

/*
 * To the time after these events, which are borrowed until the next call.
 * Inside a transaction of the journal.  On failure nothing has changed.
 */
int past_go(struct past *past, struct event *const *events, size_t count,
	    const struct past_present *present, struct error *err);

/* Borrowed, until the next past_go. */
struct engine *past_engine(const struct past *past);
const struct graph *past_graph(const struct past *past);

#endif
