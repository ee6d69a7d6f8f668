/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/commit.h"
#include "engine/event.h"
#include "engine/graph.h"
#include "session/journal.h"
#include "session/journal_commits.h"
#include "session/store.h"
#include "tests/unit/scratch.h"

#define LONG_TEXT 100000

struct world {
	char *folder;
	char *path;
	struct journal *journal;
	struct error err;
};

static int setup(void **state)
{
	struct world *world = xcalloc(1, sizeof(*world));

	world->folder = scratch_make();
	world->path = xasprintf("%s/session.db", world->folder);
	*state = world;
	if (journal_create(world->path, "/repo's \"path\"", 12345,
			   &world->err) < 0 ||
	    journal_open(world->path, &world->journal, &world->err) < 0) {
		print_message("%s\n", world->err.text);
		return -1;
	}
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	journal_close(world->journal);
	scratch_remove(world->folder);
	free(world->path);
	free(world);
	return 0;
}

#define ok(expression) assert_return_code((expression), 0)

/* The id that is this letter 40 times. */
static struct oid id(char letter)
{
	struct oid oid = { "" };

	memset(oid.hex, letter, 40);
	return oid;
}

static void append(struct world *world, const struct event *event)
{
	ok(journal_begin_write(world->journal, &world->err));
	ok(journal_append(world->journal, event, &world->err));
	ok(journal_commit(world->journal, &world->err));
}

static void reopen(struct world *world)
{
	journal_close(world->journal);
	world->journal = NULL;
	ok(journal_open(world->path, &world->journal, &world->err));
}

static void assert_same_text(const char *a, const char *b)
{
	if (a && b)
		assert_string_equal(a, b);
	else
		assert_ptr_equal(a, b);
}

static void assert_same_event(const struct event *a, const struct event *b)
{
	assert_int_equal(a->seq, b->seq);
	assert_int_equal(a->at, b->at);
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->by, b->by);
	assert_same_text(a->who, b->who);
	assert_string_equal(a->commit.hex, b->commit.hex);
	assert_string_equal(a->other.hex, b->other.hex);
	assert_int_equal(a->number, b->number);
	assert_int_equal(a->outcome, b->outcome);
	assert_int_equal(a->verdict, b->verdict);
	assert_int_equal(a->build, b->build);
	assert_int_equal(a->fix, b->fix);
	assert_int_equal(a->first_parent, b->first_parent);
	assert_int_equal(a->exit_status, b->exit_status);
	assert_int_equal(a->duration_ms, b->duration_ms);
	assert_same_text(a->policy, b->policy);
	assert_same_text(a->title, b->title);
	assert_same_text(a->signature, b->signature);
	assert_same_text(a->text, b->text);
	assert_int_equal(a->steps, b->steps);
	assert_same_text(a->wording, b->wording);
	assert_int_equal(a->boot_ms, b->boot_ms);
	assert_int_equal(a->copy_ms, b->copy_ms);
	assert_int_equal(a->errand_count, b->errand_count);
	for (int i = 0; i < a->errand_count; i++) {
		assert_string_equal(a->errands[i].line, b->errands[i].line);
		assert_int_equal(a->errands[i].exit_status,
				 b->errands[i].exit_status);
		assert_int_equal(a->errands[i].times, b->errands[i].times);
		assert_int_equal(a->errands[i].duration_ms,
				 b->errands[i].duration_ms);
	}
	assert_int_equal(a->crash_count, b->crash_count);
	for (int i = 0; i < a->crash_count; i++) {
		assert_int_equal(crash_compare(&a->crashes[i], &b->crashes[i]),
				 CRASH_SAME);
		assert_same_text(a->crashes[i].type, b->crashes[i].type);
		assert_same_text(a->crashes[i].frame, b->crashes[i].frame);
		assert_int_equal(a->crashes[i].alt_count,
				 b->crashes[i].alt_count);
		for (int k = 0; k < a->crashes[i].alt_count; k++)
			assert_string_equal(a->crashes[i].alts[k],
					    b->crashes[i].alts[k]);
		assert_int_equal(a->crashes[i].near_count,
				 b->crashes[i].near_count);
		assert_int_equal(a->crashes[i].corrupted,
				 b->crashes[i].corrupted);
	}
}

