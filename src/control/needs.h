/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_NEEDS_H
#define CONTROL_NEEDS_H

/*
 * What the build of a kernel needs by its configuration, besides make and a
 * compiler: programs that pack it, headers of libraries that its tools are
 * compiled with.  Only what is often missing and hard to guess from make's
 * error messages.
 *
 * Knows where Debian has things, and looks there; starts nothing.
 */

#include <stdbool.h>
#include <stddef.h>

struct kconfig;

struct need {
	const char *option;  /* without CONFIG_ */
	const char *program; /* either this, found by PATH */
	const char *header;  /* or this, below /usr/include */
	const char *package; /* Debian's */
};

/*
 * The next thing that the configuration asks for with an option that is y;
 * *at begins with 0.  NULL when there is no more.
 */
const struct need *needs_next(const struct kconfig *config, size_t *at);

/*
 * What a kernel of this architecture needs mostly, whether the configuration
 * says so or leaves it to be filled in; or NULL.
 */
const struct need *needs_mostly(const char *arch);

bool need_is_met(const struct need *need);

#endif
