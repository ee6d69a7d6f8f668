/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * How a policy does on the practice repository, many times over: the engine
 * itself, with builds and runs that only take their time by its own clock.
 *
 *     demos POLICY RATE SLOTS FROM TO <GRAPH
 *
 * A line of GRAPH is a commit, parents first: NAME FLAG [PARENT...], where FLAG
 * is - or b (does not build), B (does not boot), X (the culprit).  The first
 * line is the good end, the last one the bad one.  Prints how often the culprit
 * was named, and what it took.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "engine/graph.h"
#include "tests/unit/world.h"

#define COMMITS_MAX 2000
#define FLIGHTS_MAX 32
#define RUNS_MAX    5000
#define NOISE	    6 /* of 100 runs of any commit crash otherwise */

#define BUILD_MS 1000
#define CLEAN_MS 200
#define CRASH_MS 60

struct commit {
	char name[12];
	char flag;
	bool bug;
};

struct flight {
	int commit, number;
	double end;
	enum outcome outcome;
};

struct demo {
	struct world world;
	struct flight flights[FLIGHTS_MAX];
	int flight_count;
	double now;
	int runs, builds;
	uint64_t seed;
};

struct bench {
	struct buf graph;
	struct commit commits[COMMITS_MAX];
	int count, culprit;
	const char *policy;
	int rate, slots;
};

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash ^= value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
	hash ^= hash >> 30;
	hash *= 0xbf58476d1ce4e5b9u;
	hash ^= hash >> 27;
	hash *= 0x94d049bb133111ebu;
	return hash ^ hash >> 31;
}

/* What a run of this number comes to, whoever orders it. */
static void cast(const struct bench *bench, const struct demo *demo,
		 struct flight *flight)
{
	const struct commit *commit = &bench->commits[flight->commit];
	uint64_t dice = mix(mix(mix(demo->seed, 7), (uint64_t)flight->commit),
			    (uint64_t)flight->number);
	double part = (double)(mix(dice, 3) % 1000) / 1000;

	flight->end = demo->now + CLEAN_MS * (0.95 + part / 10);
	flight->outcome = OUTCOME_OK;
	if (commit->flag == 'B')
		flight->outcome = OUTCOME_BOOT_FAILED;
	else if (commit->bug && (int)(mix(dice, 1) % 100) < bench->rate)
		flight->outcome = OUTCOME_CRASHED;
	else if (mix(dice, 2) % 100 < NOISE)
		flight->outcome = OUTCOME_IGNORED;
	if (flight->outcome == OUTCOME_CRASHED)
		flight->end = demo->now + CRASH_MS + part * CLEAN_MS / 2;
}

static void say(struct demo *demo, struct event event, int commit)
{
	event.by = event.by ? event.by : BY_ENGINE;
	event.commit = *graph_oid(demo->world.graph, commit);
	if (world_apply(&demo->world, event) < 0) {
		fprintf(stderr, "demos: %s\n", demo->world.err.text);
		exit(1);
	}
}

static int free_number(struct demo *demo, int commit)
{
	const struct step *step = engine_step_of(demo->world.engine, commit);
	int number = 0;

	for (int i = 0; step && i < step->run_count; i++)
		number += step->runs[i].number == number;
	return number;
}

static int flights_of(const struct demo *demo, int commit)
{
	int count = 0;

	for (int i = 0; i < demo->flight_count; i++)
		count += demo->flights[i].commit == commit;
	return count;
}

static void start_run(const struct bench *bench, struct demo *demo, int commit)
{
	struct flight flight = { .commit = commit,
				 .number = free_number(demo, commit) };

	cast(bench, demo, &flight);
	say(demo,
	    (struct event){ .kind = EVENT_RUN_BEGIN, .number = flight.number },
	    commit);
	demo->flights[demo->flight_count++] = flight;
	demo->runs++;
}

static void end_run(struct demo *demo)
{
	struct flight flight;
	int first = 0;

	for (int i = 1; i < demo->flight_count; i++)
		if (demo->flights[i].end < demo->flights[first].end)
			first = i;
	flight = demo->flights[first];
	demo->flights[first] = demo->flights[--demo->flight_count];
	demo->now = flight.end;
	say(demo,
	    (struct event){ .kind = EVENT_RUN,
			    .number = flight.number,
			    .outcome = flight.outcome,
			    .duration_ms = flight.outcome == OUTCOME_CRASHED
						   ? CRASH_MS + CLEAN_MS / 4
						   : CLEAN_MS },
	    flight.commit);
}

static void stop_run(struct demo *demo, int place)
{
	struct flight flight = demo->flights[place];

	demo->flights[place] = demo->flights[--demo->flight_count];
	say(demo,
	    (struct event){ .kind = EVENT_RUN_STOPPED,
			    .number = flight.number },
	    flight.commit);
}

static void build(const struct bench *bench, struct demo *demo, int commit)
{
	bool fails = bench->commits[commit].flag == 'b';

	say(demo, (struct event){ .kind = EVENT_BUILD_BEGIN }, commit);
	demo->now += BUILD_MS;
	demo->builds++;
	say(demo,
	    (struct event){ .kind = EVENT_BUILD,
			    .build = fails ? BUILD_FAILED : BUILD_OK,
			    .duration_ms = BUILD_MS },
	    commit);
}

