/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_NAMED_H
#define CONTROL_NAMED_H

/*
 * What a person's word names: a commit by the first digits of its id, a run as
 * COMMIT#RUN, an outcome.  Looks nothing up in a repository.
 */

#include <stdbool.h>
#include <stdint.h>

struct error;
struct graph;
struct oid;
enum outcome;

#define NAMED_DIGITS 4 /* of an id, at least */

/* Could it be the beginning of an id? */
bool named_is_id(const char *word);

/*
 * The commit of the graph whose id begins with this.  ERROR_INPUT where there
 * is none, or more than one.
 */
int named_commit(const struct graph *graph, const char *digits, struct oid *oid,
		 struct error *err);

/* False where it is no COMMIT#RUN.  *commit, as it was written, is the
   caller's to free. */
bool named_split(const char *word, char **commit, int64_t *run);

/* The same; ERROR_USAGE where it is none. */
int named_run(const char *word, char **commit, int64_t *run, struct error *err);

/* ERROR_USAGE, with those that there are. */
int named_outcome(const char *word, enum outcome *outcome, struct error *err);

#endif
