/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A person at a terminal, by a script on standard input: a step a line.
 *
 *	terminal N		the next steps are for terminal N (1 at first)
 *	size COLUMNSxROWS	what the terminal will have, 80x24 if unsaid
 *	start COMMAND		in its foreground, by sh
 *	key NAME...		j, Enter, C-z...: pressed one after another
 *	text WORDS		typed
 *	click COLUMN ROW	counted from 1; double COLUMN ROW
 *	wheel up|down COLUMN ROW
 *	idle			until all keys are taken and drawn
 *	wait TEXT		until a row holds TEXT; gone TEXT: until none
 *	row N TEXT		until that row does; cursor TEXT: its own row
 *	full			until the alternate screen is shown
 *	resize COLUMNSxROWS
 *	stopped			until the program stopped itself; fg
 *	kill SIGNAL		to the program; hangup: the line goes dead
 *	ended CODE|SIGNAL|any	until the program ended just so
 *	restored		the terminal is as it was before
 *	clean			of all that was written, no byte is foreign
 *	lap NAME		prints "lap NAME MS": since the last key or start
 *	quiet BYTES		no more was written since the last `quiet`
 *	dump FILE		the screen as text; raw FILE: what was written
 *	sh COMMAND		it succeeds
 *
 * The first step that fails ends it; the screen is shown then.
 */
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "tests/vt/raw.h"
#include "tests/vt/vt.h"

#define TERMINALS 4

struct script {
	struct vt vt[TERMINALS];
	bool open[TERMINALS];
	int current;
	int columns, rows; /* of the next one */
	size_t quiet[TERMINALS];
	struct timespec pressed;
};

static struct vt *here(struct script *script)
{
	return &script->vt[script->current];
}

/* 80x24, or 12 3 */
static int two_numbers(const char *text, char between, int *a, int *b,
		       struct error *err)
{
	char c;

	if (sscanf(text, "%d%c%d", a, &c, b) == 3 && c == between && *a > 0 &&
	    *b > 0 && *a < 1000 && *b < 1000)
		return 0;
	return error_set(err, ERROR_INPUT, "'%s' is not two numbers", text);
}

static int terminal(struct script *script, char *words, struct error *err)
{
	int64_t number;

	if (!str_number(words, 1, TERMINALS, &number))
		return error_set(err, ERROR_INPUT, "no terminal '%s'", words);
	script->current = (int)number - 1;
	return 0;
}

static int size(struct script *script, char *words, struct error *err)
{
	return two_numbers(words, 'x', &script->columns, &script->rows, err);
}

static int start(struct script *script, char *words, struct error *err)
{
	if (!script->open[script->current]) {
		if (vt_open(here(script), script->columns, script->rows, err) <
		    0)
			return -1;
		script->open[script->current] = true;
	}
	clock_gettime(CLOCK_MONOTONIC, &script->pressed);
	return vt_start(here(script), words, err);
}

static int key(struct script *script, char *words, struct error *err)
{
	char *rest, *name;

	clock_gettime(CLOCK_MONOTONIC, &script->pressed);
	for (name = strtok_r(words, " ", &rest); name;
	     name = strtok_r(NULL, " ", &rest)) {
		/* a key behind Esc would be a sequence */
		if (vt_key(here(script), name, err) < 0 ||
		    (strcmp(name, "Esc") == 0 &&
		     vt_until_idle(here(script), err) < 0))
			return -1;
	}
	return 0;
}

static int text(struct script *script, char *words, struct error *err)
{
	(void)err;
	vt_text(here(script), words);
	return 0;
}

static int click(struct script *script, char *words, struct error *err)
{
	int column, row;

	if (two_numbers(words, ' ', &column, &row, err) < 0)
		return -1;
	vt_click(here(script), column - 1, row - 1, 1);
	return 0;
}

static bool told_more(struct vt *vt, const void *data)
{
	return vt->told > *(const long *)data;
}

/* curses makes one of two clicks that come at once: no hand is so quick. */
static int double_click(struct script *script, char *words, struct error *err)
{
	long before = here(script)->told;

	if (click(script, words, err) < 0 ||
	    vt_until(here(script), told_more, &before, err) < 0)
		return -1;
	return click(script, words, err);
}

static int wheel(struct script *script, char *words, struct error *err)
{
	bool up = strncmp(words, "up ", 3) == 0;
	int column, row;

	words += strcspn(words, " ");
	words += *words == ' ';
	if (two_numbers(words, ' ', &column, &row, err) < 0)
		return -1;
	vt_click(here(script), column - 1, row - 1, up ? 4 : 5);
	return 0;
}

static int idle(struct script *script, char *words, struct error *err)
{
	(void)words;
	return vt_until_idle(here(script), err);
}

static bool row_holds(struct vt *vt, int row, const char *wanted)
{
	struct buf line;
	bool holds;

	buf_init(&line, 0);
	vt_row(vt, row, &line);
	holds = strstr(line.text, wanted) != NULL;
	buf_release(&line);
	return holds;
}

