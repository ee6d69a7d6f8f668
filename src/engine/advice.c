/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/advice.h"

#include <math.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "engine/advice_inside.h"
#include "engine/belief.h"
#include "engine/posterior.h"
#include "engine/span.h"

#define MISSED	      0.003 /* the chance that a wave misses the bug */
#define MISSED_DIRECT 0.05  /* the same of what a culprit's parent showed */
#define DECISIVE      2.7   /* a natural logarithm of odds */
#define WIDE	      0.2
/* That its parent hides the bug no test can exclude: so sure is all one can be
   of a culprit, whatever was wanted. */
#define SURE 0.95

/* At the end that has the bug: so many crashes, or so many runs. */
#define END_CRASHES 3
#define END_RUNS    120
#define END_WAVE    10

static int wave(double rate, int slots)
{
	int most = slots < 1 ? 1 : slots > WAVE_MAX ? WAVE_MAX : slots;
	double runs = ceil(log(MISSED) / log1p(-rate));

	return runs < 1 ? 1 : runs > most ? most : (int)runs;
}

int advice_runs(const struct belief *belief, int slots)
{
	return wave(belief->rate, slots);
}

bool advice_is_decisive(const struct belief *belief, int in_flight)
{
	double bug = -expm1(in_flight * log1p(-belief->rate));
	double none = -expm1(in_flight * log1p(-belief->stray));

	return log(bug / none) >= DECISIVE;
}

void outlook_make(struct outlook *outlook, const struct posterior *posterior,
		  const struct world *world, double delta)
{
	int rate_count;
	const struct rate *rates = likelihood_rates(&rate_count);

	*outlook = (struct outlook){ .posterior = posterior,
				     .world = world,
				     .delta = delta };
	posterior_rates(posterior, outlook->rates);
	for (int g = 0; g < rate_count; g++)
		outlook->rate += outlook->rates[g] * rates[g].with;
	outlook->runs = wave(outlook->rate, world->slots);
}

const struct site *outlook_site(const struct outlook *outlook, int commit)
{
	for (int i = 0; i < outlook->world->site_count; i++)
		if (outlook->world->sites[i].commit == commit)
			return &outlook->world->sites[i];
	return NULL;
}

bool site_is_open(const struct site *site)
{
	return !site ||
	       (site->kind != SITE_BROKEN && site->kind != SITE_CLOSED);
}

double outlook_left(const struct outlook *outlook, const struct site *site)
{
	double left = outlook->world->build;

	if (site && site->kind == SITE_READY)
		return 0;
	if (site && site->kind == SITE_COMING)
		left = site->left;
	return fmax(0, left - outlook->elapsed);
}

const struct record *outlook_record(const struct outlook *outlook, int commit)
{
	const struct posterior *posterior = outlook->posterior;

	for (int i = 0; i < posterior->record_count; i++)
		if (posterior->records[i].commit == commit &&
		    !record_is_empty(&posterior->records[i]))
			return &posterior->records[i];
	return NULL;
}

static int crashes_of(const struct record *record)
{
	int sum = record->showing;

	for (int m = 1; m <= WAVE_MAX; m++)
		sum += record->killed[m];
	return sum;
}

static int runs_of(const struct record *record)
{
	return crashes_of(record) + record->clean + record->open;
}

static bool choose(const struct outlook *outlook, int commit,
		   enum choice_why why, int runs, struct choice *choice)
{
	const struct site *site = outlook_site(outlook, commit);

	if (!site_is_open(site))
		return false;
	*choice = (struct choice){
		.commit = commit,
		.why = why,
		.runs = runs,
		.whole = why == CHOICE_END_BUG,
		.build = !site || site->kind != SITE_READY,
	};
	outlook_price(outlook, choice);
	return true;
}

static bool choose_end(const struct outlook *outlook, int commit, bool bug,
		       struct choice *choice)
{
	const struct record *record = outlook_record(outlook, commit);
	int runs = record ? runs_of(record) : 0;

	if (!bug)
		return !runs && choose(outlook, commit, CHOICE_END_CLEAN,
				       outlook->runs, choice);
	return (!record || crashes_of(record) < END_CRASHES) &&
	       runs < END_RUNS &&
	       choose(outlook, commit, CHOICE_END_BUG, END_WAVE, choice);
}

