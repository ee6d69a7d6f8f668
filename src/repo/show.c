/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/show.h"

#include "base/argv.h"
#include "repo/gitcmd.h"
#include "repo/repo.h"

void show_argv(const struct repo *repo, const char *hex,
	       const char *const *options, struct argv *out)
{
	/* no program that the repository's configuration names */
	const char *const before[] = { "-C",
				       repo_common_dir(repo),
				       "--no-pager",
				       "show",
				       "--no-color",
				       "--no-ext-diff",
				       "--no-textconv",
				       "--no-show-signature",
				       "--submodule=short",
				       NULL };

	argv_add_all(out, before);
	argv_add_all(out, options);
	argv_add(out, hex);
	argv_add(out, "--");
}

int show_commit(const struct repo *repo, const char *hex,
		const char *const *options, struct buf *out, struct error *err)
{
	struct argv argv = ARGV_INIT;
	struct gitcmd command = { .output = out };
	int ret;

	show_argv(repo, hex, options, &argv);
	command.argv = (const char *const *)argv.items;
	ret = gitcmd_run(&command, err);
	argv_free(argv.items);
	return ret;
}
