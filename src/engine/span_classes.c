/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/span.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "engine/graph.h"
#include "engine/span_inside.h"

/* So many tests that nobody asks for any more are put up with. */
#define STALE_MAX 64

static void set(uint64_t *bits, int place)
{
	bits[place / 64] |= UINT64_C(1) << (place % 64);
}

/* Within the span a walk down the places is enough. */
static void look_inside(const struct span *span, int place, uint64_t *bits)
{
	set(bits, place);
	for (int i = place; i >= 0; i--) {
		const int *parents;
		int n;

		if (!span_bit(bits, i))
			continue;
		n = span_parents(span, i, &parents);
		for (int k = 0; k < n; k++)
			set(bits, parents[k]);
	}
}

static void look_around(const struct span *span, int commit, uint64_t *bits)
{
	unsigned char *marks = xcalloc((size_t)graph_count(span->graph) + 1, 1);

	graph_mark_ancestors(span->graph, &commit, 1, marks, 1);
	for (int i = 0; i < span->count; i++)
		if (marks[span->commits[i]])
			set(bits, i);
	free(marks);
}

const uint64_t *span_below(struct span *span, int commit)
{
	int place = span_place(span, commit);
	struct below below = { .commit = commit };

	for (size_t i = 0; i < span->below_count; i++)
		if (span->belows[i].commit == commit)
			return span->belows[i].bits;
	below.bits = xcalloc((size_t)span->count / 64 + 1, sizeof(uint64_t));
	if (place >= 0)
		look_inside(span, place, below.bits);
	else
		look_around(span, commit, below.bits);
	array_grow(span->belows, span->below_count + 1, &span->below_room);
	span->belows[span->below_count++] = below;
	return below.bits;
}

static void add_class(struct span *span, int member)
{
	array_grow(span->members, span->class_count + 1, &span->class_room);
	span->members[span->class_count++] = member;
}

static void begin_classes(struct span *span)
{
	span->test_count = 0;
	span->class_count = 0;
	free(span->classes);
	span->classes = xcalloc((size_t)span->count + 1, sizeof(int));
	if (span->count)
		add_class(span, 0);
}

/* Of each class those that differ from its member become a class. */
static void split(struct span *span, int commit)
{
	const uint64_t *bits = span_below(span, commit);
	size_t before = span->class_count;
	int *fresh = xcalloc(before + 1, sizeof(int));

	for (int i = 0; i < span->count; i++) {
		int class = span->classes[i];

		if (span_bit(bits, i) == span_bit(bits, span->members[class]))
			continue;
		if (!fresh[class]) {
			fresh[class] = (int)span->class_count;
			add_class(span, i);
		}
		span->classes[i] = fresh[class];
	}
	free(fresh);
	array_grow(span->tests, span->test_count + 1, &span->test_room);
	span->tests[span->test_count++] = commit;
}

static bool holds(const int *commits, size_t count, int commit)
{
	for (size_t i = 0; i < count; i++)
		if (commits[i] == commit)
			return true;
	return false;
}

static void forget_below(struct span *span)
{
	for (size_t i = 0; i < span->below_count; i++)
		free(span->belows[i].bits);
	span->below_count = 0;
}

int span_classes(struct span *span, const int *commits, int count,
		 const int **classes, const int **members)
{
	if (!span->classes)
		begin_classes(span);
	if (span->test_count > (size_t)count + STALE_MAX) {
		forget_below(span);
		begin_classes(span);
	}
	for (int i = 0; i < count; i++)
		if (!holds(span->tests, span->test_count, commits[i]))
			split(span, commits[i]);
	*classes = span->classes;
	*members = span->members;
	return (int)span->class_count;
}

/*
 * Two histories differ by what each of them has, less twice what they share;
 * and that is a sum over ancestors.
 */
static void come_near(struct span *span, int place)
{
	const uint64_t *bits = span_below(span, span->commits[place]);
	double *weights = xcalloc((size_t)span->count + 1, sizeof(double));
	double *shared = xcalloc((size_t)span->count + 1, sizeof(double));

	for (int i = 0; i < span->count; i++)
		weights[i] = span_bit(bits, i);
	span_mass(span, weights, shared);
	for (int i = 0; i < span->count; i++) {
		int distance = span->reach[i] + span->reach[place] -
			       2 * (int)shared[i];

		if (distance < span->distances[i])
			span->distances[i] = distance;
	}
	free(weights);
	free(shared);
}

static void begin_distances(struct span *span)
{
	span->broken_count = 0;
	free(span->distances);
	span->distances = xcalloc((size_t)span->count + 1, sizeof(int));
	for (int i = 0; i < span->count; i++)
		span->distances[i] = INT_MAX;
}

const int *span_distances(struct span *span, const int *commits, int count)
{
	bool fits = span->distances;

	for (size_t i = 0; i < span->broken_count; i++)
		fits = fits && holds(commits, (size_t)count, span->broken[i]);
	if (!fits)
		begin_distances(span);
	for (int i = 0; i < count; i++) {
		int place = span_place(span, commits[i]);

		if (place < 0 ||
		    holds(span->broken, span->broken_count, commits[i]))
			continue;
		come_near(span, place);
		array_grow(span->broken, span->broken_count + 1,
			   &span->broken_room);
		span->broken[span->broken_count++] = commits[i];
	}
	return span->broken_count ? span->distances : NULL;
}

void span_forget(struct span *span)
{
	forget_below(span);
	free(span->belows);
	free(span->tests);
	free(span->classes);
	free(span->members);
	free(span->broken);
	free(span->distances);
	free(span->masses);
}
