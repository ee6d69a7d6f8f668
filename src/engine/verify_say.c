/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/verify.h"

#include "base/buf.h"
#include "base/str.h"
#include "engine/fold.h"
#include "engine/graph.h"

const char *verify_result_name(enum verify_result result)
{
	static const char *const names[] = {
		[VERIFY_UNDER_WAY] = "under-way",
		[VERIFY_CONFIRMED] = "confirmed",
		[VERIFY_REVERT_FAILS] = "revert-fails",
		[VERIFY_OVERTURNED] = "overturned",
		[VERIFY_UNSURE] = "unsure",
	};

	return names[result];
}

const char *tree_kind_name(enum tree_kind kind)
{
	static const char *const names[] = {
		[TREE_CULPRIT] = "culprit",
		[TREE_PARENT] = "parent",
		[TREE_REVERT] = "revert-on-culprit",
		[TREE_REVERT_END] = "revert-on-end",
	};

	return names[kind];
}

const char *tree_state_name(enum tree_state state)
{
	static const char *const names[] = {
		[TREE_LEFT_OUT] = "left-out", [TREE_TO_MAKE] = "to-make",
		[TREE_TO_BUILD] = "to-build", [TREE_TO_RUN] = "to-run",
		[TREE_CONFLICT] = "conflict", [TREE_TROUBLE] = "trouble",
		[TREE_OPEN] = "open",	      [TREE_EMPTY] = "empty",
		[TREE_UNBUILT] = "unbuilt",   [TREE_LOST] = "lost",
		[TREE_SHOWS] = "shows",	      [TREE_CLEAN] = "clean",
	};

	return names[state];
}

static int count_parents(const struct verify *verify)
{
	int count = 0;

	for (int i = 0; i < verify->count; i++)
		count += verify->trees[i].kind == TREE_PARENT;
	return count;
}

void verify_name_tree(const struct engine *engine, const struct verify *verify,
		      const struct verify_tree *tree, struct buf *out)
{
	switch (tree->kind) {
	case TREE_CULPRIT:
		buf_puts(out, "culprit");
		break;
	case TREE_PARENT:
		buf_puts(out, "parent");
		if (count_parents(verify) > 1)
			buf_printf(out, " %.*s", OID_SHORT,
				   graph_oid(engine->graph, tree->base)->hex);
		break;
	case TREE_REVERT:
		buf_puts(out, "revert on culprit");
		break;
	case TREE_REVERT_END:
		buf_printf(out, "revert on %s end",
			   engine_is_fix(engine) ? "good" : "bad");
		break;
	}
}

/* "crashed", "did not boot": what the bug does in a run. */
static const char *did(const struct engine *engine)
{
	return engine->symptom == SYMPTOM_NO_BOOT ? "did not boot" : "crashed";
}

static bool is_counted(const struct verify_tree *tree)
{
	return tree->state == TREE_TO_RUN || tree->state == TREE_OPEN ||
	       tree->state >= TREE_LOST;
}

static void say_count(const struct engine *engine,
		      const struct verify_tree *tree, struct buf *out)
{
	if (engine->symptom == SYMPTOM_NO_BUILD)
		buf_puts(out, tree->shows ? "does not build" : "builds");
	else
		buf_printf(out, "%d/%d %s", tree->shows, tree->valid,
			   did(engine));
}

void verify_say_tree(const struct engine *engine,
		     const struct verify_tree *tree, struct buf *out)
{
	switch (tree->state) {
	case TREE_LEFT_OUT:
		buf_puts(out, "left out");
		break;
	case TREE_TO_MAKE:
	case TREE_TO_BUILD:
		buf_puts(out, "not tested yet");
		break;
	case TREE_CONFLICT:
		buf_puts(out, "conflicts");
		break;
	case TREE_TROUBLE:
		buf_puts(out, "could not be tested: trouble on our side");
		break;
	case TREE_EMPTY:
		buf_puts(out, "has nothing left to take back");
		break;
	case TREE_UNBUILT:
		buf_puts(out, "does not build");
		break;
	case TREE_TO_RUN:
	case TREE_OPEN:
	case TREE_LOST:
	case TREE_SHOWS:
	case TREE_CLEAN:
		say_count(engine, tree, out);
		break;
	}
}

