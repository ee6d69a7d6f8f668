/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_QUIET_H
#define TUI_QUIET_H

/*
 * The lines of a build's output that only warn: the warning itself, its notes,
 * and the source that compilers quote below it.  What is quoted below an error
 * is no such line.
 */

#include <stdbool.h>
#include <stdint.h>

struct logfile;

/* Is it one, the line that begins here?  Looks at a few lines around it. */
bool quiet_line(struct logfile *file, int64_t start);

/* Does a warning begin with it? */
bool quiet_warning(struct logfile *file, int64_t start);

#endif
