/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/advice.h"

#include <math.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "engine/advice_inside.h"
#include "engine/posterior.h"
#include "engine/span.h"

/*
 * What a wave would tell about which commit is the culprit, for all commits at
 * once: the entropy of its outcome less what stays of it when the culprit is
 * known.  Both are sums over the commits below, and over all others.
 */

#define LEAST_BITS 0.003 /* what tells less is not worth a run */
/* What did not build makes its neighbours doubtful, this far. */
#define BROKEN_FAR   40.0
#define BUILDS_LEAST 0.02
#define NEARLY_NONE  1e-15
#define SETTLED	     1e-4 /* a commit so sure is not tested again */

static double entropy(double chance)
{
	double other;

	chance = fmin(fmax(chance, NEARLY_NONE), 1 - NEARLY_NONE);
	other = 1 - chance;
	return -chance * log2(chance) - other * log2(other);
}

/* Never less than it, and much quicker. */
static double entropy_bound(double chance)
{
	return 2 * sqrt(fmax(chance * (1 - chance), NEARLY_NONE));
}

/* A wave without a crash, by class: with the culprit in the commit or not. */
struct waves {
	double *in, *out;
};

static void average(const struct posterior *posterior,
		    const double clean[RATES_MAX], double *out)
{
	int rate_count;

	likelihood_rates(&rate_count);
	for (int i = 0; i <= posterior->class_count; i++) {
		const double *rates = posterior->rates + i * RATES_MAX;

		out[i] = 0;
		for (int g = 0; g < rate_count; g++)
			out[i] += rates[g] * clean[g];
	}
}

static void make_waves(const struct outlook *outlook,
		       const struct record *record, int runs,
		       struct waves *waves)
{
	const struct posterior *posterior = outlook->posterior;
	size_t room = (size_t)posterior->class_count + 1;
	double with[RATES_MAX], without[RATES_MAX];
	bool fix = posterior->fix;

	likelihood_clean(record, runs, with, without);
	waves->in = xcalloc(room, sizeof(double));
	waves->out = xcalloc(room, sizeof(double));
	average(posterior, fix ? without : with, waves->in);
	average(posterior, fix ? with : without, waves->out);
}

static void free_waves(struct waves *waves)
{
	free(waves->in);
	free(waves->out);
}

/* Of the culprit's being below: P, P in, P out, P h(in), P h(out). */
enum { MASS, CLEAN_IN, CLEAN_OUT, REST_IN, REST_OUT };

struct sums {
	const double *mass;	   /* by place, SPAN_WIDTH each */
	double total[SPAN_WIDTH];  /* of all candidates */
	double beyond[SPAN_WIDTH]; /* of the culprit that is none of them */
};

static void class_weights(const struct posterior *posterior,
			  const struct waves *waves, int class, double out[])
{
	double sum = posterior->sums[class];
	double in = waves->in[class], out_of = waves->out[class];

	out[MASS] = sum;
	out[CLEAN_IN] = sum * in;
	out[CLEAN_OUT] = sum * out_of;
	out[REST_IN] = sum > 0 ? sum * entropy(in) : 0;
	out[REST_OUT] = sum > 0 ? sum * entropy(out_of) : 0;
}

static void make_sums(const struct outlook *outlook, const struct waves *waves,
		      struct sums *sums)
{
	const struct posterior *posterior = outlook->posterior;
	int classes = posterior->class_count;
	double *table =
		xcalloc(((size_t)classes + 1) * SPAN_WIDTH, sizeof(double));

	*sums = (struct sums){ .mass = NULL };
	for (int i = 0; i <= classes; i++) {
		double *row = table + (size_t)i * SPAN_WIDTH;
		double *sum = i < classes ? sums->total : sums->beyond;

		class_weights(posterior, waves, i, row);
		for (int v = 0; v < SPAN_WIDTH; v++)
			sum[v] += posterior->share[i] * row[v];
	}
	sums->mass = span_masses(posterior->span, posterior->prior,
				 posterior->class_of, table);
	free(table);
}

