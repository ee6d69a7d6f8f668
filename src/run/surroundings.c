/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/surroundings.h"

#include <stddef.h>

#include "base/argv.h"
#include "base/xalloc.h"

/* git rev-parse --local-env-vars, what could lead git astray */
static const char *const gits[] = {
	"GIT_ALTERNATE_OBJECT_DIRECTORIES",
	"GIT_COMMON_DIR",
	"GIT_DIR",
	"GIT_INDEX_FILE",
	"GIT_OBJECT_DIRECTORY",
	"GIT_PREFIX",
	"GIT_WORK_TREE",
	NULL,
};

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
	argv_add_all(&changes, gits);
	argv_add_all(&changes, of->more);
	return changes.items;
}

void surroundings_free(char **changes)
{
	argv_free(changes);
}
