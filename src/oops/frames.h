/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_FRAMES_H
#define OOPS_FRAMES_H

/*
 * Finds the function to blame in the stacks of a report.
 */

#include <stdbool.h>
#include <stddef.h>

struct format;
struct recipe;
struct rules;

enum { FRAME_NAME_MAX = 512, FRAMES_NEAR = 4 };

struct blame {
	char name[FRAME_NAME_MAX];  /* "": none was found */
	char shown[FRAME_NAME_MAX]; /* by which name people know it */
	char near[FRAMES_NEAR][FRAME_NAME_MAX]; /* the first not skipped */
	int near_count;
	bool injected; /* a fault injection's stack is mixed in */
};

/* Over the report from `from` on, by the recipe of the format. */
struct blame frames_blame(const struct rules *rules,
			  const struct format *format,
			  const struct recipe *recipe, const char *report,
			  size_t length, size_t from);

/*
 * Why the stacks of this report cannot be relied on, as a short sentence, or
 * NULL when they can.
 */
const char *frames_broken(const struct rules *rules, const char *report,
			  size_t length);

#endif
