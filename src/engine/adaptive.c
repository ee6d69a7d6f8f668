/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/adaptive.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/str.h"
#include "engine/advice.h"
#include "engine/belief.h"
#include "engine/costs.h"
#include "engine/fold.h"
#include "engine/graph.h"
#include "engine/losses.h"

/* Where the belief in a commit is beyond this, there is a verdict. */
#define SURE 0.95

/* Runs of a commit that a person picked, after which it is left as it is. */
#define ENOUGH 40

/* Runs at a time, as long as no engine process has said how many. */
#define SLOTS_USUAL 4

/* A wave costs a little beside its runs. */
#define OVERHEAD 0.01

struct adaptive {
	const struct belief *belief; /* kept.c's, until the next event */
	bool settled_there;
	struct belief settled; /* without the waves that are in flight */
	bool advised;	       /* world and advice are there */
	struct world world;
	struct site *sites;
	size_t site_count, site_room;
	struct advice advice;
};

bool adaptive_is_at_work(const struct engine *engine)
{
	return engine->adaptive != NULL;
}

static const struct belief *adaptive_belief(const struct engine *engine)
{
	return engine->adaptive ? engine->adaptive->belief : NULL;
}

void adaptive_drop(struct engine *engine)
{
	struct adaptive *adaptive = engine->adaptive;

	if (!adaptive)
		return;
	if (adaptive->settled_there)
		belief_release(&adaptive->settled);
	if (adaptive->advised)
		advice_release(&adaptive->advice);
	free(adaptive->sites);
	free(adaptive);
	engine->adaptive = NULL;
}

void adaptive_refresh(struct engine *engine)
{
	const struct belief *belief;

	adaptive_drop(engine);
	if (engine->policy.kind != POLICY_ADAPTIVE ||
	    engine->symptom == SYMPTOM_NO_BUILD)
		return;
	belief = kept_belief(engine);
	if (!belief)
		return;
	engine->adaptive = xcalloc(1, sizeof(*engine->adaptive));
	engine->adaptive->belief = belief;
}

static int slots_of(const struct engine *engine)
{
	return engine->slots > 0 ? engine->slots : SLOTS_USUAL;
}

/* Somebody's word or skip: more runs would not count there. */
static bool is_closed(const struct folded_step *step)
{
	return step->person && step->person->by != BY_START;
}

/* It does not build, or what runs of it there are say nothing. */
static bool is_broken(const struct engine *engine,
		      const struct folded_step *step)
{
	if (fold_is_unbuilt(step))
		return true;
	return step->shown.run_count > 0 &&
	       step->shown.until_runs <= fold_count_runs(&step->shown) &&
	       (weigh_boots_badly(engine, step) ||
		losses_give_up(engine, step));
}

/*
 * Is a wave in flight that no crash has decided?  How much one says is by what
 * was believed before it, and two are no chance.
 */
static bool goes_on(const struct engine *engine, const struct folded_step *step)
{
	struct adaptive *adaptive = engine->adaptive;
	int showing, in_flight;

	if (fold_count_running(&step->shown) == 0)
		return false;
	in_flight = weigh_wave(engine, step, &showing);
	if (showing != 1)
		return showing == 0;
	if (!adaptive->settled_there)
		adaptive->settled_there =
			belief_for_plan(&adaptive->settled,
					(struct engine *)(uintptr_t)engine,
					true, NULL);
	return !adaptive->settled_there ||
	       !advice_is_decisive(&adaptive->settled, in_flight);
}

/*
 * Verdicts.
 */

/* One that was given as an end is confirmed by its own runs. */
static bool is_given_end(const struct folded_step *step)
{
	return step->person && step->person->by == BY_START;
}

static enum verdict verdict_of(double bug)
{
	if (bug >= SURE)
		return VERDICT_BAD;
	return bug <= 1 - SURE ? VERDICT_GOOD : VERDICT_NONE;
}

bool adaptive_judge(const struct engine *engine, const struct folded_step *step,
		    struct judgement *j)
{
	const struct belief *belief = adaptive_belief(engine);
	int running = step ? fold_count_running(&step->shown) : 0;
	int asked =
		step ? step->shown.until_runs - fold_count_runs(&step->shown)
		     : 0;
	const struct believed *seen =
		step && belief ? belief_record(belief, step->shown.commit)
			       : NULL;