static void assert_comes_back(struct world *world, const struct event *event)
{
	struct event *back;

	ok(journal_event(world->journal, event->seq, &back, &world->err));
	assert_non_null(back);
	assert_same_event(event, back);
	event_free(back);
}

static char *long_text(void)
{
	char *text = xmalloc(LONG_TEXT + 1);

	for (int i = 0; i < LONG_TEXT; i++)
		text[i] = (char)(1 + i % 255);
	text[LONG_TEXT] = '\0';
	return text;
}

static void every_kind_comes_back_with_all_its_fields(void **state)
{
	struct world *world = *state;
	char *everything = long_text();
	char quotes[] = "it's \"quoted\"; -- DROP TABLE events;\n\r\n\t$x?1";
	char utf8[] = "Z\xc3\xbcrich \xe2\x9c\x93 \xf0\x9f\x90\x9b";
	char broken[] = "\xff\xfe \xc3( \xed\xa0\x80 \x80\x1b[31m\x7f\x01";
	char empty[] = "";
	char *texts[] = { quotes, utf8, broken, empty, everything };
	int64_t seq = 0;

	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		for (int turn = 0; turn < 5; turn++) {
			struct event event = {
				.seq = ++seq,
				.at = INT64_MAX - seq,
				.kind = (enum event_kind)kind,
				.by = (enum actor)(seq % BY_COUNT),
				.who = texts[turn],
				.commit = id('a'),
				.other = id('b'),
				.number = INT64_MIN + seq,
				.outcome = (enum outcome)(seq % OUTCOME_COUNT),
				.verdict = (enum verdict)(seq % VERDICT_COUNT),
				.build = (enum build_result)(
					seq % BUILD_RESULT_COUNT),
				.fix = turn % 2,
				.first_parent = turn / 2 % 2,
				.exit_status = (int)seq + 256,
				.duration_ms = seq * 1000000007,
				.policy = texts[(turn + 1) % 5],
				.title = texts[(turn + 2) % 5],
				.signature = texts[(turn + 3) % 5],
				.text = texts[(turn + 4) % 5],
				.steps = (int)seq,
				.wording = texts[turn],
			};

			append(world, &event);
			assert_comes_back(world, &event);
			if (turn == 4) {
				reopen(world);
				assert_comes_back(world, &event);
			}
		}
	}
	free(everything);
}

static void the_crashes_of_a_run_come_back_in_their_order(void **state)
{
	struct world *world = *state;
	char quotes[] = "it's \"quoted\"; -- DROP TABLE crashes;";
	char broken[] = "\xff\xfe \x1b[31m";
	char *texts[] = { quotes, broken };
	struct crash crashes[] = {
		{ .title = quotes,
		  .type = broken,
		  .frame = quotes,
		  .alts = texts,
		  .alt_count = 2,
		  .near = texts,
		  .near_count = 1,
		  .corrupted = true },
		{ .title = broken },
	};
	struct event event = { .seq = 1,
			       .kind = EVENT_RUN,
			       .commit = id('a'),
			       .outcome = OUTCOME_CRASHED,
			       .crashes = crashes,
			       .crash_count = 2 };

	append(world, &event);
	assert_comes_back(world, &event);
	reopen(world);
	assert_comes_back(world, &event);
}

static void every_kind_comes_back_with_none_of_its_fields(void **state)
{
	struct world *world = *state;

	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		struct event event = {
			.seq = kind + 1,
			.kind = (enum event_kind)kind,
		};

		append(world, &event);
		assert_comes_back(world, &event);
	}
}

static void ids_of_64_digits_come_back(void **state)
{
	struct world *world = *state;
	struct event event = { .seq = 1, .kind = EVENT_NOTE };

	memset(event.commit.hex, 'c', 64);
	append(world, &event);
	assert_comes_back(world, &event);
}

