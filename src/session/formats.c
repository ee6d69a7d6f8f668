/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/formats.h"

#include <string.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "engine/event.h"
#include "session/draft.h"

static const struct reader_format *const formats[] = { &format_git,
						       &format_syzbot };
enum { FORMATS = sizeof(formats) / sizeof(*formats) };

/* The lines of a log, one after another. */
struct lines {
	const char *at, *end;
	int64_t number;
	bool crlf; /* every line ends so, and it is no part of them */
};

static bool next_line(struct lines *lines, struct line *line)
{
	const char *newline;

	if (lines->at == lines->end)
		return false;
	newline = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
	line->bytes = lines->at;
	line->ended = newline != NULL;
	line->length = (size_t)((newline ? newline : lines->end) - lines->at);
	line->number = ++lines->number;
	lines->at = newline ? newline + 1 : lines->end;
	if (lines->crlf && line->ended)
		line->length--;
	return true;
}

/* Does every line end in CR LF? */
static bool is_crlf(const char *bytes, size_t length)
{
	struct lines lines = { bytes, bytes + length, 0, false };
	struct line line;
	bool any = false;

	while (next_line(&lines, &line)) {
		if (!line.ended)
			continue;
		if (line.length == 0 || line.bytes[line.length - 1] != '\r')
			return false;
		any = true;
	}
	return any;
}

const struct reader_format *formats_find(const char *bytes, size_t length)
{
	struct lines lines = { bytes, bytes + length, 0,
			       is_crlf(bytes, length) };
	const struct reader_format *perhaps = NULL;
	struct line line;

	while (next_line(&lines, &line))
		for (int i = 0; i < FORMATS; i++) {
			int knows = line.length <= DRAFT_NOTE_MAX
					    ? formats[i]->knows(&line)
					    : 0;

			if (knows == 2)
				return formats[i];
			if (knows && !perhaps)
				perhaps = formats[i];
		}
	return perhaps;
}

static void add_said(struct draft *draft, const char *wording, int64_t number,
		     const char *text)
{
	struct event *event = draft_add(draft, EVENT_SAID);

	event->wording = xstrdup(wording);
	event->number = number;
	event->text = text ? xstrdup(text) : NULL;
}

static void read_unknown(struct draft *draft, struct lines *lines)
{
	struct line line;

	draft_add(draft, EVENT_START)->text = xstrdup("unknown");
	draft_unsure(draft, 1, "no log of a bisection that is known");
	while (next_line(lines, &line))
		draft_note(draft, &line);
	draft_end(draft);
}

static void read_log(struct draft *draft, const struct reader_format *format,
		     struct lines *lines)
{
	void *reader = format->begin(draft, lines->at,
				     (size_t)(lines->end - lines->at));
	struct line line;

	while (next_line(lines, &line))
		format->read(reader, &line);
	format->end(reader);
	draft_end(draft);
}

int64_t formats_read(struct draft *draft, const struct reader_format *format,
		     const char *bytes, size_t length)
{
	struct lines lines = { bytes, bytes + length, 0,
			       is_crlf(bytes, length) };

	if (format)
		read_log(draft, format, &lines);
	else
		read_unknown(draft, &lines);
	if (lines.crlf)
		add_said(draft, "crlf", 0, NULL);
	if (length && bytes[length - 1] != '\n')
		add_said(draft, "no-newline", 0, NULL);
	if (draft->unsure_line)
		add_said(draft, "unsure", draft->unsure_line, draft->unsure);
	return lines.number;
}

const char *formats_name(const char *name)
{
	for (int i = 0; i < FORMATS; i++)
		if (str_equal(formats[i]->name, name))
			return formats[i]->name;
	return NULL;
}