	if (!belief || (step && is_given_end(step)))
		return false;
	j->verdict = j->leaning = VERDICT_NONE;
	j->stop = j->undecided = false;
	j->more_runs = asked > 0 ? asked : 0;
	if (seen) {
		j->believed = true;
		j->bug = seen->bug;
		j->leaning = j->bug > 0.5 ? VERDICT_BAD : VERDICT_GOOD;
	}
	if (asked <= 0) {
		if (seen && !goes_on(engine, step))
			j->verdict = verdict_of(seen->bug);
		if (!j->verdict && !running && step && is_broken(engine, step))
			j->verdict = VERDICT_SKIP;
		if (!j->verdict)
			j->more_runs =
				running ? running
				: j->valid < ENOUGH
					? advice_runs(belief, slots_of(engine))
					: 0;
	}
	j->wanted = j->more_runs + (step ? fold_count_runs(&step->shown) : 0);
	return true;
}

/*
 * What to keep to.
 */

static int64_t begun_at(const struct folded_step *step)
{
	int64_t first = INT64_MAX;

	for (int i = 0; i < step->shown.run_count; i++) {
		const struct run_state *run = &step->shown.runs[i];

		if (run->running && run->begin->seq < first)
			first = run->begin->seq;
	}
	return first;
}

/* The commit whose wave was begun first and is not decided; or NULL. */
static const struct folded_step *wave_to_keep(const struct engine *engine)
{
	const struct folded_step *keep = NULL;
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < engine->step_count; i++) {
		const struct folded_step *step = engine->steps[i];
		int64_t begun = begun_at(step);

		if (begun >= first || fold_is_scratch(step) ||
		    is_closed(step) || !goes_on(engine, step))
			continue;
		first = begun;
		keep = step;
	}
	return keep;
}

/*
 * The commit that is being built or was, and has no run yet, while nothing new
 * is known: what the build took would only move the choice by a little, and
 * there would be another build.
 */
static const struct folded_step *build_to_keep(const struct engine *engine)
{
	const struct event *begin = engine->awaited;
	const struct folded_step *step =
		begin ? fold_step_of(engine,
				     graph_find(engine->graph, &begin->commit))
		      : NULL;

	if (!step || fold_is_scratch(step) || step->shown.run_count ||
	    step->shown.build_again || is_closed(step) ||
	    is_broken(engine, step))
		return NULL;
	return step->shown.build_begin || step->shown.build ? step : NULL;
}

/* Runs that a person ordered where there is no verdict. */
static const struct folded_step *asked_for(const struct engine *engine)
{
	for (size_t i = 0; i < engine->step_count; i++) {
		const struct folded_step *step = engine->steps[i];

		if (step->shown.verdict == VERDICT_NONE &&
		    !fold_is_scratch(step) &&
		    step->shown.until_runs > fold_count_runs(&step->shown) &&
		    !fold_is_unbuilt(step))
			return step;
	}
	return NULL;
}

/*
 * The world.
 */

static void add_site(struct adaptive *adaptive, int commit, enum site_kind kind,
		     double left)
{
	array_grow(adaptive->sites, adaptive->site_count + 1,
		   &adaptive->site_room);
	adaptive->sites[adaptive->site_count++] =
		(struct site){ commit, kind, left };
}

static double time_left(const struct costs *costs, const struct event *begin)
{
	double left = costs->build - (double)(costs->now - begin->at);

	return left > 0 ? left : 0;
}

/*
 * A kernel with a signature is kept in the cache; another build is there as
 * long as no other one took its place.
 */
static bool is_ready(const struct step *step, int64_t latest)
{
	return step->build && step->build->build == BUILD_OK &&
	       !step->build_again &&
	       (!str_empty(step->build->signature) ||
		step->build->seq >= latest);
}

static void add_steps(const struct engine *engine, struct adaptive *adaptive,
		      const struct costs *costs)
{
	int64_t latest = 0;

	for (size_t i = 0; i < engine->step_count; i++) {
		const struct event *build = engine->steps[i]->shown.build;

		if (build && build->seq > latest)
			latest = build->seq;
	}
	for (size_t i = 0; i < engine->step_count; i++) {
		const struct folded_step *step = engine->steps[i];
		const struct step *shown = &step->shown;

		if (fold_is_scratch(step))
			continue;
		if (is_closed(step) ||
		    (shown->same_as >= 0 && !shown->run_count))
			add_site(adaptive, shown->commit, SITE_CLOSED, 0);
		else if (is_broken(engine, step))
			add_site(adaptive, shown->commit, SITE_BROKEN, 0);
		else if (is_ready(shown, latest))
			add_site(adaptive, shown->commit, SITE_READY, 0);
		else if (shown->build_begin)
			add_site(adaptive, shown->commit, SITE_COMING,
				 time_left(costs, shown->build_begin));
	}
}

