/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_LOGINDEX_H
#define BASE_LOGINDEX_H

/*
 * Where the lines of a long log are: how many newlines stand before every
 * `step` bytes, and a few marks of what happened where.  Whoever writes a log
 * makes its index as it goes; whoever reads it takes the index from a file,
 * counts on from where that ends, or counts it all.
 *
 * The file is a row of records of LOG_RECORD bytes, appended as the log grows,
 * a head first: the kind in 8 bits and an offset in 56, then a value in 64,
 * both little-endian.  Half a record at its end, and all from one on that
 * does not fit, count for nothing.
 *
 * This module reads and writes no file.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_STEP   65536
#define LOG_RECORD 16
#define LOG_MARKS  256 /* kept; more are dropped */
#define LOG_SUFFIX ".index"

enum log_kind {
	LOG_HEAD = 1, /* offset: the step; value: an id of this log */
	LOG_POINT,    /* value: the newlines before this offset */
	/* marks; value: milliseconds since the log was opened */
	LOG_BEGIN,  /* it was opened once more */
	LOG_KERNEL, /* a kernel says its first words */
	LOG_UP,	    /* the target came up */
	LOG_TEST,   /* the reproducer was started */
	LOG_CRASH,  /* the line by which a crash begins */
	LOG_END,    /* nothing more comes */
	LOG_KIND_COUNT,
};

struct log_record {
	enum log_kind kind;
	int64_t offset, value;
};

void log_record_put(const struct log_record *record,
		    unsigned char out[LOG_RECORD]);
/* false: it is none. */
bool log_record_get(struct log_record *record,
		    const unsigned char in[LOG_RECORD]);

struct log_index {
	int64_t step;
	int64_t id;	 /* 0: no head yet */
	int64_t counted; /* bytes of the log that are known */
	int64_t lines;	 /* newlines in these */
	int64_t *points; /* [i]: newlines before (i + 1) * step */
	size_t count, room;
	struct log_record *marks; /* in the order they came */
	size_t mark_count, mark_room;
};

void log_index_init(struct log_index *index, int64_t step);
void log_index_release(struct log_index *index);

/* The next bytes of the log. */
void log_index_feed(struct log_index *index, const char *bytes, size_t length);

/*
 * The next record of a file; false: it does not fit, and none behind it
 * counts.  What was counted already and is told again must agree.
 */
bool log_index_take(struct log_index *index, const struct log_record *record);

/* What is known nearest before an offset, or before the line of a number
   (from 0): a place, and the newlines before it. */
struct log_place {
	int64_t offset, lines;
};

struct log_place log_index_before(const struct log_index *index,
				  int64_t offset);
struct log_place log_index_before_line(const struct log_index *index,
				       int64_t line);

#endif
