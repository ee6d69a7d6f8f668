/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/range.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "engine/commit.h"
#include "engine/graph.h"
#include "engine/limit.h"
#include "engine/oid.h"
#include "engine/queue.h"
#include "repo/commit_text.h"
#include "repo/commits.h"
#include "repo/handle.h"

#define TEXT_MAX 1000

/* git's paint_down_to_common */
enum {
	ONE = 1,
	TWO = 2,
	STALE = 4, /* below a common ancestor */
	RESULT = 8,
};

/* A walk over commits by date, newest first, which expands them on its way. */
struct walk {
	struct commits *commits;
	struct graph *graph;
	unsigned char *flags;	/* by the graph's numbers */
	unsigned char *waiting; /* how often a commit is in the queue */
	size_t flag_count;
	struct queue queue;
	size_t open; /* in the queue and not STALE */
};

static void walk_init(struct walk *walk, struct commits *commits,
		      struct graph *graph)
{
	*walk = (struct walk){ .commits = commits, .graph = graph };
}

static void walk_release(struct walk *walk)
{
	free(walk->flags);
	free(walk->waiting);
	queue_release(&walk->queue);
}

/* The graph grows under the walk. */
static void walk_fit(struct walk *walk)
{
	size_t old = walk->flag_count, want = (size_t)graph_count(walk->graph);

	if (want <= old)
		return;
	walk->flag_count = want + want / 2 + 64;
	walk->flags = xreallocarray(walk->flags, walk->flag_count, 1);
	walk->waiting = xreallocarray(walk->waiting, walk->flag_count, 1);
	memset(walk->flags + old, 0, walk->flag_count - old);
	memset(walk->waiting + old, 0, walk->flag_count - old);
}

static void set_flags(struct walk *walk, int commit, unsigned char flags)
{
	if (!(walk->flags[commit] & STALE) && (flags & STALE))
		walk->open -= walk->waiting[commit];
	walk->flags[commit] |= flags;
}

static int push(struct walk *walk, int commit, struct error *err)
{
	if (commits_expand(walk->commits, commit, err) < 0)
		return -1;
	walk_fit(walk);
	walk->waiting[commit]++;
	walk->open += !(walk->flags[commit] & STALE);
	queue_push(&walk->queue, commit, graph_date(walk->graph, commit));
	return 0;
}

static int pop(struct walk *walk)
{
	int commit = queue_pop(&walk->queue);

	walk->waiting[commit]--;
	walk->open -= !(walk->flags[commit] & STALE);
	return commit;
}

/* The ends by number; goods[0..count-1], then bad. */
struct ends {
	int *goods;
	int count;
	int bad;
};

static int expand(void *data, int commit, struct error *err)
{
	return commits_expand(data, commit, err);
}

/*
 * All of what git's walk of `bad ^goods` parses, and of the one with
 * --first-parent: where clocks were wrong neither is part of the other.
 */
static int load_suspects(struct commits *commits, struct graph *graph,
			 const struct ends *ends, struct error *err)
{
	struct limit_query query = { .bad = ends->bad,
				     .goods = ends->goods,
				     .good_count = ends->count,
				     .expand = expand,
				     .data = commits };

	for (int first_parent = 0; first_parent < 2; first_parent++) {
		struct limited listed;

		query.first_parent = first_parent;
		if (limit_walk(graph, &query, &listed, err) < 0)
			return -1;
		free(listed.commits);
	}
	return 0;
}

static int paint_parents(struct walk *walk, int commit, unsigned char colours,
			 struct error *err)
{
	const int *parents;
	int n = graph_parents(walk->graph, commit, &parents);

	for (int i = 0; i < n; i++) {
		int parent;

		graph_parents(walk->graph, commit, &parents);
		parent = parents[i];
		if ((walk->flags[parent] & colours) == colours)
			continue;
		set_flags(walk, parent, colours);
		if (push(walk, parent, err) < 0)
			return -1;
	}
	return 0;
}

