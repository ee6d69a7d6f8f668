/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/str.h"
#include "control/control.h"
#include "control/desk.h"
#include "control/lease.h"
#include "tests/unit/session_world.h"

#define PATIENCE_MS 20000

/* What an engine told while it worked, and what is to happen meanwhile. */
struct ear {
	struct world *world;
	struct buf words;
	enum event_kind when;
	void (*then)(struct ear *ear);
};

static void hear(void *data, struct session *session, const struct event *event)
{
	struct ear *ear = data;

	(void)session;
	buf_printf(&ear->words, "%s%s", ear->words.length ? " " : "",
		   event_kind_name(event->kind));
	if (!oid_is_none(&event->commit))
		buf_printf(&ear->words, ":%c", event->commit.hex[0]);
	if (ear->then && event->kind == ear->when) {
		void (*then)(struct ear * ear) = ear->then;

		ear->then = NULL;
		then(ear);
	}
}

/* A search over a to d, by a policy, with this script. */
static void begin_fake_by(struct world *world, const char *policy,
			  const char *script)
{
	struct event events[3] = { { .kind = EVENT_START,
				     .by = BY_START,
				     .policy = (char *)(uintptr_t)policy },
				   verdict('d', VERDICT_BAD),
				   verdict('a', VERDICT_GOOD) };
	char *path = session_settings(world->session);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fprintf(file, "fake: { script = \"%s\"; };\n", script);
	fclose(file);
	free(path);
	events[1].by = events[2].by = BY_START;
	ok(store(world->session, "d:c c:b b:a a:", &world->err));
	ok(session_append(world->session, events, 3, &world->err));
}

/* One run a commit. */
static void begin_fake(struct world *world, const char *script)
{
	begin_fake_by(world, "exit-code", script);
}

static int run(struct world *world, struct ear *ear, bool stay,
	       enum control_end *end)
{
	const struct control_options options = {
		.program = "/nonexistent",
		.stay = stay,
		.ready_fd = -1,
		.tell = hear,
		.data = ear,
	};

	buf_init(&ear->words, 0);
	ear->world = world;
	return control_run(world->session, NULL, &options, end, &world->err);
}

/* The run ends like this, having told that. */
static void runs(struct world *world, struct ear *ear, bool stay,
		 enum control_end expected, const char *told)
{
	enum control_end end = CONTROL_STOPPED;

	ok(run(world, ear, stay, &end));
	assert_string_equal(ear->words.text, told);
	assert_int_equal(end, expected);
	buf_release(&ear->words);
	assert_kept(world);
}

/* A decision by somebody who has the session open as well. */
static void from_elsewhere(struct world *world, struct event event)
{
	if (!world->other)
		ok(session_open(world->dir, &world->other, &world->err));
	event.by = BY_PERSON;
	ok(append(world->other, event, &world->err));
}

/*
 * The loop.
 */

static void builds_runs_and_verdicts_come_in_order_until_it_is_found(
	void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = NULL };

	begin_fake(world, "c runs=X\\n*");
	runs(world, &ear, false, CONTROL_FOUND,
	     "engine build-begin:c build:c run-begin:c run:c verdict:c "
	     "build-begin:b build:b run-begin:b run:b verdict:b engine-gone");
	assert_int_equal(engine_plan(session_engine(world->session))->state,
			 PLAN_FOUND);
}

