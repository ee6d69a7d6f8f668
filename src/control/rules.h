/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_RULES_H
#define CONTROL_RULES_H

/*
 * Reads the table of crash titles (oops/rules.h) from libconfig text.  The
 * program's own table, data/oops.cfg, is built into it; files of the user
 * add to it: what they say about a header comes before what it says.
 */

#include <stddef.h>

struct error;
struct rules;

/* The text of data/oops.cfg, made by the build. */
extern const char oops_table[];

/*
 * The program's table with those of the files added, for the caller to free;
 * NULL with an error of the form FILE:LINE: what is wrong.
 */
struct rules *rules_load(const char *const *paths, size_t count,
			 struct error *err);

/* The same from a text alone, named `path` in errors.  For tests. */
struct rules *rules_parse(const char *text, const char *path,
			  struct error *err);

#endif
