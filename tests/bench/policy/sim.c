/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/policy/sim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "engine/graph.h"
#include "engine/prior.h"
#include "engine/span.h"

#define BLOCK 40 /* mean length of what does not build */

enum stream {
	CULPRIT,
	BLOCK_LENGTH,
	BLOCK_PLACE,
	MASK,
	LOSS,
	LASTS,
	CRASHES,
	HIT,
	TAG
};

static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* In 0..1, never either. */
static double chance(const struct sim *sim, enum stream stream, int commit,
		     int index)
{
	uint64_t x = mix(sim->cell->seed);

	x = mix(x ^ sim->number);
	x = mix(x ^ (uint64_t)stream);
	x = mix(x ^ (uint64_t)commit);
	x = mix(x ^ (uint64_t)index);
	return ((double)(x >> 12) + 0.5) / 4503599627370496.0;
}

static void place_bug(struct sim *sim)
{
	const struct span *span = sim->cell->span;
	const int *commits = span_commits(span);
	int count = span_count(span);
	const struct cell *cell = sim->cell;
	double share = cell->from +
		       chance(sim, CULPRIT, 0, 0) * (cell->to - cell->from);
	int place = (int)(share * count);

	sim->culprit = commits[place];
	sim->bug[sim->culprit] = 1;
	for (int i = place + 1; i < count; i++) {
		const int *parents;
		int n = span_parents(span, i, &parents);

		for (int k = 0; k < n; k++)
			sim->bug[commits[i]] |= sim->bug[commits[parents[k]]];
	}
}

/* Blocks of commits in a row; neither end is in one. */
static void break_builds(struct sim *sim)
{
	const int *commits = span_commits(sim->cell->span);
	int count = span_count(sim->cell->span), broken = 0;

	for (int k = 0; broken < sim->cell->broken * count; k++) {
		double u = chance(sim, BLOCK_LENGTH, 0, k);
		int length = (int)ceil(log(u) / log1p(-1.0 / BLOCK));
		int from = (int)(chance(sim, BLOCK_PLACE, 0, k) * (count - 1));

		for (int i = from; i < from + length && i < count - 1; i++) {
			broken += !sim->broken[commits[i]];
			sim->broken[commits[i]] = 1;
		}
	}
}

/*
 * What the report names: the culprit touches it or does not, and of the others
 * as many as there have to be, anywhere.
 */
static void tag(struct sim *sim)
{
	const struct cell *cell = sim->cell;
	const int *commits = span_commits(cell->span);
	int count = span_count(cell->span);
	int left = (int)ceil(cell->tagged * count);

	if (!(cell->tagged > 0))
		return;
	sim->touch = xcalloc((size_t)graph_count(cell->graph), 1);
	if (chance(sim, HIT, 0, 0) < cell->hit) {
		sim->touch[sim->culprit] = TOUCH_FILE;
		left--;
	}
	for (int k = 0; left > 0 && k < 100 * count; k++) {
		int commit = commits[(int)(chance(sim, TAG, 0, k) * count)];

		if (commit == sim->culprit || sim->touch[commit])
			continue;
		sim->touch[commit] = TOUCH_FILE;
		left--;
	}
}

bool sim_is_blocked(const struct sim *sim, int commit)
{
	const int *parents;
	int count = graph_parents(sim->cell->graph, commit, &parents);

	for (int i = 0; i < count; i++)
		if (sim->broken[parents[i]])
			return true;
	return sim->broken[commit];
}

bool sim_is_fair(const struct sim *sim)
{
	return !sim_is_blocked(sim, sim->culprit);
}

void sim_make(struct sim *sim, const struct cell *cell, uint64_t number)
{
	size_t count = (size_t)graph_count(cell->graph);

	memset(sim, 0, sizeof(*sim));
	sim->cell = cell;
	sim->number = number;
	sim->claimed = -1;
	sim->bug = xcalloc(count, 1);
	sim->broken = xcalloc(count, 1);
	sim->runs = xcalloc(count, sizeof(int));
	sim->state = xcalloc(count, 1);
	place_bug(sim);
	break_builds(sim);
	tag(sim);
}

void sim_release(struct sim *sim)
{
	free(sim->bug);
	free(sim->broken);
	free(sim->touch);
	free(sim->runs);
	free(sim->state);
}

static void drop_build(struct sim *sim, int at)
{
	sim->building_count--;
	for (int i = at; i < sim->building_count; i++) {
		sim->building[i] = sim->building[i + 1];
		sim->ready[i] = sim->ready[i + 1];
	}
}

void sim_pass(struct sim *sim, double until)
{
	sim->now = fmax(sim->now, until);
	for (int i = sim->building_count - 1; i >= 0; i--) {
		int commit = sim->building[i];

		if (sim->ready[i] > sim->now)
			continue;
		sim->state[commit] =
			sim->broken[commit] ? KERNEL_BROKEN : KERNEL_READY;
		drop_build(sim, i);
	}
}

static int find_build(const struct sim *sim, int commit)
{
	for (int i = 0; i < sim->building_count; i++)
		if (sim->building[i] == commit)
			return i;
	return -1;
}

