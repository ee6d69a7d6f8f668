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

static inline void add(int width, double *sum, const double *weights, int place)
{
	for (int k = 0; k < width; k++)
		sum[k] += weights[(size_t)place * (size_t)width + (size_t)k];
}

static inline void add_side(int width, const struct span *span,
			    const struct side *side, const double *weights,
			    double *sum)
{
	if (!side->bits) {
		for (int i = 0; i < side->count; i++)
			add(width, sum, weights,
			    span->side_places[side->from + (size_t)i]);
		return;
	}
	for (int word = side->place / 64; word >= 0; word--)
		for (uint64_t left = side->bits[word]; left; left &= left - 1)
			add(width, sum, weights,
			    word * 64 + __builtin_ctzll(left));
}

static inline void mass_of(int width, const struct span *span,
			   const double *weights, double *mass)
{
	size_t side = 0;

	for (int i = 0; i < span->count; i++) {
		double *sum = mass + (size_t)i * (size_t)width;

		for (int k = 0; k < width; k++)
			sum[k] = 0;
		add(width, sum, weights, i);
		if (span->base[i] >= 0)
			add(width, sum, mass, span->base[i]);
		if (side < span->side_count && span->sides[side].place == i)
			add_side(width, span, &span->sides[side++], weights,
				 sum);
	}
}

void span_mass(const struct span *span, int width, const double *weights,
	       double *mass)
{
	if (width == 1) /* the compiler makes a walk for each width */
		mass_of(1, span, weights, mass);
	else
		mass_of(SPAN_WIDTH, span, weights, mass);
}
