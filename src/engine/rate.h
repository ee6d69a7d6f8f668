/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_RATE_H
#define ENGINE_RATE_H

/*
 * How often a bug shows, judged by a few runs: bounds that are true with 95 %
 * certainty, one-sided, exact (C. J. Clopper and E. S. Pearson, "The use of
 * confidence or fiducial limits illustrated in the case of the binomial",
 * Biometrika 26, 1934).
 *
 * Of `of` runs `hits` showed it.  The answer is a part of one; without any run
 * all that is known is that it is between 0 and 1.
 */

double rate_at_least(int hits, int of);
double rate_at_most(int hits, int of);

#endif
