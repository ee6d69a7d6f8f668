/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdlib.h>

#include <signal.h>

#include "base/xalloc.h"
#include "tests/unit/session_world.h"

static void a_session_opens_as_it_was_closed(void **state)
{
	struct world *world = *state;
	struct oid b = id('b');
	char *before, *after;
	struct event undo = { .kind = EVENT_UNDO, .by = BY_PERSON };

	begin(world);
	ok(append(world->session, verdict('b', VERDICT_GOOD), &world->err));
	undo.number = 5;
	ok(append(world->session, undo, &world->err));
	ok(append(world->session, verdict('b', VERDICT_BAD), &world->err));
	assert_int_equal(count_of(world->session), 7);
	assert_int_equal(engine_plan(session_engine(world->session))->bad,
			 graph_find(session_graph(world->session), &b));
	before = state_of(world->session);
	close_it(world);
	ok(session_open(world->dir, &world->session, &world->err));
	after = state_of(world->session);
	assert_string_equal(before, after);
	assert_string_equal(session_repository(world->session), "/repo/.git");
	free(before);
	free(after);
}

static void events_get_their_number_and_time(void **state)
{
	struct world *world = *state;
	struct event events[2] = { start(), { .kind = EVENT_PAUSE } };
	int64_t before = session_now(), after;

	events[1].seq = 77;
	events[1].at = 88;
	ok(session_append(world->session, events, 2, &world->err));
	after = session_now();
	assert_int_equal(events[1].seq, 77);
	for (size_t i = 0; i < 2; i++) {
		const struct event *event =
			engine_event(session_engine(world->session), i);

		assert_int_equal(event->seq, i + 1);
		assert_in_range(event->at, before, after);
	}
}

static void two_handles_see_each_others_events(void **state)
{
	struct world *world = *state;
	bool changed;

	ok(session_open(world->dir, &world->other, &world->err));
	assert_false(session_is_behind(world->other));
	begin(world);
	assert_true(session_is_behind(world->other));
	assert_false(session_is_behind(world->session));
	ok(session_refresh(world->other, &changed, &world->err));
	assert_true(changed);
	assert_false(session_is_behind(world->other));
	assert_same_state(world->session, world->other);
	ok(session_refresh(world->other, &changed, &world->err));
	assert_false(changed);

	ok(append(world->other, verdict('b', VERDICT_GOOD), &world->err));
	assert_true(session_is_behind(world->session));
	ok(session_refresh(world->session, NULL, &world->err));
	assert_same_state(world->session, world->other);
}

static void appending_folds_first_what_others_appended(void **state)
{
	struct world *world = *state;

	ok(session_open(world->dir, &world->other, &world->err));
	ok(append(world->other, start(), &world->err));
	assert_int_equal(append(world->session, start(), &world->err), -1);
	assert_int_equal(world->err.code, ERROR_STATE);
	assert_same_state(world->session, world->other);
	assert_int_equal(count_of(world->session), 1);
	assert_false(session_is_behind(world->session));

	ok(store(world->other, "d:c c:b b:a a:", &world->err));
	ok(append(world->session, verdict('d', VERDICT_BAD), &world->err));
	assert_int_equal(count_of(world->session), 3);
	assert_true(session_is_behind(world->other));
}

static void a_refused_event_leaves_nothing(void **state)
{
	struct world *world = *state;
	char *before, *after;

	begin(world);
	before = state_of(world->session);
	assert_int_equal(append(world->session, verdict('e', VERDICT_GOOD),
				&world->err),
			 -1);
	assert_int_equal(world->err.code, ERROR_STATE);
	assert_non_null(strstr(world->err.text, "eeeeeeeeeeee"));
	after = state_of(world->session);
	assert_string_equal(before, after);
	assert_kept(world);
	free(before);
	free(after);
}

