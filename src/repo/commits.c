/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/commits.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/array.h"
#include "base/error.h"
#include "engine/graph.h"
#include "engine/oid.h"
#include "repo/commit_text.h"
#include "repo/commitgraph.h"
#include "repo/handle.h"
#include "repo/ids.h"

/*
 * What is known of a commit's parents until it is expanded: where its entry
 * in the commit-graph is, and what that says, or what its object said.
 */
struct kept {
	uint32_t place; /* plus 1; 0: it is not in the commit-graph */
	union {
		int count;	/* of the parents its object has; -1: unread */
		uint32_t level; /* of one that is in the commit-graph */
	};
	union {
		struct {
			uint32_t first; /* where its parents are, in parents */
			uint32_t id;	/* its own, in ids */
		} object;
		struct {
			uint32_t first, second; /* as the entry has them */
		} entry;
	};
};

/*
 * The graph's numbers of places.  An array by place would be the size of all
 * history, with a page of it touched for each commit; so for a part of a long
 * one it is a table, in one huge page where the kernel has any: each look is at
 * another end of it, and with small pages mostly waits to be told where that is.
 */
struct places {
	int *numbers; /* plus 1; 0: none, or free */
	size_t count;
	bool table; /* open addressing, TABLE_ROOM, with the places in `kept` */
};

#define HUGE_PAGE  ((size_t)2 << 20)
#define TABLE_ROOM (HUGE_PAGE / sizeof(int))

struct commits {
	git_odb *odb; /* NULL: nothing was read of it yet */
	struct graph *graph;
	struct commitgraph *entries; /* NULL: there is none to use */
	struct places places;
	struct ids ids; /* of what was met by its id, not by a place */
	/*
	 * The graph was empty: its commits get no names until somebody wants
	 * to know, and are known by their places and ids till then.
	 */
	bool nameless;
	struct kept *kept; /* by the graph's numbers */
	size_t kept_count, kept_room;
	uint32_t *parents; /* in ids */
	size_t parent_count, parent_room;
	int *found; /* for the one that is being expanded */
	size_t found_room;
	struct repo *repo;
	struct error said; /* too big to be cleared for each commit */
};

/* Where the commit-graph cannot be used, the objects are read, and that said. */
static void open_entries(struct commits *commits, struct repo *repo)
{
	struct error said = ERROR_INIT;

	if (repo->misled)
		return;
	if (commitgraph_open(repo, &commits->entries, &said) < 0)
		repo->misled = xstrdup(said.text);
}

static void places_release(struct places *places)
{
	free(places->numbers);
	*places = (struct places){ .numbers = NULL };
}

void commits_open(struct repo *repo, struct graph *graph, struct commits **out)
{
	struct commits *commits = xcalloc(1, sizeof(*commits));

	commits->graph = graph;
	commits->repo = repo;
	commits->nameless = graph_count(graph) == 0;
	open_entries(commits, repo);
	*out = commits;
}

void commits_close(struct commits *commits)
{
	if (!commits)
		return;
	git_odb_free(commits->odb);
	commitgraph_close(commits->entries);
	places_release(&commits->places);
	ids_release(&commits->ids);
	free(commits->kept);
	free(commits->parents);
	free(commits->found);
	free(commits);
}

static int *table_slot(const struct commits *commits, uint32_t place)
{
	int *numbers = commits->places.numbers;
	size_t at = place * UINT32_C(0x9e3779b1) % TABLE_ROOM;

	while (numbers[at] && commits->kept[numbers[at] - 1].place != place + 1)
		at = (at + 1) % TABLE_ROOM;
	return &numbers[at];
}

static void make_table(struct places *places)
{
	places->table = true;
	places->numbers = xaligned(HUGE_PAGE, HUGE_PAGE);
	madvise(places->numbers, HUGE_PAGE, MADV_HUGEPAGE);
	memset(places->numbers, 0, HUGE_PAGE);
}

/* Zeroed by hand: a page of calloc that is read first is made twice. */
static void make_array(struct places *places, size_t all)
{
	places->table = false;
	places->numbers = xmalloc(all * sizeof(int));
	memset(places->numbers, 0, all * sizeof(int));
}

