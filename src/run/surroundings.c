/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/surroundings.h"

#include "base/argv.h"
#include "base/gitenv.h"
#include "base/xalloc.h"

char **surroundings_make(const struct surroundings *of)
{
	struct argv changes = ARGV_INIT;

	argv_take(&changes, xasprintf("CULPRIT_COMMIT=%s", of->commit));
	argv_take(&changes, xasprintf("CULPRIT_WORKTREE=%s", of->worktree));
	argv_take(&changes, xasprintf("CULPRIT_SESSION=%s", of->session));
	/* those of the caller say nothing of a build */
	if (of->slot) {
		argv_take(&changes, xasprintf("CULPRIT_RUN=%d", of->run));
		argv_take(&changes, xasprintf("CULPRIT_SLOT=%d", of->slot));
	} else {
		argv_add(&changes, "CULPRIT_RUN");
		argv_add(&changes, "CULPRIT_SLOT");
	}
	argv_add_all(&changes, gitenv_names);
	argv_add_all(&changes, of->more);
	return changes.items;
}

void surroundings_free(char **changes)
{
	argv_free(changes);
}
