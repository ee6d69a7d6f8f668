/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_PONDER_H
#define CONTROL_PONDER_H

/*
 * What takes long to work out of a session's past, for who must not wait: the
 * course of its search, or of one with other decisions (otherwise.h).
 *
 *     idle -> at work   [ponder_course, ponder_whatif]
 *     at work -> idle   [on_over: the result is there, or why there is none]
 *     at work -> idle   [ponder_stop: nobody wants it any more]
 *
 * It is done in libuv's pool, in a session that the thread opens for itself:
 * neither sees what the other one does to it.  Never writes.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "engine/course.h"
#include "engine/whatif.h"

struct ponder_job;
struct session;
typedef struct uv_loop_s uv_loop_t;

struct ponder {
	uv_loop_t *loop; /* borrowed; NULL: it is waited for */
	void (*over)(void *data);
	void *data;
	struct ponder_job *job; /* NULL: idle */
};

/* What came of it; the courses have no graph and no engine any more. */
struct pondered {
	int ret; /* -1: see why */
	struct error why;
	size_t events;	      /* of so many */
	struct course course; /* of ponder_course, else empty */
	struct whatif whatif; /* of ponder_whatif, else empty */
};

/* Of all events that the session has now; what was at work is stopped. */
void ponder_course(struct ponder *ponder, struct session *session);
void ponder_whatif(struct ponder *ponder, struct session *session,
		   const struct whatif_change *changes, size_t count);

bool ponder_works(const struct ponder *ponder);

/* The result, once, inside of `over`: the caller releases what is in it. */
void ponder_take(struct ponder *ponder, struct pondered *out);

/* It ends soon, and `over` is not called. */
void ponder_stop(struct ponder *ponder);

#endif
