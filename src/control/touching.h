/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_TOUCHING_H
#define CONTROL_TOUCHING_H

/*
 * What the commits of a range change, against what the report of a crash names
 * and what the configuration compiles: the lists that engine/prior.h weighs.
 *
 * Reads a console, the repository by git, and a .config; writes nothing.
 * Knows no session, and may be done on any thread.
 */

#include <stddef.h>

#include "base/buf.h"
#include "engine/oid.h"
#include "oops/rules.h"

struct error;

/* What is asked.  All of it belongs to the question. */
struct touching {
	char *common_dir;
	char *worktree;	  /* of some commit of the range; NULL: there is none */
	char *console;	  /* with the report, or NULL */
	char *title;	  /* of the report */
	char **functions; /* of its stack, the first ones; ended by NULL */
	const struct rules *rules; /* borrowed */
	struct oid newest;	   /* whose Makefiles are looked at */
	struct oid *commits;
	size_t count;
	char *arch;	/* NULL: it is no kernel, all may be compiled */
	char **configs; /* the first that is there; ended by NULL */
};

void touching_release(struct touching *touching);

/*
 * files: what the report names, as paths of the repository, in its order.
 * lists: lines as touch_write makes them.  Both initialised by the caller.
 */
int touching_find(const struct touching *touching, struct texts *files,
		  struct buf *lists, struct error *err);

#endif
