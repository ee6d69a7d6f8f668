/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_SURE_INSIDE_H
#define CONTROL_SURE_INSIDE_H

/*
 * The inside of sure: sure.c has the numbers, remedy.c what would help,
 * sure_doubts.c what not to lean on, and sure_words.c the words.  Nobody else
 * includes this.
 */

struct belief;
struct session;
struct step;
struct sure;

/* The chance that the verdict of a step is wrong; step may be NULL. */
double sure_wrong(const struct step *step, const struct belief *belief);

/* The weakest verdict, and runs that would help it. */
void sure_find_remedy(struct session *session, struct sure *sure);

#endif
