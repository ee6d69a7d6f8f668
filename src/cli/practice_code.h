/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_PRACTICE_CODE_H
#define CLI_PRACTICE_CODE_H

/*
 * The C of the practice kernel, as text: what stands in its source files at
 * one state.  Which files there are says practice_tree.h.
 */

struct buf;
struct practice_kind;
struct practice_state;

/* The file of an area, and of one of its features. */
void practice_code_area(int number, const struct practice_state *state,
			const struct practice_kind *kind, struct buf *out);
void practice_code_feature(int area, int row, int level, struct buf *out);

/* "a poll-batching hint" as a name in C */
void practice_code_name(const char *row, struct buf *out);

/* What happens by chance in a run. */
void practice_code_chance(unsigned seed, struct buf *out);

void practice_code_main(const struct practice_state *state, struct buf *out);
void practice_code_header(const struct practice_state *state, struct buf *out);

extern const char practice_code_printk[], practice_code_stack[];

#endif
