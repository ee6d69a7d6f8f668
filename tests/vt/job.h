/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_VT_JOB_H
#define TESTS_VT_JOB_H

/*
 * A program in the foreground of a terminal, under a shell of our own that
 * does what a shell does and nothing else: it leads the session, so that the
 * program can be stopped and brought back, passes a hangup on, and tells how
 * the program ended.
 *
 *	running -> stopped   [job_listen]     the program stopped itself
 *	stopped -> running   [job_foreground]
 *	running -> ended     [job_listen]
 */

#include <stdbool.h>
#include <sys/types.h>

struct error;

enum job_state {
	JOB_NONE, /* nothing was started */
	JOB_RUNNING,
	JOB_STOPPED,
	JOB_ENDED,
};

struct job {
	enum job_state state;
	pid_t shell, program;
	int orders, news; /* to the shell, from it; -1: none */
	int status;	  /* of the program that ended, as wait tells it */
};

/* Start `exec COMMAND` by sh; terminal is the slave of a pty. */
int job_start(struct job *job, int terminal, const char *command,
	      struct error *err);

/* Read the next news: blocks, so wait until `news` is readable. */
void job_listen(struct job *job);

/* What `fg` does to a stopped one. */
void job_foreground(struct job *job);

/* Kill what still runs and wait for the shell. */
void job_end(struct job *job);

#endif
