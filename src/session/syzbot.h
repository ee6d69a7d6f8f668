/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_SYZBOT_H
#define SESSION_SYZBOT_H

/*
 * The language of syzbot's bisection logs of all years, line by line: which
 * form a line has, and the line of an event again.
 *
 * What a line means beside others is the importer's business.  Source:
 * syzkaller, pkg/bisect/bisect.go and what it calls, since 2018.
 */

#include <stdbool.h>
#include <stddef.h>

#include "engine/event.h"

struct buf;

/*
 * Does the line begin a record of the log?  Then event has its kind, fields
 * and wording (on the heap), else it is empty.  Of "all runs: V" there is one
 * run, whose number is 0; wordings of runs begin with "run/", "all/" or
 * "try/".
 */
bool syzbot_read(const char *line, size_t length, struct event *event);

/* The line of an event, without newline; nothing for a wording of none. */
void syzbot_write(const struct event *event, struct buf *out);

/* The line that follows that of an EVENT_NEXT with a commit. */
void syzbot_write_next(const struct event *event, struct buf *out);

#endif
