/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/patch.h"

#include <string.h>

#include "base/buf.h"
#include "base/str.h"

#define SHORT 12 /* digits of a commit */

void patch_argv(const struct build_patch *patch, const char *worktree, bool ask,
		const char *argv[PATCH_ARGV_MAX])
{
	size_t n = 0;

	argv[n++] = "git";
	argv[n++] = "-C";
	argv[n++] = worktree;
	argv[n++] = "--git-dir=.git";
	argv[n++] = "--work-tree=.";
	argv[n++] = "apply";
	argv[n++] = "--whitespace=nowarn";
	if (ask) {
		argv[n++] = "--reverse";
		argv[n++] = "--check";
	} else {
		argv[n++] = "--index";
	}
	argv[n++] = patch->path;
	argv[n] = NULL;
}

void patch_refused(const struct build_patch *patch, const char *commit,
		   const char *said, struct buf *out)
{
	if (str_starts(said, "error: ") || str_starts(said, "fatal: "))
		said += strlen("error: ");
	buf_printf(out, "fixup %d (%s) does not apply to %.*s", patch->number,
		   patch->name, SHORT, commit);
	if (*said)
		buf_printf(out, ": %.*s", (int)strcspn(said, "\r\n"), said);
}
