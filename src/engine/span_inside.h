/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_SPAN_INSIDE_H
#define ENGINE_SPAN_INSIDE_H

/*
 * The inside of a span: span.c makes it, span_mass.c sums over it,
 * span_classes.c remembers what it was asked.  Nobody else includes this.
 */

#include <stddef.h>

#include "engine/span.h"

/* What a merge has beyond its largest parent. */
struct side {
	int place; /* of the merge */
	int count;
	size_t from;	/* in side_places, or */
	uint64_t *bits; /* where there would be too many of these; or NULL */
};

/* A commit that was asked for, and what is below it. */
struct below {
	int commit;
	uint64_t *bits;
};

struct span {
	const struct graph *graph;
	int users;
	int bad;
	int *goods;
	int good_count;

	int count;
	int *commits;
	int *places; /* by commit */
	int place_count;
	int *first_parent; /* by place, count + 1 of them: in parents */
	int *parents;
	int *base; /* by place: the largest parent, -1 for none */
	int *reach;
	struct side *sides; /* by place */
	size_t side_count, side_room;
	int *side_places;
	size_t side_place_count, side_place_room;

	struct below *belows;
	size_t below_count, below_room;
	int *tests; /* that tell the classes apart */
	size_t test_count, test_room;
	int *classes; /* by place */
	int *members;
	size_t class_count, class_room;
	int *broken; /* whose distances are known */
	size_t broken_count, broken_room;
	int *distances;
	double *masses; /* room for SPAN_WIDTH by place, or NULL */
};

/* span_mass.c: find reach, base and sides. */
void span_find_sides(struct span *span);

/* span_classes.c */
void span_forget(struct span *span);

#endif
