/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/outline.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "engine/engine.h"
#include "engine/graph.h"

/* How far a commit is from mattering. */
enum rank {
	RANK_SHOWN, /* always */
	RANK_FAR,   /* a step, once the fold around it is open */
	RANK_OTHER,
};

/* A release that the session knows. */
struct outline_tag {
	int commit;
	const char *name; /* the event's */
};

/* A stretch of the line: first..end - 1. */
struct stretch {
	int first, end;
};

void outline_init(struct outline *outline)
{
	memset(outline, 0, sizeof(*outline));
	outline->next = -1;
}

static void forget(struct outline *outline)
{
	strata_release(&outline->strata);
	free(outline->ranks);
	free(outline->signs);
	free(outline->skipped);
	outline->ranks = NULL;
	outline->signs = NULL;
	outline->skipped = NULL;
	outline->tag_count = 0;
	outline->row_count = 0;
}

void outline_release(struct outline *outline)
{
	forget(outline);
	free(outline->rows);
	free(outline->open);
	free(outline->tags);
	outline_init(outline);
}

/*
 * Ranks.
 */

static void show(struct outline *outline, int commit)
{
	int place = strata_place(&outline->strata, commit);

	if (place >= 0)
		outline->ranks[place] = RANK_SHOWN;
}

static enum stratum_kind kind_at(const struct outline *outline, int place)
{
	return outline->strata.items[outline->strata.stratum[place]].kind;
}

/*
 * The steps of one side: those near to the suspects and the outermost one are
 * shown; what is between is folded where that saves anything.
 */
static void rank_side(struct outline *outline, const int *places, int count,
		      bool nearest_last)
{
	int far = count - OUTLINE_NEAR - 1;

	for (int i = 0; i < count; i++) {
		int away = nearest_last ? count - 1 - i : i;

		outline->ranks[places[i]] =
			far > 1 && away >= OUTLINE_NEAR && away < count - 1
				? RANK_FAR
				: RANK_SHOWN;
	}
}

static int compare_int(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return x < y ? -1 : x > y;
}

static void rank_steps(struct outline *outline, struct engine *engine)
{
	int total = engine_step_count(engine), newer = 0, older = 0;
	int *newers = xcalloc((size_t)total + 1, sizeof(int));
	int *olders = xcalloc((size_t)total + 1, sizeof(int));

	for (int i = 0; i < total; i++) {
		int place = strata_place(&outline->strata,
					 engine_step(engine, i)->commit);

		if (kind_at(outline, place) == STRATUM_NEWER)
			newers[newer++] = place;
		else if (kind_at(outline, place) == STRATUM_OLDER)
			olders[older++] = place;
		else
			outline->ranks[place] = RANK_SHOWN;
	}
	qsort(newers, (size_t)newer, sizeof(int), compare_int);
	qsort(olders, (size_t)older, sizeof(int), compare_int);
	rank_side(outline, newers, newer, true);
	rank_side(outline, olders, older, false);
	free(newers);
	free(olders);
}

/* From the newer end along first parents, as long as these are suspects. */
static void rank_merges(struct outline *outline, const struct graph *graph,
			int bad)
{
	int merges[OUTLINE_MERGES], count = 0, at = bad;

	for (;;) {
		int place = strata_place(&outline->strata, at), n;
		const int *parents;

		if (place < 0 || !outline->strata.weights[place])
			break;
		n = graph_parents(graph, at, &parents);
		if (n > 1 && count == OUTLINE_MERGES)
			return;
		if (n > 1)
			merges[count++] = at;
		if (n == 0)
			break;
		at = parents[0];
	}
	for (int i = 0; i < count; i++)
		show(outline, merges[i]);
}

