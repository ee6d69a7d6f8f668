/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/policy/rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "engine/graph.h"
#include "engine/likelihood.h"
#include "engine/span.h"
#include "engine/suspects.h"
#include "engine/verdict.h"
#include "tests/bench/policy/sim.h"

void answer_set(struct answer *answer, const struct sim *sim,
		const int *commits, int count)
{
	int blocked = 0;

	answer->in_set = false;
	for (int i = 0; i < count; i++) {
		answer->in_set = answer->in_set || commits[i] == sim->culprit;
		blocked += sim_is_blocked(sim, commits[i]);
	}
	answer->enclosed = answer->in_set && blocked == count;
}

/*
 * git's order: each verdict is final, and the next commit is the one that git
 * bisect would test.  How a commit gets its verdict is the policy's.
 */
struct searching {
	struct sim *sim;
	enum verdict (*judge)(struct searching *searching, int commit,
			      bool first);
	int bad;
	int *goods, *skips;
	size_t good_count, good_room, skip_count, skip_room;

	bool flaky;	     /* syzkaller: a bad commit crashed seldom */
	double reproduced;   /* the same: the lowest share of crashes */
	double weights[100]; /* strict: logarithms, by rate */
};

static struct suspects_query query_of(const struct searching *searching)
{
	return (struct suspects_query){
		.bad = searching->bad,
		.goods = searching->goods,
		.good_count = (int)searching->good_count,
		.skips = searching->skips,
		.skip_count = (int)searching->skip_count,
	};
}

static struct midpoint next_of(const struct searching *searching)
{
	const struct suspects_query query = query_of(searching);
	const struct graph *graph = searching->sim->cell->graph;
	struct suspects *suspects = suspects_find(graph, &query);
	struct midpoint midpoint = suspects_midpoint(graph, &query, suspects);

	suspects_free(suspects);
	return midpoint;
}

/* What git would print: there are only skipped commits left to test. */
static void answer_left(const struct searching *searching,
			struct answer *answer)
{
	const struct suspects_query query = query_of(searching);
	struct suspects *suspects =
		suspects_find(searching->sim->cell->graph, &query);

	answer_set(answer, searching->sim, suspects->commits, suspects->count);
	suspects_free(suspects);
}

static void take(struct searching *searching, int commit, enum verdict verdict)
{
	if (verdict == VERDICT_BAD) {
		searching->bad = commit;
	} else if (verdict == VERDICT_GOOD) {
		array_grow(searching->goods, searching->good_count + 1,
			   &searching->good_room);
		searching->goods[searching->good_count++] = commit;
	} else {
		array_grow(searching->skips, searching->skip_count + 1,
			   &searching->skip_room);
		searching->skips[searching->skip_count++] = commit;
	}
}

/* What would be next if it were so. */
static int imagine(const struct searching *searching, int commit, bool bad)
{
	struct searching other = *searching;
	int *goods = xcalloc(searching->good_count + 1, sizeof(int));
	struct midpoint midpoint;

	if (searching->good_count)
		memcpy(goods, searching->goods,
		       searching->good_count * sizeof(int));
	other.goods = goods;
	if (bad)
		other.bad = commit;
	else
		goods[other.good_count++] = commit;
	midpoint = next_of(&other);
	free(goods);
	return midpoint.kind == MIDPOINT_TEST ? midpoint.commit : -1;
}

static void build_ahead(struct searching *searching, int commit)
{
	int next[2] = { -1, -1 }, count = 0;

	if (!searching->sim->cell->ahead)
		return;
	for (int bad = 0; bad < 2; bad++) {
		next[count] = imagine(searching, commit, bad);
		count += next[count] >= 0;
	}
	sim_build(searching->sim, next, count);
}

