/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_LINES_H
#define RUN_LINES_H

/*
 * Cuts a stream of bytes into lines, in bounded memory: of a line that is
 * longer than LINES_MAX bytes the first LINES_MAX count.  Lines come out as
 * tidy_utf8 leaves them: valid UTF-8, no NUL, no CR, without the newline.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINES_MAX 4096

/* The line is lent for the call, and may be changed. */
typedef void lines_take(void *data, char *line);

struct lines {
	char text[LINES_MAX + 1];
	size_t length;
	bool open; /* some bytes of a line, perhaps none that count, are in */
	int64_t begin; /* of the line, in bytes of the stream */
	int64_t fed;   /* bytes of the stream */
	lines_take *take;
	void *data;
};

void lines_init(struct lines *lines, lines_take *take, void *data);
void lines_feed(struct lines *lines, const char *bytes, size_t length);

/* What is there without a newline is a line, too.  Then as after init. */
void lines_end(struct lines *lines);

#endif
