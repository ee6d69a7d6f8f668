/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/losses.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "engine/fold.h"

#define BADLY_CHANCE 0.001
#define BADLY_LEAST  3		    /* two may always be a coincidence */
#define NEAR_MS	     (30 * 60000LL) /* others were fine lately */
#define AFTER_LEAST  3		    /* ... or since */
#define LATEST	     10
#define UNTESTABLE   125 /* the test itself says so, as for git bisect run */

enum loss loss_of(const struct engine *engine, const struct run_state *run)
{
	if (!run->fact || run->open ||
	    (run->judge && run->outcome == OUTCOME_IGNORED))
		return LOSS_NONE;
	switch (symptom_weigh(engine->symptom, run->outcome)) {
	case OUTCOME_INFRA:
		return LOSS_INFRA;
	case OUTCOME_BOOT_FAILED:
		return LOSS_BOOT;
	case OUTCOME_TEST_FAILED:
		return run->fact->exit_status == UNTESTABLE ? LOSS_NONE
							    : LOSS_BEFORE;
	case OUTCOME_IGNORED:
		return LOSS_OTHER;
	case OUTCOME_OK:
	case OUTCOME_CRASHED:
	case OUTCOME_COUNT:
		break;
	}
	return LOSS_NONE;
}

/* Did the target come up and run its test? */
static bool says_something(const struct engine *engine,
			   const struct run_state *run)
{
	enum outcome outcome = symptom_weigh(engine->symptom, run->outcome);

	return run->open || outcome == OUTCOME_OK || outcome == OUTCOME_CRASHED;
}

static double log_beta(double a, double b)
{
	int sign;

	return lgamma_r(a, &sign) + lgamma_r(b, &sign) - lgamma_r(a + b, &sign);
}

double losses_chance(int k, int n, int lost, int said)
{
	double a = 0.5 + lost, b = 10.0 + said, sum = 0;

	for (int i = k; i <= n; i++)
		sum += exp(log_beta(a + i, b + n - i) - log_beta(a, b) -
			   log_beta(1.0 + i, 1.0 + n - i) - log1p(n));
	return sum > 1 ? 1 : sum;
}

/* The event of a commit's latest run that was not lost, or 0. */
static int64_t last_said(const struct engine *engine, const struct step *step)
{
	int64_t last = 0;

	for (int i = 0; i < step->run_count; i++)
		if (step->runs[i].fact &&
		    says_something(engine, &step->runs[i]) &&
		    step->runs[i].fact->seq > last)
			last = step->runs[i].fact->seq;
	return last;
}

/* ... that was lost, or 0. */
static int64_t last_lost(const struct engine *engine, const struct step *step)
{
	int64_t last = 0;

	for (int i = 0; i < step->run_count; i++)
		if (loss_of(engine, &step->runs[i]) != LOSS_NONE &&
		    step->runs[i].fact->seq > last)
			last = step->runs[i].fact->seq;
	return last;
}

/* ... of the latest run anywhere that was not lost, or 0. */
static int64_t last_that_said(const struct engine *engine)
{
	int64_t last = 0;

	for (size_t i = 0; i < engine->step_count; i++) {
		int64_t said = last_said(engine, &engine->steps[i]->shown);

		if (said > last)
			last = said;
	}
	return last;
}

/*
 * One commit beside the others.
 */

struct share {
	int lost, said;
};

struct beside {
	struct share all, near, before, after;
	int64_t first, last; /* events: the first of its lost runs, the last */
	int64_t first_at;
};

static void add(struct share *share, enum loss loss)
{
	share->lost += loss != LOSS_NONE;
	share->said += loss == LOSS_NONE;
}

static void find_own(const struct engine *engine,
		     const struct folded_step *step, struct losses *out,
		     struct beside *beside)
{
	for (int i = 0; i < step->shown.run_count; i++) {
		const struct run_state *run = &step->shown.runs[i];
		enum loss loss = loss_of(engine, run);

		if (!run->fact || !run->counts || loss == LOSS_INFRA)
			continue;
		if (loss == LOSS_NONE) {
			out->said += says_something(engine, run);
			continue;
		}
		out->lost++;
		if (!beside->first || run->fact->seq < beside->first) {
			beside->first = run->fact->seq;
			beside->first_at = run->fact->at;
		}
		if (run->fact->seq > beside->last)
			beside->last = run->fact->seq;
	}
}

