/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_INPUT_H
#define TUI_INPUT_H

/*
 * What a key press is called inside: a Unicode character below 0x110000
 * (control characters and Esc among them), or one of these.
 */

#define INPUT_CTRL(c) ((c)&0x1f)

/* The function keys, from F1 on. */
#define INPUT_F_MAX 12
#define INPUT_F(n)  (INPUT_F_ZERO + (int)(n))

enum {
	INPUT_NONE = 0,
	INPUT_TAB = 0x09,
	INPUT_ENTER = 0x0d,
	INPUT_ESCAPE = 0x1b,
	INPUT_BACKSPACE = 0x7f,
	INPUT_UP = 0x110000,
	INPUT_DOWN,
	INPUT_LEFT,
	INPUT_RIGHT,
	INPUT_HOME,
	INPUT_END,
	INPUT_PAGE_UP,
	INPUT_PAGE_DOWN,
	INPUT_BACK_TAB,
	INPUT_RESIZE,
	INPUT_MOUSE,  /* see struct mouse */
	INPUT_ANSWER, /* no key: what term_ask has asked for */
	INPUT_F_ZERO = 0x110100,
};

/* What the mouse did, and on which cell. */
struct mouse {
	enum mouse_act {
		MOUSE_PRESS,
		MOUSE_WHEEL_UP,
		MOUSE_WHEEL_DOWN,
	} act;
	int x, y;
};

#endif
