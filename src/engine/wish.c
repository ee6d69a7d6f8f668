/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/fold.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "engine/graph.h"
#include "engine/losses.h"

#define TROUBLE_MAX 200 /* bytes of a reason in a question */

struct wish *wish_add(struct engine *engine, enum wish_kind kind, int commit)
{
	struct wish *wish;

	array_grow(engine->wishes, engine->wish_count + 1, &engine->wish_room);
	wish = &engine->wishes[engine->wish_count++];
	memset(wish, 0, sizeof(*wish));
	wish->kind = kind;
	wish->commit = commit;
	wish->like = -1;
	return wish;
}

void wish_ask(struct engine *engine, int commit, const char *format, ...)
{
	struct wish *wish = wish_add(engine, WISH_ASK, commit);
	va_list args;

	va_start(args, format);
	vsnprintf(wish->why, sizeof(wish->why), format, args);
	va_end(args);
	wish->resumes = strstr(format, "resume") != NULL; /* our own words */
	/* trouble with other runs is asked about, and the search goes on */
	if (commit < 0 || commit == engine->plan.commit)
		engine->plan.needs_person = true;
}

void wish_title(struct engine *engine, const struct folded_step *step,
		int waits)
{
	const struct run_state *first = NULL;
	struct wish *wish;
	int commit = step->shown.commit, count = 0;

	for (int i = 0; i < step->shown.run_count; i++) {
		const struct run_state *run = &step->shown.runs[i];

		if (!run->open || !run->counts)
			continue;
		if (!first)
			first = run;
		count += str_equal(run_title(run), run_title(first));
	}
	if (!first)
		return;
	wish = wish_add(engine, WISH_ASK, commit);
	wish->title = run_title(first);
	wish->run = first->number;
	snprintf(wish->why, sizeof(wish->why),
		 "is it the same bug, another one or noise: '%s', in %d run%s "
		 "of %.*s?",
		 wish->title, count, count == 1 ? "" : "s", OID_SHORT,
		 graph_oid(engine->graph, commit)->hex);
	if (waits >= 0 && waits == engine->plan.commit)
		engine->plan.needs_person = true;
}

/* What stands before the count: whose runs these are, if another's. */
static size_t name_equal(const struct engine *engine, const struct step *step,
			 struct wish *wish)
{
	if (step->same_as < 0)
		return 0;
	return (size_t)snprintf(wish->why, sizeof(wish->why),
				"the same kernel as %.*s: ", OID_SHORT,
				graph_oid(engine->graph, step->same_as)->hex);
}

static void explain(const struct engine *engine, const struct step *step,
		    const struct judgement *j, struct wish *wish)
{
	const char *one = "crash", *many = "crashes";
	size_t used = name_equal(engine, step, wish);
	char *out = wish->why + used;
	size_t room = sizeof(wish->why) - used;

	if (j->believed && wish->verdict != VERDICT_SKIP) {
		double sure = j->bug > 0.5 ? j->bug : 1 - j->bug;
		int length =
			snprintf(out, room,
				 "%.1f %%: ", sure > 0.999 ? 99.9 : sure * 100);

		out += length;
		room -= (size_t)length;
	}
	if (engine->symptom == SYMPTOM_NO_BOOT) {
		one = "boot failure";
		many = "boot failures";
	}
	if (wish->verdict == VERDICT_SKIP)
		snprintf(out, room, "%d valid runs of %d, %d needed", j->valid,
			 j->wanted, j->valid_needed);
	else
		snprintf(out, room, "%d %s in %d valid run%s", j->crashes,
			 j->crashes == 1 ? one : many, j->valid,
			 j->valid == 1 ? "" : "s");
}

static void explain_losses(const struct engine *engine, const struct step *step,
			   struct wish *wish)
{
	struct losses losses;

	losses_find(engine, fold_step_of(engine, step->commit), &losses);
	snprintf(wish->why, sizeof(wish->why),
		 "boots badly: %d of %d runs were lost, and those of other "
		 "commits were not",
		 losses.lost, losses.lost + losses.said);
}

/* Is there anything that a policy could judge? */
static bool has_evidence(const struct engine *engine, const struct step *step)
{
	return step->run_count > 0 || step->same_as >= 0 ||
	       engine->symptom == SYMPTOM_NO_BUILD;
}

static void word_verdict(struct engine *engine, const struct step *step,
			 const struct judgement *j, struct wish *wish)
{
	if (step->build && build_refused(step->build))
		snprintf(wish->why, sizeof(wish->why),
			 "fixup %" PRId64 " does not apply",
			 step->build->number);
	else if (step->build && step->build->build == BUILD_FAILED)
		snprintf(wish->why, sizeof(wish->why), "does not build");
	else if (engine->symptom == SYMPTOM_NO_BUILD)
		snprintf(wish->why, sizeof(wish->why), "builds");
	else if (wish->verdict == VERDICT_SKIP &&
		 weigh_boots_badly(engine, fold_step_of(engine, step->commit)))
		explain_losses(engine, step, wish);
	else
		explain(engine, step, j, wish);
}

