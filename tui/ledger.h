/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_LEDGER_H
#define TUI_LEDGER_H

/*
 * The part of the model that is about steps: the rows of the ledger, and of
 * the selected one its build, its runs and the log to show.
 */

struct joblist;
struct model;
struct model_view;
struct session;

/* Rows, testing, selected and doubtful.  model->state is set. */
void ledger_fill_rows(struct model *model, struct session *session,
		      const struct model_view *view);

/* What a run's letter stands for, in a word: "crash", "boot"... */
const char *ledger_word(char letter);

/* What belongs to the selected row, and where its jobs are. */
void ledger_fill_runs(struct model *model, struct session *session,
		      const struct joblist *jobs,
		      const struct model_view *view);

#endif
