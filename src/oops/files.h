/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_FILES_H
#define OOPS_FILES_H

/*
 * The source files that a crash's report names: "mm/gup.c:1234" in a stack
 * that was symbolised, "at drivers/misc/x.c:42" in a warning.  Those that any
 * report may name (rules->generic_files) are left out, and so is where a
 * function stands that is never to blame.
 *
 * Pure text: whether there is such a file is not known here.
 */

#include <stdbool.h>
#include <stddef.h>

struct rules;
struct texts;

enum { FILES_MAX = 40 };

/*
 * Adds each one once, in the order of the report, at most FILES_MAX of them;
 * without "./" and "../" before them, but as absolute as they stand there.
 */
void files_of_report(const struct rules *rules, const char *report,
		     size_t length, struct texts *files);

/* Is it one that any report may name? */
bool files_is_generic(const struct rules *rules, const char *file);

#endif
