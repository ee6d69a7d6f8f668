/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/child.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/keeper.h"
#include "tests/unit/scratch.h"

#define PATIENCE_MS 60000 /* bounds a wait for what must come */

#define FILL  200000 /* bytes, more than a pipe commonly holds */
#define CROWD 20

/* Children that wait for each other. */
struct crowd {
	int present;
	int gate; /* a line for each of them is written when all are there */
};

/* A loop, a child on it and what it gave. */
struct scene {
	uv_loop_t loop;
	struct child *child;
	char self[4096];
	char *folder;
	char *fifo;
	struct buf output;   /* the first bytes */
	int64_t received;    /* all of them */
	const char *stop_at; /* stop when the output holds this */
	bool gently;	     /* ask it to end, rather */
	struct crowd *crowd; /* of many children, or NULL */
	int ended;	     /* how often on_end was called */
	enum child_stop why;
	int exit_status;
};

static void open_gate(struct crowd *crowd)
{
	if (++crowd->present < CROWD)
		return;
	for (int i = 0; i < CROWD; i++)
		assert_int_equal(write(crowd->gate, "\n", 1), 1);
}

static void on_output(void *data, const char *bytes, size_t length)
{
	struct scene *scene = data;

	assert_int_equal(scene->ended, 0);
	scene->received += (int64_t)length;
	buf_add(&scene->output, bytes, length);
	if (scene->stop_at && strstr(scene->output.text, scene->stop_at)) {
		if (scene->gently)
			child_ask_to_end(scene->child);
		else
			child_stop(scene->child);
	}
	if (scene->crowd && str_equal(scene->output.text, "here\n"))
		open_gate(scene->crowd);
}

static void on_end(void *data, enum child_stop why, int exit_status,
		   int64_t duration_ms)
{
	struct scene *scene = data;

	assert_true(duration_ms >= 0);
	scene->ended++;
	scene->why = why;
	scene->exit_status = exit_status;
}

static int set_up(void **state)
{
	struct scene *scene = xcalloc(1, sizeof(*scene));
	ssize_t length = readlink("/proc/self/exe", scene->self,
				  sizeof(scene->self) - 1);

	assert_true(length > 0);
	scene->folder = scratch_make();
	scene->fifo = xasprintf("%s/fifo", scene->folder);
	assert_int_equal(mkfifo(scene->fifo, 0600), 0);
	assert_int_equal(uv_loop_init(&scene->loop), 0);
	buf_init(&scene->output, 65536);
	setenv("FIFO", scene->fifo, 1);
	setenv("SELF", scene->self, 1);
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(uv_loop_close(&scene->loop), 0);
	scratch_remove(scene->folder);
	free(scene->fifo);
	buf_release(&scene->output);
	free(scene);
	return 0;
}

static void start(struct scene *scene, struct child_spec *spec)
{
	struct error err = ERROR_INIT;

	spec->keeper = scene->self;
	spec->on_output = on_output;
	spec->on_end = on_end;
	spec->data = scene;
	if (child_start(&scene->loop, spec, &scene->child, &err) < 0)
		fail_msg("%s", err.text);
}

static void finish(struct scene *scene)
{
	uv_run(&scene->loop, UV_RUN_DEFAULT);
	assert_int_equal(scene->ended, 1);
	scene->ended = 0;
}

static void play_spec(struct scene *scene, const char *command,
		      struct child_spec spec)
{
	const char *argv[] = { "sh", "-c", command, NULL };

	spec.argv = argv;
	buf_clear(&scene->output);
	scene->received = 0;
	start(scene, &spec);
	finish(scene);
}

/* Run a shell command without limits; returns its exit status. */
static int play(struct scene *scene, const char *command)
{
	play_spec(scene, command, (struct child_spec){ .cwd = NULL });
	return scene->exit_status;
}

