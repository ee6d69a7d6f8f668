/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/keepref.h"

#include <stdlib.h>
#include <string.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/oid.h"
#include "repo/gitcmd.h"

#define ALL "refs/culprit/"

int keepref_add(const char *common_dir, const char *group,
		const struct oid *commit, struct error *err)
{
	char *dir = xasprintf("--git-dir=%s", common_dir);
	char *ref = xasprintf(ALL "%s/%s", group, commit->hex);
	const char *argv[] = { dir, "update-ref", ref, commit->hex, NULL };
	const struct gitcmd command = { .argv = argv, .whole = true };
	int ret = gitcmd_run(&command, err);

	free(ref);
	free(dir);
	return ret;
}

/* By lines of this form. */
static int list(const char *common_dir, const char *format, const char *below,
		struct buf *out, struct error *err)
{
	char *dir = xasprintf("--git-dir=%s", common_dir);
	const char *argv[] = { dir, "for-each-ref", format, below, NULL };
	const struct gitcmd command = { .argv = argv, .output = out };
	int ret = gitcmd_run(&command, err);

	free(dir);
	return ret;
}

int keepref_drop(const char *common_dir, const char *group, struct error *err)
{
	char *dir = xasprintf("--git-dir=%s", common_dir);
	char *below = xasprintf(ALL "%s/", group);
	const char *argv[] = { dir, "update-ref", "--stdin", NULL };
	struct gitcmd command = { .argv = argv, .whole = true };
	struct buf orders;
	int ret;

	buf_init(&orders, 0);
	ret = list(common_dir, "--format=delete %(refname)", below, &orders,
		   err);
	command.input = orders.text;
	command.input_length = orders.length;
	if (ret == 0 && orders.length)
		ret = gitcmd_run(&command, err);
	buf_release(&orders);
	free(below);
	free(dir);
	return ret;
}

int keepref_groups(const char *common_dir, char ***out, struct error *err)
{
	struct argv groups = ARGV_INIT;
	struct buf refs;
	char *rest, *line;
	int ret;

	buf_init(&refs, 0);
	ret = list(common_dir, "--format=%(refname)", ALL, &refs, err);
	rest = refs.text;
	while (ret == 0 && (line = strsep(&rest, "\n"))) {
		const char *name = line + strlen(ALL);
		size_t last = groups.count;

		if (!str_starts(line, ALL) || !strchr(name, '/'))
			continue;
		line[strlen(ALL) + strcspn(name, "/")] = '\0';
		if (!last || !str_equal(groups.items[last - 1], name))
			argv_add(&groups, name);
	}
	buf_release(&refs);
	if (ret == 0)
		*out = groups.items ? groups.items : xcalloc(1, sizeof(**out));
	return ret;
}
