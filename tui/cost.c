/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/cost.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "control/pace.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/preview.h"
#include "session/session.h"
#include "tui/model.h"

#define WRAP 62 /* columns of a refusal */

enum { SEARCH, VERDICTS, NEXT, RUNNING };

/* What the words are made from. */
struct question {
	struct session *session;
	const struct model *model;
	const struct event *event;
	const struct preview *preview;
	struct pace pace;
	bool ascii;
};

static const struct model_row *row_of(const struct model *model, int commit)
{
	for (int i = 0; i < model->row_count; i++)
		if (model->rows[i].commit == commit)
			return &model->rows[i];
	return NULL;
}

static const char *plural(int count)
{
	return count == 1 ? "" : "s";
}

static void add_id(const struct question *q, int commit, struct buf *out)
{
	buf_printf(out, "%.*s", OID_SHORT,
		   graph_oid(session_graph(q->session), commit)->hex);
}

/* "step 4", or the id of what is none. */
static void add_step(const struct session *session, const struct model *model,
		     int commit, struct buf *out)
{
	const struct model_row *row = row_of(model, commit);

	if (row)
		buf_printf(out, "step %d", row->position);
	else
		buf_printf(out, "%.*s", OID_SHORT,
			   graph_oid(session_graph(session), commit)->hex);
}

static void put(struct cost *cost, int line, const char *label, enum role role,
		const struct question *q, const struct buf *text)
{
	cost->lines[line].label = label;
	cost->lines[line].role = role;
	text_copy(cost->lines[line].text, sizeof(cost->lines[line].text),
		  text->text, q->ascii);
}

/*
 * The search.
 */

static bool has_numbers(const struct preview_end *end)
{
	return end->state == PLAN_TEST && end->suspects > 0;
}

static void add_time(const struct question *q, int steps, struct buf *out)
{
	int64_t left = pace_left(&q->pace, steps, -1);
	char time[16];

	if (steps > 0 && left >= 0)
		buf_printf(out, ", %s", model_rough(time, left));
}

static void add_more(const struct question *q, int steps, struct buf *out)
{
	if (steps <= 0)
		return;
	buf_printf(out, ": ~%d more", steps);
	add_time(q, steps, out);
}

static void add_numbers(const struct question *q, struct buf *out)
{
	const struct preview_end *was = &q->preview->before;
	const struct preview_end *is = &q->preview->after;

	if (is->believed) {
		buf_printf(out, "%d suspect%s by the verdicts", is->suspects,
			   plural(is->suspects));
		if (has_numbers(was))
			buf_printf(out,
				   was->suspects == is->suspects ? ", as now"
								 : "; now %d",
				   was->suspects);
		return;
	}
	buf_printf(out, "%d suspect%s, ~%d step%s", is->suspects,
		   plural(is->suspects), is->steps, plural(is->steps));
	if (!has_numbers(was))
		add_time(q, is->steps, out);
	else if (was->suspects == is->suspects && was->steps == is->steps)
		buf_puts(out, ", as now");
	else
		buf_printf(out, "; now %d, ~%d", was->suspects, was->steps);
	if (has_numbers(was))
		add_more(q, is->steps - was->steps, out);
}

static void add_end(const struct question *q, struct buf *out)
{
	const struct preview_end *is = &q->preview->after;

	switch (is->state) {
	case PLAN_NEEDS_BAD:
		buf_puts(out, "a bad commit is needed then");
		break;
	case PLAN_NEEDS_GOOD:
		buf_puts(out, "a good commit is needed then");
		break;
	case PLAN_NEEDS_RANGE:
		buf_puts(out, "the commits between the new ends are read "
			      "first");
		break;
	case PLAN_TEST:
		if (has_numbers(is))
			add_numbers(q, out);
		else
			buf_puts(out, "goes on");
		break;
	case PLAN_FOUND:
		buf_puts(out, "over: the culprit is ");
		add_id(q, is->commit, out);
		if (q->preview->before.state == PLAN_FOUND &&
		    q->preview->before.commit == is->commit)
			buf_puts(out, ", as now");
		break;
	case PLAN_ONLY_SKIPPED:
		buf_puts(out, "over: only skipped commits are left");
		break;
	case PLAN_MERGE_BASE_BAD:
		buf_puts(out, "over: a merge base is bad");
		break;
	}
}