static const struct wish *first_job(const struct plan *plan)
{
	for (int i = 0; i < plan->wish_count; i++)
		if (plan->wishes[i].kind == WISH_BUILD ||
		    plan->wishes[i].kind == WISH_RUNS)
			return &plan->wishes[i];
	return NULL;
}

static bool is_wished(const struct plan *plan, int commit)
{
	for (int i = 0; i < plan->wish_count; i++)
		if (plan->wishes[i].kind == WISH_RUNS &&
		    plan->wishes[i].commit == commit)
			return true;
	return false;
}

/* As control/pump.c does; false when there is nothing left to do. */
static bool go_on(const struct bench *bench, struct demo *demo)
{
	const struct plan *plan = engine_plan(demo->world.engine);
	const struct wish *job = first_job(plan);

	if (plan->wish_count && plan->wishes[0].kind == WISH_VERDICT) {
		say(demo,
		    (struct event){ .kind = EVENT_VERDICT,
				    .by = BY_POLICY,
				    .verdict = plan->wishes[0].verdict },
		    plan->wishes[0].commit);
		return true;
	}
	for (int i = 0; i < demo->flight_count; i++) {
		if (is_wished(plan, demo->flights[i].commit))
			continue;
		stop_run(demo, i);
		return true;
	}
	if (!job && !demo->flight_count)
		return false;
	if (job && job->kind == WISH_BUILD && !demo->flight_count) {
		build(bench, demo, job->commit);
		return true;
	}
	if (getenv("DEMOS_TRACE") && job && job->kind == WISH_RUNS &&
	    !demo->flight_count)
		printf("%6.0f %s %d: %s\n", demo->now,
		       bench->commits[job->commit].name, job->runs, job->why);
	if (job && job->kind == WISH_RUNS &&
	    demo->flight_count < bench->slots &&
	    flights_of(demo, job->commit) < job->runs) {
		start_run(bench, demo, job->commit);
		return true;
	}
	end_run(demo);
	return true;
}

static void read_graph(struct bench *bench)
{
	char line[400];

	while (fgets(line, sizeof(line), stdin) && bench->count < COMMITS_MAX) {
		struct commit *commit = &bench->commits[bench->count];
		char *rest = line, *word = strsep(&rest, " \n");
		int parents = 0;

		snprintf(commit->name, sizeof(commit->name), "%s", word);
		commit->flag = *strsep(&rest, " \n");
		if (commit->flag == 'X')
			bench->culprit = bench->count;
		buf_printf(&bench->graph, " %s", commit->name);
		while (rest && (word = strsep(&rest, " \n")))
			if (*word)
				buf_printf(&bench->graph, "%c%s",
					   parents++ ? ',' : ':', word);
		bench->count++;
	}
}

static void begin(const struct bench *bench, struct demo *demo)
{
	struct world *world = &demo->world;

	world_init(world, bench->graph.text);
	world_start(world, bench->policy, false);
	world_mark(world, BY_START, bench->commits[bench->count - 1].name,
		   VERDICT_BAD);
	world_mark(world, BY_START, bench->commits[0].name, VERDICT_GOOD);
	world_apply(world, (struct event){ .kind = EVENT_ENGINE,
					   .by = BY_ENGINE,
					   .steps = bench->slots });
}

/* Which commits have the bug. */
static void spread(struct bench *bench)
{
	struct world world;

	world_init(&world, bench->graph.text);
	for (int i = 0; i < bench->count; i++)
		bench->commits[i].bug =
			i == bench->culprit ||
			graph_is_ancestor(world.graph, bench->culprit, i);
	world_release(&world);
}

int main(int argc, char **argv)
{
	static struct bench bench;
	int right = 0, wrong = 0, none = 0;
	double runs = 0, builds = 0, wall = 0;
	int from, to;

	if (argc != 6) {
		fprintf(stderr, "usage: demos POLICY RATE SLOTS FROM TO\n");
		return 2;
	}
	buf_init(&bench.graph, 0);
	bench.policy = argv[1];
	bench.rate = atoi(argv[2]);
	bench.slots = atoi(argv[3]);
	from = atoi(argv[4]);
	to = atoi(argv[5]);
	read_graph(&bench);
	spread(&bench);
	for (int seed = from; seed <= to; seed++) {
		struct demo demo = { .seed = (uint64_t)seed };
		const struct plan *plan;

		begin(&bench, &demo);
		while (demo.runs < RUNS_MAX && go_on(&bench, &demo))
			;
		plan = engine_plan(demo.world.engine);
		if (plan->state != PLAN_FOUND)
			none++;
		else if (plan->commit == bench.culprit)
			right++;
		else
			wrong++;
		runs += demo.runs;
		builds += demo.builds;
		wall += demo.now;
		if (getenv("DEMOS_EACH"))
			printf("%d\t%s\t%d runs\t%d builds\n", seed,
			       plan->state != PLAN_FOUND       ? "none"
			       : plan->commit == bench.culprit ? "right"
							       : "wrong",
			       demo.runs, demo.builds);
		world_release(&demo.world);
	}
	printf("%d %d %d %.0f %.0f %.0f\n", right, wrong, none, runs, builds,
	       wall);
	buf_release(&bench.graph);
	return 0;
}
