/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/fold.h"
#include "engine/graph.h"

#define LOST_MAX 5 /* runs without any that says something */

/*
 * The newer end that people have: what was given first of those that lie above
 * the culprit; the culprit itself where there is none.
 */
static int newer_end(const struct engine *engine, int culprit)
{
	const struct marks *marks = &engine->ends.marks;
	int count = graph_count(engine->graph), found = culprit;
	unsigned char *below;

	for (size_t i = 0; i < marks->count && found == culprit; i++) {
		if (marks->items[i].kind != MARK_NEW)
			continue;
		below = xcalloc((size_t)count, 1);
		graph_mark_ancestors(engine->graph, &marks->items[i].commit, 1,
				     below, 1);
		if (below[culprit])
			found = marks->items[i].commit;
		free(below);
		if (found == culprit && marks->items[i].commit == culprit)
			break;
	}
	return found;
}

static const struct event *find_revert(const struct engine *engine, int culprit,
				       int base)
{
	const struct oid *reverted = graph_oid(engine->graph, culprit);
	const struct oid *on = graph_oid(engine->graph, base);

	for (size_t i = engine->revert_count; i-- > 0;)
		if (str_equal(engine->reverts[i]->title, reverted->hex) &&
		    oid_equal(&engine->reverts[i]->other, on))
			return engine->reverts[i];
	return NULL;
}

/* By a revert, and no commit that was there. */
static bool is_made(const struct verify_tree *tree)
{
	return tree->kind == TREE_REVERT || tree->kind == TREE_REVERT_END;
}

static void add_tree(const struct engine *engine, struct verify *verify,
		     enum tree_kind kind, int base)
{
	bool fix = engine_is_fix(engine);
	struct verify_tree *tree;

	if (verify->count == VERIFY_TREES)
		return;
	tree = &verify->trees[verify->count++];
	*tree = (struct verify_tree){ .kind = kind,
				      .expected = (kind == TREE_CULPRIT) != fix,
				      .base = base,
				      .commit = base,
				      .equal = -1 };
	if (!is_made(tree))
		return;
	tree->revert = find_revert(engine, verify->culprit, base);
	tree->commit =
		tree->revert && !oid_is_none(&tree->revert->commit)
			? graph_find(engine->graph, &tree->revert->commit)
			: -1;
}

static void list_trees(const struct engine *engine, struct verify *verify)
{
	const int *parents;
	int count = graph_parents(engine->graph, verify->culprit, &parents);
	int end = newer_end(engine, verify->culprit);

	add_tree(engine, verify, TREE_CULPRIT, verify->culprit);
	for (int i = 0; i < count && i < VERIFY_TREES - 3; i++)
		add_tree(engine, verify, TREE_PARENT, parents[i]);
	if (count == 0) /* there is nothing before it to go back to */
		return;
	add_tree(engine, verify, TREE_REVERT, verify->culprit);
	if (end != verify->culprit)
		add_tree(engine, verify, TREE_REVERT_END, end);
}

static bool is_since(const struct engine *engine, const struct run_state *run)
{
	const struct event *from = run->begin ? run->begin : run->fact;

	return from->seq > engine->verify_since;
}

static void count_runs(const struct engine *engine,
		       const struct folded_step *step, struct verify_tree *tree)
{
	struct tally tally = { .total = 0 };

	for (int i = 0; step && i < step->shown.run_count; i++) {
		const struct run_state *run = &step->shown.runs[i];

		if (!run->fact || !run->counts || !is_since(engine, run))
			continue;
		if (run->open)
			tally_add_open(&tally);
		else
			tally_add(&tally,
				  symptom_weigh(engine->symptom, run->outcome));
	}
	tree->finished = tally.total;
	tree->open = tally.open;
	tree->shows = tally.outcomes[OUTCOME_CRASHED];
	tree->valid = tree->shows + tally.outcomes[OUTCOME_OK];
	tree->lost = tree->finished - tree->valid - tree->open;
}

void verify_letters(struct engine *engine, const struct verify *verify,
		    const struct verify_tree *tree, struct buf *out)
{
	const struct step *step = engine_step_of(engine, tree->commit);

	for (int i = 0;
	     tree->equal >= 0 && i < verify->trees[tree->equal].finished; i++)
		buf_putc(out, '=');
	for (int i = 0; step && i < step->run_count; i++)
		if (is_since(engine, &step->runs[i]))
			buf_putc(out, engine_run_letter(&step->runs[i]));
}

/* The runs of the very same kernel need not be made a second time. */
static void find_equal(struct verify *verify, struct verify_tree *tree)
{
	if (tree->commit == tree->base || tree->finished > 0 || !tree->build ||
	    str_empty(tree->build->signature))
		return;
	for (struct verify_tree *other = verify->trees; other < tree; other++) {
		if (!other->build || other->state < TREE_LOST ||
		    !str_equal(other->build->signature, tree->build->signature))
			continue;
		tree->equal = (int)(other - verify->trees);
		tree->finished = other->finished;
		tree->open = other->open;
		tree->shows = other->shows;
		tree->valid = other->valid;
		tree->lost = other->lost;
		return;
	}
}

