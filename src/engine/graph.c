/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/graph.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "engine/oid.h"

#define NAME_LENGTH 40 /* SHA-1 */
#define SLACK	    sizeof(struct oid)

/* Where the parents of a commit are. */
struct span {
	int first; /* -1: not expanded */
	int count;
};

/*
 * An array for each thing that is known of a commit: walks need no names, and
 * what they need of a range should stay in the processor's cache.
 */
struct graph {
	/*
	 * Names, `stride` bytes from one to the next: as many as the longest
	 * needs with its NUL.  A struct oid has room for SHA-256, which would
	 * be 24 bytes of nothing for each of a million commits; so what
	 * graph_oid gives out has the next name where its own ends, and SLACK
	 * bytes lie behind the last.
	 */
	char *names;
	size_t stride, name_room;
	size_t named;		 /* how many have names */
	unsigned char *is_named; /* by commit; NULL: all of them */
	int64_t *dates;
	struct span *spans;
	size_t count, room;
	int *parents;
	size_t parent_count, parent_room;
	int *buckets; /* open addressing, -1 is empty */
	size_t bucket_count;
};

struct graph *graph_new(void)
{
	return xcalloc(1, sizeof(struct graph));
}

void graph_clear(struct graph *graph)
{
	free(graph->names);
	free(graph->is_named);
	free(graph->dates);
	free(graph->spans);
	free(graph->parents);
	free(graph->buckets);
	memset(graph, 0, sizeof(*graph));
}

void graph_free(struct graph *graph)
{
	if (!graph)
		return;
	graph_clear(graph);
	free(graph);
}

/*
 * All digits count: ids are already well mixed, but may come from a hand-made
 * file.  Eight at a time, since this is asked for each parent of each commit.
 */
