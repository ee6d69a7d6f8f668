/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/desk.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/begin.h"
#include "control/control.h"
#include "control/describe.h"
#include "control/lease.h"
#include "control/recount.h"
#include "control/settings.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/oid.h"
#include "repo/repo.h"
#include "repo/show.h"
#include "session/session.h"

#define READY_FD	 3
#define STOP_PATIENCE_MS 10000

void desk_engine(const struct session *session, struct engine_process *out)
{
	char *lock = session_lock(session);

	memset(out, 0, sizeof(*out));
	out->alive =
		lease_is_held(lock, &out->pid, out->host, sizeof(out->host));
	free(lock);
}

enum engine_stage desk_engine_stage(struct session *session,
				    const struct engine_process *process)
{
	const struct event *last =
		engine_process_event(session_engine(session));

	if (!process->alive)
		return ENGINE_WORKS;
	if (!last || last->number != process->pid)
		return ENGINE_BEGINS;
	return last->kind == EVENT_ENGINE ? ENGINE_WORKS : ENGINE_LEAVES;
}

const char *desk_engine_does(enum engine_stage stage)
{
	switch (stage) {
	case ENGINE_BEGINS:
		return ", which gets the sources ready";
	case ENGINE_LEAVES:
		return ", which removes its worktrees and ends";
	case ENGINE_WORKS:
		break;
	}
	return "";
}

bool desk_see_out(const struct session *session, struct engine_process *engine)
{
	desk_engine(session, engine);
	for (int waited = 0; engine->alive && waited < STOP_PATIENCE_MS;
	     waited += 20) {
		poll(NULL, 0, 20);
		desk_engine(session, engine);
	}
	return !engine->alive;
}

bool desk_can_run(const struct session *session)
{
	struct settings settings;
	bool can;

	settings_init(&settings);
	can = begin_read_settings(session, &settings, NULL) == 0 &&
	      settings_can_run(&settings);
	settings_release(&settings);
	return can;
}

void desk_describe(struct session *session, const struct event *event,
		   struct buf *out)
{
	describe_event(session, event, out);
}

void desk_recount(struct session *session, const struct step *step,
		  struct buf *out)
{
	recount_step(session, step, out);
}

static const char *const show_options[] = {
	"--format=fuller",
	"--stat",
	"--patch",
	"--diff-merges=first-parent",
	NULL,
};

void desk_show_argv(const struct repo *repo, const char *hex, struct argv *out)
{
	argv_add(out, "git");
	show_argv(repo, hex, show_options, out);
}

void desk_stat_argv(const struct repo *repo, const char *hex, struct argv *out)
{
	static const char *const options[] = {
		"--format=",
		"--shortstat",
		"--diff-merges=first-parent",
		NULL,
	};

	argv_add(out, "git");
	show_argv(repo, hex, options, out);
}

void desk_sum_up_argv(const struct repo *repo, const char *hex,
		      struct argv *out)
{
	static const char *const options[] = {
		"--format=medium",
		"--stat=72",
		"--diff-merges=first-parent",
		NULL,
	};

	argv_add(out, "git");
	show_argv(repo, hex, options, out);
}

/* Merged lines of history are all followed: any commit may be the culprit. */
void desk_touched_argv(const struct repo *repo, const struct argv *commits,
		       const char *paths, struct argv *out)
{
	const char *const before[] = { "git",
				       "-C",
				       repo_common_dir(repo),
				       "-c",
				       "log.follow=false",
				       "--no-pager",
				       "log",
				       "--no-color",
				       "--no-show-signature",
				       "--full-history",
				       "--format=%H",
				       NULL };

	argv_add_all(out, before);
	argv_add_all(out, (const char *const *)commits->items);
	argv_add(out, "--");
	while (*(paths += strspn(paths, " "))) {
		size_t length = strcspn(paths, " ");

		argv_take(out, xstrndup(paths, length));
		paths += length;
	}
}

void desk_who(char *out, int size)
{
	const struct passwd *user = getpwuid(geteuid());
	char host[256] = "localhost";

	gethostname(host, sizeof(host) - 1);
	snprintf(out, (size_t)size, "%s@%s", user ? user->pw_name : "somebody",
		 host);
}