/* Readers come first: whoever opens the fifo to write then does not wait. */
static int open_fifo(const struct scene *scene)
{
	int fd = open(scene->fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

/* Is there nobody left who has the fifo open to write? */
static bool nobody_holds(int fifo)
{
	char bytes[4096];
	ssize_t length;

	while ((length = read(fifo, bytes, sizeof(bytes))) > 0)
		continue;
	return length == 0;
}

static int count_fds(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static void exit_codes_come_through(void **state)
{
	static const int codes[] = { 0, 1, 2, 125, 126, 127, 128, 255 };

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		char *command = xasprintf("exit %d", codes[i]);

		assert_int_equal(play(*state, command), codes[i]);
		free(command);
	}
}

static void signals_come_through(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(play(scene, "kill -TERM $$"), 256 + SIGTERM);
	assert_int_equal(play(scene, "kill -SEGV $$"), 256 + SIGSEGV);
	assert_int_equal(play(scene, "kill -KILL $$"), 256 + SIGKILL);
	assert_int_equal(play(scene, "kill -PIPE $$"), 256 + SIGPIPE);
	assert_int_equal(scene->why, CHILD_RAN);
}

static void output_and_errors_are_one_stream(void **state)
{
	struct scene *scene = *state;

	play(scene, "echo one; echo two >&2; echo three >/dev/stderr");
	assert_string_equal(scene->output.text, "one\ntwo\nthree\n");
}

static void all_output_is_there_before_the_end(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(play(scene, "head -c 3000000 /dev/zero; exit 4"), 4);
	assert_int_equal(scene->received, 3000000);
}

/* A big pipe, full when the keeper is gone and the loop has not yet looked. */
static void what_is_in_the_pipe_at_the_end_is_read(void **state)
{
	struct scene *scene = *state;
	const char *argv[] = { scene->self, "fill", NULL };
	struct child_spec spec = { .argv = argv };
	siginfo_t info;

	start(scene, &spec);
	assert_int_equal(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(scene->received, 0);
	finish(scene);
	assert_int_equal(scene->exit_status, 0);
	assert_int_equal(scene->received, FILL);
}

static void the_keeper_does_not_hold_the_output(void **state)
{
	struct scene *scene = *state;

	play_spec(scene,
		  "until test \"$(readlink /proc/$PPID/fd/1)\" = /dev/null &&"
		  " test \"$(readlink /proc/$PPID/fd/2)\" = /dev/null; do :; "
		  "done",
		  (struct child_spec){ .timeout_ms = PATIENCE_MS });
	assert_int_equal(scene->why, CHILD_RAN);
}

static void the_environment_is_ours_with_changes(void **state)
{
	static const char *const env[] = { "KEPT=new=value", "GONE", NULL };
	struct scene *scene = *state;

	setenv("KEPT", "old", 1);
	setenv("GONE", "here", 1);
	setenv("KEPT_TOO", "yes", 1);
	play_spec(scene, "echo \"$KEPT ${GONE-unset} $KEPT_TOO\"; pwd",
		  (struct child_spec){ .env = env, .cwd = "/" });
	assert_string_equal(scene->output.text, "new=value unset yes\n/\n");
}

static void a_command_inherits_three_descriptors(void **state)
{
	struct scene *scene = *state;
	int leak = open("/dev/null", O_RDONLY); /* survives an exec */

	assert_true(leak > 2);
	play(scene, "for fd in 0 1 2 3 4 5 6 7 8 9; do "
		    "test -e /proc/$$/fd/$fd && printf $fd; done; "
		    "readlink /proc/$$/fd/0");
	assert_string_equal(scene->output.text, "012/dev/null\n");
	close(leak);
}

static void signals_are_as_at_login(void **state)
{
	/* 32 and 33 are the C library's own; nobody can set them here */
	const unsigned long long ours = UINT64_C(3) << 31;
	struct scene *scene = *state;
	unsigned long long blocked = 1, ignored = 1;

	play(scene, "grep -E '^Sig(Blk|Ign)' /proc/self/status | tr -d '\\t'");
	assert_int_equal(sscanf(scene->output.text,
				"SigBlk:%llx\nSigIgn:%llx\n", &blocked,
				&ignored),
			 2);
	assert_int_equal(blocked & ~ours, 0);
	assert_int_equal(ignored & ~ours, 0);
}

static void a_command_that_does_not_exist_ends_by_sigabrt(void **state)
{
	struct scene *scene = *state;
	const char *argv[] = { "/nonexistent/program", NULL };
	struct child_spec spec = { .argv = argv };

	start(scene, &spec);
	finish(scene);
	assert_int_equal(scene->exit_status, 256 + SIGABRT);
	assert_string_equal(scene->output.text,
			    "culprit: cannot run '/nonexistent/program': "
			    "No such file or directory\n");
}

static void a_keeper_that_does_not_exist_is_an_error(void **state)
{
	struct scene *scene = *state;
	const char *argv[] = { "true", NULL };
	struct child_spec spec = {
		.keeper = "/nonexistent/culprit",
		.argv = argv,
		.on_output = on_output,
		.on_end = on_end,
		.data = scene,
	};
	struct error err = ERROR_INIT;
	int before = count_fds();

	assert_int_equal(child_start(&scene->loop, &spec, &scene->child, &err),
			 -1);
	assert_string_equal(err.text, "cannot start 'true': /nonexistent/"
				      "culprit: no such file or directory");
	uv_run(&scene->loop, UV_RUN_DEFAULT);
	assert_int_equal(scene->ended, 0);
	assert_in_range(count_fds(), before, before + 5); /* the loop's own */
}

static void the_output_limit_keeps_so_many_bytes(void **state)
{
	struct scene *scene = *state;

	play_spec(scene, "yes", (struct child_spec){ .output_max = 1000 });
	assert_int_equal(scene->why, CHILD_OUTPUT);
	assert_int_equal(scene->received, 1000);
	assert_int_equal(scene->exit_status, 256 + SIGKILL);
}

static void output_up_to_the_limit_is_fine(void **state)
{
	struct scene *scene = *state;

	play_spec(scene, "printf 12345",
		  (struct child_spec){ .output_max = 5 });
	assert_int_equal(scene->why, CHILD_RAN);
	play_spec(scene, "printf 123456",
		  (struct child_spec){ .output_max = 5 });
	assert_int_equal(scene->why, CHILD_OUTPUT);
	assert_string_equal(scene->output.text, "12345");
}

static void the_first_reason_to_stop_is_the_one(void **state)
{
	struct scene *scene = *state;

	scene->stop_at = "y";
	play_spec(scene, "exec yes", (struct child_spec){ .output_max = 100 });
	assert_int_equal(scene->received, 100);
	assert_int_equal(scene->why, CHILD_ASKED);
}

static void a_flood_takes_no_memory(void **state)
{
	const int64_t flood = 100 * 1000 * 1000;
	struct scene *scene = *state;
	struct rusage before, after;

	getrusage(RUSAGE_SELF, &before);
	play_spec(scene, "exec cat /dev/zero",
		  (struct child_spec){ .output_max = flood });
	getrusage(RUSAGE_SELF, &after);
	assert_int_equal(scene->why, CHILD_OUTPUT);
	assert_int_equal(scene->received, flood);
	assert_true(after.ru_maxrss - before.ru_maxrss < 8192);
}

static void stop_ends_a_command_that_ignores_signals(void **state)
{
	struct scene *scene = *state;

	scene->stop_at = "ready";
	play(scene, "trap '' TERM INT HUP; echo ready; "
		    "while :; do sleep 1000; done");
	assert_int_equal(scene->why, CHILD_ASKED);
	assert_int_equal(scene->exit_status, 256 + SIGKILL);
}

static pid_t read_pid(const char *path)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int64_t pid = 0;

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) > 0) {
		text[strcspn(text, "\n")] = '\0';
		str_number(text, 2, INT32_MAX, &pid);
	}
	close(fd);
	return (pid_t)pid;
}

