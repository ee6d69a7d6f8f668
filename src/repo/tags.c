/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/tags.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "engine/release.h"
#include "repo/gitcmd.h"
#include "repo/handle.h"

struct candidate {
	struct release release; /* first, for release_compare */
	struct tag tag;
};

struct candidates {
	struct candidate *items;
	size_t count, room;
};

/* which: "--merged", "--points-at" */
static int ask_git(struct repo *repo, const char *which,
		   const struct oid *commit, struct buf *out, struct error *err)
{
	char *dir = xasprintf("--git-dir=%s", repo->common_dir);
	char *filter = xasprintf("%s=%s", which, commit->hex);
	const char *argv[] = { dir,
			       "for-each-ref",
			       filter,
			       "--format=%(objectname) %(refname:strip=2)",
			       "refs/tags/v*",
			       NULL };
	const struct gitcmd command = { .argv = argv, .output = out };
	int ret = gitcmd_run(&command, err);

	free(filter);
	free(dir);
	return ret;
}

/* A line is "<object> <name>"; the object may be a tag, even one of a tag. */
static void take_line(struct candidates *all, struct repo *repo,
		      const struct oid *bad, char *line)
{
	char *name = strchr(line, ' ');
	struct candidate found;
	git_object *object = NULL, *commit = NULL;

	if (!name)
		return;
	*name++ = '\0';
	if (!release_parse(&found.release, name))
		return;
	if (git_revparse_single(&object, repo->git, line) < 0 ||
	    git_object_peel(&commit, object, GIT_OBJECT_COMMIT) < 0)
		goto out;
	git_oid_tostr(found.tag.commit.hex, sizeof(found.tag.commit.hex),
		      git_object_id(commit));
	if (oid_equal(&found.tag.commit, bad))
		goto out;
	found.tag.name = xstrdup(name);
	array_grow(all->items, all->count + 1, &all->room);
	all->items[all->count++] = found;
out:
	git_object_free(commit);
	git_object_free(object);
}

/* v1.2 and v1.2.0 are equal as releases; then the shorter name is first. */
static int newest_first(const void *a, const void *b)
{
	const struct candidate *one = a, *two = b;
	int order = release_compare(&one->release, &two->release);

	return order ? order : strcmp(one->tag.name, two->tag.name);
}

/* The picked ones move to *out; the names of the others are freed. */
static void pick(struct candidates *all, struct tag **out, int *count)
{
	struct release *releases = xcalloc(all->count + 1, sizeof(*releases));
	int *picked = xcalloc(all->count + 1, sizeof(*picked)), used;

	for (size_t i = 0; i < all->count; i++)
		releases[i] = all->items[i].release;
	used = release_pick(releases, (int)all->count, picked);
	*out = xcalloc((size_t)used + 1, sizeof(**out));
	for (int i = 0; i < used; i++) {
		(*out)[i] = all->items[picked[i]].tag;
		all->items[picked[i]].tag.name = NULL;
	}
	*count = used;
	for (size_t i = 0; i < all->count; i++)
		free(all->items[i].tag.name);
	free(picked);
	free(releases);
}

int tags_releases(struct repo *repo, const struct oid *bad, struct tag **out,
		  int *count, struct error *err)
{
	struct candidates all = { NULL, 0, 0 };
	struct buf text;
	char *rest, *line;
	int ret = -1;

	buf_init(&text, 0);
	if (ask_git(repo, "--merged", bad, &text, err) < 0)
		goto out;
	rest = text.text;
	while ((line = strsep(&rest, "\n")))
		take_line(&all, repo, bad, line);
	if (all.count)
		qsort(all.items, all.count, sizeof(*all.items), newest_first);
	pick(&all, out, count);
	ret = 0;
out:
	if (ret < 0)
		error_prefix(err, "cannot list the release tags");
	free(all.items);
	buf_release(&text);
	return ret;
}

void tags_free(struct tag *tags, int count)
{
	for (int i = 0; tags && i < count; i++)
		free(tags[i].name);
	free(tags);
}

int tags_release_at(struct repo *repo, const struct oid *commit, char **out,
		    struct error *err)
{
	struct release release;
	struct buf text;
	char *rest, *line, *found = NULL;
	int ret = -1;

	buf_init(&text, 0);
	if (ask_git(repo, "--points-at", commit, &text, err) < 0)
		goto out;
	rest = text.text;
	while (!found && (line = strsep(&rest, "\n"))) {
		const char *name = strchr(line, ' ');

		if (name && release_parse(&release, name + 1))
			found = xstrdup(name + 1);
	}
	*out = found;
	ret = 0;
out:
	buf_release(&text);
	return ret;
}
