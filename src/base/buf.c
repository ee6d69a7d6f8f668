/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

void buf_init(struct buf *buf, size_t limit)
{
	memset(buf, 0, sizeof(*buf));
	buf->limit = limit;
	array_grow(buf->text, 64, &buf->room);
	buf->text[0] = '\0';
}

void buf_release(struct buf *buf)
{
	free(buf->text);
	memset(buf, 0, sizeof(*buf));
}

void buf_clear(struct buf *buf)
{
	buf->length = 0;
	buf->cut = false;
	buf->text[0] = '\0';
}

void buf_add(struct buf *buf, const void *bytes, size_t length)
{
	if (buf->limit && buf->length + length > buf->limit) {
		length = buf->limit - buf->length;
		buf->cut = true;
	}
	array_grow(buf->text, buf->length + length + 1, &buf->room);
	if (length > 0)
		memcpy(buf->text + buf->length, bytes, length);
	buf->length += length;
	buf->text[buf->length] = '\0';
}

void buf_puts(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_putc(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void buf_vprintf(struct buf *buf, const char *format, va_list args)
{
	char *text = NULL;
	int length = vasprintf(&text, format, args);

	if (length < 0)
		abort();
	buf_add(buf, text, (size_t)length);
	free(text);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(buf, format, args);
	va_end(args);
}

char *buf_take(struct buf *buf)
{
	size_t limit = buf->limit;
	char *text = buf->text;

	buf_init(buf, limit);
	return text;
}
