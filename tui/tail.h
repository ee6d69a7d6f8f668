/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_TAIL_H
#define TUI_TAIL_H

/*
 * The last lines of a file that grows, and a place in it to stop at.
 *
 * Memory is bounded by TAIL_WINDOW however long the file or its lines are.
 * The file is read with pread, never mapped: it may shrink or vanish at any
 * moment.  The bytes are raw; whoever shows them cleans them.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAIL_WINDOW (64 * 1024)

struct tail_line {
	const char *bytes; /* inside the window, no newline */
	size_t length;
};

struct tail {
	char *path; /* NULL: none */
	bool follow;
	int64_t size; /* of the file when it was read last, 0 if missing */
	int64_t end;  /* where the last line shown ends */

	char *window;
	size_t length;
	struct tail_line *lines; /* those of the window, oldest first */
	size_t count, room;

	int64_t seen_end, seen_mtime; /* what the window was made from */
	uint64_t seen_inode;
};

void tail_init(struct tail *tail);
void tail_release(struct tail *tail);

/* Look at another file (NULL: at none), at its end.  The same again: no-op. */
void tail_open(struct tail *tail, const char *path);

/*
 * Read what is there now; true when the lines have changed.  A file that is
 * not there, or not yet, has no lines.
 */
bool tail_read(struct tail *tail);

/*
 * Move by lines, up with a negative number.  Going up ends following, coming
 * to the end begins it again.  New output never moves a view that does not
 * follow.
 */
void tail_scroll(struct tail *tail, int lines);
void tail_follow(struct tail *tail);

/* Go to the first lines of the file, `rows` of them. */
void tail_start(struct tail *tail, int rows);

#endif