static bool test_ends(struct searching *searching)
{
	struct sim *sim = searching->sim;
	const struct cell *cell = sim->cell;

	sim_need(sim, cell->bad);
	if (cell->ahead)
		sim_build(sim, &cell->good, 1);
	searching->bad = cell->bad;
	if (searching->judge(searching, cell->bad, true) != VERDICT_BAD)
		return false;
	sim_need(sim, cell->good);
	take(searching, cell->good, VERDICT_GOOD);
	if (cell->ahead) {
		int commit = next_of(searching).commit;

		sim_build(sim, &commit, 1);
	}
	return searching->judge(searching, cell->good, false) != VERDICT_BAD;
}

static void search(struct searching *searching, struct answer *answer)
{
	struct sim *sim = searching->sim;

	while (test_ends(searching)) {
		struct midpoint midpoint = next_of(searching);

		while (midpoint.kind == MIDPOINT_TEST) {
			int commit = midpoint.commit;
			enum verdict verdict = VERDICT_SKIP;

			if (sim_need(sim, commit)) {
				build_ahead(searching, commit);
				verdict = searching->judge(searching, commit,
							   false);
			}
			take(searching, commit, verdict);
			midpoint = next_of(searching);
		}
		answer->single = midpoint.kind == MIDPOINT_FOUND;
		answer->commit = midpoint.commit;
		if (midpoint.kind == MIDPOINT_ONLY_SKIPPED)
			answer_left(searching, answer);
		break;
	}
	free(searching->goods);
	free(searching->skips);
}

/* git bisect run: one run, and what it says is believed. */
static enum verdict judge_once(struct searching *searching, int commit,
			       bool first)
{
	struct batch batch = { 0 };

	(void)first;
	while (!batch.crashed && !batch.clean)
		sim_run(searching->sim, commit, 1, false, NULL, NULL, &batch);
	return batch.crashed ? VERDICT_BAD : VERDICT_GOOD;
}

static void search_git(struct sim *sim, struct answer *answer)
{
	struct searching searching = { .sim = sim, .judge = judge_once };

	search(&searching, answer);
}

static int most(int a, int b)
{
	return a > b ? a : b;
}

/* syzkaller's table of December 2024 (pkg/bisect, bisectionDecision). */
static enum verdict judge_table(struct searching *searching, int commit,
				bool first)
{
	int runs = first || searching->flaky ? 20 : 10;
	bool flaky = searching->flaky;
	struct batch batch;
	enum verdict verdict = VERDICT_SKIP;
	double share;
	int seen;

	sim_run(searching->sim, commit, runs, false, NULL, NULL, &batch);
	seen = batch.crashed + batch.clean;
	share = seen ? (double)batch.crashed / seen : 0;
	if (!batch.crashed && batch.clean >= (flaky ? runs * 3 / 4 : runs / 2))
		verdict = VERDICT_GOOD;
	else if (batch.crashed >= most(2, (runs - batch.lost) / 6) &&
		 seen >= runs / 2)
		verdict = VERDICT_BAD;
	if (first)
		searching->reproduced = share;
	if (verdict == VERDICT_BAD) {
		searching->flaky = flaky || share < 0.5;
		searching->reproduced =
			fmin(searching->reproduced,
			     (searching->reproduced + share) / 2);
	}
	if (verdict == VERDICT_GOOD && commit != searching->sim->cell->good)
		searching->sim->claimed *=
			1 - pow(1 - searching->reproduced, batch.clean);
	return verdict;
}

static void search_table(struct sim *sim, struct answer *answer)
{
	struct searching searching = { .sim = sim, .judge = judge_table };

	sim->claimed = 1;
	search(&searching, answer);
	if (sim->claimed < 0.66) /* such an answer it hides */
		answer->single = false;
}

/*
 * Wald's test of each commit by itself: with the bug at a rate of which the
 * newer end told something, or without it at 1 %; wrong once in 100.
 */
#define RATES	   100
#define ALPHA	   0.01
#define STRAY	   0.01
#define STRICT_MAX 300

static double rate_at(int i)
{
	return (i + 0.5) / RATES;
}

