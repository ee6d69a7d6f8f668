/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/reach.h"

#include <stdlib.h>
#include <string.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/oid.h"
#include "repo/gitcmd.h"
#include "repo/repo.h"

struct reach {
	struct buf ahead; /* names of tags that are not behind, a line each */
};

int reach_new(struct repo *repo, const struct oid *commit, struct reach **out,
	      struct error *err)
{
	char *dir = xasprintf("--git-dir=%s", repo_common_dir(repo));
	char *ahead = xasprintf("--no-merged=%s", commit->hex);
	struct reach *reach = xmalloc(sizeof(*reach));
	const char *argv[] = { dir,
			       "for-each-ref",
			       ahead,
			       "--format=%(refname:strip=2)",
			       "refs/tags/v*",
			       NULL };
	const struct gitcmd command = { .argv = argv, .output = &reach->ahead };
	int ret;

	buf_init(&reach->ahead, 0);
	ret = gitcmd_run(&command, err);
	if (ret < 0) {
		error_prefix(err, "cannot see which tags are behind %s",
			     commit->hex);
		reach_free(reach);
	} else {
		*out = reach;
	}
	free(ahead);
	free(dir);
	return ret;
}

void reach_free(struct reach *reach)
{
	if (!reach)
		return;
	buf_release(&reach->ahead);
	free(reach);
}

bool reach_has(const struct reach *reach, const char *tag)
{
	const char *line = reach->ahead.text;

	while (*line) {
		size_t length = strcspn(line, "\n");

		if (length == strlen(tag) && memcmp(line, tag, length) == 0)
			return false;
		line += length + (line[length] == '\n');
	}
	return true;
}

int reach_ancestor(struct repo *repo, const struct oid *ancestor,
		   const struct oid *commit, bool *out, struct error *err)
{
	char *dir = xasprintf("--git-dir=%s", repo_common_dir(repo));
	const char *argv[] = { dir,	      "merge-base", "--is-ancestor",
			       ancestor->hex, commit->hex,  NULL };
	const struct gitcmd command = { .argv = argv, .answer = out };
	int ret = gitcmd_run(&command, err);

	if (ret < 0)
		error_prefix(err, "cannot see whether %.*s is behind %.*s",
			     OID_SHORT, ancestor->hex, OID_SHORT, commit->hex);
	free(dir);
	return ret;
}

int reach_related(struct repo *repo, const struct oid *one,
		  const struct oid *other, bool *out, struct error *err)
{
	char *dir = xasprintf("--git-dir=%s", repo_common_dir(repo));
	const char *argv[] = { dir, "merge-base", one->hex, other->hex, NULL };
	const struct gitcmd command = { .argv = argv, .answer = out };
	int ret = gitcmd_run(&command, err);

	if (ret < 0)
		error_prefix(err, "cannot find the merge base of %.*s and %.*s",
			     OID_SHORT, one->hex, OID_SHORT, other->hex);
	free(dir);
	return ret;
}

int reach_count(struct repo *repo, const struct oid *bad,
		const struct oid *goods, int good_count, int *out,
		struct error *err)
{
	char *dir = xasprintf("--git-dir=%s", repo_common_dir(repo));
	struct gitcmd command = { .argv = NULL };
	struct argv argv = ARGV_INIT;
	struct buf said;
	int64_t count;
	int ret;

	buf_init(&said, 64);
	argv_add(&argv, dir);
	argv_add(&argv, "rev-list");
	argv_add(&argv, "--count");
	argv_add(&argv, bad->hex);
	for (int i = 0; i < good_count; i++)
		argv_take(&argv, xasprintf("^%s", goods[i].hex));
	command.argv = (const char *const *)argv.items;
	command.output = &said;
	ret = gitcmd_run(&command, err);
	said.text[strcspn(said.text, "\n")] = '\0';
	if (ret == 0 && !str_number(said.text, 0, INT32_MAX, &count))
		ret = error_set(err, ERROR_GIT,
				"git rev-list gave no number: '%s'", said.text);
	if (ret == 0)
		*out = (int)count;
	argv_free(argv.items);
	buf_release(&said);
	free(dir);
	return ret;
}
