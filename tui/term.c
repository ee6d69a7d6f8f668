/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/term.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/error.h"
#include "base/xalloc.h"
#include "tui/grid.h"
#include "tui/input.h"

struct term {
	SCREEN *screen;
	bool colour;
};

/*
 * What a signal handler needs to give the terminal back.  curses' own state
 * is just as global: there is one terminal.
 */
static struct {
	volatile sig_atomic_t taken;
	struct termios before;
	char bytes[128];
	size_t length;
} rescue;

static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

/* With colour, and without: then the letters and words carry it all. */
static const struct look {
	short foreground, background; /* -1: the terminal's own */
	attr_t attributes, mono;
} looks[ROLE_COUNT] = {
	[ROLE_PLAIN] = { -1, -1, A_NORMAL, A_NORMAL },
	[ROLE_DIM] = { -1, -1, A_DIM, A_DIM },
	[ROLE_TITLE] = { -1, -1, A_BOLD, A_BOLD },
	[ROLE_HEADING] = { -1, -1, A_UNDERLINE, A_UNDERLINE },
	[ROLE_LINE] = { -1, -1, A_DIM, A_DIM },
	[ROLE_GOOD] = { COLOR_GREEN, -1, A_NORMAL, A_NORMAL },
	[ROLE_BAD] = { COLOR_RED, -1, A_BOLD, A_BOLD },
	[ROLE_SKIP] = { COLOR_YELLOW, -1, A_NORMAL, A_NORMAL },
	[ROLE_INFRA] = { COLOR_MAGENTA, -1, A_NORMAL, A_NORMAL },
	[ROLE_RUNNING] = { COLOR_CYAN, -1, A_NORMAL, A_NORMAL },
	[ROLE_KEY] = { -1, -1, A_REVERSE, A_BOLD },
	[ROLE_SELECTED] = { -1, -1, A_REVERSE, A_REVERSE },
	[ROLE_ESCAPE] = { -1, -1, A_DIM | A_REVERSE, A_REVERSE },
	[ROLE_LIVE] = { COLOR_BLACK, COLOR_GREEN, A_NORMAL, A_REVERSE },
	[ROLE_WAIT] = { COLOR_BLACK, COLOR_YELLOW, A_NORMAL, A_REVERSE },
	[ROLE_LOST] = { COLOR_WHITE, COLOR_RED, A_BOLD, A_REVERSE | A_BOLD },
	[ROLE_DONE] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE },
};

static void rescue_add(const char *text)
{
	size_t length = text && text != (char *)-1 ? strlen(text) : 0;

	if (rescue.length + length > sizeof(rescue.bytes))
		return;
	memcpy(rescue.bytes + rescue.length, text ? text : "", length);
	rescue.length += length;
}

/* Async-signal-safe.  The handler is gone by then (SA_RESETHAND). */
static void on_crash(int number)
{
	if (rescue.taken) {
		rescue.taken = 0;
		if (write(STDOUT_FILENO, rescue.bytes, rescue.length) < 0)
			errno = 0; /* nobody is left to tell */
		tcsetattr(STDIN_FILENO, TCSANOW, &rescue.before);
	}
	raise(number);
}

/* exit() from anywhere: curses may still write. */
static void on_exit_restore(void)
{
	if (!rescue.taken)
		return;
	rescue.taken = 0;
	endwin();
}

static void install_rescue(void)
{
	struct sigaction action = { .sa_handler = on_crash,
				    .sa_flags = (int)SA_RESETHAND };

	rescue.length = 0;
	rescue_add(tigetstr("sgr0"));
	rescue_add(tigetstr("op"));
	rescue_add(tigetstr("cnorm"));
	rescue_add(tigetstr("rmkx"));
	rescue_add(tigetstr("rmcup"));
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(crashes) / sizeof(*crashes); i++)
		sigaction(crashes[i], &action, NULL);
	rescue.taken = 1;
	atexit(on_exit_restore);
}

static void remove_rescue(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };

	rescue.taken = 0;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(crashes) / sizeof(*crashes); i++)
		sigaction(crashes[i], &action, NULL);
}

bool term_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static void choose_colours(struct term *term, bool mono)
{
	const char *no_colour = getenv("NO_COLOR");

	if (mono || (no_colour && *no_colour) || !has_colors())
		return;
	if (start_color() == ERR || use_default_colors() == ERR)
		return;
	for (int role = 0; role < ROLE_COUNT; role++) {
		const struct look *look = &looks[role];

		init_pair((short)(role + 1), look->foreground,
			  look->background);
	}
	term->colour = true;
}

int term_open(struct term **out, bool mono, struct error *err)
{
	const char *type = getenv("TERM");
	struct term *term;
	SCREEN *screen;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return error_set(err, ERROR_USAGE,
				 "the screen needs a terminal: "
				 "see culprit status and culprit log");
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
				 "screen: see culprit status",
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
	choose_colours(term, mono);
	*out = term;
	return 0;
}

void term_close(struct term *term)
{
	if (!term)
		return;
	remove_rescue();
	endwin();
	delscreen(term->screen);
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
	const struct look *look = &looks[cell->role];
	wchar_t wide[TEXT_CELL_BYTES];
	size_t length = mbstowcs(wide, cell->bytes, CCHARW_MAX);
	cchar_t complex;

	if (length == (size_t)-1 || !length) {
		wide[0] = L'?';
		length = 1;
	}
	wide[length < CCHARW_MAX ? length : CCHARW_MAX - 1] = L'\0';
	setcchar(&complex, wide, term->colour ? look->attributes : look->mono,
		 term->colour ? (short)(cell->role + 1) : 0, NULL);
	wadd_wch(stdscr, &complex);
}

void term_draw(struct term *term, const struct grid *grid)
{
	for (int y = 0; y < grid->rows; y++) {
		wmove(stdscr, y, 0);
		for (int x = 0; x < grid->columns; x++) {
			const struct cell *cell = grid_at(grid, x, y);

			if (cell->width)
				draw_cell(term, cell);
		}
	}
	wmove(stdscr, grid->cursor_y, grid->cursor_x);
	wrefresh(stdscr);
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
};

int term_key(struct term *term)
{
	wint_t code;
	int kind = wget_wch(stdscr, &code);

	(void)term;
	if (kind == ERR)
		return INPUT_NONE;
	if (kind != KEY_CODE_YES)
		return code == '\n' ? INPUT_ENTER : (int)code;
	for (size_t i = 0; i < sizeof(special) / sizeof(*special); i++) {
		if (special[i].code == code)
			return special[i].input;
	}
	return INPUT_NONE;
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

	(void)term;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_row ||
	    !size.ws_col)
		return;
	resizeterm(size.ws_row, size.ws_col);
}

void term_repaint(struct term *term)
{
	(void)term;
	clearok(curscr, TRUE);
}

void term_suspend(struct term *term)
{
	struct sigaction stop = { .sa_handler = SIG_DFL }, before;

	sigemptyset(&stop.sa_mask);
	endwin();
	sigaction(SIGTSTP, &stop, &before);
	kill(0, SIGTSTP);
	sigaction(SIGTSTP, &before, NULL);
	term_resize(term);
	term_repaint(term);
	wrefresh(stdscr);
}
