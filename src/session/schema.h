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

/* In a writing transaction, in a store that is empty. */
int schema_create(struct store *store, struct error *err);

/* As store_upgrade. */
int schema_upgrade(struct store *store, struct error *err);

#endif