static void a_batch_is_kept_whole_or_not_at_all(void **state)
{
	struct world *world = *state;
	struct event batch[4] = { verdict('b', VERDICT_GOOD),
				  { .kind = EVENT_PAUSE },
				  { .kind = EVENT_RANGE },
				  { .kind = EVENT_REDO, .number = 1 } };
	char *before, *after;

	begin(world);
	before = state_of(world->session);
	assert_int_equal(session_append(world->session, batch, 4, &world->err),
			 -1);
	assert_int_equal(world->err.code, ERROR_STATE);
	after = state_of(world->session);
	assert_string_equal(before, after);
	assert_kept(world);
	ok(session_append(world->session, batch, 3, &world->err));
	assert_int_equal(count_of(world->session), 7);
	assert_kept(world);
	free(before);
	free(after);
}

static void an_empty_batch_changes_nothing(void **state)
{
	struct world *world = *state;

	ok(session_append(world->session, NULL, 0, &world->err));
	assert_int_equal(count_of(world->session), 0);
}

static void events_live_as_long_as_the_session(void **state)
{
	struct world *world = *state;
	const struct event *event;
	struct event bad[2] = { { .kind = EVENT_PAUSE },
				{ .kind = EVENT_UNDO, .number = 1 } };

	begin(world);
	event = engine_event(session_engine(world->session), 1);
	assert_int_equal(session_append(world->session, bad, 2, &world->err),
			 -1);
	assert_ptr_equal(event,
			 engine_event(session_engine(world->session), 1));
	assert_string_equal(event->title, "BUG: it's a \"bug\"");
}

/* Commits. */

static void commits_stored_by_another_become_visible(void **state)
{
	struct world *world = *state;
	const struct graph *graph;

	ok(session_open(world->dir, &world->other, &world->err));
	begin(world);
	ok(store(world->other, "f:d e:fd", &world->err));
	ok(session_refresh(world->session, NULL, &world->err));
	graph = session_graph(world->session);
	assert_int_equal(graph_count(graph), 6);
	assert_true(graph_is_ancestor(graph, 3, 5));
	assert_string_equal(session_subject(world->session, 5), "told");
	assert_string_equal(session_author(world->session, 5),
			    "A U Thor <a@u>");
	assert_int_equal(session_author_date(world->session, 5), 'e' * 10);
	assert_same_state(world->session, world->other);
	assert_int_equal(count_of(world->session), 5);
	assert_int_equal(
		engine_event(session_engine(world->session), 4)->number, 6);
	assert_kept(world);
}

