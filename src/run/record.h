/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_RECORD_H
#define RUN_RECORD_H

/*
 * The file that a job's output goes to, written live.
 */

#include <stdbool.h>
#include <stddef.h>

struct error;

struct record {
	char *path;
	int fd; /* -1: not open */
};

/* anew: start with an empty file; else append.  Made with 0600. */
int record_open(struct record *record, const char *path, bool anew,
		struct error *err);
int record_write(struct record *record, const char *bytes, size_t length,
		 struct error *err);

/* One that was never opened, all zero but fd -1, is fine. */
void record_close(struct record *record);

#endif