static enum tree_state state_of_runs(const struct verify *verify,
				     const struct verify_tree *tree)
{
	if (tree->equal < 0 && tree->finished >= LOST_MAX &&
	    tree->lost == tree->finished && tree->finished < verify->runs)
		return TREE_TROUBLE;
	if (tree->equal < 0 && tree->finished < verify->runs)
		return TREE_TO_RUN;
	if (tree->shows > 0)
		return TREE_SHOWS;
	if (tree->open > 0)
		return TREE_OPEN;
	return tree->valid * 2 < tree->finished || tree->valid == 0
		       ? TREE_LOST
		       : TREE_CLEAN;
}

static enum tree_state state_of_build(const struct engine *engine,
				      const struct verify *verify,
				      struct verify_tree *tree)
{
	const struct event *build = tree->build;
	bool only_build = engine->symptom == SYMPTOM_NO_BUILD;

	if (!build ||
	    (build->build == BUILD_INFRA && engine->resumed > build->seq))
		return TREE_TO_BUILD;
	if (build->build == BUILD_INFRA)
		return TREE_TROUBLE;
	if (build->build == BUILD_FAILED &&
	    (!only_build || build_refused(build)))
		return TREE_UNBUILT;
	if (!only_build)
		return state_of_runs(verify, tree);
	tree->valid = tree->finished = 1;
	tree->shows = build->build == BUILD_FAILED;
	return tree->shows ? TREE_SHOWS : TREE_CLEAN;
}

/* Before there is a commit to build. */
static enum tree_state state_of_revert(const struct engine *engine,
				       const struct verify_tree *tree)
{
	enum made made = MADE_TROUBLE;

	if (!tree->revert)
		return TREE_TO_MAKE;
	made_parse(&made, tree->revert->policy);
	if (made == MADE_EMPTY)
		return TREE_EMPTY;
	if (engine->resumed > tree->revert->seq)
		return TREE_TO_MAKE;
	return made == MADE_CONFLICT ? TREE_CONFLICT : TREE_TROUBLE;
}

static void look_at(const struct engine *engine, struct verify *verify,
		    struct verify_tree *tree)
{
	const struct folded_step *step = fold_step_of(engine, tree->commit);

	if (step && step->check_build &&
	    step->check_build->seq > engine->verify_since)
		tree->build = step->check_build;
	count_runs(engine, step, tree);
	find_equal(verify, tree);
	tree->state = tree->commit < 0 ? state_of_revert(engine, tree)
				       : state_of_build(engine, verify, tree);
	if (is_made(tree) && !verify->reverts && tree->state >= TREE_TO_MAKE &&
	    tree->state <= TREE_TO_RUN)
		tree->state = TREE_LEFT_OUT;
}

static bool is_pending(const struct verify *verify,
		       const struct verify_tree *tree)
{
	if (is_made(tree) && !verify->reverts)
		return false;
	return tree->state >= TREE_TO_MAKE && tree->state <= TREE_OPEN;
}

static bool is_told(const struct verify_tree *tree)
{
	return tree->state == TREE_SHOWS || tree->state == TREE_CLEAN;
}

static bool agrees(const struct verify_tree *tree)
{
	return is_told(tree) && (tree->state == TREE_SHOWS) == tree->expected;
}

/* What the trees come to, but for what is still under way. */
static enum verify_result result_of(const struct verify *verify)
{
	enum verify_result result = VERIFY_CONFIRMED;

	for (int i = 0; i < verify->count; i++) {
		const struct verify_tree *tree = &verify->trees[i];

		if (agrees(tree))
			continue;
		if (tree->commit == tree->base) {
			if (is_told(tree))
				return VERIFY_OVERTURNED;
			result = VERIFY_UNSURE;
		} else if (is_told(tree) && result == VERIFY_CONFIRMED) {
			result = VERIFY_REVERT_FAILS;
		}
	}
	return result;
}

/* Of what was overturned nothing further is worth a run. */
static void leave_out_the_rest(struct verify *verify)
{
	for (int i = 0; i < verify->count; i++)
		if (is_pending(verify, &verify->trees[i]))
			verify->trees[i].state = TREE_LEFT_OUT;
}

/* Settle before. */
static bool look(const struct engine *engine, struct verify *verify)
{
	const struct event *order = engine->verify;
	bool jobs = false;

	if (!order)
		return false;
	*verify = (struct verify){
		.order = order,
		.culprit = graph_find(engine->graph, &order->commit),
		.runs = (int)order->number,
		.reverts = !order->policy,
	};
	list_trees(engine, verify);
	for (int i = 0; i < verify->count; i++)
		look_at(engine, verify, &verify->trees[i]);
	verify->result = result_of(verify);
	if (verify->result == VERIFY_OVERTURNED)
		leave_out_the_rest(verify);
	verify->is_done = true;
	for (int i = 0; i < verify->count; i++) {
		const struct verify_tree *tree = &verify->trees[i];

		if (!is_pending(verify, tree))
			continue;
		verify->is_done = false;
		jobs |= tree->state <= TREE_TO_RUN;
	}
	verify->needs_person = !verify->is_done && !jobs;
	if (!verify->is_done)
		verify->result = VERIFY_UNDER_WAY;
	return true;
}