/*
 * Was every run of the commit lost, while one since went well elsewhere?  Then
 * that says what the commit is, and nothing of how often runs are lost.
 */
static bool is_dead(const struct engine *engine, const struct step *step,
		    int64_t said)
{
	int lost = 0;

	for (int i = 0; i < step->run_count; i++) {
		const struct run_state *run = &step->runs[i];

		if (!run->fact || !run->counts)
			continue;
		if (says_something(engine, run))
			return false;
		lost += loss_of(engine, run) != LOSS_NONE;
	}
	return lost >= BADLY_LEAST && last_lost(engine, step) < said;
}

static void find_beside(const struct engine *engine, const struct step *step,
			int64_t said, struct beside *beside)
{
	if (is_dead(engine, step, said))
		return;
	for (int i = 0; i < step->run_count; i++) {
		const struct run_state *run = &step->runs[i];
		enum loss loss = loss_of(engine, run);

		if (!run->fact || !run->counts ||
		    (loss == LOSS_NONE && !says_something(engine, run)))
			continue;
		add(&beside->all, loss);
		if (run->fact->seq > beside->last)
			add(&beside->after, loss);
		if (run->fact->seq > beside->first)
			continue;
		add(&beside->before, loss);
		if (run->fact->at >= beside->first_at - NEAR_MS)
			add(&beside->near, loss);
	}
}

/* Just before it, or where nothing ran then, ever; or since. */
static bool others_are_fine(const struct beside *beside)
{
	const struct share *share = &beside->near;

	if (share->lost + share->said == 0)
		share = &beside->before;
	return share->said > share->lost ||
	       (beside->after.said >= AFTER_LEAST &&
		beside->after.said > beside->after.lost);
}

void losses_find(const struct engine *engine, const struct folded_step *step,
		 struct losses *out)
{
	struct beside beside = { .first = 0 };
	int64_t said;

	*out = (struct losses){ .chance = 1 };
	if (!step || engine->symptom == SYMPTOM_NO_BUILD)
		return;
	find_own(engine, step, out, &beside);
	if (!out->lost)
		return;
	said = last_that_said(engine);
	for (size_t i = 0; i < engine->step_count; i++)
		if (engine->steps[i] != step)
			find_beside(engine, &engine->steps[i]->shown, said,
				    &beside);
	out->chance = losses_chance(out->lost, out->lost + out->said,
				    beside.all.lost, beside.all.said);
	out->badly = out->lost >= BADLY_LEAST && out->chance < BADLY_CHANCE &&
		     others_are_fine(&beside);
}

void engine_losses(const struct engine *engine, int commit, struct losses *out)
{
	losses_find(engine, fold_step_of(engine, commit), out);
}

bool losses_give_up(const struct engine *engine, const struct folded_step *step)
{
	int lost = 0, said = 0;

	for (int i = 0; step && i < step->shown.run_count; i++) {
		const struct run_state *run = &step->shown.runs[i];

		if (!run->fact || !run->counts)
			continue;
		if (loss_of(engine, run) != LOSS_NONE)
			lost++;
		else
			said += says_something(engine, run);
	}
	return lost > 2 * (said + 1);
}

/*
 * Our own side.
 */

struct latest {
	const struct folded_step *step;
	const struct run_state *run;
	enum loss loss;
};

static int newest_first(const void *a, const void *b)
{
	const struct latest *x = a, *y = b;

	return (x->run->fact->seq < y->run->fact->seq) -
	       (x->run->fact->seq > y->run->fact->seq);
}

/*
 * Its lost runs need no other reason: a person said what the commit is, or it
 * boots badly, and a run since went well somewhere.
 */
static bool is_explained(const struct engine *engine,
			 const struct folded_step *step, int64_t said)
{
	struct losses losses;

	if (step->person && step->person->by != BY_START)
		return true;
	if (last_lost(engine, &step->shown) > said)
		return false;
	losses_find(engine, step, &losses);
	return losses.badly;
}

