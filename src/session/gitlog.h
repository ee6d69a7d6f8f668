/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_GITLOG_H
#define SESSION_GITLOG_H

/*
 * The session as `git bisect log` would print it: what counts now, for
 * `git bisect replay`.  What was taken back, overruled or set aside is not in
 * it.
 */

struct buf;
struct session;

/*
 * Verdicts in the order in which they were given, then what was skipped
 * otherwise, a commit each.  In a search for a fix the terms are "fixed" and
 * "broken".  Subjects come through as they are, but on one line.
 */
void gitlog_write(struct session *session, struct buf *out);

#endif
