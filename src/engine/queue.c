/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/queue.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/array.h"

static bool sooner(const struct queued *a, const struct queued *b)
{
	if (a->date != b->date)
		return a->date > b->date;
	return a->order < b->order;
}

void queue_release(struct queue *queue)
{
	free(queue->heap);
	*queue = (struct queue){ .heap = NULL };
}

void queue_push(struct queue *queue, int commit, int64_t date)
{
	struct queued item = { date, queue->order++, commit };
	size_t at = queue->count++;

	array_grow(queue->heap, queue->count, &queue->room);
	while (at > 0 && sooner(&item, &queue->heap[(at - 1) / 2])) {
		queue->heap[at] = queue->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	queue->heap[at] = item;
}

int queue_pop(struct queue *queue)
{
	int commit = queue->heap[0].commit;
	struct queued last = queue->heap[--queue->count];
	size_t at = 0;

	for (;;) {
		size_t child = at * 2 + 1;

		if (child >= queue->count)
			break;
		if (child + 1 < queue->count &&
		    sooner(&queue->heap[child + 1], &queue->heap[child]))
			child++;
		if (!sooner(&queue->heap[child], &last))
			break;
		queue->heap[at] = queue->heap[child];
		at = child;
	}
	queue->heap[at] = last;
	return commit;
}
