/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_ASIDE_H
#define TUI_ASIDE_H

/*
 * What takes its time and must not keep the screen waiting: a program that
 * runs beside it, of whose output the first bytes are kept.
 *
 *     idle -> running   [aside_start]
 *     running -> over   [perhaps_over: its end, and all it wrote is read]
 *     running, over -> idle   [aside_stop; aside_start begins anew]
 *
 * Its input is empty, errors go where the output goes, and git is not told
 * of another repository.  Whoever stops it kills it, and hears no more of it.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct aside_job;
typedef struct uv_loop_s uv_loop_t;

/* Where they run.  Without a loop each is waited for when it is started. */
struct asides {
	uv_loop_t *loop;
	void (*over)(void *data); /* one has ended; or NULL */
	void *data;
};

struct aside {
	struct aside_job *job; /* NULL: none runs */
	bool is_over;
	int exit_status; /* of one that is over: 0..255, 256 + signal; -1: it
			    could not be started, and the text says why */
	struct buf text; /* raw bytes; .cut: it wrote more */
};

/* Begins as all zeroes.  argv is ended by NULL; so many bytes are kept. */
void aside_start(struct aside *aside, const struct asides *asides,
		 const char *const *argv, size_t most);

/* To all zeroes. */
void aside_stop(struct aside *aside);

#endif
