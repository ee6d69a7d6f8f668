/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The worktree of a session by hand, moved while its orders go on.  A hook of
 * git's waits at a gate, so each checkout takes as long as the test wants.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/begin.h"
#include "control/command.h"
#include "control/mover.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "repo/repo.h"
#include "repo/worktree.h"
#include "session/session.h"
#include "tests/unit/files.h"
#include "tests/unit/scratch.h"

#define COMMITS "40"

struct world {
	char *folder, *dir, *gate, *passed;
	struct repo *repo;
	struct session *session;
	struct mover mover;
	uv_loop_t loop;
	struct buf say;
	int ends; /* how often it came to rest */
};

static void shell(const struct world *world, const char *script)
{
	char *command = xasprintf("cd '%s' && {\n%s\n}", world->folder, script);

	assert_int_equal(system(command), 0);
	free(command);
}

static void on_moved(void *data)
{
	struct world *world = data;

	world->ends++;
}

static int set_up(void **state)
{
	struct world *world = xcalloc(1, sizeof(*world));
	const char *const goods[] = { "c1" };
	struct error err = ERROR_INIT;
	char *path;

	world->folder = scratch_make();
	world->dir = xasprintf("%s/session", world->folder);
	world->gate = xasprintf("%s/gate", world->folder);
	world->passed = xasprintf("%s/passed", world->folder);
	shell(world,
	      "git init -q r && cd r && git config user.name me &&"
	      " git config user.email me@here\n"
	      "i=1; while test $i -le " COMMITS "; do echo $i >f &&"
	      " git add f && git commit -q -m c$i && git tag c$i || exit 1;"
	      " i=$((i + 1)); done");
	path = xasprintf("%s/r", world->folder);
	assert_int_equal(repo_open(path, &world->repo, &err), 0);
	free(path);
	assert_int_equal(begin_session(world->repo,
				       &(struct begin){ .bad = "c" COMMITS,
							.goods = goods,
							.good_count = 1,
							.dir = world->dir,
							.who = "me@here" },
				       &world->session, &err),
			 0);
	buf_init(&world->say, 64 * 1024);
	assert_int_equal(uv_loop_init(&world->loop), 0);
	world->mover = (struct mover){ .loop = &world->loop,
				       .moved = on_moved,
				       .data = world };
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	uv_run(&world->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&world->loop), 0);
	buf_release(&world->say);
	session_close(world->session);
	repo_close(world->repo);
	free(world->passed);
	free(world->gate);
	free(world->dir);
	scratch_remove(world->folder);
	free(world);
	return 0;
}

/* From now on a checkout is noted, and ends when somebody opens the gate. */
static void make_gate(const struct world *world)
{
	shell(world,
	      "mkfifo gate && mkdir -p r/.git/hooks && cat >r/.git/hooks/"
	      "post-checkout <<'EOF'\n"
	      "#!/bin/sh\n"
	      "echo $2 >>../../passed\n"
	      "read line <../../gate\n"
	      "EOF\n"
	      "chmod +x r/.git/hooks/post-checkout");
}

/* Waits until a git is there, and lets it pass. */
static void open_gate(const struct world *world)
{
	int fd = open(world->gate, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "go\n", 3), 3);
	close(fd);
}

static struct oid wanted(const struct world *world)
{
	struct oid oid;

	assert_true(mover_wanted(world->session, &oid));
	return oid;
}

static struct oid head(const struct world *world)
{
	char *path = session_worktree(world->session), *dir;
	struct oid oid = { "" };

	dir = worktree_git_dir(session_repository(world->session), path);
	if (dir)
		worktree_head(dir, &oid);
	free(dir);
	free(path);
	return oid;
}