/* The grandchild may need longer than the limit on a busy machine: again. */
static void the_time_limit_reaches_a_daemon_that_ignores_signals(void **state)
{
	struct scene *scene = *state;
	char *path = xasprintf("%s/pid", scene->folder);
	pid_t pid = 0;

	setenv("PIDFILE", path, 1);
	for (int64_t limit = 200; pid == 0; limit *= 2) {
		assert_true(limit < PATIENCE_MS);
		play_spec(scene,
			  "trap '' TERM HUP; (setsid sh -c '"
			  "(trap \"\" TERM HUP INT; sh -c \"echo \\$PPID\" >"
			  "$PIDFILE; exec sleep 1000) & exit' &); "
			  "while :; do sleep 1000; done",
			  (struct child_spec){ .timeout_ms = limit });
		assert_int_equal(scene->why, CHILD_TIME);
		pid = read_pid(path);
	}
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
	free(path);
}

static void what_a_command_leaves_running_is_killed(void **state)
{
	struct scene *scene = *state;
	int fifo = open_fifo(scene);

	assert_int_equal(play(scene, "exec 9>$FIFO; (setsid sh -c "
				     "'(trap \"\" TERM; sleep 1000)&' &); "
				     "sleep 1000 & exit 3"),
			 3);
	assert_int_equal(scene->why, CHILD_RAN);
	assert_true(nobody_holds(fifo));
	close(fifo);
}

