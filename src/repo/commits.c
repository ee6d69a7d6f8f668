/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/commits.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "engine/graph.h"
#include "engine/oid.h"
#include "repo/commit_text.h"
#include "repo/commitgraph.h"
#include "repo/handle.h"

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
		size_t first; /* where its object's parents are, in parents */
		struct {
			uint32_t first, second; /* as the entry has them */
		} entry;
	};
};

/*
 * The graph's number of a place.  Open addressing, since an array by place
 * would be the size of all history and a page of it touched for each commit;
 * but an array as soon as there are many: it is asked once, not twice.
 */
struct places {
	int *slots; /* numbers plus 1, whose places `kept` has; 0: free */
	size_t room, count;
	int *numbers; /* plus 1, by place; NULL: in slots */
};

struct commits {
	git_odb *odb; /* NULL: nothing was read of it yet */
	struct graph *graph;
	struct commitgraph *entries; /* NULL: there is none to use */
	struct places places;
	/*
	 * The graph was empty: commits of the commit-graph get no names until
	 * somebody wants to know, and are known by their places till then.
	 */
	bool nameless;
	struct kept *kept; /* by the graph's numbers */
	size_t kept_count, kept_room;
	git_oid *parents;
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
	free(places->slots);
	free(places->numbers);
	*places = (struct places){ .slots = NULL };
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
	free(commits->kept);
	free(commits->parents);
	free(commits->found);
	free(commits);
}

static int *slot_of(const struct commits *commits, uint32_t place)
{
	const struct places *places = &commits->places;
	size_t mask = places->room - 1;
	size_t at = (size_t)(place * UINT32_C(0x9e3779b1)) & mask;

	while (places->slots[at] &&
	       commits->kept[places->slots[at] - 1].place != place + 1)
		at = (at + 1) & mask;
	return &places->slots[at];
}

/* -1: it has none */
static int number_of(const struct commits *commits, uint32_t place)
{
	const struct places *places = &commits->places;

	if (places->numbers)
		return places->numbers[place] - 1;
	return places->room ? *slot_of(commits, place) - 1 : -1;
}

static void places_grow(struct commits *commits)
{
	size_t all = commitgraph_count(commits->entries);
	struct places *places = &commits->places, old = *places;

	places->room = old.room ? old.room * 2 : 4096;
	places->slots = NULL;
	/* zeroed by hand: a page of calloc that is read first is made twice */
	if (places->room * 8 > all) {
		places->numbers = xmalloc(all * sizeof(int));
		memset(places->numbers, 0, all * sizeof(int));
	} else {
		places->slots = xmalloc(places->room * sizeof(int));
		memset(places->slots, 0, places->room * sizeof(int));
	}
	for (size_t i = 0; i < old.room; i++) {
		uint32_t place;

		if (!old.slots[i])
			continue;
		place = commits->kept[old.slots[i] - 1].place - 1;
		if (places->numbers)
			places->numbers[place] = old.slots[i];
		else
			*slot_of(commits, place) = old.slots[i];
	}
	free(old.slots);
}

/* kept has its place already. */
static void put_number(struct commits *commits, uint32_t place, int number)
{
	struct places *places = &commits->places;

	if (!places->numbers && places->room <= places->count * 2)
		places_grow(commits);
	places->count++;
	if (places->numbers)
		places->numbers[place] = number + 1;
	else
		*slot_of(commits, place) = number + 1;
}

static int open_objects(struct commits *commits, struct error *err)
{
	if (!commits->odb &&
	    git_repository_odb(&commits->odb, commits->repo->git) < 0)
		return handle_failed(err);
	return 0;
}

static struct kept *kept_of(struct commits *commits, int commit)
{
	size_t count = (size_t)graph_count(commits->graph);

	if (commits->kept_count < count)
		array_grow(commits->kept, count, &commits->kept_room);
	while (commits->kept_count < count)
		commits->kept[commits->kept_count++] =
			(struct kept){ .count = -1 };
	return &commits->kept[commit];
}

