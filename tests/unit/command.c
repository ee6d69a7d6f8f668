/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/command.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/logindex.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/errand.h"
#include "run/keeper.h"
#include "run/places.h"
#include "run/runner.h"
#include "tests/unit/scratch.h"

#define COMMIT "1111111111111111111111111111111111111111"
#define OTHER  "2222222222222222222222222222222222222222"

/* What a job gave, kept beyond the call. */
struct result {
	int ended; /* how often it called back */
	enum build_result build;
	enum outcome outcome;
	bool cancelled;
	char *title;
	char *text;
	char *errands; /* "LINE [STATUS]", one a line */
	int exit_status;
	int64_t boot_ms, duration_ms;
};

struct scene {
	uv_loop_t loop;
	struct runner *runner;
	struct command_spec spec;
	char self[4096];
	char *folder;
	char *worktree;
	char *log;
	char *console;
	char *fifo;
	struct result build;
	struct result run;
	struct result second;
};

static const char *const no_checkout[] = { "true", NULL };

static char *inside(const struct scene *scene, const char *name)
{
	return xasprintf("%s/%s", scene->folder, name);
}

static int set_up(void **state)
{
	struct scene *scene = xcalloc(1, sizeof(*scene));
	ssize_t length = readlink("/proc/self/exe", scene->self,
				  sizeof(scene->self) - 1);

	assert_true(length > 0);
	scene->folder = scratch_make();
	scene->worktree = inside(scene, "worktree");
	scene->log = inside(scene, "log");
	scene->console = inside(scene, "console");
	scene->fifo = inside(scene, "fifo");
	assert_int_equal(mkdir(scene->worktree, 0700), 0);
	assert_int_equal(mkfifo(scene->fifo, 0600), 0);
	assert_int_equal(uv_loop_init(&scene->loop), 0);
	setenv("FIFO", scene->fifo, 1);
	setenv("FOLDER", scene->folder, 1);
	scene->spec = (struct command_spec){
		.local = { .supply.builder = { .keeper = scene->self,
					       .worktree = scene->worktree,
					       .session = scene->folder,
					       .checkout = no_checkout },
			   .slots = 2,
			   .limits = { .on_timeout = OUTCOME_TEST_FAILED,
				       .settle_ms = 3600 * 1000 } },
		.test = "true",
	};
	*state = scene;
	return 0;
}

static void forget(struct result *result)
{
	free(result->title);
	free(result->text);
	free(result->errands);
	*result = (struct result){ .ended = 0 };
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	if (scene->runner) {
		/* a test that failed leaves what it had begun */
		scene->runner->ops->cancel(scene->runner, NULL);
		uv_run(&scene->loop, UV_RUN_DEFAULT);
		scene->runner->ops->free(scene->runner);
	}
	assert_int_equal(uv_loop_close(&scene->loop), 0);
	forget(&scene->build);
	forget(&scene->run);
	forget(&scene->second);
	scratch_remove(scene->folder);
	free(scene->worktree);
	free(scene->log);
	free(scene->console);
	free(scene->fifo);
	free(scene);
	return 0;
}

static char *tell_errands(const struct errand *errands, int count)
{
	struct buf all;
	char *text;

	buf_init(&all, 0);
	for (int i = 0; i < count; i++) {
		buf_printf(&all, "%s [%d]\n", errands[i].line,
			   errands[i].exit_status);
		assert_int_equal(errands[i].times, 1);
		assert_true(errands[i].duration_ms >= 0);
	}
	text = buf_take(&all);
	buf_release(&all);
	return text;
}

static void on_build(void *data, const struct build_end *end)
{
	struct result *result = data;

	forget(result);
	result->ended++;
	result->build = end->result;
	result->cancelled = end->cancelled;
	result->text = xstrdup_null(end->text);
	result->exit_status = end->exit_status;
	result->errands = tell_errands(end->errands, end->errand_count);
	assert_true(end->duration_ms >= 0);
	assert_null(end->signature);
}

static void on_run(void *data, const struct run_end *end)
{
	struct result *result = data;

	forget(result);
	result->ended++;
	result->outcome = end->outcome;
	result->cancelled = end->cancelled;
	result->title = xstrdup_null(end->title);
	result->text = xstrdup_null(end->text);
	result->exit_status = end->exit_status;
	result->errands = tell_errands(end->errands, end->errand_count);
	result->boot_ms = end->boot_ms;
	result->duration_ms = end->duration_ms;
	assert_true(end->duration_ms >= 0);
	assert_int_equal(end->copy_ms, 0);
}

static void make_runner(struct scene *scene)
{
	struct error err = ERROR_INIT;

	if (scene->runner)
		scene->runner->ops->free(scene->runner);
	scene->runner = NULL;
	if (command_runner_new(&scene->loop, &scene->spec, &scene->runner,
			       &err) < 0)
		fail_msg("%s", err.text);
	assert_true(scene->runner->has_build);
}

