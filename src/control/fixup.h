/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_FIXUP_H
#define CONTROL_FIXUP_H

/*
 * Fixups: patches that are applied before a commit is built, wherever what
 * they mend is there and their condition on ancestry holds.
 *
 * A person's words become a fixup, whose patch is copied into the session and
 * which is added by an event; and for a commit it is said which of them it is
 * built with.  Applies nothing: the builder does.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "engine/event.h"
#include "run/digest.h"

struct build_patch;
struct error;
struct fixup_spec;
struct repo;
struct session;

struct fixup {
	char *name;	 /* of the file or the commit */
	struct buf text; /* the patch */
	char hash[DIGEST_HEX + 1];
	struct oid if_has, unless_has; /* "" for none */
};

/*
 * Read and check all that the words name.  ERROR_INPUT for what is no patch,
 * and git's words for what is no commit.  A commit stands for what it changes,
 * as in a cherry-pick; a merge is refused.
 */
int fixup_read(struct repo *repo, const struct fixup_spec *spec,
	       struct fixup *out, struct error *err);
void fixup_release(struct fixup *fixup);

/* Write the patch into the session, safe on the disk. */
int fixup_keep(const struct session *session, const struct fixup *fixup,
	       struct error *err);

/* The event that adds it, but for who and why; borrows from the fixup. */
struct event fixup_event(const struct fixup *fixup, int64_t number);

/* Does its condition hold for a commit? */
int fixup_holds(struct repo *repo, const struct event *fixup,
		const struct oid *commit, bool *out, struct error *err);

/* What a commit is built with. */
struct fixup_choice {
	struct build_patch *patches; /* in the order they were added */
	int count;
	struct buf numbers; /* "1, 3"; "" for none */
};

/*
 * Those in force that hold for the commit; for the caller to release.  repo
 * may be NULL while there are none.  ERROR_STORE when a patch in the session
 * is not what was added.
 */
int fixup_choose(struct session *session, struct repo *repo,
		 const struct oid *commit, struct fixup_choice *out,
		 struct error *err);
void fixup_choice_init(struct fixup_choice *choice);
void fixup_choice_release(struct fixup_choice *choice);

#endif