static void the_journal_ends_where_it_ends(void **state)
{
	struct world *world = *state;
	struct event event = { .seq = 1, .kind = EVENT_PAUSE }, *back;

	ok(journal_event(world->journal, 1, &back, &world->err));
	assert_null(back);
	append(world, &event);
	ok(journal_event(world->journal, 2, &back, &world->err));
	assert_null(back);
}

static void the_repository_is_remembered(void **state)
{
	struct world *world = *state;
	char *path = xasprintf("%s/other.db", world->folder);
	struct journal *journal;

	assert_string_equal(journal_repository(world->journal),
			    "/repo's \"path\"");
	ok(journal_create(path, NULL, 1, &world->err));
	ok(journal_open(path, &journal, &world->err));
	assert_null(journal_repository(journal));
	journal_close(journal);
	free(path);
}

/* What another program sees. */

static sqlite3 *stranger(struct world *world)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(world->path, &db), SQLITE_OK);
	return db;
}

/* What later formats brought is gone. */
#define AS_FORMAT_4                               \
	"ALTER TABLE events DROP COLUMN steps;"   \
	"ALTER TABLE events DROP COLUMN wording;" \
	"DROP TABLE shapes;"
#define AS_FORMAT_3 AS_FORMAT_4 "DROP TABLE phases; DROP TABLE errands;"

/* Let a stranger do something to the file while nobody has it open. */
static int meddle(struct world *world, const char *sql)
{
	sqlite3 *db;
	int code;

	journal_close(world->journal);
	world->journal = NULL;
	db = stranger(world);
	code = sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_close(db);
	return code;
}

static void assert_answer(struct world *world, const char *sql,
			  const char *answer)
{
	sqlite3 *db = stranger(world);
	sqlite3_stmt *statement;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	assert_string_equal(sqlite3_column_text(statement, 0), answer);
	sqlite3_finalize(statement);
	sqlite3_close(db);
}

static void a_session_of_format_1_goes_on_as_one_of_today(void **state)
{
	struct world *world = *state;
	struct crash crash = { .title = (char[]){ "BUG: x" } };
	struct event old = { .seq = 1, .kind = EVENT_RUN, .commit = id('a') };
	struct event new = { .seq = 2,
			     .kind = EVENT_RUN,
			     .commit = id('a'),
			     .crashes = &crash,
			     .crash_count = 1 };

	append(world, &old);
	assert_int_equal(meddle(world, AS_FORMAT_3 "DROP TABLE crashes;"
						   "PRAGMA user_version = 1"),
			 SQLITE_OK);
	reopen(world);
	assert_comes_back(world, &old);
	append(world, &new);
	assert_comes_back(world, &new);
	assert_answer(world, "PRAGMA user_version", "7");
	assert_answer(world, "SELECT title FROM crashes", "BUG: x");
}

static void a_session_of_format_2_is_one_of_today_with_fewer_kinds(void **state)
{
	struct world *world = *state;
	struct event old = { .seq = 1, .kind = EVENT_RUN, .commit = id('a') };

	append(world, &old);
	assert_int_equal(meddle(world, AS_FORMAT_3 "PRAGMA user_version = 2"),
			 SQLITE_OK);
	reopen(world);
	assert_comes_back(world, &old);
	assert_answer(world, "PRAGMA user_version", "7");
}

static void a_session_without_fixups_can_get_some(void **state)
{
	struct world *world = *state;
	char title[] = "x.patch", hash[] = "ab12";
	struct event fixup = { .seq = 1,
			       .kind = EVENT_FIXUP,
			       .by = BY_PERSON,
			       .commit = id('a'),
			       .other = id('b'),
			       .number = 1,
			       .title = title,
			       .signature = hash };

	assert_int_equal(meddle(world, AS_FORMAT_3 "PRAGMA user_version = 2"),
			 SQLITE_OK);
	reopen(world);
	append(world, &fixup);
	assert_comes_back(world, &fixup);
	assert_answer(world, "PRAGMA user_version", "7");
}