/* Builds nobody asked for yet. */
static void add_stock(const struct engine *engine, struct adaptive *adaptive,
		      const struct costs *costs)
{
	for (int i = 0; i < engine_ahead_count(engine); i++) {
		const struct ahead_build *ahead = engine_ahead(engine, i);

		if (fold_step_of(engine, ahead->commit) &&
		    fold_has_content(fold_step_of(engine, ahead->commit)))
			continue;
		if (!ahead->fact)
			add_site(adaptive, ahead->commit, SITE_COMING,
				 time_left(costs, ahead->begin));
		else if (ahead->fact->build == BUILD_OK)
			add_site(adaptive, ahead->commit, SITE_READY, 0);
		else if (ahead->fact->build == BUILD_FAILED)
			add_site(adaptive, ahead->commit, SITE_BROKEN, 0);
	}
}

/* Whole ranges too; those with a word of their own are there already. */
static void add_skips(const struct engine *engine, struct adaptive *adaptive)
{
	for (int i = 0; i < engine->ends.skip_count; i++) {
		int commit = engine->ends.skips[i];
		const struct folded_step *step = fold_step_of(engine, commit);

		if (!step || !fold_has_content(step))
			add_site(adaptive, commit, SITE_CLOSED, 0);
	}
}

static void advise(const struct engine *engine, struct adaptive *adaptive)
{
	struct costs costs;

	costs_find(engine, &costs);
	add_steps(engine, adaptive, &costs);
	add_stock(engine, adaptive, &costs);
	add_skips(engine, adaptive);
	adaptive->world = (struct world){
		.build = costs.build,
		.clean = costs.clean,
		.crash = costs.crash,
		.overhead = costs.clean * OVERHEAD,
		.slots = slots_of(engine),
		.ahead = engine_ahead_count(engine) > 0,
		.sites = adaptive->sites,
		.site_count = (int)adaptive->site_count,
	};
	advice_make(&adaptive->advice, adaptive->belief, &adaptive->world,
		    engine->policy.risk / 1000.0);
	adaptive->advised = true;
}

int adaptive_ahead(const struct engine *engine, struct choice *next, int room)
{
	struct adaptive *adaptive = engine->adaptive;
	struct choice now = { .commit = engine->plan.commit };

	if (!adaptive || engine->plan.state != PLAN_TEST ||
	    engine->plan.confirming)
		return 0;
	if (!adaptive->advised)
		advise(engine, adaptive);
	now.runs = advice_runs(adaptive->belief, adaptive->world.slots);
	if (adaptive->advice.choice.commit == now.commit &&
	    (adaptive->advice.kind == ADVICE_TEST ||
	     adaptive->advice.kind == ADVICE_CONFIRM))
		now = adaptive->advice.choice;
	return advice_ahead(adaptive->belief, &adaptive->world,
			    engine->policy.risk / 1000.0, &now, next, room);
}

/*
 * The plan.
 */

/* What the verdicts leave, in git's numbers; there is a step to go yet. */
static void count_left(struct engine *engine)
{
	const struct midpoint *mid = &engine->ends.mid;

	settle_suspects(engine);
	engine->plan.believed = true;
	engine->plan.suspects = mid->all;
	engine->plan.left = mid->kind == MIDPOINT_TEST ? mid->left : 0;
	engine->plan.steps = mid->kind == MIDPOINT_TEST ? mid->steps : 1;
}

static void test(struct engine *engine, int commit, int runs)
{
	engine->plan.state = PLAN_TEST;
	engine->plan.commit = commit;
	wish_wave(engine, commit, runs);
}

/* 99.96 % is not 100 %. */
static double percent(double chance)
{
	return chance > 0.999 ? 99.9 : chance * 100;
}

