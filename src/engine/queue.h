/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_QUEUE_H
#define ENGINE_QUEUE_H

/*
 * Commits waiting to be walked over: the newest date first, equal dates in
 * the order in which they came, as git's commit lists have it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queued {
	int64_t date;
	uint32_t order;
	int commit;
};

/* All zero is an empty queue. */
struct queue {
	struct queued *heap; /* of count, and of one more where it has a hole */
	size_t count, room;
	bool hole;	/* heap[0] was taken, and nothing put there yet */
	uint32_t order; /* of the next to come */
};

void queue_release(struct queue *queue);
void queue_push(struct queue *queue, int commit, int64_t date);

/* The queue is not empty. */
int queue_pop(struct queue *queue);

/* The date of what queue_pop would give; the queue is not empty. */
int64_t queue_date(struct queue *queue);

#endif
