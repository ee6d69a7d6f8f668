/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_CHILD_H
#define RUN_CHILD_H

/*
 * A command with limits: started under a keeper (keeper.h), its output
 * streamed to the owner, stopped with all its descendants when asked, when
 * the time is up, when it writes too much, or when this process dies.
 *
 *     running -> stopping  [child_stop, the time limit, the output limit]
 *     running -> ended     [the keeper exits and the output is drained]
 *     stopping -> ended    [the same]
 *
 * Its input is /dev/null; output and errors are one pipe.  That the output is
 * closed says nothing: only the keeper's exit ends a child, and then nobody
 * is left who could write.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct child;
struct error;
typedef struct uv_loop_s uv_loop_t;

enum child_stop {
	CHILD_RAN,    /* ended by itself */
	CHILD_ASKED,  /* child_stop */
	CHILD_TIME,   /* time limit */
	CHILD_OUTPUT, /* output limit */
};

struct child_spec {
	const char *keeper;	 /* absolute path of the culprit program */
	const char *const *argv; /* NULL-terminated */
	const char *const *env;	 /* changes to our environment, or NULL:
				    "NAME=value" sets, "NAME" unsets */
	const char *cwd;	 /* or NULL for ours */
	bool behind;		 /* it gives way to others: a higher niceness */
	int64_t timeout_ms;	 /* 0: none */
	int64_t output_max;	 /* bytes, 0: none; so many are delivered */
	void (*on_output)(void *data, const char *bytes, size_t length);
	/* Called exactly once, after the last on_output and never from inside
	 * child_start.  The child is freed afterwards.  exit_status: 0..255,
	 * or 256 + signal. */
	void (*on_end)(void *data, enum child_stop why, int exit_status,
		       int64_t duration_ms);
	void *data;
};

/*
 * The strings are copied or used during the call only.  -1 when the keeper
 * cannot be started.  A command that the keeper cannot start is no failure
 * here: it ends with SIGABRT, and its output says why.
 */
int child_start(uv_loop_t *loop, const struct child_spec *spec,
		struct child **out, struct error *err);

/* What one said that was waited for, and how it ended. */
struct child_answer {
	struct buf *said; /* the caller's, for its output */
	bool ended;	  /* else it was never started */
	enum child_stop why;
	int exit_status; /* as for on_end */
};

/*
 * Start it on a loop of its own and wait for its end: for what a person waits
 * for anyway.  The spec's call backs and data are ours.
 */
int child_wait(const struct child_spec *spec, struct child_answer *answer,
	       struct error *err);

/* Kill it and all it started; on_end follows.  Twice is harmless. */
void child_stop(struct child *child);

/*
 * The same, but the command itself gets SIGTERM first and some seconds to put
 * things in order.
 */
void child_ask_to_end(struct child *child);

#endif
