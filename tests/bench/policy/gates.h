/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_BENCH_POLICY_GATES_H
#define TESTS_BENCH_POLICY_GATES_H

/*
 * What the adaptive policy has to reach, and whether it does, printed with
 * standard errors; and the rows of `make bench`.
 */

#include <stdbool.h>

struct plan;

/*
 * Every gate, each with as many worlds as the plan has.  grid: every cell
 * before them, with all policies, for the calibration.
 */
void gates_run(const struct plan *plan, bool grid);

/* How long one decision takes on the plan's range. */
void gates_time(const struct plan *plan, const char *range);

#endif
