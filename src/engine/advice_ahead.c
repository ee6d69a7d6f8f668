/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/advice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "engine/advice_inside.h"
#include "engine/belief.h"
#include "engine/posterior.h"
#include "engine/span.h"

/*
 * From wave to wave there are two ways, and what is likeliest to come is looked
 * at first: each way that was taken is a decision on records that nobody has
 * seen yet.
 */

#define DEPTH_MAX    4
#define LOOKS_BEYOND 3 /* decisions that may find nothing new to build */

struct way {
	double chance, elapsed;
	struct record seen[DEPTH_MAX]; /* what happens on it */
	int depth;
};

struct search {
	const struct belief *belief;
	const struct world *world;
	double delta;
	struct way *ways; /* that were not looked at */
	size_t way_count, way_room;
	struct choice *next;
	int count, room;
};

/* What a wave leaves: a crash, or nothing. */
static struct record wave_end(const struct search *search,
			      const struct choice *choice, bool crash)
{
	struct record record = { .commit = choice->commit };
	int runs = choice->runs;
	int shows = (int)lround(runs * search->belief->rate);

	if (!crash) {
		record.clean = runs;
	} else if (choice->whole) {
		record.showing = shows < 1 ? 1 : shows;
		record.clean = runs - record.showing;
	} else {
		record.killed[runs < WAVE_MAX ? runs : WAVE_MAX] = 1;
	}
	return record;
}

static void add_way(struct search *search, const struct way *from,
		    const struct choice *choice, bool crash)
{
	const struct world *world = search->world;
	struct way way = *from;

	if (way.depth == DEPTH_MAX)
		return;
	way.chance *= crash ? choice->crash : 1 - choice->crash;
	way.elapsed += crash ? world->crash : world->clean;
	way.seen[way.depth++] = wave_end(search, choice, crash);
	array_grow(search->ways, search->way_count + 1, &search->way_room);
	search->ways[search->way_count++] = way;
}

static struct way take_likeliest(struct search *search)
{
	size_t best = 0;
	struct way way;

	for (size_t i = 1; i < search->way_count; i++)
		if (search->ways[i].chance > search->ways[best].chance)
			best = i;
	way = search->ways[best];
	search->ways[best] = search->ways[--search->way_count];
	return way;
}

/* The records of the belief, and what happens on the way; to be freed. */
static struct record *records_after(const struct belief *belief,
				    const struct way *way, int *count)
{
	const struct posterior *posterior = belief->posterior;
	size_t known = (size_t)posterior->record_count;
	struct record *records =
		xcalloc(known + (size_t)way->depth + 1, sizeof(*records));

	memcpy(records, posterior->records, known * sizeof(*records));
	*count = (int)known;
	for (int i = 0; i < way->depth; i++) {
		int at = 0;

		while (at < *count && records[at].commit != way->seen[i].commit)
			at++;
		if (at == *count) {
			records[(*count)++] = way->seen[i];
			continue;
		}
		record_add(&records[at], &way->seen[i]);
		records[at].said = 0; /* runs count instead of such a word */
	}
	return records;
}

static void note(struct search *search, const struct choice *choice)
{
	for (int i = 0; i < search->count; i++)
		if (search->next[i].commit == choice->commit)
			return;
	if (choice->build && search->count < search->room)
		search->next[search->count++] = *choice;
}

/* What is decided at the end of this way? */
static void look(struct search *search, const struct way *way)
{
	const struct posterior *now = search->belief->posterior;
	struct question question = { .fix = now->fix };
	struct record *records =
		records_after(search->belief, way, &question.record_count);
	struct posterior posterior;
	struct outlook outlook;
	struct advice advice;

	question.records = records;
	posterior_make(&posterior, now->span, &question, now);
	outlook_make(&outlook, &posterior, search->world, search->delta);
	outlook.elapsed = way->elapsed;
	outlook_decide(&outlook, &advice);
	if (advice.kind == ADVICE_TEST || advice.kind == ADVICE_CONFIRM) {
		note(search, &advice.choice);
		add_way(search, way, &advice.choice, true);
		add_way(search, way, &advice.choice, false);
	}
	posterior_release(&posterior);
	free(records);
}

int advice_ahead(const struct belief *belief, const struct world *world,
		 double delta, const struct choice *choice, struct choice *next,
		 int room)
{
	struct search search = { .belief = belief,
				 .world = world,
				 .delta = delta,
				 .next = next,
				 .room = room };
	const struct way here = { .chance = 1 };
	int looks = room + LOOKS_BEYOND;

	add_way(&search, &here, choice, true);
	add_way(&search, &here, choice, false);
	while (search.way_count && search.count < room && looks-- > 0) {
		struct way way = take_likeliest(&search);

		look(&search, &way);
	}
	free(search.ways);
	return search.count;
}
