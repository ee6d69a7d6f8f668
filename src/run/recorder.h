/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_RECORDER_H
#define RUN_RECORDER_H

/*
 * The file that a job's output goes to, written live.  A log has an index
 * beside it (base/logindex.h), FILE.index, written as it grows; trouble with
 * that is none: whoever reads can count the lines.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/logindex.h"

struct error;
struct record_index;
typedef struct uv_loop_s uv_loop_t;

struct recorder {
	char *path;
	int fd;			    /* -1: not open */
	struct record_index *index; /* or NULL */
};

/* anew: start with an empty file; else append.  Made with 0600. */
int recorder_open(struct recorder *record, const char *path, bool anew,
		  struct error *err);
/* The same for a log.  One that is appended to gets a mark. */
int recorder_open_log(struct recorder *record, const char *path, bool anew,
		      struct error *err);
int recorder_write(struct recorder *record, const char *bytes, size_t length,
		   struct error *err);

/* Note in the index what happens at this offset, or (-1) here. */
void recorder_mark(struct recorder *record, enum log_kind kind, int64_t offset);

/*
 * The disk takes what was written, so that a power cut leaves no fact without
 * its evidence.  That may last, so it is done in libuv's pool; then `done` is
 * called, from the loop, with what the disk did not take, or NULL.  Until then
 * nothing is written to the record, and it stays open.  One that is not open
 * is fine.
 */
typedef void recorder_synced(void *data, const struct error *err);
void recorder_sync(struct recorder *record, uv_loop_t *loop,
		   recorder_synced *done, void *data);

/* One that was never opened, all zero but fd -1, is fine. */
void recorder_close(struct recorder *record);

#endif
