/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/fold.h"

#include <string.h>

#include "engine/adaptive.h"
#include "engine/losses.h"

/* without: a wave whose runs are left out, 0 for none. */
static void add_runs(const struct engine *engine,
		     const struct folded_step *step, int without,
		     struct tally *tally)
{
	for (int i = 0; step && i < step->shown.run_count; i++) {
		const struct run_state *run = &step->shown.runs[i];

		if (!run->fact || !run->counts ||
		    (without && run->wave == without))
			continue;
		if (run->open)
			tally_add_open(tally);
		else
			tally_add(tally,
				  symptom_weigh(engine->symptom, run->outcome));
	}
}

/* The step whose runs count here too, or NULL. */
static const struct folded_step *equal_of(const struct engine *engine,
					  const struct folded_step *step)
{
	return step ? fold_step_of(engine, step->shown.same_as) : NULL;
}

/* The first run of a wave that shows what is looked for, by its end. */
static const struct event *first_showing(const struct engine *engine,
					 const struct folded_step *step,
					 int wave)
{
	const struct event *first = NULL;

	for (int i = 0; i < step->shown.run_count; i++) {
		const struct run_state *run = &step->shown.runs[i];

		if (run->wave != wave || !run->fact || !run->counts ||
		    run->open ||
		    symptom_weigh(engine->symptom, run->outcome) !=
			    OUTCOME_CRASHED)
			continue;
		if (!first || run->fact->seq < first->seq)
			first = run->fact;
	}
	return first;
}

/* Runs of the wave that were in flight then and have no end of their own. */
static int cut_short(const struct folded_step *step, int wave, int64_t seq)
{
	int count = 0;

	for (size_t i = 0; i < step->stop_count; i++)
		count += step->stops[i].wave == wave &&
			 step->stops[i].begun < seq &&
			 step->stops[i].stopped > seq;
	for (int i = 0; i < step->shown.run_count; i++) {
		const struct run_state *run = &step->shown.runs[i];

		count += run->running && run->wave == wave &&
			 run->begin->seq < seq;
	}
	return count;
}

static void add_waves(const struct engine *engine,
		      const struct folded_step *step, int without,
		      struct tally *tally)
{
	for (int wave = 1; step && wave <= step->wave; wave++) {
		const struct event *first =
			wave == without ? NULL
					: first_showing(engine, step, wave);
		int cut = first ? cut_short(step, wave, first->seq) : 0;

		if (cut > 0)
			tally->killed[cut < WAVE_MAX ? cut + 1 : WAVE_MAX]++;
	}
}

void weigh_own(const struct engine *engine, const struct folded_step *step,
	       struct tally *tally)
{
	memset(tally, 0, sizeof(*tally));
	add_runs(engine, step, 0, tally);
	add_waves(engine, step, 0, tally);
}

void weigh_tally(const struct engine *engine, const struct folded_step *step,
		 struct tally *tally)
{
	const struct folded_step *equal = equal_of(engine, step);

	weigh_own(engine, step, tally);
	add_runs(engine, equal, 0, tally);
	add_waves(engine, equal, 0, tally);
}

void weigh_record(const struct engine *engine, const struct folded_step *step,
		  bool settled, struct record *record)
{
	int without =
		settled && fold_count_running(&step->shown) ? step->wave : 0;
	struct tally tally;

	memset(&tally, 0, sizeof(tally));
	add_runs(engine, step, without, &tally);
	add_waves(engine, step, without, &tally);
	tally_record(&tally, record);
	record->commit = step->shown.commit;
	record->open = tally.open;
}

int weigh_wave(const struct engine *engine, const struct folded_step *step,
	       int *showing)
{
	const struct event *first = first_showing(engine, step, step->wave);

	*showing = 0;
	for (int i = 0; i < step->shown.run_count; i++) {
		const struct run_state *run = &step->shown.runs[i];

		*showing += run->wave == step->wave && run->fact &&
			    run->counts && !run->open &&
			    symptom_weigh(engine->symptom, run->outcome) ==
				    OUTCOME_CRASHED;
	}
	return first ? cut_short(step, step->wave, first->seq) + 1 : 0;
}

int64_t weigh_evidence(const struct engine *engine,
		       const struct folded_step *step)
{
	const struct folded_step *equal = equal_of(engine, step);
	int64_t own = step->shown.evidence_seq;

	return equal && equal->shown.evidence_seq > own
		       ? equal->shown.evidence_seq
		       : own;
}

/* Does another bad commit of the session make the bug a flaky one? */
static bool flaky_beside(const struct engine *engine, int commit)
{
	for (size_t i = 0; i < engine->step_count; i++) {
		const struct folded_step *step = engine->steps[i];
		const struct event *given =
			step->person ? step->person : step->shown.recorded;
		struct tally tally;

		if (step->shown.commit == commit || !given ||
		    given->verdict != VERDICT_BAD)
			continue;
		weigh_tally(engine, step, &tally);
		if (tally.outcomes[OUTCOME_CRASHED] > 0 &&
		    policy_is_flaky(&tally))
			return true;
	}
	return false;
}

