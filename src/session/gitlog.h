/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_GITLOG_H
#define SESSION_GITLOG_H

/*
 * The session as git has a bisection: its two terms, and the text that `git
 * bisect log` would print and `git bisect replay` takes.  What counts now is
 * in it; what was taken back, overruled or set aside is not.
 */

#include <stdbool.h>

struct buf;
struct engine;
struct session;

/* git's words for the newer and the older kind. */
struct gitterms {
	char *newer, *older;
};

/*
 * Those chosen at the start, else "fixed" and "broken" in a search for a fix,
 * else "bad" and "good".  gitterms_release when done.
 */
void gitterms_of(const struct engine *engine, struct gitterms *out);
void gitterms_release(struct gitterms *terms);

/* Would one who chose these terms look for what fixed it? */
bool gitterms_mean_fix(const char *newer, const char *older);

/*
 * Marks in the order in which they were given, a skipped range commit by
 * commit, and remarks that were written in such a log.  Git knows one newer
 * end, that marked last: marks that would move it away from the session's are
 * there as remarks only.  Subjects come through as they are, but on one line.
 */
void gitlog_write(struct session *session, struct buf *out);

#endif