void wish_verdict(struct engine *engine, const struct folded_step *step)
{
	const struct step *shown = &step->shown;
	struct judgement j = weigh_judge(engine, step);
	bool unbuilt = fold_is_unbuilt(step);
	/* what others show bears on it too, where all are believed at once */
	bool fresh = !shown->recorded || j.believed ||
		     weigh_evidence(engine, step) > shown->recorded->seq;
	enum verdict verdict = j.verdict;
	struct wish *wish;

	if (unbuilt && (engine->symptom != SYMPTOM_NO_BUILD ||
			build_refused(shown->build)))
		verdict = VERDICT_SKIP;
	if (step->person || verdict == VERDICT_NONE || !fresh ||
	    verify_goes_on(engine, step))
		return;
	if (!unbuilt && !has_evidence(engine, shown))
		return;
	if (shown->recorded && shown->recorded->verdict == verdict)
		return;
	wish = wish_add(engine, WISH_VERDICT, shown->commit);
	wish->verdict = verdict;
	word_verdict(engine, shown, &j, wish);
}

/* What the latest run that failed by our own fault said of it, or "". */
static const char *trouble_of(const struct folded_step *step)
{
	const char *why = NULL;

	for (int i = 0; step && i < step->shown.run_count; i++) {
		const struct run_state *run = &step->shown.runs[i];

		if (run->fact && run->outcome == OUTCOME_INFRA)
			why = run->fact->text;
	}
	return why ? why : "";
}

void wish_mending(struct engine *engine, const struct folded_step *step,
		  int commit)
{
	const char *why = trouble_of(step);
	size_t length = strcspn(why, "\n");

	if (length > TROUBLE_MAX)
		for (length = TROUBLE_MAX;
		     length && ((unsigned char)why[length] & 0xc0) == 0x80;)
			length--;
	wish_ask(engine, commit,
		 "too much infrastructure trouble at %.*s%s%.*s%s: mend it and "
		 "resume, or give a verdict",
		 OID_SHORT, graph_oid(engine->graph, commit)->hex,
		 length ? " (" : "", (int)length, why, length ? ")" : "");
}

void wish_question(struct engine *engine, const struct folded_step *step)
{
	const struct event *recorded = step->shown.recorded;

	if (!step->person && recorded &&
	    weigh_evidence(engine, step) > recorded->seq &&
	    weigh_judge(engine, step).undecided)
		wish_title(engine, step, -1);
}

void wish_because(struct engine *engine, const char *format, ...)
{
	for (size_t i = 0; i < engine->wish_count; i++) {
		struct wish *wish = &engine->wishes[i];
		va_list args;

		if (wish->commit != engine->plan.commit ||
		    wish->kind != WISH_RUNS)
			continue;
		va_start(args, format);
		vsnprintf(wish->why, sizeof(wish->why), format, args);
		va_end(args);
	}
}

/* Its build if need be; false where only a person can make it possible. */
static bool wish_build(struct engine *engine, int commit,
		       const struct folded_step *step)
{
	const struct event *build = step ? step->shown.build : NULL;
	bool again = step && step->shown.build_again;

	if (build && build->build == BUILD_INFRA && !again) {
		wish_ask(engine, commit,
			 "the build of %.*s could not be made here (%s): mend "
			 "it "
			 "and resume",
			 OID_SHORT, graph_oid(engine->graph, commit)->hex,
			 build->text ? build->text : "no reason given");
		return false;
	}
	if (!build || again)
		wish_add(engine, WISH_BUILD, commit);
	return true;
}

void wish_wave(struct engine *engine, int commit, int runs)
{
	const struct folded_step *step = fold_step_of(engine, commit);

	if (!wish_build(engine, commit, step))
		return;
	wish_add(engine, WISH_RUNS, commit)->runs = runs;
	if (step)
		wish_title(engine, step, -1);
}

void wish_runs(struct engine *engine, int commit)
{
	const struct folded_step *step = fold_step_of(engine, commit);
	struct judgement j = weigh_judge(engine, step);

	if (j.stop && !(step && step->shown.build &&
			step->shown.build->build == BUILD_INFRA &&
			!step->shown.build_again)) {
		wish_mending(engine, step, commit);
		return;
	}
	if (!wish_build(engine, commit, step))
		return;
	if (j.more_runs > 0)
		wish_add(engine, WISH_RUNS, commit)->runs = j.more_runs;
	if (!step)
		return;
	if (j.undecided || weigh_hangs(engine, step))
		wish_title(engine, step, j.undecided ? commit : -1);
	if (j.undecided && step->shown.same_as >= 0)
		wish_title(engine, fold_step_of(engine, step->shown.same_as),
			   commit);
}

void wish_more(struct engine *engine)
{
	for (size_t i = 0; i < engine->step_count; i++) {
		const struct step *step = &engine->steps[i]->shown;

		if (step->extra_runs > 0 && step->verdict != VERDICT_NONE &&
		    !(step->build && step->build->build == BUILD_FAILED))
			wish_runs(engine, step->commit);
	}
}
