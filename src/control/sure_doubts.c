/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/buf.h"
#include "control/sure.h"
#include "control/sure_inside.h"
#include "engine/belief.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"

#define WRONG	 0.05
#define SURPRISE 0.01
#define STRONG	 3.0 /* of both sides of a contradiction: ln 20 */

struct looking {
	struct session *session;
	struct engine *engine;
	const struct belief *belief;
	struct sure_doubt *list;
	size_t count, room;
};

static const char *hex_of(const struct looking *look, int commit)
{
	return graph_oid(session_graph(look->session), commit)->hex;
}

/* The text is done with. */
static void add(struct looking *look, int commit, int other, double wrong,
		struct buf *text)
{
	array_grow(look->list, look->count + 1, &look->room);
	look->list[look->count++] = (struct sure_doubt){
		.commit = commit,
		.other = other,
		.wrong = wrong,
		.text = buf_take(text),
	};
	buf_release(text);
}

static double odds_of(double tilt)
{
	return 1 / (1 + exp(-fabs(tilt)));
}

static const char *shows(const struct looking *look)
{
	enum symptom symptom = engine_symptom(look->engine);

	return symptom == SYMPTOM_CRASH ? "showed the bug" : "was bad";
}

/* One verdict beside all others. */
static void look_at_record(struct looking *look, int record)
{
	const struct believed *believed = &look->belief->records[record];
	const struct step *step =
		engine_step_of(look->engine, believed->commit);
	double wrong = sure_wrong(step, look->belief);
	const struct weighed *weighed;
	struct buf text;
	bool surprises, bears;

	if (!step || step->set_aside || step->verdict == VERDICT_NONE ||
	    step->verdict == VERDICT_SKIP)
		return;
	weighed = belief_weigh(look->belief, record);
	surprises = weighed->fit < SURPRISE;
	bears = weighed->bearing && step->verdict == VERDICT_GOOD &&
		wrong >= WRONG / 5;
	if (wrong < WRONG && !surprises && !bears)
		return;
	buf_init(&text, 0);
	sure_say_chance(wrong, &text);
	buf_puts(&text, step->verdict == VERDICT_GOOD
				? " that it has the bug"
				: " that it has not the bug");
	if (surprises) {
		buf_puts(&text, "; the others gave what it did ");
		sure_say_chance(weighed->fit, &text);
	}
	if (bears)
		buf_puts(&text, "; all rests on it");
	add(look, step->commit, -1, wrong, &text);
}

/* One shows the bug, and one that has it in its history does not. */
static void look_at_contradiction(struct looking *look,
				  const struct contradiction *pair)
{
	const struct belief *belief = look->belief;
	int older = belief->records[pair->older].commit;
	int newer = belief->records[pair->newer].commit;
	bool fix = engine_is_fix(look->engine);
	const struct weighed *a = belief_weigh(belief, pair->older);
	const struct weighed *b = belief_weigh(belief, pair->newer);
	struct buf text;
	bool strong;

	buf_init(&text, 0);
	buf_printf(&text, "%s (", fix ? "was clean" : shows(look));
	sure_say_odds(odds_of(a->tilt), &text);
	buf_printf(&text, "), and %.*s, which has it in its history, %s (",
		   OID_SHORT, hex_of(look, newer),
		   fix ? shows(look) : "did not");
	sure_say_odds(odds_of(b->tilt), &text);
	buf_puts(&text, ")");
	strong = fabs(a->tilt) >= STRONG && fabs(b->tilt) >= STRONG;
	if (strong)
		buf_printf(&text,
			   ": %s between them? 'culprit %s %.*s' searches "
			   "only above that one",
			   fix ? "broken again"
			       : "fixed and reintroduced, or "
				 "hidden",
			   fix ? "bad" : "good", OID_SHORT,
			   hex_of(look, newer));
	else
		buf_puts(&text, ": run both again");
	add(look, older, newer, 1, &text);
	look->list[look->count - 1].strong = strong;
}

static int worst_first(const void *a, const void *b)
{
	const struct sure_doubt *x = a, *y = b;

	if (x->wrong != y->wrong)
		return x->wrong < y->wrong ? 1 : -1;
	return (x->commit > y->commit) - (x->commit < y->commit);
}

int sure_doubts(struct session *session, struct sure_doubt **list)
{
	struct looking look = { .session = session,
				.engine = session_engine(session) };
	struct contradiction *pairs;
	int pair_count;

	*list = NULL;
	look.belief = engine_belief(look.engine);
	if (!look.belief)
		return 0;
	for (int i = 0; i < look.belief->record_count; i++)
		look_at_record(&look, i);
	pair_count = belief_contradictions(look.belief, &pairs);
	for (int i = 0; i < pair_count; i++)
		look_at_contradiction(&look, &pairs[i]);
	free(pairs);
	if (look.list)
		qsort(look.list, look.count, sizeof(*look.list), worst_first);
	*list = look.list;
	return (int)look.count;
}

void sure_doubts_free(struct sure_doubt *list, int count)
{
	for (int i = 0; i < count; i++)
		free(list[i].text);
	free(list);
}
