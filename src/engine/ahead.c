/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/ahead.h"

#include <stdlib.h>

#include "engine/adaptive.h"
#include "engine/advice.h"
#include "engine/event.h"
#include "engine/fold.h"
#include "engine/graph.h"
#include "engine/imagined.h"

/* A run of a commit that has the bug shows it about this often. */
#define SHOWS 0.5

/* How sure one is of a crash that may still be taken for something else. */
#define SURE 0.95

struct search {
	struct ahead items[AHEAD_MAX];
	int count;
};

static void add(struct search *search, const struct ahead *found)
{
	for (int i = 0; i < search->count; i++) {
		struct ahead *item = &search->items[i];

		if (item->commit != found->commit)
			continue;
		item->chance += found->chance;
		if (item->after != found->after)
			item->after = VERDICT_NONE;
		return;
	}
	if (search->count < AHEAD_MAX)
		search->items[search->count++] = *found;
}

/* What an engine process would do next by this plan; false: nothing. */
static bool next_job(const struct plan *plan, struct ahead *out)
{
	bool any = false;

	out->runs = 0;
	for (int i = 0; i < plan->wish_count; i++) {
		const struct wish *wish = &plan->wishes[i];

		if ((wish->kind != WISH_BUILD && wish->kind != WISH_RUNS) ||
		    (plan->state != PLAN_FOUND && wish->commit != plan->commit))
			continue;
		if (any && wish->commit != out->commit)
			break;
		any = true;
		out->commit = wish->commit;
		if (wish->kind == WISH_RUNS)
			out->runs = wish->runs;
	}
	return any;
}

/* Where the search would be if this commit had this verdict. */
static bool branch(struct imagined *imagined, const struct engine *engine,
		   int commit, enum verdict verdict)
{
	const struct event event = {
		.kind = EVENT_VERDICT,
		.by = BY_POLICY,
		.commit = *graph_oid(engine->graph, commit),
		.verdict = verdict,
		.policy = (char *)(uintptr_t)symptom_name(engine->symptom),
	};

	imagined_init(imagined, engine);
	if (engine->plan.confirming) {
		/* what was said of an end is believed, or there is no search */
		imagined->engine->assumed = commit;
		return true;
	}
	return imagine(imagined, &event, NULL) == 0;
}

/*
 * That it is bad: by how many suspects there would be left, and by what its
 * runs have shown so far.
 */
static double chance_of_bad(struct engine *engine, int commit, int if_bad,
			    int if_good)
{
	double bad = if_bad > 0 ? if_bad : 1, good = if_good > 0 ? if_good : 1;
	struct judgement j = engine_judge(engine, commit);

	if (j.crashes > 0)
		return SURE;
	for (int i = 0; i < j.valid; i++)
		bad *= 1 - SHOWS;
	return bad / (bad + good);
}

static void look(struct search *search, struct engine *engine, double chance,
		 enum verdict first, int depth);

/* Take in what would be next there, and look behind it. */
static void look_at(struct search *search, struct imagined *imagined,
		    double chance, enum verdict after, int depth)
{
	const struct plan *plan = engine_plan(imagined->engine);
	struct ahead found = { .after = after, .chance = chance };

	if (next_job(plan, &found))
		add(search, &found);
	if (depth > 1 && plan->state == PLAN_TEST)
		look(search, imagined->engine, chance, after, depth - 1);
}

static void look(struct search *search, struct engine *engine, double chance,
		 enum verdict first, int depth)
{
	const struct plan *plan = engine_plan(engine);
	int commit = plan->commit, if_bad, if_good;
	struct imagined bad, good;
	double share;
	bool fine = branch(&bad, engine, commit, VERDICT_BAD);

	if (plan->confirming) {
		look_at(search, &bad, chance, first, 1);
		imagined_release(&bad);
		return;
	}
	fine = branch(&good, engine, commit, VERDICT_GOOD) && fine;
	if (fine) {
		if_bad = engine_plan(bad.engine)->suspects;
		if_good = engine_plan(good.engine)->suspects;
		share = chance_of_bad(engine, commit, if_bad, if_good);
		look_at(search, &bad, chance * share,
			first ? first : VERDICT_BAD, depth);
		look_at(search, &good, chance * (1 - share),
			first ? first : VERDICT_GOOD, depth);
	}
	imagined_release(&bad);
	imagined_release(&good);
}

/* The likelier first; of equal ones the one that was found first. */
static void sort(struct search *search)
{
	for (int i = 1; i < search->count; i++) {
		struct ahead item = search->items[i];
		int at = i;

		for (; at > 0 && search->items[at - 1].chance < item.chance;
		     at--)
			search->items[at] = search->items[at - 1];
		search->items[at] = item;
	}
}

/* By the belief: what its choice would be after either end of the wave. */
static int ahead_believed(const struct engine *engine, struct ahead *out,
			  int room)
{
	struct choice next[AHEAD_MAX];
	int count = adaptive_ahead(engine, next,
				   room < AHEAD_MAX ? room : AHEAD_MAX);

	for (int i = 0; i < count; i++)
		out[i] = (struct ahead){ .commit = next[i].commit,
					 .runs = next[i].runs,
					 .chance = 1.0 / (i + 1) };
	return count;
}

int ahead_find(struct engine *engine, struct ahead *out, int room)
{
	const struct plan *plan = engine_plan(engine);
	struct search search = { .count = 0 };
	int count = 0, tested = plan->commit;

	if (room <= 0 || plan->paused || plan->recorded ||
	    plan->state != PLAN_TEST || tested < 0)
		return 0;
	if (adaptive_is_at_work(engine) && !plan->confirming)
		return ahead_believed(engine, out, room);
	look(&search, engine, 1, VERDICT_NONE, room > 2 ? 2 : 1);
	sort(&search);
	for (int i = 0; i < search.count && count < room; i++)
		if (search.items[i].commit != tested)
			out[count++] = search.items[i];
	return count;
}