static void start_build(struct sim *sim, int commit)
{
	int at = sim->building_count++;

	sim->building[at] = commit;
	sim->ready[at] = sim->now + (sim->broken[commit] ? sim->cell->build / 2
							 : sim->cell->build);
	sim->state[commit] = KERNEL_COMING;
	sim->builds++;
}

static void give_up(struct sim *sim, int at)
{
	sim->state[sim->building[at]] = KERNEL_NONE;
	drop_build(sim, at);
}

bool sim_need(struct sim *sim, int commit)
{
	if (sim->state[commit] == KERNEL_NONE) {
		if (sim->building_count >= sim->cell->workers)
			give_up(sim, sim->building_count - 1);
		start_build(sim, commit);
	}
	if (sim->state[commit] == KERNEL_COMING)
		sim_pass(sim, sim->ready[find_build(sim, commit)]);
	return sim->state[commit] == KERNEL_READY;
}

void sim_build(struct sim *sim, const int *commits, int count)
{
	for (int i = sim->building_count - 1; i >= 0; i--) {
		bool wanted = false;

		for (int k = 0; k < count; k++)
			wanted = wanted || commits[k] == sim->building[i];
		if (!wanted)
			give_up(sim, i);
	}
	for (int i = 0; i < count; i++)
		if (sim->state[commits[i]] == KERNEL_NONE &&
		    sim->building_count < sim->cell->workers)
			start_build(sim, commits[i]);
}

double sim_left(const struct sim *sim, int commit)
{
	int at = find_build(sim, commit);

	if (at >= 0)
		return sim->ready[at] - sim->now;
	return sim->state[commit] == KERNEL_READY ? 0 : -1;
}

static double rate_of(const struct sim *sim, int commit)
{
	const struct cell *cell = sim->cell;
	bool silent = commit != cell->bad &&
		      chance(sim, MASK, commit, 0) < cell->mask;

	return sim->bug[commit] && !silent ? cell->p : cell->q;
}

/* The next run of a commit.  A bug strikes with a constant hazard. */
static struct flight start_run(struct sim *sim, int commit, double now)
{
	int k = sim->runs[commit]++;
	double rate = rate_of(sim, commit), u, hazard;
	double lasts = chance(sim, LASTS, commit, k);

	sim->runs_started++;
	if (chance(sim, LOSS, commit, k) < sim->cell->lost)
		return (struct flight){ FATE_LOST, now,
					now + LOST_MIN * (0.5 + lasts) };
	if (chance(sim, CRASHES, commit, k) >= rate)
		return (struct flight){ FATE_CLEAN, now, now + CLEAN_MIN };
	if (rate >= 0.999)
		return (struct flight){
			FATE_CRASH, now,
			now + BOOT_MIN + (CRASH_MIN - BOOT_MIN) * 2 * lasts
		};
	hazard = fmax(rate, 0.02);
	u = log1p(-lasts * hazard) / log1p(-hazard);
	return (struct flight){ FATE_CRASH, now,
				now + BOOT_MIN + (CLEAN_MIN - BOOT_MIN) * u };
}

struct flight sim_fly(struct sim *sim, int commit)
{
	return start_run(sim, commit, sim->now);
}

static int first_to_end(const struct flight *flights, int count)
{
	int first = 0;

	for (int i = 1; i < count; i++)
		if (flights[i].ends < flights[first].ends)
			first = i;
	return first;
}

static void land(struct batch *batch, const struct flight *flight)
{
	double minutes = flight->ends - flight->began;

	batch->lost += flight->fate == FATE_LOST;
	batch->clean += flight->fate == FATE_CLEAN;
	batch->crashed += flight->fate == FATE_CRASH;
	if (flight->fate == FATE_CLEAN)
		batch->clean_minutes += minutes;
	if (flight->fate == FATE_CRASH)
		batch->crash_minutes += minutes;
}

void sim_run(struct sim *sim, int commit, int runs, bool refill,
	     bool (*stop)(const void *data, const struct batch *batch,
			  int flying),
	     const void *data, struct batch *batch)
{
	struct flight flights[VMS_MAX];
	int vms = runs < sim->cell->vms ? runs : sim->cell->vms;
	int flying = 0, started = 0;
	double begin = sim->now, now = begin;

	memset(batch, 0, sizeof(*batch));
	while (flying < vms && started++ < runs)
		flights[flying++] = start_run(sim, commit, begin);
	while (flying) {
		int at = first_to_end(flights, flying);
		struct flight flight = flights[at];

		now = flight.ends;
		land(batch, &flight);
		if (flight.fate == FATE_LOST && refill)
			runs++;
		if (flight.fate == FATE_CRASH && stop &&
		    stop(data, batch, flying)) {
			batch->flying = flying;
			break;
		}
		flights[at] = flights[--flying];
		if (started < runs) {
			flights[flying++] = start_run(sim, commit, now);
			started++;
		}
	}
	sim->vm_minutes += (now - begin) * vms;
	sim_pass(sim, now + OVERHEAD_MIN);
}
