/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_KCONFIG_H
#define RUN_KCONFIG_H

/*
 * Kernel configurations as text: options with their values, merged.
 *
 * Knows nothing of Kconfig files: what depends on what, and which options
 * there are, is for the kernel's own `make olddefconfig` to say.
 */

#include <stddef.h>

struct buf;
struct error;
struct kconfig_line;

struct kconfig {
	struct kconfig_line *lines;
	size_t count, room;
};

void kconfig_init(struct kconfig *config);
void kconfig_release(struct kconfig *config);

/*
 * Add a file; what it says wins over what was there.  Empty lines and
 * comments are passed over.  ERROR_SYSTEM when it cannot be read; ERROR_INPUT,
 * FILE:LINE with what was expected, for anything else that is no option, and
 * then part of the file may have been added.
 */
int kconfig_read(struct kconfig *config, const char *path, struct error *err);

/* One option, named without CONFIG_; "n" is not set. */
void kconfig_set(struct kconfig *config, const char *name, const char *value);

/* What was said of an option last, borrowed; NULL when nothing was. */
const char *kconfig_value(const struct kconfig *config, const char *name);

/* Append the options as in .config, one line each, sorted by name. */
void kconfig_write(struct kconfig *config, struct buf *out);

#endif