/* The image is broken until it is mended; c is bad, and b is not. */
static void runs_that_are_lost_everywhere_wait_for_a_person(void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = NULL };
	const struct plan *plan;

	begin_fake_by(world, "syzkaller/4/4", "c runs=BBBBX\\nb runs=BB.\\n*");
	runs(world, &ear, false, CONTROL_NEEDS_PERSON,
	     "engine build-begin:c build:c run-begin:c run:c run-begin:c "
	     "run:c run-begin:c run:c run-begin:c run:c verdict:c "
	     "build-begin:b build:b run-begin:b run:b run-begin:b run:b "
	     "engine-gone");
	plan = engine_plan(session_engine(world->session));
	assert_true(plan->needs_person);
	assert_non_null(strstr(plan->wishes[0].why,
			       "6 of the last 6 runs were lost, at 2 commits"));
	from_elsewhere(world, (struct event){ .kind = EVENT_RESUME });
	ok(session_refresh(world->session, NULL, &world->err));
	/* c is skipped no more */
	runs(world, &ear, false, CONTROL_FOUND,
	     "engine build-begin:c build:c run-begin:c run:c "
	     "run-begin:c run:c run-begin:c run:c run-begin:c run:c verdict:c "
	     "build-begin:b build:b run-begin:b run:b run-begin:b run:b "
	     "run-begin:b run:b run-begin:b run:b verdict:b engine-gone");
	plan = engine_plan(session_engine(world->session));
	assert_int_equal(plan->state, PLAN_FOUND);
}

static void what_is_found_already_needs_no_work(void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = NULL };

	begin_fake(world, "*");
	ok(append(world->session, verdict('c', VERDICT_GOOD), &world->err));
	runs(world, &ear, false, CONTROL_FOUND, "engine engine-gone");
}

static void a_build_that_fails_is_a_skip(void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = NULL };

	begin_fake(world, "c build=failed:\\\"f.c:1: error\\\"\\n*");
	runs(world, &ear, false, CONTROL_NEEDS_PERSON,
	     "engine build-begin:c build:c verdict:c build-begin:b build:b "
	     "run-begin:b run:b verdict:b engine-gone");
	assert_int_equal(engine_plan(session_engine(world->session))->state,
			 PLAN_ONLY_SKIPPED);
}

static void infra_trouble_needs_a_person_and_resume_mends_it(void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = NULL };

	begin_fake(world, "c runs=IX\\n*");
	runs(world, &ear, false, CONTROL_NEEDS_PERSON,
	     "engine build-begin:c build:c run-begin:c run:c engine-gone");
	runs(world, &ear, false, CONTROL_NEEDS_PERSON, "engine engine-gone");
	ok(append(world->session,
		  (struct event){ .kind = EVENT_RESUME, .by = BY_PERSON },
		  &world->err));
	runs(world, &ear, false, CONTROL_FOUND,
	     "engine build-begin:c build:c run-begin:c run:c verdict:c "
	     "build-begin:b build:b run-begin:b run:b verdict:b engine-gone");
}

static void a_commit_that_the_runner_refuses_is_infra_trouble(void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = NULL };

	begin_fake(world, "d runs=X");
	runs(world, &ear, false, CONTROL_NEEDS_PERSON,
	     "engine build-begin:c build:c engine-gone");
}

static void say_bad(struct ear *ear)
{
	from_elsewhere(ear->world, verdict('c', VERDICT_BAD));
}

static void what_a_decision_makes_needless_is_stopped(void **state)
{
	struct world *world = *state;
	struct ear ear = { .when = EVENT_RUN_BEGIN, .then = say_bad };

	begin_fake(world, "c runs=~\\n*");
	runs(world, &ear, false, CONTROL_FOUND,
	     "engine build-begin:c build:c run-begin:c verdict:c "
	     "run-stopped:c build-begin:b build:b run-begin:b run:b verdict:b "
	     "engine-gone");
}

static void say_good(struct ear *ear)
{
	from_elsewhere(ear->world, verdict('c', VERDICT_GOOD));
}

static void a_build_that_nobody_wishes_for_is_stopped(void **state)
{
	struct world *world = *state;
	struct ear ear = { .when = EVENT_BUILD_BEGIN, .then = say_good };

	begin_fake(world, "c ms=80000\\n*");
	runs(world, &ear, false, CONTROL_FOUND,
	     "engine build-begin:c verdict:c build-stopped:c engine-gone");
}

static void say_pause(struct ear *ear)
{
	from_elsewhere(ear->world, (struct event){ .kind = EVENT_PAUSE });
}

