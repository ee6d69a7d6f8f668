/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_JOB_H
#define CONTROL_JOB_H

/*
 * `culprit job SESSION TOKEN`: one build or one run, on whatever machine an
 * executor chose, by the target's own runner.  What is to be done stands in a
 * ticket in the session's folder, and how it ended is written there
 * (run/ticket.h).  It stops when it is told to by a signal, and when its ticket
 * is gone.
 *
 * Never opens the session's journal, which is for one machine only, and decides
 * nothing: whether a crash ends the run is asked of the engine.
 *
 * `culprit job --look FOLDER NAME PROGRAM...` tells in FOLDER/NAME what the
 * machine has (job_look.h); for `culprit check`.
 */

struct error;

/* argc and argv are what follows `job`. */
int job_main(const char *program, int argc, char **argv, struct error *err);

#endif