static void closing_the_output_is_not_the_end(void **state)
{
	struct scene *scene = *state;
	int fifo = open_fifo(scene);
	char text[16] = "";

	assert_int_equal(play(scene, "exec >&- 2>&-; echo late >$FIFO; exit 5"),
			 5);
	assert_int_equal(read(fifo, text, sizeof(text) - 1), 5);
	assert_string_equal(text, "late\n");
	close(fifo);
}

static void killing_its_group_does_not_hit_the_keeper(void **state)
{
	struct scene *scene = *state;
	int fifo = open_fifo(scene);

	assert_int_equal(play(scene, "exec 9>$FIFO; setsid sleep 1000 & "
				     "kill -KILL 0"),
			 256 + SIGKILL);
	assert_true(nobody_holds(fifo));
	close(fifo);
}

static void a_tree_that_is_still_growing_is_killed(void **state)
{
	struct scene *scene = *state;
	int fifo = open_fifo(scene);

	scene->stop_at = "x\nx\nx\nx\nx\nx\nx\nx\nx\nx\n";
	play(scene, "exec 9>$FIFO; "
		    "grow() { echo x; test $1 -gt 0 || exec sleep 1000; "
		    "grow $(($1-1)) & grow $(($1-1)) & wait; }; grow 8");
	assert_int_equal(scene->why, CHILD_ASKED);
	assert_true(nobody_holds(fifo));
	close(fifo);
}

/* Every process lives only until it has forked: a moving target. */
static void a_process_that_runs_away_by_forking_is_caught(void **state)
{
	struct scene *scene = *state;
	int fifo = open_fifo(scene);

	scene->stop_at = "off";
	play(scene, "exec 9>$FIFO; exec $SELF leap");
	assert_int_equal(scene->why, CHILD_ASKED);
	assert_true(nobody_holds(fifo));
	close(fifo);
}

static void who_is_asked_to_end_may_put_things_in_order(void **state)
{
	struct scene *scene = *state;
	int fifo = open_fifo(scene);

	scene->stop_at = "ready";
	scene->gently = true;
	play(scene, "exec 9>$FIFO; setsid sleep 1000 & "
		    "trap 'echo in order; exit 3' TERM; echo ready; "
		    "while :; do sleep 0.05; done");
	assert_int_equal(scene->why, CHILD_ASKED);
	assert_int_equal(scene->exit_status, 3);
	assert_string_equal(scene->output.text, "ready\nin order\n");
	assert_true(nobody_holds(fifo)); /* what it left is killed */
	close(fifo);
}