static void a_pause_lets_what_runs_end_and_starts_nothing(void **state)
{
	struct world *world = *state;
	struct ear ear = { .when = EVENT_BUILD_BEGIN, .then = say_pause };

	begin_fake(world, "*");
	runs(world, &ear, false, CONTROL_NEEDS_PERSON,
	     "engine build-begin:c pause build:c engine-gone");
	runs(world, &ear, false, CONTROL_NEEDS_PERSON, "engine engine-gone");
}

static void say_pause_now(struct ear *ear)
{
	from_elsewhere(ear->world, (struct event){ .kind = EVENT_PAUSE,
						   .number = PAUSE_NOW });
}

static void a_pause_can_give_up_a_build_at_once(void **state)
{
	struct world *world = *state;
	struct ear ear = { .when = EVENT_BUILD_BEGIN, .then = say_pause_now };

	begin_fake(world, "c ms=80000\\n*");
	runs(world, &ear, false, CONTROL_NEEDS_PERSON,
	     "engine build-begin:c pause build-stopped:c engine-gone");
}

static void a_pause_can_give_up_runs_at_once(void **state)
{
	struct world *world = *state;
	struct ear ear = { .when = EVENT_RUN_BEGIN, .then = say_pause_now };

	begin_fake(world, "c runs=~\\n*");
	runs(world, &ear, false, CONTROL_NEEDS_PERSON,
	     "engine build-begin:c build:c run-begin:c pause run-stopped:c "
	     "engine-gone");
}

/* Has an engine said that it is there?  It holds its lease before that. */
static bool is_announced(struct session *session)
{
	const struct engine *engine;

	if (session_refresh(session, NULL, NULL) < 0)
		return false;
	engine = session_engine(session);
	return engine_event(engine, engine_event_count(engine) - 1)->kind ==
	       EVENT_ENGINE;
}

/* In a child: wait until there is an engine, then let it go on. */
static void resume_later(struct world *world)
{
	struct session *session;
	struct event event = { .kind = EVENT_RESUME, .by = BY_PERSON };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (session_open(world->dir, &session, NULL) < 0)
		_exit(1);
	for (int waited = 0; !is_announced(session) && waited < PATIENCE_MS;
	     waited += 5)
		poll(NULL, 0, 5);
	_exit(append(session, event, NULL) < 0);
}

static void with_stay_a_paused_engine_waits_for_resume(void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = NULL };
	pid_t child;
	int status;

	begin_fake(world, "c runs=X\\n*");
	ok(append(world->session,
		  (struct event){ .kind = EVENT_PAUSE, .by = BY_PERSON },
		  &world->err));
	child = fork();
	if (child == 0)
		resume_later(world);
	runs(world, &ear, true, CONTROL_FOUND,
	     "engine resume build-begin:c build:c run-begin:c run:c verdict:c "
	     "build-begin:b build:b run-begin:b run:b verdict:b engine-gone");
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void ask_to_end(struct ear *ear)
{
	(void)ear;
	raise(SIGTERM);
}

static void a_signal_gives_up_what_runs_and_ends(void **state)
{
	struct world *world = *state;
	struct ear ear = { .when = EVENT_RUN_BEGIN, .then = ask_to_end };

	begin_fake(world, "c runs=~\\n*");
	runs(world, &ear, false, CONTROL_STOPPED,
	     "engine build-begin:c build:c run-begin:c run-stopped:c "
	     "engine-gone");
}

static void what_was_in_flight_when_an_engine_died_is_done_again(void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = NULL };
	struct event died[] = {
		{ .kind = EVENT_ENGINE, .by = BY_ENGINE, .number = 1 },
		{ .kind = EVENT_BUILD_BEGIN,
		  .by = BY_ENGINE,
		  .commit = id('c') },
		{ .kind = EVENT_BUILD, .by = BY_ENGINE, .commit = id('c') },
		{ .kind = EVENT_RUN_BEGIN, .by = BY_ENGINE, .commit = id('c') },
	};

	begin_fake(world, "c runs=X\\n*");
	ok(session_append(world->session, died, 4, &world->err));
	runs(world, &ear, false, CONTROL_FOUND,
	     "engine build-begin:c build:c run-begin:c run:c verdict:c "
	     "build-begin:b build:b run-begin:b run:b verdict:b engine-gone");
}