/* As a culprit before format 7 has left it. */
static void without_shapes_a_session_is_the_same(void **state)
{
	struct world *world = *state;
	char *path = xasprintf("%s/session.db", world->dir), *before, *after;
	sqlite3_stmt *count = NULL;
	sqlite3 *db;

	begin(world);
	ok(store(world->session, "f:d e:fd", &world->err));
	ok(store(world->session, "1:f 2:1e", &world->err));
	close_it(world);
	ok(session_open(world->dir, &world->session, &world->err));
	before = state_of(world->session);
	close_it(world);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM shapes",
					    -1, &count, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(count), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(count, 0), 3);
	sqlite3_finalize(count);
	assert_int_equal(sqlite3_exec(db,
				      "DROP TABLE shapes;"
				      "PRAGMA user_version = 6",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(db);
	ok(session_open(world->dir, &world->session, &world->err));
	after = state_of(world->session);
	assert_string_equal(before, after);
	free(before);
	free(after);
	free(path);
}

static void a_commit_known_by_name_is_expanded_later(void **state)
{
	struct world *world = *state;
	struct event events[3] = { start(), verdict('d', VERDICT_BAD),
				   verdict('a', VERDICT_GOOD) };
	const struct plan *plan;

	ok(session_open(world->dir, &world->other, &world->err));
	ok(store(world->session, "d a", &world->err));
	ok(session_append(world->session, events, 3, &world->err));
	plan = engine_plan(session_engine(world->session));
	assert_int_equal(plan->state, PLAN_NEEDS_RANGE);
	assert_string_equal(session_subject(world->session, 0), "");
	ok(session_refresh(world->other, NULL, &world->err));
	assert_same_state(world->session, world->other);

	ok(store(world->other, "a: b:a c:b d:c", &world->err));
	ok(session_refresh(world->session, NULL, &world->err));
	plan = engine_plan(session_engine(world->session));
	assert_int_equal(plan->state, PLAN_TEST);
	assert_int_equal(plan->suspects, 3);
	assert_string_equal(session_subject(world->session, 0), "told");
	assert_string_equal(session_author(world->session, 0),
			    "A U Thor <a@u>");
	assert_same_state(world->session, world->other);
	assert_kept(world);
}

static void a_date_that_becomes_known_later_counts(void **state)
{
	struct world *world = *state;
	struct error *err = &world->err;

	ok(session_open(world->dir, &world->other, err));
	ok(store(world->session, "d:c", err)); /* of c only the name is known */
	ok(append(world->session, start(), err));
	ok(append(world->session, verdict('c', VERDICT_BAD), err));
	ok(session_refresh(world->other, NULL, err));
	assert_int_equal(graph_date(session_graph(world->session), 1), 0);
	assert_same_state(world->session, world->other);
	ok(store(world->session, "c:b", err));
	assert_int_equal(graph_date(session_graph(world->session), 1),
			 'c' * 100);
	ok(session_refresh(world->other, NULL, err));
	assert_same_state(world->session, world->other);
	assert_kept(world);
}

/*
 * Had the whole graph been known from the start, the second verdict would
 * have been refused.  It was not known, so the journal must still be good.
 */
static void what_fitted_when_it_was_appended_fits_for_ever(void **state)
{
	struct world *world = *state;
	struct event refused[2] = { { .kind = EVENT_PAUSE },
				    { .kind = EVENT_REDO, .number = 1 } };

	ok(store(world->session, "b d", &world->err));
	ok(append(world->session, start(), &world->err));
	ok(append(world->session, verdict('d', VERDICT_GOOD), &world->err));
	ok(append(world->session, verdict('b', VERDICT_BAD), &world->err));
	ok(store(world->session, "d:c c:b b:a a:", &world->err));
	assert_kept(world);
	assert_int_equal(
		session_append(world->session, refused, 2, &world->err), -1);
	assert_kept(world);
	assert_int_equal(count_of(world->session), 5);
}

static void commits_with_ids_that_are_none_are_refused(void **state)
{
	struct world *world = *state;
	char *before, *after;

	begin(world);
	before = state_of(world->session);
	assert_int_equal(store(world->session, "f:d z:d", &world->err), -1);
	assert_int_equal(world->err.code, ERROR_INPUT);
	assert_int_equal(store(world->session, "f:d e:dz", &world->err), -1);
	assert_string_equal(world->err.text, "'zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
					     "zzzzzzzz' is no commit's id");
	after = state_of(world->session);
	assert_string_equal(before, after);
	assert_kept(world);
	free(before);
	free(after);
}

/* Writers that die, and many at once. */

/* Append notes for ever, and say on the pipe what was acknowledged. */
static void write_until_killed(const char *dir, int pipe)
{
	struct session *session;

	if (session_open(dir, &session, NULL) < 0)
		_exit(1);
	for (;;) {
		int64_t seq = (int64_t)count_of(session) + 1;

		if (note(session, seq * 7, NULL) < 0 ||
		    write(pipe, &seq, sizeof(seq)) != sizeof(seq))
			_exit(1);
	}
}

/* The last event acknowledged by a writer that is killed after some. */
static int64_t kill_after(const char *dir, int acknowledged)
{
	int64_t seq = 0, last = 0;
	int ends[2], status;
	pid_t child;

	assert_return_code(pipe(ends), 0);
	fflush(NULL);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		write_until_killed(dir, ends[1]);
	}
	assert_true(child > 0);
	close(ends[1]);
	while (acknowledged-- > 0 &&
	       read(ends[0], &seq, sizeof(seq)) == sizeof(seq))
		last = seq;
	assert_return_code(kill(child, SIGKILL), 0);
	while (read(ends[0], &seq, sizeof(seq)) == sizeof(seq))
		last = seq;
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	return last;
}

