/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_MAIL_RUNS_H
#define CONTROL_MAIL_RUNS_H

/*
 * The parts of a mail (mail.h) that tell of runs: how often the bug shows,
 * and every tested commit with a letter for each of its runs.
 *
 * Counts; says nothing of how likely anything is.
 */

#include <stdbool.h>

struct buf;
struct run_state;
struct session;

/*
 * How many runs of the culprit and of its parents show the bug, and of all
 * bad and good commits; nothing where there were no runs.
 */
void mail_rates(struct session *session, struct buf *out);

/* What verifying the culprit came to; nothing where it was not ordered. */
void mail_verify(struct session *session, struct buf *out);

/* The table of the tested commits, and which crash each number stands for. */
void mail_runs(struct session *session, struct buf *out);

/*
 * The run to show: of a commit that has the bug, the culprit itself if it has
 * it, one that shows it.  false when there is none.
 * Borrowed until the session's next event.
 */
bool mail_find_run(struct session *session, int *commit,
		   const struct run_state **run);

#endif
