/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_JOURNAL_COMMITS_H
#define SESSION_JOURNAL_COMMITS_H

/*
 * The commits of a session in its journal, and the graph that grows of them.
 *
 * Each commit remembers which event named it and which one told its parents,
 * so that a reader grows the graph in the very steps in which the writer grew
 * it, and folding the journal gives the writer's state.
 *
 * Everything is done inside a transaction of the journal's, storing inside a
 * writing one.
 */

#include <stdbool.h>
#include <stdint.h>

struct commit_record;
struct error;
struct graph;
struct journal;
struct oid;

/*
 * Store a commit, named by the event `seq` that will follow.  One that is
 * known stays as it is, but may become expanded, and dated if it was not.
 */
int journal_store_commit(struct journal *journal,
			 const struct commit_record *commit, int64_t seq,
			 struct error *err);

/* Many commits will be stored now, and 128 MB may be used for it; or no more. */
void journal_bulk(struct journal *journal, bool on);

/* Store the commit by name only, if it is not known. */
int journal_name_commit(struct journal *journal, const struct oid *oid,
			int64_t seq, struct error *err);

/*
 * Copy the commits that another journal knew with its event `seq`, as they
 * were known then, into this one, which has none.  Inside a reading transaction
 * there and a writing one here.
 */
int journal_copy_commits(struct journal *journal, struct journal *from,
			 int64_t seq, struct error *err);

int journal_count_commits(struct journal *journal, int64_t *out,
			  struct error *err);

/*
 * Add to graph what the event `seq` told of commits.  The graph must have
 * been grown by all events before it.  *redated becomes true when a commit
 * has a date by now and had none when the graph first heard of it: only a
 * graph grown from the first event on will have it.
 */
int journal_grow(struct journal *journal, int64_t seq, struct graph *graph,
		 bool *redated, struct error *err);

/*
 * Keep what journal_grow made of the event `seq`, the last one: the commits of
 * graph from `first` on.  The next journal_grow of it is faster.
 */
int journal_store_shape(struct journal *journal, int64_t seq,
			const struct graph *graph, int first,
			struct error *err);

/* What is told of a commit of the graph. */
struct commit_told {
	char *author; /* never NULL, free() them */
	char *subject;
	int64_t author_date;
};
/* Of `count` commits, from the first on; out has room for as many. */
int journal_tell(struct journal *journal, int first, int count,
		 struct commit_told *out, struct error *err);

#endif
