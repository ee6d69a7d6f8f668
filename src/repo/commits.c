/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/commits.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "engine/graph.h"
#include "engine/oid.h"
#include "repo/handle.h"

#define PARENT_LINE (strlen("parent ") + GIT_OID_HEXSZ + 1)

/* What a commit's object said of its parents, kept until it is expanded. */
struct kept {
	size_t first;
	int count; /* -1: the object was not read */
};

struct commits {
	git_odb *odb;
	struct graph *graph;
	struct kept *kept; /* by the graph's numbers */
	size_t kept_count, kept_room;
	git_oid *parents;
	size_t parent_count, parent_room;
};

int commits_open(struct repo *repo, struct graph *graph, struct commits **out,
		 struct error *err)
{
	struct commits *commits;
	git_odb *odb;

	if (git_repository_odb(&odb, repo->git) < 0)
		return handle_failed(err);
	commits = xcalloc(1, sizeof(*commits));
	commits->odb = odb;
	commits->graph = graph;
	*out = commits;
	return 0;
}

void commits_close(struct commits *commits)
{
	if (!commits)
		return;
	git_odb_free(commits->odb);
	free(commits->kept);
	free(commits->parents);
	free(commits);
}

/*
 * The number behind the last '>' of a line.  What is no number counts as 0,
 * what is too big as the end of time; git has it so.
 */
static int64_t date_in(const char *line, const char *end)
{
	const char *p = memrchr(line, '>', (size_t)(end - line));
	int64_t date = 0;

	if (!p)
		return 0;
	for (p++; p < end && *p == ' '; p++)
		;
	for (; p < end && *p >= '0' && *p <= '9'; p++) {
		if (date > (INT64_MAX - 9) / 10)
			return INT64_MAX;
		date = date * 10 + (*p - '0');
	}
	return date;
}

static bool line_is(const char *line, const char *end, const char *word)
{
	size_t length = strlen(word);

	return (size_t)(end - line) >= length &&
	       memcmp(line, word, length) == 0;
}

static bool parse_header_line(struct commit_text *text, const char *line,
			      const char *end)
{
	if (line_is(line, end, "parent ")) {
		if ((size_t)(end - line) + 1 != PARENT_LINE)
			return false;
		if (text->parent_count == 0)
			text->parents = line;
		text->parent_count++;
	} else if (line_is(line, end, "author ")) {
		const char *stop = memrchr(line, '>', (size_t)(end - line));

		text->author = line + strlen("author ");
		text->author += strspn(text->author, " ");
		text->author_length =
			stop ? (size_t)(stop + 1 - text->author) : 0;
		text->author_date = date_in(line, end);
	} else if (line_is(line, end, "committer ")) {
		text->date = date_in(line, end);
	}
	return true;
}

/*
 * The header: tree, parents, author, committer, others, an empty line.  In
 * a folded header (a signature) the lines begin with a space, so nothing
 * there is taken for a parent; one behind the author is not counted at all.
 */
static bool parse(struct commit_text *text, const char *data, size_t size)
{
	const char *line = data, *stop = data + size;

	memset(text, 0, sizeof(*text));
	text->author = text->message = stop;
	while (line < stop) {
		const char *end = memchr(line, '\n', (size_t)(stop - line));

		if (!end || end == line) {
			text->message = end ? end + 1 : stop;
			break;
		}
		if (text->author != stop && line_is(line, end, "parent "))
			return false;
		if (!parse_header_line(text, line, end))
			return false;
		line = end + 1;
	}
	text->message_length = (size_t)(stop - text->message);
	return true;
}

static int read_object(git_odb *odb, const git_oid *id, git_odb_object **object,
		       struct commit_text *text, struct error *err)
{
	char hex[GIT_OID_HEXSZ + 1];

