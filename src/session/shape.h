/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_SHAPE_H
#define SESSION_SHAPE_H

/*
 * The shape of a piece of history as few bytes: the ids, dates and parents of
 * commits that lie side by side in a graph.  The journal has all of it in
 * rows already, with what is told of each commit; reading those again costs
 * ten times as much whenever a session is opened.
 *
 * Pure.  The bytes may come from anybody: what makes no sense is refused.
 */

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct error;
struct graph;

/*
 * The commits of the graph from `first` on.  false, and nothing is written,
 * where they do not fit: ids of two lengths, or a date that is not known yet.
 */
bool shape_write(struct buf *out, const struct graph *graph, int first);

/* Add them to a graph that has just those before them. */
int shape_read(const void *bytes, size_t length, struct graph *graph,
	       struct error *err);

#endif
