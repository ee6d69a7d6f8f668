/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/sure.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "control/pace.h"
#include "control/sure_inside.h"
#include "engine/belief.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/graph.h"
#include "engine/warnings.h"
#include "session/session.h"

#define LIKELY	    0.5
#define CONFIRMED   0.95
#define SILENT_END  0.05 /* clean runs by which a commit counts as seen */
#define WANTED	    0.99 /* what "n more" is for */
#define MORE_MAX    100
#define PACE_TESTS  5
#define BITS_LITTLE 0.01

const char *sure_word_name(enum sure_word word)
{
	static const char *const names[] = {
		[SURE_SUSPECT] = "suspect",
		[SURE_LIKELY] = "likely",
		[SURE_CONFIRMED] = "confirmed",
	};

	return names[word];
}

/*
 * Seen on both sides.
 */

/* Also the runs of an equal kernel. */
static struct showing seen_at(struct engine *engine, int commit)
{
	const struct step *step = engine_step_of(engine, commit);
	struct showing own = warnings_showing(engine, step), equal;

	if (!step || step->same_as < 0)
		return own;
	equal = warnings_showing(engine, engine_step_of(engine, step->same_as));
	return (struct showing){ own.bug + equal.bug, own.valid + equal.valid };
}

/* Did it show the bug, or keep silent for long enough? */
static bool is_seen(struct engine *engine, int commit, bool bug, int clean)
{
	struct showing seen = seen_at(engine, commit);

	if (bug)
		return seen.bug > 0;
	return seen.bug == 0 && seen.valid > 0 &&
	       (seen.valid >= clean ||
		engine_symptom(engine) == SYMPTOM_NO_BUILD);
}

/* The culprit itself, and all its parents. */
static bool is_direct(struct engine *engine, const struct graph *graph,
		      int culprit, int clean)
{
	bool fix = engine_is_fix(engine);
	const int *parents;
	int count = graph_parents(graph, culprit, &parents);

	if (!is_seen(engine, culprit, !fix, clean))
		return false;
	for (int i = 0; i < count; i++)
		if (!is_seen(engine, parents[i], fix, clean))
			return false;
	return count > 0;
}

/*
 * The pace.
 */

/* The event with which work on a step began. */
static int64_t first_seq(const struct step *step)
{
	int64_t first = step->build ? step->build->seq : 0;

	if (step->built_from)
		first = step->built_from->seq;
	for (int i = 0; i < step->run_count; i++) {
		const struct event *event = step->runs[i].begin
						    ? step->runs[i].begin
						    : step->runs[i].fact;

		if (event && (!first || event->seq < first))
			first = event->seq;
	}
	return first;
}

static bool was_tested(const struct step *step)
{
	for (int i = 0; i < step->run_count; i++)
		if (step->runs[i].fact)
			return true;
	return false;
}

static int finished_runs(const struct step *step)
{
	int count = 0;

	for (int i = 0; i < step->run_count; i++)
		count += step->runs[i].fact != NULL;
	return count;
}

/* What the last tests brought. */
struct gained {
	double bits, minutes;
	int runs;
};

/* False where they brought nothing, or nothing is known of it. */
static bool find_gain(struct engine *engine, double bits, struct gained *out)
{
	int tests = 0, runs = 0;
	int64_t ms = 0, from = 0;
	double before;

	for (int i = engine_step_count(engine) - 1; i >= 0; i--) {
		const struct step *step = engine_step(engine, i);
		int64_t took = was_tested(step) ? pace_took(step) : -1;

		if (took < 0)
			continue;
		if (!from || first_seq(step) < from)
			from = first_seq(step);
		ms += took;
		runs += finished_runs(step);
		if (++tests == PACE_TESTS)
			break;
	}
	if (!from || ms <= 0)
		return false;
	before = engine_bits_before(engine, from);
	if (before < 0) {
		/* all is from then on: before it each was as likely */
		const struct belief *belief = engine_belief(engine);

		before = log2(belief->count);
	}
	*out = (struct gained){ before - bits, (double)ms / 60000, runs };
	return before > bits;
}

/*
 * The whole.
 */

bool sure_glance(struct session *session, struct sure *out)
{
	struct engine *engine = session_engine(session);
	const struct plan *plan = engine_plan(engine);
	const struct belief *belief = engine_belief(engine);
	bool found = plan->state == PLAN_FOUND;
	struct gained gained;

	if (!belief)
		return false;
	*out = (struct sure){
		.found = found,
		.best = belief->commits[belief->best],
		.best_chance = belief->chances[belief->best],
		.likely = belief->likely,
		.count = belief->count,
		.bits = belief->bits,
		.rate = belief->rate,
		.clean = belief_runs(belief, SILENT_END),
		.outside = belief->outside,
		.left_ms = -1,
		.runs_left = -1,
		.weak = { .commit = -1 },
		.remedy = { .commit = -1 },
	};
	out->commit = found ? plan->commit : out->best;
	out->chance = belief_chance(belief, out->commit);
	if (out->chance >= LIKELY)
		out->word = SURE_LIKELY;
	if (out->chance >= CONFIRMED &&
	    is_direct(engine, session_graph(session), out->commit, out->clean))
		out->word = SURE_CONFIRMED;
	if (!find_gain(engine, out->bits, &gained))
		return true;
	out->pace = gained.bits / gained.minutes;
	if (found || out->bits <= BITS_LITTLE)
		return true;
	out->left_ms = (int64_t)(out->bits / out->pace * 60000);
	out->runs_left = (int)ceil(out->bits * gained.runs / gained.bits);
	return true;
}

