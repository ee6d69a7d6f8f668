/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_SEED_LINE_H
#define TESTS_UNIT_SEED_LINE_H

/*
 * A graph for a seed, which has none: a straight line of commits, on which
 * those that syzbot tested lie just where git's rule would have it.  Skips are
 * passed over as git would, so a line too short for the log says so.
 */

struct tale;

/* Store a line of so many suspects, behind the good end of the tale's seed. */
void tale_line_of_seed(struct tale *tale, int suspects);

#endif
