/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/row.h"

#include <string.h>

#include "base/xalloc.h"
#include "engine/commit.h"
#include "session/store.h"

static const char *const sql[SQL_COUNT] = {
	[SQL_VERSION] = "PRAGMA data_version",
	[SQL_META] = "SELECT value FROM meta WHERE name = ?1",
	[SQL_SET_META] = "INSERT INTO meta (name, value) VALUES (?1, ?2)",
	[SQL_APPEND] =
		"INSERT INTO events (seq, at, kind, actor, who, commit_id,"
		" other_id, number, outcome, verdict, build, fix,"
		" first_parent, exit_status, duration_ms, policy, title,"
		" signature, text, steps, wording) VALUES (?1, ?2, ?3, ?4,"
		" ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
		" ?18, ?19, ?20, ?21)",
	[SQL_EVENT] =
		"SELECT seq, at, kind, actor, who, commit_id, other_id,"
		" number, outcome, verdict, build, fix, first_parent,"
		" exit_status, duration_ms, policy, title, signature, text,"
		" steps, wording"
		" FROM events WHERE seq >= ?1 ORDER BY seq LIMIT 1",
	[SQL_EVENT_UNSAID] =
		"SELECT seq, at, kind, actor, who, commit_id, other_id,"
		" number, outcome, verdict, build, fix, first_parent,"
		" exit_status, duration_ms, policy, title, signature, text,"
		" NULL, NULL"
		" FROM events WHERE seq >= ?1 ORDER BY seq LIMIT 1",
	[SQL_APPEND_CRASH] =
		"INSERT INTO crashes (seq, place, title, type, frame, alts,"
		" functions, corrupted) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
		" ?8)",
	[SQL_CRASHES] = "SELECT title, type, frame, alts, functions, corrupted"
			" FROM crashes WHERE seq = ?1 ORDER BY place",
	[SQL_APPEND_PHASES] = "INSERT INTO phases (seq, boot_ms, copy_ms) "
			      "VALUES (?1, ?2, ?3)",
	[SQL_PHASES] = "SELECT boot_ms, copy_ms FROM phases WHERE seq = ?1",
	[SQL_APPEND_ERRAND] =
		"INSERT INTO errands (seq, place, line, exit_status, times,"
		" duration_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[SQL_ERRANDS] = "SELECT line, exit_status, times, duration_ms"
			" FROM errands WHERE seq = ?1 ORDER BY place",
	[SQL_STORE_COMMIT] =
		"INSERT INTO commits (oid, named_by, expanded_by, parents,"
		" date, author_date, author, subject)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
		" ON CONFLICT (oid) DO UPDATE SET"
		" expanded_by = excluded.expanded_by,"
		" parents = excluded.parents,"
		" date = iif(date = 0, excluded.date, date),"
		" author_date = excluded.author_date,"
		" author = excluded.author,"
		" subject = excluded.subject"
		" WHERE expanded_by IS NULL AND"
		" excluded.expanded_by IS NOT NULL",
	[SQL_NAME_COMMIT] =
		"INSERT INTO commits (oid, named_by, date) VALUES (?1, ?2, 0)"
		" ON CONFLICT (oid) DO NOTHING",
	[SQL_KNOWN_COMMITS] =
		"SELECT number, oid, named_by,"
		" iif(expanded_by <= ?1, expanded_by, NULL),"
		" iif(expanded_by <= ?1, parents, NULL), date,"
		" author_date, author, subject"
		" FROM commits WHERE named_by <= ?1 ORDER BY number",
	[SQL_COPY_COMMIT] =
		"INSERT INTO commits (number, oid, named_by, expanded_by,"
		" parents, date, author_date, author, subject)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[SQL_COUNT_COMMITS] = "SELECT coalesce(max(number), 0) FROM commits",
	[SQL_NAMED] = "SELECT number, oid, date, named_by"
		      " FROM commits WHERE number > ?1 ORDER BY number",
	[SQL_EXPANDED] = "SELECT number, date, parents, expanded_by"
			 " FROM commits WHERE number > ?1 ORDER BY number",
	[SQL_EXPANDED_LATER] = "SELECT number, date, parents, expanded_by"
			       " FROM commits WHERE expanded_by = ?1"
			       " AND expanded_by <> named_by ORDER BY number",
	[SQL_TELL] = "SELECT author, subject, author_date FROM commits"
		     " WHERE number BETWEEN ?1 AND ?2 ORDER BY number",
	[SQL_SHAPE] = "SELECT bytes FROM shapes WHERE seq = ?1",
	[SQL_STORE_SHAPE] = "INSERT INTO shapes (seq, bytes) VALUES (?1, ?2)",
};

struct row row_begin(struct journal *journal, enum sql which)
{
	sqlite3_stmt **statement = &journal->statements[which];

	if (!*statement)
		sqlite3_prepare_v3(journal->store->db, sql[which], -1,
				   SQLITE_PREPARE_PERSISTENT, statement, NULL);
	return (struct row){ journal, *statement, 0, !*statement };
}

int row_next(struct row *row, const char *doing, struct error *err)
{
	int code = row->bad ? SQLITE_ERROR : sqlite3_step(row->statement);

	row->column = 0;
	if (code == SQLITE_ROW)
		return 1;
	if (code == SQLITE_DONE)
		return 0;
	return store_failed(row->journal->store, doing, err);
}

void row_end(struct row *row)
{
	if (!row->statement)
		return;
	sqlite3_reset(row->statement);
	sqlite3_clear_bindings(row->statement);
}

int row_write(struct row *row, struct error *err)
{
	int ret = row_next(row, "write", err);

	row_end(row);
	return ret;
}

void row_put_text(struct row *row, const char *text)
{
	row->column++;
	if (!row->bad && text)
		row->bad =
			sqlite3_bind_text64(row->statement, row->column, text,
					    strlen(text), SQLITE_STATIC,
					    SQLITE_UTF8) != SQLITE_OK;
}

void row_put_oid(struct row *row, const struct oid *oid)
{
	row_put_text(row, oid_is_none(oid) ? NULL : oid->hex);
}

void row_put_number(struct row *row, int64_t number)
{
	row->column++;
	if (!row->bad)
		row->bad = sqlite3_bind_int64(row->statement, row->column,
					      number) != SQLITE_OK;
}

void row_put_some(struct row *row, int64_t number, bool always)
{
	if (number || always)
		row_put_number(row, number);
	else
		row_put_text(row, NULL);
}

const char *row_peek_text(struct row *row)
{
	int column = row->column++;
	const void *text;

	if (sqlite3_column_type(row->statement, column) == SQLITE_NULL)
		return NULL;
	text = sqlite3_column_text(row->statement, column);
	if (!text)
		row->bad = true;
	return text;
}

char *row_text(struct row *row)
{
	return xstrdup_null(row_peek_text(row));
}

void row_oid(struct row *row, struct oid *oid)
{
	const char *text = row_peek_text(row);

	if (text && !oid_parse(oid, text))
		row->bad = true;
}

int64_t row_number(struct row *row)
{
	return sqlite3_column_int64(row->statement, row->column++);
}

void row_finalize_all(struct journal *journal)
{
	for (int i = 0; i < SQL_COUNT; i++) {
		sqlite3_finalize(journal->statements[i]);
		journal->statements[i] = NULL;
	}
}
