/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * A session goes out as one file and comes in elsewhere; and what comes in
 * that is none.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "session/carry.h"
#include "tests/unit/files.h"
#include "tests/unit/session_world.h"

#define NOISE 300000 /* bytes that do not shrink */

static void write_file(const char *path, const char *bytes, size_t length)
{
	file_write(path, "we", bytes, length);
}

static void write_text(const char *path, const char *text)
{
	write_file(path, text, strlen(text));
}

static void holds(const char *path, const char *bytes, size_t length)
{
	char *there = xcalloc(1, length + 2);
	FILE *file = fopen(path, "re");

	assert_non_null(file);
	assert_int_equal(fread(there, 1, length + 1, file), length);
	assert_memory_equal(there, bytes, length);
	fclose(file);
	free(there);
}

static char *noise(void)
{
	char *bytes = xcalloc(1, NOISE);
	unsigned int seed = 1;

	for (size_t i = 0; i < NOISE; i++) {
		seed = seed * 1103515245 + 12345;
		bytes[i] = (char)(seed >> 16);
	}
	return bytes;
}

/* A session with a file of each kind. */
static void fill(struct world *world)
{
	struct oid c = id('c');
	char *path, *bytes = noise();

	begin(world);
	ok(append(world->session, verdict('c', VERDICT_GOOD), &world->err));
	path = session_build_log(world->session, &c);
	write_text(path, "CC init/main.o\nCC init/main.o\n");
	free(path);
	path = session_console(world->session, &c, 3);
	write_file(path, bytes, NOISE);
	free(path);
	path = session_output(world->session, &c, 3);
	write_text(path, "");
	free(path);
	path = session_settings(world->session);
	write_text(path, "test = \"rm -rf /\";\n");
	free(path);
	free(bytes);
}

static char *in(const struct world *world, const char *name)
{
	return xasprintf("%s/%s", world->folder, name);
}

static void a_session_comes_in_as_it_went_out(void **state)
{
	struct world *world = *state;
	char *file = in(world, "one.culprit"), *dir = in(world, "far/away");
	char *bytes = noise(), *path;
	struct oid c = id('c');
	struct stat st;

	fill(world);
	ok(carry_out(world->session, file, &world->err));
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(carry_is(file));
	ok(carry_in(file, dir, "/other/.git", &world->err));
	ok(session_open(dir, &world->other, &world->err));
	assert_same_state(world->session, world->other);
	assert_string_equal(session_repository(world->other), "/other/.git");
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	path = session_build_log(world->other, &c);
	holds(path, "CC init/main.o\nCC init/main.o\n", 30);
	free(path);
	path = session_console(world->other, &c, 3);
	holds(path, bytes, NOISE);
	free(path);
	path = session_output(world->other, &c, 3);
	holds(path, "", 0);
	free(path);
	/* and it goes on there */
	ok(note(world->other, 0, &world->err));
	free(bytes);
	free(file);
	free(dir);
}

static void what_it_would_run_waits_for_a_person(void **state)
{
	struct world *world = *state;
	char *file = in(world, "one"), *dir = in(world, "away");
	char *settings, *aside;

	fill(world);
	assert_null(carry_untrusted(world->session));
	ok(carry_out(world->session, file, &world->err));
	ok(carry_in(file, dir, NULL, &world->err));
	ok(session_open(dir, &world->other, &world->err));
	settings = session_settings(world->other);
	assert_int_equal(access(settings, F_OK), -1);
	aside = carry_untrusted(world->other);
	assert_non_null(aside);
	holds(aside, "test = \"rm -rf /\";\n", 19);
	ok(carry_trust(world->other, &world->err));
	holds(settings, "test = \"rm -rf /\";\n", 19);
	assert_null(carry_untrusted(world->other));
	free(settings);
	free(aside);
	free(file);
	free(dir);
}

static void nothing_is_written_over(void **state)
{
	struct world *world = *state;
	char *file = in(world, "one"), *dir = in(world, "away");

	fill(world);
	write_text(file, "mine");
	assert_int_equal(carry_out(world->session, file, &world->err), -1);
	assert_int_equal(world->err.code, ERROR_STATE);
	holds(file, "mine", 4);
	unlink(file);
	ok(carry_out(world->session, file, &world->err));
	ok(mkdir(dir, 0700));
	assert_int_equal(carry_in(file, dir, NULL, &world->err), -1);
	assert_int_equal(world->err.code, ERROR_STATE);
	assert_int_equal(rmdir(dir), 0);
	free(file);
	free(dir);
}