bool engine_verify(struct engine *engine, struct verify *out)
{
	const struct plan *plan = engine_plan(engine);

	if (!look(engine, out))
		return false;
	out->current =
		plan->state == PLAN_FOUND && plan->commit == out->culprit;
	return true;
}

/*
 * Is the search over with this culprit?  Asked while the plan is being made:
 * nothing but the culprit is left where all its parents are known not to have
 * what it has.
 */
static bool is_found(const struct engine *engine, int culprit)
{
	const struct ends *ends = &engine->ends;
	const int *parents;
	int count = graph_parents(engine->graph, culprit, &parents);
	unsigned char *below;
	bool found = ends->bad == culprit;

	if (!found)
		return false;
	below = xcalloc((size_t)graph_count(engine->graph), 1);
	graph_mark_ancestors(engine->graph, ends->goods, ends->good_count,
			     below, 1);
	for (int i = 0; i < count; i++)
		found &= below[parents[i]];
	free(below);
	return found;
}

bool verify_goes_on(const struct engine *engine, const struct folded_step *step)
{
	struct verify verify;

	if (!engine->verify || !step->shown.recorded ||
	    !is_found(engine,
		      graph_find(engine->graph, &engine->verify->commit)) ||
	    !look(engine, &verify) || verify.is_done)
		return false;
	for (int i = 0; i < verify.count; i++)
		if (verify.trees[i].commit == step->shown.commit &&
		    verify.trees[i].state == TREE_TO_RUN)
			return true;
	return false;
}

/*
 * What is wished for.
 */

static void wish_tree(struct engine *engine, const struct verify *verify,
		      const struct verify_tree *tree)
{
	struct wish *wish;

	if (tree->state == TREE_TO_BUILD)
		wish_add(engine, WISH_BUILD, tree->commit)->like =
			verify->culprit;
	if (tree->state != TREE_TO_RUN && (tree->state != TREE_TO_BUILD ||
					   engine->symptom == SYMPTOM_NO_BUILD))
		return;
	wish = wish_add(engine, WISH_RUNS, tree->commit);
	wish->like = verify->culprit;
	wish->runs = verify->runs - tree->finished;
}

static void ask_about(struct engine *engine, const struct verify *verify,
		      const struct verify_tree *tree)
{
	const char *what = graph_oid(engine->graph, verify->culprit)->hex;
	const char *on = graph_oid(engine->graph, tree->base)->hex;
	const char *why = tree->revert && tree->revert->text
				  ? tree->revert->text
				  : "no reason given";

	if (tree->state == TREE_OPEN)
		wish_title(engine, fold_step_of(engine, tree->commit), -1);
	else if (tree->state == TREE_CONFLICT)
		wish_ask(engine, tree->base,
			 "taking %.*s back on top of %.*s conflicts in %.150s: "
			 "mend it there, 'git add' it, and resume; or verify "
			 "--no-revert",
			 OID_SHORT, what, OID_SHORT, on, why);
	else if (tree->commit < 0)
		wish_ask(
			engine, tree->base,
			"%.*s could not be taken back on top of %.*s (%.150s): "
			"mend it and resume, or verify --no-revert",
			OID_SHORT, what, OID_SHORT, on, why);
	else if (tree->build && tree->build->build == BUILD_INFRA)
		wish_ask(engine, tree->commit,
			 "the build of %.*s could not be made here (%.150s): "
			 "mend it and resume",
			 OID_SHORT, graph_oid(engine->graph, tree->commit)->hex,
			 tree->build->text ? tree->build->text
					   : "no reason given");
	else
		wish_mending(engine, fold_step_of(engine, tree->commit),
			     tree->commit);
}

void wish_verify(struct engine *engine, int culprit)
{
	bool before = engine->plan.needs_person;
	struct verify verify;

	if (!look(engine, &verify) || verify.culprit != culprit)
		return;
	/* a revert that conflicts can be mended while the rest is tested */
	for (int i = 0; i < verify.count; i++)
		if (verify.trees[i].state == TREE_TO_MAKE)
			wish_add(engine, WISH_REVERT, verify.trees[i].base)
				->like = culprit;
	for (int i = 0; i < verify.count; i++)
		wish_tree(engine, &verify, &verify.trees[i]);
	for (int i = 0; i < verify.count; i++)
		if (is_pending(&verify, &verify.trees[i]) &&
		    verify.trees[i].state >= TREE_CONFLICT)
			ask_about(engine, &verify, &verify.trees[i]);
	engine->plan.needs_person = before || verify.needs_person;
}