/* The chance that a wave of the commit with this mass ends clean. */
static double clean_at(const struct sums *sums, const double *mass)
{
	return mass[CLEAN_IN] + sums->beyond[CLEAN_IN] +
	       sums->total[CLEAN_OUT] - mass[CLEAN_OUT];
}

/* What is learnt from it. */
static double bits_at(const struct sums *sums, const double *mass, double clean)
{
	return entropy(clean) - mass[REST_IN] - sums->beyond[REST_IN] -
	       (sums->total[REST_OUT] - mass[REST_OUT]);
}

/* All that a score needs of the commits, by place. */
struct field {
	double *left; /* milliseconds until it is built; < 0: not for testing */
	const int *distances; /* to what is broken, or NULL */
};

static void make_field(const struct outlook *outlook, struct field *field)
{
	const struct world *world = outlook->world;
	struct span *span = outlook->posterior->span;
	size_t count = (size_t)span_count(span);
	int *broken = xcalloc((size_t)world->site_count + 1, sizeof(int));
	int broken_count = 0;
	double build = fmax(0, world->build - outlook->elapsed);

	field->left = xreallocarray(NULL, count, sizeof(double));
	for (size_t i = 0; i < count; i++)
		field->left[i] = build;
	for (int i = 0; i < world->site_count; i++) {
		const struct site *site = &world->sites[i];
		int place = span_place(span, site->commit);

		if (site->kind == SITE_BROKEN)
			broken[broken_count++] = site->commit;
		if (place >= 0)
			field->left[place] =
				site_is_open(site) ? outlook_left(outlook, site)
						   : -1;
	}
	field->distances = span_distances(span, broken, broken_count);
	free(broken);
	for (int i = 0; i < outlook->posterior->record_count; i++) {
		const struct record *record = &outlook->posterior->records[i];
		int place = span_place(span, record->commit);

		if (place >= 0 && !record_is_empty(record))
			field->left[place] = -1;
	}
}

static double builds(const struct field *field, int place)
{
	if (!field->distances)
		return 1;
	return fmax(BUILDS_LEAST,
		    -expm1(-field->distances[place] / BROKEN_FAR));
}

static double time_of(const struct outlook *outlook, double left, double clean)
{
	const struct world *world = outlook->world;
	/* the next build is not ready before */
	double crash =
		world->ahead ? fmax(world->crash, world->build) : world->crash;

	return fmax(left + clean * world->clean + (1 - clean) * crash +
			    world->overhead,
		    1);
}

struct score {
	double value;	   /* bits a millisecond */
	int place, record; /* one of them, the other is -1 */
	double bits, clean, bug, time;
};

static void score_places(const struct outlook *outlook, const struct sums *sums,
			 const struct field *field, struct score *best)
{
	int count = span_count(outlook->posterior->span);

	for (int i = 0; i < count; i++) {
		const double *mass = sums->mass + (size_t)i * SPAN_WIDTH;
		double clean = clean_at(sums, mass), bound, bits, time;

		if (field->left[i] < 0)
			continue;
		time = time_of(outlook, field->left[i], clean);
		bound = entropy_bound(clean);
		if (bound < LEAST_BITS || bound <= best->value * time)
			continue;
		bits = bits_at(sums, mass, clean) * builds(field, i);
		if (bits < LEAST_BITS || bits <= best->value * time)
			continue;
		*best = (struct score){
			bits / time, i,	    -1,
			bits,	     clean, mass[MASS] + sums->beyond[MASS],
			time
		};
	}
}

/* The same at one commit that was tested before, as its record has it. */
static void look_again(const struct outlook *outlook, int record, int runs,
		       struct score *score)
{
	const struct posterior *posterior = outlook->posterior;
	const unsigned char *above = posterior->above[record];
	const struct site *site =
		outlook_site(outlook, posterior->records[record].commit);
	struct waves waves;
	double rest = 0;

