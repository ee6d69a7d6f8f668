/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_XALLOC_H
#define BASE_XALLOC_H

/*
 * Memory that is always there: each function aborts the process when memory
 * runs out, so callers never check.  What they return is freed with free().
 */

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);

/* At a multiple of alignment, a power of two that divides size. */
void *xaligned(size_t alignment, size_t size);

/* Resize to count * size bytes; aborts when the product overflows. */
void *xreallocarray(void *old, size_t count, size_t size);

char *xstrdup(const char *text);

/* NULL stays NULL. */
char *xstrdup_null(const char *text);
char *xstrndup(const char *text, size_t length);

/* A formatted string. */
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
