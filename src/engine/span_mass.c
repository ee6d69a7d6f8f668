/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/span.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "engine/span_inside.h"

/*
 * Sums over ancestors.  A commit has what its largest parent has, itself, and
 * where it is a merge its side: found once, by a walk down from the parents
 * with two marks, until nothing is left that has the one of the other parents
 * only.
 */

#define LISTED_MAX 64 /* entries in lists, a commit of the span */

enum { IN_BASE = 1, IN_OTHER = 2 };

struct walk {
	const struct span *span;
	unsigned char *marks; /* by place */
	int *touched;	      /* the marked ones */
	size_t touched_count, touched_room;
	int waiting; /* marked IN_OTHER alone, and not come to yet */
	int *found;
	size_t found_count, found_room;
};

static void mark(struct walk *walk, int place, unsigned char marks)
{
	unsigned char old = walk->marks[place];

	if (!old) {
		array_grow(walk->touched, walk->touched_count + 1,
			   &walk->touched_room);
		walk->touched[walk->touched_count++] = place;
	}
	walk->marks[place] |= marks;
	walk->waiting += (walk->marks[place] == IN_OTHER) - (old == IN_OTHER);
}

/* All that the parents have and base has not, into found. */
static void walk_side(struct walk *walk, int base, const int *parents, int n)
{
	int place = base;

	walk->found_count = 0;
	walk->waiting = 0;
	mark(walk, base, IN_BASE);
	for (int i = 0; i < n; i++) {
		if (parents[i] != base)
			mark(walk, parents[i], IN_OTHER);
		place = parents[i] > place ? parents[i] : place;
	}
	for (; walk->waiting; place--) {
		unsigned char marks = walk->marks[place];
		const int *above;
		int count;

		if (!marks)
			continue;
		if (marks == IN_OTHER) {
			walk->waiting--;
			array_grow(walk->found, walk->found_count + 1,
				   &walk->found_room);
			walk->found[walk->found_count++] = place;
		}
		count = span_parents(walk->span, place, &above);
		for (int i = 0; i < count; i++)
			mark(walk, above[i], marks);
	}
	for (size_t i = 0; i < walk->touched_count; i++)
		walk->marks[walk->touched[i]] = 0;
	walk->touched_count = 0;
}

/*
 * Lists are quick, but on a graph of nothing but merges they would fill the
 * memory; beyond a bound what is shorter as bits is kept so.
 */
static void keep_side(struct span *span, int place, const struct walk *walk)
{
	struct side side = { place, (int)walk->found_count,
			     span->side_place_count, NULL };
	size_t words = (size_t)span->count / 64 + 1;

	if (span->side_place_count + walk->found_count >
		    LISTED_MAX * (size_t)span->count &&
	    walk->found_count * sizeof(int) > words * sizeof(uint64_t)) {
		side.bits = xcalloc(words, sizeof(uint64_t));
		for (size_t i = 0; i < walk->found_count; i++)
			side.bits[walk->found[i] / 64] |=
				UINT64_C(1) << (walk->found[i] % 64);
	} else {
		array_grow(span->side_places,
			   span->side_place_count + walk->found_count,
			   &span->side_place_room);
		for (size_t i = 0; i < walk->found_count; i++)
			span->side_places[span->side_place_count++] =
				walk->found[i];
	}
	array_grow(span->sides, span->side_count + 1, &span->side_room);
	span->sides[span->side_count++] = side;
}

void span_find_sides(struct span *span)
{
	size_t count = (size_t)span->count + 1;
	struct walk walk = { .span = span, .marks = xcalloc(count, 1) };

	span->base = xcalloc(count, sizeof(int));
	span->reach = xcalloc(count, sizeof(int));
	for (int i = 0; i < span->count; i++) {
		const int *parents;
		int n = span_parents(span, i, &parents);
		int base = n ? parents[0] : -1;

		for (int k = 1; k < n; k++)
			if (span->reach[parents[k]] > span->reach[base])
				base = parents[k];
		span->base[i] = base;
		span->reach[i] = 1 + (n ? span->reach[base] : 0);
		if (n < 2)
			continue;
		walk_side(&walk, base, parents, n);
		span->reach[i] += (int)walk.found_count;
		if (walk.found_count)
			keep_side(span, i, &walk);
	}
	free(walk.marks);
	free(walk.touched);
	free(walk.found);
}

long span_sides(const struct span *span)
{
	long sum = 0;

	for (size_t i = 0; i < span->side_count; i++)
		sum += span->sides[i].count;
	return sum;
}

/* The weights of a place, in one of two forms. */
struct loads {
	int width;
	const double *weights;
	const int *classes;
	const double *table;
};

static inline void load(const struct loads *loads, int place, double *sum)
{
	const double *row;

	if (!loads->table) {
		sum[0] += loads->weights[place];
		return;
	}
	row = loads->table + (size_t)loads->classes[place] * SPAN_WIDTH;
	for (int k = 0; k < SPAN_WIDTH; k++)
		sum[k] += loads->weights[place] * row[k];
}

static inline void load_side(const struct span *span, const struct side *side,
			     const struct loads *loads, double *sum)
{
	if (!side->bits) {
		const int *places = span->side_places + side->from;

		for (int i = 0; i < side->count; i++)
			load(loads, places[i], sum);
		return;
	}
	for (int word = side->place / 64; word >= 0; word--)
		for (uint64_t left = side->bits[word]; left; left &= left - 1)
			load(loads, word * 64 + __builtin_ctzll(left), sum);
}

/* The compiler makes a walk for each form. */
static inline void walk_up(const struct span *span, const struct loads *loads,
			   double *mass)
{
	size_t width = (size_t)loads->width, side = 0;

	for (int i = 0; i < span->count; i++) {
		double sum[SPAN_WIDTH] = { 0 };

		load(loads, i, sum);
		if (side < span->side_count && span->sides[side].place == i)
			load_side(span, &span->sides[side++], loads, sum);
		for (size_t k = 0; k < width; k++) {
			if (span->base[i] >= 0)
				sum[k] +=
					mass[(size_t)span->base[i] * width + k];
			mass[(size_t)i * width + k] = sum[k];
		}
	}
}

void span_mass(const struct span *span, const double *weights, double *mass)
{
	const struct loads loads = { 1, weights, NULL, NULL };

	walk_up(span, &loads, mass);
}

const double *span_masses(struct span *span, const double *weights,
			  const int *classes, const double *table)
{
	const struct loads loads = { SPAN_WIDTH, weights, classes, table };

	if (!span->masses)
		span->masses = xcalloc((size_t)span->count * SPAN_WIDTH + 1,
				       sizeof(double));
	walk_up(span, &loads, span->masses);
	return span->masses;
}