static bool is_of(const struct verify_tree *tree, enum tree_kind kind,
		  enum tree_state state)
{
	return tree->kind == kind && tree->state == state;
}

static bool has_tree(const struct verify *verify, enum tree_kind kind,
		     enum tree_state state)
{
	for (int i = 0; i < verify->count; i++)
		if (is_of(&verify->trees[i], kind, state))
			return true;
	return false;
}

static void say_overturned(const struct engine *engine,
			   const struct verify *verify, struct buf *out)
{
	const struct verify_tree *culprit = &verify->trees[0];

	if (culprit->state == TREE_CLEAN && !engine_is_fix(engine))
		buf_puts(out, "the culprit does not show the bug again");
	else if (culprit->state == TREE_SHOWS && engine_is_fix(engine))
		buf_puts(out, "the bug is there with the fix too");
	else if (engine_is_fix(engine))
		buf_puts(out, "the parent does not show the bug: this is not "
			      "what fixed it");
	else
		buf_puts(out, "the parent shows the bug too: this is not what "
			      "brought it");
}

static void say_revert_fails(const struct engine *engine,
			     const struct verify *verify, struct buf *out)
{
	bool end = has_tree(verify, TREE_REVERT_END,
			    engine_is_fix(engine) ? TREE_CLEAN : TREE_SHOWS);
	const char *where = end ? "the newer end" : "the culprit itself";

	if (engine_is_fix(engine))
		buf_printf(out,
			   "taken back on %s the bug does not come back: "
			   "something else keeps it away there",
			   where);
	else
		buf_printf(out,
			   "taken back on %s the bug stays: it has another "
			   "cause there too",
			   where);
}

/* How far the good news reaches. */
static void say_confirmed(const struct engine *engine,
			  const struct verify *verify, struct buf *out)
{
	enum tree_state good = engine_is_fix(engine) ? TREE_SHOWS : TREE_CLEAN;
	bool here = has_tree(verify, TREE_REVERT, good);
	bool end = has_tree(verify, TREE_REVERT_END, good);

	if (!here && !end)
		buf_puts(out, "confirmed");
	else if (engine_is_fix(engine))
		buf_puts(out, "without the fix the bug is back");
	else
		buf_puts(out, "the revert fixes it");
	if (here && !end &&
	    verify->trees[verify->count - 1].kind == TREE_REVERT_END)
		buf_puts(out, " on the culprit itself");
}

void verify_say_result(const struct engine *engine, const struct verify *verify,
		       struct buf *out)
{
	switch (verify->result) {
	case VERIFY_UNDER_WAY:
		break;
	case VERIFY_CONFIRMED:
		say_confirmed(engine, verify, out);
		break;
	case VERIFY_REVERT_FAILS:
		say_revert_fails(engine, verify, out);
		break;
	case VERIFY_OVERTURNED:
		say_overturned(engine, verify, out);
		break;
	case VERIFY_UNSURE:
		buf_puts(out, "culprit and parent could not both be tested "
			      "again");
		break;
	}
}

void verify_say(const struct engine *engine, const struct verify *verify,
		struct buf *out)
{
	bool counted = engine->symptom == SYMPTOM_NO_BUILD;
	struct buf result;

	for (int i = 0; i < verify->count; i++) {
		const struct verify_tree *tree = &verify->trees[i];

		buf_puts(out, i ? ", " : "");
		verify_name_tree(engine, verify, tree, out);
		buf_putc(out, ' ');
		/* what is counted is said once */
		if (counted && is_counted(tree) &&
		    engine->symptom != SYMPTOM_NO_BUILD)
			buf_printf(out, "%d/%d", tree->shows, tree->valid);
		else
			verify_say_tree(engine, tree, out);
		counted |= is_counted(tree);
	}
	buf_init(&result, 0);
	verify_say_result(engine, verify, &result);
	if (result.length)
		buf_printf(out, ": %s", result.text);
	buf_release(&result);
}
