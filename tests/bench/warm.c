/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 *     warm SESSION-DIR
 *
 * What a session costs an engine that has it open: opening it, what is next
 * after either answer, a search to its end, and the plan after a verdict
 * early in that search is overruled.  Where the session was searched already:
 * a replay that goes back through it, and what another verdict on its third
 * commit would have come to.  Nothing is written.  Prints "name TAB number" a
 * line, milliseconds of processor time, counts or kilobytes.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "engine/course.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/fold.h"
#include "engine/graph.h"
#include "engine/strata.h"
#include "engine/whatif.h"
#include "session/session.h"

#define STEPS_MAX 64

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void say(const char *name, double number)
{
	printf("%s\t%.3f\n", name, number);
}

/* The most it had at once, in kB; getrusage counts the parent's share too. */
static double peak_memory(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[256];
	double most = 0;

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, "VmHWM:", 6) == 0)
			most = strtod(line + 6, NULL);
	if (file)
		fclose(file);
	return most;
}

static void fail(const struct error *err)
{
	fprintf(stderr, "warm: %s\n", err->text);
	exit(1);
}

/* A person's verdict, as the next event; the engine borrows it. */
static void mark(struct engine *engine, const struct graph *graph, int commit,
		 enum verdict verdict)
{
	struct event *event = calloc(1, sizeof(*event));
	struct error err = ERROR_INIT;

	event->seq = (int64_t)engine_event_count(engine) + 1;
	event->kind = EVENT_VERDICT;
	event->by = BY_PERSON;
	event->commit = *graph_oid(graph, commit);
	event->verdict = verdict;
	if (engine_apply(engine, event, &err) < 0)
		fail(&err);
}

/* How long until the next commit is known, were this one so. */
static double next_if(const struct engine *engine, const struct graph *graph,
		      int commit, enum verdict verdict)
{
	struct engine *copy = engine_copy(engine);
	double begin = now();

	mark(copy, graph, commit, verdict);
	engine_plan(copy);
	begin = now() - begin;
	engine_free(copy);
	return begin;
}

/* Good and bad in turn, to the culprit; then the third one is another. */
static void search(struct engine *engine, const struct graph *graph)
{
	int tested[STEPS_MAX], count = 0;
	double begin = now();

	while (count < STEPS_MAX && engine_plan(engine)->state == PLAN_TEST) {
		tested[count] = engine_plan(engine)->commit;
		mark(engine, graph, tested[count],
		     count % 2 ? VERDICT_BAD : VERDICT_GOOD);
		count++;
	}
	say("search", now() - begin);
	say("steps", count);
	if (count < 4)
		return;
	begin = now();
	mark(engine, graph, tested[2], VERDICT_SKIP);
	engine_plan(engine);
	say("override", now() - begin);
}

/* The dearest step of a replay through all events, and the first one. */
static void replay(struct session *session)
{
	size_t count = session_event_count(session);
	struct error err = ERROR_INIT;
	double most = 0;

	for (size_t at = count; at-- > 1;) {
		double begin = now();

		if (session_go(session, at, &err) < 0)
			fail(&err);
		engine_plan(session_engine(session));
		begin = now() - begin;
		if (at == count - 1)
			say("first step back", begin);
		else if (begin > most)
			most = begin;
	}
	say("dearest step back", most);
	if (session_go(session, count, &err) < 0)
		fail(&err);
}

static void what_if(struct session *session)
{
	size_t count = session_event_count(session), verdicts = 0;
	const struct event **events = calloc(count, sizeof(*events));
	struct whatif_change change = { .from = 0 };
	struct error err = ERROR_INIT;
	struct course course;
	struct whatif whatif;
	double begin;

	for (size_t i = 0; i < count; i++) {
		events[i] = session_event(session, i);
		if (events[i]->kind == EVENT_VERDICT && ++verdicts == 5)
			change.event = *events[i];
	}
	if (verdicts < 5)
		goto out;
	begin = now();
	course_make(&course, session_present_graph(session), events, count);
	say("course", now() - begin);
	course_release(&course);
	change.event.verdict = change.event.verdict == VERDICT_GOOD
				       ? VERDICT_BAD
				       : VERDICT_GOOD;
	begin = now();
	if (whatif_make(&whatif, session_present_graph(session), events, count,
			&change, 1, &err) < 0)
		fail(&err);
	say("what if", now() - begin);
	whatif_release(&whatif);
out:
	free(events);
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	struct strata strata;
	struct session *session;
	double begin = now();
	const struct graph *graph;
	const struct plan *plan;

	if (argc != 2 || session_open(argv[1], &session, &err) < 0)
		fail(&err);
	plan = engine_plan(session_engine(session));
	graph = session_graph(session);
	say("open", now() - begin);
	say("next if good", next_if(session_engine(session), graph,
				    plan->commit, VERDICT_GOOD));
	say("next if bad",
	    next_if(session_engine(session), graph, plan->commit, VERDICT_BAD));
	begin = now();
	strata_find(&strata, session_engine(session), graph);
	say("view", now() - begin);
	say("suspects", plan->suspects);
	say("kilobytes", peak_memory());
	strata_release(&strata);
	search(engine_copy(session_engine(session)), graph);
	replay(session);
	what_if(session);
	session_close(session);
	return 0;
}