static bool shows(struct vt *vt, const void *wanted)
{
	for (int y = 0; y < vt->rows; y++)
		if (row_holds(vt, y, wanted))
			return true;
	return false;
}

static bool lacks(struct vt *vt, const void *unwanted)
{
	return !shows(vt, unwanted);
}

static int wait_for(struct script *script, char *words, struct error *err)
{
	return vt_until(here(script), shows, words, err);
}

static int gone(struct script *script, char *words, struct error *err)
{
	return vt_until(here(script), lacks, words, err);
}

struct on_row {
	int row;
	const char *text;
};

static bool row_shows(struct vt *vt, const void *data)
{
	const struct on_row *wanted = data;

	return row_holds(vt, wanted->row, wanted->text);
}

static int row(struct script *script, char *words, struct error *err)
{
	char *behind;
	struct on_row wanted = { .row = (int)strtol(words, &behind, 10) - 1 };

	wanted.text = behind + (*behind == ' ');
	return vt_until(here(script), row_shows, &wanted, err);
}

static bool cursor_shows(struct vt *vt, const void *wanted)
{
	return row_holds(vt, vt_cursor_row(vt), wanted);
}

static int cursor(struct script *script, char *words, struct error *err)
{
	return vt_until(here(script), cursor_shows, words, err);
}

static bool is_full(struct vt *vt, const void *data)
{
	(void)data;
	return vt->alternate;
}

static int full(struct script *script, char *words, struct error *err)
{
	(void)words;
	return vt_until(here(script), is_full, NULL, err);
}

static int resize(struct script *script, char *words, struct error *err)
{
	int columns, rows;

	if (two_numbers(words, 'x', &columns, &rows, err) < 0)
		return -1;
	return vt_resize(here(script), columns, rows, err);
}

static bool has_stopped(struct vt *vt, const void *data)
{
	(void)data;
	return vt->job.state == JOB_STOPPED;
}

/* What it wrote before is all here by then: it wrote first. */
static int stopped(struct script *script, char *words, struct error *err)
{
	(void)words;
	if (vt_until(here(script), has_stopped, NULL, err) < 0)
		return -1;
	while (vt_pump(here(script), 0))
		continue;
	return 0;
}

static int foreground(struct script *script, char *words, struct error *err)
{
	(void)words;
	if (here(script)->job.state != JOB_STOPPED)
		return error_set(err, ERROR_STATE, "nothing is stopped");
	job_foreground(&here(script)->job);
	return 0;
}

static const struct {
	const char *name;
	int number;
} signals[] = {
	{ "TERM", SIGTERM }, { "HUP", SIGHUP },	  { "INT", SIGINT },
	{ "QUIT", SIGQUIT }, { "KILL", SIGKILL }, { "SEGV", SIGSEGV },
	{ "ABRT", SIGABRT }, { "BUS", SIGBUS },	  { "WINCH", SIGWINCH },
	{ "CONT", SIGCONT }, { "FPE", SIGFPE },	  { "ILL", SIGILL },
	{ "SYS", SIGSYS },   { "TRAP", SIGTRAP }, { "PIPE", SIGPIPE },
	{ "ALRM", SIGALRM }, { "USR1", SIGUSR1 },
};

static int signal_named(const char *name)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		if (strcmp(signals[i].name, name) == 0)
			return signals[i].number;
	return 0;
}

static int kill_it(struct script *script, char *words, struct error *err)
{
	int number = signal_named(words);

	if (!number)
		return error_set(err, ERROR_INPUT, "no signal '%s'", words);
	if (kill(here(script)->job.program, number) < 0)
		return error_errno(err, "cannot send it");
	return 0;
}

static int hang_up(struct script *script, char *words, struct error *err)
{
	(void)words;
	(void)err;
	vt_hang_up(here(script));
	return 0;
}

static bool has_ended(struct vt *vt, const void *data)
{
	(void)data;
	return vt->job.state == JOB_ENDED;
}

static int ended(struct script *script, char *words, struct error *err)
{
	int status;

	if (vt_until(here(script), has_ended, NULL, err) < 0)
		return -1;
	while (vt_pump(here(script), 0))
		continue;
	status = here(script)->job.status;
	if (strcmp(words, "any") == 0)
		return 0;
	if (WIFSIGNALED(status) && WTERMSIG(status) == signal_named(words))
		return 0;
	if (WIFEXITED(status) && !signal_named(words) &&
	    WEXITSTATUS(status) == atol(words))
		return 0;
	return error_set(err, ERROR_STATE, "it ended by %s %d",
			 WIFSIGNALED(status) ? "signal" : "exit",
			 WIFSIGNALED(status) ? WTERMSIG(status)
					     : WEXITSTATUS(status));
}

static int restored(struct script *script, char *words, struct error *err)
{
	(void)words;
	return vt_restored(here(script), err);
}