static void rank_all(struct outline *outline, struct engine *engine,
		     const struct graph *graph)
{
	const struct strata *strata = &outline->strata;
	const struct plan *plan = engine_plan(engine);

	memset(outline->ranks, RANK_OTHER, (size_t)strata->count + 1);
	rank_steps(outline, engine);
	for (size_t i = 0; i < outline->tag_count; i++)
		show(outline, outline->tags[i].commit);
	show(outline, outline->next);
	show(outline, plan->bad);
	rank_merges(outline, graph, plan->bad);
	for (int i = 0; i < strata->count && strata->suspects <= OUTLINE_FEW;
	     i++)
		if (strata->weights[i])
			outline->ranks[i] = RANK_SHOWN;
}

/*
 * Rows.
 */

static bool is_open(const struct outline *outline, int place)
{
	return outline->open[outline->strata.commits[place]];
}

/* Everything around a place that one outer fold would hold. */
static struct stretch outer_at(const struct outline *outline, int place)
{
	const unsigned char *ranks = outline->ranks;
	enum stratum_kind kind = kind_at(outline, place);
	struct stretch all = { place, place + 1 };

	while (all.first > 0 && ranks[all.first - 1] != RANK_SHOWN &&
	       kind_at(outline, all.first - 1) == kind)
		all.first--;
	while (all.end < outline->strata.count &&
	       ranks[all.end] != RANK_SHOWN &&
	       kind_at(outline, all.end) == kind)
		all.end++;
	return all;
}

static bool is_inner(const struct outline *outline, int place, int stratum)
{
	return place >= 0 && place < outline->strata.count &&
	       outline->ranks[place] == RANK_OTHER &&
	       outline->strata.stratum[place] == stratum;
}

static struct stretch inner_at(const struct outline *outline, int place)
{
	int stratum = outline->strata.stratum[place];
	struct stretch all = { place, place + 1 };

	while (is_inner(outline, all.first - 1, stratum))
		all.first--;
	while (is_inner(outline, all.end, stratum))
		all.end++;
	return all;
}

/* Is the stretch folded as a whole, since steps in it are? */
static bool is_folded(const struct outline *outline, struct stretch all)
{
	bool far = false;

	for (int i = all.first; i < all.end; i++) {
		if (outline->ranks[i] != RANK_FAR)
			continue;
		far = true;
		if (is_open(outline, i))
			return false;
	}
	return far;
}

static struct outline_row *add_row(struct outline *outline, int commit,
				   struct stretch all)
{
	struct outline_row *row;

	array_grow(outline->rows, (size_t)outline->row_count + 1,
		   &outline->row_room);
	row = &outline->rows[outline->row_count++];
	*row = (struct outline_row){ .commit = commit,
				     .first = all.first,
				     .count = all.end - all.first,
				     .kind = kind_at(outline, all.first) };
	return row;
}

/* Which steps settled its commits, and how many of them are skipped. */
static void tell(const struct outline *outline, struct outline_row *row)
{
	const struct strata *strata = &outline->strata;

	for (int i = row->first; i < row->first + row->count; i++) {
		int step = strata->items[strata->stratum[i]].step;

		if (step && (!row->from || step < row->from))
			row->from = step;
		if (step > row->to)
			row->to = step;
		row->skipped += strata->weights[i] && outline->skipped[i];
	}
}

static void add_fold(struct outline *outline, struct stretch all)
{
	struct outline_row *row = add_row(outline, -1, all);

	row->sign = row->kind == STRATUM_SUSPECT ? OUTLINE_PLAIN : OUTLINE_DOTS;
	tell(outline, row);
}

static void add_commit(struct outline *outline, int place)
{
	struct outline_row *row =
		add_row(outline, outline->strata.commits[place],
			(struct stretch){ place, place + 1 });

	row->sign = (enum outline_sign)outline->signs[place];
	tell(outline, row);
}

/* A stretch that is not folded as a whole: its steps, and what is open. */
static void add_stretch(struct outline *outline, struct stretch all)
{
	for (int i = all.first; i < all.end;) {
		struct stretch closed = { i, i };

		if (outline->ranks[i] != RANK_OTHER || is_open(outline, i)) {
			add_commit(outline, i++);
			continue;
		}
		while (is_inner(outline, closed.end,
				outline->strata.stratum[i]) &&
		       !is_open(outline, closed.end))
			closed.end++;
		add_fold(outline, closed);
		i = closed.end;
	}
}

