/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/vt/job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

struct news {
	char what; /* b begun, s stopped, e ended */
	pid_t program;
	int status;
};

/* The program of this shell, for its signal handler. */
static volatile pid_t child;

static void pass_on(int number)
{
	int before = errno;

	if (child > 0) {
		kill(-child, number);
		kill(-child, SIGCONT);
	}
	errno = before;
}

static void tell(int news, char what, int status)
{
	struct news text;

	memset(&text, 0, sizeof(text));
	text.what = what;
	text.program = child;
	text.status = status;
	if (write(news, &text, sizeof(text)) != sizeof(text))
		_exit(1);
}

static void run_program(int terminal, const char *command)
{
	setpgid(0, 0);
	tcsetpgrp(terminal, getpid());
	signal(SIGTTOU, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	dup2(terminal, 0);
	dup2(terminal, 1);
	dup2(terminal, 2);
	close(terminal);
	setenv("TERM", "xterm-256color", 0);
	setenv("CULPRIT_IDLE_FD", "1", 1);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

/* The shell's life: wait, tell, and do as one is told. */
static void lead(int terminal, int orders, int news, const char *command)
{
	struct sigaction hangup = { .sa_handler = pass_on,
				    .sa_flags = SA_RESTART };
	int status;
	char order;

	/* above all no master: the line is dead only when all are closed */
	for (int fd = 3; fd < 256; fd++)
		if (fd != terminal && fd != orders && fd != news)
			close(fd);
	setsid();
	ioctl(terminal, TIOCSCTTY, 0);
	signal(SIGTTOU, SIG_IGN);
	sigaction(SIGHUP, &hangup, NULL);
	child = fork();
	if (child == 0)
		run_program(terminal, command);
	setpgid(child, child);
	tell(news, 'b', 0);
	while (waitpid(child, &status, WUNTRACED) == child) {
		if (!WIFSTOPPED(status))
			break;
		tcsetpgrp(terminal, getpgrp());
		tell(news, 's', status);
		if (read(orders, &order, 1) != 1)
			break;
		tcsetpgrp(terminal, child);
		kill(-child, SIGCONT);
	}
	if (WIFSTOPPED(status))
		kill(child, SIGKILL);
	tcsetpgrp(terminal, getpgrp());
	tell(news, 'e', status);
	/* the terminal is there until the test has looked at it */
	if (read(orders, &order, 1) > 0)
		_exit(1);
	_exit(0);
}

int job_start(struct job *job, int terminal, const char *command,
	      struct error *err)
{
	int orders[2], news[2];
	char line[4096];

	if (pipe2(orders, O_CLOEXEC) < 0 || pipe2(news, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	snprintf(line, sizeof(line), "exec %s", command);
	fflush(NULL);
	job->shell = fork();
	if (job->shell < 0)
		return error_errno(err, "cannot fork");
	if (job->shell == 0) {
		close(orders[1]);
		close(news[0]);
		lead(terminal, orders[0], news[1], line);
	}
	close(orders[0]);
	close(news[1]);
	job->orders = orders[1];
	job->news = news[0];
	job->state = JOB_RUNNING;
	job_listen(job);
	return 0;
}

void job_listen(struct job *job)
{
	struct news news;

	if (read(job->news, &news, sizeof(news)) != sizeof(news)) {
		job->state = JOB_ENDED;
		return;
	}
	job->program = news.program;
	job->status = news.status;
	if (news.what == 's')
		job->state = JOB_STOPPED;
	if (news.what == 'e')
		job->state = JOB_ENDED;
}

void job_foreground(struct job *job)
{
	job->state = JOB_RUNNING;
	if (write(job->orders, "f", 1) != 1)
		job->state = JOB_ENDED;
}

void job_end(struct job *job)
{
	if (job->state == JOB_NONE)
		return;
	if (job->state != JOB_ENDED)
		kill(job->program, SIGKILL);
	close(job->orders);
	close(job->news);
	while (waitpid(job->shell, NULL, 0) < 0 && errno == EINTR)
		continue;
	job->state = JOB_NONE;
}
