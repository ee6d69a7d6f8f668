/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_IDLE_H
#define TUI_IDLE_H

/*
 * Tells a test that the screen has caught up: every key is taken and what
 * they changed is drawn.  Never does anything for a person: it is silent
 * unless CULPRIT_IDLE_FD names a descriptor.
 *
 * Each time the loop is about to wait and has drawn something since it last
 * said so, it writes
 *
 *	ESC _ culprit idle KEYS COLUMNSxROWS ESC \
 *
 * KEYS is how many keys it has taken, so that a test knows whether those it
 * sent are among them; COLUMNSxROWS is the size of the page.  The form is a
 * string that terminals pass over: with CULPRIT_IDLE_FD=1 it stands among
 * the frames, and a test knows which frame it speaks of.
 */

#include <stdbool.h>

struct idle {
	int fd;	   /* -1: nobody listens */
	long keys; /* taken */
	bool news; /* drawn, and not told */
};

void idle_init(struct idle *idle);

/* A key was taken; a click, or a change of the window's size, is none. */
void idle_key(struct idle *idle, int key);

/* The page was drawn and written to the terminal. */
void idle_drawn(struct idle *idle);

/* The loop has nothing left to do for a page of this size. */
void idle_tell(struct idle *idle, int columns, int rows);

#endif