static size_t hash(const struct oid *oid)
{
	size_t length = strlen(oid->hex), at = 0;
	uint64_t h = length, piece;

	for (; at + sizeof(piece) <= length; at += sizeof(piece)) {
		memcpy(&piece, oid->hex + at, sizeof(piece));
		h = (h ^ piece) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	for (; at < length; at++)
		h = (h ^ (unsigned char)oid->hex[at]) * 1099511628211u;
	return (size_t)(h ^ h >> 32);
}

static const struct oid *name_at(const struct graph *graph, size_t commit)
{
	return (const struct oid *)(graph->names + commit * graph->stride);
}

static bool has_name(const struct graph *graph, size_t commit)
{
	return !graph->is_named || graph->is_named[commit];
}

/* The bucket of the commit, or the empty one where it belongs. */
static size_t bucket_of(const struct graph *graph, const struct oid *oid)
{
	size_t mask = graph->bucket_count - 1, at = hash(oid) & mask;

	while (graph->buckets[at] >= 0 &&
	       !oid_equal(name_at(graph, (size_t)graph->buckets[at]), oid))
		at = (at + 1) & mask;
	return at;
}

/* At least twice as many buckets as commits. */
static void rehash(struct graph *graph, size_t commits)
{
	size_t count = graph->bucket_count ? graph->bucket_count : 64;

	while (count <= commits * 2)
		count *= 2;
	if (count == graph->bucket_count)
		return;
	free(graph->buckets);
	graph->buckets = xmalloc(count * sizeof(int));
	memset(graph->buckets, -1, count * sizeof(int));
	graph->bucket_count = count;
	for (size_t i = 0; i < graph->count; i++)
		if (has_name(graph, i))
			graph->buckets[bucket_of(graph, name_at(graph, i))] =
				(int)i;
}

static size_t name_bytes(const struct graph *graph, size_t commits)
{
	return (commits + SLACK / graph->stride + 1) * graph->stride;
}

/*
 * Room for the names of as many commits as there is room for.  Pages that no
 * name is written to stay the kernel's.
 */
static void make_name_room(struct graph *graph)
{
	if (graph->name_room >= graph->room)
		return;
	if (!graph->stride)
		graph->stride = NAME_LENGTH + 1;
	graph->name_room = graph->room;
	graph->names =
		xreallocarray(graph->names, name_bytes(graph, graph->room), 1);
}

/* A name came that is longer than all before it. */
static void widen_names(struct graph *graph, size_t length)
{
	size_t before = graph->stride;

	graph->stride = length + 1;
	graph->names = xreallocarray(graph->names,
				     name_bytes(graph, graph->name_room), 1);
	for (size_t i = graph->count; i-- > 0;)
		memmove(graph->names + i * graph->stride,
			graph->names + i * before, before);
}

static void make_room(struct graph *graph, size_t commits)
{
	graph->room = commits;
	if (graph->is_named)
		graph->is_named = xreallocarray(graph->is_named, commits, 1);
	graph->dates =
		xreallocarray(graph->dates, commits, sizeof(*graph->dates));
	graph->spans =
		xreallocarray(graph->spans, commits, sizeof(*graph->spans));
}

void graph_reserve(struct graph *graph, int commits)
{
	if (commits <= 0)
		return;
	if ((size_t)commits > graph->room)
		make_room(graph, (size_t)commits);
	make_name_room(graph);
	rehash(graph, (size_t)commits);
}

static int add(struct graph *graph, int64_t date)
{
	if (graph->count == graph->room)
		make_room(graph, graph->room + graph->room / 2 +
					 (graph->is_named ? 4096 : 64));
	graph->dates[graph->count] = date;
	graph->spans[graph->count] = (struct span){ -1, 0 };
	if (graph->is_named)
		graph->is_named[graph->count] = false;
	return (int)graph->count++;
}

int graph_add_nameless(struct graph *graph, int64_t date)
{
	if (!graph->is_named) {
		graph->is_named = xcalloc(graph->room + 1, 1);
		if (graph->count)
			memset(graph->is_named, true, graph->count);
	}
	return add(graph, date);
}

/* at: its bucket */
static void put_name(struct graph *graph, int commit, const struct oid *oid,
		     size_t at)
{
	size_t length = strlen(oid->hex);

	make_name_room(graph);
	if (length >= graph->stride)
		widen_names(graph, length);
	memcpy(graph->names + (size_t)commit * graph->stride, oid->hex,
	       length + 1);
	graph->buckets[at] = commit;
	graph->named++;
	if (graph->is_named)
		graph->is_named[commit] = true;
}

int graph_add(struct graph *graph, const struct oid *oid, int64_t date)
{
	size_t at;
	int commit;

	rehash(graph, graph->named);
	at = bucket_of(graph, oid);
	if (graph->buckets[at] >= 0)
		return graph->buckets[at];
	commit = add(graph, date);
	put_name(graph, commit, oid, at);
	return commit;
}

void graph_name(struct graph *graph, int commit, const struct oid *oid)
{
	if (has_name(graph, (size_t)commit))
		return;
	rehash(graph, graph->named);
	put_name(graph, commit, oid, bucket_of(graph, oid));
}

bool graph_is_named(const struct graph *graph, int commit)
{
	return has_name(graph, (size_t)commit);
}

void graph_expand(struct graph *graph, int commit, const int *parents,
		  int count)
{
	struct span *span = &graph->spans[commit];

	if (span->first >= 0)
		return;
	array_grow(graph->parents, graph->parent_count + (size_t)count,
		   &graph->parent_room);
	span->first = (int)graph->parent_count;
	span->count = count;
	for (int i = 0; i < count; i++)
		graph->parents[graph->parent_count++] = parents[i];
}

int graph_count(const struct graph *graph)
{
	return (int)graph->count;
}

int graph_find(const struct graph *graph, const struct oid *oid)
{
	return graph->named ? graph->buckets[bucket_of(graph, oid)] : -1;
}

const struct oid *graph_oid(const struct graph *graph, int commit)
{
	assert(has_name(graph, (size_t)commit));
	return name_at(graph, (size_t)commit);
}

int64_t graph_date(const struct graph *graph, int commit)
{
	return graph->dates[commit];
}

bool graph_is_expanded(const struct graph *graph, int commit)
{
	return graph->spans[commit].first >= 0;
}

int graph_parents(const struct graph *graph, int commit, const int **parents)
{
	const struct span *span = &graph->spans[commit];

	*parents = span->count ? graph->parents + span->first : NULL;
	return span->count;
}

/* Those without children are taken away one by one, till none is left. */
bool graph_has_circle(const struct graph *graph)
{
	int *children = xcalloc(graph->count + 1, sizeof(int));
	int *ready = xcalloc(graph->count + 1, sizeof(int));
	size_t taken = 0, known = 0;

	for (size_t i = 0; i < graph->parent_count; i++)
		children[graph->parents[i]]++;
	for (size_t i = 0; i < graph->count; i++)
		if (!children[i])
			ready[known++] = (int)i;
	while (taken < known) {
		const struct span *span = &graph->spans[ready[taken++]];

		for (int i = 0; i < span->count; i++) {
			int parent = graph->parents[span->first + i];

			if (--children[parent] == 0)
				ready[known++] = parent;
		}
	}
	free(children);
	free(ready);
	return taken < graph->count;
}

/* Set a bit on the commits and all below them, but for where one of `wall`
   is. */
static void mark_below(const struct graph *graph, const int *commits, int count,
		       unsigned char *marks, unsigned char bit,
		       unsigned char wall)
{
	int *stack = NULL;
	size_t depth = 0, room = 0;

	for (int i = 0; i < count; i++) {
		if (marks[commits[i]] & wall)
			continue;
		marks[commits[i]] |= bit;
		array_grow(stack, depth + 1, &room);
		stack[depth++] = commits[i];
	}
	while (depth > 0) {
		const struct span *span = &graph->spans[stack[--depth]];

		array_grow(stack, depth + (size_t)span->count, &room);
		for (int i = 0; i < span->count; i++) {
			int parent = graph->parents[span->first + i];

			if (marks[parent] & wall)
				continue;
			marks[parent] |= bit;
			stack[depth++] = parent;
		}
	}
	free(stack);
}

void graph_mark_ancestors(const struct graph *graph, const int *commits,
			  int count, unsigned char *marks, unsigned char bit)
{
	mark_below(graph, commits, count, marks, bit, bit);
}

void graph_mark_until(const struct graph *graph, int commit,
		      unsigned char *marks, unsigned char bit,
		      unsigned char wall)
{
	mark_below(graph, &commit, 1, marks, bit, bit | wall);
}

bool graph_is_ancestor(const struct graph *graph, int ancestor, int commit)
{
	unsigned char *marks;
	bool found;

	if (ancestor == commit)
		return true;
	marks = xcalloc(graph->count, 1);
	graph_mark_ancestors(graph, &commit, 1, marks, 1);
	found = marks[ancestor] & 1;
	free(marks);
	return found;
}
