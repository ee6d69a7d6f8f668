/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/queue.h"

#include <stdlib.h>

#include "base/array.h"

#define WAYS 4 /* children of one: they lie side by side in the cache */

/* Without a jump: which one it is cannot be foreseen. */
static bool sooner(const struct queued *a, const struct queued *b)
{
	return (a->date > b->date) |
	       ((a->date == b->date) & (a->order < b->order));
}

static void rise(struct queue *queue, size_t at, struct queued item)
{
	while (at > 0 && sooner(&item, &queue->heap[(at - 1) / WAYS])) {
		queue->heap[at] = queue->heap[(at - 1) / WAYS];
		at = (at - 1) / WAYS;
	}
	queue->heap[at] = item;
}

/* Of the children from `first` on, all that there are up to `count`. */
static size_t soonest(const struct queue *queue, size_t first)
{
	const struct queued *heap = queue->heap;
	size_t left, right, best = first;

	if (first + WAYS <= queue->count) {
		left = first + sooner(&heap[first + 1], &heap[first]);
		right = first + 2 + sooner(&heap[first + 3], &heap[first + 2]);
		return sooner(&heap[right], &heap[left]) ? right : left;
	}
	for (size_t i = first + 1; i < queue->count; i++)
		if (sooner(&heap[i], &heap[best]))
			best = i;
	return best;
}

void queue_release(struct queue *queue)
{
	free(queue->heap);
	*queue = (struct queue){ .heap = NULL };
}

/* From the top, whose place is free, down to where it belongs. */
static void sink(struct queue *queue, struct queued item)
{
	size_t at = 0, child;

	while ((child = at * WAYS + 1) < queue->count) {
		child = soonest(queue, child);
		if (sooner(&item, &queue->heap[child]))
			break;
		queue->heap[at] = queue->heap[child];
		at = child;
	}
	queue->heap[at] = item;
}

/*
 * The hole goes down to the bottom without a look at the last one, which came
 * from there and seldom belongs much higher.
 */
static void fill(struct queue *queue)
{
	struct queued last;
	size_t at = 0, child;

	if (!queue->hole)
		return;
	queue->hole = false;
	last = queue->heap[queue->count];
	while ((child = at * WAYS + 1) < queue->count) {
		child = soonest(queue, child);
		queue->heap[at] = queue->heap[child];
		at = child;
	}
	rise(queue, at, last);
}

/* What comes is mostly a parent of what was just taken, and little older. */
void queue_push(struct queue *queue, int commit, int64_t date)
{
	struct queued item = { date, queue->order++, commit };

	queue->count++;
	if (queue->hole) {
		queue->hole = false;
		sink(queue, item);
		return;
	}
	array_grow(queue->heap, queue->count, &queue->room);
	rise(queue, queue->count - 1, item);
}

int queue_pop(struct queue *queue)
{
	fill(queue);
	queue->hole = true;
	queue->count--;
	return queue->heap[0].commit;
}

int64_t queue_date(struct queue *queue)
{
	fill(queue);
	return queue->heap[0].date;
}
