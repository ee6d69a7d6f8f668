/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_VERSIONS_H
#define CONTROL_VERSIONS_H

/*
 * What a kernel of a given age is built with: which compiler, and which
 * options whatever its configuration says.  Read from a libconfig table; the
 * program's own, data/kernel-versions.cfg, is built into it, and a user's file
 * takes its place.
 *
 * Knows no repository: which tags a commit reaches is asked of the caller.
 * Looks for no compiler either.
 */

#include <stdbool.h>

struct error;
struct kbuild_switch;
struct versions;

/* The text of data/kernel-versions.cfg, made by the build. */
extern const char versions_table[];

/*
 * Is the tag an ancestor of the commit in question?  True for a tag that the
 * repository does not have: then the commit is taken for a newer one.
 */
typedef bool versions_reaches(void *data, const char *tag);

/*
 * The table of a file, or with NULL the program's own, for the caller to free.
 * NULL with an error: ERROR_SYSTEM when it cannot be read, else FILE:LINE: KEY:
 * what was expected.
 */
struct versions *versions_load(const char *path, struct error *err);

/* The same from a text, named `path` in errors.  For tests. */
struct versions *versions_parse(const char *text, const char *path,
				struct error *err);
void versions_free(struct versions *versions); /* NULL is fine */

/*
 * The compilers of a family ("gcc", "clang") for a commit: names of programs,
 * best first, ended by NULL; borrowed from the table.  NULL with ERROR_INPUT,
 * which tells the families there are, for one that the table lacks.
 */
const char *const *versions_compilers(const struct versions *versions,
				      const char *family,
				      versions_reaches *reaches, void *data,
				      struct error *err);

/*
 * The options to clear and set for a commit, in order: *out is an array for
 * the caller to free, its strings are borrowed from the table.  Returns their
 * number.
 */
int versions_switches(const struct versions *versions,
		      versions_reaches *reaches, void *data,
		      struct kbuild_switch **out);

#endif