static void without_a_test_command_it_says_what_to_do(void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = NULL };
	enum control_end end;

	begin(world);
	assert_int_equal(run(world, &ear, false, &end), -1);
	assert_int_equal(world->err.code, ERROR_STATE);
	assert_non_null(strstr(world->err.text, "by hand"));
	assert_string_equal(ear.words.text, "");
	buf_release(&ear.words);
}

static void wrong_settings_stop_it_before_anything_is_written(void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = NULL };
	enum control_end end;
	size_t before;

	begin_fake(world, "nonsense");
	before = count_of(world->session);
	assert_int_equal(run(world, &ear, false, &end), -1);
	assert_non_null(strstr(world->err.text, "line 1"));
	assert_int_equal(count_of(world->session), before);
	buf_release(&ear.words);
}

/*
 * The lease.
 */

/* A child that takes the lease, says so, and waits to be killed. */
static pid_t holder(const char *path)
{
	int pipes[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	if (child == 0) {
		struct lease *lease;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (lease_take(path, &lease, NULL) < 0 ||
		    write(pipes[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &byte, 1), 1);
	close(pipes[0]);
	return child;
}

static bool is_after_cut(const char *path, const char *left)
{
	struct error err = ERROR_INIT;
	struct lease *lease;
	FILE *file = fopen(path, "we");
	bool cut;

	assert_non_null(file);
	assert_int_equal(fputs(left, file) >= 0, true);
	assert_int_equal(fclose(file), 0);
	ok(lease_take(path, &lease, &err));
	cut = lease_after_cut(lease);
	lease_give_back(lease);
	return cut;
}

static void who_went_down_with_the_machine_is_told_from_who_was_killed(
	void **state)
{
	struct world *world = *state;
	char *lock = session_lock(world->session);
	char *boot = io_text("/proc/sys/kernel/random/boot_id", 0);
	char *here = xasprintf("12 host %s", boot);

	assert_false(is_after_cut(lock, ""));
	assert_false(is_after_cut(lock, "12 host\n"));
	assert_false(is_after_cut(lock, here));
	assert_true(is_after_cut(lock, "12 host 0c4-another-boot\n"));
	free(here);
	free(boot);
	free(lock);
}

static void the_lease_is_held_by_one_process(void **state)
{
	struct world *world = *state;
	char *lock = session_lock(world->session), name[256] = "", text[64];
	struct lease *lease = NULL;
	pid_t child;
	int pid = 0;

	assert_false(lease_is_held(lock, &pid, name, sizeof(name)));
	child = holder(lock);
	assert_true(lease_is_held(lock, &pid, name, sizeof(name)));
	assert_int_equal(pid, child);
	assert_int_equal(lease_take(lock, &lease, &world->err), -1);
	assert_null(lease);
	assert_int_equal(world->err.code, ERROR_BUSY);
	snprintf(text, sizeof(text), "process %d on ", (int)child);
	assert_non_null(strstr(world->err.text, text));
	assert_non_null(strstr(world->err.text, name));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_false(lease_is_held(lock, &pid, name, sizeof(name)));
	ok(lease_take(lock, &lease, &world->err));
	assert_true(lease_is_held(lock, &pid, name, sizeof(name)));
	assert_int_equal(pid, getpid());
	lease_give_back(lease);
	assert_false(lease_is_held(lock, &pid, name, sizeof(name)));
	lease_give_back(NULL);
	free(lock);
}

static void a_second_engine_is_refused_and_writes_nothing(void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = NULL };
	enum control_end end;
	size_t before;
	char *lock = session_lock(world->session);
	pid_t child = holder(lock);

	begin_fake(world, "*");
	before = count_of(world->session);
	assert_int_equal(run(world, &ear, false, &end), -1);
	assert_int_equal(world->err.code, ERROR_BUSY);
	assert_int_equal(count_of(world->session), before);
	buf_release(&ear.words);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	free(lock);
}

/*
 * The desk.  The engine that it starts is this program.
 */

static int become_engine(const char *dir)
{
	const struct control_options options = {
		.program = "/nonexistent",
		.stay = true,
		.ready_fd = 3,
	};
	struct error err = ERROR_INIT;
	struct session *session;
	enum control_end end;
	int ret = 1;

	if (session_open(dir, &session, &err) < 0)
		return 1;
	if (control_run(session, NULL, &options, &end, &err) == 0)
		ret = 0;
	else
		dprintf(3, "%s", err.text);
	session_close(session);
	return ret;
}

/* Until it works or has given up. */
static int hear_all(struct world *world, struct engine_start *start)
{
	struct pollfd fd = { .fd = start->fd, .events = POLLIN };
	int ret;

	while ((ret = desk_hear_engine(start, &world->err)) > 0)
		poll(&fd, 1, -1);
	return ret;
}

/* Started, and heard to the end. */
static int start_engine(struct world *world, const char *program)
{
	struct engine_start start = { .begins = false };

	if (desk_start_engine(world->session, program, &start, &world->err) <
		    0 ||
	    hear_all(world, &start) < 0) {
		assert_false(start.begins);
		return -1;
	}
	assert_false(start.begins);
	return 0;
}

static void an_engine_is_started_seen_and_stopped(void **state)
{
	struct world *world = *state;
	struct engine_process engine;
	struct engine_process leaving = { .alive = true };
	char host[64] = "", text[64], *program = scratch_program();
	size_t last;

	begin_fake(world, "c runs=~\\n*");
	assert_true(desk_can_run(world->session));
	desk_engine(world->session, &engine);
	assert_false(engine.alive);
	ok(start_engine(world, program));
	desk_engine(world->session, &engine);
	assert_true(engine.alive);
	assert_true(engine.pid > 1 && engine.pid != getpid());
	assert_int_equal(getsid(engine.pid), engine.pid);
	gethostname(host, sizeof(host) - 1);
	assert_string_equal(engine.host, host);
	ok(session_refresh(world->session, NULL, &world->err));
	assert_int_equal(desk_engine_stage(world->session, &engine),
			 ENGINE_WORKS);
	leaving.pid = engine.pid;

	assert_int_equal(start_engine(world, program), -1);
	snprintf(text, sizeof(text), "process %d on", engine.pid);
	assert_non_null(strstr(world->err.text, text));

	ok(desk_stop_engine(world->session, &world->err));
	desk_engine(world->session, &engine);
	assert_false(engine.alive);
	ok(session_refresh(world->session, NULL, &world->err));
	last = count_of(world->session) - 1;
	assert_int_equal(
		engine_event(session_engine(world->session), last)->kind,
		EVENT_ENGINE_GONE);
	assert_int_equal(desk_engine_stage(world->session, &leaving),
			 ENGINE_LEAVES);
	leaving.pid++;
	assert_int_equal(desk_engine_stage(world->session, &leaving),
			 ENGINE_BEGINS);
	free(program);
}

static void stopping_without_an_engine_says_so(void **state)
{
	struct world *world = *state;

	assert_int_equal(desk_stop_engine(world->session, &world->err), -1);
	assert_int_equal(world->err.code, ERROR_STATE);
	assert_non_null(strstr(world->err.text, "no engine"));
}

static void an_engine_that_gives_up_tells_why(void **state)
{
	struct world *world = *state;
	char *program = scratch_program();

	begin_fake(world, "nonsense");
	assert_int_equal(start_engine(world, program), -1);
	free(program);
	assert_non_null(strstr(world->err.text, "did not start"));
	assert_non_null(strstr(world->err.text, "line 1"));
	assert_int_equal(start_engine(world, "/nonexistent"), -1);
	assert_non_null(strstr(world->err.text, "did not start"));
}

/* Which has its lease, waits for a line, and says the next one. */
static void write_slow_engine(const char *path, const char *fifo)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fprintf(file,
		"#!/bin/sh\necho held >&3\nread line <'%s'\n"
		"echo \"$line\" >&3\n",
		fifo);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0700), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
}