static void say_search(struct cost *cost, const struct question *q)
{
	const struct preview_end *was = &q->preview->before;
	const struct preview_end *is = &q->preview->after;
	bool lost = was->state == PLAN_FOUND &&
		    (is->state != PLAN_FOUND || is->commit != was->commit);
	struct buf text;

	buf_init(&text, 0);
	if (lost) {
		buf_puts(&text, "taken back: ");
		add_id(q, was->commit, &text);
		buf_puts(&text, "; ");
	}
	add_end(q, &text);
	if (is->needs_person && is->state == PLAN_TEST)
		buf_puts(&text, "; you are asked");
	put(cost, SEARCH, "search",
	    lost || (has_numbers(was) && has_numbers(is) && !is->believed &&
		     is->steps > was->steps)
		    ? ROLE_SKIP
		    : ROLE_PLAIN,
	    q, &text);
	buf_release(&text);
}

/* Further runs do not move the search, they take its time. */
static void say_more(struct cost *cost, const struct question *q)
{
	int runs = (int)q->event->number;
	int64_t took = pace_runs(&q->pace, runs, 0);
	struct buf text;
	char time[16];

	buf_init(&text, 0);
	buf_printf(&text, "%d run%s first", runs, plural(runs));
	if (took >= 0)
		buf_printf(&text, ", %s", model_rough(time, took));
	buf_puts(&text, "; then on, as now");
	put(cost, SEARCH, "search", ROLE_PLAIN, q, &text);
	buf_release(&text);
}

/*
 * The verdicts.
 */

static bool is_about(const struct question *q, int commit)
{
	return (q->event->kind == EVENT_VERDICT ||
		q->event->kind == EVENT_RETRACT) &&
	       oid_equal(graph_oid(session_graph(q->session), commit),
			 &q->event->commit);
}

/* "; set aside: steps 5 6 7", with what the tests had taken. */
static void add_changes(const struct question *q, enum preview_change_kind kind,
			const char *what, struct buf *out)
{
	int64_t took = 0;
	int count = 0;
	char time[24];

	for (int i = 0; i < q->preview->change_count; i++) {
		const struct preview_change *change = &q->preview->changes[i];
		const struct model_row *row = row_of(q->model, change->commit);

		if (change->kind != kind || is_about(q, change->commit))
			continue;
		if (count++ && kind == PREVIEW_OTHER)
			buf_puts(out, ", ");
		else if (count > 1)
			buf_putc(out, ' ');
		else
			buf_printf(out, "; %s", what);
		if (row)
			buf_printf(out, "#%d", row->position);
		else
			add_id(q, change->commit, out);
		if (kind == PREVIEW_OTHER)
			buf_printf(out, " becomes %s",
				   verdict_word(change->after));
		if (row && row->took_ms > 0)
			took += row->took_ms;
	}
	if (kind == PREVIEW_ASIDE && took > 0)
		buf_printf(out, " (%d test%s, %s)", count, plural(count),
			   model_short(time, took));
}

static void say_verdicts(struct cost *cost, const struct question *q)
{
	const struct preview *preview = q->preview;
	bool lost = false;
	struct buf text;

	buf_init(&text, 0);
	buf_printf(&text, "%d stand%s", preview->stand,
		   preview->stand == 1 ? "s" : "");
	add_changes(q, PREVIEW_ASIDE, "set aside: ", &text);
	add_changes(q, PREVIEW_GONE, "gone: ", &text);
	add_changes(q, PREVIEW_AGAIN, "again: ", &text);
	add_changes(q, PREVIEW_OTHER, "", &text);
	if (preview->runs_changed)
		buf_printf(&text, "; %d run%s come%s to something else",
			   preview->runs_changed, plural(preview->runs_changed),
			   preview->runs_changed == 1 ? "s" : "");
	for (int i = 0; i < preview->change_count; i++)
		lost |= preview->changes[i].kind == PREVIEW_ASIDE;
	put(cost, VERDICTS, "verdicts", lost ? ROLE_SKIP : ROLE_PLAIN, q,
	    &text);
	buf_release(&text);
}

/*
 * What is tested then, and what is in flight.
 */

static void say_next(struct cost *cost, const struct question *q)
{
	const struct preview_end *was = &q->preview->before;
	const struct preview_end *is = &q->preview->after;
	struct buf text;

	if (is->state != PLAN_TEST || is->commit < 0)
		return;
	buf_init(&text, 0);
	add_id(q, is->commit, &text);
	if (was->state == PLAN_TEST && was->commit == is->commit)
		buf_puts(&text, ", as now");
	else
		buf_printf(&text, "  %s",
			   session_subject(q->session, is->commit));
	put(cost, NEXT, "next test", ROLE_PLAIN, q, &text);
	buf_release(&text);
}

