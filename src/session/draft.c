/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/draft.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "engine/graph.h"
#include "session/form.h"

void draft_init(struct draft *draft)
{
	memset(draft, 0, sizeof(*draft));
	draft->names = graph_new();
	buf_init(&draft->note, 0);
}

void draft_release(struct draft *draft)
{
	for (size_t i = 0; i < draft->count; i++) {
		struct event *event = &draft->events[i];

		crashes_free(event->crashes, event->crash_count);
		free(event->who);
		free(event->wording);
		form_release(event);
	}
	free(draft->events);
	for (size_t i = 0; i < draft->commit_count; i++) {
		free(draft->commits[i].subject);
		free(draft->commits[i].author);
	}
	free(draft->commits);
	graph_free(draft->names);
	buf_release(&draft->note);
}

bool draft_is_full(const struct draft *draft)
{
	return draft->count >= DRAFT_EVENTS_MAX;
}

static struct event *push(struct draft *draft, struct event *event)
{
	event->by = BY_IMPORT;
	event->at = draft->at;
	array_grow(draft->events, draft->count + 1, &draft->room);
	draft->events[draft->count++] = *event;
	return &draft->events[draft->count - 1];
}

/* What is noted so far becomes an event. */
static void end_note(struct draft *draft)
{
	struct event note = { .kind = EVENT_NOTE };

	if (!draft->noting)
		return;
	draft->noting = false;
	if (draft->note_escaped)
		note.wording =
			xstrdup(draft->note_open ? "escaped-open" : "escaped");
	else if (draft->note_open)
		note.wording = xstrdup("open");
	note.number = draft->note_line;
	note.text = buf_take(&draft->note);
	push(draft, &note);
}

struct event *draft_take(struct draft *draft, struct event *event)
{
	end_note(draft);
	return push(draft, event);
}

struct event *draft_add(struct draft *draft, enum event_kind kind)
{
	struct event event = { .kind = kind };

	return draft_take(draft, &event);
}

struct event *draft_last(struct draft *draft)
{
	if (draft->noting || draft->count == 0)
		return NULL;
	return &draft->events[draft->count - 1];
}

static void add_escaped(struct buf *out, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '\0')
			buf_puts(out, "\\0");
		else if (bytes[i] == '\\')
			buf_puts(out, "\\\\");
		else
			buf_putc(out, bytes[i]);
	}
}

static void note_piece(struct draft *draft, int64_t number, const char *bytes,
		       size_t length, bool open)
{
	/* of a full one all are alike, or each line might need a note */
	bool escaped = draft_is_full(draft) || memchr(bytes, '\0', length);

	if (draft->noting &&
	    (draft->note_open || draft->note_escaped != escaped ||
	     draft->note.length + length >= DRAFT_NOTE_MAX))
		end_note(draft);
	if (draft->noting) {
		buf_putc(&draft->note, '\n');
	} else {
		draft->noting = true;
		draft->note_escaped = escaped;
		draft->note_line = number;
	}
	draft->note_open = open;
	if (escaped)
		add_escaped(&draft->note, bytes, length);
	else
		buf_add(&draft->note, bytes, length);
}

void draft_note(struct draft *draft, const struct line *line)
{
	const char *bytes = line->bytes - line->quoted;
	size_t length = line->length + line->quoted;

	while (length > DRAFT_NOTE_MAX) {
		note_piece(draft, line->number, bytes, DRAFT_NOTE_MAX, true);
		bytes += DRAFT_NOTE_MAX;
		length -= DRAFT_NOTE_MAX;
	}
	note_piece(draft, line->number, bytes, length, false);
}

void draft_end(struct draft *draft)
{
	end_note(draft);
}

void draft_write_note(const struct event *note, struct buf *out)
{
	const char *text = note->text ? note->text : "";
	const char *wording = note->wording ? note->wording : "";

	if (!str_starts(wording, "escaped")) {
		buf_puts(out, text);
	} else {
		for (; *text; text++) {
			if (*text == '\\' && text[1])
				buf_putc(out, *++text == '0' ? '\0' : *text);
			else
				buf_putc(out, *text);
		}
	}
	if (!str_ends(wording, "open"))
		buf_putc(out, '\n');
}

struct draft_commit *draft_commit(struct draft *draft, const struct oid *oid)
{
	int number = graph_add(draft->names, oid, 0);

	if ((size_t)number == draft->commit_count) {
		array_grow(draft->commits, draft->commit_count + 1,
			   &draft->commit_room);
		draft->commits[draft->commit_count++] =
			(struct draft_commit){ .oid = *oid };
	}
	return &draft->commits[number];
}

void draft_tell_subject(struct draft *draft, const struct oid *oid,
			const char *subject)
{
	struct draft_commit *commit = draft_commit(draft, oid);

	if (!commit->subject && !str_empty(subject))
		commit->subject = xstrdup(subject);
}

void draft_unsure(struct draft *draft, int64_t line, const char *format, ...)
{
	va_list args;

	if (draft->unsure_line && draft->unsure_line <= line)
		return;
	draft->unsure_line = line;
	va_start(args, format);
	vsnprintf(draft->unsure, sizeof(draft->unsure), format, args);
	va_end(args);
}
