/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/sure.h"

#include <stddef.h>

#include "base/buf.h"
#include "engine/belief.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"

#define WORTH_TELLING 0.02 /* of being wrong */
#define GOOD_ENOUGH   0.01
#define RUNS_MAX      40

struct telling {
	struct session *session;
	struct engine *engine;
	const struct plan *plan;
	struct belief belief;
	struct buf *out;
};

static const char *hex_of(const struct telling *tell, int commit)
{
	return graph_oid(session_graph(tell->session), commit)->hex;
}

/* "97 %", and never more than is known: "99.9 %", "under 0.1 %". */
static void add_chance(struct buf *out, double chance)
{
	if (chance >= 0.9995)
		buf_puts(out, "over 99.9 %");
	else if (chance < 0.0005)
		buf_puts(out, "under 0.1 %");
	else if (chance >= 0.095 && chance < 0.995)
		buf_printf(out, "%.0f %%", chance * 100);
	else
		buf_printf(out, "%.1f %%", chance * 100);
}

static void tell_best(struct telling *tell)
{
	const struct belief *belief = &tell->belief;
	bool found = tell->plan->state == PLAN_FOUND;
	int best = belief->commits[belief->best];

	if (found) {
		add_chance(tell->out,
			   belief_chance(belief, tell->plan->commit));
		buf_printf(tell->out, " that it is %.*s", OID_SHORT,
			   hex_of(tell, tell->plan->commit));
		if (best != tell->plan->commit) {
			buf_printf(tell->out, "; likelier is %.*s with ",
				   OID_SHORT, hex_of(tell, best));
			add_chance(tell->out, belief->chances[belief->best]);
		}
	} else {
		buf_printf(tell->out, "so far the likeliest is %.*s, with ",
			   OID_SHORT, hex_of(tell, best));
		add_chance(tell->out, belief->chances[belief->best]);
	}
	if (belief->likely > 1)
		buf_printf(tell->out, "; 95 %% are with %d of %d commits",
			   belief->likely, belief->count);
	buf_putc(tell->out, '\n');
}

static void tell_outside(struct telling *tell)
{
	if (tell->belief.outside < WORTH_TELLING)
		return;
	add_chance(tell->out, tell->belief.outside);
	buf_puts(tell->out, " that the change is older than all that was "
			    "looked at, or that the older end was told "
			    "wrongly\n");
}

static void tell_rate(struct telling *tell)
{
	buf_puts(tell->out, "where the bug is, about ");
	add_chance(tell->out, tell->belief.rate);
	buf_puts(tell->out, " of the runs show it\n");
}

/* The chance that the verdict of a step is wrong. */
static double wrong(const struct step *step, const struct believed *believed)
{
	if (!believed)
		return 0;
	if (step->verdict == VERDICT_GOOD)
		return believed->bug;
	return step->verdict == VERDICT_BAD ? 1 - believed->bug : 0;
}

static double wrong_after(struct telling *tell, const struct step *step,
			  int clean)
{
	const struct record more = { .commit = step->commit, .clean = clean };
	struct belief belief;
	double chance;

	if (!belief_of(&belief, tell->engine, &more))
		return 1;
	chance = wrong(step, belief_record(&belief, step->commit));
	belief_release(&belief);
	return chance;
}

/*
 * More clean runs help a good verdict that rests on runs; a bad one they would
 * only question.
 */
static void tell_remedy(struct telling *tell, const struct step *step,
			double now)
{
	double then = now;
	int runs = 5;

	if (step->verdict != VERDICT_GOOD || step->given->by == BY_PERSON ||
	    step->given->by == BY_GIT || !step->run_count)
		return;
	for (; runs <= RUNS_MAX; runs *= 2) {
		then = wrong_after(tell, step, runs);
		if (then < GOOD_ENOUGH)
			break;
	}
	if (runs > RUNS_MAX)
		runs /= 2;
	if (then > now / 2)
		return;
	buf_printf(tell->out, "%d more clean runs there would make that ",
		   runs);
	add_chance(tell->out, then);
	buf_printf(tell->out, ": more %.*s %d\n", OID_SHORT,
		   hex_of(tell, step->commit), runs);
}

static void tell_weakest(struct telling *tell)
{
	const struct step *weakest = NULL, *step;
	double most = WORTH_TELLING;

	for (int i = 0; (step = engine_step(tell->engine, i)); i++) {
		double chance =
			wrong(step, belief_record(&tell->belief, step->commit));

		if (chance < most)
			continue;
		most = chance;
		weakest = step;
	}
	if (!weakest)
		return;
	buf_printf(tell->out,
		   "the weakest is step %d, %s %.*s: ", weakest->position,
		   verdict_name(weakest->verdict), OID_SHORT,
		   hex_of(tell, weakest->commit));
	add_chance(tell->out, most);
	buf_puts(tell->out, weakest->verdict == VERDICT_GOOD
				    ? " that it has the bug all the same\n"
				    : " that it does not have the bug\n");
	tell_remedy(tell, weakest, most);
}

void sure_tell(struct session *session, struct buf *out)
{
	struct engine *engine = session_engine(session);
	struct telling tell = { .session = session,
				.engine = engine,
				.plan = engine_plan(engine),
				.out = out };

	if (!belief_of(&tell.belief, engine, NULL))
		return;
	tell_best(&tell);
	tell_outside(&tell);
	tell_rate(&tell);
	tell_weakest(&tell);
	belief_release(&tell.belief);
}

double sure_chance(struct session *session)
{
	struct engine *engine = session_engine(session);
	const struct plan *plan = engine_plan(engine);
	struct belief belief;
	double chance;

	if (!belief_of(&belief, engine, NULL))
		return -1;
	chance = plan->state == PLAN_FOUND
			 ? belief_chance(&belief, plan->commit)
			 : belief.chances[belief.best];
	belief_release(&belief);
	return chance;
}
