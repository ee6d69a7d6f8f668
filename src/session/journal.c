/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/journal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "engine/commit.h"
#include "engine/event.h"
#include "engine/graph.h"
#include "session/shape.h"
#include "session/store.h"

#define FEW_PARENTS  4
#define OID_HEX_MIN  40
#define RESERVE_MOST 2000000 /* what a made-up number may cost */

/*
 * Text is stored byte by byte as it came: SQLite does not look at it.  A
 * column that says nothing of an event is NULL.
 *
 * The trigger on INSERT also keeps INSERT OR REPLACE from changing an event,
 * which the one on DELETE does not see.
 */
/* clang-format off */
static const char schema[] =
	"CREATE TABLE meta ("
	" name TEXT PRIMARY KEY NOT NULL,"
	" value TEXT"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE events ("
	" seq INTEGER PRIMARY KEY,"
	" at INTEGER NOT NULL," /* milliseconds since 1970 */
	" kind TEXT NOT NULL,"
	" actor TEXT NOT NULL,"
	" who TEXT,"
	" commit_id TEXT,"
	" other_id TEXT,"
	" number INTEGER,"
	" outcome TEXT,"
	" verdict TEXT,"
	" build TEXT,"
	" fix INTEGER,"
	" first_parent INTEGER,"
	" exit_status INTEGER,"
	" duration_ms INTEGER,"
	" policy TEXT,"
	" title TEXT,"
	" signature TEXT,"
	" text TEXT"
	") STRICT;"
	"CREATE TRIGGER events_append BEFORE INSERT ON events"
	" WHEN NEW.seq IS NOT"
	"  (SELECT coalesce(max(seq), 0) + 1 FROM events)"
	" BEGIN SELECT RAISE(ABORT, 'events are only appended'); END;"
	"CREATE TRIGGER events_no_update BEFORE UPDATE ON events"
	" BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;"
	"CREATE TRIGGER events_no_delete BEFORE DELETE ON events"
	" BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;"
	"CREATE TABLE commits ("
	" number INTEGER PRIMARY KEY," /* 1, 2, 3...: the graph's plus 1 */
	" oid TEXT NOT NULL UNIQUE,"
	" named_by INTEGER NOT NULL,"  /* an event's seq */
	" expanded_by INTEGER,"	       /* likewise; NULL: by name only */
	" parents TEXT,"	       /* ids with a blank between them */
	" date INTEGER NOT NULL,"      /* seconds since 1970; 0: not known */
	" author_date INTEGER,"
	" author TEXT,"
	" subject TEXT"
	") STRICT;"
	"CREATE INDEX commits_expanded_later ON commits (expanded_by)"
	" WHERE expanded_by <> named_by;"
	"CREATE TRIGGER commits_expand_once BEFORE UPDATE ON commits"
	" WHEN OLD.expanded_by IS NOT NULL OR OLD.oid IS NOT NEW.oid"
	"  OR OLD.number IS NOT NEW.number"
	" BEGIN SELECT RAISE(ABORT, 'commits are never changed'); END;"
	"CREATE TRIGGER commits_no_delete BEFORE DELETE ON commits"
	" BEGIN SELECT RAISE(ABORT, 'commits are never removed'); END;";

/* The crashes of a run, which belong to its event. */
static const char crash_schema[] =
	"CREATE TABLE crashes ("
	" seq INTEGER NOT NULL,"
	" place INTEGER NOT NULL," /* 0, 1, 2... on the console */
	" title TEXT NOT NULL,"
	" type TEXT,"
	" frame TEXT,"
	" alts TEXT,"	   /* one a line, as are */
	" functions TEXT," /* the first of its stack */
	" corrupted INTEGER,"
	" PRIMARY KEY (seq, place)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TRIGGER crashes_append BEFORE INSERT ON crashes"
	" WHEN NEW.seq IS NOT (SELECT max(seq) FROM events)"
	"  OR NEW.place IS NOT"
	"  (SELECT count(*) FROM crashes WHERE seq = NEW.seq)"
	" BEGIN SELECT RAISE(ABORT, 'events are only appended'); END;"
	"CREATE TRIGGER crashes_no_update BEFORE UPDATE ON crashes"
	" BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;"
	"CREATE TRIGGER crashes_no_delete BEFORE DELETE ON crashes"
	" BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;";

/* How the time of a run was spent, and what was started for a build or run. */
static const char errand_schema[] =
	"CREATE TABLE phases ("
	" seq INTEGER PRIMARY KEY,"
	" boot_ms INTEGER,"
	" copy_ms INTEGER"
	") STRICT;"
	"CREATE TABLE errands ("
	" seq INTEGER NOT NULL,"
	" place INTEGER NOT NULL," /* 0, 1, 2... */
	" line TEXT NOT NULL,"
	" exit_status INTEGER NOT NULL," /* -1: it did not end by itself */
	" times INTEGER NOT NULL,"
	" duration_ms INTEGER NOT NULL,"
	" PRIMARY KEY (seq, place)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TRIGGER phases_append BEFORE INSERT ON phases"
	" WHEN NEW.seq IS NOT (SELECT max(seq) FROM events)"
	"  OR EXISTS (SELECT 1 FROM phases WHERE seq = NEW.seq)"
	" BEGIN SELECT RAISE(ABORT, 'events are only appended'); END;"
	"CREATE TRIGGER phases_no_update BEFORE UPDATE ON phases"
	" BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;"
	"CREATE TRIGGER phases_no_delete BEFORE DELETE ON phases"
	" BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;"
	"CREATE TRIGGER errands_append BEFORE INSERT ON errands"
	" WHEN NEW.seq IS NOT (SELECT max(seq) FROM events)"
	"  OR NEW.place IS NOT"
	"  (SELECT count(*) FROM errands WHERE seq = NEW.seq)"
	" BEGIN SELECT RAISE(ABORT, 'events are only appended'); END;"
	"CREATE TRIGGER errands_no_update BEFORE UPDATE ON errands"
	" BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;"
	"CREATE TRIGGER errands_no_delete BEFORE DELETE ON errands"
	" BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;";
/* clang-format on */

/*
 * What foreign logs say; a new session gets it in the same way as an older
 * one, so that their tables are the same ones.
 */
static const char said_schema[] = "ALTER TABLE events ADD COLUMN steps INTEGER;"
				  "ALTER TABLE events ADD COLUMN wording TEXT;";

/*
 * What a range event told of history, packed (session/shape.h); what the rows
 * of commits say as well, so it may be missing.
 */
static const char shape_schema[] =
	"CREATE TABLE shapes ("
	" seq INTEGER PRIMARY KEY,"
	" bytes BLOB NOT NULL"
	") STRICT;"
	"CREATE TRIGGER shapes_append BEFORE INSERT ON shapes"
	" WHEN NEW.seq IS NOT (SELECT max(seq) FROM events)"
	" BEGIN SELECT RAISE(ABORT, 'shapes are only appended'); END;"
	"CREATE TRIGGER shapes_no_update BEFORE UPDATE ON shapes"
	" BEGIN SELECT RAISE(ABORT, 'shapes are never changed'); END;"
	"CREATE TRIGGER shapes_no_delete BEFORE DELETE ON shapes"
	" BEGIN SELECT RAISE(ABORT, 'shapes are never removed'); END;";

static const char *const upgrades[STORE_VERSION] = {
	[1] = crash_schema,
	[3] = errand_schema,
	[4] = said_schema,
	[6] = shape_schema,
};

enum sql {
	SQL_VERSION,
	SQL_META,
	SQL_SET_META,
	SQL_APPEND,
	SQL_EVENT,
	SQL_EVENT_BEFORE_5,
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
	[SQL_EVENT_BEFORE_5] =
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

static struct row row_begin(struct journal *journal, enum sql which)
{
	sqlite3_stmt **statement = &journal->statements[which];

	if (!*statement)
		sqlite3_prepare_v3(journal->store->db, sql[which], -1,
				   SQLITE_PREPARE_PERSISTENT, statement, NULL);
	return (struct row){ journal, *statement, 0, !*statement };
}

/* 1: there is a row, 0: there is none (any more), -1 and err. */
static int row_next(struct row *row, const char *doing, struct error *err)
{
	int code = row->bad ? SQLITE_ERROR : sqlite3_step(row->statement);

	row->column = 0;
	if (code == SQLITE_ROW)
		return 1;
	if (code == SQLITE_DONE)
		return 0;
	return store_failed(row->journal->store, doing, err);
}

static void row_end(struct row *row)
{
	if (!row->statement)
		return;
	sqlite3_reset(row->statement);
	sqlite3_clear_bindings(row->statement);
}

/* For what gives no rows. */
static int row_write(struct row *row, struct error *err)
{
	int ret = row_next(row, "write", err);

	row_end(row);
	return ret;
}

/* The text is borrowed until row_end. */
static void put_text(struct row *row, const char *text)
{
	row->column++;
	if (!row->bad && text)
		row->bad =
			sqlite3_bind_text64(row->statement, row->column, text,
					    strlen(text), SQLITE_STATIC,
					    SQLITE_UTF8) != SQLITE_OK;
}

static void put_oid(struct row *row, const struct oid *oid)
{
	put_text(row, oid_is_none(oid) ? NULL : oid->hex);
}

static void put_number(struct row *row, int64_t number)
{
	row->column++;
	if (!row->bad)
		row->bad = sqlite3_bind_int64(row->statement, row->column,
					      number) != SQLITE_OK;
}

/* Zero is not worth a value, unless this kind of event speaks of it. */
static void put_some(struct row *row, int64_t number, bool always)
{
	if (number || always)
		put_number(row, number);
	else
		put_text(row, NULL);
}

static const char *peek_text(struct row *row)
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

static char *get_text(struct row *row)
{
	return xstrdup_null(peek_text(row));
}

static void get_oid(struct row *row, struct oid *oid)
{
	const char *text = peek_text(row);

	if (text && !oid_parse(oid, text))
		row->bad = true;
}

static int64_t get_number(struct row *row)
{
	return sqlite3_column_int64(row->statement, row->column++);
}

/* The file itself. */

static int set_meta(struct journal *journal, const char *name,
		    const char *value, struct error *err)
{
	struct row row = row_begin(journal, SQL_SET_META);

	put_text(&row, name);
	put_text(&row, value);
	return row_write(&row, err);
}

static int fill_new(struct journal *journal, const char *repository,
		    int64_t created, struct error *err)
{
	char number[32];

	if (store_begin_write(journal->store, err) < 0 ||
	    store_run(journal->store, schema, err) < 0 ||
	    store_run(journal->store, crash_schema, err) < 0 ||
	    store_run(journal->store, errand_schema, err) < 0 ||
	    store_run(journal->store, said_schema, err) < 0 ||
	    store_run(journal->store, shape_schema, err) < 0)
		return -1;
	snprintf(number, sizeof(number), "%d", STORE_VERSION);
	if (set_meta(journal, "schema", number, err) < 0 ||
	    set_meta(journal, "repository", repository, err) < 0)
		return -1;
	snprintf(number, sizeof(number), "%" PRId64, created);
	if (set_meta(journal, "created", number, err) < 0)
		return -1;
	return store_commit(journal->store, err);
}

static void finalize_all(struct journal *journal)
{
	for (int i = 0; i < SQL_COUNT; i++) {
		sqlite3_finalize(journal->statements[i]);
		journal->statements[i] = NULL;
	}
}

int journal_create(const char *path, const char *repository, int64_t created,
		   struct error *err)
{
	struct journal journal = { 0 };
	int ret;

	if (store_new(path, &journal.store, err) < 0)
		return -1;
	ret = fill_new(&journal, repository, created, err);
	finalize_all(&journal);
	if (ret == 0)
		return store_publish(journal.store, err);
	store_close(journal.store);
	return -1;
}

static int read_repository(struct journal *journal, struct error *err)
{
	struct row row = row_begin(journal, SQL_META);
	int found;

	put_text(&row, "repository");
	found = row_next(&row, "read", err);
	if (found > 0)
		journal->repository = get_text(&row);
	row_end(&row);
	if (found == 0)
		return store_damaged(journal->store,
				     "its repository is not noted", err);
	return found < 0 ? -1 : 0;
}

int journal_open(const char *path, struct journal **out, struct error *err)
{
	struct journal *journal = xcalloc(1, sizeof(*journal));

	if (store_open(path, &journal->store, err) < 0 ||
	    store_upgrade(journal->store, upgrades, err) < 0 ||
	    read_repository(journal, err) < 0) {
		journal_close(journal);
		return -1;
	}
	*out = journal;
	return 0;
}

void journal_close(struct journal *journal)
{
	if (!journal)
		return;
	finalize_all(journal);
	store_close(journal->store);
	free(journal->repository);
	free(journal);
}

const char *journal_repository(const struct journal *journal)
{
	return journal->repository;
}

int journal_begin_read(struct journal *journal, struct error *err)
{
	return store_begin_read(journal->store, err);
}

int journal_begin_write(struct journal *journal, struct error *err)
{
	return store_begin_write(journal->store, err);
}

int journal_commit(struct journal *journal, struct error *err)
{
	return store_commit(journal->store, err);
}

void journal_rollback(struct journal *journal)
{
	store_rollback(journal->store);
}

int64_t journal_version(struct journal *journal)
{
	struct row row = row_begin(journal, SQL_VERSION);
	int64_t version = -1;

	if (row_next(&row, "read", NULL) > 0)
		version = get_number(&row);
	row_end(&row);
	return version;
}

/* Events. */

static int append_crash(struct journal *journal, int64_t seq, int place,
			const struct crash *crash, struct error *err)
{
	struct row row = row_begin(journal, SQL_APPEND_CRASH);
	char *alts = crash_join(crash->alts, crash->alt_count);
	char *near = crash_join(crash->near, crash->near_count);
	int ret;

	put_number(&row, seq);
	put_number(&row, place);
	put_text(&row, crash->title);
	put_text(&row, crash->type);
	put_text(&row, crash->frame);
	put_text(&row, alts);
	put_text(&row, near);
	put_some(&row, crash->corrupted, false);
	ret = row_write(&row, err);
	free(alts);
	free(near);
	return ret;
}

static int append_phases(struct journal *journal, const struct event *event,
			 struct error *err)
{
	struct row row;

	if (!event->boot_ms && !event->copy_ms)
		return 0;
	row = row_begin(journal, SQL_APPEND_PHASES);
	put_number(&row, event->seq);
	put_some(&row, event->boot_ms, false);
	put_some(&row, event->copy_ms, false);
	return row_write(&row, err);
}

static int append_errand(struct journal *journal, int64_t seq, int place,
			 const struct errand *errand, struct error *err)
{
	struct row row = row_begin(journal, SQL_APPEND_ERRAND);

	put_number(&row, seq);
	put_number(&row, place);
	put_text(&row, errand->line);
	put_number(&row, errand->exit_status);
	put_number(&row, errand->times);
	put_number(&row, errand->duration_ms);
	return row_write(&row, err);
}

/* What belongs to an event and stands in tables of its own. */
static int append_parts(struct journal *journal, const struct event *event,
			struct error *err)
{
	for (int i = 0; i < event->crash_count; i++)
		if (append_crash(journal, event->seq, i, &event->crashes[i],
				 err) < 0)
			return -1;
	for (int i = 0; i < event->errand_count; i++)
		if (append_errand(journal, event->seq, i, &event->errands[i],
				  err) < 0)
			return -1;
	return append_phases(journal, event, err);
}

int journal_append(struct journal *journal, const struct event *event,
		   struct error *err)
{
	struct row row = row_begin(journal, SQL_APPEND);
	bool is_run = event->kind == EVENT_RUN;
	bool is_build = event->kind == EVENT_BUILD;
	bool is_start = event->kind == EVENT_START;
	bool has_outcome = is_run || event->kind == EVENT_JUDGE;

	put_number(&row, event->seq);
	put_number(&row, event->at);
	put_text(&row, event_kind_name(event->kind));
	put_text(&row, actor_name(event->by));
	put_text(&row, event->who);
	put_oid(&row, &event->commit);
	put_oid(&row, &event->other);
	put_some(&row, event->number, false);
	put_text(&row, event->outcome || has_outcome
			       ? outcome_name(event->outcome)
			       : NULL);
	put_text(&row, event->verdict ? verdict_name(event->verdict) : NULL);
	put_text(&row, event->build || is_build
			       ? build_result_name(event->build)
			       : NULL);
	put_some(&row, event->fix, is_start);
	put_some(&row, event->first_parent, is_start);
	put_some(&row, event->exit_status, is_run);
	put_some(&row, event->duration_ms, is_run || is_build);
	put_text(&row, event->policy);
	put_text(&row, event->title);
	put_text(&row, event->signature);
	put_text(&row, event->text);
	put_some(&row, event->steps, false);
	put_text(&row, event->wording);
	if (row_write(&row, err) < 0)
		return -1;
	return append_parts(journal, event, err);
}

/* A column of words: NULL stands for the first one. */
#define GET_WORD(row, word, parse)                  \
	do {                                        \
		const char *text_ = peek_text(row); \
		if (text_ && !parse(word, text_))   \
			(row)->bad = true;          \
	} while (0)

/* What follows kind and actor, in the order of SQL_EVENT. */
static void get_event(struct row *row, struct event *event)
{
	event->who = get_text(row);
	get_oid(row, &event->commit);
	get_oid(row, &event->other);
	event->number = get_number(row);
	GET_WORD(row, &event->outcome, outcome_parse);
	GET_WORD(row, &event->verdict, verdict_parse);
	GET_WORD(row, &event->build, build_result_parse);
	event->fix = get_number(row) != 0;
	event->first_parent = get_number(row) != 0;
	event->exit_status = (int)get_number(row);
	event->duration_ms = get_number(row);
	event->policy = get_text(row);
	event->title = get_text(row);
	event->signature = get_text(row);
	event->text = get_text(row);
	event->steps = (int)get_number(row);
	event->wording = get_text(row);
}

static void get_crash(struct row *row, struct crash *crash)
{
	char *title = get_text(row);

	crash->title = title ? title : xstrdup("");
	row->bad |= !*crash->title;
	crash->type = get_text(row);
	crash->frame = get_text(row);
	crash->alts = crash_split(peek_text(row), &crash->alt_count);
	crash->near = crash_split(peek_text(row), &crash->near_count);
	crash->corrupted = get_number(row) != 0;
}

/* The crashes of a run; a read-only session of format 1 has none. */
static int get_crashes(struct journal *journal, struct event *event,
		       struct error *err)
{
	struct row row;
	size_t room = 0;
	int found;

	if (event->kind != EVENT_RUN || journal->store->version < 2)
		return 0;
	row = row_begin(journal, SQL_CRASHES);
	put_number(&row, event->seq);
	while ((found = row_next(&row, "read", err)) > 0 &&
	       event->crash_count < CRASHES_MAX) {
		array_grow(event->crashes, (size_t)event->crash_count + 1,
			   &room);
		get_crash(&row, &event->crashes[event->crash_count++]);
		if (row.bad) {
			found = store_damaged(journal->store,
					      "a crash makes no sense", err);
			break;
		}
	}
	row_end(&row);
	return found < 0 ? -1 : 0;
}

static int get_phases(struct journal *journal, struct event *event,
		      struct error *err)
{
	struct row row = row_begin(journal, SQL_PHASES);
	int found;

	put_number(&row, event->seq);
	found = row_next(&row, "read", err);
	if (found > 0) {
		event->boot_ms = get_number(&row);
		event->copy_ms = get_number(&row);
	}
	row_end(&row);
	return found < 0 ? -1 : 0;
}

static int get_errands(struct journal *journal, struct event *event,
		       struct error *err)
{
	struct row row = row_begin(journal, SQL_ERRANDS);
	struct errand errand;
	size_t room = 0;
	int found;

	put_number(&row, event->seq);
	while ((found = row_next(&row, "read", err)) > 0 &&
	       event->errand_count < ERRANDS_MAX) {
		errand.line = get_text(&row);
		errand.exit_status = (int)get_number(&row);
		errand.times = (int)get_number(&row);
		errand.duration_ms = get_number(&row);
		if (!errand.line) {
			found = store_damaged(journal->store,
					      "a command makes no sense", err);
			break;
		}
		array_grow(event->errands, (size_t)event->errand_count + 1,
			   &room);
		event->errands[event->errand_count++] = errand;
	}
	row_end(&row);
	return found < 0 ? -1 : 0;
}

/* A read-only session of an older format has none. */
static int get_parts(struct journal *journal, struct event *event,
		     struct error *err)
{
	bool is_run = event->kind == EVENT_RUN;

	if (get_crashes(journal, event, err) < 0)
		return -1;
	if ((!is_run && event->kind != EVENT_BUILD) ||
	    journal->store->version < 4)
		return 0;
	if (is_run && get_phases(journal, event, err) < 0)
		return -1;
	return get_errands(journal, event, err);
}

int journal_event(struct journal *journal, int64_t seq, struct event **out,
		  struct error *err)
{
	struct row row = row_begin(journal, journal->store->version < 5
						    ? SQL_EVENT_BEFORE_5
						    : SQL_EVENT);
	struct event *event = NULL;
	const char *wrong = NULL;
	int found;

	put_number(&row, seq);
	found = row_next(&row, "read", err);
	if (found > 0) {
		event = xcalloc(1, sizeof(*event));
		event->seq = get_number(&row);
		event->at = get_number(&row);
		GET_WORD(&row, &event->kind, event_kind_parse);
		GET_WORD(&row, &event->by, actor_parse);
		get_event(&row, event);
		if (event->seq != seq)
			wrong = "is missing";
		else if (row.bad)
			wrong = "makes no sense";
	}
	row_end(&row);
	if (wrong) {
		char what[96];

		snprintf(what, sizeof(what), "event %" PRId64 " %s", seq,
			 wrong);
		event_free(event);
		found = store_damaged(journal->store, what, err);
	}
	if (found < 0)
		return -1;
	if (event && get_parts(journal, event, err) < 0) {
		event_free(event);
		return -1;
	}
	*out = event;
	return 0;
}

/* Commits. */

int journal_store_commit(struct journal *journal,
			 const struct commit_record *commit, int64_t seq,
			 struct error *err)
{
	struct row row = row_begin(journal, SQL_STORE_COMMIT);
	struct buf parents;
	int ret;

	buf_init(&parents, 0);
	for (int i = 0; commit->expanded && i < commit->parent_count; i++)
		buf_printf(&parents, "%s%s", i ? " " : "",
			   commit->parents[i].hex);
	put_oid(&row, &commit->oid);
	put_number(&row, seq);
	put_some(&row, commit->expanded ? seq : 0, false);
	put_text(&row, commit->expanded ? parents.text : NULL);
	put_number(&row, commit->date);
	put_some(&row, commit->author_date, false);
	put_text(&row, commit->author);
	put_text(&row, commit->subject);
	ret = row_write(&row, err);
	buf_release(&parents);
	return ret;
}

int journal_name_commit(struct journal *journal, const struct oid *oid,
			int64_t seq, struct error *err)
{
	struct row row = row_begin(journal, SQL_NAME_COMMIT);

	put_oid(&row, oid);
	put_number(&row, seq);
	return row_write(&row, err);
}

/*
 * Ids come in no order, so their index is written all over: with the pages of
 * it in memory a million commits take minutes less.
 */
void journal_spread(struct journal *journal, bool wide)
{
	sqlite3_exec(journal->store->db,
		     wide ? "PRAGMA cache_size = -131072"
			  : "PRAGMA cache_size = -2000",
		     NULL, NULL, NULL);
	if (!wide)
		sqlite3_db_release_memory(journal->store->db);
}

/* The columns of the two statements are the same, in the same order. */
static int copy_row(struct journal *journal, struct row *known,
		    struct error *err)
{
	struct row copy = row_begin(journal, SQL_COPY_COMMIT);
	int columns = sqlite3_column_count(known->statement);

	for (int i = 0; i < columns && !copy.bad; i++)
		copy.bad = sqlite3_bind_value(
				   copy.statement, i + 1,
				   sqlite3_column_value(known->statement, i)) !=
			   SQLITE_OK;
	return row_write(&copy, err);
}

int journal_copy_commits(struct journal *journal, struct journal *from,
			 int64_t seq, struct error *err)
{
	struct row known = row_begin(from, SQL_KNOWN_COMMITS);
	int found;

	put_number(&known, seq);
	while ((found = row_next(&known, "read", err)) > 0) {
		if (copy_row(journal, &known, err) < 0) {
			found = -1;
			break;
		}
	}
	row_end(&known);
	return found;
}

int journal_count_commits(struct journal *journal, int64_t *out,
			  struct error *err)
{
	struct row row = row_begin(journal, SQL_COUNT_COMMITS);
	int found = row_next(&row, "read", err);

	if (found > 0)
		*out = get_number(&row);
	row_end(&row);
	return found > 0 ? 0 : -1;
}

/*
 * The parents as they stand in the journal, ids with a blank between them;
 * all are known by now.  What is no id is not found.
 */
static int expand(struct journal *journal, int commit, const char *ids,
		  struct graph *graph, struct error *err)
{
	int few[FEW_PARENTS], *parents = few, count = 0, ret = 0;
	size_t most = strlen(ids) / OID_HEX_MIN + 1;

	if (most > FEW_PARENTS)
		parents = xmalloc(most * sizeof(*parents));
	while (*ids && ret == 0) {
		size_t length = strcspn(ids, " ");
		int parent = -1;
		struct oid oid;

		if (length >= OID_HEX_MIN && length <= OID_HEX_MAX) {
			memcpy(oid.hex, ids, length);
			oid.hex[length] = '\0';
			parent = graph_find(graph, &oid);
		}
		if (parent < 0)
			ret = store_damaged(journal->store,
					    "a commit's parent is missing",
					    err);
		else
			parents[count++] = parent;
		ids += length + (ids[length] == ' ');
	}
	if (ret == 0)
		graph_expand(graph, commit, parents, count);
	if (parents != few)
		free(parents);
	return ret;
}

static int add_named(struct journal *journal, struct row *row, int64_t number,
		     struct graph *graph, struct error *err)
{
	struct oid oid = { "" };
	int64_t date;

	get_oid(row, &oid);
	date = get_number(row);
	if (row->bad || oid_is_none(&oid))
		return store_damaged(journal->store,
				     "a commit's id makes no sense", err);
	if (number != (int64_t)graph_count(graph) + 1 ||
	    graph_add(graph, &oid, date) != number - 1)
		return store_damaged(journal->store, "a commit is missing",
				     err);
	return 0;
}

/* Names first: a parent may come after its child. */
static int grow_names(struct journal *journal, int64_t seq, struct graph *graph,
		      struct error *err)
{
	struct row row = row_begin(journal, SQL_NAMED);
	int found;

	put_number(&row, graph_count(graph));
	while ((found = row_next(&row, "read", err)) > 0) {
		int64_t number = get_number(&row);

		if (sqlite3_column_int64(row.statement, 3) != seq) {
			found = 0;
			break;
		}
		found = add_named(journal, &row, number, graph, err);
		if (found < 0)
			break;
	}
	row_end(&row);
	return found;
}

static int grow_parents(struct row *row, int64_t seq, struct graph *graph,
			bool *redated, struct error *err)
{
	int found;

	while ((found = row_next(row, "read", err)) > 0) {
		int64_t number = get_number(row), date = get_number(row);
		const char *ids = peek_text(row);
		int commit = (int)number - 1;

		if (number < 1)
			return store_damaged(row->journal->store,
					     "a commit's number makes no sense",
					     err);
		if (number > graph_count(graph))
			return 0;
		if (get_number(row) != seq)
			continue;
		if (expand(row->journal, commit, ids ? ids : "", graph, err) <
		    0)
			return -1;
		if (graph_date(graph, commit) != date)
			*redated = true;
	}
	return found;
}

/* From the rows: what is new, and the parents of that. */
static int grow_by_rows(struct journal *journal, int64_t seq,
			struct graph *graph, bool *redated, struct error *err)
{
	int ret, before = graph_count(graph);
	struct row row;

	if (grow_names(journal, seq, graph, err) < 0)
		return -1;
	row = row_begin(journal, SQL_EXPANDED);
	put_number(&row, before);
	ret = grow_parents(&row, seq, graph, redated, err);
	row_end(&row);
	return ret;
}

/* 1: done, 0: there is no shape of this event, -1 */
static int grow_by_shape(struct journal *journal, int64_t seq,
			 struct graph *graph, struct error *err)
{
	struct error said = ERROR_INIT;
	struct row row;
	int found;

	row = row_begin(journal, SQL_SHAPE);
	if (!row.statement) /* a read-only session of an older format */
		return 0;
	put_number(&row, seq);
	found = row_next(&row, "read", err);
	if (found > 0 &&
	    shape_read(sqlite3_column_blob(row.statement, 0),
		       (size_t)sqlite3_column_bytes(row.statement, 0), graph,
		       &said) < 0)
		found = store_damaged(journal->store, said.text, err);
	row_end(&row);
	return found;
}

int journal_store_shape(struct journal *journal, int64_t seq,
			const struct graph *graph, int first, struct error *err)
{
	struct buf bytes;
	struct row row;
	int ret = 0;

	buf_init(&bytes, 0);
	if (shape_write(&bytes, graph, first)) {
		row = row_begin(journal, SQL_STORE_SHAPE);
		put_number(&row, seq);
		if (row.statement && !row.bad)
			row.bad =
				sqlite3_bind_blob64(row.statement, 2,
						    bytes.text, bytes.length,
						    SQLITE_STATIC) != SQLITE_OK;
		if (row.statement)
			ret = row_write(&row, err);
	}
	buf_release(&bytes);
	return ret;
}

int journal_grow(struct journal *journal, int64_t seq, struct graph *graph,
		 bool *redated, struct error *err)
{
	int64_t count;
	struct row row;
	int ret;

	if (journal_count_commits(journal, &count, err) < 0)
		return -1;
	graph_reserve(graph, count < RESERVE_MOST ? (int)count : RESERVE_MOST);
	ret = grow_by_shape(journal, seq, graph, err);
	if (ret == 0)
		ret = grow_by_rows(journal, seq, graph, redated, err);
	if (ret < 0)
		return -1;
	row = row_begin(journal, SQL_EXPANDED_LATER);
	put_number(&row, seq);
	ret = grow_parents(&row, seq, graph, redated, err);
	row_end(&row);
	/* a file may come from anybody, and who walks on a circle never ends */
	if (ret == 0 && graph_has_circle(graph))
		ret = store_damaged(journal->store,
				    "a commit is its own ancestor", err);
	return ret;
}

static char *text_or_empty(char *text)
{
	return text ? text : xstrdup("");
}

int journal_tell(struct journal *journal, int first, int count,
		 struct commit_told *out, struct error *err)
{
	struct row row = row_begin(journal, SQL_TELL);
	int found = 1, done = 0;

	put_number(&row, (int64_t)first + 1);
	put_number(&row, (int64_t)first + count);
	while (done < count && (found = row_next(&row, "read", err)) > 0) {
		struct commit_told *told = &out[done++];

		told->author = text_or_empty(get_text(&row));
		told->subject = text_or_empty(get_text(&row));
		told->author_date = get_number(&row);
	}
	row_end(&row);
	if (done == count)
		return 0;
	while (done-- > 0) {
		free(out[done].author);
		free(out[done].subject);
	}
	return found < 0 ? -1
			 : store_damaged(journal->store, "a commit is missing",
					 err);
}