/* Refused, with a sentence that has this in it, and nothing is left. */
static void is_refused(struct world *world, const char *file, const char *why)
{
	char *dir = in(world, "away");
	struct stat st;

	if (carry_in(file, dir, NULL, &world->err) == 0)
		fail_msg("it was taken, and should not: %s", why);
	if (!strstr(world->err.text, why))
		fail_msg("'%s' is not in '%s'", why, world->err.text);
	assert_int_equal(stat(dir, &st), -1);
	free(dir);
	dir = xasprintf("test \"$(ls -A %s | grep -c away)\" = 0",
			world->folder);
	assert_int_equal(system(dir), 0);
	free(dir);
}

static void run_sql(const char *path, const char *sql)
{
	sqlite3 *db;
	char *why = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s", why);
	sqlite3_close(db);
}

#define CIRCLE "ffffffffffffffffffffffffffffffffffffffff"

/* An exported session that somebody has worked on with SQL. */
static void tampered(struct world *world, const char *sql, const char *why)
{
	char *file = in(world, "bad");

	ok(carry_out(world->session, file, &world->err));
	run_sql(file, sql);
	is_refused(world, file, why);
	unlink(file);
	free(file);
}

static void what_is_no_exported_session_is_refused(void **state)
{
	struct world *world = *state;
	char *file = in(world, "bad"), *journal;

	is_refused(world, file, "cannot read");
	write_text(file, "");
	is_refused(world, file, "is empty");
	write_text(file, "hello, world\nthis is no database at all\n");
	is_refused(world, file, "not a database");
	unlink(file);
	run_sql(file, "CREATE TABLE sqlar (name)");
	assert_false(carry_is(file));
	is_refused(world, file, "another program");
	fill(world);
	close_it(world);
	journal = xasprintf("%s/session.db", world->dir);
	assert_false(carry_is(journal));
	is_refused(world, journal, "is no session as culprit exports them");
	ok(session_open(world->dir, &world->session, &world->err));
	free(journal);
	free(file);
}

static void a_hostile_file_is_refused(void **state)
{
	struct world *world = *state;

	fill(world);
	tampered(world, "CREATE TABLE more (x)", "its tables are others");
	tampered(world,
		 "CREATE TRIGGER evil AFTER INSERT ON meta BEGIN"
		 " DELETE FROM meta; END",
		 "its tables are others");
	/* what would not end is not begun */
	tampered(world,
		 "CREATE TRIGGER evil BEFORE UPDATE ON meta BEGIN"
		 " SELECT count(*) FROM (WITH RECURSIVE n(x) AS (SELECT 1"
		 " UNION ALL SELECT x + 1 FROM n) SELECT x FROM n); END",
		 "its tables are others");
	tampered(world,
		 "CREATE INDEX evil ON meta (hex(zeroblob(length(name))))",
		 "its tables are others");
	tampered(world, "CREATE VIEW evil AS SELECT 1",
		 "its tables are others");
	tampered(world,
		 "DROP TABLE sqlar; CREATE TABLE sqlar (name, mode, mtime,"
		 " sz, data AS (zeroblob(sz)))",
		 "is no session as culprit exports them");
	tampered(world, "DROP TRIGGER events_no_update", "its tables");
	tampered(world,
		 "DROP TRIGGER events_no_update;"
		 " UPDATE events SET kind = 'nonsense' WHERE seq = 2",
		 "its tables");
	tampered(world, "DROP TABLE commits", "its tables");
	tampered(world,
		 "INSERT INTO events (seq, at, kind, actor)"
		 " SELECT max(seq) + 1, 0, 'nonsense', 'person'"
		 " FROM events",
		 "cannot import");
	tampered(world,
		 "INSERT INTO commits"
		 " (number, oid, named_by, expanded_by, parents, date)"
		 " SELECT max(number) + 1, '" CIRCLE "', e, e, '" CIRCLE "', 1"
		 " FROM commits, (SELECT max(seq) + 1 AS e FROM events);"
		 "INSERT INTO events (seq, at, kind, actor, number)"
		 " SELECT max(seq) + 1, 0, 'range', 'engine',"
		 " (SELECT count(*) FROM commits) FROM events",
		 "is its own ancestor");
	tampered(world, "UPDATE sqlar SET sz = 1 << 50 WHERE name LIKE 'b%'",
		 "claims to hold more");
	tampered(world, "UPDATE sqlar SET sz = -1 WHERE name LIKE 'b%'",
		 "claims to hold more");
	tampered(world, "UPDATE sqlar SET sz = sz + 1 WHERE name LIKE 'b%'",
		 "is damaged");
	tampered(world, "UPDATE sqlar SET sz = sz - 1 WHERE name LIKE 'b%'",
		 "is damaged");
	tampered(world,
		 "UPDATE sqlar SET data = x'00112233' WHERE name LIKE 'b%'",
		 "is damaged");
}