static void a_killed_writer_loses_nothing_acknowledged(void **state)
{
	struct world *world = *state;
	unsigned int seed = 20241;
	struct engine *engine;

	close_it(world);
	for (int turn = 0; turn < 50; turn++) {
		int64_t last = kill_after(world->dir, rand_r(&seed) % 12);

		ok(session_open(world->dir, &world->session, &world->err));
		assert_true((int64_t)count_of(world->session) >= last);
		/* now and then the journal is closed in order as well */
		if (turn % 10 == 9)
			ok(note(world->session,
				(int64_t)(count_of(world->session) + 1) * 7,
				&world->err));
		session_close(world->session);
		world->session = NULL;
	}
	ok(session_open(world->dir, &world->session, &world->err));
	engine = session_engine(world->session);
	for (size_t i = 0; i < engine_event_count(engine); i++) {
		const struct event *event = engine_event(engine, i);

		assert_int_equal(event->seq, i + 1);
		assert_int_equal(event->number, event->seq * 7);
		assert_string_equal(event->text, "a note");
	}
}

static void write_hundred(const char *dir, int writer)
{
	struct session *session;
	struct error err = ERROR_INIT;

	if (session_open(dir, &session, &err) < 0)
		_exit(1);
	for (int i = 0; i < 100; i++) {
		if (note(session, writer * 1000 + i, &err) < 0) {
			fprintf(stderr, "%s\n", err.text);
			_exit(2);
		}
	}
	session_close(session);
	_exit(0);
}

static void several_processes_append_at_once(void **state)
{
	struct world *world = *state;
	struct engine *engine;
	pid_t children[4];
	int next[4] = { 0 };

	fflush(NULL);
	for (int i = 0; i < 4; i++) {
		children[i] = fork();
		if (children[i] == 0)
			write_hundred(world->dir, i);
		assert_true(children[i] > 0);
	}
	for (int i = 0; i < 4; i++)
		assert_int_equal(scratch_wait(children[i]), 0);
	ok(session_refresh(world->session, NULL, &world->err));
	engine = session_engine(world->session);
	assert_int_equal(engine_event_count(engine), 400);
	for (size_t i = 0; i < 400; i++) {
		const struct event *event = engine_event(engine, i);
		int writer = (int)event->number / 1000;

		assert_int_equal(event->seq, i + 1);
		assert_in_range(writer, 0, 3);
		assert_int_equal(event->number % 1000, next[writer]++);
	}
	assert_kept(world);
}

static void ten_thousand_events_are_no_burden(void **state)
{
	struct world *world = *state;
	static char text[] = "0123456789012345678901234567890123456789";
	struct event *events = xcalloc(10000, sizeof(*events));

	begin(world);
	for (int i = 0; i < 10000; i++) {
		events[i].kind = EVENT_RUN;
		events[i].by = BY_ENGINE;
		events[i].commit = id("abcd"[i % 4]);
		events[i].number = i / 4 + 1;
		events[i].outcome = (enum outcome)(i % OUTCOME_COUNT);
		events[i].text = text;
	}
	ok(session_append(world->session, events, 10000, &world->err));
	free(events);
	assert_int_equal(count_of(world->session), 10004);
	assert_kept(world);
}

