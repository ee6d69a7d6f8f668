/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/commitgraph.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "repo/graphfile.h"
#include "repo/handle.h"
#include "repo/repo.h"

#define LAYERS_MAX     256
#define ALTERNATES_MAX 64
#define CHAIN_FILE_MAX (LAYERS_MAX * 80)
#define LEVEL_MAX      ((UINT32_C(1) << 30) - 1)

struct layer {
	struct graphfile file;
	void *bytes;
	size_t length;
	uint32_t base; /* the place of its first commit */
	char *path;
};

struct commitgraph {
	struct layer *layers; /* the lowest first */
	size_t layer_count, layer_room;
	uint32_t count;
	uint32_t *parents;
	size_t parent_room;
	struct error said; /* here since it is too big to clear each time */
};

/* Folders. */

struct folders {
	char **items; /* objects, and what its alternates name */
	size_t count, room;
};

static void add_folder(struct folders *folders, char *path_taken)
{
	for (size_t i = 0; i < folders->count; i++) {
		if (str_equal(folders->items[i], path_taken)) {
			free(path_taken);
			return;
		}
	}
	array_grow(folders->items, folders->count + 1, &folders->room);
	folders->items[folders->count++] = path_taken;
}

/* Each line names a folder of objects, absolute or seen from this one. */
static void add_alternates(struct folders *folders, const char *folder)
{
	char *path = xasprintf("%s/info/alternates", folder), *rest, *line;
	struct buf text;

	buf_init(&text, ALTERNATES_MAX * 4096);
	io_load(path, &text, NULL);
	rest = text.text;
	while ((line = strsep(&rest, "\n"))) {
		if (!*line || *line == '#' || folders->count > ALTERNATES_MAX)
			continue;
		add_folder(folders, *line == '/'
					    ? xstrdup(line)
					    : xasprintf("%s/%s", folder, line));
	}
	buf_release(&text);
	free(path);
}

static struct folders list_folders(const struct repo *repo)
{
	struct folders folders = { NULL, 0, 0 };

	add_folder(&folders, xasprintf("%s/objects", repo->common_dir));
	for (size_t i = 0; i < folders.count; i++)
		add_alternates(&folders, folders.items[i]);
	return folders;
}

static void folders_release(struct folders *folders)
{
	for (size_t i = 0; i < folders->count; i++)
		free(folders->items[i]);
	free(folders->items);
}

/* Layers. */

/* The sentence; said is what was found. */
static int wrong(const char *path, const char *said, struct error *err)
{
	return error_set(err, ERROR_GIT,
			 "the commit-graph '%s' is not used: %s; make a new "
			 "one with 'git commit-graph write --reachable'",
			 path, said);
}

int commitgraph_wrong(const struct commitgraph *graph, const char *what,
		      struct error *err)
{
	return wrong(graph->layers[graph->layer_count - 1].path, what, err);
}

static int map(struct layer *layer, int fd, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return wrong(layer->path, strerror(errno), err);
	if (st.st_size <= 0)
		return wrong(layer->path, "it is empty", err);
	layer->length = (size_t)st.st_size;
	layer->bytes = mmap(NULL, layer->length, PROT_READ, MAP_PRIVATE, fd, 0);
	if (layer->bytes == MAP_FAILED) {
		layer->bytes = NULL;
		return wrong(layer->path, strerror(errno), err);
	}
	return 0;
}

/* 1: added, 0: there is no such file, -1 */
static int add_layer(struct commitgraph *graph, const char *path,
		     struct error *err)
{
	struct error said = ERROR_INIT;
	struct layer *layer;
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR
			       ? 0
			       : wrong(path, strerror(errno), err);
	array_grow(graph->layers, graph->layer_count + 1, &graph->layer_room);
	layer = &graph->layers[graph->layer_count++];
	*layer = (struct layer){ .path = xstrdup(path), .base = graph->count };
	ret = map(layer, fd, err);
	close(fd);
	if (ret < 0)
		return -1;
	if (graphfile_open(&layer->file, layer->bytes, layer->length,
			   GIT_OID_RAWSZ, &said) < 0)
		return wrong(path, said.text, err);
	if (layer->file.count >= GRAPHFILE_NONE - graph->count)
		return wrong(path, "it has too many commits", err);
	graph->count += layer->file.count;
	return 1;
}