/* In the child: a session of its own, its output in the engine's log. */
static void become_engine(const char *program, const char *dir, const char *log,
			  int ready)
{
	char *const argv[] = { (char *)(uintptr_t)program,
			       (char *)(uintptr_t) "--session-dir",
			       (char *)(uintptr_t)dir,
			       (char *)(uintptr_t) "run",
			       (char *)(uintptr_t) "--stay",
			       NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (setsid() < 0 || null < 0 || out < 0 || dup2(null, 0) < 0 ||
	    dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(127);
	if (ready == READY_FD)
		fcntl(READY_FD, F_SETFD, 0);
	else if (dup2(ready, READY_FD) < 0)
		_exit(127);
	execv(program, argv);
	_exit(127);
}

void desk_leave_engine(struct engine_start *start)
{
	if (!start->begins)
		return;
	start->begins = false;
	close(start->fd);
	buf_release(&start->said);
}

/*
 * It says CONTROL_HELD when it has the lease and CONTROL_READY when it works,
 * or instead of either why it gave up; and then it says no more.
 */
static int judge_engine(struct engine_start *start, struct error *err)
{
	const char *said = start->said.text;
	int ret = 0;

	if (str_starts(said, CONTROL_HELD))
		said += strlen(CONTROL_HELD);
	if (!str_equal(said, CONTROL_READY))
		ret = error_set(err, ERROR_SYSTEM,
				"the engine did not start: %s",
				*said ? said : "see its engine.log");
	desk_leave_engine(start);
	return ret;
}

int desk_hear_engine(struct engine_start *start, struct error *err)
{
	struct pollfd poll_fd = { .fd = start->fd, .events = POLLIN };
	char bytes[256];
	ssize_t length;

	if (!start->begins)
		return 0;
	for (;;) {
		if (poll(&poll_fd, 1, 0) <= 0)
			return 1;
		length = read(start->fd, bytes, sizeof(bytes));
		if (length < 0 && errno == EINTR)
			continue;
		if (length <= 0)
			return judge_engine(start, err);
		buf_add(&start->said, bytes, (size_t)length);
	}
}

/* Until it has the lease; an engine that gave up has said so, too. */
static int hear_held(struct engine_start *start, struct error *err)
{
	struct pollfd poll_fd = { .fd = start->fd, .events = POLLIN };
	int ret;

	while ((ret = desk_hear_engine(start, err)) > 0 &&
	       !str_starts(start->said.text, CONTROL_HELD))
		poll(&poll_fd, 1, -1);
	return ret < 0 ? -1 : 0;
}

int desk_start_engine(const struct session *session, const char *program,
		      struct engine_start *start, struct error *err)
{
	char *log = xasprintf("%s/engine.log", session_dir(session));
	int pipes[2] = { -1, -1 }, ret = -1;
	pid_t child;

	if (pipe2(pipes, O_CLOEXEC) < 0) {
		error_errno(err, "cannot start the engine");
		goto out;
	}
	child = fork();
	if (child < 0) {
		error_errno(err, "cannot start the engine");
		goto out;
	}
	if (child == 0) {
		/* a grandchild, so that nobody has to wait for it */
		pid_t engine = fork();

		if (engine == 0)
			become_engine(program, session_dir(session), log,
				      pipes[1]);
		_exit(engine < 0 ? 127 : 0);
	}
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	close(pipes[1]);
	pipes[1] = -1;
	start->begins = true;
	start->fd = pipes[0];
	pipes[0] = -1;
	buf_init(&start->said, 400);
	ret = hear_held(start, err);
out:
	if (pipes[0] >= 0)
		close(pipes[0]);
	if (pipes[1] >= 0)
		close(pipes[1]);
	free(log);
	return ret;
}

int desk_end_engine(const struct session *session, struct error *err)
{
	struct engine_process engine;
	char host[256] = "localhost";

	desk_engine(session, &engine);
	gethostname(host, sizeof(host) - 1);
	host[sizeof(engine.host) - 1] = '\0';
	if (!engine.alive)
		return error_set(err, ERROR_STATE,
				 "no engine is at work on this session");
	if (!str_equal(host, engine.host) || engine.pid <= 1)
		return error_set(err, ERROR_STATE,
				 "the engine is process %d on %s: stop it "
				 "there",
				 engine.pid, engine.host);
	if (kill(engine.pid, SIGTERM) < 0)
		return error_errno(err, "cannot stop process %d", engine.pid);
	return 0;
}

int desk_stop_engine(const struct session *session, struct error *err)
{
	struct engine_process engine;

	if (desk_end_engine(session, err) < 0)
		return -1;
	if (!desk_see_out(session, &engine))
		return error_set(err, ERROR_BUSY,
				 "process %d was asked to end and has not yet",
				 engine.pid);
	return 0;
}
