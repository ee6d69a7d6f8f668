/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What control and plan do in the program, done here in a world: the choice,
 * when to stop and what to build ahead are all the engine's (advice.h).
 */

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "base/array.h"
#include "base/xalloc.h"
#include "engine/advice.h"
#include "engine/belief.h"
#include "engine/graph.h"
#include "engine/prior.h"
#include "engine/span.h"
#include "tests/bench/policy/rules.h"
#include "tests/bench/policy/sim.h"

#define MINUTE	  60000.0
#define WAVES_MAX 400

struct hunt {
	struct sim *sim;
	struct record *records;
	size_t record_count, record_room;
	int *begun; /* commits whose build was begun */
	size_t begun_count, begun_room;
	double clean_minutes, crash_minutes; /* sums */
	int clean, crashed;
	struct site *sites;
	struct world world;
	struct belief belief;
	double *weights; /* by commit, or NULL */
};

static void note_begun(struct hunt *hunt, int commit)
{
	for (size_t i = 0; i < hunt->begun_count; i++)
		if (hunt->begun[i] == commit)
			return;
	array_grow(hunt->begun, hunt->begun_count + 1, &hunt->begun_room);
	hunt->begun[hunt->begun_count++] = commit;
}

static struct record *record_at(struct hunt *hunt, int commit)
{
	for (size_t i = 0; i < hunt->record_count; i++)
		if (hunt->records[i].commit == commit)
			return &hunt->records[i];
	array_grow(hunt->records, hunt->record_count + 1, &hunt->record_room);
	hunt->records[hunt->record_count] = (struct record){ .commit = commit };
	return &hunt->records[hunt->record_count++];
}

/* What the engine is told: costs are means of what was, and one guess. */
static void describe(struct hunt *hunt)
{
	const struct sim *sim = hunt->sim;

	hunt->world = (struct world){
		.build = sim->cell->build * MINUTE,
		.clean = (hunt->clean_minutes + CLEAN_MIN) / (hunt->clean + 1) *
			 MINUTE,
		.crash = (hunt->crash_minutes + CRASH_MIN) /
			 (hunt->crashed + 1) * MINUTE,
		.overhead = OVERHEAD_MIN * MINUTE,
		.slots = sim->cell->vms,
		.ahead = sim->cell->ahead,
		.ends = sim->cell->confirm,
	};
	free(hunt->sites);
	hunt->sites = xcalloc(hunt->begun_count + 1, sizeof(*hunt->sites));
	for (size_t i = 0; i < hunt->begun_count; i++) {
		int commit = hunt->begun[i];
		double left = sim_left(sim, commit);
		struct site site = { commit, SITE_COMING, left * MINUTE };

		if (sim->state[commit] == KERNEL_BROKEN)
			site.kind = SITE_BROKEN;
		else if (sim->state[commit] == KERNEL_READY)
			site.kind = SITE_READY;
		else if (left < 0)
			continue;
		hunt->sites[hunt->world.site_count++] = site;
	}
	hunt->world.sites = hunt->sites;
}

static void believe(struct hunt *hunt)
{
	if (hunt->belief.posterior)
		belief_release(&hunt->belief);
	belief_make(&hunt->belief, hunt->sim->cell->span,
		    &(struct question){ .records = hunt->records,
					.record_count = (int)hunt->record_count,
					.weights = hunt->weights });
}

static void build_ahead(struct hunt *hunt, const struct choice *choice)
{
	struct choice next[WORKERS_MAX];
	int commits[WORKERS_MAX], count;

	if (!hunt->sim->cell->ahead)
		return;
	describe(hunt);
	count = advice_ahead(&hunt->belief, &hunt->world,
			     hunt->sim->cell->delta, choice, next,
			     hunt->sim->cell->workers);
	for (int i = 0; i < count; i++) {
		commits[i] = next[i].commit;
		note_begun(hunt, commits[i]);
	}
	sim_build(hunt->sim, commits, count);
}

static bool is_decisive(const void *data, const struct batch *batch, int flying)
{
	const struct hunt *hunt = data;

	(void)batch;
	return advice_is_decisive(&hunt->belief, flying);
}

static void test(struct hunt *hunt, const struct choice *choice)
{
	struct record *record = record_at(hunt, choice->commit);
	struct batch batch;

	sim_run(hunt->sim, choice->commit, choice->runs, choice->whole,
		choice->whole ? NULL : is_decisive, hunt, &batch);
	record->clean += batch.clean;
	record->showing += batch.crashed - (batch.flying > 0);
	if (batch.flying)
		record->killed[batch.flying]++;
	hunt->clean += batch.clean;
	hunt->crashed += batch.crashed;
	hunt->clean_minutes += batch.clean_minutes;
	hunt->crash_minutes += batch.crash_minutes;
}

static double cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void decide(struct hunt *hunt, struct advice *advice)
{
	double begun = cpu_seconds(), took;

	believe(hunt);
	describe(hunt);
	advice_make(advice, &hunt->belief, &hunt->world,
		    hunt->sim->cell->delta);
	took = cpu_seconds() - begun;
	hunt->sim->thought += took;
	hunt->sim->longest = fmax(hunt->sim->longest, took);
	hunt->sim->decisions++;
}

/* What the report's files say before any test. */
static double *weigh(const struct sim *sim)
{
	const struct cell *cell = sim->cell;
	int count = graph_count(cell->graph);
	double *weights;

	if (!sim->touch)
		return NULL;
	weights = xcalloc((size_t)count, sizeof(*weights));
	prior_weights(sim->touch, count, true, span_commits(cell->span),
		      span_count(cell->span), weights);
	return weights;
}

void search_adaptive(struct sim *sim, struct answer *answer)
{
	struct hunt hunt = { .sim = sim, .weights = weigh(sim) };

	for (int wave = 0; wave < WAVES_MAX; wave++) {
		struct advice advice;

		decide(&hunt, &advice);
		answer->single = advice.kind == ADVICE_FOUND;
		answer->commit = advice.commit;
		sim->claimed = advice.chance;
		if (advice.kind == ADVICE_UNDECIDED)
			answer_set(answer, sim, advice.set, advice.set_count);
		advice_release(&advice);
		if (advice.kind != ADVICE_TEST && advice.kind != ADVICE_CONFIRM)
			break;
		note_begun(&hunt, advice.choice.commit);
		if (!sim_need(sim, advice.choice.commit))
			continue;
		build_ahead(&hunt, &advice.choice);
		test(&hunt, &advice.choice);
	}
	belief_release(&hunt.belief);
	free(hunt.records);
	free(hunt.weights);
	free(hunt.begun);
	free(hunt.sites);
}
