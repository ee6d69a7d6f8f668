/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The power is cut after each write to a session's journal, and the disk is
 * full at each: whatever was acknowledged is there afterwards, what was not is
 * there whole or not at all, and the session goes on.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>

#include "base/array.h"
#include "base/str.h"
#include "engine/crash.h"
#include "tests/faults/disk.h"
#include "tests/unit/session_world.h"

/* A state that was acknowledged, and how many ops the disk had by then. */
struct seen {
	char *state;
	size_t ops;
};

struct story {
	struct world *world;
	struct disk disk;
	struct seen *seen;
	size_t count, room;
	int failures; /* writes that were refused, and said so */
};

static void see(struct story *story, struct session *session)
{
	array_grow(story->seen, story->count + 1, &story->room);
	story->seen[story->count++] =
		(struct seen){ state_of(session), story->disk.count };
}

static void forget(struct story *story)
{
	for (size_t i = 0; i < story->count; i++)
		free(story->seen[i].state);
	free(story->seen);
	disk_take_away(&story->disk);
}

/* What was written, or refused in words of which one can make something. */
static void wrote(struct story *story, int ret)
{
	struct world *world = story->world;
	char *now;

	if (ret == 0) {
		see(story, world->session);
		return;
	}
	assert_true(story->disk.was_full);
	/* ERROR_STATE: it leans on what could not be written before */
	if (world->err.code != ERROR_STATE || story->failures == 0) {
		assert_int_equal(world->err.code, ERROR_STORE);
		assert_non_null(strstr(world->err.text, "/session.db': "));
		assert_true(
			strstr(world->err.text, "disk is full; make room") ||
			strstr(world->err.text, "; check the disk"));
	}
	now = state_of(world->session);
	assert_string_equal(now, story->seen[story->count - 1].state);
	free(now);
	world->err = (struct error)ERROR_INIT;
	story->failures++;
}

static int run_of(struct world *world, int number)
{
	static char title[] = "BUG: it's a \"bug\"";
	struct crash crash = { .title = title };
	struct event run = { .kind = EVENT_RUN,
			     .by = BY_ENGINE,
			     .commit = id('b'),
			     .number = number,
			     .outcome = OUTCOME_CRASHED,
			     .title = title,
			     .duration_ms = 10,
			     .boot_ms = 1,
			     .crashes = &crash,
			     .crash_count = 1 };

	return append(world->session, run, &world->err);
}

/* Passive, as SQLite does it by itself when a WAL is long. */
static void copy_back(struct world *world)
{
	char *path = xasprintf("%s/session.db", world->dir);
	sqlite3 *db = NULL;

	if (sqlite3_open(path, &db) == SQLITE_OK)
		sqlite3_exec(db, "PRAGMA wal_checkpoint(PASSIVE)", NULL, NULL,
			     NULL);
	sqlite3_close(db);
	free(path);
}

/*
 * What was written and then could not be synced was refused, and may be there
 * all the same when the WAL is read again.
 */
static void open_again(struct story *story)
{
	struct world *world = story->world;
	size_t count = session_event_count(world->session);

	session_close(world->session);
	world->session = NULL;
	ok(session_open(world->dir, &world->session, &world->err));
	assert_true(session_event_count(world->session) >= count);
	if (story->failures)
		see(story, world->session);
}

/* Of everything a session is written by, in transactions of one event. */
static void live(struct story *story)
{
	struct world *world = story->world;
	struct event batch[3] = { start(), verdict('d', VERDICT_BAD),
				  verdict('a', VERDICT_GOOD) };
	static char page[9001];
	struct event events[3] = { { .kind = EVENT_NOTE, .by = BY_PERSON },
				   { .kind = EVENT_PAUSE, .by = BY_PERSON },
				   { .kind = EVENT_RESUME, .by = BY_PERSON } };

	memset(page, 'p', sizeof(page) - 1);
	events[0].text = page;
	see(story, world->session);
	wrote(story, store(world->session, "d:c c:b b:a a:", &world->err));
	wrote(story, session_append(world->session, batch, 3, &world->err));
	for (int i = 0; i < 3; i++)
		wrote(story, note(world->session, i, &world->err));
	open_again(story); /* copied back, and the WAL removed */
	wrote(story, session_append(world->session, events, 3, &world->err));
	for (int i = 0; i < 2; i++)
		wrote(story, run_of(world, i));
	copy_back(world); /* the WAL begins anew */
	for (int i = 3; i < 6; i++)
		wrote(story, note(world->session, i, &world->err));
	wrote(story,
	      append(world->session, verdict('c', VERDICT_BAD), &world->err));
	copy_back(world);
	wrote(story, session_append(world->session, events, 3, &world->err));
	open_again(story);
	wrote(story, store(world->session, "f:d e:d", &world->err));
	wrote(story, note(world->session, 6, &world->err));
}

static int tell_story(void **state)
{
	struct story *story = xcalloc(1, sizeof(*story));
	void *world;

	disk_put(&story->disk);
	if (setup(&world) < 0)
		return -1;
	story->world = world;
	*state = story;
	return 0;
}

static int end_story(void **state)
{
	struct story *story = *state;
	void *world = story->world;

	teardown(&world);
	forget(story);
	free(story);
	return 0;
}

/* The first state that may be there after so many ops. */
static size_t acknowledged(const struct story *story, size_t ops)
{
	size_t at = 0;

	while (at + 1 < story->count && story->seen[at + 1].ops <= ops)
		at++;
	return at;
}