static void say_into(const char *fifo, const char *line)
{
	FILE *file = fopen(fifo, "we");

	assert_non_null(file);
	fputs(line, file);
	assert_int_equal(fclose(file), 0);
}

static void an_engine_that_gets_ready_is_not_waited_for(void **state)
{
	struct world *world = *state;
	char *program, *fifo;
	struct engine_start start = { .begins = false };
	struct engine_process held = { .alive = true, .pid = getpid() };

	begin_fake(world, "*");
	program = xasprintf("%s/slow", session_dir(world->session));
	fifo = xasprintf("%s/fifo", session_dir(world->session));
	write_slow_engine(program, fifo);
	ok(desk_start_engine(world->session, program, &start, &world->err));
	assert_true(start.begins);
	assert_int_equal(desk_hear_engine(&start, &world->err), 1);
	assert_int_equal(desk_engine_stage(world->session, &held),
			 ENGINE_BEGINS);
	say_into(fifo, "ready\n");
	assert_int_equal(hear_all(world, &start), 0);
	assert_int_equal(hear_all(world, &start), 0);

	ok(desk_start_engine(world->session, program, &start, &world->err));
	say_into(fifo, "git is ill\n");
	assert_int_equal(hear_all(world, &start), -1);
	assert_non_null(strstr(world->err.text, "did not start: git is ill"));

	ok(desk_start_engine(world->session, program, &start, &world->err));
	desk_leave_engine(&start);
	assert_int_equal(hear_all(world, &start), 0);
	say_into(fifo, "ready\n");
	free(program);
	free(fifo);
}

