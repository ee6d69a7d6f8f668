/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_EXECUTOR_H
#define RUN_EXECUTOR_H

/*
 * What a scheduler has to do for culprit: take jobs, say how they are, and
 * drop them.  `slurm` (slurm.h) is one.  It knows nothing of builds, runs and
 * commits; what jobs do and how that ends is farm.h's care.
 *
 * An executor lives on a libuv loop, never blocks it, and calls back from it,
 * never from inside a call.  It asks nothing by itself: nothing is polled
 * but when look() is called.
 */

#include <stdbool.h>
#include <stdint.h>

struct executor;

/* One job, or several that do the same with another index. */
struct submission {
	const char *name;    /* for people: what it is for */
	const char *batch;   /* unlike any other; look() tells it again */
	const char *command; /* of the shell; behind it stands the index, where
				there are any, as "_7" */
	const int *indices;  /* or NULL: one job without */
	int count;	     /* of these, 1 without */
	int width;	     /* so many at once */
	bool build;	     /* its limits are those of builds */
	bool behind;	     /* nobody waits for it: others go first */
	const char *exclude; /* a node that it must not be on; or NULL */
	const char *log;     /* of the command's own words: a path without its
				ending */
};

enum submitted {
	SUBMIT_DONE,	    /* text: the id */
	SUBMIT_REFUSED,	    /* text: the scheduler's words */
	SUBMIT_UNREACHABLE, /* it does not answer: taken or not, who knows */
};

enum job_state {
	JOB_QUEUED,
	JOB_RUNS,
	JOB_ENDED, /* whatever came of it */
};

/* Borrowed for the call. */
struct executor_job {
	const char *batch;
	int index;	   /* -1: none */
	const char *id;	   /* as cancel takes it */
	const char *node;  /* or "" */
	const char *words; /* the scheduler's, of how it is */
	enum job_state state;
	bool node_failed; /* it ended because of that */
	bool dropped;	  /* it ended because somebody wanted that */
};

typedef void executor_submitted(void *data, enum submitted how,
				const char *text);
/* why: NULL, or why it could not be asked; then there are no jobs. */
typedef void executor_looked(void *data, const struct executor_job *jobs,
			     int count, const char *why);
typedef void executor_cancelled(void *data, const char *why);
/* false also where it could not be asked. */
typedef void executor_node_told(void *data, bool takes_jobs);

struct executor_ops {
	/* What it borrows may go after the call. */
	void (*submit)(struct executor *executor,
		       const struct submission *submission,
		       executor_submitted *done, void *data);

	/* All jobs with one of these names, in one question.  One at a time. */
	void (*look)(struct executor *executor, const char *const *names,
		     executor_looked *done, void *data);

	/* Those that are not there any more are no trouble. */
	void (*cancel)(struct executor *executor, const char *const *ids,
		       executor_cancelled *done, void *data);

	/* Is the node well, and takes jobs?  One at a time. */
	void (*ask_node)(struct executor *executor, const char *node,
			 executor_node_told *done, void *data);

	/* When all has called back. */
	void (*free)(struct executor *executor);
};

/* The head of every kind. */
struct executor {
	const struct executor_ops *ops;
	const char *kind; /* "slurm": of how jobs are told */
};

#endif
