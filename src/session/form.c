/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/form.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"

#define DIGITS_MAX 18

struct reader {
	const char *at, *end;
};

/* Take `length` digits as an id; these are as git writes them. */
static bool read_oid(struct reader *reader, struct oid *oid)
{
	char hex[41];

	if (reader->end - reader->at < 40)
		return false;
	memcpy(hex, reader->at, 40);
	hex[40] = '\0';
	if (!oid_parse(oid, hex))
		return false;
	reader->at += 40;
	return true;
}

static bool read_signature(struct reader *reader, char **out)
{
	char *text;

	if (reader->end - reader->at < 64)
		return false;
	text = xstrndup(reader->at, 64);
	if (strlen(text) != 64 || !str_hex(text)) {
		free(text);
		return false;
	}
	*out = text;
	reader->at += 64;
	return true;
}

static bool read_number(struct reader *reader, int64_t most, int64_t *out)
{
	char digits[DIGITS_MAX + 1];
	size_t length = 0;

	while (length < DIGITS_MAX && reader->at + length < reader->end &&
	       reader->at[length] >= '0' && reader->at[length] <= '9') {
		digits[length] = reader->at[length];
		length++;
	}
	digits[length] = '\0';
	if ((length > 1 && digits[0] == '0') ||
	    !str_number(digits, 0, most, out))
		return false;
	reader->at += length;
	return true;
}

static bool read_plural(struct reader *reader, int64_t number)
{
	if (number == 1)
		return true;
	if (reader->at == reader->end || *reader->at != 's')
		return false;
	reader->at++;
	return true;
}

/* How long the words of the form up to the next hole are. */
static size_t plain_length(const char *form)
{
	return strcspn(form, "%");
}

/* Up to what follows in the form: its first place, or the end of the line. */
static bool read_text(struct reader *reader, const char *follows, char **out)
{
	size_t length = plain_length(follows);
	const char *stop;

	if (length > (size_t)(reader->end - reader->at))
		return false;
	if (follows[length] == '\0')
		stop = reader->end - length;
	else
		stop = memmem(reader->at, (size_t)(reader->end - reader->at),
			      follows, length);
	if (!stop)
		return false;
	*out = xstrndup(reader->at, (size_t)(stop - reader->at));
	reader->at = stop;
	return true;
}

static bool read_hole(struct reader *reader, const char *hole,
		      struct event *event)
{
	int64_t steps;

	switch (*hole) {
	case 'h':
		return read_oid(reader, &event->commit);
	case 'o':
		return read_oid(reader, &event->other);
	case 'S':
		return read_signature(reader, &event->signature);
	case 'n':
		return read_number(reader, 1000000000, &event->number);
	case 'k':
		if (!read_number(reader, 1000, &steps))
			return false;
		event->steps = (int)steps;
		return true;
	case 'v':
		return read_plural(reader, event->number);
	case 'w':
		return read_plural(reader, event->steps);
	case 'i':
		return read_text(reader, hole + 1, &event->title);
	case 't':
		return read_text(reader, hole + 1, &event->text);
	case 'p':
		return read_text(reader, hole + 1, &event->policy);
	default:
		if (reader->at == reader->end || *reader->at != *hole)
			return false;
		reader->at++;
		return true;
	}
}

bool form_read(const char *form, const char *line, size_t length,
	       struct event *event)
{
	struct reader reader = { line, line + length };

	if (*form != '%' && (length == 0 || *form != *line))
		return false;
	while (*form) {
		size_t plain = plain_length(form);

		if (plain > (size_t)(reader.end - reader.at) ||
		    memcmp(reader.at, form, plain) != 0)
			return false;
		reader.at += plain;
		form += plain;
		if (*form == '\0')
			break;
		if (!read_hole(&reader, form + 1, event))
			return false;
		form += 2;
	}
	return reader.at == reader.end && !memchr(line, '\0', length);
}

static void write_hole(char hole, const struct event *event, struct buf *out)
{
	switch (hole) {
	case 'h':
		buf_puts(out, event->commit.hex);
		break;
	case 'o':
		buf_puts(out, event->other.hex);
		break;
	case 'S':
		buf_puts(out, event->signature ? event->signature : "");
		break;
	case 'n':
		buf_printf(out, "%" PRId64, event->number);
		break;
	case 'k':
		buf_printf(out, "%d", event->steps);
		break;
	case 'v':
		buf_puts(out, event->number == 1 ? "" : "s");
		break;
	case 'w':
		buf_puts(out, event->steps == 1 ? "" : "s");
		break;
	case 'i':
		buf_puts(out, event->title ? event->title : "");
		break;
	case 't':
		buf_puts(out, event->text ? event->text : "");
		break;
	case 'p':
		buf_puts(out, event->policy ? event->policy : "");
		break;
	default:
		buf_putc(out, hole);
		break;
	}
}

void form_write(const char *form, const struct event *event, struct buf *out)
{
	while (*form) {
		size_t plain = plain_length(form);

		buf_add(out, form, plain);
		form += plain;
		if (*form == '\0')
			break;
		write_hole(form[1], event, out);
		form += 2;
	}
}

void form_release(struct event *event)
{
	free(event->title);
	free(event->text);
	free(event->policy);
	free(event->signature);
	event->title = event->text = event->policy = event->signature = NULL;
	event->commit = event->other = (struct oid){ "" };
	event->number = 0;
	event->steps = 0;
}

/* A glance: most lines fit most forms in no way. */
static bool may_fit(const char *form, char first)
{
	if (*form != '%')
		return *form == first;
	if (form[1] != 'h')
		return true;
	return (first >= '0' && first <= '9') || (first >= 'a' && first <= 'f');
}

const struct form *form_find(const struct form *table, const char *line,
			     size_t length, struct event *event)
{
	*event = (struct event){ .kind = EVENT_NOTE };
	for (; table->name && length > 0; table++) {
		if (!may_fit(table->form, *line))
			continue;
		event->kind = table->kind;
		if (form_read(table->form, line, length, event))
			return table;
		form_release(event);
	}
	return NULL;
}

const struct form *form_named(const struct form *table, const char *name)
{
	for (; table->name; table++)
		if (str_equal(table->name, name))
			return table;
	return NULL;
}