static bool same_id(const unsigned char *id, const char *hex)
{
	git_oid oid;

	return git_oid_fromstr(&oid, hex) == 0 &&
	       memcmp(oid.id, id, GIT_OID_RAWSZ) == 0;
}

/* Does the topmost layer say of itself what the chain's list says? */
static int check_layer(const struct commitgraph *graph, const char *name,
		       struct error *err)
{
	size_t below = graph->layer_count - 1;
	const struct layer *top = &graph->layers[below];

	if (!same_id(top->file.own, name) || top->file.base_count != below)
		return wrong(top->path, "it is another one than its name says",
			     err);
	for (size_t i = 0; i < below; i++)
		if (memcmp(top->file.bases + i * GIT_OID_RAWSZ,
			   graph->layers[i].file.own, GIT_OID_RAWSZ) != 0)
			return wrong(top->path, "it belongs on others", err);
	return 0;
}

/* One file of a chain, from whichever folder has it. */
static int add_named(struct commitgraph *graph, const struct folders *folders,
		     const char *chain, const char *name, struct error *err)
{
	int found = 0;

	if (strlen(name) != GIT_OID_HEXSZ || !str_hex(name) ||
	    graph->layer_count >= LAYERS_MAX)
		return wrong(chain, "what it lists makes no sense", err);
	for (size_t i = 0; i < folders->count && found == 0; i++) {
		char *path = xasprintf("%s/info/commit-graphs/graph-%s.graph",
				       folders->items[i], name);

		found = add_layer(graph, path, err);
		free(path);
	}
	if (found == 0)
		return wrong(chain, "a file that it lists is missing", err);
	return found < 0 ? -1 : check_layer(graph, name, err);
}

/* 1, 0: there is none, -1 */
static int add_chain(struct commitgraph *graph, const struct folders *folders,
		     const char *folder, struct error *err)
{
	char *path =
		xasprintf("%s/info/commit-graphs/commit-graph-chain", folder);
	char *rest, *line;
	struct buf text;
	int ret = 0;

	buf_init(&text, CHAIN_FILE_MAX);
	if (io_load(path, &text, NULL) < 0)
		goto out;
	rest = text.text;
	while (ret >= 0 && (line = strsep(&rest, "\n")))
		if (*line)
			ret = add_named(graph, folders, path, line, err);
	if (ret == 0)
		ret = graph->layer_count > 0;
out:
	buf_release(&text);
	free(path);
	return ret;
}

static int add_all(struct commitgraph *graph, const struct repo *repo,
		   struct error *err)
{
	struct folders folders = list_folders(repo);
	int found = 0;

	for (size_t i = 0; i < folders.count && found == 0; i++) {
		char *path =
			xasprintf("%s/info/commit-graph", folders.items[i]);

		found = add_layer(graph, path, err);
		if (found > 0 && graph->layers[0].file.base_count > 0)
			found = wrong(path, "it belongs on others", err);
		free(path);
		if (found == 0)
			found = add_chain(graph, &folders, folders.items[i],
					  err);
	}
	folders_release(&folders);
	return found < 0 ? -1 : 0;
}

/* What makes git leave its commit-graph alone. */

static bool is_switched_off(const struct repo *repo)
{
	git_config *config = NULL;
	int on = 1;

	if (git_repository_config_snapshot(&config, repo->git) == 0)
		git_config_get_bool(&on, config, "core.commitgraph");
	git_config_free(config);
	return !on;
}

static bool has_grafts(const struct repo *repo)
{
	char *path = xasprintf("%s/info/grafts", repo->common_dir);
	struct stat st;
	bool found = stat(path, &st) == 0 && st.st_size > 0;

	free(path);
	return found;
}

/* To list them libgit2 reads, and sorts, all refs that there are. */
static bool may_have_replacements(const struct repo *repo)
{
	char *folder = xasprintf("%s/refs/replace", repo->common_dir);
	char *path = xasprintf("%s/packed-refs", repo->common_dir);
	char *packed = io_text(path, 0);
	bool may =
		access(folder, F_OK) == 0 || strstr(packed, " refs/replace/");

	free(packed);
	free(path);
	free(folder);
	return may;
}

static bool has_replacements(const struct repo *repo)
{
	git_reference_iterator *all = NULL;
	const char *name;
	bool found = may_have_replacements(repo) &&
		     git_reference_iterator_glob_new(&all, repo->git,
						     "refs/replace/*") == 0 &&
		     git_reference_next_name(&name, all) == 0;

	git_reference_iterator_free(all);
	return found;
}

