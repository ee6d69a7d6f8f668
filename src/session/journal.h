/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_JOURNAL_H
#define SESSION_JOURNAL_H

/*
 * The journal of a session: its events and commits in one SQLite file.
 *
 * Events are appended, never changed: the database itself refuses anything
 * else.  What is told of commits goes in and out by journal_commits.
 *
 * The journal knows no rules of bisection; what fits is the engine's
 * business.
 *
 * Everything that reads or writes is done inside a transaction; appending
 * inside a writing one.
 */

#include <stdint.h>

struct error;
struct event;
struct journal;

/*
 * Make the file, or fail and leave nothing.  repository may be NULL.
 * ERROR_STATE when there is a file at path.
 */
int journal_create(const char *path, const char *repository, int64_t created,
		   struct error *err);

/* Take one that was just created away again. */
void journal_remove(const char *path);

/* As store_open: ERROR_STORE with a sentence for whatever is wrong. */
int journal_open(const char *path, struct journal **out, struct error *err);
void journal_close(struct journal *journal);

const char *journal_repository(const struct journal *journal); /* or NULL */

/* Every begin is ended by commit or rollback; a commit that fails has. */
int journal_begin_read(struct journal *journal, struct error *err);
int journal_begin_write(struct journal *journal, struct error *err);
int journal_commit(struct journal *journal, struct error *err);
void journal_rollback(struct journal *journal);

/*
 * A number that changes when another connection has written; -1 when it
 * cannot be read.  Cheap, and needs no transaction.
 */
int64_t journal_version(struct journal *journal);

/* event->seq must be the next number. */
int journal_append(struct journal *journal, const struct event *event,
		   struct error *err);

/*
 * The event with this number, on the heap; NULL when the journal ends before
 * it.  ERROR_STORE when it is missing from the middle or makes no sense.
 */
int journal_event(struct journal *journal, int64_t seq, struct event **out,
		  struct error *err);

#endif
