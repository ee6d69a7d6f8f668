/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_TALE_H
#define TESTS_UNIT_TALE_H

/*
 * Sessions for the tests of the screen: real ones, in a folder of their own,
 * under a clock that the test sets.
 *
 * A tale has a line of commits, 0 the oldest.  Their ids are made up unless
 * the test names them.
 */

#include <stdint.h>

#include "base/error.h"
#include "engine/event.h"

struct session;

/* The title of the crashes with the letter X. */
#define TALE_TITLE "kernel BUG in binder_alloc_deferred_release"

struct tale {
	char *folder;
	struct session *session;
	int64_t now; /* milliseconds since 1970: what the clock says */
	struct error err;
};

/* The id of commit `number` of the line, "" -> a made-up one. */
struct tale_name {
	int number;
	const char *hex;
	const char *subject;
};

/* An empty session, at 2026-03-02 09:00:00 UTC. */
void tale_begin(struct tale *tale);
void tale_end(struct tale *tale);

/* Time goes by. */
void tale_pass(struct tale *tale, int64_t ms);

/* Store a line of commits; names is ended by a NULL hex, or NULL. */
void tale_commits(struct tale *tale, int count, const struct tale_name *names);
struct oid tale_oid(int number);

/* Append one event; 0 or -1. */
int tale_tell(struct tale *tale, struct event event);

void tale_start(struct tale *tale, const char *title, const char *policy);
int tale_mark(struct tale *tale, enum actor by, const char *hex,
	      enum verdict verdict, const char *why);

/* A build of so many seconds, done. */
void tale_build(struct tale *tale, const char *hex, const char *signature,
		int seconds);

/* An order to verify the culprit, with so many runs of each. */
void tale_verify(struct tale *tale, const char *culprit, int runs);

/* The culprit is taken back on top of a commit, which makes this one. */
void tale_revert(struct tale *tale, const char *culprit, const char *on,
		 const char *made);

/* As tale_build, by the compiler of another commit. */
void tale_build_like(struct tale *tale, const char *hex, const char *like,
		     const char *signature, int seconds);

/*
 * Runs one after another, a letter each (. X x B T I), some seconds long;
 * '>' begins one and leaves it running.
 */
void tale_runs(struct tale *tale, const char *hex, const char *letters,
	       int seconds);

/*
 * Nine steps of syzbot's bisection of "kernel BUG in
 * binder_alloc_deferred_release" (2022), at times that are made up: the
 * ninth commit is under test.
 */
void tale_of_binder(struct tale *tale);

/*
 * This tale, told once for all tests of a program: set-up and tear-down of
 * their group.  They go about in it and change nothing.
 */
extern struct tale binder;
int tell_binder(void **state);
int forget_binder(void **state);

/*
 * One of syzbot's own bisections, "000" to "004" of tests/data/seeds, as its
 * log tells it, to its end.  session_go shows it at any event; tale_seed_step
 * goes to where so many of its tests have their verdicts.
 */
void tale_of_seed(struct tale *tale, const char *seed);
void tale_seed_step(struct tale *tale, int verdicts);

/* What the console of its fourth run says. */
extern const char tale_console[];

#endif
