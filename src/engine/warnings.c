/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/warnings.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/str.h"
#include "engine/apart.h"
#include "engine/engine.h"
#include "engine/graph.h"

#define NAMED_MAX     5 /* commits in one sentence */
#define SIGNATURE_MAX 12

struct look {
	struct warnings *warnings;
	struct engine *engine;
	const struct graph *graph;
	const char *release;
	struct buf text;
	int named;
};

static const char *hex_of(const struct look *look, int commit)
{
	return graph_oid(look->graph, commit)->hex;
}

/* The sentence in look->text is whole. */
static void add(struct look *look)
{
	struct warnings *warnings = look->warnings;

	if (look->named > NAMED_MAX)
		buf_printf(&look->text, " and %d more",
			   look->named - NAMED_MAX);
	array_grow(warnings->items, warnings->count + 1, &warnings->room);
	warnings->items[warnings->count++] = buf_take(&look->text);
	look->named = 0;
}

/* One more of a list in the sentence; false when it is long enough. */
static bool name_one(struct look *look)
{
	if (++look->named > NAMED_MAX)
		return false;
	buf_puts(&look->text, look->named > 1 ? ", " : " ");
	return true;
}

/* The sentence, unless it names nothing. */
static void add_list(struct look *look)
{
	if (look->named)
		add(look);
	buf_clear(&look->text);
}

struct showing warnings_showing(const struct engine *engine,
				const struct step *step)
{
	struct showing showing = { 0, 0 };
	struct tally tally;

	if (!step)
		return showing;
	if (step->build && engine_symptom(engine) == SYMPTOM_NO_BUILD) {
		showing.bug = step->build->build == BUILD_FAILED &&
			      !build_refused(step->build);
		showing.valid = showing.bug || step->build->build == BUILD_OK;
		return showing;
	}
	engine_tally_own(engine, step->commit, &tally);
	showing.bug = tally.outcomes[OUTCOME_CRASHED];
	showing.valid = showing.bug + tally.outcomes[OUTCOME_OK];
	return showing;
}

/* Also by the runs of an equal kernel. */
static bool is_tested(struct look *look, const struct step *step)
{
	const struct step *equal =
		step ? engine_step_of(look->engine, step->same_as) : NULL;

	return warnings_showing(look->engine, step).valid > 0 ||
	       warnings_showing(look->engine, equal).valid > 0;
}

/*
 * Otherwise everything was done by hand.  Builds are evidence whatever is
 * looked for: a verdict that rests on them may be older than a change of that.
 */
static bool has_evidence(struct engine *engine)
{
	const struct step *step;

	for (int i = 0; (step = engine_step(engine, i)); i++) {
		if (step->build)
			return true;
		for (int k = 0; k < step->run_count; k++)
			if (step->runs[k].fact)
				return true;
	}
	return false;
}

static const char *signature_of(struct look *look, int commit)
{
	const struct step *step = engine_step_of(look->engine, commit);

	if (!step || !step->build || step->build->build != BUILD_OK ||
	    str_empty(step->build->signature))
		return NULL;
	return step->build->signature;
}

/* Syzkaller's check (pkg/bisect/bisect.go, detectNoopChange). */
static void look_at_signatures(struct look *look, int culprit)
{
	const char *own = signature_of(look, culprit), *other;
	const int *parents;

	if (graph_parents(look->graph, culprit, &parents) != 1)
		return;
	other = signature_of(look, parents[0]);
	if (!own || !other || !str_equal(own, other))
		return;
	buf_printf(&look->text,
		   "the culprit makes the same kernel as its parent, with the "
		   "signature %.*s: it cannot have changed anything",
		   SIGNATURE_MAX, own);
	add(look);
}

static void look_at_commit(struct look *look, int culprit)
{
	const int *parents;

	if (graph_parents(look->graph, culprit, &parents) > 1) {
		buf_puts(&look->text,
			 "the culprit is a merge: what went wrong may be how "
			 "its parents came together");
		add(look);
	}
	if (!str_empty(look->release)) {
		buf_printf(&look->text,
			   "the culprit is the release %s itself, which "
			   "changes little more than a version",
			   look->release);
		add(look);
	}
	look_at_signatures(look, culprit);
}

/*
 * The bug shows above the border, or in a search for a fix below it.  One run
 * is all that the policy exit-code wants.
 */
static void look_at_runs(struct look *look, int culprit)
{
	int commit = culprit;
	const struct step *step;
	const int *parents;
	struct showing showing;

	if (engine_is_fix(look->engine)) {
		if (graph_parents(look->graph, culprit, &parents) < 1)
			return;
		commit = parents[0];
	}
	step = engine_step_of(look->engine, commit);
	showing = warnings_showing(look->engine, step);
	if (showing.bug != 1 || step->same_as >= 0 ||
	    engine_symptom(look->engine) == SYMPTOM_NO_BUILD ||
	    (showing.valid == 1 &&
	     engine_policy(look->engine)->kind == POLICY_EXIT_CODE))
		return;
	buf_printf(&look->text, "only one run of %.*s showed the bug, of %d",
		   OID_SHORT, hex_of(look, commit), showing.valid);
	add(look);
}

