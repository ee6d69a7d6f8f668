/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/fold.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "engine/graph.h"
#include "engine/losses.h"

/*
 * Too many runs were lost at several commits.  One more is made of a commit
 * whose runs were not: is that lost too, the search waits for a person.  What
 * is under way may end (and may show that all is well), builds go on, no other
 * run is begun, and no commit is skipped for what was lost.
 */

#define REASON_MAX 70 /* bytes of it in the question */

static bool is_spoilt(const struct engine *engine,
		      const struct trouble *trouble, int commit)
{
	const struct folded_step *step = fold_step_of(engine, commit);

	for (int i = 0; step && i < step->shown.run_count; i++)
		if (losses_spoilt(engine, trouble, step, &step->shown.runs[i]))
			return true;
	return false;
}

/* Is it still wished for?  Of runs as many as go on already. */
static bool stays(const struct engine *engine, const struct trouble *trouble,
		  struct wish *wish)
{
	const struct folded_step *step = fold_step_of(engine, wish->commit);
	int running = step ? fold_count_running(&step->shown) : 0;

	switch (wish->kind) {
	case WISH_RUNS:
		if (step && step->shown.extra_runs > 0) /* a person's order */
			return true;
		if (wish->runs > running)
			wish->runs = running;
		return wish->runs > 0;
	case WISH_VERDICT:
		return wish->verdict != VERDICT_SKIP ||
		       !is_spoilt(engine, trouble, wish->commit) ||
		       (step->shown.build &&
			step->shown.build->build == BUILD_FAILED);
	case WISH_ASK:
		return wish->title || wish->commit < 0 ||
		       !is_spoilt(engine, trouble, wish->commit);
	case WISH_RANGE:
	case WISH_BUILD:
	case WISH_TOUCHED:
	case WISH_REVERT:
		break;
	}
	return true;
}

static size_t reason_of(const struct trouble *trouble, const char **reason)
{
	size_t length;

	*reason = trouble->latest->fact->text;
	if (str_empty(*reason))
		*reason = "";
	length = strcspn(*reason, "\n");
	if (length > REASON_MAX)
		for (length = REASON_MAX;
		     length &&
		     ((unsigned char)(*reason)[length] & 0xc0) == 0x80;)
			length--;
	return length;
}

static void ask(struct engine *engine, const struct trouble *trouble)
{
	static const char *const words[LOSS_COUNT] = {
		[LOSS_INFRA] = "failed on our side",
		[LOSS_BOOT] = "did not boot",
		[LOSS_BEFORE] = "could not begin the test",
		[LOSS_OTHER] = "crashed in another way",
	};
	const char *reason;
	size_t length = reason_of(trouble, &reason), used = 0;
	char kinds[120] = "";

	for (int i = 0; i < LOSS_COUNT && used < sizeof(kinds); i++)
		if (words[i] && trouble->kinds[i])
			used += (size_t)snprintf(kinds + used,
						 sizeof(kinds) - used,
						 "%s%d %s", used ? ", " : "",
						 trouble->kinds[i], words[i]);
	wish_ask(
		engine, -1,
		"%d of the last %d runs were lost, at %d commits: %s%s%.*s%s. "
		"Is it the machines? Mend them and resume: just these runs are "
		"made again. Is it the commits? Skip them",
		trouble->lost, trouble->runs, trouble->commits, kinds,
		length ? " (" : "", (int)length, reason, length ? ")" : "");
}

/* The question before all others, behind the verdicts. */
static void bring_forward(struct engine *engine)
{
	struct wish *wishes = engine->wishes;
	size_t at = engine->wish_count - 1;
	struct wish question = wishes[at];

	while (at > 0 && wishes[at - 1].kind != WISH_VERDICT) {
		wishes[at] = wishes[at - 1];
		at--;
	}
	wishes[at] = question;
}

static bool drop_runs(struct engine *engine, int commit)
{
	size_t kept = 0;
	bool others = false;

	for (size_t i = 0; i < engine->wish_count; i++) {
		const struct wish *wish = &engine->wishes[i];

		if (wish->kind == WISH_RUNS && wish->commit == commit)
			continue;
		others |= wish->kind == WISH_RUNS;
		engine->wishes[kept++] = *wish;
	}
	engine->wish_count = kept;
	return others;
}

/* One run where all was well, when what is under way has ended. */
static void try_control(struct engine *engine, const struct trouble *trouble,
			int commit)
{
	int running = fold_count_running(&fold_step_of(engine, commit)->shown);
	struct plan *plan = &engine->plan;

	if (drop_runs(engine, commit) && !running)
		return;
	plan->commit = commit;
	plan->merge_base = plan->release = plan->confirming = false;
	plan->picked = plan->needs_person = false;
	if (running)
		wish_add(engine, WISH_RUNS, commit)->runs = running;
	else
		wish_wave(engine, commit, 1);
	wish_because(
		engine,
		"is it the machines or the commits? %d of the last %d "
		"runs were lost, at %d commits, and those of %.*s were not",
		trouble->lost, trouble->runs, trouble->commits, OID_SHORT,
		graph_oid(engine->graph, commit)->hex);
}

void plan_hold(struct engine *engine)
{
	struct trouble trouble;
	size_t kept = 0;
	int control;

	losses_trouble(engine, &trouble);
	if (!trouble.on)
		return;
	control = losses_control(engine, &trouble);
	for (size_t i = 0; i < engine->wish_count; i++)
		if (stays(engine, &trouble, &engine->wishes[i]))
			engine->wishes[kept++] = engine->wishes[i];
	engine->wish_count = kept;
	if (control >= 0 && engine->plan.state == PLAN_TEST) {
		try_control(engine, &trouble, control);
		return;
	}
	ask(engine, &trouble);
	bring_forward(engine);
}