/* Names that lead elsewhere, or are no file of a session's, are left out. */
static void files_that_climb_out_are_left_there(void **state)
{
	static const char *const names[] = {
		"../evil",
		"/tmp/culprit-evil",
		"session.db",
		"lock",
		"session.db-wal",
		"imported.cfg",
		"builds/../../evil",
		"runs/xyz/1.console",
		"worktree/.git/hooks/post-checkout",
		"runs/cccccccccccccccccccccccccccccccccccccccc/../../evil",
		"runs/cccccccccccccccccccccccccccccccccccccccc/1.console/x",
		"builds/cccccccccccccccccccccccccccccccccccccccc.log/x",
		"builds/CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC.log",
		"",
	};
	struct world *world = *state;
	char *file = in(world, "bad"), *dir = in(world, "away"), *path;

	fill(world);
	ok(carry_out(world->session, file, &world->err));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *sql = xasprintf("INSERT INTO sqlar VALUES ('%s', 0, 0,"
				      " 4, 'evil')",
				      names[i]);

		run_sql(file, sql);
		free(sql);
	}
	ok(carry_in(file, dir, NULL, &world->err));
	assert_int_equal(access("/tmp/culprit-evil", F_OK), -1);
	path = xasprintf("test -z \"$(grep -rlx evil %s)\"", world->folder);
	assert_int_equal(system(path), 0);
	free(path);
	free(file);
	free(dir);
}

static void leave_again(struct world *world, const char *dir)
{
	session_close(world->other);
	world->other = NULL;
	scratch_remove(xstrdup(dir));
}

/* Wherever it is cut off or damaged, it is refused or whole. */
static void a_damaged_file_does_no_harm(void **state)
{
	struct world *world = *state;
	char *file = in(world, "one"), *cut = in(world, "cut");
	char *dir = in(world, "away"), *bytes;
	struct stat st;
	FILE *from;

	begin(world);
	ok(carry_out(world->session, file, &world->err));
	assert_int_equal(stat(file, &st), 0);
	bytes = xcalloc(1, (size_t)st.st_size);
	from = fopen(file, "re");
	assert_non_null(from);
	assert_int_equal(fread(bytes, 1, (size_t)st.st_size, from), st.st_size);
	fclose(from);
	for (off_t length = 1; length < st.st_size; length += 1021) {
		write_file(cut, bytes, (size_t)length);
		if (carry_in(cut, dir, NULL, &world->err) < 0)
			continue;
		ok(session_open(dir, &world->other, &world->err));
		assert_same_state(world->session, world->other);
		leave_again(world, dir);
	}
	for (off_t at = 0; at < st.st_size; at += 997) {
		bytes[at] ^= 0x55;
		write_file(cut, bytes, (size_t)st.st_size);
		bytes[at] ^= 0x55;
		if (carry_in(cut, dir, NULL, &world->err) < 0)
			continue;
		ok(session_open(dir, &world->other, &world->err));
		leave_again(world, dir);
	}
	assert_int_equal(access(dir, F_OK), -1);
	free(bytes);
	free(file);
	free(cut);
	free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_session_comes_in_as_it_went_out),
		TEST(what_it_would_run_waits_for_a_person),
		TEST(nothing_is_written_over),
		TEST(what_is_no_exported_session_is_refused),
		TEST(a_hostile_file_is_refused),
		TEST(files_that_climb_out_are_left_there),
		TEST(a_damaged_file_does_no_harm),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
