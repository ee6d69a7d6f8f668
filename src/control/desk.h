/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_DESK_H
#define CONTROL_DESK_H

/*
 * What both front ends need to know about the engine process of a session:
 * is there one, and how to start or stop it.
 */

#include <stdbool.h>

struct error;
struct session;

struct engine_process {
	bool alive;
	int pid;       /* meaningless when not alive */
	char host[64]; /* where it runs */
};

void desk_engine(const struct session *session, struct engine_process *out);

/*
 * Start `culprit run` for this session in a session of its own (setsid), its
 * output in engine.log of the folder.  program: path of culprit.  Returns
 * when it holds the lease, or with what it said when it gave up.
 */
int desk_start_engine(const struct session *session, const char *program,
		      struct error *err);

/*
 * Ask the engine process to end (SIGTERM); what is in flight is given up.
 * Returns when it has let go of the lease.  ERROR_STATE when there is none,
 * or it runs on another host.
 */
int desk_stop_engine(const struct session *session, struct error *err);

/* Does the session have a test command, so that an engine can work? */
bool desk_can_run(const struct session *session);

/* "user@host" of this process.  out has room for size bytes. */
void desk_who(char *out, int size);

#endif