/* A run that came up after 2 s and was tested a second later. */
static struct event run_with_errands(int64_t seq)
{
	static char qemu[] = "qemu -m 2G", ssh[] = "it's \"so\"\n\xff";
	static struct errand errands[] = {
		{ qemu, ERRAND_CUT, 1, 9000 },
		{ ssh, 256 + 11, 70, 6000 },
	};

	return (struct event){ .seq = seq,
			       .kind = EVENT_RUN,
			       .commit = id('a'),
			       .duration_ms = 9000,
			       .boot_ms = 2000,
			       .copy_ms = 1000,
			       .errands = errands,
			       .errand_count = 2 };
}

static void what_was_started_comes_back_with_how_it_ended(void **state)
{
	struct world *world = *state;
	struct event run = run_with_errands(1), build = run_with_errands(2);

	build.kind = EVENT_BUILD;
	build.boot_ms = build.copy_ms = 0;
	append(world, &run);
	append(world, &build);
	assert_comes_back(world, &run);
	reopen(world);
	assert_comes_back(world, &run);
	assert_comes_back(world, &build);
	assert_answer(world, "SELECT count(*) FROM phases", "1");
}

static void a_session_of_format_3_gets_phases_with_its_next_run(void **state)
{
	struct world *world = *state;
	struct event old = { .seq = 1, .kind = EVENT_RUN, .commit = id('a') };
	struct event new = run_with_errands(2);

	append(world, &old);
	assert_int_equal(meddle(world, AS_FORMAT_3 "PRAGMA user_version = 3"),
			 SQLITE_OK);
	reopen(world);
	assert_comes_back(world, &old);
	append(world, &new);
	assert_comes_back(world, &old);
	assert_comes_back(world, &new);
	assert_answer(world, "PRAGMA user_version", "7");
}

static void a_session_of_format_4_can_hold_a_foreign_log(void **state)
{
	struct world *world = *state;
	char wording[] = "left", text[] = "subject";
	struct event old = run_with_errands(1);
	struct event next = { .seq = 2,
			      .kind = EVENT_NEXT,
			      .by = BY_IMPORT,
			      .commit = id('a'),
			      .number = -1,
			      .steps = 13,
			      .text = text,
			      .wording = wording };

	append(world, &old);
	assert_int_equal(meddle(world, AS_FORMAT_4 "PRAGMA user_version = 4"),
			 SQLITE_OK);
	reopen(world);
	assert_comes_back(world, &old);
	append(world, &next);
	assert_comes_back(world, &next);
	assert_answer(world, "PRAGMA user_version", "7");
}

static void the_file_can_be_read_by_a_person(void **state)
{
	struct world *world = *state;
	struct event build = { .seq = 1,
			       .kind = EVENT_BUILD,
			       .by = BY_ENGINE,
			       .commit = id('a') };
	struct event run = { .seq = 2,
			     .kind = EVENT_RUN,
			     .by = BY_ENGINE,
			     .commit = id('a'),
			     .number = 3,
			     .outcome = OUTCOME_BOOT_FAILED };
	struct event verdict = { .seq = 3,
				 .kind = EVENT_VERDICT,
				 .by = BY_PERSON,
				 .commit = id('a'),
				 .verdict = VERDICT_SKIP };

	append(world, &build);
	append(world, &run);
	append(world, &verdict);
	assert_answer(world,
		      "SELECT group_concat(concat, '/') FROM ("
		      "SELECT kind || ' ' || actor || ' ' ||"
		      " coalesce(build, '-') || ' ' ||"
		      " coalesce(outcome, '-') || ' ' ||"
		      " coalesce(verdict, '-') || ' ' ||"
		      " coalesce(number, '-') AS concat"
		      " FROM events ORDER BY seq)",
		      "build engine ok - - -/"
		      "run engine - boot-failed - 3/"
		      "verdict person - - skip -");
	assert_answer(world, "SELECT value FROM meta WHERE name = 'created'",
		      "12345");
	assert_answer(world, "SELECT value FROM meta WHERE name = 'schema'",
		      "7");
	assert_answer(world, "PRAGMA application_id", "1668639856");
	assert_answer(world, "PRAGMA user_version", "7");
	assert_answer(world, "PRAGMA journal_mode", "wal");
}

