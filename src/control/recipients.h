/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_RECIPIENTS_H
#define CONTROL_RECIPIENTS_H

/*
 * Whom to mail about a commit: from the commit itself, and from the script
 * that kernel sources bring along, scripts/get_maintainer.pl.
 *
 * The script is taken from the user's own checkout as it stands there, never
 * from a commit that is tested, and runs as the user would run it: with a
 * time limit, bounded output, and nothing of it left when it is over.  Whether
 * it runs is the caller's choice.  Nobody is ever mailed.
 */

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct oid;
struct people;
struct repo;

struct recipients_spec {
	struct repo *repo;
	const struct oid *commit;
	bool script;	    /* run it, if it is there */
	const char *keeper; /* absolute path of the culprit program */
	int64_t timeout_ms; /* of each of at most two runs */
};

#define RECIPIENTS_TIMEOUT_MS 60000

/*
 * Add to people all that could be found out.  What could not is no error: it
 * is told in notes, a line each.
 */
void recipients_find(const struct recipients_spec *spec, struct people *people,
		     struct buf *notes);

#endif
