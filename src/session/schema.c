/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/schema.h"

#include <stddef.h>

#include "session/store.h"

/*
 * Text is stored byte by byte as it came: SQLite does not look at it.  A
 * column that says nothing of an event is NULL.
 *
 * The trigger on INSERT also keeps INSERT OR REPLACE from changing an event,
 * which the one on DELETE does not see.
 */
/* clang-format off */
static const char first_schema[] =
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

/* What foreign logs say. */
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

/* [n]: what makes a format n of the one before; NULL: no table is another. */
static const char *const upgrades[STORE_FORMAT + 1] = {
	[FORMAT_CRASHES] = crash_schema,
	[FORMAT_ERRANDS] = errand_schema,
	[FORMAT_SAID] = said_schema,
	[FORMAT_SHAPES] = shape_schema,
};

int schema_create(struct store *store, struct error *err)
{
	if (store_run(store, first_schema, err) < 0)
		return -1;
	for (int n = STORE_OLDEST + 1; n <= STORE_FORMAT; n++)
		if (upgrades[n] && store_run(store, upgrades[n], err) < 0)
			return -1;
	return 0;
}

int schema_upgrade(struct store *store, struct error *err)
{
	return store_upgrade(store, upgrades, err);
}