static void assert_refused(sqlite3 *db, const char *sql, const char *why)
{
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL),
			 SQLITE_CONSTRAINT);
	assert_string_equal(sqlite3_errmsg(db), why);
}

static void the_database_itself_keeps_events_as_they_are(void **state)
{
	struct world *world = *state;
	struct event event = { .seq = 1, .kind = EVENT_NOTE };
	sqlite3 *db;

	append(world, &event);
	db = stranger(world);
	assert_refused(db, "UPDATE events SET text = 'x'",
		       "events are never changed");
	assert_refused(db, "DELETE FROM events", "events are never removed");
	assert_refused(db,
		       "REPLACE INTO events (seq, at, kind, actor)"
		       " VALUES (1, 0, 'pause', 'person')",
		       "events are only appended");
	assert_refused(db,
		       "INSERT INTO events (seq, at, kind, actor)"
		       " VALUES (3, 0, 'pause', 'person')",
		       "events are only appended");
	sqlite3_close(db);
	assert_comes_back(world, &event);
}

static void the_database_itself_keeps_crashes_with_their_run(void **state)
{
	struct world *world = *state;
	struct crash crash = { .title = (char[]){ "BUG: x" } };
	struct event event = { .seq = 1,
			       .kind = EVENT_RUN,
			       .commit = id('a'),
			       .crashes = &crash,
			       .crash_count = 1 };
	sqlite3 *db;

	append(world, &event);
	event.seq = 2;
	append(world, &event);
	db = stranger(world);
	assert_refused(db, "UPDATE crashes SET title = 'x'",
		       "events are never changed");
	assert_refused(db, "DELETE FROM crashes", "events are never removed");
	assert_refused(db,
		       "INSERT INTO crashes (seq, place, title)"
		       " VALUES (1, 1, 'x')",
		       "events are only appended");
	assert_refused(db, "INSERT INTO phases (seq, boot_ms) VALUES (1, 1)",
		       "events are only appended");
	assert_refused(db, "INSERT INTO errands VALUES (1, 0, 'x', 0, 1, 1)",
		       "events are only appended");
	sqlite3_close(db);
}

static void an_event_out_of_turn_is_not_appended(void **state)
{
	struct world *world = *state;
	struct event event = { .seq = 2, .kind = EVENT_NOTE }, *back;

	ok(journal_begin_write(world->journal, &world->err));
	assert_int_equal(journal_append(world->journal, &event, &world->err),
			 -1);
	assert_int_equal(world->err.code, ERROR_STORE);
	journal_rollback(world->journal);
	ok(journal_event(world->journal, 1, &back, &world->err));
	assert_null(back);
}

/* Commits. */

/* "c:ab": commit c, whose parents are a and b.  "c": known by name only. */
static void store(struct world *world, const char *picture, int64_t seq)
{
	struct commit_record record = {
		.oid = id(picture[0]),
		.expanded = picture[1] == ':',
		.date = picture[0] * 100,
		.author_date = picture[0] * 10,
		.author = "A \xfc <a@b>",
		.subject = picture,
	};
	struct oid parents[8];

	for (const char *p = picture + 2; record.expanded && *p; p++)
		parents[record.parent_count++] = id(*p);
	record.parents = parents;
	ok(journal_store_commit(world->journal, &record, seq, &world->err));
	for (int i = 0; i < record.parent_count; i++)
		ok(journal_name_commit(world->journal, &parents[i], seq,
				       &world->err));
}

/* The graph in one line: "0a:12 1b 2c:" */
static const char *picture_of(const struct graph *graph)
{
	static char text[512];
	size_t used = 0;

	text[0] = '\0';
	for (int i = 0; i < graph_count(graph); i++) {
		const int *parents;
		int count = graph_parents(graph, i, &parents);

		used += (size_t)snprintf(
			text + used, sizeof(text) - used, "%s%d%c%s",
			i ? " " : "", i, graph_oid(graph, i)->hex[0],
			graph_is_expanded(graph, i) ? ":" : "");
		for (int k = 0; k < count; k++)
			used += (size_t)snprintf(text + used,
						 sizeof(text) - used, "%d",
						 parents[k]);
	}
	return text;
}