static void make_rows(struct outline *outline)
{
	outline->row_count = 0;
	for (int i = 0; i < outline->strata.count;) {
		struct stretch all;

		if (outline->ranks[i] == RANK_SHOWN) {
			add_commit(outline, i++);
			continue;
		}
		all = outer_at(outline, i);
		if (is_folded(outline, all))
			add_fold(outline, all);
		else
			add_stretch(outline, all);
		i = all.end;
	}
}

/*
 * Building.
 */

static void find_tags(struct outline *outline, const struct engine *engine,
		      const struct graph *graph)
{
	for (size_t i = 0; i < engine_event_count(engine); i++) {
		const struct event *event = engine_event(engine, i);
		int commit;

		if (event->kind != EVENT_RELEASE)
			continue;
		commit = graph_find(graph, &event->commit);
		if (strata_place(&outline->strata, commit) < 0)
			continue;
		array_grow(outline->tags, outline->tag_count + 1,
			   &outline->tag_room);
		outline->tags[outline->tag_count++] =
			(struct outline_tag){ commit, event->text };
	}
}

static void find_skips(struct outline *outline, struct engine *engine)
{
	const int *skips;
	int count = engine_skips(engine, &skips);

	for (int i = 0; i < count; i++) {
		int place = strata_place(&outline->strata, skips[i]);

		if (place >= 0)
			outline->skipped[place] = true;
	}
}

static void find_signs(struct outline *outline, struct engine *engine,
		       const struct graph *graph)
{
	const struct strata *strata = &outline->strata;
	const int *parents;

	for (int i = 0; i < engine_step_count(engine); i++)
		outline->signs[strata_place(
			strata, engine_step(engine, i)->commit)] = OUTLINE_STEP;
	for (int i = 0; i < strata->count; i++) {
		if (graph_parents(graph, strata->commits[i], &parents) > 1)
			outline->signs[i] = OUTLINE_MERGE;
		else if (outline->signs[i] != OUTLINE_STEP)
			outline->signs[i] =
				kind_at(outline, i) == STRATUM_SUSPECT
					? OUTLINE_PLAIN
					: OUTLINE_DOTS;
	}
	for (size_t i = 0; i < outline->tag_count; i++)
		outline->signs[strata_place(strata, outline->tags[i].commit)] =
			OUTLINE_RELEASE;
	if (outline->next >= 0)
		outline->signs[strata_place(strata, outline->next)] =
			OUTLINE_NEXT;
}

void outline_build(struct outline *outline, struct engine *engine,
		   const struct graph *graph)
{
	int known = outline->strata.place_count, total = graph_count(graph);
	const struct plan *plan = engine_plan(engine);
	size_t count;

	forget(outline);
	strata_find(&outline->strata, engine, graph);
	count = (size_t)outline->strata.count + 1;
	outline->fix = engine_is_fix(engine);
	outline->next = plan->commit;
	if (strata_place(&outline->strata, plan->commit) < 0)
		outline->next = -1;
	outline->ranks = xcalloc(count, 1);
	outline->signs = xcalloc(count, 1);
	outline->skipped = xcalloc(count, sizeof(bool));
	outline->open =
		xreallocarray(outline->open, (size_t)total + 1, sizeof(bool));
	if (total > known)
		memset(outline->open + known, 0,
		       (size_t)(total - known) * sizeof(bool));
	find_tags(outline, engine, graph);
	find_skips(outline, engine);
	find_signs(outline, engine, graph);
	rank_all(outline, engine, graph);
	make_rows(outline);
}

/*
 * Opening and closing.
 */

static void set_open(struct outline *outline, struct stretch all,
		     enum rank rank, bool open)
{
	for (int i = all.first; i < all.end; i++)
		if (outline->ranks[i] == rank)
			outline->open[outline->strata.commits[i]] = open;
}