/* The accepted verdict of a descendant that speaks for an untested commit. */
static const struct step *spoken_for(struct look *look, int commit,
				     enum verdict verdict)
{
	const struct step *step, *found = NULL;

	for (int i = 0; (step = engine_step(look->engine, i)); i++) {
		if (step->commit == commit || step->verdict != verdict ||
		    step->set_aside ||
		    !graph_is_ancestor(look->graph, commit, step->commit))
			continue;
		found = step;
		if (is_tested(look, step))
			break;
	}
	return found;
}

/*
 * What is below the border counts as good because git saw no reason to test
 * it; that has been wrong (syzkaller's issue 1527).
 */
static void look_at_parents(struct look *look, int culprit)
{
	enum verdict old =
		engine_is_fix(look->engine) ? VERDICT_BAD : VERDICT_GOOD;
	const int *parents;
	int count = graph_parents(look->graph, culprit, &parents);

	for (int i = 0; i < count; i++) {
		const struct step *own =
			engine_step_of(look->engine, parents[i]);
		const struct step *by;

		if (is_tested(look, own) && own->verdict == old)
			continue;
		buf_printf(&look->text,
			   "%.*s, a parent of the culprit, was never tested",
			   OID_SHORT, hex_of(look, parents[i]));
		by = spoken_for(look, parents[i], old);
		if (by)
			buf_printf(&look->text,
				   ": it counts as %s because of %.*s%s",
				   verdict_name(old), OID_SHORT,
				   hex_of(look, by->commit),
				   is_tested(look, by)
					   ? ""
					   : ", which was not either");
		add(look);
	}
	if (is_tested(look, engine_step_of(look->engine, culprit)))
		return;
	buf_puts(&look->text, "the culprit itself was never tested");
	add(look);
}

static void look_at_candidates(struct look *look, const struct plan *plan)
{
	buf_printf(&look->text,
		   "the culprit may be any of %d commits, since some of them "
		   "could not be tested",
		   plan->candidate_count);
	add(look);
}

static void name_verdict(struct look *look, const struct step *step)
{
	if (name_one(look))
		buf_printf(&look->text, "%.*s (%s)", OID_SHORT,
			   hex_of(look, step->commit),
			   verdict_name(step->verdict));
}

static void look_at_persons(struct look *look)
{
	const struct step *step;

	buf_puts(&look->text, "the verdict is a person's on");
	for (int i = 0; (step = engine_step(look->engine, i)); i++)
		if (step->given &&
		    (step->given->by == BY_PERSON ||
		     step->given->by == BY_GIT) &&
		    !step->set_aside)
			name_verdict(look, step);
	add_list(look);
	buf_puts(&look->text, "a person overruled run");
	for (int i = 0; (step = engine_step(look->engine, i)); i++)
		for (int k = 0; k < step->run_count; k++)
			if (step->runs[k].judge && name_one(look))
				buf_printf(&look->text, "%.*s#%d (%s)",
					   OID_SHORT,
					   hex_of(look, step->commit),
					   step->runs[k].number,
					   outcome_name(step->runs[k].outcome));
	add_list(look);
}

static void look_at_contradictions(struct look *look)
{
	const struct step *step;

	buf_puts(&look->text, "set aside, because others exclude it: the "
			      "verdict on");
	for (int i = 0; (step = engine_step(look->engine, i)); i++)
		if (step->set_aside)
			name_verdict(look, step);
	add_list(look);
}

void warnings_find(struct warnings *warnings, struct engine *engine,
		   const struct graph *graph, const char *release)
{
	const struct plan *plan = engine_plan(engine);
	struct look look = { .warnings = warnings,
			     .engine = engine,
			     .graph = graph,
			     .release = release };
	bool by_hand = !has_evidence(engine);

	*warnings = (struct warnings){ 0 };
	buf_init(&look.text, 0);
	if (plan->state == PLAN_FOUND) {
		look_at_commit(&look, plan->commit);
		if (!by_hand) {
			look_at_runs(&look, plan->commit);
			look_at_parents(&look, plan->commit);
		}
	} else if (plan->state == PLAN_ONLY_SKIPPED) {
		look_at_candidates(&look, plan);
	}
	if (!by_hand)
		look_at_persons(&look);
	look_at_contradictions(&look);
	if (apart_say(engine, &look.text))
		add(&look);
	buf_release(&look.text);
}

void warnings_release(struct warnings *warnings)
{
	for (size_t i = 0; i < warnings->count; i++)
		free(warnings->items[i]);
	free(warnings->items);
	*warnings = (struct warnings){ 0 };
}
