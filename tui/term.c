/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/term.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "tui/grid.h"
#include "tui/input.h"
#include "tui/wishes.h"

struct term {
	SCREEN *screen;
	/* of each role */
	attr_t attributes[ROLE_COUNT];
	short pairs[ROLE_COUNT];

	/* what was drawn last */
	struct cell *cells;
	int columns, rows, cursor_x, cursor_y;
	bool cursor_seen;
};

#define ASIDE_MAX 65536 /* bytes of standard error that are told */

/* Codes of our own, above those of curses. */
#define KEY_ANSWER (KEY_MAX + 1)

/*
 * What a signal handler needs to give the terminal back.  curses' own state
 * is just as global: there is one terminal.
 */
static struct {
	volatile sig_atomic_t taken;
	pid_t owner; /* a child that crashes before its exec has no terminal */
	struct termios before;
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

static void rescue_add(const char *text)
{
	size_t length = text && text != (char *)-1 ? strlen(text) : 0;

	if (rescue.length + length > sizeof(rescue.bytes))
		return;
	memcpy(rescue.bytes + rescue.length, text ? text : "", length);
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

/* Some terminals forget with the page that the cursor was to be seen. */
static void end_page(void)
{
	const char *cursor = tigetstr("cnorm");

	endwin();
	if (cursor && cursor != (char *)-1)
		putp(cursor);
	fflush(stdout);
}

/* exit() from anywhere: curses may still write. */
static void on_exit_restore(void)
{
	if (!rescue.taken || getpid() != rescue.owner)
		return;
	rescue.taken = 0;
	end_page();
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

static void install_rescue(void)
{
	const stack_t stack = { .ss_sp = rescue.stack,
				.ss_size = sizeof(rescue.stack) };

	rescue.length = 0;
	rescue.owner = getpid();
	rescue_add(tigetstr("sgr0"));
	rescue_add(tigetstr("op"));
	rescue_add(tigetstr("rmkx"));
	rescue_add(tigetstr("rmcup"));
	rescue_add(tigetstr("cnorm"));
	sigaltstack(&stack, NULL);
	rescue.taken = 1;
	catch_deaths(true);
	atexit(on_exit_restore);
	put_error_aside();
}

static void remove_rescue(void)
{
	rescue.taken = 0;
	catch_deaths(false);
}

static void close_aside(void)
{
	if (rescue.aside >= 0)
		close(rescue.aside);
	if (rescue.error >= 0)
		close(rescue.error);
	rescue.aside = rescue.error = -1;
}

bool term_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static attr_t attributes_of(const struct look *look)
{
	return (look->attributes & LOOK_BOLD ? A_BOLD : 0) |
	       (look->attributes & LOOK_DIM ? A_DIM : 0) |
	       (look->attributes & LOOK_UNDERLINE ? A_UNDERLINE : 0) |
	       (look->attributes & LOOK_REVERSE ? A_REVERSE : 0);
}

static void take_theme(struct term *term, const struct wishes *wishes)
{
	bool no_colour = !str_empty(getenv("NO_COLOR"));
	struct theme theme = wishes->theme;

	theme.colours = theme_colours(wishes->settings.colour, no_colour,
				      tigetnum("colors"));
	if (theme.colours != THEME_MONO &&
	    (start_color() == ERR || use_default_colors() == ERR))
		theme.colours = THEME_MONO;
	for (int role = 0; role < ROLE_COUNT; role++) {
		struct look look = theme_look(&theme, role);

		term->attributes[role] = attributes_of(&look);
		if (look.foreground == LOOK_DEFAULT &&
		    look.background == LOOK_DEFAULT)
			continue;
		term->pairs[role] = (short)(role + 1);
		init_pair(term->pairs[role], look.foreground, look.background);
	}
}

/* Presses at once: whether two are a double one is the screen's to say. */
static void take_mouse(void)
{
	const char *mode = tigetstr("XM");

	mouseinterval(0);
	if (!mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED,
		       NULL))
		return;
	rescue_add(mode && mode != (char *)-1 ? tiparm(mode, 0)
					      : "\033[?1000l");
}

int term_open(struct term **out, const struct wishes *wishes, struct error *err)
{
	const char *type = getenv("TERM");
	struct term *term;
	SCREEN *screen;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return error_set(err, ERROR_USAGE,
				 "the screen needs a terminal: here there "
				 "are 'culprit status' and 'culprit log -f'");
	tcgetattr(STDIN_FILENO, &rescue.before);
	set_escdelay(25);
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return error_set(err, ERROR_USAGE,
				 "the terminal type '%s' is not known",
				 type ? type : "");
	set_term(screen);
	if (!tigetstr("cup") || tigetstr("cup") == (char *)-1) {
		endwin();
		delscreen(screen);
		return error_set(err, ERROR_USAGE,
				 "a terminal of type '%s' cannot show the "
				 "screen: there are 'culprit status' and "
				 "'culprit log -f'",
				 type ? type : "");
	}
	term = xcalloc(1, sizeof(*term));
	term->screen = screen;
	install_rescue();
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	scrollok(stdscr, FALSE);
	leaveok(stdscr, FALSE);
	define_key("\033[0n", KEY_ANSWER);
	take_theme(term, wishes);
	if (wishes->settings.mouse)
		take_mouse();
	*out = term;
	return 0;
}

void term_close(struct term *term)
{
	if (!term)
		return;
	remove_rescue();
	end_page();
	tell_error();
	close_aside();
	delscreen(term->screen);
	free(term->cells);
	free(term);
}

void term_size(const struct term *term, int *columns, int *rows)
{
	(void)term;
	*columns = getmaxx(stdscr);
	*rows = getmaxy(stdscr);
}

static void draw_cell(const struct term *term, const struct cell *cell)
{
	wchar_t wide[TEXT_CELL_BYTES];
	size_t length = mbstowcs(wide, cell->bytes, CCHARW_MAX);
	cchar_t complex;

	if (length == (size_t)-1 || !length) {
		wide[0] = L'?';
		length = 1;
	}
	wide[length < CCHARW_MAX ? length : CCHARW_MAX - 1] = L'\0';
	setcchar(&complex, wide, term->attributes[cell->role],
		 term->pairs[cell->role], NULL);
	wadd_wch(stdscr, &complex);
}

static bool is_same(const struct term *term, const struct grid *grid)
{
	size_t count = (size_t)grid->columns * (size_t)grid->rows;

	return term->cells && grid->columns == term->columns &&
	       grid->rows == term->rows && grid->cursor_x == term->cursor_x &&
	       grid->cursor_y == term->cursor_y &&
	       grid->cursor_seen == term->cursor_seen &&
	       memcmp(grid->cells, term->cells, count * sizeof(*term->cells)) ==
		       0;
}

static void keep(struct term *term, const struct grid *grid)
{
	size_t count = (size_t)grid->columns * (size_t)grid->rows;

	term->cells = xreallocarray(term->cells, count, sizeof(*term->cells));
	memcpy(term->cells, grid->cells, count * sizeof(*term->cells));
	term->columns = grid->columns;
	term->rows = grid->rows;
	term->cursor_x = grid->cursor_x;
	term->cursor_y = grid->cursor_y;
	term->cursor_seen = grid->cursor_seen;
}

/* Nothing is known of what is on the terminal. */
static void forget(struct term *term)
{
	free(term->cells);
	term->cells = NULL;
}

bool term_draw(struct term *term, const struct grid *grid)
{
	if (is_same(term, grid))
		return false;
	for (int y = 0; y < grid->rows; y++) {
		wmove(stdscr, y, 0);
		for (int x = 0; x < grid->columns; x++) {
			const struct cell *cell = grid_at(grid, x, y);

			if (cell->width)
				draw_cell(term, cell);
		}
	}
	curs_set(grid->cursor_seen ? 1 : 0);
	wmove(stdscr, grid->cursor_y, grid->cursor_x);
	wrefresh(stdscr);
	keep(term, grid);
	return true;
}

void term_ask(struct term *term)
{
	static const char query[] = "\033[5n";

	(void)term;
	if (write(STDOUT_FILENO, query, sizeof(query) - 1) < 0)
		errno = 0; /* then there is no answer either */
}

void term_call(struct term *term, enum attention how, const char *words)
{
	char bytes[128];

	(void)term;
	switch (how) {
	case ATTENTION_NONE:
		return;
	case ATTENTION_BELL:
		str_copy(bytes, sizeof(bytes), "\a");
		break;
	case ATTENTION_NOTIFY:
		snprintf(bytes, sizeof(bytes), "\033]9;%s\033\\", words);
		break;
	case ATTENTION_NOTIFY_777:
		snprintf(bytes, sizeof(bytes),
			 "\033]777;notify;culprit;%s\033\\", words);
		break;
	}
	if (write(STDOUT_FILENO, bytes, strlen(bytes)) < 0)
		errno = 0; /* the page says it too */
}

static int64_t milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void term_hear(struct term *term, int ms)
{
	struct pollfd line = { .fd = STDIN_FILENO, .events = POLLIN };
	int64_t end = milliseconds() + ms, left;

	while ((left = end - milliseconds()) > 0) {
		int ready = poll(&line, 1, (int)left);

		if ((ready < 0 && errno != EINTR) ||
		    line.revents & (POLLHUP | POLLERR | POLLNVAL))
			return;
		for (int key = INPUT_RESIZE; ready > 0 && key != INPUT_NONE;) {
			key = term_key(term);
			if (key == INPUT_ANSWER)
				return;
		}
	}
}

static const struct {
	wint_t code;
	int input;
} special[] = {
	{ KEY_UP, INPUT_UP },
	{ KEY_DOWN, INPUT_DOWN },
	{ KEY_LEFT, INPUT_LEFT },
	{ KEY_RIGHT, INPUT_RIGHT },
	{ KEY_HOME, INPUT_HOME },
	{ KEY_END, INPUT_END },
	{ KEY_PPAGE, INPUT_PAGE_UP },
	{ KEY_NPAGE, INPUT_PAGE_DOWN },
	{ KEY_BTAB, INPUT_BACK_TAB },
	{ KEY_ENTER, INPUT_ENTER },
	{ KEY_BACKSPACE, INPUT_BACKSPACE },
	{ KEY_RESIZE, INPUT_RESIZE },
	{ KEY_MOUSE, INPUT_MOUSE },
	{ KEY_ANSWER, INPUT_ANSWER },
};

static int input_of(int kind, wint_t code)
{
	if (kind != KEY_CODE_YES)
		return code == '\n' ? INPUT_ENTER : (int)code;
	if (code > KEY_F0 && code <= KEY_F(INPUT_F_MAX))
		return INPUT_F(code - KEY_F0);
	for (size_t i = 0; i < sizeof(special) / sizeof(*special); i++) {
		if (special[i].code == code)
			return special[i].input;
	}
	return INPUT_NONE;
}

/* What means nothing is passed over, or what follows it would wait. */
int term_key(struct term *term)
{
	int kind, input = INPUT_NONE;
	wint_t code;

	(void)term;
	while (input == INPUT_NONE && (kind = wget_wch(stdscr, &code)) != ERR)
		input = input_of(kind, code);
	return input;
}

bool term_mouse(struct term *term, struct mouse *out)
{
	MEVENT event;

	(void)term;
	if (getmouse(&event) == ERR)
		return false;
	out->x = event.x;
	out->y = event.y;
	if (event.bstate & BUTTON1_PRESSED)
		out->act = MOUSE_PRESS;
	else if (event.bstate & BUTTON4_PRESSED)
		out->act = MOUSE_WHEEL_UP;
	else if (event.bstate & BUTTON5_PRESSED)
		out->act = MOUSE_WHEEL_DOWN;
	else
		return false;
	return true;
}

bool term_is_gone(const struct term *term)
{
	struct pollfd line = { .fd = STDIN_FILENO, .events = POLLIN };

	(void)term;
	return poll(&line, 1, 0) > 0 &&
	       (line.revents & (POLLHUP | POLLERR | POLLNVAL));
}

void term_resize(struct term *term)
{
	struct winsize size;

	forget(term);
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_row ||
	    !size.ws_col)
		return;
	resizeterm(size.ws_row, size.ws_col);
}

void term_repaint(struct term *term)
{
	forget(term);
	clearok(curscr, TRUE);
}

void term_continue(struct term *term)
{
	reset_prog_mode();
	term_resize(term);
	term_repaint(term);
}

void term_suspend(struct term *term)
{
	struct sigaction stop = { .sa_handler = SIG_DFL }, before;

	sigemptyset(&stop.sa_mask);
	end_page();
	sigaction(SIGTSTP, &stop, &before);
	kill(0, SIGTSTP);
	sigaction(SIGTSTP, &before, NULL);
	term_resize(term);
	term_repaint(term);
	wrefresh(stdscr);
}
