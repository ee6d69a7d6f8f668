/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/ask.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/text.h"
#include "control/desk.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tui/grid.h"
#include "tui/model.h"

static void begin(struct ask *ask, enum ask_kind kind, const char *heading,
		  const char *says)
{
	memset(ask, 0, sizeof(*ask));
	form_open(&ask->form, NULL, 0, NULL);
	ask->kind = kind;
	ask->heading = heading;
	ask->says = says;
}

static void add_line(struct ask *ask, const char *label, enum role role,
		     const char *text)
{
	struct ask_line *line = &ask->lines[ask->line_count++];

	line->label = label;
	line->role = role;
	str_copy(line->text, sizeof(line->text), text);
}

/* What the run came to, and who says so. */
static void add_outcome(struct ask *ask, const struct run_state *run,
			bool ascii)
{
	const char *title = run_title(run);
	char text[FORM_TEXT], clean[FORM_TEXT];

	snprintf(text, sizeof(text), "%s%s%s", outcome_name(run->outcome),
		 str_empty(title) ? "" : ", ", title ? title : "");
	add_line(ask, "it is", ROLE_PLAIN,
		 text_copy(clean, sizeof(clean), text, ascii));
	if (!run->judge)
		return;
	snprintf(text, sizeof(text), "%s%s%s",
		 run->judge->who ? run->judge->who : "a person",
		 str_empty(run->judge->text) ? "" : ": ",
		 run->judge->text ? run->judge->text : "");
	add_line(ask, "judged by", ROLE_PLAIN,
		 text_copy(clean, sizeof(clean), text, ascii));
}

void ask_about_run(struct ask *ask, struct session *session,
		   const struct model *model, int commit, int number,
		   bool ascii)
{
	struct engine *engine = session_engine(session);
	const struct run_state *run =
		step_find_run(engine_step_of(engine, commit), number);
	bool back = run && run->judge && run->outcome == OUTCOME_IGNORED;
	struct event event = { .kind = back ? EVENT_UNDO : EVENT_JUDGE,
			       .by = BY_PERSON,
			       .outcome = OUTCOME_IGNORED };
	char text[FORM_TEXT];

	begin(ask, back ? ASK_TAKE_BACK : ASK_LEAVE_OUT,
	      back ? "Let this run count again?" : "Leave this run out?",
	      "Its console is kept; u takes this back.");
	ask->commit = commit;
	ask->run = number;
	ask->form.open = run != NULL;
	if (!run)
		return;
	snprintf(text, sizeof(text), "run %d of %s", number,
		 graph_oid(session_graph(session), commit)->hex);
	add_line(ask, NULL, ROLE_TITLE, text);
	add_outcome(ask, run, ascii);
	if (back) {
		event.number = run->judge->seq;
	} else {
		event.commit = *graph_oid(session_graph(session), commit);
		event.number = number;
		form_ask_reason(&ask->form, session, ascii);
		ask->form.in_reason = true;
	}
	ask->has_cost = true;
	cost_of(&ask->cost, session, model, &event, ascii);
}

void ask_about_flight(struct ask *ask, enum ask_kind kind,
		      struct session *session, const struct model *model,
		      int64_t now)
{
	char text[FORM_TEXT];

	begin(ask, kind,
	      kind == ASK_STOP ? "Stop the engine?" : "Pause at once?",
	      kind == ASK_STOP
		      ? "What has ended is kept; R starts an engine again."
		      : "What has ended is kept; p goes on from there.");
	add_line(ask, NULL, ROLE_TITLE, model->status);
	cost_in_flight(text, sizeof(text), session, model, now);
	add_line(ask, "lost", *text ? ROLE_SKIP : ROLE_PLAIN,
		 *text ? text : "nothing: nothing is in flight");
}

/* The event at which the row's verdict was given, or the last one shown. */
static const struct event *fork_event(struct session *session, int commit)
{
	struct engine *engine = session_engine(session);
	const struct step *step = engine_step_of(engine, commit);
	size_t count = engine_event_count(engine);

	if (!session_is_past(session) && step && step->given)
		return step->given;
	return count ? engine_event(engine, count - 1) : NULL;
}

/* How many steps had been begun by then. */
static int steps_until(struct engine *engine, int64_t seq)
{
	int count = 0;

	for (int i = 0; i < engine_step_count(engine); i++) {
		const struct step *step = engine_step(engine, i);
		const struct event *first = step->given;

		if (step->build && (!first || step->build->seq < first->seq))
			first = step->build;
		count += first && first->seq <= seq;
	}
	return count;
}

