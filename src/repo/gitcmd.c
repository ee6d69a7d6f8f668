/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/gitcmd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/argv.h"
#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/gitenv.h"
#include "base/io.h"
#include "base/str.h"

#define COMPLAINT_MAX 2000

/*
 * What speaks of one repository must not lead git into another one.  The
 * rest of the environment is the user's wish and stays.
 */
static bool is_scrubbed(const char *variable, bool fetches)
{
	return gitenv_has(variable) ||
	       str_starts(variable, "GIT_TERMINAL_PROMPT=") ||
	       (!fetches && str_starts(variable, "GIT_ALLOW_PROTOCOL="));
}

static bool is_among(const char *variable, const char *const *list)
{
	size_t name = strcspn(variable, "=") + 1;

	for (; list && *list; list++)
		if (strncmp(variable, *list, name) == 0)
			return true;
	return false;
}

/* The strings are borrowed from the environment. */
static char **make_environment(const struct gitcmd *command)
{
	static char no_prompt[] = "GIT_TERMINAL_PROMPT=0";
	static char no_protocol[] = "GIT_ALLOW_PROTOCOL=";
	const char *const *own = command->env;
	char **env = NULL;
	size_t count = 0, room = 0;

	for (char **p = environ; *p; p++) {
		if (is_scrubbed(*p, command->fetches) || is_among(*p, own))
			continue;
		array_grow(env, count + 1, &room);
		env[count++] = *p;
	}
	for (; own && *own; own++) {
		array_grow(env, count + 1, &room);
		env[count++] = (char *)(uintptr_t)*own;
	}
	array_grow(env, count + 3, &room);
	env[count++] = no_prompt;
	if (!command->fetches)
		env[count++] = no_protocol;
	env[count] = NULL;
	return env;
}

/* exec wants it so, but does not write to it. */
static char **make_argv(const char *const *argv)
{
	struct argv full = ARGV_INIT;

	argv_add(&full, "git");
	argv_add_all(&full, argv);
	return full.items;
}

/*
 * A file in memory as one of git's three streams: whatever the amount and
 * the order, nobody has to wait for anybody.  Never descriptor 0, 1 or 2,
 * which one of them may be about to become.
 */
static int make_stream(struct error *err)
{
	int fd = memfd_create("git", MFD_CLOEXEC), moved;

	if (fd > STDERR_FILENO)
		return fd;
	if (fd < 0)
		return error_errno(err, "cannot make a file in memory");
	moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close(fd);
	if (moved < 0)
		return error_errno(err, "cannot make a file in memory");
	return moved;
}

static int fill(int fd, const char *bytes, size_t length, struct error *err)
{
	if (io_write(fd, bytes, length) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return error_errno(err, "cannot write git's input");
	return 0;
}

static int drain(int fd, struct buf *out, struct error *err)
{
	char bytes[16384];
	off_t at = 0;

	for (;;) {
		ssize_t n = pread(fd, bytes, sizeof(bytes), at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, "cannot read git's output");
		if (n == 0)
			return 0;
		buf_add(out, bytes, (size_t)n);
		at += n;
	}
}

/*
 * In the child.  git ends with whoever asked for it: an engine that is killed
 * leaves no git at work in its worktree.  SIGTERM lets it remove its locks,
 * but for one that it is just making.
 */
static void end_with(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
}

/* In the child. */
static void become_git(char **argv, char **env, const int streams[3])
{
	struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t none;

	sigemptyset(&none);
	sigaction(SIGPIPE, &usual, NULL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int i = 0; i < 3; i++)
		if (dup2(streams[i], i) < 0)
			_exit(127);
	execvpe("git", argv, env);
	dprintf(STDERR_FILENO, "cannot run git: %s\n", strerror(errno));
	_exit(127);
}

static int spawn(pid_t *pid, char **argv, const struct gitcmd *command,
		 const int streams[3], struct error *err)
{
	char **env = make_environment(command);
	pid_t parent = getpid();

	*pid = fork();
	if (*pid == 0) {
		if (command->whole)
			setpgid(0, 0);
		else
			end_with(parent);
		if (command->held > STDERR_FILENO)
			fcntl(command->held, F_SETFD, 0);
		become_git(argv, env, streams);
	}
	free(env);
	return *pid < 0 ? error_errno(err, "cannot run git") : 0;
}

static int wait_for(pid_t pid, int *status, struct error *err)
{
	pid_t got;

	do
		got = waitpid(pid, status, 0);
	while (got < 0 && errno == EINTR);
	return got < 0 ? error_errno(err, "cannot wait for git") : 0;
}

/* The word that says what git does: the first that is no option of its. */
static const char *subcommand(const char *const *argv)
{
	for (; *argv; argv++) {
		if (str_equal(*argv, "-C") || str_equal(*argv, "-c")) {
			if (!*++argv)
				break;
		} else if (**argv != '-') {
			return *argv;
		}
	}
	return "";
}

/* One line for a person, out of what may be many and hold anything. */
static void put_complaint(struct buf *line, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\r\n");
		const char *next = text + length;

		if (str_starts(text, "fatal: ") || str_starts(text, "error: "))
			text += strlen("fatal: ");
		if (line->length && text < next)
			buf_puts(line, "; ");
		for (; text < next; text++)
			buf_putc(line,
				 (unsigned char)*text < ' ' || *text == 127
					 ? ' '
					 : *text);
		text += strspn(text, "\r\n");
	}
}

static int complain(const struct gitcmd *command, int complaint, int status,
		    struct error *err)
{
	struct buf raw, line;
	const char *word = subcommand(command->argv);

	buf_init(&raw, COMPLAINT_MAX);
	buf_init(&line, COMPLAINT_MAX);
	if (drain(complaint, &raw, NULL) == 0)
		put_complaint(&line, raw.text);
	if (WIFSIGNALED(status))
		error_set(err, ERROR_GIT, "git %s: killed by signal %d (%s)",
			  word, WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (line.length)
		error_set(err, ERROR_GIT, "git %s: %s%s", word, line.text,
			  error_advice(line.text));
	else
		error_set(err, ERROR_GIT, "git %s: exit status %d", word,
			  WEXITSTATUS(status));
	buf_release(&raw);
	buf_release(&line);
	return -1;
}

int gitcmd_run(const struct gitcmd *command, struct error *err)
{
	char **argv = make_argv(command->argv);
	int streams[3] = { -1, -1, -1 }, status, ret = -1;
	pid_t pid;

	for (int i = 0; i < 3; i++) {
		streams[i] = make_stream(err);
		if (streams[i] < 0)
			goto out;
	}
	if (fill(streams[0], command->input, command->input_length, err) < 0)
		goto out;
	if (spawn(&pid, argv, command, streams, err) < 0)
		goto out;
	if (wait_for(pid, &status, err) < 0)
		goto out;
	if (command->answer && WIFEXITED(status) && WEXITSTATUS(status) < 2) {
		*command->answer = WEXITSTATUS(status) == 0;
		ret = *command->answer && command->output
			      ? drain(streams[1], command->output, err)
			      : 0;
	} else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		complain(command, streams[2], status, err);
	} else {
		ret = command->output ? drain(streams[1], command->output, err)
				      : 0;
	}
out:
	for (int i = 0; i < 3; i++)
		if (streams[i] >= 0)
			close(streams[i]);
	argv_free(argv);
	return ret;
}