void outline_open(struct outline *outline, int row)
{
	const struct outline_row *fold = &outline->rows[row];
	struct stretch all = { fold->first, fold->first + fold->count };

	if (fold->commit >= 0)
		return;
	set_open(outline, all, is_folded(outline, all) ? RANK_FAR : RANK_OTHER,
		 true);
	make_rows(outline);
}

void outline_show(struct outline *outline, int commit)
{
	int place = strata_place(&outline->strata, commit);
	struct stretch all;

	if (place < 0 || outline->ranks[place] == RANK_SHOWN)
		return;
	all = outer_at(outline, place);
	if (is_folded(outline, all))
		set_open(outline, all, RANK_FAR, true);
	outline->open[commit] = true;
	make_rows(outline);
}

bool outline_close(struct outline *outline, int row)
{
	const struct outline_row *at = &outline->rows[row];
	struct stretch all;
	bool commits =
		at->commit >= 0 && outline->ranks[at->first] == RANK_OTHER;

	if (outline->ranks[at->first] == RANK_SHOWN)
		return false;
	all = commits ? inner_at(outline, at->first)
		      : outer_at(outline, at->first);
	if (at->commit < 0 && is_folded(outline, all))
		return false;
	set_open(outline, all, RANK_OTHER, false);
	if (!commits)
		set_open(outline, all, RANK_FAR, false);
	make_rows(outline);
	return true;
}

static void set_all(struct outline *outline, bool open)
{
	for (int i = 0; i < outline->strata.place_count; i++)
		outline->open[i] = open;
	make_rows(outline);
}

void outline_open_all(struct outline *outline)
{
	set_all(outline, true);
}

void outline_close_all(struct outline *outline)
{
	set_all(outline, false);
}

/*
 * Questions.
 */

int outline_find(const struct outline *outline, int commit)
{
	int place = strata_place(&outline->strata, commit);
	int low = 0, high = outline->row_count;

	if (place < 0)
		return -1;
	while (high - low > 1) {
		int middle = low + (high - low) / 2;

		if (outline->rows[middle].first <= place)
			low = middle;
		else
			high = middle;
	}
	return low;
}

const char *outline_tag_of(const struct outline *outline, int commit)
{
	for (size_t i = 0; i < outline->tag_count; i++)
		if (outline->tags[i].commit == commit)
			return outline->tags[i].name;
	return NULL;
}

static void say_steps(const struct outline_row *row, struct buf *out)
{
	if (row->from && row->from == row->to)
		buf_printf(out, " by step %d", row->from);
	else if (row->from)
		buf_printf(out, " by steps %d-%d", row->from, row->to);
}

void outline_why(const struct outline *outline, const struct outline_row *row,
		 struct buf *out)
{
	switch (row->kind) {
	case STRATUM_SUSPECT:
		if (row->skipped == row->count)
			buf_puts(out,
				 row->count == 1 ? "skipped" : "all skipped");
		else if (row->skipped)
			buf_printf(out, "%d of them skipped", row->skipped);
		break;
	case STRATUM_OLDER:
		buf_printf(out, "known %s", outline->fix ? "bad" : "good");
		say_steps(row, out);
		break;
	case STRATUM_NEWER:
		buf_puts(out, "ruled out");
		say_steps(row, out);
		break;
	case STRATUM_BESIDE:
		buf_puts(out, "no part of the search");
		break;
	}
}

void outline_say(const struct outline *outline, const struct outline_row *row,
		 struct buf *out)
{
	buf_printf(out, "%d %s%s", row->count,
		   row->kind == STRATUM_SUSPECT ? "suspect" : "commit",
		   row->count == 1 ? "" : "s");
	if (row->kind != STRATUM_SUSPECT || row->skipped)
		buf_puts(out, ", ");
	outline_why(outline, row, out);
}

bool outline_if(const struct outline *outline, int commit, int *newer,
		int *older)
{
	int place = strata_place(&outline->strata, commit);

	if (place < 0 || !outline->strata.weights[place])
		return false;
	*newer = outline->strata.weights[place];
	*older = outline->strata.suspects - *newer;
	return true;
}
