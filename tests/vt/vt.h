/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_VT_VT_H
#define TESTS_VT_VT_H

/*
 * A terminal with a person in front of it: a pty, libvterm behind it, and a
 * program in its foreground.  Keeps every byte that the program wrote.
 *
 * Nothing here sleeps: all waits are for a condition, and end with an error
 * after VT_TIMEOUT seconds.
 */

#include <stdbool.h>
#include <stdint.h>
#include <termios.h>
#include <vterm.h>

#include "base/buf.h"
#include "tests/vt/job.h"

struct error;

struct vt {
	int columns, rows;
	int most_columns, most_rows; /* it ever had */
	int master, slave;	     /* -1: hung up */
	struct termios before;
	struct job job;

	VTerm *vterm;
	VTermScreen *screen;
	bool alternate, cursor;
	int mouse;
	char *title; /* that the program gave the window, or NULL */

	struct buf pending; /* read, and not yet looked at */
	struct buf raw;	    /* all the program wrote, less what is next */
	long keys;	    /* sent */
	long told_keys;	    /* what the program says: tui/idle.h */
	int told_columns, told_rows;
	long told; /* how often it did */
};

int vt_open(struct vt *vt, int columns, int rows, struct error *err);
void vt_close(struct vt *vt);

/* Let a command of sh begin in the foreground. */
int vt_start(struct vt *vt, const char *command, struct error *err);

/*
 * Take in what the program wrote and what became of it, waiting at most so
 * many milliseconds for anything; false: nothing came.
 */
bool vt_pump(struct vt *vt, int ms);

/* Wait until `holds` says so. */
int vt_until(struct vt *vt, bool (*holds)(struct vt *vt, const void *data),
	     const void *data, struct error *err);

/* Until the keys that were sent are taken and drawn on a page of this size. */
int vt_until_idle(struct vt *vt, struct error *err);

/* A name (Enter, Up, C-z...) or a character. */
int vt_key(struct vt *vt, const char *name, struct error *err);
void vt_text(struct vt *vt, const char *text);
void vt_bytes(struct vt *vt, const char *bytes, size_t length);

/* Counted from 0; buttons as X counts them: 1 left, 4 wheel up, 5 down. */
void vt_click(struct vt *vt, int column, int row, int button);

int vt_resize(struct vt *vt, int columns, int rows, struct error *err);

/* The line goes dead. */
void vt_hang_up(struct vt *vt);

/* The text of a row without blanks at its end. */
void vt_row(const struct vt *vt, int row, struct buf *out);
void vt_dump(const struct vt *vt, struct buf *out);
int vt_cursor_row(const struct vt *vt);

/* Is everything as it was before the program began?  What is not, in err. */
int vt_restored(const struct vt *vt, struct error *err);

#endif
