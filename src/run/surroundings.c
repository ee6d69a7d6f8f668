/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/surroundings.h"

#include <stdlib.h>

#include "base/xalloc.h"

#define OURS 5

/* git rev-parse --local-env-vars, what could lead git astray */
static const char *const gits[] = {
	"GIT_ALTERNATE_OBJECT_DIRECTORIES",
	"GIT_COMMON_DIR",
	"GIT_DIR",
	"GIT_INDEX_FILE",
	"GIT_OBJECT_DIRECTORY",
	"GIT_PREFIX",
	"GIT_WORK_TREE",
};

#define GITS (sizeof(gits) / sizeof(*gits))

char **surroundings_make(const struct surroundings *of)
{
	size_t more = 0;
	char **changes, **at;

	while (of->more && of->more[more])
		more++;
	at = changes = xcalloc(OURS + GITS + more + 1, sizeof(*changes));
	*at++ = xasprintf("CULPRIT_COMMIT=%s", of->commit);
	*at++ = xasprintf("CULPRIT_WORKTREE=%s", of->worktree);
	*at++ = xasprintf("CULPRIT_SESSION=%s", of->session);
	/* those of the caller say nothing of a build */
	*at++ = of->slot ? xasprintf("CULPRIT_RUN=%d", of->run)
			 : xstrdup("CULPRIT_RUN");
	*at++ = of->slot ? xasprintf("CULPRIT_SLOT=%d", of->slot)
			 : xstrdup("CULPRIT_SLOT");
	for (size_t i = 0; i < GITS; i++)
		*at++ = xstrdup(gits[i]);
	for (size_t i = 0; i < more; i++)
		*at++ = xstrdup(of->more[i]);
	return changes;
}

void surroundings_free(char **changes)
{
	for (char **at = changes; at && *at; at++)
		free(*at);
	free(changes);
}
