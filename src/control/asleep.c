/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/asleep.h"

#include <time.h>

static int64_t now_of(clockid_t clock)
{
	struct timespec now = { 0, 0 };

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void asleep_init(struct asleep *asleep)
{
	asleep->seen = now_of(CLOCK_BOOTTIME);
	asleep->ran = now_of(CLOCK_MONOTONIC);
}

void asleep_look(struct asleep *asleep, struct slept *out)
{
	struct asleep before = *asleep;

	*out = (struct slept){ 0, false };
	asleep_init(asleep);
	if (asleep->seen - before.seen >= ASLEEP_MS) {
		out->ms = asleep->seen - before.seen;
		out->alone = asleep->ran - before.ran >= ASLEEP_MS;
	}
}
