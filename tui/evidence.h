/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_EVIDENCE_H
#define TUI_EVIDENCE_H

/*
 * The view that says why: the culprit between its neighbours, what to doubt,
 * which crashes were seen where, what a person decided.  A page of lines; each
 * opens the step that it is about.
 *
 * Says what is known, also while the search is not over, and nothing of how
 * likely it is.  Reads no file and runs nothing.
 */

#include <stdbool.h>

struct pager;
struct session;

void evidence_fill(struct pager *pager, struct session *session, bool ascii);

#endif
