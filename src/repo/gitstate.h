/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_GITSTATE_H
#define REPO_GITSTATE_H

/*
 * The state that `git bisect` keeps of one worktree, read and written as git
 * does it: refs/bisect/ and the BISECT_ files in that worktree's own git
 * folder (<repository>/.git for the main one, .git/worktrees/<name> for a
 * linked one).  So what belongs to another worktree is never seen or touched.
 *
 * The refs are the truth, as they are to git, which lists and changes them
 * here itself: libgit2 1.5 lists those of the main worktree whatever it is
 * asked.  Knows nothing of sessions; what a mark means is the caller's affair.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "engine/oid.h"

struct error;

/* Ids in order, each once. */
struct oids {
	struct oid *items;
	size_t count, room;
};

struct gitstate {
	bool under_way; /* git would say that somebody is bisecting */
	char *start;	/* where `git bisect reset` goes, or NULL */
	char *term_new; /* "bad" and "good", or what was chosen; never NULL */
	char *term_old;
	bool first_parent;
	bool no_checkout;    /* BISECT_HEAD stands for HEAD */
	bool bases_tested;   /* BISECT_ANCESTORS_OK: no merge base is to test */
	struct oid expected; /* the commit git asked to test, or none */
	struct oid bad;	     /* of the newer kind, or none */
	struct oids goods;
	struct oids skips;
	char *paths; /* what it is limited to, as git quotes it; or NULL */
	struct buf log;
};

#define GITSTATE_LOG_MAX (16u << 20) /* bytes of a log; the rest is not read */

/* An empty one, with git's own terms. */
void gitstate_init(struct gitstate *state);
void gitstate_release(struct gitstate *state);

/*
 * What is there now, into a state that was initialised; git_dir is the
 * worktree's own git folder.  Nobody locks this state, so it may be that of
 * somebody just writing it.
 */
int gitstate_read(const char *git_dir, struct gitstate *out, struct error *err);

/*
 * Make of what was read what is wanted, whose log, start and terms are given.
 * `paths` are not written: a session has none.  Each file is replaced as a
 * whole, and the refs all together, but only if they are still as they were
 * read: else ERROR_BUSY, and whoever calls reads again.  Killed in between,
 * the next write mends what is left.  Foreign names below refs/bisect stay.
 */
int gitstate_write(const char *git_dir, const struct gitstate *read,
		   const struct gitstate *wanted, struct error *err);

/*
 * A cheap look whether somebody changed it: equal stamps mean that nothing
 * was marked in between.  out needs GITSTATE_STAMP bytes.
 */
#define GITSTATE_STAMP 400
void gitstate_stamp(const char *git_dir, char *out);

bool oids_has(const struct oids *oids, const struct oid *oid);
void oids_add(struct oids *oids, const struct oid *oid); /* keeps the order */

/*
 * The next line of a log, from *at on, which is moved behind it; false at the
 * end.  Neither newline nor carriage return is in it; it is not ended by NUL.
 */
struct gitstate_line {
	const char *text;
	size_t length;
	bool remark;	/* a comment, and not one that git itself writes;
			text is what stands behind "# " */
	char term[65];	/* of a `git bisect <term> <id>`, or "" */
	struct oid oid; /* its id, or none when it names it otherwise */
};
bool gitstate_next_line(const struct buf *log, size_t *at,
			struct gitstate_line *out);

#endif
