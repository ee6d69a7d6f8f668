/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_SCHEMA_H
#define SESSION_SCHEMA_H

/*
 * The tables of a session's file, and the steps from each format to the next.
 *
 * A new session is made by the first format's tables and all steps, as an
 * older one is brought up to date, so that the tables of both are the same
 * ones.  What stands in them is the business of journal and row.
 */

struct error;
struct store;

/*
 * The formats that brought a table or a column; each has all that those before
 * it have.  The others brought kinds of events alone.
 */
enum {
	FORMAT_CRASHES = 2, /* of runs */
	FORMAT_ERRANDS = 4, /* what was started, and the phases of runs */
	FORMAT_SAID = 5,    /* what foreign logs say: steps and wording */
	FORMAT_SHAPES = 7,  /* of ranges */
};

/* In a writing transaction, in a store that is empty. */
int schema_create(struct store *store, struct error *err);

/* As store_upgrade. */
int schema_upgrade(struct store *store, struct error *err);

#endif
