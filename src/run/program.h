/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_PROGRAM_H
#define RUN_PROGRAM_H

/*
 * Where programs are: looked for as a shell does, never started.
 */

/*
 * The full name of a program in one of the folders of `path` ("A:B", as PATH
 * has them; NULL: none), for the caller to free; NULL when there is none.
 */
char *program_in(const char *name, const char *path);

/* In those of PATH; a name with a slash is taken as it is. */
char *program_find(const char *name);

#endif
