/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_GOLDEN_H
#define TESTS_UNIT_GOLDEN_H

/*
 * Pictures of the screen: the files of tests/screen hold what is drawn, the
 * text and then the roles.  With BLESS=1 in the environment they are written
 * anew; then look at what changed.
 */

struct grid;

/* Hold the grid against tests/screen/NAME.txt, and fail where it differs. */
void golden_compare(const char *name, const struct grid *grid);

#endif
