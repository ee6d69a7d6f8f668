/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * A whole session in a world: events in, a plan out, as the program has it.
 * What control does (one build, as many runs as there are machines, what is
 * not wished for any more is stopped) is done here, with the engine's own
 * fold, waves and verdicts; nothing is built ahead.
 */

#include <stdlib.h>

#include "base/array.h"
#include "base/error.h"
#include "base/xalloc.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "tests/bench/policy/range.h"
#include "tests/bench/policy/rules.h"
#include "tests/bench/policy/sim.h"

#define MINUTE	   60000.0
#define EVENTS_MAX 20000

struct aloft {
	int commit, number;
	struct flight flight;
};

struct play {
	struct sim *sim;
	struct engine *engine;
	struct event **events;
	size_t event_count, event_room;
	struct aloft aloft[VMS_MAX];
	int aloft_count;
};

static void tell(struct play *play, struct event event)
{
	struct error err = ERROR_INIT;

	event.seq = (int64_t)play->event_count + 1;
	event.at = (int64_t)(play->sim->now * MINUTE) + 1;
	array_grow(play->events, play->event_count + 1, &play->event_room);
	play->events[play->event_count++] = event_copy(&event);
	if (engine_apply(play->engine, play->events[play->event_count - 1],
			 &err) < 0)
		die("an event", err.text);
}

static struct event about(const struct play *play, enum event_kind kind,
			  int commit)
{
	return (struct event){ .kind = kind,
			       .by = BY_ENGINE,
			       .commit = *graph_oid(play->sim->cell->graph,
						    commit) };
}

static void mark(struct play *play, enum actor by, int commit,
		 enum verdict verdict)
{
	struct event event = about(play, EVENT_VERDICT, commit);

	event.by = by;
	event.verdict = verdict;
	tell(play, event);
}

static void begin(struct play *play, const char *policy)
{
	const struct cell *cell = play->sim->cell;
	char *copy = xstrdup(policy);

	tell(play, (struct event){ .kind = EVENT_START,
				   .by = BY_START,
				   .policy = copy });
	free(copy);
	mark(play, BY_START, cell->bad, VERDICT_BAD);
	mark(play, BY_START, cell->good, VERDICT_GOOD);
	if (cell->confirm)
		tell(play,
		     (struct event){ .kind = EVENT_CONFIRM, .by = BY_START });
	tell(play, (struct event){ .kind = EVENT_ENGINE,
				   .by = BY_ENGINE,
				   .number = 1,
				   .steps = cell->vms });
}

static void build(struct play *play, int commit)
{
	double begun = play->sim->now;
	struct event event = about(play, EVENT_BUILD, commit);

	tell(play, about(play, EVENT_BUILD_BEGIN, commit));
	event.build = sim_need(play->sim, commit) ? BUILD_OK : BUILD_FAILED;
	event.duration_ms = (int64_t)((play->sim->now - begun) * MINUTE);
	event.signature = (char *)(uintptr_t)event.commit.hex;
	tell(play, event);
}

static void drop(struct play *play, int at)
{
	play->aloft[at] = play->aloft[--play->aloft_count];
}

/* What the plan does not want any more. */
static void stop_unwished(struct play *play)
{
	const struct plan *plan = engine_plan(play->engine);
	bool unwished[VMS_MAX];

	for (int i = 0; i < play->aloft_count; i++)
		unwished[i] =
			!plan_wants(plan, play->aloft[i].commit, WISH_RUNS);
	for (int i = play->aloft_count - 1; i >= 0; i--) {
		struct event event =
			about(play, EVENT_RUN_STOPPED, play->aloft[i].commit);

		if (!unwished[i])
			continue;
		event.number = play->aloft[i].number;
		drop(play, i);
		tell(play, event);
	}
}

static int next_number(const struct play *play, int commit)
{
	const struct step *step = engine_step_of(play->engine, commit);
	int number = 0;

	for (int i = 0; step && i < step->run_count; i++)
		number += step->runs[i].number == number;
	return number;
}

static void start(struct play *play, int commit, int wanted)
{
	int flying = 0;

	for (int i = 0; i < play->aloft_count; i++)
		flying += play->aloft[i].commit == commit;
	while (play->aloft_count < play->sim->cell->vms && flying < wanted) {
		struct event event = about(play, EVENT_RUN_BEGIN, commit);

		event.number = next_number(play, commit);
		play->aloft[play->aloft_count++] =
			(struct aloft){ commit, (int)event.number,
					sim_fly(play->sim, commit) };
		tell(play, event);
		flying++;
	}
}

static void land(struct play *play)
{
	static const enum outcome outcomes[] = {
		[FATE_CLEAN] = OUTCOME_OK,
		[FATE_CRASH] = OUTCOME_CRASHED,
		[FATE_LOST] = OUTCOME_IGNORED,
	};
	struct aloft aloft;
	struct event event;
	int first = 0;

	for (int i = 1; i < play->aloft_count; i++)
		if (play->aloft[i].flight.ends < play->aloft[first].flight.ends)
			first = i;
	aloft = play->aloft[first];
	drop(play, first);
	sim_pass(play->sim, aloft.flight.ends);
	event = about(play, EVENT_RUN, aloft.commit);
	event.number = aloft.number;
	event.outcome = outcomes[aloft.flight.fate];
	event.duration_ms =
		(int64_t)((aloft.flight.ends - aloft.flight.began) * MINUTE);
	tell(play, event);
}

/* The next thing that can be done; false where there is none. */
static bool go_on(struct play *play)
{
	const struct plan *plan = engine_plan(play->engine);
	const struct wish *job = NULL;
	int commit, runs;

	if (plan->wish_count && plan->wishes[0].kind == WISH_VERDICT) {
		mark(play, BY_POLICY, plan->wishes[0].commit,
		     plan->wishes[0].verdict);
		return true;
	}
	for (int i = 0; i < plan->wish_count && !job; i++)
		if (plan->wishes[i].kind == WISH_BUILD ||
		    plan->wishes[i].kind == WISH_RUNS)
			job = &plan->wishes[i];
	if (!job)
		return false;
	commit = job->commit;
	runs = job->kind == WISH_RUNS ? job->runs : 0;
	stop_unwished(play);
	if (!runs) {
		build(play, commit);
		return true;
	}
	start(play, commit, runs);
	land(play);
	return true;
}

static void search(struct sim *sim, const char *policy, struct answer *answer)
{
	struct play play = { .sim = sim,
			     .engine = engine_new(sim->cell->graph) };
	const struct plan *plan;

	begin(&play, policy);
	while (play.event_count < EVENTS_MAX && go_on(&play))
		;
	plan = engine_plan(play.engine);
	answer->single = plan->state == PLAN_FOUND;
	answer->commit = plan->commit;
	if (plan->state == PLAN_ONLY_SKIPPED)
		answer_set(answer, sim, plan->candidates,
			   plan->candidate_count);
	engine_free(play.engine);
	for (size_t i = 0; i < play.event_count; i++)
		event_free(play.events[i]);
	free(play.events);
}

void search_session(struct sim *sim, struct answer *answer)
{
	search(sim, "adaptive", answer);
}

void search_session_table(struct sim *sim, struct answer *answer)
{
	search(sim, "syzkaller", answer);
}