bool sure_find(struct session *session, struct sure *out)
{
	if (!sure_glance(session, out))
		return false;
	sure_find_remedy(session, out);
	return true;
}

double sure_chance(struct session *session)
{
	struct engine *engine = session_engine(session);
	const struct plan *plan = engine_plan(engine);
	const struct belief *belief = engine_belief(engine);

	if (!belief)
		return -1;
	return plan->state == PLAN_FOUND ? belief_chance(belief, plan->commit)
					 : belief->chances[belief->best];
}

/*
 * One commit.
 */

/* The candidates that it has in it, and what is older than all. */
static double chance_of_bug(struct engine *engine, const struct graph *graph,
			    const struct belief *belief, int commit)
{
	unsigned char *below = xcalloc((size_t)graph_count(graph) + 1, 1);
	double in_it = belief->outside;

	graph_mark_ancestors(graph, &commit, 1, below, 1);
	for (int i = 0; i < belief->count; i++)
		if (below[belief->commits[i]])
			in_it += belief->chances[i];
	free(below);
	return engine_is_fix(engine) ? 1 - in_it : in_it;
}

/* The chance of the bug after so many clean runs more. */
static double after_clean(const struct belief *belief, const struct sure_at *at,
			  int more)
{
	const struct record now = { .showing = at->showing,
				    .clean = at->clean };
	const struct record then = { .showing = at->showing,
				     .clean = at->clean + more };
	double with[RATES_MAX], without[RATES_MAX];
	double with_then[RATES_MAX], without_then[RATES_MAX];
	double bug = 0, none = 0, odds;
	int rates;

	likelihood_rates(&rates);
	likelihood_of(&now, with, without);
	likelihood_of(&then, with_then, without_then);
	for (int g = 0; g < rates; g++) {
		bug += belief->rates[g] * exp(with_then[g] - with[g]);
		none += belief->rates[g] * exp(without_then[g] - without[g]);
	}
	odds = at->bug / (1 - at->bug) * bug / none;
	return odds / (1 + odds);
}

/*
 * How often the bug shows is taken as it is believed now, which those runs
 * would hardly change.
 */
int sure_more(struct session *session, const struct sure_at *at)
{
	struct engine *engine = session_engine(session);
	const struct belief *belief = engine_belief(engine);
	int low = 0, high = MORE_MAX;

	if (!belief || !at->tested || at->said || at->showing ||
	    at->bug >= 0.5 || at->bug <= 1 - WANTED ||
	    engine_symptom(engine) == SYMPTOM_NO_BUILD ||
	    after_clean(belief, at, high) > 1 - WANTED)
		return 0;
	while (high - low > 1) {
		int middle = (low + high) / 2;

		if (after_clean(belief, at, middle) > 1 - WANTED)
			low = middle;
		else
			high = middle;
	}
	return high;
}

double sure_right(struct session *session, const struct step *step)
{
	const struct belief *belief = engine_belief(session_engine(session));

	if (!belief || !step || step->set_aside ||
	    (step->verdict != VERDICT_GOOD && step->verdict != VERDICT_BAD) ||
	    !belief_record(belief, step->commit))
		return -1;
	return 1 - sure_wrong(step, belief);
}

static bool is_said(const struct step *step)
{
	return step && step->given &&
	       (step->given->by == BY_PERSON || step->given->by == BY_GIT);
}

bool sure_at(struct session *session, int commit, struct sure_at *out)
{
	struct engine *engine = session_engine(session);
	const struct belief *belief = engine_belief(engine);
	const struct step *step = engine_step_of(engine, commit);
	const struct believed *believed;
	struct showing showing = warnings_showing(engine, step);

	if (!belief || commit < 0 || engine_is_made(engine, commit))
		return false;
	believed = belief_record(belief, commit);
	*out = (struct sure_at){
		.culprit = belief_chance(belief, commit),
		.tested = believed != NULL,
		.said = is_said(step) || (believed && !showing.valid),
		.pinned = step && verdict_pinned(step->given),
		.showing = showing.bug,
		.clean = showing.valid - showing.bug,
	};
	out->bug = believed ? believed->bug
			    : chance_of_bug(engine, session_graph(session),
					    belief, commit);
	return true;
}