/* No date becomes known later in these tests, but in one of session.c. */
static int grow(struct world *world, int64_t seq, struct graph *graph)
{
	bool redated = false;
	int ret =
		journal_grow(world->journal, seq, graph, &redated, &world->err);

	assert_false(redated);
	return ret;
}

static void the_graph_grows_event_by_event(void **state)
{
	struct world *world = *state;
	struct graph *graph = graph_new();

	ok(journal_begin_write(world->journal, &world->err));
	store(world, "b:a", 1); /* the parent's name follows the child */
	store(world, "e", 1);
	store(world, "d:bb", 4);
	store(world, "a:", 4);
	store(world, "e:da", 7);
	store(world, "f:e", 7);
	ok(journal_commit(world->journal, &world->err));

	ok(grow(world, 1, graph));
	assert_string_equal(picture_of(graph), "0b:1 1a 2e");
	ok(grow(world, 2, graph));
	assert_string_equal(picture_of(graph), "0b:1 1a 2e");
	ok(grow(world, 4, graph));
	assert_string_equal(picture_of(graph), "0b:1 1a: 2e 3d:00");
	ok(grow(world, 7, graph));
	assert_string_equal(picture_of(graph), "0b:1 1a: 2e:31 3d:00 4f:2");
	assert_int_equal(graph_date(graph, 2), 'e' * 100);
	graph_free(graph);
}

static void a_known_commit_stays_as_it_is(void **state)
{
	struct world *world = *state;
	struct graph *graph = graph_new();
	struct commit_told told;
	int64_t count;

	ok(journal_begin_write(world->journal, &world->err));
	store(world, "b:a", 1);
	store(world, "b:", 2);
	store(world, "b", 3);
	ok(journal_count_commits(world->journal, &count, &world->err));
	ok(journal_commit(world->journal, &world->err));
	assert_int_equal(count, 2);
	for (int64_t seq = 1; seq <= 3; seq++)
		ok(grow(world, seq, graph));
	assert_string_equal(picture_of(graph), "0b:1 1a");
	graph_free(graph);
	ok(journal_tell(world->journal, 0, 1, &told, &world->err));
	assert_string_equal(told.subject, "b:a");
	assert_string_equal(told.author, "A \xfc <a@b>");
	assert_int_equal(told.author_date, 'b' * 10);
	free(told.author);
	free(told.subject);
	ok(journal_tell(world->journal, 1, 1, &told, &world->err));
	assert_string_equal(told.subject, "");
	assert_string_equal(told.author, "");
	free(told.author);
	free(told.subject);
}

static void the_database_itself_keeps_commits_as_they_are(void **state)
{
	struct world *world = *state;
	sqlite3 *db;

	ok(journal_begin_write(world->journal, &world->err));
	store(world, "b:a", 1);
	ok(journal_commit(world->journal, &world->err));
	db = stranger(world);
	assert_refused(db, "DELETE FROM commits", "commits are never removed");
	assert_refused(db, "UPDATE commits SET parents = ''",
		       "commits are never changed");
	sqlite3_close(db);
}

/* What is wrong with the file. */

static void assert_not_opened(struct world *world, const char *sentence)
{
	char *expected = xasprintf("'%s' %s", world->path, sentence);

	journal_close(world->journal);
	world->journal = NULL;
	assert_int_equal(
		journal_open(world->path, &world->journal, &world->err), -1);
	assert_int_equal(world->err.code, ERROR_STORE);
	if (str_starts(sentence, "is damaged"))
		assert_true(str_starts(world->err.text, expected));
	else
		assert_string_equal(world->err.text, expected);
	free(expected);
}

