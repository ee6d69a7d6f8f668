/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_ONWARD_H
#define CONTROL_ONWARD_H

/*
 * Continue from here: a past bisection, up to one of its steps, as a session
 * of a repository that goes on for real.
 *
 * Of a log, what was built and run comes along as evidence and its verdicts as
 * decisions that count; the rest is tested with the settings that are given.
 * A session of culprit's comes along as it is, with its consoles.  Settings
 * that came from elsewhere stay aside until they are trusted (session/carry.h):
 * nothing of an import is run unseen.
 *
 * First it is looked at what that would be and what is missing; that changes
 * nothing.
 */

#include <stdbool.h>
#include <stddef.h>

#include "engine/oid.h"

struct buf;
struct error;
struct otherwise;
struct repo;
struct session;

struct onward {
	struct session *from; /* whatever time it shows */
	const char *name;     /* what it is called, for the note */
	size_t events;	      /* the first ones, that come along */
	struct repo *repo;
	const char *settings; /* a file; NULL: culprit.cfg at the top of the
				 checkout, where there is one */
	const char *dir; /* the session's folder; NULL: the repository's next */
	const char *who;
	const struct otherwise *otherwise; /* decisions that are given at once,
					      or NULL */
	struct repo *opened;		   /* by onward_find_repo */
};

/*
 * Where none is given, the repository in which this process stands;
 * onward_close lets go of it.
 */
int onward_find_repo(struct onward *onward, struct error *err);
void onward_close(struct onward *onward);

/* What would be, and what is missing. */
struct onward_look {
	bool log;	   /* of somebody else's */
	int steps, of;	   /* that come along, of how many */
	int missing;	   /* commits of the past that the repository lacks */
	struct oid lacked; /* one of them */
	const char *home;  /* the repository; borrowed from it */
	bool by_hand;	   /* nothing says how to build and test */
	bool untrusted;	   /* what says it is to be trusted first */
	char *settings;	   /* the file, or NULL; onward_release frees it */
};

/*
 * ERROR_STATE, with what to do, where it cannot be: no end is known by then, or
 * the repository lacks one.  ERROR_INPUT for settings that are wrong.
 */
int onward_look(const struct onward *onward, struct onward_look *out,
		struct error *err);
void onward_release(struct onward_look *look);

/* What is missing, a line each; nothing where all is there. */
void onward_tell(const struct onward_look *look, struct buf *out);

/* Make the session; *dir, its folder, is the caller's.  say: what follows. */
int onward_begin(const struct onward *onward, char **dir, struct buf *say,
		 struct error *err);

#endif
