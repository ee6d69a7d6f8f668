/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/rescue.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#define ASIDE_MAX 65536 /* bytes of standard error that are told */

/* All that a signal handler needs.  curses' own state is just as global. */
static struct {
	volatile sig_atomic_t taken;
	pid_t owner; /* a child that crashes before its exec has no terminal */
	struct termios before;
	void (*end)(void);
	char bytes[256];
	size_t length;
	int aside; /* what goes to standard error meanwhile, or -1 */
	int error; /* where standard error leads, or -1 */
	char stack[32 * 1024]; /* for a crash of the other one */
} rescue = { .aside = -1, .error = -1 };

/*
 * All that ends a process, but for those signals that the loop hears.  These
 * are here too for the time before it does.
 */
static const int deaths[] = { SIGSEGV, SIGBUS,	SIGFPE,	   SIGILL,  SIGABRT,
			      SIGTRAP, SIGSYS,	SIGXCPU,   SIGXFSZ, SIGPIPE,
			      SIGALRM, SIGUSR1, SIGUSR2,   SIGPROF, SIGVTALRM,
			      SIGIO,   SIGPWR,	SIGSTKFLT, SIGTERM, SIGHUP,
			      SIGINT,  SIGQUIT };

#define DEATHS (sizeof(deaths) / sizeof(*deaths))

void rescue_add(const char *bytes)
{
	size_t length = strlen(bytes);

	if (rescue.length + length > sizeof(rescue.bytes))
		return;
	memcpy(rescue.bytes + rescue.length, bytes, length);
	rescue.length += length;
}

/*
 * Standard error would be written across the screen: it is kept aside, and
 * told at the end.  Where it is no terminal it goes where it should.
 */
static void put_error_aside(void)
{
	if (!isatty(STDERR_FILENO))
		return;
	rescue.aside = memfd_create("culprit-stderr", MFD_CLOEXEC);
	rescue.error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (rescue.aside >= 0 && rescue.error >= 0)
		dup2(rescue.aside, STDERR_FILENO);
}

/* Async-signal-safe. */
static void tell_error(void)
{
	char bytes[256];
	ssize_t length;
	off_t at = 0;

	if (rescue.aside < 0 || rescue.error < 0)
		return;
	dup2(rescue.error, STDERR_FILENO);
	while ((length = pread(rescue.aside, bytes, sizeof(bytes), at)) > 0 &&
	       at < ASIDE_MAX) {
		for (ssize_t i = 0; i < length; i++)
			if ((bytes[i] < ' ' && bytes[i] != '\n') ||
			    bytes[i] == 0x7f)
				bytes[i] = '?'; /* and what is no ASCII */
		if (write(STDERR_FILENO, bytes, (size_t)length) < 0)
			return;
		at += length;
	}
}

/* Async-signal-safe.  The handler is gone by then (SA_RESETHAND). */
static void on_death(int number)
{
	if (rescue.taken && getpid() == rescue.owner) {
		rescue.taken = 0;
		if (write(STDOUT_FILENO, rescue.bytes, rescue.length) < 0)
			errno = 0; /* nobody is left to tell */
		tcsetattr(STDIN_FILENO, TCSANOW, &rescue.before);
		tell_error();
	}
	raise(number);
}

/* exit() from anywhere. */
static void on_exit_restore(void)
{
	if (!rescue.taken || getpid() != rescue.owner)
		return;
	rescue.taken = 0;
	rescue.end();
	tell_error();
}

/* A signal that is ignored, or heard by somebody else, stays so. */
static void catch_deaths(bool all)
{
	const struct sigaction ours = { .sa_handler = on_death,
					.sa_flags = (int)(SA_RESETHAND |
							  SA_ONSTACK) };
	const struct sigaction none = { .sa_handler = SIG_DFL };

	for (size_t i = 0; i < DEATHS; i++) {
		struct sigaction now;

		if (sigaction(deaths[i], NULL, &now) < 0)
			continue;
		if (all && now.sa_handler == SIG_DFL)
			sigaction(deaths[i], &ours, NULL);
		else if (!all && now.sa_handler == on_death)
			sigaction(deaths[i], &none, NULL);
	}
}

void rescue_begin(const struct termios *before, void (*end)(void))
{
	const stack_t stack = { .ss_sp = rescue.stack,
				.ss_size = sizeof(rescue.stack) };

	rescue.before = *before;
	rescue.end = end;
	rescue.length = 0;
	rescue.owner = getpid();
	sigaltstack(&stack, NULL);
	rescue.taken = 1;
	catch_deaths(true);
	atexit(on_exit_restore);
	put_error_aside();
}

void rescue_end(void)
{
	rescue.taken = 0;
	catch_deaths(false);
	rescue.end();
	tell_error();
	if (rescue.aside >= 0)
		close(rescue.aside);
	if (rescue.error >= 0)
		close(rescue.error);
	rescue.aside = rescue.error = -1;
}