/* Open what the cut left; is it the state before it or the one after? */
static bool is_whole(struct story *story, const struct image *left, size_t ops,
		     bool go_on)
{
	char *dir = xasprintf("%s/cut", story->world->folder), *now;
	size_t at = acknowledged(story, ops);
	struct error err = ERROR_INIT;
	struct session *session = NULL;
	bool whole = false;

	mkdir(dir, 0700);
	image_store(dir, left);
	if (session_open(dir, &session, &err) == 0) {
		now = state_of(session);
		whole = str_equal(now, story->seen[at].state) ||
			(at + 1 < story->count &&
			 str_equal(now, story->seen[at + 1].state));
		free(now);
		if (whole && go_on)
			whole = note(session, 99, &err) == 0;
	}
	if (!whole)
		snprintf(story->world->err.text, sizeof(err.text),
			 "after op %zu: %.200s", ops, err.text);
	session_close(session);
	free(dir);
	return whole;
}

static int damage_after_cuts(struct story *story, const struct image *base,
			     size_t from, enum cut how, unsigned step)
{
	int damaged = 0;

	for (size_t i = from; i <= story->disk.count; i += step) {
		struct image left[DISK_FILES];

		disk_cut(&story->disk, i, how, (unsigned)i, base, left);
		damaged += !is_whole(story, left, i, i % 5 == 0);
		image_release(left);
	}
	return damaged;
}

static void nothing_acknowledged_is_lost(void **state, enum cut how)
{
	struct story *story = *state;
	struct image base[DISK_FILES];

	image_load(story->world->dir, base);
	/* base has what there was so far */
	for (size_t i = 0; i < story->disk.count; i++)
		free(story->disk.ops[i].bytes);
	story->disk.count = 0;
	live(story);
	assert_true(story->disk.count > 100);
	sqlite3_vfs_register(sqlite3_vfs_find("unix"), 1);
	if (damage_after_cuts(story, base, 0, how, 1))
		fail_msg("%s", story->world->err.text);
	image_release(base);
}

static void every_prefix_of_the_writes_is_a_session(void **state)
{
	nothing_acknowledged_is_lost(state, CUT_CLEAN);
}

static void a_torn_last_page_is_nothing(void **state)
{
	nothing_acknowledged_is_lost(state, CUT_TORN);
}

static void what_was_not_synced_may_be_lost_in_any_order(void **state)
{
	nothing_acknowledged_is_lost(state, CUT_LOSES);
}

/* The test's own proof: it would see a disk that does not sync. */
static void a_disk_that_ignores_syncs_loses_something(void **state)
{
	struct story *story = *state;
	struct image base[DISK_FILES];

	image_load(story->world->dir, base);
	for (size_t i = 0; i < story->disk.count; i++)
		free(story->disk.ops[i].bytes);
	story->disk.count = 0;
	live(story);
	sqlite3_vfs_register(sqlite3_vfs_find("unix"), 1);
	assert_true(damage_after_cuts(story, base, 0, CUT_DROPS, 3) > 10);
	image_release(base);
}

/* A new session gets its name when all of it is on the disk. */
static void a_new_session_is_synced_before_it_has_a_name(void **state)
{
	struct story *story = *state;
	struct image base[DISK_FILES] = { { NULL, 0 }, { NULL, 0 } };
	struct image left[DISK_FILES];

	assert_true(story->disk.count > 10);
	see(story, story->world->session);
	sqlite3_vfs_register(sqlite3_vfs_find("unix"), 1);
	for (unsigned seed = 0; seed < 8; seed++) {
		disk_cut(&story->disk, story->disk.count, CUT_LOSES, seed, base,
			 left);
		assert_true(is_whole(story, left, story->disk.count, true));
		image_release(left);
	}
}

/* Told once without faults: how many ops it takes. */
static size_t ops_of_a_story(void)
{
	struct story *story;
	size_t count;
	void *state;

	ok(tell_story(&state));
	story = state;
	live(story);
	count = story->disk.count;
	end_story(&state);
	return count;
}

static void live_with_a_full_disk(size_t from, size_t to, int *failures)
{
	struct story *story;
	struct session *fresh;
	void *state;
	char *last;

	ok(tell_story(&state));
	story = state;
	story->disk.full_at = from;
	story->disk.full_to = to;
	live(story);
	story->disk.full_at = SIZE_MAX;
	*failures += story->failures;
	/* there is room again: all goes on, and another process sees it */
	ok(note(story->world->session, 77, &story->world->err));
	last = state_of(story->world->session);
	ok(session_open(story->world->dir, &fresh, &story->world->err));
	assert_same_state(story->world->session, fresh);
	session_close(fresh);
	free(last);
	end_story(&state);
}

static void a_disk_that_is_full_at_any_write_loses_nothing(void **state)
{
	size_t count = ops_of_a_story();
	struct story *story;
	int failures = 0;
	size_t first;
	void *one;

	(void)state;
	ok(tell_story(&one));
	story = one;
	first = story->disk.count;
	end_story(&one);
	/* for one write, for a while, and for good */
	for (size_t i = first; i < count; i++)
		live_with_a_full_disk(i, i + 1, &failures);
	for (size_t i = first; i < count; i += 7)
		live_with_a_full_disk(i, i + 40, &failures);
	assert_true(failures > 100);
}

int main(void)
{
#define STORY(name) cmocka_unit_test_setup_teardown(name, tell_story, end_story)
	const struct CMUnitTest tests[] = {
		STORY(every_prefix_of_the_writes_is_a_session),
		STORY(a_torn_last_page_is_nothing),
		STORY(what_was_not_synced_may_be_lost_in_any_order),
		STORY(a_disk_that_ignores_syncs_loses_something),
		STORY(a_new_session_is_synced_before_it_has_a_name),
		cmocka_unit_test(
			a_disk_that_is_full_at_any_write_loses_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
