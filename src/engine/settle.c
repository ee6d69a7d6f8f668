/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "engine/graph.h"
#include "engine/suspects.h"

enum { OLD = 1, LOOK = 2, FROM = 4, TO = 8, SKIPPED = 16 };

/*
 * Whose word comes first.  Git lets a person mark what excludes another mark,
 * so a mark made there cannot be refused: where it does, it is set aside.
 */
enum rank { RANK_PERSON, RANK_GIT, RANK_RULE };

/* One verdict that asks to be accepted. */
struct claim {
	struct folded_step *step;
	const struct event *event;
	enum rank rank;
};

static int claim_order(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->event->seq < y->event->seq ? -1 : 1;
}

static enum rank rank_of(const struct folded_step *step)
{
	if (!step->person)
		return RANK_RULE;
	return step->person->by == BY_GIT ? RANK_GIT : RANK_PERSON;
}

/* What a log says, as long as its verdict stands. */
static void say_numbers(struct step *step)
{
	bool said = step->given && step->given->by == BY_IMPORT;

	step->left_after = said ? step->said_left : -1;
	step->steps_after = said ? step->said_steps : -1;
}

static struct claim *collect(struct engine *engine, size_t *count)
{
	struct claim *claims = xcalloc(engine->step_count, sizeof(*claims));
	int position = 0;

	*count = 0;
	for (size_t i = 0; i < engine->step_count; i++) {
		struct folded_step *step = engine->steps[i];
		const struct event *event =
			step->person ? step->person : step->shown.recorded;

		if (fold_has_content(step) && !fold_is_scratch(step))
			step->shown.position = ++position;
		step->shown.given = event;
		step->shown.verdict = event ? event->verdict : VERDICT_NONE;
		step->shown.set_aside = false;
		say_numbers(&step->shown);
		if (event)
			claims[(*count)++] =
				(struct claim){ step, event, rank_of(step) };
	}
	qsort(claims, *count, sizeof(*claims), claim_order);
	return claims;
}

/*
 * May the verdict stand beside those accepted so far?  A commit of the newer
 * side cannot be an ancestor of one of the older side.  OLD marks the older
 * ones with all their ancestors, and then this one's too; what has that mark
 * already has no commit of the newer side below it.
 */
static int contradicts(const struct engine *engine, unsigned char *marks,
		       const struct ends *ends, int commit, bool is_new)
{
	bool has_mark = marks[commit] & OLD;

	if (is_new) {
		for (int i = 0; i < ends->good_count && has_mark; i++)
			if (graph_is_ancestor(engine->graph, commit,
					      ends->goods[i]))
				return ends->goods[i];
		return has_mark ? commit : -1;
	}
	if (has_mark)
		return -1;
	graph_mark_ancestors(engine->graph, &commit, 1, marks, OLD);
	for (int i = 0; i < ends->new_count; i++)
		if (marks[ends->news[i]] & OLD)
			return ends->news[i];
	return -1;
}

/* As they were before one that cannot stand was looked at. */
static void mark_old_again(const struct engine *engine, unsigned char *marks)
{
	for (int i = 0; i < graph_count(engine->graph); i++)
		marks[i] &= (unsigned char)~OLD;
	graph_mark_ancestors(engine->graph, engine->ends.goods,
			     engine->ends.good_count, marks, OLD);
}

static void accept(struct engine *engine, unsigned char *marks,
		   const struct claim *claim)
{
	struct ends *ends = &engine->ends;
	int commit = claim->step->shown.commit;
	bool is_new = fold_is_new(engine, claim->event->verdict);
	int other = contradicts(engine, marks, ends, commit, is_new);

	if (other >= 0) {
		claim->step->shown.set_aside = true;
		if (!is_new)
			mark_old_again(engine, marks);
		if (claim->rank == RANK_PERSON) {
			ends->conflicts++;
			ends->conflict_new = is_new ? commit : other;
			ends->conflict_old = is_new ? other : commit;
		}
		return;
	}
	if (is_new)
		ends->news[ends->new_count++] = commit;
	else
		ends->goods[ends->good_count++] = commit;
}

