/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "control/sure.h"
#include "control/sure_inside.h"
#include "engine/belief.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"

#define WORTH_TELLING 0.02 /* of being wrong */
#define GOOD_ENOUGH   0.01
#define RUNS_MAX      40
#define GAIN	      0.01 /* of the culprit's chance, or it is no help */

struct search {
	struct session *session;
	struct engine *engine;
	const struct sure *sure;
	const struct step *weakest; /* or NULL */
};

double sure_wrong(const struct step *step, const struct belief *belief)
{
	const struct believed *believed =
		step ? belief_record(belief, step->commit) : NULL;

	if (!believed || step->set_aside)
		return 0;
	if (step->verdict == VERDICT_GOOD)
		return believed->bug;
	return step->verdict == VERDICT_BAD ? 1 - believed->bug : 0;
}

/* With so many clean runs more at a commit. */
static struct sure_remedy imagine(const struct search *search, int commit,
				  int clean)
{
	const struct record more = { .commit = commit, .clean = clean };
	const struct sure *sure = search->sure;
	struct sure_remedy out = { .commit = commit,
				   .runs = clean,
				   .wrong_then = 1 };
	struct belief belief;

	if (!belief_of(&belief, search->engine, &more))
		return out;
	out.wrong_then = sure_wrong(search->weakest, &belief);
	out.chance_then = sure->found ? belief_chance(&belief, sure->commit)
				      : belief.chances[belief.best];
	belief_release(&belief);
	return out;
}

/*
 * More clean runs help a good verdict that rests on runs; a bad one they would
 * only question.
 */
static void try_weakest(const struct search *search, struct sure_remedy *best)
{
	const struct step *step = search->weakest;
	struct sure_remedy then = { .commit = -1, .wrong_then = 1 };

	if (!step || step->verdict != VERDICT_GOOD ||
	    step->given->by == BY_PERSON || step->given->by == BY_GIT ||
	    !step->run_count)
		return;
	for (int runs = 5; runs <= RUNS_MAX; runs *= 2) {
		then = imagine(search, step->commit, runs);
		if (then.wrong_then < GOOD_ENOUGH)
			break;
	}
	if (then.wrong_then <= search->sure->weak.wrong / 2)
		*best = then;
}

/*
 * A commit may be silent however often it is run, so its parent is another
 * witness: of the culprit's that was not tested enough, or of the weakest's.
 */
static void try_parents(const struct search *search, int commit,
			struct sure_remedy *best)
{
	const struct sure *sure = search->sure;
	double least =
		(best->commit < 0 ? sure->chance : best->chance_then) + GAIN;
	int count, runs = sure->clean < 5 ? 5 : sure->clean;
	const int *parents;

	count = graph_parents(session_graph(search->session), commit, &parents);
	for (int i = 0; i < count; i++) {
		const struct step *step =
			engine_step_of(search->engine, parents[i]);
		struct sure_remedy then;

		if (belief_chance(engine_belief(search->engine), parents[i]) ==
			    0 ||
		    (step && step->verdict != VERDICT_NONE &&
		     !(step->verdict == VERDICT_GOOD && step->run_count)))
			continue;
		then = imagine(search, parents[i], runs);
		then.test = !step || step->verdict == VERDICT_NONE;
		if (then.chance_then < least)
			continue;
		least = then.chance_then;
		*best = then;
	}
}

void sure_find_remedy(struct session *session, struct sure *sure)
{
	struct search search = { .session = session,
				 .engine = session_engine(session),
				 .sure = sure };
	const struct belief *belief = engine_belief(search.engine);
	const struct step *step;

	for (int i = 0; (step = engine_step(search.engine, i)); i++) {
		double chance = sure_wrong(step, belief);

		if (chance < WORTH_TELLING || chance < sure->weak.wrong)
			continue;
		sure->weak = (struct sure_weak){ step->commit, chance };
		search.weakest = step;
	}
	try_weakest(&search, &sure->remedy);
	if (!sure->found || sure->clean > RUNS_MAX ||
	    engine_is_fix(search.engine))
		return;
	try_parents(&search, sure->commit, &sure->remedy);
	if (search.weakest && search.weakest->verdict == VERDICT_GOOD)
		try_parents(&search, search.weakest->commit, &sure->remedy);
}
