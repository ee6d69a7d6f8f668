/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_REOPEN_H
#define CONTROL_REOPEN_H

/*
 * Any past bisection as a session: a log of somebody else's, a session that
 * was exported, or one of our own.
 *
 * A log becomes a session in a folder: the one that is asked for, or one below
 * $XDG_CACHE_HOME/culprit/replays that is named after the log and its
 * contents, so that what was decided on it is there when it is opened again.
 * Without a HOME there is no such place, and the folder goes with the session.
 */

#include <stdbool.h>

#include "session/import.h"

struct error;
struct repo;
struct session;

struct reopened {
	struct session *session;
	bool log;		  /* it was read from a log */
	bool again;		  /* ... at an earlier time */
	struct imported imported; /* of a log */
	char *passing; /* the folder goes when it is closed; or NULL */
};

struct reopening {
	const char *path;   /* a file, "-", or the folder of a session */
	const char *folder; /* for the session, or NULL */
	bool keep;	    /* without a folder: in the cache, else passing */
	struct repo
		*repo; /* the log's, or NULL: then commits have names only */
};

/* Nothing is left behind on failure. */
int reopen(const struct reopening *what, struct reopened *out,
	   struct error *err);
void reopen_close(struct reopened *reopened);

#endif
