/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_JUDGE_H
#define RUN_JUDGE_H

/*
 * From the end of a command to a result, by the rules of command.h.  Pure:
 * does nothing but say.
 */

#include <stdint.h>

#include "engine/outcome.h"
#include "run/child.h"

struct buf;
struct diagnosis;
struct match;

/* How a child ended, and the limits it had. */
struct ending {
	enum child_stop why;
	int exit_status; /* 0..255, or 256 + signal */
	int64_t timeout_ms;
	int64_t output_max;
};

/* text, empty before, gets the reason where there is one to give. */
enum outcome judge_run(const struct ending *ending, const struct match *match,
		       enum outcome on_timeout, struct buf *text);
enum build_result judge_build(const struct ending *ending,
			      const struct diagnosis *diagnosis,
			      struct buf *text);
enum build_result judge_checkout(const struct ending *ending,
				 const struct diagnosis *diagnosis,
				 struct buf *text);

#endif
