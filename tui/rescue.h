/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_RESCUE_H
#define TUI_RESCUE_H

/*
 * The terminal is given back whatever ends the process: exit(), or a signal
 * that the loop does not hear.  And what is said on standard error meanwhile,
 * an assertion say, waits until then: it would be written across the page.
 *
 * Knows no curses, and nothing of what the bytes mean.  There is one terminal,
 * so there is one rescue; tui/term begins and ends it.
 */

struct termios;

/*
 * From now on.  before: what the terminal was like, copied.  end: gives it
 * back at exit() and in rescue_end.
 */
void rescue_begin(const struct termios *before, void (*end)(void));

/* What a signal handler writes to give it back, more of it. */
void rescue_add(const char *bytes);

/* It is given back now, and nothing is left to do. */
void rescue_end(void);

#endif