static int count_in_flight(struct engine *engine)
{
	int count = 0;

	for (int i = 0; i < engine_step_count(engine); i++) {
		const struct step *step = engine_step(engine, i);

		count += step->build_begin != NULL;
		for (int k = 0; k < step->run_count; k++)
			count += step->runs[k].running;
	}
	return count;
}

static void say_running(struct cost *cost, const struct question *q)
{
	const struct preview *preview = q->preview;
	bool stopped = preview->stopped_commit >= 0;
	struct buf text;

	if (count_in_flight(session_engine(q->session)) == 0 ||
	    !q->model->engine_alive)
		return;
	buf_init(&text, 0);
	if (!stopped) {
		buf_puts(&text, "goes on");
	} else {
		if (preview->stopped_build)
			buf_puts(&text, "the build");
		else
			buf_printf(&text, "%d run%s", preview->stopped_runs,
				   plural(preview->stopped_runs));
		buf_puts(&text, " of ");
		add_step(q->session, q->model, preview->stopped_commit, &text);
		buf_puts(&text,
			 preview->stopped_build || preview->stopped_runs == 1
				 ? " is stopped"
				 : " are stopped");
	}
	put(cost, RUNNING, "in flight", stopped ? ROLE_SKIP : ROLE_PLAIN, q,
	    &text);
	buf_release(&text);
}

/* The words of an error, over as many lines as it takes. */
static void say_refusal(struct cost *cost, const struct question *q,
			const char *text)
{
	for (int i = 0; i < COST_LINES && *text; i++) {
		size_t length = strlen(text);
		struct buf part;

		if (length > WRAP) {
			length = WRAP;
			while (length > 1 && text[length] != ' ')
				length--;
		}
		buf_init(&part, 0);
		buf_add(&part, text, length);
		put(cost, i, i ? "" : "refused", ROLE_BAD, q, &part);
		buf_release(&part);
		text += length + strspn(text + length, " ");
	}
}

void cost_of(struct cost *cost, struct session *session,
	     const struct model *model, const struct event *event, bool ascii)
{
	struct question q = { .session = session,
			      .model = model,
			      .event = event,
			      .ascii = ascii };
	struct error err = ERROR_INIT;
	struct preview preview;

	memset(cost, 0, sizeof(*cost));
	if (preview_make(&preview, session_engine(session), event, &err) < 0) {
		say_refusal(cost, &q, err.text);
		return;
	}
	q.preview = &preview;
	pace_find(session_engine(session), &q.pace);
	if (event->kind == EVENT_MORE)
		say_more(cost, &q);
	else
		say_search(cost, &q);
	say_verdicts(cost, &q);
	say_next(cost, &q);
	say_running(cost, &q);
	preview_release(&preview);
}

static void add_flight(struct buf *out, const struct session *session,
		       const struct model *model, int commit,
		       const struct event *begin, int64_t now)
{
	char time[24];

	if (out->length)
		buf_puts(out, "; ");
	if (begin->kind == EVENT_RUN_BEGIN)
		buf_printf(out, "run %d of ", (int)begin->number);
	else
		buf_puts(out, "the build of ");
	add_step(session, model, commit, out);
	buf_printf(out, ", %s so far", str_duration(time, now - begin->at));
}

void cost_in_flight(char *out, size_t size, struct session *session,
		    const struct model *model, int64_t now)
{
	struct engine *engine = session_engine(session);
	struct buf text;

	buf_init(&text, size - 1);
	for (int i = 0; i < engine_step_count(engine); i++) {
		const struct step *step = engine_step(engine, i);

		if (step->build_begin)
			add_flight(&text, session, model, step->commit,
				   step->build_begin, now);
		for (int k = 0; k < step->run_count; k++)
			if (step->runs[k].running && step->runs[k].begin)
				add_flight(&text, session, model, step->commit,
					   step->runs[k].begin, now);
	}
	str_copy(out, size, text.text);
	buf_release(&text);
}

int cost_rows(const struct cost *cost, struct form_row *rows)
{
	static const int worths[COST_LINES] = { 8, 6, 3, 5 };

	for (int i = 0; i < COST_LINES; i++)
		rows[i] = (struct form_row){ .kind = FORM_LINE,
					     .worth = worths[i],
					     .label = cost->lines[i].label,
					     .text = cost->lines[i].text,
					     .role = cost->lines[i].role };
	return COST_LINES;
}
