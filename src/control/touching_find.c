/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/touching.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/argv.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/compiled.h"
#include "control/excerpt.h"
#include "engine/prior.h"
#include "oops/files.h"
#include "repo/touched.h"

#define CONFIG_SIZE_MAX (4 * 1024 * 1024)
#define SYMBOLISED	2 /* files that a report with lines names at least */

void touching_release(struct touching *touching)
{
	free(touching->common_dir);
	free(touching->worktree);
	free(touching->console);
	free(touching->title);
	free(touching->commits);
	free(touching->arch);
	argv_free(touching->functions);
	argv_free(touching->configs);
	memset(touching, 0, sizeof(*touching));
}

/*
 * The files.
 */

/* In how many files a function is defined, and one of them. */
struct defined {
	char *file;
	int count;
};

static void take_definition(void *data, size_t function, const char *file)
{
	struct defined *defined = (struct defined *)data + function;

	if (defined->file && str_equal(defined->file, file))
		return;
	defined->count++;
	free(defined->file);
	defined->file = xstrdup(file);
}

static bool is_in(const struct texts *files, const char *file)
{
	for (size_t i = 0; i < files->count; i++)
		if (str_equal(files->items[i], file))
			return true;
	return false;
}

/*
 * A report without lines has functions all the same.  A name that several files
 * define says nothing; and that no file could be found is no failure.
 */
static void add_definitions(const struct touching *touching,
			    struct texts *files)
{
	char *const *functions = touching->functions;
	size_t count = argv_count((const char *const *)functions);
	struct defined *defined = xcalloc(count + 1, sizeof(*defined));

	if (touching->worktree && count)
		touched_define(touching->worktree, functions, count,
			       take_definition, defined, NULL);
	for (size_t i = 0; i < count; i++) {
		if (defined[i].count == 1 &&
		    !files_is_generic(touching->rules, defined[i].file) &&
		    !is_in(files, defined[i].file))
			texts_add(files, defined[i].file);
		free(defined[i].file);
	}
	free(defined);
}

/* An absolute name ends in the path of a file of the repository, the longest. */
static void resolve(const struct touched *touched, char **file)
{
	struct touched_at at = { 0 };
	char *best = NULL;

	while (**file == '/' && touched_next(touched, &at)) {
		size_t length = strlen(at.path);

		if (strchr(at.path, '/') && str_ends(*file, at.path) &&
		    (*file)[strlen(*file) - length - 1] == '/' &&
		    (!best || strlen(best) < length)) {
			free(best);
			best = xstrdup(at.path);
		}
	}
	if (!best)
		return;
	free(*file);
	*file = best;
}

static void find_files(const struct touching *touching,
		       const struct touched *touched, struct texts *files)
{
	size_t kept = 0;

	if (touching->console && !str_empty(touching->title))
		excerpt_files(touching->console, touching->rules,
			      touching->title, files);
	for (size_t i = 0; i < files->count; i++) {
		resolve(touched, &files->items[i]);
		if (files_is_generic(touching->rules, files->items[i]))
			free(files->items[i]);
		else
			files->items[kept++] = files->items[i];
	}
	files->count = kept;
	if (files->count < SYMBOLISED)
		add_definitions(touching, files);
}

/*
 * The lists.
 */

static size_t folder_length(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? (size_t)(slash - file) : 0;
}

/* The folder of all folders says nothing. */
static enum touch compare(const struct texts *files, const char *path)
{
	size_t length = folder_length(path);
	enum touch found = TOUCH_OTHER;

	for (size_t i = 0; i < files->count; i++) {
		const char *file = files->items[i];

		if (str_equal(file, path))
			return TOUCH_FILE;
		if (length && folder_length(file) == length &&
		    strncmp(file, path, length) == 0)
			found = TOUCH_FOLDER;
	}
	return found;
}

struct giving {
	struct compiled *compiled;
};

static void give(void *data, size_t file, const char *text)
{
	struct giving *giving = data;

	compiled_give(giving->compiled, file, text);
}

static bool read_config(char *const *configs, struct buf *out)
{
	for (; configs && *configs; configs++) {
		buf_clear(out);
		if (io_load(*configs, out, NULL) == 0 && !out->cut)
			return true;
	}
	return false;
}

static int ask_compiled(const struct touching *touching,
			const struct touched *touched, struct compiled **out,
			struct error *err)
{
	struct touched_at at = { 0 };
	struct giving giving;
	struct buf config;
	char **makefiles;
	size_t count;
	bool known;

	if (!touching->arch)
		return 0;
	buf_init(&config, CONFIG_SIZE_MAX);
	known = read_config(touching->configs, &config);
	giving.compiled =
		compiled_new(touching->arch, known ? config.text : NULL);
	buf_release(&config);
	*out = giving.compiled;
	while (known && touched_next(touched, &at))
		compiled_expect(giving.compiled, at.path);
	count = compiled_makefiles(giving.compiled, &makefiles);
	return count ? touched_read(touching->common_dir, &touching->newest,
				    makefiles, count, give, &giving, err)
		     : 0;
}

/* Of one commit, all files of which were looked at. */
static void put(const struct touched *touched, size_t commit, enum touch touch,
		bool compiled, struct buf *lists)
{
	if (touch == TOUCH_OTHER && !compiled)
		touch = TOUCH_NOTHING;
	touch_write(lists, touch, &touched->commits[commit]);
}

static void make_lists(const struct touched *touched, const struct texts *files,
		       struct compiled *compiled, struct buf *lists)
{
	struct touched_at at = { 0 };
	enum touch touch = TOUCH_OTHER;
	bool any = false, is_compiled = false;
	size_t commit = 0;

	while (touched_next(touched, &at)) {
		enum touch one = compare(files, at.path);

		if (any && at.commit != commit) {
			put(touched, commit, touch, is_compiled, lists);
			touch = TOUCH_OTHER;
			is_compiled = false;
		}
		any = true;
		commit = at.commit;
		touch = one > touch ? one : touch;
		is_compiled = is_compiled || !compiled ||
			      !compiled_never(compiled, at.path);
	}
	if (any)
		put(touched, commit, touch, is_compiled, lists);
}

int touching_find(const struct touching *touching, struct texts *files,
		  struct buf *lists, struct error *err)
{
	struct buf said;
	struct touched touched = { .commits = touching->commits,
				   .count = touching->count,
				   .said = &said };
	struct compiled *compiled = NULL;
	int ret;

	buf_init(&said, 0);
	ret = touched_ask(&touched, touching->common_dir, err);
	if (ret == 0) {
		find_files(touching, &touched, files);
		ret = ask_compiled(touching, &touched, &compiled, err);
	}
	if (ret == 0)
		make_lists(&touched, files, compiled, lists);
	compiled_free(compiled);
	buf_release(&said);
	return ret;
}
