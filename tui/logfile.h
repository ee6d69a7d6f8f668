/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_LOGFILE_H
#define TUI_LOGFILE_H

/*
 * A log of any length, which may grow, by its lines.
 *
 * It is read by pread in blocks, of which LOGFILE_BLOCKS are kept, and never
 * mapped: it may shrink or vanish at any moment, and then is said to have.
 * Lines are counted by whoever writes it, in the index beside it; what is not
 * counted there is counted here, in slices.
 *
 * A line ends at its newline.  Where a whole block has none the line is cut at
 * the block's end: no piece is as long as two blocks, and what a piece is can
 * be told from two blocks, wherever one begins to read.
 *
 * The bytes are raw; whoever shows them cleans them.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/logindex.h"

#define LOGFILE_BLOCKS 16

struct logfile_block {
	int64_t at; /* -1: none */
	size_t length;
	uint64_t used;
	char *bytes;
};

enum logfile_state {
	LOGFILE_NONE, /* it is not there, or not yet */
	LOGFILE_THERE,
	LOGFILE_GONE, /* it was; what was open is shown still */
};

struct logfile {
	char *path; /* NULL: none */
	enum logfile_state state;
	int64_t size;
	bool shrunk; /* it has become shorter, or another one took its place */
	unsigned int generation; /* of its contents: moves when they are others
				    than before, not when it only grows */

	struct log_index index; /* index.counted bytes are counted */

	int fd, index_fd;
	uint64_t inode;
	int64_t index_read; /* bytes of the index's file */
	bool index_bad;
	int64_t step;
	struct logfile_block blocks[LOGFILE_BLOCKS];
	uint64_t clock;
};

/* step: LOG_STEP; tests take less. */
void logfile_init(struct logfile *file, int64_t step);
void logfile_release(struct logfile *file);

/* Another file (NULL: none).  The same again: no-op. */
void logfile_open(struct logfile *file, const char *path);

/* Look what is there now; true when anything has changed. */
bool logfile_refresh(struct logfile *file);

/* Count lines of up to so many bytes; true when there is more to count. */
bool logfile_count(struct logfile *file, int64_t bytes);

/* A line, or a piece of one: up to `end`, where the next begins. */
struct logfile_line {
	int64_t start, end;
	size_t length; /* without the newline */
};

/* Where the line begins that the byte at `offset` is in, at the end that
   which would begin there or has begun. */
int64_t logfile_start(struct logfile *file, int64_t offset);
/* The line that begins at `start`; false: nothing does. */
bool logfile_line(struct logfile *file, int64_t start,
		  struct logfile_line *line);

/* Bytes from a to b into a buffer with room for them; how many there were. */
size_t logfile_read(struct logfile *file, int64_t from, int64_t to, char *out);

/* How many newlines stand before an offset; false while that is not counted. */
bool logfile_lines_before(struct logfile *file, int64_t offset, int64_t *lines);
/* All lines, with one that has no newline yet; false likewise. */
bool logfile_lines(struct logfile *file, int64_t *lines);
/* Where the line of this number (from 0) begins; what is too large gives the
   beginning of the last one that is counted. */
int64_t logfile_find_line(struct logfile *file, int64_t number);

/* The first mark of a kind; NULL: there is none. */
const struct log_record *logfile_mark(const struct logfile *file,
				      enum log_kind kind);

#endif
