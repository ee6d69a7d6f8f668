/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/syzbotlog.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/draft.h"
#include "session/syzbot.h"

struct writing {
	const struct graph *graph;
	struct buf text;
	int *runs;   /* by commit: how many its earlier tests had */
	int *before; /* by commit: of these, at the beginning of the last test */
	const char *quote; /* before each line, or NULL */
	bool crlf, cut;
};

/* The log counts the runs of each test from 0, the session those of a commit. */
static void write_run(struct writing *log, const struct event *event)
{
	int commit = graph_find(log->graph, &event->commit);
	struct event as_logged = *event;

	as_logged.number -= log->before[commit];
	syzbot_write(&as_logged, &log->text);
	if (event->text)
		buf_printf(&log->text, "\n%s", event->text);
}

/* Its lines as the mail had them in which the log was. */
static void add_quotes(struct buf *out, size_t from, const char *quote)
{
	char *text = xstrndup(out->text + from, out->length - from);

	out->length = from;
	for (const char *p = text; *p; p += *p == '\n') {
		size_t length = strcspn(p, "\n");

		buf_puts(out, quote);
		buf_add(out, p, length);
		buf_add(out, p + length, p[length] == '\n');
		p += length;
	}
	free(text);
}

static void write_event(struct writing *log, const struct event *event)
{
	struct event plain = *event;
	size_t before = log->text.length;
	bool blank = str_ends(event->wording, "+");
	char *name = xstrdup(event->wording);

	if (blank)
		name[strlen(name) - 1] = '\0';
	plain.wording = name;
	if (event->kind == EVENT_RUN)
		write_run(log, event);
	else if (str_equal(name, "errors"))
		buf_puts(&log->text, event->text);
	else
		syzbot_write(&plain, &log->text);
	free(name);
	if (log->text.length == before)
		return;
	buf_putc(&log->text, '\n');
	if (event->kind == EVENT_NEXT && !oid_is_none(&event->commit) &&
	    !str_starts(event->wording, "next")) {
		syzbot_write_next(event, &log->text);
		buf_putc(&log->text, '\n');
	}
	if (blank)
		buf_putc(&log->text, '\n');
	if (log->quote)
		add_quotes(&log->text, before, log->quote);
}

static void count_runs(struct writing *log, const struct event *event)
{
	int commit = graph_find(log->graph, &event->commit);

	if (event->kind == EVENT_BUILD_BEGIN)
		log->before[commit] = log->runs[commit];
	else if (event->kind == EVENT_RUN && event->number >= log->runs[commit])
		log->runs[commit] = (int)event->number + 1;
}

static void add_event(struct writing *log, const struct event *event)
{
	if (event->by != BY_IMPORT)
		return;
	count_runs(log, event);
	if (event->kind == EVENT_NOTE)
		draft_write_note(event, &log->text);
	else if (str_equal(event->wording, "crlf"))
		log->crlf = true;
	else if (str_equal(event->wording, "no-newline"))
		log->cut = true;
	else if (event->wording)
		write_event(log, event);
}

static void add_returns(struct buf *out)
{
	struct buf plain = *out;

	buf_init(out, plain.limit);
	for (size_t i = 0; i < plain.length; i++) {
		if (plain.text[i] == '\n')
			buf_putc(out, '\r');
		buf_putc(out, plain.text[i]);
	}
	buf_release(&plain);
}

void syzbotlog_write(const struct engine *engine, const struct graph *graph,
		     struct buf *out)
{
	const struct event *quoted = engine_said(engine, "quoted");
	struct writing writing = { .graph = graph };
	size_t commits = (size_t)graph_count(graph);

	buf_init(&writing.text, 0);
	writing.runs = xcalloc(commits + 1, sizeof(int));
	writing.before = xcalloc(commits + 1, sizeof(int));
	if (quoted)
		writing.quote = quoted->text;
	for (size_t i = 0; i < engine_event_count(engine); i++)
		add_event(&writing, engine_event(engine, i));
	if (writing.cut && writing.text.length)
		writing.text.length--;
	if (writing.crlf)
		add_returns(&writing.text);
	buf_add(out, writing.text.text, writing.text.length);
	buf_release(&writing.text);
	free(writing.runs);
	free(writing.before);
}