/* The logarithms of the chance of what was seen, by rate and without. */
struct evidence {
	double with[RATES], without;
};

static double log_odds(const struct evidence *evidence)
{
	return logs_together(evidence->with, RATES) - evidence->without;
}

static void weigh(struct evidence *evidence, const struct batch *batch)
{
	struct record record = { .showing =
					 batch->crashed - (batch->flying > 0),
				 .clean = batch->clean };

	if (batch->flying)
		record.killed[batch->flying] = 1;
	for (int i = 0; i < RATES; i++)
		evidence->with[i] += record_fit(&record, rate_at(i));
	evidence->without += record_fit(&record, STRAY);
}

static bool is_settled(const void *data, const struct batch *batch, int flying)
{
	struct evidence evidence = *(const struct evidence *)data;
	struct batch now = *batch;

	now.flying = flying;
	weigh(&evidence, &now);
	return log_odds(&evidence) >= -log(ALPHA);
}

/* So many clean runs would make it good. */
static int clean_wanted(const struct evidence *evidence, int vms)
{
	for (int runs = 1; runs < vms; runs++) {
		struct evidence then = *evidence;

		weigh(&then, &(struct batch){ .clean = runs });
		if (log_odds(&then) <= log(ALPHA))
			return runs;
	}
	return vms;
}

/* At the newer end: until three crashes tell the rate. */
static enum verdict learn_rate(struct searching *searching, int commit)
{
	int crashed = 0, clean = 0;
	double sum = 0;

	while (crashed < 3 && crashed + clean < 120) {
		struct batch batch;

		sim_run(searching->sim, commit,
			crashed + clean ? searching->sim->cell->vms : 10, true,
			NULL, NULL, &batch);
		crashed += batch.crashed;
		clean += batch.clean;
	}
	for (int i = 0; i < RATES; i++) {
		searching->weights[i] = (crashed - 0.5) * log(rate_at(i)) +
					(clean - 0.5) * log1p(-rate_at(i));
		sum += exp(searching->weights[i]);
	}
	for (int i = 0; i < RATES; i++)
		searching->weights[i] -= log(sum);
	return crashed ? VERDICT_BAD : VERDICT_GOOD;
}

static enum verdict judge_strictly(struct searching *searching, int commit,
				   bool first)
{
	struct sim *sim = searching->sim;
	struct evidence evidence = { .without = 0 };
	int total = 0;

	if (first)
		return learn_rate(searching, commit);
	memcpy(evidence.with, searching->weights, sizeof(evidence.with));
	while (total < STRICT_MAX) {
		struct batch batch;

		sim_run(sim, commit, clean_wanted(&evidence, sim->cell->vms),
			true, is_settled, &evidence, &batch);
		weigh(&evidence, &batch);
		total += batch.crashed + batch.clean + batch.flying;
		if (log_odds(&evidence) >= -log(ALPHA))
			return VERDICT_BAD;
		if (log_odds(&evidence) <= log(ALPHA))
			return VERDICT_GOOD;
	}
	return log_odds(&evidence) > 0 ? VERDICT_BAD : VERDICT_GOOD;
}

static void search_strict(struct sim *sim, struct answer *answer)
{
	struct searching searching = { .sim = sim, .judge = judge_strictly };

	search(&searching, answer);
}

const struct rule rules[] = {
	{ "git", "git bisect run, one run a commit", search_git, false },
	{ "syzkaller", "syzkaller's table of 2024", search_table, false },
	{ "strict", "a sequential test of each commit", search_strict, false },
	{ "adaptive", "the engine's advice", search_adaptive, false },
	{ "session", "a whole session of adaptive", search_session, true },
	{ "session-table", "one of syzkaller's table", search_session_table,
	  true },
	{ NULL, NULL, NULL, false },
};

const struct rule *rule_find(const char *name)
{
	for (const struct rule *rule = rules; rule->name; rule++)
		if (strcmp(rule->name, name) == 0)
			return rule;
	return NULL;
}
