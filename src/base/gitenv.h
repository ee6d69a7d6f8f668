/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_GITENV_H
#define BASE_GITENV_H

/*
 * The variables that speak to git of one repository: who starts a child for
 * work in another one takes them out of its environment.  A list, and nothing
 * else: reads and changes no environment.
 */

#include <stdbool.h>

/* Their names, ended by NULL. */
extern const char *const gitenv_names[];

/* Is this "NAME=value" one of them? */
bool gitenv_has(const char *variable);

#endif