static void put_file(struct world *world, const char *bytes, size_t length)
{
	FILE *file;

	journal_close(world->journal);
	world->journal = NULL;
	file = fopen(world->path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static void what_is_no_database_is_no_session(void **state)
{
	struct world *world = *state;
	char *text = long_text();

	put_file(world, text, LONG_TEXT);
	free(text);
	assert_not_opened(world, "is not a database, so it is no session of "
				 "culprit, or it was overwritten");
	put_file(world, "short", 5);
	assert_not_opened(world, "is not a database, so it is no session of "
				 "culprit, or it was overwritten");
	put_file(world, "", 0);
	assert_not_opened(world, "is empty, so it is no session of culprit; "
				 "nothing can be read from it");
	assert_int_equal(remove(world->path), 0);
	assert_int_equal(mkdir(world->path, 0700), 0);
	assert_not_opened(world,
			  "is not a file, so it is no session of culprit");
}

static void a_database_of_another_program_is_told_apart(void **state)
{
	struct world *world = *state;

	journal_close(world->journal);
	world->journal = NULL;
	assert_int_equal(remove(world->path), 0);
	assert_int_equal(meddle(world, "CREATE TABLE events (seq)"), SQLITE_OK);
	assert_not_opened(world, "is a database of another program, not a "
				 "session of culprit");
}

static void a_newer_format_is_refused_politely(void **state)
{
	struct world *world = *state;

	assert_int_equal(meddle(world, "PRAGMA user_version = 8"), SQLITE_OK);
	assert_not_opened(world,
			  "was made by a newer culprit (its format is 8, this "
			  "culprit knows 7); use that one");
}

static void a_format_without_number_is_damage(void **state)
{
	struct world *world = *state;

	assert_int_equal(meddle(world, "PRAGMA user_version = 0"), SQLITE_OK);
	assert_not_opened(world, "is damaged: its format has no number; ");
	assert_int_equal(meddle(world, "PRAGMA user_version = 7;"
				       "DELETE FROM meta"),
			 SQLITE_OK);
	assert_not_opened(world, "is damaged: its repository is not noted; ");
}

static void a_table_that_is_not_there_is_said(void **state)
{
	struct world *world = *state;
	struct event *event;

	assert_int_equal(meddle(world, "DROP TABLE events"), SQLITE_OK);
	ok(journal_open(world->path, &world->journal, &world->err));
	assert_int_equal(journal_event(world->journal, 1, &event, &world->err),
			 -1);
	assert_int_equal(world->err.code, ERROR_STORE);
	assert_non_null(strstr(world->err.text, "no such table: events"));
}

static void assert_bad_event(struct world *world, int64_t seq, const char *what)
{
	char *expected = xasprintf("'%s' is damaged: event %d %s; ",
				   world->path, (int)seq, what);
	struct event *event;

	if (!world->journal)
		ok(journal_open(world->path, &world->journal, &world->err));
	assert_int_equal(
		journal_event(world->journal, seq, &event, &world->err), -1);
	assert_int_equal(world->err.code, ERROR_STORE);
	assert_true(str_starts(world->err.text, expected));
	free(expected);
}

static void events_that_make_no_sense_are_damage(void **state)
{
	static const char *const changes[] = {
		"kind = 'dance'",    "actor = 'nobody'", "outcome = 'CRASHED'",
		"verdict = 'ugly'",  "build = ''",	 "commit_id = 'HEAD'",
		"other_id = 'beef'",
	};
	struct world *world = *state;

	assert_int_equal(meddle(world, "DROP TRIGGER events_no_update;"
				       "DROP TRIGGER events_no_delete;"),
			 SQLITE_OK);
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		struct event event = { .seq = (int64_t)i + 1 };
		char *sql = xasprintf("UPDATE events SET %s WHERE seq = %zu",
				      changes[i], i + 1);

		ok(journal_open(world->path, &world->journal, &world->err));
		append(world, &event);
		assert_comes_back(world, &event);
		assert_int_equal(meddle(world, sql), SQLITE_OK);
		assert_bad_event(world, event.seq, "makes no sense");
		journal_close(world->journal);
		world->journal = NULL;
		free(sql);
	}
	assert_int_equal(meddle(world, "DELETE FROM events WHERE seq = 2"),
			 SQLITE_OK);
	assert_bad_event(world, 2, "is missing");
}

static void commits_that_make_no_sense_are_damage(void **state)
{
	static const char *const changes[] = {
		"UPDATE commits SET oid = 'HEAD' WHERE number = 1",
		"UPDATE commits SET parents = 'HEAD' WHERE number = 1",
		"UPDATE commits SET number = 7 WHERE number = 2",
		"UPDATE commits SET oid = '' WHERE number = 2",
		"UPDATE commits SET named_by = 2 WHERE number = 2",
		"INSERT INTO commits"
		" (number, oid, named_by, expanded_by, parents, date) VALUES"
		" (-7, '0123456789012345678901234567890123456789', 0, 1, '', "
		"1)",
	};
	struct world *world = *state;
	char *copy = xasprintf("%s/copy.db", world->folder);

	ok(journal_begin_write(world->journal, &world->err));
	store(world, "b:a", 1);
	ok(journal_commit(world->journal, &world->err));
	assert_int_equal(meddle(world, "DROP TRIGGER commits_expand_once"),
			 SQLITE_OK);
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		struct graph *graph = graph_new();
		char *sql = xasprintf("VACUUM INTO '%s'", copy);

		assert_int_equal(meddle(world, sql), SQLITE_OK);
		assert_int_equal(meddle(world, changes[i]), SQLITE_OK);
		ok(journal_open(world->path, &world->journal, &world->err));
		assert_int_equal(grow(world, 1, graph), -1);
		assert_int_equal(world->err.code, ERROR_STORE);
		assert_non_null(
			strstr(world->err.text, "is damaged: a commit"));
		graph_free(graph);
		free(sql);
		journal_close(world->journal);
		world->journal = NULL;
		assert_int_equal(rename(copy, world->path), 0);
	}
	free(copy);
}