	make_waves(outlook, &posterior->records[record], runs, &waves);
	score->record = record;
	score->place = -1;
	for (int i = 0; i <= posterior->class_count; i++) {
		double chance = posterior_class(posterior, i);
		double clean = above[i] ? waves.in[i] : waves.out[i];

		if (!(chance > 0))
			continue;
		score->clean += chance * clean;
		rest += chance * entropy(clean);
		score->bug += chance * above[i];
	}
	score->bits = entropy(score->clean) - rest;
	free_waves(&waves);
	score->time =
		time_of(outlook, outlook_left(outlook, site), score->clean);
	score->value = score->bits / score->time;
}

static void score_records(const struct outlook *outlook, struct score *best)
{
	const struct posterior *posterior = outlook->posterior;

	for (int i = 0; i < posterior->record_count; i++) {
		const struct record *record = &posterior->records[i];
		struct score score = { .value = 0 };
		double bug;

		if (record->said || record_is_empty(record) ||
		    !site_is_open(outlook_site(outlook, record->commit)))
			continue;
		bug = posterior_chance(posterior, i, NULL);
		if (bug < SETTLED || bug > 1 - SETTLED)
			continue;
		look_again(outlook, i, outlook->runs, &score);
		if (score.bits >= LEAST_BITS && score.value > best->value)
			*best = score;
	}
}

static void fill(const struct outlook *outlook, const struct score *score,
		 struct choice *choice)
{
	const struct posterior *posterior = outlook->posterior;
	int commit = score->record >= 0
			     ? posterior->records[score->record].commit
			     : span_commits(posterior->span)[score->place];
	const struct site *site = outlook_site(outlook, commit);

	*choice = (struct choice){
		.commit = commit,
		.why = score->record >= 0 ? CHOICE_AGAIN : CHOICE_LEARN,
		.runs = outlook->runs,
		.build = !site || site->kind != SITE_READY,
		.bits = fmax(score->bits, 0),
		.crash = 1 - score->clean,
		.bug = posterior->fix ? 1 - score->bug : score->bug,
		.time = score->time,
	};
}

bool outlook_choose(const struct outlook *outlook, struct choice *choice)
{
	struct score best = { .place = -1, .record = -1 };
	struct waves waves;
	struct sums sums;
	struct field field;

	make_waves(outlook, NULL, outlook->runs, &waves);
	make_sums(outlook, &waves, &sums);
	make_field(outlook, &field);
	score_places(outlook, &sums, &field, &best);
	score_records(outlook, &best);
	free(field.left);
	free_waves(&waves);
	if (best.place < 0 && best.record < 0)
		return false;
	fill(outlook, &best, choice);
	return true;
}

static int find_record(const struct posterior *posterior, int commit)
{
	for (int i = 0; i < posterior->record_count; i++)
		if (posterior->records[i].commit == commit)
			return i;
	return -1;
}

/* One that has no record, and may lie outside the span. */
static void look_first(const struct outlook *outlook,
		       const struct choice *choice, struct score *score)
{
	static const double none[SPAN_WIDTH];
	int place = span_place(outlook->posterior->span, choice->commit);
	const struct site *site = outlook_site(outlook, choice->commit);
	const double *mass = none;
	struct waves waves;
	struct sums sums;

	make_waves(outlook, NULL, choice->runs, &waves);
	make_sums(outlook, &waves, &sums);
	if (place >= 0)
		mass = sums.mass + (size_t)place * SPAN_WIDTH;
	score->bug = mass[MASS] + sums.beyond[MASS];
	score->clean = clean_at(&sums, mass);
	score->bits = bits_at(&sums, mass, score->clean);
	score->time =
		time_of(outlook, outlook_left(outlook, site), score->clean);
	free_waves(&waves);
}

void outlook_price(const struct outlook *outlook, struct choice *choice)
{
	int record = find_record(outlook->posterior, choice->commit);
	struct score score = { .value = 0 };

	if (record >= 0)
		look_again(outlook, record, choice->runs, &score);
	else
		look_first(outlook, choice, &score);
	choice->bits = fmax(score.bits, 0);
	choice->crash = 1 - score.clean;
	choice->bug = outlook->posterior->fix ? 1 - score.bug : score.bug;
	choice->time = score.time;
}