static int clean(struct script *script, char *words, struct error *err)
{
	struct vt *vt = here(script);

	(void)words;
	if (vt->title)
		return error_set(err, ERROR_STATE,
				 "the window was given the title '%s'",
				 vt->title);
	return raw_check(vt->raw.text, vt->raw.length, vt->most_columns,
			 vt->most_rows, err);
}

static int quiet(struct script *script, char *words, struct error *err)
{
	size_t before = script->quiet[script->current];
	size_t now = here(script)->raw.length;

	script->quiet[script->current] = now;
	if (now - before <= (size_t)atol(words))
		return 0;
	return error_set(err, ERROR_STATE, "it wrote %zu bytes", now - before);
}

static int lap(struct script *script, char *words, struct error *err)
{
	struct timespec now;

	(void)err;
	clock_gettime(CLOCK_MONOTONIC, &now);
	printf("lap %s %.3f\n", words,
	       (double)(now.tv_sec - script->pressed.tv_sec) * 1e3 +
		       (double)(now.tv_nsec - script->pressed.tv_nsec) / 1e6);
	return 0;
}

static int put_file(const char *path, const struct buf *bytes,
		    struct error *err)
{
	FILE *file = fopen(path, "w");

	if (!file)
		return error_errno(err, "cannot write %s", path);
	fwrite(bytes->text, 1, bytes->length, file);
	return fclose(file) == 0 ? 0
				 : error_errno(err, "cannot write %s", path);
}

static int dump(struct script *script, char *words, struct error *err)
{
	struct buf page;
	int ret;

	buf_init(&page, 0);
	vt_dump(here(script), &page);
	ret = put_file(words, &page, err);
	buf_release(&page);
	return ret;
}

static int raw(struct script *script, char *words, struct error *err)
{
	return put_file(words, &here(script)->raw, err);
}

/* What the screens write meanwhile is read, or they would wait. */
static int shell(struct script *script, char *words, struct error *err)
{
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		dup2(2, 1);
		execl("/bin/sh", "sh", "-c", words, (char *)NULL);
		_exit(127);
	}
	while (waitpid(child, &status, WNOHANG) == 0) {
		if (script->open[script->current])
			vt_pump(here(script), 10);
		else
			poll(NULL, 0, 10);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return error_set(err, ERROR_STATE, "it failed");
}

static const struct step {
	const char *name;
	int (*take)(struct script *script, char *words, struct error *err);
	bool before; /* makes sense before anything was started */
} steps[] = {
	{ "terminal", terminal, true }, { "size", size, true },
	{ "start", start, true },	{ "sh", shell, true },
	{ "key", key, false },		{ "text", text, false },
	{ "click", click, false },	{ "double", double_click, false },
	{ "wheel", wheel, false },	{ "idle", idle, false },
	{ "wait", wait_for, false },	{ "gone", gone, false },
	{ "row", row, false },		{ "cursor", cursor, false },
	{ "full", full, false },	{ "resize", resize, false },
	{ "stopped", stopped, false },	{ "fg", foreground, false },
	{ "kill", kill_it, false },	{ "hangup", hang_up, false },
	{ "ended", ended, false },	{ "restored", restored, false },
	{ "clean", clean, false },	{ "lap", lap, false },
	{ "quiet", quiet, false },	{ "dump", dump, false },
	{ "raw", raw, false },
};

static int take_step(struct script *script, char *line, struct error *err)
{
	size_t length = strcspn(line, " ");

	if (!*line || *line == '#')
		return 0;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		if (strlen(steps[i].name) != length ||
		    strncmp(steps[i].name, line, length) != 0)
			continue;
		if (!steps[i].before && !script->open[script->current])
			return error_set(err, ERROR_INPUT,
					 "nothing was started");
		return steps[i].take(
			script, line + length + (line[length] == ' '), err);
	}
	return error_set(err, ERROR_INPUT, "there is no such step");
}

static void complain(struct script *script, int number, const char *line,
		     const struct error *err)
{
	struct buf page;

	printf("step %d: %s: %s\n", number, line, err->text);
	if (!script->open[script->current])
		return;
	buf_init(&page, 0);
	vt_dump(here(script), &page);
	while (page.length > 1 && page.text[page.length - 2] == '\n')
		page.text[--page.length] = '\0';
	fputs(page.text, stdout);
	buf_release(&page);
}

int main(void)
{
	static struct script script = { .columns = 80, .rows = 24 };
	struct error err = ERROR_INIT;
	size_t room = 0;
	char *line = NULL;
	int ret = 0;

	setlocale(LC_CTYPE, "C.UTF-8");
	for (int number = 1; ret == 0 && getline(&line, &room, stdin) > 0;
	     number++) {
		char *step = line + strspn(line, " \t"), *copy;

		step[strcspn(step, "\n")] = '\0';
		copy = strdup(step);
		ret = take_step(&script, step, &err);
		if (ret < 0)
			complain(&script, number, copy, &err);
		free(copy);
	}
	for (int i = 0; i < TERMINALS; i++)
		if (script.open[i])
			vt_close(&script.vt[i]);
	free(line);
	return ret < 0;
}
