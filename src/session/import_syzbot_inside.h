/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_IMPORT_SYZBOT_INSIDE_H
#define SESSION_IMPORT_SYZBOT_INSIDE_H

/*
 * The inside of the reader of syzbot's logs: import_syzbot.c takes lines, of
 * which syzbot.h knows the records; import_syzbot_records.c makes of a record
 * what it means behind those before it.  Nobody else includes this.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/oid.h"
#include "session/gitshow.h"

struct draft;
struct event;

/*
 * Who owns a line that begins no record.
 *
 *	NOBODY     -> TEST    [testing commit]
 *	TEST       -> NOBODY  [kernel signature]
 *	TEST       -> BUILD   [anything else: the build's errors]
 *	NOBODY     -> RUN     [a run that may have output behind it]
 *	any        -> GIT     [first bad commit], -> LIST [could be any of:]
 *	any        -> REPORT  [crash:], which nothing ends
 *	any        -> NOBODY  [any other record]
 */
enum owner {
	OWNER_NOBODY,
	OWNER_TEST,
	OWNER_BUILD,
	OWNER_RUN,
	OWNER_GIT,
	OWNER_LIST,
	OWNER_REPORT,
};

struct reading {
	struct draft *draft;
	int64_t line;
	enum owner owner;
	size_t owned; /* BUILD, RUN: the place of that event */
	size_t after; /* how many events there were when it began to own */
	int output;   /* how many lines it has got */
	/* before the first record: what a mail says around the log */
	bool begun, blank;    /* the latest line was empty */
	int64_t preface_line; /* the first that was not, 0: none */

	struct oid testing; /* "" for none */
	char *compiler;	    /* of that test, or NULL */
	char *release;	    /* of the next test, or NULL */
	bool built;	    /* the test has an EVENT_BUILD */
	int first_number;   /* the number of the test's run 0 in the session */
	int next_number;    /* as the log counts */
	int crashed, ok;
	int tests; /* that had runs */
	bool fix, flaky, never_broken, of_2018, of_2021;
	struct gitshow show; /* the culprit block */
	int64_t started;
};

/*
 * Take a record in, the event with it; false: its place is wrong, it is no
 * record, and the event stays the caller's.
 */
bool reading_record(struct reading *reading, struct event *event);

/* The build of the commit under test ended; the event is taken.  NULL: well,
   and nothing was said. */
struct event *reading_build(struct reading *reading, struct event *event);

/* The lines to come belong to the event that was added last. */
void reading_own_last(struct reading *reading);

#endif
