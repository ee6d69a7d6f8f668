/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/further.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/xalloc.h"
#include "control/target.h"
#include "repo/worktree.h"
#include "session/folder.h"
#include "session/session.h"

char *further_path(const struct session *session, int number, const char *what)
{
	char *all = session_ahead(session);
	char *path = xasprintf("%s/%d/%s", all, number, what);

	free(all);
	return path;
}

static int remove_one(const struct session *session, int number,
		      struct error *err)
{
	const char *common = session_repository(session);
	char *worktree = further_path(session, number, "worktree");
	char *folder = folder_of(worktree);
	int ret = 0;

	if (common && access(folder, F_OK) == 0)
		ret = worktree_remove(common, worktree, err);
	if (ret == 0)
		ret = folder_remove(folder, err);
	free(folder);
	free(worktree);
	return ret;
}

int further_remove(const struct session *session, int keep, struct error *err)
{
	char *all = session_ahead(session);
	struct error why;
	int ret = 0;

	for (int i = keep + 1; i < TARGET_PLACES_MAX; i++) {
		if (remove_one(session, i, &why) == 0)
			continue;
		if (ret == 0 && err)
			*err = why;
		ret = -1;
	}
	if (keep == 0 && ret == 0)
		ret = folder_remove(all, err);
	free(all);
	return ret;
}
