/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_TOLD_H
#define TUI_TOLD_H

/*
 * Whom to tell, as lines of a page, from what `culprit report --to` prints.
 */

#include <stdbool.h>

struct pager;

/* false: nobody is named, and nothing is said of why. */
bool told_add(struct pager *pager, const char *text, int columns, bool ascii);

#endif
