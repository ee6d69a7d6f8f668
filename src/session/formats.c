/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/formats.h"

#include <stdlib.h>
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
	bool crlf;	   /* every line ends so, and it is no part of them */
	const char *quote; /* what a mail put before each line, or NULL */
	size_t quote_length;
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
	line->quoted = 0;
	lines->at = newline ? newline + 1 : lines->end;
	if (lines->crlf && line->ended)
		line->length--;
	return true;
}

/* Does every line end in CR LF? */
static bool is_crlf(const char *bytes, size_t length)
{
	struct lines lines = { .at = bytes, .end = bytes + length };
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

/* Without what a mail puts before each line, where there is any. */
static bool unquote(struct line *line)
{
	while (line->length && *line->bytes && strchr("> \t|", *line->bytes)) {
		line->bytes++;
		line->length--;
		line->quoted++;
	}
	return line->quoted > 0;
}

/* How sure a format is of its surest line; quoted: when it is unquoted. */
static int how_sure(const struct reader_format *format, struct lines lines,
		    bool quoted, struct line *surest)
{
	struct line line;
	int most = 0;

	while (most < 2 && next_line(&lines, &line)) {
		int knows;

		if (line.length > DRAFT_NOTE_MAX || (quoted && !unquote(&line)))
			continue;
		knows = format->knows(&line);
		if (knows > most) {
			most = knows;
			*surest = line;
		}
	}
	return most;
}

/*
 * The one that is sure of an earlier line; or else in which a log is quoted;
 * or else one that is not sure.
 */
static const struct reader_format *find(struct lines *lines)
{
	const struct reader_format *found = NULL, *perhaps = NULL;
	struct line line, first = { .number = 0 };

	for (int i = 0; i < FORMATS; i++) {
		int sure = how_sure(formats[i], *lines, false, &line);

		if (sure == 2 && (!found || line.number < first.number)) {
			found = formats[i];
			first = line;
		} else if (sure && !perhaps) {
			perhaps = formats[i];
		}
	}
	for (int i = 0; i < FORMATS && !found; i++) {
		if (!formats[i]->quotes ||
		    how_sure(formats[i], *lines, true, &line) < 2)
			continue;
		found = formats[i];
		lines->quote = line.bytes - line.quoted;
		lines->quote_length = line.quoted;
	}
	return found ? found : perhaps;
}

static void add_said(struct draft *draft, const char *wording, int64_t number,
		     const char *text)
{
	struct event *event = draft_add(draft, EVENT_SAID);

	event->wording = xstrdup(wording);
	event->number = number;
	event->text = text ? xstrdup(text) : NULL;
}

static void add_quote(struct draft *draft, const struct lines *lines)
{
	char *quote = xstrndup(lines->quote, lines->quote_length);

	add_said(draft, "quoted", 0, quote);
	free(quote);
}

/*
 * syzbot's mails do not have the log of a bisection, but name it:
 *	bisection log:  https://syzkaller.appspot.com/x/bisect.txt?x=...
 */
static void find_link(struct draft *draft, const struct line *line)
{
	const char *at = memmem(line->bytes, line->length, "https://", 8);
	size_t room = at ? line->length - (size_t)(at - line->bytes) : 0;
	size_t length = 0, used = 0;

	while (length < room && at[length] > ' ' && at[length] < 0x7f &&
	       at[length] != '>' && at[length] != '"')
		length++;
	if (*draft->link || length >= sizeof(draft->link) || !at ||
	    !memmem(at, length, "bisect.txt", 10))
		return;
	for (size_t i = 0; i < length; i++) {
		draft->link[used++] = at[i];
		/* quoted-printable has = as =3D */
		if (i + 2 < length && memcmp(at + i, "=3D", 3) == 0)
			i += 2;
	}
	draft->link[used] = '\0';
}

static void read_unknown(struct draft *draft, struct lines *lines)
{
	struct line line;

	draft_add(draft, EVENT_START)->text = xstrdup("unknown");
	draft_unsure(draft, 1, "no log of a bisection that is known");
	while (next_line(lines, &line)) {
		find_link(draft, &line);
		draft_note(draft, &line);
	}
	draft_end(draft);
}

static void read_log(struct draft *draft, const struct reader_format *format,
		     struct lines *lines)
{
	void *reader = format->begin(draft, lines->at,
				     (size_t)(lines->end - lines->at));
	struct line line;

	while (next_line(lines, &line)) {
		if (line.length < lines->quote_length ||
		    (lines->quote_length &&
		     memcmp(line.bytes, lines->quote, lines->quote_length))) {
			draft_note(draft, &line);
			continue;
		}
		line.bytes += lines->quote_length;
		line.length -= lines->quote_length;
		line.quoted = lines->quote_length;
		format->read(reader, &line);
	}
	format->end(reader);
	draft_end(draft);
}

static int64_t read_lines(struct draft *draft,
			  const struct reader_format *format,
			  struct lines *lines)
{
	bool newline = lines->at == lines->end || lines->end[-1] == '\n';

	if (format && !format->quotes)
		lines->quote_length = 0;
	if (format)
		read_log(draft, format, lines);
	else
		read_unknown(draft, lines);
	if (lines->quote_length)
		add_quote(draft, lines);
	if (lines->crlf)
		add_said(draft, "crlf", 0, NULL);
	if (!newline)
		add_said(draft, "no-newline", 0, NULL);
	if (draft->unsure_line)
		add_said(draft, "unsure", draft->unsure_line, draft->unsure);
	return lines->number;
}

static struct lines lines_of(const char *bytes, size_t length)
{
	return (struct lines){ .at = bytes,
			       .end = bytes + length,
			       .crlf = is_crlf(bytes, length) };
}

int64_t formats_read(struct draft *draft, const char *bytes, size_t length,
		     const struct reader_format **format)
{
	struct lines lines = lines_of(bytes, length);

	*format = find(&lines);
	return read_lines(draft, *format, &lines);
}

int64_t formats_read_as(struct draft *draft, const struct reader_format *format,
			const char *bytes, size_t length)
{
	struct lines lines = lines_of(bytes, length);

	find(&lines); /* how it is quoted */
	return read_lines(draft, format, &lines);
}

const char *formats_name(const char *name)
{
	for (int i = 0; i < FORMATS; i++)
		if (str_equal(formats[i]->name, name))
			return formats[i]->name;
	return NULL;
}