/* A table by now has too many, and an array is asked once, not twice. */
static void table_to_array(struct commits *commits, size_t all)
{
	struct places *places = &commits->places;

	free(places->numbers);
	make_array(places, all);
	for (size_t i = 0; i < commits->kept_count; i++)
		if (commits->kept[i].place)
			places->numbers[commits->kept[i].place - 1] =
				(int)i + 1;
}

/* Where the number of a place is, plus 1; 0: it has none yet. */
static int *number_slot(struct commits *commits, uint32_t place)
{
	struct places *places = &commits->places;
	size_t all = commitgraph_count(commits->entries);

	if (!places->numbers && all > TABLE_ROOM)
		make_table(places);
	else if (!places->numbers)
		make_array(places, all);
	else if (places->table && places->count * 4 > TABLE_ROOM)
		table_to_array(commits, all);
	return places->table ? table_slot(commits, place)
			     : &places->numbers[place];
}

/* -1: it has none */
static int number_of(struct commits *commits, uint32_t place)
{
	return *number_slot(commits, place) - 1;
}

static int open_objects(struct commits *commits, struct error *err)
{
	if (!commits->odb &&
	    git_repository_odb(&commits->odb, commits->repo->git) < 0)
		return handle_failed(err);
	return 0;
}

/* The graph may have grown by other hands. */
static void keep_more(struct commits *commits)
{
	size_t count = (size_t)graph_count(commits->graph);

	array_grow(commits->kept, count, &commits->kept_room);
	while (commits->kept_count < count)
		commits->kept[commits->kept_count++] =
			(struct kept){ .count = -1 };
}

static inline struct kept *kept_of(struct commits *commits, int commit)
{
	if ((size_t)commit >= commits->kept_count)
		keep_more(commits);
	return &commits->kept[commit];
}

/* id: its bytes, which are not looked at before it needs a name */
static int add_commit(struct commits *commits, const unsigned char *id,
		      int64_t date)
{
	struct oid oid;

	if (commits->nameless)
		return graph_add_nameless(commits->graph, date);
	oid_from_bytes(&oid, id, GIT_OID_RAWSZ);
	return graph_add(commits->graph, &oid, date);
}

/* What an object says of its commit's parents. */
static int keep_parents(struct commits *commits, const git_oid *id,
			const struct commit_text *text, struct error *err)
{
	char hex[GIT_OID_HEXSZ + 1];

	array_grow(commits->parents,
		   commits->parent_count + (size_t)text->parent_count,
		   &commits->parent_room);
	for (int i = 0; i < text->parent_count; i++) {
		git_oid parent;

		if (git_oid_fromstr(&parent, commit_text_parent(text, i)) < 0)
			return error_set(err, ERROR_GIT,
					 "cannot read commit %s: bad parent",
					 git_oid_tostr(hex, sizeof(hex), id));
		commits->parents[commits->parent_count++] =
			ids_add(&commits->ids, &parent);
	}
	return 0;
}

/* Read a commit's object, add it, and keep what it says of its parents. */
static int take(struct commits *commits, uint32_t index, int *out,
		struct error *err)
{
	const git_oid id = commits->ids.items[index].id;
	uint32_t first = (uint32_t)commits->parent_count;
	git_odb_object *object = NULL;
	struct commit_text text;
	struct kept *kept;
	int ret = -1;

	if (open_objects(commits, err) < 0 ||
	    commit_text_read(commits->odb, &id, &object, &text, err) < 0)
		return -1;
	if (keep_parents(commits, &id, &text, err) < 0)
		goto out;
	*out = add_commit(commits, id.id, text.date);
	kept = kept_of(commits, *out);
	kept->count = text.parent_count;
	kept->object.first = first;
	kept->object.id = index;
	ret = 0;
out:
	git_odb_object_free(object);
	return ret;
}

/*
 * The commit-graph is to blame: whoever opens the repository's commits next
 * reads objects only.
 */
static int misled(struct repo *repo, const struct error *said,
		  struct error *err)
{
	if (!repo->misled)
		repo->misled = xstrdup(said->text);
	return error_set(err, ERROR_GIT, "%s", said->text);
}