static void by_hand_nothing_can_be_run(void **state)
{
	struct world *world = *state;
	char who[300] = "";

	begin(world);
	assert_false(desk_can_run(world->session));
	desk_who(who, sizeof(who));
	assert_non_null(strchr(who, '@'));
	assert_true(who[0] != '@');
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(builds_runs_and_verdicts_come_in_order_until_it_is_found),
		TEST(runs_that_are_lost_everywhere_wait_for_a_person),
		TEST(what_is_found_already_needs_no_work),
		TEST(a_build_that_fails_is_a_skip),
		TEST(infra_trouble_needs_a_person_and_resume_mends_it),
		TEST(a_commit_that_the_runner_refuses_is_infra_trouble),
		TEST(what_a_decision_makes_needless_is_stopped),
		TEST(a_build_that_nobody_wishes_for_is_stopped),
		TEST(a_pause_lets_what_runs_end_and_starts_nothing),
		TEST(a_pause_can_give_up_a_build_at_once),
		TEST(a_pause_can_give_up_runs_at_once),
		TEST(with_stay_a_paused_engine_waits_for_resume),
		TEST(a_signal_gives_up_what_runs_and_ends),
		TEST(what_was_in_flight_when_an_engine_died_is_done_again),
		TEST(without_a_test_command_it_says_what_to_do),
		TEST(wrong_settings_stop_it_before_anything_is_written),
		TEST(the_lease_is_held_by_one_process),
		TEST(who_went_down_with_the_machine_is_told_from_who_was_killed),
		TEST(a_second_engine_is_refused_and_writes_nothing),
		TEST(an_engine_is_started_seen_and_stopped),
		TEST(stopping_without_an_engine_says_so),
		TEST(an_engine_that_gives_up_tells_why),
		TEST(an_engine_that_gets_ready_is_not_waited_for),
		TEST(by_hand_nothing_can_be_run),
	};

	if (argc > 2 && str_equal(argv[1], "--session-dir"))
		return become_engine(argv[2]);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
