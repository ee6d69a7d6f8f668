/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_MATCH_H
#define RUN_MATCH_H

/*
 * Looks for crashes in a console while it is written, line by line, by three
 * POSIX extended regular expressions.  Memory is bounded whatever comes.
 *
 * crash: a line that matches is a crash.  Its title is what the first group
 *	matched, else what the whole expression did; control characters and
 *	what is not UTF-8 are '?' in it.
 * ignore: a crash whose title matches is set aside; the first one that is
 *	not beats it.
 * boot: a line that matches says that the target came up.
 */

#include <stdbool.h>
#include <stddef.h>

#include "run/lines.h"

#define MATCH_TITLE_MAX 200 /* bytes */

struct error;
struct match_rules;

enum match_seen {
	MATCH_NOTHING,
	MATCH_IGNORED,
	MATCH_CRASH,
};

/* What a console has shown so far.  Read what you like, feed to change it. */
struct match {
	const struct match_rules *rules;
	struct lines lines;
	bool booted; /* true from the start without a boot rule */
	enum match_seen seen;
	char title[MATCH_TITLE_MAX + 1]; /* "" for MATCH_NOTHING */
};

/* Each may be NULL.  ERROR_INPUT names the rule that is wrong. */
int match_rules_new(const char *crash, const char *ignore, const char *boot,
		    struct match_rules **out, struct error *err);
void match_rules_free(struct match_rules *rules);

/* The rules are borrowed.  Once fed, a match must not be moved. */
void match_init(struct match *match, const struct match_rules *rules);
void match_feed(struct match *match, const char *bytes, size_t length);

/* The last line may have no newline. */
void match_end(struct match *match);

#endif
