/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_CONTROL_H
#define CONTROL_CONTROL_H

/*
 * The engine process: turns the plan into builds and runs, and their ends
 * into facts, until the culprit is known or a person is needed.
 *
 * It decides nothing itself.  It asks the plan, fills its slots from the top
 * of the wishes, appends what happened, and asks again; decisions that other
 * processes append are noticed and followed, and what nobody wishes for any
 * more is stopped.
 *
 *     compiling -> working  [on_compiled: the reproducer is there; at once
 *                            where there is none in C]
 *     compiling -> leaving  [it cannot be compiled, a signal]
 *     working -> leaving  [the plan has nothing to do, a signal, an error]
 *     leaving -> gone     [every job has called back]
 */

#include <stdbool.h>

struct error;
struct event;
struct repo;
struct session;

enum control_end {
	CONTROL_FOUND,
	CONTROL_NEEDS_PERSON,
	CONTROL_STOPPED, /* by a signal */
};

#define CONTROL_HELD  "held\n"	/* the lease; what is needed is got ready */
#define CONTROL_READY "ready\n" /* and is there: work begins */

struct control_options {
	const char *program; /* path of culprit: the keeper of children */
	bool stay;	     /* while paused, wait instead of ending */
	int ready_fd;	     /* gets these two lines, see desk.h; -1: none */
	/* Called for each event, those of others too, once it is folded. */
	void (*tell)(void *data, struct session *session,
		     const struct event *event);
	/* Or NULL: something about the machines that do the work. */
	void (*say)(void *data, const char *text);
	/* Or NULL: called before the sources are checked out to a worktree that
	   is new, which takes git minutes for a kernel's. */
	void (*checkout)(void *data, const char *worktree);
	void *data;
};

/*
 * Take the lease, do the work, give it back.  A reproducer that cannot be
 * compiled is an ERROR_INPUT, and nothing is begun.  repo is the repository
 * that the session belongs to.  ERROR_BUSY when there is an engine already,
 * ERROR_STATE when the session has no test command.
 */
int control_run(struct session *session, struct repo *repo,
		const struct control_options *options, enum control_end *end,
		struct error *err);

#endif
