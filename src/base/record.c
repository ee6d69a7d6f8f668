/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/record.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"

void record_text(struct buf *out, const char *key, const char *text)
{
	if (!text)
		return;
	buf_printf(out, "%s ", key);
	for (; *text; text++) {
		if (*text == '\n')
			buf_puts(out, "\\n");
		else if (*text == '\\')
			buf_puts(out, "\\\\");
		else
			buf_putc(out, *text);
	}
	buf_putc(out, '\n');
}

void record_number(struct buf *out, const char *key, int64_t number)
{
	buf_printf(out, "%s %" PRId64 "\n", key, number);
}

static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (*text == '\\' && text[1])
			*to++ = *++text == 'n' ? '\n' : *text;
		else
			*to++ = *text;
	}
	*to = '\0';
}

bool record_next(char **at, const char **key, char **value)
{
	char *line = *at, *end = strchr(line, '\n'), *blank;

	if (!end)
		return false;
	*end = '\0';
	*at = end + 1;
	blank = strchr(line, ' ');
	*key = line;
	*value = blank ? blank + 1 : end;
	if (blank)
		*blank = '\0';
	unescape(*value);
	return true;
}

int64_t record_value(const char *value)
{
	int64_t number = 0;

	str_number(value, INT64_MIN, INT64_MAX, &number);
	return number;
}