/* The end that has the bug comes first: what it tells is used at the other. */
static bool choose_ends(const struct outlook *outlook, struct choice *choice)
{
	const struct posterior *posterior = outlook->posterior;
	int bad = span_bad(posterior->span);
	const int *goods;
	int count = span_goods(posterior->span, &goods);

	if (!outlook->world->ends)
		return false;
	if (!posterior->fix && choose_end(outlook, bad, true, choice))
		return true;
	for (int i = 0; i < count; i++)
		if (choose_end(outlook, goods[i], posterior->fix, choice))
			return true;
	return posterior->fix && choose_end(outlook, bad, false, choice);
}

/* How many clean runs a commit lacks to have been seen without the bug. */
static int clean_missing(const struct outlook *outlook, int commit)
{
	const struct record *record = outlook_record(outlook, commit);
	int need = rates_runs(outlook->rates, MISSED_DIRECT);

	if (record && record->said)
		return record->said < 0 ? 0 : need;
	return need - (record ? record->clean : 0);
}

static bool has_shown(const struct outlook *outlook, int commit)
{
	const struct record *record = outlook_record(outlook, commit);

	if (record && record->said)
		return record->said > 0;
	return record && crashes_of(record) > 0;
}

/*
 * Seen at this commit directly?  If not, a choice that may show it; sets
 * *blind where that cannot be.
 */
static bool choose_sight(const struct outlook *outlook, int commit, bool bug,
			 struct choice *choice, bool *blind)
{
	int runs = outlook->runs;

	if (bug) {
		if (has_shown(outlook, commit))
			return false;
	} else {
		int missing = clean_missing(outlook, commit);
		int most =
			outlook->world->slots > 1 ? outlook->world->slots : 1;

		if (missing <= 0)
			return false;
		runs = missing < most ? missing : most;
		runs = runs < WAVE_MAX ? runs : WAVE_MAX;
	}
	if (choose(outlook, commit, bug ? CHOICE_SHOW : CHOICE_CLEAN, runs,
		   choice))
		return true;
	*blind = true;
	return false;
}

/* What was not seen yet of a culprit and its parents; false for nothing. */
static bool choose_proof(const struct outlook *outlook, int place,
			 struct choice *choice, bool *blind)
{
	const struct posterior *posterior = outlook->posterior;
	const int *commits = span_commits(posterior->span), *parents;
	int count = span_parents(posterior->span, place, &parents);
	bool bug = !posterior->fix;

	*blind = false;
	if (choose_sight(outlook, commits[place], bug, choice, blind))
		return true;
	for (int i = 0; i < count; i++)
		if (choose_sight(outlook, commits[parents[i]], !bug, choice,
				 blind))
			return true;
	return false;
}

/* The likeliest is named, if it was seen on both sides. */
static void name(const struct outlook *outlook, int best, struct advice *advice)
{
	bool blind;
	bool more = choose_proof(outlook, best, &advice->choice, &blind);

	advice->kind = more ? ADVICE_CONFIRM : ADVICE_FOUND;
	advice->direct = !more && !blind;
}

void outlook_decide(const struct outlook *outlook, struct advice *advice)
{
	const struct posterior *posterior = outlook->posterior;
	double outside = posterior_class(posterior, posterior->class_count);
	double enough = 1 - outlook->delta;
	int best = posterior_best(posterior);

	*advice = (struct advice){ .kind = ADVICE_NOTHING, .commit = -1 };
	if (best < 0)
		return;
	advice->commit = span_commits(posterior->span)[best];
	advice->chance = posterior_at(posterior, best);
	advice->widen = outside > WIDE;
	if (choose_ends(outlook, &advice->choice))
		advice->kind = ADVICE_TEST;
	else if (advice->chance >= enough)
		name(outlook, best, advice);
	else if (outside >= enough)
		advice->kind = ADVICE_WIDEN;
	else if (outlook_choose(outlook, &advice->choice))
		advice->kind = ADVICE_TEST;
	else if (advice->chance >= SURE)
		name(outlook, best, advice);
	else
		advice->kind = advice->widen ? ADVICE_WIDEN : ADVICE_UNDECIDED;
}

void advice_make(struct advice *advice, const struct belief *belief,
		 const struct world *world, double delta)
{
	struct outlook outlook;
	int *places;

	outlook_make(&outlook, belief->posterior, world, delta);
	outlook_decide(&outlook, advice);
	if (advice->kind != ADVICE_UNDECIDED)
		return;
	advice->set_count = belief_likeliest(belief, 1 - delta, &places);
	for (int i = 0; i < advice->set_count; i++)
		places[i] = belief->commits[places[i]];
	advice->set = places;
}

void advice_release(struct advice *advice)
{
	free(advice->set);
	advice->set = NULL;
	advice->set_count = 0;
}
