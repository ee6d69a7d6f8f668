/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/show.h"

#include "base/argv.h"
#include "repo/gitcmd.h"
#include "repo/repo.h"

int show_commit(const struct repo *repo, const char *hex,
		const char *const *options, struct buf *out, struct error *err)
{
	const char *const before[] = { "-C",	     repo_common_dir(repo),
				       "--no-pager", "show",
				       "--no-color", NULL };
	struct argv argv = ARGV_INIT;
	struct gitcmd command = { .output = out };
	int ret;

	argv_add_all(&argv, before);
	argv_add_all(&argv, options);
	argv_add(&argv, hex);
	argv_add(&argv, "--");
	command.argv = (const char *const *)argv.items;
	ret = gitcmd_run(&command, err);
	argv_free(argv.items);
	return ret;
}
