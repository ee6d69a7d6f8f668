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
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "tui/grid.h"
#include "tui/input.h"
#include "tui/rescue.h"
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

/* Codes of our own, above those of curses. */
#define KEY_ANSWER (KEY_MAX + 1)

/* Some terminals forget with the page that the cursor was to be seen. */
static void end_page(void)
{
	const char *cursor = tigetstr("cnorm");

	endwin();
	if (cursor && cursor != (char *)-1)
		putp(cursor);
	fflush(stdout);
}

static void begin_rescue(const struct termios *before)
{
	static const char *const names[] = { "sgr0", "op", "rmkx", "rmcup",
					     "cnorm" };

	rescue_begin(before, end_page);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *text = tigetstr(names[i]);

		if (text && text != (char *)-1)
			rescue_add(text);
	}
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
	struct termios before;
	const char *type = getenv("TERM");
	struct term *term;
	SCREEN *screen;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return error_set(err, ERROR_USAGE,
				 "the screen needs a terminal: here there "
				 "are 'culprit status' and 'culprit log -f'");
	tcgetattr(STDIN_FILENO, &before);
	set_escdelay(25);
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return error_set(
			err, ERROR_USAGE,
			"the terminal type '%s' is not known: set TERM to "
			"one that is, such as xterm",
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
	begin_rescue(&before);
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
	rescue_end();
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
