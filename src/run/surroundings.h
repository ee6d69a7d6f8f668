/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SURROUNDINGS_H
#define RUN_SURROUNDINGS_H

/*
 * What builds and tests find in their environment: CULPRIT_COMMIT,
 * CULPRIT_WORKTREE, CULPRIT_SESSION (the folder) and, for a test, CULPRIT_RUN
 * and CULPRIT_SLOT; without what git puts there for its hooks (GIT_DIR...).
 */

struct surroundings {
	const char *commit;
	const char *worktree;
	const char *session;
	int run, slot;		 /* slot 0: a build, which has neither */
	const char *const *more; /* further changes, ended by NULL; or NULL */
};

/*
 * The changes to our own environment, as child.h takes them; on the heap,
 * freed with surroundings_free.
 */
char **surroundings_make(const struct surroundings *of);
void surroundings_free(char **changes);

#endif
