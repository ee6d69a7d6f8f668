/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/syzbottold.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"
#include "session/syzbot.h"

struct telling {
	struct session *session;
	struct engine *engine;
	const struct graph *graph;
	struct buf *out;
	int testing; /* the commit whose test is told, -1 */
	int runs;    /* of that test so far */
	const struct event *newer, *older; /* the ends, until they are told */
	bool begun;
};

/* The words are only read. */
static char *word(const char *text)
{
	return (char *)(uintptr_t)text;
}

static void say(struct telling *telling, const char *wording,
		struct event event)
{
	event.wording = word(wording);
	syzbot_write(&event, telling->out);
	buf_putc(telling->out, '\n');
}

/* Texts are lines of the log: on one line, and never without words. */
static char *one_line(const char *text, const char *instead)
{
	char *line = xstrdup(str_empty(text) ? instead : text);

	for (char *p = line; *p; p++)
		if (*p == '\n' || *p == '\r')
			*p = ' ';
	return line;
}

static void say_head(struct telling *telling)
{
	struct event event = { .kind = EVENT_SAID };

	for (size_t i = 0; i < engine_event_count(telling->engine); i++) {
		const struct event *verdict = engine_event(telling->engine, i);
		bool bad = verdict->verdict == VERDICT_BAD;

		if (verdict->kind != EVENT_VERDICT || !bad ||
		    engine_is_undone(telling->engine, verdict->seq))
			continue;
		event.commit = verdict->commit;
		say(telling, engine_is_fix(telling->engine) ? "fix" : "cause",
		    event);
		return;
	}
}

static void begin_test(struct telling *telling, int commit)
{
	struct event event = { .kind = EVENT_BUILD_BEGIN,
			       .commit = *graph_oid(telling->graph, commit) };
	const struct step *step = engine_step_of(telling->engine, commit);

	telling->testing = commit;
	telling->runs = 0;
	if (step && step->release) {
		event.text = word(step->release);
		say(telling, "release", event);
	}
	say(telling, "testing", event);
}

static void tell_build(struct telling *telling, const struct event *build,
		       int commit)
{
	struct event event = *build;

	begin_test(telling, commit);
	event.text = event.policy = NULL;
	if (build->build == BUILD_OK) {
		if (!str_empty(build->signature) &&
		    strlen(build->signature) == 64)
			say(telling, "signature", event);
		return;
	}
	event.text = one_line(build->text, "no reason is told");
	say(telling, "failed-building", event);
	free(event.text);
}

static void tell_run(struct telling *telling, const struct event *run,
		     int commit)
{
	static const char *const wordings[OUTCOME_COUNT] = {
		[OUTCOME_OK] = "run/ok",
		[OUTCOME_CRASHED] = "run/crashed",
		[OUTCOME_BOOT_FAILED] = "run/boot",
		[OUTCOME_TEST_FAILED] = "run/basic",
		[OUTCOME_INFRA] = "run/infra",
		[OUTCOME_IGNORED] = "run/ignore",
	};
	struct event event = *run;

	if (telling->testing != commit)
		begin_test(telling, commit);
	event.number = telling->runs++;
	event.title = one_line(str_empty(run->title) ? run->text : run->title,
			       "no reason is told");
	say(telling, wordings[run->outcome], event);
	free(event.title);
}

/* git's numbers after a verdict, and the commit that came next. */
static void say_next(struct telling *telling, const struct step *step,
		     size_t place)
{
	struct event event = { .kind = EVENT_NEXT,
			       .number = step->left_after,
			       .steps = step->steps_after };

	if (step->left_after < 0)
		return;
	for (; place < engine_event_count(telling->engine); place++) {
		const struct event *next = engine_event(telling->engine, place);

		if (next->kind != EVENT_BUILD_BEGIN &&
		    next->kind != EVENT_VERDICT)
			continue;
		event.commit = next->commit;
		event.text = word(session_subject(telling->session,
						  graph_find(telling->graph,
							     &next->commit)));
		say(telling, "left", event);
		syzbot_write_next(&event, telling->out);
		buf_puts(telling->out, "\n\n");
		return;
	}
}