/* What the screen does: the order at once, the worktree behind it. */
static void give(struct world *world, const char *name)
{
	struct error err = ERROR_INIT;
	bool moves = false;
	struct order order = { .session = world->session,
			       .repo = world->repo,
			       .who = "me@here",
			       .at_once = true,
			       .moves = &moves,
			       .say = &world->say };

	if (command_order(name, &order, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(moves);
	mover_follow(&world->mover, world->session);
}

static char *passed(const struct world *world)
{
	struct error err = ERROR_INIT;
	struct buf text;
	char *taken;

	buf_init(&text, 0);
	assert_int_equal(io_load(world->passed, &text, &err), 0);
	taken = buf_take(&text);
	buf_release(&text);
	return taken;
}

static void a_worktree_is_made_where_the_first_test_is(void **state)
{
	struct world *world = *state;
	struct oid oid = wanted(world), is;

	mover_follow(&world->mover, world->session);
	assert_true(mover_moves(&world->mover));
	uv_run(&world->loop, UV_RUN_DEFAULT);
	assert_false(mover_moves(&world->mover));
	assert_false(world->mover.failed);
	assert_int_equal(world->ends, 1);
	is = head(world);
	assert_string_equal(is.hex, oid.hex);
}

static void orders_go_on_while_it_moves_and_the_last_one_counts(void **state)
{
	struct world *world = *state;
	struct oid first, last, is;
	size_t before;
	char *expected, *said;

	mover_follow(&world->mover, world->session);
	uv_run(&world->loop, UV_RUN_DEFAULT);
	make_gate(world);
	before = session_event_count(world->session);
	give(world, "bad");
	first = wanted(world);
	assert_true(mover_moves(&world->mover));
	give(world, "good");
	give(world, "bad");
	last = wanted(world);
	/* all of it is in the journal, and git is still at its first one */
	assert_int_equal(session_event_count(world->session), before + 3);
	assert_true(mover_moves(&world->mover));
	assert_int_equal(world->ends, 1);
	open_gate(world);
	/* its end starts the second one, from the loop */
	uv_run(&world->loop, UV_RUN_ONCE);
	open_gate(world);
	uv_run(&world->loop, UV_RUN_DEFAULT);
	assert_false(mover_moves(&world->mover));
	assert_false(world->mover.failed);
	assert_int_equal(world->ends, 2);
	is = head(world);
	assert_string_equal(is.hex, last.hex);
	expected = xasprintf("%s\n%s\n", first.hex, last.hex);
	said = passed(world);
	assert_string_equal(said, expected);
	free(said);
	free(expected);
}

static void whoever_else_moves_it_waits_for_its_turn(void **state)
{
	struct world *world = *state;
	char *path = session_worktree(world->session);
	struct error err = ERROR_INIT;
	int lock = mover_lock(path, &err);

	assert_true(lock >= 0);
	mover_follow(&world->mover, world->session);
	/* the thread cannot begin, however often the loop is asked */
	for (int i = 0; i < 100; i++)
		uv_run(&world->loop, UV_RUN_NOWAIT);
	assert_true(mover_moves(&world->mover));
	assert_int_equal(access(path, F_OK), -1);
	assert_false(mover_was_cut(world->session));
	mover_unlock(lock);
	uv_run(&world->loop, UV_RUN_DEFAULT);
	assert_false(world->mover.failed);
	assert_int_equal(access(path, F_OK), 0);
	free(path);
}

static void a_move_that_was_cut_is_done_again_by_force(void **state)
{
	struct world *world = *state;
	struct oid oid = wanted(world);
	struct error err = ERROR_INIT;
	char *path = session_worktree(world->session);
	int lock;

	assert_int_equal(mover_bring(world->session, &oid, false, &err), 0);
	assert_false(mover_was_cut(world->session));
	shell(world, "echo mine >session/worktree/f");
	assert_int_equal(mover_bring(world->session, &oid, true, &err), 0);
	shell(world, "grep -q mine session/worktree/f");
	/* who has the lock is killed, and its git too */
	lock = mover_lock(path, &err);
	assert_true(lock >= 0);
	assert_false(mover_was_cut(world->session));
	close(lock);
	assert_true(mover_was_cut(world->session));
	shell(world, "touch r/.git/worktrees/worktree/index.lock");
	assert_int_equal(mover_bring(world->session, &oid, true, &err), 0);
	assert_false(mover_was_cut(world->session));
	shell(world, "git -C session/worktree diff --quiet HEAD");
	free(path);
}

static void what_is_in_the_way_is_said_and_no_verdict_is_lost(void **state)
{
	struct world *world = *state;
	char *path = session_worktree(world->session);
	struct oid oid, is;
	size_t before;

	assert_int_equal(mkdir(path, 0700), 0);
	free(path);
	path = xasprintf("%s/session/worktree/mine", world->folder);
	file_write(path, "we", "1\n", 2);
	before = session_event_count(world->session);
	give(world, "bad");
	uv_run(&world->loop, UV_RUN_DEFAULT);
	assert_true(world->mover.failed);
	assert_non_null(
		strstr(world->mover.why.text, "cannot move the worktree to "));
	assert_non_null(strstr(world->mover.why.text, "is in the way"));
	assert_int_equal(session_event_count(world->session), before + 1);
	/* out of the way, the next order brings it there */
	unlink(path);
	free(path);
	give(world, "good");
	uv_run(&world->loop, UV_RUN_DEFAULT);
	assert_false(world->mover.failed);
	oid = wanted(world);
	is = head(world);
	assert_string_equal(is.hex, oid.hex);
}

static void without_a_loop_it_is_waited_for(void **state)
{
	struct world *world = *state;
	struct oid oid = wanted(world), is;

	world->mover.loop = NULL;
	mover_follow(&world->mover, world->session);
	assert_false(mover_moves(&world->mover));
	assert_int_equal(world->ends, 1);
	is = head(world);
	assert_string_equal(is.hex, oid.hex);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_worktree_is_made_where_the_first_test_is),
		TEST(orders_go_on_while_it_moves_and_the_last_one_counts),
		TEST(whoever_else_moves_it_waits_for_its_turn),
		TEST(a_move_that_was_cut_is_done_again_by_force),
		TEST(what_is_in_the_way_is_said_and_no_verdict_is_lost),
		TEST(without_a_loop_it_is_waited_for),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
