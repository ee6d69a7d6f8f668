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
#include "session/session.h"
#include "session/syzbot.h"

struct writing {
	const struct graph *graph;
	struct buf *out;
	int *runs;   /* by commit: how many its earlier tests had */
	int *before; /* by commit: of these, at the beginning of the last test */
	bool crlf, cut;
};

/* The log counts the runs of each test from 0, the session those of a commit. */
static void write_run(struct writing *writing, const struct event *event)
{
	int commit = graph_find(writing->graph, &event->commit);
	struct event as_logged = *event;

	as_logged.number -= writing->before[commit];
	syzbot_write(&as_logged, writing->out);
	if (event->text)
		buf_printf(writing->out, "\n%s", event->text);
}

static void write_event(struct writing *writing, const struct event *event)
{
	struct event plain = *event;
	size_t before = writing->out->length;
	bool blank = str_ends(event->wording, "+");
	char *name = xstrdup(event->wording);

	if (blank)
		name[strlen(name) - 1] = '\0';
	plain.wording = name;
	if (event->kind == EVENT_RUN)
		write_run(writing, event);
	else if (str_equal(name, "errors"))
		buf_puts(writing->out, event->text);
	else
		syzbot_write(&plain, writing->out);
	free(name);
	if (writing->out->length == before)
		return;
	buf_putc(writing->out, '\n');
	if (event->kind == EVENT_NEXT && !oid_is_none(&event->commit) &&
	    !str_starts(event->wording, "next")) {
		syzbot_write_next(event, writing->out);
		buf_putc(writing->out, '\n');
	}
	if (blank)
		buf_putc(writing->out, '\n');
}

static void count_runs(struct writing *writing, const struct event *event)
{
	int commit = graph_find(writing->graph, &event->commit);

	if (event->kind == EVENT_BUILD_BEGIN)
		writing->before[commit] = writing->runs[commit];
	else if (event->kind == EVENT_RUN &&
		 event->number >= writing->runs[commit])
		writing->runs[commit] = (int)event->number + 1;
}

static void take_event(struct writing *writing, const struct event *event)
{
	if (event->by != BY_IMPORT)
		return;
	count_runs(writing, event);
	if (event->kind == EVENT_NOTE)
		draft_write_note(event, writing->out);
	else if (str_equal(event->wording, "crlf"))
		writing->crlf = true;
	else if (str_equal(event->wording, "no-newline"))
		writing->cut = true;
	else if (event->wording)
		write_event(writing, event);
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

void syzbotlog_write(struct session *session, struct buf *out)
{
	const struct engine *engine = session_engine(session);
	struct writing writing = { .graph = session_graph(session) };
	size_t commits = (size_t)graph_count(writing.graph);
	struct buf text;

	buf_init(&text, 0);
	writing.out = &text;
	writing.runs = xcalloc(commits + 1, sizeof(int));
	writing.before = xcalloc(commits + 1, sizeof(int));
	for (size_t i = 0; i < engine_event_count(engine); i++)
		take_event(&writing, engine_event(engine, i));
	if (writing.cut && text.length)
		text.length--;
	if (writing.crlf)
		add_returns(&text);
	buf_add(out, text.text, text.length);
	buf_release(&text);
	free(writing.runs);
	free(writing.before);
}
