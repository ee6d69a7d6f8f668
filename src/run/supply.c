/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/supply.h"

#include <stdlib.h>

#include "base/str.h"
#include "base/xalloc.h"

struct supply {
	struct builder *builder;
	struct maker *maker; /* or NULL: a shell command builds */
	char *worktree, *build, *kernel, *out;
	const char *shell_build[4];
	const char *const *commands[2];
	struct builder_work work;
};

struct supply *supply_new(uv_loop_t *loop, const struct supply_spec *spec)
{
	struct supply *supply = xcalloc(1, sizeof(*supply));

	supply->worktree = xstrdup(spec->builder.worktree);
	supply->build = xstrdup_null(spec->build);
	supply->kernel = xstrdup_null(spec->kernel);
	supply->builder = builder_new(loop, &spec->builder);
	if (spec->kbuild) {
		supply->out = xstrdup(spec->kbuild->out);
		supply->maker = maker_new(
			loop, &(struct maker_spec){ .builder = supply->builder,
						    .kbuild = *spec->kbuild,
						    .cache = spec->cache,
						    .clean = spec->clean });
	}
	supply->shell_build[0] = "sh";
	supply->shell_build[1] = "-c";
	supply->shell_build[2] = supply->build;
	supply->commands[0] = supply->build ? supply->shell_build : NULL;
	supply->work.commands = supply->commands;
	return supply;
}

void supply_free(struct supply *supply)
{
	if (!supply)
		return;
	maker_free(supply->maker);
	builder_free(supply->builder);
	free(supply->worktree);
	free(supply->build);
	free(supply->kernel);
	free(supply->out);
	free(supply);
}

int supply_build(struct supply *supply, const struct build_request *request,
		 build_done *done, void *data, struct error *err)
{
	if (supply->maker)
		return maker_make(supply->maker, request, done, data, err);
	return builder_build(supply->builder, request, &supply->work, done,
			     data, err);
}

void supply_cancel(struct supply *supply, const char *commit)
{
	builder_cancel(supply->builder, commit);
}

void supply_adopt(struct supply *supply, const char *commit, const char *image)
{
	if (!supply->maker)
		builder_adopt(supply->builder, commit);
	else if (image)
		maker_adopt(supply->maker, commit, image);
}

char *supply_image(const struct supply *supply, const char *commit)
{
	return supply->maker ? xstrdup_null(maker_image(supply->maker, commit))
			     : NULL;
}

enum runner_has supply_has(const struct supply *supply, const char *commit)
{
	if (supply->maker)
		return maker_has(supply->maker, commit);
	return str_equal(builder_built(supply->builder), commit)
		       ? RUNNER_HAS_THERE
		       : RUNNER_HAS_NOT;
}

char *supply_kernel(const struct supply *supply, const char *commit)
{
	if (supply->maker)
		return xstrdup(maker_image(supply->maker, commit));
	if (*supply->kernel == '/')
		return xstrdup(supply->kernel);
	return xasprintf("%s/%s", supply->worktree, supply->kernel);
}

char *supply_folder(const struct supply *supply)
{
	return xstrdup(supply->out ? supply->out : supply->worktree);
}
