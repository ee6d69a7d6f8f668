/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_ASLEEP_H
#define CONTROL_ASLEEP_H

/*
 * Did this process sleep?  With its machine (suspended to memory, a virtual
 * one that was frozen) or alone (stopped by a signal, its control group
 * frozen).  A run that was in flight meanwhile says nothing of the kernel: its
 * limits passed while nobody counted, its guest woke up to a clock that had
 * jumped, a connection was given up by the other side.
 *
 * It is seen as a gap between two looks, so somebody has to look often.  The
 * wall clock has no part in it.
 */

#include <stdbool.h>
#include <stdint.h>

/* A loop that is only busy looks again much sooner. */
#define ASLEEP_MS 30000

struct asleep {
	int64_t seen, ran; /* when looked at last; of two clocks, ms */
};

struct slept {
	int64_t ms; /* 0: it did not */
	bool alone; /* the machine went on, and with it timers */
};

void asleep_init(struct asleep *asleep);
void asleep_look(struct asleep *asleep, struct slept *out);

#endif
