/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_CARRY_H
#define SESSION_CARRY_H

/*
 * A session as one file, to be carried elsewhere: its journal, with the
 * commits of its range, and inside of it all its logs and consoles, its
 * settings, rules and fixups (session/archive.h).  It can be read and replayed
 * without the repository.
 *
 * A file may come from anybody.  Its journal must be made as culprit makes
 * them and fold as any other; of the files inside only those are taken whose
 * names a session has.  Nothing in it is run: the settings, which say what to
 * run, are laid aside until a person has looked at them (carry_trust).
 */

#include <stdbool.h>

struct buf;
struct error;
struct session;

/*
 * Write a new file, mode 0600; ERROR_STATE when there is one.  The session is
 * read as it is now, also while an engine is at work on it.
 */
int carry_out(struct session *session, const char *path, struct error *err);

/* Does the file look like one that carry_out wrote? */
bool carry_is(const char *path);

/*
 * Make a session of it in the new folder dir.  repository: as in
 * session_create, it takes the place of the one the session had.  ERROR_STATE
 * when the folder is there, ERROR_INPUT or ERROR_STORE for a file that is no
 * such session; then nothing is left behind.
 */
int carry_in(const char *path, const char *dir, const char *repository,
	     struct error *err);

/* The settings that were laid aside; the caller frees.  NULL: there are none. */
char *carry_untrusted(const struct session *session);

/*
 * All of them, byte by byte.  ERROR_INPUT when they are more than a person can
 * be shown.
 */
int carry_show(const struct session *session, struct buf *out,
	       struct error *err);

/* Let them be the session's: those that carry_show shows. */
int carry_trust(const struct session *session, struct error *err);

#endif
