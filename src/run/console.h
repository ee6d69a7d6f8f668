/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_CONSOLE_H
#define RUN_CONSOLE_H

/*
 * Reads the console of a run while it is written: did the target come up, and
 * what crashed?  Memory is bounded whatever comes.
 *
 * Crashes are found by the rules for kernel consoles (oops/), or by a POSIX
 * extended regular expression of the user's: a line that matches is a crash,
 * its title what the first group matched, else what the whole expression did.
 * Titles are made free of what differs from run to run (oops/title.h) and are
 * clean text.  The very first oops is none if it only says that a kernel was
 * started: that is the start of this run.
 *
 * ignore: a crash whose title matches is set aside.
 * boot: a line that matches says that the target came up.
 *
 * A console that was restarted belongs to a machine that runs another kernel
 * until the one that is wanted says its first words, "Linux version": what
 * stands before them is not looked at.
 *
 * A guest says in words of its own how far it is, each at the beginning of a
 * line or behind a time stamp:
 *
 *	culprit: started	it came up (also for `boot`)
 *	culprit: check N	a trivial program ended with this exit code
 *	culprit: done N		and so did the reproducer
 */

#include <stdbool.h>
#include <stddef.h>

#include "engine/crash.h"
#include "run/lines.h"

struct error;
struct console_rules;
struct rules;
struct scan;

/* In the first line of a kernel; firmware may speak before it. */
#define CONSOLE_KERNEL "Linux version "

struct console_spec {
	const struct rules *oops; /* or NULL: no scrubbing, no oops */
	bool kernel;		  /* find crashes by these rules */
	const char *crash;	  /* regular expressions, or NULL */
	const char *ignore, *boot;
	bool guest;	   /* it speaks the words of a guest */
	const char *fatal; /* a line with this: the machine below the guest
			      is broken; or NULL */
};

/* The rules are borrowed.  ERROR_INPUT names the expression that is wrong. */
int console_rules_new(const struct console_spec *spec,
		      struct console_rules **out, struct error *err);
void console_rules_free(struct console_rules *rules);

/* One console.  Read `booted` and `spoke`, feed to change them. */
struct console {
	const struct console_rules *rules;
	struct lines lines;
	struct scan *scan;   /* or NULL */
	bool booted;	     /* true from the start without a boot rule */
	bool spoke;	     /* there was a byte at least */
	bool kernel_spoke;   /* "Linux version": a kernel has begun */
	int check, done;     /* the guest's exit codes, -1: none yet */
	bool fatal;	     /* the machine below the guest is broken */
	bool awaits;	     /* restarted, and no kernel has begun since */
	bool began;	     /* one has, after a restart */
	char last[128];	     /* the last line with something in it; it stays
				at the fatal one */
	struct crash *found; /* by the expression, CRASHES_MAX at most */
	int found_count;
	int64_t found_at[CRASHES_MAX]; /* where their lines begin */
	int64_t origin;		       /* the bytes before the last restart */
	int64_t scanned;	       /* those before what the scan was fed */
	int64_t kernel_at; /* where its first words are, -1: nowhere yet */
	int64_t booted_at; /* and the line that said so; 0: from the start */
};

/* The rules are borrowed.  Once fed, a console must not be moved. */
void console_init(struct console *console, const struct console_rules *rules);
void console_release(struct console *console);
void console_feed(struct console *console, const char *bytes, size_t length);

/* The last line may have no newline. */
void console_end(struct console *console);

/*
 * Forget all that was read.  `awaits`: what comes next is of another kernel
 * still, until one begins.
 */
void console_restart(struct console *console, bool awaits);

/* Can this console tell that a kernel came up? */
bool console_tells_boot(const struct console *console);

/* How many crashes there are so far, with those that do not count.  Cheap. */
size_t console_count(const struct console *console);

enum console_seen {
	SEEN_NOTHING,
	SEEN_IGNORED, /* only crashes that are set aside */
	SEEN_CRASH,
};

/* What the console shows, as if it ended here. */
struct sight {
	enum console_seen seen;
	bool panicked;	       /* the kernel is dead */
	struct crash *crashes; /* in their order, without those set aside, if
				  there are others */
	int crash_count;
	int64_t at[CRASHES_MAX]; /* where their first lines begin, in bytes of
				    all that was fed */
};

void console_look(const struct console *console, struct sight *out);
void sight_release(struct sight *sight);

#endif