/* Where git sees another history than the objects, we do not. */
static int check_altered(const struct repo *repo, struct error *err)
{
	if (has_grafts(repo))
		return error_set(err, ERROR_GIT,
				 "grafts are not followed, so git sees another "
				 "history than this; '%s/info/grafts' has them",
				 repo->common_dir);
	if (has_replacements(repo) && !getenv("GIT_NO_REPLACE_OBJECTS"))
		return error_set(
			err, ERROR_GIT,
			"replaced objects are not followed, so git may "
			"see another history than this; 'git replace "
			"-l' lists them, 'git replace -d' undoes one");
	return 0;
}

int commitgraph_open(struct repo *repo, struct commitgraph **out,
		     struct error *err)
{
	struct commitgraph *graph;

	*out = NULL;
	if (check_altered(repo, err) < 0)
		return -1;
	if (is_switched_off(repo) || repo_is_shallow(repo))
		return 0;
	graph = xcalloc(1, sizeof(*graph));
	if (add_all(graph, repo, err) < 0) {
		commitgraph_close(graph);
		return -1;
	}
	if (graph->count == 0) {
		commitgraph_close(graph);
		return 0;
	}
	*out = graph;
	return 0;
}

void commitgraph_close(struct commitgraph *graph)
{
	if (!graph)
		return;
	for (size_t i = 0; i < graph->layer_count; i++) {
		if (graph->layers[i].bytes)
			munmap(graph->layers[i].bytes, graph->layers[i].length);
		free(graph->layers[i].path);
	}
	free(graph->layers);
	free(graph->parents);
	free(graph);
}

/* Asking. */

bool commitgraph_find(const struct commitgraph *graph, const unsigned char *id,
		      uint32_t *place)
{
	for (size_t i = graph->layer_count; i-- > 0;) {
		const struct layer *layer = &graph->layers[i];

		if (graphfile_find(&layer->file, id, place)) {
			*place += layer->base;
			return true;
		}
	}
	return false;
}

static const struct layer *layer_of(const struct commitgraph *graph,
				    uint32_t place)
{
	size_t i = graph->layer_count - 1;

	while (place < graph->layers[i].base)
		i--;
	return &graph->layers[i];
}

const unsigned char *commitgraph_id(const struct commitgraph *graph,
				    uint32_t place)
{
	const struct layer *layer = layer_of(graph, place);

	return graphfile_id(&layer->file, place - layer->base);
}

uint32_t commitgraph_count(const struct commitgraph *graph)
{
	return graph->count;
}

void commitgraph_rest(const struct commitgraph *graph)
{
	for (size_t i = 0; i < graph->layer_count; i++)
		madvise(graph->layers[i].bytes, graph->layers[i].length,
			MADV_DONTNEED);
}

void commitgraph_read(const struct commitgraph *graph, uint32_t place,
		      struct commitgraph_commit *out)
{
	const struct layer *layer = layer_of(graph, place);
	struct graphfile_commit entry;

	graphfile_read(&layer->file, place - layer->base, &entry);
	out->date = entry.date;
	out->level =
		entry.level == LEVEL_MAX ? COMMITGRAPH_NO_LEVEL : entry.level;
	out->first = entry.first;
	out->second = entry.second;
	/* whoever reads a commit is soon to read its parent */
	if (entry.first - layer->base < layer->file.count)
		graphfile_soon(&layer->file, entry.first - layer->base);
}

int commitgraph_parents(struct commitgraph *graph, uint32_t place,
			const struct commitgraph_commit *commit,
			const uint32_t **parents, struct error *err)
{
	const struct layer *layer = layer_of(graph, place);
	struct graphfile_commit entry = { .first = commit->first,
					  .second = commit->second };
	uint32_t parent, all = layer->base + layer->file.count;
	int found, count = 0;

	while ((found = graphfile_parent(&layer->file, &entry, count, all,
					 &parent, &graph->said)) > 0) {
		array_grow(graph->parents, (size_t)count + 1,
			   &graph->parent_room);
		graph->parents[count++] = parent;
	}
	if (found < 0)
		return wrong(layer->path, graph->said.text, err);
	*parents = graph->parents;
	return count;
}
