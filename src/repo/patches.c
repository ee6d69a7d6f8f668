/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/patches.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/xalloc.h"
#include "engine/oid.h"
#include "repo/gitcmd.h"
#include "repo/repo.h"

int patches_of_commit(struct repo *repo, const struct oid *commit,
		      struct buf *out, struct error *err)
{
	char *dir = xasprintf("--git-dir=%s", repo_common_dir(repo));
	/* of a merge this says nothing */
	const char *argv[] = { dir,
			       "diff-tree",
			       "-p",
			       "--root",
			       "--no-commit-id",
			       "--binary",
			       "--full-index",
			       "--no-ext-diff",
			       "--no-textconv",
			       commit->hex,
			       NULL };
	const struct gitcmd command = { .argv = argv,
					.output = out,
					.fetches = true };
	int ret = gitcmd_run(&command, err);

	if (ret == 0 && out->length == 0)
		ret = error_set(err, ERROR_INPUT,
				"commit %.*s is a merge or changes nothing: it "
				"cannot be taken as a patch",
				OID_SHORT, commit->hex);
	free(dir);
	return ret;
}

int patches_check(const char *text, size_t length, struct error *err)
{
	const char *argv[] = { "apply", "--numstat", NULL };
	const struct gitcmd command = { .argv = argv,
					.input = text,
					.input_length = length };

	return gitcmd_run(&command, err);
}
