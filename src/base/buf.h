/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_BUF_H
#define BASE_BUF_H

/*
 * A growing text.  Always NUL-terminated, may hold NULs inside.  A limit
 * bounds what is fed from outside: bytes past it are dropped and `cut` says
 * so.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *text; /* never NULL after buf_init */
	size_t length;
	size_t room;
	size_t limit; /* 0: none */
	bool cut;
};

/* limit in bytes, 0 for none. */
void buf_init(struct buf *buf, size_t limit);
void buf_release(struct buf *buf);
void buf_clear(struct buf *buf);

void buf_add(struct buf *buf, const void *bytes, size_t length);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* The text, now owned by the caller; buf is empty and usable again. */
char *buf_take(struct buf *buf);

#endif