/* The number of a commit of the commit-graph, which is added if it is new. */
static int number_at(struct commits *commits, uint32_t place)
{
	int *slot = number_slot(commits, place), number;
	struct commitgraph_commit entry;
	struct kept *kept;

	if (*slot)
		return *slot - 1;
	commitgraph_read(commits->entries, place, &entry);
	number = add_commit(commits, commitgraph_id(commits->entries, place),
			    entry.date);
	kept = kept_of(commits, number);
	kept->place = place + 1;
	kept->level = entry.level;
	kept->entry.first = entry.first;
	kept->entry.second = entry.second;
	commits->places.count++;
	*slot = number + 1;
	return number;
}

/* Read a commit that the graph does not know, or not more than its name. */
static int read_any(struct commits *commits, const git_oid *id, int *out,
		    struct error *err)
{
	uint32_t place;

	if (!commits->entries ||
	    !commitgraph_find(commits->entries, id->id, &place))
		return take(commits, ids_add(&commits->ids, id), out, err);
	*out = number_at(commits, place);
	return 0;
}

static int find_by_name(const struct commits *commits, const git_oid *id)
{
	struct oid oid;

	if (commits->nameless)
		return -1;
	oid_from_bytes(&oid, id->id, GIT_OID_RAWSZ);
	return graph_find(commits->graph, &oid);
}

/* The number of one of ids, which is read if need be. */
static int number_of_id(struct commits *commits, uint32_t index, int *out,
			struct error *err)
{
	const git_oid id = commits->ids.items[index].id;
	int number = commits->ids.items[index].number;

	if (number < 0)
		number = find_by_name(commits, &id);
	if (number < 0 && read_any(commits, &id, &number, err) < 0)
		return -1;
	commits->ids.items[index].number = number;
	*out = number;
	return 0;
}

int commits_find(struct commits *commits, const struct oid *oid, int *out,
		 struct error *err)
{
	git_oid id;

	if (handle_oid(&id, oid, err) < 0)
		return -1;
	return number_of_id(commits, ids_add(&commits->ids, &id), out, err);
}

int commits_known(struct commits *commits, const struct oid *oid)
{
	int found = graph_find(commits->graph, oid);
	uint32_t place;
	git_oid id;

	if (found >= 0 || git_oid_fromstr(&id, oid->hex) < 0)
		return found;
	if (commits->entries &&
	    commitgraph_find(commits->entries, id.id, &place))
		return number_of(commits, place);
	return ids_number(&commits->ids, &id);
}

/* The bytes of a commit's id that was read here. */
static const unsigned char *id_of(struct commits *commits, int commit)
{
	const struct kept *kept = kept_of(commits, commit);

	return kept->place ? commitgraph_id(commits->entries, kept->place - 1)
			   : commits->ids.items[kept->object.id].id.id;
}

void commits_name(struct commits *commits, int commit)
{
	struct oid oid;

	if (graph_is_named(commits->graph, commit))
		return;
	oid_from_bytes(&oid, id_of(commits, commit), GIT_OID_RAWSZ);
	graph_name(commits->graph, commit, &oid);
}

void commits_name_all(struct commits *commits)
{
	int count = graph_count(commits->graph);

	graph_reserve(commits->graph, count);
	for (int i = 0; i < count; i++)
		commits_name(commits, i);
}

void commits_rest(struct commits *commits)
{
	places_release(&commits->places);
	ids_rest(&commits->ids);
	if (commits->entries)
		commitgraph_rest(commits->entries);
}

/*
 * Parents that are not below their child lead anywhere, even in circles.  One
 * whose number was known by another way has no place here, and is no danger:
 * it is expanded by what its object says.
 */
static int check_level(struct commits *commits, uint32_t level, int parent,
		       struct error *err)
{
	const struct kept *kept = kept_of(commits, parent);
	struct error said;

	if (level == COMMITGRAPH_NO_LEVEL || !kept->place ||
	    (kept->level != COMMITGRAPH_NO_LEVEL && kept->level < level))
		return 0;
	commitgraph_wrong(commits->entries,
			  "a commit's generation is not above its parent's",
			  &said);
	return misled(commits->repo, &said, err);
}

static int expand_place(struct commits *commits, int commit, struct kept kept,
			struct error *err)
{
	const struct commitgraph_commit entry = { .first = kept.entry.first,
						  .second = kept.entry.second };
	const uint32_t *parents;
	int count = commitgraph_parents(commits->entries, kept.place - 1,
					&entry, &parents, &commits->said);

