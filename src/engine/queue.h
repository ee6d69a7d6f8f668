/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_QUEUE_H
#define ENGINE_QUEUE_H

/*
 * Commits waiting to be walked over: the newest date first, equal dates in
 * the order in which they came, as git's commit lists have it.
 */

#include <stddef.h>
#include <stdint.h>

struct queued {
	int64_t date;
	uint32_t order;
	int commit;
};

/* All zero is an empty queue. */
struct queue {
	struct queued *heap; /* heap[0] is next */
	size_t count, room;
	uint32_t order; /* of the next to come */
};

void queue_release(struct queue *queue);
void queue_push(struct queue *queue, int commit, int64_t date);

/* The queue is not empty. */
int queue_pop(struct queue *queue);

#endif