static void stopping_twice_or_late_is_harmless(void **state)
{
	struct scene *scene = *state;
	const char *argv[] = { "sleep", "1000", NULL };
	struct child_spec spec = { .argv = argv };

	start(scene, &spec);
	child_stop(scene->child);
	child_stop(scene->child);
	finish(scene);
	assert_int_equal(scene->why, CHILD_ASKED);
}

static void start_one_of_crowd(struct scene *base, struct scene *scene, int i)
{
	char *command = xasprintf("echo here; read line <$FIFO; exit %d", i);
	const char *argv[] = { "sh", "-c", command, NULL };
	struct child_spec spec = {
		.keeper = base->self,
		.argv = argv,
		.on_output = on_output,
		.on_end = on_end,
		.data = scene,
	};

	buf_init(&scene->output, 100);
	assert_int_equal(child_start(&base->loop, &spec, &scene->child, NULL),
			 0);
	free(command);
}

/* None ends before all are there: a line in the fifo lets one of them go. */
static void twenty_children_live_at_once(void **state)
{
	struct scene *base = *state;
	struct scene *scenes = xcalloc(CROWD, sizeof(*scenes));
	int fifo = open_fifo(base);
	struct crowd crowd = {
		.gate = open(base->fifo, O_WRONLY | O_CLOEXEC),
	};

	assert_true(crowd.gate >= 0);
	for (int i = 0; i < CROWD; i++) {
		scenes[i].crowd = &crowd;
		start_one_of_crowd(base, &scenes[i], i);
	}
	uv_run(&base->loop, UV_RUN_DEFAULT);
	for (int i = 0; i < CROWD; i++) {
		assert_int_equal(scenes[i].ended, 1);
		assert_int_equal(scenes[i].exit_status, i);
		assert_string_equal(scenes[i].output.text, "here\n");
		buf_release(&scenes[i].output);
	}
	close(crowd.gate);
	close(fifo);
	free(scenes);
}