static void begin_search(struct telling *telling)
{
	struct event event = { .kind = EVENT_SAID };

	if (!telling->newer || !telling->older)
		return;
	telling->begun = true;
	event.commit = telling->newer->commit;
	event.other = telling->older->commit;
	say(telling, "bisect", event);
}

static void tell_verdict(struct telling *telling, const struct event *verdict,
			 int commit, size_t place)
{
	const struct step *step = engine_step_of(telling->engine, commit);
	bool fix = engine_is_fix(telling->engine);
	bool newer = (verdict->verdict == VERDICT_BAD) != fix;

	if (!step || step->given != verdict || step->set_aside)
		return;
	if (telling->begun) {
		say(telling,
		    verdict->verdict == VERDICT_SKIP ? "mark-skip"
		    : newer			     ? "mark-bad"
						     : "mark-good",
		    *verdict);
	} else if (verdict->verdict != VERDICT_SKIP) {
		if (newer)
			telling->newer = verdict;
		else
			telling->older = verdict;
		begin_search(telling);
	}
	if (telling->begun)
		say_next(telling, step, place + 1);
	telling->testing = -1;
}

/* Ahead of time, and nobody had asked for it when it ended? */
static bool is_ahead(const struct telling *telling, const struct event *build,
		     int commit)
{
	const struct step *step = engine_step_of(telling->engine, commit);
	const struct ahead_build *ahead =
		engine_ahead_of(telling->engine, commit);

	return (ahead && ahead->fact == build) ||
	       (step && step->build == build && step->taken &&
		step->taken->seq > build->seq);
}

/* What was built ahead is told when it is asked for. */
static void tell_taken(struct telling *telling, const struct event *taken,
		       int commit)
{
	const struct step *step = engine_step_of(telling->engine, commit);

	if (step && step->taken == taken && step->build &&
	    step->build->seq < taken->seq)
		tell_build(telling, step->build, commit);
}

static void tell(struct telling *telling, const struct event *event,
		 size_t place)
{
	int commit = oid_is_none(&event->commit)
			     ? -1
			     : graph_find(telling->graph, &event->commit);

	if (commit < 0 || engine_is_undone(telling->engine, event->seq))
		return;
	if (event->kind == EVENT_BUILD && !is_ahead(telling, event, commit))
		tell_build(telling, event, commit);
	else if (event->kind == EVENT_BUILD_BEGIN &&
		 event->number == BUILD_TAKEN)
		tell_taken(telling, event, commit);
	else if (event->kind == EVENT_RUN)
		tell_run(telling, event, commit);
	else if (event->kind == EVENT_VERDICT)
		tell_verdict(telling, event, commit, place);
}

static void say_end(struct telling *telling)
{
	const struct plan *plan = engine_plan(telling->engine);
	bool fix = engine_is_fix(telling->engine);
	struct event event = { .kind = EVENT_RESULT };

	if (plan->state == PLAN_FOUND) {
		event.commit = *graph_oid(telling->graph, plan->commit);
		say(telling, "first-bad", event);
		event.text = one_line(
			session_subject(telling->session, plan->commit), "");
		say(telling, fix ? "culprit-fix" : "culprit", event);
		free(event.text);
	} else if (plan->state == PLAN_ONLY_SKIPPED) {
		say(telling, fix ? "inconclusive-fix" : "inconclusive", event);
		for (int i = 0; i < plan->candidate_count; i++) {
			event.commit =
				*graph_oid(telling->graph, plan->candidates[i]);
			say(telling, "candidate", event);
		}
	}
}

void syzbottold_write(struct session *session, struct buf *out)
{
	struct telling telling = { .session = session,
				   .engine = session_engine(session),
				   .graph = session_graph(session),
				   .out = out,
				   .testing = -1 };

	say_head(&telling);
	for (size_t i = 0; i < engine_event_count(telling.engine); i++)
		tell(&telling, engine_event(telling.engine, i), i);
	say_end(&telling);
}
