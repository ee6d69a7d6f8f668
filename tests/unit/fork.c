/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * A session that begins as another one was, and goes its own way.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "session/fork.h"
#include "tests/unit/files.h"
#include "tests/unit/session_world.h"

static void write_text(char *path, const char *text)
{
	file_write(path, "we", text, strlen(text));
	free(path);
}

/* The inode of a file of the session, 0: it is not there. */
static ino_t inode(char *path)
{
	struct stat st;
	ino_t found = stat(path, &st) == 0 ? st.st_ino : 0;

	free(path);
	return found;
}

static char *other_dir(const struct world *world)
{
	return xasprintf("%s/other", world->folder);
}

/* Fork at this event, and open what came of it. */
static void fork_at(struct world *world, int64_t seq)
{
	char *dir = other_dir(world);

	ok(fork_session(world->session, seq, dir, "me@here", &world->err));
	ok(session_open(dir, &world->other, &world->err));
	free(dir);
}

static struct event on(char commit, enum event_kind kind, int64_t number)
{
	return (struct event){ .kind = kind,
			       .by = BY_ENGINE,
			       .commit = id(commit),
			       .number = number,
			       .outcome = OUTCOME_OK };
}

/* A build and two runs of c, then a verdict, then b. */
static void tell(struct world *world)
{
	struct oid c = id('c'), b = id('b');
	static char host[] = "here";

	begin(world); /* range, start, bad, good: 4 events */
	ok(append(world->session,
		  (struct event){
			  .kind = EVENT_ENGINE, .by = BY_ENGINE, .text = host },
		  &world->err));
	ok(append(world->session, on('c', EVENT_BUILD_BEGIN, 0), &world->err));
	write_text(session_build_log(world->session, &c), "CC c.o\n");
	ok(append(world->session, on('c', EVENT_BUILD, 0), &world->err));
	ok(append(world->session, on('c', EVENT_RUN_BEGIN, 0), &world->err));
	write_text(session_console(world->session, &c, 0), "booted\n");
	write_text(session_output(world->session, &c, 0), "tested\n");
	ok(append(world->session, on('c', EVENT_RUN, 0), &world->err)); /* 9 */
	ok(append(world->session, on('c', EVENT_RUN_BEGIN, 10), &world->err));
	write_text(session_console(world->session, &c, 10), "boot...");
	ok(append(world->session, on('c', EVENT_RUN, 10), &world->err)); /*11*/
	ok(append(world->session, verdict('c', VERDICT_GOOD), &world->err));
	ok(append(world->session, on('b', EVENT_BUILD_BEGIN, 0), &world->err));
	write_text(session_build_log(world->session, &b), "CC b.o\n");
	write_text(session_settings(world->session), "policy = \"x\";\n");
	write_text(xasprintf("%s/engine.log", world->dir), "ready\n");
}

static void a_fork_begins_as_the_session_was(void **state)
{
	struct world *world = *state;
	char *before, *then, *forked;

	tell(world);
	before = state_of(world->session);
	fork_at(world, 9);
	ok(session_go(world->session, 9, &world->err));
	then = state_of(world->session);
	ok(session_go(world->other, 9, &world->err));
	forked = state_of(world->other);
	assert_string_equal(forked, then);
	ok(session_go(world->other, SIZE_MAX, &world->err));
	/* where it came from is told */
	assert_int_equal(count_of(world->other), 11);
	assert_non_null(
		strstr(session_event(world->other, 10)->text, "at event 9"));
	assert_string_equal(session_event(world->other, 10)->who, "me@here");
	/* and goes its own way */
	ok(append(world->other, verdict('c', VERDICT_BAD), &world->err));
	ok(session_go(world->session, SIZE_MAX, &world->err));
	free(forked);
	forked = state_of(world->session);
	assert_string_equal(forked, before);
	assert_kept(world);
	free(before);
	free(then);
	free(forked);
}

static void the_evidence_comes_along(void **state)
{
	struct world *world = *state;
	struct oid c = id('c'), b = id('b');
	ino_t old;

	tell(world);
	fork_at(world, 9);
	old = inode(session_console(world->session, &c, 0));
	assert_int_equal(inode(session_console(world->other, &c, 0)), old);
	assert_int_not_equal(inode(session_output(world->other, &c, 0)), 0);
	/* a build log is written anew by a build that is made again */
	old = inode(session_build_log(world->session, &c));
	assert_int_not_equal(inode(session_build_log(world->other, &c)), 0);
	assert_int_not_equal(inode(session_build_log(world->other, &c)), old);
	assert_int_not_equal(inode(session_settings(world->other)), 0);
	/* what was not there yet, and what is the other session's own */
	assert_int_equal(inode(session_console(world->other, &c, 10)), 0);
	assert_int_equal(inode(session_build_log(world->other, &b)), 0);
	assert_int_equal(
		inode(xasprintf("%s/engine.log", session_dir(world->other))),
		0);
}

static void nothing_is_in_flight_in_a_fork(void **state)
{
	struct world *world = *state;
	const struct step *step;

	tell(world);
	fork_at(world, 10);
	step = engine_step_of(session_engine(world->other), 1);
	assert_non_null(step);
	assert_int_equal(step->run_count, 1);
	assert_false(step->runs[0].running);
	assert_int_equal(session_event(world->other, 10)->kind,
			 EVENT_ENGINE_GONE);
}

static void commits_are_known_as_they_were_then(void **state)
{
	struct world *world = *state;

	ok(store(world->session, "d c b", &world->err));
	ok(append(world->session, start(), &world->err));
	ok(store(world->session, "d:c c:b b:a a: e", &world->err));
	fork_at(world, 2);
	assert_int_equal(graph_count(session_graph(world->other)), 3);
	assert_false(graph_is_expanded(session_graph(world->other), 0));
	/* and may become known again */
	ok(store(world->other, "d:c c:b b:a a:", &world->err));
	assert_true(graph_is_expanded(session_graph(world->other), 0));
}

static void refuse(struct world *world, int64_t seq, const char *dir,
		   const char *why)
{
	assert_int_equal(fork_session(world->session, seq, dir, "me@here",
				      &world->err),
			 -1);
	assert_non_null(strstr(world->err.text, why));
}

static int entries(const char *folder)
{
	DIR *dir = opendir(folder);
	int count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static void what_cannot_be_forked_leaves_nothing(void **state)
{
	struct world *world = *state;
	char *dir = other_dir(world);
	int before;

	refuse(world, 1, dir, "has not begun yet");
	tell(world);
	before = entries(world->folder);
	refuse(world, 1, dir, "no event 1 to fork from: it must be one from 2");
	refuse(world, 99, dir, "no event 99 to fork from");
	refuse(world, 9, world->folder, "is there already");
	/* an evidence that cannot be read */
	if (geteuid() != 0) {
		struct oid c = id('c');
		char *log = session_build_log(world->session, &c);

		assert_int_equal(chmod(log, 0), 0);
		refuse(world, 9, dir, "cannot read");
		free(log);
	}
	assert_int_equal(entries(world->folder), before);
	free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_fork_begins_as_the_session_was),
		TEST(the_evidence_comes_along),
		TEST(nothing_is_in_flight_in_a_fork),
		TEST(commits_are_known_as_they_were_then),
		TEST(what_cannot_be_forked_leaves_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
