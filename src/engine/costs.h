/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_COSTS_H
#define ENGINE_COSTS_H

/*
 * What a build and a run take, in milliseconds: the means of the session's own
 * ones, or what kernels usually take before there are any.  By the events
 * alone; no clock is read.
 */

#include <stdint.h>

struct engine;

struct costs {
	double build; /* one that succeeds */
	double clean; /* a run without the bug, to its end */
	double crash; /* one that shows it, to the crash */
	int64_t now;  /* of the latest event, milliseconds since 1970 */
};

void costs_find(const struct engine *engine, struct costs *costs);

#endif