void ask_about_fork(struct ask *ask, struct session *session, int commit,
		    bool alive, bool ascii)
{
	struct engine *engine = session_engine(session);
	const struct event *event = fork_event(session, commit);
	int64_t all = (int64_t)session_event_count(session);
	char text[FORM_TEXT];
	struct buf what;

	begin(ask, ASK_FORK, "Go another way from here?",
	      "This session stays as it is; the screen goes to the new one.");
	ask->form.open = event != NULL;
	if (!event)
		return;
	ask->seq = event->seq;
	buf_init(&what, 0);
	buf_printf(&what, "event %" PRId64 " of %" PRId64 ": ", event->seq,
		   all);
	desk_describe(session, event, &what);
	add_line(ask, NULL, ROLE_TITLE,
		 text_copy(text, sizeof(text), what.text, ascii));
	buf_release(&what);
	snprintf(text, sizeof(text), "%d of %d steps, with all their runs",
		 steps_until(engine, event->seq), engine_step_count(engine));
	add_line(ask, "it has", ROLE_PLAIN, text);
	snprintf(text, sizeof(text), "%" PRId64 " later event%s",
		 all - event->seq, all - event->seq == 1 ? "" : "s");
	add_line(ask, "left out", ROLE_PLAIN, text);
	add_line(ask, "engine", ROLE_PLAIN,
		 alive ? "this session's goes on; Q stops it first"
		       : "none here; in the new one an order or R starts one");
}

/*
 * As many lines as there is room for; the first one stands out, others may
 * have a label before ": ".
 */
static void add_lines(struct ask *ask, const char *at, bool ascii)
{
	static const char *const labels[] = { "in", "settings", "commits",
					      "with" };
	const char *end;

	for (; (end = strchr(at, '\n')); at = end + 1) {
		const char *label = NULL;
		char raw[FORM_TEXT], text[FORM_TEXT];

		if (ask->line_count == ASK_LINES - 1 && strchr(end + 1, '\n')) {
			add_line(ask, NULL, ROLE_DIM, "... and more");
			break;
		}
		for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
			size_t length = strlen(labels[i]);

			if (strncmp(at, labels[i], length) != 0 ||
			    strncmp(at + length, ": ", 2) != 0)
				continue;
			label = labels[i];
			at += length + 2;
			break;
		}
		snprintf(raw, sizeof(raw), "%.*s", (int)(end - at), at);
		add_line(ask, label, label ? ROLE_PLAIN : ROLE_TITLE,
			 text_copy(text, sizeof(text), raw, ascii));
	}
}

void ask_about_keeping(struct ask *ask, const char *decisions, bool ascii)
{
	begin(ask, ASK_KEEP, "Decide so for real?",
	      "They are written into this session; u takes them back.");
	add_lines(ask, decisions, ascii);
}

void ask_about_going_on(struct ask *ask, const char *text, size_t events,
			bool ascii)
{
	begin(ask, ASK_CONTINUE, "Continue from here for real?",
	      "A session of its own; this past stays as it is.");
	ask->seq = (int64_t)events;
	add_lines(ask, text, ascii);
}

void ask_draw(struct grid *grid, const struct ask *ask)
{
	struct form_row rows[12 + ASK_LINES + COST_LINES];
	int count = 0;

	rows[count++] = (struct form_row){ .kind = FORM_GAP, .worth = 1 };
	for (int i = 0; i < ask->line_count; i++)
		rows[count++] = (struct form_row){ .kind = FORM_LINE,
						   .worth = 9,
						   .label = ask->lines[i].label,
						   .text = ask->lines[i].text,
						   .role = ask->lines[i].role };
	rows[count++] = (struct form_row){ .kind = FORM_GAP };
	if (ask->has_cost) {
		count += cost_rows(&ask->cost, rows + count);
		rows[count++] = (struct form_row){ .kind = FORM_GAP };
	}
	if (ask->form.has_reason) {
		rows[count++] =
			(struct form_row){ .kind = FORM_REASON, .worth = 9 };
		rows[count++] = (struct form_row){ .kind = FORM_GAP };
	}
	rows[count++] = (struct form_row){ .kind = FORM_SAYS,
					   .worth = 8,
					   .text = ask->says,
					   .role = ROLE_DIM };
	rows[count++] = (struct form_row){ .kind = FORM_HINTS, .worth = 9 };
	form_draw(grid, &ask->form, ask->heading, rows, count);
}