static void a_name_that_is_taken_is_left_alone(void **state)
{
	struct world *world = *state;
	struct event event = { .seq = 1, .kind = EVENT_NOTE };

	append(world, &event);
	assert_int_equal(journal_create(world->path, NULL, 1, &world->err), -1);
	assert_int_equal(world->err.code, ERROR_STATE);
	assert_comes_back(world, &event);
	reopen(world);
	assert_comes_back(world, &event);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_kind_comes_back_with_all_its_fields),
		TEST(every_kind_comes_back_with_none_of_its_fields),
		TEST(the_crashes_of_a_run_come_back_in_their_order),
		TEST(a_session_of_format_1_goes_on_as_one_of_today),
		TEST(a_session_of_format_2_is_one_of_today_with_fewer_kinds),
		TEST(a_session_without_fixups_can_get_some),
		TEST(what_was_started_comes_back_with_how_it_ended),
		TEST(a_session_of_format_3_gets_phases_with_its_next_run),
		TEST(the_database_itself_keeps_crashes_with_their_run),
		TEST(ids_of_64_digits_come_back),
		TEST(the_journal_ends_where_it_ends),
		TEST(the_repository_is_remembered),
		TEST(a_session_of_format_4_can_hold_a_foreign_log),
		TEST(the_file_can_be_read_by_a_person),
		TEST(the_database_itself_keeps_events_as_they_are),
		TEST(an_event_out_of_turn_is_not_appended),
		TEST(the_graph_grows_event_by_event),
		TEST(a_known_commit_stays_as_it_is),
		TEST(the_database_itself_keeps_commits_as_they_are),
		TEST(what_is_no_database_is_no_session),
		TEST(a_database_of_another_program_is_told_apart),
		TEST(a_newer_format_is_refused_politely),
		TEST(a_format_without_number_is_damage),
		TEST(a_table_that_is_not_there_is_said),
		TEST(events_that_make_no_sense_are_damage),
		TEST(commits_that_make_no_sense_are_damage),
		TEST(a_name_that_is_taken_is_left_alone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