static void two_hundred_children_leak_nothing(void **state)
{
	struct scene *scene = *state;
	int before;

	play(scene, "echo warm");
	before = count_fds();
	for (int i = 0; i < 200; i++)
		assert_int_equal(play(scene, "echo x; exit 1"), 1);
	assert_int_equal(count_fds(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void wait_readable(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	assert_int_equal(poll(&poll_fd, 1, PATIENCE_MS), 1);
}

/* The reader sees the end of the fifo when the last descendant is gone. */
static void wait_until_nobody_holds(int fifo)
{
	char bytes[64];
	ssize_t length;

	do {
		wait_readable(fifo);
		length = read(fifo, bytes, sizeof(bytes));
	} while (length > 0 || (length < 0 && errno == EAGAIN));
	assert_int_equal(length, 0);
}

static void nothing_outlives_an_engine_that_is_killed(void **state)
{
	struct scene *scene = *state;
	int fifo = open_fifo(scene), status;
	char text[64] = "";
	size_t used = 0;
	pid_t engine = fork();

	assert_true(engine >= 0);
	if (engine == 0) {
		execl(scene->self, scene->self, "engine", (char *)NULL);
		_exit(127);
	}
	while (!strstr(text, "child\n") || !strstr(text, "daemon\n")) {
		ssize_t length;

		wait_readable(fifo);
		length = read(fifo, text + used, sizeof(text) - 1 - used);
		if (length > 0)
			used += (size_t)length;
		assert_true(used < sizeof(text) - 1);
	}
	assert_int_equal(kill(engine, SIGKILL), 0);
	assert_int_equal(waitpid(engine, &status, 0), engine);
	wait_until_nobody_holds(fifo);
	close(fifo);
}

static void a_keeper_that_is_told_to_end_kills_all(void **state)
{
	struct scene *scene = *state;
	int fifo = open_fifo(scene);

	play(scene, "exec 9>$FIFO; setsid sleep 1000 & kill -TERM $PPID; "
		    "sleep 1000");
	assert_int_equal(scene->exit_status, 256 + SIGKILL);
	assert_true(nobody_holds(fifo));
	close(fifo);
}

/* Stands for the engine: a child with descendants, and no end. */
static int be_engine(const char *self)
{
	const char *argv[] = { "sh", "-c",
			       "trap '' TERM HUP; exec 9>$FIFO; (setsid sh -c "
			       "'trap \"\" TERM HUP; echo daemon >&9; "
			       "while :; do sleep 1000; done' &); "
			       "echo child >&9; while :; do sleep 1000; done",
			       NULL };
	struct scene scene = { .ended = 0 };
	struct child_spec spec = {
		.keeper = self,
		.argv = argv,
		.on_output = on_output,
		.on_end = on_end,
		.data = &scene,
	};

	if (uv_loop_init(&scene.loop) < 0 ||
	    child_start(&scene.loop, &spec, &scene.child, NULL) < 0)
		return 1;
	return uv_run(&scene.loop, UV_RUN_DEFAULT);
}

/* At most so many leaps, should nobody catch us. */
static int leap(void)
{
	dprintf(STDOUT_FILENO, "off\n");
	for (int i = 0; i < 100000; i++) {
		if (fork() > 0)
			_exit(0);
	}
	return 0;
}

static int fill(void)
{
	char *bytes = xcalloc(1, FILL);
	ssize_t written = -1;

	if (fcntl(STDOUT_FILENO, F_SETPIPE_SZ, FILL) >= FILL)
		written = write(STDOUT_FILENO, bytes, FILL);
	free(bytes);
	return written == FILL ? 0 : 1;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(exit_codes_come_through),
		TEST(signals_come_through),
		TEST(output_and_errors_are_one_stream),
		TEST(all_output_is_there_before_the_end),
		TEST(what_is_in_the_pipe_at_the_end_is_read),
		TEST(the_keeper_does_not_hold_the_output),
		TEST(the_environment_is_ours_with_changes),
		TEST(a_command_inherits_three_descriptors),
		TEST(signals_are_as_at_login),
		TEST(a_command_that_does_not_exist_ends_by_sigabrt),
		TEST(a_keeper_that_does_not_exist_is_an_error),
		TEST(the_output_limit_keeps_so_many_bytes),
		TEST(output_up_to_the_limit_is_fine),
		TEST(the_first_reason_to_stop_is_the_one),
		TEST(a_flood_takes_no_memory),
		TEST(stop_ends_a_command_that_ignores_signals),
		TEST(the_time_limit_reaches_a_daemon_that_ignores_signals),
		TEST(what_a_command_leaves_running_is_killed),
		TEST(closing_the_output_is_not_the_end),
		TEST(killing_its_group_does_not_hit_the_keeper),
		TEST(a_tree_that_is_still_growing_is_killed),
		TEST(a_process_that_runs_away_by_forking_is_caught),
		TEST(who_is_asked_to_end_may_put_things_in_order),
		TEST(stopping_twice_or_late_is_harmless),
		TEST(twenty_children_live_at_once),
		TEST(two_hundred_children_leak_nothing),
		TEST(nothing_outlives_an_engine_that_is_killed),
		TEST(a_keeper_that_is_told_to_end_kills_all),
	};

	if (argc > 1 && str_equal(argv[1], "keep"))
		return keeper_main(argc - 2, argv + 2);
	if (argc > 1 && str_equal(argv[1], "engine"))
		return be_engine(argv[0]);
	if (argc > 1 && str_equal(argv[1], "fill"))
		return fill();
	if (argc > 1 && str_equal(argv[1], "leap"))
		return leap();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
