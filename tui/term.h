/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_TERM_H
#define TUI_TERM_H

/*
 * The terminal: the only place that knows curses.  Puts a grid on it, turns
 * roles into attributes, gives keys.
 *
 * There is one at a time, since curses has one screen.  Whatever ends the
 * process while it is open, exit() or a crash, leaves the terminal as it was
 * found; for signals that ask the process to end, the loop closes it.
 */

#include <stdbool.h>

#include "control/screen_settings.h"

struct error;
struct grid;
struct mouse;
struct term;
struct wishes;

/*
 * Shows what is wished as far as the terminal can.  ERROR_USAGE when standard
 * input or output is no terminal, or one that cannot move its cursor.
 */
int term_open(struct term **out, const struct wishes *wishes,
	      struct error *err);
void term_close(struct term *term);

void term_size(const struct term *term, int *columns, int *rows);

/*
 * Only the cells that differ from what is there are sent; the cursor goes to
 * its place last.  Returns whether anything was sent.
 */
bool term_draw(struct term *term, const struct grid *grid);

/*
 * Ask the terminal whether it is there; it answers when it has drawn what was
 * sent before: INPUT_ANSWER.
 */
void term_ask(struct term *term);

/*
 * Wait so long for the answer, that it does not reach whoever reads from the
 * terminal next; keys are lost meanwhile.
 */
void term_hear(struct term *term, int ms);

/* The next key (tui/input.h), INPUT_NONE when there is none.  Never waits. */
int term_key(struct term *term);

/* What the mouse did, after INPUT_MOUSE; false: nothing that counts. */
bool term_mouse(struct term *term, struct mouse *out);

/* The bell, or a notice with these words of the program's own. */
void term_call(struct term *term, enum attention how, const char *words);

/* Nobody is at the other end any more: the line was hung up. */
bool term_is_gone(const struct term *term);

/* The window has another size. */
void term_resize(struct term *term);

/* Forget what is on the terminal: the next draw sends it all. */
void term_repaint(struct term *term);

/* Give the terminal back and stop the process group; returns when it is
   continued. */
void term_suspend(struct term *term);

/* It was continued after a stop that nobody asked us about. */
void term_continue(struct term *term);

/* Can the terminal show line drawing characters in UTF-8? */
bool term_is_utf8(void);

#endif