/* Read a commit's object, add it, and keep what it says of its parents. */
static int take(struct commits *commits, const git_oid *id,
		const struct oid *oid, int *out, struct error *err)
{
	git_odb_object *object = NULL;
	struct commit_text text;
	struct kept *kept;
	int ret = -1;

	if (open_objects(commits, err) < 0 ||
	    commit_text_read(commits->odb, id, &object, &text, err) < 0)
		return -1;
	*out = graph_add(commits->graph, oid, text.date);
	kept = kept_of(commits, *out);
	*kept = (struct kept){ .first = commits->parent_count };
	array_grow(commits->parents,
		   commits->parent_count + (size_t)text.parent_count,
		   &commits->parent_room);
	for (int i = 0; i < text.parent_count; i++) {
		if (git_oid_fromstr(&commits->parents[kept->first + (size_t)i],
				    commit_text_parent(&text, i)) < 0) {
			error_set(err, ERROR_GIT,
				  "cannot read commit %s: bad parent",
				  oid->hex);
			*kept = (struct kept){ .count = -1 };
			goto out;
		}
	}
	kept->count = text.parent_count;
	commits->parent_count += (size_t)text.parent_count;
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

static void name_of_place(const struct commits *commits, uint32_t place,
			  struct oid *oid)
{
	oid_from_bytes(oid, commitgraph_id(commits->entries, place),
		       GIT_OID_RAWSZ);
}

/* The number of a commit of the commit-graph, which is added if it is new. */
static int number_at(struct commits *commits, uint32_t place)
{
	struct commitgraph_commit entry;
	struct kept *kept;
	struct oid oid;
	int number = number_of(commits, place);

	if (number >= 0)
		return number;
	commitgraph_read(commits->entries, place, &entry);
	if (commits->nameless) {
		number = graph_add_nameless(commits->graph, entry.date);
	} else {
		name_of_place(commits, place, &oid);
		number = graph_add(commits->graph, &oid, entry.date);
	}
	kept = kept_of(commits, number);
	kept->place = place + 1;
	kept->level = entry.level;
	kept->entry.first = entry.first;
	kept->entry.second = entry.second;
	put_number(commits, place, number);
	return number;
}

/* Read a commit that the graph does not know, or not more than its name. */
static int take_any(struct commits *commits, const git_oid *id,
		    const struct oid *oid, int *out, struct error *err)
{
	uint32_t place;

	if (!commits->entries ||
	    !commitgraph_find(commits->entries, id->id, &place))
		return take(commits, id, oid, out, err);
	*out = number_at(commits, place);
	return 0;
}

static int take_named(struct commits *commits, const struct oid *oid, int *out,
		      struct error *err)
{
	git_oid id;

	if (handle_oid(&id, oid, err) < 0)
		return -1;
	return take_any(commits, &id, oid, out, err);
}

int commits_find(struct commits *commits, const struct oid *oid, int *out,
		 struct error *err)
{
	int found = graph_find(commits->graph, oid);

	if (found < 0)
		return take_named(commits, oid, out, err);
	*out = found;
	return 0;
}

int commits_known(const struct commits *commits, const struct oid *oid)
{
	int found = graph_find(commits->graph, oid);
	uint32_t place;
	git_oid id;

	if (found >= 0 || !commits->entries || git_oid_fromstr(&id, oid->hex) ||
	    !commitgraph_find(commits->entries, id.id, &place))
		return found;
	return number_of(commits, place);
}

void commits_name(struct commits *commits, int commit)
{
	struct oid oid;

	if (graph_is_named(commits->graph, commit))
		return;
	name_of_place(commits, kept_of(commits, commit)->place - 1, &oid);
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
	int *numbers = xcalloc((size_t)kept.count + 1, sizeof(*numbers));
	int ret = -1;

	for (int i = 0; i < kept.count; i++) {
		const git_oid id = commits->parents[kept.first + (size_t)i];
		struct oid oid;

		git_oid_tostr(oid.hex, sizeof(oid.hex), &id);
		numbers[i] = graph_find(commits->graph, &oid);
		if (numbers[i] < 0 &&
		    take_any(commits, &id, &oid, &numbers[i], err) < 0)
			goto out;
	}
	graph_expand(commits->graph, commit, numbers, kept.count);
	ret = 0;
out:
	free(numbers);
	return ret;
}

int commits_expand(struct commits *commits, int commit, struct error *err)
{
	struct kept kept;

	if (graph_is_expanded(commits->graph, commit))
		return 0;
	kept = *kept_of(commits, commit);
	if (!kept.place && kept.count < 0) {
		struct oid oid = *graph_oid(commits->graph, commit);
		int same;

		if (take_named(commits, &oid, &same, err) < 0)
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
