/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_WATCH_H
#define RUN_WATCH_H

/*
 * Watches the console of one run while it is written, whatever target writes
 * it: tells of a crash as soon as it has a title, and says when the run need
 * not go on.  It stops nothing itself.
 *
 *     quiet -> crashed   [watch_feed: there is one more crash]
 *     crashed -> stopped [on_time: the reports are complete and decide]
 *     crashed -> quiet   [on_time: complete, but they do not decide]
 *     any -> stopped     [on_time: nothing came for too long]
 *     any -> ended       [watch_end]
 *     asleep -> quiet    [watch_wake]
 *
 * Asleep it reads and says nothing: a machine is on its way to the kernel
 * that is meant.
 *
 * A report is complete when the console was quiet for settle_ms, or six times
 * that after the last new crash: a guest that never falls silent must not
 * keep its run going.
 */

#include <stdbool.h>
#include <stdint.h>

#include "run/console.h"
#include "run/runner.h"

struct watch;
typedef struct uv_loop_s uv_loop_t;

enum watch_stop {
	WATCH_CRASH,   /* the crashes decide, or the kernel is dead */
	WATCH_SILENCE, /* no output for silence_ms */
};

struct watch_spec {
	const struct console_rules *rules; /* borrowed */
	int64_t settle_ms;
	int64_t silence_ms; /* 0: as long as it likes */
	bool asleep;	    /* at first */
	run_seen *seen;	    /* or NULL; both with data */
	run_decides *decides;
	void *data;
	/* Where the crash that is told begins, in bytes of the console; or
	   NULL. */
	void (*crash_at)(void *owner, int64_t offset);
	/* Called once at most, from the loop. */
	void (*stop)(void *owner, enum watch_stop why);
	void *owner;
};

/* The time counts from here on. */
struct watch *watch_new(uv_loop_t *loop, const struct watch_spec *spec);
void watch_feed(struct watch *watch, const char *bytes, size_t length);

/* Asleep: the machine is told to boot, and what came before is over. */
void watch_restart(struct watch *watch);

/*
 * It is up.  What its kernel said since it started counts; where the console
 * did not show a start nothing does, for it may be another kernel's.  Harmless
 * when it is awake, and then the silence stays as it was.
 */
void watch_wake(struct watch *watch, int64_t silence_ms);

/* Nothing more comes: no more calls, and what it saw is final. */
void watch_end(struct watch *watch);

/* Freed with the loop's next turn; NULL is fine. */
void watch_free(struct watch *watch);

/* Borrowed, to be looked at. */
const struct console *watch_console(const struct watch *watch);

#endif