	if (count < 0)
		return misled(commits->repo, &commits->said, err);
	array_grow(commits->found, (size_t)count + 1, &commits->found_room);
	for (int i = 0; i < count; i++) {
		commits->found[i] = number_at(commits, parents[i]);
		if (check_level(commits, kept.level, commits->found[i], err) <
		    0)
			return -1;
	}
	graph_expand(commits->graph, commit, commits->found, count);
	return 0;
}

static int expand_object(struct commits *commits, int commit, struct kept kept,
			 struct error *err)
{
	array_grow(commits->found, (size_t)kept.count + 1,
		   &commits->found_room);
	for (int i = 0; i < kept.count; i++)
		if (number_of_id(
			    commits,
			    commits->parents[kept.object.first + (uint32_t)i],
			    &commits->found[i], err) < 0)
			return -1;
	graph_expand(commits->graph, commit, commits->found, kept.count);
	return 0;
}

/* The graph has a commit's name only: whoever gave it that did not read it. */
static int read_named(struct commits *commits, int commit, struct error *err)
{
	const struct oid oid = *graph_oid(commits->graph, commit);
	git_oid id;
	int same;

	if (handle_oid(&id, &oid, err) < 0)
		return -1;
	return read_any(commits, &id, &same, err);
}

int commits_expand(struct commits *commits, int commit, struct error *err)
{
	struct kept kept;

	if (graph_is_expanded(commits->graph, commit))
		return 0;
	kept = *kept_of(commits, commit);
	if (!kept.place && kept.count < 0) {
		if (read_named(commits, commit, err) < 0)
			return -1;
		kept = *kept_of(commits, commit);
	}
	if (kept.place)
		return expand_place(commits, commit, kept, err);
	return expand_object(commits, commit, kept, err);
}

/* The commit-graph has 34 bits for a date. */
static bool same_date(int64_t a, int64_t b)
{
	return (((uint64_t)a ^ (uint64_t)b) & ((UINT64_C(1) << 34) - 1)) == 0;
}

static bool fits(const struct graph *graph, int commit,
		 const struct commit_text *text)
{
	const int *parents;
	int count = graph_parents(graph, commit, &parents);

	if (count != text->parent_count ||
	    !same_date(graph_date(graph, commit), text->date))
		return false;
	for (int i = 0; i < count; i++) {
		const struct oid *parent = graph_oid(graph, parents[i]);

		if (memcmp(commit_text_parent(text, i), parent->hex,
			   GIT_OID_HEXSZ) != 0)
			return false;
	}
	return true;
}

int commits_check(struct repo *repo, const struct graph *graph, int commit,
		  const struct commit_text *text, struct error *err)
{
	struct error said = ERROR_INIT;

	if (!graph_is_expanded(graph, commit) || fits(graph, commit, text))
		return 0;
	error_set(&said, ERROR_GIT,
		  "the commit-graph is not used: it is wrong about commit %s; "
		  "make a new one with 'git commit-graph write --reachable'",
		  graph_oid(graph, commit)->hex);
	return misled(repo, &said, err);
}

/* The names of a commit and its parents. */
static void name_family(struct commits *commits, int commit)
{
	const int *parents;
	int count = graph_parents(commits->graph, commit, &parents);

	commits_name(commits, commit);
	for (int i = 0; i < count; i++)
		commits_name(commits, parents[i]);
}

int commits_verify(struct commits *commits, int commit, struct error *err)
{
	git_odb_object *object = NULL;
	struct commit_text text;
	int ret;

	if (!kept_of(commits, commit)->place)
		return 0;
	name_family(commits, commit);
	if (open_objects(commits, err) < 0)
		return -1;
	if (commit_text_named(commits->odb, graph_oid(commits->graph, commit),
			      &object, &text, err) < 0)
		return -1;
	ret = commits_check(commits->repo, commits->graph, commit, &text, err);
	git_odb_object_free(object);
	return ret;
}

int commits_find_end(struct commits *commits, const struct oid *oid, int *out,
		     struct error *err)
{
	if (commits_find(commits, oid, out, err) < 0 ||
	    commits_expand(commits, *out, err) < 0)
		return -1;
	return commits_verify(commits, *out, err);
}
