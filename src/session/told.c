/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/told.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "engine/graph.h"
#include "session/journal_commits.h"

#define BLOCK 512 /* commits that get room at a time */

struct item {
	bool known;
	bool expanded; /* it was when this was read */
	struct commit_told is;
};

struct told {
	struct journal *journal;
	struct item **blocks; /* NULL: none of it was asked for */
	size_t count, room;
};

struct told *told_new(struct journal *journal)
{
	struct told *told = xcalloc(1, sizeof(*told));

	told->journal = journal;
	return told;
}

void told_free(struct told *told)
{
	if (!told)
		return;
	for (size_t i = 0; i < told->count; i++) {
		for (int k = 0; told->blocks[i] && k < BLOCK; k++) {
			free(told->blocks[i][k].is.author);
			free(told->blocks[i][k].is.subject);
		}
		free(told->blocks[i]);
	}
	free(told->blocks);
	free(told);
}

/* The commit's own; nothing is known of it at first. */
static struct item *item_of(struct told *told, int commit)
{
	size_t block = (size_t)commit / BLOCK;

	if (block >= told->count) {
		array_grow(told->blocks, block + 1, &told->room);
		memset(told->blocks + told->count, 0,
		       (block + 1 - told->count) * sizeof(*told->blocks));
		told->count = block + 1;
	}
	if (!told->blocks[block])
		told->blocks[block] = xcalloc(BLOCK, sizeof(**told->blocks));
	return &told->blocks[block][commit % BLOCK];
}

/* A commit that was known by name only may have got its texts since. */
static bool is_known(struct told *told, const struct graph *graph, int commit)
{
	const struct item *item = item_of(told, commit);

	return item->known &&
	       item->expanded == graph_is_expanded(graph, commit);
}

static void keep(struct told *told, const struct graph *graph, int commit,
		 struct commit_told is)
{
	struct item *item = item_of(told, commit);

	free(item->is.author);
	free(item->is.subject);
	*item = (struct item){ true, graph_is_expanded(graph, commit), is };
}

const struct commit_told *told_of(struct told *told, const struct graph *graph,
				  int commit)
{
	static const struct commit_told nothing;
	struct commit_told is;

	assert(commit >= 0 && commit < graph_count(graph));
	if (!is_known(told, graph, commit)) {
		if (journal_tell(told->journal, commit, 1, &is, NULL) < 0)
			return &nothing;
		keep(told, graph, commit, is);
	}
	return &item_of(told, commit)->is;
}

void told_read(struct told *told, const struct graph *graph, int first,
	       int count)
{
	struct commit_told *texts = xcalloc((size_t)count + 1, sizeof(*texts));

	assert(first >= 0 && first + count <= graph_count(graph));
	while (count > 0 && is_known(told, graph, first)) {
		first++;
		count--;
	}
	if (count > 0 &&
	    journal_tell(told->journal, first, count, texts, NULL) < 0)
		count = 0;
	for (int i = 0; i < count; i++) {
		if (!is_known(told, graph, first + i)) {
			keep(told, graph, first + i, texts[i]);
			continue;
		}
		/* somebody may have borrowed what is there */
		free(texts[i].author);
		free(texts[i].subject);
	}
	free(texts);
}