/* Loads of commits before, between and after what is decided. */
static int tell_event(struct session *session, size_t number, struct error *err)
{
	switch (number) {
	case 1:
		return append(session, start(), err);
	case 2:
		return store(session, "b:a c:b", err);
	case 3:
		return append(session, verdict('a', VERDICT_GOOD), err);
	case 4:
		return append(session, verdict('c', VERDICT_BAD), err);
	case 5:
		return append(session, verdict('b', VERDICT_BAD), err);
	case 6:
		return append(session,
			      (struct event){ .kind = EVENT_UNDO,
					      .by = BY_PERSON,
					      .number = 5 },
			      err);
	case 7:
		return store(session, "d:c e:d f:e", err);
	case 8:
		return append(session,
			      (struct event){ .kind = EVENT_REDO,
					      .by = BY_PERSON,
					      .number = 6 },
			      err);
	case 9:
		return note(session, 0, err);
	default:
		return append(session, verdict('f', VERDICT_SKIP), err);
	}
}

static void an_earlier_time_is_as_it_was(void **state)
{
	static const size_t path[] = { 5, 4, 6, 7, 6, 9, 1, 0, 8, 2, 10, 3, 7 };
	struct world *world = *state;
	struct session *session = world->session;
	char *then[11];

	then[0] = state_of(session);
	for (size_t i = 1; i <= 10; i++) {
		ok(tell_event(session, i, &world->err));
		then[i] = state_of(session);
	}
	for (size_t i = 0; i < sizeof(path) / sizeof(*path); i++) {
		char *now;

		ok(session_go(session, path[i], &world->err));
		now = state_of(session);
		assert_string_equal(now, then[path[i]]);
		assert_int_equal(session_is_past(session), path[i] < 10);
		assert_int_equal(session_event_count(session), 10);
		free(now);
	}
	for (size_t i = 0; i <= 10; i++)
		free(then[i]);
}

static void nothing_is_changed_at_an_earlier_time(void **state)
{
	struct world *world = *state;

	begin(world);
	ok(session_go(world->session, 2, &world->err));
	assert_int_equal(note(world->session, 0, &world->err), -1);
	assert_int_equal(world->err.code, ERROR_STATE);
	assert_non_null(strstr(world->err.text, "an earlier time"));
	assert_int_equal(store(world->session, "x:a", &world->err), -1);
	assert_int_equal(count_of(world->session), 2);
	ok(session_go(world->session, SIZE_MAX, &world->err));
	ok(note(world->session, 0, &world->err));
	assert_kept(world);
}

static void what_comes_meanwhile_shows_in_the_present(void **state)
{
	struct world *world = *state;
	bool changed;

	begin(world);
	ok(session_open(world->dir, &world->other, &world->err));
	ok(session_go(world->session, 3, &world->err));
	ok(note(world->other, 0, &world->err));
	assert_true(session_is_behind(world->session));
	ok(session_refresh(world->session, &changed, &world->err));
	assert_true(changed);
	assert_int_equal(count_of(world->session), 3);
	assert_int_equal(session_event_count(world->session), 5);
	ok(session_go(world->session, SIZE_MAX, &world->err));
	assert_same_state(world->session, world->other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_session_opens_as_it_was_closed),
		TEST(events_get_their_number_and_time),
		TEST(two_handles_see_each_others_events),
		TEST(appending_folds_first_what_others_appended),
		TEST(a_refused_event_leaves_nothing),
		TEST(a_batch_is_kept_whole_or_not_at_all),
		TEST(an_empty_batch_changes_nothing),
		TEST(events_live_as_long_as_the_session),
		TEST(commits_stored_by_another_become_visible),
		TEST(without_shapes_a_session_is_the_same),
		TEST(a_commit_known_by_name_is_expanded_later),
		TEST(a_date_that_becomes_known_later_counts),
		TEST(what_fitted_when_it_was_appended_fits_for_ever),
		TEST(commits_with_ids_that_are_none_are_refused),
		TEST(a_killed_writer_loses_nothing_acknowledged),
		TEST(several_processes_append_at_once),
		TEST(ten_thousand_events_are_no_burden),
		TEST(an_earlier_time_is_as_it_was),
		TEST(nothing_is_changed_at_an_earlier_time),
		TEST(what_comes_meanwhile_shows_in_the_present),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