	if (git_odb_read(object, odb, id) < 0) {
		handle_failed(err);
		goto failed;
	}
	if (git_odb_object_type(*object) != GIT_OBJECT_COMMIT) {
		error_set(err, ERROR_GIT, "it is no commit");
		goto failed;
	}
	if (!parse(text, git_odb_object_data(*object),
		   git_odb_object_size(*object))) {
		error_set(err, ERROR_GIT, "its header is malformed");
		goto failed;
	}
	return 0;
failed:
	git_odb_object_free(*object);
	*object = NULL;
	git_oid_tostr(hex, sizeof(hex), id);
	return error_prefix(err, "cannot read commit %s", hex);
}

static int oid_to_git(git_oid *id, const struct oid *oid, struct error *err)
{
	if (strlen(oid->hex) == GIT_OID_HEXSZ &&
	    git_oid_fromstr(id, oid->hex) == 0)
		return 0;
	return error_set(err, ERROR_GIT, "'%s' is not the name of a commit",
			 oid->hex);
}

int commits_read(git_odb *odb, const struct oid *oid, git_odb_object **object,
		 struct commit_text *text, struct error *err)
{
	git_oid id;

	*object = NULL;
	if (oid_to_git(&id, oid, err) < 0)
		return -1;
	return read_object(odb, &id, object, text, err);
}

void commit_text_parent(const struct commit_text *text, int i, struct oid *out)
{
	memcpy(out->hex,
	       text->parents + (size_t)i * PARENT_LINE + strlen("parent "),
	       GIT_OID_HEXSZ);
	out->hex[GIT_OID_HEXSZ] = '\0';
}

static struct kept *kept_of(struct commits *commits, int commit)
{
	size_t count = (size_t)graph_count(commits->graph);

	array_grow(commits->kept, count, &commits->kept_room);
	while (commits->kept_count < count)
		commits->kept[commits->kept_count++] = (struct kept){ 0, -1 };
	return &commits->kept[commit];
}

/* Read a commit, add it, and keep what it says of its parents. */
static int take(struct commits *commits, const git_oid *id,
		const struct oid *oid, int *out, struct error *err)
{
	git_odb_object *object = NULL;
	struct commit_text text;
	struct kept *kept;
	int ret = -1;

	if (read_object(commits->odb, id, &object, &text, err) < 0)
		return -1;
	*out = graph_add(commits->graph, oid, text.date);
	kept = kept_of(commits, *out);
	*kept = (struct kept){ commits->parent_count, 0 };
	array_grow(commits->parents,
		   commits->parent_count + (size_t)text.parent_count,
		   &commits->parent_room);
	for (int i = 0; i < text.parent_count; i++) {
		struct oid parent;

		commit_text_parent(&text, i, &parent);
		if (git_oid_fromstr(&commits->parents[kept->first + (size_t)i],
				    parent.hex) < 0) {
			error_set(err, ERROR_GIT,
				  "cannot read commit %s: bad parent",
				  oid->hex);
			*kept = (struct kept){ 0, -1 };
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

static int take_named(struct commits *commits, const struct oid *oid, int *out,
		      struct error *err)
{
	git_oid id;

	if (oid_to_git(&id, oid, err) < 0)
		return -1;
	return take(commits, &id, oid, out, err);
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

int commits_expand(struct commits *commits, int commit, struct error *err)
{
	struct kept kept;
	int *numbers = NULL, ret = -1;

	if (graph_is_expanded(commits->graph, commit))
		return 0;
	if (kept_of(commits, commit)->count < 0) {
		struct oid oid = *graph_oid(commits->graph, commit);
		int same;

		if (take_named(commits, &oid, &same, err) < 0)
			return -1;
	}
	kept = *kept_of(commits, commit);
	numbers = xcalloc((size_t)kept.count + 1, sizeof(*numbers));
	for (int i = 0; i < kept.count; i++) {
		const git_oid *id = &commits->parents[kept.first + (size_t)i];
		struct oid oid;

		git_oid_tostr(oid.hex, sizeof(oid.hex), id);
		numbers[i] = graph_find(commits->graph, &oid);
		if (numbers[i] < 0 &&
		    take(commits, id, &oid, &numbers[i], err) < 0)
			goto out;
	}
	graph_expand(commits->graph, commit, numbers, kept.count);
	ret = 0;
out:
	free(numbers);
	return ret;
}
