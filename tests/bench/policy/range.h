/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_BENCH_POLICY_RANGE_H
#define TESTS_BENCH_POLICY_RANGE_H

/*
 * The history that is searched: a line, one with merges as the kernel has
 * them, or the shape of a real one.
 */

struct graph;

/* Say what is wrong, and end. */
_Noreturn void die(const char *what, const char *about);

/*
 * "line:N", "merges:N", or "dag:FILE" with a shape (tests/gen_dag.py), `-` for
 * the standard input.  The oldest commit is 0, the newest the last.
 */
struct graph *range_make(const char *text);

#endif
