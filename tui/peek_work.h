/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_PEEK_WORK_H
#define TUI_PEEK_WORK_H

/*
 * Reads for a peek what git says of a commit, in the loop's thread pool, so
 * that keys need not wait for it.  One at a time.
 */

#include <stdbool.h>
#include <uv.h>

#include "base/buf.h"
#include "base/error.h"
#include "engine/oid.h"

struct peek;
struct repo;

struct peek_work {
	struct peek *peek; /* borrowed, as all that follows */
	const struct repo *repo;
	bool ascii;
	void (*changed)(void *data);
	void *data;

	uv_loop_t *uv;
	uv_timer_t timer;
	uv_work_t work;
	bool busy;
	/* while busy they belong to the other thread */
	struct oid oid;
	struct buf text;
	struct error err;
	int status;
};

/* Of the loop; the fields above are set before.  repo may be NULL. */
void peek_work_begin(struct peek_work *work, uv_loop_t *uv);

/* Something else may be wanted now. */
void peek_work_look(struct peek_work *work, int64_t now);

/* Is something wanted, or read, that is not there yet? */
bool peek_work_is_busy(const struct peek_work *work, int64_t now);

/* After the loop's last turn, which closed the timer and let work end. */
void peek_work_end(struct peek_work *work);

#endif
