/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A journal that somebody has worked on: a session with an event of each kind,
 * of which the bytes change values, add rows and take some away, past all
 * triggers.  It is refused in a sentence, or can be told.
 *
 * An order of the bytes: what is done, to which row, in which column, the kind
 * of the value and its length, then the value.
 */
#include <sqlite3.h>

#include "base/error.h"
#include "engine/event.h"
#include "tests/fuzz/told.h"
#include "tests/unit/scratch.h"

static char *scratch;
static char *journal; /* the file as it was made */
static size_t journal_length;

static void clear(void)
{
	scratch_remove(scratch);
	free(journal);
}

static struct oid id(int letter)
{
	struct oid oid = { "" };

	memset(oid.hex, letter, 40);
	return oid;
}

static void fill(struct session *session)
{
	static char policy[] = "syzkaller", title[] = "BUG: bad thing in foo";
	static char text[] = "why", who[] = "me@here", sum[] = "signature";
	struct commit_record commits[6];
	struct oid parents[6];
	struct crash crash = { .title = title };
	struct errand errand = { .line = text, .times = 1 };
	struct error err = ERROR_INIT;

	for (int i = 0; i < 6; i++) {
		parents[i] = id('a' + i - 1);
		commits[i] = (struct commit_record){
			.oid = id('a' + i),
			.expanded = true,
			.parents = &parents[i],
			.parent_count = i > 0,
			.date = i * 100,
			.author = "A U Thor <a@u>",
			.subject = "told",
		};
	}
	need(session_store_commits(session, commits, 6, &err) == 0);
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		struct event event = {
			.kind = (enum event_kind)kind,
			.by = kind == EVENT_START ? BY_START : BY_PERSON,
			.who = who,
			.commit = id('a' + kind % 6),
			.number = 1,
			.outcome = OUTCOME_CRASHED,
			.verdict = kind % 2 ? VERDICT_GOOD : VERDICT_BAD,
			.policy = policy,
			.title = title,
			.signature = sum,
			.text = text,
		};

		if (kind == EVENT_RUN) {
			event.crashes = &crash;
			event.crash_count = 1;
			event.errands = &errand;
			event.errand_count = 1;
		}
		/* what does not fit is left out */
		session_append(session, &event, 1, &err);
	}
	for (int i = 0; i < 6; i += 5) {
		struct event event = { .kind = EVENT_VERDICT,
				       .by = BY_PERSON,
				       .commit = id('a' + i),
				       .verdict =
					       i ? VERDICT_BAD : VERDICT_GOOD };

		session_append(session, &event, 1, &err);
	}
	need(session_event_count(session) > 8);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct error err = ERROR_INIT;
	struct session *session;
	char *dir, *path;

	(void)argc;
	(void)argv;
	scratch = scratch_make();
	atexit(clear);
	dir = xasprintf("%s/session", scratch);
	path = xasprintf("%s/session.db", dir);
	need(session_create(dir, NULL, &session, &err) == 0);
	fill(session);
	session_close(session);
	journal = fuzz_load(path, &journal_length);
	free(path);
	free(dir);
	return 0;
}

static const char *const tables[] = { "events", "commits", "meta",  "crashes",
				      "phases", "errands", "shapes" };

enum { TABLES = sizeof(tables) / sizeof(*tables) };

static void run(sqlite3 *db, const char *sql)
{
	sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* The name of the n-th column, on the heap. */
static char *column(sqlite3 *db, const char *table, int n)
{
	char *sql = sqlite3_mprintf("SELECT * FROM %s", table), *name;
	sqlite3_stmt *row;

	need(sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK);
	n %= sqlite3_column_count(row);
	name = sqlite3_mprintf("%s", sqlite3_column_name(row, n));
	sqlite3_finalize(row);
	sqlite3_free(sql);
	return name;
}

static void bind(sqlite3_stmt *row, int kind, const uint8_t *bytes,
		 size_t length)
{
	int64_t number = 0;

	switch (kind % 4) {
	case 0:
		for (size_t i = 0; i < length && i < 8; i++)
			number = (int64_t)((uint64_t)number << 8 | bytes[i]);
		sqlite3_bind_int64(row, 1, number);
		break;
	case 1:
		sqlite3_bind_blob(row, 1, bytes, (int)length, SQLITE_STATIC);
		break;
	case 2:
		sqlite3_bind_text(row, 1, (const char *)bytes, (int)length,
				  SQLITE_STATIC);
		break;
	default:
		sqlite3_bind_null(row, 1);
	}
}

static void order(sqlite3 *db, const uint8_t *data, const uint8_t *value,
		  size_t length)
{
	const char *table = tables[(data[0] >> 2) % TABLES];
	char *name = column(db, table, data[2]), *sql;
	sqlite3_stmt *row;
	int at = data[1] % 40;

	switch (data[0] & 3) {
	case 0:
		sql = sqlite3_mprintf("DELETE FROM %s WHERE ?1 IS ?1 AND"
				      " %s IN (SELECT %s FROM %s LIMIT 1"
				      " OFFSET %d)",
				      table, name, name, table, at);
		break;
	case 1:
		sql = sqlite3_mprintf("INSERT INTO events (seq, at, kind,"
				      " actor, commit_id, %s) SELECT"
				      " max(seq) + 1, 7, (SELECT kind FROM"
				      " events WHERE seq = %d), 'person',"
				      " (SELECT commit_id FROM events WHERE"
				      " seq = %d), ?1 FROM events",
				      name, at, data[2] % 40);
		break;
	default:
		sql = sqlite3_mprintf("UPDATE %s SET %s = ?1 WHERE %s IN"
				      " (SELECT %s FROM %s LIMIT 1 OFFSET %d)",
				      table, name, name, name, table, at);
	}
	if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK) {
		bind(row, data[3], value, length);
		sqlite3_step(row);
		sqlite3_finalize(row);
	}
	sqlite3_free(sql);
	sqlite3_free(name);
}

static void tamper(const char *path, const uint8_t *data, size_t size)
{
	sqlite3 *db;

	need(sqlite3_open(path, &db) == SQLITE_OK);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	run(db, "PRAGMA synchronous = OFF; BEGIN");
	for (size_t length; size > 5; data += length, size -= length) {
		length = data[4];
		if (length > size - 5)
			length = size - 5;
		order(db, data, data + 5, length);
		length += 5;
	}
	run(db, "COMMIT");
	sqlite3_close(db);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *dir = xasprintf("%s/session", scratch);
	char *path = xasprintf("%s/session.db", dir);
	struct error err = ERROR_INIT;
	struct session *session;

	fuzz_store(path, journal, journal_length);
	tamper(path, data, size);
	if (session_open(dir, &session, &err) == 0) {
		tell_all(session);
		session_close(session);
	} else {
		need(err.text[0]);
	}
	free(path);
	free(dir);
	return 0;
}
