/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_STRIP_H
#define TUI_STRIP_H

/*
 * Of the home view what stands below the title: where in the range one is, or
 * the culprit, or what is left when only skipped commits are.
 */

#include <stdbool.h>
#include <stddef.h>

struct grid;
struct model;

/* From the second row on, in so many rows: 1, 3, or 4 with a warning. */
void strip_draw(struct grid *grid, const struct model *model, int rows);

/* "133 left, ~7 steps | 1 doubtful" */
void strip_left(char *out, size_t size, const struct model *model, bool doubts);

#endif
