/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/keeper.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/str.h"

#define LIFE	 3     /* the engine's socket */
#define STUCK_MS 10000 /* nobody dies for so long: give up */
#define SWEEP_MS 10    /* between two sweeps when nothing happens */

struct keeper {
	pid_t command;
	int signals; /* signalfd */
	bool ended;  /* the command */
	int status;  /* of wait, once ended */
};

/* Descendants met so far in one sweep, in ascending order as /proc lists. */
struct family {
	pid_t *pids;
	size_t count;
	size_t room;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static _Noreturn void die_of(int number)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t only;

	prctl(PR_SET_DUMPABLE, 0);
	sigaction(number, &action, NULL);
	sigemptyset(&only);
	sigaddset(&only, number);
	sigprocmask(SIG_UNBLOCK, &only, NULL);
	kill(getpid(), number);
	_exit(255);
}

static _Noreturn void give_up(const char *what)
{
	dprintf(STDERR_FILENO, "culprit: %s: %s\n", what, strerror(errno));
	die_of(SIGABRT);
}

static int compare_pids(const void *a, const void *b)
{
	pid_t left = *(const pid_t *)a, right = *(const pid_t *)b;

	return (left > right) - (left < right);
}

static bool family_has(const struct family *family, pid_t pid)
{
	return pid == getpid() ||
	       (family->count > 0 && bsearch(&pid, family->pids, family->count,
					     sizeof(pid), compare_pids));
}

static bool read_stat(pid_t pid, pid_t *parent, char *state)
{
	char path[32], text[512];
	const char *after_name;
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length <= 0)
		return false;
	text[length] = '\0';
	/* A program may have any name, with parentheses too. */
	after_name = strrchr(text, ')');
	return after_name && sscanf(after_name, ") %c %d", state, parent) == 2;
}

/*
 * Kill a process if it is a descendant.  True when it is going to die.  The
 * second look at the parent, with the process pinned by its descriptor, makes
 * sure that a number that was given to somebody else since is not hit.
 */
static bool strike(struct family *family, pid_t pid)
{
	pid_t parent;
	char state;
	bool dying;
	int fd;

	if (!read_stat(pid, &parent, &state) || !family_has(family, parent))
		return false;
	array_grow(family->pids, family->count + 1, &family->room);
	family->pids[family->count++] = pid;
	if (state == 'Z')
		return parent == getpid();
	fd = pidfd_open(pid, 0);
	if (fd < 0)
		return errno == ESRCH || kill(pid, SIGKILL) == 0;
	dying = !read_stat(pid, &parent, &state) ||
		!family_has(family, parent) ||
		pidfd_send_signal(fd, SIGKILL, NULL, 0) == 0 || errno == ESRCH;
	close(fd);
	return dying;
}

/*
 * Kill every descendant that is there now.  Those whose parent has a higher
 * number are met by a later sweep, at the latest when the parent is dead and
 * they are ours.  Returns whether any of them is going to die.
 */
static bool sweep(struct family *family)
{
	struct dirent *entry;
	DIR *proc = opendir("/proc");
	bool any = false;

	if (!proc)
		return false;
	family->count = 0;
	while ((entry = readdir(proc)) != NULL) {
		int64_t pid;

		if (str_number(entry->d_name, 1, INT_MAX, &pid) &&
		    strike(family, (pid_t)pid))
			any = true;
	}
	closedir(proc);
	return any;
}

/* Returns false when no child is left.  Adds to *reaped. */
static bool reap(struct keeper *keeper, int *reaped)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		++*reaped;
		if (pid != keeper->command)
			continue;
		keeper->ended = true;
		keeper->status = status;
	}
	return pid == 0;
}

/* Empty the signalfd; true when one of the signals says to end. */
static bool told_to_end(struct keeper *keeper)
{
	struct signalfd_siginfo info;
	bool told = false;

	while (read(keeper->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGCHLD)
			told = true;
	}
	return told;
}

/* False at the end of the pipe, or where it cannot be read. */
static bool ask_to_end(struct keeper *keeper)
{
	char byte;

	if (read(LIFE, &byte, 1) != 1)
		return false;
	kill(keeper->command, SIGTERM);
	return true;
}

/* Until the command has ended or has to. */
static void watch(struct keeper *keeper)
{
	struct pollfd fds[2] = {
		{ .fd = LIFE, .events = POLLIN },
		{ .fd = keeper->signals, .events = POLLIN },
	};
	int reaped = 0;

	while (!keeper->ended) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return;
		if ((fds[0].revents && !ask_to_end(keeper)) ||
		    told_to_end(keeper))
			return;
		reap(keeper, &reaped);
	}
}

static void kill_all(struct keeper *keeper)
{
	struct pollfd fd = { .fd = keeper->signals, .events = POLLIN };
	struct family family = { NULL, 0, 0 };
	int64_t last_death = now_ms();

	/* Also where there is no /proc to look into. */
	if (!keeper->ended)
		kill(keeper->command, SIGKILL);
	for (;;) {
		int reaped = 0;

		if (!reap(keeper, &reaped))
			break;
		if (reaped > 0)
			last_death = now_ms();
		if (now_ms() - last_death > STUCK_MS)
			break;
		if (!sweep(&family) && keeper->ended)
			break;
		poll(&fd, 1, SWEEP_MS);
		told_to_end(keeper);
	}
	free(family.pids);
}

static _Noreturn void become(char **argv, pid_t keeper, const sigset_t *mask)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != keeper)
		_exit(255);
	setsid();
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "culprit: cannot run '%s': %s\n", argv[0],
		strerror(errno));
	die_of(SIGABRT);
}

static void close_from(int first)
{
	long max;

	if (close_range((unsigned int)first, ~0U, 0) == 0)
		return;
	/* A kernel before 5.9. */
	max = sysconf(_SC_OPEN_MAX);
	for (int fd = first; fd < max; fd++)
		close(fd);
}

/* The end of the output is when nobody but the command holds it. */
static void let_go_of_output(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd <= 2; fd++) {
		if (null < 0 || dup2(null, fd) < 0)
			close(fd);
	}
	if (null > 2)
		close(null);
}

static bool is_pipe(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 &&
	       (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

static void start(struct keeper *keeper, char **argv)
{
	pid_t self = getpid();
	sigset_t all, before;

	close_from(LIFE + 1);
	fcntl(LIFE, F_SETFD, FD_CLOEXEC);
	setsid();
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		give_up("cannot become a subreaper");
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	sigemptyset(&all);
	sigaddset(&all, SIGCHLD);
	sigaddset(&all, SIGTERM);
	sigaddset(&all, SIGINT);
	sigaddset(&all, SIGHUP);
	keeper->signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	if (keeper->signals < 0)
		give_up("cannot listen to signals");
	keeper->command = fork();
	if (keeper->command < 0)
		give_up("cannot start a process");
	if (keeper->command == 0)
		become(argv, self, &before);
	let_go_of_output();
}

int keeper_main(int argc, char **argv)
{
	struct keeper keeper = { .command = -1, .signals = -1 };

	if (argc < 2 || !str_equal(argv[0], "--") || !is_pipe(LIFE)) {
		dprintf(STDERR_FILENO,
			"culprit: keep is used by culprit itself only\n");
		return 2;
	}
	start(&keeper, argv + 1);
	watch(&keeper);
	kill_all(&keeper);
	close(keeper.signals);
	if (!keeper.ended)
		die_of(SIGKILL);
	if (WIFSIGNALED(keeper.status))
		die_of(WTERMSIG(keeper.status));
	/* Nothing of the program around us may be flushed or run at exit. */
	_exit(WEXITSTATUS(keeper.status));
}
