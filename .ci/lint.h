/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Put in front of every source by `make lint`: what an analyzer that sees one
 * file at a time cannot know.  Failing functions return -1, and memory is
 * always there.
 */

#include "base/error.h"
#include "base/xalloc.h"

static inline int always_fails(int ret)
{
	(void)ret;
	return -1;
}

#define error_set(...)	  always_fails((error_set)(__VA_ARGS__))
#define error_errno(...)  always_fails((error_errno)(__VA_ARGS__))
#define error_prefix(...) always_fails((error_prefix)(__VA_ARGS__))

__attribute__((returns_nonnull)) void *xmalloc(size_t size);
__attribute__((returns_nonnull)) void *xcalloc(size_t count, size_t size);
__attribute__((returns_nonnull)) void *xreallocarray(void *old, size_t count,
						     size_t size);
__attribute__((returns_nonnull)) char *xstrdup(const char *text);
__attribute__((returns_nonnull)) char *xstrndup(const char *text,
						size_t length);