/* Why these runs, where that is not clear. */
static void explain(struct engine *engine, const struct advice *advice)
{
	const struct choice *choice = &advice->choice;
	const struct folded_step *step = fold_step_of(engine, choice->commit);
	const char *hex = graph_oid(engine->graph, choice->commit)->hex;
	const char *culprit =
		advice->commit < 0
			? ""
			: graph_oid(engine->graph, advice->commit)->hex;

	if (choice->why == CHOICE_AGAIN && step &&
	    step->shown.verdict != VERDICT_NONE)
		wish_because(engine,
			     "again, since its verdict is in doubt: %.1f %% "
			     "that %.*s has the bug",
			     percent(choice->bug), OID_SHORT, hex);
	else if (choice->why == CHOICE_SHOW)
		wish_because(engine,
			     "to confirm it: %.1f %% that %.*s is the culprit, "
			     "which itself has not shown the bug enough",
			     percent(advice->chance), OID_SHORT, culprit);
	else if (choice->why == CHOICE_CLEAN)
		wish_because(engine,
			     "to confirm it: %.1f %% that %.*s is the culprit, "
			     "whose parent had too few clean runs",
			     percent(advice->chance), OID_SHORT, culprit);
}

static void undecided(struct engine *engine, struct advice *advice)
{
	engine->plan.state = PLAN_ONLY_SKIPPED;
	engine->plan.left = engine->plan.steps = 0;
	free(engine->candidates);
	engine->candidates = advice->set;
	engine->plan.candidates = advice->set;
	engine->plan.candidate_count = advice->set_count;
	advice->set = NULL;
	advice->set_count = 0;
	wish_ask(engine, -1,
		 "no test would tell the last %d suspects apart: what does "
		 "not build or boot is in the way; see culprit fixup, or test "
		 "one of them by hand",
		 engine->plan.candidate_count);
}

static void widen(struct engine *engine, const struct belief *belief)
{
	int good = engine->ends.nearest_good;

	engine->plan.state = PLAN_NEEDS_GOOD;
	engine->plan.widens = good >= 0;
	if (good >= 0)
		wish_ask(engine, -1,
			 "%.1f %% that the change is older than %.*s, or that "
			 "this end was told wrongly: resume to test older "
			 "releases, or widen the range down to a commit that "
			 "you name (culprit widen COMMIT)",
			 percent(belief->outside), OID_SHORT,
			 graph_oid(engine->graph, good)->hex);
	else
		wish_ask(engine, -1,
			 "the change is likely older than the range: give an "
			 "older end");
}

static void follow(struct engine *engine, struct adaptive *adaptive)
{
	struct advice *advice = &adaptive->advice;

	switch (advice->kind) {
	case ADVICE_TEST:
	case ADVICE_CONFIRM:
		test(engine, advice->choice.commit, advice->choice.runs);
		explain(engine, advice);
		break;
	case ADVICE_FOUND:
		plan_found(engine, advice->commit);
		break;
	case ADVICE_UNDECIDED:
		undecided(engine, advice);
		break;
	case ADVICE_WIDEN:
		widen(engine, adaptive->belief);
		break;
	case ADVICE_NOTHING:
		plan_nothing(engine);
		break;
	}
}

/* Has no run of its wave ended yet? */
static bool is_beginning(const struct folded_step *step)
{
	for (int i = 0; i < step->shown.run_count; i++)
		if (step->shown.runs[i].wave == step->wave &&
		    step->shown.runs[i].fact)
			return false;
	return true;
}

/* A wave that has begun is made whole, and then it is as large as it is. */
static void keep_to(struct engine *engine, struct adaptive *adaptive,
		    const struct folded_step *step)
{
	int running = fold_count_running(&step->shown);
	const struct choice *choice = &adaptive->advice.choice;

	if (is_beginning(step)) {
		advise(engine, adaptive);
		if ((adaptive->advice.kind == ADVICE_TEST ||
		     adaptive->advice.kind == ADVICE_CONFIRM) &&
		    choice->commit == step->shown.commit &&
		    choice->runs > running)
			running = choice->runs;
	}
	test(engine, step->shown.commit, running);
}

void adaptive_plan(struct engine *engine)
{
	struct adaptive *adaptive = engine->adaptive;
	const struct folded_step *step = asked_for(engine);

	count_left(engine);
	if (step) {
		test(engine, step->shown.commit,
		     step->shown.until_runs - fold_count_runs(&step->shown));
		return;
	}
	step = wave_to_keep(engine);
	if (step) {
		keep_to(engine, adaptive, step);
		return;
	}
	step = build_to_keep(engine);
	if (step) {
		test(engine, step->shown.commit,
		     advice_runs(adaptive->belief, slots_of(engine)));
		return;
	}
	advise(engine, adaptive);
	follow(engine, adaptive);
}
