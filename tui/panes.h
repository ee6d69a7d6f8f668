/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_PANES_H
#define TUI_PANES_H

/*
 * The three panes of the home view, and the rule meter.  Each one draws
 * inside the rectangle it is given.
 */

#include "engine/verdict.h"
#include "tui/grid.h"

struct home;
struct model;
struct tail;

struct area {
	int x, y, width, height;
};

/* A ruler with a title, and a remark at its right end. */
void panes_ruler(struct grid *grid, struct area area, const char *title,
		 bool focused, const char *remark);

/* The ledger with its column heads; the meter goes under the row under test
   when meter is set. */
void panes_ledger(struct grid *grid, struct area area,
		  const struct model *model, const struct home *home,
		  bool meter);

/* The column in which the ledger has subjects, if most of one fits; or 0. */
int panes_subjects(const struct model *model, int width);

void panes_runs(struct grid *grid, struct area area, const struct model *model,
		const struct home *home);
void panes_console(struct grid *grid, struct area area,
		   const struct model *model, const struct home *home,
		   const struct tail *tail);

/* "leaning BAD: crashes 3 of 2 needed, ...", or what there is to say. */
void panes_meter(struct grid *grid, int x, int y, int width,
		 const struct model *model);

enum role panes_verdict_role(enum verdict verdict);
enum role panes_outcome_role(enum outcome outcome);
enum role panes_letter_role(char letter); /* of a run */

/* The letters of runs, each in its role, in at most width columns. */
void panes_letters(struct grid *grid, int x, int y, int width,
		   const char *letters);

#endif
