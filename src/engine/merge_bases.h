/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_MERGE_BASES_H
#define ENGINE_MERGE_BASES_H

/*
 * The best common ancestors of commits, in git's order.  Looks at what a graph
 * has, and never asks for more.
 */

struct graph;

/*
 * What `git merge-base --all commit others...` answers: the best common
 * ancestors of commit and a hypothetical merge of all others.  *out is the
 * caller's to free; returns how many.  The newest date comes first, and those
 * of one second as git comes upon them (without a commit-graph: its generations
 * can turn them round).
 */
int merge_bases_find(const struct graph *graph, int commit, const int *others,
		     int count, int **out);

#endif