/* What the other bad commits tell of how often the bug shows. */
static void learn_rate(const struct engine *engine, int commit,
		       struct record *known)
{
	for (size_t i = 0; i < engine->step_count; i++) {
		const struct folded_step *step = engine->steps[i];
		const struct event *given =
			step->person ? step->person : step->shown.recorded;
		struct record record;
		struct tally tally;

		if (step->shown.commit == commit || !given ||
		    given->verdict != VERDICT_BAD)
			continue;
		weigh_own(engine, step, &tally);
		/* one that never crashed may have been told wrongly */
		if (tally.outcomes[OUTCOME_CRASHED] == 0)
			continue;
		tally_record(&tally, &record);
		record_add(known, &record);
	}
}

bool engine_is_flaky(struct engine *engine)
{
	return flaky_beside(engine, -1);
}

/* Where builds are looked at, a build is all there is to say. */
static struct judgement judge_build(const struct folded_step *step)
{
	struct judgement j = { .verdict = VERDICT_NONE };

	if (!step || !step->shown.build || step->shown.build_again)
		return j;
	if (step->shown.build->build == BUILD_OK)
		j.verdict = VERDICT_GOOD;
	else if (step->shown.build->build == BUILD_FAILED &&
		 !build_refused(step->shown.build))
		j.verdict = VERDICT_BAD;
	j.leaning = j.verdict;
	return j;
}

void weigh_around(const struct engine *engine, const struct folded_step *step,
		  struct around *around)
{
	int commit = step ? step->shown.commit : -1;

	*around = (struct around){
		.first = engine->first_tested < 0 ||
			 engine->first_tested == commit,
		.extra = step ? step->shown.extra_runs : 0,
		.until = step ? step->shown.until_runs : 0,
	};
	if (policy_counts_runs(&engine->policy))
		around->flaky = flaky_beside(engine, commit);
	else
		learn_rate(engine, commit, &around->known);
}

static struct judgement judge_tally(const struct engine *engine,
				    const struct folded_step *step,
				    const struct tally *tally)
{
	struct around around;

	weigh_around(engine, step, &around);
	return policy_judge(&engine->policy, tally, &around);
}

bool weigh_boots_badly(const struct engine *engine,
		       const struct folded_step *step)
{
	struct losses losses;

	losses_find(engine, step, &losses);
	return losses.badly && step->shown.extra_runs == 0 &&
	       !fold_is_replay(engine);
}

/*
 * No more runs where they are lost by the commit itself: what goes on may end,
 * and then counts what is there.  Those lost by our own side are made again
 * before a person is asked; `git bisect run` stops at once.
 */
static struct judgement judge_lost(const struct engine *engine,
				   const struct folded_step *step,
				   const struct tally *tally,
				   struct judgement j)
{
	int running = step ? fold_count_running(&step->shown) : 0;
	struct tally mended = *tally;

	if (j.more_runs > running && weigh_boots_badly(engine, step)) {
		j.more_runs = running;
		if (!running && !j.undecided)
			j.verdict = j.leaning ? j.leaning : VERDICT_SKIP;
		return j;
	}
	if (!j.stop || engine->policy.kind == POLICY_EXIT_CODE ||
	    losses_give_up(engine, step))
		return j;
	mended.total -= mended.outcomes[OUTCOME_INFRA];
	mended.outcomes[OUTCOME_INFRA] = 0;
	return judge_tally(engine, step, &mended);
}

struct judgement weigh_judge(const struct engine *engine,
			     const struct folded_step *step)
{
	struct judgement j;
	struct tally tally;

	if (engine->symptom == SYMPTOM_NO_BUILD)
		return judge_build(step);
	weigh_tally(engine, step, &tally);
	j = tally_counted(&tally);
	if (adaptive_judge(engine, step, &j))
		return j;
	j = judge_tally(engine, step, &tally);
	return judge_lost(engine, step, &tally, j);
}

bool weigh_hangs(const struct engine *engine, const struct folded_step *step)
{
	struct judgement same, other;
	struct tally as_bug, as_other;

	weigh_tally(engine, step, &as_bug);
	if (as_bug.open == 0 || engine->policy.kind == POLICY_ADAPTIVE)
		return as_bug.open > 0;
	as_other = as_bug;
	as_bug.outcomes[OUTCOME_CRASHED] += as_bug.open;
	as_other.outcomes[OUTCOME_IGNORED] += as_other.open;
	as_bug.open = as_other.open = 0;
	same = judge_tally(engine, step, &as_bug);
	other = judge_tally(engine, step, &as_other);
	return same.verdict != other.verdict || same.leaning != other.leaning ||
	       same.more_runs != other.more_runs;
}