/*
 * git's paint_down_to_common (commit-reach.c): go down from both sides until
 * nothing is left that is not below a common ancestor; where there is none,
 * that is both histories to their ends.
 */
static int paint(struct walk *walk, int one, const int *two, int count,
		 struct error *err)
{
	walk_fit(walk);
	set_flags(walk, one, ONE);
	if (push(walk, one, err) < 0)
		return -1;
	for (int i = 0; i < count; i++) {
		if (walk->flags[two[i]] & TWO)
			continue;
		set_flags(walk, two[i], TWO);
		if (push(walk, two[i], err) < 0)
			return -1;
	}
	while (walk->open > 0) {
		int commit = pop(walk);
		unsigned char colours =
			walk->flags[commit] & (ONE | TWO | STALE);

		if (colours == (ONE | TWO)) {
			walk->flags[commit] |= RESULT;
			colours |= STALE;
		}
		if (paint_parents(walk, commit, colours, err) < 0)
			return -1;
	}
	return 0;
}

/*
 * Load all from `one` and from `two` down to their best common ancestors,
 * which are the caller's to free in *bases (may be NULL).  With clocks that
 * were wrong some of those may be below others.
 */
static int load_between(struct commits *commits, struct graph *graph, int one,
			const int *two, int count, int **bases, int *base_count,
			struct error *err)
{
	struct walk walk;
	size_t room = 0;
	int ret = -1;

	walk_init(&walk, commits, graph);
	if (paint(&walk, one, two, count, err) < 0)
		goto out;
	if (bases) {
		*bases = NULL;
		*base_count = 0;
		for (size_t i = 0; i < walk.flag_count; i++) {
			if ((walk.flags[i] & (RESULT | STALE)) != RESULT)
				continue;
			array_grow(*bases, (size_t)*base_count + 1, &room);
			(*bases)[(*base_count)++] = (int)i;
		}
	}
	ret = 0;
out:
	walk_release(&walk);
	return ret;
}

/*
 * What is needed to tell the merge bases of bad and all the goods together.
 * Of several candidates one may be an ancestor of another by a way that is
 * not loaded yet.
 */
static int load_merge_bases(struct commits *commits, struct graph *graph,
			    const struct ends *ends, struct error *err)
{
	int *bases = NULL, count = 0, ret = -1;

	if (load_between(commits, graph, ends->bad, ends->goods, ends->count,
			 &bases, &count, err) < 0)
		goto out;
	for (int i = 0; i + 1 < count; i++)
		if (load_between(commits, graph, bases[i], bases + i + 1,
				 count - i - 1, NULL, NULL, err) < 0)
			goto out;
	ret = 0;
out:
	free(bases);
	return ret;
}

static int load_other_goods(struct commits *commits, struct graph *graph,
			    const struct ends *ends, struct error *err)
{
	unsigned char *marks = xcalloc((size_t)graph_count(graph), 1);
	bool others = false;
	int ret = -1;

	graph_mark_ancestors(graph, &ends->bad, 1, marks, 1);
	for (int i = 0; i < ends->count; i++) {
		int good = ends->goods[i];

		if (marks[good])
			continue;
		if (load_between(commits, graph, ends->bad, &good, 1, NULL,
				 NULL, err) < 0)
			goto out;
		others |= !graph_is_ancestor(graph, good, ends->bad);
	}
	ret = others ? load_merge_bases(commits, graph, ends, err) : 0;
out:
	free(marks);
	return ret;
}

static int load(struct repo *repo, const struct oid *bad,
		const struct oid *goods, size_t good_count, struct graph *graph,
		struct error *err)
{
	struct ends ends = { xcalloc(good_count + 1, sizeof(int)), 0, -1 };
	struct commits *commits = NULL;
	int ret = -1;

