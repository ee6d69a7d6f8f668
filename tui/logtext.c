/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/logtext.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define STAMP_MAX 48  /* columns of a stamp with its task */
#define TIME_MAX  1e9 /* seconds */
#define TASK_MAX  16

enum role logtext_role(const char *line)
{
	static const char *const alarms[] = {
		"BUG:",
		"kernel BUG",
		"WARNING:",
		"Oops",
		"Kernel panic",
		"panic:",
		"general protection fault",
		"UBSAN:",
		"Internal error:",
		"error:",
	};

	for (size_t i = 0; i < sizeof(alarms) / sizeof(*alarms); i++) {
		if (strstr(line, alarms[i]))
			return ROLE_BAD;
	}
	if (strstr(line, "[ cut here ]") || strstr(line, "RIP: 0010:"))
		return ROLE_TITLE;
	return ROLE_PLAIN;
}

/* "[   41.337120]", then perhaps "[  T27]" and a blank: where it ends. */
static const char *behind_stamp(const char *line, double *seconds)
{
	const char *rest = line + 1;
	char *end;

	if (*line != '[')
		return NULL;
	rest += strspn(rest, " ");
	if (!isdigit((unsigned char)*rest))
		return NULL;
	*seconds = strtod(rest, &end);
	if (*end != ']' || *seconds < 0 || *seconds > TIME_MAX)
		return NULL;
	rest = end + 1;
	if (*rest == '[' && strcspn(rest, "]") < TASK_MAX && strchr(rest, ']'))
		rest = strchr(rest, ']') + 1;
	return *rest == ' ' ? rest + 1 : rest;
}

const char *logtext_fold(const char *line, char *stamp, size_t size)
{
	double seconds;
	const char *rest = behind_stamp(line, &seconds);

	*stamp = '\0';
	if (!rest)
		return line;
	snprintf(stamp, size, "%.2f ", seconds);
	return rest;
}

bool logtext_time(const char *bytes, size_t length, double *seconds)
{
	char head[STAMP_MAX + 1];

	if (length > STAMP_MAX)
		length = STAMP_MAX;
	memcpy(head, bytes, length);
	head[length] = '\0';
	return behind_stamp(head, seconds) != NULL;
}

static void put_mark(struct buf *out, const char *text)
{
	buf_putc(out, TEXT_MARK_ON);
	buf_puts(out, text);
	buf_putc(out, TEXT_MARK_OFF);
}

/* Nothing of it is interpreted: all that comes out is ASCII. */
static void make_raw(struct buf *out, const char *bytes, size_t length,
		     int columns)
{
	char mark[8];
	int used = 0;

	for (size_t i = 0; i < length && used < columns; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte >= 0x20 && byte < 0x7f) {
			buf_putc(out, (char)byte);
			used++;
			continue;
		}
		if (byte < 0x80)
			snprintf(mark, sizeof(mark), "^%c", byte ^ 0x40);
		else
			snprintf(mark, sizeof(mark), "<%02x>", byte);
		put_mark(out, mark);
		used += (int)strlen(mark);
	}
}

void logtext_make(struct buf *out, const struct logtext *how, const char *bytes,
		  size_t length)
{
	double seconds;
	const char *rest;
	struct buf clean;

	if (how->raw) {
		make_raw(out, bytes, length, how->columns);
		return;
	}
	buf_init(&clean, 0);
	text_clean(&clean, bytes, length, how->columns + STAMP_MAX,
		   (how->ascii ? TEXT_ASCII : 0) |
			   (how->colours ? TEXT_COLOUR : 0));
	rest = how->stamps == STAMPS_WHOLE ? NULL
					   : behind_stamp(clean.text, &seconds);
	if (rest && how->stamps == STAMPS_SECONDS)
		buf_printf(out, "%8.2f ", seconds);
	buf_puts(out, rest ? rest : clean.text);
	buf_release(&clean);
}