static struct latest *find_latest(const struct engine *engine, int64_t said,
				  size_t *count)
{
	struct latest *items = NULL;
	size_t room = 0;

	*count = 0;
	for (size_t i = 0; i < engine->step_count; i++) {
		const struct folded_step *step = engine->steps[i];
		bool explained = is_explained(engine, step, said);

		for (int k = 0; k < step->shown.run_count; k++) {
			const struct run_state *run = &step->shown.runs[k];
			enum loss loss = loss_of(engine, run);

			if (!run->fact || !run->counts ||
			    (loss == LOSS_NONE
				     ? !says_something(engine, run)
				     : explained && loss != LOSS_INFRA))
				continue;
			array_grow(items, *count + 1, &room);
			items[(*count)++] = (struct latest){ step, run, loss };
		}
	}
	if (items)
		qsort(items, *count, sizeof(*items), newest_first);
	return items;
}

/* How many commits lost some of the first `count`, and how many the worst. */
static int count_commits(const struct latest *items, size_t count, int *worst)
{
	int commits = 0;

	*worst = 0;
	for (size_t i = 0; i < count; i++) {
		int here = 0;
		bool seen = items[i].loss == LOSS_NONE;

		for (size_t k = 0; k < i && !seen; k++)
			seen = items[k].loss != LOSS_NONE &&
			       items[k].step == items[i].step;
		if (seen)
			continue;
		for (size_t k = i; k < count; k++)
			here += items[k].loss != LOSS_NONE &&
				items[k].step == items[i].step;
		commits++;
		if (here > *worst)
			*worst = here;
	}
	return commits;
}

/* The latest ten, and before them those that were lost without a break. */
static size_t reach_back(const struct latest *items, size_t count)
{
	size_t n = count < LATEST ? count : LATEST;

	while (n < count && items[n].loss != LOSS_NONE)
		n++;
	return n;
}

void losses_trouble(const struct engine *engine, struct trouble *out)
{
	size_t count, runs, in_ten = 0;
	struct latest *items;
	int commits, worst;
	struct trouble found = { .latest_commit = -1 };

	*out = found;
	if (engine->symptom == SYMPTOM_NO_BUILD || fold_is_replay(engine))
		return;
	found.said = last_that_said(engine);
	items = find_latest(engine, found.said, &count);
	for (size_t i = 0; i < count && i < LATEST; i++)
		in_ten += items[i].loss != LOSS_NONE;
	runs = reach_back(items, count);
	for (size_t i = 0; i < runs && in_ten * 2 > LATEST; i++) {
		if (items[i].loss == LOSS_NONE)
			continue;
		if (!found.latest) {
			found.latest = items[i].run;
			found.latest_commit = items[i].step->shown.commit;
		}
		found.lost++;
		found.kinds[items[i].loss]++;
		found.from = items[i].run->fact->seq;
	}
	commits = count_commits(items, runs, &worst);
	found.on = found.lost > 0 && commits >= 2 && found.lost - worst >= 2;
	found.runs = (int)runs;
	found.commits = commits;
	if (found.on)
		*out = found;
	free(items);
}

bool losses_spoilt(const struct engine *engine, const struct trouble *trouble,
		   const struct folded_step *step, const struct run_state *run)
{
	enum loss loss = loss_of(engine, run);

	if (!trouble->on || !run->fact || !run->counts ||
	    run->fact->seq < trouble->from || loss == LOSS_NONE)
		return false;
	return loss == LOSS_INFRA || !is_explained(engine, step, trouble->said);
}

int losses_control(const struct engine *engine, const struct trouble *trouble)
{
	int64_t latest = 0;
	int control = -1;

	if (!trouble->on || trouble->kinds[LOSS_INFRA])
		return -1;
	for (size_t i = 0; i < engine->step_count; i++) {
		const struct folded_step *step = engine->steps[i];
		int64_t said = last_said(engine, &step->shown);
		int64_t lost = last_lost(engine, &step->shown);

		if (!said || fold_is_scratch(step) || fold_is_unbuilt(step))
			continue;
		if (lost >= trouble->from && lost > said)
			return -1;
		if (said > latest) {
			latest = said;
			control = step->shown.commit;
		}
	}
	return control;
}