	commits_open(repo, graph, &commits);
	if (commits_find_end(commits, bad, &ends.bad, err) < 0)
		goto out;
	for (; (size_t)ends.count < good_count; ends.count++)
		if (commits_find_end(commits, &goods[ends.count],
				     &ends.goods[ends.count], err) < 0)
			goto out;
	if (load_suspects(commits, graph, &ends, err) < 0)
		goto out;
	ret = load_other_goods(commits, graph, &ends, err);
	if (ret == 0)
		commits_name_all(commits);
out:
	commits_close(commits);
	free(ends.goods);
	return ret;
}

int range_load(struct repo *repo, const struct oid *bad,
	       const struct oid *goods, size_t good_count, struct graph *graph,
	       struct error *err)
{
	bool empty = graph_count(graph) == 0, misled = repo->misled;
	int ret = load(repo, bad, goods, good_count, graph, err);

	if (ret == 0 || misled || !repo->misled || !empty)
		return ret;
	graph_clear(graph);
	return load(repo, bad, goods, good_count, graph, err);
}

const char *range_remark(const struct repo *repo)
{
	return repo->misled;
}

/* The first paragraph on one line. */
static void add_subject(struct buf *out, const char *text, size_t length)
{
	const char *stop = text + length;

	while (text < stop && (*text == '\n' || *text == ' '))
		text++;
	while (text < stop) {
		const char *end = memchr(text, '\n', (size_t)(stop - text));
		const char *next = end ? end + 1 : stop;

		if (!end)
			end = stop;
		while (end > text &&
		       (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
			end--;
		if (end == text)
			break;
		if (out->length)
			buf_putc(out, ' ');
		buf_add(out, text, (size_t)(end - text));
		text = next;
	}
}

struct describer {
	struct repo *repo;
	git_odb *odb;
	const struct graph *graph;
	int (*take)(void *data, const struct commit_record *record);
	void *data;
	struct oid *parents;
	size_t room;
	struct buf author, subject;
};

static int describe(struct describer *d, int commit, struct error *err)
{
	struct commit_record record = { .oid = *graph_oid(d->graph, commit) };
	git_odb_object *object = NULL;
	struct commit_text text;
	const int *parents;
	int ret;

	if (commit_text_named(d->odb, &record.oid, &object, &text, err) < 0)
		return -1;
	if (commits_check(d->repo, d->graph, commit, &text, err) < 0) {
		git_odb_object_free(object);
		return -1;
	}
	buf_clear(&d->author);
	buf_clear(&d->subject);
	buf_add(&d->author, text.author, text.author_length);
	add_subject(&d->subject, text.message, text.message_length);
	record.parent_count = graph_parents(d->graph, commit, &parents);
	array_grow(d->parents, (size_t)record.parent_count, &d->room);
	for (int i = 0; i < record.parent_count; i++)
		d->parents[i] = *graph_oid(d->graph, parents[i]);
	record.parents = d->parents;
	record.expanded = graph_is_expanded(d->graph, commit);
	record.date = graph_date(d->graph, commit);
	record.author_date = text.author_date;
	record.author = d->author.text;
	record.subject = d->subject.text;
	ret = d->take(d->data, &record);
	git_odb_object_free(object);
	return ret;
}

int range_describe(struct repo *repo, const struct graph *graph, int first,
		   int (*take)(void *data, const struct commit_record *record),
		   void *data, struct error *err)
{
	struct describer describer = {
		.repo = repo, .graph = graph, .take = take, .data = data
	};
	int ret = 0;

	if (git_repository_odb(&describer.odb, repo->git) < 0)
		return handle_failed(err);
	buf_init(&describer.author, TEXT_MAX);
	buf_init(&describer.subject, TEXT_MAX);
	for (int i = first; ret == 0 && i < graph_count(graph); i++)
		ret = describe(&describer, i, err);
	buf_release(&describer.author);
	buf_release(&describer.subject);
	free(describer.parents);
	git_odb_free(describer.odb);
	return ret;
}