/* Of the first `count` marks, is another one of the newer side below this? */
static bool has_newer_below(const struct engine *engine,
			    const struct mark *marks, size_t count, int commit,
			    unsigned char *flags)
{
	bool others = false;

	for (size_t i = 0; i < count; i++)
		others |=
			marks[i].kind == MARK_NEW && marks[i].commit != commit;
	if (!others)
		return false;
	/* nothing of the newer side is below what is OLD */
	graph_mark_until(engine->graph, commit, flags, LOOK, OLD);
	others = false;
	for (size_t i = 0; i < count; i++)
		others |= marks[i].kind == MARK_NEW &&
			  marks[i].commit != commit &&
			  (flags[marks[i].commit] & LOOK);
	for (int i = 0; i < graph_count(engine->graph); i++)
		flags[i] &= (unsigned char)~LOOK;
	return others;
}

/*
 * The newer end: of the accepted commits of which no other one is an
 * ancestor, the one given last.  (git takes the one given last of all, so
 * that a search can widen again; here it takes a retract for that.)
 */
static int newer_end(const struct engine *engine, const struct mark *marks,
		     size_t count, unsigned char *flags)
{
	for (size_t i = count; i-- > 0;)
		if (marks[i].kind == MARK_NEW &&
		    !has_newer_below(engine, marks, count, marks[i].commit,
				     flags))
			return marks[i].commit;
	return -1;
}

static void add_mark(struct marks *marks, struct mark mark)
{
	array_grow(marks->items, marks->count + 1, &marks->room);
	marks->items[marks->count++] = mark;
}

