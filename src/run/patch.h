/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_PATCH_H
#define RUN_PATCH_H

/*
 * A patch that is applied to the session's worktree before a commit is built.
 *
 * git does it, as a whole or not at all, and into the index too: the next
 * checkout by force knows all that it made, and undoes it.  What the index
 * names becomes an object of the repository, as with `git add`, which git
 * forgets in its time.  Nothing is run here, the words are for who runs git;
 * and nothing is decided here: which patches a commit needs is somebody else's
 * care.
 */

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* All is borrowed. */
struct build_patch {
	int number;	  /* by which a person knows it */
	const char *name; /* likewise: a file's, a commit's */
	const char *path; /* absolute */
	const char *hash; /* SHA-256 of its text */
};

/*
 * What applies it, or what asks, with status 0 for yes, whether it is in
 * already.  Ended by NULL.  The child must not see what the environment says
 * of another repository.
 */
#define PATCH_ARGV_MAX 12
void patch_argv(const struct build_patch *patch, const char *worktree, bool ask,
		const char *argv[PATCH_ARGV_MAX]);

/*
 * Why a build failed that it does not apply to: "fixup 1 (x.patch) does not
 * apply to 83b0383613b9: ", and the first that git said.
 */
void patch_refused(const struct build_patch *patch, const char *commit,
		   const char *said, struct buf *out);

#endif
