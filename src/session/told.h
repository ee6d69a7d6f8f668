/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_TOLD_H
#define SESSION_TOLD_H

/*
 * The texts of commits, read from the journal when they are asked for and kept
 * from then on: of a million commits few are ever shown.
 *
 * It opens no transaction: one statement is one.
 */

struct commit_told;
struct graph;
struct journal;
struct told;

/* The journal is borrowed. */
struct told *told_new(struct journal *journal);
void told_free(struct told *told); /* NULL is fine */

/*
 * Of a commit of the graph, with NULL for texts that cannot be read.  Borrowed
 * until it is asked after the commit has become expanded.
 */
const struct commit_told *told_of(struct told *told, const struct graph *graph,
				  int commit);

/* These will be asked for: one by one they take ten times as long to read. */
void told_read(struct told *told, const struct graph *graph, int first,
	       int count);

#endif