static int by_seq(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static enum mark_kind kind_of(const struct engine *engine, enum verdict verdict)
{
	if (verdict == VERDICT_SKIP)
		return MARK_SKIP;
	return fold_is_new(engine, verdict) ? MARK_NEW : MARK_OLD;
}

static void list_marks(const struct engine *engine, struct marks *marks)
{
	for (size_t i = 0; i < engine->step_count; i++) {
		const struct folded_step *step = engine->steps[i];
		const struct step *shown = &step->shown;

		if (step->unskipped)
			add_mark(marks,
				 (struct mark){ shown->commit, MARK_UNSKIP, -1,
						step->unskipped, -1, -1 });
		if (shown->verdict != VERDICT_NONE && !shown->set_aside)
			add_mark(marks,
				 (struct mark){ shown->commit,
						kind_of(engine, shown->verdict),
						-1, shown->given->seq, -1,
						-1 });
	}
	for (size_t i = 0; i < engine->skip_range_count; i++) {
		const struct event *event = engine->skip_ranges[i];

		add_mark(marks,
			 (struct mark){
				 graph_find(engine->graph, &event->commit),
				 MARK_SKIP,
				 graph_find(engine->graph, &event->other),
				 event->seq, -1, -1 });
	}
	if (marks->count)
		qsort(marks->items, marks->count, sizeof(*marks->items),
		      by_seq);
}

static void skip_range(const struct engine *engine, const struct mark *mark,
		       unsigned char *seen)
{
	int total = graph_count(engine->graph);

	graph_mark_ancestors(engine->graph, &mark->commit, 1, seen, TO);
	if (mark->from >= 0)
		graph_mark_ancestors(engine->graph, &mark->from, 1, seen, FROM);
	for (int c = 0; c < total; c++) {
		if ((seen[c] & (TO | FROM)) == TO)
			seen[c] |= SKIPPED;
		seen[c] &= SKIPPED;
	}
}

/*
 * Skipped commits after the first `count` marks; ranges are spread out.  A
 * good or bad one is not skipped, whatever range it lies in.
 */
static int *list_skips(const struct engine *engine, const struct mark *marks,
		       size_t count, int *found)
{
	int total = graph_count(engine->graph);
	unsigned char *seen = xcalloc((size_t)total, 1);
	int *skips = NULL;
	size_t room = 0;

	for (size_t i = 0; i < count; i++) {
		if (marks[i].kind == MARK_UNSKIP)
			seen[marks[i].commit] = 0;
		else if (marks[i].kind == MARK_SKIP && marks[i].from >= 0)
			skip_range(engine, &marks[i], seen);
		else if (marks[i].kind == MARK_SKIP)
			seen[marks[i].commit] = SKIPPED;
	}
	for (size_t i = 0; i < count; i++)
		if (marks[i].kind == MARK_OLD || marks[i].kind == MARK_NEW)
			seen[marks[i].commit] = 0;
	*found = 0;
	for (int c = 0; c < total; c++) {
		if (!seen[c])
			continue;
		array_grow(skips, (size_t)*found + 1, &room);
		skips[(*found)++] = c;
	}
	free(seen);
	return skips;
}

static int by_oid(const void *a, const void *b, void *data)
{
	const struct graph *graph = data;

	return strcmp(graph_oid(graph, *(const int *)a)->hex,
		      graph_oid(graph, *(const int *)b)->hex);
}

static void sort_goods(const struct engine *engine, int *goods, int count)
{
	if (count > 1)
		qsort_r(goods, (size_t)count, sizeof(*goods), by_oid,
			(void *)(uintptr_t)engine->graph);
}

static void say_mark(struct mark *mark, const struct midpoint *mid)
{
	if (mid->kind == MIDPOINT_TEST) {
		mark->left = mid->left;
		mark->steps = mid->steps;
	} else if (mid->kind != MIDPOINT_NONE) {
		mark->left = 0;
		mark->steps = 0;
	}
}

static bool can_search(const struct engine *engine,
		       const struct suspects_query *query)
{
	return query->bad >= 0 && query->good_count > 0 &&
	       graph_is_expanded(engine->graph, query->bad);
}

/* git's numbers after the first `count` marks. */
static void number_mark(const struct engine *engine, struct mark *marks,
			size_t count, unsigned char *flags)
{
	struct suspects_query query = { .bad = newer_end(engine, marks, count,
							 flags) };
	int *goods = xmalloc(count * sizeof(int)), *skips = NULL;
	struct suspects *suspects;
	struct midpoint mid;

	for (size_t i = 0; i < count; i++)
		if (marks[i].kind == MARK_OLD)
			goods[query.good_count++] = marks[i].commit;
	if (can_search(engine, &query)) {
		sort_goods(engine, goods, query.good_count);
		skips = list_skips(engine, marks, count, &query.skip_count);
		query.goods = goods;
		query.skips = skips;
		query.first_parent =
			engine->start && engine->start->first_parent;
		suspects = suspects_find(engine->graph, &query);
		mid = suspects_midpoint(engine->graph, &query, suspects);
		if (suspects->whole)
			say_mark(&marks[count - 1], &mid);
		suspects_free(suspects);
	}
	free(skips);
	free(goods);
}

static bool same_mark(const struct mark *a, const struct mark *b)
{
	return a->commit == b->commit && a->kind == b->kind &&
	       a->from == b->from && a->seq == b->seq;
}

/*
 * The staircase.  Numbers of marks that stand as they stood before are
 * kept: an event changes the end of the list, seldom its beginning.  The last
 * one is left to number_last.  Returns how many stand.
 */
static size_t number_marks(const struct engine *engine, struct marks *marks,
			   const struct marks *before, unsigned char *flags)
{
	size_t same = 0;

	while (same < marks->count && same < before->count &&
	       same_mark(&marks->items[same], &before->items[same])) {
		marks->items[same] = before->items[same];
		same++;
	}
	for (size_t i = same; i + 1 < marks->count; i++)
		number_mark(engine, marks->items, i + 1, flags);
	return same;
}

/* The suspects after the last mark are those of the plan. */
static void number_last(struct engine *engine)
{
	struct marks *marks = &engine->ends.marks;
	struct suspects_query query = settle_query(engine);

	if (!can_search(engine, &query))
		return;
	if (settle_suspects(engine)->whole)
		say_mark(&marks->items[marks->count - 1], &engine->ends.mid);
}

static void show_numbers(struct engine *engine)
{
	const struct marks *marks = &engine->ends.marks;

	for (size_t i = 0; i < marks->count; i++) {
		const struct mark *mark = &marks->items[i];
		struct folded_step *step =
			mark->from < 0 && mark->kind != MARK_UNSKIP
				? fold_step_of(engine, mark->commit)
				: NULL;

		if (step && mark->left >= 0) {
			step->shown.left_after = mark->left;
			step->shown.steps_after = mark->steps;
		}
	}
}

static void drop(struct ends *ends)
{
	free(ends->goods);
	free(ends->news);
	free(ends->skips);
	ends->goods = ends->news = ends->skips = NULL;
	ends->good_count = ends->new_count = ends->skip_count = 0;
}

void settle_release(struct ends *ends)
{
	drop(ends);
	free(ends->marks.items);
	memset(&ends->marks, 0, sizeof(ends->marks));
	suspects_free(ends->found);
	ends->found = NULL;
	ends->valid = false;
}

static bool same_kernel(const struct step *a, const struct step *b)
{
	return a->build && b->build && a->build->build == BUILD_OK &&
	       b->build->build == BUILD_OK && !str_empty(a->build->signature) &&
	       str_equal(a->build->signature, b->build->signature);
}

/* Which steps may count the runs of an earlier one as their own. */
static void find_equals(struct engine *engine)
{
	for (size_t i = 0; i < engine->step_count; i++) {
		struct step *step = &engine->steps[i]->shown;

		step->same_as = -1;
		step->same_runs = 0;
		for (size_t k = 0; k < i && !engine->steps[i]->own; k++) {
			const struct step *other = &engine->steps[k]->shown;
			bool apart = fold_is_scratch(engine->steps[i]) ||
				     fold_is_scratch(engine->steps[k]);
			int runs = !apart && same_kernel(step, other)
					   ? fold_count_runs(other)
					   : 0;

			if (runs == 0)
				continue;
			step->same_as = other->commit;
			step->same_runs = runs;
			break;
		}
	}
}

void settle(struct engine *engine)
{
	struct ends *ends = &engine->ends;
	struct marks before = ends->marks;
	unsigned char *flags; /* OLD are the good ones with all ancestors */
	struct claim *claims;
	size_t count, same;

	if (ends->valid)
		return;
	find_equals(engine);
	drop(ends);
	ends->conflicts = 0;
	ends->goods = xmalloc((engine->step_count + 1) * sizeof(int));
	ends->news = xmalloc((engine->step_count + 1) * sizeof(int));
	flags = xcalloc((size_t)graph_count(engine->graph), 1);
	claims = collect(engine, &count);
	for (size_t i = 0; i < count; i++)
		if (claims[i].event->verdict != VERDICT_SKIP)
			accept(engine, flags, &claims[i]);
	free(claims);

	memset(&ends->marks, 0, sizeof(ends->marks));
	list_marks(engine, &ends->marks);
	same = number_marks(engine, &ends->marks, &before, flags);
	if (same < ends->marks.count || same < before.count) {
		suspects_free(ends->found);
		ends->found = NULL;
	}
	free(before.items);
	ends->bad =
		newer_end(engine, ends->marks.items, ends->marks.count, flags);
	free(flags);
	ends->nearest_good = -1;
	for (size_t i = 0; i < ends->marks.count; i++)
		if (ends->marks.items[i].kind == MARK_OLD)
			ends->nearest_good = ends->marks.items[i].commit;
	sort_goods(engine, ends->goods, ends->good_count);
	ends->skips = list_skips(engine, ends->marks.items, ends->marks.count,
				 &ends->skip_count);
	ends->valid = true;
	if (same < ends->marks.count)
		number_last(engine);
	show_numbers(engine);
}

/*
 * A range that was read for other ends has those of narrower ones in it, but
 * not all of a wider one, though that may begin and end in it.
 */
bool settle_has_range(struct engine *engine)
{
	const struct ends *ends = &engine->ends;

	if (ends->bad < 0 || !ends->good_count ||
	    !graph_is_expanded(engine->graph, ends->bad))
		return false;
	for (int i = 0; i < ends->good_count; i++)
		if (!graph_is_expanded(engine->graph, ends->goods[i]))
			return false;
	return settle_suspects(engine)->whole;
}

const struct suspects *settle_suspects(struct engine *engine)
{
	struct ends *ends = &engine->ends;
	struct suspects_query query = settle_query(engine);

	if (!ends->found) {
		ends->found = suspects_find(engine->graph, &query);
		ends->mid =
			suspects_midpoint(engine->graph, &query, ends->found);
	}
	return ends->found;
}

struct suspects_query settle_query(const struct engine *engine)
{
	const struct ends *ends = &engine->ends;

	return (struct suspects_query){
		.bad = ends->bad,
		.goods = ends->goods,
		.good_count = ends->good_count,
		.skips = ends->skips,
		.skip_count = ends->skip_count,
		.first_parent = engine->start && engine->start->first_parent,
	};
}