static void start_build(struct scene *scene, const char *commit)
{
	struct build_request request = { .commit = commit, .log = scene->log };
	struct error err = ERROR_INIT;

	if (scene->runner->ops->build(scene->runner, &request, on_build,
				      &scene->build, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(scene->build.ended, 0);
}

static void start_run(struct scene *scene, int number, struct result *result)
{
	struct run_request request = { .commit = COMMIT,
				       .number = number,
				       .console = scene->console };
	struct error err = ERROR_INIT;

	if (scene->runner->ops->run(scene->runner, &request, on_run, result,
				    &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(result->ended, 0);
}

/* Until nothing is under way. */
static void go(struct scene *scene)
{
	uv_run(&scene->loop, UV_RUN_DEFAULT);
}

static const struct result *build(struct scene *scene, const char *command)
{
	scene->spec.local.supply.build = command;
	make_runner(scene);
	forget(&scene->build);
	start_build(scene, COMMIT);
	go(scene);
	assert_int_equal(scene->build.ended, 1);
	return &scene->build;
}

/* Build nothing, then run the command. */
static const struct result *test(struct scene *scene, const char *command)
{
	scene->spec.test = command;
	assert_int_equal(build(scene, NULL)->build, BUILD_OK);
	forget(&scene->run);
	start_run(scene, 1, &scene->run);
	go(scene);
	assert_int_equal(scene->run.ended, 1);
	assert_false(scene->run.cancelled);
	return &scene->run;
}

static char *read_file(const char *path)
{
	char text[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	assert_true(fd >= 0);
	length = read(fd, text, sizeof(text));
	assert_true(length >= 0);
	close(fd);
	return xstrndup(text, (size_t)length);
}

static void assert_file(const char *path, const char *expected)
{
	char *text = read_file(path);

	assert_string_equal(text, expected);
	free(text);
}

/* Let the loop work until the file holds these words. */
static void go_until(struct scene *scene, const char *path, const char *words)
{
	bool there = false;

	while (!there) {
		char *text;

		assert_true(uv_run(&scene->loop, UV_RUN_ONCE));
		text = read_file(path);
		there = strstr(text, words);
		free(text);
	}
}

/* A command that reads a line from the fifo goes on. */
static void let_go(const struct scene *scene)
{
	int fd = open(scene->fifo, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "\n", 1), 1);
	close(fd);
}

static void exit_codes_are_judged_as_git_bisect_run_does(void **state)
{
	static const struct {
		int code;
		enum outcome outcome;
		const char *text;
	} cases[] = {
		{ 0, OUTCOME_OK, NULL },
		{ 1, OUTCOME_CRASHED, "exit code 1" },
		{ 124, OUTCOME_CRASHED, "exit code 124" },
		{ 125, OUTCOME_TEST_FAILED, "exit code 125" },
		{ 126, OUTCOME_CRASHED, "exit code 126" },
		{ 127, OUTCOME_CRASHED, "exit code 127" },
		{ 128, OUTCOME_INFRA, "exit code 128" },
		{ 255, OUTCOME_INFRA, "exit code 255" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *command = xasprintf("exit %d", cases[i].code);
		const struct result *run = test(*state, command);

		assert_int_equal(run->outcome, cases[i].outcome);
		assert_int_equal(run->exit_status, cases[i].code);
		assert_true(str_equal(run->text, cases[i].text));
		assert_null(run->title);
		free(command);
	}
}

static void what_was_started_is_told_with_how_it_ended(void **state)
{
	struct scene *scene = *state;

	build(scene, "echo making; exit 3");
	assert_string_equal(scene->build.errands,
			    "true " COMMIT " [0]\necho making; exit 3 [3]\n");
	test(scene, "exit 4");
	assert_string_equal(scene->build.errands, "true " COMMIT " [0]\n");
	assert_string_equal(scene->run.errands, "exit 4 [4]\n");
	test(scene, "kill -TERM $$");
	assert_string_equal(scene->run.errands, "kill -TERM $$ [271]\n");
	/* without a word of the target's there is no telling when it was up */
	assert_int_equal(scene->run.boot_ms, 0);
	scene->spec.local.console.boot = "^booted";
	test(scene, "echo booted; exit 0");
	assert_in_range(scene->run.boot_ms, 1, scene->run.duration_ms + 100);
	test(scene, "exit 0");
	assert_int_equal(scene->run.boot_ms, 0);
}

static void a_test_killed_by_a_signal_is_infra(void **state)
{
	const struct result *run = test(*state, "kill -TERM $$");

	assert_int_equal(run->outcome, OUTCOME_INFRA);
	assert_int_equal(run->exit_status, 256 + SIGTERM);
	assert_string_equal(run->text, "killed by signal 15 (Terminated)");
	run = test(*state, "kill -KILL $$");
	assert_int_equal(run->outcome, OUTCOME_INFRA);
	assert_string_equal(run->text, "killed by signal 9 (out of memory?)");
}

static void a_crash_on_the_console_comes_before_the_exit_code(void **state)
{
	struct scene *scene = *state;
	const struct result *run;

	scene->spec.local.console.crash = "(BUG: .*)";
	scene->spec.local.console.ignore = "noise";
	run = test(scene, "echo '[1.0] BUG: bad thing'; exit 0");
	assert_int_equal(run->outcome, OUTCOME_CRASHED);
	assert_string_equal(run->title, "BUG: bad thing");
	run = test(scene, "echo BUG: noise; exit 1");
	assert_int_equal(run->outcome, OUTCOME_IGNORED);
	assert_string_equal(run->title, "BUG: noise");
	run = test(scene, "echo BUG: noise; echo BUG: real");
	assert_int_equal(run->outcome, OUTCOME_CRASHED);
	assert_string_equal(run->title, "BUG: real");
	run = test(scene, "echo fine");
	assert_int_equal(run->outcome, OUTCOME_OK);
}

static void what_happens_is_noted_beside_the_console(void **state)
{
	struct scene *scene = *state;
	char *path = xasprintf("%s" LOG_SUFFIX, scene->console);
	unsigned char bytes[LOG_RECORD];
	struct log_record records[8];
	int count = 0;
	FILE *file;

	scene->spec.local.console.crash = "(BUG: .*)";
	scene->spec.local.console.boot = "^booted";
	test(scene, "echo firmware; echo Linux version 6; echo booted; "
		    "echo; echo BUG: late; echo; exit 1");
	file = fopen(path, "r");
	assert_non_null(file);
	while (count < 8 && fread(bytes, 1, sizeof(bytes), file) == LOG_RECORD)
		assert_true(log_record_get(&records[count++], bytes));
	fclose(file);
	free(path);
	assert_int_equal(count, 5);
	assert_int_equal(records[0].kind, LOG_HEAD);
	assert_int_equal(records[1].kind, LOG_KERNEL);
	assert_int_equal(records[1].offset, 9);
	assert_int_equal(records[2].kind, LOG_TEST);
	assert_int_equal(records[3].kind, LOG_CRASH);
	assert_int_equal(records[3].offset, 33);
	assert_int_equal(records[4].kind, LOG_END);
	assert_int_equal(records[4].offset, 44);
}

static void limit_of(char expected[80], const char *words, int64_t ms)
{
	if (ms % 1000 == 0)
		snprintf(expected, 80, "%s %" PRId64 " s", words, ms / 1000);
	else
		snprintf(expected, 80, "%s %" PRId64 " ms", words, ms);
}

static void without_the_boot_line_it_did_not_boot(void **state)
{
	struct scene *scene = *state;
	const struct result *run;
	char expected[80];

	scene->spec.local.console.crash = "(BUG: .*)";
	scene->spec.local.console.boot = "^booted";
	run = test(scene, "echo booted; exit 0");
	assert_int_equal(run->outcome, OUTCOME_OK);
	run = test(scene, "echo not booted; exit 0");
	assert_int_equal(run->outcome, OUTCOME_BOOT_FAILED);
	assert_string_equal(run->text, "did not boot: exit code 0");
	assert_null(run->title);
	run = test(scene, "echo BUG: early; exit 1");
	assert_int_equal(run->outcome, OUTCOME_BOOT_FAILED);
	assert_string_equal(run->title, "BUG: early");
	run = test(scene, "echo booted; echo BUG: late; exit 0");
	assert_int_equal(run->outcome, OUTCOME_CRASHED);
	scene->spec.local.limits.output_max = 100;
	run = test(scene, "exec yes");
	assert_int_equal(run->outcome, OUTCOME_BOOT_FAILED);
	assert_string_equal(run->text,
			    "did not boot: wrote more than 100 bytes");
	scene->spec.local.limits.timeout_ms = scratch_ms(200);
	limit_of(expected, "did not boot within",
		 scene->spec.local.limits.timeout_ms);
	run = test(scene, "echo hello; exec sleep 1000");
	assert_int_equal(run->outcome, OUTCOME_BOOT_FAILED);
	assert_string_equal(run->text, expected);
	run = test(scene, "exec sleep 1000");
	assert_true(str_starts(run->text, expected));
	assert_true(str_ends(run->text, ", without any output"));
}

static void the_time_limit_gives_what_was_asked_for(void **state)
{
	struct scene *scene = *state;
	const struct result *run;

	scene->spec.local.limits.timeout_ms = 100;
	run = test(scene, "exec sleep 1000");
	assert_int_equal(run->outcome, OUTCOME_TEST_FAILED);
	assert_string_equal(run->text, "did not end within 100 ms");
	scene->spec.local.limits.on_timeout = OUTCOME_CRASHED;
	assert_int_equal(test(scene, "exec sleep 1000")->outcome,
			 OUTCOME_CRASHED);
	scene->spec.local.limits.on_timeout = OUTCOME_OK;
	assert_int_equal(test(scene, "exec sleep 1000")->outcome, OUTCOME_OK);
}

static void a_crash_beats_the_limits(void **state)
{
	struct scene *scene = *state;
	const struct result *run;

	scene->spec.local.console.crash = "(BUG: .*)";
	scene->spec.local.limits.output_max = 10000;
	run = test(scene, "echo BUG: and a flood; exec yes");
	assert_int_equal(run->outcome, OUTCOME_CRASHED);
	assert_string_equal(run->title, "BUG: and a flood");
}

/* A run that is told about, and asks whether its crashes decide. */
struct listener {
	struct result result; /* first: it is the data of the end */
	char *seen;
	int asked, crashes;
	bool decides;
	const char *fifo; /* written to when it was asked, or NULL */
};

static void on_seen(void *data, const char *title)
{
	struct listener *listener = data;

	free(listener->seen);
	listener->seen = xstrdup(title);
}

static bool on_decides(void *data, const struct crash *crashes, int count)
{
	struct listener *listener = data;
	int fd;

	(void)crashes;
	listener->asked++;
	listener->crashes = count;
	if (listener->fifo) {
		fd = open(listener->fifo, O_WRONLY | O_CLOEXEC);
		assert_true(fd >= 0);
		close(fd);
	}
	return listener->decides;
}

static void listen_to(struct scene *scene, const char *command,
		      struct listener *listener)
{
	struct run_request request = { .commit = COMMIT,
				       .number = 1,
				       .console = scene->console,
				       .seen = on_seen,
				       .decides = on_decides };
	struct error err = ERROR_INIT;

	scene->spec.test = command;
	build(scene, NULL);
	assert_int_equal(scene->runner->ops->run(scene->runner, &request,
						 on_run, listener, &err),
			 0);
	go(scene);
	assert_int_equal(listener->result.ended, 1);
}

static void stop_listening(struct listener *listener)
{
	forget(&listener->result);
	free(listener->seen);
}

static void a_run_ends_when_its_crash_decides(void **state)
{
	struct scene *scene = *state;
	struct listener listener = { .decides = true };

	scene->spec.local.console.crash = "BUG: .*";
	scene->spec.local.limits.settle_ms = 20;
	listen_to(scene, "echo BUG: now; echo BUG: then; exec sleep 1000",
		  &listener);
	assert_int_equal(listener.result.outcome, OUTCOME_CRASHED);
	assert_string_equal(listener.result.title, "BUG: now");
	assert_string_equal(listener.seen, "BUG: now");
	assert_int_equal(listener.asked, 1);
	assert_int_equal(listener.crashes, 2);
	stop_listening(&listener);
}

static void a_run_goes_on_when_its_crash_does_not_decide(void **state)
{
	struct scene *scene = *state;
	struct listener listener = { .fifo = scene->fifo };

	scene->spec.local.console.crash = "BUG: .*";
	scene->spec.local.limits.settle_ms = 20;
	listen_to(scene, "echo BUG: noise; read line <$FIFO; exit 0",
		  &listener);
	assert_int_equal(listener.asked, 1);
	assert_int_equal(listener.result.exit_status, 0);
	assert_string_equal(listener.result.title, "BUG: noise");
	stop_listening(&listener);
}

static void crashes_set_aside_do_not_end_a_run(void **state)
{
	struct scene *scene = *state;
	struct listener listener = { .decides = true };

	scene->spec.local.console.crash = "BUG: .*";
	scene->spec.local.console.ignore = "noise";
	scene->spec.local.limits.settle_ms = 20;
	scene->spec.local.limits.silence_ms = 300;
	listen_to(scene, "echo BUG: noise; exec sleep 1000", &listener);
	assert_int_equal(listener.asked, 0);
	assert_null(listener.seen);
	assert_int_equal(listener.result.outcome, OUTCOME_IGNORED);
	stop_listening(&listener);
}

static void a_console_that_never_falls_silent_ends_all_the_same(void **state)
{
	struct scene *scene = *state;
	struct listener listener = { .decides = true };

	scene->spec.local.console.crash = "BUG: .*";
	scene->spec.local.limits.settle_ms = 100;
	listen_to(scene, "echo BUG: now; while :; do echo more; done",
		  &listener);
	assert_int_equal(listener.result.outcome, OUTCOME_CRASHED);
	assert_string_equal(listener.seen, "BUG: now");
	stop_listening(&listener);
}

static void silence_is_a_crash_once_it_booted(void **state)
{
	struct scene *scene = *state;
	const struct result *run;
	char expected[80];

	scene->spec.local.console.boot = "^booted";
	scene->spec.local.limits.silence_ms = scratch_ms(200);
	limit_of(expected, "no output for",
		 scene->spec.local.limits.silence_ms);
	run = test(scene, "echo booted; exec sleep 1000");
	assert_int_equal(run->outcome, OUTCOME_CRASHED);
	assert_string_equal(run->title, "no output from test machine");
	assert_string_equal(run->text, expected);
	run = test(scene, "exec sleep 1000");
	assert_int_equal(run->outcome, OUTCOME_BOOT_FAILED);
	assert_non_null(strstr(run->text, expected));
	assert_true(str_starts(run->text, "did not boot: no output for "));
	assert_true(str_ends(run->text, ", without any output"));
}

static void a_lost_guest_is_a_crash_once_it_booted(void **state)
{
	struct scene *scene = *state;
	const struct result *run;

	scene->spec.local.console.kernel = true;
	run = test(scene, "exit 255");
	assert_int_equal(run->outcome, OUTCOME_INFRA);
	scene->spec.local.console.boot = "^booted";
	run = test(scene, "echo booted; exit 255");
	assert_int_equal(run->outcome, OUTCOME_CRASHED);
	assert_string_equal(run->title, "lost connection to test machine");
	run = test(scene, "exit 255");
	assert_int_equal(run->outcome, OUTCOME_BOOT_FAILED);
	scene->spec.local.console.kernel = false;
	run = test(scene, "echo booted; exit 255");
	assert_int_equal(run->outcome, OUTCOME_INFRA);
}

/* The out-of-memory killer, say: a kernel does that to nobody. */
static void what_was_killed_says_nothing_of_the_kernel(void **state)
{
	struct scene *scene = *state;
	const struct result *run;

	scene->spec.local.console.kernel = true;
	scene->spec.local.console.boot = "^booted";
	run = test(scene, "echo on its way; kill -KILL $$");
	assert_int_equal(run->outcome, OUTCOME_INFRA);
	assert_string_equal(run->text, "killed by signal 9 (out of memory?)");
	run = test(scene, "echo booted; kill -KILL $$");
	assert_int_equal(run->outcome, OUTCOME_INFRA);
	run = test(scene, "echo booted; kill -SEGV $$");
	assert_int_equal(run->outcome, OUTCOME_INFRA);
	run = test(scene, "echo on its way; kill -SEGV $$");
	assert_int_equal(run->outcome, OUTCOME_BOOT_FAILED);
	scene->spec.local.console.crash = "BUG: .*";
	run = test(scene, "echo booted; echo BUG: here; kill -KILL $$");
	assert_int_equal(run->outcome, OUTCOME_CRASHED);
	assert_string_equal(run->title, "BUG: here");
}

static void a_flood_is_test_failed(void **state)
{
	struct scene *scene = *state;
	const struct result *run;
	struct stat status;

	scene->spec.local.limits.output_max = 5000000;
	run = test(scene, "exec yes");
	assert_int_equal(run->outcome, OUTCOME_TEST_FAILED);
	assert_string_equal(run->text, "wrote more than 5000000 bytes");
	assert_int_equal(stat(scene->console, &status), 0);
	assert_int_equal(status.st_size, 5000000);
}

static void a_console_starts_anew_and_is_private(void **state)
{
	struct scene *scene = *state;
	struct stat status;

	test(scene, "echo first run; echo of two >&2");
	assert_file(scene->console, "first run\nof two\n");
	test(scene, "echo second");
	assert_file(scene->console, "second\n");
	assert_int_equal(stat(scene->console, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

static void a_console_is_written_while_the_test_runs(void **state)
{
	struct scene *scene = *state;

	scene->spec.test = "echo first; read line <$FIFO; echo last";
	build(scene, NULL);
	start_run(scene, 1, &scene->run);
	go_until(scene, scene->console, "first\n");
	assert_int_equal(scene->run.ended, 0);
	let_go(scene);
	go(scene);
	assert_int_equal(scene->run.outcome, OUTCOME_OK);
	assert_file(scene->console, "first\nlast\n");
}

static void a_full_disk_is_infra(void **state)
{
	struct scene *scene = *state;
	struct run_request request = { .commit = COMMIT,
				       .number = 1,
				       .console = "/dev/full" };
	struct build_request build_request = { .commit = COMMIT,
					       .log = "/dev/full" };
	struct error err = ERROR_INIT;

	scene->spec.local.console.crash = "BUG";
	scene->spec.test = "echo BUG; exec sleep 1000";
	build(scene, NULL);
	assert_int_equal(scene->runner->ops->run(scene->runner, &request,
						 on_run, &scene->run, &err),
			 0);
	go(scene);
	assert_int_equal(scene->run.ended, 1);
	assert_int_equal(scene->run.outcome, OUTCOME_INFRA);
	assert_null(scene->run.title);
	assert_string_equal(scene->run.text, "cannot write '/dev/full': "
					     "No space left on device; "
					     "make room there");
	assert_int_equal(scene->runner->ops->build(scene->runner,
						   &build_request, on_build,
						   &scene->build, &err),
			 -1);
	assert_string_equal(err.text, "cannot write '/dev/full': "
				      "No space left on device; "
				      "make room there");
}

/* A limit on the size of files of this process stands for a full disk. */
static void a_log_that_fails_in_the_middle_is_infra(void **state)
{
	struct scene *scene = *state;
	struct rlimit before, small = { .rlim_cur = 4096 };
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old;

	getrlimit(RLIMIT_FSIZE, &before);
	small.rlim_max = before.rlim_max;
	sigaction(SIGXFSZ, &ignore, &old);
	setrlimit(RLIMIT_FSIZE, &small);
	build(scene, "exec yes");
	setrlimit(RLIMIT_FSIZE, &before);
	sigaction(SIGXFSZ, &old, NULL);
	assert_int_equal(scene->build.build, BUILD_INFRA);
	assert_true(str_starts(scene->build.text, "cannot write '"));
	assert_true(str_ends(scene->build.text, ": File too large"));
}

static void a_test_knows_where_it_runs(void **state)
{
	struct scene *scene = *state;
	char *expected;

	setenv("GIT_DIR", "/nonexistent", 1);
	setenv("CULPRIT_RUN", "99", 1);
	test(scene, "echo $CULPRIT_COMMIT $CULPRIT_RUN $CULPRIT_SLOT; pwd; "
		    "echo $CULPRIT_WORKTREE; echo $CULPRIT_SESSION; "
		    "echo ${GIT_DIR-none}");
	expected = xasprintf("%s 1 1\n%s\n%s\n%s\nnone\n", COMMIT,
			     scene->worktree, scene->worktree, scene->folder);
	assert_file(scene->console, expected);
	free(expected);
	build(scene, "echo ${CULPRIT_RUN-none} ${CULPRIT_SLOT-none} "
		     "$CULPRIT_COMMIT >$FOLDER/out");
	unsetenv("GIT_DIR");
	unsetenv("CULPRIT_RUN");
	expected = inside(scene, "out");
	assert_file(expected, "none none " COMMIT "\n");
	free(expected);
}

static void a_build_checks_out_and_builds(void **state)
{
	static const char *const checkout[] = { "echo", "moving", "to", NULL };
	struct scene *scene = *state;
	struct stat status;

	scene->spec.local.supply.builder.checkout = checkout;
	assert_int_equal(build(scene, "echo one; echo two >&2")->build,
			 BUILD_OK);
	assert_null(scene->build.text);
	assert_file(scene->log, "$ echo moving to " COMMIT "\n"
				"moving to " COMMIT "\n"
				"$ echo one; echo two >&2\none\ntwo\n");
	build(scene, "true");
	assert_file(scene->log, "$ echo moving to " COMMIT "\n"
				"moving to " COMMIT "\n"
				"$ echo one; echo two >&2\none\ntwo\n"
				"$ echo moving to " COMMIT "\n"
				"moving to " COMMIT "\n$ true\n");
	assert_int_equal(stat(scene->log, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

static void without_a_build_command_only_the_checkout_is_done(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(build(scene, NULL)->build, BUILD_OK);
	assert_file(scene->log, "$ true " COMMIT "\n");
}

static void a_failed_build_gives_its_error_lines(void **state)
{
	const struct result *result =
		build(*state, "echo CC a.o; echo \"$PWD/a.c:1:2: error: no\"; "
			      "echo 'make: *** Error 1'; exit 2");

	assert_int_equal(result->build, BUILD_FAILED);
	assert_int_equal(result->exit_status, 2);
	assert_string_equal(result->text, "a.c:1:2: error: no");
}

static void errors_of_a_build_that_goes_well_do_not_count(void **state)
{
	const struct result *result =
		build(*state, "echo error: ignored; "
			      "echo No space left on device; exit 0");

	assert_int_equal(result->build, BUILD_OK);
	assert_null(result->text);
}

static void a_build_command_that_does_not_exist_fails(void **state)
{
	const struct result *result = build(*state, "no-such-program-here");

	assert_int_equal(result->build, BUILD_FAILED);
	assert_int_equal(result->exit_status, 127);
	assert_non_null(strstr(result->text, "no-such-program-here"));
	result = build(*state, "exit 1");
	assert_string_equal(result->text, "exit code 1");
}

static void trouble_of_the_machine_is_no_failed_build(void **state)
{
	static const struct {
		const char *command;
		const char *text;
	} cases[] = {
		{ "kill -KILL $$", "killed by signal 9 (out of memory?)" },
		{ "sh -c 'kill -KILL $$'; exit $?",
		  "exit code 137: killed by signal 9 (out of memory?)" },
		{ "echo 'gcc: fatal error: Killed signal terminated program "
		  "cc1'; exit 1",
		  "gcc: fatal error: Killed signal terminated program cc1" },
		{ "echo error: other; "
		  "echo 'ld: cannot write: No space left on device'; exit 2",
		  "ld: cannot write: No space left on device" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct result *result = build(*state, cases[i].command);

		assert_int_equal(result->build, BUILD_INFRA);
		assert_string_equal(result->text, cases[i].text);
	}
}

static void the_limits_of_a_build_fail_it(void **state)
{
	struct scene *scene = *state;
	const struct result *result;

	scene->spec.local.supply.builder.output_max = 1000;
	result = build(scene, "exec yes");
	assert_int_equal(result->build, BUILD_FAILED);
	assert_string_equal(result->text, "the build wrote more than "
					  "1000 bytes");
	/* The checkout has the limit, too, and needs a while. */
	scene->spec.local.supply.builder.timeout_ms = 2000;
	result = build(scene, "exec sleep 1000");
	assert_int_equal(result->build, BUILD_FAILED);
	assert_string_equal(result->text, "the build did not end within 2 s");
}

static void a_failed_checkout_is_infra_with_gits_words(void **state)
{
	struct scene *scene = *state;
	const char *checkout[] = { "git",      "-C", scene->worktree,
				   "checkout", "-q", "--force",
				   "--detach", NULL };
	const struct result *result;

	scene->spec.local.supply.builder.checkout = checkout;
	setenv("LC_ALL", "C", 1);
	result = build(scene, "echo never >$FOLDER/out");
	assert_int_equal(result->build, BUILD_INFRA);
	assert_non_null(strstr(result->text, "fatal: not a git repository"));
	assert_int_equal(result->exit_status, 128);
}

/* Run a script in the folder, as a person would before. */
static void prepare(const struct scene *scene, const char *script)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (chdir(scene->folder) == 0)
			execl("/bin/sh", "sh", "-ec", script, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(scratch_wait(pid), 0);
}

static void git_moves_a_real_worktree(void **state)
{
	struct scene *scene = *state;
	const char *checkout[] = { "git",      "-C", scene->worktree,
				   "checkout", "-q", "--force",
				   "--detach", NULL };
	char *path = inside(scene, "first"), *first;

	prepare(scene,
		"export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null"
		" GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a"
		" GIT_COMMITTER_EMAIL=a; cd worktree; git init -q; "
		"echo one >file; git add file; git commit -qm one; "
		"git rev-parse HEAD | tr -d '\\n' >../first; "
		"echo two >file; git commit -qam two; echo dirty >file");
	first = read_file(path);
	scene->spec.local.supply.builder.checkout = checkout;
	scene->spec.local.supply.build =
		"test \"$(git rev-parse HEAD)\" = $CULPRIT_COMMIT "
		"&& cat file";
	make_runner(scene);
	start_build(scene, first);
	go(scene);
	assert_int_equal(scene->build.build, BUILD_OK);
	free(path);
	path = xasprintf("$ git -C %s checkout -q --force --detach %s\n"
			 "$ %s\none\n",
			 scene->worktree, first,
			 scene->spec.local.supply.build);
	assert_file(scene->log, path);
	free(path);
	free(first);
	forget(&scene->build);
	start_build(scene, OTHER);
	go(scene);
	assert_int_equal(scene->build.build, BUILD_INFRA);
	assert_non_null(strstr(scene->build.text, OTHER));
}

static void slots_are_the_lowest_free_numbers(void **state)
{
	struct scene *scene = *state;
	char *other = inside(scene, "console2");
	struct run_request request = { .commit = COMMIT,
				       .number = 2,
				       .console = other };
	struct error err = ERROR_INIT;

	scene->spec.test = "echo slot $CULPRIT_SLOT run $CULPRIT_RUN.; "
			   "test $CULPRIT_RUN = 1 || read line <$FIFO";
	build(scene, NULL);
	start_run(scene, 1, &scene->run);
	assert_int_equal(scene->runner->ops->run(scene->runner, &request,
						 on_run, &scene->second, &err),
			 0);
	request.number = 3;
	assert_int_equal(scene->runner->ops->run(scene->runner, &request,
						 on_run, &scene->second, &err),
			 -1);
	assert_int_equal(err.code, ERROR_BUSY);
	assert_string_equal(err.text, "all 2 slots are taken");
	while (!scene->run.ended)
		uv_run(&scene->loop, UV_RUN_ONCE);
	assert_file(scene->console, "slot 1 run 1.\n");
	forget(&scene->run);
	start_run(scene, 1, &scene->run);
	while (!scene->run.ended)
		uv_run(&scene->loop, UV_RUN_ONCE);
	assert_file(scene->console, "slot 1 run 1.\n");
	assert_int_equal(scene->second.ended, 0);
	let_go(scene);
	go(scene);
	assert_int_equal(scene->second.outcome, OUTCOME_OK);
	assert_file(other, "slot 2 run 2.\n");
	free(other);
}

static void what_was_not_built_last_is_not_run(void **state)
{
	struct scene *scene = *state;
	struct run_request request = { .commit = COMMIT,
				       .number = 1,
				       .console = scene->console };
	struct error err = ERROR_INIT;
	const struct runner_ops *ops;

	make_runner(scene);
	ops = scene->runner->ops;
	assert_int_equal(ops->run(scene->runner, &request, on_run, &scene->run,
				  &err),
			 -1);
	assert_int_equal(err.code, ERROR_STATE);
	assert_int_equal(build(scene, "exit 1")->build, BUILD_FAILED);
	assert_int_equal(ops->run(scene->runner, &request, on_run, &scene->run,
				  &err),
			 -1);
	build(scene, "true");
	request.commit = OTHER;
	assert_int_equal(ops->run(scene->runner, &request, on_run, &scene->run,
				  &err),
			 -1);
	request.commit = COMMIT;
	assert_int_equal(ops->run(scene->runner, &request, on_run, &scene->run,
				  &err),
			 0);
	go(scene);
	assert_int_equal(scene->run.ended, 1);
}

static void a_build_does_not_meet_other_jobs(void **state)
{
	struct scene *scene = *state;
	struct build_request request = { .commit = OTHER, .log = scene->log };
	struct error err = ERROR_INIT;

	scene->spec.test = "read line <$FIFO";
	build(scene, NULL);
	start_run(scene, 1, &scene->run);
	assert_int_equal(scene->runner->ops->build(scene->runner, &request,
						   on_build, &scene->build,
						   &err),
			 -1);
	assert_int_equal(err.code, ERROR_BUSY);
	scene->runner->ops->cancel(scene->runner, OTHER);
	scene->runner->ops->cancel(scene->runner, COMMIT);
	assert_int_equal(scene->run.ended, 0);
	go(scene);
	assert_int_equal(scene->run.ended, 1);
	assert_true(scene->run.cancelled);
}

static void a_build_goes_on_in_another_place_while_one_is_tested(void **state)
{
	struct scene *scene = *state;
	char *beside = inside(scene, "beside"), *log = inside(scene, "log2");
	char *made = xasprintf("%s/made", beside);
	const struct place_spec further = { .worktree = beside,
					    .checkout = no_checkout };
	struct build_request request = {
		.commit = OTHER, .place = 1, .ahead = true, .log = log
	};
	const struct runner_ops *ops;
	struct result second = { .ended = 0 };
	struct error err = ERROR_INIT;
	char expected[4200];
	int niceness;

	assert_int_equal(mkdir(beside, 0700), 0);
	scene->spec.local.further = &further;
	scene->spec.local.further_count = 1;
	scene->spec.test = "read line <$FIFO; cat made";
	build(scene, "echo $(pwd) $(nice) >made");
	ops = scene->runner->ops;
	start_run(scene, 1, &scene->run);

	assert_int_equal(ops->has(scene->runner, 1, OTHER), RUNNER_HAS_NOT);
	assert_int_equal(ops->build(scene->runner, &request, on_build, &second,
				    &err),
			 0);
	while (second.ended == 0)
		uv_run(&scene->loop, UV_RUN_ONCE);
	assert_int_equal(second.build, BUILD_OK);
	assert_int_equal(scene->run.ended, 0);
	assert_int_equal(ops->has(scene->runner, 1, OTHER), RUNNER_HAS_THERE);
	assert_int_equal(ops->has(scene->runner, 0, OTHER), RUNNER_HAS_NOT);
	assert_int_equal(ops->has(scene->runner, 0, COMMIT), RUNNER_HAS_THERE);
	errno = 0;
	niceness = nice(0) + 10;
	assert_int_equal(errno, 0);
	snprintf(expected, sizeof(expected), "%s %d\n", beside,
		 niceness < 19 ? niceness : 19);
	assert_file(made, expected);

	ops->cancel(scene->runner, COMMIT);
	go(scene);
	assert_true(scene->run.cancelled);
	forget(&second);
	forget(&scene->run);
	assert_int_equal(
		ops->run(scene->runner,
			 &(struct run_request){ .commit = OTHER,
						.place = 1,
						.console = scene->console },
			 on_run, &scene->run, &err),
		0);
	ops->cancel(scene->runner, OTHER);
	go(scene);
	assert_int_equal(scene->run.ended, 1);
	free(made);
	free(log);
	free(beside);
}

static void a_build_is_cancelled_with_all_it_started(void **state)
{
	struct scene *scene = *state;
	int fifo = open(scene->fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char byte;

	scene->spec.local.supply.build = "exec 9>$FIFO; setsid sleep 1000 & "
					 "echo ready; exec sleep 1000";
	make_runner(scene);
	start_build(scene, COMMIT);
	go_until(scene, scene->log, "\nready\n");
	scene->runner->ops->cancel(scene->runner, NULL);
	scene->runner->ops->cancel(scene->runner, NULL);
	go(scene);
	assert_int_equal(scene->build.ended, 1);
	assert_true(scene->build.cancelled);
	assert_int_equal(read(fifo, &byte, 1), 0);
	close(fifo);
}

static void a_checkout_is_not_cut_short_by_cancel(void **state)
{
	static const char *const checkout[] = {
		"sh", "-c", "echo ready; read line <$FIFO; echo done", "sh",
		NULL
	};
	struct scene *scene = *state;
	char *text;

	scene->spec.local.supply.builder.checkout = checkout;
	scene->spec.local.supply.build = "echo never built";
	make_runner(scene);
	start_build(scene, COMMIT);
	go_until(scene, scene->log, "\nready\n");
	scene->runner->ops->cancel(scene->runner, COMMIT);
	let_go(scene);
	go(scene);
	assert_int_equal(scene->build.ended, 1);
	assert_true(scene->build.cancelled);
	text = read_file(scene->log);
	assert_non_null(strstr(text, "\ndone\n"));
	assert_null(strstr(text, "never built"));
	free(text);
}

/* The next job is started from the call back of the last one. */
static void run_again(void *data, const struct run_end *end)
{
	struct scene *scene = data;

	assert_int_equal(end->outcome, OUTCOME_OK);
	if (++scene->second.ended < 5)
		assert_int_equal(scene->runner->ops->run(
					 scene->runner,
					 &(struct run_request){
						 .commit = COMMIT,
						 .number = 1,
						 .console = scene->console },
					 run_again, scene, NULL),
				 0);
}

static void a_job_may_be_started_from_a_call_back(void **state)
{
	struct scene *scene = *state;

	scene->spec.local.slots = 1;
	build(scene, NULL);
	run_again(scene, &(struct run_end){ .outcome = OUTCOME_OK });
	go(scene);
	assert_int_equal(scene->second.ended, 5);
}

static void a_bad_expression_is_an_input_error(void **state)
{
	struct scene *scene = *state;
	struct error err = ERROR_INIT;

	scene->spec.local.console.boot = "[";
	assert_int_equal(command_runner_new(&scene->loop, &scene->spec,
					    &scene->runner, &err),
			 -1);
	assert_int_equal(err.code, ERROR_INPUT);
	assert_true(str_starts(err.text, "boot: '['"));
}

static void a_missing_worktree_is_said(void **state)
{
	struct scene *scene = *state;
	struct build_request request = { .commit = COMMIT, .log = scene->log };
	struct error err = ERROR_INIT;

	make_runner(scene);
	assert_int_equal(rmdir(scene->worktree), 0);
	assert_int_equal(scene->runner->ops->build(scene->runner, &request,
						   on_build, &scene->build,
						   &err),
			 -1);
	assert_int_equal(err.code, ERROR_SYSTEM);
	assert_non_null(strstr(err.text, "no such file or directory"));
	go(scene);
	assert_int_equal(scene->build.ended, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(exit_codes_are_judged_as_git_bisect_run_does),
		TEST(what_was_started_is_told_with_how_it_ended),
		TEST(a_test_killed_by_a_signal_is_infra),
		TEST(a_crash_on_the_console_comes_before_the_exit_code),
		TEST(what_happens_is_noted_beside_the_console),
		TEST(without_the_boot_line_it_did_not_boot),
		TEST(the_time_limit_gives_what_was_asked_for),
		TEST(a_crash_beats_the_limits),
		TEST(a_run_ends_when_its_crash_decides),
		TEST(a_run_goes_on_when_its_crash_does_not_decide),
		TEST(crashes_set_aside_do_not_end_a_run),
		TEST(a_console_that_never_falls_silent_ends_all_the_same),
		TEST(silence_is_a_crash_once_it_booted),
		TEST(a_lost_guest_is_a_crash_once_it_booted),
		TEST(what_was_killed_says_nothing_of_the_kernel),
		TEST(a_flood_is_test_failed),
		TEST(a_console_starts_anew_and_is_private),
		TEST(a_console_is_written_while_the_test_runs),
		TEST(a_full_disk_is_infra),
		TEST(a_log_that_fails_in_the_middle_is_infra),
		TEST(a_test_knows_where_it_runs),
		TEST(a_build_checks_out_and_builds),
		TEST(without_a_build_command_only_the_checkout_is_done),
		TEST(a_failed_build_gives_its_error_lines),
		TEST(errors_of_a_build_that_goes_well_do_not_count),
		TEST(a_build_command_that_does_not_exist_fails),
		TEST(trouble_of_the_machine_is_no_failed_build),
		TEST(the_limits_of_a_build_fail_it),
		TEST(a_failed_checkout_is_infra_with_gits_words),
		TEST(git_moves_a_real_worktree),
		TEST(slots_are_the_lowest_free_numbers),
		TEST(what_was_not_built_last_is_not_run),
		TEST(a_build_goes_on_in_another_place_while_one_is_tested),
		TEST(a_build_does_not_meet_other_jobs),
		TEST(a_build_is_cancelled_with_all_it_started),
		TEST(a_checkout_is_not_cut_short_by_cancel),
		TEST(a_job_may_be_started_from_a_call_back),
		TEST(a_bad_expression_is_an_input_error),
		TEST(a_missing_worktree_is_said),
	};

	if (argc > 1 && str_equal(argv[1], "keep"))
		return keeper_main(argc - 2, argv + 2);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
