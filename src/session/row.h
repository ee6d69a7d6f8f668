/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_ROW_H
#define SESSION_ROW_H

/*
 * The journal's statements, and the rows that go in and come out of them,
 * column by column from the first one on.  It is the inside of the journal,
 * for journal and journal_commits alone, and knows no transactions.
 *
 *	row = row_begin(journal, SQL_...)
 *	row_put_...        what is asked for or stored: ?1, ?2...
 *	row_next           then row_text, row_number... of that row
 *	row_end
 *
 * What went wrong on the way is said by row_next, so nothing between needs to
 * be looked at.
 */

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct error;
struct oid;
struct store;

enum sql {
	SQL_VERSION,
	SQL_META,
	SQL_SET_META,
	SQL_APPEND,
	SQL_EVENT,
	SQL_EVENT_UNSAID, /* of a format before FORMAT_SAID */
	SQL_APPEND_CRASH,
	SQL_CRASHES,
	SQL_APPEND_PHASES,
	SQL_PHASES,
	SQL_APPEND_ERRAND,
	SQL_ERRANDS,
	SQL_STORE_COMMIT,
	SQL_NAME_COMMIT,
	SQL_KNOWN_COMMITS,
	SQL_COPY_COMMIT,
	SQL_COUNT_COMMITS,
	SQL_NAMED,
	SQL_EXPANDED,
	SQL_EXPANDED_LATER,
	SQL_TELL,
	SQL_SHAPE,
	SQL_STORE_SHAPE,
	SQL_COUNT,
};

struct journal {
	struct store *store;
	char *repository;
	sqlite3_stmt *statements[SQL_COUNT]; /* prepared at first use */
};

/* A statement under way, and the column that comes next. */
struct row {
	struct journal *journal;
	sqlite3_stmt *statement; /* NULL: it could not be prepared */
	int column;
	bool bad; /* a value could not be bound, or made no sense */
};

/* One of a kind at a time. */
struct row row_begin(struct journal *journal, enum sql which);
void row_end(struct row *row);

/*
 * doing: "read" or "write".  1: there is a row, 0: there is none (any more),
 * -1 and err.
 */
int row_next(struct row *row, const char *doing, struct error *err);

/* row_next and row_end, for what gives no rows. */
int row_write(struct row *row, struct error *err);

/* A text is borrowed until row_end. */
void row_put_text(struct row *row, const char *text); /* or NULL */
void row_put_oid(struct row *row, const struct oid *oid);
void row_put_number(struct row *row, int64_t number);

/* Zero is not worth a value, unless this kind of event speaks of it. */
void row_put_some(struct row *row, int64_t number, bool always);

/* What makes no sense makes the row bad. */
const char *row_peek_text(struct row *row); /* until the next; or NULL */
char *row_text(struct row *row);	    /* free() it; or NULL */
void row_oid(struct row *row, struct oid *oid);
int64_t row_number(struct row *row);

/* Before its store is closed. */
void row_finalize_all(struct journal *journal);

#endif
